"""People narrowed down by what a release tells of them: their district, age or birth, and sex.

Of all citizen numbers of a city there are a hundred million; of the women of a district born in one
year, 180,000. Where a release has few rows to hit, the numbers of those of whom it tells most are
listed whole, so that one code undone is nearly sure.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from anonymization.findings import Numbers, matching
from anonymization.letters import Rows
from anonymization.lists import LOCAL, checked

# Days of birth as whole numbers (the proleptic calendar of Python), the first and the last.
Span = tuple[int, int]
# The sequence numbers of men are odd, of women even (GB 11643).
_PARITY: Final = {"男": 1, "女": 0, "男性": 1, "女性": 0, "M": 1, "F": 0}
_DISTRICTS: Final = dict(zip(("海勃湾", "海南区", "乌达"), LOCAL, strict=True))
_ORDERS: Final = 1000


@dataclass(frozen=True)
class Group:
    """Rows of which a release tells the same: of which districts, born when, of which sex."""

    regions: tuple[int, ...]
    born: Span
    parity: int | None
    rows: tuple[int, ...]

    @cached_property
    def space(self) -> int:
        """How many citizen numbers fit one of the rows."""
        orders = _ORDERS if self.parity is None else _ORDERS // 2
        return len(self.regions) * (self.born[1] - self.born[0] + 1) * orders

    def numbers(self, count: int) -> Rows:
        """So many of the numbers that fit, all of them if there are no more."""
        if count >= self.space:
            places = np.arange(self.space)
        else:
            places = np.random.default_rng(13).integers(0, self.space, count)
        step = 1 if self.parity is None else 2
        places, orders = np.divmod(places, _ORDERS // step)
        days, regions = np.divmod(places, len(self.regions))
        return checked(
            np.array(self.regions)[regions],
            _figures(self.born[0] + days),
            step * orders + (self.parity or 0),
        )


def _figures(days: Numbers) -> Numbers:
    """Days as numbers of eight digits."""
    told = np.array(days - date(1970, 1, 1).toordinal(), "datetime64[D]")
    years = told.astype("datetime64[Y]")
    months = told.astype("datetime64[M]")
    year, month = years.astype(int) + 1970, months.astype(int) % 12 + 1
    figures: Numbers = year * 10_000 + month * 100 + (told - months).astype(int) + 1
    return figures


def groups(texts: pl.DataFrame) -> list[Group]:
    """The rows whose births are told, those first of which each guess hits most."""
    texts = texts.head(_READ)
    births = _births(texts)
    if births is None:
        return []
    districts = _read(texts, _district)
    sexes = _read(texts, _PARITY.get)
    together: dict[tuple[int | None, Span, int | None], list[int]] = {}
    for row, born in enumerate(births):
        if born is not None:
            together.setdefault((districts[row], born, sexes[row]), []).append(row)
    made = [
        Group((district,) if district else LOCAL, born, parity, tuple(rows))
        for (district, born, parity), rows in together.items()
    ]
    return sorted(made, key=lambda one: (one.space / len(one.rows), one.rows))


def numbers(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Citizen numbers of those of whom the release tells most, as long as hits can be hoped for."""
    for group, count in _worth(groups(texts), _GUESSES, _SURE):
        yield [group.numbers(count)]


