"""The official sheet: what goes out comes in again, and what is wrong is told by its cell."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings

import schemas
from connectors import excel, files
from connectors.excel.columns import trimmed
from tests.factories import document
from tests.schemas.strategies import drafts


def reread(entries: list[excel.Exported]) -> list[excel.Row]:
    return excel.read(files.tables(excel.write(entries)))


def in_memory(entry: excel.Exported) -> excel.Row:
    """The row a sheet of this entry would give, without the workbook in between."""
    whole, items = excel.texts(entry)
    clean = {name: trimmed(text) for name, text in whole.items()}
    rows = [(4 + n, {k: trimmed(t) for k, t in i.items()}) for n, i in enumerate(items)]
    return excel.Row(4, entry.key, entry.code, clean, [r for r in rows if any(r[1].values())])


def identified(draft: dict[str, Any]) -> dict[str, Any]:
    rows = draft.get("items")
    if not isinstance(rows, list):
        return draft
    named = [{**r, "id": f"i{n}"} if isinstance(r, dict) else r for n, r in enumerate(rows)]
    return {**draft, "items": named}


@given(drafts())
@settings(max_examples=150, deadline=None)
def test_an_exported_entry_that_was_not_touched_is_the_same_when_it_comes_back(draft):
    before = identified(draft)
    rows = before.get("items")
    if isinstance(rows, list) and not all(isinstance(r, dict) for r in rows):
        return
    entry = excel.Exported(before, key="k")
    assert excel.document(in_memory(entry), entry) == before


@given(drafts(), drafts())
@settings(max_examples=60, deadline=None)
def test_any_sheet_gives_a_document_a_draft_may_hold(one, other):
    row = in_memory(excel.Exported(one))
    try:
        made = excel.document(row, excel.Exported(other))
    except schemas.Unreadable:
        return
    assert schemas.errors("resource", made, at="draft") == []


def test_a_complete_entry_comes_back_whole_even_as_a_new_one():
    whole = document()
    (row,) = reread([excel.Exported(whole)])
    made = excel.document(row)
    beyond = {"matters", "external_codes", "extras"}
    assert made == {key: value for key, value in whole.items() if key not in beyond}


def test_the_template_has_31_official_columns_and_drop_downs():
    book = openpyxl.load_workbook(io.BytesIO(excel.write([])))
    sheet = book[excel.SHEET]
    assert [c.headings[1] or c.headings[0] for c in excel.columns()[:31]][4] == "信息资源名称"
    assert sheet["A3"].value == "类"
    assert sheet["T3"].value == "信息项名称"
    kinds = {str(v.sqref).split(":")[0] for v in sheet.data_validations.dataValidation}
    assert {"K4", "U4", "W4", "AC4"} <= kinds
    assert [c.letter for c in excel.columns() if c.name == "update_cycle"] == ["AC"]


def test_labels_and_codes_are_both_understood():
    entry = excel.Exported(document())
    (row,) = reread([entry])
    row.cells["update_cycle"] = "2"
    row.items[0][1]["items.*.data_type"] = "字符型"
    made = excel.document(row)
    assert made["update_cycle"] == "2"
    assert made["items"][0]["data_type"] == "C"


def test_one_changed_cell_changes_one_field():
    before = document()
    entry = excel.Exported(before, key="k")
    row = in_memory(entry)
    row.cells["abstract"] = "改过的摘要，说明数据从哪里来、可以用来做什么。"
    made = excel.document(row, entry)
    assert made == {**before, "abstract": row.cells["abstract"]}


def test_a_renamed_item_keeps_its_identity_and_a_removed_row_is_gone():
    before = document()
    entry = excel.Exported(before, key="k")
    row = in_memory(entry)
    row.items[0][1]["items.*.name"] = "改名"
    del row.items[1]
    made = excel.document(row, entry)
    assert made["items"][0]["id"] == before["items"][0]["id"]
    assert [i["name"] for i in made["items"]] == [
        "改名",
        *(i["name"] for i in before["items"][2:]),
    ]


def test_columns_in_another_order_and_with_stars_are_found():
    book = openpyxl.load_workbook(io.BytesIO(excel.write([excel.Exported(document())])))
    sheet = book[excel.SHEET]
    sheet["E2"].value, sheet["J2"].value = "信息资源摘要 *", "* 信息资源名称"
    for line in range(4, sheet.max_row + 1):
        one, other = sheet.cell(line, 5), sheet.cell(line, 10)
        one.value, other.value = other.value, one.value
    out = io.BytesIO()
    book.save(out)
    (row,) = excel.read(files.tables(out.getvalue()))
    assert row.name == "婚姻登记预约信息"


def test_merged_cells_dates_and_numbers_are_read_as_a_person_reads_them():
    book = openpyxl.load_workbook(io.BytesIO(excel.write([excel.Exported(document())])))
    sheet = book[excel.SHEET]
    sheet["V4"].value = 50.0
    sheet.merge_cells("E4:E6")
    out = io.BytesIO()
    book.save(out)
    (row,) = excel.read(files.tables(out.getvalue()))
    assert row.items[0][1]["items.*.length"] == "50"
    assert len(row.items) == len(document()["items"])


def test_a_fault_is_told_by_row_column_and_heading():
    wrong = document(update_cycle="77")
    wrong["items"][1]["level"] = "9"
    (row,) = reread([excel.Exported(wrong)])
    made = excel.document(row)
    faults = [excel.fault(row, p) for p in schemas.errors("resource", made, at="submission")]
    found = {(fault.row, fault.letter) for fault in faults}
    level = next(c.letter for c in excel.columns() if c.name == "items.*.level")
    assert (4, "AC") in found
    assert (5, level) in found
    assert all(fault.message and fault.heading for fault in faults)


def test_a_formula_is_written_as_text():
    evil = document(name="=1+1", note="@SUM(A1)")
    book = openpyxl.load_workbook(io.BytesIO(excel.write([excel.Exported(evil)])))
    assert {c.data_type for row in book[excel.SHEET].iter_rows() for c in row} <= {"s", "n"}
    assert book[excel.SHEET]["E4"].value == "=1+1"
    assert book[excel.SHEET]["E4"].data_type == "s"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


BOOK = "xl__workbook.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old"),
        (b"%PDF-1.7\x00", "file_kind"),
        (b"\xff\xfe\x00\x00binary", "file_kind"),
        (b"PK\x03\x04broken", "file_broken"),
        (zipped(word__document="x"), "file_kind"),
        (zipped(**{BOOK: b"x", "xl__vbaProject.bin": b"x"}), "file_macro"),
        (zipped(**{BOOK: b"x", "xl__externalLinks__e1.xml": b"x"}), "file_links"),
        (zipped(**{BOOK: b"<not xml"}), "file_broken"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_its_reason(data, code):
    with pytest.raises(files.Refused) as refusal:
        files.tables(data)
    assert refusal.value.code == code


def test_a_file_that_unpacks_to_more_than_may_be_held_is_refused():
    with pytest.raises(files.Refused) as refusal:
        files.tables(zipped(**{BOOK: b"x", "xl__big.xml": b"\x00" * (201 << 20)}))
    assert refusal.value.code == "file_bomb"


def test_a_sheet_with_a_million_rows_is_refused_and_nothing_hangs():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(excel.SHEET)
    for _ in range(60_000):
        sheet.append(["x"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(files.Refused) as refusal:
        files.tables(out.getvalue())
    assert refusal.value.code == "file_rows"


def test_a_csv_in_the_encoding_of_the_office_is_read():
    found = files.tables("信息资源名称,摘要\n婚姻登记,说明\n".encode("gb18030"))
    assert found == {"csv": [["信息资源名称", "摘要"], ["婚姻登记", "说明"]]}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"别的": [["a"]], "二": []}, "sheet_missing"),
        ({excel.SHEET: [["a"], ["b"]]}, "header_missing"),
    ],
)
def test_a_sheet_without_its_head_is_refused(table, code):
    with pytest.raises(excel.Unreadable) as refusal:
        excel.read(table)
    assert refusal.value.code == code
