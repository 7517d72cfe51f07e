"""An import that is killed at any moment: all of it or nothing, and the next one goes through."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from connectors import ckan, excel
from registry import db, journal
from registry.models.accounts import Account
from registry.models.catalogue import Alias, Element, Resource, Version
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from tests.factories import Town, document, rows_planned_for

KILLS = 3
MANY = 1000


@pytest.fixture
def command(database, tmp_path, monkeypatch):
    """Runs `catalogue` on this database in a process of its own."""
    url = database.writing.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", url)
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text((b"secret" * 6).hex())

    def start(*arguments):
        line = [sys.executable, "-m", "registry.cli", *map(str, arguments)]
        return subprocess.Popen(line, env=os.environ, stdout=subprocess.DEVNULL)

    return start


def whole(database, before, wanted):
    """The number of new entries, none or all; each with version, journal and outbox row."""
    # A dead process holds no lock: this begins at once, not after the wait for a writer.
    with db.transaction(database, writes=True) as session:
        count = session.scalar(sa.select(sa.func.count(Resource.id))) - before["resources"]
        acts = sa.select(sa.func.count(JournalRow.seq)).where(
            JournalRow.act.in_(["adopt", "register"]), JournalRow.subject == "resource"
        )
        assert session.scalar(acts) == count
        assert session.scalar(sa.select(sa.func.count(Version.id))) == count
        queued = sa.select(sa.func.count(OutboxRow.resource_id))
        # A drainer may have settled some after the commit; it never makes one.
        assert session.scalar(queued) <= count
        assert count in (0, wanted)
        bare = sa.select(sa.func.count(Resource.id)).where(
            Resource.live_version_id.is_(None), Resource.working_version_id.is_(None)
        )
        assert session.scalar(bare) == 0
        if not count:
            assert session.scalar(sa.select(sa.func.count(Element.id))) == 0
            assert session.scalar(sa.select(sa.func.count(Alias.id))) == 0
            assert session.scalar(queued) == 0
        assert journal.verify(session) == []
    return count


def killed(database, start, wanted):
    """Kill the command at moments between its start and its end; then let it end."""
    before = {"resources": 0}
    begun = time.monotonic()
    child = start("--dry-run")
    assert child.wait() == 0
    longest = (time.monotonic() - begun) * 1.5
    chance = random.Random(11)
    stored, kill, deaths = 0, 0, 0
    while kill < KILLS or not deaths:
        child = start()
        # Spread over the run, most of them in its second half, where the writing is.
        time.sleep(longest * (0.35 + 0.65 * (kill % KILLS + chance.random()) / KILLS))
        child.send_signal(signal.SIGKILL)
        deaths += child.wait() == -signal.SIGKILL
        stored = whole(database, before, wanted)
        kill += 1
        if kill >= KILLS:
            # All of them had ended: what was measured was slower by chance.
            longest /= 2
    assert start().wait() == 0
    assert whole(database, before, wanted) == wanted
    return stored


def test_an_adoption_killed_at_any_moment_is_whole_or_not_there(database, command, tmp_path):
    with db.transaction(database, writes=True) as session:
        Town(session)
    path = tmp_path / "old.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for n in range(MANY):
            one = ckan.package(document(f"第{n}批信息"), ckan.About(key=f"p-{n}"))
            file.write(json.dumps({**one, "organization": {"title": "民政局"}}) + "\n")
    arguments = ("import", path, "--adopt", "--basis", "乌政办发〔2024〕1号")
    killed(database, lambda *more: command(*arguments, *more), MANY)
    # The next question is planned for as many.
    known = 0 if database.is_sqlite else MANY
    assert rows_planned_for(database, "version") == known


def test_a_sheet_killed_at_any_moment_is_whole_or_not_there(database, command, tmp_path):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        registrar = town.person("registrar")
        name = session.scalars(
            sa.select(Account.username).where(Account.person_id == registrar.person_id)
        ).one()
        unit, code = town.department.name, town.department.code
    rows = [excel.Exported(document(f"第{n}批信息"), "", "", unit, code, "", "") for n in range(40)]
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(excel.write(rows, "目录"))
    arguments = ("import", path, "--format", "excel", "--department", code, "--by", name)
    killed(database, lambda *more: command(*arguments, "--declared", *more), 40)
