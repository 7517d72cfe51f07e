"""gunicorn over the settings: never preloaded, so that a fork loses nothing.

    python -m registry.serving

`catalogue serve` becomes this process. The one that watches over the workers needs gunicorn and the
settings, and holds nothing else: each worker imports the application for itself.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import InvalidRequestLine, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock

from registry import config, connections
from registry.config import Settings
from registry.connections import LONGEST_LINE

if TYPE_CHECKING:
    from flask import Flask

    from registry.work import Worker


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._work: Worker | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)
        self.cfg.set("worker_exit", self._left)

    def load(self) -> "Flask":
        # Runs in the worker, after the fork: a thread started earlier would be gone. The library
        # of the metrics asks for its folder when it is first imported, which is now.
        from registry.app import create_app
        from registry.work import Worker

        app = create_app(self.settings)
        app.config["BODY_FAULTS"] = (ParseException,)
        self._work = Worker(self.settings, app.extensions["registry_database"])
        self._work.start()
        return app

    def _left(self, _arbiter: object, _worker: object) -> None:
        """End the thread after its batch; the requests have ended before it."""
        if self._work is not None:
            self._work.stop()


class _Threads(connections.Worker):
    """Our connections, with an answer of ours to an address that gunicorn does not read.

    Characters that are not encoded could be UTF-8 or GBK; to guess would find the wrong thing.

    The limit stays gunicorn's: without one it would keep any line that is sent in memory.
    """

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what could not be read; whatever is no matter of the address, as gunicorn does."""
        if isinstance(exc, LimitRequestLine):
            self.log.warning("an address is longer than %s bytes", LONGEST_LINE)
            status, code = 414, "too_long"
        elif isinstance(exc, InvalidRequestLine) and not str(exc).isascii():
            status, code = 400, "unencoded"
        else:
            super().handle_error(req, client, addr, exc)
            return
        try:
            path = _path(getattr(client, "begins", b""))
            write_nonblock(client, _unread(self.wsgi, status, code, path))
        except OSError:
            self.log.debug("the sender of an address nobody read has gone")


def _path(begins: bytes) -> str:
    """The path as far as it can be read: it tells a program from a browser, and is not repeated."""
    found = re.match(rb"(?:\r\n)?[A-Z]+ (/[A-Za-z0-9_./-]*)", begins)
    return found[1].decode() if found else "/"


def _unread(app: "Flask", status: int, code: str, path: str) -> bytes:
    """The refusal as it goes over the wire, in the form whoever asks for such addresses reads."""
    from registry.api import ckan
    from registry.edge import faults

    with app.test_request_context(path):
        if ckan.is_action(path):
            told = ckan.unread(status, "too_long_action" if code == "too_long" else code)
        else:
            told = faults.unread(status, code)
        answer = app.process_response(told)
        answer.headers["Connection"] = "close"
        head = f"HTTP/1.1 {answer.status}\r\n{answer.headers}".encode("latin-1")
        return head + answer.get_data()


def options(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": _Threads,
        "threads": 8,
        "preload_app": False,
        # Its socket would lie in the home folder of whoever runs us, outside the data folder.
        "control_socket_disable": True,
        "graceful_timeout": 30,
        "timeout": 60,
        "limit_request_line": LONGEST_LINE,
        # Who is in front of us is said by a setting of ours, and no header says where we lie.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        # What is kept for a slow reader goes before what comes after it.
        "sendfile": False,
        "loglevel": settings.log,
        "proc_name": "catalogue",
    }


def become() -> NoReturn:
    """Serve in the place of the command that runs, which is forgotten."""
    os.execv(sys.executable, [sys.executable, "-P", "-m", "registry.serving"])  # noqa: S606


def main() -> None:
    """Serve until told to stop."""
    config.start_log()
    with _counters():
        _Server(config.load()).run()


@contextmanager
def _counters() -> Iterator[None]:
    """A folder for the counters of the workers, gone when the server ends.

    It lies in memory where the system has such a place: on a full disk a write to a mapped file
    would end the worker, and reading has to go on.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, by mkdtemp
    folder = tempfile.mkdtemp(prefix="catalogue-", dir=memory if memory.is_dir() else None)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    owner = os.getpid()
    try:
        yield
    finally:
        # Every worker leaves through here as well.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
