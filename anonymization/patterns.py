"""Finds identifiers in text: undoes disguises, then scans whole columns by pattern and check digit.

Two ways through one table of patterns: `scan` takes a column at once (Rust regex of polars, check
digits in numpy), `find` takes one text and gives spans in the offsets of the text as it was
written. What one finds the other finds.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl
import re2

from anonymization import identifiers
from anonymization.dictionary import (
    address_pattern,
    door_pattern,
    name_patterns,
    names,
)

# --- undoing disguises ----------------------------------------------------------------------

_INVISIBLE: Final = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
# As they are written, said on the telephone, and written on cheques.
_SPELLED: Final = "〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_NUMERALS: Final = dict(zip(_SPELLED, "0012345678912123456789", strict=True))
_DASHES: Final = "\u2010-\u2015\u2212\u30fb\uff65"
# Worth a look: full-width digits and letters, other forms of digits, blanks, dashes.
_DISGUISED: Final = (
    f"[{_INVISIBLE}{_DASHES}\u00a0\u2000-\u200a\u202f\u3000\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\uff0b\uff0d\uff0e\uff20\u2070-\u2099\u2460-\u249b\u24ea\U0001d7ce-\U0001d7ff]|（0"
)
_NUMERALS_RUN: Final = f"[{_SPELLED}0-9]{{3}}[{_SPELLED}]{{4}}"


@dataclass(frozen=True)
class Plain:
    """A text without its disguises; `offsets[i]` is where character i stood, the last its end."""

    text: str
    offsets: tuple[int, ...]


def plain(text: str) -> Plain:
    """Fold compatibility forms, drop invisible characters, write runs of numerals as digits."""
    made: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character):
            if not _INVISIBLE_RE.match(one):
                made.append("-" if _DASH_RE.match(one) else one)
                places.append(place)
    for run in _RUN.finditer("".join(made)):
        for at in range(*run.span()):
            made[at] = _NUMERALS.get(made[at], made[at])
    return Plain("".join(made), (*places, len(text)))


def unmasked(values: pl.Series) -> pl.Series:
    """The same for a whole column: only cells that need it are touched; blank cells are null."""
    texts = values if values.dtype == pl.String else values.cast(pl.String, strict=False)
    disguised = texts.str.contains(_DISGUISED).fill_null(False)
    if disguised.any():
        rows = disguised.arg_true()
        folded = texts.gather(rows).str.normalize("NFKC")
        folded = folded.str.replace_all(f"[{_INVISIBLE}]", "").str.replace_all(f"[{_DASHES}]", "-")
        texts = texts.scatter(rows, folded)
    spelled = texts.str.contains(_NUMERALS_RUN).fill_null(False)
    if spelled.any():
        rows = spelled.arg_true()
        written = [plain(one).text for one in texts.gather(rows)]
        texts = texts.scatter(rows, pl.Series(written, dtype=pl.String))
    return texts.str.strip_chars(" \t\r\n'\"")


_INVISIBLE_RE: Final = re.compile(f"[{_INVISIBLE}]")
_DASH_RE: Final = re.compile(f"[{_DASHES}]")
_RUN: Final = re.compile(f"[{_SPELLED}0-9]{{7,}}")


Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

# --- check digits of many at once -----------------------------------------------------------


def _matrix(numbers: pl.Series, width: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    joined = numbers.str.join("").item() if len(numbers) else ""
    return np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, width)


def citizen_numbers(numbers: pl.Series, today: date) -> Flags:
    """Which of these numbers of 18 characters are citizen numbers (GB 11643-1999)."""
    return _citizen_checks(numbers, today) & _born(numbers, today)


def _citizen_checks(numbers: pl.Series, today: date) -> Flags:
    """Which end in the check character of the digits before it."""
    digits = _matrix(numbers, 18).astype(np.int64) - 48
    digits[:, 17] = np.where(digits[:, 17] > 9, 10, digits[:, 17])
    remainder = digits[:, :17] @ np.array(identifiers.CITIZEN_WEIGHTS) % 11
    wanted = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2])[remainder]
    same: Flags = wanted == digits[:, 17]
    return same


def _citizen_shape(digits: np.ndarray[Any, Any], today: date) -> Flags:
    """Which have a province and a birth date that was; the check character not looked at."""
    known = np.zeros(100, bool)
    known[list(identifiers.PROVINCES)] = True
    province = known[digits[:, 0] * 10 + digits[:, 1]]
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    month, day = digits[:, 10] * 10 + digits[:, 11], digits[:, 12] * 10 + digits[:, 13]
    lengths = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    real = (month >= 1) & (month <= 12)
    last = lengths[np.where(real, month, 0)]
    common = (year % 4 != 0) | ((year % 100 == 0) & (year % 400 != 0))
    last = last - ((month == 2) & common)
    whole = year * 10000 + month * 100 + day
    past = (year >= 1900) & (whole <= today.year * 10000 + today.month * 100 + today.day)
    return province & real & (day >= 1) & (day <= last) & past  # type: ignore[no-any-return]


def card_numbers(numbers: pl.Series) -> Flags:
    """Which of these numbers of 13 to 19 digits pass Luhn and begin as cards do."""
    digits = _matrix(numbers.str.zfill(19), 19).astype(np.int64) - 48
    doubled = digits[:, 17::-2] * 2
    total = digits[:, 18::-2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    return total % 10 == 0  # type: ignore[no-any-return]


def credit_codes(codes: pl.Series) -> Flags:
    """Which of these codes of 18 characters are unified social credit codes (GB 32100-2015)."""
    values = np.full(128, -1000)
    values[[ord(one) for one in identifiers.CREDIT_ALPHABET]] = range(31)
    matrix = values[_matrix(codes, 18)]
    total = matrix[:, :17] @ np.array(identifiers.CREDIT_WEIGHTS)
    return (31 - total % 31) % 31 == matrix[:, 17]  # type: ignore[no-any-return]


# --- the patterns ---------------------------------------------------------------------------

Check = Callable[[pl.Series, date], Flags]
EDGE: Final = r"(?-u:\b)"


@dataclass(frozen=True)
class Pattern:
    """How one kind is recognised in text.

    `gate` is cheap and true for every cell that may hold one, `sieve` cheaper still and shared
    by several; `regex` has one group, the identifier; `strip` is what may stand inside it as
    separator; `shape` says on identifiers without separators, in capitals, what counts as a
    look-alike at all, `check` which of those hold. A cell that is `plain` is the identifier as
    it stands. Where columns need no identifier cut out, `quick` tells the cells apart at a tenth
    of the cost.
    """

    kind: str
    gate: str
    regex: str
    strip: str = ""
    check: Check | None = None
    shape: Check | None = None
    quick: str | None = None
    plain: str | None = None
    sieve: str | None = None

    @property
    def rust(self) -> str:
        """The pattern with edges of ASCII words, as re2 has them: 号 and 1 touch in Chinese."""
        return self.regex.replace(r"\b", EDGE)

    def judge(self, found: pl.Series, today: date) -> Flags:
        """Which of these look-alikes hold."""
        if self.check is None or found.is_empty():
            return np.ones(len(found), bool)
        return self.check(found, today)

    def holds(self, found: str, today: date) -> bool:
        """Whether one identifier as written holds."""
        bare = re.sub(f"[{re.escape(self.strip)}]", "", found) if self.strip else found
        one = pl.Series([bare.upper()])
        shaped = self.shape is None or bool(self.shape(one, today)[0])
        return shaped and bool(self.judge(one, today)[0])


def _born(found: pl.Series, today: date) -> Flags:
    """With a province and a birth date in them: of these one in eleven passes by chance."""
    return _citizen_shape(_matrix(found, 18).astype(np.int64) - 48, today)


def _headed(found: pl.Series, today: date) -> Flags:
    return found.str.contains(f"^{identifiers.BANK_HEADS}$").to_numpy()


def _cards(found: pl.Series, today: date) -> Flags:
    good = card_numbers(found)
    # 62 is also a province: what is a citizen number is no card.
    return _but_citizens(good, found, today)


def _credits(found: pl.Series, today: date) -> Flags:
    return _but_citizens(credit_codes(found), found, today)


def _but_citizens(good: Flags, found: pl.Series, today: date) -> Flags:
    same = good & found.str.contains("^[0-9]{17}[0-9X]$").to_numpy()
    if same.any():
        good[same] &= ~citizen_numbers(found.filter(pl.Series(same)), today)
    return good


def _mobiles(found: pl.Series, today: date) -> Flags:
    return found.str.contains(f"^(?:(?:00)?86)?{identifiers.MOBILE}$").to_numpy()


def _by(kind: str) -> Check:
    def check(found: pl.Series, today: date) -> Flags:
        return np.array([identifiers.read(kind, one) is not None for one in found], bool)

    return check


# Whole numbers of bits from the left: masks of networks are no machines, nor is every machine.
_MASKS: Final = frozenset(
    str(ipaddress.ip_address((0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF)) for bits in range(33)
)


def _machines(found: pl.Series, today: date) -> Flags:
    """Which are addresses of machines: no masks of networks, no networks with their length."""
    return (~(found.is_in(list(_MASKS)) | found.str.contains("/"))).to_numpy()


def _names(found: pl.Series, today: date) -> Flags:
    return (names(found) & ~found.str.contains(_PUPILS)).to_numpy()


# 高中生 and 严学生 speak for themselves; as a name the one in a thousand.
_PUPILS: Final = "(?:中|学|考|新|师|老|先)生$"


_SEP: Final = r"[ \-./·]?"
_LONG: Final = rf"[0-9](?:{_SEP}[0-9]){{9}}"
# A number in front of a dot or behind one is a decimal, unless nothing but noughts follow.
_BEFORE: Final = r"(?:[0-9]\.)?\b"
_AFTER: Final = r"\b(?:\.[0-9]+)?"
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_SIGNS: Final = identifiers.PROVINCE_SIGNS
_LONGITUDE: Final = r"[Ee]?(?:7[3-9]|[89][0-9]|1[0-3][0-9])\.[0-9]{3,}°?[Ee]?"
_LATITUDE: Final = r"[Nn]?[1-5]?[0-9]\.[0-9]{3,}°?[Nn]?"
_CODE: Final = "0-9A-HJ-NP-RTUWXYa-hj-np-rtuwxy"

_NO_AT: Final = r" ?(?:[\[({<] ?(?:[aA][tT]?|艾特) ?[\])}>]|[aA][tT]符号|艾特|#) ?"
_NO_DOT: Final = r" ?(?:\.|[\[({<] ?(?:[dD][oO][tT]|点) ?[\])}>]|点) ?"

# What all cells have that a dearer gate is tried on: marks between digits; any other character.
_MARKED: Final = "[-:.) ]"
_WORDED: Final = "[^0-9Xx .+-]"

PATTERNS: Final[tuple[Pattern, ...]] = (
    Pattern(
        "ID_CARD",
        _LONG,
        rf"{_BEFORE}([1-9](?:{_SEP}[0-9]){{16}}{_SEP}[0-9Xx]){_AFTER}",
        " -./·",
        _citizen_checks,
        _born,
        plain="^[1-9][0-9]{16}[0-9Xx]$",
    ),
    Pattern(
        "USCC",
        "[0-9]{6}",
        rf"\b([1-9ANYany][0-9A-Za-z][0-9]{{6}}[{_CODE}]{{10}})\b",
        "",
        _credits,
        plain=f"^[1-9ANYany][0-9A-Za-z][0-9]{{6}}[{_CODE}]{{10}}$",
    ),
    Pattern(
        "BANK_CARD",
        _LONG,
        rf"{_BEFORE}([3-69](?:[ .·-]?[0-9]){{14,18}}){_AFTER}",
        " -.·",
        _cards,
        _headed,
        plain="^[3-69][0-9]{14,18}$",
    ),
    Pattern(
        "MOBILE",
        _LONG,
        rf"{_BEFORE}((?:(?:\+|\b00|\b)86[ -]?)?1[0-9]{{2}}[ -]?[0-9]{{4}}[ -]?[0-9]{{4}}"
        rf"|1(?:[ .·-][0-9]){{10}}){_AFTER}",
        " -.·+",
        _mobiles,
        plain="^1[0-9]{10}$",
    ),
    Pattern(
        "LANDLINE",
        "0[0-9]{2,3}[) -]{1,2}[2-8]",
        r"\b(0[0-9]{2,3}\)?[ -]{1,2}[2-8][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?"
        r"|0[0-9]{2,3}\)[2-8][0-9]{6,7})\b",
        "()",
        _by("landline"),
        sieve=_MARKED,
    ),
    Pattern("EMAIL", "@", rf"\b({identifiers.EMAIL})\b", sieve=_WORDED),
    # Written so that no machine reads it: x [at] 163.com, x(a)163.com, x#163.com.
    Pattern(
        "EMAIL",
        r"#[0-9A-Za-z ]|艾特|[aA][tT]符号|[\[({<] ?(?:[aA]|艾)",
        rf"\b([A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}{_NO_AT}[A-Za-z0-9-]{{1,63}}"
        rf"(?:{_NO_DOT}[A-Za-z0-9-]{{2,63}}){{0,2}}{_NO_DOT}[A-Za-z]{{2,6}})\b",
        sieve=_WORDED,
    ),
    Pattern(
        "PLATE",
        f"[{_SIGNS}][A-HJ-NP-Za-hj-np-z]",
        rf"([{_SIGNS}][A-HJ-NP-Za-hj-np-z][·. -]?(?:[0-9A-Za-z]{{5,6}}\b"
        "|[0-9A-Za-z]{4}[挂学警港澳]))",
        " ·.-",
        _by("plate"),
        sieve=_WORDED,
    ),
    Pattern(
        "MAC",
        "[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[.][0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}",
        r"\b([0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})"
        r"|[0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4})\b",
        sieve=_MARKED,
    ),
    Pattern(
        "IP",
        "[0-9][.][0-9]{1,3}[.][0-9]|[0-9A-Fa-f]:[0-9A-Fa-f]*:",
        rf"\b((?:{_OCTET}\.){{3}}{_OCTET}(?:/[0-9]{{1,2}})?|[0-9A-Fa-f]{{1,4}}(?::[0-9A-Fa-f]{{1,4}}){{7}}"
        r"|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6})\b",
        check=_machines,
        sieve=_MARKED,
    ),
    Pattern(
        "GPS",
        "[0-9][.][0-9]{3}",
        rf"\b({_LONGITUDE}[,;， ] ?{_LATITUDE}|{_LATITUDE}[,;， ] ?{_LONGITUDE})",
        sieve=_MARKED,
    ),
    Pattern(
        "ADDRESS",
        "[路街巷道弄里区村镇乡旗查]",
        f"({address_pattern()})",
        quick=door_pattern(),
        sieve=_WORDED,
    ),
    # What has no check of its own is believed behind the word that announces it.
    Pattern(
        "ID_CARD",
        "身份证|证件",
        r"(?:身份证|证件)(?:号码|号)?[^0-9A-Za-z]{0,4}\b([1-9][0-9]{14})\b",
        "",
        _by("citizen_id_15"),
    ),
    Pattern(
        "PASSPORT",
        "护照|[Pp]assport|PASSPORT",
        r"(?:护照|(?i:passport))[^0-9A-Za-z]{0,2}(?:号码|号|(?i:no))?[^0-9A-Za-z]{0,4}"
        rf"\b({identifiers.PASSPORT})\b",
    ),
    Pattern(
        "SSN",
        "社保|社会保障",
        r"社(?:保|会保障)卡?(?:号码|号|卡号|编号)?[^0-9A-Za-z]{0,4}\b([0-9A-Z][0-9]{8})\b",
    ),
    Pattern(
        "MRN",
        "病历|病案|住院|门诊|就诊",
        r"(?:病历|病案|住院|门诊|就诊)(?:号码|号|编号)[^0-9A-Za-z]{0,4}\b([A-Z]{0,4}-?[0-9]{5,12})\b",
    ),
    Pattern(
        "WECHAT",
        "微信|[Ww][Xx]|[Vv][Xx]|[Ww]e[Cc]hat",
        r"(?:微信(?:号码|号)?|\b(?i:vx|wx)|(?i:wechat)(?: ?(?i:id))?)[^0-9A-Za-z_,，。;；]{0,4}"
        r"\b([A-Za-z][A-Za-z0-9_-]{5,19})\b",
    ),
    Pattern("WECHAT", "wxid_", r"\b(wxid_[a-z0-9]{8,20})\b"),
    Pattern(
        "QQ", "[Qq][Qq]", r"(?i:qq)(?:号码|号)?[^0-9A-Za-z,，。;；]{0,4}\b([1-9][0-9]{4,10})\b"
    ),
    *(Pattern("PERSON", gate, regex, "", _names) for gate, regex in name_patterns()),
)


# --- whole columns --------------------------------------------------------------------------


def scan(values: pl.Series, today: date, kinds: Collection[str] | None = None) -> pl.DataFrame:
    """Every candidate in a column of unmasked texts.

    Columns: `row`, `kind`, `found` (the identifier without separators), `whole` (it is the cell)
    and `valid` (its check digit or layout holds).
    """
    parts = []
    lengths = values.str.len_chars()
    gates = _Gates(values)
    for pattern in PATTERNS:
        if kinds is not None and pattern.kind not in kinds:
            continue
        rows = gates.rows(pattern)
        if len(rows):
            parts.append(_candidates(values.gather(rows), rows, lengths, pattern, today))
    return _outermost(pl.concat(parts)) if parts else pl.DataFrame(schema=_FOUND)


class _Gates:
    """Which cells a pattern is tried on; every sieve and gate is applied once."""

    def __init__(self, values: pl.Series) -> None:
        self.values = values
        self.kept: dict[tuple[str | None, str], pl.Series] = {}

    def rows(self, pattern: Pattern) -> pl.Series:
        """The cells a pattern's gate is open for."""
        return self._through(
            pattern.sieve or (_SPOKEN if pattern.gate in _WORDS else None), pattern.gate
        )

    def _through(self, sieve: str | None, gate: str) -> pl.Series:
        if (sieve, gate) not in self.kept:
            if sieve is None:
                rows = _holding(self.values, gate).arg_true()
            else:
                rows = self._through(_WORDED if sieve == _SPOKEN else None, sieve)
                if len(rows):
                    rows = rows.filter(_holding(self.values.gather(rows), gate))
            self.kept[sieve, gate] = rows
        return self.kept[sieve, gate]


