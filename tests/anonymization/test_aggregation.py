"""A table of groups stands for many records each, and no cell tells of one person."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from anonymization import apply, check_plan
from anonymization.aggregation import aggregate
from anonymization.plan import Plan
from tests.anonymization.conftest import answering, line, people_plan, refused, replan

KEY = b"k" * 32


def grouped(by: list[str], **changes: object) -> Plan:
    plan = replan(
        people_plan(quasi_identifiers=by, **changes),
        line("公民身份号码", "suppress", "direct"),
        line("月收入", role="sensitive"),
        line("备注", "suppress"),
        *([] if "出生日期" in by else [line("出生日期", "suppress", "quasi")]),
    )
    measures = [{"column": "月收入", "as": "mean"}, {"column": "月收入", "as": "sum"}]
    return plan | {"aggregate": {"by": by, "count": "人数", "measures": measures}}


@pytest.fixture
def source(tmp_path: Path, people: pl.DataFrame) -> Path:
    people.write_csv(tmp_path / "in.csv")
    return tmp_path / "in.csv"


def test_the_groups_are_those_of_the_records(source, tmp_path, people):
    report = apply(grouped(["性别", "所在区"]), source, tmp_path / "a.csv", KEY)
    assert report.passed, report.facts["findings"]
    made = pl.read_csv(tmp_path / "a.csv")
    wanted = people.group_by("性别", "所在区").agg(
        pl.len().alias("人数"),
        pl.col("月收入").mean().round(2).alias("月收入平均"),
        pl.col("月收入").sum().round(2).alias("月收入合计"),
    )
    by = ["性别", "所在区"]
    assert_frame_equal(made.sort(by), wanted.sort(by), check_dtypes=False)
    assert report.facts["output"]["rows"] == 6
    income = next(one for one in report.facts["columns"] if one["name"] == "月收入")
    assert income["remains"].startswith("外人只看到每组的合计或平均")


def test_a_group_of_too_few_is_left_out_and_counted(source, tmp_path):
    plan = grouped(["性别", "出生日期", "所在区"], k=40)
    report = apply(plan, source, tmp_path / "a.csv", KEY)
    assert report.passed, report.facts["findings"]
    made = pl.read_csv(tmp_path / "a.csv")
    assert made["人数"].min() >= 40
    assert report.facts["suppressed"]["records_removed"] == 3000 - made["人数"].sum()
    assert report.facts["suppressed"]["records_removed"] > 0


def test_a_sum_that_one_record_makes_up_is_blanked():
    frame = pl.DataFrame({"区": ["甲"] * 5 + ["乙"] * 5, "额": [1, 1, 1, 1, 900] + [10] * 5})
    given = {"by": ["区"], "measures": [{"column": "额", "as": "sum"}]}
    made = aggregate(frame, given, 5)
    assert dict(made.table.select("区", "额合计").iter_rows()) == {"甲": None, "乙": 50.0}
    assert made.blanked == {"额": 1}


def test_when_no_group_is_large_enough_nothing_is_written(source, tmp_path):
    plan = grouped(["性别", "所在区"], k=2000)
    refused("NO_GROUP_LARGE_ENOUGH", lambda: apply(plan, source, tmp_path / "a.csv", KEY))
    assert not (tmp_path / "a.csv").exists()


def test_a_plan_of_groups_leaves_no_column_without_a_place():
    def codes(plan: Plan) -> list[tuple[str, str | None]]:
        return [(fault.code, fault.column) for fault in check_plan(plan)]

    good = grouped(["性别", "所在区"])
    assert codes(good) == []
    kept = replan(good, line("民族", role="quasi"))
    assert codes(kept) == [("COLUMN_NOT_AGGREGATED", "民族")]
    wrong = good | {"aggregate": {"by": ["民族"], "measures": good["aggregate"]["measures"]}}
    assert ("AGGREGATE_NAMES_NO_COLUMN", "民族") in codes(wrong)
    assert codes(answering(*good["columns"], aggregate=good["aggregate"])) == [
        ("AGGREGATE_UNJUDGED", None)
    ]
