"""The server answers what it cannot read as our pages do."""

import json
import socket
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cli.processes import apart, fetched, served


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One server for all: each test ends with its being there still."""
    with served(apart(tmp_path_factory.mktemp("served"), log="error")) as (_, found):
        yield found


def test_an_address_that_is_too_long_gets_our_page_and_the_server_goes_on(address):
    assert fetched(f"{address}/search?q={'a' * 7000}")[0] in (200, 303)
    for sent in (f"search?q={'a' * 9000}", "zhang" * 20_000):
        status, page = fetched(f"{address}/{sent}")
        assert status == 414
        assert "地址过长 / The address is too long" in page
        assert "请减少检索词" in page
        assert '<a href="/">首页 / Home</a>' in page
        assert "zhang" not in page
    assert fetched(f"{address}/livez")[0] == 200


def test_a_call_whose_address_is_too_long_is_answered_in_the_form_of_its_kind(address):
    for words in ("a" * 9000, "%E5%A9%9A" * 1000, "%E5%A9%9A" * 10_000):
        line = "HTTP/1.1\r\nHost: registry\r\n\r\n"
        problem = answered(address, f"GET /api/v1/search?q={words} {line}")
        assert problem[0].startswith("HTTP/1.1 414 ")
        assert "\r\nContent-Type: application/problem+json" in problem[0]
        assert problem[1]["type"] == "too_long"
        assert "请减少检索词" in problem[1]["languages"]["zh"]["detail"]
        for prefix in ("/api/3/action", "/api/action"):
            head, body = answered(address, f"GET {prefix}/package_search?q={words} {line}")
            assert head.startswith("HTTP/1.1 414 ")
            assert "\r\nContent-Type: application/json" in head
            assert (body["success"], body["error"]["__type"]) == (False, "Search Query Error")
            assert "POST" in body["error"]["message"]
        _, body = answered(address, f"GET /api/3/action/package_show?id={words} {line}")
        assert body["error"]["__type"] == "Validation Error"
    assert fetched(f"{address}/livez")[0] == 200


def answered(address: str, request: str) -> tuple[str, dict[str, Any]]:
    """Head and body of the answer to a request sent as it stands."""
    head, _, body = sent(address, request.encode()).partition("\r\n\r\n")
    return head, json.loads(body)


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_an_address_with_bare_chinese_is_told_how_to_write_it(address, charset):
    page = raw(address, "GET /search?q=婚姻 HTTP/1.1".encode(charset))
    problem = raw(address, "GET /api/v1/search?q=婚姻 HTTP/1.1".encode(charset))
    action = raw(address, "GET /api/3/action/package_search?q=婚姻 HTTP/1.1".encode(charset))
    for answer in (page, problem, action):
        assert answer.startswith("HTTP/1.1 400 ")
        assert "地址里的中文没有编码" in answer
        assert "The address has characters that are not encoded" in answer
        assert "--data-urlencode" in answer
    assert "\r\nContent-Type: text/html" in page
    assert "\r\nContent-Type: application/problem+json" in problem
    assert "\r\nContent-Type: application/json" in action
    assert '"success": false' in action
    assert fetched(f"{address}/livez")[0] == 200


def raw(address: str, line: bytes) -> str:
    """The answer to a request line sent as it stands."""
    return sent(address, line + b"\r\nHost: registry\r\nConnection: close\r\n\r\n")


def sent(address: str, request: bytes) -> str:
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=300) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65_536), b"")).decode()


def test_who_watches_over_the_workers_imports_nothing_of_the_application():
    code = (
        "import sys, registry.serving;"
        " assert not {'registry.app', 'registry.work', 'sqlalchemy', 'flask'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_fresh_worker_imports_nothing_that_few_requests_need():
    heavy = "pandas polars pyarrow numpy rdflib openpyxl xlsxwriter python_calamine typst pypdf"
    heavy += " faker pypinyin elasticsearch psycopg alembic jsonschema rich"
    code = (
        "import sys, registry.app, registry.work;"
        f" found = set({heavy.split()!r}) & set(sys.modules); assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
