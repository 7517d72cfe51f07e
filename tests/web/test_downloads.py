"""Files come under their Chinese names, to those who may have them."""

import io
from urllib.parse import unquote

import openpyxl

from tests.factories import sign_in


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
    key = page.split('href="/projects/')[2].split('"')[0]
    assert manager.get(f"/projects/{key}").status_code == 200
    assert consumer.get(f"/projects/{key}").status_code == 404
    assert consumer.get(f"/projects/{key}/examination").status_code == 404
