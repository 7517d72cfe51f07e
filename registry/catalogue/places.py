"""The places of content: what a wipe of an entry destroys, one by one.

`PLACES` empties them one by one; `registry.catalogue.contents` says of every column which place it
belongs to. What people wrote of the entry in records of their own goes by relation (requests,
demands, findings of its projects); its name in any other text of theirs is replaced (`QUOTING`).
A signed paper that names it becomes a stub: number, digests and signature stay, the text goes.
One that says no more of it than its name may be kept, and stays as it was signed; the annexes about
the entry are papers of their own, and go from it.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import files, held, papers, sealed, signing
from registry.access import SYSTEM
from registry.catalogue.contents import QUOTING
from registry.db import Base, now
from registry.errors import Missing
from registry.models.acceptance import Opinion, Revocation
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
from registry.models.lists import Edition
from registry.models.papers import AssessedVersion, Assessment, Paper, PaperVersion
from registry.models.projects import (
    BusinessTable,
    Finding,
    Mount,
    NotApplicable,
    ProjectResource,
    ProjectSystem,
)
from registry.models.shown import Shown, Trait
from registry.shown import GONE
from search import documents, synonyms

# What is read where a text was: the batch of a wiped entry keeps its page, an edition its rows.
WIPED_NAME = "（已清除）"
# Shorter names ("人口") stand in texts about anything.
_SHORTEST_QUOTE = 4
# Files that hold many entries at once: the whole file goes, because a part of it cannot.
BULK = frozenset({"import", "export", "upload", "sheet", "faults"})


@dataclass(frozen=True)
class Means:
    """What a wipe needs beside the database: the data folder, and the key that signs its papers."""

    folder: Path
    key: signing.Key


@dataclass(frozen=True)
class Named:
    """A paper or text of somebody else that names the entry or is about its projects.

    `mark` is what the form of the wipe sends to keep it; it may be kept only where it says no
    more than the name (`keepable`).
    """

    kind: str
    mark: str
    title: str
    keepable: bool
    is_wiped: bool = False


@dataclass(frozen=True)
class Traces:
    """What a wipe looks for: the entry, its versions, keys that name it, its names, what is kept.

    `on` is the day that stubs bear; `done` collects the digests of papers that became one.
    """

    resource: Resource
    versions: tuple[int, ...]
    keys: frozenset[str]
    words: tuple[str, ...]
    means: Means
    kept: frozenset[str]
    on: str
    done: list[str]


def traces(
    session: Session, resource: Resource, means: Means, kept: Collection[str], on: str
) -> Traces:
    """Everything that names this entry, as long as it still has its content."""
    ids = session.scalars(sa.select(Version.id).where(Version.resource_id == resource.id))
    asked = session.scalars(sa.select(Request.key).where(Request.resource_id == resource.id))
    wanted = session.scalars(sa.select(Demand.key).where(Demand.id.in_(_demand_ids(resource))))
    keys = frozenset(filter(None, (resource.key, resource.code, *asked, *wanted)))
    words = names(session, resource)
    return Traces(resource, tuple(ids), keys, words, means, frozenset(kept), on, [])


def names(session: Session, resource: Resource) -> tuple[str, ...]:
    """The names it had, longest first, without those another entry bears as well."""
    own = session.scalars(
        sa.select(Version.name).where(Version.resource_id == resource.id).distinct()
    ).all()
    long = {name for name in own if len(name) >= _SHORTEST_QUOTE}
    shared = session.scalars(
        sa.select(Version.name).where(Version.name.in_(long), Version.resource_id != resource.id)
    )
    return tuple(sorted(long - set(shared), key=len, reverse=True))


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
    """The tables it was linked to, and what was said of a gate on its account."""
    mine = sa.select(BusinessTable.id).where(BusinessTable.resource_id == of.resource.id)
    found = session.scalars(mine).all()
    for id_ in found:
        # Two tables of a system may not bear one name.
        values = {"name": f"{WIPED_NAME}{id_}", "exempt_because": sa.null()}
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


def _demand_ids(resource: Resource) -> sa.Select[int]:
    """Demands that were matched with the entry, and those that became a request for it."""
    asked = sa.select(Request.demand_id).where(
        Request.resource_id == resource.id, Request.demand_id.is_not(None)
    )
    return sa.select(Demand.id).where(
        sa.or_(Demand.matched_id == resource.id, Demand.id.in_(asked))
    )


def _demands(session: Session, of: Traces) -> int:
    ours = session.scalars(_demand_ids(of.resource)).all()
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


def _findings(session: Session, of: Traces) -> int:
    found = [row for row in _near(session, of.resource) if not _is_kept(_finding(row, of), of)]
    for row in found:
        row.text = WIPED_NAME
    session.flush()
    return len(found)


def _near(session: Session, resource: Resource) -> Sequence[Finding]:
    """The findings of every project in whose scope the entry stands."""
    systems = sa.select(BusinessTable.system_id).where(BusinessTable.resource_id == resource.id)
    scope = (
        sa.select(ProjectResource.project_id).where(ProjectResource.resource_id == resource.id),
        sa.select(ProjectSystem.project_id).where(ProjectSystem.system_id.in_(systems)),
    )
    return session.scalars(
        sa.select(Finding)
        .where(
            sa.or_(
                Finding.project_id == (resource.project_id or 0),
                *(Finding.project_id.in_(one) for one in scope),
            ),
            Finding.text != "",
        )
        .order_by(Finding.id)
    ).all()


def _finding(row: Finding, of: Traces) -> Named:
    is_wiped = row.text == WIPED_NAME
    says = any(word in row.text for word in (*of.words, *of.keys))
    title = f"{row.kind} {row.raised_on.isoformat()}"
    return Named("finding", f"finding:{row.key}", title, not says and not is_wiped, is_wiped)


def _is_kept(one: Named, of: Traces) -> bool:
    return one.is_wiped or (one.keepable and one.mark in of.kept)


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


# --- papers --------------------------------------------------------------------------------


def _editions(session: Session, of: Traces) -> int:
    """Rows of issued lists that show the entry become a gap; the digest tells that it was one."""
    found = 0
    for edition in session.scalars(sa.select(Edition)):
        rows, gaps = _with_gaps(edition.rows, of)
        if gaps:
            edition.rows = rows
            of.done.append(edition.digest)
            found += gaps
    session.flush()
    return found


def _with_gaps(value: Any, of: Traces) -> tuple[Any, int]:
    if isinstance(value, Mapping):
        if _shows(value, of):
            gap = {n: one if one in of.keys else WIPED_NAME for n, one in value.items()}
            return gap, 1
        parts = {name: _with_gaps(one, of) for name, one in value.items()}
        return {name: part for name, (part, _) in parts.items()}, sum(n for _, n in parts.values())
    if isinstance(value, list):
        lines = [_with_gaps(one, of) for one in value]
        return [line for line, _ in lines], sum(n for _, n in lines)
    return value, 0


def _shows(row: Mapping[str, Any], of: Traces) -> bool:
    """Whether a row is about the entry, or somebody's words in it (supply and demand) name it."""
    if any(isinstance(one, str) and one in of.keys for one in row.values()):
        return True
    said = [row.get(name) for name in ("wanted", "elements", "scene")] if "side" in row else []
    return any(isinstance(one, str) and word in one for one in said for word in of.words)


