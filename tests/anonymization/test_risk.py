"""k, l, t and the level are what the definitions say, by an independent count."""

import json
from collections import Counter
from importlib.resources import files

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from anonymization import risk
from anonymization.classes import Coded
from anonymization.risk import Population, journalist
from anonymization.utility import lost

ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y", None]), st.integers(0, 3)),
    min_size=1,
    max_size=40,
)


def table(rows: list[tuple]) -> pl.DataFrame:
    schema = {"a": pl.String, "b": pl.String, "s": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_k_and_l_are_those_of_a_plain_count(rows):
    found = risk.measure(table(rows), ["a", "b"], ["s"], 3)
    classes = Counter(row[:2] for row in rows)
    assert found.k == min(classes.values())
    assert found.below == sum(n for n in classes.values() if n < 3)
    assert found.unique == sum(n == 1 for n in classes.values())
    assert found.l == min(len({r[2] for r in rows if r[:2] == one}) for one in classes)


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_t_is_the_farthest_distance_between_a_class_and_all(rows):
    numbers = sorted({row[2] for row in rows})
    every = Counter(row[2] for row in rows)

    def distances(ordered: bool) -> float:
        worst = 0.0
        for one in {row[:2] for row in rows}:
            mine = Counter(row[2] for row in rows if row[:2] == one)
            gaps = [mine[n] / mine.total() - every[n] / every.total() for n in numbers]
            if ordered:
                sums = [abs(sum(gaps[: i + 1])) for i in range(len(gaps) - 1)]
                worst = max(worst, sum(sums) / max(1, len(numbers) - 1))
            else:
                worst = max(worst, sum(map(abs, gaps)) / 2)
        return worst

    frame = table(rows)
    ordered = risk.measure(frame, ["a", "b"], ["s"]).t
    plain = risk.measure(frame.cast({"s": pl.String}), ["a", "b"], ["s"]).t
    assert ordered == pytest.approx(distances(True))
    assert plain == pytest.approx(distances(False))


@settings(max_examples=80, deadline=None)
@given(ROWS, st.integers(1, 6))
def test_suppression_reaches_k_and_touches_nothing_else(rows, k):
    frame = table(rows).with_row_index("n")
    made, cost = risk.reach(frame, ["a", "b"], k)
    assert made.height + cost.removed == frame.height
    if made.height:
        assert risk.measure(made, ["a", "b"]).k >= k
    kept = frame.join(made.select("n"), on="n", how="semi")
    assert made["s"].equals(kept["s"])
    for name in "ab":
        assert (made[name].is_null() | (made[name] == kept[name])).all()


VECTORS = schemas.codes.table("deid_evaluation")


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda v: str(v["classes"]))
def test_the_vectors_of_the_evaluation_standard_hold(vector):
    mode = VECTORS["modes"][vector.get("mode", "完全公开共享")]
    rows = [(chr(97 + n),) for n, size in enumerate(vector["classes"]) for _ in range(size)]
    found = risk.measure(pl.DataFrame(rows, schema=["q"], orient="row"), ["q"])
    public = vector["mode"] == "完全公开共享"
    if "Rb" in vector:
        assert found.prosecutor == pytest.approx(vector["Rb"], abs=1e-6)
    if "Rc" in vector:
        assert found.mean == pytest.approx(vector["Rc"], abs=1e-6)
    if "level_if_threshold_0.05" in vector:
        made = risk.level(found, 0, tau=mode["tau"], accepted=0.05, public=public)
        assert made == vector["level_if_threshold_0.05"]


def test_a_direct_identifier_is_level_1_and_none_at_all_level_4():
    frame = pl.DataFrame({"q": ["x"] * 30})
    given_terms = {"tau": 0.05, "accepted": 0.05, "public": True}
    assert risk.level(risk.measure(frame, ["q"]), 1, **given_terms) == 1
    assert risk.level(risk.measure(frame, []), 0, **given_terms) == 4


def test_the_profiles_are_those_of_the_standard():
    tables = json.loads((files("anonymization") / "techniques.json").read_text("utf-8"))
    known = {row["id"]: row["zh"] for row in VECTORS["release_profiles"]}
    assert {row["id"]: row["zh"] for row in tables["profiles"]} == known


def test_the_journalist_knows_the_people_of_a_district_and_not_who_is_in_the_table():
    frame = pl.DataFrame({"区": ["甲"] * 5 + ["乙"] * 20, "性别": ["男"] * 25})
    people = Population(1000, {"区": {"甲": 100, "乙": 900}, "性别": {"男": 500, "女": 500}})
    # Five in the table stand for 1000 x 0.1 x 0.5 = 50 people.
    assert journalist(Coded(frame), ["区", "性别"], people) == pytest.approx(1 / 50)
    alone = Population(1000, {"区": {"甲": 1}})
    assert journalist(Coded(frame), ["区"], alone) == pytest.approx(1 / 5)


def test_what_a_release_lost_is_told_by_column_and_for_the_use():
    raw = pl.DataFrame(
        {"区": ["甲", "甲", "乙", "乙"], "名": ["a", "b", "c", "d"], "元": [1, 2, 3, 4]}
    )
    made = pl.DataFrame({"区": ["甲", "甲", "乙", "乙"], "元": [2, 2, 3, 3]})
    told = lost(raw, made, ["区"])
    assert [one["kept"] for one in told["columns"]] == [1.0, 0.0, 0.5]
    assert told["columns"][2]["mean_shift"] == 0
    assert told["use_distance"] == 0
    assert lost(raw, made, ["名"])["use_distance"] is None
    assert lost(raw, made.with_columns(pl.lit("甲").alias("区")), ["区"])["use_distance"] == 0.5
