"""A sheet is taken whole or not at all, and every fault is told by its place."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine

import schemas
from connectors import excel, files
from registry import catalogue, db
from registry.models.catalogue import Resource, Version
from tests.factories import document, sign_in, token_of


def versions(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        return own.scalar(sa.select(sa.func.count(Version.id)))


def sent(client, content, **more):
    token = token_of(client.get("/sheets").text)
    data = {"csrf_token": token, "declared": "yes", "file": (io.BytesIO(content), "表.xlsx")}
    return client.post("/sheets", data={**data, **more}, content_type="multipart/form-data")


def token_in(page):
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def confirmed(client, preview):
    data = {"csrf_token": token_of(preview.text), "token": token_in(preview.text)}
    return client.post("/sheets/confirm", data=data)


def taken(client, content, **more):
    """Upload, look at the preview, confirm."""
    preview = sent(client, content, **more)
    assert preview.status_code == 200, preview.text
    return confirmed(client, preview)


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
    assert 'name="declared" value="yes" checked' in answer.text
    assert 'href="#upload"' in answer.text
    assert versions(city) == before


def test_what_is_no_sheet_is_told_which_files_are_taken(city):
    client = sign_in(city, "registrar")
    text = (io.BytesIO("一段文字".encode()), "说明.txt")
    answer = sent(client, b"", file=text)
    assert answer.status_code == 422
    assert "请上传 .xlsx 或者 .csv 表格" in answer.text
    table = (io.BytesIO("一段,文字".encode()), "表.csv")
    assert "没有找到" in sent(client, b"", file=table).text


def test_a_good_sheet_becomes_drafts_and_an_incomplete_one_when_asked(city):
    client = sign_in(city, "registrar")
    before = versions(city)
    answer = taken(client, excel.write([excel.Exported(document("丙登记信息"))]))
    assert answer.status_code == 303
    assert "created=1" in answer.headers["Location"]
    half = excel.write([excel.Exported({"name": "丁登记信息"})])
    assert sent(client, half).status_code == 422
    assert taken(client, half, as_drafts="yes").status_code == 303
    assert versions(city) == before + 2


def without_ids(content):
    """The sheet as a clerk fills it: the hidden column of the ids of items is empty."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[excel.SHEET]
    heads = {sheet.cell(row, n).value: n for row in (1, 2, 3) for n in range(1, 100)}
    for line in range(4, sheet.max_row + 1):
        sheet.cell(line, heads["信息项标识"]).value = None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_items_without_an_id_are_taken_as_they_were_shown(city):
    client = sign_in(city, "registrar")
    content = without_ids(excel.write([excel.Exported(document("庚登记信息"))]))
    answer = taken(client, content)
    assert "created=1" in answer.headers["Location"]
    exported = client.get("/sheets/export.xlsx").data
    assert "没有改动" in sent(client, exported).text
    book = openpyxl.load_workbook(io.BytesIO(exported))
    sheet = book[excel.SHEET]
    line = next(n for n in range(4, 200) if sheet.cell(n, 5).value == "庚登记信息")
    sheet.insert_rows(line + 1)
    for column in range(1, sheet.max_column + 1):
        if column > 30:
            sheet.cell(line + 1, column).value = sheet.cell(line, column).value
    heads = {sheet.cell(row, n).value: n for row in (1, 2, 3) for n in range(1, 100)}
    sheet.cell(line + 1, heads["信息项标识"]).value = None
    sheet.cell(line + 1, heads["信息项名称"]).value = "新增的一项"
    out = io.BytesIO()
    book.save(out)
    answer = taken(client, out.getvalue(), as_drafts="yes")
    assert "updated=1" in answer.headers["Location"]


def test_a_changed_cell_opens_the_next_version_of_that_entry_alone(city):
    client = sign_in(city, "registrar")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/sheets/export.xlsx").data))
    sheet = book[excel.SHEET]
    line = next(n for n in range(4, 200) if sheet.cell(n, 5).value == "特困供养人员信息")
    sheet.cell(line, 10).value = "特困供养人员的基本情况和供养标准，用于核对救助资格。"
    out = io.BytesIO()
    book.save(out)
    before = versions(city)
    preview = sent(client, out.getvalue(), as_drafts="yes")
    assert versions(city) == before
    shown = preview.text[preview.text.index('id="preview"') :]
    assert "特困供养人员信息" in shown
    assert "信息资源摘要" in shown
    answer = confirmed(client, preview)
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
    assert taken(client, excel.write([stolen])).status_code == 303
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


