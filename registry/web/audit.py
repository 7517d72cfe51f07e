"""The auditor's pages: the journal, and the proof that it is as it was written."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

import schemas
from registry import journal, signing
from registry.edge import actor, gettext, locale, reads, remember, session, settings
from registry.edge.numbers import natural
from registry.edge.words import title_of
from registry.journal import browse, heads, tree
from registry.journal.browse import Filter
from registry.models.journal import JournalRow
from registry.web.done import name_of_act

pages = Blueprint("audit", __name__, url_prefix="/audit")


@pages.get("")
@reads("read_all")
def rows() -> str:
    """The journal, newest first; every look at it is a row of it."""
    asked, typed = _asked()
    before = natural(request.args.get("before"), 11)
    found = browse.browse(session(), asked, before)
    who = actor()
    filtered = sorted(name for name, value in typed.items() if value)
    facts = {"filters": filtered, "rows": len(found.rows)}
    remember(lambda own: journal.record(own, who, "read_all", "journal", "", facts=facts))
    acts = sorted(
        ((act, name_of_act(act, subject)) for act, subject in browse.acts(session())),
        key=lambda one: one[1],
    )
    return render_template(
        "audit.html",
        place="audit",
        found=found,
        typed=typed,
        acts=acts,
        act_name=name_of_act,
        first=before is None,
        older=url_for(".rows", **typed, before=found.older) if found.older is not None else None,
        newest=url_for(".rows", **typed),
        link=_link,
        facts=lambda row: _facts(row, found.units),
    )


def _facts(row: JournalRow, units: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What a row notes, in words: the name of the fact, its value, and both as they are stored."""
    told = schemas.codes.labels("journal_fact", locale())
    return [
        (
            told.get(key, key),
            _value(row, key, value, units),
            f"{key}={json.dumps(value, ensure_ascii=False)}",
        )
        for key, value in json.loads(row.facts).items()
    ]


def _value(row: JournalRow, key: str, value: Any, units: Mapping[str, str]) -> str:
    """One value in words; whatever has none stays as it is stored."""
    if isinstance(value, list):
        between = "、" if locale() == "zh" else ", "
        return between.join(_value(row, key, part, units) for part in value)
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if not isinstance(value, str):
        return "—" if value is None else json.dumps(value, ensure_ascii=False)
    table = schemas.codes.table("journal_fact")
    word = table["words"].get(f"{key}={value}")
    if word:
        return str(word[locale()])
    if key == "code":
        return title_of(value, locale())
    if key == "fields":
        field = schemas.field("resource", value)
        return field.title(locale()) if field else value
    lists = table["of"].get(key, {})
    listed = lists.get(row.subject, lists.get("", ""))
    return schemas.codes.label(listed, value, locale()) if listed else units.get(value, value)


def _asked() -> tuple[Filter, dict[str, Any]]:
    """The filter of the address, and what was typed; a day that is none filters nothing."""
    typed: dict[str, Any] = {
        name: request.args.get(name, "").replace("\x00", "").strip()[:60]
        for name in ("act", "person", "unit", "key", "day", "outcome")
    }
    try:
        day = date.fromisoformat(typed["day"]) if typed["day"] else None
    except ValueError:
        day = None
        typed["day"] = ""
    asked = Filter(
        typed["act"], typed["person"], typed["unit"], typed["key"], day, typed["outcome"]
    )
    return asked, typed


# Where the subject of a row is shown, if it has a page.
_PAGES = {
    "resource": "resources.show",
    "submission": "submissions.show",
    "request": "requests.show",
    "demand": "demands.show",
    "project": "projects.show",
    "paper": "papers.show",
}


def _link(row: JournalRow) -> str | None:
    where = _PAGES.get(row.subject)
    return url_for(where, key=row.key) if where and row.key else None


@pages.get("/verification")
@reads("read_all")
def verification() -> str:
    """Verify everything now: rows, tree, signed heads, the copy; and prove it grew from a head."""
    publics = signing.load(settings().signing_key_file).publics
    faults = heads.prove(session(), publics, settings().data_dir)
    size, root = journal.head(session())
    last = heads.last_signed(session())
    proof: tuple[bytes, ...] = ()
    holds = None
    if last is not None and 0 < last.size <= size and not faults:
        leaves = heads.leaves(session(), size)
        proof = tree.consistency(leaves.__getitem__, last.size, size)
        holds = tree.verify_consistency(
            last.size, size, bytes.fromhex(last.root), bytes.fromhex(root), proof
        )
    who, facts = actor(), {"size": size, "root": root, "faults": len(faults)}
    remember(lambda own: journal.record(own, who, "audit_verify", "journal", "", facts=facts))
    return render_template(
        "audit_verification.html",
        place="audit",
        faults=faults,
        size=size,
        root=root,
        last=last,
        proof=[step.hex() for step in proof],
        holds=holds,
        copies=len(heads.witnessed(settings().data_dir)),
    )
