"""The places of content: what a wipe of an entry destroys, one by one.

`PLACES` empties them one by one; `registry.catalogue.contents` says of every column which place it
belongs to. What people wrote of the entry in records of their own goes by relation (requests,
demands, findings of its projects); its name in any other text of theirs is replaced (`QUOTING`).
Papers and findings that name it: `registry.catalogue.named`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import files, held, sealed
from registry.catalogue import named
from registry.catalogue.contents import QUOTING
from registry.catalogue.traces import WIPED_NAME, Traces, demand_ids
from registry.db import Base, now
from registry.models.accounts import FormKey
from registry.models.catalogue import (
    Alias,
    Decision,
    Element,
    Remark,
    Resource,
    Submission,
    Version,
)
from registry.models.desensitization import (
    MaskingPlan,
    MaskingReport,
    MaskingRun,
    ReleaseJoin,
    ReleaseSketch,
)
from registry.models.discovery import AskedQuery, SavedSearch, UnansweredQuery
from registry.models.exchange import (
    Demand,
    Request,
    RequestElement,
    RequestEvent,
    StandingConsent,
)
from registry.models.files import StoredFile
from registry.models.harvest import Claim
from registry.models.papers import AssessedVersion, Assessment, Paper, PaperVersion
from registry.models.projects import (
    BusinessTable,
    Mount,
    NotApplicable,
)
from registry.models.shown import Shown, Trait
from registry.shown import GONE
from search import documents, synonyms

# Files that hold many entries at once: the whole file goes, because a part of it cannot.
BULK = frozenset({"import", "export", "upload", "sheet", "faults"})


# --- the entry itself ----------------------------------------------------------------------


def _elements(session: Session, of: Traces) -> int:
    return _count(session, sa.delete(Element).where(Element.version_id.in_(of.versions)))


def _remarks(session: Session, of: Traces) -> int:
    ours = sa.select(Decision.id).where(Decision.version_id.in_(of.versions))
    return _count(session, sa.delete(Remark).where(Remark.decision_id.in_(ours)))


def _claims(session: Session, of: Traces) -> int:
    """What another catalogue says of it: the claim it came from, and every one of its name."""
    texts = (Claim.document, Claim.latest, Claim.reason)
    said = [one.contains(word, autoescape=True) for one in texts for word in of.words]
    return _count(
        session, sa.delete(Claim).where(sa.or_(Claim.resource_id == of.resource.id, *said))
    )


def _aliases(session: Session, of: Traces) -> int:
    return _count(session, sa.delete(Alias).where(Alias.resource_id == of.resource.id))


def _submissions(session: Session, of: Traces) -> int:
    ours = sa.select(Version.submission_id).where(
        Version.id.in_(of.versions), Version.submission_id.is_not(None)
    )
    title = sa.update(Submission).where(Submission.id.in_(ours)).values(title=WIPED_NAME)
    return _count(session, title)


def _masking(session: Session, of: Traces) -> int:
    plans = sa.select(MaskingPlan.id).where(MaskingPlan.resource_id == of.resource.id)
    # A run under way stops when its row is gone; its data and keys are destroyed with it.
    runs = session.scalars(sa.select(MaskingRun.key).where(MaskingRun.plan_id.in_(plans))).all()
    session.execute(sa.delete(MaskingRun).where(MaskingRun.plan_id.in_(plans)))
    sealed.wipe(of.means.folder, of.resource.key, runs)
    # Plans are short and alike: from a digest without salt a guess at one could be proved.
    report = sa.update(MaskingReport).where(MaskingReport.plan_id.in_(plans))
    plan = sa.update(MaskingPlan).where(MaskingPlan.resource_id == of.resource.id)
    ours = sa.select(MaskingReport.id).where(MaskingReport.plan_id.in_(plans))
    # That a release joins another stays a fact of the other one; what it joins by goes.
    joined = sa.update(ReleaseJoin)
    every = (
        sa.delete(ReleaseSketch).where(ReleaseSketch.report_id.in_(ours)),
        joined.where(ReleaseJoin.report_id.in_(ours)).values(column="", other_column=""),
        joined.where(ReleaseJoin.other_id.in_(ours)).values(other_column=""),
        report.values(report={}, plan_digest="", file_check=None),
        plan.values(plan={}, digest=""),
    )
    return sum(_count(session, one) for one in every)


def _mounts(session: Session, of: Traces) -> int:
    ours = sa.update(Mount).where(Mount.resource_id == of.resource.id)
    return _count(session, ours.values(columns=[], number="", file_digest=None))


def _tables(session: Session, of: Traces) -> int:
    """The tables it was linked to, which want an entry again, and what was said of a gate."""
    mine = sa.select(BusinessTable.id).where(BusinessTable.resource_id == of.resource.id)
    found = session.scalars(mine).all()
    for id_ in found:
        # Two tables of a system may not bear one name.
        values = {
            "name": f"{WIPED_NAME}{id_}",
            "exempt_because": sa.null(),
            "resource_id": sa.null(),
        }
        session.execute(sa.update(BusinessTable).where(BusinessTable.id == id_).values(values))
    said = sa.update(NotApplicable).where(NotApplicable.resource_id == of.resource.id)
    return len(found) + _count(session, said.values(note=""))


def _shown(session: Session, of: Traces) -> int:
    """What programs ask of it: the freeze took it away already, a wipe trusts nobody with that."""
    ours = sa.update(Shown).where(Shown.resource_id == of.resource.id, Shown.face != GONE)
    traits = sa.delete(Trait).where(Trait.resource_id == of.resource.id)
    gone = ours.values(face=GONE, digest=sa.null(), version_id=sa.null(), at=now())
    return _count(session, gone) + _count(session, traits)


def _versions(session: Session, of: Traces) -> int:
    session.execute(
        sa.update(Resource)
        .where(Resource.id == of.resource.id)
        .values(live_version_id=None, working_version_id=None)
    )
    return _count(
        session,
        sa.update(Version)
        .where(Version.resource_id == of.resource.id)
        .values(
            state="wiped",
            name="",
            level=None,
            share_type=None,
            open_type=None,
            visibility=None,
            document="{}",
            # Without its salt a digest tells nothing of the text it was made from.
            salt=b"\x00" * 16,
            faults=sa.null(),
        ),
    )


# --- what others wrote ---------------------------------------------------------------------


def _requests(session: Session, of: Traces) -> int:
    ours = sa.select(Request.id).where(Request.resource_id == of.resource.id)
    told = sa.update(RequestEvent).where(RequestEvent.request_id.in_(ours)).values(text="")
    asked = (
        sa.update(Request)
        .where(Request.resource_id == of.resource.id)
        .values(document={}, answer=sa.null(), row_version=Request.row_version + 1)
    )
    # A program may have given an item an id that is a word.
    items = sa.delete(RequestElement).where(RequestElement.request_id.in_(ours))
    consent = sa.update(StandingConsent).where(StandingConsent.resource_id == of.resource.id)
    every = (told, items, asked, consent.values(scope=""))
    return sum(_count(session, one) for one in every)


def _demands(session: Session, of: Traces) -> int:
    ours = session.scalars(demand_ids(of.resource)).all()
    told = sa.update(RequestEvent).where(RequestEvent.demand_id.in_(ours)).values(text="")
    moment = now()
    closed = sa.func.coalesce(Demand.closed_at, moment)
    stated = sa.update(Demand).where(Demand.id.in_(ours))
    return _count(session, told) + _count(
        session, stated.values(document={}, changed_at=moment, closed_at=closed)
    )


def _assessments(session: Session, of: Traces) -> int:
    """Why none was needed: the fact stays that a reason was given."""
    ours = sa.select(AssessedVersion.assessment_id).where(
        AssessedVersion.version_id.in_(of.versions)
    )
    said = sa.update(Assessment).where(Assessment.id.in_(ours), Assessment.none_because != "")
    return _count(session, said.values(none_because=WIPED_NAME))


def _quotes(session: Session, of: Traces) -> int:
    """The name of the entry in texts that are about something else; the rest of them stays."""
    return sum(_replaced(session, column, word) for column in _quoting() for word in of.words)


def _queries(session: Session, of: Traces) -> int:
    """Questions that name the entry, noted or kept: they say nothing of what the catalogue lacks.

    Questions are noted folded, and a facet may hold the name of a data element.
    """
    asked = (UnansweredQuery.text, AskedQuery.text, SavedSearch.name, SavedSearch.text)
    chosen = sa.cast(SavedSearch.filters, sa.Text)
    found = 0
    for word in of.words:
        for said in {word, synonyms.plain(word), documents.element(word)}:
            for column in asked:
                named = column.contains(said, autoescape=True)
                found += _count(session, sa.delete(column.class_).where(named))
            # JSON is stored in ASCII.
            listed = chosen.contains(json.dumps(said)[1:-1], autoescape=True)
            found += _count(session, sa.delete(SavedSearch).where(listed))
    return found


def _quoting() -> Iterator[sa.Column[Any]]:
    for name in QUOTING.split():
        table, _, column = name.partition(".")
        yield Base.metadata.tables[table].c[column]


def _replaced(session: Session, column: sa.Column[Any], word: str) -> int:
    if not isinstance(column.type, sa.JSON):
        longest = getattr(column.type, "length", None) or 1_000_000
        text = sa.func.substr(sa.func.replace(column, word, WIPED_NAME), 1, longest)
        told = sa.update(column.table).where(column.contains(word, autoescape=True))
        return _count(session, told.values({column.name: text}))
    # JSON is stored in ASCII.
    stored = sa.cast(column, sa.Text).contains(json.dumps(word)[1:-1], autoescape=True)
    id_ = column.table.c.id
    rows = session.execute(sa.select(id_, column).where(stored)).all()
    for row, value in rows:
        values = {column.name: _without(value, word)}
        session.execute(sa.update(column.table).where(id_ == row).values(values))
    return len(rows)


def _without(value: Any, word: str) -> Any:
    if isinstance(value, str):
        return value.replace(word, WIPED_NAME)
    if isinstance(value, list):
        return [_without(one, word) for one in value]
    if isinstance(value, Mapping):
        return {name: _without(one, word) for name, one in value.items()}
    return value


# --- files and tickets ---------------------------------------------------------------------


def _files(session: Session, of: Traces) -> int:
    """Files of the entry, scans of its papers, and what its unit imported or exported in bulk."""
    scans = sa.select(Paper.scan_id).join(PaperVersion, PaperVersion.paper_id == Paper.id)
    found = session.scalars(
        sa.select(StoredFile).where(
            StoredFile.deleted_at.is_(None),
            sa.or_(
                StoredFile.resource_id == of.resource.id,
                StoredFile.id.in_(scans.where(PaperVersion.version_id.in_(of.versions))),
                sa.and_(
                    StoredFile.purpose.in_(BULK),
                    sa.or_(
                        StoredFile.organisation_id == of.resource.department_id,
                        StoredFile.organisation_id.is_(None),
                    ),
                ),
            ),
        )
    ).all()
    for row in found:
        files.delete(session, of.means.folder, row)
        row.name = row.purpose
    session.flush()
    # Sheets under way name no entry: all of them go, and their owners send them again.
    return len(found) + held.clear(of.means.folder)


def _tickets(session: Session, of: Traces) -> int:
    """One-time keys remember where a form led to: with a query, maybe what was searched for."""
    return _count(session, sa.delete(FormKey).where(FormKey.answer.contains("?")))


PLACES: Mapping[str, Callable[[Session, Traces], int]] = {
    # Before the versions and elements: these look for what names them.
    "opinions": named.opinions,
    "editions": named.editions,
    "findings": named.findings,
    "remarks": _remarks,
    "aliases": _aliases,
    "claims": _claims,
    "submissions": _submissions,
    "masking": _masking,
    "requests": _requests,
    "demands": _demands,
    "mounts": _mounts,
    "tables": _tables,
    "assessments": _assessments,
    "files": _files,
    "tickets": _tickets,
    "queries": _queries,
    "quotes": _quotes,
    "shown": _shown,
    "elements": _elements,
    "versions": _versions,
}


def _count(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
