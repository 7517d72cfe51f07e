"""The twelve projects of the demo get exactly the verdicts their table says."""

import pytest
import sqlalchemy as sa

from registry import acceptance, db
from registry.demo.city import data
from registry.models.projects import Project

ROWS = {row["name"]: row for row in data("projects")["projects"]}


@pytest.fixture
def reading(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        yield session


def project(session, name):
    return session.scalars(sa.select(Project).where(Project.name == name)).one()


@pytest.mark.parametrize("name", ROWS)
def test_a_project_gets_the_verdict_of_its_table(reading, name):
    row = ROWS[name]
    found = acceptance.examine(reading, project(reading, name))
    assert found.verdict == row["expected"]
    assert {line.gate.id for line in found.failing} == {one["gate"] for one in row["failing"]}
    if "not_yet" in row:
        waiting = {line.gate.id for line in found.lines if line.result == "not_yet"}
        assert waiting == set(row["not_yet"])
