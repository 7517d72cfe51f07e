"""The units of a city come from a table: whole or not at all, on record, and never taken away."""

import io
import json

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from anonymization.identifiers import credit_check
from registry import db
from registry.cli import main
from registry.models.accounts import Organisation
from registry.models.journal import JournalRow
from registry.models.outbox import OutboxRow
from tests import factories
from tests.factories import sign_in

HEAD = ("统一社会信用代码", "单位名称", "上级单位", "主管部门", "责任处室", "联系电话")


def code(number):
    """A made-up social credit code of a unit."""
    first = f"11150300DEM9{number:04}X"
    return first + credit_check(first)


GOVERNMENT, BUREAU, CIVIL = code(1), code(2), code(3)
CITY = [
    (CIVIL, "市民政局", "市人民政府", BUREAU, "办公室", "0473-0000001"),
    (GOVERNMENT, "市人民政府", "", "市数据局", "", ""),
    (BUREAU, "市数据局", GOVERNMENT, BUREAU, "", ""),
]


@pytest.fixture
def empty(tmp_path):
    with factories.empty_database(tmp_path) as database:
        (tmp_path / "secret.key").write_text((b"secret" * 6).hex())
        yield database


@pytest.fixture
def run(empty, tmp_path):
    url = empty.writing.url.render_as_string(hide_password=False)
    env = {"CATALOGUE_DATA_DIR": str(tmp_path), "CATALOGUE_DATABASE_URL": url}
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words], env=env)


def sheet(tmp_path, rows, head=HEAD):
    path = tmp_path / "units.csv"
    path.write_text("".join(",".join(row) + "\n" for row in (head, *rows)), "utf-8")
    return path


def held(database, statement):
    with db.transaction(database, writes=False) as session:
        return session.scalars(statement).all()


def units(database):
    found = held(database, sa.select(Organisation).order_by(Organisation.code))
    by_id = {unit.id: unit.code for unit in found}
    return {
        unit.code: (unit.name, by_id.get(unit.parent_id), by_id.get(unit.authority_id))
        for unit in found
    }


def journalled(database, act="organisation"):
    return held(database, sa.select(JournalRow).where(JournalRow.act == act))


def test_units_come_in_by_code_or_name_in_any_order_and_are_on_record(run, empty, tmp_path):
    answer = run("unit", "import", sheet(tmp_path, CITY))
    assert answer.exit_code == 0, answer.output
    assert "新增 3 个，修改 0 个" in answer.output
    assert units(empty) == {
        GOVERNMENT: ("市人民政府", None, BUREAU),
        BUREAU: ("市数据局", GOVERNMENT, BUREAU),
        CIVIL: ("市民政局", GOVERNMENT, BUREAU),
    }
    assert {row.key for row in journalled(empty)} == {GOVERNMENT, BUREAU, CIVIL}
    (civil,) = held(empty, sa.select(Organisation).where(Organisation.code == CIVIL))
    assert civil.operator_id == civil.authority_id
    assert civil.holders["answers"]["phone"] == "0473-0000001"


def test_the_same_table_again_changes_nothing_and_writes_no_row(run, empty, tmp_path):
    run("unit", "import", sheet(tmp_path, CITY))
    answer = run("unit", "import", sheet(tmp_path, CITY))
    assert "新增 0 个，修改 0 个，没有变化 3 个" in answer.output
    assert len(journalled(empty)) == 3
    assert journalled(empty, "change_organisation") == []


def test_a_rename_is_told_by_row_and_leaves_blank_cells_and_other_units(run, empty, tmp_path):
    run("unit", "import", sheet(tmp_path, CITY))
    renamed = [(CIVIL, "市民政和社会工作局", "", "", "", "")]
    answer = run("unit", "import", sheet(tmp_path, renamed))
    assert f"第 2 行：修改 / changed {CIVIL} 市民政和社会工作局（单位名称）" in answer.output
    assert "没有写到的 2 个保持原样" in answer.output
    assert units(empty)[CIVIL] == ("市民政和社会工作局", GOVERNMENT, BUREAU)
    assert len(units(empty)) == 3
    (row,) = journalled(empty, "change_organisation")
    assert json.loads(row.facts) == {"fields": ["name"]}


def test_a_rehearsal_stores_nothing(run, empty, tmp_path):
    answer = run("unit", "import", sheet(tmp_path, CITY), "--dry-run")
    assert "新增 3 个" in answer.output
    assert "checked only" in answer.output
    assert units(empty) == {}
    assert journalled(empty) == []


