"""Whoever sends slowly, wrongly or never to the end keeps nobody else waiting, and is told why."""

import re
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.connections import SMALL, has_arrived
from tests.cli.processes import apart, fetched, served

# More than there are threads.
MANY = 24
HOST = b"Host: registry\r\n"
CALL = b"POST /api/3/action/status_show HTTP/1.1\r\n" + HOST
JSON = CALL + b"Content-Type: application/json\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    env = apart(tmp_path_factory.mktemp("served"), log="error", anonymous="open")
    with served(env) as (_, address):
        yield urlsplit(address)


def opened(server):
    return socket.create_connection((server.hostname, server.port), timeout=300)


def told(server, sent, *, ends=False):
    """The statuses and the whole of what one connection is answered."""
    with opened(server) as line:
        line.sendall(sent)
        if ends:
            line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    return [int(one) for one in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)], answer


SLOW = {
    "nothing": b"",
    "a line": b"GE",
    "a head": b"GET / HTTP/1.1\r\n" + HOST + b"X-Slow: a",
    "a body": CALL + b"Content-Length: 1000\r\n\r\n{",
    "a body that was invited": CALL + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    "chunks": CALL + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n{",
    "who asks on": b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\nGET /li",
    "who does not hang up": b"GET /livez HTTP/1.0\r\n\r\n",
    "who takes no answer": (b"GET /api/v1/openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 30,
}


@pytest.mark.parametrize("kind", SLOW)
def test_many_slow_ones_keep_nobody_waiting(server, kind):
    with ExitStack() as kept:
        for _ in range(MANY):
            line = kept.enter_context(opened(server))
            line.sendall(SLOW[kind])
        # A thread that waits for any of them would be lent for ten seconds and more.
        for _ in range(3):
            assert fetched(f"{server.geturl()}/livez")[0] == 200


def test_who_does_not_come_to_an_end_is_told_so(server):
    status, answer = told(server, SLOW["a head"])
    assert status == [408]
    assert "请求没有及时收完，请检查网络后重新发送" in answer.decode()
    assert "send it again" in answer.decode()


def test_a_head_without_end_is_refused_before_it_is_kept(server):
    status, answer = told(server, b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 400_000)
    assert status == [431]
    assert "请求头过长" in answer.decode()
    assert told(server, b"GET / HTTP/1.1\r\n" + b"X-A: a\r\n" * 2_000 + b"\r\n")[0] == [431]


@pytest.mark.parametrize(
    "wrong",
    [
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: -2\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
        b"X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length : 2\r\n\r\n{}",
        b"X-Nul: \x00\r\nContent-Length: 2\r\n\r\n{}",
    ],
)  # fmt: skip
def test_a_request_of_two_meanings_is_refused_and_nothing_behind_it_is_read(server, wrong):
    behind = b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n"
    assert told(server, JSON + wrong + behind)[0] == [400]
    assert fetched(f"{server.geturl()}/livez")[0] == 200


def test_a_body_above_the_limit_is_refused_by_its_length_and_by_what_came(server):
    assert told(server, JSON + b"Content-Length: 99999999999999\r\n\r\n{}")[0] == [413]
    body = b" " * (1 << 20) + b"{}"
    assert told(server, JSON + b"Content-Length: %d\r\n\r\n" % len(body) + body)[0] == [413]
    chunk = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    assert told(server, JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)[0] == [413]


def test_what_is_right_though_rare_is_answered(server):
    alive = b"GET /livez HTTP/1.1\r\n" + HOST
    last = alive + b"Connection: close\r\n\r\n"
    assert told(server, (alive + b"\r\n") * 3 + last)[0] == [200] * 4
    assert told(server, alive + b"\r\n", ends=True)[0] == [200]
    assert told(server, b"GET http://elsewhere.test/livez HTTP/1.1\r\n" + last[21:])[0] == [200]
    assert told(server, JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}")[0][-1] == 200
    chunks = b"1;name=value\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert told(server, JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)[0] == [200]
    # No header of a stranger says under which path we lie.
    spoken = b"SCRIPT_NAME: /x\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    assert told(server, alive + spoken)[0] == [200]


def test_a_body_in_pieces_is_read_whole_when_it_has_arrived(server):
    with opened(server) as line:
        line.sendall(JSON + b"Content-Length: 2\r\n")
        for piece in (b"\r", b"\n", b"{", b"}"):
            line.sendall(piece)
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_an_answer_that_waited_for_its_reader_comes_whole(server):
    asked = b"GET /api/v1/openapi.json HTTP/1.1\r\n" + HOST
    with opened(server) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        line.sendall((asked + b"\r\n") * 40 + asked + b"Connection: close\r\n\r\n")
        assert fetched(f"{server.geturl()}/livez")[0] == 200
        answer = b"".join(iter(lambda: line.recv(1 << 20), b""))
    lengths = [int(one) for one in re.findall(rb"Content-Length: (\d+)\r\n", answer)]
    assert len(lengths) == 41
    assert len(answer) > sum(lengths)


chunks = st.lists(st.binary(min_size=1, max_size=300), max_size=5)


@given(chunks, st.data())
def test_chunks_have_arrived_with_the_last_byte_and_not_before(parts, data):
    body = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n"
    whole = CALL + b"Transfer-Encoding: chunked\r\n\r\n" + body
    assert has_arrived(whole)
    assert not has_arrived(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.integers(0, SMALL + 100), st.integers(0, SMALL + 100))
def test_a_body_of_known_length_has_arrived_with_its_last_byte_or_enough_of_it(length, came):
    sent = CALL + b"content-length:%d\r\n\r\n" % length + b"a" * came
    assert has_arrived(sent) == (came >= min(length, SMALL))
