"""Releases of a twelfth hand, which has read neither the gate nor its earlier flaws.

What the held part hides is looked at in test_twelfth_held.py, apart from what may be read.
"""

import hashlib

import polars as pl
import pytest

from tests.anonymization import (
    twelfth_held_sound,
    twelfth_open,
    twelfth_open_sound,
)
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made, released_again

SOUND = {"open": twelfth_open_sound, "held": twelfth_held_sound}


@pytest.mark.parametrize("part", SOUND)
def test_its_people_share_whole_rows_but_for_a_code_of_their_own(part):
    """Whatever is known of somebody, and not only what was declared, k people fit."""
    for case in made(SOUND[part].sound):
        if "quasi_identifiers" in case.claim:
            frame = case.frame
            told = [one for one in frame.columns if frame[one].n_unique() < frame.height]
            assert frame.height > 1_000, case.title
            assert len(told) >= len(frame.columns) - 1, case.title
            assert frame.group_by(told).len()["len"].min() >= case.claim["k"], case.title


@pytest.mark.parametrize("part", SOUND)
def test_its_codes_of_people_are_in_no_earlier_release(part):
    codes = released_again(made(SOUND[part].sound))
    assert codes
    assert not any(codes)


@pytest.mark.parametrize("part", SOUND)
def test_its_sound_tables_have_no_small_cell_and_none_comes_of_taking_away(part):
    for case in made(SOUND[part].sound):
        counts = case.frame.select("^.*(人数|人次|案数)$")
        if counts.width:
            assert min(counts.row(0)) >= 20, case.title
            assert min(counts[one].min() for one in counts.columns) >= 20, case.title
            first, last = counts[:, 0], counts[:, -1]
            assert counts.width == 1 or (first - last).min() >= 20, case.title


def the(front: str) -> Release:
    return next(one for one in made(twelfth_open.flawed) if one.title.startswith(front))


def values(front: str, *columns: str) -> list[tuple[str, ...]]:
    return the(front).frame.select(columns).rows()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: it comes out of what was released."""
    pupils = {p.ident for p in crowd(1500, the("school").title, 7, 15)}
    assert {number[1:] for (number,) in values("school", "学籍编码")} <= pupils
    tried = {
        hashlib.sha1(p.phone.encode()).hexdigest()[:16] for p in crowd(1500, the("water").title)
    }
    assert {mark for (mark,) in values("water", "设备标识")} <= tried
    homes = {
        f"{p.door[0]}{p.door[1]:02}-{p.door[2]}-{p.door[3]:0>4}"
        for p in crowd(1500, the("gas").title)
    }
    assert {block + meter for block, meter in values("gas", "小区", "表位号")} <= homes
    reached = {p.mail.split("@")[0] for p in crowd(1500, the("taxis").title)}
    told = [
        text.split("加微信")[1].split("后")[0]
        for (text,) in values("taxis", "处理经过")
        if "加微信" in text
    ]
    assert len(told) > 50
    assert set(told) <= reached


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("gas", ["小区", "表位号"]),
        ("grain", ["承包地块编码"]),
        ("health of", ["用人单位", "上岗年月"]),
        ("libraries", ["借出时间"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > the(front).frame.height / 2


def test_what_others_hold_meets_the_release():
    (wall,) = the("public").others["auxiliary"]
    assert wall.join(the("public").frame, on="摇号编号").height == 800
    (cards,) = the("libraries").others["earlier"]
    assert len(set(cards["刷卡时间"]) & set(the("libraries").frame["借出时间"])) >= 640


def test_cells_are_of_three_or_fewer_or_become_so_by_taking_away():
    assert the("centre").frame["阳性人数"].is_between(1, 3).mean() > 0.05
    case = the("health: registered")
    (last,) = case.others["earlier"]
    since = case.frame["累计登记人数"] - last["累计登记人数"]
    assert case.frame["累计登记人数"].min() >= 40
    assert (since == 1).sum() > 200
