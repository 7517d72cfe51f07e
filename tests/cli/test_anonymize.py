"""`catalogue anonymize` at a department: no database, files only, exit codes as documented."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from anonymization.synthetic import citizens
from registry.cli import main
from registry.cli.bar import line

# What a person adds to a proposed plan.
DECIDED = ("--reason", "统计要用", "--release", "2026-1")


def run(*arguments: object, code: int = 0) -> Result:
    answer = CliRunner().invoke(main, ["anonymize", *map(str, arguments)])
    assert answer.exit_code == code, answer.output + repr(answer.exception)
    return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table of citizens, and settings that name no database."""
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", "postgresql://nowhere.invalid/none")
    citizens(2000, seed=3).write_csv(tmp_path / "citizens.csv")
    return tmp_path


def test_a_department_goes_from_a_hundred_thousand_citizens_to_a_release(desk: Path):
    source, plan, out, report, key = (
        desk / name for name in ("big.csv", "plan.json", "out.csv", "report.json", "key")
    )
    people = citizens(100_000, seed=11)
    people.write_csv(source)
    run("key", key)
    run("plan", source, "--profile", "statistical", *DECIDED, "-o", plan)
    arguments = ("--plan", plan, "-o", out, "--key", key, "--report", report)
    run("apply", source, *arguments, "--resource", "abc", "--version", "sm3:1")
    facts: dict[str, Any] = json.loads(report.read_text("utf-8"))
    assert facts["verdict"] == "pass"
    assert facts["risk"]["k"] >= 5
    assert facts["suppressed"]["share"] < 0.05
    assert facts["residual"] == []
    assert facts["binding"] == {"resource": "abc", "version": "sm3:1"}
    made = pl.read_csv(out, infer_schema=False)
    assert made.height == 100_000 - facts["suppressed"]["records_removed"]
    planted = [value for name in people.columns[:3] for value in people[name].head(7)]
    everything = out.read_text("utf-8") + report.read_text("utf-8")
    assert [value for value in planted if value in everything] == []


def test_what_could_not_be_read_is_counted_by_column_at_the_end_and_in_the_report(bare: Path):
    ages = ["23岁", "２４", "25周岁"] * 10 + ["约30", "三十"]
    pl.DataFrame({"姓名": ["甲乙"] * 32, "年龄": ages}).write_csv("ages.csv")
    coarse = {"technique": "generalize", "params": {"hierarchy": "age"}, "reason": "试"}
    lines = [LINES[0], {"name": "年龄", "role": "quasi", **coarse}]
    plan = {"profile": "statistical", "release": "1", "columns": lines, "quasi_identifiers": []}
    (bare / "plan.json").write_text(json.dumps(plan), "utf-8")
    rest = ("--plan", "plan.json", "-o", "made.csv", "--report", "report.json")
    told = run("apply", "ages.csv", *rest).stdout
    assert "· 列「年龄」有 2 个值读不出来（能读 0 到 130 的数字，可以带“岁”“周岁”）" in told
    assert pl.read_csv("made.csv")["年龄"].value_counts().sort("年龄").rows() == [
        (None, 2),
        ("20-29岁", 30),
    ]
    (column,) = [one for one in json.loads((bare / "report.json").read_text("utf-8"))["columns"]
                 if one["name"] == "年龄"]  # fmt: skip
    assert column["unreadable"] == 2
    assert "2 个值读不出来" in column["done"]
    assert "约30" not in told + (bare / "report.json").read_text("utf-8")


def test_two_plans_of_one_day_are_two_releases_and_what_a_person_has_to_say_is_told(desk: Path):
    names = set()
    for n in range(2):
        told = run("plan", desk / "citizens.csv", "--release", " ", "-o", desk / f"{n}.json")
        assert "请由人写明为什么要保留" in told.stderr
        names.add(json.loads((desk / f"{n}.json").read_text("utf-8"))["release"])
    assert len(names) == 2
    rest = ("--plan", desk / "0.json", "-o", desk / "out.csv")
    assert "各项共同的理由" in run("apply", desk / "citizens.csv", *rest, code=2).stderr


