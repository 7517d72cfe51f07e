"""The official sheet on the command line: out, in again, and every fault by its cell."""

import csv
import io

import openpyxl
import pytest
from click.testing import CliRunner

from connectors import excel, files
from registry.cli import main
from tests import factories

UNIT = "11150300DEM000022H"


@pytest.fixture
def run(tmp_path, monkeypatch):
    with factories.city_database(tmp_path) as database:
        url = database.writing.url.render_as_string(hide_password=False)
        monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("CATALOGUE_DATABASE_URL", url)
        key = tmp_path / "secret.key"
        key.write_text((b"secret" * 6).hex())
        yield lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def took(run, path, *more, form="excel"):
    return run("import", path, "--format", form, "--department", UNIT, "--by", "registrar", *more)


def test_what_was_exported_changes_nothing_when_it_is_imported(run, tmp_path):
    path = tmp_path / "out.xlsx"
    assert run("export", "--department", UNIT, "-o", path).exit_code == 0
    answer = took(run, path, "--declared")
    assert answer.exit_code == 0, answer.output
    assert "新增 0，修改 0" in answer.output


def test_a_faulty_sheet_is_refused_with_its_cells(run, tmp_path):
    path = tmp_path / "wrong.xlsx"
    wrong = factories.document("甲登记信息", update_cycle="77")
    path.write_bytes(excel.write([excel.Exported(wrong)]))
    answer = took(run, path, "--declared")
    assert answer.exit_code == 1
    assert "信息资源目录!AC4" in answer.output


def test_a_sheet_wants_unit_person_and_declaration(run, tmp_path):
    path = tmp_path / "new.xlsx"
    path.write_bytes(excel.write([excel.Exported(factories.document("乙登记信息"))]))
    assert run("import", path, "--format", "excel", "--department", UNIT).exit_code == 2
    assert took(run, path).exit_code == 2
    assert "新增 1" in took(run, path, "--dry-run").output
    assert "新增 1" in took(run, path, "--declared").output


def test_a_file_that_is_no_sheet_gets_a_sentence(run, tmp_path):
    path = tmp_path / "text.xlsx"
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    for content in (b"\x00\x01", out.getvalue()):
        path.write_bytes(content)
        answer = took(run, path, "--declared")
        assert answer.exit_code == 1
        assert "Error" in answer.output


def test_the_same_columns_are_taken_as_csv_in_the_encoding_of_the_office(run, tmp_path):
    path = tmp_path / "new.csv"
    entry = excel.Exported(factories.document("丙登记信息"))
    out = io.StringIO()
    csv.writer(out).writerows(files.tables(excel.write([entry]))[excel.SHEET])
    path.write_bytes(out.getvalue().encode("gb18030"))
    assert took(run, path, "--declared").exit_code == 2
    answer = took(run, path, "--declared", form="csv")
    assert answer.exit_code == 0, answer.output
    assert "新增 1" in answer.output


def test_a_formula_is_told_by_its_cell_in_both_languages(run, tmp_path):
    path = tmp_path / "formula.xlsx"
    entry = excel.Exported(factories.document("丁登记信息"))
    book = openpyxl.load_workbook(io.BytesIO(excel.write([entry])))
    book[excel.SHEET]["AC4"].value = '="每年"'
    book.save(path)
    answer = took(run, path, "--declared")
    assert answer.exit_code == 1
    assert "信息资源目录!AC4 第 4 行「更新周期」是公式，请粘贴为值" in answer.output
    assert "paste it as a value" in answer.output
