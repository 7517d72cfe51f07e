"""What is typed means the same in a form, a sheet, a paste and a call of the API."""

from typing import Any

import pytest
from hypothesis import given, settings

import schemas
from connectors import excel
from registry.catalogue.drafts import prepared

from .strategies import documents, drafts, entry, submissions


@given(drafts())
@settings(max_examples=150, deadline=None)
def test_what_was_read_once_is_not_read_otherwise_again(document: dict[str, Any]) -> None:
    once = schemas.tidied(document)
    assert schemas.tidied(once) == once


@given(submissions())
@settings(max_examples=60, deadline=None)
def test_a_document_that_may_be_handed_in_is_not_touched(document: dict[str, Any]) -> None:
    assert schemas.tidied(document) == document


def test_no_demo_entry_is_touched() -> None:
    for document in documents():
        assert schemas.tidied(document) == document


def by_every_way(pointer: str, typed: str) -> list[Any]:
    """What a text typed for a field becomes in a form, in a cell of the sheet and in a call."""
    parts = pointer.split(".")
    row = excel.Row(4, "", "", {})
    if parts[0] == "items":
        row.items.append((4, {pointer.replace(".0.", ".*."): typed}))
    else:
        row.cells[pointer] = typed
    called: Any = typed
    for part in reversed(parts):
        called = [called] if part == "0" else {part: called}
    made = [schemas.from_form([(pointer, typed)]), excel.document(row), prepared(called)]
    found = []
    for one in made:
        value: Any = one
        for part in parts:
            value = value[int(part)] if part.isdigit() else value[part]
        found.append(value)
    return found


@pytest.mark.parametrize(
    ("pointer", "typed", "kept"),
    [
        ("name", "\ufeff婚姻\u00ad登记\u200b", "婚姻登记"),
        ("name", "婚姻\u00a0登记\t信息", "婚姻 登记 信息"),
        ("abstract", "第一行\u2028第二行\t完", "第一行\n第二行 完"),
        ("abstract", "第一行\x0b第二行", "第一行\n第二行"),
        ("items.0.length", "５０", "50"),
        ("items.0.length", "2位", "2"),
        ("items.0.length", "100 字", "100"),
        ("items.0.length", "18，2", "18,2"),
        ("items.0.length", "很长", "很长"),
        ("items.0.data_type", "varchar", "C"),
        ("items.0.data_type", "文本", "C"),
        ("items.0.data_type", "日期", "D"),
        ("items.0.nullable", "√", True),
        ("items.0.primary_key", "对", True),
        ("items.0.open_type", "否", "3"),
        ("update_cycle", "每年", "6"),
        ("update_cycle", "年", "6"),
        ("share_type", "有条件", "2"),
        ("share_method_class", "平台", "01"),
        ("share_method_class", "1", "01"),
        ("census.total_gb", "0.5G", 0.5),
        ("census.total_gb", "５１２M", 0.5),
        ("census.records_wan", "8000条", 0.8),
        ("census.records_wan", "1,200", 1200),
        ("census.records_wan", "约十", "约十"),
        ("withheld_basis.review_by", "２０２７年1月5日", "2027-01-05"),
        ("withheld_basis.review_by", "20270105", "2027-01-05"),
        ("withheld_basis.review_by", "2027年1月", "2027年1月"),
        ("holders.handles.phone", "（０４７３）1234567", "(0473)1234567"),
        ("holders.handles.phone", "0473－1234567", "0473-1234567"),
    ],
)
def test_the_same_words_mean_the_same_however_they_come(pointer, typed, kept) -> None:
    assert by_every_way(pointer, typed) == [kept, kept, kept]


@pytest.mark.parametrize(
    "typed", ["户籍、人口", "户籍，人口", "户籍,人口", "户籍；人口", "户籍 人口", "户籍\n人口"]
)
def test_keywords_are_told_apart_alike_in_form_and_sheet(typed) -> None:
    row = excel.Row(4, "", "", {"keywords": typed})
    assert schemas.from_form([("keywords", typed)])["keywords"] == ["户籍", "人口"]
    assert excel.document(row)["keywords"] == ["户籍", "人口"]


def test_a_blank_within_foreign_words_is_no_end_of_a_keyword() -> None:
    assert schemas.from_form([("keywords", "open data")]) == {"keywords": ["open data"]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("3/7/2", "3/07/002"), ("3 / 07 / 002", "3/07/002"), ("２/1", "2/01"), ("部门/7", "3/07"),
     ("9/9", "9/9")],
)  # fmt: skip
def test_a_class_path_gets_back_the_zeros_excel_drops(typed, kept) -> None:
    assert schemas.from_form([("class_path", typed)]) == {"class_path": kept}


def test_a_class_path_of_three_cells_gets_back_the_zeros_too() -> None:
    cells = {"class_path#0": "3", "class_path#1": "7", "class_path#2": "2"}
    assert excel.document(excel.Row(4, "", "", cells)) == {"class_path": "3/07/002"}


@pytest.mark.parametrize("typed", ["JPG、PNG", "jpeg；Png", "JPG,jpg,png"])
def test_format_types_are_read_in_any_case_each_once(typed) -> None:
    row = excel.Row(4, "", "", {"format_class": "图形图像", "format_types": typed})
    assert excel.document(row) == {"format_class": "4", "format_types": ["jpg", "png"]}


def wrong(**changed: Any) -> list[schemas.Problem]:
    made = {**entry(), **changed}
    found = schemas.errors("resource", schemas.tidied(made), at="submission")
    return [one for one in found if one.pointer.strip("/").split("/")[0] in changed]


def test_a_type_of_another_class_is_told_with_every_type_of_the_class() -> None:
    (problem,) = wrong(format_class="4", format_types=["JPG", "PDF"])[-1:]
    assert problem.code == "format-mismatch"
    assert "jpg、gif、bmp、其他、png、tif、shp、dwg、geojson" in problem.message()


def test_two_unknown_types_are_not_called_a_repetition() -> None:
    found = wrong(format_class="4", format_types=["啊啊", "嗯嗯"])
    assert {one.code for one in found} == {"code-unknown"}
    assert "可填：jpg、gif、bmp、其他、png、tif、shp、dwg、geojson" in found[0].message()


def test_a_word_of_two_meanings_is_asked_about_and_never_taken() -> None:
    document = entry()
    document["items"][0]["data_type"] = "数字"
    read = schemas.tidied(document)
    assert read["items"][0]["data_type"] == "数字"
    (problem,) = schemas.errors("resource", read, at="submission")
    assert "「数字」不是数据类型，改为 数值型？" in problem.message()
    assert "Did you mean Number?" in problem.message("en")
    assert schemas.suggested("resource", read)["items"][0]["data_type"] == "N"


def test_every_other_word_for_a_code_leads_to_a_code_of_its_list() -> None:
    for name in schemas.codes.names():
        if name in schemas.codes.DERIVED:
            continue
        table = schemas.codes.table(name)
        known = set(schemas.codes.values(name))
        if name != "format":
            assert set(table.get("aliases", {}).values()) <= known, name
        # What is asked about must not be taken without a question.
        for word, code in table.get("suggest", {}).items():
            if name != "format":
                assert code in known, name
                assert schemas.codes.code_of(name, word) is None, (name, word)


@pytest.mark.parametrize(
    ("changed", "example"),
    [
        ({"census": {"total_gb": "五百"}}, "如 10.5，也可以写 500M"),
        ({"withheld_basis": {"review_by": "2026年5月"}}, "请写明年、月、日，例如 2026-01-31"),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(changed, example) -> None:
    assert any(example in problem.message() for problem in wrong(**changed))
