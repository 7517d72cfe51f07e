"""What watches us learns how we are, and nothing else."""

import resource
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from registry import accounts, db, discovery, health, signing
from registry.access import SYSTEM
from registry.app import create_app
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from tests import factories
from tests.catalogue.test_life import published
from tests.cli.processes import fetched, installed, served, until
from tests.factories import sign_in


@pytest.fixture
def app(database, tmp_path):
    """An application whose parts are all well."""
    settings = factories.settings(tmp_path)
    signing.load(settings.signing_key_file)
    discovery.rebuild(database, discovery.open_index(settings))
    return create_app(settings, database)


def ready(app):
    answer = app.test_client().get("/readyz")
    codes = {part: found["code"] for part, found in answer.json["parts"].items()}
    return answer.status_code, answer.json["status"], {c for c in codes.values() if c != "ok"}


def later(app):
    """Forget the last look, as a second later."""
    app.extensions["registry_health"]._seen = None


def journal_rows(database):
    with db.transaction(database, writes=False) as session:
        return session.scalar(sa.select(sa.func.count(JournalRow.seq)))


def test_a_whole_installation_is_ready_and_every_part_says_so(app):
    assert ready(app) == (200, "ready", set())
    parts = app.test_client().get("/readyz").json["parts"]
    assert set(parts) == set(health.PARTS)
    assert parts["database"]["zh"] == "正常"
    assert parts["database"]["en"] == "Good"


def test_the_process_is_alive_while_the_database_is_away(tmp_path):
    app = create_app(factories.settings(tmp_path), db.connect(unreachable(tmp_path)))
    assert app.test_client().get("/livez").status_code == 200
    status, word, codes = ready(app)
    assert (status, word) == (503, "unavailable")
    assert "database_away" in codes


def unreachable(folder):
    if factories.POSTGRESQL:
        return "postgresql+psycopg://nobody@127.0.0.1:9/none"
    (folder / "no-database").mkdir()
    return f"sqlite:///{folder / 'no-database'}"


def test_a_database_that_takes_no_writes_is_unavailable(app, database):
    with read_only(database) as address:
        other = db.connect(address)
        app.extensions["registry_health"]._database = other
        later(app)
        status, _, codes = ready(app)
        other.close()
    assert (status, codes) == (503, {"database_read_only"})


class read_only:
    """The same database through a door that lets nobody write."""

    def __init__(self, database):
        self.url = database.writing.url

    def __enter__(self):
        if factories.POSTGRESQL:
            options = {"options": "-c default_transaction_read_only=on"}
            return self.url.update_query_dict(options).render_as_string(hide_password=False)
        return f"sqlite:///file:{self.url.database}?mode=ro&uri=true"

    def __exit__(self, *_):
        return None


