"""The claim list: a unit claims or declines what is its own, the authority assigns the rest."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from registry import accounts, catalogue, db, harvest, journal, signing, work
from registry.access import SYSTEM
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.errors import Conflict, Forbidden, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Alias, Decision, Resource
from registry.models.harvest import Claim
from registry.models.journal import JournalRow
from tests.factories import Town
from tests.harvest.portals import ckan_of, entered, package, ran, serving


@pytest.fixture
def desk(database):
    """People of two units and their authority, and a portal whose two entries were harvested."""
    made = SimpleNamespace(packages=[package("p-1"), package("p-2")])
    with db.transaction(database, writes=True) as session:
        town = made.town = Town(session)
        for role in ("registrar", "head", "reviewer", "auditor", "consumer", "secrecy", "security"):
            setattr(made, role, town.person(role))
        made.other = town.person("registrar", unit=town.other)
        foreign = accounts.add_organisation(
            session, SYSTEM, {"code": "11150300DEM000999X", "name": "别的主管部门"}
        )
        made.far = town.person("reviewer", unit=foreign)
    with serving(ckan_of(made.packages)) as site:
        entered(database, "region", "ckan", site.address)
        made.again = lambda: ran(database, "region")
        made.again()
        yield made


@contextmanager
def at(database, actor, remote="p-1"):
    """A writing transaction with one claim as this actor finds it."""
    with db.transaction(database, writes=True) as session:
        key = session.scalar(sa.select(Claim.key).where(Claim.remote_id == remote))
        yield session, harvest.find(session, actor, key)


def taken(database, desk, remote="p-1"):
    with at(database, desk.registrar, remote) as (session, claim):
        return harvest.take(session, desk.registrar, claim, declared=True, seen=claim.row_version)


def test_claiming_opens_a_draft_of_the_unit_by_the_ordinary_way(database, desk):
    stored = taken(database, desk)
    with db.transaction(database, writes=False) as session:
        version = catalogue.require_version(session, desk.registrar, stored.key)
        document = catalogue.document_of(version)
        assert (version.state, version.name) == ("draft", "p-1信息")
        assert version.resource.department.name == "民政局"
        assert document["origin"] == "2"
        alias = session.scalars(sa.select(Alias)).one()
        assert (alias.source, alias.value) == ("harvest:region", "p-1")
        # Whoever claimed it compiled it: the rules for two persons see that.
        decision = session.scalars(sa.select(Decision)).one()
        assert (decision.step, decision.person_id) == ("register", desk.registrar.person_id)
        acts = session.scalars(sa.select(JournalRow).where(JournalRow.act == "claim")).all()
        assert len(acts) == 1
        assert journal.verify(session) == []


def test_without_the_declaration_nothing_is_claimed(database, desk):
    with pytest.raises(Invalid) as caught, at(database, desk.registrar) as (session, claim):
        harvest.take(session, desk.registrar, claim, declared=False, seen=claim.row_version)
    assert [p.pointer for p in caught.value.problems] == ["/declared"]
    with db.transaction(database, writes=False) as session:
        assert session.scalar(sa.select(sa.func.count(Resource.id))) == 0


def test_it_is_claimed_once(database, desk):
    taken(database, desk)
    with pytest.raises(Conflict, match="claim_decided"):
        taken(database, desk)


def test_a_discarded_draft_may_be_claimed_again(database, desk):
    stored = taken(database, desk)
    with db.transaction(database, writes=True) as session:
        version = catalogue.require_version(session, desk.registrar, stored.key)
        catalogue.discard(session, desk.registrar, version)
    assert taken(database, desk).key != stored.key


def test_what_changes_at_the_source_is_shown_and_never_written_over(database, desk):
    stored = taken(database, desk)
    desk.packages[0]["notes"] = "来源改过的摘要，说明来源和用途。"
    assert desk.again().counts["changed"] == 1
    with at(database, desk.registrar) as (session, claim):
        version = catalogue.require_version(session, desk.registrar, stored.key)
        assert "来源改过" not in catalogue.document_of(version)["abstract"]
        rows = catalogue.difference(harvest.document_of(claim), harvest.latest_of(claim))
        assert [title for title, *_ in rows] == ["信息资源摘要"]
        with pytest.raises(Forbidden):
            harvest.settle(session, desk.other, claim, seen=claim.row_version)
        harvest.settle(session, desk.registrar, claim, seen=claim.row_version)
        assert harvest.latest_of(claim) is None
        with pytest.raises(Conflict, match="claim_unchanged"):
            harvest.settle(session, desk.registrar, claim, seen=claim.row_version)
    assert desk.again().counts["changed"] == 0


def test_what_the_source_deletes_stays_claimed_and_says_so(database, desk):
    stored = taken(database, desk)
    desk.packages.clear()
    assert desk.again().counts["gone"] == 2
    with at(database, desk.registrar) as (session, claim):
        assert claim.state == "claimed"
        assert claim.gone_at is not None
        catalogue.require_version(session, desk.registrar, stored.key)
    with at(database, desk.registrar, "p-2") as (session, claim):
        assert claim.state == "gone"
        with pytest.raises(Conflict):
            harvest.take(session, desk.registrar, claim, declared=True, seen=claim.row_version)


def test_a_unit_declines_with_a_reason_and_the_authority_assigns_another(database, desk):
    with at(database, desk.registrar) as (session, claim):
        with pytest.raises(Invalid):
            harvest.decline(session, desk.registrar, claim, "  ", seen=claim.row_version)
        harvest.decline(session, desk.registrar, claim, "职责在教育局", seen=claim.row_version)
        assert (claim.state, claim.reason) == ("declined", "职责在教育局")
    with at(database, desk.reviewer) as (session, claim):
        unit = session.scalars(sa.select(Organisation).where(Organisation.name == "教育局")).one()
        harvest.assign(session, desk.reviewer, claim, unit, seen=claim.row_version)
        assert claim.state == "waiting"
    # A later run does not give it back to the unit the source names.
    desk.packages[0]["notes"] = "来源改过的摘要，说明来源和用途。"
    desk.again()
    with at(database, desk.other) as (session, claim):
        stored = harvest.take(session, desk.other, claim, declared=True, seen=claim.row_version)
        resource = session.get_one(Resource, stored.resource_id)
        assert resource.department.name == "教育局"
    with pytest.raises(Missing), at(database, desk.registrar):
        pass


@pytest.mark.parametrize("who", ["other", "consumer", "secrecy", "security", "far"])
def test_who_has_no_part_in_it_does_not_know_of_it(database, desk, who):
    actor = getattr(desk, who)
    with pytest.raises(Missing), at(database, actor):
        pass
    with db.transaction(database, writes=False) as session:
        assert harvest.listed(session, actor).claims == []
        assert harvest.count_waiting(session, actor) == 0


@pytest.mark.parametrize("who", ["head", "reviewer", "auditor"])
def test_who_may_only_read_it_cannot_claim_or_decline_it(database, desk, who):
    actor = getattr(desk, who)
    with at(database, actor) as (session, claim):
        seen = claim.row_version
        with pytest.raises(Forbidden):
            harvest.take(session, actor, claim, declared=True, seen=seen)
        with pytest.raises(Forbidden):
            harvest.decline(session, actor, claim, "理由", seen=seen)


def test_a_registrar_does_not_assign(database, desk):
    with at(database, desk.registrar) as (session, claim):
        unit = session.get_one(Organisation, claim.department_id)
        with pytest.raises(Forbidden):
            harvest.assign(session, desk.registrar, claim, unit, seen=claim.row_version)


def test_a_decision_is_on_the_text_that_was_seen(database, desk):
    with at(database, desk.registrar) as (_, claim):
        seen = claim.row_version
    desk.packages[0]["notes"] = "来源改过的摘要，说明来源和用途。"
    desk.again()
    with at(database, desk.registrar) as (session, claim):
        with pytest.raises(Conflict, match="changed_since"):
            harvest.take(session, desk.registrar, claim, declared=True, seen=seen)
        with pytest.raises(Conflict, match="changed_since"):
            harvest.decline(session, desk.registrar, claim, "理由", seen=seen)


def test_an_unassigned_claim_is_the_authority_s_to_assign(database, desk):
    foreign = package("p-9", organization={"name": "x", "title": "自治区某厅"})
    foreign["extras"] = [one for one in foreign["extras"] if one["key"] != "department_code"]
    desk.packages.append(foreign)
    desk.again()
    with at(database, desk.reviewer, "p-9") as (session, claim):
        assert claim.department is None
        assert harvest.listed(session, desk.reviewer).claims[0].remote_id == "p-9"
    with pytest.raises(Missing), at(database, desk.registrar, "p-9"):
        pass


def test_a_frozen_entry_takes_its_claim_out_of_sight_and_a_wipe_destroys_it(
    database, desk, tmp_path
):
    stored = taken(database, desk)
    with db.transaction(database, writes=True) as session:
        key = session.scalar(sa.select(Claim.key).where(Claim.resource_id == stored.resource_id))
        row = spill.freeze(session, desk.secrecy, stored.key, "state_secret")
        for who in (desk.registrar, desk.reviewer, desk.auditor):
            with pytest.raises(Missing):
                harvest.find(session, who, key)
            assert [one.remote_id for one in harvest.listed(session, who).claims] == ["p-2"]
        means = Means(tmp_path, signing.load(tmp_path / "signing.key"))
        spill.wipe(session, desk.security, row, means, "乌保〔2026〕1号")
        assert session.scalars(sa.select(Claim.remote_id)).all() == ["p-2"]
    told = desk.again()
    assert (told.counts["wiped"], told.counts["new"]) == (1, 0)
    with db.transaction(database, writes=False) as session:
        texts = session.scalars(sa.select(Claim.document)).all()
        assert not any("p-1信息" in text for text in texts)
        assert journal.verify(session) == []


def test_claims_that_wait_go_with_their_unit_when_it_is_transferred(database, desk):
    with db.transaction(database, writes=True) as session:
        desk.town.session = session
        boss = desk.town.person("authority_head")
        codes = {u.name: u.code for u in session.scalars(sa.select(Organisation))}
        typed = {
            "from": codes["民政局"],
            "to": codes["教育局"],
            "basis": "乌海编发〔2026〕1号",
            "on": "2026-01-01",
        }
        catalogue.transfer(session, boss, typed)
    with at(database, desk.other) as (_, claim):
        assert claim.department.name == "教育局"


# --- units that come later --------------------------------------------------------------------

LATE = "11150300DEM000777J"


@pytest.fixture
def strangers(database):
    """Claims of a unit nobody knows: one by its code, one by its name, one that was assigned."""
    entries = [package(f"s-{n}") for n in range(3)]
    for one in entries:
        one["organization"] = {"name": "late", "title": "林业和草原局"}
        one["extras"] = [e for e in one["extras"] if e["key"] != "department_code"]
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        reviewer = town.person("reviewer")
    with serving(ckan_of(entries)) as site:
        entered(database, "region", "ckan", site.address)
        assert ran(database, "region").counts["new"] == 3
        yield SimpleNamespace(town=town, reviewer=reviewer, again=lambda: ran(database, "region"))


def units_of(database):
    with db.transaction(database, writes=False) as session:
        rows = session.scalars(sa.select(Claim).order_by(Claim.remote_id)).unique()
        return [one.department.name if one.department else "" for one in rows]


def test_a_claim_finds_its_unit_once_the_unit_is_entered(database, strangers):
    assert units_of(database) == ["", "", ""]
    with at(database, strangers.reviewer, "s-1") as (session, claim):
        unit = session.scalars(sa.select(Organisation).where(Organisation.name == "教育局")).one()
        harvest.assign(session, strangers.reviewer, claim, unit, seen=claim.row_version)
    known = work.match_claims(database, None)
    assert units_of(database) == ["", "教育局", ""]
    with db.transaction(database, writes=True) as session:
        accounts.add_organisation(session, SYSTEM, {"code": LATE, "name": "林业和草原局"})
    known = work.match_claims(database, known)
    assert units_of(database) == ["林业和草原局", "教育局", "林业和草原局"]
    with db.transaction(database, writes=False) as session:
        acts = session.scalars(sa.select(JournalRow).where(JournalRow.act == "harvest")).all()
        assert sum("matched" in (row.facts or {}) for row in acts) == 1
        assert journal.verify(session) == []
    # Nothing is looked for again while the units are the same.
    assert work.match_claims(database, known) == known


def test_a_claim_finds_its_unit_once_the_unit_is_called_so(database, strangers):
    known = work.match_claims(database, None)
    with db.transaction(database, writes=True) as session:
        unit = accounts.add_organisation(session, SYSTEM, {"code": LATE, "name": "林业局"})
        unit_id = unit.id
    known = work.match_claims(database, known)
    assert units_of(database) == ["", "", ""]
    with db.transaction(database, writes=True) as session:
        session.get_one(Organisation, unit_id).name = "林业和草原局"
    work.match_claims(database, known)
    assert units_of(database) == ["林业和草原局"] * 3


def test_the_next_run_matches_what_did_not_change_over_there(database, strangers):
    with db.transaction(database, writes=True) as session:
        accounts.add_organisation(session, SYSTEM, {"code": LATE, "name": "林业和草原局"})
    assert strangers.again().counts["same"] == 3
    assert units_of(database) == ["林业和草原局"] * 3
