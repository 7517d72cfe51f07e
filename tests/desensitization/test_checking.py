"""The file about to be released is held against its report; one that differs voids the proof."""

import io
import json

import polars as pl
import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from registry import desensitization
from registry.desensitization import Seen
from registry.errors import Conflict, Forbidden
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.journal import JournalRow
from tests.desensitization.test_proof import Desk, reason
from tests.factories import Town


@pytest.fixture
def desk(town: Town, tmp_path):
    return Desk(town, tmp_path)


def proven(desk: Desk) -> tuple[MaskingPlan, MaskingReport, bytes]:
    plan = desk.plan()
    report = desk.take(plan, desk.run(plan))
    desensitization.recheck(desk.session, desk.head, report)
    return plan, report, (desk.folder / "out.csv").read_bytes()


def seen(report: MaskingReport, content: bytes, kind: str = "csv") -> Seen:
    return desensitization.look(report.report, io.BytesIO(content), kind)


def enter(desk: Desk, plan: MaskingPlan, report: MaskingReport, found: Seen) -> bool:
    return desensitization.enter_check(desk.session, desk.registrar, plan, report, found)


def test_the_file_of_the_report_is_the_same_and_the_proof_stands(desk: Desk):
    plan, report, content = proven(desk)
    assert enter(desk, plan, report, seen(report, content))
    assert reason(desk) is None
    told = desensitization.check_of(report)
    assert told is not None
    assert (told["matches"], told["by"]) == (True, desk.registrar.name)


def other_columns(table: pl.DataFrame) -> pl.DataFrame:
    return table.rename({"性别": "张三"})


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        (lambda table: table.head(-1), (4, -1, [], [])),
        (lambda table: table.reverse(), (4, 0, [], [])),
        (lambda table: table.drop("性别"), (3, 0, ["性别"], [])),
        (other_columns, (4, 0, ["性别"], [3])),
    ],
    ids=["a row less", "sorted", "a column less", "another column"],
)
def test_a_file_that_differs_voids_the_proof_and_says_in_what(desk: Desk, change, shape):
    plan, report, content = proven(desk)
    released = desensitization.checking.released_columns(report.report)
    table = change(pl.read_csv(content, infer_schema=False))
    fewer = 4 - len(released)
    assert not enter(desk, plan, report, seen(report, table.write_csv().encode()))
    assert reason(desk) == "file_differs"
    told = desensitization.check_of(report)
    assert told is not None
    rows = report.report["output"]["rows"] + shape[1]
    assert (told["columns"], told["rows"]) == (shape[0] - fewer, rows)
    assert (told["missing"], len(told["strange"])) == (shape[2], len(shape[3]))


def test_no_name_of_a_strange_column_and_no_value_is_kept(desk: Desk):
    plan, report, content = proven(desk)
    table = pl.read_csv(content, infer_schema=False)
    headless = table.write_csv(include_header=False).encode()
    enter(desk, plan, report, seen(report, headless))
    rows = desk.session.execute(sa.select(JournalRow.facts)).scalars()
    stored = json.dumps([report.file_check, *rows], ensure_ascii=False)
    assert not [one for one in table.row(0) if one and len(one) > 1 and one in stored]


def test_of_a_workbook_with_several_filled_sheets_their_number_is_told_and_no_name(desk: Desk):
    plan, report, content = proven(desk)
    book = Workbook()
    for title in ("发布", "王小明的名单"):
        sheet = book.create_sheet(title)
        for row in content.decode().splitlines():
            sheet.append(row.split(","))
    file = io.BytesIO()
    book.save(file)
    assert not enter(desk, plan, report, seen(report, file.getvalue(), "xlsx"))
    told = desensitization.check_of(report)
    assert told is not None
    assert (told["sheets"], told["rows"]) == (2, None)
    assert "王小明" not in json.dumps(report.file_check, ensure_ascii=False)


def test_the_right_file_makes_the_proof_hold_again_and_both_looks_stand_in_the_journal(desk: Desk):
    plan, report, content = proven(desk)
    enter(desk, plan, report, seen(report, content + b"\n"))
    assert reason(desk) == "file_differs"
    enter(desk, plan, report, seen(report, content))
    assert reason(desk) is None
    rows = desk.session.scalars(
        sa.select(JournalRow).where(JournalRow.act == "check_release").order_by(JournalRow.seq)
    ).all()
    right = report.report["output"]["digest"]
    assert [row.digest == right for row in rows] == [False, True]


def test_a_mismatch_wiped_from_the_row_in_the_database_is_told_as_altered(desk: Desk):
    plan, report, content = proven(desk)
    enter(desk, plan, report, seen(report, content + b"\n"))
    desk.session.execute(sa.update(MaskingReport).values(file_check=sa.null()))
    desk.session.refresh(report)
    assert reason(desk) == "altered"
    with pytest.raises(Conflict, match="report_row_altered"):
        enter(desk, plan, report, seen(report, content))


def test_a_report_without_a_release_and_people_without_a_part_check_nothing(desk: Desk):
    plan, report, content = proven(desk)
    found = seen(report, content)
    for person in (desk.town.person("registrar", unit=desk.town.other), desk.town.person("vendor")):
        with pytest.raises(Forbidden):
            desensitization.enter_check(desk.session, person, plan, report, found)
    for role in ("head", "secrecy", "reviewer", "acceptance"):
        person = desk.town.person(role)
        assert desensitization.enter_check(desk.session, person, plan, report, found)
    plan = desk.save(plan.plan | {"k": 500, "reach_k": "fail"})
    failed = desk.take(plan, desk.run(plan))
    with pytest.raises(Conflict, match="no_release_to_check"):
        enter(desk, plan, failed, found)
