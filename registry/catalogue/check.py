"""What a version must satisfy to be handed in: the schema, and rules that need other rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.catalogue import unmarked
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from registry.models.projects import System
from registry.shown import VISIBLE_TO
from schemas import Problem

Document = Mapping[str, Any]
# The names of a unit, spelled one way, and the entries that hold each.
Names = Mapping[str, Collection[int]]


def check(
    session: Session,
    department: Organisation,
    resource_id: int,
    document: Document,
    names: Names | None = None,
) -> list[Problem]:
    """Every fault that stands against handing this document in, in form order.

    Who checks many of one unit reads its `names_of` once and gives them.
    """
    found = _alone(document)
    name = document.get("name")
    if isinstance(name, str) and name:
        taken = names_of(session, department) if names is None else names
        found += [] if set(taken.get(bare(name), ())) <= {resource_id} else [_taken(name)]
    found += _related(session, document)
    found += _source_system(session, document)
    found += _unknown_units(document, _known_units(session, _units(document)))
    if inherited_holders(session, department, document) is None:
        found.append(Problem("/holders", "holders", rule="holders"))
    answered = bool(str(document.get("note") or "").strip())
    if not answered:
        warned = [w for w in warnings_of(session, resource_id, document) if w.rule in _ANSWERED]
        # A warning of these rules may stand, but only beside a note that answers it.
        found += [
            Problem("/note", w.code, w.params, w.rule) for w in {w.rule: w for w in warned}.values()
        ]
    return found


def _alone(document: Document) -> list[Problem]:
    """The faults that show in the document itself, whatever else is in the catalogue."""
    found = schemas.errors("resource", dict(document), at="submission")
    found += schemas.untimely("resource", document, calendar.today())
    if schemas.level(document).stops:
        found.append(Problem("/items", "important", rule="important"))
    return found + unmarked.faults(document)


def check_new(
    session: Session, entries: Sequence[tuple[str, Organisation | None, Document]]
) -> list[list[Problem]]:
    """The faults of many entries that are not registered yet, in a constant number of queries.

    Each stands with a word for its unit and the unit itself, None while it has to be made.
    Warnings are not among them: nobody was asked to answer them when these were compiled.
    """
    taken = set(_held(session, {unit.id for _, unit, _ in entries if unit is not None}))
    known = _known_codes(session, [c for _, _, document in entries for c in _codes(document)])
    systems = _systems(session, [document for _, _, document in entries])
    units = _known_units(session, [name for _, _, document in entries for name in _units(document)])
    found = []
    for where, unit, document in entries:
        problems = _alone(document)
        name = document.get("name")
        if isinstance(name, str) and name:
            place = (unit.id if unit is not None else where, bare(name))
            if place in taken:
                problems.append(_taken(name))
            taken.add(place)
        problems += _unknown_related(document, known)
        problems += _unknown_units(document, units)
        code = document.get("source_system")
        system = systems.get(code) if isinstance(code, str) else None
        if isinstance(code, str) and code and system is None:
            problems.append(_unknown_system(code))
        if _named_duties(_said(document, system, unit)) is None:
            problems.append(Problem("/holders", "holders", rule="holders"))
        found.append(problems)
    return found


def _held(session: Session, units: set[int]) -> dict[tuple[int | str, str], set[int]]:
    """Unit and name of every entry that holds its name, and which entries these are."""
    rows = session.execute(
        sa.select(Resource.department_id, Version.name, Resource.id)
        .join(
            Version,
            sa.or_(
                Resource.live_version_id == Version.id, Resource.working_version_id == Version.id
            ),
        )
        .where(Resource.department_id.in_(units), Version.state.not_in(NAMELESS))
    )
    found: dict[tuple[int | str, str], set[int]] = {}
    for unit, name, id_ in rows:
        found.setdefault((unit, bare(name)), set()).add(id_)
    return found


def _systems(session: Session, documents: Iterable[Document]) -> dict[str, System]:
    codes = {code for d in documents if isinstance(code := d.get("source_system"), str) and code}
    rows = session.scalars(sa.select(System).where(System.code.in_(codes))) if codes else ()
    return {system.code: system for system in rows}


_ANSWERED = frozenset({"S4", "S7", "S8"})


def warnings_of(session: Session, resource_id: int, document: Document) -> list[Problem]:
    """What a reviewer should look at: the document's own warnings and the overlap with others."""
    return [
        *schemas.warnings("resource", dict(document)),
        *unmarked.told(document),
        *_repeated_collection(session, resource_id, document),
    ]


def inherited_holders(
    session: Session, department: Organisation, document: Document
) -> tuple[str, Mapping[str, Any]] | None:
    """Who handles, manages, archives and answers (Art. 14), and where it was said.

    The resource's own words come first, then its system's, then the unit's; each of the four
    duties is taken from the nearest that names it. None when one of them is named nowhere.
    """
    return _named_duties(_said(document, _system(session, document), department))


def systems_of(session: Session, documents: Iterable[Document]) -> dict[str, System]:
    """The systems that documents name as their source, by code, in one query."""
    return _systems(session, documents)


