"""Tables in and out: CSV, Parquet and Excel read in batches, CSV and Parquet written at one go.

A CSV is read as text, so that leading zeros stay. What is wrong with a file is said without
quoting it: the parsers' own messages hold the row, and a row holds a person.
"""

import csv
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from anonymization import cells, crypto, untold, workbooks, writing
from anonymization.errors import Refused

_ROWS: Final = 131_072
# A block holds the longest row; cells of 10 MB must pass.
_BLOCK: Final = 64 << 20
_COLUMNS: Final = 10_000
_FORMATS: Final = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".xlsx": "excel"}


def format_of(path: Path, allowed: Sequence[str] = ("csv", "parquet", "excel")) -> str:
    """The format of a file by its name; refused when it is none of the allowed ones."""
    found = _FORMATS.get(path.suffix.lower())
    if found not in allowed:
        names = "、".join(end for end, kind in _FORMATS.items() if kind in allowed)
        if found == "excel":
            raise Refused(
                "FORMAT_UNKNOWN",
                f"{path.suffix} 只能读，不能写：{path.name}。结果请写成 {names}，用 Excel 打得开。",
                f"{path.suffix} is read here, not written: {path.name}. Write {names}.",
            )
        raise Refused(
            "FORMAT_UNKNOWN",
            f"不支持的文件格式：{path.name}。请使用 {names}。",
            f"not a format we know: {path.name}. Use {names}.",
        )
    assert found is not None
    return found


@dataclass(frozen=True)
class Table:
    """An opened source: its columns and, where the format tells, its number of rows."""

    path: Path
    format: str
    columns: tuple[str, ...]
    rows: int | None
    encoding: str = "utf8"
    # What the file itself calls the columns.
    own: tuple[str, ...] = ()
    # Columns, as the file calls them, that hold no text and have to be removed.
    untold: Mapping[str, Refused] = field(default_factory=dict)

    def called(self, columns: Sequence[str]) -> "Table":
        """The same table, its columns under these names."""
        return replace(self, columns=tuple(columns), own=self.own or self.columns)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """The table in batches, or only these columns of it."""
        names = dict(zip(self.columns, self.own or self.columns, strict=True))
        chosen = list(self.columns if columns is None else columns)
        for batch in self._read([names[one] for one in chosen]):
            batch.columns = chosen
            yield batch

    def _read(self, chosen: list[str]) -> Iterator[pl.DataFrame]:
        with readable(self.path):
            if self.format == "parquet":
                yield from _parquet(self.path, chosen, self.untold)
            elif self.format == "csv":
                yield from _csv(self, chosen)
            else:
                yield _excel(self.path).select(chosen)

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The whole table in memory."""
        chosen = list(self.columns if columns is None else columns)
        return _joined(self.batches(chosen), chosen)

    def seal(self) -> str | None:
        """The digest of the file before it is read, to see whether it changed meanwhile."""
        return self.digest()

    def digest(self) -> str:
        """The digest over the bytes of the file."""
        return crypto.digest_file(self.path)


@dataclass
class Handed:
    """A table handed over in batches by whoever can read it: a table of a database.

    `read` gives the named columns from the first row on, in the same order each time.
    """

    name: str
    columns: tuple[str, ...]
    rows: int | None
    read: Callable[[Sequence[str]], Iterator[pl.DataFrame]]
    format: str = "table"
    _digest: str = ""

    def __post_init__(self) -> None:
        _check_names(self.columns)

    def called(self, columns: Sequence[str]) -> "Handed":
        """The same table, its columns under these names."""
        names = dict(zip(columns, self.columns, strict=True))

        def read(chosen: Sequence[str]) -> Iterator[pl.DataFrame]:
            for batch in self.read([names[one] for one in chosen]):
                yield batch.rename(dict(zip(batch.columns, chosen, strict=True)))

        return replace(self, columns=tuple(columns), read=read)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """The table in batches, or only these columns of it; a whole reading is digested."""
        if columns is not None:
            yield from self.read(list(columns))
            return
        state = crypto.Digest()
        state.add("\0".join(self.columns).encode())
        for batch in self.read(list(self.columns)):
            state.add(batch.write_csv(include_header=False).encode())
            for start in range(0, batch.height, _ROWS):
                yield batch.slice(start, _ROWS)
        self._digest = state.named()

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The whole table in memory."""
        return _joined(self.batches(columns), self.columns if columns is None else columns)

    def seal(self) -> str | None:
        """Nothing before it is read: one snapshot does not change."""
        return None

    def digest(self) -> str:
        """The digest over its rows as they were last read whole."""
        return self._digest


