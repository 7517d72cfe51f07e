"""One writer at a time, aware moments, reading snapshots, migrations with rows."""

import threading
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError

from registry import catalogue, db, upgrade
from registry.models.accounts import Account
from registry.models.catalogue import Resource
from tests import factories
from tests.factories import Town, document


def test_a_hundred_codes_taken_by_eight_threads_are_distinct(database):
    found: list[int] = []

    def take() -> None:
        for _ in range(13):
            with db.transaction(database, writes=True) as session:
                found.append(catalogue.numbering.next_number(session, "series"))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 105))


def test_a_reading_transaction_cannot_write(database):
    with (
        pytest.raises((DBAPIError, db.Unavailable)),
        db.transaction(database, writes=False) as session,
    ):
        session.execute(sa.insert(Account).values(person_id=1, username="x", password="x"))


def test_a_reader_keeps_its_snapshot_while_a_writer_commits(database):
    with db.transaction(database, writes=False) as reader:
        before = reader.scalar(sa.select(sa.func.count(Resource.id)))
        with db.transaction(database, writes=True) as writer:
            town = Town(writer)
            catalogue.register(
                writer, town.person("registrar"), town.department, document(), declared=True
            )
        assert reader.scalar(sa.select(sa.func.count(Resource.id))) == before == 0


def registered(database, n: int = 20) -> None:
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        for _ in range(n):
            catalogue.register(
                session, town.person("registrar"), town.department, document(), declared=True
            )


def test_a_database_without_room_is_told_as_full_and_not_as_busy(database):
    with factories.no_room(database), pytest.raises(db.Unavailable) as refused:
        registered(database)
    assert (refused.value.code, refused.value.retry_after) == ("no_room", db.NO_ROOM_S)
    registered(database)


def test_a_moment_without_a_zone_is_refused(session):
    with pytest.raises(StatementError, match="without a zone"):
        session.execute(
            sa.update(Account).values(disabled_at=datetime(2026, 1, 1))  # noqa: DTZ001 - the fault
        )


def test_the_tables_are_those_of_the_models(database):
    assert upgrade.differences(database) == []


def test_migrations_go_down_and_up_again_and_rows_survive_an_upgrade_run_twice(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        catalogue.register(
            session, town.person("registrar"), town.department, document(), declared=True
        )
    upgrade.upgrade(database)
    with db.transaction(database, writes=False) as session:
        assert session.scalar(sa.select(sa.func.count(Resource.id))) == 1
    upgrade.downgrade(database)
    upgrade.upgrade(database)
    assert upgrade.differences(database) == []
