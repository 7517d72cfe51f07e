"""What stands in a list today, computed from live entries, requests and demands of a unit."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

import schemas
from registry.access import Actor
from registry.calendar import CITY
from registry.catalogue import document_of, visible
from registry.catalogue.check import holders_of, systems_of
from registry.errors import Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Element, Resource, Version
from registry.models.exchange import Demand, Request, RequestElement
from registry.models.projects import Mount, System

Row = dict[str, str]


@dataclass(frozen=True)
class Column:
    """A column of a list: the same on the page, in the sheet and in an edition."""

    id: str
    zh: str
    en: str
    width: int
    # Whether it holds a day, which is never broken over two lines.
    day: bool = False

    def title(self, locale: str = "zh") -> str:
        """The heading."""
        return self.en if locale == "en" else self.zh


@dataclass(frozen=True)
class Kind:
    """One of the three lists, as its table says."""

    id: str
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    basis: str
    columns: tuple[Column, ...]

    def title(self, locale: str = "zh") -> str:
        """The name of the list."""
        return self.en if locale == "en" else self.zh

    def meaning(self, locale: str = "zh") -> str:
        """What the list says, in half a sentence."""
        return self.meaning_en if locale == "en" else self.meaning_zh


def _kinds() -> tuple[Kind, ...]:
    return tuple(
        Kind(
            row["id"],
            row["zh"],
            row["en"],
            row["meaning"],
            row["meaning_en"],
            row["basis"],
            tuple(
                Column(c["id"], c["zh"], c["en"], c["width"], c.get("day", False))
                for c in row["columns"]
            ),
        )
        for row in schemas.codes.table("lists")["lists"]
    )


LISTS: tuple[Kind, ...] = _kinds()


def kind(name: str) -> Kind:
    """The list of this name; Missing when there is none."""
    for one in LISTS:
        if one.id == name:
            return one
    raise Missing("no_list")


def rows(session: Session, name: str, unit: Organisation, reader: Actor | None = None) -> list[Row]:
    """The rows of a list of a unit, as far as `reader` may see the entries; None: all of them.

    Every value is a text in Chinese, as it would be signed; `key` names the entry.
    """
    return list(_COMPUTED[kind(name).id](session, unit, reader))


@dataclass(frozen=True)
class Concerning:
    """What the lists say today about some resources.

    `rows` by unit and list, each with the id of its resource; `keys` are the keys of rows that
    speak of a resource, whether they stand today or did before.
    """

    rows: Mapping[tuple[int, str], Sequence[tuple[int, Row]]]
    keys: Mapping[int, frozenset[str]]


def concerning(session: Session, resources: Collection[int]) -> Concerning:
    """The rows of every list about these resources, in the same number of queries for any."""
    found: dict[tuple[int, str], list[tuple[int, Row]]] = {}
    keys: dict[int, set[str]] = {}
    live = [
        (resource, document_of(version), unit)
        for resource, version, unit in session.execute(
            sa.select(Resource, Version, Organisation)
            .join(Version, Version.id == Resource.live_version_id)
            .join(Organisation, Organisation.id == Resource.department_id)
            .where(
                Resource.id.in_(resources),
                Resource.frozen_at.is_(None),
                Version.state == "published",
            )
            .order_by(Resource.code, Resource.id)
        )
    ]
    systems = systems_of(session, [document for _, document, _ in live])
    mounted = _mounted(session)
    for resource, document, unit in live:
        keys.setdefault(resource.id, set()).add(resource.key)
        for name, rows_ in (
            ("responsibility", _responsible(resource, document, unit, systems, mounted)),
            ("negative", _withheld(resource, document)),
        ):
            found.setdefault((unit.id, name), []).extend((resource.id, row) for row in rows_)
    elements = _asked(session, Request.resource_id.in_(resources))
    for request, name in _requests(session, Request.resource_id.in_(resources)):
        keys.setdefault(request.resource_id, set()).add(request.key)
        if request.state in _UNSTATED:
            continue
        for unit_id in {request.requester_id, request.provider_id}:
            row = _request_row(request, name, unit_id, elements)
            found.setdefault((unit_id, "supply-demand"), []).append((request.resource_id, row))
    return Concerning(found, {one: frozenset(known) for one, known in keys.items()})


def _mounted(session: Session) -> set[int]:
    return set(session.scalars(sa.select(Mount.resource_id).where(Mount.answered)))


def _live(session: Session, unit: Organisation, reader: Actor | None) -> Iterator[Any]:
    seen = sa.true() if reader is None else visible(reader)
    found = session.execute(
        sa.select(Resource, Version)
        .join(Version, Version.id == Resource.live_version_id)
        .where(
            Resource.department_id == unit.id,
            Resource.frozen_at.is_(None),
            Version.state == "published",
            seen,
        )
        .order_by(Resource.code, Resource.id)
    )
    for resource, version in found:
        yield resource, document_of(version)


def _responsibility(session: Session, unit: Organisation, reader: Actor | None) -> Iterator[Row]:
    live = list(_live(session, unit, reader))
    systems, mounted = systems_of(session, [document for _, document in live]), _mounted(session)
    for resource, document in live:
        yield from _responsible(resource, document, unit, systems, mounted)


def _responsible(
    resource: Resource,
    document: Mapping[str, Any],
    unit: Organisation,
    systems: Mapping[str, System],
    mounted: Collection[int],
) -> Iterator[Row]:
    if document.get("share_type") == "3":
        return
    held = holders_of(document, systems, unit)
    holder = (held[1].get("manages") or {}) if held else {}
    common = {
        "key": resource.key,
        "matter": "、".join(_text(m, "name") for m in _list(document, "matters")) or unit.duty,
        "name": str(document.get("name") or ""),
        "code": resource.code or "",
        "department": unit.name,
        "post": " ".join(str(holder.get(p) or "") for p in ("office", "post")).strip(),
        "method": _labels("share_method").get(str(document.get("share_method")), ""),
        "cycle": _labels("update_cycle").get(str(document.get("update_cycle")), ""),
        "by": resource.published_on.isoformat() if resource.published_on else "",
        "state": "已共享" if resource.id in mounted else "待挂接",
    }
    shared = [i for i in _list(document, "items") if i.get("share_type") != "3"]
    for item in shared or [{"name": "（不分项）"}]:
        yield {**common, "element": _text(item, "name")}


def _negative(session: Session, unit: Organisation, reader: Actor | None) -> Iterator[Row]:
    for resource, document in _live(session, unit, reader):
        yield from _withheld(resource, document)


def _withheld(resource: Resource, document: Mapping[str, Any]) -> Iterator[Row]:
    whole = document.get("share_type") == "3"
    banned = [i for i in _list(document, "items") if i.get("share_type") == "3"]
    names = ["全部"] if whole else [_text(item, "name") for item in banned]
    basis = document.get("withheld_basis")
    known = basis if isinstance(basis, Mapping) else {}
    for name in names:
        yield {
            "key": resource.key,
            "name": str(document.get("name") or ""),
            "code": resource.code or "",
            "element": name,
            **{one: _text(known, one) for one in ("title", "article", "quote", "reason")},
            "review": _text(known, "review_by"),
        }


# What has not gone out is nobody's need but its own unit's, and not even stated there.
_UNSTATED = frozenset({"draft", "consent_out", "withdrawn"})


def _requests(session: Session, about: sa.ColumnElement[bool]) -> list[tuple[Request, str]]:
    live = aliased(Version)
    found = session.execute(
        sa.select(Request, live.name)
        .join(Resource, Resource.id == Request.resource_id)
        .join(live, live.id == Resource.live_version_id)
        .where(about, Resource.frozen_at.is_(None))
        .options(joinedload(Request.requester), joinedload(Request.provider))
        .order_by(Request.id)
    )
    return [(request, name) for request, name in found]


def _request_row(
    request: Request, name: str, unit_id: int, elements: Mapping[int, Sequence[str]]
) -> Row:
    mine = request.requester_id == unit_id
    party = request.provider if mine else request.requester
    return {
        "key": request.key,
        "side": "我需" if mine else "我供",
        "wanted": name,
        "elements": "、".join(elements.get(request.id, [])),
        "party": party.name,
        "scene": _text(request.document, "scene"),
        "on": (request.received_on or request.created_at.astimezone(CITY).date()).isoformat(),
        "state": _labels("request_state").get(request.state, request.state),
    }


def _supply_demand(session: Session, unit: Organisation, reader: Actor | None) -> Iterator[Row]:
    """我需: own requests and demands; 我供: what others ask of the unit.

    A reader from outside the unit sees the rows in which his own unit is the other party.
    """
    ours = sa.true() if reader is None else _party(reader)
    labels = _labels("request_state")
    about = sa.or_(Request.requester_id == unit.id, Request.provider_id == unit.id)
    elements = _asked(session, about)
    for request, name in _requests(session, sa.and_(about, ours, Request.state.not_in(_UNSTATED))):
        yield _request_row(request, name, unit.id, elements)
    theirs = sa.true() if reader is None else Demand.requester_id.in_(reader.organisation_ids)
    demands = session.scalars(
        sa.select(Demand)
        .where(sa.or_(Demand.requester_id == unit.id, Demand.assigned_id == unit.id), theirs)
        .order_by(Demand.id)
    ).all()
    names = _names(session, [d.assigned_id for d in demands])
    for demand in demands:
        mine = demand.requester_id == unit.id
        yield {
            "key": demand.key,
            "side": "我需" if mine else "我供",
            "wanted": _text(demand.document, "wanted"),
            "elements": "、".join(str(one) for one in _values(demand.document, "items")),
            "party": names.get(demand.assigned_id or 0, "") if mine else demand.requester.name,
            "scene": _text(demand.document, "scene"),
            "on": demand.raised_on.isoformat(),
            "state": labels.get(demand.state, demand.state),
        }


def _party(reader: Actor) -> sa.ColumnElement[bool]:
    mine = reader.organisation_ids
    return sa.or_(Request.requester_id.in_(mine), Request.provider_id.in_(mine))


def _asked(session: Session, about: sa.ColumnElement[bool]) -> dict[int, list[str]]:
    """The names of the elements asked for, by request."""
    found: dict[int, list[str]] = {}
    for request_id, name in session.execute(
        sa.select(RequestElement.request_id, Element.name)
        .join(Request, Request.id == RequestElement.request_id)
        .join(Resource, Resource.id == Request.resource_id)
        .join(
            Element,
            sa.and_(
                Element.version_id == Resource.live_version_id,
                Element.key == RequestElement.element_key,
            ),
        )
        .where(Resource.frozen_at.is_(None), about)
        .order_by(RequestElement.request_id, Element.position)
    ):
        found.setdefault(request_id, []).append(name)
    return found


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {one for one in ids if one}
    units = session.scalars(sa.select(Organisation).where(Organisation.id.in_(wanted)))
    return {unit.id: unit.name for unit in units}


_COMPUTED: Mapping[str, Callable[[Session, Organisation, Actor | None], Iterator[Row]]] = {
    "responsibility": _responsibility,
    "negative": _negative,
    "supply-demand": _supply_demand,
}


def _labels(name: str) -> Mapping[str, str]:
    return schemas.codes.labels(name, "zh")


def _list(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in _values(document, name) if isinstance(one, Mapping)]


def _values(document: Mapping[str, Any], name: str) -> list[Any]:
    held = document.get(name)
    return held if isinstance(held, list) else []


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
