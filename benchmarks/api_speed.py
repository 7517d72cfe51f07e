"""Print what a call of a program costs in CPU of the server, as a ratio to an empty call.

    python -m benchmarks.api_speed [CORPUS.jsonl] [--count 20000] [--folder DIR] [--calls 40]
        [--database postgresql+psycopg://…/name] [--search http://host:port/alias] [--clients 8]

The catalogue is that of `import_speed`, adopted and indexed; `--folder` keeps it for the next run.
Each question is asked a few times before it is measured, so what the program keeps until the next
act is kept by then. What a client does is not measured (`benchmarks.asking`). What PostgreSQL and
Elasticsearch spend meanwhile stands beside (`benchmarks.servers`). With `--clients`, so many ask
the served program at once, and share the processor with it: how long the 95th of a hundred waits.
"""

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from benchmarks.asking import WARM, Asking
from benchmarks.import_speed import made_up, packages_of
from benchmarks.servers import Servers
from connectors import ckan
from registry import accounts, config, db, demo, discovery, upgrade
from registry.access import SYSTEM
from registry.app import create_app
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis
from tests.cli.processes import environment, served

QUERIES = (
    "婚姻登记",
    "公积金",
    "养老机构名录",
    "空气质量",
    "停车场 信息",
    "行政处罚",
    "公交线路统计",
)
CALLS = 1_000
FACETS = '["organization", "groups", "tags", "res_format"]'


def opened(
    folder: Path, corpus: Path | None, count: int, more: Mapping[str, str] | None = None
) -> Flask:
    """The application over the catalogue, made where it is not there yet."""
    settings = config.load(
        {
            "CATALOGUE_DATA_DIR": str(folder),
            "CATALOGUE_DEMO_PASSWORD": "x",
            "CATALOGUE_ANONYMOUS": "open",
            **(more or {}),
        }
    )
    database = db.connect(settings.database_url, settings.secret_key())
    if upgrade.revision(database) is None:
        upgrade.upgrade(database)
        with db.transaction(database, writes=True) as session:
            demo.build(session, "x")
        packages = list(packages_of(corpus))[:count] if corpus else list(made_up(count))
        read = [ckan.incoming(n, one) for n, one in enumerate(packages, start=1)]
        with db.transaction(database, writes=False) as session:
            plan = adoption.plan(session, "ckan", read)
        with db.transaction(database, writes=True) as session:
            adoption.adopt(session, plan, Basis("基准", "sm3:0"))
        discovery.rebuild(database, discovery.open_index(settings))
    else:
        upgrade.upgrade(database)
        # What an earlier run created waits, and no worker runs here: programs are answered by the
        # index only when nothing does.
        while discovery.drain(database, discovery.open_index(settings)):
            pass
    return create_app(settings, database)


