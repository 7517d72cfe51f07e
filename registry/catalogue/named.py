"""What other people issued or wrote that names an entry: opinions, editions of lists, findings.

A signed paper that names a wiped entry becomes a stub: number, digests and signature stay, the text
goes. One that says no more of it than its name may be kept, and stays as it was signed; the annexes
about the entry are papers of their own, and go from it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import files, papers
from registry.access import SYSTEM
from registry.catalogue.traces import WIPED_NAME, Means, Named, Traces
from registry.errors import Missing
from registry.models.acceptance import Opinion, Revocation
from registry.models.catalogue import Element, Resource, Version
from registry.models.files import StoredFile
from registry.models.lists import Edition
from registry.models.projects import (
    BusinessTable,
    Finding,
    ProjectResource,
    ProjectSystem,
)


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


def findings(session: Session, of: Traces) -> int:
    """What officers wrote of its projects goes, unless it says nothing of the entry; how many."""
    found = [row for row in _near(session, of.resource) if not of.keep(_finding(row, of))]
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


def editions(session: Session, of: Traces) -> int:
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


def opinions(session: Session, of: Traces) -> int:
    """Opinions that speak of it become stubs, or lose the annexes about it; how many went."""
    found = 0
    for opinion in session.scalars(sa.select(Opinion).order_by(Opinion.id)):
        one = _opinion(session, opinion, of)
        if one is None or one.is_wiped:
            continue
        if not of.keep(one):
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
