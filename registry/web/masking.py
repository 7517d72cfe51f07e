"""The masking plan of an entry, and the reports that prove a run of it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from anonymization import plan as masking
from registry import catalogue, desensitization
from registry.access import may
from registry.desensitization import PlanFaulty
from registry.edge import actor, go, locale, reads, session, writes
from registry.errors import Missing, Refusal, Unreadable
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan

pages = Blueprint("masking", __name__, url_prefix="/resources")

# Whoever has a part in the proof may read it; a consumer sees the release, not how it was made.
READERS = ("mask", "recheck", "read_working", "read_frozen", "read_all")
_OWN = "own"


@pages.get("/<key>/masking")
@reads()
def show(key: str) -> str:
    """The plan in one release profile, what to do next, and the reports so far."""
    resource, version = _entry(key)
    profile = _profile(request.args.get("profile"))
    row = desensitization.plan_for(session(), resource, profile)
    plan = row.plan if row else desensitization.proposed(version, profile)
    return _page(resource, version, profile, row, plan)


@pages.post("/<key>/masking")
@writes("mask")
def save(key: str) -> Response | tuple[str, int]:
    """Store the plan as edited; a faulty one comes back with every fault at its element."""
    resource, version = _entry(key)
    profile = _profile(request.form.get("profile"))
    row = desensitization.plan_for(session(), resource, profile)
    before = row.plan if row else desensitization.proposed(version, profile)
    plan = _typed(version, profile, before)
    seen = _whole(request.form.get("row_version"))
    try:
        desensitization.save_plan(session(), actor(), resource, version, profile, plan, seen)
    except PlanFaulty as refusal:
        return _page(resource, version, profile, row, plan, refusal.faults), 422
    return go(url_for(".show", key=key, profile=profile, saved=1))


@pages.get("/<key>/masking/plan.json")
@reads()
def download(key: str) -> Response:
    """The plan as the file that `catalogue anonymize apply` reads."""
    resource, _ = _entry(key)
    row = _stored(resource, _profile(request.args.get("profile")))
    text = json.dumps(row.plan, ensure_ascii=False, indent=1) + "\n"
    answer = make_response(text)
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="masking-plan-{resource.key}-{row.profile}.json"'
    )
    return answer


@pages.post("/<key>/masking/report")
@writes("mask")
def take(key: str) -> Response:
    """Take in the report of a run at the department."""
    resource, _ = _entry(key)
    row = _stored(resource, _profile(request.form.get("profile")))
    sent = request.files.get("report")
    try:
        report = schemas.loads(sent.read() if sent else b"")
    except schemas.Unreadable as fault:
        raise Unreadable("no_report") from fault
    if not isinstance(report, dict):
        raise Unreadable("no_report")
    desensitization.take_report(session(), actor(), row, report)
    return go(url_for(".show", key=key, profile=row.profile) + "#reports")


@pages.get("/<key>/masking/reports/<report>")
@reads()
def proof(key: str, report: str) -> str:
    """One report as a page to read and print: verdict, levels, attacks, what each column shows."""
    resource, version = _entry(key)
    made, plan = desensitization.report_of(session(), resource, report)
    held = desensitization.proofs(session(), [version], (made.kind,))[version.id].get(plan.profile)
    signed = desensitization.signature_of(made.report)
    facts = made.report
    words = {one["id"]: one for one in masking.attacks()}
    log = [{**row, **words[row["attack"]]} for row in facts.get("attacks", ())]
    return render_template(
        "masking_report.html",
        place="inbox",
        resource=resource,
        version=version,
        plan=plan,
        made=made,
        facts=facts,
        before=desensitization.level_before(facts),
        keyed={name for name, one in masking.techniques().items() if one["key"]},
        rules=masking.profiles()[plan.profile],
        attacks=sorted(log, key=lambda row: (row["held"], -row["records"])),
        holds=held is not None and held.report is not None and held.report.id == made.id,
        joins=[_joined(one) for one in desensitization.joins_of(session(), made)],
        profiles=masking.profiles().values(),
        altered=made.id in desensitization.altered(session(), [made]),
        signer=desensitization.signer_named(session(), made),
        signed=signed,
        people=desensitization.people_of(session(), made),
        word="en" if locale() == "en" else "zh",
    )


def _joined(one: desensitization.Joined) -> dict[str, Any]:
    """A join as this reader may know it: whoever cannot see the other entry learns whom to ask."""
    unit = one.other.department
    try:
        catalogue.find(session(), actor(), one.other.key)
    except Refusal:
        authority = session().get(Organisation, unit.authority_id)
        name = authority.name if authority else ""
        return {"column": one.column, "share": one.share, "seen": False, "authority": name}
    version = catalogue.version_of(session(), actor(), one.other)
    told = is_read(one.other)
    return {
        "column": one.column,
        "share": one.share,
        "seen": True,
        "key": one.other.key,
        "name": version.name if version else one.other.key,
        "unit": unit.name,
        "other_column": one.other_column if told else "",
        "report": one.report if told else "",
    }


@pages.post("/<key>/masking/recheck")
@writes("recheck")
def recheck(key: str) -> Response:
    """Confirm a report; by another person than the one who ran it."""
    resource, _ = _entry(key)
    profile = _profile(request.form.get("profile"))
    listed = desensitization.reports_of(session(), resource, profile)
    wanted = request.form.get("report")
    found = next((report for report, _, _ in listed if report.key == wanted), None)
    if found is None:
        raise Missing("no_report_here")
    desensitization.recheck(session(), actor(), found)
    return go(url_for(".show", key=key, profile=profile) + "#reports")


def _entry(key: str) -> tuple[Resource, Version]:
    """The entry and the version its people work with, for those who have a part in the proof."""
    resource = catalogue.find(session(), actor(), key)
    version = catalogue.version_of(session(), actor(), resource)
    if version is None or not is_read(resource):
        raise Missing("no_entry")
    return resource, version


def is_read(resource: Resource) -> bool:
    """Whether the actor may read how this entry is desensitized."""
    unit, project = resource.department, resource.project_id
    return any(may(actor(), act, unit, project_id=project) for act in READERS)


def _profile(given: str | None) -> str:
    return given if given and given in masking.profiles() else "statistical"


def _stored(resource: Resource, profile: str) -> MaskingPlan:
    row = desensitization.plan_for(session(), resource, profile)
    if row is None:
        raise Missing("no_plan")
    return row


def _typed(version: Version, profile: str, before: masking.Plan) -> masking.Plan:
    """The plan that the form says, over the elements the version has now."""
    form = request.form
    known = {line.get("element"): line for line in before["columns"]}
    lines = []
    for line in desensitization.proposed(version, profile)["columns"]:
        element = line["element"]
        chosen = masking.choices().get(form.get(f"choice.{element}", ""))
        own = known.get(element, line)
        made = {**line, "technique": own["technique"], "params": own.get("params") or {}}
        if chosen is not None:
            made |= {"technique": chosen["technique"], "params": dict(chosen["params"])}
        role = form.get(f"role.{element}", "")
        made["role"] = role if role in masking.roles() else line["role"]
        made["reason"] = form.get(f"reason.{element}", "").strip()[:1000]
        lines.append(made)
    plan: masking.Plan = {"profile": profile, "columns": lines}
    if text := form.get("release", "").strip()[:100]:
        plan["release"] = text
    for name in masking.profiles()[profile].get("terms", ()):
        value = _term(masking.terms()[name], form.get(name, "").strip()[:500])
        if value is not None:
            plan[name] = value
    if masking.profiles()[profile]["judged"]:
        plan |= _judged(lines)
    return plan


def _judged(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The sets and thresholds of a profile that is judged by k."""
    released = [line for line in lines if line["technique"] != "suppress"]
    made: dict[str, Any] = {
        "quasi_identifiers": [line["name"] for line in released if line["role"] == "quasi"],
        "sensitive": [line["name"] for line in released if line["role"] == "sensitive"],
        "reach_k": "suppress",
    }
    # What is no number is kept out here and told by the check of the plan.
    k, share = _whole(request.form.get("k")), _whole(request.form.get("max_suppressed"))
    return made | {"k": k or 0, "max_suppressed": min(share or 0, 100) / 100}


