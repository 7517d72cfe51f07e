"""Where grade, kind, type of sharing or release profile of a column forbid what a plan does.

The rules are data (`data/contradictions.json`): each a sentence that names the column and the
remedy, with the article or standard it rests on.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from anonymization import headers
from anonymization.wording import Fault, tables

Column = Mapping[str, Any]


@cache
def rules() -> Mapping[str, Mapping[str, Any]]:
    """Every rule by its id."""
    text = (files("anonymization") / "data" / "contradictions.json").read_text("utf-8")
    return {row["id"]: row for row in json.loads(text)["rules"]}


def found(
    profile: Mapping[str, Any],
    column: Column,
    technique: Mapping[str, Any],
    use: Collection[str] = (),
) -> list[Fault]:
    """Every contradiction of one column that a plan releases in this profile; empty when none.

    `use` are the columns the purpose is said to need, none where the plan does not say.
    """
    if technique["id"] == "suppress":
        return []
    faults = [*_of_entry(profile, column, technique), *_of_profile(profile, column, technique)]
    if profile["id"] == "interface" and use and column["name"] not in use:
        faults.append(_fault("ITEM_NOT_NEEDED", column))
    return faults


def _of_entry(profile: Mapping[str, Any], column: Column, technique: Column) -> Iterator[Fault]:
    """What the catalogue says of the element: grade, types of sharing and opening, kind."""
    level, law = column.get("level"), published(column)
    if level in rules()["GRADE_FORBIDS"]["levels"]:
        yield _fault("GRADE_FORBIDS", column, rules()["GRADE_FORBIDS"]["levels"][level])
        return
    kept = technique["id"] == "keep"
    if profile["public"]:
        shut = [key for key in ("open_type", "share_type") if column.get(key) == "3"]
        if shut and not technique["irreversible"] and not law:
            yield _fault("OPEN_TYPE_FORBIDS", column, _SHUT[shut[0]])
        elif kept and (fault := _too_high(column, law)) is not None:
            yield fault
        # Without a law it is a direct identifier kept, and told as that.
        if kept and law and column.get("kind") in rules()["NEVER_OPEN"]["kinds"]:
            yield _fault("NEVER_OPEN", column, _named(str(column["kind"])))
    elif column.get("share_type") == "3" and not technique["irreversible"] and not law:
        yield _fault("SHARE_TYPE_FORBIDS", column)


_SHUT = {
    "open_type": {"zh": "不予开放", "en": "not open"},
    "share_type": {"zh": "不予共享", "en": "withheld"},
}


def published(column: Column) -> bool:
    """Whether a law that orders publication is named for a column."""
    return bool((column.get("open_basis") or "").strip())


def _too_high(column: Column, law: bool) -> Fault | None:
    """The grade of what is opened as it is; what k protects is judged on the release."""
    level, rule = column.get("level"), rules()["GRADE_ABOVE_OPEN"]
    most = rule["highest"]["law" if law else "none"]
    if level not in {"1", "2", "3", "4"} or int(level) <= most:
        return None
    if not law and column.get("role", "other") != "other":
        return None
    return _fault(
        "GRADE_ABOVE_OPEN",
        column,
        {"zh": level, "en": level},
        most={"zh": most, "en": most},
        what=rule["what"]["law" if law else "none"],
    )


def _of_profile(profile: Mapping[str, Any], column: Column, technique: Column) -> Iterator[Fault]:
    """What the profile asks of any column."""
    role, kind = column.get("role", "other"), str(column.get("kind") or "")
    if technique["id"] == "keep" and not profile["names"] and not published(column):
        if role == "direct":
            yield _fault("DIRECT_KEPT", column)
        elif headers.items().get(kind, {}).get("role") == "direct":
            title = next(row for row in tables()["roles"] if row["id"] == role)
            yield _fault("ROLE_CONTRADICTS_KIND", column, _named(kind), role=title)
    if technique["id"] == "mask" and profile["public"]:
        yield _fault("MASK_IN_OPEN", column)
    if profile["id"] in technique.get("not_in", ()):
        yield _fault("ENCRYPTED_IN_RELEASE", column, technique=technique, profile=profile)


def _named(kind: str) -> dict[str, str]:
    return {"zh": kind, "en": str(headers.items().get(kind, {}).get("en", kind))}


def _fault(
    rule: str, column: Column, word: Mapping[str, Any] | None = None, **more: Mapping[str, Any]
) -> Fault:
    return fault(rule, str(column["name"]), None, word, **more)


def fault(
    rule: str,
    name: str,
    field: str | None = None,
    word: Mapping[str, Any] | None = None,
    **more: Mapping[str, Any],
) -> Fault:
    """The fault of a rule at one column, or at a field of it."""
    row = rules()[rule]
    said = {}
    for locale in ("zh", "en"):
        facts = {name: told[locale] for name, told in {"word": word, **more}.items() if told}
        said[locale] = row[locale].format(name=name, **facts)
    return _of(rule, name, said, field)


def many(rule: str, names: Mapping[str, str], count: int, field: str) -> Fault:
    """The fault of a rule at so many columns, told at a field of the plan in one sentence."""
    told = rules()[rule]["many"]
    said = {locale: told[locale].format(names=names[locale], n=count) for locale in ("zh", "en")}
    return _of(rule, None, said, field)


def _of(rule: str, name: str | None, said: Mapping[str, str], field: str | None) -> Fault:
    row = rules()[rule]
    zh, en = f"{said['zh']}（{row['law']['zh']}）", f"{said['en']} ({row['law']['en']})"
    return Fault(row.get("code", rule), name, zh, en, field)
