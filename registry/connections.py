"""Connections that cost a thread only while there is work to do for them.

gunicorn lends a thread to a connection with its first byte, reads the rest as it comes, sends as it
is taken, and waits for the other side to hang up where everybody is accepted: eight senders of a
byte a second, or one who does not hang up, keep all others out. Here the one loop gathers what
comes until a request has arrived, with its body or the first SMALL bytes of a long one; it sends
what the other side was too slow to take, and waits for it to hang up. Whoever is too slow for that
is told so and left.
"""

import errno
import re
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# Of a body: what is gathered before a thread is asked. Forms and calls of programs are shorter.
SMALL = 64 * 1024
# More than any setting lets in: refused without a look at it.
REFUSED = 1 << 30
# Method, address and version of a request in bytes; a longer line is read no further.
LONGEST_LINE = 8190
# Longer than any head that the reader of heads takes by its own limits of line and field.
HEAD = 64 * 1024
# A request arrives within so many seconds, and hanging up takes so many.
ARRIVES_S = 20.0
LINGERS_S = 2.0
# Beyond that, a long body and an answer go at least so many bytes a second, after some seconds.
PACE = 8 * 1024
GRACE_S = 10.0
# Of answers nobody takes: what may wait in memory for one connection, and for all.
WAITS = 4 * 1024 * 1024
WAIT_ALL = 64 * 1024 * 1024

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.I | re.M)
_CHUNKED = re.compile(rb"^transfer-encoding:", re.I | re.M)
_EXPECTS = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r?$", re.I | re.M)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


def has_arrived(held: bytes | bytearray) -> bool:
    """Whether a thread that reads the request from here would not have to wait.

    Also where it is none: whoever reads it refuses at once. A body that is longer than SMALL has
    arrived when so much of it has.
    """
    head = held.find(b"\r\n\r\n")
    if head < 0:
        # A lone line feed, and a first line that is too long, are refused as soon as read.
        most = LONGEST_LINE + 4
        endless = len(held) > most and held.find(b"\r\n", 2, most) < 0
        return endless or bool(re.search(rb"(?<!\r)\n", held))
    fields, body = held[: head + 2], memoryview(held)[head + 4 :]
    if _CHUNKED.search(fields):
        return len(body) >= SMALL or _is_whole(body)
    length = _LENGTH.search(fields)
    return length is None or int(length[1]) > REFUSED or len(body) >= min(int(length[1]), SMALL)


def _is_whole(body: memoryview) -> bool:
    """Whether the last chunk and what follows it is there, or something that is no chunk."""
    at = 0
    while at < len(body):
        size = _CHUNK.match(body, at)
        if size is None:
            return len(body) - at > 256 or b"\n" in bytes(body[at:])
        if int(size[1], 16) == 0:
            rest = bytes(body[size.end() :])
            return rest.startswith(b"\r\n") or b"\r\n\r\n" in rest
        after = size.end() + int(size[1], 16)
        if len(body) < after + 2:
            return False
        if bytes(body[after : after + 2]) != b"\r\n":
            return True
        at = after + 2
    return False


