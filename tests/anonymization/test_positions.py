"""Where somebody lives comes out of how far it is from places that everybody knows."""

import random
from math import atan2, degrees, hypot

import polars as pl
import pytest

from anonymization import verify

C = random.Random("positions")
HOMES = [(C.uniform(-4_000, 4_000), C.uniform(-4_000, 4_000)) for _ in range(300)]


def homes(**columns) -> pl.DataFrame:
    known = {
        "性别": ["男女"[n % 2] for n in range(300)],
        "街镇": [f"{n % 3}镇" for n in range(300)],
    }
    return pl.DataFrame(known | {name: [to(*one) for one in HOMES] for name, to in columns.items()})


def metres(east: float, north: float, step: int = 1):
    return lambda x, y: round(hypot(x - east, y - north) / step) * step


def found(frame: pl.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    claim = {"quasi_identifiers": ["性别", "街镇"], "k": 10}
    return [(one.code, one.columns) for one in verify(frame, claim).findings]


@pytest.mark.parametrize(
    "columns",
    [
        {"距火车站（米）": metres(0, 0), "距人民医院（米）": metres(900, 2_000)},
        {"到学校距离": metres(0, 0), "到医院距离": metres(900, 2_000)},
        {"dist_to_station": metres(0, 0), "dist_to_school": metres(900, 2_000)},
        {
            "距火车站（公里）": lambda x, y: round(hypot(x, y) / 1000, 3),
            "距医院（公里）": lambda x, y: round(hypot(x - 900, y) / 1000, 3),
        },
        {"距离": metres(0, 0), "方位角": lambda x, y: round(degrees(atan2(x, y)) % 360)},
    ],
    ids=["metres", "without a unit", "english", "kilometres", "direction"],
)
def test_two_distances_or_one_and_its_direction_are_a_place(columns):
    assert ("LOCATION_TOO_FINE", tuple(columns)) in found(homes(**columns))


def test_distances_in_bands_or_of_one_place_are_none():
    bands = {"距火车站（米）": metres(0, 0, 2_000), "距人民医院（米）": metres(900, 0, 2_000)}
    assert found(homes(**bands)) == []
    assert found(homes(**{"距火车站（米）": metres(0, 0, 1_000)})) == []


def test_how_long_it_is_until_something_is_no_distance():
    days = {"距到期（天）": metres(0, 0, 50), "距复查（天）": metres(900, 0, 50)}
    assert [one for one in found(homes(**days)) if one[0] == "LOCATION_TOO_FINE"] == []
