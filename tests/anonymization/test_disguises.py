"""What a release hides badly is found; what only looks like it is left alone, class by class."""

import random

import polars as pl
import pytest

from anonymization import verify
from anonymization.detection import detect
from tests.anonymization import fourth_people as town
from tests.anonymization import fourth_slips as slips
from tests.anonymization import hard_values as made
from tests.anonymization.flaws import ALONE, DIRECT, DOOR, HASH, JOIN, MASK, TEXT, TIME
from tests.anonymization.fourth_people import digest, shown
from tests.anonymization.fourth_slips import AMOUNT, LINK, PLACE
from tests.anonymization.releases import Cells, Person, drawn, told

HELD = town.folk("disguises", 400)


def table(cells: dict[str, Cells]) -> pl.DataFrame:
    chance = random.Random(11)
    given = {"区": told("district"), "办理结果": drawn("通过", "退回", "复核")} | cells
    return pl.DataFrame({name: [make(chance, p) for p in HELD] for name, make in given.items()})


def number(form: str) -> Cells:
    make = made.number(form)
    return lambda chance, person: make(chance)


def other(chance: random.Random, person: Person) -> str:
    return town.name(chance)[0]


def grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


FLAWS: dict[str, tuple[str, dict[str, Cells]]] = {
    "number in a longer one": (
        DIRECT,
        {"证书号": lambda c, p: f"{p['id']}{c.randrange(1, 8)}{c.randrange(1, 5)}"},
    ),
    "number behind letters": (DIRECT, {"档案": shown(lambda p: f"DA{p['id']}")}),
    "telephone between letters": (DIRECT, {"编码": shown(lambda p: f"SD{p['mobile']}C1")}),
    "names side by side": (DIRECT, {"共有": lambda c, p: f"{p['name']}、{other(c, p)}共同共有"}),
    "name of a file": (DIRECT, {"附件": shown(lambda p: f"{p['name']}_户口本.jpg")}),
    "no sign of an address": (
        DIRECT,
        {"联系": shown(lambda p: f"{p['pinyin'].lower().replace(' ', '.')}(at)qq.com")},
    ),
    "card in groups": (DIRECT, {"一卡通": slips.account}),
    "frame number": (DIRECT, {"车架号": number("LSVA####2E2######")}),
    "spoken": (
        TEXT,
        {"通话": shown(lambda p: f"来电人说，他的电话是{town.spoken(p['mobile'])}请记下")},
    ),
    "beginning hidden": (MASK, {"男方电话": shown(lambda p: "***" + p["mobile"][3:])}),
    "second in a number": (
        TIME,
        {"单号": lambda c, p: f"TJ{p['at']:%y%m%d%H%M%S}{c.randrange(100):02}"},
    ),
    "what was paid": (AMOUNT, {"契税实缴": slips.cents(6_000_000)}),
    "where somebody was": (PLACE, {"反映点位": shown(slips.sexagesimal)}),
    "employer": (ALONE, {"原单位": slips.firm}),
    "door in columns": (
        DOOR,
        {"所在小区": told("yard"), "楼号": told("house"), "单元": told("door"), "室": told("room")},
    ),
}
# In the same order: other things of the same shape.
TWINS: dict[str, Cells] = {
    "证书号": lambda c, p: f"3110150302{c.randrange(10**10):010}",
    "档案": lambda c, p: f"DA{p['code']}2025{c.randrange(10**8):08}",
    "编码": lambda c, p: f"SD13{c.randrange(10**9):09}C1",
    "共有": drawn("单独所有", "共同共有、未抵押", "按份共有、已抵押"),
    "附件": lambda c, p: f"{c.choice(('户口本', '高清图', '白底照'))}_{c.randrange(9**6)}.jpg",
    "联系": drawn("见第3条(a)款", "C#班", "线上(at home)"),
    "一卡通": lambda c, p: grouped(f"6217{'*' * 12}{c.randrange(10**3):03}"),
    "车架": drawn("轻型客车", "微型货车"),
    "通话": drawn("共计壹仟贰佰叁拾元整", "三四五六七月各一次", "两次未接"),
    "男方编号": lambda c, p: f"***{c.randrange(10**5):05}",
    "单号": lambda c, p: f"TJ25{c.randrange(10**10):010}",
    "契税税率": drawn("0.01", "0.015", "0.03"),
    "承办单位": slips.firm,
    "网点位置": shown(slips.sexagesimal),
    "律所": drawn("内蒙古正衡律师事务所", "乌海市王府律师事务所"),
    "会议室": lambda c, p: str(c.randrange(101, 140)),
    "岗位编码": drawn("15030025001", "15030025014", "15030025117"),
    "应急救援电话": drawn("96333", "0473-3112119"),
    "窗口咨询电话": drawn("0473-3881206", "0473-6990117", "12345"),
    "办理地点": drawn("海勃湾区滨河西街18号政务服务中心2楼", "乌达区胜利街3号便民服务大厅"),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAWS)
