"""Tables of totals and steps of a clock: what is exact there is nobody's."""

import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from anonymization import verify
from anonymization.detection import detect
from anonymization.findings import as_texts
from anonymization.totals import of_groups

START = datetime(2025, 3, 1, 7)  # noqa: DTZ001  # as tables tell times


def is_of_groups(rows):
    frame = pl.DataFrame(rows)
    return of_groups(as_texts(frame), {one.name: one for one in detect(frame)})


WAGES = [
    {"行业": trade, "年份": year, "平均工资(元)": 4000.17 + 371.39 * n + year / 7}
    for n, trade in enumerate(("采矿业", "制造业", "建筑业", "教育"))
    for year in range(2015, 2025)
]
CALLS = [
    {"时间": f"{START + timedelta(hours=n):%Y-%m-%d %H:%M:%S}", "来电量": 30 + n % 17}
    for n in range(100)
]
TRAFFIC = [
    {
        "路口": place,
        "统计时间": f"{START + timedelta(minutes=5 * n):%Y-%m-%d %H:%M}",
        "车流量": n + 9,
    }
    for n in range(60)
    for place in ("建设路口", "机场路口")
]
BIRTHS = [{"年度": 2000 + n, "出生人口": 3000 + n, "常住人口": 500_000 + n} for n in range(20)]


@pytest.mark.parametrize("rows", [WAGES, CALLS, TRAFFIC, BIRTHS])
def test_means_series_and_yearly_figures_are_of_groups_and_pass(rows):
    assert is_of_groups(rows)
    assert verify(pl.DataFrame(rows)).findings == ()


def test_wages_with_a_code_of_whose_they_are_are_no_totals():
    rows = [{**one, "工号": f"W{n:05}"} for n, one in enumerate(WAGES)]
    assert not is_of_groups(rows)
    assert [one.code for one in verify(pl.DataFrame(rows)).findings] == ["AMOUNT_TOO_FINE"]


def test_moments_that_no_clock_makes_are_somebody_s():
    rows = [
        {"时间": f"{START + timedelta(seconds=n * n * 37):%Y-%m-%d %H:%M:%S}", "来电量": n}
        for n in range(100)
    ]
    assert not is_of_groups(rows)


def test_people_who_are_each_alone_in_their_group_are_no_totals():
    rows = [
        {"区": "东西南北"[n % 4], "性别": "男女"[n % 2], "年龄": n * 13 % 89, "就业人次": n % 5}
        for n in range(80)
    ]
    assert not is_of_groups(rows)


def test_rows_that_are_alike_but_for_their_figures_are_records():
    assert not is_of_groups([*WAGES, *WAGES])


def test_times_cut_to_the_quarter_of_an_hour_are_not_exact_and_those_of_minutes_are():
    coarse = pl.DataFrame(
        {"编码": [f"A{n}" for n in range(90)],
         "到馆时间": [f"2025-03-{n % 28 + 1:02} {n % 9 + 9:02}:{n % 4 * 15:02}" for n in range(90)]}
    )  # fmt: skip
    exact = coarse.with_columns(到馆时间=pl.col("到馆时间").str.replace(":[0-9]+$", ":07"))
    assert verify(coarse).passed
    assert [one.code for one in verify(exact).findings] == ["TIMESTAMP_TOO_FINE"]


def test_a_table_told_apart_by_the_year_is_judged_by_its_cells():
    rows = [
        {"统计年度": year, "镇街": town, "病种": disease, "报告人数": 30 if year < 2024 else 2}
        for year in range(2021, 2025)
        for town in ("海北街道", "新华街道", "凤凰岭街道")
        for disease in ("梅毒", "肺结核")
    ]
    (found,) = verify(pl.DataFrame(rows)).findings
    assert (found.code, found.columns[-1], found.records) == ("K_TOO_SMALL", "报告人数", 6)
    assert verify(pl.DataFrame(rows).with_columns(报告人数=30)).passed


def screened(left: tuple[int, ...]) -> pl.DataFrame:
    rows = [
        {
            "年龄组": age,
            "性别": sex,
            "街镇": f"{street}街道",
            "检测人数": 60 + 7 * n,
            "阴性人数": 60 + 7 * n - left[n % len(left)],
        }
        for n, (age, sex, street) in enumerate(
            (age, sex, street)
            for age in ("0-17岁", "18-59岁", "60岁以上")
            for sex in "男女"
            for street in ("新华", "滨河", "林荫")
        )
    ]
    return pl.DataFrame(rows)


def test_what_one_count_leaves_of_another_is_a_cell_as_well():
    (found,) = verify(screened((0, 1, 3))).findings
    assert (found.code, found.columns[-2:]) == ("K_TOO_SMALL", ("检测人数", "阴性人数"))
    assert found.records == 12
    assert verify(screened((0, 11, 30))).passed


def starred(low, high, hidden, below=False, sign="*"):
    """Counts of which in some rows `hidden` cells of `low` to `high` people show a star."""
    chance = random.Random("stars")
    kinds = ("轻度人数", "中度人数", "重度人数", "极重人数")
    rows = []
    for n in range(24):
        cells = {one: chance.randrange(20, 300) for one in kinds}
        stars = chance.sample(kinds, hidden) if n % 3 == 0 else []
        cells |= {one: chance.randrange(low, high + 1) for one in stars}
        total = sum(cells.values())
        shown = {one: sign if one in stars else str(many) for one, many in cells.items()}
        rows.append({"街道": f"第{n}街道", **shown, "合计": str(total)})
    frame = pl.DataFrame(rows)
    if below:
        frame = frame.transpose(include_header=True, header_name="街道", column_names="街道")
        frame = frame.rename(
            lambda name: name.replace("第", "残疾人数第") if "第" in name else name
        )
    return [(one.code, one.columns[-1]) for one in verify(frame).findings]


@pytest.mark.parametrize(
    ("hidden", "sign"), [(2, "*"), (3, "<5"), (2, "—")], ids=["stars", "below five", "strokes"]
)
def test_cells_left_out_together_are_a_few_where_the_total_leaves_a_few(hidden, sign):
    assert starred(1, 1, hidden, sign=sign) == [("K_TOO_SMALL", "合计")]
    assert starred(4, 9, hidden, sign=sign) == []


def test_a_total_below_leaves_a_few_as_well():
    found = starred(1, 1, 2, below=True)
    assert {code for code, _ in found} == {"K_TOO_SMALL"}
    assert len(found) == 8
    assert starred(4, 9, 2, below=True) == []
