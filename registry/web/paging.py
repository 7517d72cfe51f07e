"""Which page of a list is shown: an address kept while there were more leads to what is left."""

from flask import request

from registry.edge.numbers import natural


def paged(count: int, size: int) -> tuple[int, int]:
    """The page that was asked for, within what there is, and the last one; both from 1."""
    last = max(-(-count // size), 1)
    return min(natural(request.args.get("page"), 5) or 1, last), last
