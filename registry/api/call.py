"""One call of an action: who asks, with which parameters as CKAN reads them, what it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.edge.numbers import natural
from registry.errors import Invalid, Refusal, SignInNeeded
from registry.models.accounts import Organisation
from registry.unchanged import until_next_act
from schemas import Problem
from search import Index


class SearchRefused(Refusal):
    """A search that cannot be done as asked; `kind` is CKAN's word for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__("search")
        self.kind = kind
        self.message = message


def query_error(message: str) -> SearchRefused:
    """A parameter of a search is wrong: 400."""
    return SearchRefused("Search Query Error", message)


def search_error(message: str) -> SearchRefused:
    """The question itself cannot be read: 409."""
    return SearchRefused("Search Error", message)


@dataclass
class Call:
    """Who asks what: session, reader, index, parameters, and the address links begin with."""

    session: Session
    actor: Actor
    index: Index | None
    anonymous: str
    address: str
    given: Mapping[str, Any]

    def require_reader(self) -> None:
        """Refuse a caller without a name where the city does not let such people read."""
        if not self.actor.signed_in and self.anonymous != "open":
            raise SignInNeeded("sign_in")

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text; its first value when it was given twice. Invalid for an object."""
        value = self.given.get(name, default)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict) or (isinstance(value, list) and value):
            raise Invalid([Problem(f"/{name}", "text-wanted")])
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        return value if isinstance(value, str) else default

    def required(self, name: str) -> str:
        """A parameter that must be there; Invalid when it is not."""
        found = self.text(name).strip()
        if not found:
            raise Invalid([Problem(f"/{name}", "required")])
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch as CKAN reads it."""
        value = self.text(name).strip().lower()
        if value in ("true", "t", "yes", "y", "on", "1"):
            return True
        return default if value not in ("false", "f", "no", "n", "off", "0") else False

    def natural(self, name: str, default: int) -> int:
        """A natural number; Invalid for anything else."""
        given = self.text(name, str(default)).strip() or str(default)
        value = natural(given)
        if value is None:
            facts = {"value": given[:40], "limit": 0}
            raise Invalid([Problem(f"/{name}", "natural-number", facts)])
        return value

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of units by code."""
        return unit_names(self.session)


def unit_names(session: Session) -> Mapping[str, str]:
    """The names of all units by code."""

    def read() -> Mapping[str, str]:
        rows = session.execute(sa.select(Organisation.code, Organisation.name))
        return {code: name for code, name in rows}  # noqa: C416 - a row is no pair to mypy

    return until_next_act(session, "unit names", read)
