"""The system administrator's page: accounts, posts with their dates, substitutes, merged posts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import accounts, calendar, workdays
from registry.access import is_of_one_project, is_until_a_date, role_title, roles
from registry.accounts import clashes, posts, tokens, units
from registry.edge import actor, go, locale, prepared, reads, session, writes
from registry.edge.numbers import row_number
from registry.edge.words import sentence
from registry.errors import Conflict, Invalid, Missing, Refusal
from registry.models.accounts import Account, Organisation, Post
from registry.models.projects import Project

pages = Blueprint("admin", __name__, url_prefix="/admin")


@pages.get("")
@reads("accounts")
def overview() -> str:
    """Accounts with their posts of today."""
    wanted = request.args.get("q", "").strip()[:60]
    return render_template(
        "admin.html",
        place="admin",
        listed=posts.overview(session(), actor(), wanted),
        wanted=wanted,
        most=posts.MOST_SHOWN,
        today=calendar.today(),
        title_of=_title,
    )


@pages.get("/units")
@reads("accounts")
def all_units() -> str:
    """Every unit with its relations, and how many people hold a post there."""
    return render_template("units.html", place="admin", units=units.listed(session()))


@pages.get("/calendar")
@reads("calendar")
def working_days() -> str:
    """The years whose working days are known, and those that are counted provisionally."""
    return render_template("calendar.html", place="admin", years=workdays.years(session()))


def _title(role: str) -> str:
    return role_title(role, locale())


@pages.get("/accounts")
@reads("accounts")
def new_account() -> str:
    """The form that opens an account with its first post."""
    return _new_account()


def _new_account(fault: tuple[str, str] | None = None) -> str:
    return render_template(
        "account_new.html",
        place="admin",
        fault=fault,
        # A password is never sent back, not even to who typed it.
        typed={name: text for name, text in request.form.items() if name != "password"},
        least=accounts.SHORTEST_PASSWORD,
        today=calendar.today(),
        **_choices(),
    )


def _choices() -> Mapping[str, Any]:
    """What a post is chosen from: roles, units, and the projects of the units."""
    projects = sa.select(Project.key, Project.name, Organisation.name.label("unit"))

    def named(holds: Callable[[str], bool]) -> str:
        return ("、" if locale() == "zh" else ", ").join(
            _title(one) for one in roles() if holds(one)
        )

    return {
        "roles": [(role, _title(role)) for role in roles()],
        "units": session()
        .execute(sa.select(Organisation.code, Organisation.name).order_by(Organisation.name))
        .all(),
        "projects": session()
        .execute(projects.join(Project.unit).order_by(Organisation.name, Project.name))
        .all(),
        "project_roles": named(is_of_one_project),
        "dated_roles": named(is_until_a_date),
    }


@contextmanager
def _hashed(username: str = "") -> Iterator[str | Refusal]:
    """The password worked on before the lock, slow by design; a weak one is told on the form."""
    form = request.form
    try:
        if username:
            accounts.require_strong(username, form.get("password", ""))
        else:
            typed = (form.get(name, "") for name in ("username", "name", "password"))
            accounts.require_good(*typed)
        made: str | Refusal = accounts.hash_password(form["password"])
    except Invalid as fault:
        made = fault
    yield made


def _password() -> str:
    made = prepared()
    if isinstance(made, Refusal):
        raise made
    return str(made)


@pages.post("/accounts")
@writes("accounts", before=_hashed)
def open_account() -> Response | tuple[str, int]:
    """Open an account and give its first post: there is no account without one."""
    username = request.form.get("username", "")
    try:
        made = posts.enter(
            session(), actor(), username, request.form.get("name", ""), hashed=_password()
        )
        _give(made)
    except (Invalid, Conflict) as refusal:
        session().rollback()
        return _new_account(sentence(refusal)), refusal.status
    return go(url_for(".account", username=username))


@pages.post("/accounts/<username>/password")
@writes("accounts", before=_hashed)
def renew(username: str) -> Response | tuple[str, int]:
    """Give an account another password."""
    return _done(username, lambda found: posts.renew(session(), actor(), found, hashed=_password()))


@pages.get("/accounts/<username>")
@reads("accounts")
def account(username: str) -> str:
    """One account: its posts, notices, and what may be done with them."""
    return _account(username)


def _account(username: str, fault: tuple[str, str] | None = None) -> str:
    found = posts.account_of(session(), actor(), username)
    held = session().scalars(
        sa.select(Post).where(Post.person_id == found.person_id).order_by(Post.starts, Post.id)
    )
    every = held.all()
    notices = posts.notices_of(session(), found)
    return render_template(
        "account.html",
        place="admin",
        account=found,
        posts=every,
        clashes=clashes.clashes(every, calendar.today(), [notice for notice, _ in notices]),
        notices=notices,
        tokens=tokens.of_accounts(session(), actor(), account=found),
        **_choices(),
        called={
            row.id: row.name
            for row in session().execute(
                sa.select(Project.id, Project.name).where(
                    Project.id.in_({post.project_id for post in every})
                )
            )
        },
        least=accounts.SHORTEST_PASSWORD,
        pairs=posts.mergeable(),
        colleagues=_colleagues(found),
        today=calendar.today(),
        title_of=_title,
        fault=fault,
        # Three forms share names of boxes: what was typed goes back into its own.
        typed=lambda form: request.form if request.path.endswith(f"/{form}") else {},
        is_own=found.person_id == actor().person_id,
    )


def _colleagues(found: Account) -> list[tuple[int, str, str, str]]:
    """Posts of others that this person may stand in for: id, name, role, unit."""
    rows = session().execute(
        sa.select(Post, Account)
        .join(Account, Account.person_id == Post.person_id)
        .where(
            Post.person_id != found.person_id,
            Post.substitute_for_id.is_(None),
            sa.or_(Post.ends.is_(None), Post.ends >= calendar.today()),
        )
        .order_by(Post.id)
        .limit(500)
    )
    return [
        (post.id, holder.person.name, _title(post.role), post.organisation.name)
        for post, holder in rows
    ]


@pages.post("/accounts/<username>/appoint")
@writes("accounts")
def appoint(username: str) -> Response | tuple[str, int]:
    """Give a post."""
    return _done(username, _give)


def _give(found: Account) -> Post:
    """The post of the form, given."""
    return posts.give(
        session(),
        actor(),
        found,
        request.form.get("role", ""),
        _unit(request.form.get("unit", "")),
        _day("starts"),
        _day("ends"),
        project=_project(request.form.get("project", "")),
    )


@pages.post("/accounts/<username>/substitute")
@writes("accounts")
def substitute(username: str) -> Response | tuple[str, int]:
    """Let this person stand in for somebody else's post between two dates."""

    def act(found: Account) -> object:
        stood_for = session().get(Post, row_number(request.form.get("post", "")))
        if stood_for is None:
            raise Missing("no_post")
        return posts.give(
            session(),
            actor(),
            found,
            stood_for.role,
            stood_for.organisation,
            _day("starts"),
            _day("ends"),
            substitute_for=stood_for,
        )

    return _done(username, act)


