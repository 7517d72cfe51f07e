"""What a ninth hand adds to the residents of the eighth: tables of things, and of a town.

Written from the list of attacks, the domain and the law by somebody who has read no verifier and
no earlier release. Everything comes from a seed.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.anonymization.eighth_people import STREETS, Release, rows

PLACES = [(district, street) for district, named in STREETS.items() for street in named]
WAYS = ("人民路", "黄河东街", "新华大街", "巴音赛大街", "狮城西街", "滨河大道", "林荫路", "创业路")
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
FIELDS = (
    "财政局",
    "教育局",
    "民政局",
    "水务局",
    "统计局",
    "交通运输局",
    "文体旅游广电局",
    "气象局",
)

Row = Callable[[random.Random, int], Mapping[str, Any]]


def lines(title: str, count: int, row: Row, **claim: Any) -> Release:
    """A table of this many rows, each made from chance and its number."""
    c = random.Random(f"ninth {title}")
    return rows(title, [row(c, n) for n in range(count)], **claim)


def crossed(
    title: str, sides: Mapping[str, tuple[Any, ...]], told: Mapping[str, Any], **claim: Any
) -> Release:
    """A row for each combination of the sides; what is told is drawn for each."""
    c = random.Random(f"ninth {title}")
    cells: list[dict[str, Any]] = [{}]
    for side, values in sides.items():
        cells = [cell | {side: value} for cell in cells for value in values]
    return rows(
        title,
        [cell | {name: draw(c) for name, draw in told.items()} for cell in cells],
        **claim,
    )


def whole(low: int, high: int) -> Callable[[random.Random], int]:
    return lambda c: c.randrange(low, high)


def real(low: float, high: float, digits: int = 2) -> Callable[[random.Random], float]:
    return lambda c: round(c.uniform(low, high), digits)


def point(c: random.Random, digits: int = 6) -> tuple[float, float]:
    """A longitude and a latitude within the city."""
    return round(c.uniform(106.60, 106.98), digits), round(c.uniform(39.25, 39.85), digits)


def door(c: random.Random) -> str:
    """Where an institution stands."""
    district, street = c.choice(PLACES)
    return f"{district}{street}{c.choice(WAYS)}{c.randrange(1, 260)}号"


def desk(c: random.Random) -> str:
    """The telephone of an office."""
    return f"0473-{c.randrange(2, 9)}{c.randrange(10**6):06}"
