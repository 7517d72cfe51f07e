"""The pages of taking out of use, formal changes, the yearly confirmation and transfers."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from registry import calendar, db
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from tests.factories import sign_in, token_of

CIVIL = "11150300DEM000022H"


def live_keys(city: Flask, state: str = "published", **where: str) -> list[str]:
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return list(
            session.scalars(
                sa.select(Resource.key)
                .join(Version, Resource.live_version_id == Version.id)
                .join(Organisation, Organisation.id == Resource.department_id)
                .where(
                    Version.state == state,
                    Resource.working_version_id.is_(None),
                    *([Organisation.code == where["unit"]] if "unit" in where else []),
                    *([Version.open_type == where["open"]] if "open" in where else []),
                )
                .order_by(Resource.id)
            )
        )


def post(client: FlaskClient, path: str, data: dict[str, str] | None = None, at: str | None = None):
    page = client.get(at or path).text
    token = token_of(page if 'name="csrf_token"' in page else client.get("/inbox").text)
    return client.post(path, data={"csrf_token": token, **(data or {})})


def digest_of(client: FlaskClient, path: str) -> str:
    page = client.get(path).text
    return page.split('name="digest" value="')[1].split('"')[0]


def soon() -> str:
    return (calendar.today() + timedelta(days=20)).isoformat()


def test_a_suspended_entry_answers_410_with_its_reason_and_comes_back(city):
    head, reviewer, public = (
        sign_in(city, "head"),
        sign_in(city, "reviewer"),
        city.test_client(),
    )
    key = live_keys(city, unit=CIVIL, open="1")[0]
    path = f"/resources/{key}/suspend"
    assert public.get(f"/resources/{key}").status_code == 200
    data = {"reason": "接口数据正在核查", "until": soon(), "digest": digest_of(head, path)}
    assert post(head, path, data).status_code == 303
    gone = public.get(f"/resources/{key}")
    assert gone.status_code == 410
    assert "接口数据正在核查" in gone.text
    assert soon() in gone.text
    assert "本条目已于" in head.get(f"/resources/{key}").text
    back = f"/resources/{key}/resume"
    assert post(reviewer, back, {"digest": digest_of(reviewer, back)}).status_code == 303
    assert public.get(f"/resources/{key}").status_code == 200


def test_a_faulty_form_comes_back_with_what_was_typed(city):
    head, key = sign_in(city, "head"), live_keys(city, unit=CIVIL)[1]
    path = f"/resources/{key}/suspend"
    data = {"reason": "写了一半的理由", "until": "2020-01-01", "digest": digest_of(head, path)}
    answer = post(head, path, data)
    assert answer.status_code == 422
    assert "写了一半的理由" in answer.text
    assert "须晚于今天" in answer.text


def test_a_decision_on_an_older_text_is_refused(city):
    head, key = sign_in(city, "head"), live_keys(city, unit=CIVIL)[1]
    path = f"/resources/{key}/suspend"
    answer = post(head, path, {"reason": "核查", "until": soon(), "digest": "sm3:0"})
    assert answer.status_code == 409


@pytest.mark.parametrize("step", ["suspend", "resume", "propose-retirement", "keep", "retire"])
def test_nobody_without_the_right_reaches_a_step(city, step):
    key = live_keys(city, unit=CIVIL)[1]
    for username in ("registrar", "consumer", "auditor"):
        client = sign_in(city, username)
        assert client.get(f"/resources/{key}/{step}").status_code == 403
        assert post(client, f"/resources/{key}/{step}", at="/inbox").status_code == 403
    assert city.test_client().get(f"/resources/{key}/{step}").status_code in (303, 404)


def test_a_retirement_waits_in_the_inbox_of_the_reviewer_until_he_signs(city):
    head, reviewer = sign_in(city, "head"), sign_in(city, "reviewer")
    key = live_keys(city, unit=CIVIL)[2]
    path = f"/resources/{key}/propose-retirement"
    data = {"reason": "职能已取消", "digest": digest_of(head, path)}
    assert post(head, path, data).status_code == 303
    assert f"/resources/{key}/retire" in reviewer.get("/inbox").text
    sign = f"/resources/{key}/retire"
    assert "职能已取消" in reviewer.get(sign).text
    assert post(reviewer, sign, {"digest": digest_of(reviewer, sign)}).status_code == 303
    consumer = sign_in(city, "consumer")
    assert "本条目已经注销" in consumer.get(f"/resources/{key}").text
    assert consumer.get(f"/resources/{key}").status_code == 410
    assert post(head, path, data, at="/inbox").status_code == 409


def test_a_declined_retirement_is_told_to_who_proposed_it(city):
    head, reviewer = sign_in(city, "head"), sign_in(city, "reviewer")
    key = live_keys(city, unit=CIVIL)[4]
    path, answer = f"/resources/{key}/propose-retirement", f"/resources/{key}/keep"
    assert (
        post(head, path, {"reason": "改由他局管理", "digest": digest_of(head, path)}).status_code
        == 303
    )
    empty = post(reviewer, answer, {"reason": "", "digest": digest_of(reviewer, answer)})
    assert empty.status_code == 422
    told = {"reason": "划转尚未办理，请先划转", "digest": digest_of(reviewer, answer)}
    assert post(reviewer, answer, told).status_code == 303
    assert "不予注销" in head.get("/inbox").text
    assert "划转尚未办理，请先划转" in head.get(f"/resources/{key}").text
    assert "划转尚未办理，请先划转" in head.get(path).text
    assert "划转尚未办理" not in sign_in(city, "consumer").get(f"/resources/{key}").text


def test_a_formal_change_is_published_from_the_form_and_listed(city):
    registrar, key = sign_in(city, "registrar"), live_keys(city, unit=CIVIL)[3]
    assert post(registrar, f"/resources/{key}/revise", at="/inbox").status_code == 303
    form = registrar.get(f"/resources/{key}/edit").text
    assert 'value="formal"' not in form
    pairs = filled(city, key, form)
    pairs["abstract"] = "文字规范后的摘要，说明来源和用途。"
    edit = f"/resources/{key}/edit"
    assert registrar.post(edit, data={**pairs, "do": "save"}).status_code == 303
    form = registrar.get(edit).text
    assert 'value="formal"' in form
    pairs = filled(city, key, form)
    assert registrar.post(edit, data={**pairs, "do": "formal"}).status_code == 303
    assert "文字规范后的摘要" in registrar.get(f"/resources/{key}").text
    listed = sign_in(city, "reviewer").get("/lists/changes").text
    assert f"/resources/{key}" in listed
    assert "信息资源摘要" in listed


def filled(city: Flask, key: str, form: str) -> dict[str, str | list[str]]:
    """What the form of a draft would send back."""
    import schemas
    from registry.catalogue import document_of

    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        made: dict[str, list[str]] = {}
        for name, value in schemas.to_form(document_of(resource.working)):
            made.setdefault(name, []).append(value)
    version = form.split('name="row_version" value="')[1].split('"')[0]
    return {**made, "csrf_token": token_of(form), "row_version": version}


def test_what_is_no_month_is_said_to_be_none(city):
    auditor = sign_in(city, "auditor")
    assert auditor.get("/lists/changes", query_string={"month": ""}).status_code == 200
    for month in ("x", "2026-13", "0000-00", "9999-12", "2026-11-01", "0001-01"):
        answer = auditor.get("/lists/changes", query_string={"month": month})
        assert answer.status_code == 422
        assert f"「{month}」不是月份" in answer.text
        # No other month stands in its place.
        assert "形式修改 0 件" not in answer.text


def test_a_head_confirms_the_entries_he_ticked_and_is_read_afterwards(city):
    head = sign_in(city, "head")
    page = head.get("/lists/changes").text
    keys = re.findall(r'name="entry" value="(\w+)"', page)
    assert len(keys) > 1
    # To tick is to have looked: none is ticked for him.
    assert not re.search(r'name="entry" value="\w+" checked', page)
    assert all(f'href="/resources/{key}"' in page for key in keys)
    at = "/lists/changes"
    assert post(head, f"{at}/confirm", {"unit": CIVIL}, at=at).status_code == 404
    chosen = {"unit": CIVIL, "entry": keys[1:]}
    assert post(head, f"{at}/confirm", chosen, at=at).status_code == 303
    page = head.get(at).text
    assert re.findall(r'name="entry" value="(\w+)"', page) == keys[:1]
    assert re.search(rf"本年已确认.*巴特尔 · {len(keys) - 1} 个条目", page, re.S)
    assert post(head, f"{at}/confirm", chosen, at=at).status_code == 409
    other = {"unit": "11150300DEM000065Y", "entry": keys[:1]}
    assert post(head, f"{at}/confirm", other, at=at).status_code == 404


def test_the_head_of_the_authority_transfers_by_form(city):
    boss = sign_in(city, "authority_head")
    codes = "307002150300/000004"
    typed = {
        "from": CIVIL,
        "to": "11150300DEM000065Y",
        "basis": "乌海编发〔2026〕12号",
        "on": calendar.today().isoformat(),
        "codes": codes,
    }
    answer = post(boss, "/admin/transfers", {**typed, "basis": ""})
    assert answer.status_code == 422
    assert codes in answer.text
    assert post(boss, "/admin/transfers", typed).status_code == 303
    page = boss.get("/admin/transfers").text
    assert "乌海编发〔2026〕12号" in page
    for username in ("head", "reviewer", "sysadmin"):
        assert sign_in(city, username).get("/admin/transfers").status_code == 403
    act = page.split('href="/admin/transfers/')[1].split('"')[0]
    giver = sign_in(city, "registrar")
    notices = giver.get("/inbox").text
    assert f"/admin/transfers/{act}" in notices
    assert typed["basis"] in giver.get(f"/admin/transfers/{act}").text
    assert sign_in(city, "consumer").get(f"/admin/transfers/{act}").status_code == 404
    assert giver.get("/admin/transfers/none").status_code == 404


def test_a_unit_that_ended_gives_and_takes_nothing(city):
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        heir, ended = session.scalars(
            sa.select(Organisation)
            .where(Organisation.authority_id.is_not(None))
            .order_by(Organisation.id.desc())
            .limit(2)
        )
        ended.successor_id, code = heir.id, ended.code
    giver, taker = sign_in(city, "authority_head").get("/admin/transfers").text.split('id="f-to"')
    assert f'value="{code}"' in giver
    assert f'value="{code}"' not in taker


def test_the_page_of_a_draft_sends_back_what_is_stored(city):
    registrar, key = sign_in(city, "registrar"), live_keys(city, unit=CIVIL)[5]
    assert post(registrar, f"/resources/{key}/revise", at="/inbox").status_code == 303
    form = registrar.get(f"/resources/{key}/edit").text
    stored = filled(city, key, form)
    words = form.split('name="keywords"')[1].split(">", 1)[1].split("</textarea>")[0]
    assert words.strip().split("\n") == stored["keywords"]
    for name in (n for n in stored if n.startswith("census.")):
        shown = form.split(f'name="{name}" value="')[1].split('"')[0]
        assert [shown] == stored[name], name
