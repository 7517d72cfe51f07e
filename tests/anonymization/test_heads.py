"""Sheets with a column for each person: who stands in the head is found, other heads are not."""

import random

import polars as pl
import pytest

from anonymization import verify

C = random.Random("heads")
PEOPLE = ("张伟", "王桂芳", "李建国", "赵秀兰", "陈志强", "刘海燕", "杨文斌", "黄玉梅")
MARKS = ("出勤", "病假", "事假", "丧假")


def sheet(heads, rows: int = 20) -> pl.DataFrame:
    cells = {head: [C.choice(MARKS) for _ in range(rows)] for head in heads}
    return pl.DataFrame({"周次": [f"第{n + 1}周" for n in range(rows)]} | cells)


def found(frame: pl.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (one.code, one.columns)
        for one in verify(frame).findings
        if one.code == "DIRECT_IDENTIFIER_LEFT"
    ]


@pytest.mark.parametrize(
    "head",
    ["{}", "{}出勤", "{}（护士）", "得分_{}", "{}_工资", "考评人{}"],
)
def test_columns_called_after_people_are_found_whatever_else_they_say(head):
    heads = tuple(head.format(one) for one in PEOPLE)
    assert found(sheet(heads)) == [("DIRECT_IDENTIFIER_LEFT", heads)]


def test_columns_called_by_numbers_of_people_are_found():
    heads = tuple(f"138{C.randrange(10**8):08}" for _ in range(6))
    assert found(sheet(heads)) == [("DIRECT_IDENTIFIER_LEFT", heads)]


def test_names_across_one_row_of_a_sheet_that_was_turned_round_are_found():
    turned = pl.DataFrame(
        [
            ["姓名", *PEOPLE],
            ["民主测评", *(C.choice(("优秀", "称职", "基本称职")) for _ in PEOPLE)],
            ["体检结果", *(C.choice(("正常", "复查")) for _ in PEOPLE)],
        ],
        schema=[f"column_{n}" for n in range(len(PEOPLE) + 1)],
        orient="row",
    )
    assert found(turned) == [
        ("DIRECT_IDENTIFIER_LEFT", tuple(f"column_{n + 1}" for n in range(len(PEOPLE))))
    ]


@pytest.mark.parametrize(
    "heads",
    [
        ("高度", "方向", "安全", "金额", "温度", "白天", "平均分", "总成绩", "施工"),
        ("海勃湾区", "乌达区", "海南区", "千里山镇", "公乌素镇", "拉僧庙镇"),
        ("白杨", "云杉", "侧柏", "沙枣", "胡杨", "国槐", "旱柳", "海棠"),
        ("王家沟", "李家巷", "张家湾", "赵家梁", "刘家井", "陈家渠"),
        ("语文", "数学", "英语", "物理", "化学", "政治", "历史", "地理"),
    ],
)
def test_columns_called_after_measures_places_trees_and_lessons_are_nobody(heads):
    assert found(sheet(heads)) == []
