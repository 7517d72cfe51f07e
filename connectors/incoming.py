"""What comes in from another catalogue: one entry each, and the file it stands in."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import schemas

# One entry of a file; ten thousand packages of a real portal stay far below.
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_ALIAS = 200
MOST_ROUNDS = 6

Document = dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """One entry as another catalogue gives it: a storable document and what stood around it.

    `place` is its number in the file, from 1; `source_id` its id over there, never empty. `cut`
    names the fields whose text or list was too long or of no storable kind and was shortened.
    """

    place: int
    source_id: str
    document: Document
    department_code: str = ""
    department_name: str = ""
    code: str | None = None
    published_on: date | None = None
    cut: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """A place of a file that is no entry: `code` is a fixed word."""

    place: int
    code: str


@dataclass(frozen=True)
class Lines:
    """The JSON objects of a file with their places, and what could not be read."""

    objects: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def objects(content: bytes) -> Lines:
    """Every JSON object of a file: one per line, a list, or the answer of `package_search`."""
    lines = Lines()
    for place, value in _values(content, lines.faults):
        if isinstance(value, Mapping):
            lines.objects.append((place, value))
        else:
            lines.faults.append(Fault(place, "not-an-object"))
    return lines


def _values(content: bytes, faults: list[Fault]) -> Iterator[tuple[int, object]]:
    text = content.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith(b"[") or b"\n" not in text:
        whole = _read(1, text, faults, limit=len(text))
        yield from enumerate(_listed(whole), start=1) if whole is not None else ()
        return
    first, _, _ = text.partition(b"\n")
    if not _is_json(first):
        # Printed over several lines: one value, not one per line.
        whole = _read(1, text, faults, limit=len(text))
        yield from enumerate(_listed(whole), start=1) if whole is not None else ()
        return
    for place, line in enumerate(text.split(b"\n"), start=1):
        if line.strip():
            value = _read(place, line, faults, limit=LONGEST_LINE)
            if value is not None:
                yield place, value


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        # A first line that is JSON but for a fault of its own is told by its number.
        return line.rstrip().endswith(b"}")
    return True


def _read(place: int, text: bytes, faults: list[Fault], limit: int) -> object | None:
    try:
        value = schemas.loads(text, limit=max(limit, 1))
    except schemas.Unreadable as fault:
        faults.append(Fault(place, fault.reason))
        return None
    if value is None:
        faults.append(Fault(place, "not-an-object"))
    return value


def _listed(value: object) -> list[object]:
    """The packages of a list, of `{"result": {"results": [...]}}`, or the one value itself."""
    for key in ("result", "results"):
        if isinstance(value, Mapping) and isinstance(value.get(key), list | Mapping):
            value = value[key]
    return value if isinstance(value, list) else [value]


def entry(place: int, line: Mapping[str, Any]) -> Incoming | Fault:
    """An entry as this registry writes it: the record `entry` of the schemas, one per line."""
    document = line.get("document")
    if not isinstance(document, Mapping):
        return Fault(place, "no-document")
    fitted, cut = fit(dict(document))
    return Incoming(
        place,
        source_id(line.get("key"), line.get("code"), line),
        fitted,
        department_code=text(line.get("department_code")),
        department_name=text(line.get("department")),
        code=text(line.get("code"))[:64] or None,
        published_on=day(line.get("published_on")),
        cut=cut,
    )


def source_id(*candidates: object) -> str:
    """The first usable id; where there is none, the digest of the entry stands for it."""
    for one in candidates:
        if isinstance(one, str) and one.strip():
            name = one.strip().replace("\x00", "")
            return name if len(name) <= LONGEST_ALIAS else schemas.digest(name, b"")
    return schemas.digest(_countable(candidates[-1]), b"")


def _countable(value: object) -> object:
    """The value with numbers that have no canonical form written as text."""
    if isinstance(value, Mapping):
        return {str(key): _countable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_countable(part) for part in value]
    return str(value) if isinstance(value, int | float) else value


def text(value: object) -> str:
    """The text of a value, without NUL and blanks around; "" for what is no text."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


# What XML cannot hold; of no use in a text anywhere.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def clean(value: str) -> str:
    """The text without what XML cannot hold."""
    return _UNPRINTABLE.sub("", value)


def day(value: object) -> date | None:
    """The date a text begins with; None where it does not."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def fit(document: Document) -> tuple[Document, tuple[str, ...]]:
    """The document with whatever no draft may hold shortened or left out, and the fields hit.

    What comes from outside is never refused for being too long or odd: the entry is taken, and
    the submission's own rules tell what is wrong with it.
    """
    made: Document = json.loads(json.dumps(document))
    hit: list[str] = []
    for _ in range(MOST_ROUNDS):
        problems = schemas.errors("resource", made, at="draft")
        if not problems:
            return made, tuple(dict.fromkeys(hit))
        for problem in problems:
            parts = [_unescaped(part) for part in problem.pointer.split("/")[1:]]
            hit.append(parts[0] if parts else "")
            _mend(made, parts, problem)
    # What is left after this is nested beyond repair; the rest of the entry is still taken.
    for pointer in {problem.pointer for problem in schemas.errors("resource", made, at="draft")}:
        made.pop(_unescaped(pointer.split("/")[1]) if pointer else "", None)
    storable = not schemas.errors("resource", made, at="draft")
    return (made if storable else {}), tuple(dict.fromkeys(hit))


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _mend(document: Document, parts: list[str], problem: schemas.Problem) -> None:
    if not parts:
        # The whole is too large: the largest field goes.
        largest = max(document, key=lambda key: len(json.dumps(document[key])), default=None)
        document.pop(largest, None) if largest is not None else None
        return
    holder: Any = document
    for part in parts[:-1]:
        holder = _child(holder, part)
    last: Any = int(parts[-1]) if isinstance(holder, list) and parts[-1].isdigit() else parts[-1]
    value = _child(holder, parts[-1])
    limit = problem.params.get("limit")
    if problem.code in ("maxLength", "maxItems") and isinstance(limit, int):
        holder[last] = value[:limit]
    elif problem.code == "nul" and isinstance(value, str):
        holder[last] = value.replace("\x00", "")
    elif isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        holder[last] = ""


def _child(holder: Any, part: str) -> Any:
    if isinstance(holder, list):
        return holder[int(part)] if part.isdigit() and int(part) < len(holder) else None
    return holder.get(part) if isinstance(holder, dict) else None
