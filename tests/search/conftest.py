"""Real indexes: tantivy always, Elasticsearch where CATALOGUE_TEST_SEARCH_URL names a server."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

import search
from search import Index

SERVER = os.environ.get("CATALOGUE_TEST_SEARCH_URL", "").rstrip("/")
SECURE = os.environ.get("CATALOGUE_TEST_SECURE_SEARCH_URL", "")
collect_ignore = [] if SECURE else ["test_secure.py"]
ENGINES = ("tantivy", "elasticsearch") if SERVER else ("tantivy",)


def pytest_report_header() -> str:
    secure = "" if SECURE else "; not collected: TLS (CATALOGUE_TEST_SECURE_SEARCH_URL)"
    return f"search engines: {', '.join(ENGINES)}{secure}"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An alias of its own on the configured server, removed with its indexes at the end."""
    alias = f"test-{uuid.uuid4().hex[:12]}"
    yield f"{SERVER}/{alias}"
    with Elasticsearch(SERVER) as client:
        for name in client.indices.get(index=f"{alias}-*"):
            client.indices.delete(index=name)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "tantivy":
        return "tantivy:"
    return str(request.getfixturevalue("server"))


@pytest.fixture
def index(url: str, tmp_path: Path) -> Iterator[Index]:
    """An empty index of each engine."""
    opened = search.open(url, tmp_path)
    opened.rebuild(())
    yield opened
    opened.close()