def test_of_twenty_planted_values_no_command_tells_or_leaves_one(desk: Path, tmp_path_factory):
    """Not on the screen, not in a report, not in a file beside it, not in a temporary one."""
    planted = [f"栽种{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n:02d}氏" for n in range(20)]
    people = citizens(600, seed=3)
    names = pl.Series("姓名", [*planted, *people["姓名"].to_list()[20:]])
    raw, desk = desk, tmp_path_factory.mktemp("made")
    people.with_columns(names).write_csv(raw / "raw.csv")
    source, key, plan = raw / "raw.csv", desk / "key", desk / "plan.json"
    told = [run("key", key), run("plan", source, "--profile", "statistical", *DECIDED, "-o", plan)]
    told += [run("detect", source)]
    bound = ("--plan", plan, "--key", key)
    told += [run("apply", source, *bound, "-o", desk / "out.csv", "--report", desk / "r.json")]
    told += [run("mask", source, *bound, "-o", desk / "masked.parquet")]
    told += [run("verify", source, code=1), run("measure", source, "-q", "姓名", code=1)]
    failing = json.loads(plan.read_text("utf-8")) | {"k": 500, "reach_k": "fail"}
    (desk / "failing.json").write_text(json.dumps(failing), "utf-8")
    bad = ("--plan", desk / "failing.json", "--key", key, "-o", desk / "no.csv")
    told += [run("apply", source, *bad, "--report", desk / "no.json", code=1)]
    ragged = source.read_text("utf-8") + f"{planted[0]},1\n"
    for n, text in enumerate((ragged, source.read_text("utf-8").split("\n", 1)[1])):
        (raw / f"bad{n}.csv").write_text(text, "utf-8")
        for first, *rest in (("detect",), ("apply", *bound, "-o", desk / "no.csv")):
            told += [run(first, raw / f"bad{n}.csv", *rest, code=2)]
    said = "".join(answer.output for answer in told)
    assert [value for value in planted if value in said] == []
    for path in (*desk.rglob("*"), *Path("/tmp").glob("catalogue*"), *Path("/tmp").glob("tmp*")):
        content = path.read_bytes() if path.is_file() else b""
        assert [value for value in planted if value.encode() in content] == [], path
    made = {"key", "key.json", "plan.json", "failing.json", "r.json", "no.json"}
    assert {path.name for path in desk.iterdir()} == made | {"out.csv", "masked.parquet"}


def test_a_plan_that_leaves_an_id_readable_exits_1_and_writes_only_the_report(desk: Path):
    plan, out, report = desk / "plan.json", desk / "out.csv", desk / "report.json"
    run("plan", desk / "citizens.csv", *DECIDED, "-o", plan)
    document = json.loads(plan.read_text("utf-8"))
    for column in document["columns"]:
        if column["name"] == "公民身份号码":
            # A plan that does not say what it is: the attack finds out.
            column |= {"technique": "keep", "role": "other", "params": {}, "kind": None}
    plan.write_text(json.dumps(document), "utf-8")
    answer = run(
        *("apply", desk / "citizens.csv", "--plan", plan, "-o", out, "--report", report), code=1
    )
    assert "DIRECT_IDENTIFIER_LEFT" in answer.output
    assert not out.exists()
    assert json.loads(report.read_text("utf-8"))["verdict"] == "fail"


def test_a_plan_is_tried_over_made_up_rows_before_there_are_data(desk: Path):
    plan, rows, report = desk / "plan.json", desk / "rows.csv", desk / "report.json"
    run("plan", desk / "citizens.csv", *DECIDED, "-o", plan)
    run("sample", plan, "-o", rows, "--rows", 2000)
    run("key", desk / "key")
    arguments = ("--key", desk / "key", "--report", report, "--kind", "plan_only")
    run("apply", rows, "--plan", plan, "-o", desk / "out.csv", *arguments)
    assert json.loads(report.read_text("utf-8"))["kind"] == "plan_only"


