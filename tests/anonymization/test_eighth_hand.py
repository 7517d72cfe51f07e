"""Releases of an eighth hand, which has read neither the gate nor its earlier sets.

What the held part hides is looked at in test_eighth_held.py, apart from what may be read.
"""

import base64
import hashlib
import re
from itertools import pairwise

import polars as pl
import pytest

from tests.anonymization import eighth_open, eighth_open_sound
from tests.anonymization.eighth_people import TODAY, Release, crowd
from tests.anonymization.judging import made
from tests.anonymization.sixth_people import luhn, mod11


def test_its_people_have_right_check_digits_and_ages():
    for one in crowd(300, "check", 18, 80):
        assert one.ident[17] == mod11(one.ident[:17])
        assert luhn(one.card[:-1]) == one.card
        assert one.born < TODAY
        assert 17 <= one.age <= 80


def the(front: str) -> Release:
    return next(case for case in made(eighth_open.flawed) if case.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_what_the_open_flaws_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: the number comes out of what was released."""
    for code in values("housing fund", "职工账号"):
        body = str(int(code, 16))
        assert len(body) == 17
        assert "1" <= body[0] <= "6"
    for account in values("farm subsidies", "acct"):
        card = base64.b64decode(account).decode()
        assert luhn(card[:-1]) == card
    phones = {p.phone for p in crowd(300, the("clinic").title)}
    salts, digests = values("clinic", "流水号"), values("clinic", "患者标识")
    for salt, digest in zip(salts, digests, strict=True):
        assert any(hashlib.sha256((one + salt).encode()).hexdigest() == digest for one in phones)
    starred, segments = values("hotline", "来电号码"), values("hotline", "号段")
    whole = {front + back[-4:] for front, back in zip(segments, starred, strict=True)}
    assert whole <= {p.phone for p in crowd(2400, the("hotline").title)}
    split = zip(values("elder care", "姓"), values("elder care", "名"), strict=True)
    assert {"".join(one) for one in split} <= {
        p.name for p in crowd(380, the("elder").title, 60, 96)
    }


@pytest.mark.parametrize(
    ("front", "column", "pattern", "least"),
    [
        ("library", "读者证件", r"^\d{6}(19|20)\d{6}\*{4}$", 1.0),
        ("traffic", "hphm", r"^C[A-K]\d{4}$", 1.0),
        ("volunteers", "平台账号", r"^[a-z]+\d{4}@[a-z0-9]+\.com$", 0.1),
        ("small claims", "案情摘要", r"^原告[^，]{2,5}，[男女]，汉族，\d{4}年生", 1.0),
        ("heating aid", "受助人", r"^[^*]{2,6}$", 0.2),
        ("skills", "ext", r'"lxfs": "1\d{10}"', 1.0),
        ("water", "用水地址", r"\d+号楼\d单元\d{3,4}$", 1.0),
    ],
)
def test_what_the_open_flaws_leave_can_be_read(front, column, pattern, least):
    told = values(front, column)
    assert sum(bool(re.search(pattern, one)) for one in told) >= least * len(told)


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("births", ("出生日期", "体重g")),
        ("shared bikes", ("起点经度", "起点纬度")),
        ("marathon", ("净成绩",)),
    ],
)
def test_their_fine_values_single_people_out(front, columns):
    assert the(front).frame.select(columns).is_unique().mean() >= 0.85


@pytest.mark.parametrize(
    ("front", "column", "many"), [("school meals", "民族", 3), ("health checks", "职务", 2)]
)
def test_some_of_their_values_are_those_of_a_few(front, column, many):
    """The three pupils; the posts that stand in a row or two."""
    assert the(front).frame[column].value_counts()["count"].min() <= many


def test_their_small_counts_follow_from_their_sums():
    sums = the("brucellosis").frame["累计确诊人数"].to_list()
    weekly = [after - before for before, after in pairwise(sums)]
    assert sum(1 <= one < 5 for one in weekly) > 100


def test_one_of_their_groups_tells_what_its_members_have():
    case = the("drug")
    groups = case.frame.to_pandas().groupby(case.claim["quasi_identifiers"])["三年内复吸"]
    assert groups.nunique().min() == 1


def test_their_register_and_their_earlier_release_meet_them():
    (wall,) = the("marathon").others["auxiliary"]
    alone = wall.filter(pl.col("净成绩").is_unique())
    joined = the("marathon").frame.join(alone, on="净成绩", how="inner")
    assert joined["姓名"].null_count() == 0
    assert joined.height > wall.height * 0.8
    (meters,) = the("power").others["earlier"]
    assert set(meters["表计"]) <= {one[:16] for one in values("power", "用户标识")}


def test_the_averages_are_those_of_ten():
    case = next(case for case in made(eighth_open_sound.sound) if "mean of ten" in case.title)
    assert case.frame["月缴存额"].value_counts()["count"].min() >= 10
