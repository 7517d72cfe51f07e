"""Which tests meet an engine: what meets none gives the same on every pair, and runs on one.

Nobody declares it. The first run watches: with `--note-unengaged=FILE` it keeps a list of the
tests that passed while no database was opened and no process was told of one, neither by
themselves nor by a fixture they stand on. The run on the other pair is given the list
(`--leave-out=FILE`; a file behind a blank pytest takes for the tests to run) and runs everything
that is not on it: what is new, what was renamed, and what has parameters that only that pair has.

On the list as well are the tests in a browser that ask a database nothing of their own: of which
every statement was asked by other tests too, which look at what was answered and are run again.
What a browser adds, how a page looks and what its scripts do, stands above every engine.

In doubt a test is run again:
- Where a test opened a database, whatever it shares with other tests is taken for a way to it: a
  connection that is kept is opened once.
- A file that names the engines of a run, or asks for fixtures by name while it runs, is never on
  the list; nor is one that keeps something for later tests while any of its tests met an engine.
- Of a file whose tests share a city in a browser either all are on the list or none.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

# How CPython tells of it (PEP 578). psycopg is told of by nothing, but the list is made on SQLite;
# tantivy stands in the folder of a database, and alone in tests/search, with every pair. A process
# knows of the database of a run by its environment (tests/cli/processes.py), by an address that
# somebody opened, or in a file that names the engines.
MET = {"sqlite3.connect", "registry.environment"}
NAMED = re.compile(r"\b(POSTGRESQL|ENGINE|SERVER|SECURE|CATALOGUE_TEST\w*|getfixturevalue)\b")
KEPT = re.compile(r"\bcache\b|\blru_cache\b|\bglobal\b|_[Cc]ache\b")


# As many values as a statement is given are none of its own: IN (?, ?), VALUES (?, ?), (?, ?); nor
# is as often as the same is asked of another value: (name LIKE ?) OR (name LIKE ?).
VALUES = re.compile(r"\((?:\?|, )+\)(?:, \((?:\?|, )+\))*")
AGAIN = re.compile(r"(\([^()]+\))(?: OR \1)+")
# Which columns of a row are changed together is a matter of what was typed.
CHANGE = re.compile(r"(UPDATE \S+ SET )(\S+=\?(?:, \S+=\?)+)( WHERE .*)", re.DOTALL)


@cache
def digests(statement: str) -> frozenset[str]:
    """What tells a statement from others, without what it is given; of a change, by column."""
    plain = AGAIN.sub(r"\1", VALUES.sub("(?)", statement))
    change = CHANGE.fullmatch(plain)
    parts = (
        [plain]
        if change is None
        else [f"{change[1]}{column}{change[3]}" for column in change[2].split(", ")]
    )
    return frozenset(blake2b(one.encode(), digest_size=8).hexdigest() for one in parts)


class Watch:
    """Notes who met an engine, by test and by fixture."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.unengaged: set[str] = set()
        self._ran: dict[str, tuple[Path, frozenset[str]]] = {}
        self._failed: set[str] = set()
        self._met: set[str] = set()
        self._opened: set[str] = set()
        self._fixtures: set[str] = set()
        self._shared: set[str] = set()
        self._under_way: list[str] = []
        self._city_under_way = False
        self._test = ""
        # By file of tests in a browser, and of all other tests.
        self.browsed: dict[str, set[str]] = defaultdict(set)
        self.asked: set[str] = set()
        self._in_browser: set[str] = set()
        sys.addaudithook(self._heard)
        sa.event.listen(sa.Engine, "before_cursor_execute", self._executed)

    def _heard(self, event: str, _: tuple[Any, ...]) -> None:
        if event in MET:
            self._met.add(self._test)
            self._fixtures.update(self._under_way)
            if event == "sqlite3.connect":
                self._opened.add(self._test)

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._test in self._in_browser:
            # The city that many files share is built by whoever comes first.
            if self._city_under_way:
                return
            self.browsed[self._test.partition("::")[0]] |= digests(statement)
        else:
            self.asked |= digests(statement)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._test = item.nodeid
        asked = getattr(item, "fixturenames", ())
        self._ran[item.nodeid] = (item.path, frozenset(asked))
        if "browser" in asked:
            self._in_browser.add(item.nodeid)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        self._under_way.append(fixturedef.argname)
        self._city_under_way = fixturedef.argname == "city"
        try:
            given = yield
        finally:
            self._under_way.pop()
            self._city_under_way = False
        own = "site-packages" not in fixturedef.func.__code__.co_filename
        # What gives nothing, as one that only cleans up, holds nothing to open a database with.
        if own and fixturedef.scope != "function" and given is not None:
            self._shared.add(fixturedef.argname)
        return given

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self._failed.add(report.nodeid)

    def found(self) -> set[str]:
        """The tests of this process that met no engine."""
        ways = set(self._fixtures)
        for test in self._opened & self._ran.keys():
            ways |= self._ran[test][1] & self._shared
        by_file = defaultdict(list)
        for test, (path, asked) in self._ran.items():
            by_file[path].append((test, test in self._met or bool(asked & ways)))
        free = set()
        for path, tests in by_file.items():
            text = path.read_text("utf-8")
            keeps = KEPT.search(text) and any(met for _, met in tests)
            if not NAMED.search(text) and not keeps:
                free.update(test for test, met in tests if not met)
        return free - self._failed

    def covered(self) -> set[str]:
        """The tests in a browser, of files that asked a database nothing that others did not."""
        files = {file for file, asked in self.browsed.items() if asked <= self.asked}
        files -= {test.partition("::")[0] for test in self._failed}
        return {test for test in self._in_browser if test.partition("::")[0] in files}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A worker that was lost has told nothing: its tests run again.
        told = getattr(node, "workeroutput", {}).get("engines", {})
        self.unengaged.update(told.get("unengaged", ()))
        self.asked.update(told.get("asked", ()))
        self._in_browser.update(told.get("in_browser", ()))
        for file, asked in told.get("browsed", {}).items():
            self.browsed[file].update(asked)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.unengaged |= self.found()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["engines"] = {
                "unengaged": sorted(self.unengaged),
                "asked": sorted(self.asked),
                "in_browser": sorted(self._in_browser),
                "browsed": {file: sorted(asked) for file, asked in self.browsed.items()},
            }
            return
        self.target.parent.mkdir(parents=True, exist_ok=True)
        listed = sorted(self.unengaged | self.covered())
        self.target.write_text("\n".join(listed) + "\n", "utf-8")


def options(parser: pytest.Parser) -> None:
    """The two options of a run."""
    group = parser.getgroup("engines")
    group.addoption("--note-unengaged", metavar="FILE", help="list the tests that met no engine")
    group.addoption("--leave-out", metavar="FILE", help="leave out the tests of such a list")


def left_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is on the list; pytest counts it as deselected."""
    listed = config.getoption("leave_out")
    if listed is None:
        return
    names = set(Path(listed).read_text("utf-8").splitlines())
    out = [item for item in items if item.nodeid in names]
    items[:] = [item for item in items if item.nodeid not in names]
    config.hook.pytest_deselected(items=out)
