"""The few rules about one document that JSON Schema cannot say, and the warnings.

Each check takes a document of draft strength, whatever it holds, and yields
(pointer, code, facts, rule). A check that meets a wrong type says nothing: the schema does.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from schemas import codes

Found = tuple[str, str, Mapping[str, object], str | None]
Check = Callable[[Mapping[str, Any]], Iterator[Found]]
Table = Mapping[str, tuple[Check, ...]]

CONDITIONS = ("share_scope", "share_use", "share_other")
PARTS_OF = (
    ("shared_gb", "total_gb"),
    ("open_gb", "total_gb"),
    ("shared_wan", "records_wan"),
    ("open_wan", "records_wan"),
)


def plain(text: object) -> str:
    """A text as names are compared: NFKC, without any blank; "" for anything but a text."""
    if not isinstance(text, str):
        return ""
    return "".join(unicodedata.normalize("NFKC", text).split())


def items(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items as they are written, an unusable one as an empty mapping so positions hold."""
    listed = document.get("items")
    if not isinstance(listed, list):
        return []
    return [item if isinstance(item, dict) else {} for item in listed]


def item_at(pointer: str) -> int | None:
    """The position of the item that a pointer as "/items/3/level" leads into; None of any other."""
    _, *parts = pointer.split("/")
    at = parts[1] if parts[:1] == ["items"] and len(parts) > 1 else ""
    return int(at) if at.isascii() and at.isdigit() and len(at) < 6 else None


# errors of a submission ------------------------------------------------------------------------


def _abstract_says_more(document: Mapping[str, Any]) -> Iterator[Found]:
    name, abstract = plain(document.get("name")), plain(document.get("abstract"))
    if not abstract:
        return
    if abstract == name:
        yield "/abstract", "abstract-equals-name", {}, None
    elif len(abstract) < 10 <= len(document["abstract"]):
        # Ten characters, not ten with blanks between them.
        yield "/abstract", "minLength", {"limit": 10, "given": len(abstract)}, None


def _item_names_differ(document: Mapping[str, Any]) -> Iterator[Found]:
    first: dict[str, int] = {}
    for position, item in enumerate(items(document)):
        name = plain(item.get("name"))
        if name and name in first:
            facts = {"value": item["name"], "first": first[name] + 1}
            yield f"/items/{position}/name", "duplicate-item", facts, None
        first.setdefault(name, position)


def _item_ids_differ(document: Mapping[str, Any]) -> Iterator[Found]:
    seen: set[str] = set()
    for position, item in enumerate(items(document)):
        key = item.get("id")
        if isinstance(key, str) and key in seen:
            yield f"/items/{position}/id", "duplicate-id", {"value": key}, None
        elif isinstance(key, str):
            seen.add(key)


def _parts_fit_the_whole(document: Mapping[str, Any]) -> Iterator[Found]:
    census = document.get("census")
    if not isinstance(census, dict):
        return
    for part, whole in PARTS_OF:
        one, total = _number(census.get(part)), _number(census.get(whole))
        if one is not None and total is not None and one > total:
            yield f"/census/{part}", "census", {"value": one, "limit": total}, None


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


# warnings --------------------------------------------------------------------------------------


@cache
def _conditions_pattern() -> re.Pattern[str]:
    return re.compile("|".join(codes.table("share_rules")["s3_patterns"]))


@cache
def _secret_words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, codes.table("share_rules")["s5_words"])))


def _home_made_conditions(document: Mapping[str, Any]) -> Iterator[Found]:
    for key in CONDITIONS:
        found = _conditions_pattern().search(_text(document.get(key)))
        if found:
            yield f"/{key}", "home-made-condition", {"value": found.group()}, "S3"


def _base_library_is_shared(document: Mapping[str, Any]) -> Iterator[Found]:
    stricter = document.get("share_type") in ("2", "3")
    if document.get("base_library") and stricter and not _answered(document):
        yield "/share_type", "base-library", {"value": document["base_library"]}, "S4"


def _secret_sounding(document: Mapping[str, Any]) -> Iterator[Found]:
    for pointer, text in _texts(document, ""):
        found = _secret_words().search(text)
        if found:
            yield pointer, "secret-word", {"value": found.group()}, "S5"


def _sensitive_without_condition(document: Mapping[str, Any]) -> Iterator[Found]:
    if _answered(document):
        return
    sensitive = codes.values("pi_kind.sensitive")
    for position, item in enumerate(items(document)):
        kind = item.get("pi_kind")
        if isinstance(kind, str) and kind in sensitive and item.get("share_type") == "1":
            yield f"/items/{position}/share_type", "sensitive-unconditional", {"value": kind}, "S8"


def _answered(document: Mapping[str, Any]) -> bool:
    return bool(_text(document.get("note")).strip())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, f"{pointer}/{key}")
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _texts(part, f"{pointer}/{position}")


RESOURCE = "urn:wuhai:record:resource"
CHECKS: Table = {
    RESOURCE: (_abstract_says_more, _item_names_differ, _item_ids_differ, _parts_fit_the_whole)
}
WARNINGS: Table = {
    RESOURCE: (
        _home_made_conditions,
        _base_library_is_shared,
        _secret_sounding,
        _sensitive_without_condition,
    )
}
