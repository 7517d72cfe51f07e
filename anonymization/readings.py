"""What a column may be read as, and how many of its cells bear it out.

A column is judged as a whole: how many of its look-alikes pass the check digit against how many
would by chance, what its header says, what words its cells are made of.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from anonymization import headers
from anonymization.columns import NEEDED, Profile
from anonymization.dictionary import addresses, each, loose_names, names, share
from anonymization.evidence import Sentence, because


@dataclass(frozen=True)
class Reading:
    """One way to read a column: how many cells are of the kind, what share of the distinct ones,
    and the sentence that says why."""

    kind: str
    hits: int
    share: float
    said: Sentence


def best(profile: Profile) -> Reading | None:
    """The reading that the largest share of the distinct cells bears out, if there is any."""
    if profile.masked:
        return None
    found = [reading for read in _WAYS for reading in read(profile)]
    return max(found, key=lambda reading: reading.share, default=None) or _labelled(profile)


# --- by what can be checked -----------------------------------------------------------------

# Least share of the distinct cells: without a word in the header, with one; least distinct cells.
_LEAST: Final[Mapping[str, tuple[float, float, int]]] = {
    "ID_CARD": (0.02, 0.02, 3),
    "USCC": (0.02, 0.02, 3),
    "EMAIL": (0.05, 0.02, 2),
    "PLATE": (0.3, 0.02, 3),
    "MAC": (0.3, 0.02, 2),
    "BANK_CARD": (0.3, 0.02, 6),
    "MOBILE": (0.3, 0.02, 8),
    "LANDLINE": (0.3, 0.02, 4),
    "IP": (0.8, 0.3, 4),
    "GPS": (0.5, 0.3, 3),
}
_CHECKED: Final = {"ID_CARD", "USCC", "BANK_CARD"}
# Kinds without a check digit, and headers that say their look-alikes are something else.
_LOOKS_ONLY: Final = frozenset({"MOBILE", "LANDLINE", "PLATE", "IP"})
_OTHERWISE: Final = (
    "(?:发票|流水|运单|快递单|订单|单据|凭证|合同|条码|序列|批|工单|案|票据|设备|资产|产品|商品|型|货|文|批准"
    "|业务|受理|申请)(?:号|号码|编号|编码|代码)$|版本|固件|version|firmware|sku|invoice|order"
)


def doubted(profile: Profile) -> frozenset[str]:
    """Kinds that cannot be checked, where the header says that these look-alikes are none."""
    return _LOOKS_ONLY if re.search(_OTHERWISE, profile.header.spoken) else frozenset()


def _checked(profile: Profile) -> Iterator[Reading]:
    """Kinds that their own check digits or layouts prove."""
    for kind, (alone, headed, few) in _LEAST.items():
        if kind not in profile.kinds:
            continue
        each = profile.of_kind(kind, True)
        good = each.filter("valid")
        if good.is_empty() or good.height < NEEDED.get(kind, 0.0) * each.height:
            continue
        part = good.height / len(profile.values)
        named = kind in profile.header.kinds
        if part < (headed if named else alone):
            continue
        # Two that pass where nothing fails are no chance either: in 25 rows there are no more.
        sure = kind in _CHECKED and good.height >= 2 and good.height == each.height
        too_few = good.height < few and part < 1 and not sure
        if not named and (kind in doubted(profile) or too_few or not profile.various(kind)):
            continue
        hits = int(good["n"].sum())
        reason = "checked" if kind in _CHECKED else "written"
        yield Reading(kind, hits, part, because(reason, kind, rows=profile.present, hits=hits))


# Region, birth date without its century, order number: no check digit, so the whole column must
# be of it, and its years must be spread as births are and dates of papers are not.
_OLD: Final = (
    "^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4}"
    "([0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}$"
)


def _old(profile: Profile) -> Iterator[Reading]:
    """Citizen numbers of 15 digits, as given out until 1999."""
    hits, part = profile.layout(_OLD)
    if part < 0.9 or len(profile.values) < 8:
        return
    years = profile.values.str.extract(_OLD).drop_nulls()
    if share(years.cast(pl.Int32) >= 27) > 0.5:
        yield Reading("ID_CARD", hits, part - 0.01, because("old", rows=profile.present, hits=hits))


# --- by what the header says ----------------------------------------------------------------

DATE: Final = (
    r"^(?:18|19|20)[0-9]{2}(?:[-/.年] ?[0-9]{1,2}[-/.月]? ?(?:[0-9]{1,2}日?)?"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?)(?:[ T]0?0:00(?::00.*)?)?$"
)
# What a value looks like where the header says what it is.
LAYOUTS: Final[Mapping[str, str]] = {
    # A spreadsheet keeps fifteen digits of eighteen and shows a power of ten.
    "ID_CARD": r"^[1-9][0-9]{5}(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx]?$|^[1-9]\.[0-9]{3,}[eE]\+?17$",
    "MAC": "^[0-9A-Fa-f]{12}$",
    "MOBILE": r"^(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?:\.0)?$",
    "LANDLINE": r"^(?:\(?0[0-9]{2,3}\)?[- ]?)?[2-8][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?(?:\.0)?$",
    # The sign of the province is left out where all are of one.
    "PLATE": r"^[A-HJ-NP-Z][·•. -]?[0-9A-HJ-NP-Z]{5,6}$",
    "BANK_CARD": r"^[1-9][0-9]{3}(?:[ -]?[0-9]{2,}){3,6}$",
    "PASSPORT": "^[A-Za-z]{1,2}[0-9]{7,8}$",
    "SSN": "^[A-Za-z0-9][0-9]{8}$|^[0-9]{8,12}$",
    "MRN": "^[A-Za-z]{0,4}-?[0-9]{4,14}$",
    "WECHAT": "^[A-Za-z][A-Za-z0-9_-]{5,19}$|^1[3-9][0-9]{9}$|^[1-9][0-9]{5,10}$",
    "QQ": "^[1-9][0-9]{4,10}(?:\\.0)?$",
    "BIRTH_DATE": DATE,
    "GPS": r"^(?:[0-9]{1,2}|1[0-3][0-9])\.[0-9]{3,}$",
}
_BANK_WORDS: Final = ("银行", "收款", "发放", "打款", "开户", "代发", "结算", "bank", "yh")


def _headed(profile: Profile) -> Iterator[Reading]:
    """Kinds the header names, borne out by the layout of the values."""
    for kind in profile.header.kinds:
        layout = LAYOUTS.get(kind) or headers.kinds()[kind].get("layout")
        if layout is None:
            continue
        if kind == "BANK_CARD" and not any(one in profile.name.lower() for one in _BANK_WORDS):
            continue
        hits, part = profile.layout(layout)
        if part >= 0.5:
            word = profile.header.word
            said = because("headed", kind, word=word, rows=profile.present, hits=hits)
            # A check digit says more than a header: at equal shares it goes first.
            yield Reading(kind, hits, part - 0.01, said)


# --- by the words cells are made of ---------------------------------------------------------

_WHO: Final = "(?:人|者|户|员|师|生|对象|家属|军人|民|孤儿|儿童|妇女?|子女)$"
_NAME_WORDS: Final = frozenset({"姓名", "名字", "xm", "full_name", "fullname", "realname"})


def _people(profile: Profile) -> Iterator[Reading]:
    """Names of persons, by the characters they are made of."""
    header, values = profile.header, profile.values
    headed = header.kinds[:1] == ("PERSON",)
    # 残疾人 is what somebody is, or who he is: names say which.
    may_be = not header.kinds and (header.item is None or re.search(_WHO, header.spoken))
    if values.is_empty() or not (headed or may_be):
        return
    hits, strict = profile.like(each(values, names))
    if headed:
        loosely = profile.like(each(values, loose_names))
        sure = header.word in _NAME_WORDS or strict >= 0.35
        if loosely[1] >= 0.6 and sure:
            yield _spelled(profile, "PERSON", *loosely)
    elif strict >= 0.7 and len(values) >= 10 and _long_enough(values):
        yield _spelled(profile, "PERSON", hits, strict)


def people_among_others(profile: Profile) -> Reading | None:
    """Names under a header that says nothing, in a table that is one of people."""
    hits, part = profile.like(names(profile.values))
    if part < 0.6 or len(profile.values) < 5 or not _long_enough(profile.values):
        return None
    return _spelled(profile, "PERSON", hits, part)


def _homes(profile: Profile) -> Iterator[Reading]:
    """Addresses, by the words they are made of; an organisation's are nobody's."""
    headed = profile.header.kinds[:1] == ("ADDRESS",)
    if profile.header.organisation or (profile.header.kinds and not headed):
        return
    hits, part = profile.like(addresses(profile.values))
    if part >= (0.3 if headed else 0.7) and (headed or len(profile.values) >= 8):
        yield _spelled(profile, "ADDRESS", hits, part)


def _long_enough(values: pl.Series) -> bool:
    """Whether a fifth have three characters or more, as names do and cities or trades do not."""
    return share(values.str.len_chars() >= 3) >= 0.2


def _spelled(profile: Profile, kind: str, hits: int, part: float) -> Reading:
    reason = "headed and spelled" if kind in profile.header.kinds else "spelled"
    said = because(reason, kind, word=profile.header.word, rows=profile.present, hits=hits)
    return Reading(kind, hits, part - 0.02, said)


_WAYS: Final = (_checked, _old, _headed, _people, _homes)


# --- by what stands behind a label ----------------------------------------------------------


def _labelled(profile: Profile) -> Reading | None:
    """Short cells that hold one identifier each behind some label, as 电话：13…."""
    if share(profile.values.str.len_chars() <= 30) < 0.8:
        return None
    for kind in [one for one in _LEAST if one in profile.kinds]:
        good = profile.of_kind(kind, False).filter("valid")
        hits = int(good["n"].sum())
        if good.height < 3 or hits < 0.8 * profile.present:
            continue
        if profile.believed(kind) and profile.various(kind):
            said = because("labelled", kind, rows=profile.present, hits=hits)
            return Reading(kind, hits, good.height / len(profile.values), said)
    return None