def test_a_table_of_a_database_is_planned_and_treated_by_an_address_in_a_file(desk: Path):
    engine = sa.create_engine(f"sqlite:///{desk}/office.sqlite")
    citizens(2000, seed=3).to_pandas().to_sql("居民", engine, index=False)
    (desk / "address").write_text(f"sqlite:///{desk}/office.sqlite")
    (desk / "address").chmod(0o600)
    named = ("--table", "居民", "--url-file", desk / "address")
    run("key", desk / "key")
    run("plan", *named, *DECIDED, "-o", desk / "plan.json")
    rest = ("--plan", desk / "plan.json", "--key", desk / "key", "-o", desk / "out.csv")
    facts = json.loads(run("apply", *named, *rest, "--json").stdout)
    assert (facts["verdict"], facts["input"]["format"]) == ("pass", "table")
    run("apply", *named, *rest, "--max-rows", 5, code=2)
    run("apply", *rest, code=2)
    run("apply", desk / "citizens.csv", *named, *rest, code=2)
    masked = json.loads(run("mask", *named, *rest[:-1], desk / "m.parquet", "--json").stdout)
    assert (masked["rows"], pl.read_parquet(desk / "m.parquet").height) == (2000, 2000)


def test_a_table_of_a_database_is_looked_at_measured_and_attacked_where_it_stands(desk: Path):
    engine = sa.create_engine(f"sqlite:///{desk}/office.sqlite")
    citizens(2000, seed=3).to_pandas().to_sql("居民", engine, index=False)
    (desk / "address").write_text(f"sqlite:///{desk}/office.sqlite")
    (desk / "address").chmod(0o600)
    named, file = ("--table", "居民", "--url-file", desk / "address"), desk / "citizens.csv"
    found = json.loads(run("detect", *named, "--json").stdout)
    assert found["columns"]["居民"]["公民身份号码"] == "ID_CARD"
    assert "公民身份号码" in run("detect", *named).output
    asked = ("-q", "性别", "-q", "所在区", "--json")
    there, here = run("measure", *named, *asked), run("measure", file, *asked)
    assert json.loads(there.stdout)["k"] == json.loads(here.stdout)["k"]
    judged = [
        json.loads(run("verify", *which, "--json", code=1).stdout) for which in (named, (file,))
    ]
    codes = [{one["code"] for one in facts["findings"]} for facts in judged]
    assert codes[0] == codes[1]
    for command in (("detect",), ("measure", "-q", "性别"), ("verify",)):
        run(*command, code=2)
        run(*command, file, *named, code=2)
        run(*command, *named, "--max-rows", 5, code=2)


def test_encrypted_columns_come_back_with_the_key_and_not_with_another(desk: Path):
    plan, out, back = desk / "plan.json", desk / "out.csv", desk / "back.csv"
    run("key", desk / "key")
    run("key", desk / "other")
    run("plan", desk / "citizens.csv", *DECIDED, "-o", plan)
    document = json.loads(plan.read_text("utf-8"))
    for column in document["columns"]:
        if column["name"] == "公民身份号码":
            column |= {"technique": "fpe", "params": {"format": "id"}}
    plan.write_text(json.dumps(document), "utf-8")
    report = desk / "report.json"
    rest = ("--plan", plan, "--report", report)
    run("apply", desk / "citizens.csv", *rest, "--key", desk / "key", "-o", out)
    before = pl.read_csv(desk / "citizens.csv", infer_schema=False)["公民身份号码"]
    assert not set(pl.read_csv(out, infer_schema=False)["公民身份号码"]) & set(before)
    run("restore", out, *rest, "--key", desk / "other", "-o", back, code=2)
    assert not back.exists()
    run("restore", out, *rest, "--key", desk / "key", "-o", back)
    assert set(pl.read_csv(back, infer_schema=False)["公民身份号码"]) <= set(before)


def test_a_key_is_replaced_and_destroyed_with_a_record(desk: Path):
    run("key", desk / "a", "--by", "张某", "--release", "1")
    run("key", desk / "b", "--after", desk / "a", "--by", "张某", "--release", "2")
    run("key", desk / "a", "--destroy", code=2)
    run("key", desk / "a", "--destroy", "--after", desk / "b", code=2)
    run("key", desk / "a", "--destroy", "--by", "李某", "--reason", "发布结束")
    record = json.loads((desk / "a.json").read_text("utf-8"))
    assert [step["act"] for step in record["steps"]] == ["made", "replaced", "destroyed"]
    assert not (desk / "a").exists()
    told = run("keys", desk).stdout
    assert record["steps"][0]["key_id"] in told
    assert "已销毁" in told
    # What it was for is told apart from a key that nobody can find.
    plan = desk / "plan.json"
    run("plan", desk / "citizens.csv", "--profile", "statistical", *DECIDED, "-o", plan)
    bound = ("--plan", plan, "--key", desk / "a", "-o", desk / "out.csv")
    for command in ("apply", "mask"):
        assert "已按记录销毁" in run(command, desk / "citizens.csv", *bound, code=2).stderr
    assert [one["state"] for one in json.loads(run("keys", desk, "--json").stdout)] == [
        "destroyed",
        "present",
    ]
    (desk / "b").unlink()
    assert "没有销毁记录" in run("keys", desk, code=1).stdout


