"""The judge of what no column can tell: what a field is called, where its values stand.

One entry after the other, with its document where a field looks into it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors import ckan, foreign
from registry import shown
from registry.discovery.counted import GROUPS
from registry.discovery.fielded import Entry
from registry.discovery.rows import Row

# Fields of plain text: a value is looked for inside, not compared.
WORDS = frozenset({"text", "title", "notes", "author", "res_name", "name_ngram", "title_ngram"})


def sort(rows: list[Row], order: Sequence[tuple[str, bool]]) -> None:
    """Sort by the last key first; what is equal goes by its number, so that pages never overlap."""
    keys: Mapping[str, Callable[[Row], Any]] = {
        "score": lambda row: -row.rank,
        "id": lambda row: row.about.key,
        "name": lambda row: ckan.slug(row.about),
        "title": lambda row: row.title,
        "title_string": lambda row: row.title,
        "metadata_created": lambda row: row.about.created,
        "metadata_modified": lambda row: row.about.modified,
    }
    rows.sort(key=lambda row: row.id, reverse=True)
    for name, falling in reversed(order):
        rows.sort(key=keys[name], reverse=falling)


# Known without reading the document.
FACTS: Mapping[str, Callable[[Row], Sequence[str | None]]] = {
    "*": lambda row: ("*",),
    "id": lambda row: (row.about.key,),
    "name": lambda row: (ckan.slug(row.about), row.about.code),
    "code": lambda row: (row.about.code,),
    "title": lambda row: (row.title,),
    "title_string": lambda row: (row.title,),
    "organization": lambda row: (row.about.department_code,),
    "department_code": lambda row: (row.about.department_code,),
    "owner_org": lambda row: (row.about.department_key,),
    "author": lambda row: (row.about.department_name,),
    "state": lambda row: (row.about.state,),
    "dataset_type": lambda row: ("dataset",),
    "type": lambda row: ("dataset",),
    "private": lambda row: ("false" if row.visibility == "1" else "true",),
    "capacity": lambda row: ("public" if row.visibility == "1" else "private",),
    "level": lambda row: (row.level,),
    "extras_level": lambda row: (row.level,),
    "remediation_due": lambda row: (row.about.remediation_due,),
    "metadata_created": lambda row: (ckan.moment(row.about.created),),
    "metadata_modified": lambda row: (ckan.moment(row.about.modified),),
    "license_id": lambda row: (),
}


# Fields of CKAN that stand in the document under another name.
RENAMED: Mapping[str, str] = {
    "notes": "abstract",
    "tags": "keywords",
    "res_format": "format_types",
    "res_name": "name",
}


COUNTS = frozenset({"num_tags", "num_resources"})


def entry_of(row: Row) -> Entry:
    """A row as a question is judged by it."""
    return Entry(lambda name: values(row, name), WORDS)


def values(row: Row, name: str) -> list[str]:
    """The values of a field of a row as texts; none for a field nobody knows."""
    if name in FACTS:
        return [value for value in FACTS[name](row) if value]
    document = row.document or {}
    if name in GROUPS:
        return [foreign.group_name(code) for code in shown.texts(document.get("themes"))]
    if name == "num_tags":
        return [str(len(shown.texts(document.get("keywords"))))]
    if name == "num_resources":
        return [str(len(shown.texts(document.get("format_types"))))]
    if name == "text":
        held = (row.title, row.about.department_name, row.about.code or "")
        return [" ".join([*held, *shown.texts(document)])]
    return _of_document(document, name.removeprefix("extras_"))


def _of_document(document: Mapping[str, Any], name: str) -> list[str]:
    name = RENAMED.get(name, name)
    if name in document and name != "extras":
        return shown.texts(document[name])
    extras = document.get("extras")
    return [
        text
        for one in (extras if isinstance(extras, list) else ())
        if isinstance(one, Mapping) and one.get("key") == name
        for text in shown.texts(one.get("value"))
    ]
