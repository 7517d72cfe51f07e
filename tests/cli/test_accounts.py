"""Accounts made by command: what is refused, what is told, and what stays out of the database."""

import json
import subprocess
import sys

import pytest
import sqlalchemy as sa
from argon2 import Type, extract_parameters
from click.testing import CliRunner

from registry import accounts, db
from registry.access import role_title, roles
from registry.cli import main
from registry.models.accounts import Account
from registry.models.journal import JournalRow
from tests import factories

PASSWORD = "Wuhai-2026-kaishi"
UNIT = "11150300DEM000022H"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    (folder / "secret.key").write_text((b"secret" * 6).hex())
    with factories.city_database(folder) as database:
        yield folder, database


@pytest.fixture
def run(place):
    folder, database = place
    url = database.writing.url.render_as_string(hide_password=False)
    env = {"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_DATABASE_URL": url}
    return lambda *words, **more: CliRunner().invoke(main, ["account", *words], env=env, **more)


def create(run, username, name="某人", password=PASSWORD):
    return run("create", username, "--name", name, "--password", password)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"username": "../x"}, "账号名不对"),
        ({"username": "x"}, "账号名不对"),
        ({"username": "某人"}, "账号名不对"),
        ({"username": "clerk\n"}, "账号名不对"),
        ({"name": ""}, "姓名不对"),
        ({"name": "  "}, "姓名不对"),
        ({"name": "某" * 61}, "姓名不对"),
        ({"password": "x"}, "口令太弱"),
        ({"password": "aB3-aB3-a"}, "口令太弱"),
        ({"password": "onlylettersandmore"}, "口令太弱"),
        ({"password": "Clerk-2026-Clerk"}, "口令太弱"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_its_rule(run, place, given, said):
    answer = create(run, **{"username": "clerk", **given})
    assert answer.exit_code == 1, answer.output
    assert said in answer.output
    with db.transaction(place[1], writes=False) as session:
        assert session.scalar(sa.select(Account).where(Account.username == "clerk")) is None


def test_what_is_kept_of_a_password_is_as_dear_to_guess_at_as_owasp_asks():
    """In a process of its own, as the tests of this one hash cheaply (tests/conftest.py)."""
    asked = f"from registry.accounts import hash_password as kept; print(kept({PASSWORD!r}))"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    kept = extract_parameters(told.stdout.strip())
    assert (kept.type, kept.time_cost, kept.memory_cost) == (Type.ID, 2, 19 * 1024)


def test_a_password_is_asked_for_twice_where_none_is_given(run):
    answer = run("create", "asked", "--name", "某人", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output


def test_what_was_done_is_told_and_a_second_account_of_the_name_is_not_made(run):
    assert "已建立账号 / account made: second 某人" in create(run, "second").output
    answer = create(run, "second")
    assert answer.exit_code == 1
    assert "账号已存在" in answer.output
    assert "There is an account second" in answer.output
    assert "已停用" in run("disable", "second").output


def test_a_post_is_told_and_not_given_twice(run):
    create(run, "third")
    answer = run("grant", "third", "secrecy", UNIT)
    assert "已任命 / appointed: 某人 保密审查人 市民政局" in answer.output
    again = run("grant", "third", "secrecy", UNIT)
    assert again.exit_code == 1
    assert "岗位重复" in again.output


def test_a_post_with_a_limit_is_given_with_its_last_day_and_its_project(run):
    create(run, "fourth")
    assert "没有填写最后一天" in run("grant", "fourth", "expert", UNIT).output
    assert run("grant", "fourth", "expert", UNIT, "--ends", "2099-01-31").exit_code == 0
    assert "项目不对" in run("grant", "fourth", "vendor", UNIT, "--ends", "2099-01-31").output
    answer = run("grant", "fourth", "vendor", UNIT, "--project", "没有的项目")
    assert "没有这个项目" in answer.output


def test_a_forgotten_password_is_set_anew(run, place):
    create(run, "fifth")
    assert "口令太弱" in run("password", "fifth", "--password", "x").output
    assert "没有账号" in run("password", "nobody", "--password", PASSWORD).output
    with db.transaction(place[1], writes=False) as session:
        before = session.scalar(sa.select(Account.password).where(Account.username == "fifth"))
    assert "已重设口令" in run("password", "fifth", "--password", f"{PASSWORD}-xin").output
    with db.transaction(place[1], writes=False) as session:
        after = session.scalar(sa.select(Account.password).where(Account.username == "fifth"))
    assert after != before


def test_a_token_is_found_by_its_account_and_works_no_longer_once_it_is_revoked(run, place):
    create(run, "sixth")
    run("grant", "sixth", "consumer", UNIT)
    token = run("token", "sixth", "--purpose", "采集", "--days", "7").output.strip()
    listed = run("tokens", "sixth").output
    assert "在用 / works  采集" in listed
    assert token not in listed + run("tokens", "sixth", "--json").output
    facts = json.loads(run("tokens", "sixth", "--json").output)
    assert (facts["purpose"], facts["state"], facts["used"]) == ("采集", "used", None)
    # The page of the administrator and the command name the same one.
    with db.transaction(place[1], writes=False) as session:
        assert accounts.token_actor(session, token) is not None
    answer = run("revoke-token", facts["key"])
    assert answer.exit_code == 0, answer.output
    assert "已撤销" in answer.output
    with db.transaction(place[1], writes=False) as session:
        assert accounts.token_actor(session, token) is None
        row = session.scalars(sa.select(JournalRow).where(JournalRow.act == "revoke_token")).one()
        assert (row.subject, row.key, row.way) == ("token", facts["key"], "system")
    assert "已撤销 / revoked  采集" in run("tokens").output


def test_a_token_that_is_none_is_told_and_where_its_number_stands(run):
    answer = run("revoke-token", "0000000000000000")
    assert answer.exit_code == 1
    assert "没有令牌 0000000000000000" in answer.output
    assert "catalogue account tokens" in answer.output
    assert "没有账号" in run("tokens", "nobody").output


def test_a_post_that_is_none_is_told_with_every_choice_and_the_help_names_them(run):
    answer = run("grant", "third", "admin", UNIT)
    assert answer.exit_code == 2
    assert "没有岗位 admin；可选：" in answer.output
    said = run("grant", "--help").output
    for role in roles():
        assert f"{role} {role_title(role)}" in answer.output
        assert f"{role}  {role_title(role)}" in said