def test_detect_names_the_kinds_by_file_and_column(desk: Path):
    found = json.loads(run("detect", desk / "citizens.csv", "--json").stdout)
    kinds = found["columns"]["citizens"]
    assert (kinds["姓名"], kinds["公民身份号码"]) == ("PERSON", "ID_CARD")
    assert kinds["性别"] is None
    first = next(one for one in found["cells"]["citizens"] if one["kind"] == "ID_CARD")
    assert first == {"row": 0, "col": "公民身份号码", "start": 0, "end": 18, "kind": "ID_CARD"}


def test_verify_says_no_of_the_raw_table_and_why(desk: Path):
    facts = json.loads(run("verify", desk / "citizens.csv", "--json", code=1).stdout)
    assert (facts["verdict"], facts["grade"]) == ("fail", 1)
    codes = {one["code"] for one in facts["findings"]}
    assert {"DIRECT_IDENTIFIER_LEFT", "FULL_ADDRESS_LEFT"} <= codes


def test_measure_answers_by_its_exit_code(desk: Path):
    coarse = run("measure", desk / "citizens.csv", "-q", "性别", "-q", "所在区", "--json")
    assert json.loads(coarse.stdout)["k"] >= 5
    run("measure", desk / "citizens.csv", "-q", "出生日期", code=1)
    answer = run("measure", desk / "citizens.csv", "-q", "没有", "--json", code=2)
    assert json.loads(answer.stdout)["refused"] == "COLUMN_NOT_THERE"


@pytest.mark.parametrize("content", ["", "[1]", '{"profile": NaN}', "{"])
def test_a_plan_that_is_no_json_object_is_a_wrong_use(desk: Path, content: str):
    (desk / "plan.json").write_text(content)
    run("apply", desk / "citizens.csv", "--plan", desk / "plan.json", "-o", "x.csv", code=2)


def test_a_refusal_is_one_sentence_in_both_languages(desk: Path):
    (desk / "plan.json").write_text('{"profile": "open", "columns": []}')
    answer = run(
        *("apply", desk / "citizens.csv", "--plan", desk / "plan.json", "-o", desk / "x.csv"),
        code=2,
    )
    assert "方案格式有误" in answer.output
    assert "the plan is malformed" in answer.output


def test_a_run_killed_at_any_moment_leaves_no_release_and_the_next_begins_anew_to_the_same_bytes(
    desk: Path,
):
    source, plan, out, key = (desk / name for name in ("big.csv", "plan.json", "out.csv", "key"))
    people = citizens(60_000, seed=5)
    people.write_csv(source)
    run("key", key)
    run("plan", source, *DECIDED, "-o", plan)
    rest = ("--plan", plan, "--key", key)
    run("apply", source, *rest, "-o", desk / "once.csv")
    # Nothing that was there before the run may change or go.
    before = {path.name for path in desk.iterdir()}
    command = [sys.executable, "-m", "registry.cli", "anonymize", "apply", str(source)]
    command += ["--plan", str(plan), "-o", str(out), "--key", str(key)]
    # While rows are treated, and once the result is written and is attacked.
    for file, pause in (("first", 0.0), ("first", 0.1), ("final", 0.0)):
        child = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 600
        while not any(f.stat().st_size for f in desk.glob(f".catalogue-masking-*/{file}*")):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert not out.exists()
        # What the runs before left is gone; of this one no value of a person can be read.
        (left,) = desk.glob(".catalogue-masking-*")
        assert f"{left.stat().st_mode:o}" == "40700"
        assert {f"{one.stat().st_mode:o}" for one in left.iterdir()} == {"100600"}
        assert planted_in(left, people) == []
    run("apply", source, *rest, "-o", out)
    assert {path.name for path in desk.iterdir()} == before | {"out.csv"}
    assert out.read_bytes() == (desk / "once.csv").read_bytes()


