"""Before and after: what a plan does, seen on rows of nobody or on the first rows of a sample.

`python -m anonymization.preview [KIND]` reads a plan and writes what it found, both as JSON, under
limits of its own: a server asks a child, and never carries the engine itself. With a KIND the
bytes of a sample follow the line of the plan; they are in the memory of the child alone.
"""

import json
import os
import secrets
import sys
from typing import TYPE_CHECKING, Any, Final

from anonymization import peeking
from anonymization import plan as masking

if TYPE_CHECKING:
    import polars as pl

ROWS: Final = 1000
SHOWN: Final = 3
# Of a sample a few more, each another value where there are as many.
SHOWN_RAW: Final = 5


def preview(plan: dict[str, Any], rows: int = ROWS, shown: int = SHOWN) -> dict[str, Any]:
    """The first made-up rows before and after a plan, and what it takes there to reach k.

    The key is made for this look and kept nowhere: no code seen here is one of a release. Raises
    Refused where the plan cannot be run.
    """
    from anonymization.samples import made_up

    return _shown(plan, made_up(plan, rows), shown)


def sample(plan: dict[str, Any], content: bytes, kind: str) -> dict[str, Any]:
    """The first rows of a sample before and after a plan; of each column a few values.

    As `preview`, and of no more rows than that: what comes of the whole table only a run says.
    """
    before = peeking.first(content, kind, ROWS)
    peeking.require_planned(plan, before.columns)
    peeking.require_told(plan, content, kind)
    before.columns = masking.met(plan, before.columns)
    return _shown(plan, before, SHOWN_RAW, distinct=True)


def _shown(
    plan: dict[str, Any], before: "pl.DataFrame", shown: int, *, distinct: bool = False
) -> dict[str, Any]:
    from anonymization.aggregation import aggregate
    from anonymization.pipeline import treat

    key = secrets.token_bytes(32) if masking.needs_key(plan) else None
    after = treat(plan, before, key)
    found: dict[str, Any] = {
        "rows": before.height,
        "columns": [
            _column(name, before, after, _places(before[name], shown, distinct))
            for name in before.columns
        ],
    }
    least = masking.smallest_class(plan)
    if "aggregate" in plan:
        made = aggregate(after, plan["aggregate"], least)
        table = made.table.head(shown)
        found["groups"] = {
            "columns": table.columns,
            "rows": [list(row) for row in zip(*(_texts(one) for one in table), strict=True)],
            "all": made.table.height,
            "removed": made.removed,
            "k": least,
        }
    elif masking.profiles()[plan["profile"]]["judged"]:
        found |= _classes(plan, after, least)
    return found


def _column(
    name: str, before: "pl.DataFrame", after: "pl.DataFrame", places: list[int]
) -> dict[str, Any]:
    return {
        "name": name,
        "before": _texts(before[name].gather(places)),
        "after": _texts(after[name].gather(places)) if name in after.columns else None,
    }


def _places(values: "pl.Series", shown: int, distinct: bool) -> list[int]:
    """Which rows are shown of a column: the first, or the first of each value."""
    if not distinct:
        return list(range(min(shown, values.len())))
    places: list[int] = values.arg_unique().sort().head(shown).to_list()
    return places


def _classes(plan: dict[str, Any], after: Any, least: int) -> dict[str, Any]:
    """The smallest class of the treated rows and the records in classes below k."""
    import polars as pl

    quasi = [name for name in plan.get("quasi_identifiers", []) if name in after.columns]
    if not quasi:
        return {}
    sizes = after.select(pl.len().over(quasi)).to_series()
    return {
        "classes": {
            "quasi": quasi,
            "k": least,
            "smallest": int(sizes.min()),
            "below": int((sizes < least).sum()),
        }
    }


def _texts(values: Any) -> list[str]:
    return ["" if one is None else str(one) for one in values.to_list()]


def main() -> None:
    """Answer the plan on stdin; what cannot be run is answered by a sentence in both languages."""
    # One thread is enough for so few rows, and the address space stays small.
    os.environ["POLARS_MAX_THREADS"] = "1"
    line, _, content = sys.stdin.buffer.read().partition(b"\n")
    plan = json.loads(line)
    peeking.confined()
    from anonymization.errors import Refused

    try:
        found = sample(plan, content, sys.argv[1]) if sys.argv[1:] else preview(plan)
    except Refused as refusal:
        found = {"refused": {"zh": refusal.zh, "en": refusal.en}}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
