"""Who acts: a person with the posts he holds today, through one account or one command."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.models.accounts import Account, Organisation, Post


@dataclass(frozen=True)
class Holding:
    """One post of the actor: a role in a unit, for one project where it is a vendor's."""

    role: str
    organisation_id: int
    organisation_code: str
    organisation_name: str
    project_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who asks. `way` is "page", "token", "command", or "system" for the program itself.

    Who `owes_password` signed in with one that somebody else set, and has to choose his own first.
    """

    person_id: int | None
    person_key: str
    name: str
    username: str
    holdings: tuple[Holding, ...] = ()
    way: str = "page"
    owes_password: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether there is a name behind the request."""
        return self.person_id is not None

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The units in which the actor holds a post today."""
        return frozenset(holding.organisation_id for holding in self.holdings)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of all posts."""
        return frozenset(holding.role for holding in self.holdings)

    def holds(self, *roles: str) -> bool:
        """Whether one of the posts has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def holding(self, roles: Iterable[str]) -> Holding | None:
        """The first post with one of these roles: the one named in the journal."""
        wanted = set(roles)
        return next((holding for holding in self.holdings if holding.role in wanted), None)


NOBODY = Actor(person_id=None, person_key="", name="", username="")
SYSTEM = Actor(person_id=None, person_key="", name="system", username="system", way="system")


_DAY, _PERSON = sa.bindparam("b_day", type_=sa.Date), sa.bindparam("b_person", type_=sa.Integer)
# What is asked of a person's posts, wherever the person was found.
POST_COLUMNS = (
    Post.__table__.c.role,
    Post.__table__.c.organisation_id,
    Organisation.__table__.c.code,
    Organisation.__table__.c.name.label("unit_name"),
    Post.__table__.c.project_id,
)
HELD_TODAY = sa.and_(
    Post.__table__.c.starts <= _DAY,
    sa.or_(Post.__table__.c.ends.is_(None), Post.__table__.c.ends >= _DAY),
)
# Asked with every request: written once, and only what is used is read.
_POSTS = (
    sa.select(*POST_COLUMNS)
    .join_from(Post.__table__, Organisation.__table__, Post.organisation_id == Organisation.id)
    .where(Post.__table__.c.person_id == _PERSON, HELD_TODAY)
    .order_by(Post.__table__.c.id)
)


def of_account(session: Session, account: Account, day: date, way: str = "page") -> Actor:
    """The actor behind an account, with the posts that are held on `day`."""
    rows = session.execute(_POSTS, {"b_person": account.person_id, "b_day": day})
    holdings = tuple(Holding(*row) for row in rows)
    person = account.person
    return Actor(person.id, person.key, person.name, account.username, holdings, way)
