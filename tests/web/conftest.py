"""The component gallery on a port of its own, and the browser of the journeys."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.journeys.conftest import FOUND
from tests.web.gallery import gallery

collect_ignore = [] if FOUND else ["test_looks.py"]


@pytest.fixture(scope="session")
def app() -> Flask:
    return gallery()


@pytest.fixture(scope="session")
def origin(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