def planted_in(folder: Path, people: pl.DataFrame) -> list[str]:
    """The direct identifiers that a killed run left readable, in any file of its folder."""
    found = []
    planted = {one.encode() for name in _NUMBERS for one in people[name].head(2000)}
    for path in folder.iterdir():
        content = path.read_bytes()
        # One without its footer is read by nobody; it begins with the four bytes it ends with.
        if path.suffix == ".parquet" and content[4:].endswith(b"PAR1"):
            content += pl.read_parquet(path).write_csv().encode()
        # Of all the content what is a row of so many digits is compared, from each of them on.
        for row in re.findall(rb"[0-9]{11,}X?", content):
            parts = (row[at : at + size] for size in (11, 18) for at in range(len(row) - size + 1))
            found += [one.decode() for one in parts if one in planted]
    return found


_NUMBERS = ("公民身份号码", "手机号码")


def test_what_is_planted_is_found_wherever_it_stands(tmp_path):
    people = citizens(20, seed=5)
    ident, phone = (people[name][7] for name in _NUMBERS)
    first = tmp_path / "first"
    first.write_bytes(f"\x00\x0199{ident}7,{phone}\n".encode())
    assert sorted(planted_in(tmp_path, people)) == sorted([ident, phone])
    first.unlink()
    people.write_parquet(tmp_path / "final.parquet")
    assert set(planted_in(tmp_path, people[7:8])) == {ident, phone}


@pytest.fixture
def large(desk: Path) -> tuple[object, ...]:
    """A table whose treatment takes seconds, and the rest of the command that treats it."""
    people = citizens(20_000, seed=5)
    pl.concat([people] * 60).write_parquet(desk / "in.parquet", row_group_size=500_000)
    people.write_parquet(desk / "few.parquet")
    run("key", desk / "key")
    run("plan", desk / "few.parquet", *DECIDED, "-o", desk / "plan.json")
    (desk / "out").mkdir()
    named = ("--plan", desk / "plan.json", "--key", desk / "key")
    return ("mask", desk / "in.parquet", *named, "-o", desk / "out" / "a.parquet")


def begun(arguments: tuple[object, ...], **more: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "registry.cli", "anonymize", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)


def wait_for(child: "subprocess.Popen[bytes]", folder: Path, pattern: str) -> None:
    deadline = time.monotonic() + 600
    while not any(folder.glob(f".catalogue-parts-*/{pattern}")):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_table_is_masked_unjudged_and_the_command_says_so(desk: Path, large):
    few = ("mask", desk / "few.parquet", *large[2:])
    said = run(*few).output
    assert "20000 行已处理" in said
    assert "尚未核验" in said
    assert "not verified" in said
    assert "catalogue anonymize verify" in said
    assert os.listdir(desk / "out") == ["a.parquet"]
    again = json.loads(run(*few, "--fresh", "--json").stdout)
    assert again == {"rows": 20_000, "output": "a.parquet", "verdict": None}
    # Nothing was suppressed to reach k, and the judgement that was missing says it.
    facts = json.loads(run("verify", desk / "out" / "a.parquet", "--json", code=1).stdout)
    assert {one["code"] for one in facts["findings"]} == {"K_TOO_SMALL"}


def test_ctrl_c_ends_a_run_with_a_sentence_and_130_and_leaves_nothing(desk: Path, large):
    ours, its = os.openpty()
    child = begun(large, stderr=its)
    os.close(its)
    wait_for(child, desk / "out", "0*.parquet")
    child.send_signal(signal.SIGINT)
    assert child.wait() == 130
    said = ""
    while "cancelled" not in said:
        said += os.read(ours, 1 << 16).decode("utf-8", "replace")
    os.close(ours)
    # A terminal, so the bar was drawn before.
    assert "处理 / treating" in said
    assert "已取消" in said
    assert os.listdir(desk / "out") == []


