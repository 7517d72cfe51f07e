"""Codes that lead back: plain hashes of what anybody can list, and numbers merely rewritten."""

import base64
import binascii
import hashlib
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import polars as pl

from anonymization.detection import residual
from anonymization.findings import Finding, Terms, share

# Districts and the area code of the city, which an attacker from here would try first.
_LOCAL: Final = ("150302", "150303", "150304")
_AREA: Final = "473"
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
    """Codes that are plain hashes of numbers anybody can list."""
    findings = []
    for name, shape in tokens.items():
        if shape != "hex":
            continue
        values = texts[name].drop_nulls().str.to_lowercase()
        lengths = values.str.len_chars().unique()
        algorithms = _ALGORITHMS.get(int(lengths[0])) if len(lengths) == 1 else None
        if algorithms is None:
            continue
        held = frozenset(values)
        for algorithm in algorithms:
            reversed_ = _reverse(
                held, int(lengths[0]), algorithm, _guesses(texts, terms, len(held))
            )
            if reversed_:
                count = int(values.is_in(list(reversed_)).sum())
                findings.append(_unsalted(name, algorithm, count, len(reversed_), texts))
                break
    return findings


def _reverse(held: frozenset[str], length: int, algorithm: str, guesses: Iterator[str]) -> set[str]:
    if algorithm not in hashlib.algorithms_available:
        return set()
    make = getattr(hashlib, algorithm, None) or (lambda data: hashlib.new(algorithm, data))
    found = set()
    for guess in guesses:
        digest = make(guess.encode()).hexdigest()
        if length == 16:
            digest = digest[8:24]
        if digest in held:
            found.add(digest)
            if len(found) == _ENOUGH:
                break
    return found


def _tries(space: float, held: int) -> int:
    """How many random guesses in a space hit one of the codes held twenty times on average."""
    return min(_GUESSES, int(20 * space / held) + 1000)


def _guesses(texts: pl.DataFrame, terms: Terms, held: int) -> Iterator[str]:
    """What an attacker would list: what he holds, local numbers, dates, small numbers, names.

    One hit proves the hash, so numbers are drawn until some should have hit, not listed all.
    """
    for values in terms.raw.values():
        yield from values.cast(pl.String, strict=False).drop_nulls().unique()
    for name in texts.columns:
        yield from texts[name].drop_nulls().unique().head(20_000)
    chance = random.Random(473)  # noqa: S311  # guesses of an attacker, not secrets
    for _ in range(_tries(len(_MOBILE_FRONTS) * 1e5, held)):
        yield f"{chance.choice(_MOBILE_FRONTS)}{_AREA}{chance.randrange(10**5):05d}"
    born = _birth_dates(texts)
    for _ in range(_tries(len(_LOCAL) * (len(born) or _DAYS) * 1e3, held)):
        yield _identity(chance, born)
    if (anywhere := len(_MOBILE_FRONTS) * 1e8) < _GUESSES * held:
        for _ in range(_tries(anywhere, held)):
            yield f"{chance.choice(_MOBILE_FRONTS)}{chance.randrange(10**8):08d}"
    day = date(1920, 1, 1)
    while day < date(2031, 1, 1):
        yield day.isoformat()
        yield day.strftime("%Y%m%d")
        day += timedelta(1)
    yield from map(str, range(100_000))
    from faker.providers.person.zh_CN import Provider

    for front, back in itertools.product(Provider.last_names, Provider.first_names):
        yield front + back


_MOBILE_FRONTS: Final = tuple(
    f"1{n}"
    for n in (*range(30, 40), *range(45, 54), *range(55, 60), 66, 70, *range(72, 90), 91, 98, 99)
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _birth_dates(texts: pl.DataFrame) -> list[str]:
    """Birth dates the release itself tells, as eight digits."""
    for name in texts.columns:
        if "出生" in name or name.lower() in {"birth_date", "birthday"}:
            digits = texts[name].drop_nulls().str.replace_all("[^0-9]", "")
            whole = digits.filter(digits.str.len_chars() == 8).unique()
            return [str(one) for one in whole.head(2000)]
    return []


def _identity(chance: random.Random, born: Sequence[str]) -> str:
    if born:
        day = chance.choice(born)
    else:
        day = (date(1935, 1, 1) + timedelta(chance.randrange(_DAYS))).strftime("%Y%m%d")
    digits = f"{chance.choice(_LOCAL)}{day}{chance.randrange(1000):03d}"
    total = sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


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
        tries = [("倒序", "reversed", values.str.reverse())]
        if name in tokens:
            decoded = values.map_elements(_decoded, return_dtype=pl.String)
            tries = [("编码", "encoded", decoded)]
        for zh, en, undone in tries:
            if undone.is_null().all():
                continue
            count = sum(
                one.count
                for one in residual(pl.DataFrame({name: undone}))
                if one.kind in {"ID_CARD", "MOBILE", "BANK_CARD"}
            )
            already = sum(
                one.count
                for one in residual(pl.DataFrame({name: values}))
                if one.kind in {"ID_CARD", "MOBILE", "BANK_CARD"}
            )
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
