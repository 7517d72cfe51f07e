"""Nothing leaves the house in a workbook that nobody looked at."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from anonymization import Refused, apply, detect, mask_file, preview, verify
from anonymization.synthetic import citizens
from anonymization.tables import open_table
from tests.anonymization.conftest import line

KEY = bytes(range(32))
HEAD = ["区", "档次"]
ROWS = [["海勃湾区", "一档"], ["乌达区", "二档"]] * 60


def made(path: Path, *sheets: tuple[str, list[list[str]], str]) -> Path:
    """A workbook of these sheets: a name, rows, and whether it is shown."""
    book = Workbook()
    book.remove(book.active)
    for name, rows, state in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


SOUND = ("发布", [HEAD, *ROWS], "visible")


def refusal(ask) -> Refused:
    with pytest.raises(Refused) as told:
        ask()
    return told.value


def test_a_workbook_with_one_sheet_of_rows_is_a_table_whatever_stands_empty_beside_it(tmp_path):
    book = made(tmp_path / "a.xlsx", ("Sheet2", [], "visible"), SOUND, ("Sheet3", [], "hidden"))
    assert open_table(book).columns == ("区", "档次")
    assert verify(book).passed


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
@pytest.mark.parametrize("ask", [verify, open_table])
def test_a_second_sheet_with_rows_is_named_and_refused(tmp_path, state, ask):
    raw = citizens(30, seed=1)
    rows = [raw.columns, *map(list, raw.rows())]
    book = made(tmp_path / "b.xlsx", SOUND, ("原始", rows, state))
    told = refusal(lambda: ask(book))
    assert told.code == "SHEETS"
    assert ("原始（隐藏）" if state != "visible" else "原始") in told.zh
    assert "CSV" in told.zh


def test_comments_go_out_with_a_release_and_are_refused_and_may_stand_in_a_source(tmp_path):
    path = made(tmp_path / "c.xlsx", SOUND)
    book = load_workbook(path)
    book.active["A2"].comment = Comment("李秀英", "科员")
    book.save(path)
    assert "批注" in refusal(lambda: verify(path)).zh
    assert [one.name for one in detect(open_table(path).frame())] == ["区", "档次"]


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(),
        pl.DataFrame({"区": []}),
        pl.DataFrame({"区": [None, None], "档次": ["", " "]}),
    ],
    ids=["no column", "no row", "no value"],
)
def test_where_nothing_is_filled_nothing_is_proven(table):
    assert refusal(lambda: verify(table)).code == "ALL_BLANK"


@pytest.mark.parametrize(
    "values", [[b"\xff\xd8", b"\xff\xd9"], [timedelta(1), timedelta(2)]], ids=["bytes", "spans"]
)
@pytest.mark.parametrize("is_file", [True, False], ids=["file", "frame"])
def test_what_holds_no_text_is_refused_by_its_column(tmp_path, values, is_file):
    table = pl.DataFrame({"区": ["海勃湾区", "乌达区"], "照片": values})
    if is_file:
        table.write_parquet(tmp_path / "d.parquet")
    told = refusal(lambda: verify(tmp_path / "d.parquet" if is_file else table))
    assert told.code == "UNREADABLE_TYPE"
    assert "「照片」" in told.zh


@pytest.mark.parametrize(
    "values",
    [[b"\xff\xd8", b"\xff\xd8", None], [timedelta(1), timedelta(2), None], [[1], [2, 3], None]],
    ids=["bytes", "spans", "lists"],
)
@pytest.mark.parametrize("end", ["parquet", "csv"])
def test_a_plan_that_removes_a_column_without_text_can_be_run(tmp_path, values, end):
    table = pl.DataFrame({"区": ["海勃湾区", "乌达区", "海南区"] * 10, "照片": values * 10})
    table.write_parquet(tmp_path / "d.parquet")
    plan = {"profile": "statistical", "release": "1", "quasi_identifiers": []}
    plan["columns"] = [line("区"), line("照片", "suppress")]
    report = apply(plan, tmp_path / "d.parquet", tmp_path / f"out.{end}")
    assert report.passed
    assert open_table(tmp_path / f"out.{end}").columns == ("区",)
    assert report.facts["columns"][1]["filled"] == 20
    mask_file(plan, tmp_path / "d.parquet", tmp_path / f"masked.{end}")
    shown = preview.sample(plan, (tmp_path / "d.parquet").read_bytes(), "parquet")
    assert shown["columns"][1]["after"] is None
    kept = plan | {"columns": [line("区"), line("照片")]}
    subject = [line("区", "shift", days=9, subject="照片"), line("照片", "suppress")]
    for other in (kept, plan | {"columns": subject}):
        for run in (apply, mask_file):
            told = refusal(lambda: run(other, tmp_path / "d.parquet", tmp_path / "no.csv", KEY))  # noqa: B023
            assert told.code in {"UNREADABLE_TYPE", "NESTED"}
            assert "可以照常运行" in told.zh
        content = (tmp_path / "d.parquet").read_bytes()
        assert refusal(lambda: preview.sample(other, content, "parquet")).zh == told.zh  # noqa: B023
