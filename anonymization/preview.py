"""Before and after on rows of nobody: what a plan does, seen before any data are touched.

`python -m anonymization.preview` reads a plan and writes what it found, both as JSON, under limits
of its own: a server asks a child, and never carries the engine itself.
"""

import json
import os
import resource
import secrets
import sys
from typing import Any, Final

ROWS: Final = 1000
SHOWN: Final = 3
MEMORY: Final = 2 << 30
SECONDS: Final = 20


def preview(plan: dict[str, Any], rows: int = ROWS, shown: int = SHOWN) -> dict[str, Any]:
    """The first made-up rows before and after a plan, and what it takes there to reach k.

    The key is made for this look and kept nowhere: no code seen here is one of a release. Raises
    Refused where the plan cannot be run.
    """
    from anonymization import plan as masking
    from anonymization.aggregation import aggregate
    from anonymization.pipeline import treat
    from anonymization.samples import made_up

    before = made_up(plan, rows)
    key = secrets.token_bytes(32) if masking.needs_key(plan) else None
    after = treat(plan, before, key)
    found: dict[str, Any] = {
        "rows": rows,
        "columns": [
            {
                "name": name,
                "before": _texts(before[name].head(shown)),
                "after": _texts(after[name].head(shown)) if name in after.columns else None,
            }
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
    given = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from anonymization.errors import Refused

    try:
        found = preview(given)
    except Refused as refusal:
        found = {"refused": {"zh": refusal.zh, "en": refusal.en}}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
