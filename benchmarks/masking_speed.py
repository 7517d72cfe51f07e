"""Mask ten columns, Parquet to Parquet, beside a plain copy by the same engine: ratio and memory.

python benchmarks/masking_speed.py [ROWS]     # 2,000,000 by default; each run in its own process
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

from anonymization.streaming import mask_file
from anonymization.synthetic import citizens
from anonymization.writing import PARQUET

KEPT = ("公民身份号码", "姓名", "手机号码", "性别", "出生日期", "民族", "所在区", "家庭住址")
COLUMNS = (*KEPT, "职业", "月收入")


def line(name: str, technique: str, **params: object) -> dict[str, object]:
    return {"name": name, "technique": technique, "role": "other", "params": params}


PLANS = {
    # What the figure to beat was measured with: masks and generalizations only.
    "masked": [
        line("公民身份号码", "mask", style="id"),
        line("姓名", "mask", style="name"),
        line("手机号码", "mask", style="mobile"),
        line("性别", "keep"),
        line("出生日期", "generalize", hierarchy="date", to="year"),
        line("民族", "keep"),
        line("所在区", "generalize", hierarchy="region", to="city"),
        line("家庭住址", "generalize", hierarchy="address", to="district"),
        line("职业", "generalize", hierarchy="occupation"),
        line("月收入", "round", step=100),
    ],
}
# What most departments need: one column joinable within the release, the rest masked.
PLANS["pseudonym"] = [line("公民身份号码", "pseudonym"), *PLANS["masked"][1:]]
PLANS["encrypted"] = [line("公民身份号码", "fpe", format="id"), *PLANS["masked"][1:]]

# A copy as the engine writes by itself, and one compressed as we write: the stricter measure.
COPIES: dict[str, dict[str, Any]] = {"copy": {}, "copy alike": dict(PARQUET)}


def made(rows: int, path: Path) -> None:
    """A table of made-up citizens of this many rows; two million are different."""
    part = min(rows, 500_000)
    start = time.time()
    wanted = -(-rows // part)
    pieces = [path.with_suffix(f".{n}") for n in range(min(wanted, 4))]
    for n, piece in enumerate(pieces):
        citizens(part, seed=n).select(COLUMNS).write_parquet(piece)
    listed = [pieces[n % len(pieces)] for n in range(wanted)]
    pl.concat([pl.scan_parquet(one) for one in listed]).head(rows).sink_parquet(path, **PARQUET)
    for piece in pieces:
        piece.unlink()
    print(f"{rows:,} rows, {path.stat().st_size >> 20} MB, made in {time.time() - start:.0f}s")


def run(what: str, source: Path, target: Path) -> None:
    """One run in a process of its own."""
    wall, cpu = time.time(), time.process_time()
    if what in COPIES:
        pl.scan_parquet(source).sink_parquet(target, sync_on_close="all", **COPIES[what])
    else:
        plan = {"profile": "statistical", "release": "b", "reason": "-", "columns": PLANS[what]}
        mask_file(plan, source, target, b"k" * 32)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(time.time() - wall, time.process_time() - cpu, peak)


def main(rows: int) -> None:
    """Print a line for each plan."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        made(rows, source)
        copied: list[float] = []
        for what in (*COPIES, *PLANS):
            best = []
            for _ in range(2 if rows <= 2_000_000 else 1):
                target.unlink(missing_ok=True)
                arguments = [sys.executable, __file__, what, str(source), str(target)]
                told = subprocess.run(arguments, check=True, capture_output=True, text=True)
                best.append([float(one) for one in told.stdout.split()])
            # The least CPU: a busy machine tells little by its clock.
            wall, cpu, peak = min(best, key=lambda one: one[1])
            copied = copied or [wall, cpu]
            print(
                f"{what:<11}{wall:6.1f}s  CPU {cpu:6.1f}s  {peak:5.0f} MB  "
                f"{wall / copied[0]:.2f} of the time, {cpu / copied[1]:.2f} of the CPU of a copy"
            )


if __name__ == "__main__":
    if len(sys.argv) == 4:
        run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
