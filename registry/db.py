"""The database: two engines over one address, one writer at a time, transactions by kind.

A *write* begins with the lock of the one writer: `BEGIN IMMEDIATE` on SQLite, a transaction-level
advisory lock as the first statement on PostgreSQL. Verdicts, two-person rules, numbers and the
journal need no other lock then, and sequence order is commit order. A *read* is one read-only
snapshot.
"""

import base64
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC as UTC_ZONE
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import FunctionElement

from registry.errors import Unavailable

log = logging.getLogger(__name__)

WRITER_LOCK = 0x57484D4C  # the advisory lock of the one writer, the same in every process
WAIT_FOR_WRITER_S = 5
# A full disk is emptied by hand.
NO_ROOM_S = 60


class Base(DeclarativeBase):
    """The root of every mapped class; names of constraints are fixed for the migrations."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTC(sa.TypeDecorator[datetime]):
    """A moment: aware UTC in the program, the same moment in storage.

    SQLite gives naive values back otherwise, and a naive moment compared with an aware one fails
    only on the day somebody tries it.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        value = value.astimezone(UTC_ZONE)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC, aware."""
        if value is None:
            return None
        return (
            value.replace(tzinfo=UTC_ZONE) if value.tzinfo is None else value.astimezone(UTC_ZONE)
        )


class _Letters(FunctionElement[str]):
    """A text that is sorted and compared by the numbers of its characters, in any database."""

    name = "letters"
    type = sa.String()
    inherit_cache = True


@compiles(_Letters, "sqlite")
def _letters_on_sqlite(element: _Letters, compiler: Any, **given: Any) -> str:
    return str(compiler.process(element.clauses, **given))


@compiles(_Letters, "postgresql")
def _letters_on_postgresql(element: _Letters, compiler: Any, **given: Any) -> str:
    return f'({compiler.process(element.clauses, **given)} COLLATE "C")'


def letters(column: Any) -> sa.ColumnElement[Any]:
    """A column of texts in the order of the numbers of their characters, as Python sorts them."""
    return _Letters(column)


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC_ZONE)


def new_key() -> str:
    """A public id: 80 random bits in 16 base-32 characters. Integers never stand in an address."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()