def test_a_database_without_tables_is_unavailable(tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    address = factories.own_postgresql() if factories.POSTGRESQL else f"sqlite:///{folder}/x.sqlite"
    opened = db.connect(address)
    status, _, codes = ready(create_app(factories.settings(tmp_path), opened))
    opened.close()
    assert status == 503
    assert "database_tables" in codes


def test_a_search_engine_that_is_away_degrades_and_does_not_stop_us(database, tmp_path):
    settings = factories.settings(tmp_path, search_url="http://127.0.0.1:9")
    signing.load(settings.signing_key_file)
    assert ready(create_app(settings, database)) == (200, "degraded", {"search_away"})


def test_without_its_signing_key_it_is_unavailable(app, tmp_path):
    path = factories.settings(tmp_path).signing_key_file
    whole = path.read_bytes()
    path.unlink()
    assert ready(app)[::2] == (503, {"key_missing"})
    path.write_bytes(whole[:-9])
    path.chmod(0o600)
    later(app)
    assert ready(app)[::2] == (503, {"key_unusable"})
    path.write_bytes(whole)
    later(app)
    assert ready(app)[0] == 200


def test_a_queue_nobody_drains_and_a_parked_entry_degrade(app, database):
    with db.transaction(database, writes=True) as session:
        published(factories.Town(session))
        old = db.now().replace(year=2020)
        session.execute(sa.update(OutboxRow).values(since=old))
    assert ready(app) == (200, "degraded", {"queue_behind"})
    with db.transaction(database, writes=True) as session:
        session.execute(sa.update(OutboxRow).values(parked_at=old))
    later(app)
    assert ready(app) == (200, "degraded", {"queue_parked"})


def test_somebody_who_writes_at_this_moment_is_no_fault_that_stops_us(app, database):
    with db.transaction(database, writes=True):
        status, _, codes = ready(app)
    # PostgreSQL needs no lock to try a write.
    assert (status, codes) == (200, set() if factories.POSTGRESQL else {"database_busy"})


def test_somebody_who_never_ends_writing_makes_it_unavailable(app, database):
    app.extensions["registry_health"]._written_at -= health.STUCK_AFTER_S + 1
    with db.transaction(database, writes=True):
        found = ready(app)[::2]
    assert found == ((200, set()) if factories.POSTGRESQL else (503, {"database_stuck"}))


def test_nothing_is_written_oftener_than_once_a_second(app):
    watched = app.extensions["registry_health"]
    with app.app_context():
        first = watched.look()
        assert watched.look() is first


def test_probes_leave_no_row_in_the_journal(app, database):
    before = journal_rows(database)
    client = app.test_client()
    for path in ("/livez", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 401
    assert journal_rows(database) == before


def test_a_machine_that_asks_in_a_wrong_way_is_told_in_its_own_words(app):
    client = app.test_client()
    for path in ("/livez", "/readyz", "/metrics", "/oai", "/catalog.ttl", "/api/v1/openapi.json"):
        answer = client.delete(path)
        assert (answer.status_code, answer.content_type) == (405, "application/problem+json"), path
        assert "GET" in answer.headers["Allow"]
    refused = client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"})
    assert refused.json["type"] == "sign_in"


def sample(text, line):
    found = [one for one in text.splitlines() if one.startswith(line + " ")]
    return float(found[0].rsplit(" ", 1)[1]) if found else None


def test_metrics_count_routes_statuses_refusals_and_conflicts(city):
    client = sign_in(city, "consumer")
    before = client.get("/metrics").text
    assert client.get("/resources/new").status_code == 403
    assert client.get("/resources/aaaaaaaaaaaaaaaa").status_code == 404
    after = client.get("/metrics").text
    for line in (
        'catalogue_requests_total{method="GET",status="403"}',
        'catalogue_refusals_total{code="no_role"}',
        'catalogue_request_seconds_count{route="/resources/<key>"}',
    ):
        assert sample(after, line) == (sample(before, line) or 0) + 1, line
    assert sample(after, "catalogue_conflicts_total") is not None
    assert sample(after, "catalogue_journal_rows") > 100
    assert sample(after, "catalogue_outbox_parked") == 0


def test_no_word_of_a_sender_becomes_a_label(city):
    client = city.test_client()
    client.get("/search?q=张伟")
    client.get("/zhangwei-110101199003078515")
    client.open("/", method="ZHANGWEI")
    client.get("/resources/zhangwei", headers={"Accept": "zhangwei"})
    text = client.get("/metrics").text
    assert "zhangwei" not in text.lower()
    assert "张" not in text
    labels = {line.split("{")[0] for line in text.splitlines() if "{" in line}
    assert 'method="other"' in text
    assert len(labels) < 12


def test_metrics_are_for_this_machine_or_for_an_administrators_token(city):
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=True) as session:
        tokens = {
            who: accounts.issue_token(session, SYSTEM, who, "test", 1)
            for who in ("sysadmin", "consumer")
        }
    client = city.test_client()
    away = {"REMOTE_ADDR": "10.20.30.40"}

    def asked(**more):
        return client.get("/metrics", headers={"Accept": "application/json", **more}).status_code

    assert asked() == 200
    # A proxy on the same machine is no program of this machine.
    assert asked(**{"X-Forwarded-For": "10.20.30.40"}) == 401
    plain = {"Accept": "application/json"}
    assert client.get("/metrics", environ_base=away, headers=plain).status_code == 401
    for who, status in (("sysadmin", 200), ("consumer", 403)):
        headers = {**plain, "Authorization": f"Bearer {tokens[who]}"}
        answer = client.get("/metrics", environ_base=away, headers=headers)
        assert answer.status_code == status, who


def test_a_full_disk_is_told_reading_goes_on_and_room_is_enough_to_heal(tmp_path):
    # The limit of a process stands for the disk: SQLite's own files lie in the data folder.
    env = installed(tmp_path, database_url=f"sqlite:///{tmp_path}/r.sqlite", log="error")
    with served(env) as (process, address):
        (worker,) = children(process.pid)
        limit = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        until(lambda: fetched(f"{address}/readyz")[0] == 200)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (1, limit[1]))
        until(lambda: fetched(f"{address}/readyz")[0] == 503)
        assert fetched(f"{address}/sign-in")[0] == 200
        assert fetched(f"{address}/metrics")[0] == 200
        assert fetched(f"{address}/livez")[0] == 200
        resource.prlimit(worker, resource.RLIMIT_FSIZE, limit)
        until(lambda: fetched(f"{address}/readyz")[0] == 200)
    with sqlite3.connect(tmp_path / "r.sqlite") as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    opened.close()


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_several_workers_are_counted_as_one_and_leave_nothing_behind(tmp_path):
    env = installed(tmp_path, workers="2", log="error")
    with served(env) as (_, address):
        text = fetched(f"{address}/metrics")[1]
        line = 'catalogue_request_seconds_count{route="/sign-in"}'
        assert sample(text, line) is None
        for _ in range(20):
            assert fetched(f"{address}/sign-in")[0] == 200
        seen = {sample(fetched(f"{address}/metrics")[1], line) for _ in range(10)}
        assert seen == {20.0}
