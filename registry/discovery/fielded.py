"""Fielded questions as clients of CKAN write them: a small grammar, parsed into a tree and judged.

`field:value`, `field:"a b"`, `field:(a OR b)`, ranges `[a TO b]` and `{a TO b}`, a trailing `*`,
`+`, `-`, `NOT`, `AND`, `OR`, blank for AND, parentheses, backslash escapes. Nothing of it reaches
an engine or a database as text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

LONGEST = 4_000
MOST_CLAUSES = 128
DEEPEST = 16
# The field of words without one.
TEXT = "text"
# An end of these that is no moment would find nothing, and say nothing of the slip.
MOMENTS = frozenset({"metadata_created", "metadata_modified"})

Values = Callable[[str], Sequence[str]]


class Unclear(Exception):
    """The question cannot be read; the text says what was expected."""


@dataclass(frozen=True)
class Term:
    """A field holds a value: exactly, or from its beginning."""

    field: str
    value: str
    prefix: bool = False


@dataclass(frozen=True)
class Span:
    """A field lies between two ends; "*" leaves an end open."""

    field: str
    low: str
    high: str
    with_low: bool
    with_high: bool


@dataclass(frozen=True)
class Every:
    """All parts hold; with none of them, everything does."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Some:
    """One of the parts holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Node"


Node = Term | Span | Every | Some | Not


def parse(text: str) -> Node:
    """The tree of a question; raises Unclear when it cannot be read or is too large."""
    if len(text) > LONGEST:
        raise Unclear(f"longer than {LONGEST} characters")
    if re.search(r"\{!|_query_:|_val_:", text):
        raise Unclear("local parameters are not allowed")
    reader = _Reader(list(_tokens(text)))
    found = reader.alternatives(TEXT, 0)
    if reader.kind != "end":
        raise Unclear(f"unexpected {reader.word!r}")
    return found


def leaves(node: Node) -> Iterator[Term | Span]:
    """Every field with its value that a question holds."""
    match node:
        case Not(part):
            yield from leaves(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield node


def fields(node: Node) -> Iterator[str]:
    """Every field a question asks for."""
    return (leaf.field for leaf in leaves(node))


class Entry:
    """What a question is judged by: the values of an entry by field, each read and folded once.

    `words` are fields of plain text, in which a value is looked for. A question may ask for one
    field a hundred times, and every time its texts would be taken apart anew.
    """

    def __init__(self, values: Values, words: frozenset[str]) -> None:
        self._values, self._words = values, words
        self._held: dict[str, Sequence[str]] = {}
        self._folded: dict[str, Sequence[str]] = {}

    def values(self, field: str) -> Sequence[str]:
        """The values of a field as they stand."""
        if field not in self._held:
            self._held[field] = self._values(field)
        return self._held[field]

    def folded(self, field: str) -> Sequence[str] | None:
        """The texts of a field of words, without case and in single blanks; None for others."""
        found = self._folded.get(field)
        if found is None and field in self._words:
            found = self._folded[field] = [_fold(text) for text in self.values(field)]
        return found


Judge = Callable[[Entry], bool]


def judge(node: Node) -> Judge:
    """The question as a function of one entry: taken apart once, and then asked of thousands."""
    match node:
        case Every(parts):
            every = [judge(part) for part in parts]
            return lambda entry: all(one(entry) for one in every)
        case Some(parts):
            some = [judge(part) for part in parts]
            return lambda entry: any(one(entry) for one in some)
        case Not(part):
            inner = judge(part)
            return lambda entry: not inner(entry)
        case Span(field):
            return lambda entry: any(_lies_in(value, node) for value in entry.values(field))
        case Term("*", "", True):
            return lambda _: True
        case Term(field, "", True):
            return lambda entry: any(entry.values(field))
        case Term():
            return _judge_term(node)


def _judge_term(term: Term) -> Judge:
    field, value, folded = term.field, term.value, _fold(term.value)

    def holds(entry: Entry) -> bool:
        texts = entry.folded(field)
        if texts is not None:
            return any(folded in text for text in texts)
        if term.prefix:
            return any(text.startswith(value) for text in entry.values(field))
        return value in entry.values(field)

    return holds


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _lies_in(value: str, span: Span) -> bool:
    low = span.low == "*" or _order(span.low, value) < (1 if span.with_low else 0)
    high = span.high == "*" or _order(value, span.high) < (1 if span.with_high else 0)
    return low and high


def _order(one: str, other: str) -> int:
    """-1, 0 or 1: as numbers where both are, else as texts, moments without their zone."""
    try:
        left: float | str = float(one)
        right: float | str = float(other)
    except ValueError:
        left, right = one.removesuffix("Z"), other.removesuffix("Z")
        if left[:1].isdigit() and right[:1].isdigit() and "-" in left and "-" in right:
            # A date alone is its beginning: 2026-11-01 and 2026-11-01T00:00:00.000000 are equal.
            left, right = _filled(left), _filled(right)
    return (left > right) - (left < right)  # type: ignore[operator]  # both of one kind


def _filled(moment: str) -> str:
    return moment + "0000-00-00T00:00:00.000000"[len(moment) :]


_SPECIAL = '()[]{}:"'


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, word): a mark, "phrase", "word", "glob" (a word that ends in *), "sign", "blank"."""
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            yield "blank", " "
        elif char in _SPECIAL.replace('"', ""):
            at += 1
            yield char, char
        elif char == '"':
            end, word = _phrase(text, at + 1)
            yield "phrase", word
            at = end
        elif char in "+-!" and _begins_clause(text, at):
            at += 1
            yield "sign", char
        else:
            end, word, glob = _word(text, at)
            yield "glob" if glob else "word", word
            at = end


