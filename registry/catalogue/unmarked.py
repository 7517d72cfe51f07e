"""Elements that read like personal information by their name and are not marked as such (S10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import schemas
from anonymization import headers
from schemas import Problem

# What firms, things and places have as well: by its name alone it says nothing of a person.
_THEIRS = frozenset({"ADDRESS", "LANDLINE", "GPS", "IP", "MAC", "DEVICE_ID", "EMAIL", "USCC"})
# What nobody but a person has, whatever the table is about.
_PERSONS_OWN = frozenset(
    {"家庭住址", "户籍地址", "居住地址", "人脸图像", "指纹", "声纹", "虹膜", "优待证号"}
)
# Every table says where it belongs; a district points at nobody.
_PLACES = frozenset({"所属社区"})
# Of the data classes: persons, and organizations, whose heads have identity numbers as well.
_PERSONS, _FIRMS = "1", "2"
_NUMBER = "公民身份号码"


@dataclass(frozen=True)
class Unmarked:
    """An element and the kind of personal information its name stands for.

    `sensitive`: of which the least level follows; `answered`: the unit's own word why not;
    `provided`: shared without condition or open, so that a false silence reaches everybody.
    """

    at: int
    name: str
    kind: str
    sensitive: bool
    answered: str
    provided: bool


def unmarked(document: Mapping[str, Any]) -> list[Unmarked]:
    """The elements whose name stands for personal information that is not marked; for any draft."""
    persons = _about_persons(document)
    return [
        one
        for at, item in enumerate(schemas.items(document))
        if (one := _read(at, item, document, persons)) is not None
    ]


def faults(document: Mapping[str, Any]) -> list[Problem]:
    """Against handing in: provided to everybody, neither marked nor answered."""
    return [_problem(one) for one in unmarked(document) if one.provided and not one.answered]


def told(document: Mapping[str, Any]) -> list[Problem]:
    """For clerk and reviewer: all of them, an answered one with its answer."""
    return [_problem(one) for one in unmarked(document)]


def _problem(one: Unmarked) -> Problem:
    facts = {"value": one.kind, "row": one.name}
    if one.answered:
        return Problem(
            f"/items/{one.at}/pi_kind", "answered", {**facts, "given": one.answered}, "S10"
        )
    word = "sensitive" if one.sensitive else "unmarked"
    return Problem(f"/items/{one.at}/pi_kind", word, facts, "S10")


def _read(
    at: int, item: Mapping[str, Any], document: Mapping[str, Any], persons: bool
) -> Unmarked | None:
    name = item.get("name")
    if not isinstance(name, str) or not name:
        return None
    found = _kind(name, persons)
    known = schemas.codes.values("pi_kind")
    if found is None or found not in known:
        return None
    sensitive = schemas.codes.values("pi_kind.sensitive")
    marked = item.get("pi_kind")
    if marked in known and (marked in sensitive or found not in sensitive):
        return None
    return Unmarked(
        at,
        name,
        found,
        found in sensitive,
        str(item.get("pi_reason") or "").strip(),
        _said(item, document, "share_type") == "1"
        or _said(item, document, "open_type") in ("1", "2"),
    )


def _about_persons(document: Mapping[str, Any]) -> bool:
    data_class = document.get("data_class")
    numbered = _NUMBER in [item.get("pi_kind") for item in schemas.items(document)]
    return bool(data_class == _PERSONS or (numbered and data_class != _FIRMS))


def _said(item: Mapping[str, Any], document: Mapping[str, Any], key: str) -> object:
    """What an element says of itself, else what its resource says."""
    return item.get(key) or document.get(key)


def _kind(name: str, persons: bool) -> str | None:
    """The kind a name stands for, as the proposal of a masking plan reads it, or nothing.

    Outside tables of persons only what nobody but a person has: a clinic has an address, too.
    """
    header = headers.read(name)
    if header.organisation:
        return None
    # 办公电话 ends in 电话 as well: the longest word says what it is.
    known = headers.kinds()
    kinds = [
        one
        for one in header.kinds
        if known[one]["item"] and header.word in (*known[one]["headers"], *known[one]["latin"])
    ]
    # 证件号码 may be of any paper; nearly always it is the identity card.
    first = "ID_CARD" if "ID_CARD" in kinds else next(iter(kinds), None)
    kind = header.item or (str(known[first]["item"]) if first else None)
    if kind is None or kind in _PLACES or not headers.says_last(name, kind):
        return None
    direct = headers.items()[kind]["role"] == "direct"
    own = kind in _PERSONS_OWN if header.item else False
    own = own or (direct and any(one not in _THEIRS for one in kinds))
    return kind if own or persons else None
