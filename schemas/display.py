"""A document printed for reading: labels for codes, sections for groups, sentences for shares."""

from collections.abc import Mapping
from typing import Any

from schemas import codes
from schemas.checks import items
from schemas.fields import Field, fields, groups
from schemas.schema import Record
from schemas.wording import messages

Section = tuple[str, list[tuple[str, str]]]


def display(
    document: Mapping[str, Any], locale: str = "zh", name: str | Record = "resource"
) -> list[Section]:
    """The filled sections as (heading, [(field title, printed value)]); items are left out.

    Items are a table of their own: print their cells with `printed`. Total over drafts.
    """
    made: list[Section] = []
    for group in groups(name):
        shown = [one for one in fields(name) if one.group == group.key and one.key != "items"]
        lines = [line for one in shown for line in _lines(one, document.get(one.key), locale)]
        if lines:
            made.append((group.title(locale), lines))
    return made


def printed(field: Field, value: Any, locale: str = "zh") -> str:
    """One value as a reader sees it; "" for an absent one, a wrong one as it was typed."""
    words = messages(locale)["print"]
    if value is None:
        return str(words["unknown"]) if field.nullable else ""
    if isinstance(value, bool):
        return str(words["yes"] if value else words["no"])
    if isinstance(value, list):
        return str(words["join"]).join(_part(field, part, locale) for part in value)
    return _part(field, value, locale)


def share_condition(document: Mapping[str, Any], locale: str = "zh") -> str:
    """The printed 共享条件, derived from the three conditions or the basis, never stored."""
    words = messages(locale)["print"]
    parts = []
    types = [_text(one.get("share_type")) for one in (document, *items(document))]
    stated = [(key, document.get(f"share_{key}")) for key in ("scope", "use", "other")]
    if "2" in types:
        parts += [words[key].format(text=text) for key, text in stated if _text(text)]
    elif types[0] == "1":
        parts.append(_text(document.get("share_use")) or words["no_condition"])
    basis = document.get("withheld_basis")
    if "3" in types and isinstance(basis, dict):
        known = {key: _text(basis.get(key)) for key in ("reason", "title", "article")}
        if any(known.values()):
            parts.append(words["basis"].format(**known))
    return str(words["then"]).join(parts)


def _lines(field: Field, value: Any, locale: str) -> list[tuple[str, str]]:
    if value is None or value in ("", [], {}):
        return []
    if field.kind == "group" and isinstance(value, dict):
        return [
            (title if field.key == "census" else f"{field.title(locale)}·{title}", text)
            for child in field.children
            if child.key in value
            for title, text in [(child.title(locale), _group(child, value[child.key], locale))]
        ]
    return [(field.title(locale), printed(field, value, locale))]


def _group(field: Field, value: Any, locale: str) -> str:
    if field.kind == "group" and isinstance(value, dict):
        parts = (printed(child, value.get(child.key), locale) for child in field.children)
        return " ".join(part for part in parts if part)
    return printed(field, value, locale)


def _part(field: Field, value: Any, locale: str) -> str:
    if isinstance(value, dict):
        return _pair(field, value, locale)
    if field.codes and isinstance(value, str):
        return codes.label(field.codes, value, locale)
    return str(value)


def _pair(field: Field, value: Mapping[str, Any], locale: str) -> str:
    """A row in one line: its name with its code, else its parts in order."""
    if value.get("name") and value.get("code"):
        pair = messages(locale)["print"]["pair"]
        return str(pair.format(name=value["name"], code=value["code"]))
    parts = (printed(child, value.get(child.key), locale) for child in field.children)
    return " ".join(part for part in parts if part)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
