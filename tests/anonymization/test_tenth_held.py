"""Whether the flaws of the tenth hand's held part are in its tables.

Apart from test_tenth_hand.py, which whoever mends the gate reads; this tells what is held.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

import polars as pl

from tests.anonymization import tenth_held
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made
from tests.anonymization.tenth_held import EPOCH, PLAIN, SEEN, SPELLINGS


def the(front: str) -> Release:
    return next(case for case in made(tenth_held.flawed) if case.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: it comes out of what was released."""
    names = {p.name for p in crowd(1000, the("library").title)}
    assert set(values("library", "读者")) <= {
        hashlib.sha1(one.encode()).hexdigest() for one in names
    }
    for one in map(UUID, values("advice", "记录ID")):
        assert one.version == 1
        assert (EPOCH + timedelta(microseconds=one.time // 10)).year == 2025
    assert {len(one) for one in values("rents", "单元代码")} == {28}
    assert {len(one) for one in values("cars", "CJH")} == {17}
    named = {p.name for p in crowd(1000, the("noise").title)}
    told = [one for one in values("noise", "答复内容") if "住户" in one]
    assert len(told) > 100
    assert all(one.split("住户")[1].split("核实")[0] in named for one in told)


def test_two_distances_leave_few_places_and_three_leave_one():
    frame = the("care at home").frame
    assert frame.select(*tenth_held.KNOWN).unique().height == frame.height


def test_a_group_has_one_illness_under_three_names():
    frame = the("chronic").frame
    groups = frame.group_by(list(PLAIN)).agg(pl.col("病种").unique().sort())
    assert groups.filter(pl.col("病种") == pl.lit(sorted(SPELLINGS))).height == 1


def test_most_are_alone_in_what_can_be_seen_of_them():
    for front, columns in (
        ("survey", list(SEEN)),
        ("traffic fines", ["月", "日", "时", "分"]),
    ):
        sizes = the(front).frame.group_by(columns).len()["len"]
        assert (sizes == 1).sum() > 800, front


def test_a_share_of_few_gives_a_count():
    for count, share in the("screening").frame.select("筛查人数", "抑郁阳性率(%)").iter_rows():
        assert round(count * share / 100) in (1, 2, 3)
        assert abs(count * share / 100 - round(count * share / 100)) < 0.01


def test_the_difference_of_two_releases_is_of_few():
    case = the("disability")
    (before,) = case.others["earlier"]
    difference = case.frame["持证人数"] - before["持证人数"]
    assert set(difference) == {0, 1, 2}
    same = [one for one in before.columns if one not in ("持证人数", "年龄范围")]
    assert case.frame.select(same).equals(before.select(same))


def test_a_third_of_the_enterprises_are_people():
    frame = the("turnover").frame
    assert frame["统一社会信用代码"].str.starts_with("92").sum() == frame.height // 3
