"""What programs ask of public entries moves with every visible change and with no other."""

import sqlalchemy as sa

import schemas
from registry import catalogue, db, outbox, shown, signing, upgrade
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.models.catalogue import Freeze, Resource, Version
from registry.models.shown import Shown, Trait
from tests.exchange.offering import offered
from tests.factories import Town, document


def row_of(session, key):
    session.expire_all()
    return session.scalar(
        sa.select(Shown).join(Resource, Resource.id == Shown.resource_id).where(Resource.key == key)
    )


def traits_of(session):
    rows = session.execute(sa.select(Trait.field, Trait.value))
    return {(field, value) for field, value in rows}


def test_a_draft_leaves_no_trace(session, town):
    catalogue.register(
        session, town.person("registrar"), town.department, document(), declared=True
    )
    assert session.scalar(sa.select(sa.func.count(Shown.resource_id))) == 0
    assert traits_of(session) == set()


def test_a_draft_keeps_no_program_from_the_index_and_a_publication_does(session, town):
    catalogue.register(
        session, town.person("registrar"), town.department, document(), declared=True
    )
    assert outbox.pending(session)[0] == 1
    assert outbox.is_empty(session)
    offered(town)
    assert not outbox.is_empty(session)


def test_a_live_entry_holds_its_values_and_a_digest_anybody_can_make(session, town):
    extras = [{"key": "来源", "value": "旧平台"}]
    live = offered(town, keywords=["婚姻", "登记"], extras=extras)
    found = row_of(session, live.key)
    assert {("keywords", "婚姻"), ("keywords", "登记"), ("来源", "旧平台")} <= traits_of(session)
    assert found.digest == schemas.digest(schemas.loads(live.live.document), b"")
    assert (found.was_named, found.version_id) == (True, live.live_version_id)


def test_a_draft_of_the_next_version_moves_nothing(session, town):
    live = offered(town)
    before = row_of(session, live.key).at
    registrar = town.person("registrar")
    catalogue.revise(session, registrar, live)
    working = catalogue.require_version(session, registrar, live.key)
    catalogue.save(session, registrar, working, document(keywords=["改"]))
    assert row_of(session, live.key).at == before
    assert ("keywords", "改") not in traits_of(session)


def test_a_new_name_of_the_unit_moves_its_entries(session, town):
    live = offered(town)
    before = row_of(session, live.key)
    at, digest = before.at, before.digest
    town.department.name = "民政和社会事务局"
    session.flush()
    outbox.touch_department(session, town.department.id)
    after = row_of(session, live.key)
    assert after.at > at
    assert after.digest == digest


def test_what_is_frozen_or_wiped_keeps_its_row_and_loses_its_values(session, town, tmp_path):
    live = offered(town)
    key = live.key
    spill.freeze(session, town.person("secrecy"), key, "state_secret")
    assert row_of(session, key).digest is None
    assert traits_of(session) == set()
    row = session.scalars(sa.select(Freeze)).one()
    means = Means(tmp_path, signing.load(tmp_path / "signing.key"))
    spill.wipe(session, town.person("security", unit=town.authority), row, means, "文〔2026〕1号")
    after = row_of(session, key)
    assert (after.was_named, after.version_id, after.digest) == (True, None, None)


def test_the_migration_fills_in_what_the_store_would_have_written(database):
    with db.transaction(database, writes=True) as session:
        town = Town(session)
        offered(town, extras=[{"key": "a", "value": "b"}])
        offered(town, "另一条目")
    with db.transaction(database, writes=False) as session:
        before = _everything(session)
    upgrade.downgrade(database, "0001")
    upgrade.upgrade(database)
    with db.transaction(database, writes=False) as session:
        assert _everything(session) == before
        assert len(before[0]) == 2
        assert before[1]


def _everything(session):
    rows = session.execute(
        sa.select(
            Shown.resource_id, Shown.face, Shown.version_id, Shown.digest, Shown.was_open,
            Shown.was_named,
        ).order_by(Shown.resource_id)
    ).all()  # fmt: skip
    return [tuple(row) for row in rows], traits_of(session)


def test_every_value_of_the_city_is_kept_where_a_filter_looks(city):
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=False) as session:
        rows = session.execute(
            sa.select(Version.resource_id, Version.document)
            .join(Resource, Resource.live_version_id == Version.id)
            .where(Version.state == "published", Resource.frozen_at.is_(None))
        ).all()
        wanted = {(id_, *pair) for id_, text in rows for pair in shown.traits(schemas.loads(text))}
        held = session.execute(sa.select(Trait.resource_id, Trait.field, Trait.value)).all()
    assert {tuple(row) for row in held} == wanted
