"""Digests whose salt stands beside them: what is guessed of a row with what the row tells.

A salt that can be read is none, though nobody says which column it is: each that may be one is
tried, with the numbers that the row leaves open or the city has.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final

import numpy as np
import polars as pl

from anonymization import narrowed
from anonymization.findings import starred
from anonymization.letters import Rows, digits, joined, mixed
from anonymization.lists import (
    AREA,
    OLDEST,
    Chance,
    citizens,
    families,
    local_mobiles,
    regional_mobiles,
)
from anonymization.salts import OFFICES, SALTS, USUAL


def of_many_rows(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Numbers of the city with what stands in another column as a salt, the cheapest first.

    One value of a column is enough, that which most rows have: so many guesses with it hit one of
    its rows as with all values together.
    """
    hands: list[tuple[float, bytes, bytes, str]] = []
    # A part of the rows tells which value is the commonest and how common it is.
    times = max(1, texts.height // _COUNTED)
    for name in texts.columns:
        counts = texts[name].gather_every(times).drop_nulls().value_counts(sort=True)
        if counts.height < 2 or not len(counts[name][0]) <= _LONGEST_SALT:
            continue
        salt, rows = counts[name][0].encode(), times * int(counts["count"][0])
        for family, (space, _) in _TRIED.items():
            cost = _SURE * space / rows
            hands.append((cost, salt, b"", family))
            if family == "local mobiles":
                hands += [(_RARER * cost, salt, one, family) for one in _MARKS]
    spent = 0
    for cost, salt, mark, family in sorted(hands):
        count = int(max(_LEAST_BESIDE, min(cost, _MOST_BESIDE)))
        if cost > 2 * _MOST_BESIDE or (spent := spent + 2 * count) > _BESIDE:
            continue
        numbers = _TRIED[family][1](np.random.default_rng(12), count)
        yield [
            both for one in numbers for both in (joined(salt + mark, one), joined(one, mark + salt))
        ]


def of_people_told(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Numbers of those of whom a release tells most, salted with what they have in common."""
    for salt, rows in narrowed.salted(texts, (*reversed(USUAL), *SALTS)):
        yield list(mixed(salt.encode(), rows))


def of_each_row(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """The likeliest numbers of the city with what stands beside them in some rows, each by itself.

    Where each row has a salt of its own a guess is worth one row: those of the oldest segment, to
    which one in ten belongs, are tried for a few rows with every column that differs by rows.
    """
    rows = list(range(0, texts.height, max(1, texts.height // _ALONE)))[:_ALONE]
    unlike = itertools.islice(filter(_differs, texts), _UNLIKE)
    for salt in dict.fromkeys(itertools.chain.from_iterable(one.gather(rows) for one in unlike)):
        if salt:
            yield list(mixed(salt.encode(), _segment()))


def of_row_numbers() -> Iterator[list[Rows]]:
    """The same numbers with those of the first rows, counted from one or from nought.

    They are the same for every release, so that whoever keeps them makes them once.
    """
    for number in range(_ALONE + 1):
        yield list(mixed(b"%d" % number, _segment()))


@cache
def _segment() -> Rows:
    return joined(_SEGMENT, digits(np.arange(10**4), 4))


def _differs(values: pl.Series) -> bool:
    """Whether a column may hold a salt for each row: short, and another in most rows."""
    values = values.head(_COUNTED)
    present = values.drop_nulls()
    if len(present) < 0.9 * len(values) or present.n_unique() < 0.2 * len(present):
        return False
    # Nobody salts with a measure.
    if present.str.contains(r"^-?[0-9]+\.[0-9]+$").mean() == 1:
        return False
    longest = present.str.len_bytes().max()
    return int(longest or 0) <= _LONGEST_SALT  # type: ignore[arg-type]


# The first segment of the city's telephones; rows, and columns, that are tried.
_SEGMENT: Final = b"1390473"
_ALONE: Final = 16
_UNLIKE: Final = 3
_COUNTED: Final = 20_000
# What stands between a salt and a number; how much rarer that is than nothing between them.
_MARKS: Final = (b"_", b"-", b":", b"|")
_RARER: Final = 2


def of_what_is_left(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Numbers that what is left of them in a row allows, with all that may be a salt beside them.

    A mask of four signs leaves ten thousand telephones, a birth date some thousand citizens: they
    are tried with each cell of the row, the number of the row, and the usual salts. One row proves
    a salt that all have; a salt of the row is looked for in two, as the first may be odd.
    """
    allowed = list(itertools.islice(_allowed(texts), _ROWS_ASKED))
    for rows, row in _first(allowed, _LEFT):
        yield [rows]
        cells = (one for one in texts.row(row) if one and len(one) <= _LONGEST_SALT)
        for salt in dict.fromkeys((*cells, str(row), str(row + 1))):
            yield list(mixed(salt.encode(), rows))
    for salt in SALTS:
        for rows, _ in _first(allowed, _LEFT // 3):
            yield list(mixed(salt.encode(), rows))
    # Of the many offices only what is likely is tried: of each row a few numbers of the city.
    for rows in _of_the_city(rows for rows, _ in allowed):
        for salt in OFFICES:
            yield list(mixed(salt.encode(), rows))


def _first(allowed: Sequence[tuple[Rows, int]], most: int) -> Iterator[tuple[Rows, int]]:
    """The first rows, until they leave so many numbers together.

    A telephone of which four signs are hidden is sure to be among its numbers; a citizen of the
    city may have been born elsewhere, so that more rows are asked where each leaves fewer.
    """
    together = 0
    for rows, row in allowed:
        yield rows, row
        if (together := together + len(rows)) >= most:
            return


def _of_the_city(allowed: Iterable[Rows]) -> Iterator[Rows]:
    """Those of the numbers that the city has, of so many rows that some are right."""
    likely: list[Rows] = []
    for rows in allowed:
        area = digits(np.array([AREA]), 4)[0]
        middle = rows[:, 3:7]
        of_area = (middle == area).all(axis=1) | (middle[:, :3] == area[1:]).all(axis=1)
        likely.append(rows[of_area] if rows.shape[1] == _MOBILE else rows)
        if sum(map(len, likely)) >= _LIKELY:
            break
    if some := [rows for rows in likely if len(rows)]:
        width = some[0].shape[1]
        yield np.concatenate([rows for rows in some if rows.shape[1] == width])


def _allowed(texts: pl.DataFrame) -> Iterator[tuple[Rows, int]]:
    """The numbers that a mask or a birth date leaves, and the row; at most so many to a row."""
    # A few rows are enough; all of a million would cost more than the guesses.
    texts = texts.head(_COUNTED)
    for name in texts.columns:
        values = starred(texts[name])
        masked = values.str.contains(_MASKED_MOBILE)
        for row in masked.fill_null(False).arg_true().head(_ROWS_ASKED).to_list():
            shown = values[row]
            hidden = shown.count("*")
            every = digits(np.arange(10**hidden), hidden)
            front, back = shown.split("*" * hidden)
            yield joined(front.encode(), every, back.encode()), row
    days = (one for one in narrowed.groups(texts) if one.born[0] == one.born[1])
    for group in itertools.islice(days, _ROWS_ASKED):
        yield group.numbers(group.space), group.rows[0]


_MASKED_MOBILE: Final = r"^1[3-9][0-9]{1,8}\*{1,4}[0-9]{0,8}$"
# Numbers of the rows that are undone one by one; rows that are asked for numbers of the city, with
# the numbers that are enough of these; the signs of a telephone.
_LEFT: Final = 12_000
_ROWS_ASKED: Final = 64
_LIKELY: Final = 700
_MOBILE: Final = 11
# The longest salt; hits hoped for with a salt of many rows.
_LONGEST_SALT: Final = 24
_SURE: Final = 4
# Guesses with one salt and with all of them.
_LEAST_BESIDE: Final = 1000
_MOST_BESIDE: Final = 250_000
_BESIDE: Final = 400_000


# What salts of a release are tried with: how many there are, and how they are drawn. Telephones
# are of the oldest segments, which most people have: of all they would be a third as likely.
_TRIED: Final[Mapping[str, tuple[float, Callable[[Chance, int], Iterable[Rows]]]]] = {
    "local mobiles": (1e5 * len(OLDEST), partial(local_mobiles, fronts=OLDEST)),
    "identities": (families()["identities"].space, citizens),
    "regional mobiles": (2e6 * len(OLDEST), partial(regional_mobiles, fronts=OLDEST)),
}
