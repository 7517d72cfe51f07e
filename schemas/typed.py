"""What a person or a program typed, as the schema writes it: one reading for every way in.

A form, a sheet, what was pasted and a call of the API pass through here, so that the same words
mean the same everywhere. Read is what has one meaning (a full-width 5, 「50 位」, 「0.5G」); all
else stays as it was typed, so that it can be told and mended. Reading twice is reading
once.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from schemas import codes
from schemas.fields import Field, fields
from schemas.schema import Record
from schemas.storage import SAFE_INTEGER

BLANKS = " \t\n\u00a0\u3000\u2028\u2029\u0085"
# What a person types for "unknown" where unknown and empty differ (census figures).
UNKNOWN = "-"
# What comes along with a pasted text and nobody sees: control characters but tab and line break,
# zero-width blanks, soft hyphens, byte order marks, marks of direction. Joiners inside a word
# (U+200C, U+200D) spell it in some scripts and stay.
UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# Word ends a line inside a paragraph with \v.
BREAKS = re.compile("\r\n|[\r\x0b\u0085\u2028\u2029]")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) *([^0-9. ]{1,4})")
THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,15})?")
# 2027-1-5, 2027/1/5, 2027.1.5, 2027年1月5日: one sign throughout; 20270105 too.
DAY = re.compile(
    r"([0-9]{4})(?:([-/.])|年)([0-9]{1,2})(?(2)\2|月)([0-9]{1,2})(?(2)|日?)(?: 00:00:00)?"
)
CLOSE_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
LENGTH = re.compile(r"([0-9]{1,5})(?: *[,，、] *([0-9]{1,3}))? *([^0-9,]{0,4})")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# A blank within foreign words (open data) does not end one.
BETWEEN_WORDS = re.compile(r"(?<![A-Za-z0-9]) +| +(?![A-Za-z0-9])")
BETWEEN = re.compile("[；;\n]")
COMMAS = re.compile("[、，,]")


def tidied(document: Mapping[str, Any], name: str | Record = "resource") -> dict[str, Any]:
    """The document with everything that was typed another way written as the schema writes it.

    Total over drafts; what is of a wrong type or an unknown key stays as it is.
    """
    return _group(fields(name), document)


def parts(field: Field, text: str) -> list[str]:
    """The values that were typed into one box of a list.

    Separated by lines and semicolons, and by commas where the whole is no value of the list.
    """
    text = clean(text, breaks=True)
    if field.widget not in ("lines", "checkboxes"):
        return [line for part in text.split("\n") if (line := part.strip(BLANKS))]
    found: list[str] = []
    for part in BETWEEN.split(text):
        # A label may hold a comma itself.
        listed = field.codes if field.codes != "class_path" else None
        known = listed and codes.code_of(listed, part) is not None
        found += [part] if known else COMMAS.split(part)
    if field.typed == "words":
        found = [word for part in found for word in BETWEEN_WORDS.split(part)]
    return [word for part in found if (word := part.strip(BLANKS))]


def clean(text: str, breaks: bool) -> str:
    """A text without what nobody sees in it, and on one line unless it may have several."""
    if breaks:
        text = BREAKS.sub("\n", text)
    text = UNSEEN.sub("", text.replace("\r", "\n"))
    # A blank of another kind is a blank; the wide one is a sign of its own inside a Chinese text.
    text = re.sub("[\t\u00a0]" if breaks else "[\t\n\u00a0\u0085\u2028\u2029]+", " ", text)
    return text.strip(BLANKS)


def _group(children: Iterable[Field], part: Mapping[str, Any]) -> dict[str, Any]:
    by_key = {child.key: child for child in children}
    return {
        key: _value(by_key[key], value, part) if key in by_key else value
        for key, value in part.items()
    }


def _value(field: Field, value: Any, beside: Mapping[str, Any]) -> Any:
    if field.kind == "group":
        return _group(field.children, value) if isinstance(value, Mapping) else value
    if field.kind == "rows" and isinstance(value, list):
        return [_group(field.children, r) if isinstance(r, Mapping) else r for r in value]
    if field.kind in ("list", "codes") and isinstance(value, list):
        made = [read(field, one, beside) for one in value]
        return list(_once(made)) if field.kind == "codes" else made
    return read(field, value, beside)


def _once(values: Iterable[Any]) -> Iterator[Any]:
    """Two words for one code (jpg, JPEG) are one; what is no text is left for the schema."""
    seen: set[str] = set()
    for value in values:
        if not isinstance(value, str) or value not in seen:
            yield value
        if isinstance(value, str):
            seen.add(value)


def read(field: Field, value: Any, beside: Mapping[str, Any]) -> Any:
    """One value of a field as the schema writes it; `beside` are the values it stands among."""
    if isinstance(value, int) and not isinstance(value, bool):
        # A program writes a code or a length as a number.
        coded = field.codes or field.typed == "length"
        return read(field, str(value), beside) if coded and 0 <= value < 10**6 else value
    if not isinstance(value, str) or field.widget == "hidden":
        return value
    text = clean(value, breaks=field.kind == "longtext")
    if field.codes:
        return _code(field, text, beside)
    # A sign may turn into a blank and another one.
    narrow = clean(unicodedata.normalize("NFKC", text), breaks=False)
    if field.kind == "boolean":
        return _booleans().get(narrow.replace(" ", "").casefold(), text)
    if field.kind == "number":
        return _number(field, narrow, text)
    if field.kind == "date":
        return _day(narrow, text)
    if field.typed == "length":
        return _length(narrow, text)
    if field.widget == "tel":
        return narrow.translate(DASHES)
    # Full-width digits and letters come from the input method, not from the clerk.
    return narrow if field.typed == "code" or field.widget == "code" else text


def _code(field: Field, text: str, beside: Mapping[str, Any]) -> str:
    listed = str(field.codes)
    if listed == "class_path":
        return codes.class_path_of(text)
    if listed == "format_type":
        # The same word names types of several classes; the class that was chosen comes first.
        chosen = codes.format_class(beside.get("format_class"))
        of_class = codes.code_of(f"{listed}.{chosen}", text) if chosen else None
        return of_class or codes.code_of(listed, text) or text
    return codes.code_of(listed, text) or text


@cache
def _booleans() -> Mapping[str, bool]:
    words = codes.table("written")["boolean"]
    return {word.casefold(): said == "true" for said, listed in words.items() for word in listed}


def _number(field: Field, narrow: str, text: str) -> Any:
    if narrow == UNKNOWN and field.nullable:
        return None
    if THOUSANDS.fullmatch(narrow):
        narrow = narrow.replace(",", "")
    amount = AMOUNT.fullmatch(narrow)
    if amount is not None:
        unit = codes.table("written")["units"].get(field.typed, {}).get(amount[2].casefold())
        return text if unit is None else _whole(round(float(amount[1]) * unit, 6))
    if not NUMBER.fullmatch(narrow):
        return text
    number = int(narrow) if narrow.lstrip("-").isdigit() else float(narrow)
    # Beyond this a number is kept as the text it was typed as, and reported by the schema.
    return number if abs(number) <= SAFE_INTEGER else text


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def day(text: str) -> str:
    """A day that was typed another way as the schema writes it; what is none stays as it is."""
    return _day(clean(unicodedata.normalize("NFKC", text), breaks=False), text)


def _day(narrow: str, text: str) -> str:
    found = DAY.fullmatch(narrow)
    if found:
        return f"{found[1]}-{int(found[3]):02}-{int(found[4]):02}"
    close = CLOSE_DAY.fullmatch(narrow)
    try:
        return date(*(int(part) for part in close.groups())).isoformat() if close else text
    except ValueError:
        return text


def _length(narrow: str, text: str) -> str:
    found = LENGTH.fullmatch(narrow)
    if found is None or (found[3] and found[3] not in codes.table("written")["length"]):
        return text
    return f"{found[1]},{found[2]}" if found[2] else found[1]
