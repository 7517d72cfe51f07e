"""Releases of an eleventh hand, which has read neither the gate nor its earlier flaws.

What the held part hides is looked at in test_eleventh_held.py, apart from what may be read.
"""

import hashlib

import polars as pl
import pytest

from tests.anonymization import (
    eleventh_held_sound,
    eleventh_open,
    eleventh_open_sound,
)
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.eleventh_people import compositions
from tests.anonymization.judging import made, released_again

SOUND = {"open": eleventh_open_sound, "held": eleventh_held_sound}


@pytest.mark.parametrize("part", SOUND)
def test_its_people_share_whole_rows_but_for_a_code_of_their_own(part):
    """Whatever is known of somebody, and not only what was declared, k people fit."""
    for case in made(SOUND[part].sound):
        if "quasi_identifiers" in case.claim:
            frame = case.frame
            told = [one for one in frame.columns if frame[one].n_unique() < frame.height]
            assert len(told) >= len(frame.columns) - 1, case.title
            assert frame.group_by(told).len()["len"].min() >= case.claim["k"], case.title


@pytest.mark.parametrize("part", SOUND)
def test_its_codes_of_people_are_in_no_earlier_release(part):
    codes = released_again(made(SOUND[part].sound))
    assert codes == [set()]


def the(front: str) -> Release:
    return next(one for one in made(eleventh_open.flawed) if one.title.startswith(front))


def values(front: str, *columns: str) -> list[tuple[str, ...]]:
    return the(front).frame.select(columns).rows()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: the number comes out of what was released."""
    tried = {p.phone for p in crowd(1500, the("social").title)}
    for digest, salt in values("social", "手机号摘要", "盐值")[:20]:
        found = [
            one for one in tried if hashlib.sha256((one + salt).encode()).hexdigest() == digest
        ]
        assert len(found) == 1
    numbers = {p.ident for p in crowd(1500, the("medical").title)}
    assert {bill[5:23] for (bill,) in values("medical", "结算流水号")} <= numbers
    phones = {p.phone for p in crowd(1500, the("hospital").title)}
    rung = [
        note.split("改拨")[1][:11] for (note,) in values("hospital", "随访记录") if "改拨" in note
    ]
    assert len(rung) > 50
    assert set(rung) <= phones


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("migrants", ["证件号码"]),
        ("primary schools", ["性别", "出生年月", "毕业幼儿园", "居住小区"]),
        ("traffic police", ["违法时间"]),
        ("housing fund", ["月缴存额"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > the(front).frame.height / 2


def test_groups_made_for_sharing_are_too_small_to_be_opened():
    case = the("homes")
    sizes = case.frame.group_by(case.claim["quasi_identifiers"]).len()["len"]
    assert case.claim["k"] <= sizes.min() < 20
    assert (sizes < 20).sum() > 40


def test_many_a_family_is_the_only_one_composed_so():
    assert (compositions(the("subsistence"))["alike"] == 1).mean() > 0.5


def test_what_others_hold_meets_the_release():
    (paid,) = the("housing fund").others["auxiliary"]
    assert paid.join(the("housing fund").frame, on="月缴存额").height >= 690
    (last,) = the("volunteers").others["earlier"]
    assert len(set(last["用户标识"]) & set(the("volunteers").frame["志愿者代码"])) == 600
