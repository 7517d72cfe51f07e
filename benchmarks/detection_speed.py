"""Print how fast personal data is found on one core, beside plainly reading the same bytes.

    python benchmarks/detection_speed.py [ROWS]

Megabytes are those of the table as CSV, seconds are CPU. The ratio is to reading the CSV into
text columns by the same engine; it says more than megabytes on a machine that is busy.
"""

import io
import os
import sys
import time
from collections.abc import Callable
from datetime import date

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl

from anonymization.detection import detect, residual
from anonymization.synthetic import citizens

TODAY = date(2026, 11, 23)


def seconds(action: Callable[[], object]) -> float:
    """The CPU time of the best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
    return best


def prose(rows: int) -> pl.DataFrame:
    """Sentences of a hotline, one in fifty with a number in it."""
    register = citizens(rows, seed=2)
    quiet = "来电人反映小区门前路灯已有一周不亮，夜间出行不便，希望有关部门尽快派人查看维修并回复。"
    number = pl.when(pl.int_range(rows) % 50 == 0).then("手机号码").otherwise(pl.lit(""))
    return register.select(
        pl.lit(quiet).add(number).alias("来电内容"), pl.int_range(rows).alias("n")
    )


def main(rows: int) -> None:
    """Print one line per table."""
    register = citizens(rows, seed=1)
    tables = {
        "register of people": register,
        "the same, masked": register.select("性别", "民族", "所在区", "职业", "月收入", "备注"),
        "sentences": prose(rows),
    }
    for title, table in tables.items():
        written = table.write_csv().encode()
        size = len(written) / 1e6
        plain = seconds(lambda data=written: pl.read_csv(io.BytesIO(data), infer_schema=False))
        print(f"{title}: {table.height:,} rows, {size:.0f} MB, plain read {size / plain:.0f} MB/s")
        for name, action in (("residual", residual), ("detect", detect)):
            spent = seconds(lambda act=action, data=table: act(data, today=TODAY))
            print(f"  {name:9} {size / spent:6.1f} MB/s  {spent / plain:6.1f} x a plain read")
    few = citizens(30, seed=4)
    wide = pl.concat(
        [few.rename(lambda name, n=n: f"{name}{n}") for n in range(91)], how="horizontal"
    )
    spent = seconds(lambda: detect(wide, today=TODAY))
    print(f"{wide.width:,} columns of 30 rows: {1000 * spent / wide.width:.1f} ms a column")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
