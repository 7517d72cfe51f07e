"""Several things of somebody in one row, and lists that hundreds share."""

import random

import polars as pl
import pytest

from anonymization import verify

C = random.Random("baskets")
KNOWN = {
    "性别": [C.choice("男女") for _ in range(600)],
    "旗区": [C.choice(("海勃湾区", "乌达区", "海南区")) for _ in range(600)],
}
CLAIM = {"quasi_identifiers": list(KNOWN), "k": 10}
BOOKS = [
    f"{a}{b}" for a in ("历史", "园艺", "航海", "书法", "养生") for b in ("入门", "百问", "图谱")
]
STOPS = [f"{a}{b}站" for a in ("新华", "滨河", "海北", "巴音") for b in ("东", "西", "南", "北")]
SCHOOLS = [f"第{n}中学" for n in "一二三四五六七八九"]


def found(told: dict[str, list[str | None]]) -> list[tuple[str, tuple[str, ...]]]:
    table = pl.DataFrame({**KNOWN, **told})
    return [(one.code, one.columns) for one in verify(table, CLAIM).findings]


@pytest.mark.parametrize("between", ["、", "; ", "|", "+"])
def test_what_somebody_has_in_one_cell_is_hardly_ever_the_same(between):
    borrowed = [between.join(C.sample(BOOKS, C.randrange(3, 6))) for _ in range(600)]
    assert found({"在借图书": borrowed}) == [("UNDECLARED_QI_UNIQUE", ("在借图书",))]


def test_lists_that_are_the_same_for_hundreds_tell_nobody():
    kits = ["户口簿、身份证、照片", "户口簿、身份证、照片、结婚证", "身份证、照片、申请表"]
    papers = [C.choice(kits) for _ in range(600)]
    assert found({"已交材料": papers}) == []
    # In whatever order they are told.
    mixed = ["、".join(C.sample(one.split("、"), len(one.split("、")))) for one in papers]
    assert found({"已交材料": mixed}) == []


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (("早高峰", "晚高峰", "周末"), STOPS),
        (("第一志愿", "第二志愿", "第三志愿"), SCHOOLS),
        (("一月借书", "二月借书", "三月借书", "四月借书"), BOOKS),
    ],
)
def test_columns_of_one_list_are_a_life_in_a_row(heads, words):
    told = {head: [C.choice(words) for _ in range(600)] for head in heads}
    assert found(told) == [("UNDECLARED_QI_UNIQUE", heads)]


def test_marks_of_several_subjects_and_choices_that_most_make_tell_nobody():
    grades = {one: [C.choice("优良中差") for _ in range(600)] for one in ("语文", "数学", "英语")}
    assert found(grades) == []
    heads = ("第一志愿", "第二志愿", "第三志愿")
    usual = {head: C.choices(SCHOOLS[:1] + SCHOOLS, [400] + [1] * 9, k=600) for head in heads}
    assert found(usual) == []
