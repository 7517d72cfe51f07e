"""The facets beside a list of hits: which values stand there, in which words, lists and trees."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import g

import schemas
from registry import discovery
from registry.edge import gettext, locale, session
from registry.models.accounts import Organisation

MOST_LINES = 8
MOST_ELEMENTS = 12
# Facets of the entry itself, which no field of a document names.
_LISTS = {"level": "level", "marks": "mark"}
_TREES = frozenset({"class_path", "other_class_paths", "themes", "base_library", "units"})


@dataclass(frozen=True)
class Line:
    """One value of a facet: its code, word and count, whether it is chosen, its depth in a tree."""

    code: str
    word: str
    count: int
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    """A facet as shown: the values most hits have, those chosen always among them; or all `size`.

    `more` is the address that shows all of them, or of those most hits have again; "" where these
    are all.
    """

    name: str
    title: str
    lines: Sequence[Line]
    size: int
    is_first: bool
    is_whole: bool = False
    more: str = ""


def facets_of(
    counts: Mapping[str, Mapping[str, int]],
    chosen: Mapping[str, tuple[str, ...]],
    whole: Collection[str],
    turned: Callable[[str], str],
) -> list[Facet]:
    """The facets that hold anything, with all their values where they are shown as a whole.

    `turned` gives the address that shows one as a whole, or no longer.
    """
    found = []
    for name in discovery.FACETS:
        lines = list(_lines(name, counts.get(name, {}), chosen.get(name, ())))
        if lines:
            found.append(_facet(name, lines, name in whole, turned))
    return found


def _facet(name: str, lines: list[Line], is_whole: bool, turned: Callable[[str], str]) -> Facet:
    most = MOST_ELEMENTS if name == "element" else MOST_LINES
    by_count = sorted(lines, key=lambda line: (-line.count, line.word))
    chosen = {line.code for line in lines if line.is_chosen}
    kept = chosen | {line.code for line in (by_count if is_whole else by_count[:most])}
    # Of a tree what stands above a value is kept with it, or the value hangs in the air.
    if name in _TREES:
        kept |= {up for code in kept for up in _above(code)}
    # A tree of which only the first branches are held reads as a list, by what most hits have.
    is_tree = name in _TREES and any(line.depth for line in lines)
    cut = [line for line in (lines if is_tree else by_count) if line.code in kept]
    is_first = name in discovery.FIRST or bool(chosen)
    is_long = len(lines) > len(cut) or (is_whole and len(lines) > most)
    more = turned(name) if is_long else ""
    return Facet(name, _titled(name), cut, len(lines), is_first, is_whole, more)


def _above(code: str) -> Iterator[str]:
    steps = code.split("/")
    yield from ("/".join(steps[:depth]) for depth in range(1, len(steps)))


def _lines(name: str, counts: Mapping[str, int], picked: tuple[str, ...]) -> Iterator[Line]:
    """The values of a facet, those of a tree in its order and with their depth."""
    held = {**dict.fromkeys(picked, 0), **counts}
    words = {code: word_of(name, code) for code in held}
    depths = {code: code.count("/") for code in held}
    order = sorted(held)
    if name == "units":
        tree = dict(_tree(held))
        depths = {code: tree.get(code, 0) for code in held}
        places = {code: n for n, code in enumerate(tree)}
        order = sorted(held, key=lambda code: places.get(code, len(places)))
    for code in order:
        # The root of a branch is no choice of its own: 2 stands above every theme.
        if name in ("themes", "base_library") and "/" not in code:
            continue
        less = 1 if name in ("themes", "base_library") else 0
        depth = min(depths[code] - less, 3) if name in _TREES else 0
        yield Line(code, words[code], held[code], code in picked, depth)


def _tree(held: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Every unit with its depth below the government, children after their parent.

    Of those below one parent the unit that holds most comes first.
    """
    rows = session().execute(
        sa.select(Organisation.id, Organisation.parent_id, Organisation.code).order_by(
            Organisation.id
        )
    )
    below: dict[int | None, list[tuple[int, str]]] = {}
    for id_, parent, code in rows:
        below.setdefault(parent, []).append((id_, code))
    for units in below.values():
        units.sort(key=lambda unit: -held.get(unit[1], 0))
    waiting = [(id_, code, -1) for id_, code in reversed(below.get(None, []))]
    while waiting:
        id_, code, depth = waiting.pop()
        yield code, max(depth, 0)
        waiting.extend((i, c, depth + 1) for i, c in reversed(below.get(id_, [])))


def word_of(name: str, code: str) -> str:
    """The word for a value of a facet, in the language of the reader."""
    if name in ("units", "department"):
        return _unit_names().get(code, code)
    if name == "year":
        return gettext("%(year)s 年") % {"year": code}
    field = schemas.field("resource", f"/{name}")
    listed = field.codes if field and field.codes else _LISTS.get(name)
    if name == "item_level":
        listed = "level"
    word = schemas.codes.label(listed, code, locale()) if listed else code
    if name not in _TREES:
        return word
    # The tree shows what stands above; a class of departments is numbered by its unit.
    last = word.rsplit(" / ", 1)[-1]
    return _units_by_class().get(code.replace("/", ""), last) if last.isdigit() else last


def _units_by_class() -> Mapping[str, str]:
    """The unit each department class is named after."""
    if "class_names" not in g:
        rows = session().execute(
            sa.select(Organisation.class_code, Organisation.name)
            .where(Organisation.class_code.is_not(None))
            .order_by(Organisation.id.desc())
        )
        g.class_names = {str(code): name for code, name in rows}
    names: Mapping[str, str] = g.class_names
    return names


def _unit_names() -> Mapping[str, str]:
    """The names of all units by code, read once for a page."""
    if "unit_names" not in g:
        rows = session().execute(sa.select(Organisation.code, Organisation.name))
        g.unit_names = {code: name for code, name in rows}  # noqa: C416 - a row is not a pair
    names: Mapping[str, str] = g.unit_names
    return names


def _titled(name: str) -> str:
    field = schemas.field("resource", f"/{name}")
    if field:
        return field.title(locale())
    own = {
        "units": gettext("提供部门"),
        "level": gettext("数据级别"),
        "marks": gettext("标记"),
        "year": gettext("更新年份"),
        "element": gettext("含信息项"),
        "item_level": gettext("信息项级别"),
    }
    return own.get(name, name)
