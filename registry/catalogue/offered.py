"""What the form of an entry offers beside its fields: systems, units, entries of like names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar
from registry.access import Actor, may
from registry.catalogue.check import NAMELESS, bare
from registry.catalogue.reading import visible
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.projects import System

# A list to choose from that is longer is no longer read.
MOST_SYSTEMS = 500
MOST_SIMILAR = 5
_NEAR = 0.8
# What a name may carry at its end without being another thing.
_ENDINGS = [
    "信息表",
    "数据表",
    "明细表",
    "统计表",
    "信息",
    "数据",
    "明细",
    "清单",
    "名录",
    "名单",
    "台账",
    "目录",
    "情况",
    "一览",
    "表",
]
_PERIODS = r"[0-9]+(?:年度?|月份?|日|季度|期|版|批)?|[第()（）\[\]【】_.\-—]"


@dataclass(frozen=True)
class Similar:
    """An entry whose name is like another's; `same`: the very name, in one unit a fault."""

    key: str
    name: str
    unit: str
    own: bool
    same: bool


def systems(session: Session, unit: Organisation) -> tuple[list[System], list[System]]:
    """The registered systems of a unit, then those of all others, by name."""
    rows = session.scalars(
        sa.select(System)
        .order_by(System.unit_id != unit.id, System.name, System.id)
        .limit(MOST_SYSTEMS)
    ).all()
    own = [one for one in rows if one.unit_id == unit.id]
    return own, [one for one in rows if one.unit_id != unit.id]


def units(session: Session) -> Sequence[str]:
    """The names of all units that have not ended, in the order of the city's table."""
    return session.scalars(
        sa.select(Organisation.name)
        .where(sa.or_(Organisation.valid_to.is_(None), Organisation.valid_to >= calendar.today()))
        .order_by(Organisation.id)
    ).all()


def similar(session: Session, actor: Actor, resource: Resource, name: object) -> list[Similar]:
    """Entries this reader may see whose names are like this one, those of the own unit first."""
    stem = stem_of(name) if isinstance(name, str) else ""
    if len(stem) < 2:
        return []
    assert isinstance(name, str)
    found = [
        (SequenceMatcher(None, stem, stem_of(row.name)).ratio(), row)
        for row in (*_own(session, actor, resource, stem), *_others(session, actor, resource, stem))
    ]
    near = [
        (
            ratio,
            Similar(
                row.key,
                row.name,
                row.unit,
                row.department_id == resource.department_id,
                bare(row.name) == bare(name),
            ),
        )
        for ratio, row in found
        if ratio >= _NEAR
    ]
    near.sort(key=lambda one: (not one[1].own, not one[1].same, -one[0], one[1].name))
    return list({one.key: one for _, one in near}.values())[:MOST_SIMILAR]


def stem_of(name: str) -> str:
    """A name without what tells copies of one list apart: periods, numbers, brackets, endings."""
    stem = re.sub(_PERIODS, "", bare(name))
    while ending := next((one for one in _ENDINGS if stem.endswith(one) and stem != one), ""):
        stem = stem.removesuffix(ending)
    return stem


_Row = sa.Row[str, int, str, str]
_COLUMNS = (Resource.key, Resource.department_id, Version.name, Organisation.name.label("unit"))


def _own(session: Session, actor: Actor, resource: Resource, stem: str) -> Sequence[_Row]:
    """Entries of the unit itself; drafts for those who work with drafts of the unit."""
    shown = [Resource.live_version_id == Version.id]
    if may(actor, "read_working", resource.department):
        shown.append(Resource.working_version_id == Version.id)
    return session.execute(
        sa.select(*_COLUMNS)
        .join(Version, sa.or_(*shown))
        .join(Organisation, Organisation.id == Resource.department_id)
        .where(
            Resource.department_id == resource.department_id,
            Resource.id != resource.id,
            Version.state.not_in(NAMELESS),
            Version.name.contains(stem[:3], autoescape=True),
        )
        .limit(200)
    ).all()


def _others(session: Session, actor: Actor, resource: Resource, stem: str) -> Sequence[_Row]:
    """Live entries of other units, by whole names: an index of the database answers these."""
    return session.execute(
        sa.select(*_COLUMNS)
        .join(Version, Resource.live_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .where(
            Resource.department_id != resource.department_id,
            Version.name.in_([stem, *(stem + ending for ending in _ENDINGS)]),
            visible(actor),
        )
        .limit(50)
    ).all()
