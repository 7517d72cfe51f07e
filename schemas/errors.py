"""What is wrong with a document, as problems that name the field and the remedy.

Validators speak of keywords at parents; here each error becomes a `Problem` at the field a
person can mend, with the rule and the article behind it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, Literal

import jsonschema_rs

from schemas import checks, rules, schema, storage, wording
from schemas.fields import position
from schemas.schema import Record
from schemas.unknown import Unknown, meanings, unknown

Strength = Literal["draft", "submission"]

# A keyword whose name says nothing to a person takes the name of the rule it stands in.
NAMED_BY_RULE = frozenset({"not", "pattern", "format", "enum", "const", "contains", "falseSchema"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    `pointer` is a JSON pointer into the document, "" the whole; `code` a fixed word; `params`
    the facts of the sentence; `rule` an id of the rule table when a rule of law or of the
    catalogue is broken.
    """

    pointer: str
    code: str
    params: Mapping[str, object] = attribute(default_factory=dict, hash=False)
    rule: str | None = None
    record: str | Record = attribute(default="resource", compare=False, repr=False)

    def message(self, locale: str = "zh") -> str:
        """One sentence that names the field and says what to do."""
        return wording.sentence(
            self.record, self.pointer, self.code, self.params, self.rule, locale
        )

    def article(self, locale: str = "zh") -> str | None:
        """The clause behind the rule, e.g. 《政务数据共享条例》第十五条; None for a house rule."""
        return rules.article(self.rule, locale)


def errors(name: str | Record, document: object, at: Strength = "draft") -> list[Problem]:
    """Every problem of a document at that strength, in form order; empty when it may pass.

    What is unsafe to store is reported alone, because nothing else can be said about it. Of a
    word that is no code only that is said: what it would break depends on what was meant.
    """
    record = schema.record(name)
    unsafe = storage.unsafe(document)
    if unsafe:
        return [Problem(pointer, code, params, None, record) for pointer, code, params in unsafe]
    words = unknown(record, document) if at == "submission" else []
    if words and isinstance(document, dict):
        return _ordered(record, [*_no_codes(record, document, words)])
    return _judged(record, document, at)


def _no_codes(record: Record, document: dict[str, Any], words: list[Unknown]) -> Iterator[Problem]:
    """The unknown words, and what stays wrong whatever they mean."""
    for one in words:
        facts = {"value": one.value, "listed": one.listed}
        near = {"near": one.near} if one.near else {}
        yield _named(record, document, one.pointer, "code-unknown", {**facts, **near}, None)
    places = {one.pointer for one in words}
    first, *others = [_judged(record, made, "submission") for made in meanings(document, words)]
    always = [{(p.pointer, p.code, p.rule) for p in found} for found in others]
    for problem in first:
        known = (problem.pointer, problem.code, problem.rule)
        if problem.pointer not in places and all(known in found for found in always):
            yield problem


def _judged(record: Record, document: object, at: Strength) -> list[Problem]:
    judge = record.draft if at == "draft" else record.submission
    found = [
        problem
        for error in judge.iter_errors(document)
        for problem in _problems(record, error, document, at)
    ]
    if at == "submission":
        found += _checked(record, document, checks.CHECKS)
    return _ordered(record, found)


def gathered(problems: Iterable[Problem]) -> list[tuple[Problem, list[Problem]]]:
    """Each problem with those of later items that say the same of them: one line for many rows."""
    found: dict[object, tuple[Problem, list[Problem]]] = {}
    for n, one in enumerate(problems):
        key: object = n
        if checks.item_at(one.pointer) is not None:
            facts = {name: fact for name, fact in one.params.items() if name != "row"}
            place = one.pointer.split("/")[3:]
            key = (one.code, one.rule, *place, repr(sorted(facts.items())))
        if key in found:
            found[key][1].append(one)
        else:
            found[key] = (one, [])
    return list(found.values())


def warnings(name: str | Record, document: object) -> list[Problem]:
    """What a reviewer will look at (S3, S4, S5, S8); a filled note answers S4 and S8."""
    record = schema.record(name)
    return _ordered(record, _checked(record, document, checks.WARNINGS))


