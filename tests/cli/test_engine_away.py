"""A search server that fails under a running `catalogue serve`, in each way, and comes back.

Collected where CATALOGUE_TEST_SEARCH_URL names a server; what fails is a line before it.
"""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from elasticsearch import Elasticsearch

from registry import accounts, config, db, outbox
from registry.access import SYSTEM
from tests import factories
from tests.catalogue.test_life import published
from tests.cli.processes import catalogue, environment, fetched, served, until
from tests.search.between import Between, before
from tests.search.conftest import SERVER

BANNER = "检索服务暂不可用"
NAME = "婚姻登记预约信息"
WAYS = ("stopped", "frozen", "slow body", "busy", "broken", "portal", "other object", "noise")
MANY = 24


@pytest.fixture
def line() -> Iterator[Between]:
    with before(SERVER) as made:
        yield made


@pytest.fixture
def env(line: Between, tmp_path: Path) -> Iterator[dict[str, str]]:
    alias = f"test-{uuid.uuid4().hex[:12]}"
    made = environment(
        tmp_path / "data", search_url=f"http://127.0.0.1:{line.port}/{alias}", anonymous="open"
    )
    done = catalogue(made, "init")
    assert done.returncode == 0, done.stderr
    yield made
    with Elasticsearch(SERVER) as client:
        for name in client.indices.get(index=f"{alias}-*"):
            client.indices.delete(index=name)


@pytest.fixture
def opened(env: dict[str, str]) -> Iterator[db.Database]:
    own = config.load({k: v for k, v in env.items() if k.startswith("CATALOGUE_")})
    database = db.connect(own.database_url, own.secret_key())
    yield database
    database.close()


@pytest.fixture
def token(opened: db.Database) -> str:
    """A registrar's, in a unit that has an entry published for everybody."""
    with db.transaction(opened, writes=True) as session:
        town = factories.Town(session)
        published(town)
        clerk = accounts.add_account(session, SYSTEM, "clerk", "某人", hashed="no-password")
        accounts.appoint(session, SYSTEM, clerk, "registrar", town.department, date(2020, 1, 1))
        return accounts.issue_token(session, SYSTEM, "clerk", "test", 30)


def waiting(opened: db.Database) -> int:
    with db.transaction(opened, writes=False) as session:
        return outbox.pending(session)[0]


def touched(opened: db.Database) -> None:
    with db.transaction(opened, writes=True) as session:
        outbox.touch(session, [1])


def registered(address: str, token: str, name: str) -> str:
    """Register a draft as a program does; its state."""
    body = json.dumps({"name": name, "title": "登记照常"}).encode()
    headers = {"Authorization": token, "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/api/3/action/package_create", body, headers)
    with urllib.request.urlopen(asked, timeout=300) as answer:
        state: str = json.load(answer)["result"]["state"]
    return state


def is_degraded(address: str, asked: str) -> bool:
    status, page = fetched(f"{address}/search?q={quote(asked)}")
    assert status == 200
    return BANNER in page


def below(pid: int) -> list[str]:
    """The processes below this one."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()


def threads(pid: int) -> int:
    """How many threads they have."""
    return sum(len(list(Path(f"/proc/{one}/task").iterdir())) for one in below(pid))


def all_at_once(address: str) -> list[bool]:
    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(lambda n: is_degraded(address, f"婚姻{n}"), range(MANY)))


def test_readers_and_registrars_go_on_and_it_recovers_by_itself(
    env: dict[str, str], line: Between, opened: db.Database, token: str
) -> None:
    with served(env) as (process, address):
        until(lambda: waiting(opened) == 0)
        until(lambda: not is_degraded(address, "结婚登记"))
        # As many threads as there will be: a few quick answers need fewer of them.
        for _ in range(4):
            all_at_once(address)
        before = threads(process.pid)
        for number, way in enumerate(WAYS):
            line.fails(way)
            until(lambda: is_degraded(address, NAME))
            # The database knows the name, though not the synonym.
            assert NAME in fetched(f"{address}/search?q={quote(NAME)}")[1], way
            assert all(all_at_once(address)), way
            assert registered(address, token, f"p-{number}") == "draft", way
            touched(opened)
            assert fetched(f"{address}/readyz")[0] == 200, way
            # Whoever was answered by the database has left no thread waiting for the engine: one in
            # each process looks after it.
            assert threads(process.pid) <= before + len(below(process.pid)), way
            assert waiting(opened) > 0, way
            line.works()
            until(lambda: not is_degraded(address, "结婚登记"))
            until(lambda: waiting(opened) == 0)
