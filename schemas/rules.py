"""The rules a problem can name: their article, their severity, the word of their problem."""

from collections.abc import Mapping
from functools import cache

from schemas import codes

# Grading floors are reported under one word, whichever floor was missed.
CODES = {"F1": "grade-floor", "F2": "grade-floor"}


@cache
def table() -> Mapping[str, Mapping[str, object]]:
    """Every rule by id: share rules S1-S10, grading floors F1-F7, rules of a request Q1-Q3."""
    listed = [
        *codes.table("share_rules")["rules"],
        *codes.table("grading_matrix")["floors"],
        *codes.table("request_life")["rules"],
    ]
    return {rule["id"]: rule for rule in listed}


def known(rule: str | None) -> bool:
    """True for an id of the rule table; the schema also names plain constraints in `x-rule`."""
    return rule in table()


def code(rule: str) -> str | None:
    """The word of a problem that breaks this rule; None when the keyword says enough."""
    return CODES.get(rule) if known(rule) else rule


def article(rule: str | None, locale: str = "zh") -> str | None:
    """The clause behind a rule; None for a rule of our own."""
    texts = table().get(rule or "", {}).get("article")
    return texts.get(locale, texts["zh"]) if isinstance(texts, dict) else None


def severity(rule: str) -> str:
    """reject, warn or stop."""
    return str(table()[rule].get("severity", "reject"))