def insert(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in bulk, without the mapper: it looks at every value of every row again."""
    session.connection().execute(sa.insert(table.__table__), rows)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Database:
    """An open database: two views of one pool; `secret` seals the journal."""

    reading: Engine
    writing: Engine
    secret: bytes

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded engine."""
        return self.writing.dialect.name == "sqlite"

    def close(self) -> None:
        """Give every connection back."""
        self.writing.dispose()


def connect(url: str, secret: bytes = b"") -> Database:
    """Open the database at `url`; no statement is sent yet."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = _sqlite(address)
    else:
        # A server that swallows packets must not hold a page for minutes.
        engine = sa.create_engine(
            address,
            pool_size=12,
            max_overflow=8,
            pool_pre_ping=True,
            connect_args={"connect_timeout": WAIT_FOR_WRITER_S},
        )
    event.listen(engine, "begin", _begin)
    return Database(
        reading=engine.execution_options(registry_writes=False),
        writing=engine.execution_options(registry_writes=True),
        secret=secret,
    )


def _sqlite(address: sa.URL) -> Engine:
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(address, connect_args={"timeout": WAIT_FOR_WRITER_S}, pool_size=12)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver would begin by itself, DEFERRED, and late: we begin, see _begin.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            # Read through the memory of the system: a scan in the order of another index would
            # fetch the same pages again and again through a cache of two megabytes.
            "mmap_size = 134217728",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _begin(connection: Connection) -> None:
    """Begin as the engine's kind says. Runs inside SQLAlchemy's own begin."""
    writes = connection.get_execution_options().get("registry_writes", True)
    if connection.dialect.name == "sqlite":
        # A connection of the pool is told only when it changes between reading and writing.
        if connection.info.get("writes") is not writes:
            connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            connection.info["writes"] = writes
        if writes:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # Waits for nobody, so nothing of it needs to be told: a tenth of the cost.
            _driver(connection).execute("BEGIN").close()
    elif writes:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_WRITER_S}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _take_snapshot(connection: Connection) -> None:
    """SQLite takes its snapshot at the first read, not at BEGIN."""
    look = "SELECT 1 FROM sqlite_master LIMIT 1"
    try:
        _driver(connection).execute(look).close()
    except sqlite3.Error:
        # Asked again where a fault is told as one of any statement.
        connection.exec_driver_sql(look)


def _driver(connection: Connection) -> Any:
    """The connection of the driver: for statements that stand in every request."""
    return connection.connection.driver_connection


@contextmanager
def transaction(database: Database, *, writes: bool) -> Iterator[Session]:
    """One transaction for a command or a worker: committed at the end, rolled back by an error."""
    session = open_session(database, writes=writes)
    try:
        # It may run out of room, or away, at any statement: not at the last one alone.
        with _passing_told():
            yield session
        commit(session)
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def analyse(database: Database) -> None:
    """Let the database look at what a load brought, before the next question is planned.

    PostgreSQL does so by itself within a minute; until then it takes full tables for empty ones.
    SQLite keeps no statistics here: they would stay those of the day of the load, and with them a
    search with facets took twice as long.
    """
    if database.is_sqlite:
        return
    with transaction(database, writes=False) as session:
        quote = session.connection().dialect.identifier_preparer.format_table
        tables = ", ".join(map(quote, Base.metadata.sorted_tables))
        session.execute(sa.text(f"ANALYZE {tables}"))


@contextmanager
def glance(database: Database) -> Iterator[Session]:
    """A session for one question that nothing else hangs on: begun by it, and never committed.

    Its first statement takes the snapshot.
    """
    session = Session(database.reading, expire_on_commit=False)
    session.info |= {"database": database, "snapshot": True}
    try:
        with _passing_told():
            yield session
    finally:
        session.close()


def open_session(database: Database, *, writes: bool) -> Session:
    """A session whose transaction has begun: the lock is held, or the snapshot is taken."""
    session = Session(database.writing if writes else database.reading, expire_on_commit=False)
    session.info["database"] = database
    try:
        connection = session.connection()
        if not writes and database.is_sqlite:
            _take_snapshot(connection)
        # Whoever keeps what he computed must know that nothing of it can be rolled back.
        session.info["snapshot"] = not writes
    except DBAPIError as fault:
        session.close()
        raise unavailable(fault) from fault
    return session


def at_the_end(
    session: Session,
    *,
    committed: Callable[[], object] | None = None,
    rolled_back: Callable[[], object] | None = None,
) -> None:
    """Call the one or the other when the transaction of the session has ended, and once."""
    left = [True]

    def ended(call: Callable[[], object] | None) -> None:
        # Of the two the first decides; the other finds nothing to do.
        if left and left.pop() and call is not None:
            call()

    event.listen(session, "after_commit", lambda _: ended(committed), once=True)
    event.listen(session, "after_rollback", lambda _: ended(rolled_back), once=True)


def commit(session: Session) -> None:
    """Commit, or say that the database does not answer now."""
    with _passing_told():
        session.commit()


@contextmanager
def _passing_told() -> Iterator[None]:
    """Tell a fault that passes as the refusal it is to whoever asked."""
    try:
        yield
    except DBAPIError as fault:
        if is_passing(fault):
            raise unavailable(fault) from fault
        raise


class Held:
    """A lock of the PostgreSQL server, held by a connection of its own as long as that lives."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def is_held(self) -> bool:
        """Whether the connection, and with it the lock, is still there."""
        try:
            self._connection.cursor().execute("SELECT 1")
        except Exception:
            # Whatever the driver says: who cannot ask does not know that he holds it.
            return False
        return True

    def close(self) -> None:
        """Give the lock back, with the connection."""
        with suppress(Exception):
            self._connection.invalidate()


def hold(database: Database, number: int) -> Held | None:
    """Hold an advisory lock of the server beyond any transaction; None when another does.

    Also None while the server does not answer: the next try may find it.
    """
    try:
        raw = database.writing.raw_connection()
    except Exception as fault:
        log.warning("database does not answer: %s", type(fault).__name__)
        return None
    held = Held(raw)
    try:
        driver: Any = raw.driver_connection
        driver.autocommit = True
        found = driver.execute("SELECT pg_try_advisory_lock(%s)", (number,)).fetchone()
    except Exception as fault:
        log.warning("database does not answer: %s", type(fault).__name__)
        found = None
    if found is None or not found[0]:
        held.close()
        return None
    return held


def write_test(database: Database) -> str:
    """Write and commit without changing anything: "ok", or why it cannot be done.

    "busy" somebody else writes at this moment · "read_only" · "full" · "away". SQLite writes its
    own header again (one page of the write-ahead log, synced); PostgreSQL commits a transaction
    with a number of its own, which goes to its log. No table is needed, and no lock on
    PostgreSQL.
    """
    try:
        raw = database.writing.raw_connection()
    except sa.exc.TimeoutError:
        return "busy"
    except Exception as fault:
        # The drivers' own classes: SQLAlchemy stands between only for statements of its engine.
        return _why_unwritable(fault)
    whole = False
    try:
        cursor = raw.cursor()
        if database.is_sqlite:
            raw.info["writes"] = True
            _write_header(cursor)
        else:
            cursor.execute("SELECT current_setting('transaction_read_only'), pg_is_in_recovery()")
            if cursor.fetchone() != ("off", False):
                return "read_only"
            cursor.execute("SELECT pg_current_xact_id()")
            raw.commit()
        cursor.close()
        whole = True
    except Exception as fault:
        return _why_unwritable(fault)
    finally:
        if not whole:
            # Whatever it waits for or holds ends with the connection.
            raw.invalidate()
        raw.close()
    return "ok"


def _write_header(cursor: Any) -> None:
    cursor.execute("PRAGMA query_only = OFF")
    # Whoever asks for our health does not wait as long as somebody who saves.
    cursor.execute("PRAGMA busy_timeout = 1000")
    cursor.execute("BEGIN IMMEDIATE")
    (number,) = cursor.execute("PRAGMA user_version").fetchone()
    cursor.execute(f"PRAGMA user_version = {int(number)}")
    cursor.execute("COMMIT")
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_FOR_WRITER_S * 1000}")


def _why_unwritable(fault: BaseException | None) -> str:
    state = getattr(fault, "sqlstate", None)
    if state is not None:
        return {"25006": "read_only", "53100": "full"}.get(state, "away")
    words = str(fault)
    for found, why in (("readonly", "read_only"), ("is full", "full"), ("is locked", "busy")):
        if found in words:
            return why
    return "away"


def is_passing(fault: DBAPIError) -> bool:
    """Whether the same statement may go through later: a lock waited for, a lost connection."""
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:
        return state[:2] in {"08", "53", "55", "57"}
    words = str(fault.orig)
    return fault.connection_invalidated or any(
        w in words for w in ("database is locked", "unable to open", "disk I/O", "is full")
    )


def unavailable(fault: DBAPIError) -> Unavailable:
    """The refusal for a database that does not answer; the cause goes to the log alone.

    One without room for more is told as that: no wait of seconds mends it, and somebody must.
    """
    if _why_unwritable(fault.orig) == "full":
        log.warning("database finds no room: %s", type(fault.orig).__name__)
        return Unavailable("no_room", retry_after=NO_ROOM_S)
    log.warning("database does not answer: %s", type(fault.orig).__name__)
    return Unavailable("database", retry_after=WAIT_FOR_WRITER_S)
