"""Reads one table of a department's database in batches, changing nothing and staying no longer
than it must: a read-only transaction, one snapshot, a limit of time and of rows. Or reads what the
tables are called and made of, and no row at all.

The address stands in a file of mode 0600, since a command line is seen by everyone on the machine.
No message holds the address, a statement or a value.
"""

import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as day_time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

import schemas
from anonymization.errors import Refused
from anonymization.tables import Handed

ROWS: Final = 10_000_000
SECONDS: Final = 600
_BATCH: Final = 50_000
# So many names are listed beside one that no table has.
_NEAR_TABLES: Final = 5
# Of a catalogue of tables; nobody chooses among more, and a page is no place to wait.
TABLES: Final = 500
LOOKING: Final = 15
_KINDS: Final = ("sqlite", "postgresql")


def address_in(path: str | Path) -> sa.URL:
    """The SQLAlchemy URL that stands in a file; refused when others can read the file."""
    place = Path(path)
    try:
        mode = stat.S_IMODE(place.stat().st_mode)
        text = place.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Refused(
            "ADDRESS_NOT_THERE",
            f"无法读取数据库地址文件：{place.name}，请检查文件和权限。",
            f"the file with the address of the database cannot be read: {place.name}.",
        ) from None
    if mode & 0o077:
        raise Refused(
            "ADDRESS_OPEN",
            f"数据库地址文件 {place.name} 的权限是 {mode:04o}，别人也能读取；请改为 0600 后再试。",
            f"the file {place.name} has mode {mode:04o}, others can read it; set it to 0600.",
        )
    try:
        address = sa.make_url(text)
        address.get_dialect().import_dbapi()
    except (sa.exc.ArgumentError, ImportError, ValueError):
        # What stands in the way may quote a part of the address: a password with a "/" in it.
        address = None
    if address is None or address.get_backend_name() not in _KINDS:
        raise Refused(
            "ADDRESS_UNKNOWN",
            f"文件 {place.name} 中不是可用的数据库地址；请写成 postgresql+psycopg://… 或 sqlite:///…。",
            f"{place.name} holds no address we know; write postgresql+psycopg://… or sqlite:///….",
        )
    return address


@dataclass(frozen=True)
class Column:
    """A column as its database describes it; `data_type` and `length` as the catalogue writes them,
    "" for what the description does not say.
    """

    name: str
    comment: str
    data_type: str
    length: str
    nullable: bool
    is_key: bool


@dataclass(frozen=True)
class Table:
    """A table or view: its name, what its makers say of it, its columns."""

    name: str
    comment: str
    columns: Sequence[Column]

    def document(self, kind: str) -> dict[str, Any]:
        """The beginning of an entry: what a database of this kind can say, the rest for a clerk."""
        items = [
            {
                "name": column.comment or column.name,
                "field_name": column.name,
                **({"data_type": column.data_type} if column.data_type else {}),
                **({"length": column.length} if column.length else {}),
                "primary_key": column.is_key,
                "nullable": column.nullable,
            }
            for column in self.columns
        ]
        made = {"name": self.comment or self.name, "format_class": "3", "format_types": [kind]}
        return schemas.tidied({**made, "items": items})


def structure(address: sa.URL, wanted: Sequence[str] | None = None) -> list[Table]:
    """The tables and views of a database by name, or those wanted, without any of their rows.

    Reads the database's own catalogue in a transaction that cannot write, for `LOOKING` seconds at
    most; refused when that does not answer. Beyond `TABLES` tables the rest is left out.
    """
    engine = _engine(address, LOOKING)
    try:
        with _told("*"), engine.connect() as connection:
            _only_read(connection, LOOKING)
            inspector = sa.inspect(connection)
            there = sorted({*inspector.get_table_names(), *inspector.get_view_names()})
            names = there if wanted is None else [name for name in there if name in set(wanted)]
            return [_described(inspector, name) for name in names[:TABLES]]
    finally:
        engine.dispose()


def _described(inspector: sa.Inspector, name: str) -> Table:
    key = set(inspector.get_pk_constraint(name)["constrained_columns"])
    columns = [
        Column(
            column["name"],
            (column.get("comment") or "").strip(),
            *_kind(column["type"]),
            bool(column["nullable"]) and column["name"] not in key,
            column["name"] in key,
        )
        for column in inspector.get_columns(name)
    ]
    try:
        said = inspector.get_table_comment(name)["text"] or ""
    except NotImplementedError:
        said = ""  # SQLite keeps none
    return Table(name, said.strip(), columns)


def _kind(kind: sa.types.TypeEngine[Any]) -> tuple[str, str]:
    """The data type and the length of a column, "" for what has no counterpart."""
    word = type(kind).__name__.upper()
    known = schemas.codes.table("data_type")["from_sql"]
    bases = [base.__name__.upper() for base in type(kind).__mro__]
    code = next((known[name] for name in [word, *bases] if name in known), "")
    length = getattr(kind, "length", None)
    precision, scale = getattr(kind, "precision", None), getattr(kind, "scale", None)
    if code == "C" and length:
        return code, str(length)
    if code == "N" and precision:
        return code, f"{precision},{scale}" if scale else str(precision)
    return code, ""


