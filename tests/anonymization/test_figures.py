"""Figures that two releases share, for a reason and by chance."""

import random

import polars as pl
import pytest

from anonymization import verify

CLAIM = {"quasi_identifiers": ["性别", "旗区"], "k": 5}


def people(seed, rows=400, **figures):
    """Persons in large groups, and of each what was measured."""
    chance = random.Random(seed)
    groups = {
        "性别": [chance.choice("男女") for _ in range(rows)],
        "旗区": [chance.choice(("海勃湾区", "乌达区")) for _ in range(rows)],
    }
    return pl.DataFrame(
        groups
        | {
            head: [round(chance.uniform(*span), 2) for _ in range(rows)]
            for head, span in figures.items()
        }
    )


def joins(release, before):
    findings = verify(release, CLAIM, earlier=[before]).findings
    return [one.columns for one in findings if one.code == "PSEUDONYM_JOINS_OTHER_RELEASE"]


@pytest.mark.parametrize(
    ("figures", "heads"),
    [
        ({"用水量": (20.0, 900.0)}, {"用水量": "水表读数"}),
        ({"肺活量": (1.5, 6.5), "体脂率": (8.0, 42.0)}, {}),
        ({"缴存基数": (2_000.0, 30_000.0)}, {"缴存基数": "jcjs"}),
    ],
)
def test_rows_with_the_same_figures_are_the_same_persons(figures, heads):
    release = people("now", **figures)
    others = people("before", **figures)
    before = pl.concat([release.head(150), others]).sample(fraction=1.0, shuffle=True, seed=2)
    before = before.drop("性别", "旗区").rename(heads)
    assert joins(release, before) == [tuple(figures)]


def test_figures_of_other_people_meet_by_chance_alone():
    spans = {"用水量": (20.0, 90.0), "体脂率": (8.0, 42.0)}
    assert joins(people("now", **spans), people("before", **spans)) == []


def test_rounded_figures_join_nobody():
    release = people("now", 用水量=(20.0, 900.0)).with_columns(
        (pl.col("用水量") / 50).round(0) * 50
    )
    assert joins(release, release.drop("性别", "旗区")) == []


def test_what_stations_read_is_nobodys():
    air = pl.DataFrame(
        {
            "监测站": [f"{n % 8}号站" for n in range(200)],
            "监测时间": [f"2025-03-{n // 24 + 1:02} {n % 24:02}:00" for n in range(200)],
            "PM2.5": [round(8 + n * 0.37, 2) for n in range(200)],
        }
    )
    assert verify(air, earlier=[air.drop("监测时间")]).findings == ()
