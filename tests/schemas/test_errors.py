"""Every problem names the field, the remedy and the article; the demo shows each rule once."""

import pickle
from typing import Any

import pytest
from hypothesis import given, settings

import schemas
from schemas import schema, wording
from schemas.errors import NAMED_BY_RULE, Problem
from schemas.rules import table

from .strategies import demo, documents, drafts, entry, faulty, mutants
from .test_schema import everything


def submission(document: dict[str, Any]) -> list[Problem]:
    return schemas.errors("resource", document, at="submission")


def test_every_demo_entry_may_be_handed_in() -> None:
    for document in documents():
        assert submission(document) == []
        assert schemas.warnings("resource", document) == []


CASES = [case for case in demo("faulty_entries")["cases"] if case["scope"] == "document"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_faulty_entry_breaks_exactly_the_rule_it_names(case: dict[str, Any]) -> None:
    document = case["entry"]["document"]
    found = submission(document) + schemas.warnings("resource", document)
    assert {case["breaks"]} == {
        one.code if one.code == case["breaks"] else one.rule or one.code for one in found
    }


@pytest.mark.parametrize("case", ["X06", "X11"])
def test_a_note_answers_a_warning(case: str) -> None:
    assert schemas.warnings("resource", faulty(case))
    assert schemas.warnings("resource", {**faulty(case), "note": "已经核对"}) == []


def test_a_short_abstract_is_counted() -> None:
    (found,) = submission({**entry(), "abstract": "户籍信息"})
    assert found.message() == "信息资源摘要：至少 10 个字，现有 4 个"
    assert found.message("en") == "Abstract: at least 10 characters, now 4"


def test_blanks_do_not_make_an_abstract_longer() -> None:
    (found,) = submission({**entry(), "abstract": "户 籍 信 息 明 细"})
    assert found.message() == "信息资源摘要：至少 10 个字，现有 6 个"


def test_a_missing_key_of_an_item_is_reported_at_the_item_field() -> None:
    document = entry()
    document["items"][2] |= {"name": "姓名 （三）"}
    del document["items"][2]["share_type"]
    (found,) = submission(document)
    assert found.pointer == "/items/2/share_type"
    assert found.message() == "信息项 3「姓名 （三）」：请选择共享类型"


def test_a_rule_of_law_carries_its_article() -> None:
    document = {**entry(), "share_type": "2"}
    document.pop("share_scope", None)
    found = next(one for one in submission(document) if one.pointer == "/share_scope")
    assert (found.rule, found.code) == ("S2", "required")
    assert found.article() == "《政务数据共享条例》第十五条"
    assert "Art. 15" in str(found.article("en"))


def test_an_unknown_key_is_named_even_in_a_draft() -> None:
    (found,) = schemas.errors("resource", {"items": [{"a/b": 1}]})
    assert (found.pointer, found.code) == ("/items/0/a~1b", "unknown-key")
    assert found.message() == "信息项 1·a/b：没有这个字段，请删除"


def test_an_empty_value_is_a_missing_one() -> None:
    found = submission({**entry(), "name": "", "keywords": [], "census": {}})
    assert {(one.pointer, one.code) for one in found} == {
        ("/name", "required"), ("/keywords", "required"), ("/census", "required"),
    }  # fmt: skip


def test_two_items_of_one_name_are_told_apart_by_position() -> None:
    document = entry()
    document["items"][1]["name"] = " ".join(document["items"][0]["name"])
    (found,) = [one for one in submission(document) if one.code == "duplicate-item"]
    assert found.pointer == "/items/1/name"
    assert "与信息项 1 重名" in found.message()


def test_a_part_of_the_census_is_not_more_than_the_whole() -> None:
    found = submission({**entry(), "census": {"total_gb": 5, "open_gb": 5.5, "shared_gb": None}})
    assert [one.pointer for one in found] == ["/census/open_gb"]
    assert found[0].message() == "信息资源大普查·已开放的数据存储量（G）：5.5 大于总量 5，请核对"


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ({"name": "a\x00"}, "nul"),
        ({"name": "\ud800"}, "surrogate"),
        ({"name": "字" * 801}, "maxLength"),
        ({"items": [{}] * 501}, "maxItems"),
        ({"name": float("inf")}, "number"),
        ({"name": 2**53}, "number"),
        # Written as digits without a fraction it would come back as an integer too large.
        ({"name": 1.3046824441221784e16}, "number"),
        ({"note": {"deep": []}}, "unknown-key"),
        ({"extras": [{"key": "a" * 399, "value": "字" * 8000}] * 50}, "size"),
        ([], "type"),
    ],
)
def test_a_draft_refuses_only_what_storage_cannot_keep(kept: Any, code: str) -> None:
    assert [one.code for one in schemas.errors("resource", kept)] == [code]


