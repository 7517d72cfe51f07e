"""Organisations, people, posts, and the ways in: passwords, browser sessions, tokens."""

from registry.accounts.people import (
    SHORTEST_PASSWORD,
    add_account,
    add_organisation,
    appoint,
    disable,
    organisation,
    require_good,
    require_reach,
    require_strong,
)
from registry.accounts.sign_in import (
    FAILED,
    begin_try,
    check_password,
    close_session,
    forget_failures,
    hash_password,
    note_failure,
    open_session,
    session_actor,
    set_password,
    token_actor,
    touch_session,
    touch_token,
)
from registry.accounts.tokens import issue_token, revoke_token
from registry.accounts.turns import able

__all__ = [
    "FAILED",
    "SHORTEST_PASSWORD",
    "able",
    "add_account",
    "add_organisation",
    "appoint",
    "begin_try",
    "check_password",
    "close_session",
    "disable",
    "forget_failures",
    "hash_password",
    "issue_token",
    "note_failure",
    "open_session",
    "organisation",
    "require_good",
    "require_reach",
    "require_strong",
    "revoke_token",
    "session_actor",
    "set_password",
    "token_actor",
    "touch_session",
    "touch_token",
]
