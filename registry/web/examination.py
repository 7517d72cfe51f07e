"""The examination of a project, the signature under it, and the opinions that were issued."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import acceptance, catalogue, papers, projects, signing
from registry.access import may, role_title, why_not
from registry.edge import actor, download, go, locale, prepared, reads, session, settings, writes
from registry.edge.words import sentence
from registry.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from registry.models.acceptance import Opinion
from registry.models.accounts import Organisation
from registry.models.projects import Project

pages = Blueprint("examination", __name__)


@pages.get("/projects/<key>/examination")
@reads()
def show(key: str) -> str:
    """Every gate with its result, article, proof, who has the ball and what to do."""
    project = projects.find(session(), actor(), key)
    asked = request.args.get("stage")
    stage = asked if asked in acceptance.STAGES else None
    found = acceptance.examine(session(), project, stage, deferral_paper=settings().deferral_paper)
    hidden = acceptance.hidden_from(session(), actor(), found)
    lines = [
        replace(
            line, shortfalls=tuple(acceptance.shown(s, hidden, locale()) for s in line.shortfalls)
        )
        for line in found.lines
    ]
    order = {"fail": 0, "deferred": 1, "idle": 2, "pass": 3, "na": 4, "not_yet": 5, "unbound": 6}
    return render_template(
        "examination.html",
        place="projects",
        project=project,
        found=found,
        rehearsal=found.stage != project.stage,
        lines=sorted(lines, key=lambda line: order[line.result]),
        counts=_counts(found),
        said=lambda shortfall: acceptance.said(shortfall, locale()),
        ball=lambda role: role_title(role, locale()),
        people=acceptance.holders(
            session(), project, {role for line in found.lines for role in line.balls}
        ),
        proofs=_PROOFS,
        remedies=lambda line: _remedies(project, line),
        why_not=_why_not(project, found),
        own=projects.is_own_project(project),
        countersigned=acceptance.countersigned(project, found.stage),
        may_countersign=projects.is_own_project(project)
        and found.stage == project.stage
        and not acceptance.is_countersigned(project, found.stage)
        and may(actor(), "countersign", project.unit),
        opinions=acceptance.issued(session(), [project.id]).get(project.id, []),
        signed_as=acceptance.signed_as(session(), found),
    )


@pages.get("/projects/<key>/archive.zip")
@reads()
def archive(key: str) -> Response:
    """Everything the verification of a project rests on, in one file (measures, Art. 18)."""
    project = projects.find(session(), actor(), key)
    content = acceptance.archive(
        session(),
        actor(),
        project,
        folder=settings().data_dir,
        deferral_paper=settings().deferral_paper,
    )
    return download(content, f"{project.name}核验档案.zip")


# Where on the page of the project the proof of a gate stands; lists have a page of their own.
_PROOFS = {
    "G-APPLY": "facts",
    "G-CAT": "tables",
    "G-MOUNT": "entries",
    "G-FIND": "findings",
    **dict.fromkeys(("G-CLOUD", "G-BRAIN", "G-IF", "G-SEC", "G-CRYPTO"), "evidence"),
    **dict.fromkeys(("G-GRADE", "G-SHARE", "G-SECRET", "G-PIA", "G-DEID"), "entries"),
    **dict.fromkeys(("G-HEAD", "G-REVIEW"), "entries"),
}


def _remedies(project: Project, line: acceptance.Line) -> dict[str, str]:
    """What to do, each once, with the address where it is done."""
    found: dict[str, str] = {}
    for one in line.shortfalls[:6]:
        if line.gate.id == "G-LISTS":
            where = url_for("lists.index", unit=project.unit.code)
        elif one.resource and line.gate.id == "G-DEID":
            where = url_for("masking.show", key=one.resource)
        elif one.batch and _reads_batch(one.batch):
            where = url_for("submissions.show", key=one.batch)
        elif one.resource and line.gate.id != "G-MOUNT":
            where = url_for("resources.show", key=one.resource)
        else:
            anchor = _PROOFS.get(line.gate.id, "facts")
            where = url_for("projects.show", key=project.key, _anchor=anchor)
        found.setdefault(acceptance.said(one, locale())[1], where)
    return found


def _reads_batch(key: str) -> bool:
    try:
        catalogue.submission_versions(session(), actor(), key)
    except Missing:
        return False
    return True


def _counts(found: acceptance.Examination) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in found.lines:
        counts[line.result] = counts.get(line.result, 0) + 1
    return counts


def _why_not(project: Project, found: acceptance.Examination) -> str:
    """Why this officer cannot sign now, in a sentence; empty when he can."""
    refusal = why_not(actor(), "verify", project.unit)
    if refusal is not None:
        authority = session().get(Organisation, project.unit.authority_id or 0)
        if "unit" in refusal.facts and authority is not None:
            # Who signs works at the authority, not at the unit that builds.
            refusal = Forbidden(refusal.code, **{**refusal.facts, "unit": authority.name})
        return sentence(refusal)[1]
    if acceptance.is_insider(actor(), project):
        return sentence(Forbidden("own_project", act="verify", roles=["acceptance"]))[1]
    own = projects.is_own_project(project)
    if own and not acceptance.is_countersigned(project, found.stage):
        return sentence(Conflict("not_countersigned"))[1]
    return ""


def _signed() -> dict[str, Any]:
    """What the form says is signed, and by which key."""
    return {
        "result": request.form.get("result", "")[:20],
        "seen": request.form.get("digest", ""),
        "key": signing.load(settings().signing_key_file),
        "reason": request.form.get("reason", ""),
        "deferral_paper": settings().deferral_paper,
    }


@contextmanager
def _drafted(key: str) -> Iterator[acceptance.Draft | None]:
    """Set the pages before the transaction: they take longer than all else of a signature."""
    try:
        project = projects.find(session(), actor(), key)
        made = acceptance.draft(session(), actor(), project, **_signed())
    except Refusal:
        # A form that was sent twice is answered as before; anything else is refused there.
        made = None
    yield made


@pages.get("/projects/<key>/examination/sign")
@reads("verify")
def signing_form(key: str) -> str:
    """What the opinion will say and in whose name, before anything is signed."""
    return _signing_form(projects.find(session(), actor(), key))


def _signing_form(project: Project, problems: Any = ()) -> str:
    found, payload = acceptance.foreseen(session(), actor(), project, settings().deferral_paper)
    return render_template(
        "opinion_sign.html",
        place="projects",
        project=project,
        found=found,
        payload=payload,
        gate_titles={gate.id: gate.title(locale()) for gate in acceptance.gates()},
        basis_of=_basis_of,
        problems=problems,
        typed=request.form,
    )


@pages.post("/projects/<key>/examination/sign")
@writes("verify", before=_drafted)
def sign(key: str) -> Response | tuple[str, int]:
    """Sign the verdict that was on the page."""
    project = projects.find(session(), actor(), key)
    try:
        opinion = acceptance.sign(
            session(),
            actor(),
            project,
            **_signed(),
            folder=settings().data_dir,
            drafted=prepared(),
        )
    except Invalid as refusal:
        return _signing_form(project, refusal.problems), 422
    return go(url_for(".opinion", number=opinion.number))


@pages.post("/projects/<key>/countersign")
@writes("countersign")
def countersign(key: str) -> Response:
    """Countersign a project of the authority itself."""
    project = projects.find(session(), actor(), key)
    acceptance.countersign(session(), actor(), project)
    return go(url_for(".show", key=key))


@pages.get("/opinions/<number>")
@reads()
def opinion(number: str) -> str:
    """An issued opinion: what it says, whether it holds, what changed since."""
    return _page(*_opinion(number))


def _opinion(number: str) -> tuple[Opinion, Project]:
    made = acceptance.find(session(), number)
    project = session().get_one(Project, made.project_id)
    if not projects.may_see(actor(), project):
        raise Missing("no_opinion")
    return made, project


def _basis_of(signed: Mapping[str, Any]) -> str:
    """The articles of a gate of an opinion: as they were signed, or in English."""
    english = {gate.id: gate.basis("en") for gate in acceptance.gates()}
    return str(signed["basis"] if locale() == "zh" else english.get(signed["id"], signed["basis"]))


def _page(made: Opinion, project: Project, problems: Any = ()) -> str:
    newer = session().get(Opinion, made.superseded_by_id) if made.superseded_by_id else None
    titles = {gate.id: gate.title(locale()) for gate in acceptance.gates()}
    if acceptance.wiped_on(made) is not None:
        return render_template(
            "opinion_wiped.html",
            place="projects",
            opinion=made,
            project=project,
            payload=made.payload,
            gate_titles=titles,
            newer=newer,
        )
    _, package = acceptance.package_of(session(), settings().data_dir, made)
    return render_template(
        "opinion.html",
        place="projects",
        opinion=made,
        project=project,
        payload=made.payload,
        verdict=_verdict(package),
        frozen=acceptance.frozen_in(session(), made),
        revocation=acceptance.revocation_of(session(), made),
        later=acceptance.changed_since(session(), made),
        turned=acceptance.turned_since(session(), made, settings().deferral_paper),
        gate_titles=titles,
        basis_of=_basis_of,
        may_revoke=may(actor(), "revoke", project.unit),
        problems=problems,
        typed=request.form,
        newer=newer,
    )


def _verdict(package: bytes) -> papers.Verdict:
    revocations = acceptance.revocations(session())
    return papers.verify(package, trusted=_keys(), revocations=revocations)


def _keys() -> Sequence[signing.PublicKey]:
    """The key of today and those it replaced: an older opinion stays good after a rotation."""
    return signing.load(settings().signing_key_file).publics


@pages.get("/opinions/<number>/package")
@reads()
def package(number: str) -> Response:
    """The issued package: PDF, signature, note."""
    made, _ = _opinion(number)
    if acceptance.wiped_on(made) is None and acceptance.frozen_in(session(), made):
        raise Conflict("paper_frozen")
    name, content = acceptance.package_of(session(), settings().data_dir, made)
    return download(content, name)


@pages.post("/opinions/<number>/revoke")
@writes("revoke")
def revoke(number: str) -> Response | tuple[str, int]:
    """Take an opinion back by a signed act."""
    made, project = _opinion(number)
    _, content = acceptance.package_of(session(), settings().data_dir, made)
    try:
        acceptance.revoke(
            session(),
            actor(),
            made,
            request.form.get("reason", ""),
            key=signing.load(settings().signing_key_file),
            pdf=papers.pdf_digest(content),
        )
    except Invalid as refusal:
        return _page(made, project, refusal.problems), 422
    return go(url_for(".opinion", number=number))


def _checked_at() -> str:
    """The place of the header: a stranger's own, one of the projects for who has a name."""
    return "projects" if actor().signed_in else "check"


@pages.get("/opinions/verify")
@reads(public=True)
def check_form() -> str:
    """Where anybody checks an opinion he was given."""
    return render_template("opinion_check.html", place=_checked_at(), keys=_keys())


@pages.post("/opinions/verify")
@reads(public=True)
def check() -> tuple[str, int]:
    """Check the package that was sent; nothing of it is kept."""
    sent = request.files.get("package")
    content = sent.stream.read() if sent is not None else b""
    verdict = None
    # Only what one of our keys claims to have signed is opened: anybody can sign any PDF.
    if content and papers.signed_with(content, _keys()):
        verdict = _verdict(content)
    page = render_template(
        "opinion_check.html", place=_checked_at(), keys=_keys(), sent=bool(content), verdict=verdict
    )
    return page, 200 if verdict is not None and verdict.is_valid else 422


@pages.get("/opinions/revocations.json")
@reads(public=True)
def revocations() -> Response:
    """Every revocation, signed, for whoever verifies an opinion without us."""
    return jsonify(acceptance.revocations(session()))