def test_a_deep_value_is_refused_without_recursion() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert [one.code for one in schemas.errors("resource", {"name": deep})] == ["depth"]


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_a_draft_keeps_wrong_answers_as_typed(document: dict[str, Any]) -> None:
    assert schemas.errors("resource", document) == []
    assert isinstance(schemas.warnings("resource", document), list)


@given(mutants())
@settings(max_examples=80, deadline=None)
def test_every_problem_has_words_and_a_place(document: dict[str, Any]) -> None:
    for problem in submission(document):
        for locale in ("zh", "en"):
            sentence = problem.message(locale)
            assert sentence
            assert "{" not in sentence.replace(str(problem.params.get("value")), "")
            assert wording.template(problem.code, problem.rule, locale) != wording.template(
                "", None, locale
            )
        assert schemas.field("resource", problem.pointer), problem.pointer


def test_every_keyword_and_rule_in_use_has_words_in_both_languages() -> None:
    unsaid = {"allOf", "anyOf", "if", "then", "else", "properties", "items", "$ref", "$defs"}
    asserted = {
        "type",
        "maxLength",
        "maxItems",
        "uniqueItems",
        "minimum",
        "minLength",
        *NAMED_BY_RULE,
    }
    used = {key for node in everything() for key in node} & asserted - unsaid
    named = {node["x-rule"] for node in everything() if "x-rule" in node and _says(node)}
    for locale in ("zh", "en"):
        known = wording.messages(locale)["problems"]
        assert used | (named - set(table())) | {"S1", "S6", "S9", "F1", "F2"} <= set(known)


def _says(node: dict[str, Any]) -> bool:
    """True when the rule itself names the problem: it is more than a `required`."""
    return bool(set(node) & NAMED_BY_RULE) or "required" not in node.get("then", {"required": 1})


def test_both_languages_say_the_same_things() -> None:
    for part in ("words", "problems", "level", "print"):
        assert wording.messages("zh")[part].keys() == wording.messages("en")[part].keys()


def test_a_problem_made_elsewhere_speaks_like_the_others() -> None:
    problem = Problem("/items/1/level", "required", {"row": "姓名"})
    assert problem.message() == "信息项 2「姓名」：请选择数据分级"
    assert (
        Problem("", "size", {"limit": 1}).message() == "整个条目：内容超过 1 MB，无法保存，请精简"
    )


def test_a_problem_travels_between_processes() -> None:
    found = submission({})
    assert pickle.loads(pickle.dumps(found)) == found  # our own bytes
    assert pickle.loads(pickle.dumps(found))[0].message() == found[0].message()


def test_the_envelope_is_judged_with_its_document() -> None:
    found = schemas.errors("entry", {"document": {"items": [{}]}}, at="submission")
    assert "/document/items/0/name" in {one.pointer for one in found}
    assert schemas.errors("entry", {"document": {"zz": 1}})[0].pointer == "/document/zz"


def test_a_validator_is_compiled_once() -> None:
    assert schema.record("resource").draft is schema.record("resource").draft


@pytest.mark.parametrize(
    "phone", ["13947312345", "139-4731-2345", "+86 139 4731 2345", "013947312345"]
)
def test_a_private_mobile_is_no_office_phone(phone: str) -> None:
    holder = {"office": "办公室", "post": "数据专员", "phone": phone}
    (found,) = submission({**entry(), "holders": {"handles": holder}})
    assert (found.pointer, found.code) == ("/holders/handles/phone", "mobile")
    assert found.message() == (
        "责任落实·谁经手·办公电话：不写个人手机号码，请改写办公电话，例如 0473-1234567"
    )


@pytest.mark.parametrize("phone", ["0473-3998123", "0473-1391234-5678", "12345", "(0473)2990001"])
def test_an_office_phone_is_taken(phone: str) -> None:
    holder = {"office": "办公室", "post": "数据专员", "phone": phone}
    assert submission({**entry(), "holders": {"handles": holder}}) == []


@pytest.mark.parametrize("scope", ["指定部门", "仅限指定的部门使用。", "有关单位"])
def test_a_share_scope_names_the_departments(scope: str) -> None:
    document = {**entry(), "share_type": "2", "share_use": "资格核验", "share_other": "无"}
    assert submission({**document, "share_scope": "民政局等有关部门"}) == []
    (found,) = submission({**document, "share_scope": scope})
    assert (found.pointer, found.code) == ("/share_scope", "unnamed-units")
    assert "请写部门名称或者承担的职责" in found.message()


def test_an_entry_for_named_departments_says_which() -> None:
    document = {**entry(), "visibility": "2"}
    (found,) = submission(document)
    assert found.pointer == "/visible_to"
    assert found.message() == "目录可见范围选了「指定部门」，请在可见部门中选出是哪些单位"
    assert submission({**document, "visible_to": ["市教育局"]}) == []
