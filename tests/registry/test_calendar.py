"""The clocks of decree 809 on the city's calendar."""

from datetime import UTC, date, datetime, time

import pytest

import schemas
from registry.calendar import Calendar

CALENDAR = Calendar(
    {
        date.fromisoformat(day["date"]): day["kind"] == "work"
        for day in schemas.codes.table("workdays")["days"]
    }
)


@pytest.mark.parametrize("case", schemas.codes.table("deadlines")["test_dates"], ids=str)
def test_a_clock_ends_on_the_day_the_decree_means(case):
    due = CALENDAR.due(date.fromisoformat(case["received"]), case["working_days"])
    assert due.on.isoformat() == case["due"]
    assert not due.provisional


def test_a_date_past_the_known_calendar_is_provisional():
    assert CALENDAR.due(date(2026, 12, 30), 10).provisional


def test_what_arrives_after_closing_or_on_a_rest_day_counts_from_the_next_working_day():
    closing = time(18)
    friday_evening = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    assert CALENDAR.received(friday_evening, closing) == date(2026, 11, 23)
    assert CALENDAR.received(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), closing) == date(
        2026, 11, 20
    )


def test_days_between_count_working_days_and_know_overdue():
    assert CALENDAR.between(date(2026, 11, 20), date(2026, 11, 24)) == 2
    assert CALENDAR.between(date(2026, 11, 24), date(2026, 11, 20)) == -2
