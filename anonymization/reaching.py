"""Brings a treated table to k, l and t: by blanking what is alone, or by recoding along the lists.

What all of the table share cannot be reached by any class: it is left to the gate to say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from anonymization import ladders, plan, recoding, risk, whose
from anonymization.cells import numbered

# The number of a record in the table before any was removed.
ROW: Final = "\0place"


@dataclass(frozen=True)
class Reached:
    """The quasi-identifiers of the records that stay (None: as they were), and what it cost."""

    changes: pl.DataFrame | None = None
    suppressed: risk.Suppressed = field(default_factory=lambda: risk.Suppressed(0, 0, 0))
    blanked: Mapping[str, int] = field(default_factory=dict)
    recoded: Mapping[str, int] = field(default_factory=dict)
    # The column that says whose the records are and how many people, where they are below k.
    whose: tuple[str, int] | None = None


def reached(
    masking: plan.Plan, treated: pl.DataFrame, raw: Callable[[list[str]], pl.DataFrame]
) -> Reached:
    """Reach what the plan asks of a treated table; `raw` gives columns as they were before.

    People are counted where a column says whose the records are, as the gate counts them.
    """
    how = masking.get("reach_k", "suppress")
    quasi = [name for name in masking.get("quasi_identifiers", []) if name in treated.columns]
    if not quasi or how == "fail":
        return Reached()
    reach = _recoded if how == "recode" else _suppressed
    people = whose.code_of(treated, quasi)
    made = reach(masking, treated, quasi, raw, people)
    if people is not None and (many := treated[people].n_unique()) < plan.smallest_class(masking):
        return replace(made, whose=(people, many))
    if made.changes is None:
        return made
    # Coarser classes may show that a code is a person's where finer ones did not.
    kept = treated[made.changes[ROW].to_list()].with_columns(made.changes.drop(ROW))
    later = whose.code_of(kept, quasi)
    if later is not None and later != people:
        made = reach(masking, treated, quasi, raw, later)
    return made


def _secret(masking: plan.Plan, treated: pl.DataFrame, quasi: Sequence[str]) -> list[str]:
    """The sensitive columns that are released, no part of the class, and have l values at all."""
    there = [name for name in plan.secret(masking, quasi) if name in treated.columns]
    return risk.reachable(treated, there, plan.fewest_values(masking))


def _suppressed(
    masking: plan.Plan,
    treated: pl.DataFrame,
    quasi: list[str],
    raw: Callable[[list[str]], pl.DataFrame],
    people: str | None,
) -> Reached:
    """Blank cells of records in classes too small or too poor; remove what is alone even so."""
    secret = _secret(masking, treated, quasi)
    more = [people] if people and people not in secret else []
    before = treated.select(*quasi, *secret, *more).with_row_index(ROW)
    k, values = plan.smallest_class(masking), plan.fewest_values(masking)
    after, cost = risk.reach(before, quasi, k, secret, values, people)
    after = after.select(ROW, *quasi)
    if not cost.touched and not cost.removed:
        return Reached()
    kept = before.join(after.select(ROW), on=ROW, how="semi")
    blanked = {
        name: int((kept[name].is_not_null() & after[name].is_null()).sum()) for name in quasi
    }
    return Reached(after, cost, blanked)


def _recoded(
    masking: plan.Plan,
    treated: pl.DataFrame,
    quasi: list[str],
    raw: Callable[[list[str]], pl.DataFrame],
    people: str | None,
) -> Reached:
    """Generalize each class just as far as k, l and t ask, along the lists of the library."""
    secret = _secret(masking, treated, quasi)
    more = [people] if people and people not in secret else []
    frame, before = treated.select(*quasi, *secret, *more), raw(quasi)
    lines = {line["name"]: line for line in masking["columns"]}
    trees = {name: ladders.ladder(lines[name], before[name], frame[name]) for name in quasi}
    leaves = frame.with_columns(ladders.as_leaves(frame[name]).alias(name) for name in quasi)
    made = recoding.anonymize_k(
        numbered(leaves, secret),
        trees,
        plan.smallest_class(masking),
        sensitive=secret,
        l=plan.fewest_values(masking) if secret else 1,
        t=masking.get("t"),
        people=people,
    ).frame.select(quasi)
    whole = pl.all().replace([ladders.ROOT, ladders.BLANK], [None, None])
    lost = pl.DataFrame(
        [(made[name] == ladders.ROOT) & (leaves[name] != ladders.BLANK) for name in quasi]
    )
    blanked = {name: int(lost[name].sum()) for name in quasi}
    recoded = {name: int((made[name] != leaves[name]).sum()) - blanked[name] for name in quasi}
    touched = int(lost.select(pl.any_horizontal(pl.all())).to_series().sum())
    cost = risk.Suppressed(sum(blanked.values()), touched, 0)
    return Reached(made.select(whole).with_row_index(ROW), cost, blanked, recoded)
