"""The file about to be released on the page of its report, on the gate, and on a mount."""

import io

import pytest
import sqlalchemy as sa

from anonymization import crypto
from registry import acceptance, catalogue, db
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
