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
# So many meanings are tried: more fill a second of waiting.
_MOST = 12
# The types of a class are all told, a list of a hundred is not.
_MOST_TOLD = 20


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
        more = ("……" if locale == "zh" else ", …") if len(words) > _MOST_TOLD else ""
        return between.join(words[:_MOST_TOLD]) + more

    @property
    def near(self) -> str | None:
        """The code that was probably meant, for a person to say so."""
        return codes.near(self.listed, self.value)


def unknown(record: str | Record, document: object) -> list[Unknown]:
    """Every value of a coded field that is no code of its list; blanks are not among them."""
    return list(_below(fields(record), document, "")) if isinstance(document, Mapping) else []


def _below(listed: Sequence[Field], part: Mapping[str, Any], above: str) -> Iterator[Unknown]:
    for one in listed:
        value, pointer = part.get(one.key), f"{above}/{one.key}"
        words = _list_of(one, part)
        if words:
            if isinstance(value, str):
                yield from _unknown(words, value, pointer)
            elif isinstance(value, list):
                for at, each in enumerate(value):
                    yield from _unknown(words, each, f"{pointer}/{at}")
        elif one.children and isinstance(value, Mapping):
            yield from _below(one.children, value, pointer)
        elif one.children and isinstance(value, list):
            for at, each in enumerate(value):
                if isinstance(each, Mapping):
                    yield from _below(one.children, each, f"{pointer}/{at}")


def _list_of(one: Field, beside: Mapping[str, Any]) -> str | None:
    """The list a field is chosen from; of format types, those of the class that was chosen."""
    if one.codes in _UNLISTED:
        return None
    chosen = codes.format_class(beside.get("format_class"))
    if one.codes != "format_type" or chosen is None:
        return one.codes
    # A self-describing format is named by its provider.
    is_open = codes.table("format")["values"][chosen].get("open")
    return None if is_open else f"format_type.{chosen}"


def _unknown(listed: str, value: object, pointer: str) -> Iterator[Unknown]:
    # A type of another class is known, and told by the rule it breaks.
    whole = "format_type" if listed.startswith("format_type.") else listed
    if isinstance(value, str) and value.strip() and value not in codes.labels(whole):
        yield Unknown(pointer, value, listed)


def meanings(document: Mapping[str, Any], found: Sequence[Unknown]) -> Iterator[dict[str, Any]]:
    """The document with each unknown word read as the first code of its list, the second, …

    What is wrong in every one of them does not come from the unknown words.
    """
    lists = {one.listed: list(codes.labels(one.listed)) for one in found}
    for turn in range(min(_MOST, max(len(known) for known in lists.values()))):
        made = copy.deepcopy(dict(document))
        for at, one in enumerate(found):
            known = lists[one.listed]
            # Each word another code: two of one list must not seem to say the same.
            _put(made, one.pointer, known[(turn + at) % len(known)])
        yield made


def suggested(record: str | Record, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every unknown word replaced by the code that was probably meant."""
    made: dict[str, Any] = copy.deepcopy(dict(document))
    for one in unknown(record, made):
        if one.near:
            _put(made, one.pointer, one.near)
    return made


def _put(document: Any, pointer: str, value: str) -> None:
    *above, last = pointer.split("/")[1:]
    here = document
    for part in above:
        here = here[int(part)] if isinstance(here, list) else here[part]
    here[int(last) if isinstance(here, list) else last] = value
