"""How Chinese sounds: the tables of pypinyin, read from its files without its module.

The module keeps its phrases as lists of lists with tones, sixty megabytes of the hundred that a
worker held. Without tones, and with a reading only where a phrase reads otherwise than its
characters, they take twelve. `tests/search/test_pronunciation.py` holds them against the library.
"""

import functools
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION = metadata.version("pypinyin")
_LONGEST_PHRASE = 16
_BLANKS = re.compile(r"[\s,:}]*")


@functools.lru_cache(maxsize=65_536)
def read(han: str) -> tuple[str, ...]:
    """Read a run of Chinese characters; a character without a reading stands for itself.

    From left to right and the longest phrase first, as the library reads.
    """
    characters, phrases, otherwise = _tables()
    found: list[str] = []
    while len(found) < len(han):
        at = len(found)
        known = phrases.get(han[at], "")
        ends = range(min(len(han), at + _LONGEST_PHRASE) if known else 0, at + 1, -1)
        end = next((end for end in ends if f" {han[at + 1 : end]} " in known), at + 1)
        phrase = han[at:end]
        found.extend(otherwise.get(phrase) or [characters.get(one, one) for one in phrase])
    return tuple(found)


@functools.cache
def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
    """Characters to a syllable; what follows a first character, blank by blank; the exceptions."""
    characters = {
        chr(int(code)): _toneless(sounds.split(",")[0]) for code, sounds in _shipped("pinyin_dict")
    }
    rests: dict[str, list[str]] = {}
    otherwise: dict[str, list[str]] = {}
    for phrase, sounds in _shipped("phrases_dict"):
        rests.setdefault(phrase[0], []).append(phrase[1:])
        toneless = [_toneless(several[0]) for several in sounds]
        if toneless != [characters.get(one, one) for one in phrase]:
            otherwise[phrase] = toneless
    phrases = {first: f" {' '.join(several)} " for first, several in rests.items()}
    return characters, phrases, otherwise


def _shipped(name: str) -> Iterator[tuple[str, Any]]:
    """The members of a table, one at a time: all at once they would take forty megabytes."""
    found = find_spec("pypinyin")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pypinyin")
    text = Path(found.origin).with_name(f"{name}.json").read_text("utf-8")
    decode = json.JSONDecoder().raw_decode
    at = _after_blanks(text, text.index("{") + 1)
    while at < len(text):
        key, at = decode(text, at)
        value, at = decode(text, _after_blanks(text, at))
        yield key, value
        at = _after_blanks(text, at)


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


@functools.cache
def _toneless(sound: str) -> str:
    """A syllable as it is typed: no tone, ü as v."""
    parts = unicodedata.normalize("NFD", sound)
    plain = "".join(one for one in parts if not unicodedata.combining(one) or one == "\u0308")
    return sys.intern(plain.replace("u\u0308", "v"))
