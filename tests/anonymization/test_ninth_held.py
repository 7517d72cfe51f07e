"""Whether the flaws of the ninth hand's held part are in its tables.

Apart from test_ninth_hand.py, which whoever mends the gate reads; this tells what is held.
"""

import hashlib
from datetime import UTC, datetime

import polars as pl

from tests.anonymization import ninth_held
from tests.anonymization.eighth_people import Release, crowd, luhn
from tests.anonymization.judging import made
from tests.anonymization.ninth_held import SPOKEN, geohash


def the(front: str) -> Release:
    return next(case for case in made(ninth_held.flawed) if case.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: the number comes out of what was released."""
    phones = {p.phone for p in crowd(1000, the("parking").title)}
    assert {str(int(one, 36)) for one in values("parking", "帐号")} == phones
    ends = {p.ident[-6:] for p in crowd(1000, the("training").title)}
    digests = {hashlib.md5(one.encode()).hexdigest() for one in ends}
    assert set(values("training", "pwd")) == digests
    assert all(luhn(one[:14]) == one for one in values("street wireless", "终端串号"))
    for one in values("emergency", "ts"):
        assert datetime.fromtimestamp(int(one) / 1000, UTC).year == 2025
    heard = str.maketrans({word: sign for sign, word in SPOKEN.items()})
    callers = {p.phone for p in crowd(1000, the("hotline").title)}
    told = [one.translate(heard) for one in values("hotline", "通话纪要")]
    assert sum(one[-13:-2] in callers for one in told) > 100


def test_a_hash_of_a_place_is_the_known_one():
    # The example that describes the code: 57.64911, 10.40744 in Jutland.
    assert geohash(10.40744, 57.64911, 11) == "u4pruydqqvj"


def test_few_share_what_is_said_about_birth_rank_or_band():
    for front, columns in (
        ("blood", ["性别", "旗区", "年代", "属相", "星座"]),
        ("unemployment", ["性别", "街镇", "年龄段"]),
        ("newborns", ["随访日期", "日龄"]),
    ):
        sizes = the(front).frame.group_by(columns).len()["len"]
        assert (sizes < 5).sum() > 50, front
    ranks = the("wage survey").frame["岗位"].value_counts().filter(pl.col("count") < 10)
    assert set(ranks["岗位"]) == {"总经理", "财务总监"}


def test_the_earlier_release_has_the_numbers_without_their_letters():
    case = the("pensions")
    (earlier,) = case.others["earlier"]
    assert case.frame["人员编号"].str.strip_prefix("GR").to_list() == earlier["个人编号"].to_list()
