"""Flawed releases of the eleventh hand that may be read and mended for.

The comment over each says why somebody can be found in it.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    BLOCKS,
    Person,
    Release,
    at_day,
    band,
    crowd,
    of,
    some,
    token,
    when,
)
from tests.anonymization.eleventh_people import PLAIN, Family, last_year, together, townsfolk

GARDENS = (
    *("第一幼儿园", "第二幼儿园", "蓓蕾幼儿园", "小天使幼儿园", "实验幼儿园", "阳光幼儿园"),
    *("金色摇篮幼儿园", "滨河幼儿园", "红星幼儿园", "蒙古族幼儿园", "育英幼儿园", "大风车幼儿园"),
)


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from written()
    yield from alone()
    yield from beside()


def numbers() -> Iterator[Release]:
    # The stars hide region and serial; the birthday between them belongs to one or two people.
    yield townsfolk(
        "migrants: the mask of the citizen number leaves the birthday",
        PLAIN,
        {"居住事由": some(务工=6, 随迁=3, 经商=2)},
        {"证件号码": lambda _, p: f"******{p.ident[6:14]}****"},
        flaw="PARTIAL_ID_REIDENTIFIABLE|UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT",
        at=("证件号码",),
    )
    # Who knows the salt tries the telephones of the city one after the other, row by row.
    yield townsfolk(
        "social insurance: the salt of each digest stands in the next column",
        PLAIN,
        {"参保险种": some(职工养老=6, 居民养老=4, 灵活就业=3)},
        spoil=salted,
        flaw="UNSALTED_HASH",
        at=("手机号摘要",),
    )
    # The citizen number is in the serial number, whole, between institution and day.
    yield townsfolk(
        "medical insurance: the number of the bill is made of the citizen number",
        PLAIN,
        {"就医类别": some(普通门诊=6, 门诊慢病=3, 住院=2)},
        {"结算流水号": lambda c, p: f"H1503{p.ident}{at_day(c.randrange(300), '%y%m%d')}"},
        flaw="DIRECT_IDENTIFIER_LEFT|PARTIAL_ID_REIDENTIFIABLE",
        at=("结算流水号",),
    )


def salted(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
    c = random.Random("eleventh salt")
    salts = [f"{c.getrandbits(24):06x}" for _ in held]
    return frame.with_columns(
        pl.Series(
            "手机号摘要",
            [
                hashlib.sha256((p.phone + salt).encode()).hexdigest()
                for p, salt in zip(held, salts, strict=True)
            ],
        ),
        pl.Series("盐值", salts),
    )


def written() -> Iterator[Release]:
    # In one note of fifteen the nurse wrote who picked up, with the telephone.
    yield townsfolk(
        "hospital: notes of calls after discharge name the relative and the telephone",
        {
            "性别": of("sex"),
            "年龄组": band(18, 40, 60, 99),
            "出院科室": ("心内科", "骨科", "普外科"),
        },
        {"恢复情况": some(良好=7, 一般=3, 需复诊=2)},
        {"随访记录": call},
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("随访记录",),
    )


def call(c: random.Random, p: Person) -> str:
    if c.random() < 1 / 15:
        return f"电话由{c.choice(('其子', '其女', '配偶'))}{p.name}代接，改拨{p.phone}，嘱按时服药"
    return c.choice(
        (
            "伤口愈合好，嘱按时服药",
            "无不适，已告知复诊时间",
            "未接通，改日再访",
            "饮食睡眠正常，可下地活动",
        )
    )


def alone() -> Iterator[Release]:
    # A neighbour knows a child's month of birth, kindergarten and block; most are then alone.
    yield townsfolk(
        "primary schools: month of birth, kindergarten and block of each child who enrols",
        {"性别": of("sex"), "旗区": of("district")},
        {"资助": some(无=7, 营养餐=3, 寄宿补助=2)},
        {"出生年月": lambda _, p: f"{p.born:%Y-%m}", "毕业幼儿园": GARDENS, "居住小区": BLOCKS},
        aged=(6, 8),
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("出生年月", "毕业幼儿园", "居住小区"),
    )
    # Whoever was in the car, or saw it stopped, finds the driver's row by the second.
    yield townsfolk(
        "traffic police: each offence of a driver, to the second",
        {"性别": of("sex"), "年龄组": band(18, 35, 50, 99), "车辆类型": some(小型客车=8, 货车=2)},
        {"违法行为": some(超速=5, 闯红灯=3, 酒驾=1, 违停=4)},
        {"违法时间": when("%Y-%m-%d %H:%M:%S")},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("违法时间",),
    )
    # Groups of six do for sharing between departments; what is opened needs twenty.
    yield townsfolk(
        "homes sold: a table made for sharing, in groups of six, is put on the open platform",
        {
            "旗区": of("district"),
            "购房人年龄组": band(18, 30, 45, 60, 99),
            "户型": some(一居=2, 两居=5, 三居=5),
            "付款方式": some(商业按揭=5, 公积金=4, 全款=3),
        },
        k=6,
        profile="open",
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("旗区", "购房人年龄组", "户型", "付款方式"),
    )
    # Each member is one of ten alike, but many a family is the only one composed so.
    yield together(
        "subsistence: the members of a family bear its number",
        list(families(430)),
        {"性别": of("sex"), "年龄组": band(0, 18, 45, 60, 99)},
        {"健康状况": some(健康=6, 慢性病=3, 重病=1, 残疾=1)},
        ("家庭编号", token(16)),
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
    )


def families(count: int) -> Iterator[Family]:
    c = random.Random("eleventh families")
    grown = iter(crowd(3 * count, "eleventh grown", 20, 70))
    young = iter(crowd(4 * count, "eleventh young", 1, 17))
    old = iter(crowd(2 * count, "eleventh old", 62, 88))
    for _ in range(count):
        parts = ((grown, (1, 2, 2, 3)), (young, (0, 1, 1, 2, 3)), (old, (0, 0, 1, 2)))
        yield [next(source) for source, sizes in parts for _ in range(c.choice(sizes))]


def beside() -> Iterator[Release]:
    # The employer's pay office has the same amount with the name, and learns who is in arrears.
    yield townsfolk(
        "housing fund: the deposit to the cent leads to the employer's list of pay",
        {"性别": of("sex"), "年龄组": band(18, 35, 50, 99), "单位性质": some(机关事业=5, 企业=6)},
        {"贷款还款": some(无贷款=5, 正常=5, 逾期=1)},
        {"月缴存额": lambda c, _: round(c.uniform(480, 5_600), 2)},
        beside=paid,
        flaw="LINKS_TO_REGISTER|AMOUNT_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("月缴存额",),
    )
    # One key for two releases: who helps where and who is cured of what is told of one token.
    yield townsfolk(
        "volunteers: their tokens are those of last year's release on care for the ill",
        PLAIN,
        {"服务类别": some(社区助老=5, 文明交通=4, 赛会服务=2)},
        {"志愿者代码": token(32)},
        beside=last_year(
            "志愿者代码", "用户标识", {"康复项目": ("运动康复", "心理疏导", "语言训练")}, met=600
        ),
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("志愿者代码",),
    )


def paid(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
    pay = pl.DataFrame(
        {
            "姓名": [p.name for p in held],
            "部门": [("生产部", "安全部", "财务部")[n % 3] for n in range(len(held))],
            "月缴存额": frame["月缴存额"],
        }
    )
    return {"auxiliary": [pay.sample(700, shuffle=True, seed=11)]}
