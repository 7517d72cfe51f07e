"""The list of tests that met no engine leaves out nothing that could differ."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFTEST = """
from pathlib import Path
import pytest
from tests import engines

pytest_addoption = engines.options

def pytest_configure(config):
    if noted := config.getoption("note_unengaged"):
        config.pluginmanager.register(engines.Watch(Path(noted)))

def pytest_collection_modifyitems(config, items):
    engines.left_out(config, items)

@pytest.fixture(scope="session", autouse=True)
def cleans_up():
    yield
"""
SUITE = """
import os, sqlite3, subprocess, sys
import pytest

@pytest.fixture
def opened():
    return sqlite3.connect(":memory:")

@pytest.fixture
def over(opened):
    return opened

def test_of_nothing(): pass
def test_that_fails(): assert not 1
def test_of_a_fixture(over): pass
def test_of_a_database(): sqlite3.connect(":memory:").close()
def test_of_a_process(): subprocess.run([sys.executable, "-c", "pass"], check=True)
def test_of_a_process_that_is_told():
    env = sys.audit("registry.environment")
    subprocess.run([sys.executable, "-c", "pass"], env=env, check=True)
"""
# What a browser asks is asked by others, by a part of them, or by nobody.
BROWSED = """
import pytest
import sqlalchemy as sa

ENGINES = [sa.create_engine("sqlite://")]

@pytest.fixture(scope="module")
def browser(): return "Chromium"

def asks(statement, given=()):
    with ENGINES[0].connect() as connection:
        connection.exec_driver_sql(statement, given)
"""
ASKING = (
    BROWSED
    + """
def test_asks():
    asks("SELECT 1")
    asks("SELECT 2 WHERE 2 IN (?, ?)", (1, 2))
    asks("SELECT 4 WHERE (4 = ?)", (4,))
    asks("CREATE TABLE IF NOT EXISTS line (id, name, note)")
    asks("UPDATE line SET name=? WHERE id = ?", (1, 2))
    asks("UPDATE line SET note=? WHERE id = ?", (1, 2))
"""
)
COVERED = (
    BROWSED
    + """
def test_sees(browser): asks("SELECT 1")
def test_sees_more(browser):
    asks("SELECT 2 WHERE 2 IN (?, ?, ?)", (1, 2, 3))
    asks("SELECT 4 WHERE (4 = ?) OR (4 = ?)", (3, 4))
    asks("CREATE TABLE IF NOT EXISTS line (id, name, note)")
    asks("UPDATE line SET name=?, note=? WHERE id = ?", (1, 2, 3))
"""
)
OF_ITS_OWN = (
    BROWSED
    + """
def test_sees(browser): asks("SELECT 1")
def test_sees_more(browser): asks("SELECT 3")
"""
)
# A column of its own, and another row: each is a statement by itself.
CHANGES = (
    BROWSED
    + """
def test_changes(browser):
    asks("CREATE TABLE IF NOT EXISTS line (id, name, note)")
    asks("UPDATE line SET name=?, id=? WHERE id = ?", (1, 2, 3))
"""
)
CHOOSES = (
    BROWSED
    + """
def test_chooses(browser):
    asks("CREATE TABLE IF NOT EXISTS line (id, name, note)")
    asks("UPDATE line SET name=?, note=? WHERE name = ?", (1, 2, 3))
"""
)
# The connection is opened by whoever comes first, and kept.
KEPT = """
import sqlite3
from functools import cache

@cache
def connection(): return sqlite3.connect(":memory:")
def test_first(): connection()
def test_second(): connection()
"""
SHARED = """
import sqlite3
import pytest

@pytest.fixture(scope="module")
def place():
    return {}

def test_first(place): place["opened"] = sqlite3.connect(":memory:")
def test_second(place): assert place
def test_third(): pass
"""
NAMED = "SERVER = ''\ndef test_where_there_is_one(): assert not SERVER\n"


def suite(folder: Path, *options: str) -> str:
    """What pytest says of the small suite of this file."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    # Of what is installed beside pytest it needs what it asks for alone.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*words, str(folder)], check=False, capture_output=True, text=True, cwd=ROOT, env=env
    )
    return done.stdout + done.stderr


def test_only_what_passed_without_an_engine_is_left_out(tmp_path):
    inner = tmp_path / "tests" / "small"
    inner.mkdir(parents=True)
    (inner / "conftest.py").write_text(CONFTEST)
    files = {"suite": SUITE, "kept": KEPT, "shared": SHARED, "named": NAMED}
    files |= {"asking": ASKING, "covered": COVERED, "of_its_own": OF_ITS_OWN}
    files |= {"changes": CHANGES, "chooses": CHOOSES}
    for name, text in files.items():
        (inner / f"test_{name}.py").write_text(text)
    for options in ((), ("-p", "xdist.plugin", "-n", "2", "--dist", "loadfile")):
        noted = tmp_path / "noted"
        told = suite(inner, f"--note-unengaged={noted}", *options)
        assert "1 failed, 18 passed" in told, told
        names = [line.rpartition("/")[2] for line in noted.read_text().split()]
        assert names == [
            "test_covered.py::test_sees",
            "test_covered.py::test_sees_more",
            "test_shared.py::test_third",
            "test_suite.py::test_of_a_process",
            "test_suite.py::test_of_nothing",
        ]
    assert "1 failed, 13 passed, 5 deselected" in suite(inner, f"--leave-out={noted}")
