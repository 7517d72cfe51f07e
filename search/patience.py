"""Connections to a server that keep to their time, however slowly it sends.

A socket's timeout lies between two bytes: a server that sends one byte a second holds a thread for
ever. Here the whole answer has the time of its request, and all requests of a question together
have the time of the question (`within`).
"""

import http.client
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

from elastic_transport import NodeConfig, Urllib3HttpNode
from urllib3.connection import HTTPConnection, HTTPSConnection

_LEAST = 0.001
_until: ContextVar[float] = ContextVar("_until", default=float("inf"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give everything that is asked inside this time together; an outer, shorter time stays."""
    token = _until.set(min(_until.get(), monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def _left(seconds: float | None) -> float:
    """Of a time allowed, what the question as a whole still has; a little where it has nothing."""
    rest = _until.get() - monotonic()
    return max(_LEAST, rest if seconds is None else min(seconds, rest))


class PatientNode(Urllib3HttpNode):
    """A server whose answers end in time; for TLS and without."""

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        is_tls = issubclass(self.pool.ConnectionCls, HTTPSConnection)
        self.pool.ConnectionCls = _Secure if is_tls else _Plain


class _Timed(io.RawIOBase):
    """The bytes of a socket until a moment; each read waits no longer than what is left."""

    def __init__(self, sock: Any, raw: io.RawIOBase, until: float) -> None:
        self._sock, self._raw, self._ends = sock, raw, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that has the time of its request from its first byte to its last."""

    def __init__(self, sock: Any, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        until = monotonic() + _left(sock.gettimeout())
        self.fp = io.BufferedReader(_Timed(sock, self.fp.detach(), until))


class _Plain(HTTPConnection):
    response_class = _Answer

    def connect(self) -> None:
        self.timeout = _left(self.timeout)
        super().connect()


class _Secure(HTTPSConnection):
    response_class = _Answer

    def connect(self) -> None:
        self.timeout = _left(self.timeout)
        super().connect()
