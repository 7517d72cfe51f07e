"""Ask an application as a server does, without a client's own work: what an answer costs.

The request is made before the clock starts, so that only what the server does is counted: routing,
rights, the question, the answer as bytes. CPU is that of this process; with Elasticsearch or
PostgreSQL the share of their servers is not in it, and the wall time beside it says more.
"""

import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

Asked = Callable[[int], Mapping[str, Any]]
WARM = 5


@dataclass(frozen=True)
class Cost:
    """CPU and wall milliseconds of one answer, the median of all."""

    cpu: float
    wall: float


class Asking:
    """An application and the token of somebody who asks it."""

    def __init__(self, app: Flask, token: str) -> None:
        self._app = app
        self._headers = {"Authorization": token} if token else {}

    def post(self, action: str, **given: object) -> Asked:
        """A call of an action; a parameter that is a function is asked for the number of it."""

        def made(n: int) -> Mapping[str, Any]:
            sent = {name: value(n) if callable(value) else value for name, value in given.items()}
            return _environ(f"/api/3/action/{action}", self._headers, json.dumps(sent).encode())

        return made

    def get(self, path: str | Callable[[int], str], **headers: str) -> Asked:
        """A page, or a file."""

        def made(n: int) -> Mapping[str, Any]:
            where = path(n) if callable(path) else path
            return _environ(where, {**self._headers, **headers})

        return made

    def answer(self, environ: Mapping[str, Any]) -> bytes:
        """The body of the answer; anything but success ends the benchmark."""
        told: list[str] = []

        def start(status: str, headers: object, exc_info: object = None) -> Callable[[bytes], Any]:
            told.append(status)
            return lambda part: part

        parts = self._app.wsgi_app({**environ}, start)
        body = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        assert told[0].startswith("200"), (told, body[:300])
        return body

    def cost(self, asked: Asked, rounds: int) -> Cost:
        """What one answer costs, each question asked once after a few to warm up."""
        for n in range(WARM):
            self.answer(asked(n))
        spent = []
        for n in range(WARM, WARM + rounds):
            environ = asked(n)
            cpu, wall = time.process_time(), time.perf_counter()
            self.answer(environ)
            spent.append((time.process_time() - cpu, time.perf_counter() - wall))
        middle = len(spent) // 2
        cpus, walls = (sorted(one[part] for one in spent) for part in (0, 1))
        return Cost(cpus[middle] * 1000, walls[middle] * 1000)


def _environ(path: str, headers: Mapping[str, str], body: bytes = b"") -> Mapping[str, Any]:
    where, _, query = path.partition("?")
    more: dict[str, Any] = {"method": "POST", "data": body} if body else {}
    if body:
        more["content_type"] = "application/json"
    environ = EnvironBuilder(where, query_string=query, headers=headers, **more).get_environ()
    if body:
        environ["wsgi.input"] = io.BytesIO(body)
    return environ
