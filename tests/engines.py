"""Which tests meet an engine: what meets none gives the same on every pair, and runs on one.

Nobody declares it. The first run watches: with `--note-unengaged=FILE` it keeps a list of the
tests that passed while no database was opened and no process was started, neither by themselves
nor by a fixture they stand on. The run on the other pair is given the list (`--leave-out=FILE`; a
file behind a blank pytest takes for the tests to run) and runs everything that is not on it: what
is new, what was renamed, and what has parameters that only that pair has.

In doubt a test is run again:
- Where a test opened a database, whatever it shares with other tests is taken for a way to it: a
  connection that is kept is opened once.
- A file that names the engines of a run, or asks for fixtures by name while it runs, is never on
  the list; nor is one that keeps something for later tests while any of its tests met an engine.
- A process is taken for one that opens a database, whatever it does; only the commands and the
  modules of the library of anonymization are known not to, by the import contract in setup.cfg.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# How CPython tells of it (PEP 578). psycopg is told of by nothing, but the list is made on SQLite;
# tantivy stands in the folder of a database, and alone in tests/search, with every pair.
MET = {"sqlite3.connect", "subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec"}
NAMED = re.compile(r"\b(POSTGRESQL|ENGINE|SERVER|SECURE|CATALOGUE_TEST\w*|getfixturevalue)\b")
KEPT = re.compile(r"\bcache\b|\blru_cache\b|\bglobal\b|_[Cc]ache\b")


def is_of_the_library(event: str, args: tuple[Any, ...]) -> bool:
    """Whether the process that is started is `catalogue anonymize …` or names only its modules."""
    if event != "subprocess.Popen":
        return False
    words = [str(word) for word in args[1]]
    named = " ".join(words)
    return "anonymize" in words[:5] or ("anonymization" in named and "registry" not in named)


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
        self._test = ""
        sys.addaudithook(self._heard)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event in MET and not is_of_the_library(event, args):
            self._met.add(self._test)
            self._fixtures.update(self._under_way)
            if event == "sqlite3.connect":
                self._opened.add(self._test)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._test = item.nodeid
        asked = getattr(item, "fixturenames", ())
        self._ran[item.nodeid] = (item.path, frozenset(asked))
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        self._under_way.append(fixturedef.argname)
        try:
            given = yield
        finally:
            self._under_way.pop()
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

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A worker that was lost has told nothing: its tests run again.
        self.unengaged.update(getattr(node, "workeroutput", {}).get("unengaged", ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        found = self.found()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["unengaged"] = sorted(found)
            return
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.target.write_text("\n".join(sorted(found | self.unengaged)) + "\n", "utf-8")


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
