"""How well a person hides in a release: k, l, t on given quasi-identifiers, and the risks.

A class is the records that look alike on the quasi-identifiers; a blank is a value like others.
k is the size of the smallest class, l the fewest distinct sensitive values in one, t the largest
distance between the values of a class and those of the table (total variation; for numbers the
ordered earth mover's distance). Levels and thresholds follow GB/T 42460-2023.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymization.classes import Coded
from anonymization.errors import Refused
from anonymization.findings import Numbers

_GOOD = "\0good"
_ROW = "\0row"


@dataclass(frozen=True)
class Risk:
    """What was measured. `prosecutor` is the risk of the person who is easiest to find, `mean`
    that of a class on average, `marketer` the share of records an attacker would get right,
    `journalist` the risk of whoever is easiest to find where nobody knows who is in the table."""

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
    journalist: float | None = None

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
            "journalist_risk": None if self.journalist is None else round(self.journalist, 6),
            "l": self.l,
            "t": None if self.t is None else round(self.t, 6),
        }


def measure(
    frame: pl.DataFrame,
    quasi: Sequence[str],
    sensitive: Sequence[str] = (),
    k: int = 1,
    coded: Coded | None = None,
) -> Risk:
    """Measure a table; with no quasi-identifiers all records look alike. Blank tables: k is 0.

    `coded` is the same table as it was numbered before.
    """
    rows = frame.height
    if rows == 0:
        return Risk(0, tuple(quasi), 0, 0, 0, 0, 0.0, 0.0, 0.0)
    coded = coded or Coded(frame)
    sizes = coded.sizes(quasi)
    smallest = int(sizes.min())
    l, t = None, None  # noqa: E741
    for column in sensitive:
        diversity, distance = _diversity(coded, quasi, column)
        l = diversity if l is None else min(l, diversity)  # noqa: E741
        t = distance if t is None else max(t, distance)
    return Risk(
        rows=rows,
        quasi_identifiers=tuple(quasi),
        classes=len(sizes),
        k=smallest,
        below=int(sizes[sizes < k].sum()),
        unique=int((sizes == 1).sum()),
        prosecutor=1 / smallest,
        marketer=len(sizes) / rows,
        mean=float((1 / sizes).mean()),
        l=l,
        t=t,
    )


@dataclass(frozen=True)
class Population:
    """How many people there are, and how many of them by the values of some columns."""

    total: int
    margins: Mapping[str, Mapping[str, int]]


def journalist(coded: Coded, quasi: Sequence[str], population: Population) -> float:
    """The risk of the person easiest to find among all people, in the table or not.

    The people a class stands for are the population times the share of each of its values, as if
    the columns had nothing to do with each other, and never fewer than the class holds. Columns
    without margins are taken to be spread as they are in the table.
    """
    rows = coded.frame.height
    if not quasi or not rows:
        return 0.0
    # Classes are taken from any one of their records.
    sizes = coded.of_each(quasi)
    expected = np.full(rows, float(population.total))
    for name in quasi:
        margin = population.margins.get(name)
        if margin is None:
            expected *= coded.of_each([name]) / rows
            continue
        known = pl.DataFrame({"v": list(margin), "n": list(margin.values())})
        values = coded.frame.select(pl.col(name).cast(pl.String).alias("v"))
        counts = values.join(known, on="v", how="left", maintain_order="left")["n"].fill_null(0)
        expected *= counts.to_numpy() / max(1, population.total)
    return float(1 / np.maximum(expected, sizes).min())


def _diversity(coded: Coded, quasi: Sequence[str], column: str) -> tuple[int, float]:
    """Distinct values in the poorest class, and the distance of the farthest one."""
    by = [name for name in quasi if name != column]
    if not by:
        return int(coded.frame[column].n_unique()), 0.0
    values = coded.frame[column]
    if values.dtype.is_numeric():
        return _ordered(coded, by, column)
    counts = coded.table(by, column)
    poorest = int((counts > 0).sum(axis=1).min())
    return poorest, float(distances(counts).max())


def distances(counts: Numbers) -> Numbers:
    """How far the values of each class are from those of all: half the sum of |p - q|."""
    overall = counts.sum(axis=0) / counts.sum()
    near = counts / counts.sum(axis=1, keepdims=True)
    return np.abs(near - overall).sum(axis=1) / 2  # type: ignore[no-any-return]


def _ordered(coded: Coded, by: list[str], column: str) -> tuple[int, float]:
    """The same for numbers: the ordered earth mover's distance over the ranks of the values.

    Classes are taken one by one, as a table of counts over thousands of amounts does not fit.
    """
    values, many = coded.codes(column)
    missing = coded.frame[column].null_count() > 0
    key, _ = coded.key(by)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    ranks = values[order]
    poorest, worst = many, 0.0
    real = many - missing
    whole = np.cumsum(np.bincount(values, minlength=many)[:real])
    table = whole / max(1, whole[-1]) if real else whole
    # Between two of its own values the distribution of a class is flat, so the distance is summed
    # over prefix sums of the table's function instead of over every rank of every class.
    for part in np.split(ranks, starts[1:]):
        present = np.unique(part)
        poorest = min(poorest, len(present))
        known = part[part < real] if missing else part
        if real > 1 and len(known):
            worst = max(worst, _distance(known, table))
    return poorest, worst


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


def require_values(name: str, different: int, l: int) -> None:  # noqa: E741
    """Refuse an `l` that no class can reach, since the whole column has fewer values."""
    if different >= l:
        return
    raise Refused(
        "L_LARGER_THAN_VALUES",
        f"l 为 {l}，而列「{name}」只有 {different} 种取值，任何分组都达不到："
        "知道谁在表里就知道答案。请删除这一列，或者把 l 留空。",
        f"l is {l}, the column {name} has {different} values; no class can reach it, and knowing "
        "who is in the table is knowing the value. Remove the column, or leave l blank.",
    )


def reachable(frame: pl.DataFrame, sensitive: Sequence[str], l: int) -> list[str]:  # noqa: E741
    """The sensitive columns that have so many values at all.

    What a whole table shares, no class can hide: the gate says so and what to do, a run goes on.
    """
    return [name for name in sensitive if frame[name].n_unique() >= l]


@dataclass(frozen=True)
class Suppressed:
    """What local suppression cost: cells blanked, records touched, records removed."""

    cells: int
    touched: int
    removed: int


def reach(
    frame: pl.DataFrame,
    quasi: Sequence[str],
    k: int,
    sensitive: Sequence[str] = (),
    l: int = 1,  # noqa: E741  # the name of the model
    people: str | None = None,
) -> tuple[pl.DataFrame, Suppressed]:
    """Blank single cells of records in classes below `k`, or of fewer than `l` values of a
    sensitive column, until all classes reach both.

    Where the column `people` says whose a record is, `k` counts them and not their records.

    The column with the most values is blanked first, then the next; what is still alone with
    every quasi-identifier blank is removed. The order of the records stays. Raises Refused where
    the whole column has fewer values than `l`.
    """
    large = (pl.len() if people is None else pl.col(people).n_unique()) >= k
    for secret in sensitive if l > 1 else ():
        require_values(secret, frame[secret].n_unique(), l)
        large &= pl.col(secret).n_unique() >= l
    kept = frame.with_row_index(_ROW)
    order = sorted(quasi, key=lambda name: (-frame[name].n_unique(), name))
    settled: list[pl.DataFrame] = []
    blanked: list[str] = []
    cells = touched = 0
    for name in (None, *order):
        if name is not None:
            blanked.append(name)
            kept = kept.with_columns(pl.lit(None, dtype=kept.schema[name]).alias(name))
        judged = kept.with_columns(large.over(list(quasi)).alias(_GOOD))
        good = judged.filter(_GOOD).drop(_GOOD)
        kept = judged.filter(~pl.col(_GOOD)).drop(_GOOD)
        settled.append(good)
        cells += len(blanked) * good.height
        touched += good.height if blanked else 0
        if kept.is_empty():
            break
    whole = pl.concat(settled).sort(_ROW).drop(_ROW)
    return whole, Suppressed(cells, touched, kept.height)