def _begins_clause(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    return (before.isspace() or before == "(") and not after.isspace()


def _phrase(text: str, at: int) -> tuple[int, str]:
    found = []
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            found.append(text[at + 1])
            at += 2
        elif text[at] == '"':
            return at + 1, "".join(found)
        else:
            found.append(text[at])
            at += 1
    raise Unclear("a quotation mark is missing")


def _word(text: str, at: int) -> tuple[int, str, bool]:
    found: list[str] = []
    glob = False
    while at < len(text) and not text[at].isspace():
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            found.append(text[at + 1])
            at += 2
            continue
        # A colon inside a word belongs to it where a moment is written: T10:00:00.
        if char in _SPECIAL and not (char == ":" and _is_moment("".join(found))):
            break
        if char == "*" and (
            at + 1 == len(text) or text[at + 1].isspace() or text[at + 1] in _SPECIAL
        ):
            glob = True
            at += 1
            break
        found.append(char)
        at += 1
    return at, "".join(found), glob


def _is_moment(before: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}(:\d{2})?", before) is not None


class _Reader:
    """Goes through the tokens once; `kind` and `word` are the present one."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._clauses = 0

    @property
    def kind(self) -> str:
        self._skip()
        return self._tokens[self._at][0] if self._at < len(self._tokens) else "end"

    @property
    def word(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else "the end"

    def _skip(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "blank":
            self._at += 1

    def _take(self) -> str:
        self._skip()
        word = self.word
        self._at += 1
        return word

    def _is(self, kind: str, word: str | None = None) -> bool:
        return self.kind == kind and word in (None, self.word)

    def _expect(self, *kinds: str) -> str:
        kind = self.kind
        if kind not in kinds:
            raise Unclear(f"expected {' or '.join(kinds)} before {self.word!r}")
        self._take()
        return kind

    def alternatives(self, field: str, depth: int) -> Node:
        """Parts joined by OR."""
        if depth > DEEPEST:
            raise Unclear(f"nested deeper than {DEEPEST}")
        found = [self._conjunction(field, depth)]
        while self._is("word", "OR"):
            self._take()
            found.append(self._conjunction(field, depth))
        return found[0] if len(found) == 1 else Some(tuple(found))

    def _conjunction(self, field: str, depth: int) -> Node:
        found: list[Node] = []
        while self.kind not in ("end", ")") and not self._is("word", "OR"):
            if self._is("word", "AND"):
                self._take()
                continue
            found.append(self._clause(field, depth))
        return found[0] if len(found) == 1 else Every(tuple(found))

    def _clause(self, field: str, depth: int) -> Node:
        self._clauses += 1
        if self._clauses > MOST_CLAUSES:
            raise Unclear(f"more than {MOST_CLAUSES} clauses")
        if self._is("word", "NOT") or self._is("sign", "-") or self._is("sign", "!"):
            self._take()
            if depth > DEEPEST:
                raise Unclear(f"nested deeper than {DEEPEST}")
            return Not(self._clause(field, depth + 1))
        if self._is("sign", "+"):
            self._take()
        if self.kind == "(":
            self._take()
            inside = self.alternatives(field, depth + 1)
            self._expect(")")
            return inside
        if self.kind in ("[", "{"):
            return self._span(field)
        return self._named_or_plain(field, depth)

    def _named_or_plain(self, field: str, depth: int) -> Node:
        kind = self._expect("word", "glob", "phrase", "sign")
        word = self._tokens[self._at - 1][1]
        follows = self._at < len(self._tokens) and self._tokens[self._at][0] == ":"
        if not follows:
            return Term(field, word, prefix=kind == "glob")
        if kind == "phrase" or field != TEXT:
            raise Unclear(f"{word!r} is no name of a field")
        self._take()
        if self.kind in ("end", ")", ":"):
            raise Unclear(f"{word!r} has no value")
        name = "*" if kind == "glob" and not word else word
        return self._value(name, depth)

    def _value(self, field: str, depth: int) -> Node:
        if self.kind == "(":
            self._take()
            inside = self.alternatives(field, depth + 1)
            self._expect(")")
            return inside
        if self.kind in ("[", "{"):
            return self._span(field)
        kind = self._expect("word", "glob", "phrase", "sign")
        word = self._tokens[self._at - 1][1]
        if kind == "sign":
            self._expect("word", "phrase")
            word += self._tokens[self._at - 1][1]
        return Term(field, word, prefix=kind == "glob")

    def _span(self, field: str) -> Node:
        opened = self._take()
        low = self._end()
        if not self._is("word", "TO"):
            raise Unclear("a range is written [a TO b]")
        self._take()
        high = self._end()
        closed = self._expect("]", "}")
        for end in (low, high) if field in MOMENTS else ():
            if end != "*" and not is_date(end):
                raise Unclear(f"{end[:40]!r} is no date; write 2026-01-31T08:00:00Z")
        return Span(field, low, high, opened == "[", closed == "]")

    def _end(self) -> str:
        kind = self._expect("word", "glob", "phrase")
        word = self._tokens[self._at - 1][1]
        return "*" if kind == "glob" and not word else word


def is_date(text: str) -> bool:
    """Whether a text is a day or a moment as it is written."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
