"""The component gallery on a port of its own, and the browser of the journeys."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.journeys.browser import served
from tests.journeys.conftest import FOUND
from tests.web.gallery import gallery

collect_ignore = [] if FOUND else ["test_looks.py"]


@pytest.fixture(scope="session")
def app() -> Flask:
    return gallery()


@pytest.fixture(scope="session")
def origin(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address
