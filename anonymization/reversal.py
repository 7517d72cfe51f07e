"""Codes that lead back: plain digests of what anybody can list, whatever the algorithm."""

import base64
import binascii
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
import polars as pl

from anonymization.dictionary import words
from anonymization.findings import Finding, Numbers, Terms, share

# Districts and the area code of the city, which an attacker from here would try first.
_LOCAL: Final = (150302, 150303, 150304)
_AREA: Final = 473
# Days on which people now alive were born; guesses of a block; so many hits are proof enough.
_DAYS: Final = 32_000
_BLOCK: Final = 250_000
_ENOUGH: Final = 50

# Algorithms by the characters of their hexadecimal form; the first are tried longest.
_ALGORITHMS: Final[Mapping[int, tuple[str, ...]]] = {
    32: ("md5", "sm3", "sha256"),
    40: ("sha1", "sm3", "sha256"),
    56: ("sha224", "sha3_224"),
    64: ("sha256", "sm3", "sha3_256", "blake2s"),
    96: ("sha384",),
    128: ("sha512", "blake2b", "sha3_512"),
}
_CUT: Final = ("md5", "sm3", "sha256", "sha1", "sha512")
# What people put beside a value when they call it a salt.
_SALTS: Final = ("salt", "wuhai", "123456", "abc123", "password", "key", "secret", "admin")


@dataclass(frozen=True)
class Held:
    """The distinct codes of a column: the digests' first bytes as numbers, how many bytes."""

    codes: Numbers
    width: int
    characters: int

    def hits(self, digests: Numbers) -> int:
        """How many of these digests (sorted, their first eight bytes) are codes held."""
        cut = digests >> np.uint64(64 - 8 * self.width)
        few, many = sorted((cut, self.codes), key=len)
        places = np.searchsorted(many, few)
        places[places == len(many)] = 0
        return int((many[places] == few).sum())


def plain_hashes(texts: pl.DataFrame, tokens: Mapping[str, str], terms: Terms) -> list[Finding]:
    """Codes that are plain digests of what anybody can list.

    Of codes that the run itself made under its key only what is in hand is tried: no list of
    people holds what a key of 32 bytes makes of them.
    """
    findings = []
    for name, shape in tokens.items():
        held = _held(texts[name], shape)
        if held is None:
            continue
        for algorithm in _ALGORITHMS.get(held.characters, _CUT):
            undone = _reverse(held, algorithm, texts, terms, is_keyed=name in terms.keyed)
            if undone:
                filled = int(texts[name].is_not_null().sum())
                findings.append(_unsalted(name, algorithm, filled, undone, texts))
                break
    return findings


