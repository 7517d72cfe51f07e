"""A run asked for on the page, from the queue to the proof, and all the ways it may end before."""

import io
import json
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
import time_machine

from anonymization import crypto
from registry import catalogue, db, desensitization, sealed
from registry.desensitization import runs
from registry.desensitization.runner import Runner
from registry.errors import Conflict, Forbidden, Missing
from registry.models.desensitization import MaskingReport, MaskingRun
from registry.models.journal import JournalRow
from tests.desensitization.bench import Bench, bench, people


@pytest.fixture
def desk(database, tmp_path):
    with bench(database, tmp_path) as made:
        yield made


def csv_of(rows: int = 600) -> bytes:
    return people(rows).write_csv().encode()


def acts(desk: Bench) -> list[tuple[str, str]]:
    with desk.reads() as session:
        rows = session.execute(
            sa.select(JournalRow.act, JournalRow.person).order_by(JournalRow.seq)
        )
        return [(act, person) for act, person in rows]


def reports(desk: Bench) -> list[MaskingReport]:
    with desk.reads() as session:
        return list(session.scalars(sa.select(MaskingReport).order_by(MaskingReport.id)))


def test_a_run_over_an_upload_goes_from_the_queue_to_a_proof(desk):
    before = len(acts(desk))
    key = desk.send(csv_of())
    assert desk.row(key).state == "queued"
    row = desk.ended(key)
    assert (row.state, row.why) == ("passed", None)
    (report,) = reports(desk)
    assert (report.kind, report.run_by) == ("measured", desk.registrar.person_id)
    assert report.report["binding"]["resource"] == desk.key
    assert report.report["input"]["rows"] == 600
    # Asked for once, taken in once, and in the name of the same person.
    mine = desk.registrar.person_key
    assert acts(desk)[before:] == [("ask_run", mine), ("mask", mine)]
    with desk.writes() as session:
        kept = session.get_one(MaskingReport, report.id)
        desensitization.recheck(session, desk.head, kept)
        assert desensitization.valid_report(session, desk.entry(session)[1]).report is kept


def released(desk: Bench, key: str) -> bytes:
    with desk.writes() as session:
        row = session.scalars(sa.select(MaskingRun).where(MaskingRun.key == key)).one()
        name = runs.release_of(session, desk.registrar, desk.folder, row)
    return b"".join(sealed.content(desk.folder, name))


def test_the_release_is_what_the_report_speaks_of_and_waits_for_a_day(desk):
    key = desk.send(csv_of())
    row = desk.ended(key)
    found = released(desk, key)
    (desk.folder / "got.csv").write_bytes(found)
    assert (
        crypto.digest_file(desk.folder / "got.csv") == reports(desk)[0].report["output"]["digest"]
    )
    assert pl.read_csv(found).height > 0
    on_disk = (desk.folder / "runs" / f"{key}.release").read_bytes()
    assert found[:60] not in on_disk
    with time_machine.travel(row.kept_until + timedelta(minutes=1), tick=True):
        with pytest.raises(Missing, match="release_gone"):
            released(desk, key)
        desk.runner.keep()
        assert desk.left() == []


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_the_other_formats_are_run_as_well(desk, kind, tmp_path):
    path = tmp_path / f"in.{kind}"
    if kind == "parquet":
        people().write_parquet(path)
    else:
        people().write_excel(path)
    assert desk.ended(desk.send(path.read_bytes(), kind)).state == "passed"


def test_a_column_of_pictures_is_no_hindrance_where_the_plan_removes_it(desk, tmp_path):
    table, path = people(), tmp_path / "people.parquet"
    table.with_columns(table["姓名"].cast(pl.Binary)).write_parquet(path)
    assert desk.ended(desk.send(path.read_bytes(), "parquet")).state == "passed"
    table.with_columns(table["性别"].cast(pl.Binary)).write_parquet(path)
    refused = desk.ended(desk.send(path.read_bytes(), "parquet"))
    assert refused.state == "refused"
    assert "「性别」" in refused.why["zh"]


def test_a_run_over_made_up_rows_needs_no_file_and_proves_the_plan_alone(desk):
    row = desk.ended(desk.made_up())
    assert (row.state, row.kept_until) == ("passed", None)
    assert [one.kind for one in reports(desk)] == ["plan_only"]
    assert desk.left() == []
    # Nothing is kept that a key would have to find again.
    assert not (desk.folder / "keys").exists()


