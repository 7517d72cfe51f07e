"""`index verify` names every difference and nothing else, whatever befell the index."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import search
from registry import db, discovery
from registry.discovery import indexing
from search import Index, Outdated, SearchDoc, documents
from tests.catalogue.test_life import published
from tests.factories import Town

SERVER = os.environ.get("CATALOGUE_TEST_SEARCH_URL", "").rstrip("/")
ENGINES = ("tantivy", "elasticsearch") if SERVER else ("tantivy",)
NAMES = ("甲信息", "乙信息", "丙信息", "丁信息", "戊信息")


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    if request.param == "tantivy":
        opened = search.open("tantivy:", tmp_path / "index")
        yield opened
        opened.close()
        return
    alias = f"test-{uuid.uuid4().hex[:12]}"
    opened = search.open(f"{SERVER}/{alias}", tmp_path)
    yield opened
    opened.close()
    with Elasticsearch(SERVER) as client:
        for name in client.indices.get(index=f"{alias}-*"):
            client.indices.delete(index=name)


@pytest.fixture
def held(database: db.Database) -> list[SearchDoc]:
    """What the index is to hold."""
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        for name in NAMES:
            published(town, name)
    with db.transaction(database, writes=False) as session:
        return list(indexing.everything(session))


def otherwise(doc: SearchDoc, turn: int, **more: object) -> SearchDoc:
    document = {**doc.document, **more}
    return SearchDoc(doc.key, doc.visibility, doc.department, turn, document, doc.envelope)


DAMAGES = st.lists(
    st.sampled_from(("none", "missing", "older", "newer", "changed")),
    min_size=len(NAMES),
    max_size=len(NAMES),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DAMAGES, st.sets(st.sampled_from("xyz")))
def test_every_damage_is_named_and_nothing_else(
    database: db.Database,
    index: Index,
    held: list[SearchDoc],
    damages: list[str],
    strangers: set[str],
) -> None:
    kept: list[SearchDoc] = []
    expected: dict[str, str] = dict.fromkeys(strangers, "left_over")
    for doc, damage in zip(held, damages, strict=True):
        turn = doc.turn + {"older": -1, "newer": 1}.get(damage, 0)
        more = {"abstract": "别的摘要"} if damage == "changed" else {}
        if damage != "missing":
            kept.append(otherwise(doc, turn, **more))
        if damage != "none":
            code = {"missing": "missing", "changed": "changed"}.get(damage, "stale")
            expected[doc.key] = code
    kept += [SearchDoc(key, "1", "U1", 1, {"name": "多出来的"}) for key in strangers]
    index.rebuild(kept)
    assert {one.key: one.code for one in discovery.verify(database, index)} == expected
    # A rebuild mends whatever it was.
    discovery.rebuild(database, index)
    assert discovery.verify(database, index) == []


def test_an_index_of_another_analyser_is_named_as_a_whole(
    database: db.Database, index: Index, held: list[SearchDoc], monkeypatch: pytest.MonkeyPatch
) -> None:
    index.rebuild(held)
    monkeypatch.setattr(documents, "analyser", lambda: "z9-00000000")
    monkeypatch.setattr("search.elastic._CHECK_HOLDS", 0.0)
    with pytest.raises(Outdated, match="not built by analyser"):
        discovery.verify(database, index)
