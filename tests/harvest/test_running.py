"""Other catalogues come into the claim list: whole, again and again, followed in what they do."""

import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from registry import calendar, catalogue, db, harvest, journal
from registry.demo import hand_down
from registry.errors import Conflict
from registry.models.catalogue import Resource
from registry.models.harvest import Claim, HarvestSource
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from tests.factories import Town, document, sign_in
from tests.harvest.portals import CIVIL, ckan_of, entered, package, ran, serving, sheet
from tests.journeys.browser import served


@pytest.fixture
def town(database):
    with db.transaction(database, writes=True) as session:
        Town(session)


def claims(database, **wanted):
    with db.transaction(database, writes=False) as session:
        query = sa.select(Claim).order_by(Claim.remote_id)
        for name, value in wanted.items():
            query = query.where(getattr(Claim, name) == value)
        return list(session.scalars(query))


def is_quiet(database):
    """Nothing of it is an entry, nothing waits for the index, the journal holds."""
    with db.transaction(database, writes=False) as session:
        assert session.scalar(sa.select(sa.func.count(Resource.id))) == 0
        assert session.scalar(sa.select(sa.func.count(OutboxRow.resource_id))) == 0
        assert journal.verify(session) == []


@pytest.fixture
def portal(town, database):
    """A portal with 250 packages, entered as a source."""
    packages = [package(f"p-{n:04}") for n in range(250)]
    with serving(ckan_of(packages)) as made:
        made.packages = packages
        entered(database, "portal", "ckan", made.address)
        yield made


def test_every_package_becomes_one_claim_of_its_unit_and_none_an_entry(database, portal):
    told = ran(database, "portal")
    assert (told.counts["new"], told.pages, told.fault) == (250, 3, "")
    found = claims(database)
    assert [one.remote_id for one in found] == [f"p-{n:04}" for n in range(250)]
    assert {one.state for one in found} == {"waiting"}
    assert {one.department.name for one in found} == {"民政局"}
    assert harvest.document_of(found[7])["name"] == "p-0007信息"
    is_quiet(database)


def test_the_same_run_again_changes_nothing(database, portal):
    ran(database, "portal")
    before = {one.key: one.row_version for one in claims(database)}
    told = ran(database, "portal")
    assert +told.counts == {"same": 250}
    assert {one.key: one.row_version for one in claims(database)} == before


def test_what_is_gone_over_there_leaves_the_list_and_may_come_back(database, portal):
    ran(database, "portal")
    taken = portal.packages.pop(3)
    assert ran(database, "portal").counts["gone"] == 1
    (gone,) = claims(database, state="gone")
    assert (gone.remote_id, gone.document) == ("p-0003", "{}")
    assert any("package_show?id=p-0003" in path for path in portal.asked)
    portal.packages.append(taken)
    ran(database, "portal")
    (back,) = claims(database, remote_id="p-0003")
    assert (back.state, back.name) == ("waiting", "p-0003信息")


def test_what_only_slipped_between_two_pages_is_not_taken_for_gone(database, portal):
    ran(database, "portal")
    whole = portal.answer

    def slipping(path, given):
        # One entry is missing from the list, and there when it is asked for by itself.
        if path.endswith("package_search") and given["start"] == "0":
            hidden = portal.packages.pop(0)
            try:
                return whole(path, given)
            finally:
                portal.packages.insert(0, hidden)
        return whole(path, given)

    portal.answer = slipping
    assert ran(database, "portal").counts["gone"] == 0
    assert claims(database, state="gone") == []


def test_what_changed_is_followed_while_nobody_decided(database, portal):
    ran(database, "portal")
    portal.packages[5]["notes"] = "改过的摘要，说明来源和用途。"
    assert ran(database, "portal").counts["changed"] == 1
    (one,) = claims(database, remote_id="p-0005")
    assert harvest.document_of(one)["abstract"] == "改过的摘要，说明来源和用途。"
    assert one.latest is None


def test_a_unit_nobody_here_is_called_by_leaves_the_claim_to_be_assigned(town, database):
    one = package("p-1", organization={"name": "x", "title": "自治区某厅"})
    one["extras"] = [e for e in one["extras"] if e["key"] != "department_code"]
    with serving(ckan_of([one])) as site:
        entered(database, "region", "ckan", site.address)
        ran(database, "region")
    (claim,) = claims(database)
    assert (claim.department_id, claim.unit_name, claim.state) == (None, "自治区某厅", "waiting")