def test_nothing_that_was_sent_is_left_once_a_run_has_ended(desk):
    key = desk.send(csv_of())
    assert desk.left() != []
    desk.ended(key)
    assert [name for name in desk.left() if "source" in name or "scratch" in name] == []


def test_a_failing_run_keeps_its_report_with_the_findings_and_no_release(desk):
    desk.save(k=500, reach_k="fail")
    key = desk.send(csv_of())
    row = desk.ended(key)
    assert row.state == "failed"
    (report,) = reports(desk)
    assert report.verdict == "fail"
    assert report.report["findings"]
    assert desk.left() == []
    with pytest.raises(Missing, match="release_gone"):
        released(desk, key)


def test_a_plan_changed_while_the_run_waits_is_refused_in_a_sentence(desk):
    key = desk.send(csv_of())
    desk.save(k=9)
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("refused", "plan_changed")
    assert "请按现在的方案重新运行" in row.why["zh"]
    assert "run again" in row.why["en"]
    assert desk.left() == []
    assert reports(desk) == []


def test_a_plan_changed_while_it_runs_voids_the_run(desk):
    key = desk.send(csv_of())
    desk.started(key)
    desk.save(k=9)
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("refused", "plan_changed")
    assert desk.left() == []
    assert reports(desk) == []


def test_an_entry_changed_while_the_run_waits_is_refused(desk):
    key = desk.send(csv_of())
    with desk.writes() as session:
        resource, version = desk.entry(session)
        text = catalogue.document_of(version) | {"abstract": "换一种说法的摘要。"}
        catalogue.save(session, desk.registrar, version, text, resource.row_version)
    assert desk.ended(key).why["code"] == "version_changed"
    assert desk.left() == []


def cancelled(desk: Bench, key: str) -> None:
    with desk.writes() as session:
        row = session.scalars(sa.select(MaskingRun).where(MaskingRun.key == key)).one()
        runs.cancel(session, desk.registrar, desk.folder, row)


def test_a_run_that_waits_is_cancelled_at_once(desk):
    key = desk.send(csv_of())
    cancelled(desk, key)
    assert desk.row(key).state == "cancelled"
    assert desk.left() == []
    with pytest.raises(Conflict, match="run_ended"):
        cancelled(desk, key)


def test_a_run_under_way_is_cancelled_and_leaves_nothing(desk):
    key = desk.send(csv_of())
    number = desk.started(key)
    os.kill(number, signal.SIGSTOP)
    cancelled(desk, key)
    assert desk.row(key).state == "running"
    assert desk.ended(key).state == "cancelled"
    assert desk.left() == []
    assert reports(desk) == []
    assert ended(number)


def ended(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_child_is_told_as_interrupted_and_may_be_asked_for_again(desk):
    key = desk.send(csv_of())
    os.kill(desk.started(key), signal.SIGKILL)
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("lost", "interrupted")
    assert desk.left() == []
    assert desk.ended(desk.send(csv_of())).state == "passed"


def midst(desk: Bench, number: int, runner: Runner | None = None) -> Path:
    """Wait until the process of a run writes treated rows, and hold it there; where it works."""
    made = Path(f"/proc/{number}/cwd")
    desk.until(lambda: list(made.glob("made/.catalogue-masking-*/first.parquet")), runner)
    os.kill(number, signal.SIGSTOP)
    return Path(os.readlink(made))


def readable(folder: Path, values: list[str]) -> list[Path]:
    """The files under a folder in which one of these values can be read."""
    looked_for = [value.encode() for value in values]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(one in path.read_bytes() for one in looked_for)]


def test_a_child_killed_in_the_midst_leaves_nothing_that_can_be_read(desk):
    table = people(60_000)
    planted = [table[name][n] for name in ("姓名", "公民身份号码") for n in (0, 7, 59_999)]
    key = desk.send(table.write_csv().encode())
    number = desk.started(key)
    scratch = midst(desk, number)
    # The plain table is in memory alone, in a folder that is closed to others.
    assert readable(scratch, planted) != []
    assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
    assert readable(desk.folder, planted) == []
    os.kill(number, signal.SIGKILL)
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("lost", "interrupted")
    assert row.why["zh"] == "运行中断，没有留下任何数据；请重新运行。"
    assert row.why["en"].endswith("run again.")
    assert not scratch.exists()
    assert desk.left() == []
    assert readable(desk.folder, planted) == []
    assert reports(desk) == []
    assert desk.ended(desk.send(csv_of())).state == "passed"


