"""What cannot be run is refused for the reason that is the true one."""

import polars as pl
import pytest

from anonymization import Refused, apply, treat


def plan(**line):
    column = {"name": "补贴金额", "role": "other", "reason": "试"} | line
    return {
        "profile": "statistical",
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
