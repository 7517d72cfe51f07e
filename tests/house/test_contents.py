"""No column that can hold a text is forgotten by a wipe."""

import sqlalchemy as sa

from registry import models
from registry.catalogue.contents import EMPTIED, LEFT, QUOTING
from registry.catalogue.places import PLACES
from registry.db import Base

assert models  # the tables stand in the metadata
HOLD_TEXT = (sa.String, sa.Text, sa.JSON, sa.LargeBinary)


def text_columns() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, HOLD_TEXT)
    }


def named(declared) -> list[str]:
    return [name for names in declared.values() for name in names.split()]


def test_of_every_column_with_text_it_is_said_what_a_wipe_does_with_it():
    said = {*named(EMPTIED), *named(LEFT)}
    assert sorted(text_columns() - said) == []
    assert sorted(said - text_columns()) == []


def test_no_column_is_emptied_and_left_alone_and_no_reason_is_given_twice():
    left = named(LEFT)
    assert len(left) == len(set(left))
    assert set(left) & set(named(EMPTIED)) == set()


def test_every_place_of_a_wipe_has_its_columns_and_every_column_its_place():
    assert EMPTIED.keys() == PLACES.keys()
    assert set(QUOTING.split()) <= text_columns()
