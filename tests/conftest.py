"""What every test may ask for: a database of its engine pair, a session, a town, a demo city."""

import gc
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from anonymization import shelf, trials
from registry import db, sealed
from registry.accounts import sign_in
from registry.discovery import fallback
from search import elastic
from tests import engines, factories
from tests.anonymization import judging

if TYPE_CHECKING:
    from playwright.sync_api import Browser


# A loaded machine is slow, not wrong: no example is judged by the clock. Where a change is let in
# or not (CI is set) the examples are always the same; everywhere else they are fresh ones.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("house")
# The same for an engine: what is asked of one that is away has tests of its own.
elastic.FOUND_IN_S = 10.0
fallback.COUNTED_IN_S = 60.0
# And for who waits for another to have written, as threads of a test do.
db.WAIT_FOR_WRITER_S = 60
# Nor is a shelf of a run ever full: the sets of releases together ask for more than a gigabyte.
shelf.LARGEST = 8 << 30
# Slow is what argon2 is for; how slow is asked of a process without this (tests/cli).
sign_in.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


SPARK = find_spec("pyspark") is not None
collect_ignore = [] if SPARK else ["anonymization/test_spark.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    engines.options(parser)
    parser.addoption("--every-release", action="store_true", help="judge sets of releases whole")


def pytest_configure(config: pytest.Config) -> None:
    judging.EVERY_RELEASE = config.getoption("every_release")
    # What is dear is made once for all processes of a run: the databases that tests have copies
    # of (tests/factories.py), and what the gate compares the codes of hundreds of releases with.
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="suite-")
        config.add_cleanup(folder.cleanup)
        os.environ["SHELF"] = folder.name
    trials.SHELF = Path(os.environ["SHELF"])
    if noted := config.getoption("note_unengaged"):
        config.pluginmanager.register(engines.Watch(Path(noted)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: whoever waits for a process or a server leaves one idle."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_report_header() -> str:
    missing = [] if factories.POSTGRESQL else ["postgresql (CATALOGUE_TEST_DATABASE_URL)"]
    missing += [] if SPARK else ["spark (extra spark)"]
    left = f"; not collected: {', '.join(missing)}" if missing else ""
    return f"engine pair: {factories.ENGINE}{left}"


# Rooms whose files take longest; the rest follows as collected.
LONGEST = ("anonymization", "journeys", "web", "api")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest files: one that begins last keeps a single core busy at the end."""
    engines.left_out(config, items)
    rooms = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rooms.get(item.path.parent.name, len(rooms)))


def pytest_collection_finish() -> None:
    """Look for rubbish among what the tests make, not again and again among what they are.

    Modules and collected tests stay to the end. What tests leave is looked through more seldom:
    a tenth of the time went there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def no_memory_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs maskings keeps a folder in memory as long as the machine runs; ours end here.

    It is named after the data folder (`registry.sealed`), so that those of others stay.
    """
    yield
    base = tmp_path_factory.getbasetemp()
    for depth in ("*", "*/*", "*/*/*", "*/*/*/*"):
        for folder in base.glob(depth):
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(sealed.memory_of(folder), ignore_errors=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[db.Database]:
    with factories.empty_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def session(database: db.Database) -> Iterator[Session]:
    with db.transaction(database, writes=True) as opened:
        yield opened


@pytest.fixture
def town(session: Session) -> factories.Town:
    return factories.Town(session)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a demo city that the tests of one file share."""
    folder = tmp_path_factory.mktemp("city")
    with factories.city_database(folder) as opened:
        yield factories.city_app(folder, opened)


@pytest.fixture(scope="session")
def running() -> "Iterator[Browser]":
    """The one Chromium of the run: the driver allows no second one in a process."""
    from tests.journeys.browser import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def browser(running: "Browser") -> "Iterator[Browser]":
    """Chromium for a test, whose windows end with it: each left open works on until the end."""
    yield running
    for context in running.contexts:
        context.close()
