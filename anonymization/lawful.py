"""What a claim says a law orders to be published: which law it is, and whether it orders that.

The laws that order people to be published, with article and edition and what of them, are data
(`publication_laws.json`), as are those that are named and order nothing of the kind. Rules of a
city or a ministry that are not on the list are taken at their word, title and article, and are
shown to the reader as not checked.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from anonymization import headers, naming
from anonymization.detection import Column
from anonymization.findings import Finding, drawn, matching, share

Law = Mapping[str, Any]
_ARTICLE: Final = "第[一二三四五六七八九十百零〇0-9]+条"
_TITLE: Final = (
    "[\u4e00-\u9fff]{4,50}(?:条例|规定|办法|细则|规则|规程|规范|决定|通知|意见|公告|标准)"
)
# Where fewer cells name a door, a column tells villages and estates.
_DOORS: Final = 0.1
# What of somebody no law orders to be published beside his name.
_NEVER: Final = frozenset({"疾病诊断", "检验结果", "用药记录", "生育信息", "宗教信仰", "基因"})
_HOMES: Final = "家庭|住址|居住|户籍|现住|常住|宅"
_NEEDS: Final[Mapping[str, str]] = {
    "PERSON": "names", "ADDRESS": "addresses", "BIRTH_DATE": "births",
    "LANDLINE": "contacts", "EMAIL": "contacts",
}  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """The law named for a column: those of the list, and whether there is another, with article."""

    laws: tuple[Law, ...]
    others: bool
    unchecked: bool


@dataclass(frozen=True)
class Judged:
    """The columns whose law orders what stands there, and those of them whose law is not checked.

    `refused` is said of columns that show somebody though no law named orders it, `never` of what
    stands beside published names and no law orders at all.
    """

    columns: Mapping[str, str]
    unchecked: Mapping[str, str]
    refused: tuple[Finding, ...]
    never: tuple[Finding, ...]


@cache
def laws() -> Sequence[Law]:
    """The laws of the list, the longest titles first, so that each is found before its part."""
    text = (files("anonymization") / "data" / "publication_laws.json").read_text("utf-8")
    listed: list[Law] = json.loads(text)["laws"]
    return sorted(listed, key=lambda one: -len(one["title"]))


def read(said: str) -> Basis:
    """The laws that a rule of a claim names."""
    rest = re.sub("[《》〈〉\\s]|中华人民共和国|最高人民法院|最高人民检察院", "", said)
    found, unchecked = [], False
    for law in laws():
        for title in (law["title"], *law["aliases"]):
            at = rest.find(title)
            if at < 0:
                continue
            behind = rest[at + len(title) :]
            articles = re.match(f"(?:（[^）]*）)?((?:{_ARTICLE}[^第]{{0,12}})*)", behind)
            named = re.findall(_ARTICLE, articles[1]) if articles else []
            found.append(law)
            unchecked |= not law["articles"] or (
                bool(named) and not set(named) & set(law["articles"])
            )
            rest = rest[:at] + "，" + behind
            break
    others = re.search(f"{_TITLE}[^第，、；]{{0,12}}{_ARTICLE}", rest) is not None
    return Basis(tuple(found), others, unchecked or (others and not found))


def judge(rules: Mapping[str, str], columns: Mapping[str, Column], texts: pl.DataFrame) -> Judged:
    """Which columns of a claim are published as the law named for them orders.

    The others are judged as if no law had been named, and it is said which laws order it.
    """
    accepted, unchecked, refused = {}, {}, []
    last = Basis((), False, False)
    for name, said in rules.items():
        basis = read(said)
        if not basis.laws and not basis.others and "同上" in said:
            basis = last
        last = basis
        column = columns.get(name)
        if column is None:
            continue
        need = _NEEDS.get(column.kind or "")
        if need == "addresses" and matching(drawn(texts[name]), naming.DOOR) < _DOORS:
            need = "villages"
        if _orders(basis, need, name):
            accepted[name] = said
            if basis.unchecked:
                unchecked[name] = said
        elif need is not None:
            refused.append(_refused(name, basis, need, texts))
    named = any(columns[name].kind == "PERSON" for name in accepted)
    never = tuple(_never(columns, texts)) if named else ()
    return Judged(accepted, unchecked, tuple(refused), never)


def _orders(basis: Basis, need: str | None, name: str) -> bool:
    """Whether a law named orders this; one not on the list is believed but for people's homes."""
    home = re.search(_HOMES, name) is not None
    for law in basis.laws:
        fineness = law["addresses"]
        if need == "villages":
            if fineness != "none":
                return True
        elif need == "addresses":
            if fineness == "door" or (fineness == "office" and not home):
                return True
        elif need == "births":
            if law["births"] != "none":
                return True
        elif need in law["lets"] or (need is None and law["lets"]):
            return True
    return (
        basis.others
        and not home
        and need
        in {
            None,
            "names",
            "villages",
            "addresses",
        }
    )


