"""What stops a search server runs where there is one (CATALOGUE_TEST_SEARCH_URL)."""

from tests.search.conftest import SERVER

collect_ignore = [] if SERVER else ["test_engine_away.py"]
