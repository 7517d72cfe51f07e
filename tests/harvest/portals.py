"""Catalogues to harvest: real servers on loopback that say what a test wants them to say."""

import ipaddress
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors import ckan, excel
from connectors.fetching import Fetcher, Limits
from registry import harvest
from registry.access import SYSTEM
from registry.db import Database, transaction
from registry.harvest import Ran
from tests.factories import document

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)
# Status, headers, body.
Said = tuple[int, dict[str, str], bytes]
CIVIL = "11150300DEM000022H"


@dataclass
class Portal:
    """A server whose answers a function makes; `asked` are the paths and queries, in order."""

    answer: Callable[[str, dict[str, str]], Said]
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(answer: Callable[[str, dict[str, str]], Said]) -> Iterator[Portal]:
    """A portal on a free port of loopback."""
    portal = Portal(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            portal.asked.append(self.path)
            given = {k: v[0] for k, v in parse_qs(parts.query).items()}
            status, headers, body = portal.answer(parts.path, given)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # Asked often whether it is to end: each of hundreds would wait half a second for that.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    portal.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield portal
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def package(id_: str, **more: Any) -> dict[str, Any]:
    """A package of the civil affairs bureau, as another portal gives it."""
    made = ckan.package(document(f"{id_}信息"), ckan.About(key=id_, department_code=CIVIL))
    return {**made, "id": id_, "name": id_, "extras": _foreign(made), **more}


def _foreign(made: dict[str, Any]) -> list[dict[str, str]]:
    """The extras without what marks a package as one of this registry's own."""
    return [one for one in made["extras"] if one["key"] != "key"]


def said(result: Any, status: int = 200) -> Said:
    """An answer of CKAN's action interface."""
    body = json.dumps({"success": status == 200, "result": result}).encode()
    return status, {"Content-Type": "application/json"}, body


def ckan_of(packages: list[dict[str, Any]]) -> Callable[[str, dict[str, str]], Said]:
    """A portal that holds these packages; whoever changes the list changes the portal."""

    def answer(path: str, given: dict[str, str]) -> Said:
        if path.endswith("package_search"):
            start, rows = int(given["start"]), int(given["rows"])
            listed = sorted(packages, key=lambda one: str(one["id"]))[start : start + rows]
            return said({"count": len(packages), "results": listed})
        found = [one for one in packages if one["id"] == given.get("id")]
        return said(found[0]) if found else said(None, 404)

    return answer


def fetcher(_: object = None) -> Fetcher:
    """What asks the servers of tests: 127.0.0.1 alone, however slow the machine."""
    return Fetcher(LOOPBACK, Limits(seconds=120, size=8 << 20))


def entered(database: Database, name: str, kind: str, address: str = "", **more: Any) -> None:
    """Enter a source."""
    with transaction(database, writes=True) as session:
        harvest.add_source(session, SYSTEM, name, kind, address, **more)


def ran(database: Database, name: str, content: bytes = b"") -> Ran:
    """Run a source once."""
    return harvest.run(database, SYSTEM, name, fetcher, content)


def sheet(names: Mapping[int, str]) -> bytes:
    """The official sheet of the region with these entries of the civil affairs bureau."""
    rows = [
        excel.Exported(
            document(f"{name}信息"), "", f"150000307002/{n:06}", "民政局", CIVIL, "2026-01-05", ""
        )
        for n, name in names.items()
    ]
    return excel.write(rows, "自治区目录")
