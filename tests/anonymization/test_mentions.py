"""Who is told of in remarks: names behind what somebody is, posts that one man held."""

import random

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


FAMILIES = "张王李赵陈刘杨黄周吴徐孙高金白方"


def hidden(note: str, slip: str = "", rows: int = 320):
    """Texts that hide a name; in one of eleven `slip` follows, with the name that was hidden."""
    chance, given = random.Random(note), "伟芳建国秀兰志强梅华海燕文斌"
    texts = []
    for row in range(rows):
        family = FAMILIES[row % len(FAMILIES)]
        name = family + "".join(chance.sample(given, chance.choice((1, 2))))
        text = note.format(family) + (slip.format(name) if row % 11 == 0 else "")
        texts.append(text + chance.choice(("已归档。", "待复核。", "已告知权利义务。")))
    return [(one.code, one.columns) for one in verify(pl.DataFrame({"经过": texts})).findings]


@pytest.mark.parametrize(
    ("note", "slip"),
    [
        ("{}某驾车行至高速路口，与货车相撞。", "经查{}系酒后驾驶。"),
        ("来访人{}*反映欠薪，金额待查，", "当日{}补交材料，"),
        ("经调解，{}某甲与物业公司达成协议。", "{}已签字，方案生效。"),
        ("住院病人{}某术后恢复，", "嘱病人{}复查，"),
    ],
)
def test_a_name_that_is_hidden_and_then_written_out_once_is_found(note, slip):
    assert hidden(note, slip) == [("FREE_TEXT_LEAK", ("经过",))]


@pytest.mark.parametrize(
    ("note", "slip"),
    [
        ("{}某驾车行至高速路口，经查金额属实，方向不明，黄河桥白天限行。", ""),
        ("{0}某反映{0}家村道路积水，{0}女士要求回复，", "{0:.1}某称属实，"),
        ("{0}某与{0}某某系兄弟，{0}姓族人到场，", "{0:.1}某乙未到，"),
    ],
)
def test_texts_that_hide_every_name_name_nobody(note, slip):
    assert hidden(note, slip) == []