def _checked(record: Record, document: object, table: checks.Table) -> list[Problem]:
    if not isinstance(document, dict):
        return []
    return [
        _named(record, document, pointer, code, params, rule)
        for check in table.get(record.raw.get("$id", ""), ())
        for pointer, code, params, rule in check(document)
    ]


def _problems(
    record: Record, error: jsonschema_rs.ValidationError, document: object, at: Strength
) -> Iterator[Problem]:
    """The problems one validator error stands for: missing and unknown keys move to the child."""
    facts: dict[str, Any] = error.kind.as_dict()
    keyword, pointer = error.kind.name, _pointer(error.instance_path)
    if keyword == "additionalProperties":
        for key in facts["unexpected"]:
            child = f"{pointer}/{_escaped(key)}"
            yield _named(record, document, child, "unknown-key", {"key": key}, None)
        return
    if at == "draft":
        # Where a draft allows no key at all the validator names the key, not the parent.
        word = "unknown-key" if keyword == "falseSchema" else keyword
        yield _named(record, document, pointer, word, _facts(error.instance, facts), None)
        return
    rule = _rule(record, error.evaluation_path)
    law = rule if rules.known(rule) or wording.known(f"{rule}.{keyword}") else None
    if keyword == "required":
        pointer = f"{pointer}/{_escaped(facts['property'])}"
    if keyword == "required" or _is_blank(error.instance, keyword):
        yield _named(record, document, pointer, "required", {}, law)
        return
    code = rules.code(rule) if rule and keyword in NAMED_BY_RULE else None
    told = _facts(error.instance, facts)
    if code == "format-mismatch" and isinstance(document, Mapping):
        told["listed"] = f"format_type.{document.get('format_class')}"
    yield _named(record, document, pointer, code or keyword, told, law)


def _is_blank(value: object, keyword: str) -> bool:
    """An empty value is a missing one: the remedy is the same."""
    return value in ("", [], {}) and keyword in ("minLength", "minItems", "minProperties")


def _facts(value: Any, facts: Mapping[str, Any]) -> dict[str, object]:
    """What a sentence may need: the value as typed, the limit, what was counted against it."""
    found: dict[str, object] = {} if isinstance(value, dict | list) else {"value": value}
    if "limit" in facts:
        found["limit"] = facts["limit"]
        if isinstance(value, str | list):
            found["given"] = len(value)
    return found


def _rule(record: Record, path: list[Any]) -> str | None:
    """The innermost `x-rule` on the way to the keyword that failed."""
    met = [
        here["x-rule"]
        for here in schema.steps(record, path)
        if isinstance(here, dict) and "x-rule" in here
    ]
    return met[-1] if met else None


def _pointer(path: Iterable[object]) -> str:
    return "".join(f"/{_escaped(part)}" for part in path)


def _named(
    record: Record,
    document: object,
    pointer: str,
    code: str,
    params: Mapping[str, object],
    rule: str | None,
) -> Problem:
    name = _row_name(document, pointer)
    return Problem(pointer, code, {**params, "row": name} if name else params, rule, record)


def _row_name(document: object, pointer: str) -> str | None:
    """The name typed into the row the pointer leads into, so that a person can find it."""
    here = document
    for part in pointer.split("/")[1:]:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
            name = here.get("name") if isinstance(here, dict) else None
            return name if isinstance(name, str) and name else None
        else:
            break
    return None


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _ordered(record: Record, found: Iterable[Problem]) -> list[Problem]:
    unique: dict[tuple[str, str, str | None], Problem] = {}
    for problem in found:
        unique.setdefault((problem.pointer, problem.code, problem.rule), problem)
    return sorted(_without_echo(unique.values()), key=lambda one: position(record, one.pointer))


def _without_echo(found: Iterable[Problem]) -> list[Problem]:
    """A field both missing and required by a rule is said once, with the rule."""
    listed = list(found)
    ruled = {(one.pointer, one.code) for one in listed if one.rule}
    return [one for one in listed if one.rule or (one.pointer, one.code) not in ruled]
