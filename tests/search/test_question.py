"""Splitting a question: terms first, then question words, and always an end."""

import time

import pytest
from hypothesis import given

from search import analysis, question, synonyms
from search.plan import AllOf, AnyOf, BestOf, Fixed, Node, plan
from search.question import LONGEST_TEXT, MOST_CLAUSES
from tests.search.strategies import anything


def required(text: str) -> list[str]:
    return [part.text for part in question.parts(text) if part.is_required]


def test_question_words_are_taken_out() -> None:
    assert required("我想查一下哪里可以挖沙") == ["挖沙"]


def test_a_term_of_the_dictionary_keeps_a_character_that_is_a_question_word() -> None:
    assert required("的士怎么收费的") == ["的士", "收费"]


def test_a_question_of_nothing_but_question_words_is_asked_as_it_is() -> None:
    assert required("哪里") == ["哪里"]


def test_weak_words_need_not_be_there_unless_they_stand_alone() -> None:
    assert required("殡仪馆信息") == ["殡仪馆"]
    assert required("信息") == ["信息"]


def test_a_latin_term_is_not_found_inside_a_longer_word() -> None:
    assert required("fetch") == ["fetch"]
    assert question.parts("etc")[0].variants


def test_a_single_character_is_a_term_only_where_it_stands_alone() -> None:
    assert question.parts("狗")[0].variants
    assert not question.parts("热狗屋")[0].variants


def size(node: Node) -> int:
    match node:
        case AnyOf(nodes) | AllOf(nodes) | BestOf(nodes):
            return sum(map(size, nodes))
        case Fixed(inner, _):
            return size(inner)
    return 1


@given(anything)
def test_every_text_has_a_bounded_plan(text: str) -> None:
    made = plan(text)
    assert (made.scored is None) == (made.full is None)
    assert sum(part.clauses for part in made.parts) <= MOST_CLAUSES + synonyms.LONGEST_TERM


@pytest.mark.parametrize(
    "text",
    ["公积金" * 3_000, "a" * 10_000, "\x00\ud800" * 500, '((("AND OR NOT*~^:', "😀" * 100, " " * 9],
)
def test_hostile_texts_make_small_plans_quickly(text: str) -> None:
    began = time.process_time()
    made = plan.__wrapped__(text)
    assert time.process_time() - began < 1
    assert made.scored is None or size(made.scored) < 2_000


def test_only_the_beginning_of_a_long_text_is_asked() -> None:
    assert not question.parts("," * LONGEST_TEXT + "公积金")


def test_every_group_of_the_dictionary_says_why_and_has_something_to_offer() -> None:
    groups = analysis.table("synonyms")["groups"]
    assert len(groups) > 300
    for group in groups:
        assert group["because"]
        assert len(group["terms"]) + len(group.get("related", ())) > 1
        assert len(set(group["terms"])) == len(group["terms"])
        assert max(map(len, group["terms"])) <= synonyms.LONGEST_TERM, group


def test_a_synonym_works_both_ways() -> None:
    assert "最低生活保障" in synonyms.dictionary()["低保"].same
    assert "低保" in synonyms.dictionary()["最低生活保障"].same
