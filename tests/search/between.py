"""What stands between the product and its search server, and may fail in each way there is."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

_HEAD = "HTTP/1.1 {}\r\nX-Elastic-Product: Elasticsearch\r\nContent-Type: {}\r\n"
_JSON = "application/vnd.elasticsearch+json;compatible-with=8"


def _whole(status: str, body: str, kind: str = _JSON) -> bytes:
    made = body.encode()
    return f"{_HEAD.format(status, kind)}Content-Length: {len(made)}\r\n\r\n".encode() + made


# What a server out of order says to whatever it is asked.
WORDS: Mapping[str, bytes] = {
    "busy": _whole("429 Too Many Requests", '{"error":{"type":"circuit_breaking"},"status":429}'),
    "broken": _whole("500 Internal Server Error", '{"error":{"type":"npe"},"status":500}'),
    "gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
    "portal": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
    "empty object": _whole("200 OK", "{}"),
    "other object": _whole("200 OK", '{"responses": [{"hits": 3}], "items": 7, "docs": "x"}'),
    "list": _whole("200 OK", "[]"),
    "no json": _whole("200 OK", '{"took": 1, "resp'),
    "cut short": _whole("200 OK", "x" * 5_000)[:300],
    "noise": b"\x00\xff" * 200 + b"\r\n\r\n",
}
# An answer without an end, a byte at a time; and one whose head has none.
_ENDLESS: Mapping[str, bytes] = {
    "slow body": f"{_HEAD.format('200 OK', _JSON)}Content-Length: 100000\r\n\r\n".encode(),
    "slow head": b"HTTP/1.1 200 OK\r\nX-Slow: ",
}
WAYS = ("stopped", "frozen", *_ENDLESS, *WORDS)


class Between:
    """A port of its own before a server: lets everything through until it is told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._way = "through"
        self._told = threading.Condition()
        self._open: set[socket.socket] = set()
        self._listening: socket.socket | None = None
        self.port = 0
        self.sent = 0
        self._listen()

    def fails(self, way: str) -> None:
        """Fail in this way from now on, whatever was under way."""
        with self._told:
            self._way = way
            self._told.notify_all()
        if way == "stopped":
            self._end()
        elif way != "frozen":
            self._cut()

    def works(self) -> None:
        """Let everything through again."""
        self._cut()
        with self._told:
            self._way = "through"
            self._told.notify_all()
        if self._listening is None:
            self._listen()

    def close(self) -> None:
        """Be gone."""
        self.fails("stopped")

    def _listen(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def _end(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        self._cut()

    def _cut(self) -> None:
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        self._open.add(caller)
        try:
            if self._way in WORDS:
                caller.recv(65_536)
                caller.sendall(WORDS[self._way])
            elif self._way in _ENDLESS:
                caller.recv(65_536)
                self._drip(caller, self._way)
            else:
                self._pass(caller)
        except OSError:
            pass
        finally:
            self._open.discard(caller)
            caller.close()

    def _drip(self, caller: socket.socket, way: str) -> None:
        caller.sendall(_ENDLESS[way])
        while self._way == way:
            caller.sendall(b"x")
            self.sent += 1
            with self._told:
                self._told.wait(0.02)

    def _pass(self, caller: socket.socket) -> None:
        with self._told:
            self._told.wait_for(lambda: self._way != "frozen")
        with socket.create_connection(self._server) as server:
            self._open.add(server)
            back = threading.Thread(target=self._copy, args=(server, caller), daemon=True)
            back.start()
            self._copy(caller, server)
            back.join()
            self._open.discard(server)

    def _copy(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                with self._told:
                    self._told.wait_for(lambda: self._way != "frozen")
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(host: str = "127.0.0.1", port: int = 9) -> Iterator[Between]:
    """Something before a server; by default before a port nobody listens at."""
    made = Between(host, port)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def before(server: str) -> Iterator[Between]:
    """Something before the server at this address."""
    place = urlsplit(server)
    with between(str(place.hostname), place.port or 9200) as made:
        yield made