def _opinions(session: Session, of: Traces) -> int:
    found = 0
    for opinion in session.scalars(sa.select(Opinion).order_by(Opinion.id)):
        one = _opinion(session, opinion, of)
        if one is None or one.is_wiped:
            continue
        if not _is_kept(one, of):
            of.done.append(opinion.digest)
            _withdraw(session, opinion, of.means, of.on)
            found += 1
        elif _annexes(opinion, of):
            of.done.append(opinion.digest)
            found += _withdraw_annexes(session, opinion, of)
    return found


def _annexes(opinion: Opinion, of: Traces) -> dict[int, Mapping[str, Any]]:
    """The annexes that speak of the entry, by number, where each is a paper of its own."""
    listed = enumerate(opinion.payload.get("masking", ()), 1)
    return {n: one for n, one in listed if one["key"] == of.resource.key and one.get("pdf")}


def _withdraw_annexes(session: Session, opinion: Opinion, of: Traces) -> int:
    """Take what says more of the entry than its name out of a paper that is kept.

    The opinion, its signature and every other annex stay as they were signed; in the place of each
    of these lies a signed act, so that the package verifies without it.
    """
    means, gone = of.means, _annexes(opinion, of)
    acts = {
        n: papers.withdraw_annex(opinion.number, one["pdf"], of.on, means.key)
        for n, one in gone.items()
    }
    before = session.get(StoredFile, opinion.file_id) if opinion.file_id else None
    if before is not None and before.deleted_at is None:
        try:
            package = files.content(means.folder, before)
        except Missing:
            package = None
        if package is not None:
            issued_on = date.fromisoformat(opinion.payload["issued_on"][:10])
            after = papers.without(package, acts, issued_on)
            kept = files.keep(
                session,
                means.folder,
                SYSTEM,
                before.purpose,
                before.name,
                after,
                organisation_id=before.organisation_id,
            )
            files.delete(session, means.folder, before)
            opinion.file_id, opinion.digest = kept.id, kept.digest
    opinion.payload = {
        **opinion.payload,
        "masking": [
            {"key": one["key"], "wiped": of.on, "pdf": "", "act": acts[n]} if n in acts else one
            for n, one in enumerate(opinion.payload["masking"], 1)
        ],
    }
    session.flush()
    return len(acts)