Source = Table | Handed


def _joined(batches: Iterator[pl.DataFrame], columns: Sequence[str]) -> pl.DataFrame:
    parts = list(batches)
    return pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def open_table(path: str | Path, *, partly: bool = False) -> Table:
    """Open a table and look at its head; refused when nothing could be done with it.

    Columns without text are refused too, unless it is for whoever reads it `partly`: by a plan
    that removes them (`untold.require_removed`).
    """
    place = Path(path)
    kind = format_of(place)
    with readable(place):
        if place.stat().st_size == 0:
            raise Refused(
                "EMPTY", f"文件是空的：{place.name}。", f"the file is empty: {place.name}."
            )
        if kind == "parquet":
            table = _open_parquet(place)
        elif kind == "csv":
            table = _open_csv(place)
        else:
            frame = _excel(place)
            table = Table(place, kind, tuple(frame.columns), frame.height)
    _check_names(table.columns)
    if not partly:
        for refused in table.untold.values():
            raise refused
    return table


def nothing_filled() -> Refused:
    """The refusal of a table in which no row has a value."""
    return Refused(
        "ALL_BLANK",
        "数据没有任何有值的行，无法脱敏，也无从证明；请核对选的文件、工作表或者表名。",
        "the table has no filled row; there is nothing to treat or to prove. Check whether it is "
        "the right file, sheet or table.",
    )


def is_blank(frame: pl.DataFrame) -> bool:
    """Whether no cell of a table holds anything."""
    return not any(
        frame.select(cells.text(pl.col(name)).is_not_null().any()).item() for name in frame.columns
    )


def whole(table: Any) -> pl.DataFrame:
    """Any table as a polars frame: a path, or a polars, pandas or Arrow table; or Refused."""
    if isinstance(table, pl.DataFrame):
        return _of_texts(table)
    if isinstance(table, pl.Series):
        return _of_texts(table.to_frame())
    if isinstance(table, str | Path):
        return open_table(table).frame()
    arrow = hasattr(table, "to_batches")
    # A LazyFrame has columns and no shape, an array has a shape and no columns.
    known = hasattr(table, "shape") and hasattr(table, "column_names" if arrow else "columns")
    if not known:
        raise Refused(
            "NOT_A_TABLE",
            f"这不是表：{type(table).__name__}。请给文件路径，或者 polars、pandas、Arrow 的表"
            "（LazyFrame 请先 collect）。",
            f"this is no table but {type(table).__name__}; give a path, or a table of polars, "
            "pandas or Arrow (collect a LazyFrame first).",
        )
    # Of a pandas frame any value may be a name: two that read alike are one here.
    _check_names([str(name) for name in (table.column_names if arrow else table.columns)])
    made = pl.from_arrow(table) if arrow else pl.from_pandas(table)
    assert isinstance(made, pl.DataFrame)
    return _of_texts(made)


def require_columns(frame: pl.DataFrame, names: Iterable[str]) -> None:
    """Refuse the first of the names that is no column of a table."""
    for name in names:
        if name not in frame.columns:
            raise Refused(
                "COLUMN_NOT_THERE",
                f"数据中没有列「{name}」，请核对列名。",
                f"the table has no column {name}; check its name.",
            )


