"""Numbers of people times a factor, and a sum: no key, but two of them lead to all others.

Whoever knows his own number and a friend's solves the two unknowns. That all codes of a column
leave the same rest when a factor divides them is no chance; what is left then stands as thick and
as thin as telephones do in their segments, or as days do in months.
"""

import math
from collections.abc import Container, Iterator
from typing import Final

import numpy as np
import polars as pl

from anonymization.findings import Finding, Numbers, drawn, matching, share

_WHOLE: Final = "^-?[0-9]{9,22}$"
# Codes that are needed to tell segments from what is spread evenly.
_LEAST: Final = 100
# Telephones reach from 130… to 199…; of a hundred million each one is a segment.
_SEGMENT: Final = 10**8
_SEGMENTS: Final = range(20, 71)
# How many more pairs stand in one segment than if all were spread evenly; ways to lay segments.
_THICKER: Final = 1.4
_SHIFTS: Final = 10
# A citizen number ends in month, day, order and check digit, or without the last: of a hundred
# places for months twelve are taken, thirteen where a sum moved them.
_ENDS: Final = (10**8, 10**7)
_MONTHS: Final = 13


def told(texts: pl.DataFrame, left_out: Container[str]) -> Iterator[Finding]:
    """Columns of numbers that are those of people but for a factor and a sum."""
    for name in texts.columns:
        values = texts[name].drop_nulls()
        some = drawn(values)
        if name in left_out or len(some) < _LEAST or matching(some, _WHOLE) < 1:
            continue
        factor, rest = _divided([int(one) for one in some.unique()])
        if factor == 1 or len(rest) < _LEAST:
            continue
        kind = "手机号码" if _in_segments(rest) else "公民身份号码" if _in_months(rest) else None
        if kind is not None:
            yield _finding(name, factor, kind, len(values), texts)


def _divided(numbers: list[int]) -> tuple[int, list[int]]:
    """The factor that all numbers have in common but for a sum, and what it leaves of each.

    Noughts, or other figures that are the same behind all, are no factor.
    """
    first = min(numbers)
    factor = math.gcd(*(one - first for one in numbers))
    while factor and factor % 10 == 0:
        factor //= 10
    return (factor, [(one - first) // factor for one in numbers]) if factor else (1, [])


def _in_segments(rest: list[int]) -> bool:
    """Whether numbers stand as thick in some hundred millions as telephones do."""
    spread = max(rest)
    if spread // _SEGMENT not in _SEGMENTS:
        return False
    places: Numbers = np.array(rest, np.int64)
    pairs = len(places) * (len(places) - 1) / (spread / _SEGMENT)
    shifts = range(0, _SEGMENT, _SEGMENT // _SHIFTS)
    together = [np.bincount((places + shift) // _SEGMENT) for shift in shifts]
    return max(float((one * (one - 1)).sum()) for one in together) > _THICKER * pairs


def _in_months(rest: list[int]) -> bool:
    """Whether the ends of numbers leave as much out as the months leave of a hundred places."""
    for end in _ENDS:
        taken = sorted({(one % end) // (end // 100) for one in rest})
        gaps = [
            (after - one) % 100 for one, after in zip(taken, taken[1:] + taken[:1], strict=True)
        ]
        if max(rest) > end and len(taken) > 1 and 100 - max(gaps) < _MONTHS:
            return True
    return False


def _finding(name: str, factor: int, kind: str, records: int, texts: pl.DataFrame) -> Finding:
    what = "telephones" if kind == "手机号码" else "citizen numbers"
    return Finding(
        "DIRECT_IDENTIFIER_LEFT",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」是{kind}乘以 {factor} 再加一个数：各行相差都是 {factor} 的倍数，"
        f"除开以后疏密与号码一致；知道其中两人的号码，{records} 行全都能算出来。",
        f"column {name} is {what} times {factor} and a sum: all differ by multiples of {factor}, "
        f"and what is left stands as {what} do; who knows the numbers of two people works out all "
        f"{records}.",
        "改用带密钥假名（HMAC-SM3）或删除该列。",
        "Use a keyed pseudonym (HMAC-SM3) or remove the column.",
        "例：自己 13800000000、熟人 13900000000 的编码相差 3 亿 → 乘数是 3，其余的编码照此倒算",
        "for example: the codes of 13800000000 and 13900000000 differ by 300 million → the factor "
        "is 3, and all other codes are worked out",
    )