def _opinion(session: Session, opinion: Opinion, of: Traces) -> Named | None:
    """How an issued opinion names the entry; None where it does not."""
    payload = opinion.payload
    listed = any(one["key"] == of.resource.key for one in payload["versions"])
    if "wiped" in payload:
        said = Named("opinion", f"opinion:{opinion.number}", opinion.number, False, True)
        return said if listed else None
    revoked = session.scalar(
        sa.select(Revocation.reason).where(Revocation.opinion_id == opinion.id)
    )
    others = [one for one in payload["versions"] if one["key"] != of.resource.key]
    # Its own annexes go in any case, where each is a paper of its own (`_withdraw_annexes`).
    rest = [
        one
        for one in payload.get("masking", ())
        if one["key"] != of.resource.key or "pdf" not in one
    ]
    stated = {**payload, "versions": others, "masking": rest}
    text = json.dumps([stated, revoked], ensure_ascii=False)
    quoted = any(word in text for word in (*of.words, *of.keys))
    if not listed and not quoted:
        return None
    # The name in its own line says no more than that the entry was there; a column of another
    # entry's masking report is that entry's, though half the city has an item of this name.
    plain = json.dumps([{**stated, "masking": []}, revoked], ensure_ascii=False)
    items = any(f'"{name}"' in plain or f"「{name}」" in plain for name in _items(session, of))
    keepable = not quoted and not items
    return Named("opinion", f"opinion:{opinion.number}", opinion.number, keepable)


def _items(session: Session, of: Traces) -> set[str]:
    names = sa.select(Element.name).where(Element.version_id.in_(of.versions))
    return set(session.scalars(names.distinct())) - {""}


def _withdraw(session: Session, opinion: Opinion, means: Means, on: str) -> None:
    """Leave number, digests, results and signature; whoever holds a copy is told by the act."""
    kept = session.get(StoredFile, opinion.file_id) if opinion.file_id else None
    signature, act = None, None
    if kept is not None and kept.deleted_at is None:
        try:
            package = files.content(means.folder, kept)
        except Missing:
            package = None
        if package is not None:
            signature = papers.signature_of(package)
            pdf = papers.pdf_digest(package)
            act = papers.withdraw(opinion.number, pdf, on, means.key)
        files.delete(session, means.folder, kept)
        kept.name = kept.purpose
    payload = opinion.payload
    opinion.payload = {
        "wiped": on,
        "number": opinion.number,
        "issued_on": payload["issued_on"],
        "issuer": payload["issuer"],
        "versions": [
            {name: one[name] for name in ("key", "version", "digest") if name in one}
            for one in payload["versions"]
        ],
        "gates": [{name: one[name] for name in ("id", "result")} for one in payload["gates"]],
        "signature": signature,
        "act": act,
    }
    revoked = session.scalar(sa.select(Revocation).where(Revocation.opinion_id == opinion.id))
    if revoked is not None:
        # The signed statement repeats the reason: the act of the wipe takes its place.
        revoked.reason, revoked.statement = WIPED_NAME, act or {}
    session.flush()


def naming(session: Session, of: Traces) -> list[Named]:
    """The papers and texts of others that name the entry or may speak of it, for the sheet."""
    every = session.scalars(sa.select(Opinion).order_by(Opinion.id))
    found = [one for opinion in every if (one := _opinion(session, opinion, of)) is not None]
    for edition in session.scalars(sa.select(Edition).order_by(Edition.id)):
        if any(_shows(row, of) for row in edition.rows if isinstance(row, Mapping)):
            gone = any(WIPED_NAME in row.values() for row in edition.rows if _shows(row, of))
            mark = f"edition:{edition.key}"
            found.append(Named("edition", mark, edition.paper_number, False, gone))
    return found + [_finding(row, of) for row in _near(session, of.resource)]


def quoting(session: Session, of: Traces) -> list[str]:
    """Keys of other entries whose text names this one: those are frozen for themselves."""
    if not of.words:
        return []
    said = sa.or_(*(Version.document.contains(word, autoescape=True) for word in of.words))
    return list(
        session.scalars(
            sa.select(Resource.key)
            .join(Version, Version.resource_id == Resource.id)
            .where(Resource.id != of.resource.id, said)
            .distinct()
            .order_by(Resource.key)
            .limit(50)
        )
    )


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
    "opinions": _opinions,
    "editions": _editions,
    "findings": _findings,
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
