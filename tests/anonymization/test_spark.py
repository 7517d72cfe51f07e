"""On Spark a plan gives the values of the local run, byte for byte."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from anonymization import treat
from anonymization.spark import treat_spark
from tests.anonymization.conftest import line, people_plan, refused, replan

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


def test_what_needs_an_order_of_rows_is_refused(spark, people):
    given = spark.createDataFrame(people.head(5).to_arrow())
    for changed in (
        line("月收入", "noise", "sensitive", scale=10),
        line("月收入", "shuffle", "sensitive"),
        line("出生日期", "shift", "quasi", days=30),
    ):
        plan = replan(PLAN, changed)
        refused("NOT_ON_SPARK", lambda plan=plan: treat_spark(plan, given, KEY))
