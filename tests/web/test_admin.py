"""Accounts and posts: what the system administrator does, and what even he does not."""

from datetime import timedelta

import sqlalchemy as sa

from registry import calendar, db
from registry.models.accounts import MergedPost, Organisation, Post
from registry.models.journal import JournalRow
from registry.models.projects import Project
from tests.factories import PASSWORD, sign_in, token_of

UNIT = "11150300DEM000022H"


def send(client, address, **form):
    page = client.get("/admin")
    token = token_of(page.text)
    return client.post(f"/admin/accounts/{address}", data={"csrf_token": token, **form})


def rows(city, statement):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.scalars(statement).all()


def test_accounts_are_found_by_name_and_shown_with_their_posts(city):
    admin = sign_in(city, "sysadmin")
    assert "萨仁" in admin.get("/admin").text
    found = admin.get("/admin?q=萨仁").text
    assert "registrar" in found
    assert "巴特尔" not in found
    assert "没有找到账号" in admin.get("/admin?q=%25").text


def test_a_post_is_given_and_its_right_counts_at_once_and_ends_with_its_day(city):
    admin, finance = sign_in(city, "sysadmin"), sign_in(city, "finance")
    assert finance.get("/resources/new").status_code == 403
    today = calendar.today().isoformat()
    form = {"role": "registrar", "unit": UNIT, "starts": today}
    assert send(admin, "finance/appoint", **form).status_code == 303
    assert finance.get("/resources/new").status_code == 200
    assert send(admin, "finance/appoint", **form).status_code == 409
    post = rows(city, sa.select(Post).order_by(Post.id.desc()))[0]
    yesterday = (calendar.today() - timedelta(days=1)).isoformat()
    wrong = send(admin, "finance/end", post=post.id, ends=yesterday)
    assert wrong.status_code == 422
    assert "任期不对" in wrong.text
    assert send(admin, "finance/end", post=post.id, ends=today).status_code == 303
    assert finance.get("/resources/new").status_code == 200


NEW = {
    "name": "新人",
    "username": "newcomer",
    "password": "Wuhai-2026-xin",
    "role": "registrar",
    "unit": UNIT,
    "starts": calendar.today().isoformat(),
}


def opened(city, admin, **change):
    token = token_of(admin.get("/admin/accounts").text)
    return admin.post("/admin/accounts", data={"csrf_token": token, **NEW, **change})


def test_an_account_is_opened_with_its_first_post_or_not_at_all(city):
    admin = sign_in(city, "sysadmin")
    wrong = (
        ({"password": "short"}, "口令太弱"),
        ({"username": "新人"}, "账号名不对"),
        ({"username": "registrar"}, "账号已存在"),
        ({"role": ""}, "没有选择岗位"),
        ({"role": "expert"}, "外聘专家的岗位有期限"),
    )
    for change, said in wrong:
        answer = opened(city, admin, **change)
        assert answer.status_code in (409, 422), change
        assert said in answer.text
        assert 'value="新人"' in answer.text
        assert NEW["password"] not in answer.text
    assert admin.get("/admin/accounts/newcomer").status_code == 404
    assert opened(city, admin).status_code == 303
    newcomer = sign_in(city, "newcomer", NEW["password"])
    form = {"current": NEW["password"], "password": "Wuhai-2026-ziji", "again": "Wuhai-2026-ziji"}
    token = token_of(newcomer.get("/password").text)
    assert newcomer.post("/password", data={"csrf_token": token, **form}).status_code == 303
    assert newcomer.get("/resources/new").status_code == 200


