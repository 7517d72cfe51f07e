"""What is left of two figures of one group: one person's pay, or that all of the group are ill."""

import random

import polars as pl
import pytest

from anonymization import verify

C = random.Random("differences")
BODIES = [f"{n + 1}号事业单位" for n in range(30)]


def paid(whole: str, without: str) -> pl.DataFrame:
    many = [C.randrange(20, 60) for _ in BODIES]
    mean = [round(C.uniform(62_000, 98_000), 2) for _ in BODIES]
    above = [round(one + 60_000 / people, 2) for one, people in zip(mean, many, strict=True)]
    return pl.DataFrame({"单位": BODIES, "在册人数": many, whole: above, without: mean})


def found(frame: pl.DataFrame) -> list[tuple[str, tuple[str, ...], int]]:
    return [(one.code, one.columns, one.records) for one in verify(frame).findings]


@pytest.mark.parametrize(
    ("whole", "without"),
    [
        ("人均年薪（含负责人）", "人均年薪（不含负责人）"),
        ("平均奖金", "除院长外平均奖金"),
        ("含校长人均补贴", "不含校长人均补贴"),
        ("工资总额", "工资总额（剔除最高）"),
        ("mean_pay_with_head", "mean_pay_without_head"),
    ],
)
def test_a_figure_with_one_and_without_is_that_ones(whole, without):
    assert found(paid(whole, without)) == [("K_TOO_SMALL", (whole, without), 30)]


@pytest.mark.parametrize(
    ("whole", "without"),
    [
        ("人均年薪（含加班费）", "人均年薪（不含加班费）"),
        ("人均年薪", "人均年薪（不含编外人员）"),
        ("人均年薪（不含负责人）", "人均奖金（不含负责人）"),
    ],
)
def test_a_figure_without_a_sum_or_without_many_is_nobodys(whole, without):
    assert found(paid(whole, without)) == []


def test_the_same_in_two_rows_is_found_as_well():
    frame = paid("人均年薪", "少").drop("少")
    both = pl.concat(
        frame.with_columns(pl.lit(scope).alias("统计口径")) for scope in ("含主任", "不含主任")
    )
    assert found(both) == [("K_TOO_SMALL", ("统计口径", "人均年薪"), 60)]


def looked_at(looked: str, part: str, left: tuple[int, ...]) -> pl.DataFrame:
    many = [C.randrange(60, 120) for _ in BODIES]
    parts = [all_ - left[n % len(left)] for n, all_ in enumerate(many)]
    groups = [f"{pit}采煤队{n}班" for pit in "甲乙丙" for n in range(1, 11)]
    return pl.DataFrame({"班组": groups, looked: many, part: parts})


@pytest.mark.parametrize(
    ("looked", "part"),
    [("受检人数", "检出尘肺人数"), ("学生人数", "近视以外异常人数"), ("参检职工数", "阳性例数")],
)
def test_where_all_of_a_group_are_ill_each_of_them_is(looked, part):
    for left in (0, 2):
        codes = found(looked_at(looked, part, (30, 40, left, 25, 33)))
        assert ("L_TOO_SMALL", (looked, part), 6) in codes
    assert found(looked_at(looked, part, (30, 40, 28, 25, 33))) == []


def test_where_nobody_of_a_group_is_well_each_of_them_is_ill():
    well = looked_at("检测人数", "阴性人数", (30,)).with_columns(
        pl.Series("阴性人数", [0 if n % 10 == 4 else 25 for n in range(30)])
    )
    assert ("L_TOO_SMALL", ("检测人数", "阴性人数"), 3) in found(well)


def test_that_all_came_or_that_two_counts_are_one_says_nothing():
    assert found(looked_at("应到人数", "实到人数", (30, 40, 0, 25, 33))) == []
    assert found(looked_at("登记患者人数", "确诊人数", (0,))) == []