def test_what_is_hidden_badly_is_found_for_its_cause(name):
    code, cells = FLAWS[name]
    findings = verify(table(cells)).findings
    assert code in {one.code for one in findings if set(cells) <= set(one.columns)}


def test_what_has_only_its_shape_passes():
    assert [one.zh for one in verify(table(TWINS)).findings] == []


def zoned(name: str, between: str = " ", plus: int = -0xA0, form: str = "02") -> str:
    """Row and place of each letter in GB 2312, counted from one unless something is added."""
    codes = [name.encode("gb2312")[at : at + 2] for at in range(0, 2 * len(name), 2)]
    return between.join("".join(format(one + plus, form) for one in code) for code in codes)


def han(chance: random.Random) -> str:
    """A name, which every character set of Chinese has."""
    return chance.choice("王李张刘陈杨赵黄") + "".join(chance.choices("伟芳建国秀兰志强梅华", k=2))


@pytest.mark.parametrize(
    "write",
    [
        zoned,
        lambda name: zoned(name, between=""),
        lambda name: zoned(name, plus=-0x80, form="02X"),
        lambda name: " ".join(str(one) for one in name.encode("gb18030")),
        lambda name: "".join(str(ord(one)) for one in name),
        lambda name: " ".join(f"{ord(one):x}" for one in name),
    ],
    ids=["zones", "zones run together", "exchanged", "bytes", "run together", "points"],
)
def test_names_in_numbers_of_a_code_table_are_read(write):
    cells = {"登记码": lambda c, p: write(han(c))}
    assert {("DIRECT_IDENTIFIER_LEFT", ("登记码",))} <= found(cells)


def test_names_in_the_code_of_telegraphs_are_known_by_their_header():
    cells = {"姓名电码": lambda c, p: f"{c.randrange(9999):04} {c.randrange(9999):04}"}
    assert {("DIRECT_IDENTIFIER_LEFT", ("姓名电码",))} <= found(cells)


def test_numbers_of_papers_and_days_are_no_names_in_a_code_table():
    cells = {
        "登记码": lambda c, p: f"{c.randrange(1600, 8700)} {c.randrange(1600, 8700)}",
        "资产号": lambda c, p: f"{c.randrange(10**11, 10**12)}",
    }
    assert found(cells) == set()


def found(cells: dict[str, Cells]) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.code, one.columns) for one in verify(table(cells)).findings}


def test_one_home_is_no_door_where_nothing_tells_the_estate():
    cells = {"楼": told("house"), "单元": told("door"), "室": told("room")}
    assert DOOR not in {one.code for one in verify(table(cells)).findings}


def test_members_of_a_household_are_put_together_by_whatever_its_code_is_called():
    homes = {p["row"]: f"F{p['row'] // 3 * 7919 % 10_007:05}" for p in HELD}
    cells = {"性别": told("sex"), "民族": drawn("汉族", "蒙古族", "回族")}
    coded = table(cells | {"家庭码": lambda c, p: homes[p["row"]]})
    assert any("家庭码" in one.columns for one in verify(coded).findings)
    kinds = table(cells | {"家庭码": drawn("A1", "A2", "B1")})
    assert [one.zh for one in verify(kinds).findings] == []


