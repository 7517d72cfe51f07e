"""What anybody can list without a release in hand: telephones, citizen numbers, plates, names.

A family is drawn in blocks from its space, not listed whole: where many codes are held a few draws
hit some of them, and one code undone proves how all were made. Drawn the same each time, so that a
verdict is repeatable.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from typing import Any, Final

import numpy as np
import polars as pl

from anonymization.dictionary import words
from anonymization.digests import APART
from anonymization.findings import Numbers
from anonymization.identifiers import CITIZEN_CHECKS, CITIZEN_WEIGHTS
from anonymization.letters import Rows, digits, joined, mixed, rows_of
from anonymization.salts import OFFICES, SALTS, USUAL

# Districts, area code and plates of the city, which an attacker from here would try first.
LOCAL: Final = (150302, 150303, 150304)
AREA: Final = 473
_PLATES: Final = "蒙C"
# Days on which people now alive were born.
_DAYS: Final = 32_000
# The segments most people have; the others are a tenth of the numbers and would cost as much. The
# oldest ones first: most of the numbers that are in use, or made up, begin with them.
OLDEST: Final = (138, 139, 136, 137, 135, 150, 151, 158, 159, 188)
_FRONTS: Final = (
    *OLDEST,
    *(130, 131, 132, 133, 134, 147, 152, 153, 155, 156, 157, 166, 173, 176, 177, 178),
    *(180, 181, 182, 183, 184, 185, 186, 187, 189, 199),
)
# The share of the guesses at numbers from anywhere that begin with one of the oldest.
_OLD: Final = 0.7
_WEIGHTS: Final = np.array(CITIZEN_WEIGHTS)
_CHECKS: Final = np.frombuffer(CITIZEN_CHECKS.encode(), np.uint8)

Chance = np.random.Generator


@dataclass(frozen=True)
class Family:
    """Guesses of one sort: how many there are, how many a block has, and what they are worth.

    `ends`: blocks list all that there is, and are not drawn from it. `is_keyed`: a guess begins
    with the key that it is digested under. `is_dear`: of the families that cost most, so that fewer
    blocks of it are tried where a header speaks of another `kind`. `is_cheap`: worth trying where
    the algorithm is none of the usual, or four bytes are all there is. `rounds`: how many blocks
    are worth trying on many codes; with salts, which are each of a space of its own, fewer.
    """

    name: str
    space: float
    block: int
    draw: Callable[[int], Iterable[Rows]]
    kind: str | None = None
    rounds: int = 80
    ends: bool = False
    is_keyed: bool = False
    is_dear: bool = False
    is_cheap: bool = False

    def guesses(self, block: int) -> list[Rows]:
        """One block of guesses; an attacker's, no secrets."""
        return list(self.draw(block))


def _drawn(
    name: str,
    space: float,
    block: int,
    draw: Callable[[Chance, int], Iterable[Rows]],
    **worth: Any,
) -> Family:
    def seeded(one: int) -> Iterable[Rows]:
        return draw(np.random.default_rng((AREA, one)), block)

    return Family(name, space, block, seeded, **worth)


@cache
def families() -> Mapping[str, Family]:
    """What can be listed without a release in hand, the surest first."""
    local = len(_FRONTS) * 1e5
    # With salts and keys those of the oldest segments alone: of all a third as many would be right.
    oldest = len(OLDEST) * 1e5
    local_oldest = partial(local_mobiles, fronts=OLDEST)
    people = len(LOCAL) * _DAYS * 1e3
    region, oldest_region = len(_FRONTS) * 2e6, len(OLDEST) * 2e6
    dear: dict[str, Any] = {"is_dear": True}
    mobiles, identities = dear | {"kind": "MOBILE"}, dear | {"kind": "ID_CARD"}
    salted, offices = _salty(local_oldest, SALTS), _salty(local_oldest, OFFICES)
    salted_region = _salty(partial(regional_mobiles, fronts=OLDEST), USUAL)
    keyed = _keyed(local_oldest, USUAL)
    salts, names = 2 * len(USUAL), len(NAMED)
    listed = (
        Family("listed", PARTS * 52_000, 52_000, _in_parts, ends=True),
        _drawn("local mobiles", local, 10_000, local_mobiles, is_cheap=True),
        _drawn("written otherwise", 5 * local, 25_000, _otherwise),
        _drawn("numbers", 1.1e7, 12_000, _serials, is_cheap=True),
        _drawn("plates", 9e5, 6_000, _plates, is_cheap=True),
        _drawn("landlines", 3e6, 9_000, _landlines, rounds=25),
        _drawn("identities", people, 50_000, citizens, **identities, is_cheap=True),
        _drawn("regional mobiles", region, 50_000, regional_mobiles, **mobiles),
        _drawn("mobiles", len(_FRONTS) * 1e8, 50_000, _mobiles, **mobiles),
        _drawn("salted mobiles", 2 * len(SALTS) * oldest, 50_000, salted, **mobiles, rounds=20),
        _drawn(
            "offices' mobiles", 2 * len(OFFICES) * oldest, 50_000, offices, **mobiles, rounds=25
        ),
        _drawn(
            "keyed mobiles", len(USUAL) * oldest, 50_000, keyed, **mobiles, rounds=12, is_keyed=True
        ),
        _drawn(
            "salted regional", salts * oldest_region, 50_000, salted_region, **mobiles, rounds=12
        ),
        _drawn("names and births", names * len(_BORN) * _DAYS, 60_000, _named_and_born, **dear),
        _drawn("names and tails", 10 * names * 1e4, 60_000, _named_and_numbered),
        _drawn("salted", salts * people, 100_000, _salty(citizens, USUAL), **identities, rounds=16),
    )
    return {one.name: one for one in listed}


