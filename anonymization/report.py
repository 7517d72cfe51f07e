"""The report of a run: what went in, what was done, what remains, and whether it holds.

A report is bound by digests to the input, the plan, the output, the version of the tool and what
the caller names (the resource and its version). It holds counts and names of columns, never a
value of the data, so it may travel where the data may not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from anonymization import crypto, plan, reasons
from anonymization.attacks import Verdict
from anonymization.wording import tables

FORMAT: Final = 1
TOOL: Final = {"name": "wuhai-registry anonymization", "version": "0.1.0"}


@dataclass
class Tally:
    """What happened to the cells of one column."""

    filled: int = 0
    changed: int = 0
    unreadable: int = 0
    blanked: int = 0
    recoded: int = 0
    distinct: int | None = None


@dataclass(frozen=True)
class Report:
    """The outcome of a run; `facts` is the JSON document that travels."""

    facts: Mapping[str, Any]

    @property
    def passed(self) -> bool:
        """Whether the release withstood every attack; only then was it written."""
        return bool(self.facts["verdict"] == "pass")

    @property
    def digest(self) -> str:
        """The digest of the report itself."""
        return crypto.digest(self.facts)

    def json(self) -> str:
        """The report as text, for people and machines."""
        return json.dumps(self.facts, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True)
class Run:
    """The facts of a run that the report is made from."""

    plan: plan.Plan
    kind: str
    binding: Mapping[str, Any]
    input: Mapping[str, Any]
    output: Mapping[str, Any] | None
    key_id: str | None
    tallies: Mapping[str, Tally]
    suppressed: Mapping[str, Any]
    made_at: str
    # How many earlier releases the run was compared with.
    earlier: int = 0
    # What the run did to the table (`impact.told`).
    impact: Mapping[str, Any] = field(default_factory=dict)


def make(run: Run, verdict: Verdict, more: Sequence[Mapping[str, Any]] = ()) -> Report:
    """The report of a run that was judged; `more` are findings of the run itself."""
    findings = [*more, *(finding.facts() for finding in verdict.findings)]
    failed = bool(findings)
    # A release that is not written can join none.
    told = {name: part for name, part in run.impact.items() if name != "sketches" or not failed}
    if verdict.counted is not None:
        told["counted"] = dict(verdict.counted)
    return Report(
        {
            "report": FORMAT,
            "tool": dict(TOOL),
            "kind": run.kind,
            "made_at": run.made_at,
            "profile": run.plan["profile"],
            "release": str(run.plan.get("release") or "release"),
            "binding": dict(run.binding),
            "input": dict(run.input),
            "plan": {"digest": plan.digest(run.plan)},
            # A release that fails is not written; its digest would name a file nobody has.
            "output": None if failed or run.output is None else dict(run.output),
            "key_id": run.key_id,
            "columns": [_column(line, run, verdict) for line in run.plan["columns"]],
            "k_wanted": plan.smallest_class(run.plan),
            "risk": verdict.risk.facts(),
            "discovered_quasi_identifiers": list(verdict.discovered),
            "suppressed": dict(run.suppressed),
            "residual": list(verdict.residual),
            "level": verdict.level,
            "attacks": _tried(run, findings),
            "findings": findings,
            **told,
            "verdict": "fail" if failed else "pass",
        }
    )


def _tried(run: Run, findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The attacks that this run was put to, and how many records each reached; 0: it held."""
    judged = bool(plan.profiles()[run.plan["profile"]]["judged"])
    given = {
        "": True,
        "judged": judged,
        "sensitive": judged and bool(run.plan.get("sensitive")),
        "earlier": run.earlier > 0,
        "auxiliary": False,
    }
    rows = []
    for one in plan.attacks():
        found = [finding for finding in findings if finding["code"] in one["codes"]]
        if given[one["wants"]] or found:
            most = max((int(finding["records"]) for finding in found), default=0)
            rows.append({"attack": one["id"], "held": not found, "records": most})
    return rows


