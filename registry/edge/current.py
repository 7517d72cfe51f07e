"""The current password, asked again before what outlasts the visit."""

from flask import request

from registry import accounts, journal
from registry.edge.requests import actor, database, remember
from registry.errors import Forbidden, Invalid


def require_current(password: str, act: str) -> None:
    """Refuse who does not know the password of the account that is signed in.

    Whoever finds a screen left open must not try passwords there faster than at the door: tries
    are counted as there, and a wrong one stands in the journal under `act`. Called before the
    transaction of a request, for argon2 is slow by design.
    """
    who, address = actor(), request.remote_addr or ""
    remember(lambda s: accounts.begin_try(s, who.username, address))
    try:
        accounts.check_password(database(), who.username, password[:1000])
    except Forbidden as refusal:
        why = refusal
        remember(lambda s: journal.refused(s, who, act, "account", who.username, why))
        raise Invalid([], code="password_current") from refusal
    remember(lambda s: accounts.forget_failures(s, who.username, address))