@contextmanager
def opened(
    address: sa.URL, table: str, *, most_rows: int = ROWS, seconds: int = SECONDS
) -> Iterator[Handed]:
    """One table (`name` or `schema.name`) of a database, to be read in batches while it is open.

    What is read is one snapshot, in the order of the primary key. Refused when there is no such
    table, it has more than `most_rows` rows, or a statement takes longer than `seconds`.
    """
    engine = _engine(address, seconds)
    try:
        with _told(table), engine.connect() as connection:
            _only_read(connection, seconds)
            found = _found(connection, table)
            count = sa.select(sa.func.count()).select_from(found)
            rows = int(connection.execute(count).scalar_one())
            if rows > most_rows:
                raise Refused(
                    "TABLE_TOO_LARGE",
                    f"表「{table}」有 {rows} 行，超过 {most_rows} 行的上限；请用 --max-rows 放宽，"
                    "或者导出为 Parquet 后再处理。",
                    f"the table {table} has {rows} rows, more than {most_rows}; raise --max-rows, "
                    "or export it as Parquet.",
                )
            yield Handed(
                name=table,
                columns=tuple(column.name for column in found.columns),
                rows=rows,
                read=lambda names: _batches(connection, found, table, names),
            )
    finally:
        engine.dispose()


def _engine(address: sa.URL, seconds: int) -> sa.Engine:
    if address.get_backend_name() == "postgresql":
        waits = {"connect_timeout": min(seconds, LOOKING)}
        return sa.create_engine(address, poolclass=sa.NullPool, connect_args=waits)
    # A file that is not there must not be made by looking for it.
    place = Path(address.database or "").absolute().as_uri() + "?mode=ro"
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: _sqlite(place, seconds),
        poolclass=sa.NullPool,
    )
    return engine


def _sqlite(place: str, seconds: int) -> Any:
    import sqlite3

    connection = sqlite3.connect(place, uri=True, isolation_level=None)
    until = time.monotonic() + seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > until), 100_000)
    return connection


def _only_read(connection: sa.Connection, seconds: int) -> None:
    """Begin a transaction that cannot write and sees one state throughout."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000:d}")
    # Without a primary key two scans must come in one order.
    connection.exec_driver_sql("SET LOCAL synchronize_seqscans = off")


def _found(connection: sa.Connection, table: str) -> sa.Table:
    """The table as the database's own catalogue names it; only what stands there is ever quoted."""
    schema, _, name = table.rpartition(".")
    inspector = sa.inspect(connection)
    known: dict[str, str] = {}
    for where, called in ((schema or None, name), (None, table)):
        if where is not None and where not in inspector.get_schema_names():
            continue
        names = {*inspector.get_table_names(where), *inspector.get_view_names(where)}
        if called in names:
            return sa.Table(called, sa.MetaData(), schema=where, autoload_with=connection)
        prefix = f"{where}." if where else ""
        known |= {f"{prefix}{one}".lower(): f"{prefix}{one}" for one in sorted(names)}
    near = [known[one] for one in get_close_matches(table.lower(), known, n=_NEAR_TABLES)]
    raise Refused(
        "TABLE_NOT_THERE",
        f"数据库中没有表「{table}」，或者这个账号看不到它；请核对表名（可写成 模式.表名）。"
        + (f"名称相近的有：{'、'.join(near)}。" if near else ""),
        f"the database has no table {table}, or this account cannot see it; check its name "
        "(schema.name is understood)." + (f" Near names: {', '.join(near)}." if near else ""),
    )


def _batches(
    connection: sa.Connection, table: sa.Table, shown: str, names: Sequence[str]
) -> Iterator[pl.DataFrame]:
    columns = [table.columns[name] for name in names]
    schema = {column.name: _type(column.type) for column in columns}
    query = sa.select(*columns).order_by(*table.primary_key.columns)
    with _told(shown):
        streamed = connection.execution_options(stream_results=True, yield_per=_BATCH)
        for part in streamed.execute(query).partitions(_BATCH):
            yield _frame(part, schema)


def _frame(rows: Sequence[Any], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    made = {}
    for n, (name, kind) in enumerate(schema.items()):
        cells = [row[n] for row in rows]
        if kind == pl.String:
            cells = [_text(cell) for cell in cells]
        made[name] = pl.Series(name, cells, dtype=kind, strict=False)
    return pl.DataFrame(made)


def _type(kind: sa.types.TypeEngine[Any]) -> pl.DataType:
    """Whole and binary numbers stay numbers; all else is text as in a CSV, decimals exactly."""
    if isinstance(kind, sa.Integer):
        return pl.Int64()
    if isinstance(kind, sa.Float):
        return pl.Float64()
    return pl.String()


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | day_time):
        return cell.isoformat()
    return cell.hex() if isinstance(cell, bytes | memoryview) else str(cell)


@contextmanager
def _told(table: str) -> Iterator[None]:
    """What a driver says may quote the address, the statement or a row: it is never passed on."""
    try:
        yield
    except sa.exc.DBAPIError as fault:
        said = str(fault.orig).lower()
        if "timeout" in said or "interrupted" in said:
            raise Refused(
                "DATABASE_SLOW",
                f"读取表「{table}」超过了时限，已放弃；请在空闲时再试，或者先导出为 Parquet。",
                f"reading the table {table} took longer than allowed; try at a quiet hour, or "
                "export it as Parquet.",
            ) from None
        raise Refused(
            "DATABASE_FAILED",
            f"数据库没有给出表「{table}」：连接不上、账号无权或者连接中断；请检查地址和权限。",
            f"the database did not give the table {table}: no connection, no right, or it broke "
            "off; check the address and the rights.",
        ) from None
