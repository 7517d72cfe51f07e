"""A file is masked as it flows by: the same values as in memory, whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from anonymization import mask_file, treat
from tests.anonymization.conftest import line, people_plan, refused, replan

KEY = b"k" * 32


@pytest.fixture
def source(tmp_path: Path, people: pl.DataFrame) -> Path:
    people.write_parquet(tmp_path / "in.parquet", row_group_size=700)
    return tmp_path / "in.parquet"


# One plan that uses every way a column can be treated.
EVERY = replan(
    people_plan(),
    line("姓名", "substitute", "direct"),
    line("手机号码", "fpe", "direct", format="mobile"),
    line("性别", "shuffle", "quasi"),
    line("出生日期", "shift", "quasi", days=30, subject="公民身份号码"),
    line("民族", "suppress", "quasi", **{"as": "blank"}),
    line("职业", "generalize", "quasi", hierarchy="occupation"),
    line("家庭住址", "generalize", "direct", hierarchy="address", to="district"),
    line("月收入", "noise", "sensitive", scale=50),
)


def test_what_flows_by_has_the_values_of_memory_in_every_format(source, tmp_path, people):
    wanted = treat(EVERY, people, KEY)
    people.write_csv(tmp_path / "in.csv")
    for start, end in (("in.parquet", "a.parquet"), ("in.csv", "b.parquet")):
        mask_file(EVERY, tmp_path / start, tmp_path / end, KEY)
        assert pl.read_parquet(tmp_path / end).equals(wanted)
        assert (tmp_path / end).stat().st_mode & 0o777 == 0o600
    mask_file(EVERY, source, tmp_path / "c.csv", KEY)
    text = pl.read_csv(tmp_path / "c.csv", infer_schema=False).fill_null("")
    assert text.equals(wanted.cast(pl.String).fill_null(""))


def test_a_plan_of_another_table_and_a_lost_value_leave_nothing(source, tmp_path):
    target = tmp_path / "out" / "a.parquet"
    target.parent.mkdir()
    plan = replan(people_plan(), line("民族", "keep"), line("别的", "keep"))
    plan["columns"] = plan["columns"][1:]
    refused("PLAN_OF_ANOTHER_TABLE", lambda: mask_file(plan, source, target, KEY))
    given = {"hierarchy": "map", "map": {"海勃湾区": "城区"}}
    plan = replan(people_plan(), line("所在区", "generalize", "quasi", **given))
    refused("HIERARCHY_MISSES_VALUES", lambda: mask_file(plan, source, target, KEY))
    source.write_bytes(source.read_bytes()[:-300])
    refused("BROKEN", lambda: mask_file(people_plan(), source, target, KEY))
    assert os.listdir(target.parent) == []


def test_pages_broken_in_the_middle_of_a_file_leave_nothing(source, tmp_path):
    target = tmp_path / "out" / "a.parquet"
    target.parent.mkdir()
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = b"\xff" * 4000
    source.write_bytes(content)
    refused("BROKEN", lambda: mask_file(people_plan(), source, target, KEY))
    assert os.listdir(target.parent) == []


PROGRAM = """
import sys, json
from anonymization import mask_file
mask_file(json.loads(sys.argv[1]), sys.argv[2], sys.argv[3], b"k" * 32)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_leaves_no_half_file_under_the_name(
    tmp_path, people, number: signal.Signals
):
    import json

    source, target = tmp_path / "in.csv", tmp_path / "out" / "a.csv"
    target.parent.mkdir()
    pl.concat([people] * 100).write_csv(source)
    arguments = [sys.executable, "-c", PROGRAM, json.dumps(EVERY), str(source), str(target)]
    running = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    while not any(one.stat().st_size for one in target.parent.iterdir()):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(number)
    assert running.wait() != 0
    assert not target.exists()
    if number == signal.SIGINT:
        assert os.listdir(target.parent) == []
    # What a killed run left behind is taken away by the next.
    people.head(50).write_csv(source)
    mask_file(EVERY, source, target, KEY)
    assert os.listdir(target.parent) == ["a.csv"]
