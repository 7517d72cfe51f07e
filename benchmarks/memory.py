"""Print the memory of `catalogue serve`, process by process, before and after it was asked.

    python -m benchmarks.memory FOLDER [--rounds 100]

FOLDER holds a catalogue that `catalogue demo` or `api_speed --folder` made. What is counted is PSS:
a page that several processes share counts once. The files of the index and of the database are in
it as far as they are mapped, which the system takes back when it wants.
"""

import argparse
import json
import os
import time
import urllib.request
from pathlib import Path

from registry import accounts, config, db
from registry.access import SYSTEM
from tests.cli.processes import environment, served

WORDS = ("婚姻登记", "公积金", "养老机构名录", "空气质量", "停车场 信息", "行政处罚", "jiehun")
FACETS = '["organization", "groups", "tags", "res_format"]'


def main() -> None:
    """Serve the folder, ask it, and print what each process holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    env = environment(given.folder, anonymous="open", demo_password="x", log="warning")
    settings = config.load({k: v for k, v in env.items() if k.startswith(config.PREFIX)})
    database = db.connect(settings.database_url, settings.secret_key())
    with db.transaction(database, writes=True) as session:
        token = accounts.issue_token(session, SYSTEM, "consumer", "benchmark", 1)
    database.close()
    with served(env) as (server, address):
        time.sleep(5)
        report("at rest", server.pid)
        ask(address, token, given.rounds)
        time.sleep(2)
        report(f"after {given.rounds} rounds", server.pid)
        print(f"idle for 20 s: {idle(server.pid, 20):.2%} of a core")


def ask(origin: str, token: str, rounds: int) -> None:
    """Searches, entries, pages, feeds: as programs and people ask, one after another."""
    found = _call(origin, token, "package_search", rows=100)
    keys = [one["id"] for one in json.loads(found)["result"]["results"]]
    for n in range(rounds):
        word, key = WORDS[n % len(WORDS)], keys[n % len(keys)]
        facets = {"facet.field": FACETS}
        _call(origin, token, "package_search", q=word, rows=20, start=n, **facets)
        _call(origin, token, "package_show", id=key)
        for path in (f"/resources/{key}", f"/search?q={urllib.request.quote(word)}&page={n}", "/"):
            _get(origin + path, token)
        if n % 20 == 0:
            for path in (
                "/statistics",
                "/catalog.ttl",
                "/oai?verb=ListRecords&metadataPrefix=oai_dc",
            ):
                _get(origin + path, token)


def report(when: str, pid: int) -> None:
    """One line for each process, and their sum."""
    sizes = [_pss(one) for one in (pid, *_children(pid))]
    print(f"{when:20} {' + '.join(f'{one:.0f}' for one in sizes)} = {sum(sizes):.0f} MB")


def idle(pid: int, seconds: int) -> float:
    """The share of a core that all processes use while nobody asks."""
    before = sum(map(_ticks, (pid, *_children(pid))))
    time.sleep(seconds)
    spent = sum(map(_ticks, (pid, *_children(pid)))) - before
    return spent / os.sysconf("SC_CLK_TCK") / seconds


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [int(child) for child in found]


def _pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _call(origin: str, token: str, action: str, **given: object) -> bytes:
    return _get(f"{origin}/api/3/action/{action}", token, json.dumps(given).encode())


def _get(address: str, token: str = "", body: bytes | None = None) -> bytes:
    headers = {"Authorization": token} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(address, body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: bytes = answer.read()
        return found


if __name__ == "__main__":
    main()
