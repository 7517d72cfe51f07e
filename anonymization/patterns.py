"""The table of patterns: how each kind of identifier is recognised in text."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from anonymization import checks, identifiers
from anonymization.checks import Check, Flags
from anonymization.dictionary import address_pattern, door_pattern, name_patterns

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

    @property
    def in_decimals(self) -> bool:
        """Whether what it matches may be a piece of a decimal number, which is none."""
        return self.regex.startswith(_BEFORE)

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
WORDED: Final = "[^0-9Xx .+-]"

PATTERNS: Final[tuple[Pattern, ...]] = (
    Pattern(
        "ID_CARD",
        _LONG,
        rf"{_BEFORE}([1-9](?:{_SEP}[0-9]){{16}}{_SEP}[0-9Xx]){_AFTER}",
        " -./·",
        checks.citizen_checks,
        checks.born,
        plain="^[1-9][0-9]{16}[0-9Xx]$",
    ),
    Pattern(
        "USCC",
        "[0-9]{6}",
        rf"\b([1-9ANYany][0-9A-Za-z][0-9]{{6}}[{_CODE}]{{10}})\b",
        "",
        checks.credits,
        plain=f"^[1-9ANYany][0-9A-Za-z][0-9]{{6}}[{_CODE}]{{10}}$",
    ),
    Pattern(
        "BANK_CARD",
        _LONG,
        rf"{_BEFORE}([3-69](?:[ .·-]?[0-9]){{14,18}}){_AFTER}",
        " -.·",
        checks.cards,
        checks.headed,
        plain="^[3-69][0-9]{14,18}$",
    ),
    Pattern(
        "MOBILE",
        _LONG,
        rf"{_BEFORE}((?:(?:\+|\b00|\b)86[ -]?)?1[0-9]{{2}}[ -]?[0-9]{{4}}[ -]?[0-9]{{4}}"
        rf"|1(?:[ .·-][0-9]){{10}}){_AFTER}",
        " -.·+",
        checks.mobiles,
        plain="^1[0-9]{10}$",
    ),
    Pattern(
        "LANDLINE",
        "0[0-9]{2,3}[) -]{1,2}[2-8]",
        r"\b(0[0-9]{2,3}\)?[ -]{1,2}[2-8][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?"
        r"|0[0-9]{2,3}\)[2-8][0-9]{6,7})\b",
        "()",
        checks.by("landline"),
        sieve=_MARKED,
    ),
    Pattern("EMAIL", "@", rf"\b({identifiers.EMAIL})\b", sieve=WORDED),
    # Written so that no machine reads it: x [at] 163.com, x(a)163.com, x#163.com.
    Pattern(
        "EMAIL",
        r"#[0-9A-Za-z ]|艾特|[aA][tT]符号|[\[({<] ?(?:[aA]|艾)",
        rf"\b([A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}{_NO_AT}[A-Za-z0-9-]{{1,63}}"
        rf"(?:{_NO_DOT}[A-Za-z0-9-]{{2,63}}){{0,2}}{_NO_DOT}[A-Za-z]{{2,6}})\b",
        sieve=WORDED,
    ),
    Pattern(
        "PLATE",
        f"[{_SIGNS}][A-HJ-NP-Za-hj-np-z]",
        rf"([{_SIGNS}][A-HJ-NP-Za-hj-np-z][·. -]?(?:[0-9A-Za-z]{{5,6}}\b"
        "|[0-9A-Za-z]{4}[挂学警港澳]))",
        " ·.-",
        checks.by("plate"),
        sieve=WORDED,
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
        check=checks.machines,
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
        sieve=WORDED,
    ),
    # What has no check of its own is believed behind the word that announces it.
    Pattern(
        "ID_CARD",
        "身份证|证件",
        r"(?:身份证|证件)(?:号码|号)?[^0-9A-Za-z]{0,4}\b([1-9][0-9]{14})\b",
        "",
        checks.by("citizen_id_15"),
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
    *(Pattern("PERSON", gate, regex, "", checks.names) for gate, regex in name_patterns()),
)
