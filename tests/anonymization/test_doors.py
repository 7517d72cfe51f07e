"""Homes in the names of devices and accounts."""

import random

import polars as pl
import pytest

from anonymization import verify

C = random.Random("doors")
ESTATES = ("东苑小区", "滨河家园", "绿景尚都", "和平里", "矿务新村")


def named(pattern, places=ESTATES, rows=120):
    """Devices called after place, building, stairs, floor and flat."""
    names = [
        pattern.format(
            place=C.choice(places),
            house=C.randrange(1, 40),
            stairs=C.randrange(1, 6),
            floor=C.randrange(1, 18),
            flat=C.randrange(1, 5),
            more=C.randrange(100, 999),
        )
        for _ in range(rows)
    ]
    states = [C.choice(("正常", "离线")) for _ in names]
    frame = pl.DataFrame({"名称": names, "状态": states})
    return [(one.code, one.columns) for one in verify(frame).findings]


@pytest.mark.parametrize(
    "pattern",
    [
        "{place}_{house}#_{stairs}_{floor}{flat:02}_卧室",
        "水表/{place}/{house}/{stairs}/{floor}{flat:02}",
        "WIFI-{place}{house}栋.{stairs}.{floor}{flat:02}-5G",
        "{place} {house} {stairs} {floor}{flat:02}",
    ],
)
def test_devices_that_are_called_after_the_flat_are_addresses(pattern):
    assert ("FULL_ADDRESS_LEFT", ("名称",)) in named(pattern)


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("{place}_{house}#_{stairs}_配电箱", ESTATES),
        ("{place}_{house}_{stairs}_{more}", ("设备间", "冷库", "一号机房")),
        ("{place}_{house}#_{stairs}_{floor}{flat:02}", ("教学楼", "市医院", "物流园")),
        ("{place}充电桩_{house}_{stairs}_{more}", ESTATES),
    ],
)
def test_shelves_rooms_of_institutions_and_boxes_in_the_yard_are_no_homes(pattern, places):
    assert "FULL_ADDRESS_LEFT" not in {code for code, _ in named(pattern, places)}
