"""How Chinese sounds: what is kept of the library's tables against the library."""

import random

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from search import analysis, pronunciation


def test_phrases_and_whatever_they_are_joined_to_are_read_as_the_library_reads_them():
    chance = random.Random(4)
    phrases, characters = sorted(PHRASES_DICT), [chr(code) for code in PINYIN_DICT]
    some = chance.sample(phrases, 2_000)
    joined = ["".join(chance.choices(phrases, k=3)) for _ in range(1_000)]
    wild = ["".join(chance.choices(characters, k=8)) for _ in range(1_000)]
    overlapping = [one[1:] + chance.choice(phrases) for one in some]
    for text in (*some, *joined, *wild, *overlapping):
        for piece, is_han in analysis.pieces(text):
            if is_han:
                theirs = lazy_pinyin(piece, style=Style.NORMAL, errors=list)
                assert list(pronunciation.read(piece)) == theirs


def test_every_character_is_read_as_the_library_reads_it():
    for one in map(chr, PINYIN_DICT):
        if list(analysis.pieces(one)) == [(one, True)]:
            assert list(pronunciation.read(one)) == lazy_pinyin(one, style=Style.NORMAL)


def test_a_character_nobody_reads_stands_for_itself():
    assert pronunciation.read("⺀中") == ("⺀", "zhong")
