"""What somebody has or where he goes, several in one row: few know all, and a few are enough.

Four of eighteen courses, or the stops of four times of the week, are hardly ever the same for two;
classmates and colleagues know them (Narayanan and Shmatikov, Robust De-anonymization of Large
Sparse Datasets, 2008).
"""

import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from anonymization.classes import Coded
from anonymization.findings import Finding, Terms, drawn, matching, share

# Things in a cell on average at the least, and different ones of the column; the most of them.
_SEVERAL: Final = 3
_KINDS: Final = range(8, 401)
# How often each stands on average: what stands once or twice is a text and no thing of a list.
_OFTEN: Final = 5
# The share of the rows that may be among fewer than k; columns of one list that make a life.
_MOST: Final = 0.2
_COLUMNS: Final = 3
_ALIKE: Final = 0.8
_BETWEEN: Final = "[、,，;；/|+]"
_LIST: Final = rf"^[^、,，;；/|+。：:]{{1,16}}(?:{_BETWEEN} ?[^、,，;；/|+。：:]{{1,16}})+$"
_WORD: Final = r"^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9（）()·-]{1,15}$"


def told(texts: pl.DataFrame, left_out: Container[str], terms: Terms) -> Iterator[Finding]:
    """Columns of lists, and columns of one list, by which most rows are among fewer than k."""
    open_ = [name for name in texts.columns if name not in left_out]
    for name in open_:
        if _lists(texts[name]):
            few = _few(Coded(texts.select(_sorted(name))), [name], terms)
            if few > _MOST * texts.height:
                yield _basket(name, few, texts)
    for names in _of_one_list(texts.select(open_)):
        coded = Coded(texts.select(names))
        pairs = itertools.combinations(names[:_LOOKED_AT], 2)
        few = max(_few(coded, pair, terms) for pair in pairs)
        if few > _MOST * texts.height:
            yield _life(tuple(names), few, texts)


# Columns of one list of which pairs are looked at.
_LOOKED_AT: Final = 6


def _few(coded: Coded, names: Sequence[str], terms: Terms) -> int:
    """How many rows are among fewer than k."""
    sizes = coded.sizes(names)
    return int(sizes[sizes < terms.k].sum())


def _sorted(name: str) -> pl.Expr:
    """Lists in one order: what somebody has is the same whatever is told first."""
    parts = pl.col(name).str.replace_all(_BETWEEN, "\n").str.split("\n")
    return parts.list.eval(pl.element().str.strip_chars()).list.sort().list.join("\n")


def _lists(values: pl.Series) -> bool:
    some = drawn(values.drop_nulls())
    if len(some) < _OFTEN * _KINDS[0] or matching(some, _LIST) < 0.5:
        return False
    things = some.str.replace_all(_BETWEEN, "\n").str.split("\n").explode().str.strip_chars()
    kinds = things.n_unique()
    several = len(things) >= _SEVERAL * len(some) and len(things) >= _OFTEN * kinds
    return several and kinds in _KINDS and matching(things, r"^[0-9.%-]+$") < 0.1


def _of_one_list(texts: pl.DataFrame) -> Iterator[list[str]]:
    """Columns whose words are of one list, three at the least."""
    words: Mapping[str, set[str]] = {
        name: set(some.unique())
        for name in texts.columns
        if len(some := drawn(texts[name].drop_nulls())) >= _OFTEN * _KINDS[0]
        and matching(some, _WORD) > 0.9
        and some.n_unique() in _KINDS
    }
    left = list(words)
    while left:
        first = left[0]
        alike = [
            one
            for one in left
            if len(words[one] & words[first]) >= _ALIKE * max(len(words[one]), len(words[first]))
        ]
        left = [one for one in left if one not in alike]
        if len(alike) >= _COLUMNS:
            yield alike


def _basket(name: str, records: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "UNDECLARED_QI_UNIQUE",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」一格里列出几项，{records} 行的组合少有人相同：同学、同事知道其中几项，"
        "就能认出是哪一行。",
        f"column {name} lists several things in a cell, and in {records} rows hardly anybody has "
        "the same: who knows a few of them knows the row.",
        "每项单独成行并换一个假名，或者归成大类、只给项数。",
        "Give each thing a row and a pseudonym of its own, or give classes or how many there are.",
        "例：知道邻居的孩子报了围棋、航模、轮滑 → 表中只有一行同时有这三项",
        "for example: a neighbour's child takes chess, models and skating → one row has all three",
    )


def _life(names: tuple[str, ...], records: int, texts: pl.DataFrame) -> Finding:
    shown = "、".join(names)
    return Finding(
        "UNDECLARED_QI_UNIQUE",
        names,
        records,
        share(records, texts),
        f"列「{shown}」取自同一份清单，连起来是一个人的行踪或者选择：知道其中两项，{records} "
        "行所在的组就不足阈值。",
        f"columns {', '.join(names)} hold one list's words, and together are where somebody goes "
        f"or what he chose: two of them leave {records} rows in classes that are too small.",
        "只保留一列，或者把各列归到区、大类；几列分成几张不能拼接的表也可以。",
        "Keep one of the columns, or generalize all to districts or classes, or give each in a "
        "table of its own that does not join.",
        "例：知道同事早上在哪站上车、晚上在哪站上车 → 表中只剩 1 行",
        "for example: where a colleague gets on in the morning and at night → one row is left",
    )
