"""Print what questions and pages cost on N entries, as ratios to the same on ten thousand.

    python -m benchmarks.million [N] [--small 10000] [--seed 1] [--folder DIR] [--rounds 40]
        [--database postgresql+psycopg://…/name] [--search http://host:port/alias]

N is 100,000 unless it is said; 1,000,000 is the full run. Every entry is a live entry of the demo
city under a name, a unit and elements of its own, from the seed, and is written by the one writer
of the catalogue (`catalogue.store`, with journal, traits and moment) in batches of 5,000. Two
steps are spared, and nothing reads what they would have left: the check of each document against
its schema (it is a copy of one that passed), and the queue of the index, which is emptied after
one rebuild has taken everything over. `--folder` keeps both catalogues for the next run. With
`--database` and `--search` the addresses get `_N` behind them, one for each catalogue; a database
that is not there is made. What Elasticsearch says it took stands beside, per answer; home and
statistics are asked a second time, each time after an act, when what is kept is kept no more.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from elasticsearch import Elasticsearch
from flask import Flask

import schemas
from benchmarks.asking import WARM, Asked, Asking
from registry import (
    accounts,
    calendar,
    catalogue,
    config,
    db,
    demo,
    discovery,
    journal,
    upgrade,
)
from registry.access import SYSTEM
from registry.app import create_app
from registry.catalogue.store import Change, store
from registry.config import Settings
from registry.db import Database, new_key
from registry.discovery import indexing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.outbox import OutboxRow

BATCH = 5_000
PLACES = ("海勃湾区", "海南区", "乌达区", "滨河新区", "千里山", "全市")
# Fifty questions of one or two words, none asked twice in a run of fifty.
SUBJECTS = ("婚姻登记", "公积金", "养老机构", "空气质量", "停车场", "行政处罚", "公交线路", "低保",
            "不动产", "医疗机构")  # fmt: skip
ABOUT = ("", "海勃湾区", "乌达区", "名录", "联系电话")
QUESTIONS = tuple(f"{one} {about}".strip() for about in ABOUT for one in SUBJECTS)
FACETS = '["organization", "groups", "tags", "res_format"]'


@dataclass(frozen=True)
class Place:
    """Where a catalogue lies."""

    folder: Path
    database_url: str
    search_url: str

    def settings(self) -> Settings:
        """The settings of a server over it."""
        given = {
            "CATALOGUE_DATA_DIR": str(self.folder),
            "CATALOGUE_SEARCH_URL": self.search_url,
            "CATALOGUE_DEMO_PASSWORD": "benchmark",
            "CATALOGUE_ANONYMOUS": "open",
        }
        if self.database_url:
            given["CATALOGUE_DATABASE_URL"] = self.database_url
        return config.load(given)


def made(place: Place, count: int, seed: int) -> Database:
    """The catalogue of so many entries, made and indexed where it is not there yet."""
    settings = place.settings()
    _create(settings.database_url)
    database = db.connect(settings.database_url, settings.secret_key())
    if upgrade.revision(database) is None:
        upgrade.upgrade(database)
        with db.transaction(database, writes=True) as session:
            demo.build(session, "benchmark")
    else:
        upgrade.upgrade(database)
    began = time.perf_counter()
    stored = fill(database, count, seed)
    if stored:
        spent = time.perf_counter() - began
        print(f"{stored:,} entries stored in {spent:.0f} s", flush=True)
    index = discovery.open_index(settings)
    # A few entries of the demo city are suspended or retired: they are counted and not indexed.
    if index.status().entries < count * 0.95:
        began = time.perf_counter()
        index.rebuild(_everything(database))
        with db.transaction(database, writes=True) as session:
            session.execute(sa.delete(OutboxRow))
        print(f"{count:,} entries indexed in {time.perf_counter() - began:.0f} s", flush=True)
    index.close()
    return database


def _create(url: str) -> None:
    """Make the database on a server where it is not there; SQLite makes its file by itself."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        return
    server = sa.create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        there = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(there, {"name": address.database}) is None:
            name = server.dialect.identifier_preparer.quote(str(address.database))
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()


def _everything(database: Database) -> Iterator[Any]:
    with db.transaction(database, writes=False) as session:
        yield from indexing.everything(session)


def fill(database: Database, count: int, seed: int) -> int:
    """Store entries until there are so many; how many that were."""
    chance = random.Random(seed)
    with db.transaction(database, writes=False) as session:
        there = session.scalar(
            sa.select(sa.func.count(Resource.id)).where(Resource.live_version_id.is_not(None))
        )
        texts = session.scalars(
            sa.select(Version.document)
            .join(Resource, Resource.live_version_id == Version.id)
            .where(Version.state == "published")
            .order_by(Version.id)
            .limit(200)
        ).all()
        units = session.scalars(sa.select(Organisation.id).order_by(Organisation.id)).all()
    templates = [json.loads(text) for text in texts]
    for start in range(there or 0, count, BATCH):
        some = [
            _entry(templates[n % len(templates)], n, chance)
            for n in range(start, min(start + BATCH, count))
        ]
        with db.transaction(database, writes=True) as session:
            by_id = {id_: session.get_one(Organisation, id_) for id_ in units}
            changes = [
                Change(
                    department=by_id[units[chance.randrange(len(units))]],
                    step="adopt",
                    state="published",
                    document=document,
                    live="this",
                    working="none",
                    code=f"999999/{start + at:07d}",
                    published_on=calendar.today(),
                    text=text,
                )
                for at, (document, text) in enumerate(some)
            ]
            store(session, SYSTEM, changes)
    return max(count - (there or 0), 0)