def _column(line: Mapping[str, Any], run: Run, verdict: Verdict) -> dict[str, Any]:
    technique = plan.techniques()[line["technique"]]
    tally = run.tallies.get(line["name"], Tally())
    found = [one.zh for one in verdict.findings if line["name"] in one.columns]
    was_zh, was_en = _was(line, tally, int(run.input["rows"]))
    done_zh, done_en = _done(line, technique, tally)
    remains_zh, remains_en = _remains(line, technique, tally, run.plan)
    for one in verdict.masks_keep:
        if one.column == line["name"]:
            zh, en = one.told()
            remains_zh, remains_en = f"{remains_zh}；{zh}", f"{remains_en}; {en}"
    if found:
        remains_zh = found[0]
        remains_en = next(one.en for one in verdict.findings if line["name"] in one.columns)
    return {
        "name": line["name"],
        "kind": line.get("kind"),
        "role": line.get("role", "other"),
        "level": line.get("level"),
        "technique": line["technique"],
        "params": {k: v for k, v in (line.get("params") or {}).items() if k != "map"},
        "reason": reasons.of(run.plan, line),
        "open_basis": line.get("open_basis"),
        "approved_by": line.get("approved_by"),
        "filled": tally.filled,
        "changed": tally.changed,
        "unreadable": tally.unreadable,
        "blanked": tally.blanked,
        "distinct": tally.distinct,
        "was": was_zh,
        "was_en": was_en,
        "done": done_zh,
        "done_en": done_en,
        "remains": remains_zh,
        "remains_en": remains_en,
    }


def _was(line: Mapping[str, Any], tally: Tally, rows: int) -> tuple[str, str]:
    role = plan.roles()[line.get("role", "other")]
    kind = line.get("kind")
    zh = f"{kind}，{role['zh']}" if kind else str(role["zh"])
    en = f"{kind}, {role['en']}" if kind else str(role["en"])
    return f"{zh}，{rows} 行中 {tally.filled} 行有值", f"{en}, {tally.filled} of {rows} rows filled"


def _done(line: Mapping[str, Any], technique: Mapping[str, Any], tally: Tally) -> tuple[str, str]:
    zh, en = technique["done"]["zh"], technique["done"]["en"]
    if given := plan.in_words(line):
        zh, en = f"{zh}（{given}）", f"{en} ({plan.in_words(line, 'en')})"
    if tally.unreadable:
        why, why_en = unread(line, tally.unreadable)
        zh, en = f"{zh}；{why}", f"{en}; {why_en}"
    if tally.recoded:
        zh += f"；为达到 k，{tally.recoded} 个值归得更粗"
        en += f"; {tally.recoded} values generalized further to reach k"
    if tally.blanked:
        zh += f"；为达到 k，{tally.blanked} 个值已抑制"
        en += f"; {tally.blanked} values suppressed to reach k"
    return zh, en


def unread(line: Mapping[str, Any], cells: int) -> tuple[str, str]:
    """How many values of a column could not be read and became blank, and what can be read."""
    given, reads = plan.params(line), tables()["reads"]
    reads = reads.get(given.get("hierarchy") or _READ.get(line["technique"]))
    known_zh, known_en = (f"（{reads['zh']}）", f" ({reads['en']})") if reads else ("", "")
    return (
        f"{cells} 个值读不出来{known_zh}，已置空",
        f"{cells} values could not be read{known_en} and were blanked",
    )


# What of the table of readings the techniques other than hierarchies go by.
_READ: Final = {
    **dict.fromkeys(("noise", "round", "limit", "microaggregate"), "number"),
    "shift": "day",
}


def _remains(
    line: Mapping[str, Any], technique: Mapping[str, Any], tally: Tally, of: plan.Plan
) -> tuple[str, str]:
    zh, en = technique["remains"]["zh"], technique["remains"]["en"]
    measures = (of.get("aggregate") or {}).get("measures", ())
    if any(one["column"] == line["name"] for one in measures):
        zh, en = "外人只看到每组的合计或平均", "an outsider sees sums or means of groups"
    if tally.distinct is not None:
        zh += f"，共 {tally.distinct} 种取值"
        en += f", {tally.distinct} different values"
    if line.get("open_basis"):
        zh += f"；依法公开：{line['open_basis']}"
        en += f"; published under {line['open_basis']}"
    if line.get("approved_by"):
        zh += f"；由{line['approved_by']}批准保留"
        en += f"; kept with the approval of {line['approved_by']}"
    return zh, en
