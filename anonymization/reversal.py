"""Codes that lead back: plain hashes of what anybody can list, and numbers merely rewritten."""

import base64
import binascii
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from anonymization.detection import residual
from anonymization.findings import Finding, Numbers, Terms, matching, share

# Districts and the area code of the city, which an attacker from here would try first.
_LOCAL: Final = (150302, 150303, 150304)
_AREA: Final = 473
_GUESSES: Final = 400_000
# Days on which people now alive were born; so many hits are proof enough.
_DAYS: Final = 32_000
_ENOUGH: Final = 1000


_ALGORITHMS: Final[Mapping[int, tuple[str, ...]]] = {
    16: ("md5",),
    32: ("md5",),
    40: ("sha1",),
    64: ("sha256", "sm3"),
}


def plain_hashes(texts: pl.DataFrame, tokens: Mapping[str, str], terms: Terms) -> list[Finding]:
    """Codes that are plain hashes of what anybody can list."""
    findings = []
    for name, shape in tokens.items():
        if shape != "hex":
            continue
        values = texts[name].drop_nulls().str.to_lowercase()
        lengths = values.str.len_chars().unique()
        algorithms = _ALGORITHMS.get(int(lengths[0])) if len(lengths) == 1 else None
        if algorithms is None:
            continue
        held = frozenset(bytes.fromhex(one) for one in values.unique())
        for algorithm in algorithms:
            undone = _reverse(held, algorithm, _guesses(texts, terms, len(held)))
            if undone:
                count = int(values.is_in([one.hex() for one in undone]).sum())
                findings.append(_unsalted(name, algorithm, count, len(undone), texts))
                break
    return findings


def _reverse(held: frozenset[bytes], algorithm: str, guesses: Iterator[bytes]) -> set[bytes]:
    """The codes that are the hash of some guess; enough of them prove it, so it stops there."""
    if algorithm not in hashlib.algorithms_available:
        return set()
    make = getattr(hashlib, algorithm, None) or partial(hashlib.new, algorithm)
    # The short form of an MD5 is its middle half.
    part = slice(4, 12) if len(next(iter(held))) == 8 else slice(None)
    found = set()
    for guess in guesses:
        digest = make(guess).digest()[part]
        if digest in held:
            found.add(digest)
            if len(found) == _ENOUGH:
                break
    return found


def _tries(space: float, held: int) -> int:
    """How many random guesses in a space hit one of the codes held ten times on average."""
    return min(_GUESSES, int(10 * space / held) + 1000)


def _guesses(texts: pl.DataFrame, terms: Terms, held: int) -> Iterator[bytes]:
    """What an attacker would list: what he holds, local numbers, dates, small numbers, names.

    One hit proves the hash, so numbers are drawn until some should have hit, not listed all.
    """
    for values in terms.raw.values():
        yield from _encoded(values.cast(pl.String, strict=False).drop_nulls().unique())
    for name in texts.columns:
        yield from _encoded(texts[name].drop_nulls().unique().head(20_000))
    # Guesses of an attacker, not secrets: the same each time, so that a verdict is repeatable.
    chance = np.random.default_rng(473)
    fronts = np.array(_MOBILE_FRONTS)
    local = _tries(len(fronts) * 1e5, held)
    yield from _numbers(
        chance.choice(fronts, local),
        3,
        np.full(local, _AREA),
        3,
        chance.integers(0, 10**5, local),
        5,
    )
    yield from _identities(chance, _birth_dates(texts), held)
    if (anywhere := len(fronts) * 1e8) < _GUESSES * held:
        many = _tries(anywhere, held)
        yield from _numbers(chance.choice(fronts, many), 3, chance.integers(0, 10**8, many), 8)
    day = date(1920, 1, 1)
    while day < date(2031, 1, 1):
        yield day.isoformat().encode()
        yield day.strftime("%Y%m%d").encode()
        day += timedelta(1)
    yield from (str(one).encode() for one in range(100_000))
    from faker.providers.person.zh_CN import Provider

    for front, back in itertools.product(Provider.last_names, Provider.first_names):
        yield (front + back).encode()


def _encoded(values: pl.Series) -> Iterator[bytes]:
    return (one.encode() for one in values)


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


