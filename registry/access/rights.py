"""The table of rights: act × role × state × scope, read from roles.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import schemas
from registry.access.actor import Actor, Holding
from registry.errors import Forbidden, SignInNeeded
from registry.models.accounts import Organisation


@dataclass(frozen=True)
class Act:
    """One line of the table: who may do it, in which states of a version (empty: no version)."""

    id: str
    zh: str
    roles: frozenset[str]
    states: frozenset[str]
    scope: str


@cache
def acts() -> Mapping[str, Act]:
    """Every act of the product by id."""
    rows = schemas.codes.table("roles")["may"]
    return {
        row["act"]: Act(
            row["act"],
            row["zh"],
            frozenset(row["roles"]),
            frozenset(row["states"]),
            row.get("scope", ""),
        )
        for row in rows
    }


@cache
def roles() -> Mapping[str, Mapping[str, str]]:
    """Every role by id: Chinese and English title, scope."""
    return {row["id"]: row for row in schemas.codes.table("roles")["roles"]}


def role_title(role: str, locale: str = "zh") -> str:
    """The title of a role as printed."""
    row = roles().get(role, {})
    return row.get(locale) or row.get("zh") or role


# How far a role reaches is a word of roles.json; here is what the word means for a unit.
def _reaches(act: str, holding: Holding, department: Organisation, project_id: int | None) -> bool:
    scope = roles()[holding.role]["scope"]
    unit = holding.organisation_id
    if scope.startswith("authority"):
        return unit == department.authority_id or (
            act.startswith("read_") and _is_above(unit, department)
        )
    if scope.startswith("operator"):
        return unit == department.operator_id
    if is_of_one_project(holding.role):
        return project_id is not None and holding.project_id == project_id
    if scope.startswith(("department", "projects of the department")):
        return unit == department.id or _leaves_through(holding, department)
    return True


@dataclass(frozen=True)
class Reach:
    """Units and projects some posts lie in; `everywhere` where one is bound to neither.

    Wider than `holding_for`, never narrower: what lies outside need not be looked at.
    """

    everywhere: bool = False
    departments: frozenset[int] = frozenset()
    operators: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()


def reach(actor: Actor, *named: str) -> Reach:
    """Where the posts lie by which the actor may do one of these acts."""
    allowed = frozenset().union(*(acts()[act].roles for act in named))
    departments, operators = set[int](), set[int]()
    projects = set[int]()
    for holding in actor.holdings:
        if holding.role not in allowed:
            continue
        scope = roles()[holding.role]["scope"]
        if scope.startswith("operator"):
            operators.add(holding.organisation_id)
        elif is_of_one_project(holding.role):
            projects |= {holding.project_id} if holding.project_id is not None else set()
        elif scope.startswith(("department", "projects of the department")):
            departments.add(holding.organisation_id)
        else:
            return Reach(everywhere=True)
    return Reach(False, frozenset(departments), frozenset(operators), frozenset(projects))


def is_of_one_project(role: str) -> bool:
    """Whether a post of this role says for which project it is held."""
    return roles()[role]["scope"].startswith("one project")


def is_until_a_date(role: str) -> bool:
    """Whether a post of this role is never held without a last day."""
    return roles()[role]["scope"].endswith("until a date")


def reach_together(
    role: str, unit: Organisation, other_role: str, other_unit: Organisation
) -> bool:
    """Whether two posts may both act on the entries of one of their units."""
    one = Holding(role, unit.id, unit.code, unit.name)
    other = Holding(other_role, other_unit.id, other_unit.code, other_unit.name)
    return any(
        _reaches("", one, where, None) and _reaches("", other, where, None)
        for where in (unit, other_unit)
    )


def _is_above(unit: int, department: Organisation) -> bool:
    """Whether this is the authority of a unit higher in the tree: the city sees its districts."""
    above = department.parent
    while above is not None:
        if above.authority_id == unit:
            return True
        above = above.parent
    return False


# The papers of a sub-unit leave through the unit above it (departments.json, parent), where
# these posts are held; its registrar stays its own.
_HELD_ABOVE = frozenset({"secrecy", "head", "sharing_head"})


def _leaves_through(holding: Holding, department: Organisation) -> bool:
    return (
        holding.role in _HELD_ABOVE
        and department.kind in {"事业", "参公"}
        and holding.organisation_id == department.parent_id
        and department.class_code is not None
        and department.parent is not None
        and department.class_code == department.parent.class_code
    )


def holding_for(
    actor: Actor, act: str, department: Organisation | None = None, project_id: int | None = None
) -> Holding | None:
    """The post by which the actor may do `act` in `department`, or None."""
    allowed = acts()[act].roles
    for holding in actor.holdings:
        if holding.role in allowed and (
            department is None or _reaches(act, holding, department, project_id)
        ):
            return holding
    return None


def why_not(
    actor: Actor,
    act: str,
    department: Organisation | None = None,
    state: str | None = None,
    project_id: int | None = None,
) -> Forbidden | SignInNeeded | None:
    """The refusal this actor would get, or None when he may. Two persons are another question."""
    if not actor.signed_in:
        return SignInNeeded("sign_in", act=act)
    line = acts()[act]
    if actor.roles.isdisjoint(line.roles):
        return Forbidden("no_role", act=act, roles=sorted(line.roles))
    if holding_for(actor, act, department, project_id) is None:
        unit = department.name if department else ""
        return Forbidden("not_yours", act=act, roles=sorted(line.roles), unit=unit)
    if state is not None and line.states and state not in line.states:
        return Forbidden("wrong_state", act=act, state=state)
    return None


def may(
    actor: Actor,
    act: str,
    department: Organisation | None = None,
    state: str | None = None,
    project_id: int | None = None,
) -> bool:
    """Whether the actor has the right to this act here."""
    return why_not(actor, act, department, state, project_id) is None


def require(
    actor: Actor,
    act: str,
    department: Organisation | None = None,
    state: str | None = None,
    project_id: int | None = None,
) -> Holding:
    """The post by which the actor does this; raise Forbidden or SignInNeeded when he may not."""
    refusal = why_not(actor, act, department, state, project_id)
    if refusal is not None:
        raise refusal
    holding = holding_for(actor, act, department, project_id)
    assert holding is not None
    return holding
