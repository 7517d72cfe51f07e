"""Finds personal data in the columns of a table, and what can still be read in a release.

What a column is read as stands in `readings`; here it becomes a verdict with what follows from it
in law, and columns are looked at beside each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from anonymization import evidence, headers, occasions, patterns, persons, readings
from anonymization.columns import Profile
from anonymization.dictionary import closed_list, share
from anonymization.disguises import unmasked
from anonymization.evidence import Sentence, because
from anonymization.readings import Reading
from anonymization.tables import whole


@dataclass(frozen=True)
class Column:
    """What a column holds and why it is thought so.

    `kind` is the identifier its cells are, or None; `item` the kind of personal information of
    the national lists; `hits` of `rows` hold it, `share` of the filled ones; `sensitivity` is 0
    (not personal), 1 (personal) or 2 (sensitive), `level` the least grade that follows from it;
    `inside` are all kinds that stand in its cells, alone or in text; `day` says that it tells of
    each person another day.
    """

    name: str
    kind: str | None
    hits: int
    rows: int
    distinct: int
    share: float
    sensitivity: int
    level: str | None
    evidence: str
    quasi: bool
    item: str | None = None
    evidence_en: str = ""
    inside: tuple[str, ...] = ()
    day: bool = False


@dataclass(frozen=True)
class Residual:
    """Direct identifiers of one kind that can still be read in a column."""

    column: str
    kind: str
    count: int


# Organisations, networks and places are not people: readable, they are no leak by themselves.
_NOT_DIRECT: Final = frozenset({"USCC", "IP", "GPS"})
_DIRECT: Final = frozenset(pattern.kind for pattern in patterns.PATTERNS) - _NOT_DIRECT
# The least grade a sensitivity calls for (grading matrix, floors F1 and F2).
_LEVELS: Final = (None, "2", "4")


def detect(table: Any, *, sample: int | None = None, today: date | None = None) -> list[Column]:
    """What each column of a table holds: a path, or a polars, pandas or Arrow table.

    Every row is read unless `sample` asks for that many, drawn over the whole table.
    """
    frame = whole(table)
    if sample is not None and sample < frame.height:
        frame = frame.sample(sample, seed=0)
    day = today or date.today()  # noqa: DTZ011  # birth dates are civil dates
    profiles = list(Profile.every(frame, day))
    verdicts = [_verdict(profile, frame.height) for profile in profiles]
    return _neighbours(frame, profiles, verdicts)


def alone(columns: Sequence[pl.Series]) -> list[Column]:
    """What each column holds as if there were no other: for columns that are no table.

    Some may have the same name.
    """
    day = date.today()  # noqa: DTZ011  # birth dates are civil dates
    rows = max(map(len, columns), default=0)
    return [_verdict(profile, rows) for profile in Profile.each(columns, day)]


def residual(
    table: Any, columns: Sequence[str] | None = None, *, today: date | None = None
) -> list[Residual]:
    """Direct identifiers that can be read in any cell, alone or inside text, in any disguise.

    Counts cells. Look-alikes that pass their check no oftener than by chance are not reported,
    nor are telephones and addresses in columns that say they are an organisation's.
    """
    frame = whole(table)
    day = today or date.today()  # noqa: DTZ011
    chosen = frame if columns is None else frame.select(columns)
    return [
        Residual(profile.name, kind, count)
        for profile in Profile.every(chosen, day, _DIRECT)
        for kind, count in profile.carried().items()
        if kind != "LANDLINE" or count > profile.of_offices(kind)
    ]


# --- one column -----------------------------------------------------------------------------


def _verdict(profile: Profile, rows: int) -> Column:
    """The best reading of a column, with what follows from it."""
    best = readings.best(profile)
    if best is None:
        return _unread(profile, rows)
    said = profile.header.item
    item = said if said and best.kind in headers.items()[said]["kinds"] else None
    return _read(profile, rows, best, tuple(profile.carried()), item)


def _read(
    profile: Profile, rows: int, reading: Reading, inside: Sequence[str], item: str | None = None
) -> Column:
    """A column of one kind; `item` is what its header makes of the kind, `inside` what it holds."""
    known = headers.kinds()[reading.kind]
    return _column(
        profile,
        rows,
        reading.kind,
        reading.hits,
        int(known["sensitivity"]),
        item or known["item"],
        reading.said,
        tuple(dict.fromkeys((reading.kind, *inside))),
    )


def _unread(profile: Profile, rows: int) -> Column:
    """A column that is no identifier: what it carries inside, whether it helps to single out."""
    inside = {} if profile.masked else profile.carried()
    doubted = readings.doubted(profile)
    inside = {kind: count for kind, count in inside.items() if kind not in doubted}
    carried = {kind: count for kind, count in inside.items() if kind in _DIRECT}
    item = _item(profile)
    if item is None and occasions.born_about(profile.name, profile.values, False):
        return _born_about(profile, rows)
    if item is None and occasions.is_birthday(profile.name, profile.values):
        return replace(
            _column(profile, rows, None, 0, 1, None, because("birthday"), ()), quasi=True
        )
    sensitivities = [int(headers.kinds()[kind]["sensitivity"]) for kind in carried]
    if item:
        sensitivities.append(1 + int(headers.items()[item]["sensitive"]))
    return _column(
        profile,
        rows,
        None,
        max(carried.values(), default=0),
        max(sensitivities, default=0),
        item,
        _why(profile, item, carried),
        tuple(inside),
    )


def _born_about(profile: Profile, rows: int) -> Column:
    """A column that tells about when people were born, by no whole date."""
    known = headers.items()["出生日期"]
    sensitivity, said = 1 + int(known["sensitive"]), because("born about")
    return _column(profile, rows, None, 0, sensitivity, "出生日期", said, ())


def _column(
    profile: Profile,
    rows: int,
    kind: str | None,
    hits: int,
    sensitivity: int,
    item: str | None,
    said: Sentence,
    inside: tuple[str, ...],
) -> Column:
    return Column(
        name=profile.name,
        kind=kind,
        hits=hits,
        rows=rows,
        distinct=len(profile.values),
        share=hits / profile.present if profile.present else 0.0,
        sensitivity=sensitivity,
        level=_LEVELS[sensitivity],
        evidence=said[0],
        quasi=item is not None and headers.items()[item]["role"] == "quasi",
        item=item,
        evidence_en=said[1],
        inside=inside,
    )


_LOGINS: Final = r"^(?i)[a-z][a-z0-9_.-]{2,31}$"
_PLACES: Final = r"^\p{Han}{1,12}(?:省|市|盟|区|县|旗|街道|镇|乡|苏木|社区|嘎查)$"


def _item(profile: Profile) -> str | None:
    """The item of personal information a column is by its header, else by its closed values."""
    item = profile.header.item
    # Where the header names an identifier, the values are none.
    if item is not None and not headers.items()[item]["kinds"]:
        return item
    # The kinds of an account are numbers of services; the name one signs in by is one as well.
    if item == "账号" and profile.layout(_LOGINS)[1] >= 0.8:
        return item
    if listed := closed_list(profile.values):
        return listed
    places = profile.layout(_PLACES)[1]
    return "所属社区" if places >= 0.9 and 1 < len(profile.values) <= 500 else None


def _why(profile: Profile, item: str | None, carried: dict[str, int]) -> Sentence:
    """Why a column is no identifier, so that a clerk sees what was looked at."""
    if not profile.present:
        return because("empty")
    if carried:
        return evidence.carried(profile.present, carried)
    if profile.masked:
        return because("masked")
    for kind in [one for one in ("ID_CARD", "BANK_CARD", "USCC", "MOBILE") if one in profile.kinds]:
        each = profile.of_kind(kind, True)
        if each.height > 0.5 * len(profile.values):
            return because("by chance", kind, passed=share(each["valid"]))
    if profile.header.organisation:
        return because("organisation")
    if item:
        return because("item", item=item, item_en=headers.items()[item]["en"])
    return because("nothing")


# --- beside each other ----------------------------------------------------------------------


def _neighbours(
    frame: pl.DataFrame, profiles: Sequence[Profile], verdicts: list[Column]
) -> list[Column]:
    """What only columns together show: birth dates, names without a header, firms' addresses."""
    kinds = {column.kind for column in verdicts}
    number = next((one.name for one in verdicts if one.kind == "ID_CARD"), None)
    people = kinds & {"ID_CARD", "MOBILE", "BANK_CARD", "BIRTH_DATE"}
    made = []
    for profile, column in zip(profiles, verdicts, strict=True):
        reading = None
        if column.kind is None and number is not None:
            reading = _born(frame, number, profile)
        nothing_said = column.item is None and not profile.header.kinds
        if reading is None and column.kind is None and people and nothing_said:
            reading = readings.people_among_others(profile)
        if reading is not None:
            column = _read(profile, frame.height, reading, column.inside)
        elif column.kind == "ADDRESS" and "USCC" in kinds and not people and "PERSON" not in kinds:
            firms = replace(profile, header=replace(profile.header, organisation=True))
            column = _unread(firms, frame.height)
        made.append(column)
    return _of_lives(frame, profiles, made)