MACHINE = """
import sys, threading
from pathlib import Path
from registry import db
from registry.desensitization.runner import Runner
from tests import factories
database = db.connect(sys.stdin.readline().strip(), b"secret" * 6)
Runner(factories.settings(Path(sys.argv[1])), database).run(threading.Event())
"""


def test_whoever_runs_it_is_killed_and_the_child_with_him_and_the_next_one_clears_up(desk):
    table = people(60_000)
    planted = [table["公民身份号码"][n] for n in (0, 7, 59_999)]
    key = desk.send(table.write_csv().encode())
    command = [sys.executable, "-c", MACHINE, str(desk.folder)]
    machine = subprocess.Popen(command, stdin=subprocess.PIPE)
    address = desk.database.writing.url.render_as_string(hide_password=False)
    assert machine.stdin is not None
    with machine.stdin as words:
        words.write(f"{address}\n".encode())
    children = Path(f"/proc/{machine.pid}/task/{machine.pid}/children")
    # Our own runner is not let near: the other process holds the place.
    waited(lambda: children.read_text().split())
    number = int(children.read_text().split()[0])
    made = Path(f"/proc/{number}/cwd")
    waited(lambda: list(made.glob("made/.catalogue-masking-*/first.parquet")))
    scratch = Path(os.readlink(made))
    machine.send_signal(signal.SIGKILL)
    assert machine.wait() == -signal.SIGKILL
    waited(lambda: ended(number) or Path(f"/proc/{number}/stat").read_text().split()[2] == "Z")
    assert readable(desk.folder, planted) == []
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("lost", "interrupted")
    assert not scratch.exists()
    assert desk.left() == []
    assert reports(desk) == []
    assert desk.ended(desk.send(csv_of())).state == "passed"


def waited(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 600
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.01)


def test_a_stopped_machine_puts_its_run_back_and_goes_on_with_it_later(desk):
    key = desk.send(csv_of())
    number = desk.started(key)
    desk.runner.close()
    assert ended(number)
    assert desk.row(key).state == "queued"
    assert [name for name in desk.left() if "scratch" in name or "release" in name] == []
    later = Runner(desk.settings, desk.database)
    assert desk.ended(key, later).state == "passed"
    later.close()


def test_only_one_process_of_a_machine_runs_what_is_queued(desk):
    desk.runner.step()
    second = Runner(desk.settings, desk.database)
    key = desk.made_up()
    assert second.step() is False
    assert desk.row(key).state == "queued"
    desk.ended(key)


def test_a_child_that_wants_too_much_memory_is_ended_with_a_sentence(desk):
    poor = Runner(replace(desk.settings, masking_memory=800), desk.database)
    row = desk.ended(desk.send(csv_of(150_000)), poor)
    poor.close()
    assert (row.state, row.why["code"].lower()) == ("refused", "memory")
    assert "内存上限" in row.why["zh"]
    assert desk.left() == []


def test_a_run_that_takes_too_long_is_ended_with_a_sentence(desk):
    key = desk.send(csv_of())
    os.kill(desk.started(key), signal.SIGSTOP)
    desk.runner.hurry()
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("refused", "time")
    assert desk.left() == []


def test_the_child_has_no_rights_and_no_environment_it_has_no_use_for(desk, monkeypatch):
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", "postgresql+psycopg://secret@host/registry")
    monkeypatch.setenv("PGPASSWORD", "secret")
    key = desk.send(csv_of())
    number = desk.started(key)
    desk.until(lambda: b"connectors" in Path(f"/proc/{number}/cmdline").read_bytes())
    desk.until(lambda: limits(number)["Max file size"] != "unlimited")
    os.kill(number, signal.SIGSTOP)
    environment = Path(f"/proc/{number}/environ").read_bytes()
    assert b"CATALOGUE" not in environment
    assert b"secret" not in environment
    found = limits(number)
    assert found["Max address space"] == str(2048 << 20)
    assert found["Max file size"] == str(4 * 2048 << 20)
    assert found["Max cpu time"] == str(120 * 60)
    assert os.getsid(number) == number
    assert os.getpriority(os.PRIO_PROCESS, number) == os.getpriority(os.PRIO_PROCESS, 0) + 10
    scratch = Path(os.readlink(f"/proc/{number}/cwd"))
    assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
    os.kill(number, signal.SIGCONT)
    desk.ended(key)
    assert not scratch.exists()


