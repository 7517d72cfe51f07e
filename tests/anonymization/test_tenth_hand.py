"""Releases of a tenth hand, which has read neither the gate nor its earlier flaws.

What the held part hides is looked at in test_tenth_held.py, apart from what may be read.
"""

import hashlib
from itertools import pairwise

import polars as pl

from tests.anonymization import tenth_open
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made


def the(front: str) -> Release:
    return next(case for case in made(tenth_open.flawed) if case.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def phones(front: str, count: int, *aged: int) -> set[str]:
    return {p.phone for p in crowd(count, the(front).title, *aged)}


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: the number comes out of what was released."""
    meals = the("school meals").frame.select("报名手机", "短信回执号").iter_rows()
    whole = {ends[:3] + middle[3:7] + ends[7:] for ends, middle in meals}
    assert whole <= phones("school meals", 1000, 7, 17)
    back = str.maketrans("abcdefghij", "0123456789")
    members = {one.translate(back) for one in values("swimming", "会员标识")}
    assert members <= phones("swimming", 800)
    plates = {p.plate for p in crowd(900, the("old cars").title)}
    digests = {hashlib.sha256(one.encode()).hexdigest()[:16].upper() for one in plates}
    assert set(values("old cars", "车辆标识")) <= digests


def test_what_others_hold_finds_one_row_of_each():
    for front, other, by in (
        ("half marathon", "auxiliary", ["性别", "净成绩"]),
        ("flats", "earlier", ["所在层", "建筑面积"]),
    ):
        case = the(front)
        (held,) = case.others[other]
        alone = held.filter(pl.len().over(by) == 1).join(case.frame, on=by)
        assert alone.height > case.frame.height * 0.8, front


def test_few_share_the_month_in_which_an_allowance_begins():
    sizes = the("great age").frame.group_by("性别", "街镇", "起领年月").len()["len"]
    assert (sizes == 1).mean() > 0.9


def test_what_is_not_negative_is_few():
    frame = the("tests for HIV").frame
    positive = (frame["HIV检测人数"] - frame["阴性人数"]).to_list()
    assert set(positive) == {0, 1, 2, 3}


def test_groups_have_ten_rows_of_fewer_people():
    case = the("subsistence")
    groups = case.frame.group_by(case.claim["quasi_identifiers"])
    sizes = groups.agg(pl.len(), pl.col("对象代号").n_unique().alias("people"))
    assert sizes["len"].min() >= case.claim["k"]
    assert sizes["people"].max() < case.claim["k"]


def test_a_later_reading_is_above_an_earlier_and_a_time_is_within_its_day():
    readings = the("water meters").frame.select("上期读数", "本期读数").iter_rows()
    assert all(before < after for before, after in readings)
    visits = sorted(values("clinics", "就诊时间"))
    assert sum(later - before > 1 / 86_400 for before, later in pairwise(visits)) > 900
