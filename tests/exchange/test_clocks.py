"""The clocks of decree 809, on every date of the table and of the demo city."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

import schemas
from registry import calendar, db, demo, exchange
from registry.exchange import clocks
from registry.exchange.asked import share_types
from registry.models.calendar import CalendarDay
from registry.models.exchange import Request
from tests.exchange.offering import Both, offered

DATES = schemas.codes.table("deadlines")["test_dates"]
NAMES = {1: clocks.UNCONDITIONAL, 10: clocks.CONDITIONAL, 20: clocks.DELIVERY}


@pytest.fixture
def holidays(session: Session) -> None:
    """The State Council's calendar, as the demo city and every installation have it."""
    for row in schemas.codes.table("workdays")["days"]:
        session.add(CalendarDay(on=date.fromisoformat(row["date"]), kind=row["kind"]))
    session.flush()
    session.info.pop("calendar", None)


@pytest.mark.parametrize(
    "line", [d for d in DATES if d["working_days"] in NAMES], ids=lambda d: str(d.values())
)
def test_every_date_of_the_table_follows_from_the_clocks(session, holidays, line):
    start, days = date.fromisoformat(line["received"]), line["working_days"]
    assert clocks.due(session, start, NAMES[days]) == date.fromisoformat(line["due"])


@pytest.mark.parametrize("line", [d for d in DATES if d["working_days"] == 10])
def test_a_request_received_on_that_day_is_due_on_the_day_of_the_table(town, holidays, line):
    with time_machine.travel(f"{line['received']} 02:00+00:00", tick=False):
        request = Both(town).sent(offered(town), until="2035-01-01")
    assert request.received_on == date.fromisoformat(line["received"])
    assert request.due == date.fromisoformat(line["due"])


@pytest.mark.parametrize(
    ("moment", "received"),
    [
        ("2026-11-20 09:59+00:00", date(2026, 11, 20)),
        ("2026-11-20 10:01+00:00", date(2026, 11, 23)),
        ("2026-11-21 02:00+00:00", date(2026, 11, 23)),
        ("2026-09-30 10:30+00:00", date(2026, 10, 8)),
    ],
)
def test_what_arrives_after_closing_counts_as_received_on_the_next_working_day(
    town, holidays, moment, received
):
    with time_machine.travel(moment, tick=False):
        assert Both(town).sent(offered(town)).received_on == received


def test_the_short_clock_runs_only_when_every_item_is_unconditional(town, session):
    both = Both(town)
    with time_machine.travel("2026-11-23 02:00+00:00", tick=False):
        short = both.sent(offered(town, "甲信息", types="112"))
        long = both.sent(offered(town, "乙信息", types="122"))
    assert (short.due, long.due) == (date(2026, 11, 24), date(2026, 12, 7))


def test_every_due_date_of_the_demo_city_follows_from_the_clocks(city: Flask):
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=False) as session:
        days = calendar.load(session)
        for request in session.scalars(sa.select(Request).where(Request.received_on.is_not(None))):
            deadline = exchange.reply_deadline(share_types(session, request))
            length = calendar.limit(deadline) + request.extension_days
            assert request.due == days.due(request.received_on, length).on, request.number
            if request.deliver_by:
                assert request.deliver_by == days.due(request.replied_on, 20).on, request.number


def test_the_demo_city_has_a_request_in_every_state(city: Flask):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        states = set(session.scalars(sa.select(Request.state)))
    assert states == set(exchange.STATES)


def test_what_the_demo_calls_late_is_late(city: Flask):
    rows = [r for r in demo.city.data("requests")["requests"] if r.get("late")]
    with (
        time_machine.travel("2026-11-23 02:00+00:00", tick=False),
        db.transaction(city.extensions["registry_database"], writes=False) as session,
    ):
        late = {
            request.resource.code
            for request in session.scalars(sa.select(Request))
            if exchange.days_late(session, request)
        }
    assert {row["resource"] for row in rows} <= late
