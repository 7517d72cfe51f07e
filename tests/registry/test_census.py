"""The census says what a full count says, after whatever happened to the entries."""

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry import catalogue, census, db, outbox, overview, upgrade
from registry.access import SYSTEM
from registry.access.actor import NOBODY
from registry.catalogue import spill, visible
from registry.catalogue.reading import counted
from registry.catalogue.store import Change, store
from registry.models.accounts import Organisation
from registry.models.catalogue import Decision, Element, Freeze, Resource, Version
from registry.models.shown import Census
from tests.catalogue.test_life import published
from tests.factories import Town, document, empty_database

# Numbered names are refused: they look filled in by dragging.
_names = (f"{chr(number)}类信息" for number in itertools.count(ord("一")))


def full_count(session, reader, anonymous="open"):
    """Entries by cell and their elements, counted over every entry this reader sees."""
    first = (
        sa.select(Decision.version_id, sa.func.min(Decision.at).label("at"))
        .where(Decision.step.in_(["publish", "adopt"]))
        .group_by(Decision.version_id)
        .subquery()
    )
    begun = dict(
        session.execute(
            sa.select(
                Version.resource_id,
                sa.func.coalesce(sa.func.min(first.c.at), sa.func.min(Version.changed_at)),
            )
            .outerjoin(first, first.c.version_id == Version.id)
            .where(Version.state.in_(census.ISSUED))
            .group_by(Version.resource_id)
        ).all()
    )
    elements = sa.select(sa.func.count(Element.id)).where(Element.version_id == Version.id)
    rows = session.execute(
        sa.select(
            Resource.id,
            Resource.department_id,
            Version.share_type,
            Version.open_type,
            Version.visibility,
            Version.level,
            elements.scalar_subquery(),
        )
        .join(Version, Resource.live_version_id == Version.id)
        .where(visible(reader, anonymous))
    ).all()
    entries, of_them = Counter(), Counter()
    for id_, unit, *codes, number in rows:
        cell = (unit, *(code or "" for code in codes), census.month_of(begun[id_]))
        entries[cell] += 1
        of_them[cell] += number
    return entries, of_them


def kept(session, reader, anonymous="open"):
    """The same, as the census has it, whichever units an entry is shown to."""
    columns = [getattr(Census, name) for name in census.Cell._fields if name != "visible_to"]
    rows = session.execute(
        sa.select(*columns, Census.entries, Census.elements).where(
            counted(reader, anonymous), Census.entries != 0
        )
    ).all()
    entries, of_them = Counter(), Counter()
    for *cell, number, elements in rows:
        entries[tuple(cell)] += number
        of_them[tuple(cell)] += elements
    return entries, of_them


def assert_right(session, readers):
    for name, (reader, anonymous) in readers.items():
        assert kept(session, reader, anonymous) == full_count(session, reader, anonymous), name
    empty = sa.select(sa.func.sum(Census.elements)).where(Census.entries == 0)
    assert not session.scalar(empty)


def readers_of(town):
    return {
        "registrar": (town.person("registrar"), "none"),
        "elsewhere": (town.person("registrar", unit=town.other), "none"),
        "reviewer": (town.person("reviewer"), "none"),
        "auditor": (town.person("auditor"), "none"),
        "stranger": (NOBODY, "open"),
        "nobody": (NOBODY, "none"),
    }


codes = st.fixed_dictionaries(
    {
        "share_type": st.sampled_from(["1", "2", "3", None, "9"]),
        "open_type": st.sampled_from(["1", "2", "3", None]),
        "visibility": st.sampled_from(["1", "2", None]),
        "visible_to": st.sampled_from([None, ["教育局"], ["数据局", "教育局"], ["没有的局"]]),
    }
)
acts = st.one_of(
    st.tuples(st.just("adopt"), codes, st.integers(0, 3)),
    st.tuples(st.just("renew"), codes, st.integers(0, 3)),
    st.tuples(
        st.sampled_from(["publish", "suspend", "resume", "freeze", "lift", "move", "lose"]),
        st.none(),
        st.integers(0, 5),
    ),
)


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.lists(acts, min_size=3, max_size=14))
def test_after_any_acts_every_reader_is_told_what_a_full_count_tells(asked):
    with TemporaryDirectory() as folder, empty_database(Path(folder)) as database:
        with db.transaction(database, writes=True) as session:
            town = Town(session)
            readers = readers_of(town)
        for act, content, number in asked:
            with db.transaction(database, writes=True) as session:
                take_up(session, town)
                _do(session, town, act, content, number)
                # Before the commit already: nobody waits for anything.
                assert_right(session, readers)
        with db.transaction(database, writes=False) as session:
            assert_right(session, readers)


