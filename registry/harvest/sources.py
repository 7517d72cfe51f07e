"""The catalogues that are harvested: entered by the administrator, told how their runs ended."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors import fetching, harvesting
from registry import journal
from registry.access import Actor
from registry.errors import Conflict, Missing, Unreadable
from registry.models.accounts import Organisation
from registry.models.harvest import Claim, HarvestSource

# Entries of one source; the region's whole list of one city is far below.
MOST = 20_000
_NAME = re.compile(r"[a-z0-9一-鿿][a-z0-9一-鿿-]{0,39}")


def add_source(
    session: Session,
    actor: Actor,
    name: str,
    kind: str,
    address: str = "",
    *,
    department: str = "",
    token_file: str = "",
    most: int = MOST,
) -> HarvestSource:
    """Enter a source by a short name, or its address and limit anew; asks nothing of it yet.

    `department` is the code of the unit all of its entries belong to, else each names its own.
    `most` bounds its claims; a source that holds more is not taken at all.
    """
    if not _NAME.fullmatch(name):
        raise Unreadable("source_name")
    if kind not in harvesting.KINDS:
        raise Unreadable("source_kind", kinds=", ".join(harvesting.KINDS))
    source = session.scalar(sa.select(HarvestSource).where(HarvestSource.name == name))
    if source is not None and source.kind != kind:
        raise Conflict("source_known", source=name)
    if kind != "sheet":
        try:
            fetching.check(address)
        except fetching.Refused as fault:
            raise Unreadable(f"harvest_{fault.code}", **fault.facts) from fault
    unit = None
    if department:
        unit = session.scalar(sa.select(Organisation).where(Organisation.code == department))
        if unit is None:
            raise Missing("no_unit", unit_code=department[:40])
    if source is None:
        source = HarvestSource(name=name, kind=kind)
        session.add(source)
    else:
        # A run under way ends, and the next one begins at the start of the new address.
        source.row_version += 1
        source.cursor, source.since, source.fault, source.fault_facts = None, "", "", {}
    source.address, source.token_file, source.most = address[:1000], token_file[:1000], most
    source.department_id = unit.id if unit is not None else None
    session.flush()
    facts = {"kind": kind, "most": most, "unit": department}
    journal.record(session, actor, "add_source", "harvest", source.key, facts=facts)
    return source


def source_named(session: Session, name: str) -> HarvestSource:
    """The source of this name; raises Missing."""
    found = session.scalar(sa.select(HarvestSource).where(HarvestSource.name == name[:40]))
    if found is None:
        raise Missing("no_source", source=name[:40])
    return found


def sources(session: Session) -> Sequence[tuple[HarvestSource, dict[str, int]]]:
    """Every source with the number of its claims by state."""
    counts: dict[int, dict[str, int]] = {}
    rows = session.execute(
        sa.select(Claim.source_id, Claim.state, sa.func.count()).group_by(
            Claim.source_id, Claim.state
        )
    )
    for source_id, state, count in rows:
        counts.setdefault(source_id, {})[state] = count
    every = session.scalars(sa.select(HarvestSource).order_by(HarvestSource.id))
    return [(source, counts.get(source.id, {})) for source in every]
