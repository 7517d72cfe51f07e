"""CKAN packages ↔ documents.

A package of ours carries the whole document: title, notes, tags, groups and resources where CKAN
has a place for a field, `extras` for every other one, under its own key. A value that is no text
stands as JSON under the key with `:json` after it. So `document` gives back exactly what `package`
was given, whatever a draft may hold; foreign extras come back as they came.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from connectors.incoming import Document, Incoming, day, fit, source_id, text
from schemas import Field

JSON = ":json"
ODD = "extras:odd"
# Facts of the entry that stand among the extras of a package of ours; `key` marks it as ours.
FACTS = ("key", "code", "department_code", "level", "remediation_due")
GROUP = "theme-"

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


@dataclass(frozen=True)
class About:
    """What stands around a document: the facts of its entry, as the reader may know them."""

    key: str
    code: str | None = None
    department_key: str = ""
    department_code: str = ""
    department_name: str = ""
    level: str | None = None
    state: str = "active"
    version: int = 1
    created: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    modified: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    remediation_due: str | None = None
    address: str = ""


def package(document: Mapping[str, Any], about: About) -> dict[str, Any]:
    """The package of a document; total over whatever a draft may hold."""
    left = dict(document)
    title, notes = _taken_text(left, "name"), _taken_text(left, "abstract")
    keywords = _taken_list(left, "keywords")
    themes = _taken_list(left, "themes", schemas.codes.values("theme"))
    formats = _taken_list(left, "format_types")
    foreign = _taken_extras(left)
    extras = [*_facts(about), *(_extra(key, value) for key, value in left.items()), *foreign]
    resources = [_resource(document, about, n, one) for n, one in enumerate(formats)]
    return {
        "id": about.key,
        "name": slug(about),
        "title": title,
        "notes": notes,
        "url": about.address or None,
        "version": str(about.version),
        "author": about.department_name or None,
        "author_email": None,
        "maintainer": None,
        "maintainer_email": None,
        "license_id": None,
        "license_title": None,
        "isopen": False,
        "private": document.get("visibility") != "1",
        "state": about.state,
        "type": "dataset",
        "owner_org": about.department_key or None,
        "organization": organization(about) if about.department_code else None,
        "groups": [group(code) for code in themes],
        "tags": [tag(word) for word in keywords],
        "extras": extras,
        "num_resources": len(resources),
        "num_tags": len(keywords),
        "metadata_created": moment(about.created),
        "metadata_modified": moment(about.modified),
        "resources": resources,
    }


def slug(about: About) -> str:
    """The name of a package: its code in the letters CKAN allows, its key while it has none."""
    return about.code.replace("/", "-") if about.code else about.key


def moment(when: datetime) -> str:
    """A moment as CKAN writes it: UTC, no zone, microseconds."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def tag(word: str) -> dict[str, Any]:
    """A keyword as a tag."""
    digest = hashlib.sha256(word.encode()).hexdigest()
    return {
        "id": f"tag-{digest[:16]}",
        "name": word,
        "display_name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def group(code: str) -> dict[str, Any]:
    """A theme as a group."""
    name, title = GROUP + code.replace("/", "-"), schemas.codes.label("theme", code)
    return {"id": name, "name": name, "title": title, "display_name": title, "description": ""}


def organization(about: About) -> dict[str, Any]:
    """The providing department as an organization."""
    return {
        "id": about.department_key,
        "name": about.department_code,
        "title": about.department_name,
        "type": "organization",
        "description": "",
        "image_url": "",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def _taken_text(left: Document, key: str) -> str | None:
    value = left.get(key)
    return left.pop(key) if isinstance(value, str) and value else None


def _taken_list(left: Document, key: str, known: Iterable[str] | None = None) -> list[str]:
    value = left.get(key)
    if not isinstance(value, list) or not value:
        return []
    if not all(isinstance(one, str) and one for one in value) or len(set(value)) < len(value):
        return []
    if known is not None and not set(value) <= set(known):
        return []
    return left.pop(key)  # type: ignore[no-any-return]


def _taken_extras(left: Document) -> list[dict[str, str]]:
    """The extras of the document as extras of the package.

    Those that could not be told from ours, or are none, stand with their places under ODD.
    """
    value = left.get("extras")
    if not isinstance(value, list) or not value:
        return []
    left.pop("extras")
    plain: dict[str, str] = {}
    odd: dict[str, Any] = {}
    for n, one in enumerate(value):
        if _is_plain(one) and one["key"] not in plain:
            plain[one["key"]] = one["value"]
        else:
            odd[str(n)] = one
    made = [{"key": key, "value": text_} for key, text_ in plain.items()]
    return [*made, _extra(ODD, odd)] if odd else made


def _is_plain(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == {"key", "value"}
        and isinstance(one["value"], str)
        and isinstance(one["key"], str)
        and one["key"] != ""
        and not _is_ours(one["key"])
    )


def _is_ours(key: str) -> bool:
    return key.removesuffix(JSON) in (*_fields(), ODD) or key in FACTS


def _extra(key: str, value: object) -> dict[str, str]:
    if isinstance(value, str):
        return {"key": key, "value": value}
    return {"key": key + JSON, "value": json.dumps(value, ensure_ascii=False)}


def _facts(about: About) -> list[dict[str, str]]:
    return [{"key": name, "value": str(value)} for name in FACTS if (value := getattr(about, name))]


def _resource(
    document: Mapping[str, Any], about: About, position: int, format_: str
) -> dict[str, Any]:
    digest = hashlib.sha256(format_.encode("utf-8", "replace")).hexdigest()[:8]
    name = document.get("name")
    return {
        "id": f"{about.key}-{digest}",
        "package_id": about.key,
        "name": name if isinstance(name, str) else "",
        "description": "",
        "url": about.address,
        "url_type": None,
        "format": format_,
        "mimetype": None,
        "size": None,
        "hash": "",
        "created": moment(about.created),
        "last_modified": moment(about.modified),
        "metadata_modified": moment(about.modified),
        "position": position,
        "state": "active",
        "datastore_active": False,
        "schema": {"fields": _schema_fields(document) if position == 0 else []},
    }


def _schema_fields(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The data elements as fields of a table schema: what readers of one resource look at."""
    items = document.get("items")
    return [
        {"name": item.get("field_name") or item.get("name"), "title": item.get("name")}
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    ]


# packages that come in ------------------------------------------------------------------------


@cache
def _fields() -> Mapping[str, Field]:
    return {one.key: one for one in schemas.fields("resource")}


@cache
def _words() -> Any:
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def is_deleted(package: Mapping[str, Any]) -> bool:
    """Whether the package was taken out of its catalogue: it is none to take over."""
    return package.get("state") == "deleted"


def incoming(place: int, package: Mapping[str, Any]) -> Incoming:
    """The entry a package stands for; never fails, whatever is missing or odd."""
    extras = _extras_of(package)
    ours = _carries_key(package, extras)
    made = document(package)
    said = {} if ours else _said(extras)
    fitted, cut = fit(made)
    code, name = _department(package, extras, said)
    return Incoming(
        place,
        source_id(package.get("id"), package.get("name"), package),
        fitted,
        department_code=code,
        department_name=name,
        code=text(extras.get("code") or said.get("code"))[:64] or None,
        published_on=day(said.get("published_on") or package.get("metadata_created")),
        cut=cut,
    )


def document(package: Mapping[str, Any]) -> Document:
    """The document of a package; that of a package of ours is exactly the one it was made of."""
    extras = _extras_of(package)
    if _carries_key(package, extras):
        try:
            return _own(package, extras)
        except (ValueError, AttributeError):
            # Marked as ours and changed since by somebody else's hands: read like any other.
            pass
    return _foreign(package, extras)


def _carries_key(package: Mapping[str, Any], extras: Mapping[str, str]) -> bool:
    return bool(extras.get("key")) and extras.get("key") == package.get("id")


def _extras_of(package: Mapping[str, Any]) -> dict[str, str]:
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


def _own(package: Mapping[str, Any], extras: Mapping[str, str]) -> Document:
    made = _native(package)
    foreign: list[Any] = []
    for key, value in extras.items():
        if key in FACTS or key == ODD + JSON:
            continue
        if key.removesuffix(JSON) in _fields():
            made[key.removesuffix(JSON)] = schemas.loads(value) if key.endswith(JSON) else value
        else:
            foreign.append({"key": key, "value": value})
    odd: Any = schemas.loads(extras.get(ODD + JSON, "{}"))
    for place, one in odd.items():
        foreign.insert(int(place), one)
    if foreign:
        made["extras"] = foreign
    return made


def _native(package: Mapping[str, Any]) -> Document:
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
    name = text(row.get("name"))
    code = name.removeprefix(GROUP).replace("-", "/") if name.startswith(GROUP) else ""
    if code in schemas.codes.values("theme"):
        return code
    titles = [text(row.get(key)) for key in ("title", "display_name", "name")]
    return next((c for t in titles if t and (c := schemas.codes.code_of("theme", t))), None)


def _foreign(package: Mapping[str, Any], extras: Mapping[str, str]) -> Document:
    """The document of somebody else's package: what is understood in its field, the rest kept."""
    made = {key: _tidy(value) for key, value in _native(package).items()}
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
        field = _fields().get(name)
        if field is not None and plain and _fills(made, field, plain, exact=False):
            break
    return False


@cache
def _field_named(key: str) -> Field | None:
    """The field whose key or title this is."""
    name = key.removesuffix(JSON).strip()
    titled = {title: one for one in _fields().values() for title in one.labels.values()}
    found = _fields().get(name) or titled.get(name)
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
    kind = _words()["types"].get(text(field.get("type")).lower())
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


def _said(extras: Mapping[str, str]) -> dict[str, str]:
    """What foreign extras say of the entry around its document: unit, code, date."""
    said: dict[str, str] = {}
    for key, value in extras.items():
        for name in _words()["keys"].get(key.strip().lower(), ()):
            if name not in _fields() and value.strip():
                said.setdefault(name, value.strip())
    return said


def _department(
    package: Mapping[str, Any], extras: Mapping[str, str], said: Mapping[str, str]
) -> tuple[str, str]:
    """Code and name of the providing unit, "" for what the package does not say."""
    unit = package.get("organization")
    unit = unit if isinstance(unit, Mapping) else {}
    code = extras.get("department_code") or said.get("department_code") or text(unit.get("name"))
    owner = text(package.get("owner_org"))
    names = (unit.get("title"), unit.get("display_name"), said.get("department"), owner, code)
    return text(code), next((text(one) for one in names if text(one)), "")
