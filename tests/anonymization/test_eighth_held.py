"""Whether the flaws of the eighth hand's held part are in its tables.

Apart from test_eighth_hand.py, which whoever mends the gate reads; this tells what is held.
"""

import hashlib
import re
import unicodedata
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.anonymization import eighth_held
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made
from tests.anonymization.sixth_people import mod11


def the(front: str) -> Release:
    return next(case for case in made(eighth_held.flawed) if case.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: the number comes out of what was released."""
    phones = {p.phone for p in crowd(1200, the("appointments").title)}
    codes = values("appointments", "预约人码")
    assert {"".join(str(ord(sign) - ord("a")) for sign in code) for code in codes} == phones
    digests = {
        hashlib.md5(p.phone.encode()).hexdigest()[8:24] for p in crowd(1500, the("bus").title)
    }
    assert set(values("bus", "member_id")) <= digests
    for code in values("hospital desk", "单号"):
        assert datetime.strptime(code[3:17], "%Y%m%d%H%M%S").replace(tzinfo=UTC).year == 2025
    told = [unicodedata.normalize("NFKC", one) for one in values("petitions", "内容")]
    idents = [found.group() for one in told if (found := re.search("[0-9]{17}[0-9X]", one))]
    assert len(idents) > 60
    assert all(mod11(one[:17]) == one[17] for one in idents)
    frames = values("yearly inspections", "clsbdh")
    assert len(set(frames)) == len(frames)


@pytest.mark.parametrize(
    ("front", "column", "pattern", "least"),
    [
        ("sports halls", "终端", r"^([0-9A-F]{2}:){5}[0-9A-F]{2}$", 1.0),
        ("title deeds", "bdcdyh", r"^150302\d{6}GB\d{5}F\d{8}$", 1.0),
        ("runs", "Runner", r"^[A-Z][a-z]*( [A-Z][a-z]*)+$", 1.0),
        ("licences", "联系电话", r"^1[3589]\d{9}$", 1.0),
        ("low-income", "户主", r"^[^*]{2,6}$", 1.0),
        ("meals", "配送备注", r"\d+号楼\d单元\d{3,4}", 0.2),
        ("vaccination", "叫号时刻", r"^\d\d:\d\d$", 1.0),
    ],
)
def test_what_they_leave_can_be_read(front, column, pattern, least):
    told = values(front, column)
    assert sum(bool(re.search(pattern, one)) for one in told) >= least * len(told)


@pytest.mark.parametrize(
    ("front", "columns", "least"),
    [
        ("runs", ("DOB",), 0.9),
        ("dust disease", ("矿", "出生年", "参加工作年"), 0.5),
        ("farm subsidies", ("面积(亩)", "补贴(元)"), 0.9),
        ("medical insurance", ("购药日", "药店"), 0.3),
        ("vaccination", ("接种日期", "叫号时刻"), 0.9),
        ("hospital desk", ("单号",), 0.9),
    ],
)
def test_their_fine_values_single_people_out(front, columns, least):
    assert the(front).frame.select(columns).is_unique().mean() >= least


def test_their_small_counts_are_there():
    assert (the("wages").frame["在岗人数"] < 3).sum() > 50


def test_nearly_all_of_one_group_have_the_same():
    case = the("minds of pupils")
    groups = case.frame.to_pandas().groupby(case.claim["quasi_identifiers"])["筛查结果"]
    assert groups.agg(lambda one: one.value_counts(normalize=True).max()).max() >= 0.9


@pytest.mark.parametrize(
    ("front", "keys", "name"),
    [
        ("examinations", ("语文", "数学", "外语"), "学生姓名"),
        ("residents in rehabilitation", ("编号", "性别"), "姓名"),
    ],
)
def test_their_registers_tell_who_it_is(front, keys, name):
    case = the(front)
    (register,) = case.others["auxiliary"]
    alone = register.filter(pl.struct(keys).is_unique())
    joined = case.frame.join(alone, on=list(keys), how="inner")
    assert joined.height > register.height * 0.8
    assert joined[name].null_count() == 0


def test_their_pseudonyms_stand_in_an_earlier_release():
    (before,) = the("elder care").others["earlier"]
    assert {one[3:].lower() for one in before["对象编码"]} <= set(values("elder care", "老人标识"))
