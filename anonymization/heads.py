"""People who stand in the head of a sheet, a column for each, or across it in one of its rows.

In the cells of such a sheet is nobody, so that no look at columns finds them.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final

import polars as pl

from anonymization import scanning
from anonymization.detection import Column
from anonymization.dictionary import names as names_of_people
from anonymization.dictionary import words
from anonymization.findings import Finding, Terms

# So many names beside each other, of so many families and with as many ends; the part of what
# stands there that must be names, and that must have more than two characters: 高度 reads like one.
_PEOPLE: Final = 5
_FAMILIES: Final = 4
_MOST: Final = 0.6
_LONG: Final = 0.3
# Numbers of people that no other number looks like.
_NUMBERS: Final = frozenset({"ID_CARD", "MOBILE"})
_SEVERAL: Final = 3
# Rows in which a sheet that was turned round may have its names.
_FIRST_ROWS: Final = 30


def told(texts: pl.DataFrame, columns: Mapping[str, Column], terms: Terms) -> Iterator[Finding]:
    """Columns that are called after people, or across which their names stand."""
    if terms.profile == "lawful_raw":
        return
    heads = [name for name in texts.columns if name not in terms.excused]
    if called := _called(heads):
        yield _finding(called, texts.height, texts)
    else:
        # Householder and consort in one row stand in columns of names, which say so themselves.
        silent = [name for name in heads if columns[name].kind is None]
        yield from _across(texts.select(silent), texts)


def _called(heads: Sequence[str]) -> tuple[str, ...]:
    """The headers that name people, or have their numbers, whatever all of them say besides."""
    today = date.today()  # noqa: DTZ011  # birth dates are civil dates
    numbered = [one for one in heads if scanning.find(one, today, _NUMBERS)]
    if len(numbered) >= _SEVERAL:
        return tuple(numbered)
    # 张某某出勤, 李某某出勤; 张某某（护士）: what many say besides, what stands behind a mark.
    endings: dict[str, dict[str, str]] = defaultdict(dict)
    for one in heads:
        first = re.split(r"[\s_—/（(【\[：:、.-]", one.strip())[0]
        endings[""][one] = first
        for width in range(1, 5):
            if len(first) >= width + 2:
                endings[f"-{first[-width:]}"][one] = first[:-width]
            if len(one.strip()) >= width + 2:
                endings[f"{one.strip()[:width]}-"][one] = one.strip()[width:]
    best: tuple[str, ...] = ()
    for rests in endings.values():
        held = {one: rest for one, rest in rests.items() if 2 <= len(rest) <= _LETTERS}
        if len(held) > len(best):
            best = _people(held) or best
    return best


_LETTERS: Final = 8


def _people(said: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that say names, where the words of all are as a whole names of people.

    Each of another family, as people are; none where they are not.
    """
    if len(said) < _PEOPLE:
        return ()
    # Of wide tables hundreds of sets of words are looked at, and hardly one begins as names do.
    if sum(one.startswith(_beginnings()) for one in said.values()) < _MOST * len(said):
        return ()
    values = pl.Series(list(said.values()))
    are_names = names_of_people(values)
    named = values.filter(are_names)
    are_people = (
        named.n_unique() >= _PEOPLE
        and len(named) >= _MOST * len(values)
        and named.str.head(1).n_unique() >= _FAMILIES
        and named.str.tail(1).n_unique() >= _FAMILIES
        and int((named.str.len_chars() > 2).sum()) >= _LONG * len(named)
    )
    return tuple(itertools.compress(said, are_names)) if are_people else ()


@cache
def _beginnings() -> tuple[str, ...]:
    known = words()
    return (*known["surnames"], *known["compound_surnames"], *known["mongolian"])


def _across(sheet: pl.DataFrame, texts: pl.DataFrame) -> Iterator[Finding]:
    """A row of names in a table that was turned round, where a column is a person."""
    if sheet.width < _PEOPLE:
        return
    for row in sheet.head(_FIRST_ROWS).iter_rows():
        cells = {name: cell for name, cell in zip(sheet.columns, row, strict=True) if cell}
        short = {name: cell for name, cell in cells.items() if len(cell) <= _LETTERS}
        # The first cell says what the row is: 姓名.
        if len(short) >= _MOST * len(cells) and (people := _people(short)):
            yield _finding(people, 1, texts)
            return


def _finding(names: tuple[str, ...], rows: int, texts: pl.DataFrame) -> Finding:
    many = len(names)
    where = (
        ("列名", "headers of") if rows > 1 or texts.height == 1 else ("同一行里", "one row over")
    )
    return Finding(
        "DIRECT_IDENTIFIER_LEFT",
        names,
        rows,
        rows / texts.height if texts.height else 0.0,
        f"表是横着排的，一人一列：有 {many} 列的{where[0]}就是姓名或者号码，下面各格说的是这个人。",
        f"the sheet has a column for each person: the {where[1]} {many} columns are names or "
        "numbers, and the cells below are of that person.",
        "把人转成行，列名换成与人无关的数据项，再按行脱敏；或者只发布合计。",
        "Turn people into rows, call columns after what they hold, and treat these; or publish "
        "totals.",
        "例：考勤表的列名是「张某某」「李某某」 → 不用推算，读出来就是",
        "for example: columns of a sheet of attendance are called 张某某 and 李某某 → they read as "
        "they stand",
    )
