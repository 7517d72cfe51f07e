"""Whether the file about to be released is the one a report is about; the file is never kept.

Whoever checks says by it that this is what is to be released. So a file that differs voids the
proof, on the gate as well, until the file of the report is checked: a warning alone would let
another file go out under a report that says nothing of it. Who dropped which digest stays in the
journal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from anonymization import crypto
from connectors import files
from registry import journal
from registry.access import Actor, require
from registry.db import now
from registry.desensitization.sealing import altered, seal
from registry.errors import Conflict
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan, MaskingReport

_PIECE = 1 << 20


@dataclass(frozen=True)
class Seen:
    """A file as it was seen: its digest, and where this is another one than wanted, its shape.

    `missing` are columns of the report that it has not; `strange` are the numbers of columns the
    report has not, unnamed, since a file without a header has a row of values in that place.
    `sheets`: how many of a workbook hold something, where these are several and no table is read.
    """

    digest: str
    format: str
    columns: int | None = None
    rows: int | None = None
    missing: tuple[str, ...] = ()
    strange: tuple[int, ...] = ()
    sheets: int | None = None


def digest(content: BinaryIO) -> str:
    """The digest of what is sent, read piece by piece."""
    state = crypto.Digest()
    content.seek(0)
    while piece := content.read(_PIECE):
        state.add(piece)
    return state.named()


def look(report: Mapping[str, Any], content: BinaryIO, kind: str) -> Seen:
    """See a file through the eyes of a report; counted by a limited child where it differs."""
    seen = Seen(digest(content), kind)
    if seen.digest == (report.get("output") or {}).get("digest"):
        return seen
    content.seek(0)
    try:
        found = json.loads(files.in_child([kind], content.read(), "anonymization.peeking"))
    except files.Refused:
        return seen
    if "refused" in found:
        return replace(seen, sheets=found.get("sheets"))
    names, released = found["columns"], released_columns(report)
    if not released:
        return Seen(seen.digest, kind, len(names), found["rows"])
    return Seen(
        seen.digest,
        kind,
        len(names),
        found["rows"],
        tuple(name for name in released if name not in names),
        tuple(n for n, name in enumerate(names, 1) if name not in released),
    )


def released_columns(report: Mapping[str, Any]) -> list[str]:
    """The columns of the release by name; none where it is a table of groups."""
    found = [line["name"] for line in report["columns"] if line["technique"] != "suppress"]
    return found if len(found) == (report.get("output") or {}).get("columns") else []


def check_of(report: MaskingReport) -> dict[str, Any] | None:
    """What the last look at the file about to be released found; None when nobody looked."""
    found = report.file_check
    if found is None:
        return None
    # Sheets were not counted by earlier editions.
    return {"sheets": None, **found, "at": datetime.fromisoformat(found["at"])}


def may_check(session: Session, actor: Actor, plan: MaskingPlan) -> None:
    """Refuse whoever has no right to check files of this entry."""
    resource = session.get_one(Resource, plan.resource_id)
    require(actor, "check_release", resource.department, project_id=resource.project_id)


def enter_check(
    session: Session, actor: Actor, plan: MaskingPlan, report: MaskingReport, seen: Seen
) -> bool:
    """Enter what was seen of the file about to be released; whether it is that of the report."""
    may_check(session, actor, plan)
    resource = session.get_one(Resource, plan.resource_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    output = report.report.get("output")
    if report.kind != "measured" or not output:
        raise Conflict("no_release_to_check")
    if altered(session, [report]):
        raise Conflict("report_row_altered")
    matches = bool(seen.digest == output["digest"])
    report.file_check = {
        "matches": matches,
        "digest": seen.digest,
        "format": seen.format,
        "columns": seen.columns,
        "rows": seen.rows,
        "missing": list(seen.missing[:20]),
        "strange": list(seen.strange[:20]),
        "sheets": seen.sheets,
        "by": actor.name,
        "at": now().isoformat(timespec="seconds"),
    }
    seal(session, report)
    journal.record(
        session,
        actor,
        "check_release",
        "resource",
        resource.key,
        digest=seen.digest,
        facts={"report": report.key, "matches": matches, "format": seen.format},
    )
    return matches