def _of_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The same table, unless a column of it is of a type that no text can be read from."""
    for name, kind in frame.schema.items():
        if kind in (pl.Binary, pl.Duration):
            raise untold.refusal(name, str(kind))
    return frame


def like(given: Any, made: pl.DataFrame) -> Any:
    """A polars frame as a table of the kind of the one that was given; of a path it stays."""
    if isinstance(given, pl.DataFrame | pl.Series | str | Path):
        return made
    return made.to_arrow() if hasattr(given, "to_batches") else made.to_pandas()


def _check_names(columns: Sequence[str]) -> None:
    seen: set[str] = set()
    for number, name in enumerate(columns, 1):
        if not name.strip():
            raise Refused(
                "HEADER_BLANK",
                f"第 {number} 列没有列名，请在首行补上。",
                f"column {number} has no name; give it one in the first row.",
            )
        if name in seen:
            raise Refused(
                "HEADER_TWICE",
                f"列名「{name}」重复（第 {number} 列），请改名后再试。",
                f"the column name {name} stands twice (column {number}); rename one.",
            )
        seen.add(name)
    if len(columns) > _COLUMNS:
        raise Refused(
            "TOO_MANY_COLUMNS",
            f"共 {len(columns)} 列，超过 {_COLUMNS} 列的上限；请核对分隔符或分表处理。",
            f"{len(columns)} columns, more than {_COLUMNS}; check the delimiter or split it.",
        )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what reading may throw into one sentence that quotes nothing of the file."""
    try:
        yield
    except FileNotFoundError:
        raise Refused(
            "FILE_NOT_THERE", f"找不到文件：{path.name}。", f"no such file: {path.name}."
        ) from None
    except pa.ArrowInvalid as fault:
        raise _unreadable(path, str(fault)) from None
    except UnicodeDecodeError:
        raise _mixed(path) from None
    except (OSError, pa.ArrowException, pl.exceptions.ComputeError) as fault:
        if writing.is_full(fault):
            raise writing.no_room(fault) from None
        if isinstance(fault, OSError) and fault.errno in {ENOSPC, EDQUOT, EFBIG}:
            raise
        raise _broken(path) from None


def _unreadable(path: Path, message: str) -> Refused:
    ragged = re.search(r"Expected (\d+) columns, got (\d+)", message)
    if ragged:
        wanted, got = map(int, ragged.groups())
        line, got = _ragged_line(path, wanted) or (None, got)
        where_zh = f"第 {line} 行" if line else "某一行"
        where_en = f"line {line}" if line else "a row"
        return Refused(
            "RAGGED",
            f"{where_zh}有 {got} 个单元格，表头是 {wanted} 列；请检查该行的逗号和引号。",
            f"{where_en} has {got} cells, the header {wanted}; check its commas and quotes.",
        )
    if "straddling" in message:
        return Refused(
            "CELL_TOO_LARGE",
            f"{path.name} 中有超过 {_BLOCK >> 20} MB 的行，或引号没有成对；请检查后再试。",
            f"{path.name} holds a row of more than {_BLOCK >> 20} MB or an unpaired quote.",
        )
    if "UTF" in message.upper() or "iconv" in message.lower():
        return _mixed(path)
    return _broken(path)


def _ragged_line(path: Path, wanted: int) -> tuple[int, int] | None:
    """The line on which the first row of another width begins, and its width; None if in doubt.

    The parser splits a file among threads and does not know; this is read again for the sentence.
    """
    begun = 1
    try:
        with path.open(encoding=_named(_encoding(path)), newline="") as file:
            rows = csv.reader(file)
            for row in rows:
                if row and len(row) != wanted:
                    return begun, len(row)
                begun = rows.line_num + 1
    except (csv.Error, Refused):
        # A cell too large for this reader, or a file that is wrong in more ways.
        return None
    return None


def _mixed(path: Path) -> Refused:
    return Refused(
        "ENCODING_MIXED",
        f"{path.name} 既不是完整的 UTF-8，也不是完整的 GB 18030，可能混用了编码；请另存为 UTF-8。",
        f"{path.name} is neither UTF-8 nor GB 18030 throughout; save it as UTF-8.",
    )