@pytest.mark.parametrize("room", ["for nothing", "for the release alone"])
def test_a_disk_that_is_full_ends_a_run_with_a_sentence_and_leaves_nothing(desk, room):
    """`room`: enciphered, the release is a little larger than what was written in memory."""
    first = desk.send(csv_of())
    desk.ended(first)
    most = {"for nothing": 1000, "for the release alone": len(released(desk, first))}[room]
    assert most < 2000 or most >= len(csv_of())
    key = desk.send(csv_of())
    number = desk.started(key)
    desk.until(lambda: limits(number)["Max file size"] != "unlimited")
    resource.prlimit(number, resource.RLIMIT_FSIZE, (most, most))
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("refused", "DISK_FULL")
    assert "腾出空间" in row.why["zh"]
    assert not [name for name in desk.left() if key in name]


def limits(number: int) -> dict[str, str]:
    lines = Path(f"/proc/{number}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def test_who_asked_and_has_lost_the_post_gets_no_report_taken_in(desk):
    key = desk.send(csv_of())
    with desk.writes() as session:
        session.execute(sa.text("DELETE FROM post WHERE role = 'registrar'"))
    assert desk.ended(key).why["code"] == "no_right"
    assert desk.left() == []


def test_only_the_department_asks_cancels_and_fetches(desk):
    with pytest.raises(Forbidden):
        desk.ask(runs.Order("plan_only", "made_up"), desk.other)
    with pytest.raises(Forbidden):
        desk.ask(runs.Order("plan_only", "made_up"), desk.head)
    key = desk.send(csv_of())
    desk.ended(key)
    with desk.writes() as session:
        row = session.scalars(sa.select(MaskingRun).where(MaskingRun.key == key)).one()
        with pytest.raises(Forbidden):
            runs.release_of(session, desk.other, desk.folder, row)


def test_one_run_of_a_plan_waits_at_a_time_and_what_was_sent_beside_it_is_not_kept(desk):
    desk.made_up()
    before = desk.left()
    with pytest.raises(Conflict, match="run_waiting"):
        desk.send(csv_of())
    assert desk.left() == before


def test_what_a_rolled_back_request_sealed_is_swept_when_it_is_old(desk):
    # The transaction is undone and nobody is left to take the file away: the server was killed.
    held = runs.sealing(desk.folder, io.BytesIO(csv_of()))
    upload = held.__enter__()
    session = db.open_session(desk.database, writes=True)
    plan, version = desk.plan_of(session), desk.entry(session)[1]
    order = runs.Order("measured", "upload", "csv", upload)
    runs.ask(session, desk.registrar, desk.folder, plan, version, order)
    session.rollback()
    session.close()
    assert len(desk.left()) == 2
    desk.runner.step()
    assert len(desk.left()) == 2
    with time_machine.travel(db.now() + timedelta(hours=1), tick=True):
        desk.runner.keep()
    assert desk.left() == []


def test_a_run_waiting_for_a_machine_that_is_gone_is_given_up(desk):
    key = desk.send(csv_of())
    with desk.writes() as session:
        session.execute(sa.update(MaskingRun).values(place="another"))
    desk.runner.step()
    assert desk.row(key).state == "queued"
    with time_machine.travel(db.now() + timedelta(minutes=11), tick=True):
        desk.runner.keep()
        row = desk.row(key)
    assert (row.state, row.why["code"]) == ("lost", "interrupted")
    assert desk.left() == []


def test_a_clock_set_an_hour_on_gives_no_run_up_that_is_looked_after(desk):
    key = desk.send(csv_of())
    desk.started(key)
    with time_machine.travel(db.now() + timedelta(hours=1), tick=True):
        desk.runner.keep()
    assert desk.ended(key).state == "passed"


def test_a_key_lost_from_memory_makes_what_was_sent_unreadable(desk):
    key = desk.send(csv_of())
    (sealed.memory(desk.folder) / "keys" / f"{key}.source").unlink()
    row = desk.ended(key)
    assert (row.state, row.why["code"]) == ("refused", "source_gone")
    assert desk.left() == []


# --- the key of the release ----------------------------------------------------------------


def test_two_runs_of_a_release_share_a_key_that_is_closed_to_others(desk):
    first = desk.send(csv_of())
    desk.ended(first)
    desk.ended(desk.send(csv_of()))
    one, two = reports(desk)
    assert one.report["key_id"] == two.report["key_id"]
    (path,) = sealed.release_keys(desk.folder, desk.key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert crypto.key_id(crypto.read_key(path)) == one.report["key_id"]


def test_a_key_is_destroyed_on_record_and_its_release_is_never_made_again(desk):
    desk.ended(desk.send(csv_of()))
    with desk.writes() as session:
        resource = desk.entry(session)[0]
        (key,) = runs.release_keys(desk.folder, resource)
        for wrong in (desk.other, desk.head):
            with pytest.raises(Forbidden):
                runs.destroy_key(session, wrong, desk.folder, resource, key["name"], "发布结束")
        with pytest.raises(Missing):
            runs.destroy_key(session, desk.registrar, desk.folder, resource, "../x", "发布结束")
        runs.destroy_key(session, desk.registrar, desk.folder, resource, key["name"], "发布结束")
        (after,) = runs.release_keys(desk.folder, resource)
    assert (after["there"], after["by"]) == (False, "某人")
    assert acts(desk)[-1][0] == "destroy_key"
    row = desk.ended(desk.send(csv_of()))
    assert (row.state, row.why["code"]) == ("refused", "KEY_DESTROYED")
    desk.save(release="第二批")
    assert desk.ended(desk.send(csv_of())).state == "passed"


def test_a_key_that_is_lost_is_told_as_lost_and_nobody_is_said_to_have_destroyed_it(desk):
    desk.ended(desk.send(csv_of()))
    with desk.writes() as session:
        (key,) = runs.release_keys(desk.folder, desk.entry(session)[0])
        (path,) = (desk.folder / "keys").glob(f"*/{key['name']}")
        path.unlink()
        (after,) = runs.release_keys(desk.folder, desk.entry(session)[0])
    assert (after["there"], after["destroyed"]) == (False, False)
    row = desk.ended(desk.send(csv_of()))
    assert (row.state, row.why["code"]) == ("refused", "KEY_LOST")
    assert "没有销毁记录" in row.why["zh"]


# --- a table of a database -----------------------------------------------------------------


def laid(desk: Bench, folder: Path) -> None:
    """The address of a database that the unit may run over."""
    source = sqlite3.connect(folder / "business.sqlite")
    source.execute('CREATE TABLE "people" (姓名, 公民身份号码, 性别, 出生日期)')
    source.executemany('INSERT INTO "people" VALUES (?,?,?,?)', people().rows())
    source.commit()
    source.close()
    place = folder / "sources" / desk.unit / "population.url"
    place.parent.mkdir(parents=True)
    place.touch(0o600)
    place.write_text(f"sqlite:///{folder / 'business.sqlite'}")


def test_a_run_reads_a_table_of_a_database_the_administrator_laid_down(database, tmp_path):
    with bench(database, tmp_path / "data", sources_dir=str(tmp_path / "sources")) as desk:
        laid(desk, tmp_path)
        order = runs.Order("measured", "table", "csv", None, "population", "people")
        row = desk.ended(desk.ask(order))
        assert (row.state, row.why) == ("passed", None)
        assert reports(desk)[0].report["input"]["rows"] == 600


def test_a_database_that_was_taken_away_and_a_table_that_is_not_there_are_told(database, tmp_path):
    with bench(database, tmp_path / "data", sources_dir=str(tmp_path / "sources")) as desk:
        order = runs.Order("measured", "table", "csv", None, "population", "nobody")
        assert desk.ended(desk.ask(order)).why["code"] == "no_source"
        laid(desk, tmp_path)
        row = desk.ended(desk.ask(order))
        assert (row.state, row.why["code"]) == ("refused", "TABLE_NOT_THERE")
        assert str(tmp_path) not in json.dumps(row.why, ensure_ascii=False)
