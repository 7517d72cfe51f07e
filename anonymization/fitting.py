"""Fits a proposed plan to its table: coarser, column by column, until k costs little."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from anonymization import pipeline, plan, risk
from anonymization.plan import Plan
from anonymization.reasons import FITTED, SHARED
from anonymization.tables import whole

# Each step coarser, along the way a column is treated; past the last one it is removed.
_COARSER: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("month", "quarter", "year", "decade"),
    "address": ("street", "district", "city"),
    "region": ("district", "city", "province"),
}
_WIDEST_AGE: Final = 20


def fit(proposed: Plan, table: Any) -> Plan:
    """The plan made coarser until reaching k and l touches no more records than it allows.

    The column that tells most people apart goes first. Profiles that are not judged by k, and
    plans that fit, come back as they are.
    """
    frame = whole(table)
    fitted = _without_what_all_share(proposed, frame)
    while _too_dear(fitted, frame):
        treated = _treated(fitted, frame)
        finest = max(fitted["quasi_identifiers"], key=lambda name: (treated[name].n_unique(), name))
        fitted = _coarser(fitted, finest)
    return fitted


def _without_what_all_share(proposed: Plan, frame: pl.DataFrame) -> Plan:
    """The plan without sensitive columns that cannot have `l` values in any class.

    What all of the table share no class can hide; what the resource is called says it as well.
    """
    least, secret = plan.fewest_values(proposed), proposed.get("sensitive", [])
    kept = risk.reachable(frame, secret, least) if least > 1 else secret
    if kept == secret:
        return dict(proposed)
    gone = {**dict.fromkeys(secret, True), **dict.fromkeys(kept, False)}
    fitted = {
        **proposed,
        "columns": [
            {**line, "technique": "suppress", "params": {}, "reason": SHARED}
            if gone.get(line["name"])
            else line
            for line in proposed["columns"]
        ],
        "sensitive": list(kept),
    }
    if not kept:
        del fitted["l"]
    return fitted


def _too_dear(masking: Plan, frame: pl.DataFrame) -> bool:
    quasi = masking.get("quasi_identifiers", [])
    k = plan.smallest_class(masking)
    if not quasi or k > frame.height or not plan.profiles()[masking["profile"]]["judged"]:
        return False
    secret = plan.secret(masking, quasi)
    treated = _treated(masking, frame).with_columns(frame.select(secret))
    _, cost = risk.reach(treated, quasi, k, secret, plan.fewest_values(masking))
    allowed = float(masking.get("max_suppressed", 1.0))
    return cost.touched + cost.removed > allowed * frame.height


def _treated(masking: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """The quasi-identifiers as the plan treats them; none of its techniques for them has a key."""
    names = masking["quasi_identifiers"]
    lines = [line for line in masking["columns"] if line["name"] in names]
    made = pipeline.treat({**masking, "columns": lines, "sensitive": []}, frame.select(names))
    assert isinstance(made, pl.DataFrame)
    return made


def _coarser(masking: Plan, name: str) -> Plan:
    lines = [_step(one) if one["name"] == name else one for one in masking["columns"]]
    gone = {one["name"] for one in lines if one["technique"] == "suppress"}
    quasi = [one for one in masking["quasi_identifiers"] if one not in gone]
    return {**masking, "columns": lines, "quasi_identifiers": quasi}


def _step(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line one step coarser, removed when there is none."""
    given = dict(line.get("params") or {})
    steps = _COARSER.get(str(given.get("hierarchy")), ())
    if given.get("to") in steps[:-1]:
        given["to"] = steps[steps.index(given["to"]) + 1]
    elif given.get("hierarchy") == "age" and given["width"] < _WIDEST_AGE:
        given["width"] = min(2 * given["width"], _WIDEST_AGE)
    else:
        return {**line, "technique": "suppress", "params": {}, "reason": f"{FITTED}：已删除"}
    return {**line, "params": given, "reason": FITTED}
