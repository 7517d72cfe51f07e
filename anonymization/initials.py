"""Codes made of two things that others know: the initials of a name and the end of a number.

Initials of names are told from letters of chance by what they lack: no syllable begins with i, u
or v, so that hundreds of codes without these three were not drawn.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from anonymization import persons
from anonymization.detection import Column
from anonymization.findings import Finding, drawn, matching, share

# A citizen number in eleven ends in X.
_CODE: Final = "^([A-Za-z]{2,4})[-_.]?[0-9]{3}[0-9Xx]$|^[0-9]{3}[0-9Xx][-_.]?([A-Za-z]{2,4})$"
# So many different letters in front; what every length of names has at the least.
_DIFFERENT: Final = 40
_OF_A_LENGTH: Final = 0.02


def coded(texts: pl.DataFrame, columns: Mapping[str, Column]) -> Iterator[Finding]:
    """Columns of codes, in a table of people, that are initials and four digits of a number."""
    if not persons.of_persons(columns.values()):
        return
    for name in texts.columns:
        values = texts[name].drop_nulls()
        some = drawn(values)
        if columns[name].kind is not None or matching(some, _CODE) < 0.95 or not _initials(values):
            continue
        yield Finding(
            "PARTIAL_ID_REIDENTIFIABLE",
            (name,),
            len(values),
            share(len(values), texts),
            f"列「{name}」像姓名首字母加四位数字（手机号或证件号的尾号），认识本人的人一拼就对上。",
            f"column {name} looks like the initials of a name and four digits of a telephone or a "
            "citizen number; whoever knows both puts them together.",
            "换成带密钥假名，或删除。",
            "Use a keyed pseudonym, or remove it.",
            "例：张伟，手机尾号 3373 → zw3373",
            "for example: 张伟, telephone ending in 3373 → zw3373",
        )


def _initials(values: pl.Series) -> bool:
    parts = values.str.extract_groups(_CODE)
    letters = pl.DataFrame({"a": parts.struct[0], "b": parts.struct[1]}).select(
        pl.coalesce("a", "b").str.to_lowercase()
    ).to_series().drop_nulls()  # fmt: skip
    if letters.n_unique() < _DIFFERENT or letters.str.contains("[iuv]").any():
        return False
    lengths = letters.str.len_chars().value_counts()["count"]
    return int((lengths >= _OF_A_LENGTH * len(letters)).sum()) >= 2
