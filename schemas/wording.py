"""Sentences about problems: one template per rule or keyword and language, in `messages/`."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from schemas import codes
from schemas.fields import Field, field, fields
from schemas.schema import Record
from schemas.unknown import Unknown

MESSAGES = Path(__file__).parent / "messages"


@cache
def messages(locale: str) -> Mapping[str, Any]:
    """The templates of a language; Chinese for a language we do not speak."""
    path = MESSAGES / f"{locale}.json"
    if not path.is_file():
        return messages("zh")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def template(code: str, rule: str | None, locale: str = "zh") -> str:
    """The sentence for a problem: of the rule and the word, of the rule, or of the word."""
    known = messages(locale)["problems"]
    for key in (f"{rule}.{code}", rule, code):
        if key in known:
            return str(known[key])
    return str(known["other"])


def sentence(
    record: str | Record,
    pointer: str,
    code: str,
    params: Mapping[str, object],
    rule: str | None,
    locale: str = "zh",
) -> str:
    """The whole sentence. `{inside}` is where the field stands, `{at}` that and the field."""
    inside, title, choice = place(record, pointer, params, locale)
    if code == "required" and choice and not known(f"{rule}.required"):
        code = "required-choice"
    answered = field(record, pointer)
    if code == "type" and answered is not None and answered.kind == "number":
        code = f"type-{answered.typed or 'number'}"
    if code == "code-unknown" and "near" in params:
        code = "code-near"
    words = messages(locale)["words"]
    facts = {
        **dict.fromkeys(("value", "limit", "given", "first", "key"), ""),
        **params,
        "value": _value(record, pointer, params.get("value"), locale),
        "title": title,
        "choices": _choices(params.get("listed"), locale),
        "near": codes.label(str(params["listed"]), params["near"], locale)
        if "near" in params
        else "",
        "inside": inside + words["then"] if inside else "",
        "at": inside + words["of"] + title if inside and title else inside or title,
    }
    return template(code, rule, locale).format(**facts)


def known(key: str) -> bool:
    """Whether there is a sentence of this very name."""
    return key in messages("zh")["problems"]


def obligation(record: str | Record, one: Field, locale: str = "zh") -> str:
    """In which cases an optional field must be filled, in words; "" where in none."""
    words = messages(locale)["words"]
    told: dict[str, list[str]] = {}
    for case in one.when:
        decides = field(record, "/" + case.name.replace(".", "/"))
        if decides is None:
            continue
        values = told.setdefault(decides.title(locale), [])
        for value in case.values:
            label = codes.label(decides.codes, value, locale) if decides.codes else value
            values += [] if label in values else [label]
    cases = [
        words["case"].format(title=title, values=words["between"].join(values))
        for title, values in told.items()
    ]
    return words["must"].format(cases=words["or"].join(cases)) if cases else ""


def _choices(listed: object, locale: str) -> str:
    return Unknown("", "", listed).choices(locale) if isinstance(listed, str) else ""


def place(
    record: str | Record, pointer: str, params: Mapping[str, object], locale: str
) -> tuple[str, str, bool]:
    """Where a pointer stands, its own name, and whether it is filled by choosing."""
    words = messages(locale)["words"]
    above: list[str] = []
    names: list[str] = [words["whole"]] if pointer in ("", "/") else []
    here, below, choice = None, fields(record), False
    for part in pointer.split("/")[1:]:
        if part.isdigit() and here is not None and here.kind in ("rows", "list", "codes"):
            above, names = above + names[:-1], [_row(here, int(part), params, locale)]
            continue
        here = next((one for one in below if one.key == part), None)
        names.append(here.title(locale) if here else part.replace("~1", "/").replace("~0", "~"))
        below = here.children if here else ()
        # The data elements of an entry are ticked, not typed, though they are no code list.
        choice = here is not None and (here.codes is not None or here.widget == "elements")
    *outer, last = names
    return words["of"].join(above + outer), last, choice


def _row(rows: Field, position: int, params: Mapping[str, object], locale: str) -> str:
    words = messages(locale)["words"]
    name = words["named"].format(name=params["row"]) if params.get("row") else ""
    return str(words["row"].format(title=rows.one(locale), number=position + 1, name=name))


def _value(record: str | Record, pointer: str, value: object, locale: str) -> str:
    answered = field(record, pointer)
    if answered is not None and answered.codes and isinstance(value, str):
        return codes.label(answered.codes, value, locale)
    return "" if value is None else str(value)
