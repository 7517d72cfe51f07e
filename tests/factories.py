"""Data and places for tests: an engine pair by the environment, a demo city, documents, people."""

import atexit
import fcntl
import itertools
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from registry import accounts, config, db, demo, upgrade
from registry.access import SYSTEM, Actor
from registry.access.actor import of_account
from registry.app import create_app
from registry.models.accounts import Account, Organisation

PASSWORD = "demo-password"
POSTGRESQL = os.environ.get("CATALOGUE_TEST_DATABASE_URL", "")
ENGINE = "postgresql" if POSTGRESQL else "sqlite"
_names = itertools.count(1)


@cache
def _made(name: str, fill: Callable[[Session], object] = lambda _: None) -> str:
    """The address of a migrated database to copy: made by the first of all processes of a run."""
    shelf = Path(os.environ["SHELF"])
    told = shelf / name
    with (shelf / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            address = own_postgresql() if POSTGRESQL else f"sqlite:///{told}.sqlite"
            database = db.connect(address, b"secret" * 6)
            upgrade.upgrade(database)
            with db.transaction(database, writes=True) as session:
                fill(session)
            database.close()
            told.write_text(address, "utf-8")
    return told.read_text("utf-8")


@contextmanager
def empty_database(folder: Path) -> Iterator[db.Database]:
    """A migrated database without rows, on the engine of this run."""
    with _copied(_made("empty"), folder) as database:
        yield database


@contextmanager
def _copied(made: str, folder: Path) -> Iterator[db.Database]:
    """A copy of a database that nobody writes to, as long as it is wanted."""
    if POSTGRESQL:
        address = own_postgresql(made)
    else:
        path = folder / "registry.sqlite"
        shutil.copy(made.removeprefix("sqlite:///"), path)
        address = f"sqlite:///{path}"
    database = _versed(db.connect(address, b"secret" * 6))
    try:
        yield database
    finally:
        database.close()
        if POSTGRESQL:
            # A server with thousands of them looks after each, again and again.
            _on_the_server(f"DROP DATABASE {_name(address)} WITH (FORCE)")


class _Compiled(dict[Any, Any]):
    """Statements as they are put to a driver, once for all databases of a run: one kind each.

    SQLAlchemy keeps them by engine, and in its key the engine's own dialect stands first.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_COMPILED = _Compiled()


def _versed(database: db.Database) -> db.Database:
    """The same database, which knows every statement that was put to another before.

    As a server does after its first hour; a tenth of what tests of the domain take went there.
    """
    reading, writing = (
        engine.execution_options(compiled_cache=_COMPILED)
        for engine in (database.reading, database.writing)
    )
    return replace(database, reading=reading, writing=writing)


@contextmanager
def no_room(database: db.Database) -> Iterator[None]:
    """No page more for this database: as on a full disk, by what the engine says of one itself."""
    if database.is_sqlite:
        pool = database.writing.pool

        def narrow(connection: Any, *_: object) -> None:
            # As few as there are; pages given back lie empty and are filled first.
            connection.execute("PRAGMA max_page_count = 1")

        def widen(connection: Any, *_: object) -> None:
            connection.execute("PRAGMA max_page_count = 1073741823")

        sa.event.listen(pool, "checkout", narrow)
        sa.event.listen(pool, "checkin", widen)
        try:
            yield
        finally:
            sa.event.remove(pool, "checkout", narrow)
            sa.event.remove(pool, "checkin", widen)
        return
    full = "BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END"
    with database.writing.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $${full}$$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER no_room BEFORE INSERT ON journal EXECUTE FUNCTION no_room()"
        )
    try:
        yield
    finally:
        with database.writing.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


def own_postgresql(template: str = "") -> str:
    """The address of a fresh database of this process, maybe a copy of another."""
    name = f"registry_test_{os.getpid()}_{next(_names)}"
    # Its files as they are: page by page through the journal takes three times as long.
    copied = f" TEMPLATE {_name(template)} STRATEGY file_copy" if template else ""
    _on_the_server(f'CREATE DATABASE "{name}"{copied}')
    return sa.make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


def _name(address: str) -> str:
    return f'"{sa.make_url(address).database}"'


def _on_the_server(statement: str) -> None:
    with _server().connect() as connection:
        connection.exec_driver_sql(statement)


@cache
def _server() -> sa.Engine:
    # Kept open: every test asks twice, and to be let in takes four times as long as to ask.
    server = sa.create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    atexit.register(server.dispose)
    return server


def _demo_city(session: Session) -> None:
    demo.build(session, PASSWORD)


@contextmanager
def city_database(folder: Path) -> Iterator[db.Database]:
    """A database with the demo city, on the engine of this run."""
    with _copied(_made("city", _demo_city), folder) as database:
        yield database


def settings(folder: Path, **more: str) -> config.Settings:
    """Settings over a folder of a test."""
    named = {f"CATALOGUE_{key.upper()}": value for key, value in more.items()}
    return config.load(
        {"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_DEMO_PASSWORD": PASSWORD, **named}
    )


def city_app(folder: Path, database: db.Database, **more: str) -> Flask:
    """The application over a database with the demo city."""
    app = create_app(settings(folder, anonymous="open", **more), database)
    # Every application reads the same templates: compiled once for all processes of a run.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["SHELF"])
    return app


def sign_in(app: Flask, username: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which this account is signed in, by the password of the demo accounts."""
    client = app.test_client()
    token = token_of(client.get("/sign-in").text)
    answer = client.post(
        "/sign-in", data={"csrf_token": token, "username": username, "password": password}
    )
    assert answer.status_code == 303, answer.text
    return client


def token_of(page: str) -> str:
    """The token against forged forms that stands in a page."""
    found = re.search(r'name="csrf_token" value="(\w+)"', page)
    assert found is not None, page[:400]
    return found[1]


def rows_planned_for(database: db.Database, table: str) -> int:
    """How many rows of a table the database takes into account; none while it was never counted."""
    with database.reading.connect() as connection:
        if database.is_sqlite:
            statistics = sa.text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
            return int(connection.scalar(statistics) or 0)
        number = sa.text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
        return max(0, int(connection.scalar(number, {"name": table}) or 0))


@cache
def _demo_documents() -> dict[str, dict[str, Any]]:
    text = (files("registry.demo") / "data" / "resources.json").read_text("utf-8")
    return {entry["code"]: entry["document"] for entry in json.loads(text)["entries"]}


def document(name: str = "婚姻登记预约信息", **changes: Any) -> dict[str, Any]:
    """A complete document that may be handed in."""
    made = json.loads(json.dumps(_demo_documents()["307002150300/000004"]))
    made.update(name=name, **changes)
    return {key: value for key, value in made.items() if value is not None}


class Town:
    """Two units with people for every role, in a database of a test."""

    def __init__(self, session: Session) -> None:
        self.session = session
        holder = {"office": "办公室", "post": "数据专员", "phone": "0473-0000000"}
        duties = dict.fromkeys(("handles", "manages", "archives", "answers"), holder)
        self.authority = self._unit("数据局", "11150300DEM000209G", duties)
        self.department = self._unit("民政局", "11150300DEM000022H", duties)
        self.other = self._unit("教育局", "11150300DEM000065Y", duties)

    def _unit(self, name: str, code: str, duties: dict[str, Any]) -> Organisation:
        facts = {"code": code, "name": name, "class_code": "307002", "holders": duties}
        unit = accounts.add_organisation(self.session, SYSTEM, facts)
        unit.authority_id = getattr(self, "authority", unit).id
        unit.operator_id = unit.authority_id
        self.session.flush()
        return unit

    def person(self, *roles: str, unit: Organisation | None = None) -> Actor:
        """Somebody new who holds these roles in one unit (the reviewer's side: the authority)."""
        account = accounts.add_account(
            self.session, SYSTEM, f"user{next(_names)}", "某人", hashed="no-password"
        )
        for role in roles:
            at_authority = role in {"reviewer", "acceptance", "authority_head"}
            where = unit or (self.authority if at_authority else self.department)
            accounts.appoint(self.session, SYSTEM, account, role, where, date(2020, 1, 1))
        return self.actor(account)

    def actor(self, account: Account) -> Actor:
        """The actor behind an account, with the posts of today."""
        return of_account(self.session, account, db.now().date())
