"""The clerk's own workbook, marked: coloured cells, a sentence at each, a list with links.

The parent calls `marked`; the work is done in a limited child (`python -m connectors.marking`),
which edits the file that was sent and changes nothing else of it. No formula is computed and no
link followed. What openpyxl cannot keep (charts, pictures without their library) is lost to the
copy, never to the original on the clerk's disk.
"""

import csv
import io
import json
import struct
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connectors import files

# Another error than a fault of the file: a copy is a courtesy, and a file may be too large for it.
_MOST = 5_000
_LONGEST = 1_000


@dataclass(frozen=True)
class Mark:
    """A sentence at a cell; rows and columns count from 0, a column of -1 means the whole row."""

    row: int
    at: int
    heading: str
    message: str


@dataclass(frozen=True)
class Words:
    """What the copy says besides the sentences, in the clerk's language; names are official."""

    sheet: str
    column: str
    row: str
    place: str
    fault: str
    author: str


def marked(
    kind: str, data: bytes, sheet: str, start: int, marks: Sequence[Mark], words: Words
) -> bytes:
    """The marked copy of an upload, of the same kind; Refused when the child cannot make it.

    `start` is the first row of data: the heading of the new column stands above it.
    """
    order = sorted(marks, key=lambda one: (one.row, one.at))[:_MOST]
    if kind == "csv":
        return _csv(data, start, order, words)
    told = {
        "sheet": sheet,
        "start": start,
        "marks": [asdict(one) for one in order],
        "words": asdict(words),
    }
    head = json.dumps(told).encode()
    whole = struct.pack(">I", len(head)) + head + data
    return files.in_child([], whole, "connectors.marking")


def _csv(data: bytes, start: int, marks: Sequence[Mark], words: Words) -> bytes:
    """The text with one more column, in the encoding that spreadsheet programs tell at once."""
    rows = list(csv.reader(io.StringIO(files.decoded(data), newline="")))
    width = max((len(row) for row in rows), default=0)
    said = _by_row(marks)
    said.setdefault(max(start - 1, 0), []).insert(0, words.column)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for line, row in enumerate(rows):
        more = ["；".join(said[line])] if line in said else []
        writer.writerow([*row, *[""] * (width - len(row)), *more] if more else row)
    return out.getvalue().encode("utf-8-sig")


def _by_row(marks: Iterable[Mark]) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for mark in marks:
        said.setdefault(mark.row, []).append(mark.message)
    return said


# in the child -----------------------------------------------------------------------------------


def main() -> None:
    """Read head and workbook from stdin, write the marked workbook to stdout."""
    import openpyxl  # before the limits: the parser itself has to be loaded

    from connectors.child import limit, refuse

    whole = sys.stdin.buffer.read()
    (length,) = struct.unpack(">I", whole[:4])
    told = json.loads(whole[4 : 4 + length])
    limit(memory=1 << 30, seconds=50)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(whole[4 + length :]), keep_links=False, rich_text=True
        )
        _mark(book, told)
        made = _saved(book)
    except MemoryError:
        refuse("file_bomb")
    except Exception:
        # Whatever the parser stumbles over, the file is at fault; its words are for nobody.
        refuse("file_broken")
    sys.stdout.buffer.write(made)


def _saved(book: Any) -> bytes:
    """The workbook as bytes, written in memory.

    `Workbook.save` writes every sheet to a temporary file: the child may not, and what a clerk
    sent must lie on no disk in the clear.
    """
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        _archive: zipfile.ZipFile

        def write_worksheet(self, ws: Any) -> None:
            from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing

            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            writer: Any = WorksheetWriter(ws, out=io.BytesIO())
            writer.write()
            ws._rels = writer._rels
            self._archive.writestr(ws.path[1:], writer.read())
            self.manifest.append(ws)

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        InMemory(book, archive).write_data()
    return out.getvalue()


def _mark(book: Any, told: Mapping[str, Any]) -> None:
    words, marks = Words(**told["words"]), [Mark(**one) for one in told["marks"]]
    sheet = book[told["sheet"]] if told["sheet"] in book.sheetnames else book.worksheets[0]
    _cells(sheet, marks, words)
    at = _column(sheet, told["start"], words)
    _sentences(sheet, told["start"], at, marks, words)
    _listed(book, sheet, marks, words)


def _cells(sheet: Any, marks: Sequence[Mark], words: Words) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fill = PatternFill("solid", start_color="FFF3C6C0", end_color="FFF3C6C0")
    said: dict[tuple[int, int], list[str]] = {}
    for mark in marks:
        if mark.at >= 0:
            said.setdefault((mark.row, mark.at), []).append(mark.message)
    for (row, at), sentences in said.items():
        cell = _first(sheet, row + 1, at + 1)
        cell.fill = fill
        before = f"{cell.comment.text}\n" if cell.comment else ""
        text = (before + "\n".join(sentences))[:_LONGEST]
        cell.comment = Comment(text, words.author, height=120, width=320)


def _first(sheet: Any, row: int, column: int) -> Any:
    """The cell, or the first one of the merged cells it belongs to: others hold nothing."""
    cell = sheet.cell(row, column)
    if type(cell).__name__ != "MergedCell":
        return cell
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            return sheet.cell(area.min_row, area.min_col)
    return cell


def _column(sheet: Any, start: int, words: Words) -> int:
    """Where the sentences go: the column of an earlier copy, else the first behind everything."""
    for row in range(1, start + 1):
        for cell in sheet[row]:
            if cell.value == words.column:
                for line in range(start + 1, sheet.max_row + 1):
                    sheet.cell(line, cell.column).value = None
                return int(cell.column)
    return int(sheet.max_column) + 1


def _sentences(sheet: Any, start: int, at: int, marks: Sequence[Mark], words: Words) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    head = sheet.cell(max(start, 1), at)
    head.value, head.font = words.column, Font(bold=True)
    sheet.column_dimensions[get_column_letter(at)].width = 60
    for row, sentences in _by_row(marks).items():
        if row < start:
            continue
        cell = sheet.cell(row + 1, at)
        _write(cell, "；".join(sentences))
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _listed(book: Any, sheet: Any, marks: Sequence[Mark], words: Words) -> None:
    """The list of faults as the first sheet, each line leading to its cell."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    if words.sheet in book.sheetnames:
        del book[words.sheet]
    made = book.create_sheet(words.sheet, 0)
    for at, text in enumerate((words.row, words.place, words.fault), 1):
        made.cell(1, at).value, made.cell(1, at).font = text, Font(bold=True)
    for line, mark in enumerate(marks, 2):
        made.cell(line, 1).value = mark.row + 1
        letter = get_column_letter(mark.at + 1) if mark.at >= 0 else "A"
        place = made.cell(line, 2)
        _write(place, f"{letter} {mark.heading}".strip() if mark.at >= 0 else "—")
        quoted = sheet.title.replace("'", "''")
        target = f"'{quoted}'!{letter}{mark.row + 1}"
        place.hyperlink = Hyperlink(ref=place.coordinate, location=target)
        place.font = Font(underline="single", color="FF0B5CAD")
        _write(made.cell(line, 3), mark.message)
        made.cell(line, 3).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 8), ("B", 30), ("C", 90)):
        made.column_dimensions[letter].width = width
    made.freeze_panes = "A2"
    for one in book.worksheets:
        one.sheet_view.tabSelected = one is made
    book.active = 0


def _write(cell: Any, text: str) -> None:
    """A text as a text: a sentence may quote what was typed, and that may begin with `=`."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_000]
    cell.data_type = "s"


if __name__ == "__main__":
    main()
