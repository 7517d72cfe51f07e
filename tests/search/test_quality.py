"""Judged queries, where they lie beside the checkout."""

from pathlib import Path

import pytest

from benchmarks import search_quality

FOLDER = Path(__file__).parents[3] / "shared" / "search-dev"

if FOLDER.is_dir():

    @pytest.fixture(scope="module")
    def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
        index = search_quality.built("tantivy:", FOLDER, tmp_path_factory.mktemp("quality"))
        rows = search_quality.table(search_quality.measured(index, FOLDER))
        index.close()
        return {name: figures[0] for name, (_, figures) in rows.items()}

    def test_what_people_ask_for_stands_on_the_first_page(figures: dict[str, float]) -> None:
        assert figures["all"] >= 0.80
