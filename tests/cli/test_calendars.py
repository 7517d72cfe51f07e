"""The State Council's notice comes in whole and on record, or not at all with every fault."""

import io
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner

from registry import calendar, db
from registry.cli import main
from registry.models.calendar import CalendarDay
from registry.models.exchange import Request
from registry.models.journal import JournalRow
from tests import factories
from tests.factories import sign_in

WHOLE = [
    ("2027-01-01", "off"),
    ("2027-02-06", "work"),
    ("2027-02-08", "off"),
    ("2027-05-01", "off"),
    ("2027-10-01", "off"),
]


@pytest.fixture
def city(tmp_path):
    with factories.city_database(tmp_path) as database:
        (tmp_path / "secret.key").write_text((b"secret" * 6).hex())
        yield database


@pytest.fixture
def run(city, tmp_path):
    url = city.writing.url.render_as_string(hide_password=False)
    env = {"CATALOGUE_DATA_DIR": str(tmp_path), "CATALOGUE_DATABASE_URL": url}

    def ran(path, *more, by="sysadmin"):
        words = ["calendar", "import", str(path), "--by", by, *more]
        return CliRunner().invoke(main, words, env=env)

    return ran


def sheet(tmp_path, rows, head=("date", "kind", "source")):
    path = tmp_path / "notice.csv"
    lines = [head, *((*row, "国办发明电〔2026〕9号") if len(row) == 2 else row for row in rows)]
    path.write_text("".join(",".join(line) + "\n" for line in lines), "utf-8")
    return path


def held(city, year=2027):
    with db.transaction(city, writes=False) as session:
        rows = session.scalars(sa.select(CalendarDay).order_by(CalendarDay.on)).all()
        return [(row.on.isoformat(), row.kind) for row in rows if row.on.year == year]


def journalled(city):
    with db.transaction(city, writes=False) as session:
        return session.scalars(sa.select(JournalRow).where(JournalRow.act == "calendar")).all()


def provisional(city, start):
    with db.transaction(city, writes=False) as session:
        return calendar.load(session).due(start, 10).provisional


def test_a_year_comes_in_is_on_record_and_ends_being_provisional(run, city, tmp_path):
    assert provisional(city, date(2027, 2, 1))
    answer = run(sheet(tmp_path, WHOLE))
    assert answer.exit_code == 0, answer.output
    assert "新增 5 天" in answer.output
    assert held(city) == WHOLE
    assert not provisional(city, date(2027, 2, 1))
    assert provisional(city, date(2027, 12, 30))
    (row,) = journalled(city)
    assert (row.key, row.account) == ("2027", "sysadmin")
    assert row.digest is not None


def test_the_same_notice_again_changes_nothing_and_writes_no_row(run, city, tmp_path):
    run(sheet(tmp_path, WHOLE))
    answer = run(sheet(tmp_path, WHOLE))
    assert "没有改动" in answer.output
    assert len(journalled(city)) == 1


def test_a_changed_notice_replaces_its_year_and_leaves_the_others(run, city, tmp_path):
    before = held(city, 2026)
    run(sheet(tmp_path, WHOLE))
    other = [*WHOLE[:2], ("2027-02-09", "off"), *WHOLE[3:]]
    answer = run(sheet(tmp_path, other))
    assert "新增 1 天，修改 0 天，去掉 1 天" in answer.output
    assert held(city) == other
    assert held(city, 2026) == before


def test_a_notice_may_name_the_last_days_of_the_year_before(run, city, tmp_path):
    before = held(city, 2026)
    assert run(sheet(tmp_path, [("2026-12-31", "off"), *WHOLE])).exit_code == 0
    assert held(city, 2026) == [*before, ("2026-12-31", "off")]


def test_every_fault_is_told_by_row_and_nothing_is_stored(run, city, tmp_path):
    rows = [
        *WHOLE,
        ("2027-13-01", "off"),
        ("2027-01-01", "off"),
        ("2027-02-10", "maybe"),
        ("2027-02-11", "work"),
        ("2027-02-12", "off", ""),
        ("٢٠٢٧-02-12", "off"),
    ]
    answer = run(sheet(tmp_path, rows))
    assert answer.exit_code == 1
    for row in range(7, 13):
        assert f"第 {row} 行 / row {row}" in answer.output
    assert "6 处需要修改" in answer.output
    assert held(city) == []
    assert journalled(city) == []


def test_a_year_cut_short_and_a_sheet_without_columns_are_refused(run, city, tmp_path):
    answer = run(sheet(tmp_path, [("2028-01-01", "off")]))
    assert answer.exit_code == 1
    assert "2028 年没有元旦、劳动节、国庆节的休息日" in answer.output
    answer = run(sheet(tmp_path, WHOLE, head=("day", "kind", "source")))
    assert "缺少栏目：日期" in answer.output
    assert run(sheet(tmp_path, [])).exit_code == 1
    assert held(city, 2028) == []


def test_excel_comes_in_as_text_or_as_dates_with_chinese_headings(run, city, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["日期", "安排", "依据", "节日"])
    for day, kind in WHOLE:
        word = {"off": "休息", "work": "上班"}[kind]
        book.active.append([date.fromisoformat(day), word, "通知", "元旦"])
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "notice.xlsx"
    path.write_bytes(out.getvalue())
    answer = run(path)
    assert answer.exit_code == 0, answer.output
    assert held(city) == WHOLE


def test_a_rehearsal_stores_nothing_and_a_file_that_is_none_gets_a_sentence(run, city, tmp_path):
    assert "checked only" in run(sheet(tmp_path, WHOLE), "--dry-run").output
    assert held(city) == []
    (tmp_path / "x").write_bytes(b"\x00\x01")
    answer = run(tmp_path / "x")
    assert answer.exit_code == 1
    assert "这不是 Excel 表格" in answer.output


def test_nobody_but_an_administrator_may_and_reads_who_does(run, city, tmp_path):
    answer = run(sheet(tmp_path, WHOLE), by="registrar")
    assert answer.exit_code == 1
    assert "「导入工作日历」由系统管理员办理" in answer.output
    assert held(city) == []
    assert run(sheet(tmp_path, WHOLE), by="nobody").exit_code == 2


def test_dates_that_were_told_stay_and_are_counted_for_people_to_look_at(run, city, tmp_path):
    with db.transaction(city, writes=True) as session:
        request = session.scalars(sa.select(Request).order_by(Request.id)).first()
        request.due, key = date(2027, 2, 10), request.key
    # Of the dates of a year that is over none is looked at.
    with time_machine.travel("2026-11-20 02:00+00:00", tick=False):
        answer = run(sheet(tmp_path, WHOLE), "--json")
    assert '"open_dates": 1' in answer.output
    with db.transaction(city, writes=False) as session:
        found = session.scalars(sa.select(Request).where(Request.key == key)).one()
        assert found.due == date(2027, 2, 10)


def test_the_page_lists_known_and_provisional_years_to_administrators(run, city, tmp_path):
    app = factories.city_app(tmp_path, city)
    page = sign_in(app, "sysadmin").get("/admin/calendar")
    assert page.status_code == 200
    assert "2026" in page.text
    assert "已导入" in page.text
    assert "暂定" in page.text
    english = sign_in(app, "sysadmin").get("/admin/calendar?lang=en").text
    assert "Provisional" in english
    assert sign_in(app, "registrar").get("/admin/calendar").status_code == 403
