"""An entry whole as XML: nothing of a record is lost, and the schema of the XML is the record's."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import schemas
from connectors import core
from connectors.ckan import About
from tests.factories import document

ABOUT = About(
    key="abcdefghijklmnop",
    code="201150300/000001",
    department_code="11150300DEM000022H",
    department_name="市民政局",
    created=datetime(2026, 1, 5, tzinfo=UTC),
    modified=datetime(2026, 2, 5, tzinfo=UTC),
)
SCHEMA = etree.XMLSchema(etree.fromstring(core.xsd()))
# What XML can hold; line ends become one kind on the way, as everywhere in XML.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1)


def there_and_back(made):
    sent = ET.tostring(core.written(ABOUT, made), encoding="utf-8")
    SCHEMA.assertValid(etree.fromstring(sent))
    facts, back = core.read(ET.fromstring(sent))
    assert facts["code"] == ABOUT.code
    assert facts["department"] == ABOUT.department_name
    assert facts["published_on"] == "2026-01-05"
    return back


def values(field):
    """Documents of any content whose values are of the kind of their field."""
    return (st.none() | of_kind(field)) if field.nullable else of_kind(field)


def of_kind(field):
    if field.kind == "group":
        return groups(field.children)
    if field.kind == "rows":
        return st.lists(groups(field.children), max_size=2)
    if field.kind in ("list", "codes"):
        return st.lists(TEXT, max_size=3)
    numbers = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6)
    return {"boolean": st.booleans(), "number": numbers}.get(field.kind, TEXT | st.just(""))


def groups(fields):
    return st.fixed_dictionaries({}, optional={field.key: values(field) for field in fields})


def test_an_entry_comes_back_as_it_was():
    made = document("婚姻登记信息")
    assert there_and_back(made) == made


@given(groups(schemas.fields("resource")))
def test_every_field_of_the_record_comes_back(made):
    assert there_and_back(made) == made


@pytest.mark.parametrize(
    "odd", [{"name": 5}, {"keywords": "no list"}, {"items": [1, None]}, {"items": {}}, {"x": 1}]
)
def test_what_is_of_no_kind_its_field_has_is_left_out(odd):
    assert set(there_and_back({**odd, "abstract": "摘要"})) <= {"abstract", "items"}


def test_what_xml_cannot_hold_is_left_out_of_a_text():
    assert there_and_back({"name": "甲\x00乙\ud800\x0b"})["name"] == "甲乙"


def test_another_element_is_none_of_ours():
    assert core.read(ET.fromstring("<resource/>")) is None
    bare = ET.fromstring(f'<resource xmlns="{core.CORE}"><document><num/></document></resource>')
    assert core.read(bare) == ({}, {})
