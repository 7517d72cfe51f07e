"""Print what a call of a program costs in CPU of the server, as a ratio to an empty call.

    python benchmarks/api_speed.py [CORPUS.jsonl] [--count 20000] [--folder DIR] [--calls 40]

The catalogue is that of `import_speed`, adopted and indexed; `--folder` keeps it for the next run.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from benchmarks.import_speed import made_up, packages_of
from connectors import ckan
from registry import accounts, config, db, demo, discovery, upgrade
from registry.access import SYSTEM
from registry.app import create_app
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis

QUERIES = (
    "婚姻登记",
    "公积金",
    "养老机构名录",
    "空气质量",
    "停车场 信息",
    "行政处罚",
    "公交线路统计",
)
FACETS = '["organization", "groups", "tags", "res_format"]'
WARM = 3


def opened(folder: Path, corpus: Path | None, count: int) -> Flask:
    """The application over the catalogue, made where it is not there yet."""
    settings = config.load(
        {
            "CATALOGUE_DATA_DIR": str(folder),
            "CATALOGUE_DEMO_PASSWORD": "x",
            "CATALOGUE_ANONYMOUS": "open",
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
    return create_app(settings, database)


def main() -> None:
    """Run every call a few times and print CPU milliseconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--calls", type=int, default=40)
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="api-speed-"))
    app = opened(folder, asked.corpus, asked.count)
    client = app.test_client()
    with db.transaction(app.extensions["registry_database"], writes=True) as session:
        token = accounts.issue_token(session, SYSTEM, "consumer", "benchmark", 1)
    headers = {"Authorization": token}

    def post(action: str, **given: object) -> Callable[[int], None]:
        def call(n: int) -> None:
            sent = {name: value(n) if callable(value) else value for name, value in given.items()}
            answer = client.post(f"/api/3/action/{action}", json=sent, headers=headers)
            assert answer.status_code == 200, answer.text[:300]

        return call

    def get(path: str, **more: str) -> Callable[[int], None]:
        def call(_: int) -> None:
            answer = client.get(path, headers={**headers, **more})
            assert answer.status_code == 200, answer.text[:300]

        return call

    first = client.post("/api/3/action/package_search", json={"rows": 100}, headers=headers).json
    keys = [one["id"] for one in first["result"]["results"]]
    tag = next(t["name"] for p in first["result"]["results"] for t in p["tags"])
    word = lambda n: QUERIES[n % len(QUERIES)]  # noqa: E731 - one word in a table
    calls = {
        "empty (site_read)": post("site_read"),
        "search, 20 rows": post("package_search", q=word, rows=20),
        "search, 20 rows, 4 facets": post(
            "package_search", q=word, rows=20, **{"facet.field": FACETS}
        ),
        "browse, 20 rows": post("package_search", rows=20),
        "browse, 20 rows, 4 facets": post("package_search", rows=20, **{"facet.field": FACETS}),
        "filter on a tag": post("package_search", fq=f'tags:"{tag}"', rows=20),
        "filter on group and format": post(
            "package_search", fq="groups:theme-2-01 res_format:xls*"
        ),
        "package_show": post("package_show", id=lambda n: keys[n % len(keys)]),
        "organization_list, all": post("organization_list", all_fields=True),
        "group_list, all": post("group_list", all_fields=True),
        "one entry as Turtle": get(f"/resources/{keys[0]}.ttl"),
        "a page of 100 as Turtle": get("/catalog.ttl?page=2"),
        "a page of OAI": get("/oai?verb=ListRecords&metadataPrefix=oai_dc"),
        "the manifest": get("/manifest.json"),
    }
    empty = 0.0
    for name, call in calls.items():
        heavy = name.startswith(("a page", "the manifest"))
        rounds = max(3, asked.calls // 10) if heavy else asked.calls
        for n in range(WARM):
            call(n)
        start = time.process_time()
        for n in range(rounds):
            call(n)
        spent = (time.process_time() - start) / rounds * 1000
        empty = empty or spent
        print(f"{name:28} {spent:8.2f} ms CPU  {spent / empty:7.1f} x empty")


if __name__ == "__main__":
    main()
