"""A sheet of a unit is checked against what the unit holds, however many lines it has."""

import sqlalchemy as sa

from registry.catalogue import intake
from registry.catalogue.intake import Incoming
from tests.catalogue.test_life import published
from tests.factories import document


def line(name):
    return Incoming("", "", name, lambda *_: document(name))


def planned(session, town, *names):
    """The plan for these lines, and how often the names of the unit were read for it."""
    read = []

    def note(connection, cursor, statement, *_):
        # All names of a unit are asked for with the number of the entry that holds each.
        if statement.startswith("SELECT resource.department_id, version.name, resource.id"):
            read.append(statement)

    registrar = town.person("registrar")
    sa.event.listen(session.connection(), "before_cursor_execute", note)
    made = intake.plan(session, registrar, town.department, [*map(line, names)], declared=True)
    sa.event.remove(session.connection(), "before_cursor_execute", note)
    return made, len(read)


def test_the_names_of_the_unit_are_read_once_for_a_whole_sheet(session, town):
    few, once = planned(session, town, "甲信息")
    many, also_once = planned(session, town, *(f"第{n}号信息" for n in range(12)))
    assert (len(few.lines), once) == (1, 1)
    assert (len(many.lines), also_once) == (12, 1)


def test_a_line_that_takes_the_name_of_another_entry_is_told_so_in_any_spelling(session, town):
    held = published(town).live.name
    made, _ = planned(session, town, "甲信息", f"{held[:2]} {held[2:]}")
    assert [(place, fault.code) for place, fault in made.faults] == [(1, "name-taken")]
