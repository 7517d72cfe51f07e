"""Print how fast the index is built, catches up and shows a change, and what churn does to it.

    python -m benchmarks.index_speed [--count 20000] [--changes 12000] [--folder DIR]
        [--url http://host:port/test-index] [--judged FOLDER]

The catalogue is that of `api_speed`, over the database of `--folder`. What is visible after which
time are entries that people register, review and publish through the calls of programs: from the
moment the publication is answered until a search finds it, with the worker at its work. Times are
wall seconds with the CPU of this process beside them; each is also given as a ratio to a plain pass
over the same documents, which says what the machine is worth today.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

import search
from benchmarks import search_quality
from benchmarks.api_speed import opened
from benchmarks.search_speed import EVERYBODY
from registry import accounts, config, db, discovery, outbox
from registry.access import SYSTEM
from registry.db import Database
from registry.discovery import indexing
from registry.models.catalogue import Resource
from registry.work import Worker
from search import Index, Query, SearchDoc

Ask = Callable[..., Any]

# A unit of the demonstration whose registrar, head and secrecy officer are at hand.
UNIT = "11150300DEM000022H"
CHURN = 0.15
SHOWN = 40


def timed(name: str, count: int, action: Iterable[object], plain: float = 0.0) -> float:
    """Run an action to its end and print what it took; the wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in action:
        pass
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ratio = f"  {wall / plain:5.1f} x a plain pass" if plain else ""
    print(f"{name:28} {count:8,}  {wall:7.1f} s  {cpu:7.1f} s CPU{ratio}")
    return wall


def passed(database: Database) -> Iterable[object]:
    """Read every document once, which nothing can avoid."""
    with db.transaction(database, writes=False) as session:
        yield from indexing.everything(session)


def rebuilt(database: Database, index: Index) -> Iterable[object]:
    yield discovery.rebuild(database, index)


def drained(database: Database, index: Index) -> Iterable[object]:
    while done := discovery.drain(database, index):
        yield done


def touched(database: Database, count: int) -> list[int]:
    with db.transaction(database, writes=True) as session:
        ids = list(
            session.scalars(
                sa.select(Resource.id).where(Resource.live_version_id.is_not(None)).limit(count)
            )
        )
        outbox.touch(session, ids)
    return ids


def visible(settings: config.Settings, app: Flask) -> list[float]:
    """Seconds from the answer to a publication until a search for its name finds it."""
    database: Database = app.extensions["registry_database"]
    ask = _people(app, database)
    worker = Worker(settings, database)
    worker.start()
    found = []
    try:
        with closing(discovery.open_index(settings)) as index:
            for n in range(SHOWN):
                name = f"第{n}次（{time.time_ns()}）基准登记信息"
                key = _reviewed(ask, name)
                digest = ask("reviewer", "GET", f"/{key}?version=working")["digest"]
                time.sleep(random.random() * 3)
                ask("reviewer", "POST", f"/{key}/publish", {"digest": digest})
                began = time.perf_counter()
                while key not in first_ten(index, [name])[0]:
                    time.sleep(0.01)
                found.append(time.perf_counter() - began)
    finally:
        worker.stop()
    return sorted(found)


def _people(app: Flask, database: Database) -> Ask:
    """What calls a path below the entries as one of the people of the demonstration."""
    tokens = {}
    with db.transaction(database, writes=True) as session:
        for who in ("registrar", "secrecy", "head", "reviewer"):
            tokens[who] = accounts.issue_token(session, SYSTEM, who, "benchmark", 1)
    client = app.test_client()

    def ask(who: str, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": tokens[who]}
        answer = client.open(f"/api/v1/resources{path}", method=method, json=body, headers=headers)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json

    return ask


def _reviewed(ask: Ask, name: str) -> str:
    """The key of a new entry that only has to be published."""
    live = ask("registrar", "GET", f"?department={UNIT}&limit=1")["resources"][0]
    sent = {"department": UNIT, "document": {**live["document"], "name": name}, "declared": True}
    key: str = ask("registrar", "POST", "", sent)["key"]
    ask("registrar", "POST", f"/{key}/hand-in")
    for who, step in (("secrecy", "clear"), ("head", "approve")):
        digest = ask(who, "GET", f"/{key}?version=working")["digest"]
        ask(who, "POST", f"/{key}/{step}", {"digest": digest})
    return key


def churn(index: Index, docs: Sequence[SearchDoc]) -> None:
    """Change 15 % of the entries, and change them back."""
    some = random.Random(1).sample(list(docs), int(len(docs) * CHURN))
    for start in range(0, len(some), 500):
        part = some[start : start + 500]
        away = [replace(doc, turn=doc.turn + 1, document={"name": "别的"}) for doc in part]
        index.apply(away, [])
        index.apply([replace(doc, turn=doc.turn + 2) for doc in part], [])


def first_ten(index: Index, texts: Iterable[str]) -> list[list[str]]:
    """What each question is answered with first."""
    results = (index.search(Query(text, reader=EVERYBODY, limit=10)) for text in texts)
    return [[hit.key for hit in (*one.hits, *one.related)][:10] for one in results]


def overlap(fresh: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> float:
    """The share of the answers of a fresh index that another one gives too."""
    pairs = zip(fresh, other, strict=True)
    return statistics.mean(len({*one} & {*two}) / max(1, len(one)) for one, two in pairs)


def churned(url: str, docs: Sequence[SearchDoc], texts: Sequence[str]) -> Iterator[float]:
    """The overlap right after 15 % were changed, and once the index was tidied for a minute."""
    with tempfile.TemporaryDirectory() as folder, closing(search.open(url, Path(folder))) as index:
        index.rebuild(docs)
        fresh = first_ten(index, texts)
        churn(index, docs)
        yield overlap(fresh, first_ten(index, texts))
        for _ in range(60 if url.startswith("http") else 1):
            index.tidy()
            time.sleep(1)
        yield overlap(fresh, first_ten(index, texts))


def main() -> None:
    """Run all four and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=12_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--url", default="tantivy:")
    parser.add_argument("--judged", type=Path, help="a folder as search_quality reads it")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="index-speed-"))
    app = opened(folder, None, asked.count)
    database = app.extensions["registry_database"]
    settings = config.load({"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_SEARCH_URL": asked.url})
    with closing(discovery.open_index(settings)) as index:
        plain = timed("a plain pass", asked.count, passed(database))
        timed("rebuild", asked.count, rebuilt(database, index), plain)
        touched(database, asked.changes)
        timed("catch-up", asked.changes, drained(database, index), plain)
        print(f"{'differences afterwards':28} {len(discovery.verify(database, index)):8,}")
    waits = visible(settings, app)
    middle, worst = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    print(f"{'visible after':28} {len(waits):8,}  median {middle:.2f} s  p95 {worst:.2f} s")
    if asked.judged:
        docs = list(search_quality.corpus(asked.judged))
        texts = [one["query"] for one in search_quality.lines(asked.judged / "queries.jsonl")]
        same, tidied = churned(asked.url, docs, texts)
        print(f"{'overlap@10 after 15 % churn':28} {len(docs):8,}  {same:.3f}  tidied {tidied:.3f}")
    database.close()


if __name__ == "__main__":
    main()
