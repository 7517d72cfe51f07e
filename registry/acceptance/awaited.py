"""What of the projects waits for an actor: to be signed, or to be mended before it can be."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.acceptance.examine import Examination, Line, examine_many
from registry.acceptance.people import is_insider, place
from registry.acceptance.standing import issued
from registry.access import Actor, may
from registry.models.projects import Project
from registry.projects import listed

# As many as anybody works on at once; the page of the projects lists them all.
MOST = 40


@dataclass(frozen=True)
class Awaited:
    """A project that waits for the actor: with what he has to mend, or for his signature."""

    project: Project
    found: Examination
    lines: Sequence[Line] = ()

    @property
    def is_to_be_signed(self) -> bool:
        """Whether nothing is open and his signature is all it lacks."""
        return not self.lines


def awaited(session: Session, actor: Actor, deferral_paper: str = "") -> list[Awaited]:
    """The open projects that wait for this actor, by planned day.

    In the same number of queries for any number of them; of more than `MOST` the first.
    """
    if not actor.roles & _HOLDERS:
        return []
    seen = [one for one in listed(session, actor) if one.concluded_on is None]
    mine = [one for one in seen if _has_part(actor, one)][:MOST]
    if not mine:
        return []
    opinions = issued(session, [project.id for project in mine])
    waiting = []
    for found in examine_many(session, mine, deferral_paper=deferral_paper):
        project = found.project
        if found.verdict in {"pass", "conditional"} and _signs(actor, project):
            stated = {(one.stage, one.result) for one in opinions.get(project.id, ()) if one.stands}
            if (found.stage, found.verdict) not in stated:
                waiting.append(Awaited(project, found))
        lines = [
            line for line in found.failing if any(_holds(actor, project, b) for b in line.balls)
        ]
        if lines:
            waiting.append(Awaited(project, found, lines))
    return sorted(waiting, key=lambda one: not one.is_to_be_signed)


# Whoever a gate can wait for (the balls of `gates`), and who signs.
_HOLDERS = frozenset(
    {"acceptance", "registrar", "secrecy", "head", "reviewer", "operator", "project_manager"}
)


def _has_part(actor: Actor, project: Project) -> bool:
    return any(_holds(actor, project, role) for role in _HOLDERS)


def _signs(actor: Actor, project: Project) -> bool:
    return not is_insider(actor, project) and may(actor, "verify", project.unit)


def _holds(actor: Actor, project: Project, role: str) -> bool:
    return any(
        holding.role == role and holding.organisation_id == place(project, role)
        for holding in actor.holdings
    )
