"""What a run did to a table, for the people who judge it: class sizes, singling out, use, sketches.

Shares and counts by column, never a value: the digests of a sketch are of codes made with a key,
and of nothing else, so that whoever holds a report cannot try numbers of people against it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from anonymization import linking, plan, sketches, utility
from anonymization.classes import Coded
from anonymization.findings import as_texts
from anonymization.tables import Source

# Beyond this the source is not read a second time: whoever needs the loss compares samples.
MOST_ROWS: Final = 2_000_000
# The first size of each bucket; the classes below 5 and below 20 are those the law looks at.
_STEPS: Final = (1, 2, 5, 10, 20, 50)


def sizes(release: pl.DataFrame, quasi: Sequence[str]) -> list[dict[str, Any]]:
    """How many classes, with how many records, there are of each size."""
    if release.is_empty():
        return []
    found = Coded(release).sizes(quasi)
    made = []
    for low, above in zip(_STEPS, (*_STEPS[1:], None), strict=True):
        mine = found[(found >= low) & (found < above)] if above else found[found >= low]
        last = above - 1 if above else None
        made.append({"from": low, "to": last, "classes": len(mine), "records": int(np.sum(mine))})
    return made


def singled(table: pl.DataFrame) -> dict[str, float]:
    """By column the share of records that it alone tells from all others; blanks tell nobody."""
    if table.is_empty():
        return {}
    alone = table.select(pl.all().drop_nulls().is_unique().sum()).row(0, named=True)
    return {name: round(count / table.height, 6) for name, count in alone.items()}


def changed(raw: pl.DataFrame, release: pl.DataFrame, use: Sequence[str]) -> dict[str, Any]:
    """By column what singled people out before and does now, and what is lost for the use."""
    before, after = as_texts(raw), as_texts(release)
    first, then = singled(before), singled(after)
    return {
        "singled": [
            {"column": name, "before": first.get(name, 0.0), "after": then.get(name, 0.0)}
            for name in raw.columns
        ],
        "utility": utility.lost(before, after, use),
    }


def sketched(masking: plan.Plan, release: pl.DataFrame) -> list[dict[str, Any]]:
    """Sketches of the columns of keyed codes, each with a digest over its digests."""
    keyed = [
        line["name"]
        for line in masking["columns"]
        if plan.techniques()[line["technique"]]["key"] and line["name"] in release.columns
    ]
    found = linking.sketches(release.select(keyed)) if keyed else []
    return [one.facts() | {"digest": sketches.digest(one.facts()["digests"])} for one in found]


def told(
    masking: plan.Plan, source: Source, release: pl.DataFrame, quasi: Sequence[str], rows: int
) -> Mapping[str, Any]:
    """All of it for one run; what cannot be told of this table is left out."""
    facts: dict[str, Any] = {"sizes": sizes(release, quasi)}
    if "aggregate" in masking:
        return facts
    facts["sketches"] = sketched(masking, release)
    if rows <= MOST_ROWS:
        facts |= changed(source.frame(), release, tuple(masking.get("use") or ()))
    return facts
