"""A claim that names nothing is refused: a check that never runs is none."""

import polars as pl
import pytest

from anonymization import Refused, verify

SHARED = pl.DataFrame(
    {
        "性别": ["男", "女"] * 300,
        "所在区": ["海勃湾区", "乌达区", "海南区"] * 200,
        "困难类型": ["低保", "特困", "临时救助", "孤儿", "低保"] * 120,
    }
)


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ({"quasi_identifiers": ["性别"], "sensitive": ["困难类别"], "l": 4}, "困难类别"),
        ({"quasi_identifiers": ["姓别"]}, "姓别"),
        ({"use": ["困难类别"]}, "困难类别"),
        ({"population": {"total": 560000, "margins": {"民族": {"汉族": 400000}}}}, "民族"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(claim, named):
    with pytest.raises(Refused) as refusal:
        verify(SHARED, claim)
    assert refusal.value.code == "COLUMN_NOT_THERE"
    assert f"「{named}」" in refusal.value.zh
    assert "困难类型" in refusal.value.zh


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        ({"foo": 1}, "foo"),
        ({"quasi_identifier": ["性别"]}, "quasi_identifier"),
        ({"k": -4}, "k"),
        ({"k": True}, "k"),
        ({"l": 0}, "l"),
        ({"t": 3}, "t"),
        ({"profile": "public"}, "profile"),
        ({"population": {"total": -5}}, "population"),
        ({"population": {"total": 500, "margins": {"性别": {"男": "多"}}}}, "population"),
        (["性别"], "claim"),
    ],
)
def test_a_part_that_is_none_or_out_of_range_is_named(claim, named):
    with pytest.raises(Refused) as refusal:
        verify(SHARED, claim)
    assert refusal.value.code == "CLAIM_FAULTY"
    assert f"「{named}」" in refusal.value.zh


def test_a_table_of_fewer_rows_is_not_what_a_release_was_made_from():
    with pytest.raises(Refused) as refusal:
        verify(SHARED, raw=SHARED.head(3))
    assert refusal.value.code == "RAW_OF_ANOTHER_TABLE"


def test_a_claim_may_name_what_was_taken_out():
    raw = SHARED.with_columns(pl.lit("有").alias("车辆"))
    assert verify(SHARED, {"quasi_identifiers": ["性别", "车辆"]}, raw).passed
    plan = {
        "profile": "statistical",
        "columns": [
            {"name": "性别", "technique": "keep"},
            {"name": "车辆", "technique": "suppress", "params": {"as": "drop"}},
        ],
        "quasi_identifiers": ["性别", "车辆"],
        "reach_k": "suppress",
        "k": 5,
    }
    assert verify(SHARED, plan).passed
