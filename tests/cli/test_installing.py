"""The manual's way from an empty folder to the first published entry, by its own commands."""

import json
import re
import shlex
import urllib.request
from pathlib import Path

from click.testing import CliRunner

from registry.cli import main
from tests import factories
from tests.cli.processes import environment, fetched, served

MANUAL = Path(__file__).parents[2] / "docs" / "how-to" / "installing.md"
PASSWORD = "Wuhai-2026-kaishi"
CIVIL = "11150300DEM000022H"


def blocks(kind):
    """The texts of the fenced blocks of this kind."""
    return re.findall(rf"```{kind}\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)


def commands():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("catalogue ")]


def sent(address, token, body=None):
    """What a program with this token is answered; a body is posted."""
    request = urllib.request.Request(
        address,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def test_the_manual_leads_from_nothing_to_a_published_entry(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in zip(("units.csv", "holidays.csv"), blocks("csv"), strict=True):
        Path(name).write_text(text, "utf-8")
    env = environment(tmp_path / "city", log="error")

    def run(*words):
        done = CliRunner().invoke(main, words, env=env, input=f"{PASSWORD}\n{PASSWORD}\n")
        assert done.exit_code == 0, (words, done.output)
        return done.stdout

    walked = [run(*words) for words in commands()]
    assert len(walked) > 20
    people = ("bianzhi", "baomi", "fuzeren", "shenhe")
    tokens = {p: run("account", "token", p, "--purpose", "walk").strip() for p in people}
    with served(env) as (_, origin):
        assert fetched(f"{origin}/")[0] in (200, 303)
        at = f"{origin}/api/v1/resources"
        body = {"department": CIVIL, "document": factories.document("婚姻登记信息")}
        entry = sent(at, tokens["bianzhi"], {**body, "declared": True})
        one = f"{at}/{entry['key']}"
        state = sent(f"{one}/hand-in", tokens["bianzhi"], {})["state"]
        assert state == "in_secrecy_review"
        for person, step in (("baomi", "clear"), ("fuzeren", "approve"), ("shenhe", "publish")):
            seen = sent(f"{one}?version=working", tokens[person])["digest"]
            state = sent(f"{one}/{step}", tokens[person], {"digest": seen})["state"]
        assert state == "published"
        assert sent(one, tokens["shenhe"])["document"]["name"] == "婚姻登记信息"


def test_every_command_the_manual_names_is_one():
    named = set(re.findall(r"`catalogue ([a-z-]+)", MANUAL.read_text("utf-8")))
    assert named <= set(main.list_commands(None))
