"""Organisations as a dated tree, people, their posts and the ways they sign in."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.db import UTC, Base
from registry.models.columns import Code, Day, Id, Key, Moment, Words


class Organisation(Base):
    """A unit of the dated tree. Its authority decides over entries, its operator tests mounts."""

    __tablename__ = "organisation"

    id: Mapped[Id]
    key: Mapped[Key]
    code: Mapped[str] = mapped_column(sa.String(18), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    short: Mapped[str] = mapped_column(sa.String(60), default="")
    class_code: Mapped[str | None] = mapped_column(sa.String(10))
    region: Mapped[str] = mapped_column(sa.String(6), default="150300")
    kind: Mapped[str] = mapped_column(sa.String(10), default="机关")
    regime: Mapped[str] = mapped_column(sa.String(10), default="政务数据")
    duty: Mapped[str] = mapped_column(sa.Text, default="")
    vertical: Mapped[str | None] = mapped_column(sa.String(100))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    authority_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    successor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    basis: Mapped[str | None] = mapped_column(sa.String(200))
    # Default duty holders of the unit (Art. 14): inherited by its systems and resources.
    holders: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)

    parent: Mapped["Organisation | None"] = relationship(
        foreign_keys=[parent_id], remote_side="Organisation.id", lazy="select"
    )


class Person(Base):
    """A human being. Two-person rules compare persons, never accounts."""

    __tablename__ = "person"

    id: Mapped[Id]
    key: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(60))


class Account(Base):
    """A way in for one person."""

    __tablename__ = "account"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    username: Mapped[str] = mapped_column(sa.String(60), unique=True)
    password: Mapped[str] = mapped_column(sa.String(200))
    # Somebody else set it and knows it: the person chooses an own one before anything else.
    has_given_password: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    disabled_at: Mapped[datetime | None] = mapped_column(UTC)
    created_at: Mapped[Moment]
    person: Mapped[Person] = relationship(lazy="joined")


class Post(Base):
    """A role in an organisation, held by a person between two dates, maybe for somebody else."""

    __tablename__ = "post"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    role: Mapped[Code]
    title: Mapped[str] = mapped_column(sa.String(60), default="")
    project_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("project.id", use_alter=True), index=True
    )
    starts: Mapped[Day]
    ends: Mapped[date | None]
    substitute_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined")


class MergedPost(Base):
    """A filed notice 合并岗 that lifts one incompatible pair for one person until a date."""

    __tablename__ = "merged_post"

    id: Mapped[Id]
    key: Mapped[Key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    act_a: Mapped[Code]
    act_b: Mapped[Code]
    reason: Mapped[Words]
    consent: Mapped[str] = mapped_column(sa.String(200))
    starts: Mapped[Day]
    ends: Mapped[Day]


class BrowserSession(Base):
    """A signed-in browser. Only a digest of its token is stored."""

    __tablename__ = "browser_session"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[datetime] = mapped_column(UTC)


class ApiToken(Base):
    """A token of an account for machines. Only a digest is stored."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    key: Mapped[Key]
    token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[Moment]
    ends_at: Mapped[datetime | None] = mapped_column(UTC)
    revoked_at: Mapped[datetime | None] = mapped_column(UTC)
    # To the hour: a program asks many times, and a note of each would hold up who writes.
    used_at: Mapped[datetime | None] = mapped_column(UTC)


class FailedSignIn(Base):
    """One failed try, counted per name and address; rows older than the window are deleted."""

    __tablename__ = "failed_sign_in"

    id: Mapped[Id]
    # A digest of the name: somebody may type a password into the field for the name.
    name: Mapped[str] = mapped_column(sa.String(64), index=True)
    address: Mapped[str] = mapped_column(sa.String(45), index=True)
    at: Mapped[Moment]


class FormKey(Base):
    """A one-time key of a form that was acted on: the second click answers what the first did."""

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    answer: Mapped[str] = mapped_column(sa.String(400))
    at: Mapped[Moment]


class Setting(Base):
    """A decision of the city that is data, not configuration (clocks, closing hour)."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
