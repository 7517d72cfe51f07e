"""Serves the style sheets, scripts and icons of the pages, all from this origin.

Bootstrap's style sheet and icons come from the Bootstrap-Flask package at start, so nothing of
theirs stands in this code base; the icon file is cut to the pictures we use (a megabyte to a few
kilobytes). Every address carries the digest of the whole set, so a browser may keep a file for
ever, and one script can import another by a relative path.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Blueprint, Response, abort, request, url_for

ICONS = (
    "arrow-clockwise",
    "arrow-down",
    "arrow-return-left",
    "arrow-right",
    "arrow-up",
    "bell",
    "chat-left-text",
    "check-circle-fill",
    "check-lg",
    "chevron-right",
    "clipboard-plus",
    "clock",
    "cloud-check",
    "dash-circle",
    "database",
    "download",
    "exclamation-circle-fill",
    "exclamation-triangle-fill",
    "eye",
    "file-earmark-excel",
    "file-earmark-pdf",
    "file-earmark-word",
    "file-earmark-zip",
    "funnel",
    "hourglass-split",
    "info-circle-fill",
    "list-ul",
    "lock-fill",
    "pencil",
    "plus-lg",
    "printer",
    "search",
    "sliders",
    "table",
    "trash3",
    "upload",
    "wrench",
    "x-circle-fill",
    "x-lg",
)

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
A_YEAR = "public, max-age=31536000, immutable"

assets = Blueprint("assets", __name__, url_prefix="/assets")


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: its bytes, the same bytes packed, and its type."""

    content: bytes
    packed: bytes
    type: str


def asset(name: str) -> str:
    """Give the address of an asset (`catalogue.css`, `js/form.js`), good for ever.

    An unknown name raises LookupError when the page is rendered, not a 404 at the reader's.
    """
    return _address(request.script_root, name)


@lru_cache(maxsize=1_024)
def _address(root: str, name: str) -> str:
    """The address below the place where the application stands; a page names dozens of icons."""
    if name not in catalogue():
        raise LookupError(f"no such asset: {name}")
    return url_for("assets.serve", build=release(), name=name)


@assets.get("/<build>/<path:name>")
def serve(build: str, name: str) -> Response:
    """Answer with an asset; a page of an older release gets the present file, not kept."""
    found = catalogue().get(name)
    if found is None:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if packed else found.content, content_type=found.type)
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = A_YEAR if build == release() else "no-cache"
    return response


@cache
def catalogue() -> Mapping[str, Asset]:
    """Read and pack every asset once: name in the address to content."""
    theirs = files("flask_bootstrap") / "static" / "bootstrap5"
    found = dict(_own(files(__package__) / "static"))
    found["bootstrap.min.css"] = (theirs / "css" / "bootstrap.min.css").read_bytes()
    found["icons.svg"] = sprite((theirs / "icons" / "bootstrap-icons.svg").read_text("utf-8"))
    return {name: _asset(name, content) for name, content in sorted(found.items())}


def sprite(source: str, names: tuple[str, ...] = ICONS) -> bytes:
    """Cut the package's icon file to the named symbols, in their order.

    Raises LookupError when the package no longer draws one of them.
    """
    symbols = dict(_SYMBOL.findall(source))
    missing = [name for name in names if name not in symbols]
    if missing:
        raise LookupError(f"icons missing from the package: {', '.join(missing)}")
    body = "".join(
        f'<symbol id="{name}" viewBox="0 0 16 16">{symbols[name]}</symbol>' for name in names
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


@cache
def release() -> str:
    """Name the present set of assets: twelve hex digits over all names and contents."""
    total = hashlib.sha256()
    for name, one in catalogue().items():
        total.update(name.encode() + b"\0" + one.content + b"\0")
    return total.hexdigest()[:12]


_SYMBOL = re.compile(r'<symbol [^>]*?id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


def _own(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """List the files of the static folder with their paths below it."""
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _own(entry, f"{prefix}{entry.name}/")
        elif _suffix(entry.name) in TYPES:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _asset(name: str, content: bytes) -> Asset:
    # mtime 0: the same release gives the same bytes on every server
    return Asset(content, gzip.compress(content, mtime=0), TYPES[_suffix(name)])


def _suffix(name: str) -> str:
    return name[name.rfind(".") :]
