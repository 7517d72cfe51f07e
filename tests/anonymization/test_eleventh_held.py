"""Whether the flaws of the eleventh hand's held part are in its tables.

Apart from test_eleventh_hand.py, which whoever mends the gate reads; this tells what is held.
"""

import hmac

import polars as pl
import pytest

from tests.anonymization import eleventh_held
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.eleventh_people import compositions
from tests.anonymization.judging import made


def the(front: str) -> Release:
    return next(one for one in made(eleventh_held.flawed) if one.title.startswith(front))


def values(front: str, *columns: str) -> list[tuple[str, ...]]:
    return the(front).frame.select(columns).rows()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: it comes out of what was released."""
    phones = {p.phone for p in crowd(1500, the("courier").title)}
    parcels = values("courier", "收件电话", "取件码")
    assert {front[:7] + code[-4:] for front, code in parcels} <= phones
    tried = {
        hmac.new(b"123456", p.phone.encode(), "md5").hexdigest()
        for p in crowd(1500, the("bus").title)
    }
    assert {mark for (mark,) in values("bus", "持卡人标识")} <= tried
    homes = {p.address for p in crowd(1200, the("small").title, 20, 65)}
    assert {home for (home,) in values("small", "经营者住所")} <= homes
    callers = {p.address for p in crowd(1500, the("hotline").title)}
    told = [
        text[2:].split("，")[0] for (text,) in values("hotline", "诉求描述") if text[:2] == "家住"
    ]
    assert len(told) > 50
    assert set(told) <= callers


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("veterans", ["旗区", "入伍年月", "退役年月", "军兵种"]),
        ("dogs", ["经度", "纬度"]),
        ("teachers", ["笔试成绩", "面试成绩"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > the(front).frame.height / 2


def test_two_groups_have_one_kind_of_disability():
    case = the("disabled")
    groups = case.frame.group_by(case.claim["quasi_identifiers"])
    kinds = groups.agg(pl.len(), pl.col("残疾类别").n_unique().alias("kinds"))
    assert kinds["len"].min() >= case.claim["k"]
    assert (kinds["kinds"] == 1).sum() == 2


def test_many_rows_of_sisters_and_brothers_are_the_only_such():
    families = compositions(the("child"))
    several = families.filter(pl.col("members").list.len() > 1)
    assert (several["alike"] == 1).mean() > 0.5


def test_what_others_hold_meets_the_release():
    (wall,) = the("teachers").others["auxiliary"]
    met = wall.join(the("teachers").frame, on=["笔试成绩", "面试成绩"])
    assert met.height >= the("teachers").frame.height
    (loans,) = the("sports").others["earlier"]
    assert len(set(loans["读者代码"]) & set(the("sports").frame["用户代码"])) == 600
