"""How Chinese sounds: the tables of pypinyin, read from its files without its module.

The module keeps its phrases as lists of lists with tones, sixty megabytes of the hundred that a
worker held. Without tones, and with a reading only where a phrase reads otherwise than its
characters, they take seven. `tests/search/test_pronunciation.py` holds them against the library.
"""

import functools
import json
import re
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION = metadata.version("pypinyin")
_LONGEST_PHRASE = 16
_BLANKS = re.compile(r"[\s,:{}]*")
_PIECE = 65_536


@functools.lru_cache(maxsize=65_536)
def read(han: str) -> tuple[str, ...]:
    """Read a run of Chinese characters; a character without a reading stands for itself.

    From left to right and the longest phrase first, as the library reads.
    """
    tables = _tables()
    found: list[str] = []
    while len(found) < len(han):
        at = len(found)
        known = tables.phrases.get(han[at], "")
        ends = range(min(len(han), at + _LONGEST_PHRASE) if known else 0, at + 1, -1)
        end = next((end for end in ends if f" {han[at + 1 : end]} " in known), at + 1)
        phrase = han[at:end]
        found.extend(tables.otherwise.get(phrase) or map(tables.sound, phrase))
    return tuple(found)


class _Tables:
    """The tables in the memory they need: a dictionary of forty thousand characters takes ten MB.

    `phrases` says what follows a first character, blank by blank; `otherwise` how the phrases
    sound that are not read as their characters are.
    """

    def __init__(self) -> None:
        sounds = {
            chr(int(code)): _toneless(several.split(",")[0])
            for code, several in _shipped("pinyin_dict")
        }
        self._characters = "".join(sorted(sounds))
        self._syllables = sorted(set(sounds.values()))
        places = {syllable: place for place, syllable in enumerate(self._syllables)}
        self._places = array("H", (places[sounds[one]] for one in self._characters))
        self.phrases: dict[str, str] = {}
        self.otherwise: dict[str, list[str]] = {}
        for phrase, several in _shipped("phrases_dict"):
            self.phrases[phrase[0]] = f"{self.phrases.get(phrase[0], ' ')}{phrase[1:]} "
            toneless = [_toneless(one[0]) for one in several]
            if toneless != list(map(self.sound, phrase)):
                self.otherwise[phrase] = toneless

    def sound(self, character: str) -> str:
        """How a character is read alone."""
        place = bisect_left(self._characters, character)
        if self._characters[place : place + 1] != character:
            return character
        return self._syllables[self._places[place]]


@functools.cache
def _tables() -> _Tables:
    return _Tables()


def _shipped(name: str) -> Iterator[tuple[str, Any]]:
    """The members of a table, read piece by piece: what is read at once stays in the process."""
    found = find_spec("pypinyin")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pypinyin")
    decode = json.JSONDecoder().raw_decode
    with Path(found.origin).with_name(f"{name}.json").open(encoding="utf-8") as file:
        text, start = "", 0
        while True:
            try:
                key, at = decode(text, _after_blanks(text, start))
                value, at = decode(text, _after_blanks(text, at))
            except json.JSONDecodeError:
                if not (more := file.read(_PIECE)):
                    return
                text, start = text[start:] + more, 0
            else:
                yield key, value
                start = at


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


@functools.cache
def _toneless(sound: str) -> str:
    """A syllable as it is typed: no tone, ü as v."""
    parts = unicodedata.normalize("NFD", sound)
    plain = "".join(one for one in parts if not unicodedata.combining(one) or one == "\u0308")
    return sys.intern(plain.replace("u\u0308", "v"))