def _of_lives(
    frame: pl.DataFrame, profiles: Sequence[Profile], verdicts: Sequence[Column]
) -> list[Column]:
    """In a table of people: days that differ from one to the next, and values the law protects."""
    if not persons.of_persons(
        verdicts, lambda: occasions.of_firms(profile.values for profile in profiles)
    ):
        return list(verdicts)
    made = []
    for profile, column in zip(profiles, verdicts, strict=True):
        if column.kind is None and not profile.masked:
            # 婚姻登记日期 is a day and no marital status.
            by_day = occasions.is_day(profile.name, profile.values)
            if by_day or occasions.is_month(profile.name, profile.values):
                zh, en = because("day" if by_day else "month", days=len(profile.values))
                column = replace(
                    column, item=None, quasi=True, day=True, evidence=zh, evidence_en=en
                )
            elif column.item is None and occasions.born_about(profile.name, profile.values, True):
                column = _born_about(profile, frame.height)
            elif column.item is None and (item := occasions.telling(profile.values)):
                column = _told(column, item)
        made.append(column)
    return made


def _told(column: Column, item: str) -> Column:
    """A column whose values tell what the law protects."""
    known = headers.items()[item]
    sensitivity = max(column.sensitivity, 1 + int(known["sensitive"]))
    zh, en = because("telling", item=item, item_en=known["en"])
    return replace(
        column,
        item=item,
        sensitivity=sensitivity,
        level=_LEVELS[sensitivity],
        evidence=zh,
        evidence_en=en,
    )


def _born(frame: pl.DataFrame, number: str, profile: Profile) -> Reading | None:
    """Dates that are those inside the citizen numbers of the same rows."""
    if profile.layout(readings.DATE)[1] <= 0.8:
        return None
    ids = unmasked(frame[number]).str.replace_all(r"[ \-./·]", "").str.slice(6, 8)
    parts = unmasked(frame[profile.name]).str.extract_groups(
        r"^(?<y>[0-9]{4})[-/.年]? ?(?<m>[0-9]{1,2})[-/.月]? ?(?<d>[0-9]{1,2})"
    )
    dates = (
        parts.struct.field("y")
        + parts.struct.field("m").str.zfill(2)
        + parts.struct.field("d").str.zfill(2)
    )
    hits = int((dates == ids).sum())
    if hits < 0.8 * profile.present:
        return None
    said = because("born", rows=profile.present, hits=hits, beside=number)
    return Reading("BIRTH_DATE", hits, share(dates == ids), said)
