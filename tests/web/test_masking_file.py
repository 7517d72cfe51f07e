"""The file about to be released on the page of its report, on the gate, and on a mount."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from anonymization import crypto
from registry import acceptance, catalogue, db
from registry.demo.city import person
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.journal import JournalRow
from registry.models.projects import Project, ProjectResource
from tests.factories import sign_in, token_of

CONTENT = "性别,出生年\n女,1980\n男,1990\n".encode()


@pytest.fixture(scope="module")
def proven(city):
    """A project at its last stage, and one of its reports: address, entry and digest."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        rows = session.execute(
            sa.select(Project.key, Resource.key, MaskingReport)
            .join(ProjectResource, ProjectResource.project_id == Project.id)
            .join(Resource, Resource.id == ProjectResource.resource_id)
            .join(MaskingPlan, MaskingPlan.resource_id == Resource.id)
            .join(MaskingReport, MaskingReport.plan_id == MaskingPlan.id)
            .where(Project.stage == "final", MaskingReport.kind == "measured")
            .order_by(Project.id, MaskingReport.id)
        ).all()
        for project, key, report in rows:
            found = session.scalars(sa.select(Project).where(Project.key == project)).one()
            if line(session, found).result == "pass":
                address = f"/resources/{key}/masking/reports/{report.key}"
                return project, key, address, report.report["output"]["digest"]
    raise AssertionError("no project of the demo city has proven its desensitization")


def line(session, project):
    return next(
        one for one in acceptance.examine(session, project).lines if one.gate.id == "G-DEID"
    )


def shortfalls(city, key) -> set[str]:
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        project = session.scalars(sa.select(Project).where(Project.key == key)).one()
        return {one.code for one in line(session, project).shortfalls}


def acts(city) -> list[str]:
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return list(session.scalars(sa.select(JournalRow.act).order_by(JournalRow.seq)))


def mount(city, project, key, **more):
    client = sign_in(city, "operator")
    page = client.get(f"/projects/{project}").text
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        live = session.scalars(sa.select(Resource).where(Resource.key == key)).one().live
        items = catalogue.document_of(live)["items"]
    columns = "\n".join(item["name"] for item in items)
    data = {"csrf_token": token_of(page), "resource": key, "number": "GJ-9", "answered": "yes"}
    return client.post(f"/projects/{project}/mounts", data=data | {"columns": columns} | more)


def test_another_file_on_the_mount_fails_the_gate_and_the_right_digest_mends_it(city, proven):
    project, key, _, digest = proven
    assert mount(city, project, key, file=(io.BytesIO(CONTENT), "a.csv")).status_code == 303
    assert shortfalls(city, project) == {"masking_mounted_differs"}
    assert "挂接" in sign_in(city, "acceptance").get(f"/projects/{project}/examination").text
    assert mount(city, project, key, file_digest=digest).status_code == 303
    assert shortfalls(city, project) == set()
    assert mount(city, project, key).status_code == 303
    assert shortfalls(city, project) == set()
    wrong = mount(city, project, key, file_digest="sm3:12")
    assert wrong.status_code == 422
    assert "请填写 sm3: 开头" in wrong.text


def test_a_file_that_differs_is_told_on_its_page_the_report_the_plan_and_the_gate(city, proven):
    project, _, address, digest = proven
    client = sign_in(city, "acceptance")
    page = client.get(f"{address}/file")
    assert "还没有核对过" in page.text
    before = len(acts(city))
    sent = {"csrf_token": token_of(page.text), "file": (io.BytesIO(CONTENT), "王小明.csv")}
    answer = client.post(f"{address}/file", data=sent)
    assert (answer.status_code, answer.location) == (303, f"{address}/file")
    assert acts(city)[before:] == ["check_release"]
    page = client.get(f"{address}/file").text
    assert "不是报告所说的文件" in page
    seen = crypto.Digest()
    seen.add(CONTENT)
    assert seen.named() in page
    assert digest in page
    assert "核对不一致" in client.get(address).text
    assert "准备发布的文件与报告不一致" in client.get(address.split("/reports")[0]).text
    assert "masking_file_differs" in shortfalls(city, project)
    english = client.get(f"{address}/file?lang=en").text
    assert "It is not the file of the report" in english


def test_of_a_workbook_with_two_tables_the_page_says_that_and_not_that_it_is_another_file(
    city, proven
):
    address, client = proven[2], sign_in(city, "acceptance")
    book = Workbook()
    book.active.append(["性别"])
    book.create_sheet("说明").append(["口径"])
    file = io.BytesIO()
    book.save(file)
    sent = {"csrf_token": token_of(client.get(f"{address}/file").text)}
    file.seek(0)
    assert client.post(f"{address}/file", data=sent | {"file": (file, "a.xlsx")}).status_code == 303
    assert "文件有 2 张工作表有内容" in client.get(f"{address}/file").text
    assert "2 sheets of the file hold something" in client.get(f"{address}/file?lang=en").text


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "没有选择文件"), (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "不是 CSV")],
    ids=["none", "picture"],
)
def test_what_is_no_table_is_told_and_enters_nothing(city, proven, content, said):
    address, client = proven[2], sign_in(city, "acceptance")
    before = acts(city)
    sent = {"csrf_token": token_of(client.get(f"{address}/file").text)}
    answer = client.post(f"{address}/file", data=sent | {"file": (io.BytesIO(content), "a.csv")})
    assert (answer.status_code, said in answer.text) == (400, True)
    assert acts(city) == before


@pytest.mark.parametrize("role", ["consumer", "operator", "auditor", "finance"])
def test_who_has_no_part_in_the_release_checks_nothing(city, proven, role):
    address, client = proven[2], sign_in(city, role)
    sent = {"csrf_token": token_of(client.get("/inbox").text)}
    answer = client.post(f"{address}/file", data=sent | {"file": (io.BytesIO(CONTENT), "a.csv")})
    assert answer.status_code == 403


def test_every_reader_is_told_of_the_version_that_the_gate_judges(city, proven):
    """A grade changed in a version under review: others see the live one, and the same verdict."""
    project, key, address, _ = proven
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        registrar = person(session, "registrar")
        entry = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        catalogue.revise(session, registrar, entry)
        session.refresh(entry)
        text = catalogue.document_of(entry.working)
        item = next(item for item in text["items"] if item["level"] == "2")
        item["level"] = "3"
        catalogue.save(session, registrar, entry.working, text, entry.row_version)
        session.refresh(entry)
        catalogue.advance(session, registrar, entry.working, "hand_in")
    assert "masking_elements_changed" in shortfalls(city, project)
    changed = f"{item['name']}（数据分级）"
    for role in ("registrar", "reviewer", "acceptance"):
        client = sign_in(city, role)
        for page in (address.split("/reports")[0], address):
            told = client.get(page).text
            assert "目录内容在制定方案之后改过，原报告已失效" in told, (role, page)
            assert changed in told, (role, page)
        assert "原报告已失效" in client.get(f"/resources/{key}").text, role
        assert ("由条目所属部门的目录编制人员办理" in told) is (role != "registrar")
        assert ("版正在审核，上面的结论按这一版" in told) is (role != "registrar")
    assert "is under review; the verdict above" in client.get(f"{address}?lang=en").text


def test_the_page_of_a_plan_speaks_of_its_own_release_profile(city, proven):
    page = sign_in(city, "acceptance").get(f"/resources/{proven[1]}/masking?profile=open").text
    assert "还没有脱敏方案" in page
