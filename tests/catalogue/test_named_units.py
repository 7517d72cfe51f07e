"""An entry for named departments is found by the people of these units, and by nobody else."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from anonymization.identifiers import credit_check
from registry import calendar, catalogue, census, db, discovery
from registry.access import SYSTEM, Actor
from registry.accounts import units
from registry.catalogue.reading import counted
from registry.catalogue.store import Change, store
from registry.config import load
from registry.discovery import harvested
from registry.discovery.harvested import Window
from registry.errors import Gone, Invalid, Missing
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from tests.catalogue.test_life import registered
from tests.factories import Town, document

NAME = "危险源信息"


@dataclass
class Place:
    """A town in which the civil affairs office shows an entry to the education office by name."""

    town: Town
    key: str
    own: Actor
    named: Actor
    authority: Actor
    elsewhere: Actor


@pytest.fixture
def place(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        first = "11150300DEM00023X"
        third = town._unit("医保局", first + credit_check(first), {})
        store(session, SYSTEM, [adopted(town, ["教育局"])])
        resource = session.scalars(sa.select(Resource)).one()
        return Place(
            town,
            resource.key,
            own=town.person("registrar"),
            named=town.person("consumer", unit=town.other),
            authority=town.person("reviewer"),
            elsewhere=town.person("consumer", unit=third),
        )


def adopted(town, names, **more):
    return Change(
        department=town.department,
        step="adopt",
        state="published",
        document=document(NAME, visibility="2", visible_to=names, open_type="3"),
        live="this",
        working="none",
        **more,
    )


def sees(session, actor, key):
    """Whether he reads it, finds it in lists and counts it in figures: the same answer thrice."""
    try:
        catalogue.find(session, actor, key)
        reads = True
    except Missing:
        reads = False
    listed = sa.select(Resource.key).join(Resource.live).where(catalogue.visible(actor))
    assert (key in session.scalars(listed).all()) is reads
    assert (census.total(session, counted(actor))[0] == 1) is reads
    return reads


def test_the_named_unit_sees_it_and_another_does_not(database, place):
    with db.transaction(database, writes=False) as session:
        seen = {name: sees(session, getattr(place, name), place.key) for name in READERS}
    assert seen == {"own": True, "named": True, "authority": True, "elsewhere": False}


READERS = ("own", "named", "authority", "elsewhere")


def test_the_index_shows_it_to_the_same_people(database, place, tmp_path):
    index = discovery.open_index(load({"CATALOGUE_DATA_DIR": str(tmp_path)}))
    try:
        discovery.rebuild(database, index)
        with db.transaction(database, writes=False) as session:
            for name in READERS:
                actor = getattr(place, name)
                answer = discovery.search(session, index, actor, "危险源")
                assert (answer.total == 1) is sees(session, actor, place.key), name
                assert not answer.degraded
    finally:
        index.close()


def test_who_was_named_is_told_when_it_is_gone(database, place):
    with db.transaction(database, writes=True) as session:
        resource = session.scalars(sa.select(Resource)).one()
        withdrawn = Change(
            department=resource.department,
            step="suspend",
            state="suspended",
            resource=resource,
            version=resource.live,
            working="as_before",
        )
        store(session, SYSTEM, [withdrawn])
        with pytest.raises(Gone):
            catalogue.find(session, place.named, place.key)
        with pytest.raises(Missing):
            catalogue.find(session, place.elsewhere, place.key)
        (line,) = harvested.headers(session, place.named, "none", Window())
        assert (line.key, line.is_deleted) == (place.key, True)
        assert not harvested.headers(session, place.elsewhere, "none", Window())


def test_a_new_version_for_others_is_seen_by_them_alone(database, place):
    with db.transaction(database, writes=True) as session:
        resource = session.scalars(sa.select(Resource)).one()
        renewed = Change(
            department=resource.department,
            step="open",
            state="published",
            resource=resource,
            version=resource.live,
            document=document(NAME, visibility="2", visible_to=["医保局"], open_type="3"),
            live="this",
            working="none",
            decided=False,
        )
        store(session, SYSTEM, [renewed])
        assert not sees(session, place.named, place.key)
        assert sees(session, place.elsewhere, place.key)
        # Whoever harvests it for the unit that sees it no longer is told that it is gone.
        (line,) = harvested.headers(session, place.named, "none", Window())
        assert line.is_deleted


def test_a_unit_that_gets_another_name_sees_it_still(database, place, tmp_path):
    with db.transaction(database, writes=True) as session:
        head = ["统一社会信用代码", "单位名称", "主管部门"]
        renamed = [place.town.other.code, "教育体育局", place.town.authority.code]
        rows, wrong = units.read([head, renamed])
        outcome, faults = units.take(session, SYSTEM, rows, "digest")
        assert (wrong, faults, len(outcome.changes)) == ([], [], 1)
        assert sees(session, place.named, place.key)


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        (None, ("/visible_to", "required")),
        (["教育局", "教委"], ("/visible_to/1", "unit-name")),
        (["教育局"], None),
    ],
)
def test_it_is_handed_in_with_units_that_are_registered(session, town, named, fault):
    registrar = town.person("registrar")
    version = registered(town, registrar, visibility="2", visible_to=named)
    if fault is None:
        catalogue.hand_in(session, registrar, [version])
        return
    with pytest.raises(Invalid) as refused:
        catalogue.hand_in(session, registrar, [version])
    assert {(one.pointer, one.code) for one in refused.value.problems} == {fault}


def merged(session, town, giver, taker):
    """The act by which a unit ends and another takes over from it."""
    act = {
        "from": giver.code,
        "to": taker.code,
        "basis": "乌海编发〔2026〕12号",
        "on": calendar.today().isoformat(),
        "dissolved": True,
    }
    return catalogue.transfer(session, town.person("authority_head"), act)


@contextmanager
def later(database, place):
    """The town as a later act finds it, and the unit of who is elsewhere."""
    with db.transaction(database, writes=True) as session:
        town = place.town
        town.session = session
        for name in ("department", "other", "authority"):
            setattr(town, name, session.merge(getattr(town, name)))
        third = session.get_one(Organisation, place.elsewhere.holdings[0].organisation_id)
        yield session, town, third


def fourth(town):
    first = "11150300DEM00024R"
    return town._unit("水务局", first + credit_check(first), {})


def test_the_successor_of_a_merged_unit_sees_what_was_shown_to_it_and_a_stranger_does_not(
    database, place, tmp_path
):
    index = discovery.open_index(load({"CATALOGUE_DATA_DIR": str(tmp_path)}))
    try:
        discovery.rebuild(database, index)
        with later(database, place) as (session, town, taker):
            before = harvested.headers(session, place.named, "none", Window())[0].at
            stranger = town.person("consumer", unit=fourth(town))
            merged(session, town, town.other, taker)
            readers = {"elsewhere": True, "named": True, "own": True}
            for name, told in readers.items():
                assert sees(session, getattr(place, name), place.key) is told, name
            assert not sees(session, stranger, place.key)
            assert harvested.headers(session, place.elsewhere, "none", Window())[0].at > before
            assert not harvested.headers(session, stranger, "none", Window())
        while discovery.drain(database, index):
            pass
        with db.transaction(database, writes=False) as session:
            for actor, total in ((place.elsewhere, 1), (place.named, 1), (stranger, 0)):
                assert discovery.search(session, index, actor, "危险源").total == total
    finally:
        index.close()


def test_a_later_version_that_names_a_merged_unit_is_shown_to_who_came_after_it(database, place):
    with later(database, place) as (session, town, third):
        last = fourth(town)
        merged(session, town, town.other, third)
        merged(session, town, third, last)
        heir = town.person("consumer", unit=last)
        assert sees(session, heir, place.key)
        resource = session.scalars(sa.select(Resource)).one()
        for names, told in (
            (["水务局"], True),
            ([town.department.name], False),
            (["教育局"], True),
        ):
            again = document(NAME, visibility="2", visible_to=names, open_type="3")
            change = Change(
                department=resource.department,
                step="open",
                state="published",
                resource=resource,
                version=resource.live,
                document=again,
                live="this",
                working="none",
                decided=False,
            )
            store(session, SYSTEM, [change])
            assert sees(session, heir, place.key) is told, names


def test_a_unit_ends_with_all_its_entries_and_not_into_one_that_ended(database, place):
    with later(database, place) as (session, town, third):
        made = merged(session, town, town.other, third)
        assert (town.other.successor_id, town.other.valid_to) == (third.id, made.on)
        with pytest.raises(Invalid) as refused:
            merged(session, town, third, town.other)
        assert [one.code for one in refused.value.problems] == ["unit-ended"]
        act = {"from": third.code, "to": town.department.code, "basis": "一号"}
        part = {**act, "on": made.on.isoformat(), "dissolved": True, "codes": ["1"]}
        with pytest.raises(Invalid) as refused:
            catalogue.transfer(session, town.person("authority_head"), part)
        assert [one.code for one in refused.value.problems] == ["part-of-ended"]
