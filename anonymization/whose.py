"""Whose the records are: where a code stands in several rows, k is counted in people, not in rows.

The gate asks it of a release, and a run before it reaches k, so that what reached k passes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from anonymization.classes import Coded
from anonymization.detection import Column, detect
from anonymization.findings import as_texts, token

_OF_A_PERSON: Final = frozenset({"性别", "年龄", "出生日期", "民族"})
_NUMBERS: Final = (
    "(?:编号|编码|代号|代码|假名|标识|序号|户号|个人号|人员号|会员号)$|(?:^|_)(?:id|no|bh|bm)$"
)
# Records of a code on average, and how many combinations it may have.
_RECORDS: Final = 2
_CONSTANT: Final = 1.05
# Cells that tell what a column is.
_SAMPLE: Final = 20_000


def codes(
    texts: pl.DataFrame, columns: Mapping[str, Column], opaque: Iterable[str]
) -> Iterator[str]:
    """Columns that may say whose a record is, in a table that tells what persons are."""
    if not any(column.item in _OF_A_PERSON for column in columns.values()):
        return
    opaque = list(opaque)
    yield from opaque
    for name in texts.columns:
        if name not in opaque and re.search(_NUMBERS, name.lower()):
            yield name


def classes(coded: Coded, names: Sequence[str], code: str) -> pl.DataFrame | None:
    """The people (`who`) of each class (`key`); None where a code does not stand for a person.

    The code of an office or a place has people of every kind.
    """
    who, many = coded.codes(code)
    if code in names or coded.frame.height < _RECORDS * many:
        return None
    key, _ = coded.key(names)
    pairs = pl.DataFrame({"who": who, "key": key}).unique()
    return pairs if pairs.height <= _CONSTANT * many else None


def code_of(frame: pl.DataFrame, quasi: Sequence[str]) -> str | None:
    """The column that says whose the records of a treated table are, if one does."""
    if not quasi or frame.height < _RECORDS:
        return None
    texts = as_texts(frame)
    repeated = [name for name in texts.columns if _RECORDS * texts[name].n_unique() <= frame.height]
    opaque = [name for name in repeated if name not in quasi and token(texts[name])]
    if not opaque and not any(re.search(_NUMBERS, name.lower()) for name in repeated):
        return None
    columns = {column.name: column for column in detect(texts, sample=_SAMPLE)}
    coded = Coded(texts)
    return next(
        (
            name
            for name in codes(texts, columns, opaque)
            if name in repeated and classes(coded, quasi, name) is not None
        ),
        None,
    )
