"""Parameters are asked, read, written and judged by the table of techniques alone."""

import pytest

from anonymization import check_plan
from anonymization.parameters import asked, read, written
from anonymization.plan import choices, techniques, terms
from tests.anonymization.conftest import answering, line, people_plan


def test_a_parameter_is_asked_only_where_it_counts():
    generalize = techniques()["generalize"]
    assert set(asked(generalize, {})) == {"hierarchy"}
    assert set(asked(generalize, {"hierarchy": "age"})) == {"hierarchy", "width", "top", "cuts"}
    assert asked(generalize, {"hierarchy": "region"})["to"]["choices"] == [
        "province",
        "city",
        "district",
    ]
    assert set(asked(techniques()["mask"], {})) == {"style", "head", "tail"}
    assert set(asked(techniques()["mask"], {"style": "name"})) == {"style"}


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("integer", 7),
        ("number", 0.25),
        ("percent", 0.07),
        ("percent", 0.055),
        ("numbers", [18, 35.5, 60]),
        ("map", {"煤矿工人": "工人", "护士": "医护"}),
        ("text", "甲"),
        ("yes", True),
        ("columns", ["所在区", "年龄"]),
        ("people", {"total": 557_000}),
        (
            "people",
            {"total": 9, "margins": {"所在区": {"海勃湾区": 5, "乌达区": 4}, "性别": {"男": 4}}},
        ),
    ],
    ids=str,
)
def test_what_a_form_shows_is_read_again_as_the_same(type_, value):
    rule = {"type": type_}
    assert read(rule, written(rule, value)) == value


@pytest.mark.parametrize(
    ("type_", "typed"),
    [
        ("integer", "七"),
        ("number", "1e9"),
        ("number", "nan"),
        ("percent", "许多"),
        ("map", "甲"),
        ("people", "五十万"),
        ("people", "所在区：海勃湾区 = 5"),
        ("people", "总人数 = 9\n性别：男 = 几个"),
        ("people", "总人数 = 9\n总人数 = 8"),
    ],
)
def test_what_is_no_such_value_comes_back_as_typed(type_, typed):
    assert written({"type": type_}, read({"type": type_}, typed)) == typed


def test_people_and_columns_are_read_as_they_are_typed():
    typed = "557,000\n所在区: 海勃湾区＝240000\n"
    people = {"total": 557_000, "margins": {"所在区": {"海勃湾区": 240_000}}}
    assert read({"type": "people"}, typed) == people
    assert read({"type": "columns"}, "甲，乙、丙\n甲") == ["甲", "乙", "丙"]


def test_columns_of_a_use_and_of_a_count_of_people_must_be_in_the_plan():
    plan = people_plan() | {
        "use": ["性别", "身高"],
        "population": {"total": 9, "margins": {"籍贯": {}}},
    }
    faults = [(one.field, one.code) for one in check_plan(plan)]
    assert faults == [("use", "COLUMN_NOT_THERE"), ("population", "COLUMN_NOT_THERE")]


def test_every_choice_of_the_form_survives_its_own_fields():
    for one in choices().values():
        technique = techniques()[one["technique"]]
        for name, value in one["params"].items():
            rule = asked(technique, one["params"])[name]
            assert read(rule, written(rule, value)) == value


def test_a_fault_of_a_parameter_names_it_as_the_form_does_and_its_bounds():
    plan = people_plan()
    plan["columns"][9] = line("月收入", "round", "sensitive", step="许多")
    (fault,) = check_plan(plan)
    assert (fault.column, fault.field) == ("月收入", "step")
    assert "「取整单位」（step）" in fault.zh
    assert "大于 0" in fault.zh


def test_every_condition_out_of_bounds_is_told_at_once_with_what_was_typed():
    plan = answering(line("民族", "dance"), per_call=99, per_day="很多")
    faults = check_plan(plan)
    assert {(one.code, one.field or one.column) for one in faults} == {
        ("PLAN_SHAPE", "per_call"),
        ("PLAN_SHAPE", "per_day"),
        ("NO_SUCH_TECHNIQUE", "民族"),
    }
    (bulk,) = [one for one in faults if one.field == "per_call"]
    assert bulk.zh == "「每次最多查询几人」填的是「99」，应为：1 到 10 的整数。"


def test_every_parameter_and_condition_has_its_words_in_both_languages():
    rules = [rule for one in techniques().values() for rule in one["params"].values()]
    for rule in [*rules, *terms().values()]:
        assert rule["zh"]
        assert rule["en"]
