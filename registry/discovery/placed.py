"""Where an entry stands: what the index holds of it because of the unit that provides it."""

from collections.abc import Mapping
from dataclasses import replace

from registry.models.accounts import Organisation
from search import SearchDoc

DEEPEST_TREE = 10


def of_unit(unit: Organisation) -> Mapping[str, object]:
    """The unit's part of an envelope: how it is called, and the units over it."""
    return {
        "department_name": unit.name,
        "department_short": unit.short,
        "units": over(unit),
    }


def under(doc: SearchDoc, unit: Organisation) -> SearchDoc:
    """The same entry as if this unit provided it, everything else as it is."""
    return replace(doc, department=unit.code, envelope={**doc.envelope, **of_unit(unit)})


def over(unit: Organisation) -> tuple[str, ...]:
    """The units over this one, below the government itself, which stands over all."""
    codes: list[str] = []
    above = unit.parent
    while above is not None and above.parent is not None and len(codes) < DEEPEST_TREE:
        codes.append(above.code)
        above = above.parent
    return tuple(codes)
