"""A cell that is not what it seems is told or read as a person reads it, never lost in silence."""

import io

import openpyxl
import pytest

import schemas
from connectors import excel, files
from tests.factories import document


def book_of(*documents):
    entries = [excel.Exported(one) for one in documents]
    return openpyxl.load_workbook(io.BytesIO(excel.write(entries)))


def read(book):
    out = io.BytesIO()
    book.save(out)
    return excel.sheet(files.opened(out.getvalue()))


def letter(name):
    return next(c.letter for c in excel.columns() if c.name == name)


def oddities(sheet):
    return [(one.code, one.row + 1, one.letter) for one in sheet.oddities]


def notes(sheet):
    return {code for code, _ in sheet.notes}


def test_a_formula_is_told_by_its_cell_also_in_a_hidden_row():
    book = book_of(document())
    sheet = book[excel.SHEET]
    sheet[f"{letter('update_cycle')}4"].value = '="每"&"年"'
    sheet["V5"].value = "=SUM(1,49)"
    sheet.row_dimensions[5].hidden = True
    found = read(book)
    assert oddities(found) == [
        ("cell_formula", 4, letter("update_cycle")),
        ("cell_formula", 5, "V"),
    ]
    assert "rows_hidden" in notes(found)


def test_an_identifier_that_lost_its_last_digits_is_told():
    book = book_of(document())
    book[excel.SHEET]["AE4"].value = 150302199001011234
    assert ("cell_digits", 4, "AE") in oddities(read(book))


def test_cells_merged_across_columns_are_told_and_merged_downwards_are_read_in_every_row():
    book = book_of(document())
    sheet = book[excel.SHEET]
    kinds = [sheet[f"U{row}"].value for row in (4, 5)]
    sheet["U5"].value = kinds[0]
    sheet.merge_cells("U4:U5")
    found = read(book)
    assert [cells["items.*.data_type"] for _, cells in found.rows[0].items[:2]] == [kinds[0]] * 2
    sheet.merge_cells("I6:J6")
    sheet["I6"].value = "两栏"
    assert ("cell_merged", 6, "I") in oddities(read(book))


def test_a_class_merged_over_two_entries_belongs_to_both():
    one, two = document("甲登记信息"), document("乙登记信息")
    book = book_of(one, two)
    sheet = book[excel.SHEET]
    for at in range(1, 5):
        sheet.merge_cells(start_row=4, end_row=sheet.max_row, start_column=at, end_column=at)
    first, second = read(book).rows
    assert excel.document(second)["class_path"] == excel.document(first)["class_path"]
    assert excel.document(second)["class_path"] == one["class_path"]


def test_a_column_nobody_knows_is_told_and_a_column_that_is_missing_empties_nothing():
    before = document()
    book = openpyxl.load_workbook(io.BytesIO(excel.write([excel.Exported(before, key="k")])))
    sheet = book[excel.SHEET]
    at = next(c.at for c in excel.columns() if c.name == "visibility") + 1
    assert before["visibility"]
    sheet.cell(3, at).value, sheet.cell(4, at).value = "备注二", "不知放哪里"
    found = read(book)
    assert [one.code for one in found.oddities] == ["column_unknown"]
    sheet.cell(4, at).value = None
    for row in range(5, sheet.max_row + 1):
        sheet.cell(row, at).value = None
    (row,) = read(book).rows
    assert excel.document(row, excel.Exported(before, key="k")) == before


def test_what_a_later_row_says_otherwise_about_the_resource_is_told():
    book = book_of(document())
    book[excel.SHEET]["J5"].value = "另一段摘要"
    assert oddities(read(book)) == [("row_differs", 5, "J")]


@pytest.mark.parametrize("typed", [46023, "2026/1/1", "2026年1月1日", "2026.1.1", "20260101"])
def test_a_day_is_understood_however_the_sheet_writes_it(typed):
    book = book_of(document())
    at = next(c.at for c in excel.columns() if c.name == "withheld_basis.review_by") + 1
    book[excel.SHEET].cell(4, at).value = typed
    (row,) = read(book).rows
    assert excel.document(row)["withheld_basis"] == {"review_by": "2026-01-01"}


def test_sheets_that_are_not_read_and_another_template_are_told():
    book = book_of(document())
    book.create_sheet("往年")["A1"].value = "旧数据"
    lines = book[excel.NOTES]
    for row in lines.iter_rows(min_row=1, max_row=10):
        if row[0].value == excel.VERSION_LINE:
            row[1].value = "national-1272-000000"
    assert notes(read(book)) == {"sheets_unread", "template_other"}
    heading = next(c for c in excel.columns() if c.name == "abstract")
    book[excel.SHEET].cell(3, heading.at + 1).value = None
    book[excel.SHEET].cell(2, heading.at + 1).value = None
    with pytest.raises(excel.Unreadable) as refusal:
        read(book)
    assert refusal.value.code == "template_old"


def test_a_fault_stands_where_the_column_stands_in_the_clerks_own_sheet():
    book = book_of(document(abstract="短"))
    book[excel.SHEET].insert_cols(1)
    book[excel.SHEET]["A3"].value = "序号"
    book[excel.SHEET]["A4"].value = "1"
    (row,) = read(book).rows
    problem = next(
        p
        for p in schemas.errors("resource", excel.document(row), at="submission")
        if p.pointer == "/abstract"
    )
    assert excel.fault(row, problem).letter == "K"


def test_a_csv_with_one_or_two_heading_rows_holds_the_same_entries():
    whole = document()
    table = files.tables(excel.write([excel.Exported(whole)]))[excel.SHEET]
    lines = [",".join(f'"{text}"' for text in row) for row in table]
    two = "\n".join(lines).encode("gb18030")
    headings = ",".join(f'"{b or a}"' for a, b in zip(table[1], table[2], strict=True))
    one = "\n".join([headings, *lines[3:]]).encode("utf-8-sig")
    made = [excel.document(*excel.sheet(files.opened(data)).rows) for data in (two, one)]
    assert made[0] == made[1]
    assert made[0]["name"] == whole["name"]


def test_a_web_page_called_xls_is_told_as_one():
    with pytest.raises(files.Refused) as refusal:
        files.opened("<html><table><tr><td>表</td></tr></table>".encode())
    assert refusal.value.code == "file_html"
