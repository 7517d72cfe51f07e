"""The claim of a release: what is said to have been done to it, checked before it is believed.

A part that names nothing would be a check that never runs, so it is refused and not passed over.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from anonymization.errors import Refused
from anonymization.plan import profiles

Claim = Mapping[str, Any]


def checked(claim: object) -> Claim:
    """A claim whose parts are known and of the kinds they must be, or a refusal that names one.

    A whole plan is a claim too: what it says beside the parts of a claim is left alone.
    """
    if not isinstance(claim, Mapping):
        raise _faulty("claim", "整个声称应为一个 JSON 对象", "the whole is one JSON object")
    for key, value in claim.items():
        if key not in _PARTS:
            if _is_plan(claim):
                continue
            raise Refused(
                "CLAIM_FAULTY",
                f"所称的处理中没有「{key}」这一项，请核对写法；可以写的有：{'、'.join(_PARTS)}。",
                f"a claim has no part {key}; check how it is written. It takes "
                f"{', '.join(_PARTS)}.",
            )
        holds, zh, en = _PARTS[key]
        if value is not None and not holds(value):
            raise _faulty(key, zh, en)
    return claim


def require_columns(claim: Claim, released: Collection[str], raw: Collection[str] = ()) -> None:
    """Refuse a claim about columns that are not there.

    A column that was taken out is still one the claim may name: it stands in the table the release
    was made from, in `rules`, or the plan suppresses it.
    """
    lines = claim["columns"] if _is_plan(claim) else ()
    gone = {line["name"] for line in lines if line["technique"] == "suppress"}
    there = {*released, *raw, *gone, *(claim.get("rules") or {})}
    margins = (claim.get("population") or {}).get("margins") or {}
    named = [(key, name) for key in _SETS for name in claim.get(key) or ()]
    named += [("population", name) for name in margins]
    for key, name in named:
        if name not in there:
            some, more = list(released)[:20], len(released) > 20
            raise Refused(
                "COLUMN_NOT_THERE",
                f"所称的处理「{key}」中的列「{name}」不在数据中，请核对列名；数据的列有："
                f"{'、'.join(some)}{'等' if more else ''}。",
                f"the column {name} in {key} of the claim is not in the table; check its name. The "
                f"table has {', '.join(some)}{', …' if more else ''}.",
            )


def require_source(rows: int, raw: int) -> None:
    """Refuse a table that the release cannot have been made from: it has fewer rows."""
    if raw < rows:
        raise Refused(
            "RAW_OF_ANOTHER_TABLE",
            f"原始数据只有 {raw} 行，而发布的数据有 {rows} 行，不会是由它处理而来；"
            "请核对选的原始数据。",
            f"the raw table has {raw} rows, the release {rows}: it was not made from it. Check "
            "which raw table was chosen.",
        )


def _faulty(key: str, zh: str, en: str) -> Refused:
    return Refused(
        "CLAIM_FAULTY",
        f"所称的处理中「{key}」写法不对：{zh}。",
        f"the part {key} of the claim is not as it must be: {en}.",
    )


def _is_plan(claim: Claim) -> bool:
    lines = claim.get("columns")
    return isinstance(lines, list | tuple) and all(
        isinstance(one, Mapping) and "name" in one and one.get("technique") for one in lines
    )


def _names(part: Any) -> bool:
    return isinstance(part, list | tuple) and all(isinstance(one, str) for one in part)


def _whole(part: Any, least: int = 1) -> bool:
    return isinstance(part, int) and not isinstance(part, bool) and part >= least


def _distance(part: Any) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and 0 <= part <= 1


def _people(part: Any) -> bool:
    margins = part.get("margins") or {} if isinstance(part, Mapping) else None
    return (
        isinstance(margins, Mapping)
        and part.keys() <= {"total", "margins"}
        and _whole(part.get("total"))
        and all(
            isinstance(margin, Mapping) and all(_whole(one, 0) for one in margin.values())
            for margin in margins.values()
        )
    )


def _rules(part: Any) -> bool:
    return isinstance(part, Mapping) and all(isinstance(one, str) for one in part.values())


def _profile(part: Any) -> bool:
    return part in profiles()


_SETS: Final = ("quasi_identifiers", "sensitive", "use")
_COLUMNS: Final = ("列名写成列表", "columns are a list of names")
_COUNT: Final = ("写成不小于 1 的整数", "a whole number of at least 1")
# Every part of a claim: what holds of it, and the same in words.
_PARTS: Final[Mapping[str, tuple[Callable[[Any], bool], str, str]]] = {
    **dict.fromkeys(_SETS, (_names, *_COLUMNS)),
    "k": (_whole, *_COUNT),
    "l": (_whole, *_COUNT),
    "t": (_distance, "写成 0 到 1 之间的数", "a number from 0 to 1"),
    "profile": (
        _profile,
        "写成 open、statistical、interface、lawful_raw 之一",
        "one of open, statistical, interface, lawful_raw",
    ),
    "population": (
        _people,
        "total 写成不小于 1 的整数，margins 按列写明各取值的人数",
        "total is a whole number of at least 1, margins are counts by the values of columns",
    ),
    "rules": (
        _rules,
        "逐列写一句话，说明怎样处理或者依据什么公开",
        "a sentence for each column, what was done or which law orders it to be published",
    ),
}
