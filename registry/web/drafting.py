"""The draft of an entry: begun, typed and handed in by whoever compiles it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import schemas
from registry import catalogue
from registry.access import Actor, Holding, acts, holding_for, may
from registry.edge import actor, go, locale, reads, remember, session, writes
from registry.edge.accepting import accepted
from registry.edge.numbers import natural
from registry.edge.readings import noted
from registry.errors import Conflict, Forbidden, Invalid, Missing, Unreadable
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from registry.web.comparing import said

pages = Blueprint("drafting", __name__, url_prefix="/resources")

Document = Mapping[str, Any]


@pages.get("/new")
@reads("register")
def new() -> str:
    """The secrecy declaration comes before the first keystroke (先审查后录入)."""
    return render_template("new.html", place="inbox", units=_my_units())


@pages.post("/new")
@writes("register")
def register() -> Response | tuple[str, int]:
    """Open a draft and go to its form."""
    units = _my_units()
    unit = next((u for u in units if str(u.id) == request.form.get("unit")), None)
    unit = unit or (units[0] if len(units) == 1 else None)
    if unit is None:
        raise Missing("nothing_chosen")
    post = next(h for h in _compiling() if h.organisation_id == unit.id)
    name = request.form.get("name", "").strip()
    try:
        _require_short(name)
        stored = catalogue.register(
            session(),
            actor(),
            unit,
            {"name": name} if name else {},
            declared=request.form.get("declared") == "yes",
            project_id=post.project_id,
        )
    except Invalid as refusal:
        page = render_template(
            "new.html", place="inbox", units=units, problems=refusal.problems, name=name
        )
        return page, 422
    return go(url_for(".edit", key=stored.key))


def _require_short(name: str) -> None:
    spec = schemas.field("resource", "/name")
    limit = spec.max_length if spec else None
    if limit and len(name) > limit:
        raise Invalid([schemas.Problem("/name", "maxLength", {"limit": limit, "given": len(name)})])


@pages.post("/<key>/revise")
@writes("register")
def revise(key: str) -> Response:
    """Open the next version of a live entry."""
    resource = catalogue.find(session(), actor(), key)
    catalogue.revise(session(), actor(), resource)
    return go(url_for(".edit", key=key))


@pages.get("/<key>/edit")
@reads("register")
def edit(key: str) -> str:
    """The form of the draft, with the reasons of the return beside the fields."""
    version = working(key)
    own_draft(version)
    noted([version])
    document = catalogue.document_of(version)
    # Asked for, the faults stand in the summary as after a refused hand-in; nothing is handed in.
    problems = _faults_of(version, document) if request.args.get("check") else ()
    return _form(version, document, version.resource.row_version, problems)


@pages.get("/<key>/items")
@reads("register")
def items(key: str) -> str:
    """The data elements alone, on the whole width; the rest of the draft travels unseen."""
    version = working(key)
    own_draft(version)
    document = catalogue.document_of(version)
    return render_template(
        "items.html",
        place="inbox",
        version=version,
        document=document,
        field=schemas.field("resource", "/items"),
        problems=(faults := [p for p in _faults_of(version, document) if _begun(document, p)]),
        warnings=[p for p in _warnings_of(version, document, faults) if _begun(document, p)],
        pairs=[(n, v) for n, v in schemas.to_form(document) if not n.startswith("items.")],
        row_version=version.resource.row_version,
        base=schemas.trace(document),
        level=schemas.level(document),
        limited=limited(version),
    )


@pages.post("/<key>/edit")
@writes("register")
def save(key: str) -> Response | tuple[str, int]:
    """Save as typed; then add or move a row, check everything and hand in, or stay."""
    version = working(key)
    own_draft(version)
    seen = natural(request.form.get("row_version"))
    if seen is None:
        # A body that is no form would otherwise save an empty draft over a full one.
        raise Unreadable("unreadable")
    try:
        typed = schemas.from_form(request.form.items(multi=True))
    except schemas.Unreadable as fault:
        raise Unreadable("unreadable") from fault
    do, _, at = request.form.get("do", "save").partition(":")
    typed = _with_rows(typed, do, at)
    kept = request.form.getlist("keep")
    if kept:
        # From the page of both texts: these fields stay as they are stored.
        typed = _keeping(kept, catalogue.document_of(version), typed)
    if limited(version):
        typed = schemas.with_reserved(catalogue.document_of(version), typed)
    held = catalogue.document_of(version)
    base = request.form.get("base", "")
    if seen != version.resource.row_version and schemas.trace(held) == schemas.trace(typed):
        # A save by itself overtook the button: the same text twice is nobody's conflict.
        typed, seen = held, version.resource.row_version
    try:
        stored = catalogue.save(session(), actor(), version, typed, seen)
    except Conflict as refusal:
        if refusal.code != "stale":
            raise
        return _conflict(version, typed, base), 409
    if accepted(_ANSWERS) == "json":
        # The page that saves by itself stays, and learns over which version it types on.
        session().refresh(version.resource)
        return jsonify(row_version=version.resource.row_version, base=schemas.trace(typed))
    if do in {"hand-in", "formal"}:
        return _sent_on(do, stored.version_id, typed, seen, base)
    return go(_onward(key, do, typed))


@pages.post("/<key>/discard")
@writes("register")
def discard(key: str) -> Response:
    """End a draft that was opened by mistake and never public."""
    version = working(key)
    own_draft(version)
    catalogue.discard(session(), actor(), version)
    return go(url_for("inbox.inbox"))


_ANSWERS = {"text/html": "page", "application/json": "json"}


def _onward(key: str, do: str, typed: Document) -> str:
    """Where a save leads: back to the rows that were worked on, else to the form."""
    on_items = request.form.get("page") == "items"
    added = _new_row(do, typed)
    if do == "paste-item":
        return url_for("pasting.show", key=key)
    if do == "items" or (on_items and "-" in do):
        return url_for(".items", key=key) + added
    if do == "check":
        return url_for(".edit", key=key, check=1)
    anchor = added or f"#f-{do.partition('-')[2]}s" if "-" in do else "#f-items" if on_items else ""
    return url_for(".edit", key=key) + anchor


def _new_row(do: str, typed: Document) -> str:
    """The anchor of the first field of a row that was added; "" after any other button."""
    verb, _, one = do.partition("-")
    spec = schemas.field("resource", f"/{one}s") if verb == "add" else None
    rows = typed.get(f"{one}s")
    if spec is None or not isinstance(rows, list) or not rows:
        return ""
    first = next((child.key for child in spec.children if child.key != "id"), "")
    return f"#f-{spec.key}-{len(rows) - 1}-{first}"


def _sent_on(
    do: str, version_id: int, typed: Document, seen: int, base: str
) -> Response | tuple[str, int]:
    """Hand in or publish what was saved a moment ago; it stays saved when it is not ready."""
    version = session().get_one(Version, version_id)
    key, who = version.resource.key, actor()
    try:
        if do == "formal":
            catalogue.advance(session(), who, version, "formal")
            return go(url_for("resources.show", key=key))
        batch = catalogue.hand_in(session(), who, [version])
    except Invalid as refusal:
        # 422 rolls the request back: what was typed is kept by a save of its own.
        session().rollback()
        try:
            remember(lambda s: _save_typed(s, who, key, typed, seen))
        except Conflict:
            # Another window saved between the rollback and this save: show both texts.
            return _conflict(catalogue.require_version(session(), who, key), typed, base), 409
        fresh = catalogue.require_version(session(), who, key)
        return _form(fresh, typed, fresh.resource.row_version, refusal.problems), 422
    return go(url_for("submissions.show", key=batch.key))


def _save_typed(own: Session, who: Actor, key: str, typed: Document, seen: int) -> None:
    catalogue.save(own, who, catalogue.require_version(own, who, key), typed, seen)


def _faults_of(version: Version, document: Document) -> list[schemas.Problem]:
    resource = version.resource
    return catalogue.check(session(), resource.department, resource.id, document)


def working(key: str) -> Version:
    """The working version; whoever may revise a published entry is told how that is begun."""
    resource = session().scalar(sa.select(Resource).where(Resource.key == key))
    if (
        resource is not None
        and resource.frozen_at is None
        and resource.working_version_id is None
        and resource.live is not None
        and resource.live.state == "published"
        and may(actor(), "register", resource.department, project_id=resource.project_id)
    ):
        raise Conflict("no_draft", key=key)
    return catalogue.require_version(session(), actor(), key)


def _marked(
    document: Document, faults: Sequence[schemas.Problem], asked: bool
) -> list[schemas.Problem]:
    """The faults that are said at their fields: what is still empty is no mistake until asked."""
    if asked:
        return list(faults)
    open_ = {
        f.key for f in schemas.fields("resource") if f.required and not document.get(f.key)
    } | {""}
    return [one for one in faults if f"{one.pointer}/".split("/")[1] not in open_]


def _warnings_of(
    version: Version, document: Document, faults: Sequence[schemas.Problem]
) -> list[schemas.Problem]:
    """What reviewers will be shown, unless it is a fault: whoever types hears it first."""
    said = {(one.pointer, one.rule) for one in faults}
    return [
        one
        for one in catalogue.warnings_of(session(), version.resource_id, document)
        if (one.pointer, one.rule) not in said
    ]


def _begun(document: Document, problem: schemas.Problem) -> bool:
    """Whether a fault lies in a row somebody has begun: a row just added is no mistake yet."""
    rows, at = document.get("items"), schemas.item_at(problem.pointer)
    if at is None or not isinstance(rows, list) or at >= len(rows):
        return False
    row = rows[at]
    return not isinstance(row, dict) or any(
        value for key, value in row.items() if key != "id" and not isinstance(value, bool)
    )


def own_draft(version: Version) -> None:
    """Refuse who does not compile this entry, and an entry that is no draft."""
    resource = version.resource
    if not may(actor(), "register", resource.department, project_id=resource.project_id):
        raise Forbidden(
            "not_yours", act="register", roles=["registrar"], unit=resource.department.name
        )
    if version.state != "draft":
        raise Conflict("not_a_draft", state=version.state, key=resource.key)


def _compiling() -> list[Holding]:
    """The posts in which the actor compiles entries; those of the unit itself come first."""
    roles = acts()["register"].roles
    return sorted(
        (h for h in actor().holdings if h.role in roles), key=lambda h: h.project_id is not None
    )


def _my_units() -> list[Organisation]:
    ids = [h.organisation_id for h in _compiling()]
    return list(
        session().scalars(
            sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
        )
    )


def limited(version: Version) -> bool:
    """Whether the actor compiles this entry under contract and leaves the legal fields alone."""
    resource = version.resource
    post = holding_for(actor(), "register", resource.department, resource.project_id)
    return post is not None and catalogue.is_limited(post)


def _form(
    version: Version,
    document: Document,
    row_version: int,
    problems: Sequence[schemas.Problem] = (),
) -> str:
    fields = schemas.fields("resource")
    groups = [
        (group.key, group.title(locale()), [f for f in fields if f.group == group.key])
        for group in schemas.groups("resource")
    ]
    unit = version.resource.department
    own = catalogue.own_class(unit)
    sent_back = _sent_back(version, document)
    faults = _faults_of(version, document)
    if not problems:
        faults = [p for p in faults if schemas.item_at(p.pointer) is None or _begun(document, p)]
    return render_template(
        "edit.html",
        own_places=[(own, unit.name)] if own else [],
        place="inbox",
        version=version,
        document=document,
        groups=groups,
        problems=problems,
        marked=_marked(document, problems or faults, bool(problems)),
        warnings=_warnings_of(version, document, faults),
        similar=catalogue.similar(session(), actor(), version.resource, document.get("name")),
        systems=catalogue.systems(session(), unit),
        units={name: name for name in catalogue.units(session())},
        faults=[*(problems or faults), *sent_back.pop("unanswered")],
        row_version=row_version,
        base=schemas.trace(document),
        level=schemas.level(document),
        **sent_back,
        holders=catalogue.inherited_holders(session(), version.resource.department, document),
        limited=limited(version),
        may_hand_in=may(actor(), "hand_in", version.resource.department),
        is_formal=catalogue.is_formal(version)
        and may(actor(), "formal", version.resource.department, version.state),
        live=version.resource.live,
    )


def _sent_back(version: Version, document: Document) -> dict[str, Any]:
    """The return the draft answers, each remark with the place it leads to in the form.

    A section with a remark is not complete while the text there is still what was sent back.
    """
    returned = catalogue.last_return(session(), version)
    if returned is None:
        return {"returned": None, "remarks": [], "unanswered": []}
    return {
        "returned": returned,
        "remarks": [
            (_anchored(catalogue.place_now(returned, pointer, document)), title, text)
            for pointer, title, text in said(returned)
        ],
        "unanswered": [
            schemas.Problem(pointer, "remark")
            for pointer in catalogue.open_remarks(returned, document)
        ],
    }


def _anchored(pointer: str) -> str:
    """The field of the form a remark leads to: of a whole row its first cell."""
    return (
        f"{pointer}/name" if pointer.startswith("/items/") and pointer.count("/") == 2 else pointer
    )


def _conflict(version: Version, typed: Document, base: str) -> str:
    """Both texts, field by field: what only one side changed is ticked for that side already."""
    stored = catalogue.document_of(version)
    who = schemas.sides(base, stored, typed)
    theirs, mine = _apart(typed, stored), _apart(stored, typed)
    return render_template(
        "conflict.html",
        place="inbox",
        version=version,
        sides=[
            ("both", *_of(who.both, mine)),
            ("mine", *_of(who.mine, mine)),
            ("theirs", *_of(who.theirs, theirs)),
        ],
        pairs=schemas.to_form(typed),
        row_version=version.resource.row_version,
        base=schemas.trace(stored),
        saved=catalogue.last_save(session(), version.resource),
        own_key=actor().person_key,
    )


def _apart(before: Document, after: Document) -> tuple[list[Any], list[Any]]:
    return (
        catalogue.changed_fields(before, after, locale()),
        list(catalogue.item_changes(before, after, locale())),
    )


def _of(keys: Sequence[str], apart: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
    fields, rows = apart
    return [one for one in fields if one[0].key in keys], rows


def _keeping(names: Sequence[str], stored: Document, typed: Document) -> dict[str, Any]:
    others = {key: value for key, value in typed.items() if key not in names}
    return others | {key: stored[key] for key in names if key in stored}


def _with_rows(document: dict[str, Any], do: str, at: str) -> dict[str, Any]:
    """The document after a row button: add, remove, up, down or fill in one of its lists."""
    verb, _, one = do.partition("-")
    names = {f.key.removesuffix("s"): f.key for f in schemas.fields("resource") if f.kind == "rows"}
    if verb not in {"add", "remove", "up", "down", "fill"} or one not in names:
        return document
    rows = list(document.get(names[one]) or [])
    if verb == "fill":
        return {**document, names[one]: [_filled(row, document) for row in rows]}
    n = natural(at)
    if verb == "add":
        # A row of its own kind of nothing: an empty one would not survive as a row.
        rows.append(
            {"name": "", **({"nullable": True, "primary_key": False} if one == "item" else {})}
        )
    elif n is not None and 0 <= n < len(rows):
        row = rows.pop(n)
        if verb in {"up", "down"}:
            rows.insert(max(n - 1, 0) if verb == "up" else n + 1, row)
    changed = {**document, names[one]: rows}
    return changed if rows else {k: v for k, v in changed.items() if k != names[one]}


def _filled(row: Any, document: Document) -> Any:
    """A row that takes from its resource how it is shared and opened where it says nothing."""
    if not isinstance(row, dict):
        return row
    taken = {key: document[key] for key in ("share_type", "open_type") if document.get(key)}
    if row.get("share_type") == "3":
        # What is withheld is not open, whatever the resource says.
        taken["open_type"] = "3"
    return {**row, **{key: code for key, code in taken.items() if not row.get(key)}}
