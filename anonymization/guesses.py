"""What an attacker lists, to see whether codes are digests of it: the same each time, so that a
verdict is repeatable.

A family is drawn in blocks from its space, not listed whole: where many codes are held a few draws
hit some of them, and one code undone proves how all were made.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

import numpy as np
import polars as pl

from anonymization.dictionary import words
from anonymization.findings import Numbers, Terms

# Districts, area code and plates of the city, which an attacker from here would try first.
_LOCAL: Final = (150302, 150303, 150304)
_AREA: Final = 473
_PLATES: Final = "蒙C"
# Days on which people now alive were born.
_DAYS: Final = 32_000
# What people put beside a value when they call it a salt.
_FIRST: Final = ("123456", "salt", "wuhai", "abc123", "password", "key", "secret", "admin")
_USUAL: Final = (*_FIRST, "2024", "2025", "2026")
SALTS: Final = (
    *_FIRST,
    *(
        "wh",
        "150300",
        *map(str, _LOCAL),
        "SALT",
        "Wuhai",
        "乌海",
        "000000",
        "888888",
        "test",
        "md5",
        "hash",
        "gov",
        "data",
    ),
    *(str(year) for year in range(2022, 2028)),
)
# The segments most people have; the others are a tenth of the numbers and would cost as much.
_FRONTS: Final = (
    *(130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 153, 155, 156, 157),
    *(158, 159, 166, 173, 176, 177, 178, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 199),
)
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECKS: Final = np.frombuffer(b"10X98765432", np.uint8)

Chance = np.random.Generator


@dataclass(frozen=True)
class Family:
    """Guesses of one sort: how many there are (0: one block lists them), how many a block has."""

    name: str
    space: float
    block: int
    draw: Callable[[Chance, int], Iterable[bytes]]

    def guesses(self, block: int) -> list[bytes]:
        """One block of guesses; an attacker's, no secrets."""
        return list(self.draw(np.random.default_rng((_AREA, block)), self.block))


@cache
def families() -> Mapping[str, Family]:
    """What can be listed without a release in hand, the surest first."""
    local = len(_FRONTS) * 1e5
    people = len(_LOCAL) * _DAYS * 1e3
    listed = (
        Family("listed", 0, 0, lambda chance, count: _listed()),
        Family("local mobiles", local, 10_000, _local_mobiles),
        Family("written otherwise", 4 * local, 20_000, _otherwise),
        Family("numbers", 1.1e7, 12_000, _serials),
        Family("plates", 9e5, 6_000, _plates),
        Family("landlines", 3e6, 9_000, _landlines),
        Family("identities", people, 50_000, _citizens),
        Family("mobiles", len(_FRONTS) * 1e8, 50_000, _mobiles),
        Family("salted mobiles", 2 * len(SALTS) * local, 50_000, _salty(_local_mobiles, SALTS)),
        Family("names and births", len(_NAMED) * len(_BORN) * _DAYS, 60_000, _named_and_born),
        Family("salted", 2 * len(_USUAL) * people, 100_000, _salty(_citizens, _USUAL)),
    )
    return {one.name: one for one in listed}


def own(texts: pl.DataFrame, terms: Terms) -> list[bytes]:
    """Values of the registers in hand, salted too, and of the release's other columns."""
    made: list[bytes] = []
    for values in terms.raw.values():
        listed = values.cast(pl.String, strict=False).drop_nulls().unique()
        made += [one.encode() for one in listed]
        made += [one.encode() for one in _salted(listed.head(2000), SALTS)]
    for name in texts.columns:
        made += [one.encode() for one in texts[name].drop_nulls().unique().head(20_000)]
    return [*made, *_together(terms)]


# Rows of a register and columns of it that are put together; what is put between them.
_ROWS: Final = 2000
_COLUMNS: Final = 6
_BETWEEN: Final = ("", "|", "_", "-", ",", "#")


