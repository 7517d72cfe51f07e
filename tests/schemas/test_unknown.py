"""A word that is no code is told as that, and what it would break is not told beside it."""

import pytest

import schemas
from tests.factories import document


def told(changed):
    return [
        (problem.pointer, problem.code)
        for problem in schemas.errors("resource", changed, at="submission")
    ]


def test_an_unknown_share_type_is_told_with_its_choices_and_nothing_follows_from_it():
    wrong = document()
    wrong["items"][0]["share_type"] = "随便共享"
    (problem,) = schemas.errors("resource", wrong, at="submission")
    assert problem.message() == (
        "信息项 1「男方姓名」：「随便共享」不是共享类型，可填：无条件共享、有条件共享、不予共享"
    )
    assert "is not a choice for “Share type”. Choose one of: Unconditional" in problem.message("en")


def test_what_is_wrong_whatever_the_word_means_is_still_told():
    wrong = document(abstract="短", share_type="随便")
    wrong["items"][1]["level"] = "绝密"
    assert told(wrong) == [
        ("/abstract", "minLength"),
        ("/items/1/level", "code-unknown"),
        ("/share_type", "code-unknown"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "pointer"),
    [
        ("themes", ["坏"], "/themes/0"),
        ("format_class", "坏", "/format_class"),
        ("format_types", ["坏"], "/format_types/0"),
        ("share_method", "坏", "/share_method"),
        ("open_type", "坏", "/open_type"),
        ("visibility", "坏", "/visibility"),
        ("update_cycle", "坏", "/update_cycle"),
        ("held_at", "坏", "/held_at"),
        ("data_class", "坏", "/data_class"),
    ],
)
def test_every_coded_column_tells_an_unknown_word_alone(key, value, pointer):
    assert told(document(**{key: value})) == [(pointer, "code-unknown")]


def test_a_known_code_that_breaks_a_rule_is_told_by_the_rule():
    loose = document(share_type="2", share_condition=None)
    loose["items"][0]["share_type"] = "1"
    assert all(code != "code-unknown" for _, code in told(loose))
    assert told(loose)