def test_a_compiler_under_contract_is_appointed_to_one_project_until_a_day(city):
    admin = sign_in(city, "sysadmin")
    ours, other = (
        rows(city, sa.select(Project).join(Organisation).where(where))[0]
        for where in (Organisation.code == UNIT, Organisation.code != UNIT)
    )
    today = calendar.today().isoformat()
    form = {"role": "vendor", "unit": UNIT, "starts": today, "ends": today, "project": ours.key}
    for change in ({"project": ""}, {"project": other.key}, {"project": "none"}, {"ends": ""}):
        assert send(admin, "finance/appoint", **{**form, **change}).status_code == 422, change
    assert send(admin, "finance/appoint", **form).status_code == 303
    assert ours.name in admin.get("/admin/accounts/finance").text
    assert rows(city, sa.select(Post).order_by(Post.id.desc()))[0].project_id == ours.id
    # No other post names a project.
    assert send(admin, "finance/appoint", **{**form, "role": "head"}).status_code == 422


def test_a_forgotten_password_is_set_anew_and_the_person_makes_it_his_own(city):
    admin, person = sign_in(city, "sysadmin"), sign_in(city, "consumer")
    given, own = "Wuhai-2026-linshi", "Wuhai-2026-ziji"
    assert send(admin, "consumer/password", password="weak").status_code == 422
    assert send(admin, "sysadmin/password", password=given).status_code == 403
    assert send(admin, "consumer/password", password=given).status_code == 303
    assert person.get("/inbox").status_code == 303
    person, elsewhere = (sign_in(city, "consumer", given) for _ in range(2))

    def change(**typed):
        token = token_of(person.get("/password").text)
        form = {"current": given, "password": own, "again": own, **typed}
        return person.post("/password", data={"csrf_token": token, **form})

    for typed, said in (
        ({"current": PASSWORD}, "现在的口令不对"),
        ({"again": given}, "两次输入的新口令不一样"),
        ({"password": "weak", "again": "weak"}, "口令太弱"),
    ):
        answer = change(**typed)
        assert answer.status_code == 422
        assert said in answer.text
    assert change().status_code == 303
    assert person.get("/inbox").status_code == 200
    assert elsewhere.get("/inbox").status_code == 303
    sign_in(city, "consumer", own)


def test_a_wrong_form_is_shown_again_with_what_was_typed(city):
    admin = sign_in(city, "sysadmin")
    answer = send(admin, "consumer/appoint", role="king", unit=UNIT, starts="2026-01-01")
    assert answer.status_code == 422
    assert 'value="2026-01-01"' in answer.text
    for form in ({}, {"role": "head", "unit": "nowhere"}, {"role": "head", "unit": UNIT}):
        assert send(admin, "consumer/appoint", **form).status_code == 422
    assert send(admin, "nobody/close").status_code == 404
    assert send(admin, "consumer/end", post="x").status_code == 404


def test_a_closed_account_is_out_at_the_next_request(city):
    admin, victim = sign_in(city, "sysadmin"), sign_in(city, "project_manager")
    assert victim.get("/inbox").status_code == 200
    assert send(admin, "project_manager/close").status_code == 303
    assert victim.get("/inbox").status_code == 303
    assert send(admin, "project_manager/close").status_code == 409
    assert send(admin, "project_manager/reopen").status_code == 303
    sign_in(city, "project_manager")


def test_nobody_keeps_his_own_account(city):
    admin = sign_in(city, "sysadmin")
    today = calendar.today().isoformat()
    form = {"role": "auditor", "unit": UNIT, "starts": today}
    assert send(admin, "sysadmin/appoint", **form).status_code == 403
    assert send(admin, "sysadmin/close").status_code == 403


def test_a_substitute_holds_the_same_post_until_a_day(city):
    admin = sign_in(city, "sysadmin")
    head = rows(
        city,
        sa.select(Post)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.role == "head", Organisation.code == UNIT),
    )[0]
    today = calendar.today().isoformat()
    assert send(admin, "sharing/substitute", post=head.id, starts=today).status_code == 422
    form = {"post": head.id, "starts": today, "ends": today}
    assert send(admin, "sharing/substitute", **form).status_code == 303
    made = rows(city, sa.select(Post).where(Post.substitute_for_id == head.id))
    assert [(post.role, post.organisation_id) for post in made] == [("head", head.organisation_id)]


