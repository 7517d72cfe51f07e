"""An address that has several forms: the one the asker accepts, or a refusal."""

from collections.abc import Mapping

from flask import request

from registry.errors import Unacceptable

# Media type of linked data → ending of the address of that spelling.
LINKED: Mapping[str, str] = {
    "application/ld+json": "jsonld",
    "text/turtle": "ttl",
    "application/rdf+xml": "xml",
    "application/json": "jsonld",
    "application/xml": "xml",
    "text/xml": "xml",
}


def accepted(offered: Mapping[str, str]) -> str:
    """What `offered` holds for the media type the asker likes best; the first for no wish.

    Raises Unacceptable where he accepts none of them (RFC 9110, 15.5.7). Asked only where choosing
    is what an address is for: one with a single form answers in it, whatever is accepted, as the
    standard allows (12.5.1), for the address was chosen with its ending.
    """
    wishes = request.accept_mimetypes
    if not wishes:
        return next(iter(offered.values()))
    best = max(offered, key=wishes.quality)
    if wishes.quality(best) <= 0:
        raise Unacceptable("not_acceptable", kinds=", ".join(offered))
    return offered[best]
