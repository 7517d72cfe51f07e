"""What the printed opinion says: the payload turned into plain strings for the template.

The template places strings and knows no rules. Optional facts of a payload: ``remarks`` (lines,
for instance that a project of the authority itself was reviewed by another office),
``merged_posts`` and ``deferrals`` (lines, or objects whose values are printed in order), and
``masking`` (the reports that proved the desensitization, a paper of annex three each; the
opinion itself lists them as ``annexes`` by their digests).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    "idle": "无可判断",
    "deferred": "限期补正",
    "conditional": "限期补正",
}
STAGES: Final[Mapping[str, str]] = {"approval": "立项", "initial": "初验", "final": "终验"}

# A Latin run longer than this cannot be broken by the typesetter and would leave its cell.
_LONG_RUN: Final = re.compile(r"[!-~]{18}(?=[!-~])")


def view(payload: Mapping[str, Any], key: signing.Key) -> dict[str, Any]:
    """Give all strings of the sheet, ready to be set."""
    gates = [_gate(number, gate) for number, gate in enumerate(payload["gates"], 1)]
    versions, annexes = payload["versions"], payload.get("annexes", ())
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
        "annexes": [_listed(n, one, versions) for n, one in enumerate(annexes, 1)],
        "issuer": payload["issuer"],
        "algorithm": key.public.algorithm.upper(),
        "fingerprint": _grouped(key.public.fingerprint),
    }
    printed = printable(strings)
    assert isinstance(printed, dict)
    return printed


def annex_view(payload: Mapping[str, Any], n: int, one: Mapping[str, Any]) -> dict[str, Any]:
    """Give all strings of one paper of annex three."""
    strings = {
        "title": TITLE,
        "number": f"{payload['number']}　附件三-{n}",
        "of": payload["number"],
        "issuer": payload["issuer"],
        "heading": f"附件三-{n}　脱敏证据",
        "masked": _masked(one),
    }
    printed = printable(strings)
    assert isinstance(printed, dict)
    return printed


def _listed(
    n: int, one: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """An annex in the list of the opinion: by the line of its entry, never by its name."""
    line = next((n for n, v in enumerate(versions, 1) if v.get("key") == one["key"]), None)
    return {
        "number": str(n),
        "of": f"附件一第 {line} 项" if line else "—",
        "profile": _text(one["profile"]),
        "file": _text(one["file"]),
        "digest": _grouped(_text(one["pdf"]).removeprefix("sm3:")),
    }


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
        "facts": [{"name": name, "value": value} for name, value in _measured(one) if value],
        "columns": [
            _row(line, ("name", "was", "done", "remains", "approved")) for line in one["columns"]
        ],
        "digests": [
            {"name": name, "value": _grouped(_text(one.get(part)).removeprefix("sm3:"))}
            for name, part in digests
        ],
        "signed": signed,
        "people": f"上传 {_text(one.get('handed_in_by'))}　复核 {_text(one.get('rechecked_by'))}",
    }


def _measured(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was measured of a release, line by line; an older payload tells less."""
    if counted := one.get("counted"):
        yield "统计表", _counted(counted)
        yield from _tried(one)
        return
    figures = f"最小一组 {one['k']} 条，单组最大风险 {100 * one['risk']:.3g}%，"
    sensitive = ((name, one.get(name)) for name in ("l", "t"))
    told = "".join(f"，{name} = {value:.3g}" for name, value in sensitive if value is not None)
    yield "风险", f"{figures}抑制记录 {100 * one['suppressed']:.3g}%{told}"
    if "quasi_identifiers" in one:
        declared, found = (
            "、".join(map(_text, one.get(name, ()))) or "无"
            for name in ("quasi_identifiers", "discovered")
        )
        yield "准标识符", f"申报的：{declared}；系统发现的：{found}"
    yield from _tried(one)


def _counted(seen: Mapping[str, Any]) -> str:
    """What an outsider sees of a table of counts: nobody's row, and so many in the least cell."""
    least = seen["smallest"]
    shown = f"最小一格 {least} 人" if least is not None else "没有一格有人"
    return (
        f"外人看到按{'、'.join(map(_text, seen['groups']))}统计的人数，没有逐人的行；"
        f"看得到 {seen['cells']} 格，隐去 {seen['left_out']} 格，{shown}"
    )


def _tried(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tried = one.get("attacks") or {}
    if tried.get("tried"):
        bad = tried["tried"] - tried["held"]
        outcome = f"{bad} 类成功" if bad else "全部守住"
        yield "攻击", f"试过 {tried['tried']} 类，{outcome}"
    yield "与以前的发布", _joined(one)
    yield "发布文件", _file_check(one)


def _joined(one: Mapping[str, Any]) -> str:
    """What a comparison with earlier releases looked at, and no more than that.

    Nothing of made-up rows, which join nobody, and of a payload that does not say.
    """
    if one.get("kind") == "plan_only" or "compared" not in one:
        return ""
    if joins := one.get("joins"):
        return "；".join(
            f"「{_text(join['column'])}」有 {100 * join['share']:.3g}% 的编码与另一次发布相同，"
            f"可以拼到同一人，请与{_text(join['authority']) or '数据主管部门'}联系"
            for join in joins
        )
    if one["compared"] is None:
        return "结果中没有带密钥的编码，没有比对"
    if not one["compared"]:
        return "以前没有带编码的发布，没有可比对的"
    n = one["compared"]
    return f"与以前的 {n} 次运行逐列比对过编码，没有发现成批相同的（编码多的列抽样比对）"


def _file_check(one: Mapping[str, Any]) -> str:
    """Whether the file about to be released was held against the report."""
    if one.get("kind") == "plan_only":
        return "方案报告，没有发布文件，不用核对"
    if "file_check" not in one:
        return ""
    check = one["file_check"]
    if check is None:
        return "签发时还没有核对；发布之前，请在报告页核对准备发布的文件"
    by, on = _text(check["by"]), chinese_date(check["on"])
    return f"已核对，与报告所说的文件一致（{by}，{on}）"


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
