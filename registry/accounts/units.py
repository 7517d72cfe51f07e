"""The units of the city taken in from a table: added and changed, on record, never taken away.

A unit that the table does not name stays as it is, and so does a fact whose cell is blank. Units
that end are merged by a transfer, which their entries follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from anonymization import identifiers
from registry import journal, outbox
from registry.access import Actor
from registry.accounts.people import add_organisation
from registry.models.accounts import Organisation, Post

KINDS = ("机关", "事业", "参公", "群团", "企业", "垂管")
# The four duties of Art. 14 are one office's until a system or an entry names others.
_DUTIES = ("handles", "manages", "archives", "answers")
_POST = "数据专员"


@dataclass(frozen=True)
class Column:
    """A column of the table: its Chinese heading, its English one, the longest cell, its meaning.

    A meaning that ends a fact is in both languages: the template shows it.
    """

    field: str
    zh: str
    en: str
    longest: int
    meaning: str


COLUMNS: Sequence[Column] = (
    Column("code", "统一社会信用代码", "code", 18, "必填，18 位 / required"),
    Column("name", "单位名称", "name", 200, "必填，每个单位不同 / required, its own"),
    Column("short", "简称", "short", 60, "可不填 / optional"),
    Column("kind", "单位性质", "kind", 10, f"{'、'.join(KINDS)}；不填为机关 / one of these"),
    Column(
        "class_code",
        "分类代码",
        "class",
        6,
        "目录分类的 6 位代码，如 307001 / class of its entries",
    ),
    Column(
        "region", "行政区划代码", "region", 6, "6 位，不填为市本级 / 6 digits, by default the city"
    ),
    Column("parent", "上级单位", "parent", 200, "代码或者名称 / code or name"),
    Column(
        "authority",
        "主管部门",
        "authority",
        200,
        "必填，审核本单位目录的单位 / required, who decides",
    ),
    Column("operator", "平台运维方", "operator", 200, "不填为主管部门 / by default the authority"),
    Column("duty", "职责", "duty", 2_000, "可不填，用于匹配数据需求 / optional, matches demands"),
    Column(
        "office", "责任处室", "office", 60, "数据责任处室，与电话一并填写 / office that answers"
    ),
    Column("phone", "联系电话", "phone", 40, "与责任处室一并填写 / with the office"),
    Column("basis", "依据", "basis", 200, "设立或者更名的文号 / paper of the change"),
)
_REQUIRED = ("code", "name", "authority")
_RELATIONS = ("parent", "authority", "operator")
_TEXTS = ("name", "short", "kind", "class_code", "region", "duty", "basis")


@dataclass(frozen=True)
class Fault:
    """A row that cannot be taken; `row` counts from 1 as a sheet does, 0 is the whole file."""

    row: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Row:
    """One unit of the table: the number of its row and its cells by field, blank ones left out."""

    number: int
    cells: Mapping[str, str]

    @property
    def code(self) -> str:
        """The social credit code."""
        return self.cells["code"]


@dataclass(frozen=True)
class Change:
    """What a row does to a unit: "added" or "changed", with the fields that differ."""

    row: int
    code: str
    name: str
    what: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a table changed, row by row; how many units it left as they were, named or not."""

    changes: tuple[Change, ...]
    same: int
    unnamed: int


@dataclass(frozen=True)
class Listed:
    """A unit as it is listed, with how many people hold a post there."""

    unit: Organisation
    parent: str
    authority: str
    operator: str
    successor: str
    posts: int