def _together(terms: Terms) -> Iterator[bytes]:
    """Two facts of the same person in a register, one behind the other, dates in digits too."""
    registers: dict[str, list[pl.Series]] = {}
    for key, values in terms.raw.items():
        registers.setdefault(key.split("\0")[0], []).append(
            values.cast(pl.String, strict=False).head(_ROWS)
        )
    for columns in registers.values():
        some = columns[:_COLUMNS]
        some += [
            one.str.replace_all("[-/.年月日]", "") for one in some if one.str.contains(_DAY).any()
        ]
        for first, second in itertools.permutations(some, 2):
            for one, other in zip(first, second, strict=True):
                if one and other:
                    yield from ((one + between + other).encode() for between in _BETWEEN)


_DAY: Final = "^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}"


def born(texts: pl.DataFrame) -> list[bytes]:
    """Citizen numbers of the birth dates a release itself tells."""
    told = _birth_dates(texts)
    if not len(told):
        return []
    count = min(400_000, 1500 * len(_LOCAL) * len(told))
    return list(_identities(np.random.default_rng(11), told, count))


def beside(texts: pl.DataFrame) -> list[bytes]:
    """Telephones of the city with what stands in another column of the release as a salt."""
    salts = [
        one
        for name in texts.columns
        if 1 < (values := texts[name].drop_nulls().unique()).len() <= _FEW
        for one in values
        if len(one) <= 12
    ][:_SALTING]
    numbers = [one.decode() for one in _local_mobiles(np.random.default_rng(12), _BESIDE)]
    return [
        one.encode()
        for salt, number in itertools.product(salts, numbers)
        for one in (salt + number, number + salt)
    ]


# Values of a column that may have been used as salts, of all columns, telephones tried with each.
_FEW: Final = 6
_SALTING: Final = 16
_BESIDE: Final = 8000


def _salted(values: Iterable[str], salts: Sequence[str]) -> Iterator[str]:
    for one, salt in itertools.product(values, salts):
        yield salt + one
        yield one + salt