def salted(texts: pl.DataFrame, known: Sequence[str]) -> Iterator[tuple[str, Rows]]:
    """Values that all rows of some have in common, and known salts, with the numbers of those.

    So many salts are tried as there is room for, one at least; none where not even that would be
    proven.
    """
    best = [one for one in groups(texts)[:_BEST] if one.born[1] > one.born[0]]
    if not (chosen := _worth(best, _GUESSES // 2, _SURE_SALTED)):
        return
    (first, _), *_ = chosen
    shared = (
        values[0]
        for values in (texts[name].gather(list(first.rows)).unique() for name in texts.columns)
        if len(values) == 1 and values[0] and len(values[0]) <= _LONGEST
    )
    rows = [group.numbers(count) for group, count in chosen]
    room = max(1, _SALTED // (2 * sum(map(len, rows))))
    for salt in list(dict.fromkeys((*shared, *known)))[:room]:
        for some in rows:
            yield salt, some


def _worth(some: Sequence[Group], room: int, sure: int) -> list[tuple[Group, int]]:
    """The groups and how many numbers of each, so that enough hits are hoped for; or none.

    No more than that: with what one salt leaves of the room another is tried.
    """
    chosen, hoped = [], 0.0
    for group in some:
        enough = math.ceil((sure - hoped) * group.space / len(group.rows))
        count = min(group.space, room, enough)
        chosen.append((group, count))
        hoped += len(group.rows) * count / group.space
        room -= count
        if room <= 0 or hoped >= sure:
            break
    return chosen if hoped >= _HOPED else []


# Rows that are read; guesses, and those with salts where one is not worth more; hits that are hoped
# for, and with fewer than which none are tried: one in five people was born elsewhere, whatever the
# district they live in.
_READ: Final = 20_000
_GUESSES: Final = 900_000
_SALTED: Final = 500_000
_SURE: Final = 5
_SURE_SALTED: Final = 4
_HOPED: Final = 1
_BEST: Final = 8
_LONGEST: Final = 24


# --- what is told -------------------------------------------------------------------------------


def _district(cell: str) -> int | None:
    named = [code for name, code in _DISTRICTS.items() if cell.startswith((name, f"乌海市{name}"))]
    return named[0] if named else int(cell) if cell in {str(one) for one in LOCAL} else None


def _read(texts: pl.DataFrame, read: Callable[[str], int | None]) -> list[int | None]:
    """What the first column tells whose cells nearly all can be read so; else nothing."""
    for name in texts.columns:
        distinct = texts[name].drop_nulls().unique()
        if not 0 < len(distinct) <= _KINDS:
            continue
        told = {one: read(one) for one in distinct}
        if sum(one is not None for one in told.values()) >= max(1, len(told) / 2):
            return [told.get(cell) for cell in texts[name]]
    return [None] * texts.height


_KINDS: Final = 60


def _births(texts: pl.DataFrame) -> list[Span | None] | None:
    """When each person was born, from the column that leaves the fewest days open."""
    best: tuple[float, list[Span | None]] | None = None
    for name in texts.columns:
        if not re.search(_BORN, name.lower()) or matching(texts[name], r"[0-9]{2}") < 0.5:
            continue
        read = {one: span(one) for one in texts[name].drop_nulls().unique()}
        told = [read.get(cell) for cell in texts[name]]
        widths = [last - first + 1 for first, last in filter(None, told)]
        if 2 * len(widths) < len(told):
            continue
        if best is None or np.mean(widths) < best[0]:
            best = float(np.mean(widths)), told
    return best and best[1]


_BORN: Final = (
    "出生|生日|生年|年龄|年岁|^(?:age|nl|dob|csrq|csny|csnf)|birth|born|age_?(?:band|group)"
)


def span(cell: str) -> Span | None:
    """The first and the last day on which somebody may be born of whom a cell tells this.

    A day, a month, a year, a decade, or an age or ages of this year or the last two.
    """
    for pattern, read in _SPELLINGS.items():
        if found := re.fullmatch(pattern, cell):
            try:
                first, last = read(*map(int, found.groups()))
            except ValueError:
                return None
            return (first, last) if _alive(first, last) else None
    return None


def _alive(first: int, last: int) -> bool:
    return first <= last and _this_year() - 125 < date.fromordinal(first).year <= _this_year()


def _this_year() -> int:
    return datetime.now(UTC).year


def _day(year: int, month: int, day: int) -> Span:
    born = date(year, month, day).toordinal()
    return born, born


def _month(year: int, month: int) -> Span:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1).toordinal(), after.toordinal() - 1


def _years(first: int, last: int) -> Span:
    return date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()


def _ages(low: int, high: int) -> Span:
    return _years(_this_year() - high - 2, _this_year() - low)


def _decade_of(last_two: int) -> Span:
    first = last_two + (2000 if last_two < 30 else 1900)
    return _years(first, first + 9)


_SPELLINGS: Final[Mapping[str, Callable[..., Span]]] = {
    "([12][0-9]{3})[-/.年]?([01][0-9])[-/.月]?([0-3][0-9])日?(?:[ T].*)?": _day,
    "([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?": _day,
    "([12][0-9]{3})[-/.年]([0-9]{1,2})月?": _month,
    "([12][0-9]{3})([01][0-9])": _month,
    "(19[0-9]{2}|20[0-9]{2})年?(?:出?生)?": lambda year: _years(year, year),
    "(19[0-9]0|20[0-9]0)(?:年代|s)": lambda year: _years(year, year + 9),
    "([0-9]0)后": _decade_of,
    "(19[0-9]{2}|20[0-9]{2})[-—–~～至到](19[0-9]{2}|20[0-9]{2})年?": _years,
    "([0-9]{1,3})(?:岁|周岁)?": lambda age: _ages(age, age),
    "[\\[(（]?([0-9]{1,3})岁?[-—–~～至到,，]+([0-9]{1,3})(?:岁|周岁)?[\\])）]?": _ages,
}
