"""What was done a moment ago, carried to the next page: the journal rows of the act, no words.

The answer of a form is a redirect, so what happened must be said by the page after it. A cookie of
that one address carries the numbers of the journal rows the act wrote; the page looks the facts up
and takes the cookie away. So nothing but acts of this person, on record, can ever be said, another
open window is not touched, and a reload says nothing twice.
"""

import hashlib
import re
from urllib.parse import unquote, urlsplit

from flask import g, request
from werkzeug.wrappers import Response

COOKIE = "registry_done"
# Long enough for a slow line, short enough that a page opened later does not speak of the past.
SECONDS = 60
_ROWS = re.compile(r"([0-9]{1,15})-([0-9]{1,15})", re.ASCII)

Rows = tuple[int, int]


def packed(rows: Rows | None) -> str:
    """First and last row as text; empty when the act wrote none."""
    return f"{rows[0]}-{rows[1]}" if rows else ""


def unpacked(text: str) -> Rows | None:
    """The first and last row of an act; None for any other text."""
    found = _ROWS.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def hand_over(answer: Response, rows: Rows | None, *, secure: bool) -> None:
    """Give the rows of an act to the page a redirect leads to, and to no other."""
    where = urlsplit(answer.headers.get("Location", "")).path
    if rows and where:
        answer.set_cookie(
            COOKIE,
            # The page knows its own address unquoted: the number of an opinion is Chinese.
            f"{packed(rows)}.{_mark(unquote(where))}",
            max_age=SECONDS,
            path=where,
            httponly=True,
            samesite="Lax",
            secure=secure,
        )


def taken() -> Rows | None:
    """The rows that were handed to this page; it will not be told them again."""
    text, _, mark = request.cookies.get(COOKIE, "").partition(".")
    # A browser sends the cookie of a path to the paths below it too: those are other pages.
    rows = unpacked(text) if mark == _mark(request.path) else None
    if rows:
        g.receipt_taken = True
    return rows


def forget(answer: Response) -> None:
    """Take the cookie away from a page that has read it."""
    if g.pop("receipt_taken", False):
        answer.delete_cookie(COOKIE, path=request.path)


def _mark(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16]