def faulty_book():
    wrong = document("庚登记信息", abstract="短")
    wrong["items"][0]["share_type"] = "随便共享"
    book = openpyxl.load_workbook(io.BytesIO(excel.write([excel.Exported(wrong)])))
    sheet = book[excel.SHEET]
    sheet["AC4"].value = '="每年"'
    sheet["V5"].font = openpyxl.styles.Font(color="FF00AA00")
    book.create_sheet("往年")["B2"].value = "留着"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_faulty_sheet_comes_back_as_the_clerks_own_workbook_marked(city):
    client = sign_in(city, "registrar")
    page = sent(client, faulty_book())
    assert page.status_code == 422
    assert "随便共享」不是共享类型，可填：无条件共享、有条件共享、不予共享" in page.text
    assert "宽松" not in page.text
    data = {"csrf_token": token_of(page.text), "token": token_in(page.text)}
    answer = client.post("/sheets/marked", data=data)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[0] == "错误清单"
    sheet = book[excel.SHEET]
    assert "不是共享类型" in sheet["W4"].comment.text
    assert sheet["W4"].fill.start_color.rgb == "FFF3C6C0"
    assert sheet["AC4"].value == '="每年"'
    assert "公式" in sheet["AC4"].comment.text
    last = sheet.cell(3, sheet.max_column)
    assert last.value == "错误说明"
    assert "至少 10 个字" in sheet.cell(4, sheet.max_column).value
    links = [cell.hyperlink.location for cell in book["错误清单"]["B"] if cell.hyperlink]
    assert "'信息资源目录'!W4" in links
    assert book["往年"]["B2"].value == "留着"
    assert sheet["V5"].font.color.rgb == "FF00AA00"


def test_the_marked_copy_is_read_like_the_sheet_it_was_made_from(city):
    client = sign_in(city, "registrar")
    page = sent(client, faulty_book())
    data = {"csrf_token": token_of(page.text), "token": token_in(page.text)}
    book = openpyxl.load_workbook(io.BytesIO(client.post("/sheets/marked", data=data).data))
    sheet = book[excel.SHEET]
    sheet["W4"].value, sheet["AC4"].value = "有条件共享", "每年"
    sheet["J4"].value = "婚姻登记机关办理登记时形成的信息，用于核对婚姻状况。"
    out = io.BytesIO()
    book.save(out)
    preview = sent(client, out.getvalue())
    assert preview.status_code == 200, preview.text
    assert "确认导入 1 个条目" in preview.text


def test_a_marked_copy_is_for_its_owner_alone_and_for_an_hour(city):
    page = sent(sign_in(city, "registrar"), faulty_book())
    token = token_in(page.text)
    other = sign_in(city, "vendor")
    page = other.get("/sheets").text
    data = {"csrf_token": token_of(page), "token": token}
    assert other.post("/sheets/marked", data=data).status_code in {403, 404}
    mine = sign_in(city, "registrar")
    data["csrf_token"] = token_of(mine.get("/sheets").text)
    assert mine.post("/sheets/marked", data=data).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        mine = sign_in(city, "registrar")
        data["csrf_token"] = token_of(mine.get("/sheets").text)
        answer = mine.post("/sheets/marked", data=data)
    assert answer.status_code == 404
    assert "只保留一小时" in answer.text


def test_what_is_held_cannot_be_read_on_the_disk_and_is_gone_once_confirmed(city):
    client = sign_in(city, "registrar")
    folder = city.extensions["registry_settings"].data_dir / "held"
    preview = sent(client, excel.write([excel.Exported(document("辛登记信息"))]))
    assert all("辛登记信息".encode() not in path.read_bytes() for path in folder.iterdir())
    before = len(list(folder.iterdir()))
    assert confirmed(client, preview).status_code == 303
    assert len(list(folder.iterdir())) == before - 1
    again = confirmed(client, preview)
    assert again.status_code == 404


