"""How well a person hides in a release: k, l, t on given quasi-identifiers, and the risks.

A class is the records that look alike on the quasi-identifiers; a blank is a value like others.
k is the size of the smallest class, l the fewest distinct sensitive values in one, t the largest
distance between the values of a class and those of the table (total variation; for numbers the
ordered earth mover's distance). Levels and thresholds follow GB/T 42460-2023.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymization.findings import Numbers

_COUNT = "\0count"
_ROW = "\0row"


@dataclass(frozen=True)
class Risk:
    """What was measured. `prosecutor` is the risk of the person who is easiest to find, `mean`
    that of a class on average, `marketer` the share of records an attacker would get right."""

    rows: int
    quasi_identifiers: tuple[str, ...]
    classes: int
    k: int
    below: int
    unique: int
    prosecutor: float
    marketer: float
    mean: float
    l: int | None = None  # noqa: E741  # the name of the model
    t: float | None = None

    def facts(self) -> dict[str, object]:
        """The risk as it stands in a report."""
        return {
            "quasi_identifiers": list(self.quasi_identifiers),
            "classes": self.classes,
            "k": self.k,
            "records_below_k": self.below,
            "unique_records": self.unique,
            "prosecutor_risk": round(self.prosecutor, 6),
            "marketer_risk": round(self.marketer, 6),
            "l": self.l,
            "t": None if self.t is None else round(self.t, 6),
        }


def measure(
    frame: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str] = (), k: int = 1
) -> Risk:
    """Measure a table; with no quasi-identifiers all records look alike. Blank tables: k is 0."""
    rows = frame.height
    if rows == 0:
        return Risk(0, tuple(quasi), 0, 0, 0, 0, 0.0, 0.0, 0.0)
    sizes = _sizes(frame, quasi)
    smallest = int(sizes.min())  # type: ignore[arg-type]  # there is at least one class
    l, t = None, None  # noqa: E741
    for column in sensitive:
        diversity, distance = _diversity(frame, quasi, column)
        l = diversity if l is None else min(l, diversity)  # noqa: E741
        t = distance if t is None else max(t, distance)
    return Risk(
        rows=rows,
        quasi_identifiers=tuple(quasi),
        classes=len(sizes),
        k=smallest,
        below=int(sizes.filter(sizes < k).sum()),
        unique=int((sizes == 1).sum()),
        prosecutor=1 / smallest,
        marketer=len(sizes) / rows,
        mean=float((1 / sizes).mean()),  # type: ignore[arg-type]  # there is at least one class
        l=l,
        t=t,
    )


def _sizes(frame: pl.DataFrame, quasi: Sequence[str]) -> pl.Series:
    if not quasi:
        return pl.Series([frame.height])
    return frame.group_by(list(quasi)).len(_COUNT)[_COUNT]


def _diversity(frame: pl.DataFrame, quasi: Sequence[str], column: str) -> tuple[int, float]:
    """Distinct values in the poorest class, and the distance of the farthest one."""
    by = [name for name in quasi if name != column]
    if not by:
        return int(frame[column].n_unique()), 0.0
    cells = frame.group_by([*by, column]).len(_COUNT)
    poorest = int(cells.group_by(by).len(_ROW)[_ROW].min())  # type: ignore[arg-type]
    if frame.schema[column].is_numeric():
        return poorest, _ordered_distance(frame, by, column)
    overall = frame.group_by(column).len("\0all").with_columns(pl.col("\0all") / frame.height)
    # Half the sum of |p - q| over all values: the values absent from a class count by their q.
    near = (
        cells.with_columns((pl.col(_COUNT) / pl.col(_COUNT).sum().over(by)).alias("\0p"))
        .join(overall, on=column, nulls_equal=True)
        .group_by(by)
        .agg(((pl.col("\0p") - pl.col("\0all")).clip(0)).sum().alias("\0t"))
    )
    return poorest, float(near["\0t"].max())  # type: ignore[arg-type]


def _ordered_distance(frame: pl.DataFrame, by: list[str], column: str) -> float:
    """The ordered earth mover's distance over the ranks of the values, in 0..1, per class."""
    values = frame[column].drop_nulls().unique().sort()
    if len(values) < 2:
        return 0.0
    ranks = pl.DataFrame({column: values, "\0rank": range(len(values))})
    ranked = frame.join(ranks, on=column, how="inner")
    share = 1 / ranked.height
    overall = (
        ranked.group_by("\0rank")
        .len("\0n")
        .sort("\0rank")
        .select("\0rank", (pl.col("\0n") * share).cum_sum().alias("\0F"))
    )
    # Between two of its own values the distribution function of a class is flat, so the distance
    # is summed over prefix sums of the table's function instead of over every rank of every class.
    table = overall["\0F"].to_numpy()
    worst = 0.0
    for part in ranked.select(*by, "\0rank").partition_by(by, include_key=False):
        worst = max(worst, _distance(part["\0rank"].to_numpy(), table))
    return worst


def _distance(ranks: Numbers, table: Numbers) -> float:
    counts = np.bincount(ranks, minlength=len(table))
    own = np.cumsum(counts) / counts.sum()
    return float(np.abs(own - table)[:-1].sum() / (len(own) - 1))


def level(
    risk: Risk, directs: int, *, tau: float, accepted: float, public: bool, context: float = 1.0
) -> int:
    """The level of de-identification, 1 (names people) to 4 (no identifiers), GB/T 42460 D.1.

    A class riskier than `tau` makes the whole risk 1; else the risk is that of the worst class
    in a public release, of the average class in a controlled one, times the probability of an
    attack there. Level 3 wants less than `accepted`.
    """
    if directs:
        return 1
    if not risk.quasi_identifiers:
        return 4
    # One class of 1/tau records passes: its risk equals tau and does not exceed it.
    if risk.k * tau < 1 - 1e-9:
        return 2
    overall = (risk.prosecutor if public else risk.mean) * context
    return 3 if overall < accepted - 1e-9 else 2


@dataclass(frozen=True)
class Suppressed:
    """What local suppression cost: cells blanked, records touched, records removed."""

    cells: int
    touched: int
    removed: int


def reach(frame: pl.DataFrame, quasi: Sequence[str], k: int) -> tuple[pl.DataFrame, Suppressed]:
    """Blank single cells of records in classes below `k` until all classes reach it.

    The column with the most values is blanked first, then the next; what is still alone with
    every quasi-identifier blank is removed. The order of the records stays.
    """
    kept = frame.with_row_index(_ROW)
    order = sorted(quasi, key=lambda name: (-frame[name].n_unique(), name))
    settled: list[pl.DataFrame] = []
    blanked: list[str] = []
    cells = touched = 0
    for name in (None, *order):
        if name is not None:
            blanked.append(name)
            kept = kept.with_columns(pl.lit(None, dtype=kept.schema[name]).alias(name))
        sized = kept.with_columns(pl.len().over(list(quasi)).alias(_COUNT))
        good = sized.filter(pl.col(_COUNT) >= k).drop(_COUNT)
        kept = sized.filter(pl.col(_COUNT) < k).drop(_COUNT)
        settled.append(good)
        cells += len(blanked) * good.height
        touched += good.height if blanked else 0
        if kept.is_empty():
            break
    whole = pl.concat(settled).sort(_ROW).drop(_ROW)
    return whole, Suppressed(cells, touched, kept.height)
