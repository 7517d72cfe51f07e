"""Flawed releases of the ninth hand that may be read and mended for."""

import hashlib
import random
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import polars as pl
from pypinyin import Style, lazy_pinyin

from tests.anonymization.eighth_people import (
    STREETS,
    Person,
    Release,
    at_day,
    band,
    folk,
    of,
    rows,
    some,
    when,
)
from tests.anonymization.ninth_people import PLACES, point

PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}
NINES = str.maketrans("0123456789", "9876543210")


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from texts()
    yield from groups()


def numbers() -> Iterator[Release]:
    yield folk(
        "pupils: the national number, which is G and the citizen's, without its last three signs",
        {"性别": of("sex"), "学段": ("小学", "初中", "高中")},
        {"资助项目": some(助学金=6, 寄宿补助=3, 营养餐=3)},
        {"学籍标识": lambda _, p: f"G{p.ident[:15]}***"},
        aged=(7, 17),
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("学籍标识",),
    )
    yield folk(
        "job fairs: a sheet stored numbers as numbers, so that the last three digits became zeros",
        PLAIN,
        {"求职意向": some(煤化工=5, 物流=3, 餐饮=2, 家政=2)},
        {"证号": lambda _, p: p.ident[:15] + "000"},
        count=700,
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("证号",),
    )
    yield folk(
        "elderly allowances: the birthday as the number of the day that sheets count with",
        {"性别": of("sex"), "旗区": of("district")},
        {"津贴档次": lambda _, p: "九十以上" if p.age >= 90 else "八十至八十九"},
        {"csrq": lambda _, p: (p.born - date(1899, 12, 30)).days},
        aged=(80, 99),
        flaw="UNDECLARED_QI_UNIQUE",
        at=("csrq",),
    )
    yield folk(
        "community canteens: members go by their initials and the end of their telephone",
        {"性别": of("sex"), "用餐点": ("新华", "滨河", "巴音赛", "拉僧庙")},
        {"套餐": some(普通=6, 低糖=3, 清真=2)},
        {
            "会员码": lambda _, p: (
                "".join(lazy_pinyin(p.name, style=Style.FIRST_LETTER)) + p.phone[7:]
            )
        },
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("会员码",),
    )
    yield folk(
        "bus application: the telephone put twice through MD5",
        {"旗区": of("district"), "注册月份": when("%Y-%m", days=180)},
        {"优惠类型": some(无=7, 学生=3, 敬老=2)},
        {
            "uid": lambda _, p: hashlib.md5(
                hashlib.md5(p.phone.encode()).hexdigest().encode()
            ).hexdigest()
        },
        count=2000,
        flaw="UNSALTED_HASH",
        at=("uid",),
    )
    yield folk(
        "water company: each digit of the telephone taken from nine",
        {"旗区": of("district"), "用水性质": ("居民", "居民合表")},
        {"欠费档": some(无=7, 一月=3, 三月以上=2)},
        {"联系码": lambda _, p: p.phone.translate(NINES)},
        count=900,
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH|PARTIAL_ID_REIDENTIFIABLE",
        at=("联系码",),
    )


def texts() -> Iterator[Release]:
    yield folk(
        "online desk: the page that was asked for carries who asked",
        PLAIN,
        {"事项类别": some(社保=5, 不动产=3, 户籍=3)},
        {
            "请求路径": lambda c, p: (
                f"/zwfw/apply/step{c.randrange(1, 5)}"
                f"?xm={quote(p.name)}&dh={p.phone}&t={c.randrange(10**6)}"
            )
        },
        count=800,
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("请求路径",),
    )
    yield folk(
        "visits at home: pictures are named after second and place",
        {"走访街镇": of("street")},
        {"走访类型": some(低保复核=5, 高龄探访=4, 残疾评估=2)},
        {"照片": lambda c, _: "IMG_{}_E{}_N{}.jpg".format(when("%Y%m%d_%H%M%S")(c, _), *point(c))},
        flaw="LOCATION_TOO_FINE|TIMESTAMP_TOO_FINE",
        at=("照片",),
    )
    yield folk(
        "courts of mediation: the number of the case has the birthday of who applied",
        {"性别": of("sex"), "旗区": of("district")},
        {"纠纷类型": some(邻里=5, 婚姻家庭=4, 劳动=3)},
        {"卷宗号": lambda c, p: f"乌调〔2025〕{p.born:%Y%m%d}-{c.randrange(1, 30):02}号"},
        flaw="UNDECLARED_QI_UNIQUE|PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("卷宗号",),
    )