def _salty(
    draw: Callable[[Chance, int], Iterable[bytes]], salts: Sequence[str]
) -> Callable[[Chance, int], Iterable[bytes]]:
    def salty(chance: Chance, count: int) -> Iterable[bytes]:
        some = [one.decode() for one in draw(chance, count // (2 * len(salts)))]
        return (one.encode() for one in _salted(some, salts))

    return salty


def _listed() -> Iterator[bytes]:
    """Dates, small numbers and names."""
    day = date(1920, 1, 1)
    while day < date(2031, 1, 1):
        yield day.isoformat().encode()
        yield day.strftime("%Y%m%d").encode()
        day += timedelta(1)
    yield from (str(one).encode() for one in range(100_000))
    surnames, given = words()["surnames"], words()["given"]
    for front, one in itertools.product(surnames[:100], given):
        yield (front + one).encode()
    for front, one, two in itertools.product(surnames[:40], given[:90], given[:90]):
        yield (front + one + two).encode()
    # The same of old systems, a part of them.
    for front, one, two in itertools.product(surnames[:20], given[:60], given[:60]):
        yield (front + one + two).encode("gb18030")


def _digits(*parts: Any) -> Numbers:
    """Numbers and their widths, in turn, as one row of digits each."""
    columns = [
        number // 10**place % 10
        for number, width in zip(parts[::2], parts[1::2], strict=True)
        for place in range(width - 1, -1, -1)
    ]
    return np.stack(columns, axis=1)


def _numbers(*parts: Any) -> Iterator[bytes]:
    return _written((_digits(*parts) + 48).astype(np.uint8))


def _written(letters: Numbers) -> Iterator[bytes]:
    """Rows of ASCII letters as texts."""
    return iter(np.ascontiguousarray(letters).view(f"S{letters.shape[1]}").ravel().tolist())


def _local_mobiles(chance: Chance, count: int) -> Iterator[bytes]:
    # The segments of a city carry its area code, behind a nought or not: 150 473x, 139 0473.
    fronts = chance.choice(np.array(_FRONTS), count)
    behind = chance.integers(0, 10**5, count)
    nought = chance.random(count) < 0.3
    middle = np.where(nought, _AREA * 10**4 + behind // 10, _AREA * 10**5 + behind)
    return _numbers(fronts, 3, middle, 8)


def _otherwise(chance: Chance, count: int) -> Iterator[bytes]:
    """The same as forms and programs write them."""
    for one in _local_mobiles(chance, count // 4):
        yield b"+86" + one
        yield b"86" + one
        yield b"+86-" + one
        yield b"%s-%s-%s" % (one[:3], one[3:7], one[7:])


def _mobiles(chance: Chance, count: int) -> Iterator[bytes]:
    fronts = chance.choice(np.array(_FRONTS), count)
    return _numbers(fronts, 3, chance.integers(0, 10**8, count), 8)


def _serials(chance: Chance, count: int) -> Iterator[bytes]:
    """Numbers of six and seven digits, as staff, pupils and households have."""
    yield from _numbers(chance.integers(10**5, 10**6, count // 3), 6)
    yield from _numbers(chance.integers(10**6, 10**7, count - count // 3), 7)


def _landlines(chance: Chance, count: int) -> Iterator[bytes]:
    for one in _numbers(chance.integers(2 * 10**6, 9 * 10**6, count // 3), 7):
        yield b"0473-" + one
        yield b"0473" + one
        yield one


def _plates(chance: Chance, count: int) -> Iterator[bytes]:
    """Five characters behind the city's letter: digits, or one letter; six for new energy."""
    front = _PLATES.encode()
    letters = np.frombuffer(b"ABCDEFGHJKLMNPQRSTUVWXYZ", np.uint8)
    made = (_digits(chance.integers(0, 10**5, count), 5) + 48).astype(np.uint8)
    # The letter stands first oftener than at the other places together.
    where = np.where(chance.random(count) < 0.6, 0, chance.integers(0, 5, count))
    some = np.arange(count // 6, count)
    made[some, where[some]] = chance.choice(letters, len(some))
    yield from (front + one for one in _written(made))
    green = (_digits(chance.integers(0, 10**5, count // 6), 5) + 48).astype(np.uint8)
    for sign in (b"D", b"F"):
        yield from (front + sign + one for one in _written(green))


def _citizens(chance: Chance, count: int) -> Iterator[bytes]:
    return _identities(chance, _alive(), count)


def _identities(chance: Chance, days: Numbers, count: int) -> Iterator[bytes]:
    """Resident numbers of the city's districts with valid check digits."""
    digits = _digits(
        *(chance.choice(np.array(_LOCAL), count), 6),
        *(chance.choice(days, count), 8),
        *(chance.integers(0, 1000, count), 3),
    )
    checks = _CHECKS[(digits @ _WEIGHTS) % 11]
    return _written(np.column_stack([(digits + 48).astype(np.uint8), checks]))


def _named_and_born(chance: Chance, count: int) -> Iterator[bytes]:
    """The commonest names with days of birth, in front or behind, as offices put them together."""
    names = [one.decode() for one in chance.choice(np.array([n.encode() for n in _NAMED]), count)]
    days = chance.choice(_alive(), count).astype(str)
    forms = chance.integers(0, len(_BORN), count)
    for name, day, form in zip(names, days, forms, strict=True):
        yield _BORN[form].format(name, day[:4], day[4:6], day[6:]).encode()


_BORN: Final = ("{0}{1}{2}{3}", "{0}{1}-{2}-{3}", "{0}|{1}{2}{3}", "{1}{2}{3}{0}")
# The surnames and given names most people have (Ministry of Public Security, reports on names).
_GIVEN: Final = "秀英 秀兰 桂英 建国 志强 建华 玉兰 海燕 桂兰 晓东 文斌 玉梅 建军 桂芳"
_NAMED: Final = tuple(
    surname + given
    for surname in "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
    for given in (*"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚辉鹏玲桂斌梅波", *_GIVEN.split())
)


@cache
def _alive() -> Numbers:
    """Birth dates of people now alive, as eight digits."""
    days = pl.Series([date(1935, 1, 1) + timedelta(one) for one in range(_DAYS)])
    return days.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()


def _birth_dates(texts: pl.DataFrame) -> Numbers:
    """Birth dates the release itself tells, as eight digits."""
    for name in texts.columns:
        if "出生" in name or name.lower() in {"birth_date", "birthday", "csrq", "dob"}:
            digits = texts[name].drop_nulls().str.replace_all("[^0-9]", "")
            whole = digits.filter(digits.str.len_chars() == 8).unique().head(2000)
            if len(whole):
                return whole.cast(pl.Int64).to_numpy()
    return np.zeros(0, np.int64)
