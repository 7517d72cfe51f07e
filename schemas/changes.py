"""What an edit amounts to: the strictest class of the fields it touches, and what it voids."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.canonical import canonical
from schemas.checks import items, plain
from schemas.fields import Field, fields
from schemas.schema import Record

Kind = Literal["none", "formal", "content", "legal"]
STRICTNESS: Mapping[str, int] = {"none": 0, "formal": 1, "content": 2, "legal": 3}
ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Change:
    """The class of an edit, what it makes void, and the fields that differ.

    `fields` holds pointers into the later document; a removed or moved item shows as "/items".
    """

    kind: Kind
    voids: frozenset[str]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Touched:
    pointer: str
    kind: str
    voids: frozenset[str]


def change(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], name: str | Record = "resource"
) -> Change:
    """What leads from one document to the next; a first document goes the whole route."""
    touched = list(_touched(before or {}, after, name))
    voids = frozenset[str]().union(*(one.voids for one in touched))
    pointers = tuple(dict.fromkeys(one.pointer for one in touched))
    if before is None:
        return Change("legal", frozenset(), pointers)
    return Change(_strictest(one.kind for one in touched), voids, pointers)


def reserved(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Pointers of the fields of the class *legal* that `after` says otherwise than `before`.

    A compiler who works for the department under contract may not say them; a new item counts
    against an empty one.
    """
    found = [one.pointer for one in _touched(before, after, "resource") if one.kind == "legal"]
    pairs = matched(items(before), items(after))
    for field in fields("resource"):
        if field.key == ITEMS:
            for position, item in enumerate(items(after)):
                if position not in pairs:
                    new = _item(field, {}, item, position)
                    found += [one.pointer for one in new if one.kind == "legal"]
    return tuple(found)


def with_reserved(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """`after` with the fields of the class *legal* it leaves out taken from `before`.

    A form shows them shut, and what is shut is not sent.
    """
    kept = dict(after)
    for field in fields("resource"):
        if field.change == "legal" and field.key in before:
            kept.setdefault(field.key, before[field.key])
        if field.key == ITEMS and isinstance(after.get(ITEMS), list):
            kept[ITEMS] = _rows_with_reserved(field, before, after)
    return kept


def _rows_with_reserved(
    field: Field, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Any]:
    rows, old = list(after[ITEMS]), items(before)
    if rows != items(after):
        return rows
    legal = [child.key for child in field.children if child.change == "legal"]
    for position, earlier in matched(old, rows).items():
        known = {key: old[earlier][key] for key in legal if key in old[earlier]}
        rows[position] = {**known, **rows[position]}
    return rows


def _strictest(kinds: Iterator[str]) -> Kind:
    strict = max((STRICTNESS[kind] for kind in kinds), default=0)
    names: tuple[Kind, ...] = ("none", "formal", "content", "legal")
    return names[strict]


def _touched(
    before: Mapping[str, Any], after: Mapping[str, Any], name: str | Record
) -> Iterator[_Touched]:
    for field in fields(name):
        if field.key == ITEMS:
            yield from _items(field, before, after)
        elif not _same(before, after, field.key):
            yield _Touched(f"/{field.key}", field.change, field.voids)


def _items(field: Field, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Touched]:
    old, new = items(before), items(after)
    pairs = matched(old, new)
    for position, item in enumerate(new):
        if position in pairs:
            yield from _item(field, old[pairs[position]], item, position)
        else:
            yield _Touched(f"/{ITEMS}/{position}", field.change, field.voids)
    if len(pairs) < len(old) or _unlike(before, after):
        yield _Touched(f"/{ITEMS}", field.change, field.voids)
    elif [pairs[n] for n in sorted(pairs)] != sorted(pairs.values()):
        # The order of items is how the sheet reads, not what it says.
        yield _Touched(f"/{ITEMS}", "formal", frozenset())


def _unlike(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True when one side holds something that is no list of items at all."""
    sides = [side.get(ITEMS, []) for side in (before, after)]
    return any(not isinstance(side, list) for side in sides) and not _same(before, after, ITEMS)


def matched(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> dict[int, int]:
    """New position → old position: by id, by name as names are compared, by equal content.

    When one item is left over on each side they are one item that was renamed in a sheet.
    """
    pairs: dict[int, int] = {}
    for identity in (_id, _name, canonical):
        _match(old, new, identity, pairs)
    left = [n for n in range(len(new)) if n not in pairs]
    gone = [n for n in range(len(old)) if n not in pairs.values()]
    if len(left) == len(gone) == 1 and not (_id(new[left[0]]) and _id(old[gone[0]])):
        pairs[left[0]] = gone[0]
    return pairs


def _match(
    old: list[Mapping[str, Any]],
    new: list[Mapping[str, Any]],
    identity: Callable[[Mapping[str, Any]], str | bytes],
    pairs: dict[int, int],
) -> None:
    """Pair what has the same identity, first with first, and was not paired before."""
    taken = set(pairs.values())
    free: dict[str | bytes, list[int]] = {}
    for position, item in enumerate(old):
        if position not in taken and identity(item):
            free.setdefault(identity(item), []).append(position)
    for position, item in enumerate(new):
        if position not in pairs and (waiting := free.get(identity(item))):
            pairs[position] = waiting.pop(0)


def _id(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or "")


def _name(item: Mapping[str, Any]) -> str:
    return plain(item.get("name"))


def _item(
    field: Field, old: Mapping[str, Any], new: Mapping[str, Any], position: int
) -> Iterator[_Touched]:
    for child in field.children:
        if child.change == "none" or _same(old, new, child.key):
            continue
        pointer = f"/{ITEMS}/{position}/{child.key}"
        if child.key == "name" and plain(old.get("name")) == plain(new.get("name")):
            # Width and blanks of a name are spelling; another name is another datum.
            yield _Touched(pointer, "formal", frozenset())
        elif child.key == "data_type":
            yield _Touched(pointer, field.change, field.voids | child.voids)
        else:
            yield _Touched(pointer, child.change, child.voids)


def _same(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> bool:
    if (key in before) != (key in after):
        return False
    one, other = before.get(key), after.get(key)
    # True == 1 in Python, not in a document.
    return one == other and (isinstance(one, str) or canonical(one) == canonical(other))
