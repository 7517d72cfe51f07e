"""Tracks: a code that stands in many rows, each with a day and a place, is known by a few of them.

Where somebody was on three days is known to whoever was with him; in tracks of weeks nobody else
was at the three (de Montjoye and others, Unique in the Crowd, 2013).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
import polars as pl

from anonymization.findings import Finding, drawn, matching, share

_WHERE: Final = re.compile(
    "起点|终点|出发|到达|[上下]车|[借还]车|站|地点|位置|路口|卡口|基站|网格|停车场|场所|门店|商户|药店|网点|窗口|机位"
    "|(?:^|_)(?:from|to|origin|dest|destination|start|end|stop|station|place|location|cell|site)(?:$|_)"
)
_DAY: Final = r"^20[0-9]{2}[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:0?[1-9]|[12][0-9]|3[01])"
# Rows a code has on average at the least; places and days there are; codes that are looked at.
_ROWS: Final = 3
_PLACES: Final = 8
_DAYS: Final = 10
_PEOPLE: Final = 400
# Points that somebody knows, and the share of the tracks that they must tell from all others.
_POINTS: Final = 3
_MOST: Final = 0.5


def unique(texts: pl.DataFrame, codes: Iterable[str], skipped: Iterable[str]) -> Iterator[Finding]:
    """Codes of people whose days and places, three of them known, are no one else's."""
    left_out = set(skipped)
    open_ = [name for name in texts.columns if name not in left_out]
    days = [name for name in open_ if _is_day(texts[name])]
    places = [name for name in open_ if _WHERE.search(name.lower()) and _is_place(texts[name])]
    if not days or not places:
        return
    for code in _tracked(texts, codes, {*days, *places}):
        day, place = days[0], places[0]
        alone = _alone(texts, code, day, place)
        if alone > _MOST:
            yield _finding((code, day, *places), alone, texts)
            return


def _is_day(values: pl.Series) -> bool:
    some = drawn(values.drop_nulls())
    return some.n_unique() >= _DAYS and matching(some, _DAY) > 0.9


def _is_place(values: pl.Series) -> bool:
    some = values.drop_nulls()
    return _PLACES <= some.n_unique() <= 0.5 * len(some) and matching(drawn(some), "[:：]") < 0.1


def _tracked(texts: pl.DataFrame, codes: Iterable[str], others: set[str]) -> Iterator[str]:
    """Columns that stand for a person in several rows each."""
    for name in dict.fromkeys((*codes, *texts.columns)):
        values = texts[name].drop_nulls()
        many = values.n_unique()
        if name in others or many < 10 or len(values) < 0.9 * texts.height:
            continue
        if matching(drawn(values), "^[0-9A-Za-z+/_=-]{4,}$") < 0.95:
            continue
        if len(values) >= _ROWS * many:
            yield name


def _alone(texts: pl.DataFrame, code: str, day: str, place: str) -> float:
    """The share of codes that three of their points, drawn at random, tell from all others."""
    points = texts.select(
        pl.col(code).cast(pl.Categorical(pl.Categories.random())).to_physical().alias("who"),
        pl.concat_str(pl.col(day).str.head(10), place, separator="\0").alias("at"),
    ).drop_nulls()
    at: Mapping[str, set[int]] = {
        one: set(who) for one, who in points.group_by("at").agg("who").iter_rows()
    }
    tracks = points.group_by("who", maintain_order=True).agg(
        pl.col("at").unique(maintain_order=True)
    )
    tracks = tracks.filter(pl.col("at").list.len() >= _POINTS).head(_PEOPLE)
    if tracks.is_empty():
        return 0.0
    chance = np.random.default_rng(_POINTS)
    told = 0
    for seen in tracks["at"]:
        known = chance.choice(seen.to_numpy(), _POINTS, replace=False)
        told += len(set.intersection(*(at[one] for one in known))) == 1
    return told / tracks.height


def _finding(names: tuple[str, ...], alone: float, texts: pl.DataFrame) -> Finding:
    records = round(alone * texts.height)
    shown = "、".join(names[1:])
    return Finding(
        "UNDECLARED_QI_UNIQUE",
        names,
        records,
        share(records, texts),
        f"同一「{names[0]}」的多行连成轨迹：只要知道其中 {_POINTS} 次的「{shown}」，"
        f"就能在 {alone:.0%} 的人中认准一人。",
        f"the rows of one {names[0]} are a track: {_POINTS} of its points ({', '.join(names[1:])}) "
        f"tell {alone:.0%} of the people from all others.",
        "每行换一个假名，或者把日期泛化到季度、地点泛化到区。",
        "Give each row a pseudonym of its own, or generalize days to quarters and places to "
        "districts.",
        "例：知道同事三次从哪站上车 → 这个假名的全部行程都是他的",
        "for example: three of a colleague's rides are known → all rides of that code are his",
    )