def test_telephones_and_doors_of_listed_institutions_are_public_and_of_their_people_not():
    schools = table(
        {
            "学校名称": number("乌海市第##幼儿园"),
            "详细地址": number("海勃湾区学府街#7号"),
            "园所电话": number("0473-20#####"),
        }
    ).drop("办理结果")
    assert [one.zh for one in verify(schools).findings] == []
    heads = {"家庭住址": told("home"), "住宅电话": number("0473-20#####")}
    staffed = schools.hstack(table(heads)[list(heads)])
    found = {name for one in verify(staffed).findings for name in one.columns}
    assert set(heads) <= found
    pupils = table({"学校名称": number("乌海市第##幼儿园"), "性别": told("sex"), **heads})
    assert set(heads) <= {name for one in verify(pupils).findings for name in one.columns}


def test_who_complained_has_a_telephone_of_his_own():
    cells = {
        "投诉人电话": number("0473-20#####"),
        "投诉电话": number("0473-20#####"),
        "人社局咨询电话": number("0473-20#####"),
    }
    assert [one.columns for one in verify(table(cells)).findings] == [("投诉人电话",)]


# --- what an attacker holds besides -----------------------------------------------------------


def board(values: list[str]) -> pl.DataFrame:
    named = pl.DataFrame({"姓名": [p["name"] for p in HELD], "分": values})
    return named.sample(fraction=1, shuffle=True, seed=2)


def test_one_exact_value_beside_a_name_links_and_a_counter_does_not():
    marks = table({"综合得分": lambda c, p: f"{c.gauss(68, 8):.3f}"})
    found = verify(marks, auxiliary=[board(marks["综合得分"].to_list())]).findings
    assert [(one.code, one.columns) for one in found] == [(LINK, ("综合得分",))]
    assert verify(marks, auxiliary=[board([f"{n / 7:.3f}" for n in range(400)])]).passed
    counted = table({"序": lambda c, p: str(p["row"] + 1)})
    assert verify(counted, auxiliary=[board([str(n + 1) for n in range(400)])]).passed


def test_digests_of_what_a_register_tells_are_undone_cut_or_put_together():
    register = pl.DataFrame(
        {"姓名": [p["name"] for p in HELD], "生日": [str(p["born"]) for p in HELD]}
    )
    cells = {
        "甲": digest(lambda p: p["name"], "sha512", 40),
        "乙": digest(lambda p: f"{p['name']}{p['born']:%Y%m%d}", "sha256"),
        "丙": digest(lambda p: f"a key nobody has {p['name']}", "sha512", 40),
    }
    release = table(cells)
    found = {one.columns for one in verify(release, auxiliary=[register]).findings
             if one.code == HASH}  # fmt: skip
    assert found == {("甲",), ("乙",)}


def test_codes_join_whatever_sign_an_office_puts_before_them():
    release = table({"人员码": town.token("one")})
    signed = release.select(pl.format("WH-{}", pl.col("人员码").str.to_uppercase()).alias("编号"))
    found = verify(release, earlier=[signed]).findings
    assert [(one.code, one.columns) for one in found] == [(JOIN, ("人员码",))]
    assert verify(table({"人员码": town.token("two")}), earlier=[signed]).passed


# --- columns ------------------------------------------------------------------------------------


def test_who_people_are_is_told_from_what_they_are():
    names = table({"残疾人": told("name"), "低保": drawn("是", "否")})
    assert [one.kind for one in detect(names)][2:] == ["PERSON", None]
    kinds = table({"残疾人": drawn("肢体", "视力", "听力"), "优抚对象": drawn("烈属", "军属")})
    assert [one.kind for one in detect(kinds)][2:] == [None, None]


def test_owners_named_together_are_people_and_lists_of_goods_are_none():
    cells = {
        "权利人": lambda c, p: f"{p['name']}、{other(c, p)}",
        "作物": drawn("白菜、高粱", "马铃薯、小麦", "高粱", "黄豆、白薯、金瓜"),
    }
    assert [one.kind for one in detect(table(cells))][2:] == ["PERSON", None]
