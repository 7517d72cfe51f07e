"""One analyser for documents and questions, on every engine.

Text is folded and cut into tokens here, in Python; the engines split on blanks and nothing else.
Therefore both give the same order, a highlight knows its offsets, and the analyser has one version
(`documents.ANALYSER`) that stands in the name of every index built with it.

Chinese becomes single characters and bigrams. No dictionary takes part, so a new word never asks
for a new index.
"""

import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from operator import add
from typing import Any

SENTINEL = "zznull"
"""A token every analysed field of every document carries: Elasticsearch averages the length of a
field over the documents that have it, tantivy over all of them; with the sentinel both agree."""

LONGEST_WORD = 64


def table(name: str) -> dict[str, Any]:
    """Give the content of `search/data/<name>.json`."""
    text = resources.files(__package__).joinpath("data", f"{name}.json").read_bytes()
    content: dict[str, Any] = json.loads(text)
    return content


class _Folding(dict[int, str]):
    """What each character is read as, found on first use; a table for `str.translate`."""

    def __init__(self) -> None:
        super().__init__()
        pairs = " ".join(table("characters")["pairs"]).split()
        self._simplified = {pair[0]: pair[1] for pair in pairs}

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded

    def _fold(self, character: str) -> str:
        # Controls and lone surrogates cannot be sent to an engine: they count as blanks.
        if unicodedata.category(character) in ("Cc", "Cs", "Zs", "Zl", "Zp"):
            return " "
        plain = unicodedata.normalize("NFKC", character).casefold()
        return "".join(self._simplified.get(part, part) for part in plain)


_FOLDING = _Folding()

HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BETWEEN = re.compile(rf"[^\w{HAN}]+|_+")
RUNS = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}]+)")


@dataclass(frozen=True)
class Run:
    """A stretch of text of one kind, folded; `spots` are the offsets of its characters."""

    text: str
    is_han: bool
    spots: tuple[int, ...]


def fold(text: str) -> str:
    """Fold width, case, traditional and variant characters; total over any string."""
    return text.translate(_FOLDING)


def between(text: str) -> str:
    """Fold a text and leave single blanks between its runs: a question, or a term as it is met."""
    return _BETWEEN.sub(" ", fold(text))


def runs(text: str) -> tuple[Run, ...]:
    """Cut a text into runs of Chinese characters and words, with their offsets in `text`."""
    whole = fold(text)
    # No character is folded to nothing: as long as before, each stands where it stood.
    spots: Sequence[int] = range(len(text))
    if len(whole) != len(text):
        spots = [spot for spot, one in enumerate(text) for _ in _FOLDING[ord(one)]]
    return tuple(
        Run(match.group(), match.lastgroup == "han", tuple(spots[match.start() : match.end()]))
        for match in RUNS.finditer(whole)
    )


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Give the folded runs of a text, each with whether it is Chinese."""
    for match in RUNS.finditer(fold(text)):
        yield match.group(), match.lastgroup == "han"


def is_han(text: str) -> bool:
    """Tell whether a folded text is one run of Chinese characters."""
    match = RUNS.fullmatch(text)
    return match is not None and match.lastgroup == "han"


def bigrams(han: str) -> list[str]:
    """Give the pairs of neighbours of a run of Chinese characters."""
    return [han[at : at + 2] for at in range(len(han) - 1)]


def words(word: str) -> list[str]:
    """Give a word in parts no engine would cut again."""
    return [word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD)]


def tokens(text: str) -> list[str]:
    """Give the tokens of a text: characters and bigrams of Chinese, words of the rest."""
    found: list[str] = []
    for match in RUNS.finditer(text.translate(_FOLDING)):
        piece = match.group()
        if match.lastgroup == "han":
            found.extend(piece)
            found.extend(map(add, piece, piece[1:]))
        elif len(piece) <= LONGEST_WORD:
            found.append(piece)
        else:
            found.extend(words(piece))
    return found


def cut(text: str) -> str:
    """Give the tokens of a text with a blank between each, as an engine takes them."""
    # Names of units and of data elements stand in entry after entry; a whole sentence does not.
    return _cut_before(text) if len(text) <= _OFTEN else " ".join(tokens(text))


_OFTEN = 24


@functools.lru_cache(maxsize=8_192)
def _cut_before(text: str) -> str:
    return " ".join(tokens(text))


def exact(text: str) -> str:
    """Give one token for a whole title: equal for titles that differ only in width, case, blanks.

    A digest, so that its length never meets a limit of an engine; "" for a text without content.
    """
    plain = "".join(piece for piece, _ in pieces(text)) or "".join(fold(text).split())
    if not plain:
        return ""
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


SHORTEST_CODE = 4


def is_code(word: str) -> bool:
    """Tell whether a word may be the beginning of a code: four characters, not only letters."""
    return len(word) >= SHORTEST_CODE and not word.isalpha()


def codes(text: str) -> list[str]:
    """Give the beginnings of the codes in a text, so that half a code typed finds the entry."""
    found: dict[str, None] = {}
    for run, is_han in pieces(text):
        if not is_han and len(run) >= SHORTEST_CODE:
            for end in range(SHORTEST_CODE, min(len(run), LONGEST_WORD) + 1):
                found[run[:end]] = None
    return list(found)
