"""Forged forms: every writing request of a browser carries a token of its own session.

The token is an HMAC over the browser's session token, or over a cookie of its own before
somebody is signed in. Calls with an API token carry no cookie and need none.
"""

import hashlib
import hmac
import secrets

from flask import current_app, g, request

SESSION_COOKIE = "registry_session"
VISIT_COOKIE = "registry_visit"
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"


def csrf_token() -> str:
    """The token of this browser, for the hidden field of a form."""
    return _token(_binding())


def holds() -> bool:
    """Whether the request carries the token of its own browser."""
    sent = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    return hmac.compare_digest(sent.encode("utf-8", "replace"), csrf_token().encode())


def _binding() -> str:
    """What the token is bound to: the session, else this visit's random cookie."""
    signed_in = request.cookies.get(SESSION_COOKIE)
    if signed_in:
        return signed_in
    visit = request.cookies.get(VISIT_COOKIE)
    if not visit or len(visit) > 100:
        if "visit" not in g:
            g.visit = secrets.token_urlsafe(18)
        visit = g.visit
    return str(visit)


def _token(binding: str) -> str:
    secret: bytes = current_app.config["SECRET_KEY"]
    return hmac.new(
        secret, b"csrf:" + binding.encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()