def main() -> None:
    """Run every call a few times and print CPU milliseconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--database")
    parser.add_argument("--search")
    parser.add_argument("--clients", type=int, default=0)
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="api-speed-"))
    named = {"CATALOGUE_DATABASE_URL": asked.database, "CATALOGUE_SEARCH_URL": asked.search}
    more = {name: value for name, value in named.items() if value}
    app = opened(folder, asked.corpus, asked.count, more)
    database = app.extensions["registry_database"]
    settings = config.load({"CATALOGUE_DATA_DIR": str(folder), **more})
    servers = Servers(settings, database)
    tokens = {}
    with db.transaction(database, writes=True) as session:
        for username in ("consumer", "registrar"):
            tokens[username] = accounts.issue_token(session, SYSTEM, username, "benchmark", 1)
        called = accounts.token_actor(session, tokens["registrar"])
        assert called is not None
        registrar, _ = called
    asking = Asking(app, tokens["consumer"])
    typing = Asking(app, tokens["registrar"])
    post, get = asking.post, asking.get
    first = json.loads(asking.answer(post("package_search", rows=100)(0)))["result"]["results"]
    keys = [one["id"] for one in first]
    tag = next(t["name"] for one in first for t in one["tags"])
    unit = registrar.holdings[0].organisation_code
    word = lambda n: QUERIES[n % len(QUERIES)]  # noqa: E731 - one word in a table
    key = lambda n: keys[n % len(keys)]  # noqa: E731
    facets = {"facet.field": FACETS}
    calls = {
        "empty (site_read)": (asking, post("site_read")),
        "search, 20 rows": (asking, post("package_search", q=word, rows=20)),
        "search, 20 rows, 4 facets": (asking, post("package_search", q=word, rows=20, **facets)),
        "browse, 20 rows": (asking, post("package_search", rows=20)),
        "browse, 20 rows, 4 facets": (asking, post("package_search", rows=20, **facets)),
        "filter on a tag": (asking, post("package_search", fq=f'tags:"{tag}"', rows=20)),
        "filter on group and format": (
            asking,
            post("package_search", fq="groups:theme-2-01 res_format:xls*"),
        ),
        "package_show": (asking, post("package_show", id=key)),
        "organization_list, all": (asking, post("organization_list", all_fields=True)),
        "group_list, all": (asking, post("group_list", all_fields=True)),
        "entry page": (asking, get(lambda n: f"/resources/{key(n)}")),
        "search page": (asking, get(lambda n: f"/search?q={word(n)}")),
        "home page": (asking, get("/")),
        "statistics": (asking, get("/statistics")),
        "one entry as Turtle": (asking, get(f"/resources/{keys[0]}.ttl")),
        "a page of 100 as Turtle": (asking, get("/catalog.ttl?page=2")),
        "a page of OAI": (asking, get("/oai?verb=ListRecords&metadataPrefix=oai_dc")),
        "the manifest": (asking, get("/manifest.json")),
        "a create, durable": (
            typing,
            typing.post("package_create", title=lambda n: f"基准{time.time_ns()}", owner_org=unit),
        ),
    }
    empty = 0.0
    for name, (who, call) in calls.items():
        heavy = name.startswith(("a page", "the manifest"))
        rounds = max(3, asked.calls // 10) if heavy else asked.calls
        before = servers.spent()
        spent = who.cost(call, rounds)
        beside = {one: (ms - before[one]) / (rounds + WARM) for one, ms in servers.spent().items()}
        empty = empty or spent.cpu
        print(
            f"{name:28} {spent.cpu:8.2f} ms CPU  {spent.wall:8.2f} ms wall"
            f"  {spent.cpu / empty:7.1f} x empty",
            *(f"  {one} {ms:.1f}" for one, ms in beside.items()),
            flush=True,
        )
    if asked.clients:
        bodies = [{"q": word(n), "rows": 20, "facet.field": FACETS} for n in range(len(QUERIES))]
        waits = waited(folder, more, tokens["consumer"], bodies, asked.clients)
        middle, most = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        print(
            f"{asked.clients} clients, search, 4 facets: median {middle:.0f} ms  p95 {most:.0f} ms"
        )


def waited(
    folder: Path, more: Mapping[str, str], token: str, bodies: Sequence[object], clients: int
) -> list[float]:
    """Milliseconds each of a thousand calls took that so many clients made one after another."""
    named = {name.removeprefix("CATALOGUE_").lower(): value for name, value in more.items()}
    env = environment(folder, anonymous="open", log="warning", **named)
    headers = {"Authorization": token, "Content-Type": "application/json"}
    sent = [json.dumps(body) for body in bodies]

    def ask(address: str, number: int) -> list[float]:
        place = urlsplit(address)
        line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        found = []
        for n in range(number, number + CALLS // clients):
            began = time.perf_counter()
            line.request("POST", "/api/3/action/package_search", sent[n % len(sent)], headers)
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            found.append((time.perf_counter() - began) * 1000)
        line.close()
        return found

    with served(env) as (_, address), ThreadPoolExecutor(clients) as pool:
        ask(address, 0)
        return sorted(
            wait for part in pool.map(ask, [address] * clients, range(clients)) for wait in part
        )


if __name__ == "__main__":
    main()
