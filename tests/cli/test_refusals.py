"""What a command refuses it tells as the pages do: a sentence in both languages, exit 1."""

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from registry import signing
from registry.cli import main
from registry.edge.locale import translations
from registry.edge.words import SENTENCES
from tests import factories
from tests.cli.processes import catalogue, environment

UNIT = "11150300DEM000022H"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    made(folder)
    with factories.city_database(folder) as database:
        url = database.writing.url.render_as_string(hide_password=False)
        yield {"CATALOGUE_DATA_DIR": str(folder), "CATALOGUE_DATABASE_URL": url}


def made(folder):
    """The keys of an installation."""
    (folder / "secret.key").write_text((b"secret" * 6).hex())
    signing.load(folder / "signing.key")


def refused(env, *words):
    answer = CliRunner().invoke(main, [str(word) for word in words], env=env)
    assert answer.exit_code == 1, answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "=" not in answer.output
    return answer.output


def test_an_unknown_account_is_told_as_on_the_page(city):
    told = refused(city, "account", "disable", "nobody")
    assert "找不到这个账号" in told
    assert SENTENCES["no_account"][1] in told
    assert translations("en").gettext(SENTENCES["no_account"][1]) in told


def test_a_project_that_is_not_there_is_told_in_both_languages(city):
    told = refused(city, "opinion", "issue", "AAA", "--as", "acceptance")
    assert "没有这个项目 / no such project" in told


def test_adopting_alone_is_told_by_the_same_piece(city, tmp_path):
    file = tmp_path / "entries.jsonl"
    entry = {"document": {"name": "甲登记信息"}, "department": UNIT}
    file.write_text(json.dumps(entry) + "\n")
    options = ("--adopt", "--basis", "市政府批复", "--by", "authority_head")
    told = refused(
        city, "import", file, "--format", "jsonl", *options, "--second", "authority_head"
    )
    assert "需要第二个人复核" in told


def test_a_backup_that_cannot_be_made_or_brought_back_says_what_to_do(city, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    told = refused(city, "backup", tmp_path / "full")
    assert "请换一个新的文件夹" in told
    assert "Please name a new folder" in told
    assert "不是完整的备份" in refused(city, "restore", tmp_path / "full")
    assert "No whole backup" in refused(city, "restore", tmp_path / "full", "--verify")


def test_a_database_that_is_away_is_a_sentence_and_no_trace(city, tmp_path):
    address = f"sqlite:///{tmp_path}"
    told = refused({**city, "CATALOGUE_DATABASE_URL": address}, "account", "list")
    assert "数据库暂时没有应答" in told


def test_a_database_of_a_later_release_is_left_as_it_is_and_not_served(tmp_path):
    with factories.empty_database(tmp_path) as database:
        url = database.writing.url.render_as_string(hide_password=False)
        with database.writing.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        made(tmp_path)
        env = environment(tmp_path, database_url=url)
        for command in ("upgrade", "demo", "serve", "work"):
            answer = catalogue(env, command)
            assert answer.returncode == 1, command
            assert "9999" in answer.stderr
            assert SENTENCES["later_release"][0] in answer.stderr
            assert "Traceback" not in answer.stderr


def test_a_post_that_clashes_with_another_is_given_and_told(city):
    env, runner = city, CliRunner()
    quiet = runner.invoke(main, ["account", "grant", "finance", "registrar", UNIT], env=env)
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    told = runner.invoke(main, ["account", "grant", "finance", "head", UNIT], env=env)
    assert told.exit_code == 0
    assert "由一人担任，同一版本不得兼办：新建、编辑草稿 / 同意并报送" in told.stderr
    assert "will be refused both of: Create and edit drafts / Approve and report" in told.stderr