def read(table: Sequence[Sequence[str]]) -> tuple[list[Row], list[Fault]]:
    """The units of a sheet by row, and every fault that shows without the known units.

    The headings stand in its first row, in any order, in Chinese or English.
    """
    heads = [cell.strip().lower() for cell in table[0]] if table else []
    places = {
        column.field: heads.index(word)
        for column in COLUMNS
        for word in (column.en, column.zh)
        if word in heads
    }
    missing = [one.zh for one in COLUMNS if one.field in _REQUIRED and one.field not in places]
    if missing:
        return [], [Fault(0, "heading", "、".join(missing))]
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, cells in enumerate(table[1:], start=2):
        found = {f: cells[at].strip() for f, at in places.items() if at < len(cells)}
        found = {field: text for field, text in found.items() if text}
        if not found:
            continue
        found["code"] = found.get("code", "").upper()
        wrong = _faults(number, found)
        if found["code"] in seen:
            wrong.append(Fault(number, "twice", found["code"]))
        seen.add(found["code"])
        faults += wrong
        rows.append(Row(number, found))
    if not rows:
        faults.append(Fault(0, "empty"))
    return rows, faults


def _faults(number: int, found: Mapping[str, str]) -> list[Fault]:
    wrong = []
    if identifiers.read("uscc", found["code"]) != found["code"]:
        wrong.append(Fault(number, "code", found["code"][:40]))
    if "name" not in found:
        wrong.append(Fault(number, "name"))
    if found.get("kind", KINDS[0]) not in KINDS:
        wrong.append(Fault(number, "kind", found["kind"][:40]))
    for field in ("class_code", "region"):
        digits = found.get(field, "000000")
        if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
            wrong.append(Fault(number, field, digits[:40]))
    if ("office" in found) != ("phone" in found):
        wrong.append(Fault(number, "holder"))
    for column in COLUMNS:
        text = found.get(column.field, "")
        if column.field not in ("code", "class_code", "region", "kind") and (
            len(text) > column.longest or not text.isprintable()
        ):
            wrong.append(Fault(number, "text", f"{column.zh} {column.longest}"))
    return wrong


def take(
    session: Session, actor: Actor, rows: Sequence[Row], digest: str, *, dry_run: bool = False
) -> tuple[Outcome, list[Fault]]:
    """Add the units that are new and change those that differ, or say by fault why not.

    All of it is stored, or nothing. Every unit added or changed is a row of the journal; what is
    shown with the entries of a changed unit is brought up to date.
    """
    known = {unit.code: unit for unit in session.scalars(sa.select(Organisation))}
    tree = _Tree(known, rows)
    faults = tree.faults()
    changes = [] if faults else [one for row in rows if (one := tree.change(row)) is not None]
    named = sum(row.code in known for row in rows)
    same = len(rows) - len(changes)
    outcome = Outcome(tuple(changes), same, len(known) - named)
    if faults or dry_run or not changes:
        return outcome, faults
    by_number = {row.number: row for row in rows}
    units = dict(known)
    for change in changes:
        if change.what == "added":
            cells = by_number[change.row].cells
            said = {"code": change.code, **{f: cells[f] for f in _TEXTS if f in cells}}
            units[change.code] = add_organisation(session, actor, said)
    for change in changes:
        row, unit = by_number[change.row], units[change.code]
        for field in change.fields:
            _set(unit, field, row, tree, units)
        session.flush()
        if change.what == "changed":
            facts = {"fields": list(change.fields)}
            journal.record(
                session,
                actor,
                "change_organisation",
                "organisation",
                unit.code,
                digest=digest,
                facts=facts,
            )
            outbox.touch_department(session, unit.id)
    return outcome, []


def _set(
    unit: Organisation, field: str, row: Row, tree: "_Tree", units: Mapping[str, Organisation]
) -> None:
    if field in _RELATIONS:
        setattr(unit, f"{field}_id", units[tree.related(row, field)].id)
    elif field == "holders":
        unit.holders = _holders(row)
    else:
        setattr(unit, field, row.cells[field])


def _holders(row: Row) -> dict[str, dict[str, str]]:
    held = {"office": row.cells["office"], "post": _POST, "phone": row.cells["phone"]}
    return dict.fromkeys(_DUTIES, held)


