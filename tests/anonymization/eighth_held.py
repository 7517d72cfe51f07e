"""Flawed releases of the eighth hand that nobody mends for: only how many are found is shown."""

import hashlib
import random
from collections.abc import Iterator
from typing import Any

import polars as pl
from pypinyin import lazy_pinyin

from tests.anonymization.eighth_people import (
    STREETS,
    Person,
    Release,
    at_day,
    band,
    by_law,
    cells_of,
    crowd,
    folk,
    of,
    rows,
    some,
    token,
    when,
)

PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}
LETTERS = str.maketrans("0123456789", "abcdefghij")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)) | {
    str(n): n for n in range(10)
}


def vin(c: random.Random, front: str = "LS5A2ABE") -> str:
    """A vehicle identification number with a right check sign, GB 16735."""
    back = c.choice("MNPRS") + "A" + f"{c.randrange(10**6):06}"
    body = front + "0" + back
    rest = sum(VALUES[sign] * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11
    return front + ("X" if rest == 10 else str(rest)) + back


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from basis()
    yield from words()
    yield from groups()
    yield from sums()
    yield from beside()


def numbers() -> Iterator[Release]:
    yield folk(
        "sports halls: the device that logged in to the wireless net",
        {"场馆": ("体育中心", "游泳馆", "全民健身馆"), "入场月": when("%Y-%m", days=180)},
        {"会员类型": some(次卡=5, 月卡=4, 年卡=2)},
        {
            "终端": lambda c, _: (
                c.choice(("3C:22:FB", "A4:50:46", "F0:18:98"))
                + "".join(f":{c.randrange(256):02X}" for _ in range(3))
            )
        },
        count=900,
        flaw="DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("终端",),
    )
    yield folk(
        "yearly inspections of private cars: the number on the frame",
        {"检验站区": of("district"), "使用性质": some(非营运=9, 营转非=2)},
        {"尾气": some(合格=8, 不合格=2)},
        {"clsbdh": lambda c, _: vin(c)},
        count=700,
        flaw="DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("clsbdh",),
    )
    yield folk(
        "appointments: each digit of the telephone as a letter",
        PLAIN,
        {"办理事项": some(社保卡=5, 退休=3, 转移接续=2)},
        {"预约人码": lambda _, p: p.phone.translate(LETTERS)},
        count=1200,
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH|PARTIAL_ID_REIDENTIFIABLE",
        at=("预约人码",),
    )
    yield folk(
        "bus cards: the middle sixteen signs of a digest of the telephone",
        {"卡种": some(普通=7, 学生=3, 敬老=3), "旗区": of("district")},
        {"投诉": some(无=9, 有=1)},
        {"member_id": lambda _, p: hashlib.md5(p.phone.encode()).hexdigest()[8:24]},
        count=1500,
        flaw="UNSALTED_HASH",
        at=("member_id",),
    )
    yield folk(
        "title deeds: the number of the parcel, the building and the flat",
        {"区": of("district"), "用途": some(住宅=9, 车位=3)},
        {"登记类型": some(首次=3, 转移=5, 抵押=4)},
        {
            "bdcdyh": lambda c, p: (
                f"150302{c.randrange(1, 9):03}{c.randrange(1, 30):03}GB{c.randrange(1, 99):05}"
                f"F{p.door[1]:04}{p.door[2] * 100 + int(p.door[3]) % 100:04}"
            )
        },
        count=1000,
        flaw="DIRECT_IDENTIFIER_LEFT|FULL_ADDRESS_LEFT|UNDECLARED_QI_UNIQUE|LINKS_TO_REGISTER",
        at=("bdcdyh",),
    )
    yield folk(
        "runs in the desert: names as runners write them for a foreign organizer",
        {"Gender": of("sex"), "Distance": ("10km", "21km", "50km")},
        {"Medical": some(none=9, knee=2, heat=1)},
        {"Runner": lambda _, p: " ".join(lazy_pinyin(p.name)).title(), "DOB": of("born")},
        aged=(18, 65),
        count=600,
        flaw="DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE|LINKS_TO_REGISTER",
        at=("Runner", "DOB"),
    )


def basis() -> Iterator[Release]:
    yield rows(
        "licences of restaurants: a law is named for the operator and for his mobile",
        [
            {
                "许可证编号": f"JY2150302{n:07}",
                "经营者": p.name,
                "经营场所": f"{p.district}{p.street}商业街{n % 80 + 1}号",
                "联系电话": p.phone,
                "主体业态": ("餐饮服务经营者", "食品销售经营者")[n % 2],
                "有效期至": at_day(n % 900),
            }
            for n, p in enumerate(crowd(540, "restaurants", 22, 66))
        ],
        "DIRECT_IDENTIFIER_LEFT",
        ("联系电话",),
        rules=by_law("食品经营许可和备案管理办法", "经营者", "经营场所", "联系电话"),
    )
    yield folk(
        "low-income households: said to be published lawfully, no law named",
        {"旗区": of("district"), "类别": some(A=3, B=5, C=4)},
        {"补差": some(高=3, 中=5, 低=4)},
        {"户主": of("name")},
        count=800,
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("户主",),
        rules={"户主": "依法公开"},
    )


def words() -> Iterator[Release]:
    asks = ("井盖丢失", "树枝遮挡路灯", "水压低", "小区门禁损坏", "烧烤油烟扰民")
    yield folk(
        "petitions: some end with a citizen's number in wide digits",
        {"来信区": of("district"), "月": when("%Y-%m", days=200)},
        {"是否初次": some(是=8, 否=3)},
        {
            "内容": lambda c, p: (
                f"反映{p.street}{c.choice(asks)}"
                + (f"，证件 {p.ident.translate(WIDE)}" if c.random() < 0.09 else "，请核实")
            )
        },
        count=1300,
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("内容",),
    )
    yield folk(
        "meals brought home: the way to some doors is told",
        {"旗区": of("district"), "年龄组": band(60, 70, 80, 99)},
        {"餐标": some(普食=6, 软食=3, 糖尿病餐=2)},
        {
            "配送备注": lambda c, p: (
                f"{p.door[0]}{p.door[1]}号楼{p.door[2]}单元{p.door[3]}，敲门等一会"
                if c.random() < 0.3
                else c.choice(("少盐", "送到社区食堂自取", "老人耳背，多等一会", "无"))
            )
        },
        aged=(60, 95),
        count=700,
        flaw="FULL_ADDRESS_LEFT|FREE_TEXT_LEAK",
        at=("配送备注",),
    )


def groups() -> Iterator[Release]:
    yield folk(
        "dust disease: the mine, the year of birth and the year when work began",
        {"性别": "男", "期别": ("一期", "二期", "三期")},
        {"待遇": some(一次性=4, 长期=5, 无=2)},
        {
            "矿": ("平沟矿", "黄白茨矿", "五虎山矿", "苏海图矿", "老石旦矿"),
            "出生年": lambda _, p: p.born.year,
            "参加工作年": lambda c, p: p.born.year + c.randrange(17, 28),
        },
        aged=(48, 80),
        count=420,
        flaw="UNDECLARED_QI_UNIQUE",
        at=("出生年", "参加工作年"),
    )

    def lopsided(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
        there = (pl.col("年级") == "高三") & (pl.col("性别") == "女")
        most = there & (pl.int_range(pl.len()) % 12 > 0)
        return frame.with_columns(
            pl.when(most).then(pl.lit("重度")).otherwise(pl.col("筛查结果")).alias("筛查结果")
        )

    yield folk(
        "minds of pupils: two values in each group, but in one nearly all are grave",
        {"年级": ("高一", "高二", "高三"), "性别": of("sex")},
        {"筛查结果": some(正常=8, 轻度=3, 重度=1)},
        aged=(15, 18),
        count=1400,
        spoil=lopsided,
        t=0.25,
        flaw="T_TOO_LARGE|L_TOO_SMALL",
        at=("筛查结果",),
    )
    c = random.Random("pharmacy")
    shops = [f"{front}大药房{n}店" for front in ("惠民", "康乐", "百姓") for n in range(1, 9)]
    bought = []
    for _ in range(170):
        buyer, usual = f"YB{c.randrange(10**9):09}", c.sample(shops, 3)
        bought += [
            {
                "参保人编码": buyer,
                "购药日": at_day(c.randrange(90)),
                "药店": c.choice(usual),
                "药品大类": c.choice(("降压", "降糖", "感冒", "维生素")),
            }
            for _ in range(9)
        ]
    yield rows(
        "medical insurance: one buyer through three months of pharmacies",
        bought,
        "UNDECLARED_QI_UNIQUE",
        ("参保人编码", "购药日+药店", "购药日"),
    )


def sums() -> Iterator[Release]:
    c = random.Random("wages")
    yield rows(
        "wages by unit and post: means of one or two persons",
        [
            {
                "年度": year,
                "单位": f"{district}{unit}",
                "岗位": post,
                "在岗人数": c.choice((1, 2, 1, 3, 8, 14, 22)),
                "平均工资(元)": round(c.uniform(52_000, 160_000), 2),
            }
            for year in (2022, 2023, 2024)
            for district in STREETS
            for unit in ("水务局", "文化馆", "疾控中心", "档案馆", "第三中学")
            for post in ("正科级", "副科级", "中级职称", "工勤", "司机")
        ],
        "K_TOO_SMALL",
        ("在岗人数",),
    )
    yield folk(
        "farm subsidies: fields to the hundredth and the sum to the cent",
        {"旗区": of("district"), "作物": some(玉米=6, 葡萄=3, 蔬菜=2)},
        {"验收": some(合格=9, 整改=2)},
        {
            "面积(亩)": lambda c, _: round(c.uniform(1.2, 68), 2),
            "补贴(元)": lambda c, _: round(c.uniform(90, 7000), 2),
        },
        count=1100,
        flaw="AMOUNT_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("面积(亩)", "补贴(元)"),
    )
    yield folk(
        "hospital desk: date, hour and minute stand inside the number of the order",
        {"性别": of("sex"), "院区": ("北院", "南院")},
        {"费别": some(居民医保=6, 职工医保=5, 自费=2)},
        {
            "单号": lambda c, _: (
                "MZ"
                + f"{c.randrange(1, 9)}"
                + when("%Y%m%d%H%M%S")(c, _)
                + f"{c.randrange(100):02}"
            )
        },
        count=1600,
        flaw="TIMESTAMP_TOO_FINE",
        at=("单号",),
    )
    yield folk(
        "vaccination of infants: the day in one column, the minute in another",
        {"性别": of("sex"), "接种门诊区": of("district")},
        {"反应": some(无=9, 发热=2)},
        {
            "接种日期": when(),
            "叫号时刻": lambda c, _: f"{c.randrange(8, 17):02}:{c.randrange(60):02}",
        },
        aged=(0, 3),
        count=1300,
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("叫号时刻", "接种日期"),
    )


def beside() -> Iterator[Release]:
    def roll(_: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        listed = {"编号": [f"{n + 1:04}" for n in range(len(held))], "姓名": [p.name for p in held]}
        return {"auxiliary": [pl.DataFrame({**listed, "性别": [p.sex for p in held]})]}

    yield folk(
        "residents in rehabilitation: numbered as in the list on the wall",
        {"性别": of("sex"), "残疾类别": some(肢体=6, 视力=3, 听力=3)},
        {"康复项目": some(手术=2, 训练=6, 辅具=4)},
        spoil=lambda frame, _: frame.with_columns(
            pl.Series("编号", [f"{n + 1:04}" for n in range(frame.height)])
        ),
        beside=roll,
        count=640,
        flaw="LINKS_TO_REGISTER|PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("编号",),
    )

    def honours(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        told = frame.select("语文", "数学", "外语").with_columns(
            pl.Series("学生姓名", [p.name for p in held])
        )
        return {"auxiliary": [told.sample(fraction=0.5, seed=2, shuffle=True)]}

    yield folk(
        "examinations: three marks with halves, and the wall of honours",
        {"性别": of("sex"), "学校": ("一中", "六中", "十中")},
        {"家庭经济困难": some(否=8, 是=2)},
        dict.fromkeys(("语文", "数学", "外语"), lambda c, _: c.randrange(90, 300) / 2),
        aged=(15, 18),
        count=900,
        beside=honours,
        flaw="LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE",
        at=("语文", "数学", "外语"),
    )

    def old(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"区": of("district"), "服务": ("助餐", "助浴", "助医")}
        release = pl.DataFrame(cells_of(held, cells, "old")).with_columns(
            ("NM-" + frame["老人标识"].str.to_uppercase()).alias("对象编码")
        )
        return {"earlier": [release.sample(fraction=0.4, seed=8, shuffle=True)]}

    yield folk(
        "elder care: last year's pseudonyms with another front and in capitals",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(60, 75, 99)},
        {"能力": some(完好=5, 轻度=4, 重度=2)},
        {"老人标识": token(20)},
        aged=(60, 95),
        count=1000,
        beside=old,
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("老人标识",),
    )
