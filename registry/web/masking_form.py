"""The form of a masking plan: what it shows of a plan, and the plan that a filled form says.

No parameter and no condition is named here: they follow the table of techniques. What was typed
and is no such value stays in the plan as a text, so that the check tells of it and the form shows
it again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from anonymization import parameters, proposal, reasons, wording
from anonymization import plan as masking

Form = Mapping[str, str]
Fields = list[dict[str, Any]]
# A choice of the form that stands for a technique with parameters of its own.
_OWN = "technique:"
_MEASURES = ("sum", "mean")
# What of a plan stands in the form beside its conditions.
_PARTS = frozenset({"profile", "columns", "quasi_identifiers", "sensitive", "aggregate"})


def typed(form: Form, proposed: masking.Plan, before: masking.Plan) -> masking.Plan:
    """The plan that the form says, over the elements the version has now."""
    profile = masking.profiles()[proposed["profile"]]
    known = {line.get("element"): line for line in before["columns"]}
    lines = [
        _line(form, profile["id"], line, known.get(line["element"], line))
        for line in proposed["columns"]
    ]
    asked = conditions(profile)
    kept = {key: one for key, one in before.items() if key not in _PARTS | asked.keys()}
    plan: masking.Plan = {**kept, "profile": profile["id"], "columns": lines}
    for name, term in asked.items():
        value = parameters.read(term, form.get(name, ""))
        if value is not None:
            plan[name] = before[name] if before.get(name) == value else value
    if profile["judged"]:
        plan |= masking.sets(lines)
        if form.get("aggregated") == "yes":
            plan["aggregate"] = _groups(form, lines, before.get("aggregate") or {})
    return plan


def conditions(profile: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The conditions that stand in the form of a profile, by id; those it may have come first."""
    listed = [*profile.get("may", ()), *profile.get("terms", ())]
    found = {name: masking.terms()[name] for name in dict.fromkeys(listed)}
    if "k" in found:
        found["k"] = {**found["k"], "min": profile["k"]}
    return found


def _line(
    form: Form, profile: str, line: Mapping[str, Any], own: Mapping[str, Any]
) -> dict[str, Any]:
    element = line["element"]
    technique, given = _treated(form, element, own)
    role = form.get(f"role.{element}", "")
    approved = form.get(f"approved.{element}", own.get("approved_by") or "").strip()
    made = {
        **line,
        "technique": technique,
        "params": given,
        "role": role if role in masking.roles() else line["role"],
        # What the program noted stands beside the field, and stays while nobody writes into it.
        "reason": form.get(f"reason.{element}", "").strip()[:1000] or reasons.noted(profile, own),
        **({"approved_by": approved[:100]} if approved else {}),
    }
    # 「保留原值」 for the reason that a column was removed says nothing true.
    same = (technique, given) == (own["technique"], own.get("params") or {})
    return made if same else {**made, "reason": proposal.reason_of(made)}


