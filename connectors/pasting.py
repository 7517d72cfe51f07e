"""Rows copied from a spreadsheet or a list of columns, as data elements.

What is copied is text with tabs between the cells. A first line of headings says what the columns
are, by any name the schema knows for a field; without one they stand in the order of the form.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas

# More than an entry may hold is no list of its items.
MOST_ROWS = 500
LAYOUT = "pasted"


@dataclass(frozen=True)
class Heading:
    """One column of what was pasted: its own heading ("" where there is none) and its field."""

    said: str
    field: schemas.Field | None


@dataclass(frozen=True)
class Pasted:
    """What was read: the columns with their fields, and the items; `cut` when more stood there."""

    headings: Sequence[Heading] = ()
    items: Sequence[dict[str, Any]] = ()
    headed: bool = False
    cut: bool = False

    @property
    def ignored(self) -> list[str]:
        """The headings nobody knows; what stood below them is not taken."""
        return [one.said or "—" for one in self.headings if one.field is None]


def read(text: str) -> Pasted:
    """The data elements of a pasted text; none where it holds no cell.

    Raises schemas.Unreadable when a cell holds more than a draft may.
    """
    table = [cells for cells in _table(text) if any(cells)]
    if not table:
        return Pasted()
    first = table[0]
    known = [_fields().get(_bare(cell)) for cell in first]
    headed = sum(one is not None for one in known) * 2 > sum(map(bool, first))
    rows = table[1:] if headed else table
    beyond = max(map(len, table)) - len(first)
    found = _once(known) if headed else [*order(), *([None] * len(first))][: len(first)]
    said = first if headed else [""] * len(first)
    headings = [Heading(*pair) for pair in zip(said, found, strict=True)]
    headings += [Heading("", None)] * beyond
    items = [item for cells in rows[:MOST_ROWS] if (item := _item(headings, cells))]
    return Pasted(headings, items, headed, len(rows) > MOST_ROWS)


def order() -> list[schemas.Field]:
    """The fields of an item in the order in which columns without headings are read."""
    spec = schemas.field("resource", "/items")
    return [one for one in (spec.children if spec else ()) if one.key != "id" and not one.children]


def _table(text: str) -> Iterator[list[str]]:
    # A line break inside a cell comes quoted, as spreadsheets copy it.
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    between = "\t" if "\t" in plain else "," if "," in plain else "，" if "，" in plain else "\t"
    reader = csv.reader(io.StringIO(plain), delimiter=between)
    try:
        for cells in reader:
            yield [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        # A cell longer than the parser allows: no list of names.
        raise schemas.Unreadable("caps") from None


def _once(found: Sequence[schemas.Field | None]) -> list[schemas.Field | None]:
    """A field named twice is read from its first column."""
    return [
        one if one is not None and one not in found[:n] else None for n, one in enumerate(found)
    ]


@cache
def _fields() -> Mapping[str, schemas.Field]:
    """The fields of an item by every heading they are known under."""
    found: dict[str, schemas.Field] = {}
    for one in order():
        own = [*one.labels.values(), one.key, *one.column.get("city", ())]
        for word in [*own, *one.column.get(LAYOUT, ())]:
            found.setdefault(_bare(word), one)
    return found


def _bare(text: str) -> str:
    """A heading without what differs between offices: blanks, case, remarks, stars, lines."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"\(.*?\)|[\s*:_\-]", "", plain)


def _item(headings: Sequence[Heading], cells: Sequence[str]) -> dict[str, Any]:
    held = {
        one.field.key: cell
        for one, cell in zip(headings, cells, strict=False)
        if one.field is not None and cell
    }
    if not held:
        return {}
    # Nothing said of these means what a row added by hand says.
    whole = {"primary_key": "false", "nullable": "true", **_split_type(held)}
    # From here on it is read as if it had been typed into the form.
    pairs = [(f"items.0.{key}", text) for key, text in whole.items()]
    (item,) = schemas.from_form(pairs)["items"]
    return dict(item)


_SQL = re.compile(
    r"([a-z]+2?)(?: [a-z ]*)?(?:\(([0-9]{1,5})(?:, ?([0-9]{1,3}))?[^)]*\))?", re.I | re.A
)


def _split_type(held: Mapping[str, str]) -> dict[str, str]:
    """`varchar(50)` is a type and a length; a word of ours stays as it is."""
    said = held.get("data_type", "")
    if schemas.codes.code_of("data_type", said):
        return dict(held)
    found = _SQL.fullmatch(unicodedata.normalize("NFKC", said))
    known = schemas.codes.table("data_type")["from_sql"]
    code = known.get(found[1].upper()) if found else None
    if code is None or found is None:
        return dict(held)
    length = ",".join(part for part in found.groups()[1:] if part)
    return {**({"length": length} if length else {}), **held, "data_type": code}
