"""Columns are read for what they hold, and nothing readable is overlooked in a release."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from anonymization import headers, scanning
from anonymization.detection import Column, Residual, detect, residual
from anonymization.dictionary import words
from anonymization.disguises import plain, unmasked
from anonymization.identifiers import citizen_check
from anonymization.spots import Cell, cells
from anonymization.synthetic import citizens
from tests.anonymization import hard_values as made
from tests.anonymization.fourth_tables import FIRST, LAST
from tests.anonymization.fresh_tables import OPEN, SEALED
from tests.anonymization.hard_tables import CLEAN, HELD, SPELLED, TUNED, UNSEEN, Hard, build, score
from tests.anonymization.third_tables import PART, SHUT

TODAY = date(2026, 11, 23)


def kinds(frame: pl.DataFrame) -> dict[str, str | None]:
    return {column.name: column.kind for column in detect(frame, today=TODAY)}


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    return citizens(2000, seed=3)


def test_made_up_citizens_are_the_same_for_the_same_seed(people):
    assert people.equals(citizens(2000, seed=3))
    assert not people.equals(citizens(2000, seed=4))


def test_every_column_of_a_register_of_people_is_understood(people):
    found = {column.name: column for column in detect(people, today=TODAY)}
    assert {name: one.kind for name, one in found.items() if one.kind} == {
        "姓名": "PERSON",
        "公民身份号码": "ID_CARD",
        "手机号码": "MOBILE",
        "出生日期": "BIRTH_DATE",
        "家庭住址": "ADDRESS",
    }
    assert {name for name, one in found.items() if one.quasi} == {
        "性别",
        "出生日期",
        "民族",
        "所在区",
        "职业",
    }
    number = found["公民身份号码"]
    assert number.evidence == "2000 行中 2000 行通过校验位"
    assert (number.item, number.sensitivity, number.level) == ("公民身份号码", 2, "4")
    assert found["月收入"].sensitivity == 2
    assert found["备注"].level is None


def test_columns_are_understood_without_their_headers(people):
    bare = people.rename({name: f"c{place}" for place, name in enumerate(people.columns)})
    found = kinds(bare)
    assert [found[f"c{place}"] for place in (0, 1, 2, 4, 7)] == [
        "PERSON",
        "ID_CARD",
        "MOBILE",
        "BIRTH_DATE",
        "ADDRESS",
    ]


@pytest.mark.parametrize("form", ["pandas", "arrow", "csv", "gbk", "parquet"])
def test_every_form_of_table_is_read(form, people, tmp_path):
    few = people.head(50)
    if form == "pandas":
        table = pd.DataFrame(few.to_dicts())
    elif form == "arrow":
        table = few.to_arrow()
    elif form == "parquet":
        table = tmp_path / "people.parquet"
        few.write_parquet(table)
    else:
        table = tmp_path / "people.csv"
        table.write_bytes(few.write_csv().encode("gb18030" if form == "gbk" else "utf-8"))
    assert [one.kind for one in detect(table, today=TODAY)] == list(kinds(few).values())


DISGUISES = {
    "plain": "150302198802140012",
    "full-width": "１５０３０２１９８８０２１４００１２",
    "spaced": "150302 19880214 0012",
    "separated": "150302-19880214-0012",
    "digit by digit": "1 5 0 3 0 2 1 9 8 8 0 2 1 4 0 0 1 2",
    "invisible": "150302\u200b19880214\u200d0012",
    "numerals": "一五〇三〇二一九八八〇二一四〇〇一二",
    "in a sentence": "经核对身份证150302198802140012无误",
    "in brackets": "李某(150302198802140012)到场",
}


@pytest.mark.parametrize("shown", DISGUISES.values(), ids=DISGUISES)
def test_a_number_is_readable_in_every_disguise(shown):
    release = pl.DataFrame({"说明": ["材料齐全", shown, "待补"]})
    assert residual(release, today=TODAY) == [Residual("说明", "ID_CARD", 1)]
    (found,) = scanning.find(shown, TODAY)
    written = plain(shown[found.start : found.end]).text
    assert written.replace(" ", "").replace("-", "") == "150302198802140012"


def test_what_is_inside_a_longer_number_is_not_reported():
    texts = ["1503021988021400120", "A150302198802140012", "0.13800950165", "913800950165"]
    assert residual(pl.DataFrame({"编码": texts}), today=TODAY) == []


def test_numbers_that_pass_by_chance_are_not_reported():
    chance = np.random.default_rng(5)
    order = [
        f"150302{2020 + i % 6}{1 + i % 12:02}{1 + i % 28:02}{i % 1000:03}{chance.integers(0, 10)}"
        for i in range(3000)
    ]
    table = pl.DataFrame(
        {"受理编号": order, "流水号": [f"1{chance.integers(0, 10**10):010}" for _ in range(3000)]}
    )
    assert set(kinds(table).values()) == {None}
    assert residual(table, today=TODAY) == []
    evidence = detect(table, today=TODAY)[0].evidence
    assert "与偶然相当" in evidence


def test_old_numbers_are_found_by_their_spread_of_years_and_receipts_are_not():
    chance = np.random.default_rng(8)

    def numbers(first: int, last: int) -> list[str]:
        return [
            f"150302{chance.integers(first, last):02}{1 + i % 12:02}{1 + i % 28:02}{i % 1000:03}"
            for i in range(300)
        ]

    table = pl.DataFrame({"c1": numbers(35, 90), "c2": numbers(15, 27)})
    assert kinds(table) == {"c1": "ID_CARD", "c2": None}
    text = pl.DataFrame({"备注": ["原身份证150302880214001已换发", "无"]})
    assert residual(text, today=TODAY) == [Residual("备注", "ID_CARD", 1)]


def test_a_few_numbers_among_orders_are_found():
    body = [f"150302198{i % 10}0{1 + i % 9}1{i % 10}{i:03}" for i in range(40)]
    hidden = [one + citizen_check(one) for one in body]
    table = pl.DataFrame({"办理编号": [f"BL2024{i:08}" for i in range(1960)] + hidden})
    assert residual(table, today=TODAY) == [Residual("办理编号", "ID_CARD", 40)]
    assert kinds(table) == {"办理编号": "ID_CARD"}


def test_cells_say_where_in_the_text_as_written_an_identifier_stands():
    text = "来电人　１３８ ００９５ ０１６５，反映路灯不亮"
    table = pl.DataFrame({"工单内容": [text, "无"], "手机": ["13800950165", None]})
    found = list(cells(table, today=TODAY))
    assert found[0] == Cell("工单内容", 0, 4, 17, "MOBILE")
    assert text[4:17] == "１３８ ００９５ ０１６５"
    assert found[1] == Cell("手机", 0, 0, 11, "MOBILE")


def test_an_empty_table_and_columns_of_nothing_are_no_fault():
    table = pl.DataFrame(
        {"姓名": pl.Series([], dtype=pl.String), "空": pl.Series([], dtype=pl.Null)}
    )
    assert [one.kind for one in detect(table)] == [None, None]
    table = pl.DataFrame({"姓名": [None, None], "身份证号": ["", " "], "数": [1.5, None]})
    assert [one.kind for one in detect(table)] == [None, None, None]
    assert residual(table) == []


PARTS = {"tuned": TUNED, "held out": HELD, "unseen": UNSEEN, "open": OPEN, "sealed": SEALED}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_hard_tables_are_read_right(part):
    found = score(part)
    assert found.flagged == ()
    assert found.wrong == ()
    assert found.macro >= 0.95


@pytest.mark.parametrize("part", [PART, SHUT], ids=["part", "shut"])
def test_of_tables_nobody_mended_anything_for_nearly_all_columns_are_read_right(part):
    found = score(part)
    assert len(found.flagged) <= 1
    assert len(found.wrong) <= 1
    assert found.macro >= 0.92


@pytest.mark.parametrize(
    ("part", "flagged", "wrong", "macro"), [(FIRST, 0, 0, 1.0), (LAST, 1, 3, 0.96)]
)
def test_tables_of_a_fourth_hand_are_read_as_well_as_they_once_were(part, flagged, wrong, macro):
    found = score(part, rows=240, seed=4000)
    assert len(found.flagged) <= flagged
    assert len(found.wrong) <= wrong
    assert found.macro >= macro


def test_one_or_two_numbers_in_twenty_five_rows_are_found():
    orders = [f"BL2024{i:08}" for i in range(25)]
    one = ["150302198802140012", *orders[1:]]
    two = ["150302198802140012", "150303200002291257", *orders[2:]]
    table = pl.DataFrame({"甲": one, "乙": two, "丙": orders})
    assert kinds(table) == {"甲": None, "乙": "ID_CARD", "丙": None}
    spots = [(cell.column, cell.row, cell.kind) for cell in cells(table, today=TODAY)]
    assert spots == [("甲", 0, "ID_CARD"), ("乙", 0, "ID_CARD"), ("乙", 1, "ID_CARD")]


def test_a_wide_table_is_read_as_its_columns_are(people):
    few = people.head(30)
    wide = pl.concat(
        [few.rename(lambda name, n=n: f"{name}{n}") for n in range(30)], how="horizontal"
    )
    alone = [detect(wide.select(name), today=TODAY)[0].inside for name in wide.columns[:11]]
    assert [one.inside for one in detect(wide, today=TODAY)][:11] == alone


@pytest.mark.parametrize(
    ("header", "make"),
    [
        ("发票号码", lambda i: f"{(139, 158, 186, 177, 133)[i % 5]}{i * 48271 % 10**8:08}"),
        ("产品编码", lambda i: f"京A{i * 4827 % 10**5:05}"),
        ("固件版本", lambda i: f"10.{100 + i}.{i % 7}.1"),
    ],
)
def test_a_header_that_says_otherwise_is_believed_where_nothing_can_be_checked(header, make):
    values = [make(i) for i in range(1, 60)]
    assert kinds(pl.DataFrame({header: values})) == {header: None}
    assert list(cells(pl.DataFrame({header: values}), today=TODAY)) == []


def test_words_and_counts_are_not_taken_for_people():
    table = pl.DataFrame(
        {
            "姓名字数": ["2", "3", "4"] * 20,
            "低保人数": ["12", "30", "7"] * 20,
            "法定代表人类型": ["自然人", "法人", "其他"] * 20,
            "办理结果": ["已办结", "不予受理", "退回补正"] * 20,
            "联系电话类型": ["手机", "座机", "无"] * 20,
            "单位名称": ["市民政局", "市公安局", "市教育局"] * 20,
        }
    )
    for column in detect(table, today=TODAY):
        assert (column.kind, column.sensitivity) == (None, 0), column
    assert residual(table, today=TODAY) == []


def test_counts_of_one_person_are_facts_of_him_and_other_counts_are_not():
    counted = ["0", "1", "2"] * 20
    table = pl.DataFrame(
        dict.fromkeys(("离婚次数", "名下房产套数", "办件次数", "低保人数"), counted)
    )
    items = {column.name: column.item for column in detect(table, today=TODAY)}
    assert items == {
        "离婚次数": "婚史",
        "名下房产套数": "房产信息",
        "办件次数": None,
        "低保人数": None,
    }


@pytest.mark.parametrize("header", ["账号", "系统账号", "用户名", "登录名", "username"])
def test_a_name_to_sign_in_by_is_an_account(header):
    names = [f"{name}{n}" for n in range(20) for name in ("wangli", "li.hua", "sun_min")]
    (column,) = detect(pl.DataFrame({header: names}), today=TODAY)
    assert (column.kind, column.item, column.sensitivity) == (None, "账号", 1)
    metered = [str(100000 + n) for n in range(60)]
    (column,) = detect(pl.DataFrame({"水表账号": metered}), today=TODAY)
    assert column.item is None


def test_every_item_of_personal_information_says_how_it_is_found():
    items = headers.items()
    listed = schemas.codes.table("personal_information_kinds")["kinds"]
    assert {one["item"]: one["role"] for one in listed} == {
        name: one["role"] for name, one in items.items()
    }
    assert {one["found"] for one in items.values()} == {
        "pattern",
        "header",
        "dictionary",
        "declared",
    }
    kinds = {kind for one in items.values() for kind in one["kinds"]}
    assert kinds == set(headers.kinds()) - {"USCC"}


# What a column of each kind holds; WECHAT stands for accounts, whose headers name the service.
MADE = {
    "PERSON": made.person,
    "ID_CARD": made.id_card,
    "PASSPORT": made.passport,
    "HK_MACAO_PERMIT": made.number("H##########"),
    "MILITARY_ID": made.number("军字第########号"),
    "MOBILE": made.mobile,
    "LANDLINE": made.landline,
    "EMAIL": made.email,
    "ADDRESS": made.address,
    "BANK_CARD": made.bank_card,
    "FUND_ACCOUNT": made.number("15030000####"),
    "PLATE": made.plate,
    "VIN": made.number("LSVAM4187C#######"),
    "MRN": made.mrn,
    "BIRTH_DATE": made.birth,
    "GPS": made.gps,
    "IP": made.ip,
    "MAC": made.mac,
    "DEVICE_ID": made.number("86#############"),
    "WECHAT": made.wechat,
    "QQ": made.qq,
    "SSN": made.ssn,
}
SPOKEN = {("账号", "WECHAT"): "微信号", ("账号", "QQ"): "QQ号"}
# The kinds that prove themselves; the others need the word of a header.
ALONE = ("ID_CARD", "MOBILE", "LANDLINE", "EMAIL", "ADDRESS", "BANK_CARD", "PLATE", "PERSON")
OF_KINDS = [(name, kind) for name, one in headers.items().items() for kind in one["kinds"]]


def only(header: str, make: made.Make) -> Column:
    (found,) = detect(build({header: Hard(make)}, 60, 5).frame, today=TODAY)
    return found


@pytest.mark.parametrize(("item", "kind"), OF_KINDS)
def test_identifiers_are_found_and_said_to_be_the_item_their_header_names(item, kind):
    found = only(SPOKEN.get((item, kind), item), MADE[kind])
    assert (found.item, found.kind) == (item, kind)
    assert kind not in ALONE or only("c1", MADE[kind]).kind == kind


@pytest.mark.parametrize(
    "item", [name for name, one in headers.items().items() if not one["kinds"]]
)
def test_what_is_no_identifier_is_found_by_its_header_or_by_a_closed_list_of_values(item):
    how = headers.items()[item]["found"]
    same = {"文化程度": "学历"}.get(item, item)
    make = made.one_of(*words()["values"].get(same, "甲乙丙"))
    found = only(item, make)
    assert (found.item, found.kind) == (item, None)
    # Without a word in the header only a closed list tells; a face or a gene never does.
    assert only("c1", make).item == (same if how == "dictionary" else None)


def test_phrases_about_people_name_nobody():
    texts = [
        "企业主要负责人和安全管理人员信息",
        "根据姓名公民身份号码获取公积金信息",
        "当事人陈述申辩笔录",
        "乌海市卫生许可证（卫水字〔2022〕第001号）",
        "农村居民家庭每百户耐用消费品拥有量",
    ]
    assert residual(pl.DataFrame({"标题": texts}), today=TODAY) == []


def test_a_sentence_about_a_person_names_him():
    text = "当事人：王小明，联系人李芳电话不详，住海勃湾区人民路12号院3号楼501，QQ：123456789"
    found = {text[one.start : one.end]: one.kind for one in scanning.find(text, TODAY)}
    assert found == {
        "王小明": "PERSON",
        "李芳": "PERSON",
        "住海勃湾区人民路12号院3号楼501": "ADDRESS",
        "123456789": "QQ",
    }


@given(st.text(max_size=60))
def test_offsets_lead_back_to_the_text_as_written(text):
    made = plain(text)
    assert len(made.offsets) == len(made.text) + 1
    assert list(made.offsets) == sorted(made.offsets)
    assert all(0 <= place <= len(text) for place in made.offsets)
    scanning.find(text, TODAY)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(list(DISGUISES.values())),
            st.sampled_from(
                ["13800950165", "０４７３-8992630", "蒙C12345", "a.b@example.cn", "微信：abc_123"]
            ),
            st.text(alphabet="号电话0123456789 -.xX年月，", max_size=30),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_column_is_scanned_as_its_texts_are(texts):
    scanned = scanning.scan(unmasked(pl.Series(texts)), TODAY).filter("valid")
    by_column = {(row, kind) for row, kind in zip(scanned["row"], scanned["kind"], strict=True)}
    for row, text in enumerate(texts):
        for one in scanning.find(text.strip(" \t\r\n'\""), TODAY):
            assert (row, one.kind) in by_column


@pytest.mark.parametrize("rows", [40, 400])
def test_no_clean_column_is_flagged(rows):
    found = detect(build(CLEAN, rows, rows).frame, today=TODAY)
    assert [(one.name, one.kind, one.inside) for one in found if one.kind or one.inside] == []


@pytest.mark.parametrize("name", SPELLED)
def test_headers_are_read_as_departments_write_them(name):
    (found,) = detect(build({name: SPELLED[name]}, 200, 5).frame, today=TODAY)
    assert found.kind == SPELLED[name].kind


ABOUT: dict[str, tuple[list[str], str | None]] = {
    "出生年代": (["70后", "80后", "00后", "九零后"], "出生日期"),
    "年代": (["1970年代", "1980年代", "六十年代"], "出生日期"),
    "decade": (["1970s", "1980s"], "出生日期"),
    "出生年份": (["1961", "1988", "2003"], "出生日期"),
    "生日": (["02-14", "12-31", "7-1"], None),
    "出生月日": (["0214", "1231", "0701"], None),
    "birthday": (["2月14日", "12月31日"], None),
}


@pytest.mark.parametrize("name", ABOUT)
def test_the_decade_the_year_or_the_day_of_a_birth_tells_people_apart(name):
    values, item = ABOUT[name]
    found = detect(pl.DataFrame({name: values * 9, "性别": ["男"] * 9 * len(values)}))[0]
    assert (found.quasi, found.item, found.sensitivity) == (True, item, 1), found
    assert "出生" in found.evidence or "生日" in found.evidence


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("建成年代", ["1970年代", "1980年代"]),
        ("年度", ["2023", "2024"]),
        ("房号", ["0214", "1231"]),
        ("出生医院", ["市医院", "旗医院"]),
    ],
)
def test_decades_of_houses_and_numbers_of_rooms_are_nobodys_birth(name, values):
    found = detect(pl.DataFrame({name: values * 9, "性别": ["男", "女"] * 9}))[0]
    assert (found.quasi, found.item) == (False, None)