class _Waiting:
    """How many bytes of answers wait in memory, of all connections of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    def take(self, number: int) -> bool:
        """Room for so many more; False where there is none."""
        with self._lock:
            if self._bytes + number > WAIT_ALL:
                return False
            self._bytes += number
            return True

    def give(self, number: int) -> None:
        with self._lock:
            self._bytes -= number


_waiting = _Waiting()


class Line:
    """A socket that keeps what the other side does not take yet, and hangs up on a slow one."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.left = bytearray()
        self.begins = b""
        self._until = 0.0
        self._over = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def begin(self) -> None:
        """A thread is lent from here on."""
        self._until = time.monotonic() + GRACE_S

    def recv(self, size: int, *flags: int) -> bytes:
        """As of a socket; ConnectionResetError when the sender has been too slow."""
        if self._sock.gettimeout() is None:
            self._wait(select.POLLIN)
        data = self._sock.recv(size, *flags)
        self._until += len(data) / PACE
        return data

    def sendall(self, data: bytes | memoryview) -> None:
        """Send, or keep for later, as far as there is room for it; then as the other side takes."""
        rest = memoryview(data)
        if not self.left:
            rest = rest[self.push(rest) :]
        while len(rest):
            if len(self.left) + len(rest) <= WAITS and _waiting.take(len(rest)):
                self.left += rest
                return
            self._wait(select.POLLOUT)
            self.flush()
            if not self.left:
                rest = rest[self.push(rest) :]

    def push(self, data: memoryview | bytearray) -> int:
        """How many bytes went without waiting."""
        sent = 0
        view = memoryview(data)
        try:
            while sent < len(view):
                sent += self._sock.send(view[sent : sent + (1 << 18)], socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        finally:
            view.release()
        self._until += sent / PACE
        return sent

    def flush(self) -> None:
        """Send of what was kept as much as goes without waiting."""
        sent = self.push(self.left)
        del self.left[:sent]
        _waiting.give(sent)

    def forget(self) -> None:
        """Nothing is sent any more."""
        _waiting.give(len(self.left))
        self.left = bytearray()

    def _wait(self, event: int) -> None:
        remaining = 0.0 if self._over else self._until - time.monotonic()
        poll = select.poll()
        poll.register(self._sock, event)
        if remaining <= 0 or not poll.poll(remaining * 1000):
            self._over = True
            raise ConnectionResetError(errno.ECONNRESET, "too slow")


@dataclass
class _Wait:
    """What the loop waits for on a connection, until when, and what becomes of it then."""

    ready: Callable[[Any], None]
    until: float
    idle: bool = False
    tells: bytes = b""


def _plain(status: str, words: str) -> bytes:
    body = f"{words}\n".encode()
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


_SLOW = _plain(
    "408 Request Timeout",
    "请求没有及时收完，请检查网络后重新发送。"
    " / The request did not arrive in time: check the line and send it again.",
)
_LARGE = _plain(
    "431 Request Header Fields Too Large",
    "请求头过长，请清除本站的 Cookie 或者减少请求头后重试。"
    " / The head of the request is too long: clear the cookies of this site or send fewer fields.",
)


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, for requests that have arrived."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waits: dict[TConn, _Wait] = {}
        self._swept = 0.0
        self._stops: float | None = None

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection in, and wait for what it asks."""
        try:
            sock, address = listener.accept()
        except OSError as fault:
            if fault.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, Line(sock), address, listener.getsockname())
        conn.held, conn.invited = bytearray(), False
        self._gather(conn, ARRIVES_S)
        self._make_room()

    def _gather(self, conn: TConn, seconds: float) -> None:
        """Wait for a request, from what is held of it already."""
        conn.invited = False
        if has_arrived(conn.held):
            self._lend(conn)
            return
        conn.sock.setblocking(False)
        idle = not conn.held
        self._wait(conn, selectors.EVENT_READ, _Wait(self._more, _now() + seconds, idle))

    def _more(self, conn: TConn) -> None:
        try:
            data = conn.sock.recv(SMALL)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
            return
        conn.held += data
        wait = self._waits[conn]
        if wait.idle:
            wait.idle, wait.until = False, _now() + ARRIVES_S
        wait.tells = _SLOW
        head = conn.held.find(b"\r\n\r\n")
        if has_arrived(conn.held):
            self._stop_waiting(conn)
            self._lend(conn)
        elif head < 0 and len(conn.held) > HEAD:
            self._refuse(conn, _LARGE)
        elif head >= 0 and not conn.invited and _EXPECTS.search(conn.held, 0, head + 2):
            conn.invited = True
            conn.sock.push(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _lend(self, conn: TConn) -> None:
        conn.sock.begin()
        self.enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Give what was gathered to the reader of requests, then as gunicorn does."""
        conn.init()
        held, conn.held = bytes(conn.held), bytearray()
        # Of a line that is too long the reader tells no more than that.
        conn.sock.begins = held[:LONGEST_LINE]
        conn.parser.unreader.unread(held)
        return super().handle(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Send what is left of the answer, then wait for the next request or the end."""
        goes_on = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        try:
            conn.sock.setblocking(False)
            if conn.sock.left:
                until = _now() + GRACE_S + len(conn.sock.left) / PACE
                self._wait(
                    conn,
                    selectors.EVENT_WRITE,
                    _Wait(lambda one: self._send_rest(one, goes_on), until),
                )
            else:
                self._answered(conn, goes_on)
        except OSError:
            self._drop(conn)

    def _send_rest(self, conn: TConn, goes_on: bool) -> None:
        try:
            conn.sock.flush()
        except OSError:
            self._drop(conn)
            return
        if not conn.sock.left:
            self._stop_waiting(conn)
            self._answered(conn, goes_on)

    def _answered(self, conn: TConn, goes_on: bool) -> None:
        if goes_on:
            # Reading a body may have read on into the next request.
            conn.held = bytearray(conn.parser.unreader.take_buffered())
            self._gather(conn, ARRIVES_S if conn.held else self.cfg.keepalive)
        else:
            self._hang_up(conn)

    def _hang_up(self, conn: TConn) -> None:
        """Say that no more comes, and take what is still on its way: else the answer is lost."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        self._wait(conn, selectors.EVENT_READ, _Wait(self._ignore, _now() + LINGERS_S))

    def _ignore(self, conn: TConn) -> None:
        try:
            if conn.sock.recv(SMALL):
                return
        except BlockingIOError:
            return
        except OSError:
            self.log.debug("the other side has gone already")
        self._drop(conn)

    def _refuse(self, conn: TConn, told: bytes) -> None:
        self._stop_waiting(conn)
        try:
            conn.sock.push(memoryview(told))
        except OSError:
            self._drop(conn)
            return
        self._hang_up(conn)

    # --- what is waited for ---------------------------------------------------------------------

    def _wait(self, conn: TConn, event: int, wait: _Wait) -> None:
        self._waits[conn] = wait
        # Whatever it waits for, the entry of the poller finds it by the connection.
        self.poller.register(conn.sock, event, lambda _: self._ready(conn))

    def _ready(self, conn: TConn) -> None:
        # Of two events of one round the first may have ended the waiting.
        if conn in self._waits:
            self._waits[conn].ready(conn)

    def _stop_waiting(self, conn: TConn) -> None:
        if self._waits.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._stop_waiting(conn)
        conn.sock.forget()
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> None:
        """Let the oldest that have asked nothing yet go, before there is no room for new ones."""
        most = self.worker_connections * 9 // 10
        if self.nr_conns <= most:
            return
        for conn, wait in list(self._waits.items()):
            if wait.ready == self._more:
                self._drop(conn)
                break

    def murder_pending(self) -> None:
        """Let go of everybody whose time is over; asked for in every round, done twice a second."""
        now = _now()
        if not self.alive and self._stops is None:
            self._stops = now + LINGERS_S
        if now - self._swept < 0.5:
            return
        self._swept = now
        for conn, wait in list(self._waits.items()):
            until = wait.until
            if wait.idle and self._stops is not None:
                until = min(until, self._stops)
            if until > now:
                continue
            if wait.tells:
                self._refuse(conn, wait.tells)
            else:
                self._drop(conn)


def _now() -> float:
    return time.monotonic()
