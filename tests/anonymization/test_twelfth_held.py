"""Whether the flaws of the twelfth hand's held part are in its tables.

Apart from test_twelfth_hand.py, which whoever mends the gate reads; this tells what is held.
"""

import hashlib
from collections import Counter

import polars as pl
import pytest

from tests.anonymization import twelfth_held
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made


def the(front: str) -> Release:
    return next(one for one in made(twelfth_held.flawed) if one.title.startswith(front))


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: it comes out of what was released."""
    tried = {hashlib.md5(p.plate.encode()).hexdigest() for p in crowd(1500, the("parking").title)}
    assert set(the("parking").frame["车辆标识"]) <= tried
    masks = Counter(
        f"{p.ident[:10]}****{p.ident[14:]}" for p in crowd(1500, the("pensions").title, 55, 88)
    )
    left = the("pensions").frame["社会保障号"]
    assert sum(masks[one] == 1 for one in left) > 0.95 * len(left)


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("hotels", ["入住日期", "入住时刻"]),
        ("allowances", ["子女出生年份"]),
        ("marathon", ["性别", "组别", "净成绩"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > the(front).frame.height / 2


def test_most_pleas_that_tell_of_a_child_are_the_only_such():
    told = the("charity").frame.filter(pl.col("求助情况").str.starts_with("就读于"))
    assert told.height > 200
    assert told["求助情况"].n_unique() > told.height * 0.9


def test_two_groups_have_one_diagnosis():
    case = the("psychiatry")
    groups = case.frame.group_by(case.claim["quasi_identifiers"])
    kinds = groups.agg(pl.len(), pl.col("诊断").n_unique().alias("kinds"))
    assert kinds["len"].min() >= case.claim["k"]
    assert (kinds["kinds"] == 1).sum() == 2


def test_what_others_hold_meets_the_release():
    (notices,) = the("family").others["auxiliary"]
    assert notices.join(the("family").frame, on="案号").height == 800
    (shots,) = the("dogs").others["earlier"]
    assert len(set(shots["电子标识"]) & set(the("dogs").frame["芯片编号"])) >= 600


def test_in_many_a_form_one_two_or_three_have_failed():
    frame = the("schools").frame
    assert (frame["参考人数"] - frame["合格人数"]).is_between(1, 3).mean() > 0.2