class _Tree:
    """The units as they will be: those known under what the rows say of them."""

    def __init__(self, known: Mapping[str, Organisation], rows: Sequence[Row]) -> None:
        self._known = known
        self._rows = rows
        self._names = {code: unit.name for code, unit in known.items()}
        self._names.update({row.code: row.cells["name"] for row in rows})
        self._codes: dict[str, list[str]] = {}
        for code, name in self._names.items():
            self._codes.setdefault(name, []).append(code)
        self._by_id = {unit.id: code for code, unit in known.items()}

    def related(self, row: Row, field: str) -> str:
        """The code of the unit a row names there; "" where it names none that is known."""
        word = row.cells.get(field, "")
        if not word and field == "operator" and row.code not in self._known:
            word = row.cells.get("authority", "")
        if word.upper() in self._names:
            return word.upper()
        found = self._codes.get(word, [])
        return found[0] if len(found) == 1 else ""

    def faults(self) -> list[Fault]:
        """Names held twice, units nobody knows, and a unit that stands above itself."""
        wrong = []
        for row in self._rows:
            if len(self._codes[row.cells["name"]]) > 1:
                wrong.append(Fault(row.number, "name_twice", row.cells["name"]))
            if "authority" not in row.cells and row.code not in self._known:
                wrong.append(Fault(row.number, "authority"))
            for field in _RELATIONS:
                if field in row.cells and not self.related(row, field):
                    wrong.append(Fault(row.number, field, row.cells[field][:40]))
        # Who is asked whom he stands below would be asked for ever.
        above = {code: self._by_id.get(unit.parent_id or 0) for code, unit in self._known.items()}
        above.update({r.code: self.related(r, "parent") for r in self._rows if "parent" in r.cells})
        for row in self._rows:
            at, passed = above.get(row.code), 0
            while at and at != row.code and passed <= len(above):
                at, passed = above.get(at), passed + 1
            if at == row.code:
                wrong.append(Fault(row.number, "circle", row.cells["name"]))
        return wrong

    def change(self, row: Row) -> Change | None:
        """What the row does, None where it says what is known."""
        unit = self._known.get(row.code)
        fields = [field for field in _TEXTS if self._differs(unit, field, row)]
        for field in _RELATIONS:
            wanted = self.related(row, field)
            there = self._by_id.get(getattr(unit, f"{field}_id") or 0) if unit else None
            if wanted and wanted != there:
                fields.append(field)
        if "office" in row.cells and (unit is None or not _is_held(unit, row)):
            fields.append("holders")
        if unit is None:
            return Change(row.number, row.code, row.cells["name"], "added", tuple(fields))
        if not fields:
            return None
        return Change(row.number, row.code, row.cells["name"], "changed", tuple(fields))

    @staticmethod
    def _differs(unit: Organisation | None, field: str, row: Row) -> bool:
        if field not in row.cells:
            return False
        return unit is None or getattr(unit, field) != row.cells[field]


def _is_held(unit: Organisation, row: Row) -> bool:
    """Whether each duty lies where the row says; the post may be another one."""
    held = unit.holders or {}
    return all(
        (held.get(duty) or {}).get(field) == row.cells[field]
        for duty in _DUTIES
        for field in ("office", "phone")
    )


def listed(session: Session) -> list[Listed]:
    """Every unit by its class and code, with its relations by name; two queries."""
    units = session.scalars(
        sa.select(Organisation).order_by(Organisation.class_code, Organisation.code)
    ).all()
    names = {unit.id: unit.name for unit in units}
    people = sa.func.count(sa.distinct(Post.person_id))
    held = sa.select(Post.organisation_id, people).group_by(Post.organisation_id)
    posts = {unit: count for unit, count in session.execute(held)}  # noqa: C416 - a row is no pair
    return [
        Listed(
            unit,
            names.get(unit.parent_id or 0, ""),
            names.get(unit.authority_id or 0, ""),
            names.get(unit.operator_id or 0, ""),
            names.get(unit.successor_id or 0, ""),
            posts.get(unit.id, 0),
        )
        for unit in units
    ]


def field_title(field: str) -> str:
    """The heading of a field, for whoever is told that it changed."""
    titles = {column.field: column.zh for column in COLUMNS}
    return titles.get(field, "责任处室")
