"""The life of an entry as a table: states, steps, who, not also by whom, clocks (life.json)."""

from collections.abc import Mapping
from dataclasses import dataclass

import schemas


@dataclass(frozen=True)
class State:
    """A state of a version: its name on screen and the role that has the ball."""

    id: str
    zh: str
    ball: str | None


@dataclass(frozen=True)
class Step:
    """A step: from which states to which, by which roles, kept apart from which earlier steps."""

    id: str
    zh: str
    en: str
    sources: frozenset[str]
    target: str | None
    roles: frozenset[str]
    law: str
    on_paper: bool


def _states() -> dict[str, State]:
    rows = schemas.codes.table("life")["states"]
    return {
        row["id"]: State(row["id"], row["zh"], None if row["ball"] == "-" else row["ball"])
        for row in rows
    }


def _steps() -> dict[str, Step]:
    return {
        row["id"]: Step(
            row["id"],
            row["zh"],
            row["en"],
            frozenset(row["from"]),
            row["to"] if isinstance(row["to"], str) else None,
            frozenset(row["who"]),
            row["law"],
            bool(row["on_paper"]),
        )
        for row in schemas.codes.table("life")["steps"]
    }


STATES: Mapping[str, State] = _states()
STEPS: Mapping[str, Step] = _steps()

# The states in which the content is open to edits, decided by somebody, or seen by the public.
OPEN = frozenset({"draft"})
UNDECIDED = frozenset({"in_secrecy_review", "in_head_review", "in_authority_review"})
LIVE = frozenset({"published"})
# No longer in use: what the public gets at the address is a tombstone.
OUT = frozenset({"suspended", "retired"})
# The later of these says whether a proposal to retire stands.
PROPOSAL = ("propose_retirement", "keep")

# The clock of each waiting state: a name of deadlines.json.
CLOCKS: Mapping[str, str] = {
    "in_secrecy_review": "secrecy_step_working_days",
    "in_head_review": "head_step_working_days",
    "in_authority_review": "first_review_working_days",
}
UPDATE_CLOCK = "catalogue_update_review"


def coming(step: str, locale: str = "zh") -> str:
    """A step by its name while it is still to come (保密审查), not as it reads once it is done."""
    for row in schemas.codes.table("life")["steps"]:
        if row["id"] == step and "coming" in row:
            return str(row["coming"][locale])
    return schemas.codes.label("act", step, locale)
