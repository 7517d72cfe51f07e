"""Columns copied from a spreadsheet or a list of columns become data elements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from connectors import pasting

COLUMNS = (
    "字段名\t注释\t类型\t是否主键\t可空\t备用列\n"
    "SFZH\t身份证号\tvarchar(18)\tYES\tNO\tx\n"
    'BZ\t"备注\n说明"\tdecimal(18, 2)\t\t\t\n'
)


def test_a_list_of_columns_is_read_by_its_headings():
    made = pasting.read(COLUMNS)
    assert (made.headed, made.ignored) == (True, ["备用列"])
    assert list(made.items) == [
        {
            "name": "身份证号",
            "field_name": "SFZH",
            "data_type": "C",
            "length": "18",
            "primary_key": True,
            "nullable": False,
        },
        {
            "name": "备注 说明",
            "field_name": "BZ",
            "data_type": "N",
            "length": "18,2",
            "primary_key": False,
            "nullable": True,
        },
    ]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_field_is_known_by_its_title(locale):
    fields = pasting.order()
    made = pasting.read("\t".join(one.title(locale) for one in fields) + "\n甲")
    assert [one.field for one in made.headings] == fields


def test_without_headings_the_order_of_the_form_counts():
    made = pasting.read("姓名\tXM\t字符型\t50\r\n性别\tXB\t字符型\t2\r\n")
    assert not made.headed
    assert [(one["name"], one["data_type"], one["length"]) for one in made.items] == [
        ("姓名", "C", "50"),
        ("性别", "C", "2"),
    ]


def test_words_of_a_code_list_are_its_codes_and_others_stay_as_typed():
    made = pasting.read(
        "信息项名称\t数据分级\t共享类型\n甲\t一般2级\t有条件共享\n乙\t绝密\tWithheld"
    )
    assert [(one["level"], one["share_type"]) for one in made.items] == [("2", "2"), ("绝密", "3")]


def test_yes_and_no_are_read_where_a_field_asks_and_stay_words_elsewhere():
    (item,) = pasting.read("信息项名称\t是否主键\t开放类型\t备注\nno\t√\tNO\tyes").items
    assert item == {
        "name": "no",
        "primary_key": True,
        "nullable": True,
        "open_type": "3",
        "note": "yes",
    }


def test_more_rows_than_an_entry_may_hold_are_told():
    made = pasting.read("\n".join(f"第{n}项" for n in range(501)))
    assert (len(made.items), made.cut) == (500, True)


@given(st.text(max_size=200))
def test_any_text_gives_items_a_draft_may_hold(text):
    made = pasting.read(text)
    assert schemas.errors("resource", {"items": list(made.items)}, at="draft") == []
