"""Documents for property tests: drafts of any kind, and submissions that pass."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import schemas
from schemas.fields import Field

DEMO = Path(__file__).parents[2] / "registry" / "demo" / "data"

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=24)
words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
single = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2**53) + 1, 2**53 - 1)
scalars = st.none() | st.booleans() | numbers | texts
oddities = (
    scalars | st.lists(scalars, max_size=3) | st.lists(st.lists(scalars, max_size=2), max_size=2)
)


@cache
def demo(name: str) -> Any:
    """A file of demo data; shared, so copy what you change."""
    return json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))


def documents() -> list[dict[str, Any]]:
    """The document of every demo entry."""
    return [entry["document"] for entry in demo("resources")["entries"]]


def entry() -> dict[str, Any]:
    """A good submission with structured items, as a copy of its own."""
    return copy.deepcopy(documents()[0])


def faulty(case: str) -> dict[str, Any]:
    """The document of a faulty demo entry."""
    cases = {one["id"]: one for one in demo("faulty_entries")["cases"]}
    return copy.deepcopy(dict(cases[case]["entry"]["document"]))


def of_field(field: Field) -> st.SearchStrategy[Any]:
    """Values a draft may hold in a field: right ones, and wrong ones as typed."""
    children = {child.key: of_field(child) for child in field.children}
    group = st.fixed_dictionaries({}, optional=children)
    right: Mapping[str, st.SearchStrategy[Any]] = {
        "group": group,
        "rows": st.lists(group | scalars, max_size=3),
        "list": st.lists(texts, max_size=4),
        "boolean": st.booleans(),
        "number": numbers | st.none(),
    }
    coded = st.sampled_from(list(schemas.codes.values(field.codes))) if _listed(field) else texts
    if field.kind == "codes":
        return st.lists(coded, max_size=3) | oddities
    return right.get(field.kind, coded | texts) | oddities


def _listed(field: Field) -> bool:
    return field.codes is not None and field.codes != "class_path"


@cache
def drafts() -> st.SearchStrategy[dict[str, Any]]:
    """Documents that may be stored, most of them far from complete; one strategy for every test."""
    every = {field.key: of_field(field) for field in schemas.fields("resource")}
    return st.fixed_dictionaries({}, optional=every)


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """A good submission with a few of its values replaced or left out."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(documents())))
    for _ in range(draw(st.integers(1, 4))):
        field = draw(st.sampled_from(schemas.fields("resource")))
        if field.key == "items" and document.get("items"):
            item = draw(st.sampled_from(document["items"]))
            child = draw(st.sampled_from(field.children))
            item[child.key] = draw(of_field(child))
        else:
            document[field.key] = draw(of_field(field))
        if draw(st.booleans()):
            document.pop(field.key, None)
    return document


@st.composite
def submissions(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that pass as a submission."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(documents())))
    document["abstract"] = "本资源说明数据的来源" + draw(words)
    document["census"] = {
        "total_gb": draw(st.none() | st.floats(0, 1e15)),
        "shared_wan": draw(st.integers(0, 10**12)),
    }
    document["extras"] = [{"key": draw(words), "value": draw(words) + "\n" + draw(words)}]
    document["keywords"] = draw(st.lists(single, min_size=1, max_size=10, unique=True))
    return document
