"""What masks keep of the numbers and names of people: how many of a city show the same.

138****5678 cannot be completed, but whoever has the number in his address book knows the row by
it. So what a mask keeps is judged as what it is, one more thing that is known of a person: by how
many of all people share it and what stands beside it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from anonymization import headers, masks, naming
from anonymization.classes import Coded
from anonymization.findings import Finding, Numbers, Terms, masked, matching, share, starred

# People of a city such as Wuhai (556,621 in the census of 2020), where nobody says of how many.
_PEOPLE: Final = 560_000
# Characters at each end of a mask that are looked at; no number of a person is longer.
_ENDS: Final = 20


@dataclass(frozen=True)
class Kept:
    """A masked column, the columns beside it, and how many people are like a row in all of them."""

    column: str
    beside: tuple[str, ...]
    records: int
    # Others of the population that show the same, on average; below one, most rows are alone.
    people: float

    @property
    def risk(self) -> float:
        """The share of people who are found by it, as many others as there are by chance."""
        return -math.expm1(-self.people) / self.people

    def facts(self) -> dict[str, Any]:
        """The note as `catalogue anonymize verify --json` prints it."""
        zh, en = self.told()
        return {
            "column": self.column,
            "beside": list(self.beside),
            "records": self.records,
            "people": max(1, round(self.people)),
            "detail": f"列「{self.column}」{zh}。",
            "detail_en": f"column {self.column}: {en}.",
        }

    def told(self) -> tuple[str, str]:
        """How many people show the same, in both languages."""
        many = max(1, round(self.people))
        zh, en = "、".join(self.beside), ", ".join(self.beside)
        return (
            f"保留的字符{f'结合「{zh}」' if zh else ''}，每行在全市约对应 {many} 人",
            f"what is kept{f', with {en},' if en else ''} fits about {many} people of the city",
        )


def kept(
    texts: pl.DataFrame,
    beside: Sequence[str],
    coded: Coded,
    terms: Terms,
) -> list[Kept]:
    """Every masked number or name of a person with how many people are like it and `beside`."""
    people = float((terms.population or {}).get("total", _PEOPLE))
    found = []
    for name in texts.columns:
        if name in terms.excused or not _of_person(name, texts[name]):
            continue
        values = starred(texts[name])
        others = tuple(one for one in beside if one != name)
        alike = _alike(values) * (_again(coded.sizes(others)) if others else 1.0)
        records = len(values) - values.null_count()
        found.append(Kept(name, others, records, max(people * alike, 1e-9)))
    return found


def findable(some: Sequence[Kept], tau: float, texts: pl.DataFrame) -> Iterator[Finding]:
    """Findings of those that lead to people with a greater risk than `tau`."""
    for one in some:
        if one.risk <= tau:
            continue
        zh, en = one.told()
        yield Finding(
            "PARTIAL_ID_REIDENTIFIABLE",
            (one.column, *one.beside),
            one.records,
            share(one.records, texts),
            f"列「{one.column}」{zh}：谁的通讯录、名册里有他，谁就认得出这一行。",
            f"column {one.column}: {en}; whoever has the person in an address book or register "
            "knows the row.",
            "公开的数据不留号码、姓名的任何几位：删除该列，或换成带密钥假名。",
            "Open data keep no part of a number or name: remove the column, or use a keyed "
            "pseudonym.",
            f"例：138****0000{' + ' + '、'.join(one.beside[:2]) if one.beside else ''}"
            " → 通讯录里对得上的只有张某",
            f"for example 138****0000{' + ' + ', '.join(one.beside[:2]) if one.beside else ''} → "
            "one entry of an address book fits",
        )


def _of_person(name: str, values: pl.Series) -> bool:
    """Whether a column shows a part of what names a person, and no office's telephone."""
    header = headers.read(name)
    if header.organisation or naming.of_offices(values, "LANDLINE"):
        return False
    named = not naming.DIRECT.isdisjoint(header.kinds)
    if masked(values) < 0.5:
        return named and masks.part_of(name, values) is not None
    return named or matching(starred(values), _PHONE) > 0.5


_PHONE: Final = r"^1[3-9][0-9]*\*{2,}[0-9]*$"


def _alike(values: pl.Series) -> float:
    """The chance that two people show the same.

    Digits are taken as drawn one by one, since few rows share all of them; words as they occur.
    """
    ends = values.drop_nulls().str.extract_groups(r"^([^*]*)(?:\*.*?)?([^*]*)$")
    head, tail = ends.struct[0], ends.struct[1]
    words = (head + "*" + tail).str.replace_all("[0-9]", "#")
    chance = max(_together(words), 1 / max(1, len(words)) ** 2)
    for end in (head, tail.str.reverse()):
        for n in range(_ENDS):
            signs = end.str.slice(n, 1)
            digits = signs.filter(signs.str.contains("[0-9]"))
            if len(digits) < 0.5 * len(end):
                break
            chance *= max(0.1, _together(digits))
    return chance


def _together(values: pl.Series) -> float:
    """The chance that two rows drawn from a column have the same value."""
    return _again(values.value_counts()["count"].to_numpy())


def _again(sizes: Numbers) -> float:
    """The chance that two rows are of one class, of classes of these sizes."""
    rows = int(sizes.sum())
    if rows < 2:
        return 1.0
    return float((sizes * (sizes - 1.0)).sum()) / (rows * (rows - 1.0))
