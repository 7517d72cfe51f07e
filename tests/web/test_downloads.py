"""Files come under their Chinese names, to those who may have them."""

import io
import re
from urllib.parse import unquote

import openpyxl
import sqlalchemy as sa

from registry import db
from registry.db import now
from registry.models.catalogue import Resource
from registry.models.exchange import Request
from registry.models.projects import Project
from tests.factories import sign_in, token_of


def test_a_list_comes_as_a_sheet_without_a_formula(city):
    client = sign_in(city, "head")
    answer = client.get("/lists/responsibility.xlsx")
    assert answer.status_code == 200
    assert "责任清单" in unquote(answer.headers["Content-Disposition"])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet["A2"].value == "政务事项（职责）"
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 100
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_lists_want_a_name(city):
    for address in ("/lists", "/lists/negative", "/lists/negative.xlsx", "/projects"):
        assert city.test_client().get(address).status_code == 303


def test_who_has_no_part_in_a_project_finds_none(city):
    manager, consumer = sign_in(city, "project_manager"), sign_in(city, "consumer")
    page = manager.get("/projects").text
    key = page.split('<th scope="row"><a href="/projects/')[1].split('"')[0]
    assert manager.get(f"/projects/{key}").status_code == 200
    assert consumer.get(f"/projects/{key}").status_code == 404
    assert consumer.get(f"/projects/{key}/examination").status_code == 404


def test_a_date_outside_of_all_plans_is_refused_and_breaks_nothing(city):
    client = sign_in(city, "project_manager")
    token = token_of(client.get("/projects/new").text)
    for day in ("0001-01-01", "9999-12-31", "2026-02-30"):
        data = {"csrf_token": token, "name": "丙平台", "kind": "new", "planned_on": day}
        assert client.post("/projects/new", data=data).status_code == 422


def test_every_mistake_of_a_new_project_is_told_and_a_day_may_be_written_as_people_do(city):
    client = sign_in(city, "project_manager")
    token = token_of(client.get("/projects/new").text)
    page = client.post("/projects/new", data={"csrf_token": token, "planned_on": "明年"}).text
    for said in ("请填写项目名称", "请选择项目类别", "请填写日期"):
        assert said in page
    for link in re.findall(r'<li><a href="#([\w-]+)"', page):
        assert f'id="{link}"' in page
    data = {"csrf_token": token, "name": "丁平台", "kind": "new", "planned_on": "2027年1月5日"}
    made = client.post("/projects/new", data=data)
    assert "2027-01-05" in client.get(made.location).text


def test_a_compiler_under_contract_sees_no_draft_outside_his_project(city):
    manager, vendor = sign_in(city, "registrar"), sign_in(city, "vendor")
    token = token_of(manager.get("/resources/new").text)
    data = {"csrf_token": token, "name": "别处的草稿信息", "declared": "yes"}
    made = manager.post("/resources/new", data=data).headers["Location"].split("/")[2]
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        project = own.scalars(
            sa.select(Project).where(Project.name == "智慧民政综合服务平台")
        ).one()
        key = project.key
    page = vendor.get(f"/projects/{key}")
    assert page.status_code == 200
    assert "别处的草稿信息" not in page.text
    data = {"csrf_token": token_of(page.text), "resource": made}
    assert vendor.post(f"/projects/{key}/entries", data=data).status_code == 404


def test_a_frozen_entry_has_no_name_in_a_list_or_on_a_mount(city):
    database = city.extensions["registry_database"]
    with db.transaction(database, writes=True) as own:
        asked = own.scalars(sa.select(Request).where(Request.received_on.is_not(None))).first()
        resource = own.get_one(Resource, asked.resource_id)
        resource.frozen_at = now()
        name, unit, key = resource.live.name, resource.department.code, resource.key
    client = sign_in(city, "auditor")
    assert name not in client.get(f"/lists/supply-demand?unit={unit}").text
    operator = sign_in(city, "operator")
    page = operator.get("/projects").text
    project = page.split('href="/projects/')[2].split('"')[0]
    data = {"csrf_token": token_of(page), "resource": key, "number": "n1", "columns": "a"}
    assert operator.post(f"/projects/{project}/mounts", data=data).status_code == 404
