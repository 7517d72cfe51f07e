"""What an attacker lists, to see whether codes are digests of it: the same each time, so that a
verdict is repeatable.

A family is drawn in blocks from its space, not listed whole: where many codes are held a few draws
hit some of them, and one code undone proves how all were made. Guesses are kept as letters in
arrays, a row each: to make a text of every guess costs as much as a digest of it.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

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
# Messages of one length, a message a row.
Rows = Numbers


def rows_of(texts: Iterable[bytes]) -> list[Rows]:
    """Texts as arrays, one for each length there is."""
    by_length: dict[int, list[bytes]] = {}
    for one in texts:
        by_length.setdefault(len(one), []).append(one)
    return [
        np.frombuffer(b"".join(some), np.uint8).reshape(-1, length)
        for length, some in by_length.items()
        if length
    ]


@dataclass(frozen=True)
class Family:
    """Guesses of one sort: how many there are, how many a block has."""

    name: str
    space: float
    block: int
    draw: Callable[[int], Iterable[Rows]]

    def guesses(self, block: int) -> list[Rows]:
        """One block of guesses; an attacker's, no secrets."""
        return list(self.draw(block))

    @property
    def ends(self) -> bool:
        """Whether blocks list all that there is, and are not drawn from it."""
        return self.name == "listed"


def _drawn(
    name: str, space: float, block: int, draw: Callable[[Chance, int], Iterable[Rows]]
) -> Family:
    return Family(name, space, block, lambda one: draw(np.random.default_rng((_AREA, one)), block))


@cache
def families() -> Mapping[str, Family]:
    """What can be listed without a release in hand, the surest first."""
    local = len(_FRONTS) * 1e5
    people = len(_LOCAL) * _DAYS * 1e3
    listed = (
        Family("listed", PARTS * 42_000, 42_000, _listed),
        _drawn("local mobiles", local, 10_000, _local_mobiles),
        _drawn("written otherwise", 4 * local, 20_000, _otherwise),
        _drawn("numbers", 1.1e7, 12_000, _serials),
        _drawn("plates", 9e5, 6_000, _plates),
        _drawn("landlines", 3e6, 9_000, _landlines),
        _drawn("identities", people, 50_000, _citizens),
        _drawn("mobiles", len(_FRONTS) * 1e8, 50_000, _mobiles),
        _drawn("salted mobiles", 2 * len(SALTS) * local, 50_000, _salty(_local_mobiles, SALTS)),
        _drawn("names and births", len(_NAMED) * len(_BORN) * _DAYS, 60_000, _named_and_born),
        _drawn("salted", 2 * len(_USUAL) * people, 100_000, _salty(_citizens, _USUAL)),
    )
    return {one.name: one for one in listed}


# --- what a release and registers tell -------------------------------------------------------