def amounts(said: str) -> bool:
    """Whether a law that a rule names lets amounts be published; one not on the list may."""
    basis = read(said)
    return basis.others or not basis.laws or any("amounts" in one["lets"] for one in basis.laws)


def _never(columns: Mapping[str, Column], texts: pl.DataFrame) -> Iterator[Finding]:
    """What stands beside published names that no law orders to be published of anybody."""
    for name, column in columns.items():
        if column.item not in _NEVER or not headers.says_last(name, str(column.item)):
            continue
        records = int(texts[name].is_not_null().sum())
        if texts[name].n_unique() < 2:
            continue
        yield Finding(
            "BASIS_DOES_NOT_ORDER",
            (name,),
            records,
            share(records, texts),
            f"姓名依法公开，同表的列「{name}」是{column.item}，没有法律要求公开。",
            f"names are published under a law; column {name} beside them is what no law orders to "
            "be published of anybody.",
            "删除该列，名单只公布法律要求的内容。",
            "Remove the column; publish of the list what the law orders.",
            "例：救助对象公示写上病名 → 全村知道谁得了什么病",
            "for example: a list of relief with diagnoses → the village knows who has what",
        )


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "names": ("姓名", "names"),
    "villages": ("住在哪个村、小区", "villages and estates people live in"),
    "addresses": ("到门牌的住址", "addresses to the door"),
    "births": ("出生日期", "dates of birth"),
    "contacts": ("联系方式", "telephones and mail"),
    "amounts": ("金额", "amounts"),
}


def _refused(name: str, basis: Basis, need: str, texts: pl.DataFrame) -> Finding:
    records = int(texts[name].is_not_null().sum())
    zh, en = _WORDS[need]
    orders = "、".join(f"《{one}》" for one in _that_order(need))
    if basis.laws:
        named = "、".join(f"《{one['title']}》" for one in basis.laws)
        code = "BASIS_DOES_NOT_ORDER"
        what = f"列「{name}」写的依据{named}不要求公开{zh}。"
        what_en = f"the law named for column {name} ({named}) does not order {en} to be published."
    else:
        code = "BASIS_UNKNOWN"
        what = f"列「{name}」写的公开依据查不到：没有这部法律，或者没有写明全称和条款。"
        what_en = (
            f"the law named for column {name} is not known, or its full title and article are not "
            "given."
        )
    return Finding(
        code,
        (name,),
        records,
        share(records, texts),
        what,
        what_en,
        f"没有依据的，删除或泛化该列；要求公开{zh}的有{orders}等，写明全称和条款。",
        f"Remove or generalize the column if no law orders it; {en} are ordered by {orders} and "
        "others: give the full title and the article.",
        "例：「依法公开：企业信息公示暂行条例第六条」",
        "for example 依法公开：企业信息公示暂行条例第六条",
    )


def _that_order(need: str) -> list[str]:
    """Some laws that order this, those read before those remembered."""
    fit = [
        one
        for one in laws()
        if need in one["lets"]
        or (need == "addresses" and one["addresses"] == "door")
        or (need == "villages" and one["addresses"] in {"village", "door"})
        or (need == "births" and one["births"] != "none")
    ]
    fit.sort(key=lambda one: (one["trust"] != "read", one["title"]))
    return [str(one["title"]) for one in fit[:5]]
