"""Raw values before and after: for the registrar of the unit alone, on record, and kept nowhere."""

import io
import logging
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from anonymization.synthetic import citizens
from registry import db
from registry.models.journal import JournalRow
from tests.factories import sign_in, token_of
from tests.web.test_masking_form import Form, address  # noqa: F401 - a fixture


def sample_of(form: Form, page: str) -> bytes:
    """Values of nobody under the names of the elements of the form."""
    import re

    names = re.findall(r'<th scope="row">([^<]+)<span class="sub">', page)
    people = citizens(20, seed=9)["姓名"].to_list()
    rows = [",".join(f"{name}{n}{people[n]}" for n, name in enumerate(names)) for _ in range(3)]
    rows += [",".join(f"值{row}{people[row]}" for _ in names) for row in range(9)]
    return "\n".join([",".join(names), *rows]).encode()


def journalled(city) -> list[str]:
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return list(session.scalars(sa.select(JournalRow.act).order_by(JournalRow.seq)))


def left(city, value: str) -> list[str]:
    """Where a value stands after the page: in a file of the installation, of /tmp, in a table."""
    folder = city.extensions["registry_settings"].data_dir
    places = [*folder.rglob("*"), *Path("/tmp").glob("*"), *Path("/dev/shm").rglob("*")]
    found = [
        str(path)
        for path in places
        if path.is_file() and os.access(path, os.R_OK) and value.encode() in path.read_bytes()
    ]
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        for table in db.Base.metadata.sorted_tables:
            rows = [str(tuple(row)) for row in session.execute(sa.select(table))]
            found += [table.name for row in rows if value in row]
    return found


def test_the_registrar_sees_five_values_of_a_column_marked_raw_and_nothing_is_kept(
    city,
    address,  # noqa: F811 - the fixture
    caplog,
):
    caplog.set_level(logging.DEBUG)
    client = sign_in(city, "registrar")
    page = client.get(address).text
    form, before = Form(page), len(journalled(city))
    for element in form.elements:
        form.typed[f"choice.{element}"] = "remove"
    content = sample_of(form, page)
    sent = form.typed | {"sample": (io.BytesIO(content), "王小明.csv")}
    answer = client.post(f"{address}/sample", data=sent)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "下面是原始数据" in answer.text
    planted = content.decode().splitlines()[-9].split(",")[0]
    assert planted in answer.text
    # Of each column at most five values, the first row is there three times and shown once.
    assert content.decode().splitlines()[-1].split(",")[0] not in answer.text
    assert journalled(city)[before:] == ["see_raw"]
    assert left(city, planted) == []
    assert planted not in caplog.text
    assert planted not in client.get(address).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "没有选择文件"),
        (b"a,b\n1,2\n", "的列名不是方案中的信息项"),
        (b"<html>", "这是网页"),
    ],
    ids=["none", "other columns", "page"],
)
def test_a_wrong_sample_loses_nothing_that_was_typed_and_is_no_look(
    city,
    address,  # noqa: F811
    content,
    said,
):
    client = sign_in(city, "registrar")
    form, before = Form(client.get(address).text), journalled(city)
    form.typed[f"reason.{form.elements[0]}"] = "写了一半的理由"
    sent = form.typed | {"sample": (io.BytesIO(content), "a.csv")}
    answer = client.post(f"{address}/sample", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "写了一半的理由" in answer.text
    assert "下面是原始数据" not in answer.text
    assert journalled(city) == before


@pytest.mark.parametrize("role", ["head", "secrecy", "reviewer", "acceptance", "auditor", "vendor"])
def test_nobody_but_the_registrar_is_shown_a_raw_value(city, address, role):  # noqa: F811
    client = sign_in(city, role)
    token = token_of(client.get("/inbox").text)
    sent = {"csrf_token": token, "sample": (io.BytesIO(b"a\n1\n"), "a.csv")}
    assert client.post(f"{address}/sample", data=sent).status_code == 403
    assert "看真实样本" not in client.get(address).text