def test_a_preview_that_no_longer_holds_stores_nothing(city):
    client = sign_in(city, "registrar")
    content = excel.write([excel.Exported(document("壬登记信息"))])
    first, second = sent(client, content), sent(client, content)
    assert confirmed(client, first).status_code == 303
    before = versions(city)
    answer = confirmed(client, second)
    assert answer.status_code == 409
    assert "有改动的条目（行号「名称」）：4「壬登记信息」。一个也没有保存" in answer.text
    assert versions(city) == before


def test_a_csv_as_the_office_saves_it_is_taken_and_comes_back_marked(city):
    client = sign_in(city, "registrar")
    table = files.tables(excel.write([excel.Exported(document("癸登记信息"))]))[excel.SHEET]
    out = io.StringIO()
    csv.writer(out).writerows(table)
    assert taken(client, out.getvalue().encode("gb18030")).status_code == 303
    wrong = out.getvalue().replace("癸登记信息", "子登记信息").replace("每日", "随便")
    page = sent(client, wrong.encode("gb18030"))
    assert page.status_code == 422
    data = {"csrf_token": token_of(page.text), "token": token_in(page.text)}
    lines = client.post("/sheets/marked", data=data).data.decode("utf-8-sig").splitlines()
    assert lines[2].endswith("错误说明")
    assert "「随便」不是更新周期" in lines[3]


def test_every_faulty_file_is_told_in_english_too(city):
    client = sign_in(city, "registrar")
    client.get("/sheets?lang=en")
    page = sent(client, faulty_book()).text
    assert "this is a formula" in page
    assert "Download the marked sheet" in page


def test_what_is_held_for_one_form_is_nothing_to_the_other(city):
    client = sign_in(city, "registrar")
    good = sent(client, excel.write([excel.Exported(document("庚登记信息"))]))
    bad = sent(client, excel.write([excel.Exported(document("辛登记信息", abstract="短"))]))
    for page, where in ((bad, "/sheets/confirm"), (good, "/sheets/marked")):
        data = {"csrf_token": token_of(page.text), "token": token_in(page.text)}
        assert client.post(where, data=data).status_code == 404


def test_a_fault_names_the_entry_beside_row_and_sheet(city):
    client = sign_in(city, "registrar")
    bad = document("有错的登记信息")
    bad["items"][1]["level"] = "9"
    answer = sent(
        client, excel.write([excel.Exported(document("好的登记信息")), excel.Exported(bad)])
    )
    assert answer.status_code == 422
    (row,) = re.findall(r"<tr><td[^>]*>信息资源目录</td>.*?</tr>", answer.text)
    assert '<td data-label="条目">有错的登记信息</td>' in row


def test_the_page_and_the_sheet_of_notes_say_what_the_columns_are_for(city):
    client = sign_in(city, "registrar")
    guide, own, system = excel.parts()
    page = client.get("/sheets").text
    assert f"模板共 {guide + own + system} 栏：前 31 栏是国家编制指南的栏目" in page
    content = client.get("/sheets/template.xlsx").data
    notes = openpyxl.load_workbook(io.BytesIO(content))[excel.NOTES]
    told = {row[0].split(" ", 1)[-1]: row[1:] for row in notes.values if row[0]}
    assert told["信息资源名称"][:2] == ("必填", "文字，至多 200 个字")
    assert told["可见部门"][0] == "目录可见范围为指定部门时必填"
    assert told["共享范围"][1] == "文字，至多 300 个字"
    assert told["信息项个人信息种类"][1] == "选一个"
    # Every kind is told, the last of them too.
    assert all(kind in told["信息项个人信息种类"][2] for kind in schemas.codes.values("pi_kind"))


def after(page, mark):
    return page.text[page.text.index(mark) :]


def once_more(client, page, do):
    shown = after(page, 'id="at-once"')
    data = {"csrf_token": token_of(page.text), "token": token_in(shown), "do": do}
    return client.post("/sheets/again", data=data)


