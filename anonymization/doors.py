"""Addresses that no form writes: cut into columns, or put together as names of devices are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import polars as pl

from anonymization import naming
from anonymization.detection import Column
from anonymization.findings import Finding, drawn, matching, share

# What a header says last of each part, the wide ones first. 会议室, 处室 and 诊室 are no homes.
_PARTS: Final[Mapping[str, str]] = {
    "place": (
        "(?:小区|楼盘|社区|家属院)(?:名称?)?|路名?|街路?|街道|街?巷|村组?|院落|庄园"
        "|estate|street|road|xq"
    ),
    "building": "楼|楼栋|栋|幢|座|楼号|栋号|幢号|楼栋号|号楼|门牌|门牌号|院号|building|ld|ldh|lh",
    "stairs": "单元|单元号|门洞|梯|unit|dy|dyh",
    "door": "(?<![议处科诊教病手])室|室号|房号|房间|房间号|房屋号|户室|门号|房|room|door|fh|sh|fjh",
}
_SHORT: Final = (
    r"^[0-9A-Za-z甲乙丙丁一二三四五六七八九十#\-]{1,6}(?:号|号楼|栋|幢|座|楼|单元|室|户|门)?$"
)
# So many rows at one door are no household.
_HOUSEHOLD: Final = 10


def apart(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """A home whose estate, building and door stand in columns of their own."""
    parts = {part: _part(part, texts, columns) for part in _PARTS}
    if parts["place"] is None:
        # Whatever it is called, an estate ends like one.
        parts["place"] = next((one for one in texts.columns if _estates(texts[one])), None)
    place, building, door = parts["place"], parts["building"], parts["door"]
    if place is not None and door is None:
        whole = next(
            (name for name in texts.columns if name != place and _whole(texts[name])), None
        )
        if whole is not None:
            parts, door = {"place": place, "door": whole}, whole
            building = whole
    if door is None or place is None or (building is None and parts["stairs"] is None):
        return []
    names = tuple(name for name in parts.values() if name is not None)
    rows = texts.select(names).drop_nulls()
    counts = rows.group_by(names).len()["len"]
    records = int(counts.filter(counts < _HOUSEHOLD).sum())
    if rows.height < 10 or records <= 0.2 * rows.height:
        return []
    shown = "、".join(names)
    return [
        Finding(
            "FULL_ADDRESS_LEFT",
            names,
            records,
            share(records, texts),
            f"列「{shown}」合起来就是住址，{records} 行可以找到门口。",
            f"the columns {', '.join(names)} together are an address; {records} rows lead to a "
            "door.",
            "只留小区或街道，删除楼、单元、室。",
            "Keep the estate or the street; remove building, stairs and door.",
            "例：某小区 + 3 + 2 + 501 → 某小区 3 号楼 2 单元 501 室",
            "for example: an estate + 3 + 2 + 501 → building 3, stairs 2, door 501",
        )
    ]


def called(texts: pl.DataFrame, left_out: Iterable[str]) -> Iterator[Finding]:
    """Columns of names that are made of estate, building, stairs and door, whatever is between.

    Where a header speaks of an address, of an office or a home, it has been judged as one.
    """
    skipped = set(left_out)
    for name in texts.columns:
        values = texts[name].drop_nulls()
        if name in skipped or re.search("[住地]址|地点|位置|坐落|addr", name.lower()):
            continue
        if matching(drawn(values), _CALLED) < _MOST:
            continue
        parts = values.str.extract_groups(_CALLED).struct.unnest().drop_nulls()
        place, _, stairs, door = parts.iter_columns()
        floors = door.str.head(-2).cast(pl.Int32)
        flats = door.str.slice(-2).cast(pl.Int32)
        likely = flats.is_between(1, _FLATS) & floors.is_between(1, _FLOORS)
        likely &= stairs.cast(pl.Int32) <= _FLATS
        counts = parts.group_by(pl.all()).len()["len"]
        records = int(counts.filter(counts < _HOUSEHOLD).sum())
        if (
            parts.height >= _HOUSEHOLD
            and int(likely.sum()) >= _MOST * parts.height
            and floors.n_unique() > _LOW
            and matching(place, _ESTATE) > 0.5
            and records > 0.2 * parts.height
        ):
            yield naming.left("FULL_ADDRESS_LEFT", name, "ADDRESS", records, texts)


# An estate and three numbers, with any marks between them.
_CALLED: Final = (
    r"(\p{Han}{2,10})[^0-9\p{Han}]{0,3}([0-9]{1,3})(?:[号楼栋幢座]|[^0-9\p{Han}]){1,4}"
    r"([0-9]{1,2})(?:单元|门|[^0-9\p{Han}]){1,3}([1-9][0-9]{2,3})(?:[^0-9]|$)"
)
_MOST: Final = 0.9
# Flats of a floor and stairs of a house, floors of the highest house; fewer are a
# row of garages.
_FLATS: Final = 12
_FLOORS: Final = 40
_LOW: Final = 2


def _estates(values: pl.Series) -> bool:
    some = drawn(values.drop_nulls())
    return 2 <= some.n_unique() <= _ESTATES and matching(some, _ESTATE) > 0.5


_ESTATE: Final = r"^\p{Han}{2,10}(?:小区|家园|花园|嘉园|新村|新城|公寓|家属院|生活区|苑|里|华府)$"
_ESTATES: Final = 2000


def _whole(values: pl.Series) -> bool:
    """Whether building, stairs and door stand in one cell: 3号楼2单元501."""
    some = drawn(values.drop_nulls())
    return len(some) >= 10 and matching(some, _HOME) > 0.9


_HOME: Final = (
    "^[0-9A-Z]{1,3}(?:号楼|栋|幢|座|号院|-|#)(?:[0-9]{1,2}(?:单元|门|-))?[0-9]{3,4}(?:室|号|户)?$"
)


def _part(part: str, texts: pl.DataFrame, columns: Mapping[str, Column]) -> str | None:
    for name in texts.columns:
        if not re.search(f"(?:^|_|[^a-z])(?:{_PARTS[part]})$", name.lower()):
            continue
        some = drawn(texts[name].drop_nulls())
        if some.n_unique() < 2 or columns[name].kind is not None:
            continue
        # Estates have names, what is in them numbers.
        if (matching(some, _SHORT) > 0.9) != (part == "place"):
            return name
    return None
