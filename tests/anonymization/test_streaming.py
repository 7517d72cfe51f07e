"""A file is masked as it flows by: the same values as in memory, whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymization import footers, mask_file, treat
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
from anonymization import mask_file, streaming, tables
streaming._PART = tables._ROWS = 7000  # many parts of a small table
mask_file(json.loads(sys.argv[1]), sys.argv[2], sys.argv[3], b"k" * 32)
"""


def started(plan: dict, source: Path, target: Path) -> "subprocess.Popen[bytes]":
    arguments = [sys.executable, "-c", PROGRAM, json.dumps(plan), str(source), str(target)]
    return subprocess.Popen(arguments, stderr=subprocess.DEVNULL)


def waited(running: "subprocess.Popen[bytes]", target: Path, parts: int) -> None:
    """Wait until a run has made so many parts, and has begun the next."""
    while True:
        made = [one.name for one in target.parent.glob(".catalogue-parts-*/*")]
        begun = any(one.startswith("half") for one in made)
        if len([one for one in made if one[0].isdigit()]) >= parts and begun:
            return
        assert running.poll() is None, "the run was over before it could be killed"
        time.sleep(0.002)


@pytest.fixture
def many(tmp_path: Path, people: pl.DataFrame) -> pl.DataFrame:
    (tmp_path / "out").mkdir()
    return pl.concat([people] * 20)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anonymization.streaming._PART", 7000)
    monkeypatch.setattr("anonymization.tables._ROWS", 7000)


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path, row_group_size=7000)


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_a_cancelled_run_leaves_nothing(tmp_path, many, end):
    source, target = tmp_path / f"in.{end}", tmp_path / "out" / f"a.{end}"
    write(many, source)
    running = started(EVERY, source, target)
    waited(running, target, 1)
    running.send_signal(signal.SIGINT)
    assert running.wait() != 0
    assert os.listdir(target.parent) == []


@pytest.mark.parametrize(("start", "end"), [("parquet", "parquet"), ("csv", "parquet"),
                                            ("parquet", "csv")])  # fmt: skip
def test_a_run_killed_again_and_again_ends_with_the_bytes_of_one_that_was_not(
    tmp_path, many, small_parts, start, end
):
    source, target = tmp_path / f"in.{start}", tmp_path / "out" / f"a.{end}"
    write(many, source)
    for parts in (0, 1, 2):
        running = started(EVERY, source, target)
        waited(running, target, parts)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
        assert not target.exists()
        (folder,) = target.parent.iterdir()
        assert f"{folder.stat().st_mode:o}" == "40700"
        assert {f"{one.stat().st_mode:o}" for one in folder.iterdir()} == {"100600"}
    begun: list[int] = []
    mask_file(EVERY, source, target, KEY, progress=lambda step, done, of: begun.append(done))
    assert begun[0] > 0
    assert os.listdir(target.parent) == [target.name]
    whole = tmp_path / f"whole.{end}"
    mask_file(EVERY, source, whole, KEY)
    assert target.read_bytes() == whole.read_bytes()
    assert f"{target.stat().st_mode:o}" == "100600"


@pytest.mark.parametrize("changed", ["plan", "key", "source", "fresh"])
def test_another_plan_key_or_source_and_a_wish_start_anew(tmp_path, many, small_parts, changed):
    source, target = tmp_path / "in.parquet", tmp_path / "out" / "a.parquet"
    write(many, source)
    running = started(EVERY, source, target)
    waited(running, target, 1)
    running.send_signal(signal.SIGKILL)
    running.wait()
    plan, key = EVERY, KEY
    if changed == "plan":
        plan = EVERY | {"release": "2026-02"}
    elif changed == "key":
        key = b"j" * 32
    elif changed == "source":
        write(many.reverse(), source)
    begun: list[int] = []
    mask_file(
        plan, source, target, key,
        progress=lambda step, done, of: begun.append(done), fresh=changed == "fresh",
    )  # fmt: skip
    assert begun[0] == 0
    assert os.listdir(target.parent) == ["a.parquet"]
    assert pl.read_parquet(target).equals(treat(plan, pl.read_parquet(source), key))


def test_noise_without_a_key_is_never_continued(tmp_path, many, small_parts):
    source, target = tmp_path / "in.parquet", tmp_path / "out" / "a.parquet"
    write(many.select("月收入"), source)
    plan = people_plan(columns=[line("月收入", "noise", scale=50)], quasi_identifiers=[])

    class Killed(BaseException):
        """A kill, as far as one process can see it from within."""

    def stop(step: str, done: int, of: int | None) -> None:
        if done:
            raise Killed

    with pytest.MonkeyPatch.context() as within:
        within.setattr("anonymization.places.shutil.rmtree", lambda *args, **more: None)
        with pytest.raises(Killed):
            mask_file(plan, source, target, progress=stop)
    assert len(os.listdir(target.parent)) == 1
    begun: list[int] = []
    mask_file(plan, source, target, progress=lambda step, done, of: begun.append(done))
    assert begun[0] == 0
    assert os.listdir(target.parent) == ["a.parquet"]


def test_two_runs_for_one_target_do_not_meet(source, tmp_path):
    target = tmp_path / "a.parquet"
    inside: list[int] = []

    def look(step: str, done: int, of: int | None) -> None:
        if not inside:
            inside.append(done)
            refused("RUNNING_ALREADY", lambda: mask_file(EVERY, source, target, KEY))

    mask_file(EVERY, source, target, KEY, progress=look)
    assert inside == [0]
    assert target.exists()


def test_neither_the_source_is_overwritten_nor_one_that_changes_is_released(source, tmp_path):
    refused("SAME_FILE", lambda: mask_file(EVERY, source, source, KEY))

    def touch(step: str, done: int, of: int | None) -> None:
        os.utime(source, ns=(1, 1))

    target = tmp_path / "a.parquet"
    refused("SOURCE_CHANGED", lambda: mask_file(EVERY, source, target, KEY, progress=touch))
    assert sorted(os.listdir(tmp_path)) == ["in.parquet"]


def test_files_are_joined_page_by_page_into_one_that_both_engines_read(tmp_path, people):
    table = people.to_arrow()
    parts = [tmp_path / f"{n}.parquet" for n in range(3)]
    for n, part in enumerate(parts):
        pq.write_table(table.slice(n * 1000, 1000), part, row_group_size=40, write_page_index=True)
    whole = tmp_path / "whole.parquet"
    footers.join(parts, whole)
    assert pq.read_table(whole).equals(table)
    assert pl.read_parquet(whole).equals(people)
    found = pl.scan_parquet(whole).filter(pl.col("姓名") == people["姓名"][2500]).collect()
    assert found.equals(people.filter(pl.col("姓名") == people["姓名"][2500]))
    pq.write_table(pa.table({"x": [1]}), parts[1])
    with pytest.raises(ValueError, match="another schema"):
        footers.join(parts, whole)
    parts[1].write_bytes(parts[0].read_bytes()[:-20])
    with pytest.raises(ValueError, match="whole Parquet"):
        footers.join(parts, whole)
