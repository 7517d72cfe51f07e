"""Fielded questions: what is read, what is refused, and that nothing else can happen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.discovery import fielded
from registry.discovery.fielded import Entry, Every, Not, Some, Span, Term, Unclear, judge, parse

WORDS = frozenset({"text", "title"})


def judged(question, **values):
    held = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return judge(parse(question))(Entry(lambda name: held.get(name, []), WORDS))


@pytest.mark.parametrize(
    ("question", "tree"),
    [
        ("tags:a", Term("tags", "a")),
        ('tags:"a b"', Term("tags", "a b")),
        ("tags:a\\:b", Term("tags", "a:b")),
        ("tags:ab*", Term("tags", "ab", prefix=True)),
        ("*:*", Term("*", "", prefix=True)),
        ("a:1 b:2", Every((Term("a", "1"), Term("b", "2")))),
        ("+a:1 -b:2", Every((Term("a", "1"), Not(Term("b", "2"))))),
        ("a:1 AND NOT b:2", Every((Term("a", "1"), Not(Term("b", "2"))))),
        ("a:1 OR b:2", Some((Term("a", "1"), Term("b", "2")))),
        ("(a:1)", Term("a", "1")),
        ("a:(1 OR 2)", Some((Term("a", "1"), Term("a", "2")))),
        ("n:[3 TO *]", Span("n", "3", "*", True, True)),
        ("n:{1 TO 2]", Span("n", "1", "2", False, True)),
        ("a:-1", Term("a", "-1")),
        ("word", Term("text", "word")),
        ("", Every(())),
        (
            "m:[2026-11-01T00:00:00.000000Z TO *]",
            Span("m", "2026-11-01T00:00:00.000000Z", "*", True, True),
        ),
    ],
)
def test_a_question_is_read_as_clients_mean_it(question, tree):
    assert parse(question) == tree


BROKEN = (
    "a:", "(a:1", "a:1)", 'a:"b', "[1 2]", "{!x}", "_query_:a", "a:b:c", "n:[1 TO 2", "a:(", "NOT",
)  # fmt: skip
TOO_MUCH = ("(" * 50 + "a" + ")" * 50, "NOT " * 50 + "a", " ".join(["a:1"] * 200), "a" * 5000)


@pytest.mark.parametrize("question", [*BROKEN, *TOO_MUCH], ids=lambda text: text[:12])
def test_what_cannot_be_read_is_refused(question):
    with pytest.raises(Unclear):
        parse(question)


def test_values_are_compared_as_their_field_wants():
    assert judged("tags:公园", tags=["公园", "城管"])
    assert not judged("tags:公", tags=["公园"])
    assert judged("tags:公*", tags=["公园"])
    assert judged("title:BUS", title="The Bus lines")
    assert judged("n:[3 TO *]", n="10")
    assert not judged("n:{3 TO 10}", n="10")
    assert judged("m:[2026-01-01 TO 2026-12-31]", m="2026-05-01T10:00:00.000000")
    assert judged("m:[2026-01-01 TO *]", m="2026-01-01T00:00:00.000000")
    assert not judged("m:{* TO 2026-01-01}", m="2026-01-01T00:00:00.000000")
    assert judged("tags:*", tags=["a"])
    assert not judged("tags:*", tags=[])
    assert not judged("unknown:x")
    assert judged("-unknown:x")


pieces = st.lists(
    st.sampled_from(["a", "tags", ":", '"', "(", ")", "[", "]", "{", "}", " TO ", " AND ", "OR"])
    | st.sampled_from([" ", "+", "-", "*", "\\", "NOT ", "1", "2026-01-01", "公园", "!"])
    | st.text(max_size=3),
    max_size=25,
).map("".join)


@given(pieces, st.text(max_size=8))
def test_any_text_is_read_and_judged_or_refused(question, value):
    try:
        tree = parse(question)
    except Unclear:
        return
    entry = Entry(lambda name: [value], WORDS)
    assert judge(tree)(entry) in (True, False)
    assert judge(Not(tree))(entry) != judge(tree)(entry)
    assert all(isinstance(name, str) for name in fielded.fields(tree))
