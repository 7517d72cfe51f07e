"""The examination of a project, the signature under it, and the opinions that were issued."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import acceptance, papers, projects, signing
from registry.access import may, role_title, why_not
from registry.edge import actor, download, go, locale, reads, session, settings, writes
from registry.edge.faults import sentence
from registry.errors import Invalid, Missing
from registry.models.acceptance import Opinion
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
    order = {"fail": 0, "deferred": 1, "pass": 2, "na": 3, "not_yet": 4, "unbound": 5}
    return render_template(
        "examination.html",
        place="projects",
        project=project,
        found=found,
        rehearsal=found.stage != project.stage,
        lines=sorted(found.lines, key=lambda line: order[line.result]),
        counts=_counts(found),
        said=lambda shortfall: acceptance.said(shortfall, locale()),
        ball=lambda role: role_title(role, locale()),
        may_sign=may(actor(), "verify", project.unit),
        why_not=_why_not(project, found),
        may_countersign=acceptance.is_own_project(project)
        and not project.facts.get("countersigned")
        and may(actor(), "countersign", project.unit),
        opinions=acceptance.of_project(session(), project),
    )


def _counts(found: acceptance.Examination) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in found.lines:
        counts[line.result] = counts.get(line.result, 0) + 1
    return counts


def _why_not(project: Project, found: acceptance.Examination) -> str:
    """Why this officer cannot sign now, in a sentence; empty when he can."""
    refusal = why_not(actor(), "verify", project.unit)
    if refusal is not None:
        return sentence(refusal)[1]
    return ""


@pages.post("/projects/<key>/examination/sign")
@writes("verify")
def sign(key: str) -> Response:
    """Sign the verdict that was on the page."""
    project = projects.find(session(), actor(), key)
    opinion = acceptance.sign(
        session(),
        actor(),
        project,
        request.form.get("result", "")[:20],
        seen=request.form.get("digest", ""),
        key=signing.load(settings().signing_key_file),
        folder=settings().data_dir,
        deferral_paper=settings().deferral_paper,
    )
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


def _page(made: Opinion, project: Project, problems: Any = ()) -> str:
    _, package = acceptance.package_of(session(), settings().data_dir, made)
    return render_template(
        "opinion.html",
        place="projects",
        opinion=made,
        project=project,
        payload=made.payload,
        verdict=_verdict(package),
        revocation=acceptance.revocation_of(session(), made),
        later=acceptance.changed_since(session(), made),
        gate_titles={gate.id: gate.title(locale()) for gate in acceptance.gates()},
        may_revoke=may(actor(), "revoke", project.unit),
        problems=problems,
        typed=request.form,
        newer=session().get(Opinion, made.superseded_by_id) if made.superseded_by_id else None,
    )


def _verdict(package: bytes) -> papers.Verdict:
    trusted = [signing.load(settings().signing_key_file).public]
    return papers.verify(package, trusted=trusted, revocations=acceptance.revocations(session()))


@pages.get("/opinions/<number>/package")
@reads()
def package(number: str) -> Response:
    """The issued package: PDF, signature, note."""
    made, _ = _opinion(number)
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


@pages.get("/opinions/revocations.json")
@reads(public=True)
def revocations() -> Response:
    """Every revocation, signed, for whoever verifies an opinion without us."""
    return jsonify(acceptance.revocations(session()))
