"""On Spark a plan gives the values of the local run, byte for byte."""

import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymization import treat
from anonymization.plan import Plan, choices, techniques
from anonymization.spark import treat_spark
from tests.anonymization.conftest import answering, line, people_plan, refused, replan

KEY = b"k" * 32
# What pyspark says of the versions beside it is no fault of ours; it opens sockets of its own.
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "Asia/Shanghai")
        .getOrCreate()
    )
    yield made
    made.stop()


PLAN = replan(
    people_plan(),
    line("姓名", "substitute", "direct"),
    line("手机号码", "fpe", "direct", format="mobile"),
    line("出生日期", "shift", "quasi", days=30, subject="公民身份号码"),
    line("职业", "generalize", "quasi", hierarchy="occupation"),
    line("家庭住址", "generalize", "direct", hierarchy="address", to="district"),
    line("月收入", "round", "sensitive", step=100),
)


def test_the_values_are_those_of_the_local_run(spark, people):
    given = spark.createDataFrame(people.to_arrow()).repartition(3, "姓名")
    made = pl.DataFrame(treat_spark(PLAN, given, KEY).toArrow())
    wanted = treat(PLAN, people, KEY)
    assert made.columns == wanted.columns
    assert made.sort(made.columns).equals(wanted.sort(wanted.columns))


# What a cluster cannot do: the place of a row counts, or the whole column does.
AWAY = frozenset({"noise", "shuffle", "microaggregate"})
PLACE = "行号"
# One column to each choice that a form offers, under a name that no SQL would take as it stands.
CHOSEN = {
    f"列.`{number}` “{choice}” 𠮷": row
    for number, (choice, row) in enumerate(choices().items())
    if row["technique"] not in AWAY | {"shift"}
}


def plan_of(lines: list[dict[str, Any]]) -> Plan:
    return answering(line(PLACE), *lines)


def on_spark(spark: Any, plan: Plan, table: pl.DataFrame, partitions: int) -> pl.DataFrame:
    """The treated rows in their first order, after a way through so many partitions."""
    spread = spark.createDataFrame(table.to_arrow()).repartition(partitions)
    return pl.DataFrame(treat_spark(plan, spread, KEY).toArrow()).sort(PLACE)


def numbered(columns: dict[str, list[Any]]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    texts = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return texts.insert_column(0, pl.Series(PLACE, range(rows), dtype=pl.Int64))


def test_every_technique_gives_the_values_of_the_local_run_over_empty_cells_and_partitions(spark):
    examples = [row["example"][0] for row in CHOSEN.values()]
    # Each column sees the example of each other, blanks, and a row without any value.
    rows = [examples[n:] + examples[:n] for n in range(len(examples))]
    rows += [[None] * len(examples), [""] * len(examples), [" "] * len(examples)]
    table = numbered({name: [row[n] for row in rows] for n, name in enumerate(CHOSEN)})
    lines = [line(name, row["technique"], **row["params"]) for name, row in CHOSEN.items()]
    day, born = "出生", "日子"
    table = table.with_columns(
        pl.Series(day, ["1990-05-06", None, "二月"] * 100).head(table.height),
        pl.Series(born, [date(1990, 5, 6), None, date(2011, 1, 2)] * 100).head(table.height),
        pl.Series("空", [None] * table.height, dtype=pl.String),
        pl.Series("数", [4350.5, None, -1.0] * 100).head(table.height),
    )
    lines += [
        line(day, "shift", days=30, subject=next(iter(CHOSEN))),
        line(born, "generalize", hierarchy="date", to="year"),
        line("空", "mask", style="name"),
        line("数", "limit", low=0, high=4000),
    ]
    plan = plan_of(lines)
    assert {one["technique"] for one in plan["columns"]} | AWAY == set(techniques())
    wanted = treat(plan, table, KEY)
    assert on_spark(spark, plan, table, 3).equals(wanted)
    assert on_spark(spark, plan, table.head(2), 6).equals(wanted.head(2))
    nothing = on_spark(spark, plan, table.clear(), 2)
    assert (nothing.columns, nothing.height) == (wanted.columns, 0)


TEXTS = st.one_of(
    st.none(),
    st.sampled_from(sorted({row["example"][0] for row in CHOSEN.values()})),
    st.text("0123456789 -.XABC年月乌海市区张李１９\u3000", max_size=12),
)


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_whatever_plan_gives_the_values_of_the_local_run(spark, data):
    chosen = data.draw(st.lists(st.sampled_from(sorted(CHOSEN)), min_size=1, unique=True))
    rows = data.draw(st.integers(1, 30))
    column = st.lists(TEXTS, min_size=rows, max_size=rows)
    table = numbered({name: data.draw(column) for name in chosen})
    plan = plan_of([line(one, CHOSEN[one]["technique"], **CHOSEN[one]["params"]) for one in chosen])
    made = on_spark(spark, plan, table, data.draw(st.integers(1, 5)))
    assert made.equals(treat(plan, table, KEY))


def test_a_value_that_a_map_misses_stops_the_job(spark):
    table = numbered({"区": ["海勃湾区", "别处"] * 5})
    given = {"hierarchy": "map", "map": {"海勃湾区": "城区"}}
    plan = plan_of([line("区", "generalize", **given)])
    with pytest.raises(Exception, match="对照表里没有的值"):
        on_spark(spark, plan, table, 2)
    plan = plan_of([line("区", "generalize", **given, missing="blank")])
    assert on_spark(spark, plan, table, 2).equals(treat(plan, table, KEY))


def test_what_needs_an_order_of_rows_is_refused(spark, people):
    given = spark.createDataFrame(people.head(5).to_arrow())
    for changed in (
        line("月收入", "noise", "sensitive", scale=10),
        line("月收入", "shuffle", "sensitive"),
        line("月收入", "microaggregate", "sensitive", size=20),
        line("出生日期", "shift", "quasi", days=30),
    ):
        plan = replan(PLAN, changed)
        refused("NOT_ON_SPARK", lambda plan=plan: treat_spark(plan, given, KEY))
