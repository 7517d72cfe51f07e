"""What a release still tells of the table it was made from: by column, and for the use named."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from anonymization.findings import Numbers


def lost(raw: pl.DataFrame, release: pl.DataFrame, use: Sequence[str] = ()) -> dict[str, Any]:
    """What each column lost and, where the use names columns, how far off its table is.

    `kept` is the information (entropy) of the release's values to that of the raw ones, 0 to 1;
    `mean_shift` and `spread_shift` are relative, for numbers. `use_distance` is half the sum of
    |p - q| over the combinations of the use's columns: 0 the same table, 1 nothing in common; None
    where a column of the use is not in the release.
    """
    left = set(release.columns)
    columns = [_column(one, release[one.name] if one.name in left else None) for one in raw]
    return {
        "columns": columns,
        "kept": float(np.mean([one["kept"] for one in columns])) if columns else 0.0,
        "use": list(use),
        "use_distance": _apart(raw, release, use),
    }


def _column(old: pl.Series, new: pl.Series | None) -> dict[str, Any]:
    if new is None:
        return {"column": old.name, "before": old.drop_nulls().n_unique(), "after": 0, "kept": 0.0}
    before, after = _shares(old), _shares(new)
    whole = _entropy(before)
    kept = min(1.0, _entropy(after) / whole) if whole > 0 else 1.0
    made = {"column": old.name, "before": len(before), "after": len(after), "kept": round(kept, 4)}
    return made | _moved(old, new)


def _shares(values: pl.Series) -> Numbers:
    counts = values.drop_nulls().value_counts()["count"].to_numpy()
    return counts / max(1, counts.sum())  # type: ignore[no-any-return]


def _entropy(shares: Numbers) -> float:
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0


def _moved(old: pl.Series, new: pl.Series) -> dict[str, float]:
    """How far the mean and the spread of numbers went; nothing for what is no number."""
    first, second = (one.cast(pl.Float64, strict=False).drop_nulls() for one in (old, new))
    if len(first) < 0.9 * old.count() or len(second) < 0.9 * new.count() or len(second) < 2:
        return {}
    a, b = first.to_numpy(), second.to_numpy()
    return {
        "mean_shift": round(float(b.mean() - a.mean()) / (abs(float(a.mean())) or 1.0), 6),
        "spread_shift": round(float(b.std() - a.std()) / (float(a.std()) or 1.0), 6),
    }


def _apart(raw: pl.DataFrame, release: pl.DataFrame, use: Sequence[str]) -> float | None:
    if not use or not set(use) <= set(raw.columns) & set(release.columns):
        return None
    names = list(use)
    tables = [
        one.select(pl.col(names).cast(pl.String)).group_by(names).len("n").with_columns(
            (pl.col("n") / one.height).alias("p")
        )
        for one in (raw, release)
    ]  # fmt: skip
    both = tables[0].join(tables[1], on=names, how="full", nulls_equal=True, suffix="_b")
    gap = both["p"].fill_null(0.0) - both["p_b"].fill_null(0.0)
    return round(float(gap.abs().sum()) / 2, 6)
