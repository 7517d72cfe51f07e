"""Who holds the ball: the people behind the roles that a shortfall waits for."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import calendar
from registry.access import Actor, roles
from registry.models.accounts import Organisation, Person, Post
from registry.models.projects import Project


def holders(session: Session, project: Project, wanted: Iterable[str]) -> Mapping[str, list[str]]:
    """For each role the people of today who can act for this project, as unit and name."""
    places = {role: place(project, role) for role in wanted}
    today = calendar.today()
    rows = session.execute(
        sa.select(Post.role, Post.organisation_id, Organisation.name, Person.name)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Person, Person.id == Post.person_id)
        .where(
            Post.role.in_(places),
            Post.organisation_id.in_({place for place in places.values() if place}),
            Post.starts <= today,
            sa.or_(Post.ends.is_(None), Post.ends >= today),
        )
        .order_by(Post.id)
    )
    found: dict[str, list[str]] = {}
    for role, unit_id, unit, name in rows:
        who = f"{unit} {name}"
        if unit_id == places[role] and who not in found.setdefault(role, []):
            found[role].append(who)
    return found


def place(project: Project, role: str) -> int | None:
    """The unit whose people of this role act for a project."""
    scope = roles()[role]["scope"]
    if scope.startswith("authority"):
        return project.unit.authority_id
    return project.unit.operator_id if scope.startswith("operator") else project.unit_id


def is_insider(actor: Actor, project: Project) -> bool:
    """Whether he works for the unit of the project, and so does not judge it.

    The authority's own projects are judged by its officers, with others beside them.
    """
    return project.unit_id in actor.organisation_ids - {project.unit.authority_id}
