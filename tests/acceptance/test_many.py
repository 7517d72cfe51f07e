"""The page of projects reads once for all of them, and says what each says alone."""

import sqlalchemy as sa
from sqlalchemy import event

from registry import acceptance, db
from registry.models.projects import Project


def all_of(session):
    return list(session.scalars(sa.select(Project).order_by(Project.id)))


def test_many_examinations_are_those_of_each_project_alone(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        projects = all_of(session)
        assert len(projects) >= 12
        together = acceptance.examine_many(session, projects)
        alone = [acceptance.examine(session, project) for project in projects]
        assert together == alone
        assert [one.digest for one in together] == [one.digest for one in alone]


def asked(session, call):
    """How many statements a call sends, with nothing remembered from before."""
    session.expire_all()
    session.expunge_all()
    counted = []
    engine = session.get_bind()
    note = lambda *_: counted.append(1)  # noqa: E731 - taken off by name below
    event.listen(engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)


def test_twelve_projects_ask_no_more_than_one(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        projects = all_of(session)
        few = max(
            asked(session, lambda p=project: acceptance.examine_many(session, [session.merge(p)]))
            for project in projects
        )
        every = asked(session, lambda: acceptance.examine_many(session, all_of(session)))
        # The one more reads the projects themselves.
        assert every <= few + 1
