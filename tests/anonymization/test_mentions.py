"""Who is told of in remarks: names behind what somebody is, posts that one man held."""

import polars as pl
import pytest

from anonymization import treat, verify
from tests.anonymization.conftest import line

NAMES = ("张伟", "王桂芳", "李建国", "赵秀兰", "陈志强", "刘海燕", "杨文斌", "黄玉梅")


def said(*texts):
    """Remarks of an office, most of which say nothing."""
    some = [*texts, *["低保资格年度复核，资料齐全"] * 60]
    return [(one.code, one.columns) for one in verify(pl.DataFrame({"入户记录": some})).findings]


def test_names_with_no_mark_behind_them_are_found_in_a_column_of_notes():
    notes = [f"户主{one}长期患病，由邻居{NAMES[n - 1]}照料" for n, one in enumerate(NAMES)]
    assert said(*notes) == [("FREE_TEXT_LEAK", ("入户记录",))]


@pytest.mark.parametrize(
    "note", ["户主反映供暖不热", "户主高度重视，已整改", "由邻居家代为签收", "请区长批示后办理"]
)
def test_what_households_and_neighbours_did_names_nobody(note):
    assert said(*[note] * 8) == []


@pytest.mark.parametrize(
    "note",
    [
        "东至{}，南至生产路，西至{}家地，北至水渠",
        "与{}等人，合伙，账目交{}",
        "左邻{}；右邻{}；后为大队部",
        "（介绍人{}，证明人{}）",
    ],
)
def test_names_behind_words_that_always_say_another_name_are_found(note):
    notes = [note.format(one, NAMES[n - 3]) for n, one in enumerate(NAMES)] * 3
    assert said(*notes) == [("FREE_TEXT_LEAK", ("入户记录",))]


@pytest.mark.parametrize(
    ("front", "places"),
    [
        ("东至", "黄河路 长江街 海达街 机场路 温泉巷 石油渠 林荫路 白云街 双河沟 金沙湾"),
        ("位于", "王家沟 李家巷 张家湾 赵家梁 刘家井 陈家圪旦 马家沟 高家湾 杨家梁"),
        ("涉及", "高温 安全 白天 方便 平安 温度 施工 路灯 金额 水费 强光 明火"),
    ],
)
def test_roads_lanes_and_matters_behind_such_words_name_nobody(front, places):
    assert said(*(f"{front}{one}，已核实" for one in places.split() * 3)) == []


def test_a_post_that_one_man_held_names_him():
    assert said("系乌海市第三中学原党总支书记") == [("FREE_TEXT_LEAK", ("入户记录",))]


@pytest.mark.parametrize(
    "birth", ["1962年{n}月3日生", "1962-{n:02}-13出生", "出生于1962年{n}月", "出生日期：1962.{n}.3"]
)
def test_a_birth_told_in_a_sentence_is_found(birth):
    notes = [f"申请人男，{birth.format(n=n)}，查体病程稳定" for n in range(1, 9)]
    assert said(*notes) == [("FREE_TEXT_LEAK", ("入户记录",))]
    plan = {"profile": "statistical", "columns": [line("入户记录", "redact")]}
    assert said(*treat(plan, pl.DataFrame({"入户记录": notes}))["入户记录"]) == []


@pytest.mark.parametrize(
    "day", ["设备2012年{n}月3日生产", "办法2012年{n}月3日生效", "2012年{n}月3日受理"]
)
def test_days_on_which_things_were_made_or_came_into_force_are_no_births(day):
    assert said(*(f"经核查，{day.format(n=n)}，资料齐全" for n in range(1, 9))) == []
