"""Code lists have labels in both languages and mean what the rules say."""

import re

import pytest

import schemas
from schemas import codes


@pytest.mark.parametrize("name", codes.names())
def test_every_label_shown_on_screen_has_both_languages(name: str) -> None:
    for code, texts in codes.values(name).items():
        assert texts["zh"], code
        # A product name (oracle, pdf) is the same in every language.
        assert texts.get("en") or texts["zh"] == code, code


def test_labels_fall_back_to_the_code_and_to_chinese() -> None:
    assert codes.label("share_type", "2", "en") == "Conditional"
    assert codes.label("share_type", "9") == "9"
    assert codes.label("format_type", "xlsx", "en") == "xlsx"
    assert codes.labels("share_type", "fr")["1"] == "无条件共享"


def test_a_code_is_found_by_its_label() -> None:
    assert codes.code_of("update_cycle", "每月") == codes.code_of("update_cycle", "4") == "4"
    assert codes.code_of("update_cycle", "每世纪") is None


def test_subsets_are_parts_of_their_list() -> None:
    assert list(codes.values("basis_kind.withheld")) == ["1", "2", "3"]
    assert "xlsx" in codes.values("format_type.2")
    assert "xlsx" not in codes.values("format_type.3")
    whole = set(codes.values("pi_kind"))
    sensitive, ordinary = (
        set(codes.values("pi_kind.sensitive")),
        set(codes.values("pi_kind.ordinary")),
    )
    assert sensitive | ordinary == whole
    assert not sensitive & ordinary
    assert set(codes.values("pi_kind.never_open")) < whole


@pytest.mark.parametrize("path", ["3/07/001", "1/01", "2/12", "3/07/001/150300"])
def test_a_class_path_of_the_tree_is_accepted(path: str) -> None:
    assert re.search(codes.class_path_pattern(), path)


@pytest.mark.parametrize(
    "path", ["3", "4/01", "1/06", "3/07/1", "3/07/001\n", "3/07/００１", " 3/07"]
)
def test_any_other_class_path_is_not(path: str) -> None:
    assert not re.search(codes.class_path_pattern(), path)


def test_the_working_days_cover_the_years_they_name() -> None:
    days = codes.table("workdays")
    assert {int(day["date"][:4]) for day in days["days"]} == set(days["years"])
    assert {day["kind"] for day in days["days"]} == set(days["kinds"])


def test_the_guide_names_only_fields_that_exist() -> None:
    guide = codes.profile()
    columns = guide["columns"]
    assert [column["number"] for column in columns] == list(range(1, 32))
    for column in columns:
        record = "entry" if column.get("envelope") else "resource"
        for pointer in column["fields"]:
            assert schemas.field(record, pointer) or schemas.field("entry", pointer), pointer
    for pointer, obligation in guide["obligation"].items():
        assert obligation in guide["obligation_values"]
        assert schemas.field("resource", pointer) or schemas.field("entry", pointer), pointer


def test_the_code_rule_of_the_guide_reads_its_example_and_refuses_the_faulty() -> None:
    rule = codes.profile()["code_rule"]
    assert re.search(rule["pattern"], rule["example"])
    assert not [code for code in rule["invalid_examples"] if re.search(rule["pattern"], code)]
