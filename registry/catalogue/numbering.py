"""Codes of resources: given once at the first publication, from a counter per class.

The front follows the code rule of the national profile: 类 1, 项 2, 目 3 digits, 细目 = region;
the back is a serial of six digits. Gaps may occur, a number never comes twice.
"""

from collections import Counter as Counted
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.papers import Counter


def next_code(session: Session, class_path: str, department: Organisation) -> str:
    """The next free code of the class; runs under the lock of the one writer."""
    front = _front(class_path, department)
    while True:
        code = f"{front}/{next_number(session, _series(front)):06d}"
        # Codes adopted from an older catalogue may lie ahead of the counter.
        if not session.scalar(sa.select(Resource.id).where(Resource.code == code)):
            return code


def next_codes(
    session: Session, wanted: Sequence[tuple[str, Organisation]], kept: Iterable[str | None] = ()
) -> list[str]:
    """The next free codes of many entries, one for each class and unit, in that order.

    `kept` are codes that other entries bring along in the same act.
    """
    reserved = {code for code in kept if code}
    fronts = [_front(class_path, department) for class_path, department in wanted]
    counted = Counted(fronts)
    free = {front: iter(_free(session, front, counted[front], reserved)) for front in counted}
    return [next(free[front]) for front in fronts]


def _free(session: Session, front: str, count: int, reserved: set[str]) -> list[str]:
    within = Resource.code.startswith(f"{front}/", autoescape=True)
    taken = reserved | {c for c in session.scalars(sa.select(Resource.code).where(within)) if c}
    counter = _counter(session, _series(front))
    found: list[str] = []
    while len(found) < count:
        code = f"{front}/{counter.next:06d}"
        counter.next += 1
        if code not in taken:
            found.append(code)
    session.flush()
    return found


def _front(class_path: str, department: Organisation) -> str:
    parts = class_path.split("/")
    return "".join(parts) if len(parts) > 3 else "".join(parts) + department.region


def own_class(department: Organisation) -> str | None:
    """The place in the class tree that is the unit's own (307002 → 3/07/002), if it has one."""
    code = department.class_code or ""
    return f"{code[0]}/{code[1:3]}/{code[3:]}" if len(code) == 6 and code.isdigit() else None


def _series(front: str) -> str:
    return f"code:{front}"


def next_number(session: Session, series: str) -> int:
    """Take the next number of a series, from 1."""
    counter = _counter(session, series)
    number = counter.next
    counter.next = number + 1
    session.flush()
    return number


def coming_number(session: Session, series: str) -> int:
    """The number that would be taken next; it stays free."""
    row = session.get(Counter, series, populate_existing=True)
    return 1 if row is None else row.next


def _counter(session: Session, series: str) -> Counter:
    row = session.get(Counter, series, populate_existing=True)
    if row is None:
        row = Counter(series=series, next=1)
        session.add(row)
    return row