def test_a_killed_mask_is_continued_by_the_same_command_to_the_same_bytes(desk: Path, large):
    child = begun(large)
    wait_for(child, desk / "out", "0*.parquet")
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    (folder,) = (desk / "out").iterdir()
    # Two parts are under way at a time, and the kill may find one whole or both.
    left = pl.concat(map(pl.read_parquet, folder.glob("0*.parquet")))
    assert not set(left["公民身份号码"]) & set(
        pl.read_parquet(desk / "few.parquet")["公民身份号码"]
    )
    run(*large)
    assert os.listdir(desk / "out") == ["a.parquet"]
    once = (desk / "out" / "a.parquet").read_bytes()
    run(*large, "--fresh")
    assert (desk / "out" / "a.parquet").read_bytes() == once


def test_the_bar_tells_share_speed_and_the_time_that_is_left():
    shown = line("treat", 3_000_000, 12_000_000, 1_000_000, 10.0)
    assert " 25%" in shown
    assert "3,000,000 行" in shown
    assert "100,000/s" in shown
    assert "1:30" in shown
    assert "%" not in line("treat", 5, None, 5, 1.0)


HEAD = "姓名,证件\n".encode()
BAD = {
    "EMPTY": b"",
    "RAGGED": HEAD + "甲乙,1,2\n".encode(),
    "ENCODING_MIXED": HEAD + "甲乙".encode("gb18030") + b",1\n\xe4\xb8\xff,2\n",
    "HEADER_TWICE": "姓名,姓名\n甲乙,乙\n".encode(),
    "PLAN_OF_ANOTHER_TABLE": "姓名,电话\n甲乙,1\n".encode(),
    "BROKEN": b"PAR1",
}


# Every command that reads a table: what stands before the table, and what behind.
READING = {
    "detect": (("detect",), ()),
    "plan": (("plan",), ("-o", "made")),
    "measure": (("measure",), ("-q", "姓名")),
    "mask": (("mask",), ("--plan", "plan.json", "-o", "made.parquet")),
    "apply": (("apply",), ("--plan", "plan.json", "-o", "made.parquet", "--report", "report.json")),
    "verify": (("verify",), ()),
    "verify --raw": (("verify", "good.csv", "--raw"), ()),
    "verify --earlier": (("verify", "good.csv", "--earlier"), ()),
    "apply --earlier": (
        ("apply", "good.csv", "--plan", "plan.json", "-o", "made.csv", "--earlier"),
        (),
    ),
}
LINES = [
    {"name": "姓名", "technique": "suppress", "role": "direct", "reason": "试"},
    {"name": "证件", "technique": "keep", "role": "other", "reason": "试"},
]


