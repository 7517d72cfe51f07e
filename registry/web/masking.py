"""The masking plan of an entry, and the reports that prove a run of it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

import schemas
from anonymization import plan as masking
from anonymization import reasons
from registry import catalogue, desensitization
from registry.access import may, require
from registry.catalogue import life
from registry.desensitization import PlanFaulty
from registry.edge import actor, go, locale, prepared, reads, session, settings, writes
from registry.edge.numbers import natural
from registry.errors import Conflict, Missing, Refusal, Unreadable
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan
from registry.web import masking_form
from registry.web.sent import sent_table

pages = Blueprint("masking", __name__, url_prefix="/resources")

# Whoever has a part in the proof may read it; a consumer sees the release, not how it was made.
READERS = ("mask", "recheck", "read_working", "read_frozen", "read_all")


@pages.get("/<key>/masking")
@reads()
def show(key: str) -> str:
    """The plan in one release profile, what to do next, and the reports so far."""
    page = _Page(key, request.args.get("profile"))
    return page.shown(page.before, page.outgrown(), attempted="run")


@pages.post("/<key>/masking")
@writes("mask")
def save(key: str) -> Response | tuple[str, int]:
    """Store the plan as edited; a faulty one comes back with every fault at its element."""
    page = _Page(key, request.form.get("profile"))
    plan = page.typed()
    # A form that does not say over what it was filled in is over nothing that is stored.
    seen = natural(request.form.get("row_version")) or 0
    try:
        desensitization.save_plan(
            session(), actor(), page.resource, page.version, page.profile, plan, seen
        )
    except PlanFaulty as refusal:
        return page.shown(plan, refusal.faults), 422
    except Conflict as refusal:
        if refusal.code != "plan_changed" or page.row is None:
            raise
        # The next save is over what is stored now, which the page says.
        theirs = masking_form.differing(plan, page.row.plan, _locale())
        return page.shown(plan, theirs=theirs), 409
    return go(url_for(".show", key=key, profile=page.profile, saved=1))


@pages.post("/<key>/masking/preview")
@reads("mask")
def preview(key: str) -> str | tuple[str, int]:
    """The form as typed, nothing saved, with before and after on made-up rows."""
    page = _Page(key, request.form.get("profile"))
    plan = page.typed()
    try:
        found = desensitization.preview(actor(), page.resource, page.version, page.profile, plan)
    except PlanFaulty as refusal:
        return page.shown(plan, refusal.faults, attempted="preview"), 422
    return page.shown(plan, preview=found)


@dataclass
class _Sampled:
    """The form as it came, and what a sample looked like before and after; or why it was not."""

    page: "_Page"
    plan: masking.Plan
    found: dict[str, Any] | None = None
    faults: Sequence[masking.Fault] = ()


@contextmanager
def _sampled(key: str) -> Iterator[_Sampled]:
    """Look at the sample before the transaction: the child takes a moment."""
    page = _Page(key, request.form.get("profile"))
    resource = page.resource
    require(actor(), "see_raw", resource.department, project_id=resource.project_id)
    made = _Sampled(page, page.typed())
    try:
        content, kind = sent_table("sample")
        made.found = desensitization.sample(
            actor(), resource, page.version, page.profile, made.plan, content.read(), kind
        )
    except PlanFaulty as refusal:
        made.faults = refusal.faults
    except Unreadable as refusal:
        # What was typed is not to be lost for a wrong file.
        made.found = {"refused": {_locale(): str(refusal.facts["reason"])}}
    yield made


@pages.post("/<key>/masking/sample")
@writes("see_raw", before=_sampled)
def sample(key: str) -> str | tuple[str, int]:
    """The form as typed, nothing saved, with before and after on raw values of a sample.

    The values are in this answer alone, which nobody may store; that they were shown is on record.
    """
    made: _Sampled = prepared()
    # Read anew: what was found before may be of an entry that has been frozen since.
    page = _Page(key, made.page.profile)
    if made.faults:
        return page.shown(made.plan, made.faults, attempted="preview"), 422
    assert made.found is not None
    if "refused" in made.found:
        return page.shown(made.plan, preview=made.found, raw=True), 422
    desensitization.looked(session(), actor(), page.resource, page.version, page.profile)
    return page.shown(made.plan, preview=made.found, raw=True)


@pages.post("/<key>/masking/plan")
@reads("mask")
def bring(key: str) -> str | tuple[str, int]:
    """A plan made elsewhere in the form, checked as if typed; nothing is saved."""
    page = _Page(key, request.form.get("profile"))
    sent = request.files.get("plan")
    try:
        given = schemas.loads(sent.read() if sent else b"")
        plan, told = desensitization.brought(page.version, given)
    except schemas.Unreadable as fault:
        raise Unreadable("no_plan_file") from fault
    except PlanFaulty as refusal:
        return page.shown(page.before, refusal.faults, attempted="bring"), 422
    page = _Page(key, plan["profile"])
    plan = desensitization.bound(page.version, page.profile, plan)
    names = [line["name"] for line in plan["columns"]]
    faults = masking.check_plan(plan, names, decided=False)
    answer = page.shown(plan, faults, attempted="bring", brought=[_words(one) for one in told])
    return (answer, 422) if faults else answer


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
    about = judged(resource, version)
    held = desensitization.proofs(session(), [about], (made.kind,))[about.id].get(plan.profile)
    alone = desensitization.standing(session(), about, plan, made)
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
        alone=alone,
        ahead=about if about.id != version.id else None,
        old_plan=not desensitization.tells_what_it_rests_on(plan.plan),
        check=desensitization.check_of(made),
        may_mask=_may(resource, "mask"),
        may_check=made.kind == "measured" and _may(resource, "check_release"),
        may_recheck=alone.reason == "not_rechecked" and _may(resource, "recheck"),
        joins=[_joined(one) for one in desensitization.joins_of(session(), made)],
        compared=desensitization.compared(session(), made),
        profiles=masking.profiles().values(),
        altered=alone.reason == "altered",
        signer=desensitization.signer_named(session(), made),
        signed=signed,
        reason_in=reasons.told,
        people=desensitization.people_of(session(), made),
        word=_locale(),
    )


def _joined(one: desensitization.Joined) -> dict[str, Any]:
    """A join as this reader may know it: whoever cannot see the other entry learns whom to ask."""
    unit = one.other.department
    try:
        catalogue.find(session(), actor(), one.other.key)
    except Refusal:
        name = desensitization.authority(session(), one)
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


@contextmanager
def _seen(key: str, report: str) -> Iterator[desensitization.Seen]:
    """See the file before the transaction: it may be large, and may have to be counted."""
    resource, _ = _entry(key)
    made, plan = desensitization.report_of(session(), resource, report)
    desensitization.may_check(session(), actor(), plan)
    content, kind = sent_table("file")
    yield desensitization.look(made.report, content, kind)


@pages.get("/<key>/masking/reports/<report>/file")
@reads()
def file(key: str, report: str) -> str:
    """Where the file about to be released is held against the report, and what was found last."""
    resource, version = _entry(key)
    made, plan = desensitization.report_of(session(), resource, report)
    return render_template(
        "masking_file.html",
        place="inbox",
        resource=resource,
        version=version,
        plan=plan,
        made=made,
        output=made.report.get("output"),
        check=desensitization.check_of(made),
        may_check=made.kind == "measured" and _may(resource, "check_release"),
        largest=settings().max_upload,
        rules=masking.profiles()[plan.profile],
        word=_locale(),
    )


@pages.post("/<key>/masking/reports/<report>/file")
@writes("check_release", before=_seen)
def check(key: str, report: str) -> Response:
    """Enter whether the file about to be released is that of the report; it is not kept."""
    resource, _ = _entry(key)
    made, plan = desensitization.report_of(session(), resource, report)
    desensitization.enter_check(session(), actor(), plan, made, prepared())
    return go(url_for(".file", key=key, report=report))


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


def judged(resource: Resource, version: Version) -> Version:
    """The version that a verdict on the entry is about, for somebody who sees this one.

    One on its way through the reviews is judged before it is live, also to readers who see the
    live one until then: what they read here would contradict the gate otherwise.
    """
    working = resource.working
    return working if working is not None and working.state in life.UNDECIDED else version


def is_read(resource: Resource) -> bool:
    """Whether the actor may read how this entry is desensitized."""
    return any(_may(resource, act) for act in READERS)


def _may(resource: Resource, act: str) -> bool:
    return may(actor(), act, resource.department, project_id=resource.project_id)


def _profile(given: str | None, version: Version | None = None) -> str:
    """The profile that was asked for; else what this version needs: open where it is opened."""
    if given and given in masking.profiles():
        return given
    return "open" if version is not None and version.open_type in ("1", "2") else "statistical"


def _stored(resource: Resource, profile: str) -> MaskingPlan:
    row = desensitization.plan_for(session(), resource, profile)
    if row is None:
        raise Missing("no_plan")
    return row


class _Page:
    """What the page of a plan stands on: the entry, the profile, the plan that is stored."""

    def __init__(self, key: str, profile: str | None) -> None:
        self.resource, self.version = _entry(key)
        self.profile = _profile(profile, self.version)
        self.row = desensitization.plan_for(session(), self.resource, self.profile)
        self.proposed = desensitization.proposed(self.version, self.profile)
        self.before = self.row.plan if self.row else self.proposed

    def typed(self) -> masking.Plan:
        """The plan as the form says it."""
        return masking_form.typed(request.form, self.proposed, self.before)

    def outgrown(self) -> Sequence[masking.Fault]:
        """What whoever may edit it has to fill in before a plan of earlier rules runs again."""
        if self.row is None or not _may(self.resource, "mask"):
            return ()
        return masking.check_plan(self.row.plan)

    def proof(self) -> desensitization.Proof:
        """What is proven in this release profile: what holds in another says nothing here."""
        about = judged(self.resource, self.version)
        found = desensitization.proofs(session(), [about], ("measured", "plan_only"))
        missing = desensitization.Proof(None, "no_plan")
        return found[about.id].get(self.profile, missing)

    def shown(
        self,
        plan: masking.Plan,
        faults: Sequence[masking.Fault] = (),
        attempted: str = "save",
        **more: Any,
    ) -> str:
        """The page over this plan, with its faults where they are mended."""
        resource, version = self.resource, self.version
        about = judged(resource, version)
        form = masking_form.Shown(plan, faults, _locale())
        return render_template(
            "masking.html",
            place="inbox",
            resource=resource,
            version=version,
            profile=self.profile,
            profiles=masking.profiles().values(),
            rules=masking.profiles()[self.profile],
            row=self.row,
            plan=plan,
            form=form,
            attempted=attempted,
            choices=masking.choices().values(),
            roles=masking.roles().values(),
            old_plan=self.row is not None
            and not desensitization.tells_what_it_rests_on(self.row.plan),
            drift=desensitization.drift(self.row.plan, version) if self.row else [],
            proof=self.proof(),
            ahead=about if about.id != version.id else None,
            reports=desensitization.reports_of(session(), resource, self.profile),
            may_mask=_may(resource, "mask"),
            may_see_raw=_may(resource, "see_raw"),
            may_enrol=may(actor(), "enrol_signer"),
            may_recheck=_may(resource, "recheck"),
            word=_locale(),
            saved=request.args.get("saved"),
            wrong=(bool(faults) and attempted != "run") or "theirs" in more,
            **more,
        )


def _words(fault: masking.Fault) -> str:
    return fault.en if locale() == "en" else fault.zh


def _locale() -> str:
    return "en" if locale() == "en" else "zh"
