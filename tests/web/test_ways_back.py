"""Every refusal leads on, every step says what comes next, and a mistake can be taken back."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from registry import calendar, catalogue, db
from registry.models.catalogue import Resource, Version
from tests.factories import sign_in, token_of
from tests.web.test_done import handed_in, said
from tests.web.test_returned import actor


@pytest.fixture
def store(city):
    """A transaction on the city's database, kept."""
    return lambda: db.transaction(city.extensions["registry_database"], writes=True)


def key_of(session, name):
    """The key of the entry with this name."""
    return session.scalar(
        sa.select(Resource.key)
        .join(Version, Version.id == Resource.working_version_id)
        .where(Version.name == name)
    )


def post(client, at, address, **typed):
    data = {"csrf_token": token_of(client.get(at).text), **typed}
    return client.post(address, data=data)


def test_a_batch_of_nothing_leads_back_to_the_work_list(city):
    answer = post(sign_in(city, "registrar"), "/inbox", "/submissions/new")
    assert answer.status_code == 404
    assert 'href="/inbox">回到工作台' in answer.text


def test_what_waits_for_others_is_refused_to_edit_with_the_way_to_take_it_back(city, store):
    clerk = sign_in(city, "registrar")
    handed_in(clerk, "撤回之路信息")
    with store() as session:
        key = key_of(session, "撤回之路信息")
    refused = clerk.get(f"/resources/{key}/edit")
    assert refused.status_code == 409
    assert f'href="/resources/{key}/difference"' in refused.text
    page = clerk.get(f"/resources/{key}/difference").text
    assert "撤回后变为第 1 版草稿" in page
    digest = re.search(r'name="digest" value="([^"]+)"', page)[1]
    at = f"/resources/{key}/difference"
    assert post(clerk, at, f"/resources/{key}/take-back", digest=digest).status_code == 303
    inbox = clerk.get("/inbox").text
    line = re.search(r"撤回之路信息 <span.*?</tr>", inbox, re.S)[0]
    assert "—" not in line.split("期限")[0]


def test_a_published_entry_says_how_it_is_revised(city, store):
    clerk = sign_in(city, "registrar")
    with store() as session:
        unit = actor(session, "registrar").holdings[0].organisation_id
        key = session.scalar(
            sa.select(Resource.key)
            .join(Version, Version.id == Resource.live_version_id)
            .where(
                Resource.department_id == unit,
                Resource.working_version_id.is_(None),
                Version.state == "published",
            )
            .limit(1)
        )
    refused = clerk.get(f"/resources/{key}/edit")
    assert refused.status_code == 409
    assert "修改条目" in refused.text
    assert f'href="/resources/{key}">打开条目' in refused.text
    assert sign_in(city, "consumer").get(f"/resources/{key}/edit").status_code in (403, 404)


def test_a_mistaken_draft_is_deleted_and_what_waits_for_others_is_not(city, store):
    clerk = sign_in(city, "registrar")
    at = "/resources/new"
    made = post(clerk, at, at, declared="yes", name="误开的草稿")
    assert "确认删除" in clerk.get(made.location).text
    away = made.location.replace("/edit", "/discard")
    assert post(clerk, made.location, away).location.endswith("/inbox")
    assert clerk.get(made.location).status_code == 404
    handed_in(clerk, "不能删的信息")
    with store() as session:
        key = key_of(session, "不能删的信息")
    assert post(clerk, "/inbox", f"/resources/{key}/discard").status_code == 409


def test_the_coming_step_is_named_as_coming(city):
    clerk = sign_in(city, "registrar")
    batch = handed_in(clerk, "下一步信息").location
    page = clerk.get(batch).text
    assert "下一步：保密审查，由" in said(page)
    assert "打印签批表：保密审查" in sign_in(city, "secrecy").get(batch).text
    assert catalogue.coming("clear", "en") == "secrecy review"
    assert catalogue.coming("return") == "退回"


def test_nobody_reads_that_others_are_waited_for_when_he_is_the_one(city):
    handed_in(sign_in(city, "registrar"), "谁的手上信息")
    name = "谁的手上信息"

    def aside(login):
        return sign_in(city, login).get("/inbox").text.split('id="elsewhere"')[1]

    assert name not in aside("secrecy")
    assert name in aside("registrar")


def test_a_suspended_entry_comes_back_to_the_reviewer_on_its_day(city, store):
    with store() as session:
        head, reviewer = actor(session, "head"), actor(session, "reviewer")
        unit = head.holdings[0].organisation_id
        resource = session.scalars(
            sa.select(Resource)
            .join(Version, Version.id == Resource.live_version_id)
            .where(
                Resource.department_id == unit,
                Resource.working_version_id.is_(None),
                Version.state == "published",
            )
            .order_by(Resource.id.desc())
        ).first()
        live = sa.update(Version).where(Version.id == resource.live_version_id)
        session.execute(live.values(state="suspended"))
        this = sa.update(Resource).where(Resource.id == resource.id)
        for days, waits in ((1, False), (0, True), (-3, True)):
            day = calendar.today() + timedelta(days=days)
            session.execute(this.values(suspended_until=day))
            steps = [
                (task.version.resource_id, task.step) for task in catalogue.inbox(session, reviewer)
            ]
            assert ((resource.id, "resume") in steps) is waits
        key = resource.key
    page = sign_in(city, "reviewer").get("/inbox").text
    assert f'href="/resources/{key}/resume"' in page
