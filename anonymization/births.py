"""When people were born, in whatever spelling: what years the cells of a column tell, if any.

A day of a paper is of the last few years, a birth of eighty: so the spread of the years says what a
column without a header is. Each spelling is one pattern that finds the year; none is a rule.
"""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from anonymization.findings import drawn, matching

_MONTH: Final = "(?:0?[1-9]|1[0-2])"
_DAY: Final = "(?:0?[1-9]|[12][0-9]|3[01])"
_YEAR: Final = "((?:19[2-9][0-9]|20[0-2][0-9]))"
_NAMED: Final = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_SPELLINGS: Final = (
    f"^{_YEAR}[-/.年]?(?:0[1-9]|1[0-2]|{_MONTH}[-/.月])(?:[-/.月]?{_DAY}日?)?$",
    f"^{_DAY}[-/. ]{_MONTH}[-/. ]{_YEAR}$",
    f"^{_MONTH}[-/. ]{_DAY}[-/. ]{_YEAR}$",
    f"^{_DAY}(?:st|nd|rd|th)?[-/ .]{_NAMED}[-/ .,]+{_YEAR}$",
    f"^{_NAMED}[-/ .]+{_DAY}(?:st|nd|rd|th)?[-/ .,]+{_YEAR}$",
    f"^{_YEAR}[-/ ]?W[0-5][0-9](?:-?[1-7])?$",
    f"^{_YEAR}[-/][0-3][0-9]{{2}}$",
    # In a code, behind initials or in front of a number.
    r"(?:^|[^0-9])((?:19[2-9][0-9]|20[0-2][0-9]))(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[^0-9]|$)",
)
# As papers and almanacs write it, by the sun or by the moon.
_NUMERALS: Final = "〇○零一二三四五六七八九"
_SPELLED: Final = f"([一二][{_NUMERALS}]{{3}})年(?:闰?[{_NUMERALS}正十冬腊]{{1,3}}月)"
_OF_PAPERS: Final = "成立|注册|建[成造立]|登记|竣工|开业|设立|发布|出版|生产"
_LIVED: Final = r"^([0-9]{4,5}) ?(?:天|日|days?)$"
# Years, and days, between which nearly all people of a table were born.
_SPREAD: Final = 30
_DAYS: Final = 365.25
_MOST: Final = 0.9
# Cells that tell; the longest code in which a birth date is looked for at every place.
_FEW: Final = 20
_LONGEST: Final = 32


def told(name: str, values: pl.Series) -> bool:
    """Whether a column tells when people were born, whatever it is called."""
    if re.search(_OF_PAPERS, name):
        return False
    some = drawn(values.drop_nulls())
    if len(some) < _FEW:
        return False
    return any(_of_lives(years) for years in _years(some)) or _lived(some)


def _years(some: pl.Series) -> Iterator[pl.Series]:
    """The years that the cells tell, for each spelling that nearly all of them have."""
    for spelling in _SPELLINGS:
        found = some.str.extract(spelling).drop_nulls()
        if len(found) >= _MOST * len(some):
            yield found.cast(pl.Int32)
    found = some.str.extract(_SPELLED).drop_nulls()
    if len(found) >= _MOST * len(some):
        digits = dict(zip(_NUMERALS, "000123456789", strict=True))
        yield found.str.replace_many(digits).cast(pl.Int32)
    yield from _inside(some)


def _inside(some: pl.Series) -> Iterator[pl.Series]:
    """Years of dates that stand at one place of codes of one length."""
    widths = some.str.len_bytes().unique()
    if len(widths) != 1 or not 8 < int(widths[0]) <= _LONGEST:
        return
    if matching(some, "[0-9]{8}") < 1:
        return
    for place in range(int(widths[0]) - 7):
        found = some.str.slice(place).str.extract(
            f"^{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
        )
        if not found.null_count():
            yield found.cast(pl.Int32)


def _of_lives(years: pl.Series) -> bool:
    first, last = years.quantile(0.05), years.quantile(0.95)
    return first is not None and last is not None and last - first >= _SPREAD


def _lived(some: pl.Series) -> bool:
    """Whether numbers of days are those that people have lived."""
    days = some.str.extract(_LIVED).drop_nulls()
    return len(days) >= _MOST * len(some) and _of_lives(days.cast(pl.Float64) / _DAYS)


def counted_to(name: str, values: pl.Series) -> bool:
    """Whether a column tells how long it is until an age that a law names, or when that will be.

    The age taken away leaves the birth: who retires in 83 months was born 60 years before that.
    """
    said = name.lower()
    if not re.search(f"{_UNTIL}|{_DUE}", said):
        return False
    some = drawn(values.drop_nulls())
    if re.search(_UNTIL, said):
        return matching(some, _LEFT) >= _MOST and some.n_unique() >= _FEW
    return matching(some, _COMES) >= _MOST


_AGE: Final = (
    "(?:退休|成年|法定年龄|生日|领取养老金|高龄津贴|满?[0-9一二三四五六七八九十]{1,3}周?岁)"
)
_UNTIL: Final = (
    f"(?:距离?|离|至|到|[尚还]差|[剩所]余?).*{_AGE}|{_AGE}.*(?:倒计时|剩余|还[有差剩])"
    "|(?:days|months|years)_(?:to|until|till)_(?:retire|birthday|pension|majority)"
)
_DUE: Final = f"(?:预计|法定|应|将|届|到).*{_AGE}(?:日期|年月|月份|时间|日)|{_AGE}(?:到期|起始)"
_LEFT: Final = "^-?[0-9]{1,5} ?(?:个?月|天|日|年|周)?$"
_COMES: Final = "^(?:19|20)[0-9]{2}[-/.年]?(?:0?[1-9]|1[0-2])"
