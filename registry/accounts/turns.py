"""Whose turn it is: the people of today who can take an act for a unit."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar
from registry.access import acts, roles
from registry.models.accounts import Organisation, Person, Post


def able(session: Session, act: str, unit: Organisation) -> list[tuple[str, str]]:
    """Name and role of everybody with a post for this act here or above, longest in it first.

    It names people for a sentence ("by whom"); the right itself is judged by `access.may`.
    """
    places = {role: _place(role, unit) for role in acts()[act].roles if role in roles()}
    today = calendar.today()
    rows = session.execute(
        sa.select(Person.name, Post.role, Post.organisation_id)
        .join(Person, Person.id == Post.person_id)
        .where(
            Post.role.in_(places),
            Post.organisation_id.in_({place for place in places.values() if place}),
            Post.project_id.is_(None),
            Post.starts <= today,
            sa.or_(Post.ends.is_(None), Post.ends >= today),
        )
        .order_by(Post.id)
    )
    return [(name, role) for name, role, at in rows if at == places[role]]


def _place(role: str, unit: Organisation) -> int | None:
    scope = roles()[role]["scope"]
    if scope.startswith("authority"):
        return unit.authority_id
    if scope.startswith("operator"):
        return unit.operator_id
    return unit.id if scope.startswith(("department", "projects of the department")) else None
