"""Codes of resources: given once at the first publication, from a counter per class.

The front follows the code rule of the national profile: 类 1, 项 2, 目 3 digits, 细目 = region;
the back is a serial of six digits. Gaps may occur, a number never comes twice.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.models.accounts import Organisation
from registry.models.catalogue import Resource
from registry.models.papers import Counter


def next_code(session: Session, class_path: str, department: Organisation) -> str:
    """The next free code of the class; runs under the lock of the one writer."""
    parts = class_path.split("/")
    front = "".join(parts) if len(parts) > 3 else "".join(parts) + department.region
    while True:
        code = f"{front}/{next_number(session, f'code:{front}'):06d}"
        # Codes adopted from an older catalogue may lie ahead of the counter.
        if not session.scalar(sa.select(Resource.id).where(Resource.code == code)):
            return code


def next_number(session: Session, series: str) -> int:
    """Take the next number of a series, from 1."""
    row = session.get(Counter, series, populate_existing=True)
    if row is None:
        row = Counter(series=series, next=1)
        session.add(row)
    number = row.next
    row.next = number + 1
    session.flush()
    return number
