"""What must not erode: the committing places, marks on every route, the files of the wheel."""

import ast
from pathlib import Path

import pytest
from flask import Flask

import registry
from registry.edge import Route
from registry.edge.requests import Registry

ROOT = Path(registry.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))


def calls(name: str) -> set[str]:
    """The files in which something is called by this attribute."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr == name:
                found.add(path.relative_to(ROOT).as_posix())
    return found


def test_only_the_database_and_the_edge_commit():
    assert calls("commit") == {"db.py", "edge/requests.py"}


def test_only_the_store_writes_versions_and_resources():
    writers = set()
    for path in SOURCES:
        text = path.read_text("utf-8")
        if "sa.insert(Version" in text or "_insert(session, Version" in text:
            writers.add(path.relative_to(ROOT).as_posix())
    assert writers == {"catalogue/store.py"}


def test_every_route_says_whether_it_reads_or_writes(city: Flask):
    for rule in city.url_map.iter_rules():
        if rule.endpoint != "assets.serve":
            assert isinstance(city.view_functions[rule.endpoint].route, Route)


def test_a_route_without_a_mark_cannot_be_added():
    app = Registry("x", static_folder=None)
    with pytest.raises(TypeError, match="@reads or @writes"):
        app.add_url_rule("/x", "x", lambda: "x")


def test_no_file_is_called_by_a_name_that_says_nothing():
    empty = {"utils", "helpers", "common", "base", "misc", "manager"}
    assert not {path.stem for path in SOURCES} & empty


def test_every_public_function_and_module_says_what_it_promises():
    silent = []
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        if not ast.get_docstring(tree):
            silent.append(str(path))
    assert silent == []
