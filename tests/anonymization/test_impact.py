"""What a report tells of a run beside its verdict, and what it never tells."""

import json

import polars as pl
import pytest

import anonymization
from anonymization import impact, statement
from anonymization.plan import is_report
from anonymization.synthetic import citizens
from tests.anonymization.conftest import DECIDED


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run over 2,000 citizens: the table, the plan, the report, the folder."""
    folder = tmp_path_factory.mktemp("impact")
    people = citizens(2000, seed=8)
    people.write_csv(folder / "in.csv")
    anonymization.make_key(folder / "key")
    plan = anonymization.fit(
        anonymization.propose(anonymization.detect(people), "statistical"), people
    )
    plan |= {**DECIDED, "use": ["性别"], "population": {"total": 550_000}}
    report = anonymization.apply(plan, folder / "in.csv", folder / "out.csv", folder / "key")
    return people, plan, json.loads(report.json()), folder


def test_the_buckets_of_class_sizes_hold_every_class_and_every_record(made):
    _, _, facts, _ = made
    assert sum(one["classes"] for one in facts["sizes"]) == facts["risk"]["classes"]
    assert sum(one["records"] for one in facts["sizes"]) == facts["output"]["rows"]
    assert next(one["from"] for one in facts["sizes"] if one["classes"]) <= facts["risk"]["k"]


def test_a_column_that_names_everybody_singles_out_all_before_and_nobody_once_removed():
    raw = pl.DataFrame({"id": ["a", "b", "c", "d"], "sex": ["m", "m", "f", None]})
    facts = impact.changed(raw, raw.select("sex"), ("sex",))
    assert facts["singled"] == [
        {"column": "id", "before": 1.0, "after": 0.0},
        {"column": "sex", "before": 0.25, "after": 0.25},
    ]
    assert facts["utility"]["use_distance"] == 0.0


def test_the_loss_for_the_use_and_the_journalist_are_told_where_the_plan_names_them(made):
    _, _, facts, _ = made
    assert facts["utility"]["use"] == ["性别"]
    # Reaching k took a few records away.
    assert facts["utility"]["use_distance"] < 0.05
    assert 0 < facts["risk"]["journalist_risk"] < facts["risk"]["prosecutor_risk"]


def test_only_columns_made_with_a_key_are_sketched_and_no_value_travels(made):
    people, plan, facts, folder = made
    keyed = {
        line["name"]
        for line in plan["columns"]
        if anonymization.plan.techniques()[line["technique"]]["key"]
    }
    assert {one["column"] for one in facts["sketches"]} <= keyed
    assert facts["sketches"]
    text = json.dumps(facts, ensure_ascii=False)
    released = pl.read_csv(folder / "out.csv", infer_schema=False)
    for one in facts["sketches"]:
        assert not [value for value in released[one["column"]].head(50) if value in text]
        assert not [value for value in people[one["column"]].head(50) if value in text]


def test_a_sketch_is_stated_by_its_digest_so_that_it_may_be_kept_apart(made):
    _, _, facts, _ = made
    apart = facts | {"sketches": statement.stated(facts)["sketches"]}
    assert "digests" in facts["sketches"][0]
    assert "digests" not in apart["sketches"][0]
    assert statement.digest(apart) == statement.digest(facts)
    assert is_report(facts)
    assert is_report(apart)


def test_a_release_that_fails_is_sketched_nowhere(made, tmp_path):
    _, plan, _, folder = made
    kept = [
        line | {"technique": "keep", "params": {}, "role": "other", "kind": None}
        if line["name"] == "公民身份号码"
        else line
        for line in plan["columns"]
    ]
    report = anonymization.apply(
        plan | {"columns": kept}, folder / "in.csv", tmp_path / "out.csv", folder / "key"
    )
    assert not report.passed
    assert "sketches" not in report.facts
    assert is_report(report.facts)
