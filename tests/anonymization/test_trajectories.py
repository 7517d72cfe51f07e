"""Tracks of codes in many rows: three points tell whose they are, unless all are coarse."""

import random

import polars as pl

from anonymization import verify

STOPS = [f"{n}号站" for n in range(1, 31)]


def rides(day, stop):
    """Forty riders, each with ten rides."""
    chance = random.Random("rides")
    rows = [
        {"乘客码": f"K{n * 7919:06}", "日期": day(chance), "起点": stop(chance)}
        for n in range(40)
        for _ in range(10)
    ]
    return verify(pl.DataFrame(rows)).findings


def test_days_and_stops_of_one_rider_are_a_track():
    (found,) = rides(
        lambda c: f"2025-{c.randrange(1, 7):02}-{c.randrange(1, 29):02}", lambda c: c.choice(STOPS)
    )
    assert (found.code, found.columns) == ("UNDECLARED_QI_UNIQUE", ("乘客码", "日期", "起点"))


def test_quarters_and_districts_are_none():
    assert (
        rides(lambda c: c.choice(("2025Q1", "2025Q2")), lambda c: c.choice(("东区", "西区"))) == ()
    )
