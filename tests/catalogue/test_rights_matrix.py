"""Every act of the life table, by every role, in every state, in one's own unit and another's.

What is allowed is read here from roles.json and life.json, without the code that judges.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

import schemas
from registry import calendar, catalogue, db
from registry.access import Actor
from registry.catalogue import RemarkText
from registry.errors import Refusal
from registry.models.catalogue import Version
from tests.catalogue.test_life import published, registered, working
from tests.factories import Town, empty_database

TABLE = schemas.codes.table("roles")
ACTS = {row["act"]: row for row in TABLE["may"]}
SCOPES = {row["id"]: row["scope"] for row in TABLE["roles"]}
LIFE = {row["id"]: row for row in schemas.codes.table("life")["steps"]}
STATES = [row["id"] for row in schemas.codes.table("life")["states"] if row["id"] != "wiped"]
BALL = {row["id"]: row["ball"] for row in schemas.codes.table("life")["states"]}
ON_VERSION = ("hand_in", "formal", "clear", "approve", "publish", "return", "take_back")
ON_RESOURCE = ("suspend", "resume", "propose_retirement", "keep", "retire")
REMARK = [RemarkText("", "R09", "请更正")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Town, Any]]:
    """A town with one version in every state, each made by people who do nothing else."""
    with (
        empty_database(tmp_path_factory.mktemp("matrix")) as database,
        db.transaction(database, writes=True) as session,
    ):
        town = Town(session)
        yield session, town, {state: in_state(town, state) for state in STATES}


def in_state(town: Town, state: str) -> Version:
    session, name = town.session, f"{state.replace('_', '')}信息"
    if state in ("published", "suspended", "retired", "superseded", "draft"):
        resource = published(town, name)
        live = resource.live
        assert live is not None
        if state == "suspended":
            catalogue.suspend(session, town.person("head"), resource, typed("suspend"))
        if state in ("published", "suspended", "retired"):
            # So that a second signature is all that is missing.
            catalogue.propose_retirement(session, town.person("head"), resource, {"reason": "撤并"})
        if state == "retired":
            catalogue.retire(session, town.person("reviewer"), resource)
        if state in ("superseded", "draft"):
            draft = reworded(town, resource)
            if state == "draft":
                return draft
            catalogue.advance(session, town.person("registrar"), draft, "formal")
        return live
    version = registered(town, town.person("registrar"), name)
    catalogue.hand_in(session, town.person("registrar"), [version])
    if state == "returned":
        catalogue.advance(session, town.person("secrecy"), version, "return", REMARK)
    for role, step in (("secrecy", "clear"), ("head", "approve")):
        if version.state != state:
            if state == "returned":
                break
            catalogue.advance(session, town.person(role), version, step)
    return version


def reworded(town: Town, resource: Any) -> Version:
    catalogue.revise(town.session, town.person("registrar"), resource)
    draft = working(town.session, resource.key)
    words = {**catalogue.document_of(draft), "abstract": "文字作了规范的摘要，说明来源和用途。"}
    catalogue.save(town.session, town.person("registrar"), draft, words)
    return draft


def typed(act: str) -> dict[str, str]:
    day = (calendar.today() + timedelta(days=9)).isoformat()
    return {"reason": "写明理由", **({"until": day} if act == "suspend" else {})}


def reaches(role: str, near: bool) -> bool:
    """Whether somebody of this role who sits near (or in another unit) reaches the entry."""
    if SCOPES[role].startswith("one project"):
        return False
    if SCOPES[role].startswith(("department", "projects of", "authority", "operator")):
        return near
    return True


def allowed(act: str, role: str, state: str, near: bool) -> bool:
    row = ACTS[act]
    wanted = role in row["roles"] and state in row["states"] and reaches(role, near)
    if act == "register":
        # What was returned is followed by a draft of its own; that one is edited.
        return wanted and state == "draft"
    if act == "return":
        return wanted and BALL[state] == role
    return wanted and state in LIFE[act]["from"]


def take(session: Session, actor: Actor, act: str, version: Version) -> None:
    if act == "register":
        catalogue.save(session, actor, version, catalogue.document_of(version))
    elif act in ON_VERSION:
        remarks = REMARK if act == "return" else []
        catalogue.advance(session, actor, version, act, remarks)
    elif act in ("suspend", "propose_retirement", "keep"):
        getattr(catalogue, act)(session, actor, version.resource, typed(act))
    else:
        getattr(catalogue, act)(session, actor, version.resource)


@pytest.mark.parametrize("act", ["register", *ON_VERSION, *ON_RESOURCE])
def test_an_act_is_done_exactly_where_the_table_says_so(place, act):
    session, town, versions = place
    wrong = []
    for role in SCOPES:
        for near in (True, False):
            at_authority = SCOPES[role].startswith(("authority", "operator"))
            unit = (town.authority if at_authority else town.department) if near else town.other
            actor = town.person(role, unit=unit)
            for state, version in versions.items():
                if act in ON_RESOURCE and state in ("draft", "superseded"):
                    # The entry of this version has a live version of another state.
                    continue
                point = session.begin_nested()
                try:
                    take(session, actor, act, version)
                    done = True
                except Refusal:
                    done = False
                point.rollback()
                session.expire_all()
                if done != allowed(act, role, state, near):
                    wrong.append((role, state, "near" if near else "far", done))
    assert wrong == []


def test_every_step_of_the_life_is_an_act_somebody_may_take_with_the_same_people():
    for step in LIFE.values():
        assert set(step["who"]) == set(ACTS[step["id"]]["roles"]), step["id"]
        assert set(step["from"]) == set(ACTS[step["id"]]["states"]), step["id"]
