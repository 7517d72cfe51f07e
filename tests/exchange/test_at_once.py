"""Heads and clerks at the same moment: one act is done, the others are told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa

from registry import db, exchange
from registry.errors import Refusal
from registry.exchange import Given
from registry.models.exchange import Request, RequestEvent
from registry.models.journal import JournalRow
from tests.exchange.offering import Both, offered
from tests.factories import Town

WRITERS = 4


def at_once(database, act):
    """What became of the same act in several sessions that begin together, sorted."""
    ready = Barrier(WRITERS)

    def one(number):
        ready.wait()
        try:
            with db.transaction(database, writes=True) as session:
                act(session, number)
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(WRITERS) as pool:
        return sorted(pool.map(one, range(WRITERS)))


def count(database, statement):
    with db.transaction(database, writes=False) as session:
        return session.scalar(statement)


def test_of_heads_who_consent_at_once_one_does_and_the_clock_starts_once(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        both = Both(town)
        request = both.drafted(offered(town))
        both.take(both.consumer, request, "submit")
        heads = [both.head] + [
            town.person("sharing_head", unit=town.other) for _ in range(WRITERS - 1)
        ]
        key = request.key

    def consent(session, number):
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        exchange.advance(session, heads[number], found, "consent_out", Given())

    assert at_once(database, consent) == ["done"] + ["request_moved"] * (WRITERS - 1)
    events = sa.select(sa.func.count(RequestEvent.id)).where(RequestEvent.act == "consent_out")
    rows = sa.select(sa.func.count(JournalRow.seq)).where(JournalRow.act == "consent_out")
    assert (count(database, events), count(database, rows)) == (1, 1)


def test_of_contended_saves_of_a_request_none_is_lost(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        both = Both(town)
        key = both.drafted(offered(town), scene="0").key

    def edit(session, _):
        """Count up what was read a moment before, in another transaction, as a page does."""
        with db.transaction(database, writes=False) as reading:
            read = reading.scalars(sa.select(Request).where(Request.key == key)).one()
            typed, seen = dict(read.document), read.row_version
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        typed["scene"] = str(int(typed["scene"]) + 1)
        exchange.save(session, both.consumer, found, typed, seen)

    def stale(session, _):
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        exchange.save(session, both.consumer, found, dict(found.document), 1)

    done = sum(at_once(database, edit).count("done") for _ in range(3))
    with db.transaction(database, writes=False) as session:
        document = session.scalars(sa.select(Request.document).where(Request.key == key)).one()
    assert document["scene"] == str(done)
    assert at_once(database, stale) == ["request_changed"] * WRITERS
