"""The sets a harvester may ask for: the units and classes in which there is a line for him."""

import sqlalchemy as sa

from registry import catalogue
from registry.access.actor import NOBODY
from registry.catalogue import spill
from registry.discovery import fielded, harvested, packages
from registry.discovery.asked import Asked
from tests.catalogue.test_life import published, registered


def test_a_set_is_listed_once_there_is_a_line_in_it_and_stays_after_the_deletion(session, town):
    reader = town.person("consumer")
    registered(town, town.person("registrar"))
    assert harvested.units(session, reader, "open") == []
    assert harvested.classes(session, reader, "open") == []
    resource = published(town, "婚姻登记信息")
    unit = (town.department.code, town.department.name)
    assert harvested.units(session, reader, "open") == [unit]
    assert [path for path, _ in harvested.classes(session, reader, "open")] == ["3", "3/07"]
    seen = harvested.units(session, NOBODY, "open")
    assert bool(seen) is bool(harvested.headers(session, NOBODY, "open", harvested.Window()))
    # Whoever once could have seen it is told of the deletion, so the set must be there.
    spill.freeze(session, town.person("secrecy"), resource.key, "unsure")
    assert harvested.units(session, reader, "open") == [unit]
    assert [path for path, _ in harvested.classes(session, reader, "open")] == ["3", "3/07"]


def test_the_set_of_a_unit_that_gave_everything_away_stays_and_tells_so(session, town):
    reader = town.person("consumer")
    published(town, "婚姻登记信息")
    giver, taker = town.department, town.other
    document = {"from": giver.code, "to": taker.code, "basis": "测试", "on": "2026-01-05"}
    catalogue.transfer(session, town.person("authority_head"), document)
    codes = [code for code, _ in harvested.units(session, reader, "open")]
    assert sorted(codes) == sorted([giver.code, taker.code])
    told = {
        code: [one.is_deleted for one in harvested.headers(session, reader, "open", window)]
        for code in codes
        if (window := harvested.Window(unit=code))
    }
    assert told == {giver.code: [True], taker.code: [False]}


def test_the_sets_take_three_questions_however_many_there_are(database, session, town):
    asked: list[str] = []
    reader = town.person("consumer")
    published(town, "婚姻登记信息")
    session.flush()

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    sa.event.listen(database.writing, "before_cursor_execute", note)
    try:
        harvested.units(session, reader, "open")
        harvested.classes(session, reader, "open")
    finally:
        sa.event.remove(database.writing, "before_cursor_execute", note)
    assert len(asked) == 3


def test_a_value_is_looked_for_in_a_column_or_a_document_alike(session, town):
    reader = town.person("consumer")
    key = published(town, "婚姻登记信息").key
    other = published(town, "养老机构信息").key

    def found(question: str) -> set[str]:
        asked = Asked(filters=[fielded.parse(question)], order=[("id", False)])
        return set(packages.find(session, None, reader, asked, "open").keys)

    for question, keys in {
        "title:登记": {key},
        "-title:登记": {other},
        "title:登%": set(),
        "text:养老机构": {other},
        "text:(养老机构 OR 婚姻登记信息)": {key, other},
        f"author:{town.department.name[1:]}": {key, other},
        "private:false": {key, other},
        "-capacity:public": set(),
        "keywords:" + "长" * 250: set(),
    }.items():
        assert found(question) == keys, question
        assert found(f"({question}) OR nothing:[a TO b]") == keys, question
