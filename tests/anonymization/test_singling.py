"""Whose the rows of a class are, and what whoever stands before a thing can read off it."""

import random

import polars as pl
import pytest

from anonymization import verify

C = random.Random("singling")
CLAIM = {"quasi_identifiers": ["性别", "街镇"], "k": 10}


def paid(people: int, months: int = 12, code: str = "对象编号") -> pl.DataFrame:
    rows = []
    for n in range(people):
        one = {code: f"DX{n:05}", "性别": "男女"[n % 2], "街镇": ("甲镇", "乙镇", "丙镇")[n % 3]}
        rows += [
            one | {"月份": f"2025-{month + 1:02}", "金额档": C.choice("低中高")}
            for month in range(months)
        ]
    return pl.DataFrame(rows)


def test_a_class_of_many_rows_of_few_people_is_small():
    (found,) = verify(paid(30), CLAIM).findings
    assert (found.code, found.columns) == ("K_TOO_SMALL", ("性别", "街镇", "对象编号"))
    assert "只是 5 个人的" in found.zh
    assert found.records == 360
    assert verify(paid(60), CLAIM).passed


def test_a_code_of_places_where_everybody_comes_counts_no_people():
    visits = paid(30).with_columns(
        pl.Series("性别", [C.choice("男女") for _ in range(360)]),
        pl.Series("街镇", [C.choice(("甲镇", "乙镇", "丙镇")) for _ in range(360)]),
    )
    assert verify(visits.rename({"对象编号": "医院编号"}), CLAIM).passed


