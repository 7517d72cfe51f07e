"""Values that were forgotten when a column was masked or coded: a few still stand as they were."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from anonymization.detection import detect, residual
from anonymization.dictionary import names, words
from anonymization.findings import drawn, matching, starred

# Whatever it is, the rest of its column is masked and it is not.
UNMASKED: Final = "UNMASKED"
_STARS: Final = "[*＊×●•#■□]|[xX]{3,}|某"
_CODE: Final = r"^[0-9A-Za-z+/_=-]{8,}$"
# Shapes of masks a forgotten value may have; how many a column may have of them.
_SHAPES: Final = 40
_NO_PERSON: Final = frozenset({None, "USCC", "IP", "GPS", "BIRTH_DATE"})
# Distinct values that show what kind they are of.
_SEVERAL: Final = 10
# What stands for a person in a column of names and is none.
_NOBODY: Final = ("无名氏", "匿名", "保密", "佚名", "本人", "单位", "公司", "其他", "系统", "集体")


def forgotten(values: pl.Series, coded: bool) -> Iterator[tuple[str, int]]:
    """Kinds of what a masked or coded column still shows, and in how many cells.

    `coded` says that nearly all of it is opaque codes.
    """
    present = values.drop_nulls()
    treated = _CODE if coded or matching(drawn(present), _CODE) > 0.5 else _STARS
    if matching(drawn(present), treated) < 0.5:
        return
    plain = present.filter(~present.str.contains(treated))
    if plain.is_empty() or len(plain) > 0.5 * len(present):
        return
    plain = plain.filter(~plain.is_in([*words()["nothing"], *_NOBODY]))
    people = plain.filter(names(plain))
    masks = present.filter(present.str.contains(treated))
    # One word may read like a name; of two and more most must, and words stand again and again.
    named = treated == _CODE or matching(drawn(masks), r"^\p{Han}|\p{Han}$") > 0.5
    various = people.n_unique() >= max(2, 0.5 * len(people))
    if named and various and len(people) >= 0.6 * len(plain):
        yield "PERSON", len(people)
    elif coded:
        yield from ((one.kind, one.count) for one in residual(plain.to_frame()))
    elif treated == _STARS and (count := _whole(masks, plain)):
        yield UNMASKED, count
    elif plain.n_unique() >= _SEVERAL:
        # What was forgotten may be of another kind than what was masked.
        (column,) = detect(plain.to_frame())
        if column.kind not in _NO_PERSON and column.hits >= 0.8 * len(plain):
            yield str(column.kind), column.hits


def _whole(masks: pl.Series, plain: pl.Series) -> int:
    """How many values are what the masks of the same column would show without their signs."""
    bare = starred(masks).str.replace_all("[0-9]", "9")
    shapes = drawn(bare).str.replace_all("[a-z]", "a").str.replace_all("[A-Z]", "A").unique()
    if len(shapes) > _SHAPES:
        return 0
    classes = {"9": "[0-9]", "a": "[a-z]", "A": "[A-Z]", "*": r"[0-9A-Za-z]"}
    known = [one for one in shapes if len(one) >= 6 and one.count("*") >= 2]
    if not known:
        return 0
    whole = "|".join("".join(classes.get(sign) or re.escape(sign) for sign in one) for one in known)
    digits = plain.str.count_matches("[0-9]") >= 4
    return int((plain.str.contains(f"^(?:{whole})$") & digits).sum())
