"""Fields say what a form, a sheet and an index need, in form order."""

import schemas

from .strategies import documents


def test_fields_stand_in_the_order_of_the_form() -> None:
    order = {group.key: n for n, group in enumerate(schemas.groups("resource"))}
    places = [order[str(one.group)] for one in schemas.fields("resource")]
    assert places == sorted(places)
    assert schemas.fields("resource")[0].key == "name"


def test_every_key_of_the_demo_has_a_field() -> None:
    keys = {key for document in documents() for key in document}
    assert keys <= {one.key for one in schemas.fields("resource")}
    item = schemas.field("resource", "/items/0")
    assert item is not None
    inside = {key for document in documents() for item in document["items"] for key in item}
    assert inside <= {child.key for child in item.children}


def test_a_field_knows_its_kind_its_list_and_its_limits() -> None:
    known = {
        "/name": ("text", None, 200),
        "/abstract": ("longtext", None, 500),
        "/share_type": ("code", "share_type", None),
        "/themes": ("codes", "theme", None),
        "/keywords": ("list", None, 30),
        "/withheld_basis/review_by": ("date", None, 10),
        "/census/open_gb": ("number", None, None),
        "/holders/handles/office": ("text", None, 60),
        "/items/*/primary_key": ("boolean", None, None),
        "/items/*/open_basis/kind": ("code", "basis_kind.publication", None),
    }
    for pointer, facts in known.items():
        one = schemas.field("resource", pointer)
        assert one is not None
        assert (one.kind, one.codes, one.max_length) == facts, pointer
        assert one.pointer == pointer


def test_a_pointer_leads_to_its_field_or_nowhere() -> None:
    one = schemas.field("resource", "/items/12/level")
    assert one is not None
    assert (one.title(), one.title("en"), one.search) == ("数据分级", "Level", "facet")
    assert schemas.field("resource", "/items/0/nothing") is None
    assert schemas.field("resource", "") is None


def test_a_child_is_edited_like_its_parent_unless_it_says_otherwise() -> None:
    quote = schemas.field("resource", "/withheld_basis/quote")
    assert quote is not None
    assert (quote.change, quote.voids) == ("legal", frozenset({"secrecy"}))


def test_feeds_and_sheets_find_their_names() -> None:
    name = schemas.field("resource", "/name")
    assert name is not None
    assert (name.ckan, name.dcat, name.column["national-1272"]) == ("title", "dct:title", [5])