def holders_of(
    document: Document, systems: Mapping[str, System], unit: Organisation
) -> tuple[str, Mapping[str, Any]] | None:
    """As `inherited_holders`, where the systems were read before."""
    code = document.get("source_system")
    system = systems.get(code) if isinstance(code, str) else None
    return _named_duties(_said(document, system, unit))


def _named_duties(
    sources: Iterable[tuple[str, Mapping[str, Any] | None]],
) -> tuple[str, Mapping[str, Any]] | None:
    found: dict[str, Any] = {}
    said: list[str] = []
    for where, holders in sources:
        for duty, holder in (holders or {}).items():
            if isinstance(holder, Mapping) and holder and duty not in found:
                found[duty] = holder
                said.append(where)
    if set(found) < {"handles", "manages", "archives", "answers"}:
        return None
    return (said[0] if len(set(said)) == 1 else "mixed"), found


def _said(
    document: Document, system: System | None, unit: Organisation | None
) -> list[tuple[str, Mapping[str, Any] | None]]:
    own = document.get("holders")
    return [
        ("resource", own if isinstance(own, Mapping) else None),
        ("system", system.holders if system else None),
        ("unit", unit.holders if unit else None),
    ]


def _system(session: Session, document: Document) -> System | None:
    code = document.get("source_system")
    if not isinstance(code, str) or not code:
        return None
    return session.scalar(sa.select(System).where(System.code == code))


def _source_system(session: Session, document: Document) -> list[Problem]:
    code = document.get("source_system")
    if isinstance(code, str) and code and _system(session, document) is None:
        return [_unknown_system(code)]
    return []


def _unknown_system(code: str) -> Problem:
    return Problem("/source_system", "source-system", {"given": code[:60]}, "source-system")


# Versions in these states no longer hold their name.
NAMELESS = ("retired", "wiped", "returned")


def names_of(session: Session, department: Organisation) -> Names:
    """The names of a unit: each is unique after NFKC and removal of blanks."""
    found: dict[str, set[int]] = {}
    for (_, name), ids in _held(session, {department.id}).items():
        found.setdefault(name, set()).update(ids)
    return found


def _taken(name: str) -> Problem:
    return Problem("/name", "name-taken", {"given": name[:60]}, "name-taken")


def bare(text: str) -> str:
    """A name as names are compared: without blanks, whatever the width of its letters."""
    return "".join(normalize("NFKC", text).split())


def _related(session: Session, document: Document) -> list[Problem]:
    return _unknown_related(document, _known_codes(session, _codes(document)))


def _codes(document: Document) -> list[str]:
    return _texts(document.get("related"))


def _units(document: Document) -> list[str]:
    return _texts(document.get(VISIBLE_TO))


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _known_codes(session: Session, codes: Sequence[str]) -> set[str]:
    if not codes:
        return set()
    rows = session.scalars(sa.select(Resource.code).where(Resource.code.in_(set(codes))))
    return {code for code in rows if code}


def _unknown_related(document: Document, known: set[str]) -> list[Problem]:
    return _unknown("related", "related", _codes(document), known)


def _unknown(field: str, rule: str, given: Sequence[str], known: set[str]) -> list[Problem]:
    """Each of these values of a list that stands for nothing registered."""
    return [
        Problem(f"/{field}/{n}", rule, {"given": one[:64]}, rule)
        for n, one in enumerate(given)
        if one not in known
    ]


def _repeated_collection(session: Session, resource_id: int, document: Document) -> list[Problem]:
    """S7: another unit registers at least 4 equal items beyond key items, overlap at least 0.6."""
    keys = set(schemas.codes.table("share_rules")["key_items"])
    items = document.get("items")
    mine = {
        item["name"]
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping) and isinstance(item.get("name"), str)
    } - keys
    if len(mine) < 4:
        return []
    own = session.scalar(sa.select(Resource.department_id).where(Resource.id == resource_id))
    near = session.execute(
        sa.select(Version.id, Version.name, Organisation.name)
        .join(Resource, Resource.live_version_id == Version.id)
        .join(Organisation, Organisation.id == Resource.department_id)
        .join(Element, Element.version_id == Version.id)
        .where(Resource.id != resource_id, Resource.department_id != own, Element.name.in_(mine))
        .group_by(Version.id, Version.name, Organisation.name)
        .having(sa.func.count(Element.id) >= 4)
    ).all()
    for version_id, name, unit in near:
        theirs = (
            set(session.scalars(sa.select(Element.name).where(Element.version_id == version_id)))
            - keys
        )
        if len(mine & theirs) >= 4 and len(mine & theirs) / len(mine | theirs) >= 0.6:
            return [Problem("/items", "S7", {"given": f"{unit}「{name}」"}, "S7")]
    return []


def _known_units(session: Session, names: Sequence[str]) -> set[str]:
    if not names:
        return set()
    return set(
        session.scalars(sa.select(Organisation.name).where(Organisation.name.in_(set(names))))
    )


def _unknown_units(document: Document, known: set[str]) -> list[Problem]:
    return _unknown(VISIBLE_TO, "unit-name", _units(document), known)
