"""Security, auditor, administrator and the paper route, in a real browser."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from registry import accounts, catalogue, db, work
from registry.access.actor import of_account
from registry.models.accounts import Account
from registry.models.catalogue import Resource, Version
from tests.factories import document
from tests.journeys.browser import checked, press, served, signed_in

OWN = "11150300DEM000022H"


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


def own_entry(city: Flask) -> str:
    """A published entry of the unit of the demo's secrecy officer that is not open to all."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalars(
            sa.select(Resource.key)
            .join(Version, Version.id == Resource.live_version_id)
            .where(
                Version.state == "published",
                Version.visibility == "1",
                Version.open_type == "3",
                Resource.frozen_at.is_(None),
                Resource.working_version_id.is_(None),
                Resource.department.has(code=OWN),
            )
            .order_by(Resource.id)
        ).all()[0]


def test_a_spill_is_frozen_reported_and_wiped(browser, city, origin):
    key = own_entry(city)
    consumer = signed_in(browser, origin, "consumer")
    consumer.goto(f"/resources/{key}")
    officer = signed_in(browser, origin, "secrecy")
    officer.goto("/security")
    checked(officer, "security-empty")
    officer.goto(f"/resources/{key}")
    officer.get_by_role("link", name="发现涉密，冻结条目").click()
    expect(officer.locator("#key")).to_have_value(key)
    officer.get_by_label("涉嫌国家秘密").check()
    press(officer, "form[action='/security/freeze'] button")
    expect(officer.locator("main")).to_contain_text("李建国")
    checked(officer, "spill-officer")
    sheet = officer.url
    officer.goto("/security")
    checked(officer, "security-open")
    consumer.goto(f"/resources/{key}")
    checked(consumer, "resource-frozen", expected=("404",))

    guard = signed_in(browser, origin, "security")
    guard.goto(sheet)
    checked(guard, "spill-guard")
    guard.fill("#wipe-number", "乌保〔2026〕1号")
    guard.fill("#confirm", "wrong")
    press(guard, "form[action$='/wipe'] button")
    expect(guard.locator(".summary")).to_contain_text("确认编号不一致")
    expect(guard.locator("#wipe-number")).to_have_value("乌保〔2026〕1号")
    checked(guard, "spill-wrong-key", expected=("422",))
    guard.fill("#confirm", key)
    press(guard, "form[action$='/wipe'] button")
    expect(guard.locator("main")).to_contain_text("内容已清除")
    checked(guard, "spill-wiped")


def test_the_auditor_reads_and_verifies_the_journal(browser, city, origin):
    page = signed_in(browser, origin, "auditor")
    page.goto("/audit/verification")
    checked(page, "verification-unsigned")
    work.sign_heads(city.extensions["registry_settings"], city.extensions["registry_database"])
    page.goto("/audit")
    page.locator("summary").first.click()
    checked(page, "audit")
    page.fill("#person", "李建国")
    page.fill("#day", "1999-01-01")
    press(page, "form[action='/audit'] button")
    expect(page.locator("main")).to_contain_text("没有符合条件的记录")
    checked(page, "audit-none")
    page.goto("/audit/verification")
    expect(page.locator(".verdict")).to_contain_text("完好")
    checked(page, "verification")


def test_the_administrator_gives_and_ends_posts(browser, origin):
    page = signed_in(browser, origin, "sysadmin")
    page.goto("/admin")
    checked(page, "admin")
    page.get_by_role("link", name="李建国").click()
    checked(page, "account")
    page.select_option("#role", "registrar")
    page.select_option("#appoint-unit", OWN)
    page.fill("#appoint-starts", "2026-02-01")
    page.fill("#appoint-ends", "2026-01-01")
    press(page, "form[action$='/appoint'] button")
    expect(page.locator(".summary")).to_contain_text("任期不对")
    expect(page.locator("#role")).to_have_value("registrar")
    checked(page, "account-wrong", expected=("422",))
    page.fill("#appoint-ends", "")
    press(page, "form[action$='/appoint'] button")
    expect(page.locator("main table").first).to_contain_text("目录编制人员")


def test_a_batch_is_cleared_on_paper(browser, city, origin):
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        account = session.scalars(sa.select(Account).where(Account.username == "registrar")).one()
        writer = of_account(session, account, db.now().date())
        unit = accounts.organisation(session, OWN)
        made = catalogue.register(session, writer, unit, document("线下审签信息"), declared=True)
        version = session.get_one(Version, made.version_id)
        key = catalogue.hand_in(session, writer, [version]).key
    registrar = signed_in(browser, origin, "registrar")
    officer = signed_in(browser, origin, "secrecy")
    registrar.goto(f"/submissions/{key}")
    checked(registrar, "submission-paper")
    registrar.get_by_role("button", name=re.compile("打印.*签批表")).first.click()
    expect(registrar).to_have_url(re.compile("/papers/"))
    checked(registrar, "paper")
    code = registrar.locator("#check-code").inner_text()
    registrar.set_input_files(
        "#scan", {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    registrar.select_option("#signer", index=1)
    registrar.fill(
        "#signed_on",
        registrar.evaluate("new Date().toLocaleDateString('sv', {timeZone: 'Asia/Shanghai'})"),
    )
    registrar.fill("#code", "00000000")
    press(registrar, "form[action$='/scan'] button")
    expect(registrar.locator(".summary")).to_contain_text("核对码不一致")
    checked(registrar, "paper-wrong-code", expected=("422",))
    registrar.set_input_files(
        "#scan", {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    registrar.fill("#code", code)
    press(registrar, "form[action$='/scan'] button")
    checked(registrar, "paper-uploaded")
    officer.goto(registrar.url)
    officer.fill("#confirm-code", code)
    press(officer, "form[action$='/confirm'] button")
    expect(officer.locator("main")).to_contain_text("已确认并办结")
    checked(officer, "paper-done")
