"""Words that stand where a code belongs: which, where, and what could have been meant."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas import codes
from schemas.fields import Field, fields
from schemas.schema import Record

# A path through a tree has its own sentence and no list short enough to be told.
_UNLISTED = frozenset({"class_path"})
# So many meanings are tried, and so many choices told: a longer list fills neither a second
# of waiting nor a sentence with sense.
_MOST = 12


@dataclass(frozen=True)
class Unknown:
    """A value of no list: where it stands, as it was typed, and the list it should be of."""

    pointer: str
    value: str
    listed: str

    def choices(self, locale: str) -> str:
        """What may be filled in, as far as a sentence has room."""
        words = list(codes.labels(self.listed, locale).values())
        between = "、" if locale == "zh" else ", "
        more = ("……" if locale == "zh" else ", …") if len(words) > _MOST else ""
        return between.join(words[:_MOST]) + more


def unknown(record: str | Record, document: object) -> list[Unknown]:
    """Every value of a coded field that is no code of its list; blanks are not among them."""
    return list(_below(fields(record), document, "")) if isinstance(document, Mapping) else []


def _below(listed: Sequence[Field], part: Mapping[str, Any], above: str) -> Iterator[Unknown]:
    for one in listed:
        value, pointer = part.get(one.key), f"{above}/{one.key}"
        if one.codes and one.codes not in _UNLISTED:
            if isinstance(value, str):
                yield from _unknown(one.codes, value, pointer)
            elif isinstance(value, list):
                for at, each in enumerate(value):
                    yield from _unknown(one.codes, each, f"{pointer}/{at}")
        elif one.children and isinstance(value, Mapping):
            yield from _below(one.children, value, pointer)
        elif one.children and isinstance(value, list):
            for at, each in enumerate(value):
                if isinstance(each, Mapping):
                    yield from _below(one.children, each, f"{pointer}/{at}")


def _unknown(listed: str, value: object, pointer: str) -> Iterator[Unknown]:
    if isinstance(value, str) and value.strip() and value not in codes.labels(listed):
        yield Unknown(pointer, value, listed)


def meanings(document: Mapping[str, Any], found: Sequence[Unknown]) -> Iterator[dict[str, Any]]:
    """The document with each unknown word read as the first code of its list, the second, …

    What is wrong in every one of them does not come from the unknown words.
    """
    lists = {one.listed: list(codes.labels(one.listed)) for one in found}
    for turn in range(min(_MOST, max(len(known) for known in lists.values()))):
        made = copy.deepcopy(dict(document))
        for one in found:
            known = lists[one.listed]
            _put(made, one.pointer, known[turn % len(known)])
        yield made


def _put(document: Any, pointer: str, value: str) -> None:
    *above, last = pointer.split("/")[1:]
    here = document
    for part in above:
        here = here[int(part)] if isinstance(here, list) else here[part]
    here[int(last) if isinstance(here, list) else last] = value
