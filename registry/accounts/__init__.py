"""Organisations, people, posts, and the ways in: passwords, browser sessions, tokens."""

from registry.accounts.people import (
    add_account,
    add_organisation,
    appoint,
    disable,
    organisation,
    require_good,
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
    token_actor,
    touch_session,
)
from registry.accounts.tokens import issue_token, revoke_token
from registry.accounts.turns import able

__all__ = [
    "FAILED",
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
    "revoke_token",
    "session_actor",
    "token_actor",
    "touch_session",
]