def test_every_suggestion_is_accepted_at_once_on_the_page(city):
    client = sign_in(city, "registrar")
    vague = document("卯登记信息")
    vague["items"][0]["data_type"], vague["items"][1]["data_type"] = "数字", "文本型"
    page = sent(client, excel.write([excel.Exported(vague)]))
    assert page.status_code == 422
    assert "「数字」不是数据类型，改为 数值型？" in page.text
    accepted = once_more(client, page, "accept")
    assert accepted.status_code == 200, accepted.text
    assert confirmed(client, accepted).status_code == 303
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        version = own.scalars(sa.select(Version).where(Version.name == "卯登记信息")).one()
        assert [item["data_type"] for item in catalogue.document_of(version)["items"][:2]] == [
            "N",
            "C",
        ]


def test_the_preview_of_drafts_and_the_drafts_tell_the_same_number_of_faults(city):
    client = sign_in(city, "registrar")
    one, other = document("辰登记信息", abstract="短"), document("巳登记信息")
    one["items"][0]["level"], other["share_type"] = "9", "随便共享"
    book = excel.write(
        [excel.Exported(one), excel.Exported(other), excel.Exported({"name": "午登记信息"})]
    )
    preview = sent(client, book, as_drafts="yes")
    told = int(re.search(r"3 个新增、0 个修改，其中 (\d+) 处待改", preview.text)[1])
    assert "有错误" not in after(preview, 'id="preview"')
    confirmed(client, preview)
    found = 0
    with db.transaction(city.extensions["registry_database"], writes=False) as own:
        for name in ("辰登记信息", "巳登记信息", "午登记信息"):
            version = own.scalars(sa.select(Version).where(Version.name == name)).one()
            unit = version.resource.department
            found += len(
                catalogue.check(own, unit, version.resource.id, catalogue.document_of(version))
            )
    assert told == found > 3


def in_force(own):
    """The version in force of an entry of the registrar's unit that nobody works on."""
    return own.scalars(
        sa.select(Version)
        .join(Resource, Resource.live_version_id == Version.id)
        .where(
            Resource.working_version_id.is_(None),
            Version.state.in_(["published", "suspended", "retired", "in_head_review"]),
            Resource.department_id
            == sa.select(Resource.department_id)
            .join(Version, Version.resource_id == Resource.id)
            .where(Version.name == "特困供养人员信息")
            .limit(1)
            .scalar_subquery(),
        )
        .order_by(Resource.id)
    ).first()


def put(city, state):
    with db.transaction(city.extensions["registry_database"], writes=True) as own:
        version = in_force(own)
        version.state = state
        return version.name


def changed(content, name):
    """The export with another abstract of this entry."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[excel.SHEET]
    line = next(n for n in range(4, 1000) if sheet.cell(n, 5).value == name)
    sheet.cell(line, 10).value = "改过的摘要，说明数据从哪项职责中形成、可用于什么。"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("state", "said"),
    [("suspended", "条目已下架"), ("retired", "条目已注销"), ("in_head_review", "条目已送审")],
)
def test_an_entry_out_of_reach_is_called_so_and_can_be_left_out(city, state, said):
    client = sign_in(city, "registrar")
    content = changed(client.get("/sheets/export.xlsx").data, put(city, "published"))
    put(city, state)
    page = sent(client, content)
    put(city, "published")
    assert page.status_code == 422
    assert said in page.text
    put(city, state)
    left = once_more(client, page, "leave-out")
    put(city, "published")
    assert left.status_code == 200, left.text
    assert "略过了 1 个现在不能修改的条目" in left.text


def test_what_is_held_to_be_checked_again_is_for_its_owner_alone(city):
    client = sign_in(city, "registrar")
    vague = document("未登记信息", update_cycle="不更新")
    page = sent(client, excel.write([excel.Exported(vague)]))
    other = sign_in(city, "vendor")
    data = {"token": token_in(after(page, 'id="at-once"')), "do": "accept"}
    data["csrf_token"] = token_of(other.get("/sheets").text)
    assert other.post("/sheets/again", data=data).status_code in {403, 404}
