"""Made-up rows can be treated by the plan they are made for."""

import pytest

import anonymization
from anonymization import plan as masking


def planned(**line):
    lines = [
        {"name": "姓名", "kind": "姓名", "role": "direct", "technique": "suppress", "params": {}},
        {"name": "某列", "kind": None, "role": "quasi", "params": {}, **line},
    ]
    lines = [dict(one, reason="试") for one in lines]
    return {"profile": "statistical", "release": "2026-01", "columns": lines}


@pytest.mark.parametrize(
    "line",
    [
        {"technique": "generalize", "params": {"hierarchy": "age", "width": 10}},
        {"technique": "generalize", "params": {"hierarchy": "date", "to": "year"}},
        {"technique": "generalize", "params": {"hierarchy": "region", "to": "city"}},
        {"technique": "generalize", "params": {"hierarchy": "amount", "width": 1000}},
        {"technique": "generalize", "params": {"hierarchy": "address", "to": "district"}},
        {"technique": "generalize", "params": {"hierarchy": "occupation"}},
        {"technique": "generalize", "params": {"hierarchy": "icd"}},
        {
            "technique": "generalize",
            "params": {"hierarchy": "map", "map": {"甲": "一", "乙": "一"}},
        },
        {"technique": "round", "params": {"step": 100}},
        {"technique": "noise", "params": {"scale": 10}},
        {"technique": "shift", "params": {"days": 30}},
        {"technique": "microaggregate", "params": {"size": 10}},
    ],
    ids=lambda line: "-".join([line["technique"], str(line["params"].get("hierarchy", ""))]),
)
def test_every_technique_gets_values_it_can_read(line, tmp_path):
    plan = planned(**line)
    rows = anonymization.made_up(plan, 200)
    assert rows.columns == ["姓名", "某列"]
    assert masking.check_plan(plan, rows.columns) == []
    anonymization.make_key(tmp_path / "key")
    rows.write_csv(tmp_path / "in.csv")
    report = anonymization.apply(
        plan, tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "key", kind="plan_only"
    )
    assert report.facts["kind"] == "plan_only"


def test_a_column_without_a_kind_is_made_of_what_its_header_speaks_of():
    plan = planned(technique="keep")
    plan["columns"][1] |= {"name": "性别", "kind": None}
    assert set(anonymization.made_up(plan, 200)["性别"]) == {"男", "女"}
    plan["columns"][1] |= {"name": "事项"}
    assert anonymization.made_up(plan, 200)["事项"][0] == "样例1"
