"""A department's tables become drafts by their description; no row of them is ever read."""

import re
import sqlite3
from dataclasses import replace

import pytest
import sqlalchemy as sa

from connectors import database
from registry import catalogue, db
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from tests.factories import sign_in, token_of

TABLE = """CREATE TABLE 特困供养台账 (
    id INTEGER PRIMARY KEY, 姓名 VARCHAR(50) NOT NULL, 补助金额 NUMERIC(18, 2), 认定日期 DATE,
    说明 TEXT
)"""


@pytest.fixture
def laid_down(city, monkeypatch, tmp_path):
    """The city with one database laid down for the unit of the registrar."""
    place = tmp_path / "业务.db"
    with sqlite3.connect(place) as made:
        made.execute(TABLE)
        made.execute("CREATE VIEW 在册人员 AS SELECT 姓名 FROM 特困供养台账")
        made.execute("INSERT INTO 特困供养台账 VALUES (1, '绝不能出现的人', 1, '2026-01-01', '')")
    made.close()
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        code = own.scalar(
            sa.select(Organisation.code)
            .join(Resource, Resource.department_id == Organisation.id)
            .join(Version, Version.resource_id == Resource.id)
            .where(Version.name == "特困供养人员信息")
        )
    folder = tmp_path / "sources" / code
    folder.mkdir(parents=True)
    (folder / "救助业务库.url").write_text(f"sqlite:///{place}")
    (folder / "救助业务库.url").chmod(0o600)
    settings = replace(city.extensions["registry_settings"], sources_dir=tmp_path / "sources")
    monkeypatch.setitem(city.extensions, "registry_settings", settings)
    return city


def chosen(client, **more):
    page = client.get("/databases", query_string={"database": "救助业务库"})
    unit = re.search(r'name="unit" value="([^"]*)"', page.text)[1]
    data = {"csrf_token": token_of(page.text), "unit": unit, "database": "救助业务库"}
    return client.post("/databases", data={**data, "declared": "yes", **more})


def test_tables_are_listed_and_a_chosen_one_becomes_a_draft_of_its_columns(laid_down):
    client = sign_in(laid_down, "registrar")
    assert "/databases" in client.get("/inbox").text
    page = client.get("/databases", query_string={"database": "救助业务库"}).text
    assert "特困供养台账" in page
    assert "在册人员" in page
    assert "绝不能出现的人" not in page
    answer = chosen(client, table="特困供养台账")
    assert answer.status_code == 303
    assert "created=1" in answer.headers["Location"]
    with db.transaction(laid_down.extensions["registry_database"], writes=False) as own:
        version = own.scalars(sa.select(Version).where(Version.name == "特困供养台账")).one()
        made = catalogue.document_of(version)
    assert version.state == "draft"
    assert (made["format_class"], made["format_types"]) == ("3", ["sqlite"])
    kinds = [(i["field_name"], i["data_type"], i.get("length", "")) for i in made["items"]]
    assert kinds == [
        ("id", "I", ""), ("姓名", "C", "50"), ("补助金额", "N", "18,2"), ("认定日期", "D", ""),
        ("说明", "M", ""),
    ]  # fmt: skip
    assert [i["primary_key"] for i in made["items"]] == [True, False, False, False, False]
    assert [i["nullable"] for i in made["items"]] == [False, False, True, True, True]
    assert "绝不能出现的人" not in str(made)


def test_without_the_declaration_or_a_choice_nothing_begins(laid_down):
    client = sign_in(laid_down, "registrar")
    undeclared = chosen(client, table="在册人员", declared="")
    assert undeclared.status_code == 422
    assert "保密审查" in undeclared.text
    assert "请选择要登记的表" in chosen(client).text
    with db.transaction(laid_down.extensions["registry_database"], writes=False) as own:
        assert own.scalar(sa.select(Version.id).where(Version.name == "在册人员")) is None


def test_a_database_that_was_not_laid_down_for_the_unit_is_not_there(laid_down):
    client = sign_in(laid_down, "registrar")
    assert client.get("/databases", query_string={"database": "../x"}).status_code == 404
    assert chosen(client, database="别的库", table="x").status_code == 404


def test_without_a_database_the_page_says_who_lays_one_down(city):
    page = sign_in(city, "registrar").get("/databases").text
    assert "本单位还没有可用的数据库" in page
    # The page of the manual that is of help is opened from here, not looked for.
    assert 'href="/help/how-to/databases"' in page


def test_only_who_compiles_may_look_at_a_database(city):
    assert sign_in(city, "consumer").get("/databases").status_code == 403


def test_an_address_that_others_can_read_is_refused_without_being_shown(laid_down):
    settings = laid_down.extensions["registry_settings"]
    (file,) = settings.sources_dir.glob("*/*.url")
    file.chmod(0o644)
    client = sign_in(laid_down, "registrar")
    answer = client.get("/databases", query_string={"database": "救助业务库"})
    assert answer.status_code == 422
    assert "请改为 0600" in answer.text
    assert "sqlite:///" not in answer.text


def test_the_structure_is_read_on_every_database(tmp_path):
    from tests import factories

    with factories.empty_database(tmp_path) as opened:
        meta = sa.MetaData()
        sa.Table(
            "甲表",
            meta,
            sa.Column("编号", sa.String(18), primary_key=True),
            sa.Column("金额", sa.Numeric(12, 2), nullable=False),
            sa.Column("时间", sa.DateTime()),
            sa.Column("启用", sa.Boolean()),
        )
        with opened.writing.begin() as connection:
            meta.create_all(connection)
        url = sa.make_url(opened.writing.url.render_as_string(hide_password=False))
        (table,) = [one for one in database.structure(url) if one.name == "甲表"]
    told = [(c.name, c.data_type, c.length, c.nullable, c.is_key) for c in table.columns]
    assert told == [
        ("编号", "C", "18", False, True),
        ("金额", "N", "12,2", False, False),
        ("时间", "T", "", True, False),
        ("启用", "L", "", True, False),
    ]