@pages.post("/accounts/<username>/end")
@writes("accounts")
def end(username: str) -> Response | tuple[str, int]:
    """End a post on a day."""
    return _done(
        username,
        lambda found: posts.end(
            session(), actor(), found, row_number(request.form.get("post", "")), _day("ends")
        ),
    )


@pages.post("/accounts/<username>/merge")
@writes("accounts")
def merge(username: str) -> Response | tuple[str, int]:
    """File a notice that merges two posts of this person."""
    first, _, second = request.form.get("pair", "").partition(" ")
    return _done(
        username,
        lambda found: posts.merge(
            session(),
            actor(),
            found,
            _unit(request.form.get("unit", "")),
            (first, second),
            request.form,
            _day("starts"),
            _day("ends"),
        ),
    )


@pages.post("/accounts/<username>/<any('close', 'reopen'):act>")
@writes("accounts")
def switch(username: str, act: str) -> Response | tuple[str, int]:
    """Close the account with every visit of it, or open it again."""
    step = posts.close if act == "close" else posts.reopen
    return _done(username, lambda found: step(session(), actor(), found))


def _done(username: str, act: Callable[[Account], object]) -> Response | tuple[str, int]:
    found = posts.account_of(session(), actor(), username)
    try:
        act(found)
    except (Invalid, Conflict) as refusal:
        session().rollback()
        return _account(username, sentence(refusal)), refusal.status
    return go(url_for(".account", username=username))


def _unit(code: str) -> Organisation:
    found = session().scalar(sa.select(Organisation).where(Organisation.code == code))
    if found is None:
        raise Invalid([], code="post_unit")
    return found


def _project(key: str) -> Project | None:
    found = session().scalar(sa.select(Project).where(Project.key == key)) if key else None
    if key and found is None:
        raise Invalid([], code="post_project")
    return found


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
