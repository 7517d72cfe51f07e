"""Says from the name of a column what it may hold; values must bear it out."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Header:
    """What a header suggests: identifiers (the likeliest first), an item, and who it is about.

    `spoken` is the header itself, in small letters, without remarks.
    """

    kinds: tuple[str, ...]
    item: str | None
    organisation: bool
    word: str | None
    spoken: str = ""


@cache
def tables() -> Mapping[str, Any]:
    """Kinds of identifiers and items of personal information with the words of their headers."""
    text = (files("anonymization") / "_kinds.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@cache
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """Every kind of identifier by its code."""
    return {kind["id"]: kind for kind in tables()["kinds"]}


@cache
def items() -> Mapping[str, Mapping[str, Any]]:
    """Every item of personal information by its name, with how it is found."""
    return {item["item"]: item for item in tables()["items"]}


@lru_cache(maxsize=1 << 15)
def read(name: str) -> Header:
    """What the words of a header say; in Chinese and English the last word is what it is."""
    spoken = _spoken(name)
    if not spoken or (re.search(_COUNTS, spoken) and not ends_with(name, _own_counts())):
        return Header((), None, False, None, spoken)
    found = [
        (place, kind["id"], word)
        for kind in tables()["kinds"]
        for word in (*kind["headers"], *kind["latin"])
        if (place := _place(spoken, word.lower()))
    ]
    best = max((place for place, _, _ in found), default=None)
    # 出生日期 is a birth date and 发证日期 none: the longer of the words at the end decides.
    other = max((len(w) for w in tables()["not_identifiers"] if spoken.endswith(w)), default=0)
    if other and (best is None or best <= (len(spoken), other)):
        return Header((), _item(spoken), False, None, spoken)
    named = tuple(dict.fromkeys(kind for place, kind, _ in sorted(found, reverse=True)))
    word = next((word for place, _, word in found if place == best), None)
    organisation = any(word in spoken for word in tables()["organisation"])
    return Header(named, _item(spoken), organisation, word, spoken)


def _spoken(name: str) -> str:
    """A header without remarks in brackets, its Latin words between underscores."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]|[*＊:：\s]", "", unicodedata.normalize("NFKC", name))
    # 身高cm is 身高: a unit may stand behind without brackets.
    bare = re.sub("(?<=[\u4e00-\u9fff])(?:cm|kg|mm|km|ml|m|g|%)$", "", bare)
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[-.]", "_", bare).lower()


def written(name: str) -> str:
    """A header as it is compared: full-width or not, without blanks and unseen signs, a as A."""
    folded = unicodedata.normalize("NFKC", name)
    seen = (one for one in folded if not one.isspace() and unicodedata.category(one) not in _UNSEEN)
    return "".join(one.lower() if one.isascii() else one for one in seen)


# Marks of direction and joining, and what no program should have left in a header.
_UNSEEN = frozenset({"Cf", "Cc"})


def ends_with(name: str, some: Iterable[str]) -> bool:
    """Whether a header ends in one of these words, as a header says last what it is."""
    spoken = _spoken(name)
    return any((place := _place(spoken, word)) and place[0] == len(spoken) for word in some)


def says_last(name: str, item: str) -> bool:
    """Whether a header is of this item and not of something about it: 职务级别, not 职务晋升评价.

    What may stand behind the word sorts, codes or counts off what it says; anything else makes it
    another thing. Words that are no item's own header are heard anywhere.
    """
    spoken = _spoken(name)
    if re.search(_OPINIONS, spoken):
        return False
    if item in _PLAIN:
        return True
    places = [_place(spoken, word.lower()) for word in items()[item]["headers"]]
    ends = [place[0] for place in places if place]
    return not ends or any(re.fullmatch(_SORTED, spoken[end:]) for end in ends)


# Items that no other thing is called after.
_PLAIN = frozenset({"性别", "年龄", "出生日期", "民族"})
# What somebody thinks is known to himself alone.
_OPINIONS = "^您|^你|满意|评价|看法|感受|认为|意愿|期望|[?？吗]$"
_SORTED = (
    r"(?:名称?|全称|简称|类别|类型|分类|大类|中类|小类|门类|种类|类|性质|身份|成分|编[码号]|代码|码|号|值|段|档次?"
    r"|分?[组层档段]|层次|层级|级别|等级|区间|范围|区域?|域|地区?|所在地?|分布|情况|状况|信息|年月?|岁|及以上|汇总|描述|说明|详情|区划|及|和|与|标[识签]|"
    r"[a-z0-9_./\-]+)*"
)


def composed(name: str, compound: str) -> bool:
    """Whether a header ends in a subject and what it is of it, as 家庭 and 码 make 家庭码."""
    subjects, nouns = tables()["compounds"][compound]
    return ends_with(name, (subject + noun for subject in subjects for noun in nouns))


_COUNTS = (
    "(?:数量|[人户次总套]数|(?<!家庭)(?<!户)人口|比例|比重|率|均值|平均数|中位数|合计|总计"
    "|_count|_num|_rate)$"
)


@cache
def _own_counts() -> tuple[str, ...]:
    """Counts that are facts of one person, as 离婚次数 is; other counts are of many."""
    words = (word for item in tables()["items"] for word in item["headers"])
    return tuple(word for word in words if re.search(_COUNTS, word))


def _place(header: str, word: str) -> tuple[int, int] | None:
    """Where a word ends and how long it is, or None; Latin words stand between underscores."""
    if word not in header:
        return None
    if word.isascii():
        matches = list(re.finditer(rf"(?<![a-z]){re.escape(word)}(?![a-z])", header))
        return (matches[-1].end(), len(word)) if matches else None
    at = header.rfind(word)
    if at < 0 or (len(word) == 1 and at + 1 != len(header)):
        return None
    return at + len(word), len(word)


def _item(header: str) -> str | None:
    return _last(header, ((item["item"], item["headers"]) for item in tables()["items"]))


def _last(header: str, named: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    found = [
        (place, name)
        for name, words in named
        for word in words
        if (place := _place(header, word.lower()))
    ]
    return max(found)[1] if found else None
