"""A sheet is taken whole or not at all, and every fault is told by its place."""

import io

import openpyxl
import sqlalchemy as sa

from connectors import excel
from registry import db
from registry.models.catalogue import Resource, Version
from tests.factories import document, sign_in, token_of


def versions(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        return own.scalar(sa.select(sa.func.count(Version.id)))


def sent(client, content, **more):
    token = token_of(client.get("/sheets").text)
    data = {"csrf_token": token, "declared": "yes", "file": (io.BytesIO(content), "表.xlsx")}
    return client.post("/sheets", data={**data, **more}, content_type="multipart/form-data")


def test_export_and_import_again_changes_nothing(city):
    client = sign_in(city, "registrar")
    before = versions(city)
    answer = sent(client, client.get("/sheets/export.xlsx").data)
    assert answer.status_code == 200
    assert "没有改动" in answer.text
    assert versions(city) == before


def test_a_faulty_sheet_saves_nothing_and_names_every_cell(city):
    client = sign_in(city, "registrar")
    before = versions(city)
    good, bad = document("甲登记信息"), document("乙登记信息", abstract="短")
    bad["items"][0]["level"] = "9"
    answer = sent(client, excel.write([excel.Exported(good), excel.Exported(bad)]))
    assert answer.status_code == 422
    assert "信息资源摘要" in answer.text
    assert "信息项数据分级" in answer.text
    assert versions(city) == before


def test_a_good_sheet_becomes_drafts_and_an_incomplete_one_when_asked(city):
    client = sign_in(city, "registrar")
    before = versions(city)
    answer = sent(client, excel.write([excel.Exported(document("丙登记信息"))]))
    assert answer.status_code == 303
    assert "created=1" in answer.headers["Location"]
    half = excel.write([excel.Exported({"name": "丁登记信息"})])
    assert sent(client, half).status_code == 422
    assert sent(client, half, as_drafts="yes").status_code == 303
    assert versions(city) == before + 2


def test_a_changed_cell_opens_the_next_version_of_that_entry_alone(city):
    client = sign_in(city, "registrar")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/sheets/export.xlsx").data))
    sheet = book[excel.SHEET]
    line = next(n for n in range(4, 200) if sheet.cell(n, 5).value == "特困供养人员信息")
    sheet.cell(line, 10).value = "特困供养人员的基本情况和供养标准，用于核对救助资格。"
    out = io.BytesIO()
    book.save(out)
    before = versions(city)
    answer = sent(client, out.getvalue(), as_drafts="yes")
    assert "updated=1" in answer.headers["Location"]
    assert versions(city) == before + 1


def test_without_the_declaration_nothing_is_taken(city):
    client = sign_in(city, "registrar")
    before = versions(city)
    content = excel.write([excel.Exported(document("戊登记信息"))])
    answer = sent(client, content, declared="")
    assert answer.status_code == 422
    assert "保密审查" in answer.text
    assert versions(city) == before


def test_an_entry_of_another_unit_is_not_touched_by_its_key(city):
    client = sign_in(city, "registrar")
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        foreign = own.scalars(
            sa.select(Resource).where(Resource.code == "307007150300/000001")
        ).one()
        state = (foreign.key, foreign.row_version)
    stolen = excel.Exported(document("己登记信息"), key=state[0], code="307007150300/000001")
    assert sent(client, excel.write([stolen])).status_code == 303
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        again = own.scalars(sa.select(Resource).where(Resource.key == state[0])).one()
        assert again.row_version == state[1]


def test_wrong_files_get_a_sentence(city):
    client = sign_in(city, "registrar")
    for content in (b"", b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"a,b\n1,2\n", b"\x00\x01"):
        answer = sent(client, content)
        assert answer.status_code == 422
        assert 'class="summary"' in answer.text


def test_only_who_compiles_may_send_a_sheet(city):
    client = sign_in(city, "consumer")
    assert client.get("/sheets").status_code == 403