def take_up(session, town):
    """Have the town act in this session."""
    town.session = session
    units = session.scalars(sa.select(Organisation).order_by(Organisation.id)).all()
    town.authority, town.department, town.other = units


def _do(session, town, act, content, number):
    """Let it happen to the entry of this number, where it may."""
    units = (town.department, town.other)
    entries = session.scalars(sa.select(Resource).order_by(Resource.id)).all()
    resource = entries[number % len(entries)] if entries else None
    live = resource.live if resource is not None else None
    if act == "adopt":
        items = document()["items"][:number]
        stored = Change(
            department=units[number % 2],
            step="adopt",
            state="published",
            document={**document(), **content, "items": items},
            live="this",
            working="none",
        )
        store(session, SYSTEM, [stored])
    elif act == "publish":
        published(town, next(_names))
    elif act == "lose":
        # What is rolled back has counted nothing.
        point = session.begin_nested()
        published(town, next(_names))
        point.rollback()
        session.expire_all()
    elif live is None:
        return
    elif act == "renew" and live.state == "published":
        text = {**catalogue.document_of(live), **content}
        renewed = Change(
            department=resource.department,
            step="open",
            state="published",
            resource=resource,
            version=live,
            document=text,
            live="this",
            working="none",
            decided=False,
        )
        store(session, SYSTEM, [renewed])
    elif act in ("suspend", "resume"):
        before, after = (
            ("published", "suspended") if act == "suspend" else ("suspended", "published")
        )
        if live.state == before:
            changed = Change(
                department=resource.department,
                step=act,
                state=after,
                resource=resource,
                version=live,
                working="as_before",
            )
            store(session, SYSTEM, [changed])
    elif act == "move":
        resource.department_id = units[number % 2].id
        session.flush()
        outbox.touch(session, [resource.id])
        session.expire_all()
    elif act == "freeze" and resource.frozen_at is None:
        spill.freeze(
            session, town.person("secrecy", unit=resource.department), resource.key, "state_secret"
        )
    elif act == "lift" and resource.frozen_at is not None:
        row = session.scalars(
            sa.select(Freeze).where(Freeze.resource_id == resource.id, Freeze.lifted_at.is_(None))
        ).one()
        spill.lift(session, town.person("security", unit=town.authority), row, "文〔2026〕1号")


WRITER = """
import sys
from registry import db
from registry.access import SYSTEM
from registry.catalogue.store import Change, store
from registry.models.accounts import Organisation
from tests.factories import document
from sqlalchemy import select

database = db.connect(sys.argv[1], b"secret" * 6)
for n in range(10_000):
    try:
        with db.transaction(database, writes=True) as session:
            unit = session.scalars(select(Organisation).order_by(Organisation.id)).all()[n % 2]
            changes = [
                Change(department=unit, step="adopt", state="published", live="this",
                       working="none", document=document(f"信息{n}", share_type=str(1 + n % 3)))
                for _ in range(3)
            ]
            store(session, SYSTEM, changes)
    except db.Unavailable:
        continue
    print(n, flush=True)
"""


def test_two_processes_write_and_are_killed_and_the_census_is_right(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        readers = readers_of(town)
    address = database.writing.url.render_as_string(hide_password=False)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, address], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for writer in writers:
            for _ in range(5):
                assert writer.stdout.readline()
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            writer.stdout.close()
    with db.transaction(database, writes=True) as session:
        assert_right(session, readers)
        assert census.total(session, counted(*readers["auditor"]))[0] >= 30


def test_the_migration_counts_what_is_there_and_counting_goes_on(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        readers = readers_of(town)
        for name in ("甲信息", "乙信息"):
            published(town, name)
        frozen = published(town, "丙信息")
        spill.freeze(session, town.person("secrecy"), frozen.key, "state_secret")
        before = kept(session, *readers["auditor"])
    upgrade.downgrade(database, "0009")
    upgrade.upgrade(database)
    with db.transaction(database, writes=True) as session:
        assert kept(session, *readers["auditor"]) == before
        take_up(session, town)
        published(town, "丁信息")
        assert_right(session, readers)
        assert census.total(session, counted(*readers["auditor"]))[0] == 3


def test_the_figures_are_those_of_a_full_count(city):
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=False) as session:
        entries, elements = full_count(session, NOBODY)
        seen = overview.look(session, NOBODY, "open")
        assert (seen.entries, seen.elements) == (entries.total(), elements.total())
        assert kept(session, NOBODY) == (entries, elements)
