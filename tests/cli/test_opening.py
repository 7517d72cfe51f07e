"""A command that finds no installation, or no use for a path, says so and leaves things alone."""

import socket
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner

from registry import config
from registry.cli import main
from tests.cli import processes
from tests.cli.processes import environment

# Every kind of command that wants an installation: pages, work, keys, rows, and the journal.
WANTING = (
    ("serve",),
    ("work",),
    ("upgrade",),
    ("account", "list"),
    ("unit", "list"),
    ("key", "rotate"),
    ("key", "list"),
    ("audit", "verify"),
    ("opinion", "key"),
    ("index", "status"),
)


def catalogue(env, *words):
    """Run a command to its end; what would become a server, in a process of its own."""
    if words[0] in {"serve", "work"}:
        return processes.catalogue(env, *words)
    done = CliRunner().invoke(main, words, env=env)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def told(answer, code):
    """What a command said as it ended with this code: in both languages, and no trace."""
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert " / " in answer.stderr
    return answer.stderr


@pytest.mark.parametrize("words", WANTING, ids=" ".join)
def test_a_mistyped_folder_becomes_no_installation(tmp_path, words):
    folder = tmp_path / "mistyped"
    said = told(catalogue(environment(folder), *words), 78)
    assert "catalogue init" in said
    assert str(folder) in said
    assert not folder.exists()


def test_a_folder_without_its_keys_or_its_tables_is_none_either(tmp_path):
    env = environment(tmp_path / "city")
    assert catalogue(env, "init").returncode == 0
    key = tmp_path / "city" / "signing.key"
    key.rename(tmp_path / "kept.key")
    for words in (("serve",), ("audit", "verify"), ("backup", str(tmp_path / "b"))):
        assert "signing.key" in told(catalogue(env, *words), 78)
    assert not key.exists()
    (tmp_path / "kept.key").rename(key)
    other = environment(tmp_path / "city", database_url=f"sqlite:///{tmp_path}/empty.sqlite")
    (tmp_path / "empty.sqlite").touch()
    assert "还没有表" in told(catalogue(other, "account", "list"), 78)


def test_a_data_folder_that_is_a_file_is_told_by_every_command(tmp_path):
    (tmp_path / "file").write_text("x")
    for command in ("init", "serve", "check-config", "demo"):
        assert "文件" in told(catalogue(environment(tmp_path / "file"), command), 78)


def test_a_path_that_cannot_be_used_is_a_sentence(tmp_path):
    env = environment(tmp_path / "city")
    told(catalogue(environment(Path("/proc/x/data")), "init"), 78)
    assert catalogue(env, "init").returncode == 0
    for words in (("backup", "/proc/x/bk"), ("audit", "export", "/proc/x")):
        assert "没有这个文件或者文件夹" in told(catalogue(env, *words), 2)
    (tmp_path / "file").write_text("x")
    assert "/file" in told(catalogue(env, "backup", str(tmp_path / "file" / "bk")), 2)


def test_a_database_that_refuses_is_a_sentence_without_its_password(tmp_path):
    env = environment(tmp_path / "city")
    assert catalogue(env, "init").returncode == 0
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        away = f"postgresql+psycopg://registry:geheim@127.0.0.1:{port}/registry"
        for command in ("upgrade", "init", "check-config"):
            env = environment(tmp_path / "city", database_url=away)
            answer = catalogue(env, command)
            said = told(answer, 78 if command == "check-config" else 1)
            assert "数据库不能使用" in said
            assert "geheim" not in said


def test_a_port_in_use_is_one_sentence(tmp_path):
    env = environment(tmp_path / "city")
    assert catalogue(env, "init").returncode == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env["CATALOGUE_PORT"] = str(taken.getsockname()[1])
        said = told(catalogue(env, "serve"), 1)
    assert "已被占用" in said
    assert len(said.splitlines()) == 1


def test_init_and_upgrade_say_when_there_was_nothing_to_do(tmp_path):
    env = environment(tmp_path / "city")
    assert "已就绪" in catalogue(env, "init").stdout
    assert "已经初始化过" in catalogue(env, "init").stdout
    assert "已经是这个版本" in catalogue(env, "upgrade").stdout


def test_before_init_the_check_says_what_will_be_made_and_makes_nothing(tmp_path):
    answer = catalogue(environment(tmp_path / "new" / "city"), "check-config")
    assert answer.returncode == 0
    assert "catalogue init" in answer.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_check_tells_every_fault_of_what_the_settings_name(tmp_path):
    folder = tmp_path / "city"
    assert catalogue(environment(folder), "init").returncode == 0
    (tmp_path / "password").write_text("x")
    (tmp_path / "password").chmod(0o644)
    env = environment(
        folder,
        search_password_file=str(tmp_path / "password"),
        search_ca_file=str(tmp_path / "none.crt"),
        sources_dir=str(tmp_path / "password"),
        signing_key_file=str(tmp_path / "none.key"),
        host="192.0.2.1",
    )
    said = told(catalogue(env, "check-config"), 78).splitlines()
    named = [line.split("：")[0].removeprefix("CATALOGUE_") for line in said]
    assert named == [
        "SIGNING_KEY_FILE",
        "SEARCH_PASSWORD_FILE",
        "SEARCH_CA_FILE",
        "SOURCES_DIR",
        "HOST",
    ]
    assert "密钥文件不在" in said[0]
    assert not (tmp_path / "none.key").exists()


def test_the_check_sees_modes_damaged_keys_and_an_engine_that_is_away(tmp_path):
    folder = tmp_path / "city"
    assert catalogue(environment(folder), "init").returncode == 0
    folder.chmod(0o755)
    assert "0700" in told(catalogue(environment(folder), "check-config"), 78)
    folder.chmod(0o700)
    (folder / "signing.key").chmod(0o644)
    assert "0600" in told(catalogue(environment(folder), "check-config"), 78)
    (folder / "signing.key").chmod(0o600)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{closed.getsockname()[1]}/registry"
        env = environment(folder, search_url=away)
        assert "CATALOGUE_SEARCH_URL" in told(catalogue(env, "check-config"), 78)
    (folder / "secret.key").write_text("no secret")
    for command in ("check-config", "upgrade"):
        assert "系统密钥文件内容不完整" in told(catalogue(environment(folder), command), 78)


@pytest.mark.parametrize("value", ["abc", "0", "70000", "８０", ""])
def test_a_number_that_is_none_is_told_by_what_is_expected(value):
    with pytest.raises(config.ConfigurationError) as refused:
        config.load({"CATALOGUE_PORT": value})
    assert refused.value.faults == [
        "CATALOGUE_PORT（监听端口）：应为 1 至 65535 的整数"
        " / port to listen on: expected a whole number from 1 to 65535"
    ]


def test_every_wrong_setting_is_told_in_words_and_not_in_pythons():
    wrong = {f"CATALOGUE_{name}": "!" for name in ("PORT", "WORKERS", "ANONYMOUS", "SEARCH_URL")}
    wrong["CATALOGUE_HARVEST_NETWORKS"] = "10.0.0.0/99"
    with pytest.raises(config.ConfigurationError) as refused:
        config.load(wrong)
    assert len(refused.value.faults) == len(wrong)
    for fault in refused.value.faults:
        assert "应为 " in fault
        assert "invalid" not in fault
