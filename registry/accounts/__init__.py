"""Organisations, people, posts, and the ways in: passwords, browser sessions, tokens."""

from registry.accounts.people import add_account, add_organisation, appoint, disable, organisation
from registry.accounts.sign_in import (
    FAILED,
    check_password,
    close_session,
    forget_failures,
    hash_password,
    open_session,
    remember_failure,
    session_actor,
    token_actor,
    touch_session,
)
from registry.accounts.tokens import issue_token, revoke_token

__all__ = [
    "FAILED",
    "add_account",
    "add_organisation",
    "appoint",
    "check_password",
    "close_session",
    "disable",
    "forget_failures",
    "hash_password",
    "issue_token",
    "open_session",
    "organisation",
    "remember_failure",
    "revoke_token",
    "session_actor",
    "token_actor",
    "touch_session",
]
