"""Two people at once, and a process killed at any moment: never twice, never by halves."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from registry import catalogue, db, journal
from registry.access import Actor
from registry.errors import Conflict, Refusal, Unavailable
from registry.models.catalogue import Decision, Resource, Version
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from tests.factories import Town, document

DRIVER = Path(__file__).parent / "publishing.py"


def waiting(database: db.Database, names: list[str]) -> tuple[list[str], list[Actor]]:
    """Entries that wait for the reviewer, and eight reviewers."""
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        people = {r: town.person(r) for r in ("registrar", "secrecy", "head")}
        keys = []
        for name in names:
            stored = catalogue.register(
                session, people["registrar"], town.department, document(name), declared=True
            )
            version = session.get_one(Version, stored.version_id)
            catalogue.hand_in(session, people["registrar"], [version])
            catalogue.advance(session, people["secrecy"], version, "clear")
            catalogue.advance(session, people["head"], version, "approve")
            keys.append(stored.key)
        return keys, [town.person("reviewer") for _ in range(8)]


def publish(database: db.Database, reviewer: Actor, key: str) -> str:
    try:
        with db.transaction(database, writes=True) as session:
            version = catalogue.require_version(session, reviewer, key)
            catalogue.advance(session, reviewer, version, "publish")
    except Refusal as refusal:
        return refusal.code
    return "published"


def test_of_eight_reviewers_exactly_one_publishes(database):
    names = [f"{n}信息" for n in "甲乙丙丁戊己庚辛"]
    keys, reviewers = waiting(database, names)
    with ThreadPoolExecutor(8) as pool:
        for key in keys:
            rounds = pool.map(lambda one, k=key: publish(database, one, k), reviewers)
            assert sorted(rounds) == ["no_entry"] * 7 + ["published"]


def test_of_contended_edits_none_is_lost(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        writers = [town.person("registrar") for _ in range(8)]
        stored = catalogue.register(
            session, writers[0], town.department, document(note="0"), declared=True
        )

    told: set[str] = set()

    def edit(writer: Actor) -> int:
        """Count the note up as an editor does: read, think, save what was read plus one."""
        kept = told_no = 0
        while kept + told_no < 25:
            with db.transaction(database, writes=False) as session:
                version = catalogue.require_version(session, writer, stored.key)
                typed, seen = catalogue.document_of(version), version.resource.row_version
            typed["note"] = str(int(typed["note"]) + 1)
            try:
                with db.transaction(database, writes=True) as session:
                    version = catalogue.require_version(session, writer, stored.key)
                    catalogue.save(session, writer, version, typed, seen)
            except Conflict as refusal:
                told.add(refusal.code)
                told_no += 1
            except Unavailable:
                # On a slow disk the line of writers may be long; "try again" is what it says.
                continue
            else:
                kept += 1
        return kept

    with ThreadPoolExecutor(8) as pool:
        kept = sum(pool.map(edit, writers))
    with db.transaction(database, writes=False) as session:
        version = catalogue.require_version(session, writers[0], stored.key)
        assert catalogue.document_of(version)["note"] == str(kept)
    assert kept >= 25
    assert told <= {"stale"}


def consistent(database: db.Database) -> int:
    """The number of published entries; each has its code, decision, journal and outbox row."""
    with db.transaction(database, writes=False) as session:
        live = session.scalars(sa.select(Resource).where(Resource.live_version_id.is_not(None)))
        count = 0
        for resource in live:
            count += 1
            published = sa.select(sa.func.count(JournalRow.seq)).where(
                JournalRow.key == resource.key, JournalRow.act == "publish"
            )
            decided = sa.select(sa.func.count(Decision.id)).where(
                Decision.version_id == resource.live_version_id, Decision.step == "publish"
            )
            assert session.scalar(published) == session.scalar(decided) == 1
            assert session.get_one(OutboxRow, resource.id).turn == resource.turn
            assert resource.code is not None
        codes = session.scalars(sa.select(Resource.code).where(Resource.code.is_not(None))).all()
        assert len(codes) == len(set(codes)) == count
        assert journal.verify(session) == []
    return count


def test_nothing_acknowledged_is_lost_when_the_process_is_killed_ten_times(database, tmp_path):
    keys, reviewers = waiting(database, [f"第{n}批信息甲" for n in range(100)])
    told = tmp_path / "told"
    told.touch()
    url = database.writing.url.render_as_string(hide_password=False)
    reviewer = reviewers[0].username
    for kill in range(10):
        child = subprocess.Popen(
            [sys.executable, str(DRIVER), url, reviewer, str(told), *keys],
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        wanted = (kill + 1) * 9
        deadline = time.monotonic() + 600
        while told.read_text().count("\n") < wanted and child.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        child.wait()
        acknowledged = told.read_text().splitlines()
        assert consistent(database) >= len(acknowledged) == len(set(acknowledged))
    subprocess.run(
        [sys.executable, str(DRIVER), url, reviewer, str(told), *keys],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=True,
    )
    assert consistent(database) == 100