def _held(values: pl.Series, shape: str) -> Held | None:
    """The codes of a column as numbers; None where they are of different lengths or no digests."""
    distinct = values.drop_nulls().unique()
    if distinct.str.len_chars().n_unique() != 1:
        return None
    if shape == "base64":
        # A digest is 16 to 64 bytes; what is no base64 of those is some other code.
        try:
            blobs = [base64.b64decode(one + "=" * (-len(one) % 4)) for one in distinct]
        except (ValueError, binascii.Error):
            return None
        characters = 2 * len(blobs[0])
    else:
        characters = len(distinct[0])
        even = distinct.str.slice(0, characters // 2 * 2)
        blobs = [bytes.fromhex(one) for one in even]
    width = min(8, len(blobs[0]))
    if width < 6:
        return None
    numbers = np.array([int.from_bytes(one[:width]) for one in blobs], np.uint64)
    return Held(np.unique(numbers), width, characters)


def _reverse(
    held: Held, algorithm: str, texts: pl.DataFrame, terms: Terms, *, is_keyed: bool
) -> int:
    """How many guesses are behind the codes; it stops when enough prove it."""
    if algorithm not in hashlib.algorithms_available:
        return 0
    # Six bytes agree by chance once in a while; eight never do.
    least = 1 if held.width == 8 else 3
    rounds = _rounds(held.characters, algorithm)
    found = 0
    families = _families(texts, terms)
    for family, space, own in itertools.islice(families, 1) if is_keyed else families:
        for block in range(_blocks(space, len(held.codes), rounds)):
            found += sum(held.hits(one) for one in _digests(family, block, algorithm, own))
            if found >= _ENOUGH:
                return found
    return found if found >= least else 0


def _rounds(characters: int, algorithm: str) -> int:
    """How many blocks of random guesses a digest of this length is worth."""
    if characters not in _ALGORITHMS:
        return 12 if algorithm in _CUT[:3] else 1
    # A whole MD5 is likelier than the half of anything longer; 64 characters are either.
    usual = _ALGORITHMS[characters][: 2 if characters == 64 else 1]
    return 16 if algorithm in usual else 1


def _blocks(space: float, held: int, rounds: int) -> int:
    """How many blocks of random guesses hit a code held some three times, within reason.

    None where so many would hit nothing: a hundred telephones among all there are.
    """
    wanted = int(3 * space / held / _BLOCK) + 1
    return min(rounds, wanted) if wanted <= 12 * rounds else 0


# --- guesses --------------------------------------------------------------------------------

# The segments most people have; the others are a tenth of the numbers and would cost as much.
_FRONTS: Final = (
    *(130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 153, 155, 156, 157),
    *(158, 159, 166, 173, 176, 177, 178, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 199),
)
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECKS: Final = np.frombuffer(b"10X98765432", np.uint8)


def _families(texts: pl.DataFrame, terms: Terms) -> Iterator[tuple[str, float, list[bytes]]]:
    """What an attacker lists, the surest first: a name, the space drawn from (0: all of it is
    listed), and guesses of this release alone.
    """
    yield "own", 0, _own(texts, terms)
    born = _birth_dates(texts)
    if len(born):
        chance = np.random.default_rng(11)
        count = min(400_000, 1500 * len(_LOCAL) * len(born))
        yield "own", 0, list(_identities(chance, born, count))
    yield "listed", 0, []
    yield "local mobiles", len(_FRONTS) * 1e5, []
    yield "identities", len(_LOCAL) * _DAYS * 1e3, []
    yield "mobiles", len(_FRONTS) * 1e8, []
    yield "salted", len(_LOCAL) * _DAYS * 2e3, []


def _own(texts: pl.DataFrame, terms: Terms) -> list[bytes]:
    """Values of the registers in hand and of the release's other columns."""
    made: list[bytes] = []
    for values in terms.raw.values():
        listed = values.cast(pl.String, strict=False).drop_nulls().unique()
        made += [one.encode() for one in listed]
        made += [one.encode() for one in _salted(listed.head(2000))]
    for name in texts.columns:
        made += [one.encode() for one in texts[name].drop_nulls().unique().head(20_000)]
    return made


def _salted(values: Iterable[str]) -> Iterator[str]:
    for one, salt in itertools.product(values, _SALTS):
        yield salt + one
        yield one + salt


def _guesses(family: str, block: int) -> Iterable[bytes]:
    """Guesses of an attacker, not secrets: the same each time, so a verdict is repeatable."""
    chance = np.random.default_rng((473, block))
    if family == "listed":
        return _listed()
    if family == "identities":
        return _identities(chance, _alive(), _BLOCK)
    if family == "salted":
        some = [one.decode() for one in _identities(chance, _alive(), _BLOCK // 8)]
        return (one.encode() for one in _salted(some))
    fronts = chance.choice(np.array(_FRONTS), _BLOCK)
    if family == "local mobiles":
        # The segments of a city carry its area code, behind a nought or not: 150 473x, 139 0473.
        behind = chance.integers(0, 10**5, _BLOCK)
        nought = chance.random(_BLOCK) < 0.3
        middle = np.where(nought, _AREA * 10**4 + behind // 10, _AREA * 10**5 + behind)
        return _numbers(fronts, 3, middle, 8)
    return _numbers(fronts, 3, chance.integers(0, 10**8, _BLOCK), 8)


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


def _birth_dates(texts: pl.DataFrame) -> Numbers:
    """Birth dates the release itself tells, as eight digits."""
    for name in texts.columns:
        if "出生" in name or name.lower() in {"birth_date", "birthday", "csrq", "dob"}:
            digits = texts[name].drop_nulls().str.replace_all("[^0-9]", "")
            whole = digits.filter(digits.str.len_chars() == 8).unique().head(2000)
            if len(whole):
                return whole.cast(pl.Int64).to_numpy()
    return np.zeros(0, np.int64)


@cache
def _alive() -> Numbers:
    """Birth dates of people now alive, as eight digits."""
    days = pl.Series([date(1935, 1, 1) + timedelta(one) for one in range(_DAYS)])
    return days.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()


def _identities(chance: np.random.Generator, born: Numbers, count: int) -> Iterator[bytes]:
    """Resident numbers of the city's districts with valid check digits."""
    digits = _digits(
        *(chance.choice(np.array(_LOCAL), count), 6),
        *(chance.choice(born, count), 8),
        *(chance.integers(0, 1000, count), 3),
    )
    checks = _CHECKS[(digits @ _WEIGHTS) % 11]
    return _written(np.column_stack([(digits + 48).astype(np.uint8), checks]))


# --- digests --------------------------------------------------------------------------------


def _digests(family: str, block: int, algorithm: str, own: list[bytes]) -> Iterator[Numbers]:
    """The first eight bytes, as numbers, of the digests of some guesses in every usual form."""
    if own:
        yield from _all_forms(own, algorithm)
    elif family != "own":
        yield from _kept(family, block, algorithm)


# The same list serves every column and every release a process judges: 2 MB a block and form,
# most of a second on one core.
@lru_cache(maxsize=160)
def _kept(family: str, block: int, algorithm: str) -> tuple[Numbers, ...]:
    twice = family in {"identities", "mobiles"} and block == 0
    return tuple(_all_forms(_guesses(family, block), algorithm, twice))


def _all_forms(guesses: Iterable[bytes], algorithm: str, twice: bool = True) -> Iterator[Numbers]:
    listed = guesses if isinstance(guesses, list) else list(guesses)
    digest = _digester(algorithm)
    whole = [digest(one) for one in listed]
    yield _fronts(whole)
    if algorithm == "md5":
        # The short form of an MD5 is its middle half.
        yield _fronts([one[4:12] for one in whole])
    if twice:
        yield _fronts([digest(one.hex().encode()) for one in whole])


def _fronts(digests: list[bytes]) -> Numbers:
    width = len(digests[0]) if digests else 8
    rows = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, width)[:, :8]
    return np.sort(np.ascontiguousarray(rows).view(">u8").ravel().astype(np.uint64))


def _digester(algorithm: str) -> Callable[[bytes], bytes]:
    make = getattr(hashlib, algorithm, None)
    if make is not None:
        return lambda text: make(text).digest()
    # Looking SM3 up by name costs more than the digest; a copy of an empty one does not.
    empty = hashlib.new(algorithm)

    def digest(text: bytes) -> bytes:
        one = empty.copy()
        one.update(text)
        return one.digest()

    return digest


def _unsalted(name: str, algorithm: str, records: int, hits: int, texts: pl.DataFrame) -> Finding:
    shown = _digester(algorithm)(b"13800000000").hex()[:8]
    return Finding(
        "UNSALTED_HASH",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」是未加密钥的 {algorithm.upper()} 散列：用字典试出 {hits} 个原值，"
        "其余同样可以穷举。",
        f"column {name} is a plain {algorithm} hash: {hits} values were found by listing; "
        "the others can be listed as well.",
        "改用带密钥假名（HMAC-SM3），密钥不随数据流转。",
        "Use a keyed pseudonym (HMAC-SM3); the key never travels with the data.",
        f"例：对 13800000000 计算 {algorithm.upper()} 得 {shown}…，逐个号码计算后比对即知原值",
        f"for example {algorithm} of 13800000000 is {shown}…: compute every number and compare",
    )
