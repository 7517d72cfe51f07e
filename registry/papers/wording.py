"""What the printed opinion says: the payload turned into plain strings for the template.

The template places strings and knows no rules. Optional facts of a payload: ``remarks`` (lines,
for instance that a project of the authority itself was reviewed by another office),
``merged_posts`` and ``deferrals`` (lines, or objects whose values are printed in order), and
``masking`` (the reports that proved the desensitization, one annex page each).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import schemas
from registry import signing
from registry.papers.package import digest
from registry.papers.slip import RESULTS, TITLE

GATE_RESULTS: Final[Mapping[str, str]] = {
    "pass": "通过",
    "fail": "不通过",
    "na": "不适用",
    "not_applicable": "不适用",
    "not_yet": "未到阶段",
    "deferred": "限期补正",
    "conditional": "限期补正",
}
STAGES: Final[Mapping[str, str]] = {"approval": "立项", "initial": "初验", "final": "终验"}

# A Latin run longer than this cannot be broken by the typesetter and would leave its cell.
_LONG_RUN: Final = re.compile(r"[!-~]{18}(?=[!-~])")


def view(payload: Mapping[str, Any], key: signing.Key) -> dict[str, Any]:
    """Give all strings of the sheet, ready to be set."""
    gates = [_gate(number, gate) for number, gate in enumerate(payload["gates"], 1)]
    versions = payload["versions"]
    strings = {
        "title": TITLE,
        "number": payload["number"],
        "date": chinese_date(payload["issued_on"]),
        "project": _project(payload["project"]),
        "result": RESULTS[payload["result"]],
        "passed": payload["result"] == "pass",
        "counts": _counts(gate["result"] for gate in gates),
        "gates": gates,
        "versions": [_version(version) for version in versions],
        "payload_digest": _grouped(digest(schemas.canonical(dict(payload)))),
        "head_size": f"{payload['journal_head']['size']:,}",
        "head_root": _grouped(str(payload["journal_head"]["root"])),
        "signers": [_row(signer, ("post", "name", "way")) for signer in payload["signers"]],
        "merged_posts": _lines(payload.get("merged_posts", ())),
        "deferrals": _lines(payload.get("deferrals", ())),
        "remarks": _lines(payload.get("remarks", ())),
        "masking": [_masked(one) for one in payload.get("masking", ())],
        "issuer": payload["issuer"],
        "algorithm": key.public.algorithm.upper(),
        "fingerprint": _grouped(key.public.fingerprint),
    }
    printed = printable(strings)
    assert isinstance(printed, dict)
    return printed


def chinese_date(day: str) -> str:
    """Write an ISO date the way documents do: 2026 年 12 月 4 日."""
    read = date.fromisoformat(day[:10])
    return f"{read.year} 年 {read.month} 月 {read.day} 日"


def printable(value: object) -> object:
    """Clean every string of a value for print.

    Control and format characters are invisible or turn the reading order round: a signed sheet
    must not show other words than its payload holds, so breaks become blanks and the rest goes.
    """
    if isinstance(value, str):
        return _LONG_RUN.sub(lambda run: run[0] + "\u200b", _visible(value))
    if isinstance(value, Mapping):
        return {name: printable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [printable(part) for part in value]
    return value


def _visible(text: str) -> str:
    spaced = re.sub(r"\s+", " ", text)
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in {"Cc", "Cf"})


def _project(project: Mapping[str, Any]) -> dict[str, str]:
    stage = str(project.get("stage", ""))
    return {
        **_row(project, ("name", "unit", "kind", "approval")),
        "stage": STAGES.get(stage, stage),
    }


def _gate(number: int, gate: Mapping[str, Any]) -> dict[str, str]:
    result = str(gate["result"])
    words = GATE_RESULTS.get(result, result)
    texts = _row(gate, ("title", "basis", "evidence", "reason"))
    return {**texts, "number": str(number), "result": words}


def _version(version: Mapping[str, Any]) -> dict[str, str]:
    texts = _row(version, ("code", "name", "version", "digest"))
    return {
        **texts,
        "code": texts["code"] or "待赋码",
        "digest": _grouped(texts["digest"].removeprefix("sm3:")),
    }


def _masked(one: Mapping[str, Any]) -> dict[str, Any]:
    """One masking report of the annex; see `registry.acceptance.annex`."""
    digests = (("原始数据", "input"), ("方案", "plan"), ("结果", "output"), ("报告", "digest"))
    own = "由本系统运行并封存" if one.get("made_here") else "没有登记的密钥，由上传人负责"
    signed = _text(one.get("signer")) or own
    return {
        "title": f"{_text(one['name'])}（{_text(one['profile'])}）",
        "verdict": "方案报告（虚构数据）通过" if one.get("kind") == "plan_only" else "通过",
        "level": f"{one['level_before']} 级 → {one['level']} 级（GB/T 42460）",
        "figures": f"最小一组 {one['k']} 条，单组最大风险 {100 * one['risk']:.3g}%，"
        f"抑制记录 {100 * one['suppressed']:.3g}%",
        "columns": [_row(line, ("name", "done", "remains")) for line in one["columns"]],
        "digests": [
            {"name": name, "value": _grouped(_text(one.get(part)).removeprefix("sm3:"))}
            for name, part in digests
        ],
        "signed": signed,
        "people": f"上传 {_text(one.get('handed_in_by'))}　复核 {_text(one.get('rechecked_by'))}",
    }


def _counts(results: Iterable[str]) -> str:
    tally: dict[str, int] = {}
    for result in results:
        tally[result] = tally.get(result, 0) + 1
    return "，".join(f"{count} 项{result}" for result, count in tally.items())


def _lines(rows: Iterable[object]) -> list[str]:
    return [_line(row) for row in rows]


def _line(row: object) -> str:
    return "，".join(map(_text, row.values())) if isinstance(row, Mapping) else _text(row)


def _row(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: _text(row.get(name)) for name in names}


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(_text, value))
    return "" if value is None else str(value)


def _grouped(text: str) -> str:
    """Set a digest in groups of eight, which eyes can follow and lines can break at."""
    name, found, value = text.rpartition(":")
    groups = " ".join(re.findall(".{1,8}", value))
    return f"{name.upper()} {groups}" if found else groups
