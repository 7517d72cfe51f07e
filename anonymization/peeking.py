"""A table that is in memory alone: its columns, its first rows, and how many there are.

`python -m anonymization.peeking KIND` reads a file on stdin and writes as JSON what its columns
are called and how many rows it has. Under the limits of `confined` nothing can be written
anywhere, so that a file which must not be kept is not.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from anonymization import workbooks
from anonymization.errors import Refused
from anonymization.plan import met

if TYPE_CHECKING:
    import polars as pl

MEMORY: Final = 2 << 30
SECONDS: Final = 30
# The longest cell, as the tables of a run have it.
_CELL: Final = 64 << 20


def confined() -> None:
    """Leave this process so much memory and time, and no right to write a byte to a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def first(content: bytes, kind: str, rows: int) -> "pl.DataFrame":
    """The first rows of a CSV, Parquet or xlsx file, as text; Refused when it cannot be read."""
    import polars as pl

    with _readable():
        names, found = _READERS[kind](content)
        listed = list(islice(found, rows))
    _require_names(names)
    if not listed:
        raise _empty()
    if any(len(row) != len(names) for row in listed):
        raise _broken()
    columns = {name: [row[n] for row in listed] for n, name in enumerate(names)}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


def counted(content: bytes, kind: str) -> dict[str, Any]:
    """What the columns of a file are called and how many rows it has, as JSON can say it."""
    with _readable():
        names, found = _READERS[kind](content)
        return {"columns": names, "rows": sum(1 for _ in found)}


def require_planned(plan: Mapping[str, Any], columns: Sequence[str]) -> None:
    """Refuse a table whose columns are not those of the plan, without quoting what they are.

    A file without a header has a row of values in its place.
    """
    planned, columns = [line["name"] for line in plan["columns"]], met(plan, columns)
    strange = [n for n, name in enumerate(columns, 1) if name not in planned]
    missing = [name for name in planned if name not in columns]
    if not strange and not missing:
        return
    zh, en = "", ""
    if strange:
        shown = "、".join(str(n) for n in strange[:10])
        zh += f"第 {shown} 列的列名不是方案中的信息项（共 {len(strange)} 列）。"
        en += f"The names of columns {', '.join(str(n) for n in strange[:10])} are not in the plan "
        en += f"({len(strange)} in all). "
    if missing:
        zh += f"缺少方案中的「{'」「'.join(missing[:10])}」（共 {len(missing)} 列）。"
        en += f"Columns of the plan that are missing: {', '.join(missing[:10])} "
        en += f"({len(missing)} in all). "
    raise Refused(
        "PLAN_OF_ANOTHER_TABLE",
        zh + "请让首行的列名与信息项名称相同，再试一次。",
        en + "Let the first row hold the names of the items and try again.",
    )


def require_told(plan: Mapping[str, Any], content: bytes, kind: str) -> None:
    """Refuse columns without text that the plan does not remove, as a run does."""
    if kind != "parquet":
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    from anonymization import untold

    with _readable():
        schema = pq.read_schema(pa.BufferReader(content))
        called = dict(zip(schema.names, met(plan, schema.names), strict=True))
        untold.require_removed(untold.found(schema), plan, called)


Rows = Iterator[list[str]]


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception:
        # Whatever a parser stumbles over, the file is at fault; its words may quote a row.
        raise _broken() from None


def _csv(content: bytes) -> tuple[list[str], Rows]:
    csv.field_size_limit(_CELL)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        rows = csv.reader(io.StringIO(text, newline=""))
        # As the tables of a run: a line with nothing on it is no row.
        return next(rows, []), (row for row in rows if row)
    raise _broken()


def _parquet(content: bytes) -> tuple[list[str], Rows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(content))
    names = list(file.schema_arrow.names)

    def rows() -> Rows:
        for batch in file.iter_batches(10_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield [_shown(cell) for cell in row]

    return names, rows()


def _shown(cell: object) -> str:
    if isinstance(cell, bytes):
        return f"（{len(cell)} 字节）"
    return "" if cell is None else str(cell)


def _xlsx(content: bytes) -> tuple[list[str], Rows]:
    names, *rows = workbooks.held(content) or [[]]
    return names, iter(rows)


_READERS: Final[Mapping[str, Callable[[bytes], tuple[list[str], Rows]]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "xlsx": _xlsx,
}


def _require_names(names: Sequence[str]) -> None:
    if not names:
        raise _empty()
    if len(set(names)) < len(names) or not all(name.strip() for name in names):
        raise Refused(
            "HEADER_UNFIT",
            "首行有空的或者相同的列名，或者文件没有表头；请让首行是信息项名称、每个只出现一次。",
            "the first row holds a blank name or one name twice, or there is no header; let it "
            "hold each item name once.",
        )


def _empty() -> Refused:
    return Refused("EMPTY", "文件里没有数据行。", "the file has no rows.")


def _broken() -> Refused:
    return Refused(
        "FILE_UNREADABLE",
        "文件读不出来；请重新导出为 CSV（UTF-8 或 GB 18030）、Parquet 或 Excel（.xlsx）。",
        "the file cannot be read; export it anew as CSV (UTF-8 or GB 18030), Parquet or Excel "
        "(.xlsx).",
    )


def main() -> None:
    """Answer for the file on stdin; what cannot be read is answered by a sentence."""
    content = sys.stdin.buffer.read()
    confined()
    try:
        found = counted(content, sys.argv[1])
    except Refused as refusal:
        found = {"refused": {"zh": refusal.zh, "en": refusal.en}}
        if isinstance(refusal, workbooks.Several):
            found["sheets"] = refusal.count
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
