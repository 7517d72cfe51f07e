"""A plan is run from file to file: what holds is written, nothing else ever is."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import time_machine

from anonymization import (
    apply,
    crypto,
    detect,
    make_key,
    mask_file,
    measure,
    statement,
    tables,
    treat,
    verify,
    writing,
)
from anonymization.plan import digest
from tests.anonymization.conftest import answering, line, people_plan, refused, replan


@pytest.fixture
def source(tmp_path: Path, people: pl.DataFrame) -> Path:
    path = tmp_path / "in" / "citizens.csv"
    path.parent.mkdir()
    people.write_csv(path)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "out" / "release.csv"
    path.parent.mkdir()
    return path


def left_over(target: Path) -> list[str]:
    return sorted(os.listdir(target.parent))


def test_a_sound_plan_gives_a_release_and_a_report_bound_to_everything(source, target, key):
    binding = {"resource": "abc", "version": "sm3:00"}
    report = apply(people_plan(), source, target, key, binding=binding)
    facts = report.facts
    assert (facts["verdict"], facts["findings"], facts["residual"]) == ("pass", [], [])
    assert facts["input"]["digest"] == crypto.digest_file(source)
    assert facts["output"]["digest"] == crypto.digest_file(target)
    assert facts["plan"]["digest"] == digest(people_plan())
    assert facts["binding"] == binding
    assert facts["risk"]["k"] >= 5
    assert left_over(target) == ["release.csv"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_two_runs_of_one_file_in_one_second_give_two_reports(source, target, key):
    with time_machine.travel("2026-01-01T00:00:00.2+00:00", tick=False):
        first = apply(people_plan(), source, target, key)
    with time_machine.travel("2026-01-01T00:00:00.7+00:00", tick=False):
        second = apply(people_plan(), source, target, key)
    assert statement.digest(first.facts) != statement.digest(second.facts)


def test_the_release_holds_the_planned_columns_in_the_order_of_the_source(source, target, key):
    apply(people_plan(), source, target, key)
    made = pl.read_csv(target, infer_schema=False)
    wanted = ["公民身份号码", "性别", "出生日期", "所在区", "月收入", "备注"]
    assert made.columns == wanted
    assert made.height == 3000


@pytest.mark.parametrize("name", ["公民身份号码", "手机号码", "家庭住址"])
def test_a_plan_that_leaves_a_direct_identifier_readable_fails_and_writes_nothing(
    source, target, key, name
):
    report = apply(replan(people_plan(), line(name)), source, target, key)
    assert report.facts["verdict"] == "fail"
    assert report.facts["output"] is None
    assert name in {column for one in report.facts["findings"] for column in one["columns"]}
    assert left_over(target) == []


def test_twenty_planted_values_are_in_no_output_no_report_and_no_log(
    source, target, key, people, caplog
):
    caplog.set_level(logging.DEBUG)
    planted = [
        value
        for name in ("姓名", "公民身份号码", "手机号码", "家庭住址")
        for value in people[name].unique().sort().head(5)
    ]
    passed = apply(people_plan(), source, target, key)
    failed = apply(replan(people_plan(), line("公民身份号码")), source, target, key)
    everything = target.read_text() + passed.json() + failed.json() + caplog.text
    assert len(planted) == 20
    assert [value for value in planted if value in everything] == []


def test_csv_and_parquet_give_the_same_release(tmp_path, source, key, people):
    parquet = tmp_path / "citizens.parquet"
    people.write_parquet(parquet)
    plan = replan(people_plan(), line("月收入", "round", step=100))
    for start, end in ((source, "a.csv"), (parquet, "b.csv"), (source, "c.parquet")):
        assert apply(plan, start, tmp_path / end, key).passed
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    text = pl.read_csv(tmp_path / "a.csv", infer_schema=False).fill_null("")
    assert text.equals(pl.read_parquet(tmp_path / "c.parquet").cast(pl.String).fill_null(""))


def test_the_size_of_a_batch_changes_nothing(tmp_path, source, key, monkeypatch):
    plan = replan(
        people_plan(),
        line("月收入", "noise", "sensitive", scale=50),
        line("出生日期", "shift", "quasi", days=30),
        line("性别", "suppress"),
    )
    plan |= answering(*plan["columns"], quasi_identifiers=["所在区"])
    key_bytes = crypto.read_key(key)
    apply(plan, source, tmp_path / "a.csv", key_bytes)
    monkeypatch.setattr(tables, "_ROWS", 701)
    apply(plan, source, tmp_path / "b.csv", key_bytes)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_no_row_of_a_release_is_found_by_its_place(tmp_path, source, people, key):
    """In the order of the source row n would be whoever is row n there, and in the next release."""
    codes = []
    for name in ("一", "二"):
        plan = people_plan(release=name)
        apply(plan, source, tmp_path / "a.csv", key)
        once = (tmp_path / "a.csv").read_bytes()
        apply(plan, source, tmp_path / "a.csv", key)
        assert (tmp_path / "a.csv").read_bytes() == once
        in_order = treat(plan, people, key)["公民身份号码"].to_list()
        made = pl.read_csv(tmp_path / "a.csv", infer_schema=False)["公民身份号码"]
        codes.append([in_order.index(one) for one in made])
    first, second = codes
    assert sorted(first) != first
    by_place = [n for n, one in enumerate(first) if n == one]
    joined = [n for n, (one, other) in enumerate(zip(*codes, strict=False)) if one == other]
    assert max(len(by_place), len(joined)) < len(first) / 100
    assert len(second) == len(first)


def test_answers_and_counts_keep_the_order_of_the_source(tmp_path, source, people):
    single = answering(*(line(name, "suppress") for name in people.columns[:-1]), line("备注"))
    apply(single, source, tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet")["备注"].to_list() == people["备注"].to_list()
    counts = pl.DataFrame({"所在区": ["海勃湾区", "乌达区", "海南区"], "人数": [320, 150, 90]})
    counts.write_csv(tmp_path / "counts.csv")
    plan = {"profile": "statistical", "release": "1", "columns": [line("所在区"), line("人数")]}
    assert apply(plan, tmp_path / "counts.csv", tmp_path / "b.csv").passed
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "counts.csv").read_bytes()


def test_two_releases_under_one_key_do_not_join(tmp_path, source, key):
    apply(people_plan(release="一"), source, tmp_path / "a.csv", key)
    apply(people_plan(release="二"), source, tmp_path / "b.csv", key)
    first = pl.read_csv(tmp_path / "a.csv")["公民身份号码"]
    second = pl.read_csv(tmp_path / "b.csv")["公民身份号码"]
    assert not set(first) & set(second)


def test_joining_an_earlier_release_fails_it(tmp_path, source, key):
    apply(people_plan(), source, tmp_path / "a.csv", key)
    again = apply(people_plan(), source, tmp_path / "b.csv", key, earlier=[tmp_path / "a.csv"])
    assert [one["code"] for one in again.facts["findings"]] == ["PSEUDONYM_JOINS_OTHER_RELEASE"]


def test_records_in_small_classes_lose_cells_until_k_is_reached(source, target, key):
    plan = replan(people_plan(), line("职业", role="quasi"))
    plan["quasi_identifiers"] = ["性别", "出生日期", "所在区", "职业"]
    report = apply(plan, source, target, key)
    assert report.passed
    assert report.facts["suppressed"]["records_touched"] > 0
    quasi = ["性别", "出生日期", "所在区", "职业"]
    assert measure(target, quasi).k >= 5


def test_suppressing_more_than_the_plan_allows_fails(source, target, key):
    plan = replan(people_plan(max_suppressed=0.01), line("职业", role="quasi"))
    plan["quasi_identifiers"] = ["性别", "出生日期", "所在区", "职业"]
    report = apply(plan, source, target, key)
    (finding,) = report.facts["findings"]
    assert finding["code"] == "SUPPRESSED_TOO_MUCH"
    # Which column to mend is said: the one that paid most.
    (dearest,) = [name for name in plan["quasi_identifiers"] if f"「{name}」" in finding["remedy"]]
    blanked = {
        one["name"]: int(found[1])
        for one in report.facts["columns"]
        if (found := re.search(r"(\d+) 个值已抑制", one["done"]))
    }
    assert blanked[dearest] == max(blanked.values())
    assert left_over(target) == []


def counts(least: int = 21) -> pl.DataFrame:
    """A table of how many people there are, by district and age, one cell left out by two."""
    cells = [
        (district, age, str(least + 7 * n))
        for n, (district, age) in enumerate(
            (d, a) for d in ("海勃湾区", "乌达区", "海南区") for a in ("0-17", "18-59", "60+")
        )
    ]
    frame = pl.DataFrame(cells, schema=["所在区", "年龄段", "人数"], orient="row")
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()).is_in([4, 5, 7, 8]))
        .then(pl.lit("*"))
        .otherwise("人数")
        .alias("人数")
    )


def counts_plan() -> dict:
    lines = [line("所在区", role="quasi"), line("年龄段", role="quasi"), line("人数")]
    return {"profile": "open", "release": "2026", "columns": lines, "quasi_identifiers": []}


def test_a_table_of_counts_tells_its_cells_and_no_class_of_people(tmp_path, target):
    counts().write_csv(tmp_path / "counts.csv")
    facts = apply(counts_plan(), tmp_path / "counts.csv", target).facts
    assert facts["findings"] == []
    assert facts["counted"] == {
        "groups": ["所在区", "年龄段"],
        "counts": ["人数"],
        "cells": 5,
        "left_out": 4,
        "nobody": 0,
        "smallest": 21,
    }
    counts(least=1).write_csv(tmp_path / "few.csv")
    few = apply(counts_plan(), tmp_path / "few.csv", target.with_name("few.csv")).facts
    assert (few["verdict"], few["counted"]["smallest"]) == ("fail", 1)


def test_a_table_of_counts_is_not_suppressed_for_that_each_combination_stands_once(
    tmp_path, target
):
    counts().write_csv(tmp_path / "counts.csv")
    plan = counts_plan() | {"profile": "statistical", "quasi_identifiers": ["所在区", "年龄段"]}
    facts = apply(plan, tmp_path / "counts.csv", target).facts
    assert (facts["verdict"], facts["suppressed"]["cells"]) == ("pass", 0)
    assert pl.read_csv(target, infer_schema=False).equals(counts())


def test_a_table_of_people_tells_of_no_cells(source, target, key):
    assert "counted" not in apply(people_plan(), source, target, key).facts


def test_every_column_has_its_three_sentences(source, target, key):
    report = apply(people_plan(), source, target, key)
    for column in report.facts["columns"]:
        assert all(column[name] for name in ("was", "done", "remains"))
        assert all(column[f"{name}_en"] for name in ("was", "done", "remains"))


def test_a_published_item_passes_with_its_basis_on_record(source, target, key):
    lawful = line("姓名", role="direct") | {"open_basis": "某条例第十条"}
    report = apply(replan(people_plan(), lawful), source, target, key)
    assert report.passed
    assert "某条例第十条" in report.facts["columns"][0]["remains"]


def test_made_up_names_are_nobodys_own_and_hold_within_a_release(people, key):
    plan = replan(people_plan(), line("姓名", "substitute", "direct"))
    made = treat(plan, people, crypto.read_key(key))
    both = pl.DataFrame({"old": people["姓名"], "new": made["姓名"]})
    assert both.filter(pl.col("old") == pl.col("new")).is_empty()
    assert both.unique().height == both["old"].n_unique()


def test_a_pandas_frame_and_an_arrow_table_come_back_as_such_with_the_same_values(people, key):
    secret = crypto.read_key(key)
    wanted = treat(people_plan(), people, secret)
    for given in (people.to_pandas(), people.to_arrow()):
        made = treat(people_plan(), given, secret)
        assert type(made) is type(given)
        assert pl.DataFrame(made).equals(wanted)


# --- bad input -------------------------------------------------------------------------------


def bad(source: Path, content: bytes) -> Path:
    source.write_bytes(content)
    return source


HEAD = "姓名,证件\n".encode()
TWO = answering(line("姓名", "mask", "direct", style="name"), line("证件"))


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("EMPTY", b""),
        ("RAGGED", HEAD + "甲乙,1,2\n".encode()),
        ("RAGGED", HEAD + "甲乙\n".encode()),
        (
            "ENCODING_MIXED",
            HEAD + "甲乙".encode("gb18030") + b",1\n" + "丙,\x80\n".encode()[:3] + b"\xff\n",
        ),
        ("HEADER_TWICE", "姓名,姓名\n甲,乙\n".encode()),
        ("HEADER_BLANK", "姓名,\n甲,乙\n".encode()),
        ("ALL_BLANK", HEAD),
        ("ALL_BLANK", HEAD + b",\n,\n"),
        ("PLAN_OF_ANOTHER_TABLE", "姓名,电话\n甲乙,1\n".encode()),
    ],
)
def test_a_bad_csv_is_refused_in_a_sentence_that_quotes_nothing_of_it(
    source, target, code, content
):
    refusal = refused(code, lambda: apply(TWO, bad(source, content), target))
    assert "甲乙" not in str(refusal)
    assert left_over(target) == []


def test_a_gbk_csv_is_read(source, target):
    content = "姓名,证件\n欧阳修文,1\n李白,2\n".encode("gb18030")
    assert apply(TWO, bad(source, content), target).passed
    assert target.read_text("utf-8") == "姓名,证件\n欧阳**,1\n李**,2\n"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_headers_of_a_file_need_not_be_those_of_the_plan_to_the_letter(tmp_path, target, form):
    path = tmp_path / f"in.{form}"
    people = pl.DataFrame({"姓 名": ["欧阳修文", "李白"], "证件\u200b": ["1", "2"]})
    getattr(people, f"write_{form}")(path)
    assert apply(TWO, path, target).passed
    assert target.read_text("utf-8") == "姓名,证件\n欧阳**,1\n李**,2\n"
    other = target.with_name("masked.parquet")
    mask_file(TWO, path, other)
    assert pl.read_parquet(other).columns == ["姓名", "证件"]
    assert treat(TWO, people).columns == ["姓名", "证件"]


def test_a_broken_parquet_is_refused(tmp_path, target, people):
    path = tmp_path / "x.parquet"
    people.write_parquet(path)
    content = path.read_bytes()
    for broken in (b"PAR1", content[:-200], content[:1000] + b"\0" * 500 + content[1500:]):
        path.write_bytes(broken)
        refused("BROKEN", lambda: apply(people_plan(), path, target, b"k" * 32))
    assert left_over(target) == []


def test_a_file_that_is_not_there_and_an_unknown_format_are_refused(tmp_path, target):
    refused("FILE_NOT_THERE", lambda: apply(TWO, tmp_path / "no.csv", target))
    refused("FORMAT_UNKNOWN", lambda: apply(TWO, tmp_path / "no.doc", target))


def test_k_larger_than_the_table_is_refused(source, target, key):
    refused("K_LARGER_THAN_TABLE", lambda: apply(people_plan(k=5000), source, target, key))
    assert left_over(target) == []


def test_a_table_of_a_header_alone_is_told_as_blank(tmp_path, target, key, people):
    path = tmp_path / "header.csv"
    people.head(0).write_csv(path)
    refused("ALL_BLANK", lambda: apply(people_plan(), path, target, key))
    assert left_over(target) == []


def test_a_lost_damaged_or_open_key_is_refused(tmp_path, source, target, key):
    refused("KEY_NEEDED", lambda: apply(people_plan(), source, target))
    refused("KEY_LOST", lambda: apply(people_plan(), source, target, tmp_path / "no"))
    refused("KEY_EXISTS", lambda: make_key(key))
    key.chmod(0o644)
    refused("KEY_OPEN", lambda: apply(people_plan(), source, target, key))
    key.chmod(0o600)
    key.write_text("abc")
    refused("KEY_DAMAGED", lambda: apply(people_plan(), source, target, key))


def test_a_technique_that_reads_no_value_of_its_column_is_refused(source, target, key):
    wrong = line("姓名", "generalize", "direct", hierarchy="date", to="year")
    plan = replan(people_plan(), wrong)
    refused("TECHNIQUE_DOES_NOT_FIT", lambda: apply(plan, source, target, key))


def test_a_map_that_misses_values_is_refused_unless_told_to_blank_them(source, target, key):
    given = {"hierarchy": "map", "map": {"海勃湾区": "城区"}}
    plan = replan(people_plan(), line("所在区", "generalize", "quasi", **given))
    refused("HIERARCHY_MISSES_VALUES", lambda: apply(plan, source, target, key))
    plan = replan(people_plan(), line("所在区", "generalize", "quasi", **given, missing="blank"))
    assert apply(plan, source, target, key).passed


def test_a_full_disk_is_a_sentence_and_leaves_nothing(source, target, key, monkeypatch):
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing._CsvWriter, "write", full)
    refused("DISK_FULL", lambda: apply(people_plan(), source, target, key))
    assert left_over(target) == []


def test_a_run_that_is_interrupted_leaves_nothing(source, target, key):
    def stop(step: str, done: int, of: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(people_plan(), source, target, key, progress=stop)
    assert left_over(target) == []


def test_what_a_killed_run_left_is_removed_by_the_next_and_a_living_one_keeps_its_own(
    source, target, key
):
    left = target.parent / ".catalogue-masking-dead"
    left.mkdir()
    (left / "first.parquet").write_text("x")
    inside: list[str] = []

    def look(step: str, done: int, of: int | None) -> None:
        if not inside:
            inside.append(step)
            apply(people_plan(), source, target.with_name("other.csv"), key)

    apply(people_plan(), source, target, key, progress=look)
    assert inside == ["treat"]
    assert left_over(target) == ["other.csv", "release.csv"]


def test_no_other_account_reads_what_a_run_keeps_on_the_disk(source, target, key):
    modes: set[str] = set()

    def look(step: str, done: int, of: int | None) -> None:
        for path in target.parent.glob(".catalogue-masking-*"):
            modes.update({f"{path.stat().st_mode:o}"})
            modes.update(f"{one.stat().st_mode:o}" for one in path.iterdir())

    apply(people_plan(), source, target, key, progress=look)
    assert modes == {"40700", "100600"}
    assert f"{target.stat().st_mode:o}" == "100600"


def test_the_source_is_never_overwritten(source, key):
    refused("SAME_FILE", lambda: apply(people_plan(), source, source, key))


def test_ten_thousand_columns_are_treated_and_one_more_is_refused(tmp_path, target):
    def columns(count: int) -> Path:
        path = tmp_path / "wide.csv"
        names = [f"列{n}" for n in range(count)]
        path.write_text("\n".join(",".join(row) for row in (names, ["1"] * count)), "utf-8")
        return path

    def plan(count: int) -> dict:
        dropped = [line(f"列{n}", "suppress") for n in range(count - 1)]
        return answering(*dropped, line(f"列{count - 1}"))

    assert apply(plan(10_000), columns(10_000), target).passed
    target.unlink()
    refused("TOO_MANY_COLUMNS", lambda: apply(plan(10_000), columns(10_001), target))
    assert left_over(target) == []


def test_a_cell_of_ten_megabytes_is_treated(tmp_path, target):
    path = tmp_path / "long.parquet"
    pl.DataFrame({"姓名": ["甲" * 3_500_000, "乙丙"], "证件": ["1", "2"]}).write_parquet(path)
    for source in (path, path.with_suffix(".csv")):
        pl.read_parquet(path).write_csv(path.with_suffix(".csv"))
        assert apply(TWO, source, target).passed
        assert target.read_text("utf-8") == "姓名,证件\n甲**,1\n乙**,2\n"


def test_a_column_of_one_value_or_none_is_no_obstacle(tmp_path, target):
    path = tmp_path / "same.parquet"
    frame = pl.DataFrame({"姓名": ["甲乙"] * 30, "证件": [None] * 30})
    frame.write_parquet(path)
    report = apply(TWO, path, target)
    assert report.passed
    assert [one["distinct"] for one in report.facts["columns"]] == [1, 0]
    frame.with_columns(姓名=pl.lit(None)).write_parquet(path)
    target.unlink()
    refused("ALL_BLANK", lambda: apply(TWO, path, target))


def test_a_disk_that_is_really_full_is_a_sentence(tmp_path, people):
    # A limit on the size of a file is to a program what a full disk is.
    program = (
        "import resource, signal, sys, json; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from anonymization import Refused, apply, mask_file;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        "run = {'apply': apply, 'mask_file': mask_file}[sys.argv[1]]\n"
        "try: run(json.loads(sys.argv[2]), sys.argv[3], sys.argv[4], b'k' * 32)\n"
        "except Refused as refusal: print(refusal.code)"
    )
    people.write_parquet(tmp_path / "in.parquet")
    out = tmp_path / "out"
    out.mkdir()
    for how in ("apply", "mask_file"):
        for end in ("csv", "parquet"):
            plan = json.dumps(people_plan())
            names = [str(tmp_path / "in.parquet"), str(out / f"a.{end}")]
            made = subprocess.run(
                [sys.executable, "-c", program, how, plan, *names],
                check=True,
                capture_output=True,
                text=True,
            )
            assert made.stdout.strip() == "DISK_FULL", (how, end, made)
            assert os.listdir(out) == []


# --- local recoding --------------------------------------------------------------------------


def recoded(**changes: object) -> dict:
    plan = replan(
        people_plan(**{"reach_k": "recode", **changes}),
        line("职业", role="quasi") | {"kind": "职业"},
        line("出生日期", "generalize", "quasi", hierarchy="date", to="year"),
    )
    return plan | {"quasi_identifiers": ["性别", "出生日期", "所在区", "职业"]}


def test_recoding_reaches_k_along_the_lists_and_removes_no_record(source, target, key):
    report = apply(recoded(), source, target, key)
    assert report.passed, report.facts["findings"]
    made = pl.read_csv(target, infer_schema=False)
    assert made.height == 3000
    assert measure(target, recoded()["quasi_identifiers"]).k >= 5
    # Years where a class is large enough, decades elsewhere; trades and their groups likewise.
    assert {"年", "代"} <= set(made["出生日期"].drop_nulls().str.tail(1))
    assert {"退休", "专业技术人员"} & set(made["职业"].drop_nulls())
    cut = recoded(reach_k="suppress", max_suppressed=1.0)
    kept = apply(cut, source, target.with_name("b.csv"), key)
    lost, cost = report.facts["suppressed"], kept.facts["suppressed"]
    assert lost["cells"] < cost["cells"]
    assert "归得更粗" in "".join(one["done"] for one in report.facts["columns"])


def test_recoding_holds_l_and_t_of_the_sensitive_columns(source, target, key):
    plan = replan(recoded(l=3, t=0.35), line("月收入", "round", "sensitive", step=1000))
    plan["sensitive"] = ["月收入"]
    report = apply(plan, source, target, key)
    assert report.passed, report.facts["findings"]
    assert report.facts["risk"]["l"] >= 3
    assert report.facts["risk"]["t"] <= 0.35


@pytest.mark.parametrize("how", ["suppress", "recode"])
def test_k_counts_people_where_a_code_has_several_rows(tmp_path, key, how):
    """Twelve payments of each of three old women are no class of thirty-six."""
    people = [("女", "80-89岁")] * 3 + [("女", "60-69岁")] * 20 + [("男", "60-69岁")] * 20
    made = [
        {"对象编号": f"{n:04}", "性别": sex, "年龄段": age, "月份": f"2025-{month:02}"}
        for n, (sex, age) in enumerate(people)
        for month in range(1, 13)
    ]
    pl.DataFrame(made).write_csv(tmp_path / "paid.csv")
    lines = [
        line("对象编号", "pseudonym", "direct"),
        line("性别", role="quasi") | {"kind": "性别"},
        line("年龄段", role="quasi") | {"kind": "年龄"},
        line("月份"),
    ]
    known = {"quasi_identifiers": ["性别", "年龄段"], "k": 10, "reach_k": how}
    plan = {"profile": "statistical", "release": "a", "columns": lines, **known}
    report = apply(plan, tmp_path / "paid.csv", tmp_path / "out.csv", key)
    assert report.passed, report.facts["findings"]
    kept = pl.read_csv(tmp_path / "out.csv")
    sizes = kept.group_by("性别", "年龄段").agg(pl.col("对象编号").n_unique().alias("people"))
    assert sizes["people"].min() >= 10
    # Who is in too small a class even with all blanked goes; what is recoded keeps everybody.
    assert kept.height == (len(made) if how == "recode" else 480)


@pytest.mark.parametrize(("sign", "told"), [(";", "分号"), ("\t", "制表符")])
def test_columns_parted_by_another_sign_are_not_read_as_one(tmp_path: Path, people, sign, told):
    path = tmp_path / "a.csv"
    people.write_csv(path, separator=sign)
    assert told in refused("SEPARATOR", lambda: verify(path)).zh
    assert "逗号" in refused("SEPARATOR", lambda: detect(path)).zh


def test_a_single_column_may_have_a_semicolon_in_its_header(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("类型;说明\n低保\n特困\n低保\n", "utf-8")
    assert tables.open_table(path).columns == ("类型;说明",)