def test_every_fault_is_told_by_row_and_nothing_is_stored(run, empty, tmp_path):
    rows = [
        *CITY,
        ("111503000000000000", "代码不对", "", BUREAU, "", ""),
        (CIVIL, "写了两次", "", BUREAU, "", ""),
        (code(4), "", "", BUREAU, "", ""),
        (code(5), "只有处室", "", BUREAU, "办公室", ""),
    ]
    answer = run("unit", "import", sheet(tmp_path, rows))
    assert answer.exit_code == 1
    for row in range(5, 9):
        assert f"第 {row} 行 / row {row}: " in answer.output
    assert "4 处需要修改，没有保存" in answer.output
    assert units(empty) == {}


def test_relations_that_cannot_be_are_told_by_row(run, empty, tmp_path):
    rows = [
        (GOVERNMENT, "市人民政府", CIVIL, BUREAU, "", ""),
        (BUREAU, "市数据局", "", BUREAU, "", ""),
        (CIVIL, "市民政局", GOVERNMENT, BUREAU, "", ""),
        (code(4), "市民政局", "", BUREAU, "", ""),
        (code(5), "市教育局", "市委", "", "", ""),
    ]
    answer = run("unit", "import", sheet(tmp_path, rows), "--json")
    found = json.loads(answer.stdout)["faults"]
    assert {(one["row"], one["code"]) for one in found} == {
        (2, "circle"),
        (4, "circle"),
        (4, "name_twice"),
        (5, "name_twice"),
        (6, "authority"),
        (6, "parent"),
    }
    assert units(empty) == {}


def test_a_table_without_its_columns_or_without_units_is_refused(run, tmp_path):
    answer = run("unit", "import", sheet(tmp_path, CITY, head=("代码", *HEAD[1:])))
    assert answer.exit_code == 1
    assert "缺少栏目：统一社会信用代码" in answer.output
    assert "没有单位" in run("unit", "import", sheet(tmp_path, [])).output


def test_the_template_takes_codes_as_text_and_comes_in_when_it_is_filled(run, empty, tmp_path):
    path = tmp_path / "units.xlsx"
    assert run("unit", "template", path).exit_code == 0
    book = openpyxl.load_workbook(path)
    page = book["单位"]
    heads = [cell.value for cell in page[1]]
    assert set(HEAD) < set(heads)
    for row in CITY:
        page.append([dict(zip(HEAD, row, strict=True)).get(head, "") for head in heads])
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    answer = run("unit", "import", path)
    assert answer.exit_code == 0, answer.output
    assert len(units(empty)) == 3
    assert run("unit", "template", tmp_path / "units.csv").exit_code == 2


def test_units_are_listed_with_their_authority_and_their_people(run, empty, tmp_path):
    run("unit", "import", sheet(tmp_path, CITY))
    made = ("--name", "某人", "--password", "Wuhai-2026-kaishi")
    assert "已建立账号" in run("account", "create", "admin", *made).output
    assert run("account", "grant", "admin", "sysadmin", BUREAU).exit_code == 0
    lines = [json.loads(x) for x in run("unit", "list", "--json").output.splitlines()]
    by_code = {one["code"]: one for one in lines}
    assert by_code[BUREAU]["people"] == 1
    assert by_code[CIVIL]["authority"] == "市数据局"
    assert "市民政局" in run("unit", "list").output


def test_what_is_found_of_a_renamed_unit_is_brought_up_to_date(tmp_path):
    with factories.city_database(tmp_path) as city:
        (tmp_path / "secret.key").write_text((b"secret" * 6).hex())
        url = city.writing.url.render_as_string(hide_password=False)
        env = {"CATALOGUE_DATA_DIR": str(tmp_path), "CATALOGUE_DATABASE_URL": url}
        with db.transaction(city, writes=True) as session:
            session.execute(sa.delete(OutboxRow))
        row = ("11150300DEM000022H", "市民政和社会工作局", "", "", "", "")
        words = ["unit", "import", str(sheet(tmp_path, [row]))]
        answer = CliRunner().invoke(main, words, env=env)
        assert answer.exit_code == 0, answer.output
        assert held(city, sa.select(OutboxRow))


def test_the_page_lists_the_units_to_administrators_alone(city):
    page = sign_in(city, "sysadmin").get("/admin/units")
    assert page.status_code == 200
    assert "市民政局" in page.text
    assert "catalogue unit import" in page.text
    assert "All units" in sign_in(city, "sysadmin").get("/admin/units?lang=en").text
    assert sign_in(city, "registrar").get("/admin/units").status_code == 403
