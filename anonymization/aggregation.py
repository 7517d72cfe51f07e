"""A table of counts, sums and means in the place of records, without cells of too few people.

A group of fewer than `least` records is left out. A sum or mean of which one record makes up more
than half is blanked: whoever knows the others would know it. No totals are given, from which a
cell left out could be worked out again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from anonymization.cells import number

_COUNT: Final = "\0count"
# One record may make up this much of a sum, no more.
_DOMINANT: Final = 0.5
_TITLES: Final = {"sum": "合计", "mean": "平均"}


@dataclass(frozen=True)
class Aggregated:
    """The table of groups, the records it stands for by their groups, and how many are left out."""

    table: pl.DataFrame
    records: pl.DataFrame
    removed: int
    blanked: Mapping[str, int]


def aggregate(frame: pl.DataFrame, given: Mapping[str, Any], least: int) -> Aggregated:
    """Group a treated table by the columns of `by`, at least `least` records to a group.

    `given` is `{"by": […], "count": name, "measures": [{"column": …, "as": "sum" | "mean"}]}`.
    """
    by, measures = list(given["by"]), given.get("measures", [])
    records = frame.select(by).filter(pl.len().over(by) >= least)
    made = [pl.len().alias(_COUNT)]
    for n, measure in enumerate(measures):
        value = number(pl.col(measure["column"]))
        whole = value.sum() if measure["as"] == "sum" else value.mean()
        alone = value.abs().max() > _DOMINANT * value.abs().sum()
        few = value.count() < least
        made += [pl.when(alone | few).then(None).otherwise(whole.round(2)).alias(f"\0{n}")]
    groups = frame.group_by(by).agg(made).filter(pl.col(_COUNT) >= least).sort(by)
    names = {f"\0{n}": f"{one['column']}{_TITLES[one['as']]}" for n, one in enumerate(measures)}
    blanked: dict[str, int] = {}
    for n, measure in enumerate(measures):
        lost = groups[f"\0{n}"].null_count()
        blanked[measure["column"]] = blanked.get(measure["column"], 0) + lost
    table = groups.rename({_COUNT: given.get("count", "记录数"), **names})
    return Aggregated(table, records, frame.height - records.height, blanked)
