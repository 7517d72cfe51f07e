"""Local recoding reaches k and l, loses no row, and every cell is a group of what stood there."""

import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymization import risk
from anonymization.recoding import anonymize_k
from anonymization.synthetic import citizens
from tests.anonymization.conftest import refused

AGES = {str(n): (str(n), f"{n // 5 * 5}+5", f"{n // 10 * 10}+10", "*") for n in range(100)}
SEXES = {"男": ("男", "*"), "女": ("女", "*")}
PLACES = {name: (name, "乌海市", "*") for name in ("海勃湾区", "海南区", "乌达区")}
TREES = {"年龄": AGES, "性别": SEXES, "所在区": PLACES}

ROWS = st.lists(
    st.tuples(st.integers(0, 99).map(str), st.sampled_from("男女"), st.sampled_from(list(PLACES))),
    min_size=6,
    max_size=80,
)


def table(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=list(TREES), orient="row")


def penalty(cell: str, tree: dict[str, tuple[str, ...]]) -> float:
    leaves = sum(cell in path for path in tree.values())
    return 0.0 if leaves == 1 else leaves / len(tree)


@settings(max_examples=80, deadline=None)
@given(ROWS, st.integers(1, 6))
def test_every_class_holds_k_and_every_cell_is_a_group_of_the_old(rows, k):
    made = anonymize_k(table(rows), TREES, k)
    assert min(Counter(made.frame.rows()).values()) >= k
    for old, new in zip(rows, made.frame.rows(), strict=True):
        assert all(n in TREES[name][o] for name, o, n in zip(TREES, old, new, strict=True))
    cells = [
        penalty(row[i], TREES[name]) for row in made.frame.rows() for i, name in enumerate(TREES)
    ]
    assert made.ncp == pytest.approx(sum(cells) / len(cells))


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_with_a_sensitive_column_every_class_holds_l_of_its_values(rows):
    frame = table(rows).with_columns(pl.Series("病", [str(n % 3) for n in range(len(rows))]))
    made = anonymize_k(frame, TREES, 2, sensitive="病", l=2)
    assert (risk.measure(made.frame, list(TREES), ["病"]).l or 0) >= 2
    assert made.frame["病"].equals(frame["病"])


@settings(max_examples=40, deadline=None)
@given(ROWS, st.sampled_from([0.0, 0.1, 0.3]), st.booleans())
def test_with_t_every_class_is_as_near_to_the_table_as_asked(rows, t, numeric):
    drawn = [n * n % 7 for n in range(len(rows))]
    secret = pl.Series("收入", drawn if numeric else [str(n) for n in drawn])
    made = anonymize_k(table(rows).with_columns(secret), TREES, 2, sensitive="收入", t=t)
    found = risk.measure(made.frame, list(TREES), ["收入"])
    assert found.k >= 2
    assert (found.t or 0.0) <= t + 1e-9


def test_several_sensitive_columns_are_all_kept_apart():
    frame = table([(str(n), "男", "海南区") for n in range(40)]).with_columns(
        pl.Series("病", [str(n % 3) for n in range(40)]), pl.Series("险", list("ab" * 20))
    )
    made = anonymize_k(frame, TREES, 2, sensitive=["病", "险"], l=2)
    for name in ("病", "险"):
        assert (risk.measure(made.frame, list(TREES), [name]).l or 0) >= 2
    assert made.classes > 1


def test_a_citys_ages_lose_little():
    people = citizens(3000, seed=2).with_columns(
        (2026 - pl.col("出生日期").str.head(4).cast(pl.Int32))
        .clip(0, 99)
        .cast(pl.String)
        .alias("年龄")
    )
    made = anonymize_k(people.select(list(TREES)), TREES, 5)
    assert made.ncp < 0.05


def test_a_class_holds_so_many_people_and_not_rows():
    rows = [("2" + str(n % 3), "男", "海南区") for n in range(4) for _ in range(6)]
    whose = pl.Series("谁", [n // 6 for n in range(24)])
    frame = table(rows).with_columns(whose)
    made = anonymize_k(frame, TREES, 2, people="谁").frame
    classes = made.group_by(list(TREES)).agg(pl.col("谁").n_unique())
    assert classes["谁"].min() >= 2
    assert anonymize_k(frame, TREES, 2).frame[list(TREES)].n_unique() > classes.height
    refused("K_LARGER_THAN_TABLE", lambda: anonymize_k(frame, TREES, 5, people="谁"))


def test_what_cannot_be_is_refused():
    frame = table([("1", "男", "海南区")] * 3)
    refused("K_LARGER_THAN_TABLE", lambda: anonymize_k(frame, TREES, 4))
    refused("L_LARGER_THAN_VALUES", lambda: anonymize_k(frame, TREES, 2, sensitive="性别", l=2))
    unknown = table([("x", "男", "海南区")] * 3)
    refused("HIERARCHY_MISSES_VALUES", lambda: anonymize_k(unknown, TREES, 2))


def test_the_example_of_the_manual_runs_as_it_stands(capsys):
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "masking.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(import polars\n.*?)```", page, re.DOTALL)
    exec(compile(example, "masking.md", "exec"), {})  # the manual's own lines
    assert "20-29岁" in capsys.readouterr().out