def _entry(template: dict[str, Any], n: int, chance: random.Random) -> tuple[dict[str, Any], bytes]:
    """The n-th entry and its canonical bytes."""
    name = f"{chance.choice(PLACES)}{template.get('name', '')}{2000 + n % 27}年第{n}号"
    items = [{**item, "id": new_key()} for item in template.get("items", [])]
    document = {**template, "name": name, "items": items}
    # As `schemas.canonical` for what holds plain keys and no broken number, five times as fast.
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if n < BATCH:
        assert text.encode() == schemas.canonical(document)
    return document, text.encode()


def opened(place: Place, count: int, seed: int) -> tuple[Flask, Asking, list[str]]:
    """A server over the catalogue, somebody who asks it, and the keys of a hundred entries."""
    database = made(place, count, seed)
    app = create_app(place.settings(), database)
    with db.transaction(database, writes=True) as session:
        token = accounts.issue_token(session, SYSTEM, "consumer", "benchmark", 1)
        called = accounts.token_actor(session, token)
        assert called is not None
        consumer, _ = called
        rows = session.execute(
            sa.select(Resource.key)
            .join(Version, Resource.live_version_id == Version.id)
            .where(catalogue.visible(consumer))
            .order_by(Resource.id)
            .limit(100)
        )
        keys = [key for (key,) in rows]
    return app, Asking(app, token), keys


def questions(database: Database, asking: Asking, keys: list[str]) -> dict[str, Asked]:
    """What is asked, by name; the search questions are fifty, each other than the one before."""
    word = lambda n: QUESTIONS[n % len(QUESTIONS)]  # noqa: E731 - one word in a table
    key = lambda n: keys[n % len(keys)]  # noqa: E731
    facets = {"facet.field": FACETS}

    def after_act(path: str) -> Callable[[int], str]:
        def made(_: int) -> str:
            # Before the clock starts.
            with db.transaction(database, writes=True) as session:
                journal.record(session, SYSTEM, "read_all", "resource", "benchmark")
            return path

        return made

    return {
        "empty (site_read)": asking.post("site_read"),
        "search, 20 rows, 4 facets": asking.post("package_search", q=word, rows=20, **facets),
        "search, page 100": asking.post("package_search", q=word, rows=20, start=1980),
        "browse, 20 rows, 4 facets": asking.post("package_search", rows=20, **facets),
        "browse, at 9,000": asking.post("package_search", rows=20, start=9_000),
        "browse, near the end": asking.post("package_search", rows=20, start=lambda n: 9_900 - n),
        "filter on a group": asking.post("package_search", fq="groups:theme-2-01", rows=20),
        "filter, groups and formats": asking.post(
            "package_search", fq=lambda n: f"groups:theme-2-0{n % 9} res_format:xls*", rows=20
        ),
        "filter, its own facet": asking.post(
            "package_search", fq="res_format:xls*", rows=20, **facets
        ),
        "package_show": asking.post("package_show", id=key),
        "entry page": asking.get(lambda n: f"/resources/{key(n)}"),
        "search page": asking.get(lambda n: f"/search?q={word(n)}"),
        "search page, no words": asking.get("/search"),
        "home page": asking.get("/"),
        "home page after an act": asking.get(after_act("/")),
        "statistics": asking.get("/statistics"),
        "statistics after an act": asking.get(after_act("/statistics")),
        "a page of 100 as Turtle": asking.get("/catalog.ttl?page=3"),
        "a page of OAI": asking.get("/oai?verb=ListRecords&metadataPrefix=oai_dc"),
    }


def main() -> None:
    """Make both catalogues and print what each question costs on them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--database", default="", help="PostgreSQL; SQLite without it")
    parser.add_argument("--search", default="tantivy:")
    parser.add_argument("--fill", action="store_true", help="make the catalogues, ask nothing")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="million-"))
    asked = []
    for count in (given.small, given.count):
        there = Place(
            folder / str(count),
            f"{given.database}_{count}" if given.database else "",
            given.search if given.search == "tantivy:" else f"{given.search}_{count}",
        )
        if given.fill:
            made(there, count, given.seed).close()
            continue
        app, asking, keys = opened(there, count, given.seed)
        database = app.extensions["registry_database"]
        asked.append((asking, questions(database, asking, keys)))
    if asked:
        report(asked, given.rounds)


class Took:
    """The milliseconds Elasticsearch says it spent since it was last read."""

    def __init__(self) -> None:
        self._spent = 0
        ask = Elasticsearch.msearch

        def msearch(*args: Any, **given: Any) -> Any:
            answer = ask(*args, **given)
            self._spent += answer["took"]
            return answer

        Elasticsearch.msearch = msearch  # type: ignore[method-assign]

    def read(self) -> int:
        """What it was, and begin anew."""
        spent, self._spent = self._spent, 0
        return spent


def report(asked: list[tuple[Asking, dict[str, Asked]]], rounds: int) -> None:
    """One line for each question; the empty call of the same catalogue is the measure."""
    print(
        f"{'CPU ms (wall ms) engine ms':28} {'small':>21} {'large':>21}  large / small, CPU (wall)"
    )
    (few, small), (many, large) = asked
    took = Took()
    for name, question in small.items():
        slow = name.startswith(("a page", "statistics", "home", "search page, no"))
        number = max(5, rounds // 5) if slow else rounds
        took.read()
        one = few.cost(question, number)
        here = took.read() / (WARM + number)
        other = many.cost(large[name], number)
        there = took.read() / (WARM + number)
        ratios = f"{other.cpu / one.cpu:6.2f} ({other.wall / one.wall:.2f})"
        print(
            f"{name:28} {one.cpu:7.2f} ({one.wall:6.2f}) {here:4.1f} "
            f"{other.cpu:7.2f} ({other.wall:6.2f}) {there:4.1f} {ratios}",
            flush=True,
        )


if __name__ == "__main__":
    main()