def _holding(values: pl.Series, pattern: str) -> pl.Series:
    return values.str.contains(pattern.replace(r"\b", EDGE)).fill_null(False)


# Gates that are words: most cells have none of them, which one pass over all of them tells.
_WORDS: Final = frozenset(
    pattern.gate
    for pattern in PATTERNS
    if pattern.sieve is None and re.search("[\u4e00-\u9fff]|wxid|Qq", pattern.gate)
)
_SPOKEN: Final = "|".join(sorted(_WORDS))


_FOUND: Final = {
    "row": pl.UInt32,
    "kind": pl.String,
    "found": pl.String,
    "whole": pl.Boolean,
    "valid": pl.Boolean,
}


def _candidates(
    texts: pl.Series, rows: pl.Series, lengths: pl.Series, pattern: Pattern, today: date
) -> pl.DataFrame:
    if pattern.quick is not None:
        hit = rows.filter(texts.str.contains(pattern.quick))
        return pl.DataFrame(
            {
                "row": hit.cast(pl.UInt32),
                "kind": pattern.kind,
                "found": "",
                "whole": False,
                "valid": True,
            },
            schema=_FOUND,
        )
    exact = pl.DataFrame(schema=_FOUND)
    if pattern.plain is not None:
        whole = texts.str.contains(pattern.plain)
        if whole.any():
            exact = _judged(_as_they_stand(texts.filter(whole), rows.filter(whole)), pattern, today)
            texts, rows = texts.filter(~whole), rows.filter(~whole)
        if texts.is_empty():
            return exact
    rust = pattern.rust
    matched = (
        pl.DataFrame({"row": rows.cast(pl.UInt32), "match": texts.str.extract_all(rust)})
        .filter(pl.col("match").list.len() > 0)
        .explode("match")
    )
    if pattern.regex.startswith(_BEFORE):
        matched = matched.filter(~pl.col("match").str.contains(_DECIMAL))
    found = matched.with_columns(found=pl.col("match").str.extract(rust, 1))
    found = found.with_columns(
        whole=pl.col("found").str.len_chars() >= lengths.gather(found["row"]) - 2
    )
    if pattern.strip:
        found = found.with_columns(pl.col("found").str.replace_all(f"[{pattern.strip}]", ""))
    return pl.concat([exact, _judged(found, pattern, today)])


