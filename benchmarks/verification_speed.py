"""Print what judging a release costs, beside reading the same table from Parquet.

    python benchmarks/verification_speed.py [ROWS]

ROWS (a million unless given) is the release that every attack is tried on; k, l, t and the risks
are measured on three times as many rows. Seconds are CPU; the ratio says more on a busy machine.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from anonymization import risk, verify
from anonymization.crypto import Keyed
from anonymization.synthetic import citizens


def seconds(action: Callable[[], object]) -> tuple[float, float]:
    """The CPU time and the time by the clock of an action."""
    cpu, clock = time.process_time(), time.perf_counter()
    action()
    return time.process_time() - cpu, time.perf_counter() - clock


def release(rows: int) -> pl.DataFrame:
    """Ten columns as a department gives them out: a pseudonym, bands, categories, notes."""
    some = citizens(200_000, seed=3)
    chance = np.random.default_rng(5)
    people = some[chance.integers(0, some.height, rows)]
    code = Keyed(b"k" * 32, "benchmark")
    codes = pl.Series([code.hex(str(n)) for n in range(200_000)])
    year = people["出生日期"].str.slice(0, 3)
    return people.select(
        codes.gather(chance.integers(0, len(codes), rows)).alias("假名"),
        "性别",
        (year + "0年代").alias("出生年代"),
        "所在区",
        (pl.col("姓名").str.slice(0, 1) + "**").alias("姓名"),
        (pl.col("月收入") // 1000 * 1000).cast(pl.Int64).alias("收入档"),
        pl.Series(["A", "B", "C"]).gather(chance.integers(0, 3, rows)).alias("等级"),
        pl.Series([f"2025-{m:02}" for m in range(1, 13)])
        .gather(chance.integers(0, 12, rows))
        .alias("月份"),
        pl.Series(np.arange(rows)).cast(pl.String).str.zfill(10).alias("流水号"),
        "备注",
    )


def wide(columns: int, rows: int) -> pl.DataFrame:
    """A table of measures, as statistics and sensors have them: what a column costs is all."""
    return pl.DataFrame(
        {
            f"指标{n}": np.random.default_rng(n).integers(0, 1000, rows).astype(str)
            for n in range(columns)
        }
    )


def mixed(columns: int, rows: int) -> pl.DataFrame:
    """A table of marks, months, measures, codes and words, as registers have them."""
    chance = np.random.default_rng(7)
    words = np.array(
        ["已办结并回访满意", "资料不全退回补正", "转相关部门继续办理", "其他说明见附件"]
    )
    made = (
        lambda: chance.integers(0, 1000, rows).astype(str),
        lambda: chance.choice(np.array(["甲类", "乙类", "丙类", "其他情况"]), rows),
        lambda: np.array([f"2025-{one:02}" for one in chance.integers(1, 13, rows)]),
        lambda: chance.uniform(0, 100, rows).round(2).astype(str),
        lambda: chance.choice(np.array(["是", "否"]), rows),
        lambda: np.array([f"KX{one:06}" for one in chance.integers(0, 10**6, rows)]),
        lambda: chance.choice(words, rows),
    )
    return pl.DataFrame({f"字段{n}": made[n % len(made)]() for n in range(columns)})


def main(rows: int) -> None:
    """Print one line for each piece of work."""
    table = release(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.parquet"
        table.write_parquet(path)
        plain, _ = seconds(lambda: pl.read_parquet(path))
    claim = {"quasi_identifiers": ["性别", "出生年代", "所在区"], "k": 5}
    cpu, clock = seconds(lambda: verify(table, claim))
    print(
        f"every attack on {rows:,} rows x {table.width} columns: {cpu:.1f} s CPU, {clock:.1f} s, "
        f"{cpu / plain:.0f} times reading it from Parquet"
    )
    for width in (250, 1000):
        many = wide(width, 200)
        cpu, _ = seconds(lambda many=many: verify(many))
        print(f"{width:,} columns of 200 rows: {1000 * cpu / width:.1f} ms CPU a column")
    registers = mixed(210, 400)
    cpu, _ = seconds(lambda: verify(registers))
    print(f"210 mixed columns of 400 rows: {1000 * cpu / 210:.1f} ms CPU a column")
    large = pl.concat([table] * 3)
    cpu, clock = seconds(
        lambda: risk.measure(large, claim["quasi_identifiers"] + ["等级"], ["月份"], 5)
    )
    print(
        f"k, l, t and risks of {large.height:,} rows: {cpu:.2f} s CPU, {clock:.2f} s, "
        f"{cpu / plain / 3:.1f} times reading them"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