def _salty(
    draw: Callable[[Chance, int], Iterable[Rows]], salts: Sequence[str]
) -> Callable[[Chance, int], Iterable[Rows]]:
    def salty(chance: Chance, count: int) -> Iterable[Rows]:
        drawn = list(draw(chance, count // (2 * len(salts))))
        return (both for salt in salts for one in drawn for both in mixed(salt.encode(), one))

    return salty


def _keyed(
    draw: Callable[[Chance, int], Iterable[Rows]], keys: Sequence[str]
) -> Callable[[Chance, int], Iterable[Rows]]:
    """Guesses behind the keys they are digested under, as `digests` takes them."""

    def keyed(chance: Chance, count: int) -> Iterable[Rows]:
        drawn = list(draw(chance, count // len(keys)))
        return (joined(key.encode() + APART, one) for key in keys for one in drawn)

    return keyed


# --- what anybody can list --------------------------------------------------------------------


# Portions of all that is listed, each from all over it.
PARTS: Final = 16


def _in_parts(part: int) -> list[Rows]:
    return rows_of(_all_listed()[part::PARTS])


@cache
def _all_listed() -> list[bytes]:
    """Dates, small numbers and names."""
    days = [date(1920, 1, 1) + timedelta(one) for one in range(40_543)]
    made = [one.isoformat().encode() for one in days]
    made += [one.strftime("%Y%m%d").encode() for one in days]
    made += [b"%d" % one for one in range(100_000)]
    made += [one.encode() for one in _doors()]
    made += [
        f"{sex}{one:{form}}".encode()
        for one in days[3_650:36_000]
        for sex in "男女"
        for form in ("%Y%m%d", "%Y-%m-%d")
    ]
    surnames, given = words()["surnames"], words()["given"]
    made += [(front + one).encode() for front, one in itertools.product(surnames[:100], given)]
    some = itertools.product(surnames[:40], given[:90], given[:90])
    made += [(front + one + two).encode() for front, one, two in some]
    # The same of old systems, a part of them.
    some = itertools.product(surnames[:20], given[:60], given[:60])
    return made + [(front + one + two).encode("gb18030") for front, one, two in some]


def _doors() -> Iterator[str]:
    """Doors of flats as addresses have them: few enough to be listed."""
    for building, stairs, floor, flat in itertools.product(
        range(1, 41), range(1, 6), range(1, 19), range(1, 5)
    ):
        yield f"{building}号楼{stairs}单元{floor}{flat:02}"
        yield f"{building}-{stairs}-{floor}{flat:02}"


def local_mobiles(chance: Chance, count: int, fronts: Sequence[int] = _FRONTS) -> list[Rows]:
    """Telephones of the city that begin with one of these."""
    # The segments of a city carry its area code, behind a nought or not: 150 473x, 139 0473.
    first = chance.choice(np.array(fronts), count)
    behind = chance.integers(0, 10**5, count)
    nought = chance.random(count) < 0.3
    middle = np.where(nought, AREA * 10**4 + behind // 10, AREA * 10**5 + behind)
    return [joined(digits(first, 3), digits(middle, 8))]


def _otherwise(chance: Chance, count: int) -> Iterator[Rows]:
    """The same as forms and programs write them."""
    (some,) = local_mobiles(chance, count // 5)
    yield from (joined(before, some) for before in (b"+86", b"86", b"+86-"))
    yield joined(some, b"@139.com")
    yield joined(some[:, :3], b"-", some[:, 3:7], b"-", some[:, 7:])


def regional_mobiles(chance: Chance, count: int, fronts: Sequence[int] = _FRONTS) -> list[Rows]:
    """Numbers whose middle begins as the area codes of the province do: 04…, 47…."""
    first = chance.choice(np.array(fronts), count)
    middle = chance.choice(np.array((4, 47)), count) * 10**6 + chance.integers(0, 10**6, count)
    return [joined(digits(first, 3), digits(middle, 8))]


def _mobiles(chance: Chance, count: int) -> list[Rows]:
    old = int(_OLD * count)
    fronts = np.concatenate(
        [
            chance.choice(np.array(OLDEST), old),
            chance.choice(np.array(_FRONTS[len(OLDEST) :]), count - old),
        ]
    )
    return [joined(digits(fronts, 3), digits(chance.integers(0, 10**8, count), 8))]


def _serials(chance: Chance, count: int) -> Iterator[Rows]:
    """Numbers of six and seven digits, as staff, pupils and households have."""
    yield digits(chance.integers(10**5, 10**6, count // 3), 6)
    yield digits(chance.integers(10**6, 10**7, count - count // 3), 7)


def _landlines(chance: Chance, count: int) -> Iterator[Rows]:
    some = digits(chance.integers(2 * 10**6, 9 * 10**6, count // 3), 7)
    yield from (joined(b"0473-", some), joined(b"0473", some), some)


def _plates(chance: Chance, count: int) -> Iterator[Rows]:
    """Five characters behind the city's letter: digits, or one letter; six for new energy."""
    front = _PLATES.encode()
    letters = np.frombuffer(b"ABCDEFGHJKLMNPQRSTUVWXYZ", np.uint8)
    made = digits(chance.integers(0, 10**5, count), 5)
    # The letter stands first oftener than at the other places together.
    where = np.where(chance.random(count) < 0.6, 0, chance.integers(0, 5, count))
    some = np.arange(count // 6, count)
    made[some, where[some]] = chance.choice(letters, len(some))
    yield joined(front, made)
    green = digits(chance.integers(0, 10**5, count // 6), 5)
    yield from (joined(front + sign, green) for sign in (b"D", b"F"))


def citizens(chance: Chance, count: int) -> list[Rows]:
    """Resident numbers of people of the city who are now alive."""
    return [identities(chance, _alive(), count)]


def identities(chance: Chance, days: Numbers, count: int) -> Rows:
    """Resident numbers of the city's districts with valid check digits."""
    return checked(
        chance.choice(np.array(LOCAL), count),
        chance.choice(days, count),
        chance.integers(0, 1000, count),
    )


def checked(regions: Numbers, days: Numbers, orders: Numbers) -> Rows:
    """Resident numbers of these parts, with their check digits."""
    numbers = joined(digits(regions, 6), digits(days, 8), digits(orders, 3))
    # The sum of the ASCII digits is that of the digits and 48 times that of the weights.
    sums = numbers.astype(np.float32) @ _WEIGHTS.astype(np.float32) - 48 * int(_WEIGHTS.sum())
    return joined(numbers, _CHECKS[sums.astype(np.int64) % 11][:, None])


def _named_and_born(chance: Chance, count: int) -> Iterator[Rows]:
    """The commonest names with days of birth, in front or behind, as offices put them together."""
    names = rows_of(one.encode() for one in NAMED)
    for some in names:
        for form in _BORN:
            part = count * len(some) // (len(NAMED) * len(_BORN))
            day = digits(chance.choice(_alive(), part), 8)
            told: Mapping[str, Rows] = {
                "name": some[chance.integers(0, len(some), part)],
                "year": day[:, :4],
                "month": day[:, 4:6],
                "day": day[:, 6:],
            }
            yield joined(*(told.get(one, one.encode()) for one in form))


def _named_and_numbered(chance: Chance, count: int) -> Iterator[Rows]:
    """The commonest names with the last four digits of a number behind them."""
    for some in rows_of(one.encode() for one in NAMED):
        part = count * len(some) // len(NAMED)
        chosen = some[chance.integers(0, len(some), part)]
        yield joined(chosen, digits(chance.integers(0, 10**4, part), 4))


_BORN: Final = (
    ("name", "year", "month", "day"),
    ("name", "year", "-", "month", "-", "day"),
    ("name", "|", "year", "month", "day"),
    ("year", "month", "day", "name"),
)
# The surnames and given names most people have (Ministry of Public Security, reports on names).
_GIVEN: Final = "秀英 秀兰 桂英 建国 志强 建华 玉兰 海燕 桂兰 晓东 文斌 玉梅 建军 桂芳"
NAMED: Final = tuple(
    surname + given
    for surname in "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
    for given in (*"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚辉鹏玲桂斌梅波", *_GIVEN.split())
)


@cache
def _alive() -> Numbers:
    """Birth dates of people now alive, as eight digits."""
    days = pl.Series([date(1935, 1, 1) + timedelta(one) for one in range(_DAYS)])
    return days.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()