def _as_they_stand(texts: pl.Series, rows: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"row": rows.cast(pl.UInt32), "found": texts}).with_columns(whole=True)


def _judged(found: pl.DataFrame, pattern: Pattern, today: date) -> pl.DataFrame:
    """Look-alikes without separators, each with whether it holds."""
    found = found.with_columns(pl.col("found").str.to_uppercase())
    if pattern.shape is not None and found.height:
        found = found.filter(pl.Series(pattern.shape(found["found"], today)))
    good = pattern.judge(found["found"], today)
    return found.select(
        "row",
        pl.lit(pattern.kind).alias("kind"),
        "found",
        "whole",
        pl.Series("valid", good, pl.Boolean),
    )


def _outermost(found: pl.DataFrame) -> pl.DataFrame:
    """Without telephones that are a piece of a longer number of the same cell, read by groups."""
    longer = found.filter("valid", pl.col("kind").is_in(["ID_CARD", "BANK_CARD"]))
    if longer.is_empty():
        return found
    pieces = (
        found.with_row_index("at")
        .filter(pl.col("kind").is_in(["MOBILE", "LANDLINE"]))
        .join(longer.select("row", longer="found"), on="row")
        .filter(pl.col("longer").str.contains(pl.col("found"), literal=True))
    )
    return found.with_row_index("at").join(pieces, on="at", how="anti").drop("at")


_DECIMAL: Final = r"^[0-9]\.|\.[0-9]*[1-9][0-9]*$"


# --- one text -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """One identifier in a text: where it stands in the text as written, the end exclusive."""

    start: int
    end: int
    kind: str


def find(text: str, today: date, kinds: Collection[str] | None = None) -> list[Span]:
    """The valid identifiers in a text, in order; of two that overlap the surer one."""
    unmasked_ = plain(text)
    taken = [False] * len(unmasked_.text)
    spans = []
    for pattern, regex in _compiled():
        if kinds is not None and pattern.kind not in kinds:
            continue
        for match in regex.finditer(unmasked_.text):
            start, end = match.span(1)
            if pattern.regex.startswith(_BEFORE) and re.search(_DECIMAL, match.group(0)):
                continue
            if any(taken[start:end]) or not pattern.holds(match.group(1), today):
                continue
            taken[start:end] = [True] * (end - start)
            places = unmasked_.offsets
            spans.append(Span(places[start], places[end - 1] + 1, pattern.kind))
    return sorted(spans, key=lambda span: span.start)


@cache
def _compiled() -> tuple[tuple[Pattern, Any], ...]:
    return tuple((pattern, re2.compile(pattern.regex)) for pattern in PATTERNS)
