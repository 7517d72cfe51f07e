"""A file that is looked into and kept nowhere: its columns, its rows, its first values."""

import io
import subprocess
import sys

import polars as pl
import pytest
from openpyxl import load_workbook

from anonymization import peeking, preview, propose
from anonymization.errors import Refused
from anonymization.synthetic import citizens
from anonymization.tables import open_table
from connectors import files

NAMES = ["姓名", "公民身份号码", "性别", "出生日期"]


class Item:
    """An element as a proposal looks at it."""

    def __init__(self, name: str) -> None:
        self.name, self.kind, self.item = name, name, name
        self.quasi, self.day = name in {"性别", "出生日期"}, False


PLAN = propose([Item(name) for name in NAMES], "statistical")
TABLE = citizens(60, seed=4).select(NAMES)


def written(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "parquet":
        TABLE.write_parquet(out)
    elif kind == "xlsx":
        TABLE.write_excel(out)
    else:
        out.write(TABLE.write_csv().encode("gb18030" if kind == "gb18030" else "utf-8"))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "gb18030", "parquet", "xlsx"])
def test_every_format_says_the_same_columns_and_rows(kind):
    found = written(kind), "csv" if kind == "gb18030" else kind
    assert peeking.counted(*found) == {"columns": NAMES, "rows": 60}
    assert peeking.first(*found, rows=7).equals(TABLE.head(7).cast(pl.String))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY"),
        ("姓名,性别\n".encode(), "EMPTY"),
        (b"a,a\n1,2\n", "HEADER_UNFIT"),
        (b"a,\n1,2\n", "HEADER_UNFIT"),
        (b"a,b\n1\n", "FILE_UNREADABLE"),
        (b"\xff\xff\xff", "FILE_UNREADABLE"),
    ],
    ids=["nothing", "header", "twice", "blank", "ragged", "bytes"],
)
def test_what_cannot_be_read_is_refused_without_quoting_it(content, code):
    with pytest.raises(Refused) as caught:
        peeking.first(content, "csv", 10)
    assert caught.value.code == code


@pytest.mark.parametrize("state", ["visible", "hidden"])
def test_a_workbook_is_looked_at_as_the_run_reads_it(state, tmp_path):
    """The only sheet with rows, wherever it stands; of two neither, in the words of the run."""
    book = load_workbook(io.BytesIO(written("xlsx")))
    book.create_sheet("空表", 0)
    book.save(tmp_path / "文件.xlsx")
    assert peeking.counted((tmp_path / "文件.xlsx").read_bytes(), "xlsx")["rows"] == 60
    other = book.create_sheet("名单")
    other.append(["姓名"])
    other.sheet_state = state
    book.save(tmp_path / "文件.xlsx")
    told = []
    for look in (
        lambda: preview.sample(PLAN, (tmp_path / "文件.xlsx").read_bytes(), "xlsx"),
        lambda: open_table(tmp_path / "文件.xlsx"),
    ):
        with pytest.raises(Refused) as caught:
            look()
        told.append((caught.value.code, caught.value.zh.replace("文件.xlsx", "文件")))
    assert told[0] == told[1]
    assert told[0][0] == "SHEETS"
    assert "名单" in told[0][1]


def test_a_table_without_a_header_is_refused_and_its_first_row_is_not_quoted():
    content = TABLE.write_csv(include_header=False).encode()
    with pytest.raises(Refused) as caught:
        preview.sample(PLAN, content, "csv")
    assert caught.value.code == "PLAN_OF_ANOTHER_TABLE"
    assert not [one for one in TABLE.row(0) if one in caught.value.zh + caught.value.en]


def test_a_sample_shows_up_to_five_different_values_of_a_column_beside_what_becomes_of_them():
    found = preview.sample(PLAN, written("csv"), "csv")
    assert found["rows"] == 60
    shown = {one["name"]: one for one in found["columns"]}
    assert sorted(shown["性别"]["before"]) == sorted(set(TABLE["性别"]))
    assert shown["姓名"]["before"] == TABLE["姓名"].unique(maintain_order=True).to_list()[:5]
    line = next(one for one in PLAN["columns"] if one["name"] == "性别")
    if line["technique"] == "keep":
        assert shown["性别"]["after"] == shown["性别"]["before"]
    assert shown["公民身份号码"]["after"] != shown["公民身份号码"]["before"]


def test_a_confined_child_has_no_right_to_write_a_byte(tmp_path):
    target = tmp_path / "left.csv"
    script = (
        "import sys; from anonymization import peeking; peeking.confined();"
        "open(sys.argv[1], 'wb', 0).write(b'x')"
    )
    words = [sys.executable, "-c", script, str(target)]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode != 0
    assert target.read_bytes() == b""


def test_the_child_answers_for_a_file_with_counts_and_names():
    made = files.in_child(["csv"], written("csv"), "anonymization.peeking")
    assert b'"rows": 60' in made
