"""Packages of other catalogues: what is understood goes into its field, the rest stays as it came.

Never fails, whatever is missing or odd. What others call our fields stands in `foreign.json`.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from connectors.incoming import Document, text
from schemas import Field

# Ends the key of an extra whose value is JSON.
JSON = ":json"
_GROUP = "theme-"

# What CKAN computes or keeps for itself; everything else of a foreign package is content.
_COMPUTED = frozenset(
    {
        "title", "notes", "tags", "tag_string", "groups", "resources", "extras", "organization",
        "owner_org", "state", "type", "private", "num_resources", "num_tags", "isopen",
        "metadata_created", "metadata_modified", "creator_user_id", "revision_id",
        "relationships_as_object", "relationships_as_subject", "license_title", "license_url",
        "tracking_summary",
    }
)  # fmt: skip


@cache
def fields() -> Mapping[str, Field]:
    """Every field of a document by its key."""
    return {one.key: one for one in schemas.fields("resource")}


@cache
def _words() -> Any:
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def extras_of(package: Mapping[str, Any]) -> dict[str, str]:
    """The extras by key, values as text; CKAN writes a list, older dumps an object."""
    raw = package.get("extras")
    if isinstance(raw, Mapping):
        pairs = list(raw.items())
    else:
        listed = raw if isinstance(raw, list) else []
        pairs = [(one.get("key"), one.get("value")) for one in listed if isinstance(one, Mapping)]
    return {key: _plain(value) for key, value in pairs if isinstance(key, str) and key}


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def group_name(theme: str) -> str:
    """The name of the group that stands for a theme, in the letters CKAN allows."""
    return _GROUP + theme.replace("/", "-")


def theme_of(name: str) -> str:
    """The code of the theme a group of ours stands for; "" for another name."""
    return name.removeprefix(_GROUP).replace("-", "/") if name.startswith(_GROUP) else ""


def native(package: Mapping[str, Any]) -> Document:
    """What stands where CKAN itself has a place for it."""
    made: Document = {}
    for key, field in (("title", "name"), ("notes", "abstract")):
        if isinstance(package.get(key), str) and package[key]:
            made[field] = package[key]
    lists = {
        "keywords": _names(package.get("tags"), "name", "display_name"),
        "themes": [code for code in map(_theme, _rows(package.get("groups"))) if code],
        "format_types": _names(package.get("resources"), "format"),
    }
    made.update({field: list(dict.fromkeys(values)) for field, values in lists.items() if values})
    return made


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: object, *keys: str) -> list[str]:
    found = []
    for row in _rows(value):
        named = [row.get(key) for key in keys] if isinstance(row, Mapping) else [row]
        name = next((one for one in named if isinstance(one, str) and one), None)
        if name is not None:
            found.append(name)
    return found


def _theme(row: object) -> str | None:
    if not isinstance(row, Mapping):
        return None
    code = theme_of(text(row.get("name")))
    if code in schemas.codes.values("theme"):
        return code
    titles = [text(row.get(key)) for key in ("title", "display_name", "name")]
    return next((c for t in titles if t and (c := schemas.codes.code_of("theme", t))), None)


def document(package: Mapping[str, Any], extras: Mapping[str, str]) -> Document:
    """The document of somebody else's package: what is understood in its field, the rest kept."""
    made = {key: _tidy(value) for key, value in native(package).items()}
    tags = package.get("tag_string")
    if "keywords" not in made and isinstance(tags, str) and tags.strip():
        made["keywords"] = [one.strip() for one in tags.split(",") if one.strip()]
    if "name" not in made and text(package.get("name")):
        made["name"] = text(package.get("name"))
    if package.get("private") is True:
        made["visibility"] = "3"
    kept = {key: _plain(value) for key, value in package.items() if key not in _COMPUTED}
    if (slug_ := kept.pop("name", "")) not in ("", kept.get("id"), made.get("name")):
        kept["ckan_name"] = slug_
    kept |= {f"group:{n}": title for n, title in enumerate(_unknown_groups(package), start=1)}
    for key, value in extras.items():
        if not _takes(made, key, value):
            kept[key] = value
    _take_items(made, package)
    _take_format_class(made)
    foreign = [{"key": key, "value": value} for key, value in kept.items() if value.strip()]
    if foreign:
        made["extras"] = foreign
    return made


def _tidy(value: Any) -> Any:
    """Texts as the rules want them: no blanks around, one kind of line end."""
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _unknown_groups(package: Mapping[str, Any]) -> list[str]:
    unknown = [row for row in _rows(package.get("groups")) if _theme(row) is None]
    return _names(unknown, "title", "display_name", "name")


