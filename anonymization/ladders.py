"""The steps a treated column can still be generalized by, from the lists the library carries."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from anonymization.hierarchies import generalized
from anonymization.recoding import Hierarchy

ROOT: Final = "*"
# A blank is a value like others: it may stand in a class and be generalized with it.
BLANK: Final = "\0"

_STEPS: Final[Mapping[str, Sequence[str]]] = {
    "date": ("month", "quarter", "year", "decade"),
    "region": ("district", "city", "province"),
    "address": ("street", "district", "city", "province"),
    "industry": ("division", "section"),
}
# What a kept column is read as.
_BY_KIND: Final[Mapping[str, str]] = {
    "出生日期": "date",
    "年龄": "age",
    "职业": "occupation",
    "所属行业": "industry",
    "家庭住址": "address",
    "户籍地址": "address",
    "居住地址": "address",
}


def ladder(line: Mapping[str, Any], raw: pl.Series, treated: pl.Series) -> Hierarchy:
    """From each treated value to its coarser groups and the root, as the lists group the raw.

    A step that would give one treated value two groups is left out: it is no coarser.
    """
    table = pl.DataFrame({"raw": raw, "leaf": as_leaves(treated)}).unique()
    steps = []
    for given in _coarser(line):
        group = generalized(pl.col("raw"), given).fill_null(BLANK)
        each = table.select("leaf", group.alias("group")).unique()
        known = each.filter(pl.col("group") != BLANK)
        if known.height and each["leaf"].is_unique().all():
            steps.append(dict(each.iter_rows()))
    paths: dict[str, tuple[str, ...]] = {}
    for leaf in table["leaf"].unique():
        # A step that cannot read a value, or repeats what stands below it, is no step for it.
        path = [leaf]
        for step in steps:
            if step[leaf] != BLANK:
                path.append(f"{step[leaf]}")
        paths[leaf] = (*dict.fromkeys(path), ROOT)
    return _nested(paths)


def as_leaves(treated: pl.Series) -> pl.Series:
    """A treated column as the leaves of its ladder."""
    return treated.cast(pl.String).fill_null(BLANK)


def _coarser(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    given = dict(line.get("params") or {})
    name = given.get("hierarchy") if line["technique"] == "generalize" else None
    if line["technique"] == "keep":
        name = _BY_KIND.get(str(line.get("kind")))
    if name in _STEPS:
        steps = _STEPS[str(name)]
        start = steps.index(given["to"]) + 1 if given.get("to") in steps else 0
        yield from ({"hierarchy": name, "to": to} for to in steps[start:])
    elif name == "occupation" and line["technique"] == "keep":
        yield {"hierarchy": "occupation"}
    elif name in {"age", "amount"} and not given.get("cuts"):
        width = float(given.get("width", 5 if name == "age" else 1000))
        first = 1 if line["technique"] == "keep" else 2
        yield from ({**given, "hierarchy": name, "width": width * n} for n in (first, 4, 8))


def _nested(paths: Mapping[str, tuple[str, ...]]) -> Hierarchy:
    """The paths with groups told apart by what lies above them, so that they form a tree."""
    parents: dict[str, set[tuple[str, ...]]] = {}
    for path in paths.values():
        for n, group in enumerate(path):
            parents.setdefault(group, set()).add(path[n + 1 :])
    torn = {group for group, above in parents.items() if len(above) > 1}
    return {
        leaf: (leaf, *(group for group in path[1:] if group not in torn))
        for leaf, path in paths.items()
    }