def groups() -> Iterator[Release]:
    yield suppressed()
    yield households()
    yield folk(
        "training: the list of those who passed has names in the order of this table",
        {"性别": of("sex"), "培训工种": ("电工", "焊工", "育婴员", "叉车司机")},
        {"补贴类别": some(失业人员=5, 低保家庭=3, 刑满释放=1)},
        beside=lambda _, held: {
            "auxiliary": [
                pl.DataFrame(
                    {
                        "序号": list(range(1, len(held) + 1)),
                        "姓名": [p.name for p in held],
                        "性别": [p.sex for p in held],
                    }
                )
            ]
        },
        added={"序号": None},
        spoil=lambda frame, _: frame.with_columns(pl.int_range(1, pl.len() + 1).alias("序号")),
        flaw="LINKS_TO_REGISTER",
        at=("序号",),
    )
    yield folk(
        "community correction: everybody of a street is there for the same offence",
        {"司法所": of("street"), "性别": of("sex")},
        added={
            "罪名类别": lambda _, p: ("危险驾驶", "盗窃", "故意伤害", "帮信")[
                len(p.street) * 7 % 4 if p.sex == "男" else ord(p.street[0]) % 4
            ]
        },
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("罪名类别",),
        sensitive=["罪名类别"],
        l=2,
    )
    yield folk(
        "housing fund: the wage is a band, the deposit of each month a twelfth part to the cent",
        PLAIN,
        {"工资区间": some(五千以下=4, 五千至八千=5, 八千以上=3)},
        {"月缴存额": lambda c, _: round(c.uniform(2400, 14000) * 0.12, 2)},
        flaw="AMOUNT_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("月缴存额",),
    )
    yield journeys()


def suppressed() -> Release:
    """Small cells are hidden, but the sum of the row and its other cells stay."""
    c = random.Random("ninth suppressed")
    ills = ("布鲁氏菌病", "肺结核", "梅毒", "尘肺")
    made: list[dict[str, Any]] = []
    for month in range(1, 25):
        for district, street in PLACES:
            cells = [c.randrange(12, 60) for _ in ills]
            cells[c.randrange(4)] = c.randrange(1, 5)
            shown = [str(one) if one >= 10 else "—" for one in cells]
            made.append(
                {"月份": f"{2024 + (month > 12)}-{(month - 1) % 12 + 1:02}"}
                | {"旗区": district, "街镇": street}
                | dict(zip([f"{ill}人数" for ill in ills], shown, strict=True))
                | {"患者合计": sum(cells)}
            )
    return rows(
        "illnesses by street: the one small cell of a row is hidden, its sum is not",
        made,
        flaw="K_TOO_SMALL",
        at=("患者合计", *(f"{ill}人数" for ill in ills)),
    )


def households() -> Release:
    def members(c: random.Random, p: Person) -> str:
        others = [f"{c.choice('男女')}{c.randrange(1, 90)}" for _ in range(c.randrange(1, 5))]
        return "/".join([f"{p.sex}{p.age}", *others])

    return folk(
        "subsistence households: who lives there as a chain of sexes and ages",
        {"街镇": of("street")},
        {"保障类别": some(全额=3, 差额=7), "致贫原因": some(因病=5, 因残=3, 缺劳力=3)},
        {"家庭成员": members},
        flaw="UNDECLARED_QI_UNIQUE",
        at=("家庭成员",),
    )


def journeys() -> Release:
    """Eight rides of each card, with the hour and the stop, under a number drawn by lot."""
    c = random.Random("ninth journeys")
    stops = [f"{street.removesuffix('街道')}{end}站" for named in STREETS.values() for street in
             named for end in ("东", "西", "南")]  # fmt: skip
    made = [
        {
            "卡片代号": f"K{drawn}",
            "乘车日期": at_day(c.randrange(60), first=date(2025, 3, 1)),
            "时段": f"{c.randrange(6, 22):02}时",
            "上车站": c.choice(stops),
        }
        for drawn in c.sample(range(1000, 10000), 180)
        for _ in range(8)
    ]
    return rows(
        "bus cards: the same card in eight rides with day, hour and stop",
        made,
        flaw="UNDECLARED_QI_UNIQUE|TIMESTAMP_TOO_FINE",
        at=("卡片代号", "乘车日期", "上车站"),
        rules={"卡片代号": "随机编号，对照表已销毁"},
    )