def _takes(made: Document, key: str, value: str) -> bool:
    """Put an extra into the field of its name; False when it is to be kept as it stands.

    A key of another catalogue is an interpretation: the field takes the value, the extra stays.
    """
    plain = value.strip()
    own = _field_named(key)
    if own is not None and plain:
        return _fills(made, own, plain, exact=True)
    for name in _words()["keys"].get(key.strip().lower(), ()):
        field = fields().get(name)
        if field is not None and plain and _fills(made, field, plain, exact=False):
            break
    return False


@cache
def _field_named(key: str) -> Field | None:
    """The field whose key or title this is."""
    name = key.removesuffix(JSON).strip()
    titled = {title: one for one in fields().values() for title in one.labels.values()}
    found = fields().get(name) or titled.get(name)
    return None if found is None or found.key == "extras" else found


def _fills(made: Document, field: Field, value: str, *, exact: bool) -> bool:
    if field.key in made:
        return False
    if field.kind in ("codes", "list"):
        parts = _parts(value)
        coded = [_code(field, part) for part in parts]
        known = [one for one in coded if one] if field.codes else parts
        if not known or (exact and len(known) < len(parts)):
            return False
        made[field.key] = list(dict.fromkeys(known))
        return True
    if field.kind in ("rows", "group", "number", "boolean"):
        return _fills_json(made, field, value)
    if field.codes and field.codes != "class_path":
        code = _code(field, value)
        if code is None:
            return False
        made[field.key] = code
        return True
    made[field.key] = _tidy(value)
    return True


def _fills_json(made: Document, field: Field, value: str) -> bool:
    try:
        found = schemas.loads(value)
    except schemas.Unreadable:
        return False
    if not isinstance(found, dict if field.kind == "group" else list):
        return False
    made[field.key] = found
    return True


def _code(field: Field, value: str) -> str | None:
    if field.codes in (None, "class_path"):
        return value
    known = _words()["values"].get(field.key, {}).get(value)
    return known or schemas.codes.code_of(str(field.codes), value)


def _parts(value: str) -> list[str]:
    try:
        found = schemas.loads(value)
    except schemas.Unreadable:
        found = None
    if isinstance(found, list):
        return [one.strip() for one in found if isinstance(one, str) and one.strip()]
    for mark in "，、；;":
        value = value.replace(mark, ",")
    return [one.strip() for one in value.split(",") if one.strip()]


def _take_items(made: Document, package: Mapping[str, Any]) -> None:
    """Data elements from the table schema of the first resource that has one."""
    if "items" in made:
        return
    for row in _rows(package.get("resources")):
        schema = row.get("schema") if isinstance(row, Mapping) else None
        fields = schema.get("fields") if isinstance(schema, Mapping) else None
        items = [_item(one) for one in _rows(fields) if isinstance(one, Mapping)]
        if items := [item for item in items if item.get("name")]:
            made["items"] = items
            return


def _item(field: Mapping[str, Any]) -> Document:
    info = field.get("info")
    label = info.get("label") if isinstance(info, Mapping) else None
    physical = text(field.get("name") or field.get("id"))
    titles = [text(one) for one in (field.get("title"), label)]
    name = next((one for one in titles if one), physical)
    said = text(field.get("type"))
    kind = _words()["types"].get(said.lower()) or schemas.codes.code_of("data_type", said)
    item = {"name": name, "nullable": True, "primary_key": False}
    if physical and physical != name:
        item["field_name"] = physical
    if kind:
        item["data_type"] = kind
    if description := text(field.get("description")):
        item["note"] = description
    return item


def _take_format_class(made: Document) -> None:
    """The class of the formats where all of them belong to one; otherwise a person must say."""
    formats = made.get("format_types")
    if "format_class" in made or not isinstance(formats, list) or not formats:
        return
    lowered = [one.lower() for one in formats]
    for code in schemas.codes.values("format"):
        known = {one.lower(): one for one in schemas.codes.values(f"format_type.{code}")}
        if all(one in known for one in lowered) and "其他" not in lowered:
            made["format_class"] = code
            made["format_types"] = [known[one] for one in lowered]
            return


def said(extras: Mapping[str, str]) -> dict[str, str]:
    """What foreign extras say of the entry around its document: unit, code, date."""
    said: dict[str, str] = {}
    for key, value in extras.items():
        for name in _words()["keys"].get(key.strip().lower(), ()):
            if name not in fields() and value.strip():
                said.setdefault(name, value.strip())
    return said


def department(
    package: Mapping[str, Any], extras: Mapping[str, str], said: Mapping[str, str]
) -> tuple[str, str]:
    """Code and name of the providing unit, "" for what the package does not say."""
    unit = package.get("organization")
    unit = unit if isinstance(unit, Mapping) else {}
    code = extras.get("department_code") or said.get("department_code") or text(unit.get("name"))
    owner = text(package.get("owner_org"))
    names = (unit.get("title"), unit.get("display_name"), said.get("department"), owner, code)
    return text(code), next((text(one) for one in names if text(one)), "")
