"""Decisions on paper: the form to print, the scan, the second person; assessments of a batch."""

import io
from datetime import date

import segno
from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from registry import catalogue, files
from registry.access import role_title
from registry.catalogue import assessments, signed
from registry.edge import actor, download, go, locale, reads, session, settings, writes
from registry.edge.words import sentence
from registry.errors import Invalid, Refusal
from registry.models.accounts import Organisation, Person
from registry.models.catalogue import Submission

pages = Blueprint("papers", __name__, url_prefix="/papers")

# How a refusal of the form itself is answered: with the page and everything that was typed.
SHOWN_AGAIN = frozenset(
    {"paper_code", "paper_signer", "paper_day", "paper_number", "scan_kind", "second_confirms"}
)


@pages.post("/new")
@writes("paper")
def new() -> BaseResponse:
    """Make the form of a step for what waits in a batch."""
    batch, _ = catalogue.submission_versions(
        session(), actor(), request.form.get("submission", "")[:16]
    )
    row = signed.print_form(session(), actor(), batch, request.form.get("step", ""))
    return go(url_for(".show", key=row.key))


@pages.get("/<key>")
@reads("paper")
def show(key: str) -> str:
    """The form as it is printed; beside it what is still to be done with it."""
    return _page(key)


def _page(key: str, fault: tuple[str, str] | None = None) -> str:
    row, versions = signed.find_form(session(), actor(), key)
    unit = session().get_one(Organisation, row.organisation_id)
    names = {one.key: one.name for one in session().query(Person).filter_by(key=row.signer)}
    return render_template(
        "paper.html",
        place="inbox",
        paper=row,
        unit=unit,
        batch=session().get(Submission, versions[0].submission_id) if versions else None,
        versions=versions,
        code=signed.check_code(row),
        qr=_qr(row.key, row.digest),
        fault=fault,
        typed=request.form,
        signers=[
            (who, name, role_title(role, locale()))
            for who, name, role in signed.signers(session(), row)
        ],
        signer=names.get(row.signer or "", ""),
        signer_post=role_title(row.signer_post or "", locale()),
        is_second=actor().person_id != row.uploaded_by,
    )


def _qr(key: str, digest: str) -> Markup:
    """The QR code of a form: its key and the digest of exactly its versions."""
    out = io.BytesIO()
    segno.make_qr(f"{key} {digest}", error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, border=0, scale=3, dark="#17212B"
    )
    return Markup(out.getvalue().decode("ascii"))  # noqa: S704 - made here, of hexadecimal digits


@pages.post("/<key>/scan")
@writes("paper")
def upload(key: str) -> BaseResponse | tuple[str, int]:
    """Keep the signed scan."""
    row, _ = signed.find_form(session(), actor(), key)
    sent = request.files.get("scan")
    try:
        signed.upload(
            session(),
            actor(),
            row,
            settings().data_dir,
            content=sent.read() if sent else b"",
            name=(sent.filename if sent else "") or "scan",
            signer=request.form.get("signer", ""),
            signed_on=_day(request.form.get("signed_on", "")),
            number=request.form.get("number", ""),
            code=request.form.get("code", ""),
        )
    except Refusal as refusal:
        return _again(key, refusal)
    return go(url_for(".show", key=key))


@pages.post("/<key>/confirm")
@writes("paper")
def confirm(key: str) -> BaseResponse | tuple[str, int]:
    """The second person: scan and form agree, the step is taken."""
    row, _ = signed.find_form(session(), actor(), key)
    try:
        signed.confirm(session(), actor(), row, request.form.get("code", ""))
    except Refusal as refusal:
        return _again(key, refusal)
    return go(url_for(".show", key=key))


def _again(key: str, refusal: Refusal) -> tuple[str, int]:
    if refusal.code not in SHOWN_AGAIN:
        raise refusal
    session().rollback()
    return _page(key, sentence(refusal)), refusal.status


@pages.get("/<key>/scan")
@reads("paper")
def scan(key: str) -> Response:
    """The scan as it was uploaded, for download."""
    row, _ = signed.find_form(session(), actor(), key)
    kept = signed.scan_of(session(), row)
    content = files.content(settings().data_dir, kept)
    answer = download(content, kept.name)
    answer.content_type = signed.kind_of(content)
    return answer


@pages.post("/assessments")
@writes("assess")
def assess() -> BaseResponse:
    """Enter an assessment that covers the chosen entries of a batch."""
    key = request.form.get("submission", "")[:16]
    batch, versions = catalogue.submission_versions(session(), actor(), key)
    form = request.form
    if len(form.get("none_because", "")) > 2000:
        raise Invalid([], code="assessment")
    assessments.assess(
        session(),
        actor(),
        batch,
        versions,
        kind=form.get("kind", ""),
        number=form.get("number", ""),
        on=_day(form.get("on", "")),
        none_because=form.get("none_because", ""),
    )
    return go(url_for("submissions.show", key=key))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
