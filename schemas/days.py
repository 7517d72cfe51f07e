"""What a day may be as the reader's clock stands: the annotation `x-day` of a record.

`{"after": "today", "years": 10}` wants a day to come, `{"until": "today", "years": 80}` one that
was; `years` bounds how far off, so that a slip of the key (2207, 1026) is no review day.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from schemas.errors import Problem
from schemas.fields import Field, fields
from schemas.schema import Record


def untimely(name: str | Record, document: Mapping[str, Any], today: date) -> list[Problem]:
    """The days of a draft-valid document that cannot be meant, in form order.

    What is no day at all says nothing here: the schema does.
    """
    return [
        Problem(pointer, code, facts, record=name)
        for pointer, code, facts in _found(fields(name), document, "", today)
    ]


Found = tuple[str, str, Mapping[str, object]]


def _found(
    among: tuple[Field, ...], held: Mapping[str, Any], above: str, today: date
) -> Iterator[Found]:
    for one in among:
        value, pointer = held.get(one.key), f"{above}/{one.key}"
        if one.kind == "group" and isinstance(value, Mapping):
            yield from _found(one.children, value, pointer, today)
        elif one.kind == "rows" and isinstance(value, list):
            for at, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from _found(one.children, row, f"{pointer}/{at}", today)
        elif one.day and isinstance(value, str):
            yield from _judged(one.day, value, pointer, today)


def _judged(rule: Mapping[str, Any], text: str, pointer: str, today: date) -> Iterator[Found]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return
    if "after" in rule and day <= today:
        yield pointer, "past", {"value": text}
    elif "until" in rule and day > today:
        yield pointer, "future", {"value": text}
    elif "years" in rule and abs(day.year - today.year) > rule["years"]:
        yield pointer, "far", {"value": text, "limit": rule["years"]}
