"""The figures: counted from records, as far as the reader may see them, and drawn to be read."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from registry import calendar, db, overview
from registry.access.actor import NOBODY, of_account
from registry.models.accounts import Account
from registry.models.catalogue import Resource, Version
from registry.models.projects import BusinessTable, Mount
from tests import factories
from tests.factories import sign_in


@pytest.fixture
def looked(tmp_path):
    with (
        factories.city_database(tmp_path) as database,
        db.transaction(database, writes=True) as session,
    ):
        account = session.scalar(sa.select(Account).where(Account.username == "reviewer"))
        yield session, of_account(session, account, calendar.today())


def test_a_table_counts_as_done_when_its_entry_is_published(looked):
    session, reader = looked
    before = overview.look(session, reader)
    table = session.scalars(
        sa.select(BusinessTable)
        .join(Resource, Resource.id == BusinessTable.resource_id)
        .join(Version, Version.id == Resource.live_version_id)
        .where(Version.state == "published")
    ).first()
    table.resource_id = None
    session.flush()
    after = overview.look(session, reader)
    assert (after.done, after.wanted) == (before.done - 1, before.wanted)


def test_an_exempt_table_is_not_wanted(looked):
    session, reader = looked
    before = overview.look(session, reader).wanted
    session.scalars(sa.select(BusinessTable)).first().exempt_because = "临时表"
    session.flush()
    assert overview.look(session, reader).wanted == before - 1


def test_a_stranger_is_told_of_open_entries_alone(looked):
    session, reader = looked
    known, told = overview.look(session, reader), overview.look(session, NOBODY, "open")
    assert 0 < told.entries < known.entries
    assert told.completions == ()
    assert told.answers.share is None
    assert overview.look(session, NOBODY, "none").entries == 0


def test_months_add_up_and_begin_with_the_first_record(looked):
    session, reader = looked
    ago = calendar.today() - timedelta(days=70)
    session.execute(sa.update(Mount).values(tested_on=ago))
    rows = overview.by_month(session, reader)
    assert rows[0][0] == f"{ago:%Y-%m}"
    assert len(rows) in (3, 4)
    seen = overview.look(session, reader)
    assert rows[-1][1:] == (seen.entries, seen.mounted)
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)


# One who reads everything is asked of no entry whether he may read it.
@pytest.mark.parametrize("username", ["auditor", "reviewer"])
def test_the_page_wants_a_name_and_shows_what_was_counted(city, username):
    assert city.test_client().get("/statistics").status_code in (302, 303, 401)
    page = sign_in(city, username).get("/statistics").text
    entries = int(
        re.search(r"<b>(\d+)</b> <span class=\"unit\">项</span><br>已发布数据资源", page)[1]
    )
    share = [
        int(n) for n in re.findall(r"<text class=\"(?:on-dark|lab end)\"[^>]*>\D+ (\d+)<", page)
    ]
    assert sum(share) == entries
    assert "style=" not in page


def test_the_sheet_holds_the_tables_of_the_page(city):
    client = sign_in(city, "reviewer")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/statistics/figures.xlsx").data))
    assert book.sheetnames == ["部门编制完成率", "发布与挂接", "共享类型", "数据级别"]
    page = client.get("/statistics").text
    for row in list(book["部门编制完成率"].values)[1:]:
        assert f"{row[1]} / {row[2]}" in page


def test_every_figure_begins_in_english_as_a_title_does(city):
    page = sign_in(city, "registrar").get("/statistics?lang=en").text
    figures = page.split('class="figures')[1].split("</ul>")[0]
    said = re.findall(r"<br>\s*([^<]+?)\s*<", figures)
    assert len(said) >= 4
    assert [one for one in said if not one[0].isupper()] == []