def _broken(path: Path) -> Refused:
    return Refused(
        "BROKEN",
        f"{path.name} 已损坏或不是它的扩展名所说的格式，请重新导出。",
        f"{path.name} is damaged or not what its name says; export it again.",
    )


# --- the formats ----------------------------------------------------------------------------


def _open_parquet(path: Path) -> Table:
    file = pq.ParquetFile(path)
    schema = file.schema_arrow
    rows, names = file.metadata.num_rows, tuple(schema.names)
    return Table(path, "parquet", names, rows, untold=untold.found(schema))


def _parquet(path: Path, columns: list[str], without: Collection[str]) -> Iterator[pl.DataFrame]:
    for batch in pq.ParquetFile(path).iter_batches(_ROWS, columns=columns):
        yield _frame(untold.tokens(batch, without))


def _frame(table: Any) -> pl.DataFrame:
    made = pl.from_arrow(table)
    assert isinstance(made, pl.DataFrame)
    # Dictionaries differ from batch to batch; as text they are one column.
    return made.with_columns(pl.col(pl.Categorical).cast(pl.String))


def _open_csv(path: Path) -> Table:
    encoding = _encoding(path)
    with path.open(encoding=_named(encoding), newline="") as file:
        head = file.readline(1 << 22)
        # A quoted name may run over several lines.
        while head.count('"') % 2 and (line := file.readline(1 << 22)):
            head += line
        rows = [line for line in itertools.islice(file, _LINES) if line.strip()]
    names = next(csv.reader([head], skipinitialspace=False), [])
    if len(names) == 1:
        _require_commas(path, names[0], rows)
    return Table(path, "csv", tuple(names), None, encoding)


# So many lines tell by what a file is separated.
_LINES: Final = 100


def _require_commas(path: Path, name: str, rows: Sequence[str]) -> None:
    """Refuse columns parted by another sign: read as one, nothing in them would be found."""
    for sign, zh, en in ((";", "分号", "semicolons"), ("\t", "制表符", "tabs")):
        if sign in name and 2 * sum(sign in row for row in rows) >= len(rows):
            raise Refused(
                "SEPARATOR",
                f"{path.name} 的列是用{zh}分隔的，这里只读逗号分隔的 CSV；"
                "请另存为逗号分隔的 CSV（UTF-8）。",
                f"the columns of {path.name} are separated by {en}; save it as CSV with commas.",
            )


def _encoding(path: Path) -> str:
    """utf8 or gb18030, decided by the whole file; refused when it is neither throughout."""
    for name in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=name, newline="") as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return "utf8" if name == "utf-8-sig" else name
    raise _mixed(path)


def _named(encoding: str) -> str:
    """The name by which Python reads this encoding, without the mark in front."""
    return "utf-8-sig" if encoding == "utf8" else encoding


def _csv(table: Table, columns: list[str]) -> Iterator[pl.DataFrame]:
    reader = pacsv.open_csv(
        table.path,
        read_options=pacsv.ReadOptions(block_size=_BLOCK, encoding=table.encoding),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(table.own or table.columns, pa.large_string()),
            strings_can_be_null=False,
            include_columns=columns,
        ),
    )
    for batch in reader:
        frame = _frame(pa.table(batch))
        for start in range(0, frame.height, _ROWS):
            yield frame.slice(start, _ROWS)


def _excel(path: Path) -> pl.DataFrame:
    """The only sheet with anything in it as text, its first row being the header."""
    try:
        rows = workbooks.rows(path)
    except (ValueError, IndexError):
        raise _broken(path) from None
    if not rows:
        raise Refused("EMPTY", f"文件是空的：{path.name}。", f"the file is empty: {path.name}.")
    names = rows[0]
    _check_names(names)
    return pl.DataFrame(
        {name: [row[i] for row in rows[1:]] for i, name in enumerate(names)},
        schema=dict.fromkeys(names, pl.String),
    )