def test_the_same_id_in_two_sources_is_two_claims(town, database):
    with serving(ckan_of([package("p-1")])) as one, serving(ckan_of([package("p-1")])) as other:
        entered(database, "one", "ckan", one.address)
        entered(database, "other", "ckan", other.address)
        ran(database, "one")
        assert ran(database, "other").counts["new"] == 1
    assert len(claims(database, remote_id="p-1")) == 2


def test_what_comes_from_here_is_no_claim(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        registrar = town.person("registrar")
        own = catalogue.register(session, registrar, town.department, document(), declared=True)
    with serving(ckan_of([package(own.key), package("p-2")])) as mirror:
        entered(database, "mirror", "ckan", mirror.address)
        assert +ran(database, "mirror").counts == {"new": 1, "ours": 1}


# --- runs that are cut short ---------------------------------------------------------------------


def test_a_run_that_was_stopped_goes_on_where_it_was(database, portal):
    whole = portal.answer
    portal.answer = lambda path, given: (
        whole(path, given) if given.get("start") != "200" else (503, {}, b"")
    )
    first = ran(database, "portal")
    assert (first.fault, first.pages, first.counts["new"]) == ("busy_there", 2, 200)
    portal.answer = whole
    portal.asked.clear()
    second = ran(database, "portal")
    assert (second.is_resumed, second.counts["new"], second.fault) == (True, 50, "")
    assert "start=0&" not in portal.asked[0]
    assert len(claims(database)) == 250


def test_two_runs_of_one_source_do_not_mix(database, portal):
    whole = portal.answer

    def overtaken(path, given):
        if given.get("start") == "100" and not done:
            done.append(1)
            assert ran(database, "portal").fault == ""
        return whole(path, given)

    done = []
    portal.answer = overtaken
    with pytest.raises(Conflict, match="harvest_busy"):
        ran(database, "portal")
    assert len(claims(database)) == 250
    is_quiet(database)


def test_a_run_killed_at_any_page_goes_on_and_takes_everything_once(
    database, portal, tmp_path, monkeypatch
):
    url = database.writing.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", url)
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CATALOGUE_HARVEST_NETWORKS", "127.0.0.1/32")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text((b"secret" * 6).hex())
    command = [sys.executable, "-m", "registry.cli", "harvest", "run", "portal", "--json"]
    whole, asked, go_on = portal.answer, threading.Event(), threading.Event()
    for start in ("0", "100", "200"):

        def held(path, given, start=start):
            if given.get("start") == start:
                asked.set()
                go_on.wait(600)
            return whole(path, given)

        asked.clear()
        go_on.clear()
        portal.answer = held
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert asked.wait(600)
        # Some time after the answer: before, within or after the write of the page.
        go_on.set()
        time.sleep(0.02 if start != "0" else 0)
        child.send_signal(signal.SIGKILL)
        child.wait()
        portal.answer = whole
        found = claims(database)
        assert len(found) % 100 in (0, 50)
        with db.transaction(database, writes=True) as session:
            assert journal.verify(session) == []
    last = subprocess.run(command, capture_output=True, text=True, check=True)
    assert '"finished": true' in last.stdout
    found = claims(database)
    assert [one.remote_id for one in found] == [f"p-{n:04}" for n in range(250)]
    is_quiet(database)


def test_every_step_of_a_run_stands_in_the_journal(database, portal):
    ran(database, "portal")
    with db.transaction(database, writes=False) as session:
        rows = list(session.scalars(sa.select(JournalRow).where(JournalRow.act == "harvest")))
        source = session.scalars(sa.select(HarvestSource)).one()
    assert {row.key for row in rows} == {source.key}
    # Begun, three pages, finished.
    assert len(rows) == 5
    assert "p-0001" not in "".join(row.facts for row in rows)


# --- ourselves as the source ------------------------------------------------------------------


def test_our_own_product_is_harvested_by_its_ckan_interface(town, database, city):
    client = sign_in(city, "reviewer")
    count = city.test_client().get("/api/3/action/package_search?rows=0").json["result"]["count"]
    assert count > 100
    with served(city) as origin:
        entered(database, "city", "ckan", origin)
        told = ran(database, "city")
        assert (told.counts["new"], told.fault) == (count, "")
        one = next(c for c in claims(database) if c.unit_code == CIVIL)
        theirs = client.get(f"/api/v1/resources/{one.remote_id}").json
        assert harvest.document_of(one) == theirs["document"]
        assert one.code == theirs["code"]
    assert one.department.name == "民政局"
    is_quiet(database)


@pytest.mark.parametrize("form", ["jsonld", "ttl", "xml"])
def test_our_own_product_is_harvested_by_dcat_in_every_spelling(town, database, city, form):
    count = city.test_client().get("/api/3/action/package_search?rows=0").json["result"]["count"]
    with served(city) as origin:
        # Addresses in the graph are those of the settings; the test serves another port.
        entered(database, "city", "dcat", f"{origin}/catalog.{form}")
        elsewhere = city.extensions["registry_settings"].public_url
        city.extensions["registry_settings"] = replace(
            city.extensions["registry_settings"], public_url=origin
        )
        try:
            told = ran(database, "city")
        finally:
            city.extensions["registry_settings"] = replace(
                city.extensions["registry_settings"], public_url=elsewhere
            )
    assert (told.counts["new"], told.fault) == (count, "")
    own = next(c for c in claims(database) if c.unit_code == CIVIL)
    made = harvest.document_of(own)
    assert own.department.name == "民政局"
    assert own.code
    for name in ("name", "abstract", "keywords", "update_cycle", "share_type", "format_types"):
        assert made[name], name
    assert made["items"][0]["name"]
    assert made["items"][0]["data_type"]
    is_quiet(database)


def test_our_own_product_is_harvested_by_oai_with_its_deletions(town, database, city):
    head = sign_in(city, "head")
    with served(city) as origin:
        entered(database, "oai", "oai", f"{origin}/oai")
        told = ran(database, "oai")
        assert told.fault == ""
        waiting = claims(database, state="waiting")
        assert len(waiting) == told.counts["new"] > 100
        own = next(c for c in waiting if c.unit_code == CIVIL)
        assert own.department.name == "民政局"
        key = own.remote_id.rpartition(":")[2]
        # Nothing of an entry is lost between two instances of ours.
        for claim in waiting:
            theirs = head.get(f"/api/v1/resources/{claim.remote_id.rpartition(':')[2]}").json
            assert harvest.document_of(claim) == theirs["document"]
            assert claim.code == theirs["code"]
        _suspended(head, key)
        # Changes alone are asked for: the second run meets the deletion and little else.
        again = ran(database, "oai")
        assert (again.counts["gone"], again.fault) == (1, "")
        assert again.counts["new"] == 0
        assert sum(again.counts.values()) < 50
    (gone,) = claims(database, state="gone")
    assert gone.remote_id == own.remote_id
    is_quiet(database)


def _suspended(head, key):
    page = head.get(f"/resources/{key}/suspend").text
    form = {
        name: re.search(rf'name="{name}" value="([\w:-]+)"', page)[1]
        for name in ("csrf_token", "form_key", "digest")
    }
    until = (calendar.today() + timedelta(days=20)).isoformat()
    form |= {"reason": "接口数据有误，正在核查。", "until": until}
    assert head.post(f"/resources/{key}/suspend", data=form).status_code == 303


# --- the region's list as a sheet -------------------------------------------------------------


def test_the_list_of_the_region_is_read_from_the_official_sheet(town, database):
    names = {n: f"下发{n}" for n in range(120)}
    entered(database, "region", "sheet")
    told = ran(database, "region", sheet(names))
    assert (told.counts["new"], told.pages, told.fault) == (120, 2, "")
    one = claims(database)[0]
    assert (one.code, one.name) == ("150000307002/000000", "下发0信息")
    assert one.department.name == "民政局"
    mine, theirs = harvest.document_of(one), document("下发0信息")
    for item in (*mine["items"], *theirs["items"]):
        item.pop("id", None)
    assert mine["items"] == theirs["items"]
    assert mine["share_type"] == theirs["share_type"]
    # The next edition is the whole list: what is not in it was taken from it.
    del names[3]
    names[5] = "改名5"
    told = ran(database, "region", sheet(names))
    assert (told.counts["gone"], told.counts["changed"], told.counts["same"]) == (1, 1, 118)
    is_quiet(database)


def test_a_file_that_is_no_sheet_is_refused_with_a_sentence(town, database):
    entered(database, "region", "sheet")
    assert ran(database, "region", b"<html>no sheet</html>").fault == "sheet"
    assert claims(database) == []


# --- the demo city ----------------------------------------------------------------------------


def test_the_demo_city_was_handed_a_list_with_claims_in_every_state(city):
    database = city.extensions["registry_database"]
    assert hand_down(database) == 15
    with db.transaction(database, writes=False) as session:
        found = list(session.scalars(sa.select(Claim)))
        assert {one.state for one in found} == {"waiting", "declined", "quarantined", "gone"}
        # Two name no unit of the city: the authority assigns them.
        assert sum(one.state == "waiting" and one.department is None for one in found) == 2
        assert sum(one.changed_at is not None for one in found) == 1
        (source,) = session.scalars(sa.select(HarvestSource))
        assert (source.run, source.fault, source.cursor) == (2, "", None)