def own(texts: pl.DataFrame, terms: Terms) -> list[Rows]:
    """Values of the registers in hand, salted too, and of the release's other columns.

    Of each so many, drawn from all over, that codes made of it are hit many times.
    """
    made: list[bytes] = []
    for values in terms.raw.values():
        listed = values.cast(pl.String, strict=False).drop_nulls().unique(maintain_order=True)
        # As many times as a register has more people than the release, more are to be tried.
        times = max(1.0, len(listed) / max(1, texts.height))
        made += [one.encode() for one in _spread(listed, int(_TRIED * times))]
        made += [
            one.encode() for one in _salted(_spread(listed, min(2000, int(_MIXED * times))), SALTS)
        ]
    each = max(50, min(_TRIED, 200_000 // max(1, texts.width)))
    for name in texts.columns:
        values = texts[name].drop_nulls().unique(maintain_order=True)
        made += [one.encode() for one in _spread(values, each)]
    return rows_of(itertools.chain(made, _together(texts, terms)))


# Values of a column in hand that are tried, and those that are tried with salts or others.
_TRIED: Final = 2000
_MIXED: Final = 120


def _spread(values: pl.Series, count: int) -> pl.Series:
    """So many of a column's values, from all over it."""
    return values.gather_every(max(1, -(-len(values) // max(1, count))))


# Columns of a register that are put together; what is put between them.
_COLUMNS: Final = 6
_BETWEEN: Final = ("", "|", "_", "-", ",", "#")


def _together(texts: pl.DataFrame, terms: Terms) -> Iterator[bytes]:
    """Two facts of the same person in a register, one behind the other, dates in digits too."""
    registers: dict[str, list[pl.Series]] = {}
    for key, values in terms.raw.items():
        times = max(1.0, len(values) / max(1, texts.height))
        rows = _spread(values, min(2000, int(_MIXED * times)))
        registers.setdefault(key.split("\0")[0], []).append(rows.cast(pl.String, strict=False))
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


def born(texts: pl.DataFrame) -> list[Rows]:
    """Citizen numbers of the birth dates a release itself tells."""
    told = _birth_dates(texts)
    if not len(told):
        return []
    space = 1000 * len(_LOCAL) * len(told)
    count = min(400_000, space // 2, _HOPED * space // max(1, texts.height))
    return [_identities(np.random.default_rng(11), told, count)]


# Hits that are hoped for where all people of a release are of the city.
_HOPED: Final = 30


def beside(texts: pl.DataFrame) -> list[Rows]:
    """Telephones of the city with what stands in another column of the release as a salt."""
    salts = [
        one.encode()
        for name in texts.columns
        if 1 < (values := texts[name].drop_nulls().unique(maintain_order=True)).len() <= _FEW
        for one in values
        if len(one) <= 12
    ][:_SALTING]
    # Three hits are hoped for.
    count = min(_BESIDE, int(3 * families()["local mobiles"].space / max(1, texts.height)))
    numbers = _local_mobiles(np.random.default_rng(12), count)
    return [both for salt in salts for number in numbers for both in _mixed(salt, number)]


# Values of a column that may have been used as salts, of all columns, telephones tried with each.
_FEW: Final = 6
_SALTING: Final = 16
_BESIDE: Final = 6000


def _salted(values: Iterable[str], salts: Sequence[str]) -> Iterator[str]:
    for one, salt in itertools.product(values, salts):
        yield salt + one
        yield one + salt


def _salty(
    draw: Callable[[Chance, int], Iterable[Rows]], salts: Sequence[str]
) -> Callable[[Chance, int], Iterable[Rows]]:
    def salty(chance: Chance, count: int) -> Iterable[Rows]:
        drawn = list(draw(chance, count // (2 * len(salts))))
        return (both for salt in salts for one in drawn for both in _mixed(salt.encode(), one))

    return salty


def _mixed(salt: bytes, rows: Rows) -> tuple[Rows, Rows]:
    """Messages with a salt before and behind them."""
    return _joined(salt, rows), _joined(rows, salt)


def _joined(*parts: bytes | Rows) -> Rows:
    """Parts of messages in a row: letters that all have, or a row of letters for each."""
    count = max(len(one) for one in parts if isinstance(one, np.ndarray))
    widths = [len(one) if isinstance(one, bytes) else one.shape[1] for one in parts]
    made = np.empty((count, sum(widths)), np.uint8)
    at = 0
    for one, width in zip(parts, widths, strict=True):
        made[:, at : at + width] = np.frombuffer(one, np.uint8) if isinstance(one, bytes) else one
        at += width
    return made


# --- what anybody can list --------------------------------------------------------------------


# Portions of all that is listed, each from all over it.
PARTS: Final = 16


def _listed(part: int) -> list[Rows]:
    return rows_of(_all_listed()[part::PARTS])


@cache
def _all_listed() -> list[bytes]:
    """Dates, small numbers and names."""
    days = [date(1920, 1, 1) + timedelta(one) for one in range(40_543)]
    made = [one.isoformat().encode() for one in days]
    made += [one.strftime("%Y%m%d").encode() for one in days]
    made += [b"%d" % one for one in range(100_000)]
    surnames, given = words()["surnames"], words()["given"]
    made += [(front + one).encode() for front, one in itertools.product(surnames[:100], given)]
    some = itertools.product(surnames[:40], given[:90], given[:90])
    made += [(front + one + two).encode() for front, one, two in some]
    # The same of old systems, a part of them.
    some = itertools.product(surnames[:20], given[:60], given[:60])
    return made + [(front + one + two).encode("gb18030") for front, one, two in some]


# Four digits at once, as one number of four letters.
_FOUR: Final = np.array([b"%04d" % one for one in range(10_000)]).view("<u4")


def _digits(number: Numbers, width: int) -> Rows:
    """Numbers as rows of so many ASCII digits."""
    fours = -(-width // 4)
    made = np.empty((len(number), fours), "<u4")
    rest = number.astype(np.uint32)
    for place in range(fours - 1, 0, -1):
        rest, last = np.divmod(rest, np.uint32(10_000))
        made[:, place] = _FOUR[last]
    made[:, 0] = _FOUR[rest]
    return made.view(np.uint8)[:, 4 * fours - width :]


def _local_mobiles(chance: Chance, count: int) -> list[Rows]:
    # The segments of a city carry its area code, behind a nought or not: 150 473x, 139 0473.
    fronts = chance.choice(np.array(_FRONTS), count)
    behind = chance.integers(0, 10**5, count)
    nought = chance.random(count) < 0.3
    middle = np.where(nought, _AREA * 10**4 + behind // 10, _AREA * 10**5 + behind)
    return [_joined(_digits(fronts, 3), _digits(middle, 8))]


def _otherwise(chance: Chance, count: int) -> Iterator[Rows]:
    """The same as forms and programs write them."""
    (some,) = _local_mobiles(chance, count // 4)
    yield from (_joined(before, some) for before in (b"+86", b"86", b"+86-"))
    yield _joined(some[:, :3], b"-", some[:, 3:7], b"-", some[:, 7:])


def _mobiles(chance: Chance, count: int) -> list[Rows]:
    fronts = chance.choice(np.array(_FRONTS), count)
    return [_joined(_digits(fronts, 3), _digits(chance.integers(0, 10**8, count), 8))]


def _serials(chance: Chance, count: int) -> Iterator[Rows]:
    """Numbers of six and seven digits, as staff, pupils and households have."""
    yield _digits(chance.integers(10**5, 10**6, count // 3), 6)
    yield _digits(chance.integers(10**6, 10**7, count - count // 3), 7)


def _landlines(chance: Chance, count: int) -> Iterator[Rows]:
    some = _digits(chance.integers(2 * 10**6, 9 * 10**6, count // 3), 7)
    yield from (_joined(b"0473-", some), _joined(b"0473", some), some)


def _plates(chance: Chance, count: int) -> Iterator[Rows]:
    """Five characters behind the city's letter: digits, or one letter; six for new energy."""
    front = _PLATES.encode()
    letters = np.frombuffer(b"ABCDEFGHJKLMNPQRSTUVWXYZ", np.uint8)
    made = _digits(chance.integers(0, 10**5, count), 5)
    # The letter stands first oftener than at the other places together.
    where = np.where(chance.random(count) < 0.6, 0, chance.integers(0, 5, count))
    some = np.arange(count // 6, count)
    made[some, where[some]] = chance.choice(letters, len(some))
    yield _joined(front, made)
    green = _digits(chance.integers(0, 10**5, count // 6), 5)
    yield from (_joined(front + sign, green) for sign in (b"D", b"F"))


def _citizens(chance: Chance, count: int) -> list[Rows]:
    return [_identities(chance, _alive(), count)]


def _identities(chance: Chance, days: Numbers, count: int) -> Rows:
    """Resident numbers of the city's districts with valid check digits."""
    digits = _joined(
        _digits(chance.choice(np.array(_LOCAL), count), 6),
        _digits(chance.choice(days, count), 8),
        _digits(chance.integers(0, 1000, count), 3),
    )
    # The sum of the ASCII digits is that of the digits and 48 times that of the weights.
    sums = digits.astype(np.float32) @ _WEIGHTS.astype(np.float32) - 48 * int(_WEIGHTS.sum())
    return _joined(digits, _CHECKS[sums.astype(np.int64) % 11][:, None])


def _named_and_born(chance: Chance, count: int) -> Iterator[Rows]:
    """The commonest names with days of birth, in front or behind, as offices put them together."""
    names = rows_of(one.encode() for one in _NAMED)
    for some in names:
        for form in _BORN:
            part = count * len(some) // (len(_NAMED) * len(_BORN))
            day = _digits(chance.choice(_alive(), part), 8)
            told: Mapping[str, Rows] = {
                "name": some[chance.integers(0, len(some), part)],
                "year": day[:, :4],
                "month": day[:, 4:6],
                "day": day[:, 6:],
            }
            yield _joined(*(told.get(one, one.encode()) for one in form))


_BORN: Final = (
    ("name", "year", "month", "day"),
    ("name", "year", "-", "month", "-", "day"),
    ("name", "|", "year", "month", "day"),
    ("year", "month", "day", "name"),
)
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