def test_what_a_dial_shows_is_read_by_whoever_stands_before_it():
    frame = paid(400, 1).drop("对象编号")
    reading = pl.Series("本期读数", [round(C.uniform(80, 1900), 3) for _ in range(400)])
    (found,) = verify(frame.with_columns(reading), CLAIM).findings
    assert (found.code, found.columns) == ("UNDECLARED_QI_UNIQUE", ("本期读数",))
    assert verify(frame.with_columns((reading // 100).alias("本期读数")), CLAIM).passed


def test_the_example_shows_the_size_of_the_class_and_nobody_alone_where_none_is():
    known = {"性别": ["男"] * 6 + ["女"] * 300, "年龄": ["20-29"] * 6 + ["30-39"] * 300}
    found = verify(pl.DataFrame(known), {"k": 10}).findings
    told = [one for one in found if one.code == "UNDECLARED_QI_UNIQUE"]
    assert told
    for one in told:
        assert one.records == 6
        assert "独一无二" not in one.zh
        assert one.example_zh.endswith("只剩 6 行")


def test_an_empty_sensitive_column_gives_nothing_away():
    frame = paid(60).with_columns(pl.lit(None, dtype=pl.String).alias("困难类型"))
    claim = CLAIM | {"sensitive": ["困难类型"], "l": 2, "t": 0.3}
    assert verify(frame, claim).passed
    (found,) = verify(frame.with_columns(pl.lit("低保").alias("困难类型")), claim).findings
    assert (found.code, found.columns) == ("L_TOO_SMALL", ("困难类型",))


def test_who_wears_a_number_of_a_team_is_seen_by_everybody():
    rows = [
        {"代表队": f"{team}队", "球衣号": n + 1, "体检结论": C.choice(("合格", "复检", "不合格"))}
        for team in ("矿务局", "海勃湾", "乌达", "海南", "千里山")
        for n in range(14)
    ]
    found = [(one.code, one.columns) for one in verify(pl.DataFrame(rows)).findings]
    assert ("UNDECLARED_QI_UNIQUE", ("代表队", "球衣号")) in found
    assert verify(pl.DataFrame(rows).drop("球衣号")).passed


def told_of_ages(name: str, cells: list[object]) -> list[tuple[str, tuple[str, ...]]]:
    frame = paid(400, 1).drop("对象编号").with_columns(pl.Series(name, cells))
    return [(one.code, one.columns) for one in verify(frame, CLAIM).findings]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("距退休月数", [C.randrange(1, 400) for _ in range(400)]),
        ("离18周岁还差天数", [C.randrange(1, 6_000) for _ in range(400)]),
        ("满80周岁倒计时（天）", [f"{C.randrange(1, 3_000)}天" for _ in range(400)]),
        ("法定退休年月", [f"20{C.randrange(26, 60)}-{C.randrange(1, 13):02}" for _ in range(400)]),
    ],
)
def test_how_long_it_is_to_an_age_tells_when_somebody_was_born(name, cells):
    assert told_of_ages(name, cells) == [("UNDECLARED_QI_UNIQUE", (name,))]


def test_how_long_it_is_to_a_day_of_the_office_tells_no_birth():
    assert told_of_ages("距合同到期月数", [C.randrange(1, 400) for _ in range(400)]) == []
    bands = [C.choice(("5年以内", "5—10年", "10年以上")) for _ in range(400)]
    assert told_of_ages("距退休年限", bands) == []


@pytest.mark.parametrize("name", ["抽样权重", "扩样系数", "入样概率", "sample_weight"])
def test_a_weight_tells_the_community_of_whoever_has_it(name):
    """Who lives there over who was asked: no two communities have the same."""
    asked = [C.randrange(60) for _ in range(400)]
    weights = [round(2_000 + 61.37 * one, 4) for one in asked]
    frame = paid(400, 1).drop("对象编号")
    (found,) = verify(frame.with_columns(pl.Series(name, weights)), CLAIM).findings
    assert (found.code, found.columns) == ("UNDECLARED_QI_UNIQUE", (name,))


def test_a_weight_for_each_street_tells_no_more_than_the_street():
    frame = paid(400, 1).drop("对象编号")
    weights = frame["街镇"].replace_strict({"甲镇": 41.5, "乙镇": 28.0, "丙镇": 19.25})
    assert verify(frame.with_columns(weights.alias("抽样权重")), CLAIM).passed
    scores = pl.Series("考核权重分", [C.randrange(1_000) for _ in range(400)])
    assert verify(frame.with_columns(scores), CLAIM).passed


def judged_at_work(told: dict[str, list[str]]) -> list[tuple[str, tuple[str, ...]]]:
    rows = len(next(iter(told.values())))
    opinions = {
        "群众评价": [C.choice("优良中差") for _ in range(rows)],
        "投诉": [C.choice(("无", "无", "有")) for _ in range(rows)],
    }
    return [(one.code, one.columns) for one in verify(pl.DataFrame(told | opinions)).findings]


@pytest.mark.parametrize(
    ("where", "charge", "many"),
    [("学校", "授课科目", 6), ("社区", "责任网格", 30), ("街道", "包联楼栋", 40)],
)
def test_a_post_that_one_has_at_each_place_is_a_person(where, charge, many):
    pairs = [(f"第{a}{where}", f"{b}{charge[2:]}") for a in range(8) for b in range(many)]
    told = {where: [one for one, _ in pairs], charge: [one for _, one in pairs]}
    found = judged_at_work(told)
    assert ("UNDECLARED_QI_UNIQUE", (where, charge)) in found


def test_a_stretch_of_road_with_a_name_of_its_own_has_one_who_walks_it():
    told = {"巡护路段": [f"G{n // 10}线K{n}段" for n in range(120)]}
    assert ("UNDECLARED_QI_UNIQUE", ("巡护路段",)) in judged_at_work(told)


def test_a_charge_that_many_have_is_nobody():
    told = {
        "学校": [f"第{n % 4}学校" for n in range(400)],
        "授课科目": [("语文", "数学", "英语")[n // 4 % 3] for n in range(400)],
    }
    assert judged_at_work(told) == []


def rows_and_places(row: str, place: str, of_whom: dict[str, list[str]]) -> pl.DataFrame:
    told = {row: [n // 20 + 1 for n in range(400)], place: [n % 20 + 1 for n in range(400)]}
    return pl.DataFrame({**told, **of_whom})


@pytest.mark.parametrize(
    ("row", "place", "told"),
    [
        ("排", "位", "管理费欠缴情况"),
        ("座位排号", "座号", "观众投票"),
        ("架号", "格号", "寄存人欠费"),
        ("row", "seat", "离场原因"),
    ],
)
def test_a_row_and_a_place_in_it_are_somebody_s(row, place, told):
    frame = rows_and_places(row, place, {told: [C.choice("甲乙丙") for _ in range(400)]})
    found = [(one.code, one.columns) for one in verify(frame).findings]
    assert ("UNDECLARED_QI_UNIQUE", (row, place)) in found


def test_rows_and_places_of_lamps_and_of_a_form_are_nobody_s():
    lamps = {"灯杆编号": [f"LD{n:04}" for n in range(400)]}
    assert verify(rows_and_places("排", "位", lamps)).passed
    few = rows_and_places("排", "位", {"观众投票": [C.choice("甲乙丙") for _ in range(400)]})
    assert verify(few.with_columns(pl.col("排", "位") // 11)).passed
