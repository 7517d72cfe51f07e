"""The conditions of a plan: what its profile asks to be stated, and the name of its release."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anonymization.wording import Fault, by_id

Plan = Mapping[str, Any]


def faults(plan: Plan) -> list[Fault]:
    """What is wrong with the conditions of a plan: a k below its profile, terms, named columns."""
    found = []
    profile = by_id("profiles")[plan["profile"]]
    least = profile["k"]
    if least and plan.get("k") is not None and plan["k"] < least:
        found.append(
            Fault(
                "K_BELOW_PROFILE",
                None,
                f"「{profile['zh']}」要求 k 不小于 {least}，方案只写了 {plan['k']}。",
                f"the profile wants k of {least} at least, the plan says {plan['k']}.",
                "k",
            )
        )
    found += [
        fault
        for name in profile.get("terms", ())
        if (fault := _term(by_id("terms")[name], plan.get(name), profile)) is not None
    ]
    return found + _use(plan)


def unnamed(plan: Plan) -> list[Fault]:
    """A release without a name of its own: its codes would be those of the next one as well."""
    if str(plan.get("release") or "").strip():
        return []
    return [
        Fault(
            "RELEASE_UNNAMED",
            None,
            "「发布批次」没有填：同名的两次发布，假名可以互相关联；请给这次发布一个没有用过的批次名"
            "（例如“2026年11月”）。",
            "the release has no name: pseudonyms of two releases of one name can be joined; give "
            "it one that was not used before (such as “November 2026”).",
            "release",
        )
    ]


def _use(plan: Plan) -> list[Fault]:
    """Columns that the purpose is said to need, or whose people are counted, and are not there."""
    planned = {line["name"] for line in plan["columns"]}
    margins = (plan.get("population") or {}).get("margins") or ()
    named = {"use": plan.get("use") or (), "population": margins}
    return [
        Fault(
            "COLUMN_NOT_THERE",
            None,
            f"「{by_id('terms')[field]['zh']}」写了「{name}」，方案里没有这一列，请核对列名。",
            f"{by_id('terms')[field]['en']}: the plan has no column {name}; check its name.",
            field,
        )
        for field, names in named.items()
        for name in names
        if name not in planned
    ]


def _term(term: Mapping[str, Any], value: object, profile: Mapping[str, Any]) -> Fault | None:
    """What is wrong with one condition of a profile that shares data on named people."""
    zh, en = profile["zh"], profile["en"]
    good = value is True if term["type"] == "yes" else bool(str(value or "").strip())
    if not good:
        return Fault(
            "TERM_MISSING",
            None,
            f"「{zh}」须写明「{term['zh']}」：{term['hint']['zh']}",
            f"the profile {en} needs: {term['en']}. {term['hint']['en']}",
            term["id"],
        )
    if term["type"] != "date":
        return None
    day = _day(str(value))
    if day is None:
        return Fault(
            "NO_DATE",
            None,
            f"「{term['zh']}」{value} 不是日期，日历上没有这一天；请写成 2027-01-31 这样。",
            f"the {term['en']} {value} is no date of the calendar; write it as 2027-01-31.",
            term["id"],
        )
    if day < date.today():  # noqa: DTZ011  # a civil date
        return Fault(
            "DATE_NOT_AHEAD",
            None,
            f"「{term['zh']}」{value} 不是今天以后的日期，请改正；到期的数据应当已经销毁。",
            f"the {term['en']} {value} is no day from today on; what is due is to be destroyed.",
            term["id"],
        )
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
