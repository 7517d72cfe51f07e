"""Which page of a list is shown: an address kept while there were more leads to what is left."""

from flask import request


def paged(count: int, size: int) -> tuple[int, int]:
    """The page that was asked for, within what there is, and the last one; both from 1."""
    last = max(-(-count // size), 1)
    asked = request.args.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return min(max(number, 1), last), last