def planned(folder: Path, *lines: dict[str, object], **more: object) -> None:
    plan = {"profile": "statistical", "release": "1", "columns": [*LINES, *lines], **more}
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a sound table of two columns and a plan for it, in which commands run."""
    monkeypatch.chdir(tmp_path)
    planned(tmp_path)
    (tmp_path / "good.csv").write_text("姓名,证件\n" + "甲乙,1\n" * 30, "utf-8")
    return tmp_path


def said(answer: Result) -> str:
    """The one sentence of a refusal, Chinese and English."""
    (line_,) = answer.stderr.splitlines()
    chinese, _, english = line_.partition(" / ")
    assert chinese.endswith("。")
    assert english.endswith(".")
    assert "甲乙" not in answer.output
    return line_


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("code", [code for code in BAD if code != "PLAN_OF_ANOTHER_TABLE"])
def test_a_table_that_cannot_be_read_is_one_sentence_of_every_command(bare: Path, code, command):
    name = "in.parquet" if code == "BROKEN" else "in.csv"
    (bare / name).write_bytes(BAD[code])
    before = sorted(os.listdir(bare))
    front, behind = READING[command]
    said(run(*front, name, *behind, code=2))
    assert sorted(os.listdir(bare)) == before


def test_a_row_of_another_width_is_found_by_the_line_it_begins_on(bare: Path):
    for encoding in ("utf-8-sig", "gb18030"):
        (bare / "in.csv").write_bytes('姓名,证件\n"甲\n乙",1\n\n丙,2,3\n丁\n'.encode(encoding))
        assert "第 5 行有 3 个单元格，表头是 2 列" in said(run("detect", "in.csv", code=2))


@pytest.mark.parametrize("command", ["mask", "apply"])
@pytest.mark.parametrize(
    ("code", "line_", "more"),
    [
        ("KEY_LOST", {"technique": "pseudonym"}, {}),
        (
            "HIERARCHY_MISSES_VALUES",
            {"technique": "generalize", "params": {"hierarchy": "map", "map": {"2": "二"}}},
            {},
        ),
        ("PLAN_OF_ANOTHER_TABLE", {"name": "别的"}, {}),
    ],
)
def test_what_a_plan_asks_in_vain_is_one_sentence(bare: Path, command, code, line_, more):
    lines = [LINES[0], {**LINES[1], **line_}]
    (bare / "plan.json").write_text(
        json.dumps({"profile": "statistical", "release": "1", "columns": lines, **more}), "utf-8"
    )
    before = sorted(os.listdir(bare))
    rest = ("--plan", "plan.json", "-o", "made.csv", "--key", "nowhere.key", "--json")
    if code != "KEY_LOST":
        rest = (*rest[:4], "--json")
    answer = run(command, "good.csv", *rest, code=2)
    assert json.loads(answer.stdout)["refused"] == code
    said(answer)
    assert sorted(os.listdir(bare)) == before


def test_a_k_that_no_class_can_reach_is_told_by_every_command_that_judges(bare: Path):
    planned(bare, k=31)
    answer = run("apply", "good.csv", "--plan", "plan.json", "-o", "made.csv", "--json", code=2)
    assert json.loads(answer.stdout)["refused"] == "K_LARGER_THAN_TABLE"
    assert "31" in said(answer)
    run("measure", "good.csv", "-q", "姓名", "--k", 31, code=1)
    assert sorted(os.listdir(bare)) == ["good.csv", "plan.json"]


def test_columns_of_one_value_of_none_and_of_large_cells_stop_no_command(bare: Path):
    large = ["甲" * 3_500_000, "乙丙"] * 3
    for name, values in (("same", ["甲乙"] * 6), ("none", [None] * 6), ("large", large)):
        table = pl.DataFrame(
            {"姓名": values, "证件": ["1"] * 6}, schema_overrides={"姓名": pl.String}
        )
        table.write_parquet(f"{name}.parquet")
        table.write_csv(f"{name}.csv")
        for file in (f"{name}.parquet", f"{name}.csv"):
            run("detect", file)
            run("plan", file, "-o", "proposed.json")
            assert json.loads(run("measure", file, "-q", "姓名", "--json", "--k", 1).stdout)["k"]
            for command in ("mask", "apply"):
                run(command, file, "--plan", "plan.json", "-o", f"{command}.csv")
                made = pl.read_csv(f"{command}.csv", infer_schema=False)
                assert made.rows() == [("1",)] * 6
            assert CliRunner().invoke(main, ["anonymize", "verify", file]).exit_code in (0, 1)


@pytest.mark.parametrize("command", ["mask", "apply", "plan", "detect"])
def test_a_full_disk_is_one_sentence_of_every_command_that_writes(bare: Path, command):
    rows = "".join(f"甲乙,{n}\n" for n in range(20_000))
    (bare / "good.csv").write_text("姓名,证件\n" + rows, "utf-8")
    before = sorted(os.listdir(bare))
    front, behind = READING[command]
    # A limit on the size of a file is to a program what a full disk is.
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "from registry.cli import main; main(['anonymize', *sys.argv[1:]])"
    )
    made = subprocess.run(
        [sys.executable, "-c", program, *front, "good.csv", *behind],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == (0 if command == "detect" else 2), made
    if command != "detect":
        assert "磁盘空间不足" in made.stderr
        assert len(made.stderr.splitlines()) == 1
    assert "Traceback" not in made.stderr
    assert "甲乙" not in made.stdout + made.stderr
    assert sorted(os.listdir(bare)) == before


@pytest.mark.parametrize("most", [0, 10, 100], ids=["nothing", "half a key", "no record"])
def test_a_key_that_finds_no_room_is_not_there_in_part(bare: Path, most: int):
    before = sorted(os.listdir(bare))
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2);"
        "from registry.cli import main; main(['anonymize', *sys.argv[2:]])"
    )
    made = subprocess.run(
        [sys.executable, "-c", program, str(most), "key", "new.key", "--by", "张某"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 2, made
    assert "空间" in made.stderr
    assert len(made.stderr.splitlines()) == 1
    assert sorted(os.listdir(bare)) == before


def test_a_plan_of_another_table_is_told_in_two_sentences_however_many_columns(bare: Path):
    names = [f"项{n}" for n in range(40)]
    lines = [dict(json.loads((bare / "plan.json").read_text("utf-8"))["columns"][0], name=name)
             for name in names]  # fmt: skip
    plan = json.loads((bare / "plan.json").read_text("utf-8")) | {"columns": lines}
    (bare / "other.json").write_text(json.dumps(plan), "utf-8")
    (bare / "good.csv").write_text("姓名,证件\n" + "甲乙,1\n" * 30, "utf-8")
    answer = run("apply", "good.csv", "--plan", "other.json", "-o", "made.csv", "--json", code=2)
    told = json.loads(answer.stdout)["message"]
    assert told.count("。") == 2
    assert "「姓名」「证件」共 2 列" in told
    assert "等共 40 列在数据中不存在" in told


def test_columns_without_a_treatment_are_one_sentence_however_many(bare: Path):
    wide = ",".join(f"列{n}" for n in range(300))
    (bare / "wide.csv").write_text(f"姓名,证件,{wide}\n" + f"甲乙,1{',2' * 300}\n" * 30, "utf-8")
    answer = run("apply", "wide.csv", "--plan", "plan.json", "-o", "made.csv", "--json", code=2)
    assert json.loads(answer.stdout)["refused"] == "PLAN_OF_ANOTHER_TABLE"
    told = json.loads(answer.stdout)["message"]
    assert told.count("。") == 1
    assert "「列0」「列1」" in told
    assert "等共 300 列" in told
    assert "列299" not in told


def test_a_file_that_is_no_report_or_not_there_is_one_sentence(bare: Path):
    (bare / "cut.json").write_text('{"kind": ', "utf-8")
    (bare / "list.json").write_text("[]", "utf-8")
    (bare / "other.json").write_text("{}", "utf-8")
    run("signer", "signer.key")
    assert said(run("matches", "nowhere.csv", "other.json", code=2)).startswith(
        "nowhere.csv：无法读取"
    )
    assert "不是有效的 JSON" in said(run("matches", "good.csv", "cut.json", code=2))
    assert "应为 JSON 对象" in said(run("matches", "good.csv", "list.json", code=2))
    assert "不是脱敏报告" in said(run("sign", "other.json", "--signer", "signer.key", code=2))


def test_a_release_whose_report_cannot_be_written_is_taken_back(bare: Path):
    before = sorted(os.listdir(bare))
    rest = ("--plan", "plan.json", "-o", "made.csv", "--report", "nowhere/report.json")
    assert said(run("apply", "good.csv", *rest, code=2)).startswith("report.json：无法写入")
    assert sorted(os.listdir(bare)) == before


@pytest.mark.parametrize("code", BAD)
@pytest.mark.parametrize("command", ["mask", "apply"])
def test_bad_input_is_one_sentence_exit_2_and_nothing_written(tmp_path: Path, code, command):
    columns = [{"name": "姓名", "technique": "suppress", "role": "direct", "reason": "试"}]
    columns += [{"name": "证件", "technique": "keep", "role": "other", "reason": "试"}]
    plan = {"profile": "statistical", "release": "1", "columns": columns}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    source = tmp_path / ("in.parquet" if code == "BROKEN" else "in.csv")
    source.write_bytes(BAD[code])
    out = tmp_path / "out"
    out.mkdir()
    rest = ("--plan", tmp_path / "plan.json", "-o", out / "a.parquet", "--json")
    answer = run(command, source, *rest, code=2)
    assert json.loads(answer.stdout)["refused"] == code
    (said,) = answer.stderr.splitlines()
    chinese, _, english = said.partition(" / ")
    assert chinese.endswith("。")
    assert english.endswith(".")
    assert "甲乙" not in answer.output
    assert os.listdir(out) == []
