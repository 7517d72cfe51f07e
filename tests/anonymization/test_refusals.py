"""What cannot be run is refused for the reason that is the true one."""

import pandas as pd
import polars as pl
import pytest

from anonymization import Refused, anonymize_k, apply, detect, fit, measure, restore, treat, verify


def plan(**line):
    column = {"name": "补贴金额", "role": "other", "reason": "试"} | line
    return {
        "profile": "statistical",
        "release": "2026-01",
        "columns": [column],
        "quasi_identifiers": [],
        "sensitive": [],
        "k": 5,
        "reach_k": "suppress",
    }


def amounts(rows):
    return pl.DataFrame({"补贴金额": [str(500 + 50 * row) for row in range(rows)]})


@pytest.mark.parametrize(
    ("rows", "code"), [(3, "K_LARGER_THAN_TABLE"), (15, "GROUP_LARGER_THAN_TABLE")]
)
def test_a_table_smaller_than_the_groups_is_told_so(tmp_path, rows, code):
    amounts(rows).write_csv(tmp_path / "in.csv")
    grouped = plan(technique="microaggregate", params={"size": 20})
    with pytest.raises(Refused) as refusal:
        apply(grouped, tmp_path / "in.csv", tmp_path / "out.csv")
    assert refusal.value.code == code
    assert str(rows) in refusal.value.zh


@pytest.mark.parametrize("key", [b"", b"abc", bytes(31)])
def test_no_code_is_made_under_a_key_that_is_too_short(key):
    with pytest.raises(Refused) as refusal:
        treat(plan(technique="pseudonym", role="direct"), amounts(9), key)
    assert refusal.value.code == "KEY_DAMAGED"


def test_a_value_its_map_does_not_hold_is_refused_in_memory_too():
    given = {"hierarchy": "map", "map": {"500": "少"}}
    coarse = plan(technique="generalize", role="quasi", params=given)
    with pytest.raises(Refused) as refusal:
        treat(coarse, amounts(2))
    assert refusal.value.code == "HIERARCHY_MISSES_VALUES"
    blanked = plan(technique="generalize", params=given | {"missing": "blank"})
    assert treat(blanked, amounts(2))["补贴金额"].to_list() == ["少", None]


KEPT = plan(technique="keep")
LADDER = {"补贴金额": {str(500 + 50 * row): (str(500 + 50 * row), "*") for row in range(9)}}
TAKERS = {
    "anonymize_k": lambda table: anonymize_k(table, LADDER, 3).frame,
    "detect": detect,
    "fit": lambda table: fit(KEPT, table),
    "measure": lambda table: measure(table, ["补贴金额"]),
    "treat": lambda table: treat(KEPT, table),
    "verify": verify,
}


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS)
def test_a_pandas_frame_is_taken_and_what_is_no_table_is_refused(take):
    frame = amounts(9).to_pandas()
    # A table comes back as the kind it came in, a verdict or a plan as what it is.
    usual = type(take(amounts(9)))
    assert type(take(frame)) is (pd.DataFrame if usual is pl.DataFrame else usual)
    twice = pd.concat([frame, frame], axis=1)
    for wrong in (twice, amounts(9).lazy(), [1, 2], None):
        with pytest.raises(Refused) as refusal:
            take(wrong)
        assert refusal.value.code == ("HEADER_TWICE" if wrong is twice else "NOT_A_TABLE")


def test_what_is_restored_is_of_the_kind_it_came_in():
    sealed = plan(technique="fpe", role="direct", params={"format": "mobile"})
    frame = pl.DataFrame({"补贴金额": ["13804730012", "13904730013"]})
    assert isinstance(restore(sealed, frame.to_pandas(), bytes(32)), pd.DataFrame)
    assert isinstance(restore(sealed, frame, bytes(32)), pl.DataFrame)


@pytest.mark.parametrize(
    ("ladders", "asked", "code"),
    [
        ({"没有": {"a": ("a", "*")}}, {"k": 3}, "COLUMN_NOT_THERE"),
        (LADDER, {"k": 3, "sensitive": "没有"}, "COLUMN_NOT_THERE"),
        ({}, {"k": 3}, "TERMS_FAULTY"),
        (LADDER, {"k": 0}, "TERMS_FAULTY"),
        (LADDER, {"k": 3, "l": 2}, "TERMS_FAULTY"),
        (LADDER, {"k": 3, "sensitive": "补贴金额", "t": 3}, "TERMS_FAULTY"),
    ],
)
def test_recoding_that_cannot_be_asked_for_is_refused(ladders, asked, code):
    with pytest.raises(Refused) as refusal:
        anonymize_k(amounts(9), ladders, **asked)
    assert refusal.value.code == code


def test_records_of_one_person_are_not_told_to_be_generalized(tmp_path):
    everywhere = {"身份证号": "150302199001010014", "性别": "女", "所在区": "乌达区"}
    pl.DataFrame([everywhere] * 100).write_csv(tmp_path / "in.csv")
    lines = [
        {"name": "身份证号", "role": "direct", "technique": "pseudonym", "reason": "试"},
        {"name": "性别", "role": "quasi", "technique": "keep", "reason": "试"},
        {"name": "所在区", "role": "quasi", "technique": "keep", "reason": "试"},
    ]
    of_one = plan() | {
        "columns": lines,
        "quasi_identifiers": ["性别", "所在区"],
        "max_suppressed": 0.05,
    }
    made = apply(of_one, tmp_path / "in.csv", tmp_path / "out.csv", bytes(32))
    (found,) = [one for one in made.facts["findings"] if one["code"] == "SUPPRESSED_TOO_MUCH"]
    assert "「身份证号」只是 1 个人的" in found["detail"]
    assert "身份证号" in found["columns"]
    assert "归得再粗也没有用" in found["remedy"]
