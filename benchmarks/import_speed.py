"""Print what adopting a catalogue of CKAN packages costs, embedded, with the index.

    python benchmarks/import_speed.py [CORPUS.jsonl] [--count 7319] [--keep PACKAGES.jsonl]

CORPUS holds one real entry per line (id, title, dept, abstract, theme, tags, items, share, freq,
issued, fmt), written here as packages; without it made-up packages of a seed are adopted.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors import ckan, incoming
from registry import config, db, discovery, files, upgrade
from registry.catalogue import adoption
from registry.catalogue.adoption import Basis

SUBJECTS = ("婚姻登记", "公积金归集", "养老机构", "空气质量", "停车场", "行政处罚", "公交线路")
KINDS = ("信息", "名录", "统计", "公示", "年度报告", "办理结果")


def packages_of(corpus: Path) -> Iterator[dict[str, Any]]:
    for line in corpus.read_text("utf-8").splitlines():
        one = json.loads(line)
        extras = {name: one[name] for name in ("share", "freq", "city", "domain", "industry")}
        fields = [{"name": item, "title": item} for item in one["items"]]
        yield {
            "id": one["id"],
            "name": one["id"],
            "title": one["title"],
            "notes": one["abstract"],
            "organization": {"name": "", "title": one["dept"]},
            "tags": [{"name": tag} for tag in one["tags"]],
            "groups": [{"title": part} for part in one["theme"].split("，") if part],
            "metadata_created": one["issued"],
            "resources": [
                {"format": part, "schema": {"fields": fields}} for part in one["fmt"].split("，")
            ],
            "extras": [
                {"key": "source_id", "value": one["id"]},
                *({"key": key, "value": value} for key, value in extras.items() if value),
            ],
        }


def made_up(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    chance = random.Random(seed)
    for n in range(count):
        name = f"{chance.choice(SUBJECTS)}{chance.choice(KINDS)}第{n}号记录"
        yield {
            "id": f"made-{n:06d}",
            "title": name,
            "notes": chance.choice(("", name, f"{name}，由业务系统形成，可用于核验。")),
            "organization": {"name": "", "title": f"市第{n % 40}局"},
            "tags": [{"name": chance.choice(SUBJECTS)}],
            "resources": [{"format": chance.choice(("xlsx", "csv", "json", ""))}],
            "extras": [{"key": "source_id", "value": f"s{n}"}, {"key": "freq", "value": "每年"}],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=7319)
    parser.add_argument("--keep", type=Path, help="write the packages here as well")
    options = parser.parse_args()
    made = packages_of(options.corpus) if options.corpus else made_up(options.count)
    content = "\n".join(json.dumps(one, ensure_ascii=False) for one in made).encode()
    if options.keep:
        options.keep.write_bytes(content)
    with tempfile.TemporaryDirectory() as folder:
        chosen = config.load({"CATALOGUE_DATA_DIR": folder})
        database = db.connect(chosen.database_url, chosen.secret_key())
        upgrade.upgrade(database)
        told: dict[str, float] = {}
        started = time.perf_counter()

        def lap(name: str) -> None:
            nonlocal started
            told[name], started = time.perf_counter() - started, time.perf_counter()

        lines = incoming.objects(content)
        read = [ckan.incoming(place, one) for place, one in lines.objects]
        lap("read and convert")
        with db.transaction(database, writes=False) as session:
            plan = adoption.plan(session, "ckan", read)
        lap("check")
        with db.transaction(database, writes=True) as session:
            adoption.adopt(session, plan, Basis("benchmark", files.digest(content)))
        lap("store, under the lock")
        index = discovery.open_index(chosen)
        while discovery.drain(database, index):
            pass
        lap("index")
        for name, seconds in told.items():
            print(f"{seconds:8.2f} s  {name}")
        cpu = time.process_time()
        print(f"{sum(told.values()):8.2f} s  in all, {cpu:.2f} s of CPU")
        units = len(plan.made)
        print(f"{len(plan.entries)} entries, {plan.faulty} with faults, {units} units made")
        differ = len(discovery.verify(database, index))
        print(f"{index.status().entries} in the index, {differ} differ")
        database.close()


if __name__ == "__main__":
    main()
