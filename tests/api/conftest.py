"""Callers of the interfaces: tokens of demo people, and the demo city on a port of its own."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from registry import accounts, db
from registry.access import SYSTEM
from registry.models.catalogue import Resource, Version
from tests.journeys.browser import drained, served


@pytest.fixture(scope="module")
def token(city: Flask) -> Callable[[str], str]:
    def issued(username: str) -> str:
        with db.transaction(city.extensions["registry_database"], writes=True) as session:
            return accounts.issue_token(session, SYSTEM, username, "test", 30)

    return issued


@pytest.fixture(scope="module")
def site(city: Flask) -> Iterator[str]:
    drained(city)
    with served(city) as address:
        yield address


@pytest.fixture
def key_of(city: Flask) -> Callable[[str], str]:
    """The key of the live entry of this name."""

    def found(name: str) -> str:
        with db.transaction(city.extensions["registry_database"], writes=False) as session:
            return session.scalars(
                sa.select(Resource.key)
                .join(Version, Resource.live_version_id == Version.id)
                .where(Version.name == name)
            ).one()

    return found