def _treated(form: Form, element: str, own: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The technique of a line and its parameters.

    The fields of parameters that a form holds belong to the choice it showed; another choice
    brings its own, and the form that comes back shows their fields.
    """
    chosen, shown = form.get(f"choice.{element}", ""), form.get(f"shown.{element}", "")
    technique = _technique(chosen) or own["technique"]
    before = own.get("params") or {} if own["technique"] == technique else {}
    preset = masking.choices().get(chosen)
    if preset is not None and chosen != shown:
        return technique, dict(preset["params"])
    fields = f"p.{element}."
    if _technique(shown) != technique or not any(name.startswith(fields) for name in form):
        return technique, dict(before if before or preset is None else preset["params"])
    given: dict[str, Any] = {}
    for name, rule in masking.techniques()[technique]["params"].items():
        value = parameters.read(rule, form.get(f"{fields}{name}", ""))
        # A default that nobody wrote stays unwritten: the digest of the plan is not to change.
        if value is not None and (value != rule.get("default") or name in before):
            given[name] = before[name] if before.get(name) == value else value
    count = parameters.asked(masking.techniques()[technique], given)
    return technique, {name: value for name, value in given.items() if name in count}


def _technique(choice: str) -> str | None:
    if choice in masking.choices():
        return str(masking.choices()[choice]["technique"])
    own = choice.removeprefix(_OWN)
    return own if own != choice and own in masking.techniques() else None


def _groups(
    form: Form, lines: Sequence[Mapping[str, Any]], before: Mapping[str, Any]
) -> dict[str, Any]:
    """The table of groups that the form says; columns already there keep their order."""
    by = [line["name"] for line in lines if form.get(f"by.{line['element']}")]
    measures = [
        {"column": line["name"], "as": how}
        for line in lines
        for how in _MEASURES
        if form.get(f"{how}.{line['element']}")
    ]
    made: dict[str, Any] = {"by": _in_order(by, before.get("by", []))}
    if count := form.get("count", "").strip():
        made["count"] = count
    if measures:
        made["measures"] = _in_order(measures, before.get("measures", []))
    return made


def _in_order(chosen: list[Any], before: Sequence[Any]) -> list[Any]:
    held = [one for one in before if one in chosen]
    return held + [one for one in chosen if one not in held]


class Shown:
    """What the form shows of a plan and of its faults, in one language."""

    def __init__(self, plan: masking.Plan, faults: Sequence[masking.Fault], locale: str) -> None:
        self._plan, self._locale = plan, locale
        self._elements = {line["name"]: line.get("element", "") for line in plan["columns"]}
        self.faults = [(self._anchor(one), one.en if locale == "en" else one.zh) for one in faults]

    def _anchor(self, fault: masking.Fault) -> str:
        """Where on the page a fault is mended; "" when nowhere in particular."""
        if fault.field == "aggregate":
            return "aggregate"
        if fault.column is None:
            return fault.field or ""
        element = self._elements.get(fault.column)
        if element is None:
            return ""
        return f"p-{element}-{fault.field}" if fault.field else f"c-{element}"

    def told(self, anchor: str) -> list[str]:
        """The faults at a place of the form."""
        return [text for at, text in self.faults if at == anchor]

    def lines(self) -> Fields:
        """Every element with its treatment, the fields of its parameters and what is wrong."""
        return [self._line(line) for line in self._plan["columns"]]

    def _line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        preset = masking.choice_of(line)
        technique = masking.techniques()[line["technique"]]
        element = line.get("element", "")
        given = line.get("params") or {}
        fields = [
            self._field(f"p.{element}.{name}", f"p-{element}-{name}", rule, given.get(name))
            for name, rule in parameters.asked(technique, given).items()
        ]
        wrong = any(field["faults"] for field in fields)
        noted = reasons.noted(self._plan["profile"], line)
        said = reasons.of(self._plan, line)
        # Where many lack one this is told in one place, and each is marked.
        unsaid = bool(self.told(f"p-{element}-reason") or self.told("reason"))
        unsaid = unsaid and reasons.lacks(self._plan, line)
        return {
            **line,
            "reason": "" if noted else line.get("reason"),
            "noted": reasons.told(noted, self._locale),
            # For whoever reads: what a person wrote, here or for all columns together.
            "said": "" if said == noted else reasons.told(said, self._locale),
            "told": reasons.told(line.get("reason") or "", self._locale),
            "unsaid": unsaid,
            "choice": preset or f"{_OWN}{line['technique']}",
            "example": masking.choices()[preset]["example"] if preset else None,
            "in_words": masking.in_words(line, self._locale),
            "title": technique[self._locale],
            "fields": fields,
            "open": wrong or (preset is None and bool(fields)),
            "wrong": wrong or unsaid or bool(self.told(f"c-{element}")),
            "kept": line["technique"] == "keep" and line.get("role") in {"direct", "sensitive"},
            "fitting": masking.fitting(line),
            "grouped": self._grouped(line["name"]),
        }

    def _grouped(self, name: str) -> set[str]:
        given = self._plan.get("aggregate") or {}
        by = {"by"} if name in given.get("by", ()) else set()
        return by | {one["as"] for one in given.get("measures", ()) if one["column"] == name}

    def conditions(self) -> Fields:
        """The fields of the conditions of the profile."""
        profile = masking.profiles()[self._plan["profile"]]
        needed = profile.get("terms", ())
        return [
            {
                **self._field(name, name, term, self._plan.get(name)),
                "required": name in needed or bool(term.get("needed")),
            }
            for name, term in conditions(profile).items()
        ]

    def techniques(self) -> list[tuple[str, str]]:
        """Techniques that take parameters, for whoever gives parameters of their own."""
        return [
            (f"{_OWN}{row['id']}", row[self._locale])
            for row in masking.techniques().values()
            if row["params"]
        ]

    def _field(
        self, name: str, anchor: str, rule: Mapping[str, Any], value: object
    ) -> dict[str, Any]:
        locale = self._locale
        value = rule.get("default") if value is None else value
        options = [(one, wording.word(rule, one, locale)) for one in rule.get("choices", ())]
        if rule["type"] == "column":
            options = [(one, one) for one in self._elements]
        hint = rule.get("hint", {}).get(locale, "")
        bounds = wording.wanted(rule, locale) if rule["type"] in _BOUNDED else ""
        return {
            "name": name,
            "id": anchor,
            "label": rule[locale],
            "hint": _sentence(hint, bounds, locale),
            "type": rule["type"],
            "value": parameters.written(rule, value),
            "options": options,
            "blank": "default" not in rule,
            "faults": self.told(anchor),
        }


_BOUNDED = frozenset(
    {"integer", "number", "percent", "numbers", "map", "date", "columns", "people"}
)


def _sentence(hint: str, bounds: str, locale: str) -> str:
    """A hint and the bounds of a field, where the hint does not tell them already."""
    if not bounds or bounds in hint:
        return hint
    end = "。" if locale == "zh" else "."
    bounds = bounds if locale == "zh" else bounds[:1].upper() + bounds[1:]
    return f"{hint}{bounds}{end}" if locale == "zh" else f"{hint} {bounds}{end}".strip()


def differing(plan: masking.Plan, stored: masking.Plan, locale: str) -> list[str]:
    """What a stored plan says otherwise: the names of its elements and conditions."""
    held = {line["name"]: line for line in stored["columns"]}
    parts = ("technique", "params", "role", "reason")
    names = [
        line["name"]
        for line in plan["columns"]
        if any(
            (line.get(part) or None) != (held.get(line["name"], {}).get(part) or None)
            for part in parts
        )
    ]
    asked = conditions(masking.profiles()[plan["profile"]])
    return names + [
        str(term[locale]) for name, term in asked.items() if plan.get(name) != stored.get(name)
    ]
