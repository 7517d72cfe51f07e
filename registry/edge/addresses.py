"""Addresses that somebody sent us and that we send a browser to."""

from urllib.parse import urlsplit, urlunsplit

LONGEST = 400


def local(address: str) -> str:
    """An address of this site, or nothing: never somebody else's, and one line of a header."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # Browsers take "/\" for "//" and leave out tabs and line ends: "/<tab>/" is "//" too.
    if parts.scheme or parts.netloc or not address.startswith("/") or address[1:2] in {"/", "\\"}:
        return ""
    if any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in address):
        return ""
    return address[:LONGEST]


def came_from(referrer: str, host: str) -> str:
    """The page of this host that a request came from, as an address without host; or nothing."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    if parts.netloc != host:
        return ""
    return local(urlunsplit(("", "", parts.path, parts.query, "")))
