"""The child that parses an upload: `python -m connectors.child KIND`, file in, JSON out.

Exit 3 with a code on stdout says why the file is not read; any other exit is a fault of the file.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NoReturn

MEMORY = 512 << 20
SECONDS = 30


def limit(memory: int = MEMORY, seconds: int = SECONDS, file: int = 0) -> None:
    """Leave a child so many bytes of memory, seconds of computing and bytes in a file, for good.

    A parser writes nothing at all; and nobody leaves what was in memory on the disk when it dies.
    """
    for which, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file),
    ):
        resource.setrlimit(which, (most, most))


def main() -> None:
    """Parse stdin and write every sheet as JSON."""
    # Before the limits: the parser itself has to be loaded.
    from python_calamine import CalamineWorkbook

    from connectors import traits
    from connectors.files import MOST_COLUMNS, MOST_ROWS, decoded

    data = sys.stdin.buffer.read()
    limit()
    found: dict[str, list[list[str]]] = {}
    told: dict[str, traits.Traits] = {}
    try:
        if sys.argv[1] == "csv":
            text = decoded(data)
            if not text:
                refuse("file_kind")
            found["csv"] = _kept(csv.reader(io.StringIO(text, newline="")), MOST_ROWS, MOST_COLUMNS)
        else:
            told = traits.of_workbook(data)
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
                    refuse("file_rows")
                rows = sheet.to_python(skip_empty_area=False)
                found[name] = _kept(rows, MOST_ROWS, MOST_COLUMNS)
                one = told.setdefault(name, traits.Traits())
                one.merged = [(*a, *b) for a, b in sheet.merged_cell_ranges or ()][: traits.MOST]
                one.long_numbers = _long_numbers(rows)[: traits.MOST]
    except MemoryError:
        refuse("file_bomb")
    except Exception:
        # Whatever the parser stumbles over, the file is at fault; its words are for nobody.
        refuse("file_broken")
    traits_found = {name: one.plain() for name, one in told.items()}
    sys.stdout.write(json.dumps({"tables": found, "traits": traits_found}, ensure_ascii=True))


def _long_numbers(rows: Iterable[Iterable[object]]) -> list[tuple[int, int]]:
    """Cells with whole numbers of more digits than a float tells apart: a lost identifier."""
    return [
        (line, at)
        for line, row in enumerate(rows)
        for at, value in enumerate(row)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e15
    ]


def _kept(rows: Iterable[Iterable[object]], most: int, widest: int) -> list[list[str]]:
    kept: list[list[str]] = []
    for row in rows:
        cells = [cell(value) for value in row]
        if len(kept) >= most or len(cells) > widest:
            refuse("file_rows")
        kept.append(cells)
    while kept and not any(kept[-1]):
        kept.pop()
    return kept


def cell(value: object) -> str:
    """One cell as the text a person reads in it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u00a0\u3000")


def refuse(code: str) -> NoReturn:
    """End with the code of the reason."""
    sys.stdout.write(code)
    sys.exit(3)


if __name__ == "__main__":
    main()
