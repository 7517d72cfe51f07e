"""The first tables: organisations, entries, submissions, projects, requests, journal, outbox.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A picture of the tables as they were in this revision: the models move on, this does not.
tables = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sa.Table(
    "account",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("username", sa.String(60), nullable=False, unique=True),
    sa.Column("password", sa.String(200), nullable=False),
    sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "alias",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "resource_id",
        sa.Integer(),
        sa.ForeignKey("resource.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("value", sa.String(200), nullable=False),
    sa.UniqueConstraint("source", "value"),
)

sa.Table(
    "api_token",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("purpose", sa.String(200), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
)

sa.Table(
    "assessed_version",
    tables,
    sa.Column("assessment_id", sa.Integer(), sa.ForeignKey("assessment.id"), primary_key=True),
    sa.Column(
        "version_id", sa.Integer(), sa.ForeignKey("version.id"), primary_key=True, index=True
    ),
)

sa.Table(
    "assessment",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column(
        "organisation_id",
        sa.Integer(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("number", sa.String(80), nullable=False),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("keep_until", sa.Date(), nullable=True),
    sa.Column("none_because", sa.Text(), nullable=False),
    sa.Column("entered_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "browser_session",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "business_table",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("system_id", sa.Integer(), sa.ForeignKey("system.id"), nullable=False, index=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=True, index=True),
    sa.Column("exempt_because", sa.String(200), nullable=True),
    sa.UniqueConstraint("system_id", "name"),
)

sa.Table(
    "calendar_day",
    tables,
    sa.Column("on", sa.Date(), primary_key=True),
    sa.Column("kind", sa.String(4), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
)

sa.Table(
    "counter",
    tables,
    sa.Column("series", sa.String(80), primary_key=True),
    sa.Column("next", sa.Integer(), nullable=False),
)

sa.Table(
    "decision",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "version_id",
        sa.Integer(),
        sa.ForeignKey("version.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("step", sa.String(40), nullable=False),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column(
        "organisation_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("paper_id", sa.Integer(), sa.ForeignKey("paper.id"), nullable=True, index=True),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column(
        "merged_post_id", sa.Integer(), sa.ForeignKey("merged_post.id"), nullable=True, index=True
    ),
)

sa.Table(
    "deferral",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False, index=True),
    sa.Column("gate", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("due", sa.Date(), nullable=False),
    sa.Column("signed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "demand",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("number", sa.String(60), nullable=True, unique=True),
    sa.Column(
        "requester_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column("state", sa.String(40), nullable=False, index=True),
    sa.Column("document", sa.JSON(), nullable=False),
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=True, index=True),
    sa.Column(
        "assigned_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column("matched_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=True, index=True),
    sa.Column("raised_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("raised_on", sa.Date(), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
)

sa.Table(
    "edition",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "organisation_id",
        sa.Integer(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("list", sa.String(40), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("paper_number", sa.String(80), nullable=False),
    sa.Column("issued_on", sa.Date(), nullable=False),
    sa.Column("rows", sa.JSON(), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("signed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("organisation_id", "list", "number"),
)

sa.Table(
    "element",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(26), nullable=False, index=True),
    sa.Column(
        "version_id",
        sa.Integer(),
        sa.ForeignKey("version.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("name", sa.String(512), nullable=False, index=True),
    sa.Column("level", sa.String(4), nullable=True),
    sa.Column("pi_kind", sa.String(160), nullable=True),
    sa.Column("share_type", sa.String(4), nullable=True),
    sa.Column("open_type", sa.String(4), nullable=True),
    sa.UniqueConstraint("version_id", "key"),
)

sa.Table(
    "evidence",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False, index=True),
    sa.Column("system_id", sa.Integer(), sa.ForeignKey("system.id"), nullable=True, index=True),
    sa.Column("gate", sa.String(40), nullable=False),
    sa.Column("number", sa.String(120), nullable=False),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("next_on", sa.Date(), nullable=True),
    sa.Column("issuer", sa.String(120), nullable=False),
    sa.Column("entered_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "failed_sign_in",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    sa.Column("address", sa.String(45), nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "finding",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("raised_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("raised_on", sa.Date(), nullable=False),
    sa.Column("due", sa.Date(), nullable=False),
    sa.Column("state", sa.String(40), nullable=False),
    sa.Column("closed_on", sa.Date(), nullable=True),
)

sa.Table(
    "form_key",
    tables,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("answer", sa.String(400), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "freeze",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=False, index=True
    ),
    sa.Column("frozen_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("report_due", sa.DateTime(timezone=True), nullable=False),
    sa.Column("lifted_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
    sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("wiped_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
    sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("paper_number", sa.String(80), nullable=True),
)

sa.Table(
    "job",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("run_after", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("tries", sa.Integer(), nullable=False),
    sa.Column("done", sa.Integer(), nullable=False),
    sa.Column("total", sa.Integer(), nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, index=True),
    sa.Column("outcome", sa.JSON(), nullable=True),
)

sa.Table(
    "journal",
    tables,
    sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("person", sa.String(16), nullable=False, index=True),
    sa.Column("account", sa.String(60), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("organisation", sa.String(18), nullable=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("act", sa.String(40), nullable=False, index=True),
    sa.Column("subject", sa.String(20), nullable=False),
    sa.Column("key", sa.String(40), nullable=False, index=True),
    sa.Column("version", sa.Integer(), nullable=True),
    sa.Column("digest", sa.String(80), nullable=True),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("facts", sa.Text(), nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
    sa.Column("leaf", sa.String(64), nullable=False),
)

sa.Table(
    "journal_tree",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("size", sa.Integer(), nullable=False),
    sa.Column("frontier", sa.Text(), nullable=False),
)

sa.Table(
    "masking_plan",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "resource_id",
        sa.Integer(),
        sa.ForeignKey("resource.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column(
        "version_id",
        sa.Integer(),
        sa.ForeignKey("version.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("profile", sa.String(40), nullable=False),
    sa.Column("plan", sa.JSON(), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("made_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("row_version", sa.Integer(), nullable=False),
)

sa.Table(
    "masking_report",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "plan_id",
        sa.Integer(),
        sa.ForeignKey("masking_plan.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("plan_digest", sa.String(80), nullable=False),
    sa.Column("verdict", sa.String(40), nullable=False),
    sa.Column("report", sa.JSON(), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("run_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("rechecked_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
)

sa.Table(
    "merged_post",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column(
        "organisation_id",
        sa.Integer(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("act_a", sa.String(40), nullable=False),
    sa.Column("act_b", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("consent", sa.String(200), nullable=False),
    sa.Column("starts", sa.Date(), nullable=False),
    sa.Column("ends", sa.Date(), nullable=False),
)

sa.Table(
    "mount",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=False, index=True
    ),
    sa.Column("number", sa.String(80), nullable=False),
    sa.Column("method", sa.String(2), nullable=False),
    sa.Column("tested_on", sa.Date(), nullable=False),
    sa.Column("answered", sa.Boolean(), nullable=False),
    sa.Column("columns", sa.JSON(), nullable=False),
    sa.Column("records", sa.Integer(), nullable=True),
    sa.Column("fresh_on", sa.Date(), nullable=True),
    sa.Column("entered_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "not_applicable",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False, index=True),
    sa.Column("gate", sa.String(40), nullable=False),
    sa.Column("system_id", sa.Integer(), sa.ForeignKey("system.id"), nullable=True, index=True),
    sa.Column("resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=True, index=True),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("signed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "notice",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "organisation_id",
        sa.Integer(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(20), nullable=False),
    sa.Column("key", sa.String(40), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
)

sa.Table(
    "opinion",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("number", sa.String(60), nullable=False, unique=True),
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False, index=True),
    sa.Column("stage", sa.String(40), nullable=False),
    sa.Column("result", sa.String(40), nullable=False),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("signed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("file_id", sa.Integer(), sa.ForeignKey("stored_file.id"), nullable=True, index=True),
    sa.Column(
        "superseded_by_id", sa.Integer(), sa.ForeignKey("opinion.id"), nullable=True, index=True
    ),
)

sa.Table(
    "organisation",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("code", sa.String(18), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("short", sa.String(60), nullable=False),
    sa.Column("class_code", sa.String(10), nullable=True),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("regime", sa.String(10), nullable=False),
    sa.Column("duty", sa.Text(), nullable=False),
    sa.Column("vertical", sa.String(100), nullable=True),
    sa.Column(
        "parent_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column(
        "authority_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column(
        "operator_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column(
        "successor_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column("valid_from", sa.Date(), nullable=True),
    sa.Column("valid_to", sa.Date(), nullable=True),
    sa.Column("basis", sa.String(200), nullable=True),
    sa.Column("holders", sa.JSON(), nullable=True),
)

sa.Table(
    "outbox",
    tables,
    sa.Column(
        "resource_id",
        sa.Integer(),
        sa.ForeignKey("resource.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("turn", sa.Integer(), nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("tries", sa.Integer(), nullable=False),
    sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("fault", sa.String(200), nullable=True),
)

sa.Table(
    "paper",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("step", sa.String(40), nullable=False),
    sa.Column(
        "organisation_id",
        sa.Integer(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("printed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("number", sa.String(80), nullable=True),
    sa.Column("signer", sa.String(60), nullable=True),
    sa.Column("signer_post", sa.String(60), nullable=True),
    sa.Column("signed_on", sa.Date(), nullable=True),
    sa.Column("scan_id", sa.Integer(), sa.ForeignKey("stored_file.id"), nullable=True, index=True),
    sa.Column("uploaded_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
    sa.Column("confirmed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
)

sa.Table(
    "paper_version",
    tables,
    sa.Column("paper_id", sa.Integer(), sa.ForeignKey("paper.id"), primary_key=True),
    sa.Column(
        "version_id", sa.Integer(), sa.ForeignKey("version.id"), primary_key=True, index=True
    ),
)

sa.Table(
    "person",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("name", sa.String(60), nullable=False),
)

sa.Table(
    "post",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column(
        "organisation_id",
        sa.Integer(),
        sa.ForeignKey("organisation.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column(
        "project_id",
        sa.Integer(),
        sa.ForeignKey("project.id", use_alter=True),
        nullable=True,
        index=True,
    ),
    sa.Column("starts", sa.Date(), nullable=False),
    sa.Column("ends", sa.Date(), nullable=True),
    sa.Column(
        "substitute_for_id", sa.Integer(), sa.ForeignKey("post.id"), nullable=True, index=True
    ),
)

sa.Table(
    "project",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column(
        "unit_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("stage", sa.String(40), nullable=False),
    sa.Column("build_mode", sa.String(20), nullable=False),
    sa.Column("approval", sa.String(80), nullable=True),
    sa.Column("starts", sa.Date(), nullable=True),
    sa.Column("planned_on", sa.Date(), nullable=True),
    sa.Column("concluded_on", sa.Date(), nullable=True),
    sa.Column("facts", sa.JSON(), nullable=False),
    sa.Column("row_version", sa.Integer(), nullable=False),
)

sa.Table(
    "project_resource",
    tables,
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
    sa.Column(
        "resource_id", sa.Integer(), sa.ForeignKey("resource.id"), primary_key=True, index=True
    ),
)

sa.Table(
    "project_system",
    tables,
    sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
    sa.Column("system_id", sa.Integer(), sa.ForeignKey("system.id"), primary_key=True, index=True),
)

sa.Table(
    "reading",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=False, index=True
    ),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("on", sa.Date(), nullable=False),
    sa.UniqueConstraint("resource_id", "person_id", "on"),
)

sa.Table(
    "remark",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "decision_id",
        sa.Integer(),
        sa.ForeignKey("decision.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("pointer", sa.String(200), nullable=False),
    sa.Column("code", sa.String(10), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
)

sa.Table(
    "request",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("number", sa.String(60), nullable=True, unique=True),
    sa.Column(
        "requester_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column(
        "provider_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column(
        "resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=False, index=True
    ),
    sa.Column("state", sa.String(40), nullable=False, index=True),
    sa.Column("document", sa.JSON(), nullable=False),
    sa.Column("created_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_on", sa.Date(), nullable=True),
    sa.Column("due", sa.Date(), nullable=True, index=True),
    sa.Column("extension_days", sa.Integer(), nullable=False),
    sa.Column("extension_asked", sa.Integer(), nullable=True),
    sa.Column("stopped_days", sa.Integer(), nullable=False),
    sa.Column("correction_asked_on", sa.Date(), nullable=True),
    sa.Column("corrected_on", sa.Date(), nullable=True),
    sa.Column("answer", sa.JSON(), nullable=True),
    sa.Column("replied_on", sa.Date(), nullable=True),
    sa.Column("deliver_by", sa.Date(), nullable=True),
    sa.Column("delivered_on", sa.Date(), nullable=True),
    sa.Column("data_correction_due", sa.Date(), nullable=True),
    sa.Column("demand_id", sa.Integer(), sa.ForeignKey("demand.id"), nullable=True, index=True),
    sa.Column("ends_on", sa.Date(), nullable=True),
    sa.Column("row_version", sa.Integer(), nullable=False),
)

sa.Table(
    "request_element",
    tables,
    sa.Column(
        "request_id",
        sa.Integer(),
        sa.ForeignKey("request.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("element_key", sa.String(26), primary_key=True),
    sa.Column("granted", sa.Boolean(), nullable=True),
)

sa.Table(
    "request_event",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "request_id",
        sa.Integer(),
        sa.ForeignKey("request.id", ondelete="CASCADE"),
        nullable=True,
        index=True,
    ),
    sa.Column(
        "demand_id",
        sa.Integer(),
        sa.ForeignKey("demand.id", ondelete="CASCADE"),
        nullable=True,
        index=True,
    ),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
)

sa.Table(
    "resource",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("code", sa.String(64), nullable=True, unique=True),
    sa.Column(
        "department_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column(
        "project_id",
        sa.Integer(),
        sa.ForeignKey("project.id", use_alter=True),
        nullable=True,
        index=True,
    ),
    sa.Column(
        "live_version_id",
        sa.Integer(),
        sa.ForeignKey("version.id", use_alter=True),
        nullable=True,
        index=True,
    ),
    sa.Column(
        "working_version_id",
        sa.Integer(),
        sa.ForeignKey("version.id", use_alter=True),
        nullable=True,
        index=True,
    ),
    sa.Column("row_version", sa.Integer(), nullable=False),
    sa.Column("turn", sa.Integer(), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_on", sa.Date(), nullable=True, index=True),
    sa.Column("remediation_due", sa.Date(), nullable=True, index=True),
    sa.Column("unchanged_on", sa.Date(), nullable=True),
    sa.Column("suspended_until", sa.Date(), nullable=True),
    sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column(
        "successor_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=True, index=True
    ),
)

sa.Table(
    "revocation",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("opinion_id", sa.Integer(), sa.ForeignKey("opinion.id"), nullable=False, unique=True),
    sa.Column("number", sa.String(60), nullable=False, unique=True),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("statement", sa.JSON(), nullable=False),
    sa.Column("revoked_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "setting",
    tables,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", sa.JSON(), nullable=False),
)

sa.Table(
    "signed_head",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("size", sa.Integer(), nullable=False, index=True),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("key_id", sa.String(40), nullable=False),
    sa.Column("algorithm", sa.String(20), nullable=False),
    sa.Column("signature", sa.Text(), nullable=False),
)

sa.Table(
    "standing_consent",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=False, unique=True
    ),
    sa.Column("signed_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("signed_on", sa.Date(), nullable=False),
    sa.Column("scope", sa.Text(), nullable=False),
    sa.Column("ended_on", sa.Date(), nullable=True),
)

sa.Table(
    "stored_file",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("purpose", sa.String(20), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("size", sa.Integer(), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column(
        "organisation_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=True, index=True
    ),
    sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True, index=True),
    sa.Column("resource_id", sa.Integer(), sa.ForeignKey("resource.id"), nullable=True, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
)

sa.Table(
    "submission",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "department_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column(
        "project_id",
        sa.Integer(),
        sa.ForeignKey("project.id", use_alter=True),
        nullable=True,
        index=True,
    ),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("letter_number", sa.String(80), nullable=True),
    sa.Column("letter_on", sa.Date(), nullable=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
)

sa.Table(
    "system",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column("code", sa.String(100), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column(
        "unit_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column("protection_level", sa.Integer(), nullable=True),
    sa.Column("holders", sa.JSON(), nullable=True),
)

sa.Table(
    "transfer",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key", sa.String(16), nullable=False, unique=True),
    sa.Column(
        "from_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True
    ),
    sa.Column("to_id", sa.Integer(), sa.ForeignKey("organisation.id"), nullable=False, index=True),
    sa.Column("basis", sa.String(200), nullable=False),
    sa.Column("on", sa.Date(), nullable=False),
    sa.Column("entries", sa.JSON(), nullable=False),
    sa.Column("by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

sa.Table(
    "version",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column(
        "resource_id",
        sa.Integer(),
        sa.ForeignKey("resource.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("name", sa.String(800), nullable=False, index=True),
    sa.Column("level", sa.String(4), nullable=True),
    sa.Column("share_type", sa.String(4), nullable=True),
    sa.Column("open_type", sa.String(4), nullable=True),
    sa.Column("visibility", sa.String(4), nullable=True),
    sa.Column("document", sa.Text(), nullable=False),
    sa.Column("salt", sa.LargeBinary(16), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("based_on_id", sa.Integer(), sa.ForeignKey("version.id"), nullable=True, index=True),
    sa.Column(
        "submission_id", sa.Integer(), sa.ForeignKey("submission.id"), nullable=True, index=True
    ),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("faults", sa.JSON(), nullable=True),
    sa.UniqueConstraint("resource_id", "number"),
)


def upgrade() -> None:
    """Make the tables."""
    tables.create_all(op.get_bind())


def downgrade() -> None:
    """Take them away."""
    tables.drop_all(op.get_bind())
