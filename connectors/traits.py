"""What the values of a workbook do not tell: formulas, hidden rows and sheets, merged cells.

Runs in the limited child. Only the sheets' own XML is read; nothing is computed, no address
is followed, and a document type definition ends the reading.
"""

import io
import re
import zipfile
from dataclasses import asdict, dataclass, field
from typing import Any
from xml.parsers import expat

# More than a clerk would mend one by one; the count beyond it says nothing more.
MOST = 5_000
_TELLING = re.compile(rb"<(?:\w+:)?(?:f[ >/]|row[^>]{0,400}\bhidden=|!DOCTYPE)")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

Cell = tuple[int, int]


@dataclass
class Traits:
    """The traits of one sheet; rows and columns count from 0.

    `merged` holds (first row, first column, last row, last column); `long_numbers` are cells
    whose number has more digits than Excel keeps.
    """

    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    formulas: list[Cell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    long_numbers: list[Cell] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


class Hostile(Exception):
    """XML that no spreadsheet program writes."""


def of_workbook(data: bytes) -> dict[str, Traits]:
    """Formulas and what is hidden, by the name of the sheet."""
    found: dict[str, Traits] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, hidden, member in _sheets(archive):
            one = found[name] = Traits(hidden=hidden)
            if member not in archive.namelist():
                continue
            content = archive.read(member)
            head = content[:200].lower()
            foreign = b"\x00" in head or (b"encoding=" in head and b"utf-8" not in head)
            # Most sheets hold neither: looking for the bytes is a hundred times faster than
            # taking the XML apart. Another encoding than UTF-8 could hide them.
            if foreign or _TELLING.search(content):
                _read(content, one)
    return found


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, bool, str]]:
    """Name, whether hidden, and place in the archive of every sheet."""
    targets: dict[str, str] = {}
    named: list[tuple[str, bool, str]] = []

    def relation(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship":
            target = given.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[given.get("Id", "")] = whole

    def sheet(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet":
            own = next((v for k, v in given.items() if k.rpartition(":")[2] == "id"), "")
            named.append((given.get("name", ""), given.get("state", "visible") != "visible", own))

    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        _each(archive.read("xl/_rels/workbook.xml.rels"), relation)
    _each(archive.read("xl/workbook.xml"), sheet)
    return [(name, hidden, targets.get(own, "")) for name, hidden, own in named]


def _each(content: bytes, begin: Any) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda tag, given: begin(tag.rpartition(":")[2], given)
    parser.Parse(content, True)


def _refuse(*_: object) -> None:
    raise Hostile


def _read(content: bytes, one: Traits) -> None:
    row = column = -1

    def begin(tag: str, given: dict[str, str]) -> None:
        nonlocal row, column
        if tag == "row":
            row = int(given["r"]) - 1 if given.get("r", "").isdigit() else row + 1
            column = -1
            if given.get("hidden") in {"1", "true"} and len(one.hidden_rows) < MOST:
                one.hidden_rows.append(row)
        elif tag == "c":
            place = _PLACE.fullmatch(given.get("r", ""))
            column = number(place[1]) if place else column + 1
            row = int(place[2]) - 1 if place else row
        elif tag == "f" and len(one.formulas) < MOST:
            one.formulas.append((row, column))

    _each(content, begin)


def number(letters: str) -> int:
    """The place of a column by its letters, counted from 0."""
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1