_MOBILE_FRONTS: Final = (
    *(130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 145, 146, 147, 148, 149, 150, 151, 152),
    *(153, 155, 156, 157, 158, 159, 166, 170, 172, 173, 174, 175, 176, 177, 178, 180, 181, 182),
    *(183, 184, 185, 186, 187, 188, 189, 191, 198, 199),
)
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECKS: Final = np.frombuffer(b"10X98765432", np.uint8)


def _birth_dates(texts: pl.DataFrame) -> Numbers:
    """Birth dates the release itself tells, else all of people now alive, as eight digits."""
    for name in texts.columns:
        if "出生" in name or name.lower() in {"birth_date", "birthday"}:
            digits = texts[name].drop_nulls().str.replace_all("[^0-9]", "")
            whole = digits.filter(digits.str.len_chars() == 8).unique().head(2000)
            if len(whole):
                return whole.cast(pl.Int64).to_numpy()
    days = pl.Series([date(1935, 1, 1) + timedelta(one) for one in range(_DAYS)])
    return days.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()


def _identities(chance: np.random.Generator, born: Numbers, held: int) -> Iterator[bytes]:
    """Resident numbers of the city's districts with valid check digits."""
    count = _tries(len(_LOCAL) * len(born) * 1e3, held)
    digits = _digits(
        *(chance.choice(np.array(_LOCAL), count), 6),
        *(chance.choice(born, count), 8),
        *(chance.integers(0, 1000, count), 3),
    )
    checks = _CHECKS[(digits @ _WEIGHTS) % 11]
    return _written(np.column_stack([(digits + 48).astype(np.uint8), checks]))


def _unsalted(
    name: str, algorithm: str, records: int, distinct: int, texts: pl.DataFrame
) -> Finding:
    return Finding(
        "UNSALTED_HASH",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」是未加密钥的 {algorithm.upper()} 散列：用字典试出 {distinct} 个原值，"
        "其余同样可以穷举。",
        f"column {name} is a plain {algorithm} hash: {distinct} values were found by listing; "
        "the others can be listed as well.",
        "改用带密钥假名（HMAC-SM3），密钥不随数据流转。",
        "Use a keyed pseudonym (HMAC-SM3); the key never travels with the data.",
    )


def rewritten(texts: pl.DataFrame, tokens: Mapping[str, str]) -> list[Finding]:
    """Codes that only write a number differently: base64, hexadecimal text, reversed digits."""
    findings = []
    for name in texts.columns:
        values = texts[name]
        if name in tokens or matching(values, "^[0-9A-Fa-f]{22,}$") > 0.95:
            zh, en, undone = "编码", "encoded", _undone(values)
        elif matching(values, "^[0-9Xx]{11,19}$") > 0.5:
            zh, en, undone = "倒序", "reversed", values.str.reverse()
        else:
            continue
        if undone is not None:
            count, already = _numbers_in(undone), _numbers_in(values)
            # Check digits pass by chance in one of eleven, mobile numbers more often.
            if count > max(already, 0.5 * len(values.drop_nulls())):
                findings.append(
                    Finding(
                        "DIRECT_IDENTIFIER_LEFT",
                        (name,),
                        count,
                        share(count, texts),
                        f"列「{name}」只是把号码{zh}书写，{count} 行可直接还原。",
                        f"column {name} only shows numbers {en}; {count} rows read back at once.",
                        "改用带密钥假名（HMAC-SM3）或删除该列。",
                        "Use a keyed pseudonym (HMAC-SM3) or remove the column.",
                    )
                )
    return findings


def _numbers_in(values: pl.Series) -> int:
    found = residual(pl.DataFrame({"n": values}))
    return sum(one.count for one in found if one.kind in {"ID_CARD", "MOBILE", "BANK_CARD"})


def _undone(values: pl.Series) -> pl.Series | None:
    """The texts behind the codes of a column; None where its first codes hold no text."""
    first = values.drop_nulls().head(200)
    if first.map_elements(_decoded, return_dtype=pl.String).null_count() > 0.5 * len(first):
        return None
    return values.map_elements(_decoded, return_dtype=pl.String)


def _decoded(code: str) -> str | None:
    for decode in (_from_base64, bytes.fromhex):
        try:
            shown = decode(code).decode("utf-8")
        except (ValueError, binascii.Error):
            continue
        if shown.isprintable():
            return shown
    return None


def _from_base64(code: str) -> bytes:
    return base64.b64decode(code, validate=True)
