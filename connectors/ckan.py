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
from typing import Any

import schemas
from connectors import foreign
from connectors.foreign import JSON
from connectors.incoming import Document, Incoming, day, fit, source_id, text

ODD = "extras:odd"
# Facts of the entry that stand among the extras of a package of ours; `key` marks it as ours.
FACTS = ("key", "code", "department_code", "level", "remediation_due")


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

    def record(self) -> dict[str, Any]:
        """The facts by the names of the record `entry`."""
        return {
            "key": self.key,
            "code": self.code,
            "department": self.department_name,
            "department_code": self.department_code,
            "state": "published" if self.state == "active" else self.state,
            "version": self.version,
            "level": self.level,
            "published_on": self.created.date(),
            "updated_at": self.modified,
            "remediation_due": self.remediation_due,
        }


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
    name, title = foreign.group_name(code), schemas.codes.label("theme", code)
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
    return key.removesuffix(JSON) in (*foreign.fields(), ODD) or key in FACTS


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


def is_deleted(package: Mapping[str, Any]) -> bool:
    """Whether the package was taken out of its catalogue: it is none to take over."""
    return package.get("state") == "deleted"


def incoming(place: int, package: Mapping[str, Any]) -> Incoming:
    """The entry a package stands for; never fails, whatever is missing or odd."""
    extras = foreign.extras_of(package)
    ours = _carries_key(package, extras)
    made = document(package)
    said = {} if ours else foreign.said(extras)
    fitted, cut = fit(made)
    code, name = foreign.department(package, extras, said)
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
    extras = foreign.extras_of(package)
    if _carries_key(package, extras):
        try:
            return _own(package, extras)
        except (ValueError, AttributeError):
            # Marked as ours and changed since by somebody else's hands: read like any other.
            pass
    return foreign.document(package, extras)


def _carries_key(package: Mapping[str, Any], extras: Mapping[str, str]) -> bool:
    return bool(extras.get("key")) and extras.get("key") == package.get("id")


def _own(package: Mapping[str, Any], extras: Mapping[str, str]) -> Document:
    made = foreign.native(package)
    kept: list[Any] = []
    for key, value in extras.items():
        if key in FACTS or key == ODD + JSON:
            continue
        if key.removesuffix(JSON) in foreign.fields():
            made[key.removesuffix(JSON)] = schemas.loads(value) if key.endswith(JSON) else value
        else:
            kept.append({"key": key, "value": value})
    odd: Any = schemas.loads(extras.get(ODD + JSON, "{}"))
    for place, one in odd.items():
        kept.insert(int(place), one)
    if kept:
        made["extras"] = kept
    return made
