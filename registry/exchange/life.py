"""The life of requests and demands as a table: states, steps, who, clocks (request_life.json)."""

from collections.abc import Mapping
from dataclasses import dataclass

import schemas


@dataclass(frozen=True)
class State:
    """A state: the act and the side that have the ball, and the kind of clock that runs."""

    id: str
    act: str | None
    side: str | None
    clock: str | None


@dataclass(frozen=True)
class Step:
    """A step: from which states to which, by whom on which side, who is told, what is written.

    `target` None leaves the state. `text` is None where nothing is written, else whether the
    words are obligatory.
    """

    id: str
    sources: frozenset[str]
    target: str | None
    act: str
    side: str
    tells: tuple[tuple[str, str], ...]
    text: bool | None
    text_title: Mapping[str, str]
    tone: str
    article: str


def _states(kind: str) -> dict[str, State]:
    rows = schemas.codes.table("request_life")["states"]
    return {
        row["id"]: State(row["id"], row["act"], row["side"], row["clock"])
        for row in rows
        if row["of"] == kind
    }


def _steps(name: str) -> dict[str, Step]:
    return {
        row["id"]: Step(
            row["id"],
            frozenset(row["from"]),
            row["to"],
            row["act"],
            row["side"],
            tuple((side, role) for side, role in row["tells"]),
            row["text"]["required"] if row["text"] else None,
            row["text"] or {},
            row["tone"],
            row["article"],
        )
        for row in schemas.codes.table("request_life")[name]
    }


STATES: Mapping[str, State] = _states("request")
STEPS: Mapping[str, Step] = _steps("steps")
DEMAND_STATES: Mapping[str, State] = _states("demand")
DEMAND_STEPS: Mapping[str, Step] = _steps("demand_steps")

# The provider has it before him; a clock of the law runs or is stopped.
ANSWERING = frozenset({"received", "extended", "consent_back", "correction_asked"})
GRANTED = frozenset(
    {"granted", "granted_standing", "delivering", "in_use", "data_correction", "suspended"}
)
CLOSED = frozenset({"refused", "ended", "withdrawn"})