def _term(term: Mapping[str, Any], typed: str) -> object:
    """A condition as the plan holds it; what cannot be is left out and told by the check."""
    match term["type"]:
        case "yes":
            return typed == "yes"
        case "integer":
            number = _whole(typed)
            return number if number and term["min"] <= number <= term["max"] else None
        case "choice":
            return typed if typed in term["choices"] else None
        case "date":
            return typed if _DAY.fullmatch(typed) else None
        case _:
            return typed[: 40 if term["id"] == "purpose_code" else 500] or None


_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _page(
    resource: Resource,
    version: Version,
    profile: str,
    row: MaskingPlan | None,
    plan: masking.Plan,
    faults: tuple[masking.Fault, ...] = (),
) -> str:
    names = {line["name"] for line in plan["columns"]}
    unit, project = resource.department, resource.project_id
    return render_template(
        "masking.html",
        place="inbox",
        resource=resource,
        version=version,
        profile=profile,
        profiles=masking.profiles().values(),
        rules=masking.profiles()[profile],
        row=row,
        plan=plan,
        lines=[_line(line, faults) for line in plan["columns"]],
        choices=masking.choices().values(),
        roles=masking.roles().values(),
        terms=[masking.terms()[name] for name in masking.profiles()[profile].get("terms", ())],
        term_words=lambda choice: masking.term_words(choice, "en" if locale() == "en" else "zh"),
        general=[_words(fault) for fault in faults if fault.column not in names],
        faulty=len(faults),
        drift=desensitization.drift(row.plan, version) if row else [],
        proof=desensitization.valid_report(session(), version, ("measured", "plan_only")),
        reports=desensitization.reports_of(session(), resource, profile),
        may_mask=may(actor(), "mask", unit, project_id=project),
        may_enrol=may(actor(), "enrol_signer"),
        may_recheck=may(actor(), "recheck", unit, project_id=project),
        word="en" if locale() == "en" else "zh",
        saved=request.args.get("saved"),
    )


def _line(line: Mapping[str, Any], faults: tuple[masking.Fault, ...]) -> dict[str, Any]:
    """A line of the plan as the form shows it."""
    choice = masking.choice_of(line)
    return {
        **line,
        "choice": choice or _OWN,
        "example": masking.choices()[choice]["example"] if choice else None,
        "in_words": masking.in_words(line, "en" if locale() == "en" else "zh"),
        "title": masking.techniques().get(line["technique"], {}),
        "faults": [_words(fault) for fault in faults if fault.column == line["name"]],
    }


def _words(fault: masking.Fault) -> str:
    return fault.en if locale() == "en" else fault.zh