def test_a_merged_post_is_filed_with_reason_consent_and_end(city):
    admin = sign_in(city, "sysadmin")
    today = calendar.today()
    form = {
        "pair": "register clear",
        "unit": UNIT,
        "reason": "单位只有两人",
        "consent": "乌数〔2026〕1号",
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=90)).isoformat(),
    }
    wrong = (
        {"pair": "register publish"},
        {"reason": " "},
        {"ends": (today + timedelta(days=400)).isoformat()},
    )
    for change in wrong:
        answer = send(admin, "registrar/merge", **{**form, **change})
        assert answer.status_code == 422, change
    assert send(admin, "consumer/merge", **form).status_code == 422
    assert send(admin, "registrar/merge", **form).status_code == 303
    assert len(rows(city, sa.select(MergedPost))) == 1
    page = admin.get("/admin/accounts/registrar").text
    assert "单位只有两人" in page


def test_every_act_stands_in_the_journal_and_only_he_may(city):
    acts = set(rows(city, sa.select(JournalRow.act).where(JournalRow.account == "sysadmin")))
    assert acts >= {
        "account",
        "set_password",
        "appoint",
        "end_post",
        "disable",
        "enable",
        "merge_posts",
        "accounts",
    }
    for name in ("registrar", "auditor", "security", "authority_head"):
        client = sign_in(city, name)
        assert client.get("/admin").status_code == 403
        assert client.get("/admin/accounts/registrar").status_code == 403


def test_incompatible_posts_in_one_hand_are_told_with_the_rule(city):
    admin = sign_in(city, "sysadmin")
    today = calendar.today().isoformat()
    clean = admin.get("/admin/accounts/registrar").text
    assert "不相容的事项" not in clean
    form = {"role": "head", "unit": UNIT, "starts": today}
    assert send(admin, "registrar/appoint", **form).status_code == 303
    page = admin.get("/admin/accounts/registrar").text
    assert "「目录编制人员」和「部门负责人」由一人担任，有不相容的事项" in page
    assert "「新建、编辑草稿」和「同意并报送」同一版本不得由一人办理" in page
    assert "「运行脱敏、出报告」和「脱敏复核」" in page
    words = {"reason": "小单位", "consent": "同意〔2026〕1号", "starts": today, "ends": today}
    assert (
        send(admin, "registrar/merge", pair="mask recheck", unit=UNIT, **words).status_code == 303
    )
    assert "「运行脱敏、出报告」和「脱敏复核」" not in admin.get("/admin/accounts/registrar").text
    # Elsewhere the head never meets the entries of the registrar's unit.
    other = {"role": "head", "unit": "11150300DEM000065Y", "starts": today}
    assert send(admin, "registrar/appoint", **other).status_code == 303
    assert admin.get("/admin/accounts/registrar").text.count("有不相容的事项") == 1
    newest = sa.select(Post).join(Organisation).order_by(Post.id.desc())
    post = rows(city, newest.where(Post.role == "head", Organisation.code == UNIT))[0]
    tomorrow = (calendar.today() + timedelta(days=1)).isoformat()
    assert send(admin, "registrar/end", post=post.id, ends=today).status_code == 303
    later = {"role": "reviewer", "unit": "11150300DEM000209G", "starts": tomorrow}
    assert send(admin, "registrar/appoint", **later).status_code == 303
    assert "「目录编制人员」和「审核人」" in admin.get("/admin/accounts/registrar").text


def test_a_wrong_current_password_stands_in_the_journal_and_is_slowed(city):
    client = sign_in(city, "finance")

    def attempt():
        form = {"csrf_token": token_of(client.get("/password").text), "current": "nicht-so"}
        return client.post("/password", data=form | {"password": new, "again": new}).status_code

    new = "Xin-kou-ling-2026"
    assert [attempt() for _ in range(6)] == [422] * 5 + [429]
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        rows = session.scalars(
            sa.select(JournalRow.outcome).where(
                JournalRow.act == "set_password", JournalRow.key == "finance"
            )
        ).all()
    assert rows == ["refused"] * 5
