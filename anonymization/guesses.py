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
from anonymization.findings import Numbers, Terms, starred
from anonymization.identifiers import CITIZEN_CHECKS, CITIZEN_WEIGHTS

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
    *("wh", "whs", "150300", *map(str, _LOCAL), "0473", "SALT", "Wuhai", "WUHAI", "乌海", "乌海市"),
    *("000000", "888888", "666666", "test", "md5", "sm3", "hash", "gov", "data"),
    *(str(year) for year in range(2022, 2028)),
    *(f"{city}{year}" for city in ("wuhai", "wh", "乌海") for year in (2024, 2025, 2026)),
    *("2025-", "-2025", "2025_", "_2025", "2026-", "-2026", "wuhai_", "_wuhai", "wuhai-", "-wuhai"),
)
# What the offices of a city are called for short, in characters and in initials.
_OFFICES: Final = (
    "民政局 mzj|教育局 jyj|公安局 gaj|财政局 czj|审计局 sjj|司法局 sfj|统计局 tjj|水务局 swj"
    "|林草局 lcj|商务局 swj|信访局 xfj|税务局 swj|气象局 qxj|邮政局 yzj|科技局 kjj"
    "|工信局 gxj|人社局 rsj|住建局 zjj|医保局 ybj|能源局 nyj|农牧局 nmj|交通局 jtj"
    "|应急局 yjj|卫健委 wjw|发改委 fgw|国资委 gzw|残联 cl|妇联 fl|团委 tw|总工会 zgh"
    "|城管局 cgj|文旅局 wlj|环保局 hbj|生态环境局 sthjj|自然资源局 zrzyj|市监局 sjj"
    "|市场监管局 scjgj|退役军人局 tyjrj|政数局 zsj|大数据局 dsjj|公积金中心 gjjzx"
    "|疾控中心 jkzx|医院 yy|学校 xx|法院 fy|检察院 jcy"
)
OFFICES: Final = tuple(
    dict.fromkeys(
        front + one
        for both in _OFFICES.split("|")
        for name, initials in [both.split(" ")]
        for front, one in (
            *(("", name), ("乌海市", name)),
            *(("", initials), ("wh", initials), ("whs", initials), ("", initials.upper())),
        )
    )
)
# The segments most people have; the others are a tenth of the numbers and would cost as much. The
# oldest ones first: most of the numbers that are in use, or made up, begin with them.
_OLDEST: Final = (138, 139, 136, 137, 135, 150, 151, 158, 159, 188)
_FRONTS: Final = (
    *_OLDEST,
    *(130, 131, 132, 133, 134, 147, 152, 153, 155, 156, 157, 166, 173, 176, 177, 178),
    *(180, 181, 182, 183, 184, 185, 186, 187, 189, 199),
)
# The share of the guesses at numbers from anywhere that begin with one of the oldest.
_OLD: Final = 0.7
_WEIGHTS: Final = np.array(CITIZEN_WEIGHTS)
_CHECKS: Final = np.frombuffer(CITIZEN_CHECKS.encode(), np.uint8)

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
        _drawn("regional mobiles", len(_FRONTS) * 2e6, 50_000, _regional_mobiles),
        _drawn("mobiles", len(_FRONTS) * 1e8, 50_000, _mobiles),
        _drawn("salted mobiles", 2 * len(SALTS) * local, 50_000, _salty(_local_mobiles, SALTS)),
        _drawn(
            "offices' mobiles", 2 * len(OFFICES) * local, 50_000, _salty(_local_mobiles, OFFICES)
        ),
        _drawn(
            "salted regional",
            2 * len(_USUAL) * len(_FRONTS) * 2e6,
            50_000,
            _salty(_regional_mobiles, _USUAL),
        ),
        _drawn("names and births", len(_NAMED) * len(_BORN) * _DAYS, 60_000, _named_and_born),
        _drawn("names and tails", 10 * len(_NAMED) * 1e4, 60_000, _named_and_numbered),
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
    told, _ = _birth_dates(texts)
    if not len(told):
        return []
    space = 1000 * len(_LOCAL) * len(told)
    count = min(400_000, space // 2, _HOPED * space // max(1, texts.height))
    return [_identities(np.random.default_rng(11), told, count)]


# Hits that are hoped for where all people of a release are of the city.
_HOPED: Final = 30


def beside(texts: pl.DataFrame) -> Iterator[list[Rows]]:
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
        for family in _OF_THE_CITY:
            cost = _SURE * families()[family].space / rows
            hands.append((cost, salt, b"", family))
            if family == "local mobiles":
                hands += [(_RARER * cost, salt, one, family) for one in _MARKS]
    spent = 0
    for cost, salt, mark, family in sorted(hands):
        count = int(max(_LEAST_BESIDE, min(cost, _MOST_BESIDE)))
        if cost > 2 * _MOST_BESIDE or (spent := spent + 2 * count) > _BESIDE:
            continue
        numbers = _OF_THE_CITY[family](np.random.default_rng(12), count)
        yield [
            both
            for one in numbers
            for both in (_joined(salt + mark, one), _joined(one, mark + salt))
        ]


def beside_each(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """The likeliest numbers of the city with what stands beside them in some rows, each by itself.

    Where each row has a salt of its own a guess is worth one row: those of the oldest segment, to
    which one in ten belongs, are tried for a few rows with every column that differs by rows.
    """
    rows = range(0, texts.height, max(1, texts.height // _ALONE))[:_ALONE]
    salts: list[list[str | None]] = [
        texts[name].gather(list(rows)).to_list()
        for name in texts.columns
        if _differs(texts[name])
    ][:_UNLIKE]  # fmt: skip
    salts += [[str(row + first) for row in rows] for first in (1, 0)]
    every = _joined(_SEGMENT, _digits(np.arange(10**4), 4))
    for each in salts:
        for one in each:
            if one:
                yield list(_mixed(one.encode(), every))


def _differs(values: pl.Series) -> bool:
    """Whether a column may hold a salt for each row: short, and another in most rows."""
    values = values.head(_COUNTED)
    present = values.drop_nulls()
    if len(present) < 0.9 * len(values) or present.n_unique() < 0.2 * len(present):
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


def bound(texts: pl.DataFrame) -> Iterator[list[Rows]]:
    """Numbers that what is left of them in a row allows, with all that may be a salt beside them.

    A mask of four signs leaves ten thousand telephones, a birth date some thousand citizens: they
    are tried with each cell of the row, the number of the row, and the usual salts.
    """
    for rows, row in itertools.islice(_allowed(texts), _ROWS_TRIED):
        yield [rows]
        cells = (one for one in texts.row(row) if one and len(one) <= _LONGEST_SALT)
        numbers = (str(row), str(row + 1))
        salts = dict.fromkeys((*cells, *numbers, *SALTS, *OFFICES))
        for salt in salts:
            yield list(_mixed(salt.encode(), rows))


def _allowed(texts: pl.DataFrame) -> Iterator[tuple[Rows, int]]:
    """The numbers that a mask or a birth date leaves, and the row; at most so many to a row."""
    # Two rows are enough; all of a million would cost more than the guesses.
    texts = texts.head(_COUNTED)
    for name in texts.columns:
        values = starred(texts[name])
        masked = values.str.contains(_MASKED_MOBILE)
        for row in masked.fill_null(False).arg_true().head(_ROWS_TRIED).to_list():
            shown = values[row]
            hidden = shown.count("*")
            every = _digits(np.arange(10**hidden), hidden)
            front, back = shown.split("*" * hidden)
            yield _joined(front.encode(), every, back.encode()), row
    told, rows = _birth_dates(texts, whole=True)
    every = np.arange(1000)
    for day, row in zip(told[:_ROWS_TRIED], rows, strict=False):
        yield (
            _checked(
                np.repeat(np.array(_LOCAL), 1000), np.full(3000, day), np.tile(every, len(_LOCAL))
            ),
            row,
        )


_MASKED_MOBILE: Final = r"^1[3-9][0-9]{1,8}\*{1,4}[0-9]{0,8}$"
# Rows that are undone one by one, the longest salt, hits hoped for with a salt of many rows.
_ROWS_TRIED: Final = 2
_LONGEST_SALT: Final = 24
_SURE: Final = 3
# Guesses with one salt and with all of them.
_LEAST_BESIDE: Final = 1000
_MOST_BESIDE: Final = 250_000
_BESIDE: Final = 800_000


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


def _regional_mobiles(chance: Chance, count: int) -> list[Rows]:
    """Numbers whose middle begins as the area codes of the province do: 04…, 47…."""
    fronts = chance.choice(np.array(_FRONTS), count)
    middle = chance.choice(np.array((4, 47)), count) * 10**6 + chance.integers(0, 10**6, count)
    return [_joined(_digits(fronts, 3), _digits(middle, 8))]


def _mobiles(chance: Chance, count: int) -> list[Rows]:
    old = int(_OLD * count)
    fronts = np.concatenate(
        [
            chance.choice(np.array(_OLDEST), old),
            chance.choice(np.array(_FRONTS[len(_OLDEST) :]), count - old),
        ]
    )
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
    return _checked(
        chance.choice(np.array(_LOCAL), count),
        chance.choice(days, count),
        chance.integers(0, 1000, count),
    )


def _checked(regions: Numbers, days: Numbers, orders: Numbers) -> Rows:
    """Resident numbers of these parts, with their check digits."""
    digits = _joined(_digits(regions, 6), _digits(days, 8), _digits(orders, 3))
    # The sum of the ASCII digits is that of the digits and 48 times that of the weights.
    sums = digits.astype(np.float32) @ _WEIGHTS.astype(np.float32) - 48 * int(_WEIGHTS.sum())
    return _joined(digits, _CHECKS[sums.astype(np.int64) % 11][:, None])


# What salts of a release are tried with.
_OF_THE_CITY: Final[Mapping[str, Callable[[Chance, int], Iterable[Rows]]]] = {
    "local mobiles": _local_mobiles,
    "identities": _citizens,
    "regional mobiles": _regional_mobiles,
}


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


def _named_and_numbered(chance: Chance, count: int) -> Iterator[Rows]:
    """The commonest names with the last four digits of a number behind them."""
    for some in rows_of(one.encode() for one in _NAMED):
        part = count * len(some) // len(_NAMED)
        chosen = some[chance.integers(0, len(some), part)]
        yield _joined(chosen, _digits(chance.integers(0, 10**4, part), 4))


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


def _birth_dates(texts: pl.DataFrame, *, whole: bool = False) -> tuple[Numbers, Sequence[int]]:
    """Birth dates the release itself tells, as eight digits, and the first rows that tell them."""
    for name in texts.columns:
        if "出生" in name or name.lower() in {"birth_date", "birthday", "csrq", "dob"}:
            digits = texts[name].str.replace_all("[^0-9]", "")
            told = (digits.str.len_chars() == 8).fill_null(False)
            rows = told.arg_true()
            if len(rows):
                dates = digits.gather(rows)
                if not whole:
                    dates = dates.unique().head(2000)
                return dates.head(2000).cast(pl.Int64).to_numpy(), rows.head(2000).to_list()
    return np.zeros(0, np.int64), ()
