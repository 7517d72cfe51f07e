"""The computed verdict: every gate with its result, what stands against it, who has the ball."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, cast

from sqlalchemy.orm import Session

import schemas
from registry.acceptance.facts import Facts, gather, gather_many
from registry.acceptance.gates import CHECKS, Shortfall, Told, applicability, evidence_of
from registry.models.projects import Project
from registry.signing import sm3

STAGES = ("approval", "initial", "final")
# Results under which a gate does not stand in the way.
GOOD = frozenset({"pass", "na"})


@dataclass(frozen=True)
class Gate:
    """One row of acceptance_gates.json."""

    id: str
    zh: str
    en: str
    basis_zh: str
    basis_en: str
    group: str
    from_stage: str
    deferrable: str
    na_reasons: tuple[str, ...]
    voided_by: str
    judges_entries: bool

    def title(self, locale: str = "zh") -> str:
        """The name of the gate on screen and on the opinion."""
        return self.en if locale == "en" else self.zh

    def basis(self, locale: str = "zh") -> str:
        """The articles the gate rests on."""
        return self.basis_en if locale == "en" else self.basis_zh


@dataclass(frozen=True)
class Line:
    """One gate of an examination.

    `result`: pass · fail · na (with `reason`) · not_yet (its stage has not come) · deferred ·
    unbound (this kind of project is not measured by it) · idle (it judges entries and there are
    none: neither passed nor in the way, what is missing is told by the gate on the catalogue).
    """

    gate: Gate
    result: str
    shortfalls: tuple[Shortfall, ...] = ()
    reason: str = ""
    proofs: tuple[Told, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """What proves the gate, in the words that are signed."""
        return self.evidence_in("zh")

    def evidence_in(self, locale: str) -> tuple[str, ...]:
        """What proves the gate, to be read in this language."""
        return tuple(_told(one, locale) for one in self.proofs)

    @property
    def balls(self) -> tuple[str, ...]:
        """The roles that have to act, in the order of the shortfalls."""
        return tuple(dict.fromkeys(one.ball for one in self.shortfalls))


@dataclass(frozen=True)
class Examination:
    """A verdict on one project at one stage: pass, conditional, fail, or none (no opinion)."""

    project: Project
    stage: str
    day: date
    lines: tuple[Line, ...]
    verdict: str
    extent: str
    versions: tuple[Mapping[str, Any], ...]
    deferrals: tuple[Mapping[str, str], ...]

    @property
    def failing(self) -> tuple[Line, ...]:
        """The gates that stand in the way."""
        return tuple(line for line in self.lines if line.result == "fail")

    @property
    def digest(self) -> str:
        """The digest of what the verdict rests on: a signature is on exactly this."""
        facts = {
            "project": self.project.key,
            "stage": self.stage,
            "gates": [
                [line.gate.id, line.result, line.reason, list(line.evidence)] for line in self.lines
            ],
            # The opinions that stand were signed over the number of the text in the database.
            "versions": [
                {**{k: v for k, v in one.items() if k != "number"}, "version": one["number"]}
                for one in self.versions
            ],
            "deferrals": [dict(deferral) for deferral in self.deferrals],
        }
        return f"sm3:{sm3(schemas.canonical(facts)).hex()}"


@cache
def gates() -> tuple[Gate, ...]:
    """Every gate, in the order of the table."""
    return tuple(
        Gate(
            row["id"],
            row["zh"],
            row["en"],
            row["basis_zh"],
            row["basis"],
            row["group"],
            row["from_stage"],
            str(row["deferrable"] or ""),
            tuple(row["na_reasons"]),
            row.get("voided_by", ""),
            row.get("judges") == "entries",
        )
        for row in schemas.codes.table("acceptance_gates")["gates"]
    )


def examine(
    session: Session,
    project: Project,
    stage: str | None = None,
    *,
    deferral_paper: str = "",
    day: date | None = None,
) -> Examination:
    """Compute the verdict; nothing is stored. `stage` None: the stage the project is in."""
    return _examined(gather(session, project, stage or project.stage, deferral_paper, day))


def examine_many(
    session: Session,
    projects: Sequence[Project],
    *,
    deferral_paper: str = "",
    day: date | None = None,
) -> list[Examination]:
    """The verdicts on many projects, each at its own stage, in the same queries as for one."""
    asked = [(project, project.stage) for project in projects]
    return [_examined(facts) for facts in gather_many(session, asked, deferral_paper, day)]


def _examined(facts: Facts) -> Examination:
    extent, bound = _binds(facts)
    lines = tuple(_line(facts, gate, bound) for gate in gates())
    return Examination(
        project=facts.project,
        stage=facts.stage,
        day=facts.day,
        lines=lines,
        verdict=_verdict(lines, bound),
        extent=extent,
        versions=tuple(_version(entry) for entry in facts.entries),
        deferrals=tuple(
            {"gate": one.gate, "reason": one.reason, "due": one.due.isoformat()}
            for one in facts.deferrals
        ),
    )


def _binds(facts: Facts) -> tuple[str, frozenset[str]]:
    """The extent for this kind of project, and the gates that bind it today."""
    row = applicability(facts)
    every = frozenset(CHECKS)
    if row["extent"] == "later":
        # An emergency project is exempt until its catch-up date, then measured like a new one.
        until = facts.project.facts.get("catch_up")
        overdue = isinstance(until, str) and date.fromisoformat(until) < facts.day
        return row["extent"], every if overdue else frozenset()
    binds = row["binds"]
    if isinstance(binds, list):
        return row["extent"], frozenset(binds)
    return row["extent"], every if binds == "all" else frozenset()


def _line(facts: Facts, gate: Gate, bound: frozenset[str]) -> Line:
    if gate.id not in bound:
        return Line(gate, "unbound")
    if STAGES.index(gate.from_stage) > STAGES.index(facts.stage):
        return Line(gate, "not_yet")
    signed = facts.exempt(gate.id)
    if signed is not None and signed.reason in gate.na_reasons:
        return Line(gate, "na", reason=signed.reason)
    known = bool(facts.entries) and not facts.frozen
    if "no_pi" in gate.na_reasons and known and not any(e.personal for e in facts.entries):
        return Line(gate, "na", reason="no_pi")
    found = tuple(CHECKS[gate.id](facts))
    if not found and gate.judges_entries and not facts.entries:
        return Line(gate, "idle")
    proofs = tuple(evidence_of(facts, gate.id))
    if not found:
        return Line(gate, "pass", proofs=proofs)
    result = "deferred" if _deferred(facts, gate) else "fail"
    return Line(gate, result, found, proofs=proofs)


def _deferred(facts: Facts, gate: Gate) -> bool:
    """Whether a signed deferral, under a city paper that allows it, covers the gate today."""
    if not facts.deferral_paper or not gate.deferrable:
        return False
    if gate.deferrable == "no_data_yet" and facts.stage == "final":
        return False
    return any(
        one.gate == gate.id and one.reason == gate.deferrable and one.due >= facts.day
        for one in facts.deferrals
    )


def _verdict(lines: Sequence[Line], bound: frozenset[str]) -> str:
    if not bound:
        return "none"
    results = {line.result for line in lines}
    if "fail" in results:
        return "fail"
    return "conditional" if "deferred" in results else "pass"


def _version(entry: Any) -> Mapping[str, Any]:
    return {
        "key": entry.resource.key,
        "code": entry.resource.code or "",
        "name": entry.version.name,
        "version": entry.version.ordinal,
        "number": entry.version.number,
        "digest": entry.version.digest,
    }


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    text = (files("registry.acceptance") / "sentences.json").read_text("utf-8")
    return cast("Mapping[str, Mapping[str, str]]", schemas.loads(text))


def _told(proof: Told, locale: str) -> str:
    facts = dict(proof.facts)
    if "na_reason" in facts:
        facts["na_reason"] = schemas.codes.label("na_reason", facts["na_reason"], locale)
    if "numbers" in facts:
        facts["numbers"] = ("、" if locale == "zh" else ", ").join(facts["numbers"])
    return _sentences()[proof.code][locale].format(**facts)


def said(shortfall: Shortfall, locale: str = "zh") -> tuple[str, str]:
    """What stands against a gate, and what to do about it."""
    row = _sentences()[shortfall.code]
    facts = {
        name: _first_few(value, locale) if isinstance(value, list) else value
        for name, value in shortfall.facts.items()
    }
    if "list" in facts:
        facts["list"] = _sentences()[f"list.{facts['list']}"][locale]
    return row[locale].format(**facts), row[f"{locale}_remedy"].format(**facts)


_FEW = 5


def _first_few(names: Sequence[str], locale: str) -> str:
    """Some names of a list, and that there are more where there are."""
    if locale == "zh":
        return "、".join(names[:_FEW]) + ("等" if len(names) > _FEW else "")
    return ", ".join(names[:_FEW]) + (" and others" if len(names) > _FEW else "")
