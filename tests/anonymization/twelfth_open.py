"""Flawed releases of the twelfth hand that may be read and mended for.

The comment over each says why somebody can be found in it.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    Person,
    Release,
    band,
    of,
    some,
    token,
    when,
)
from tests.anonymization.eleventh_people import PLAIN, townsfolk
from tests.anonymization.twelfth_people import (
    TOWNS,
    before,
    counted,
    numbered,
    on_a_wall,
    once,
)

WORKS = tuple(
    f"乌海市{front}{trade}"
    for front in ("恒泰", "华蒙", "瑞源", "兴达", "通盛", "万隆")
    for trade in ("焦化有限公司", "选煤厂", "水泥有限公司", "电石厂", "氯碱化工厂", "铁合金厂")
)
SECONDS = "%Y-%m-%d %H:%M:%S"
BY = {
    "街道（镇）": TOWNS,
    "性别": ("男", "女"),
    "年龄段": ("0—17岁", "18—34岁", "35—49岁", "50—64岁", "65—79岁", "80岁及以上"),
    "登记病种": ("高血压", "糖尿病", "慢阻肺", "脑卒中", "严重精神障碍", "肺结核"),
}


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from places()
    yield from written()
    yield from beside()
    yield from totals()


def numbers() -> Iterator[Release]:
    # The national number of a pupil is the letter G and the number of the identity card.
    yield townsfolk(
        "school meals: the national number of each pupil, said to be a mere number of the school",
        {"性别": of("sex"), "旗区": of("district"), "学段": ("小学低段", "小学高段", "初中")},
        {"补助原因": some(脱贫家庭=5, 低保=4, 残疾=2)},
        {"学籍编码": lambda _, p: f"G{p.ident}"},
        aged=(7, 15),
        flaw="DIRECT_IDENTIFIER_LEFT|PARTIAL_ID_REIDENTIFIABLE",
        at=("学籍编码",),
    )
    # Whoever tries the telephones of the city has each of them from its cut digest.
    yield townsfolk(
        "water bills: a cut digest of the telephone, called the mark of a device",
        PLAIN,
        {"缴费情况": some(按期缴清=6, 逾期补缴=3, 欠费停水=1)},
        {"设备标识": lambda _, p: hashlib.sha1(p.phone.encode()).hexdigest()[:16]},
        flaw="UNSALTED_HASH",
        at=("设备标识",),
    )


def places() -> Iterator[Release]:
    # The meter hangs at the door: block, house, stair and flat are the whole address.
    yield townsfolk(
        "gas meters: where each hangs, by house, stair and flat, beside the block",
        PLAIN,
        {"安检结果": some(合格=7, 私改管线=2, 拒绝入户=1)},
        {
            "小区": lambda _, p: p.door[0],
            "表位号": lambda _, p: f"{p.door[1]:02}-{p.door[2]}-{p.door[3]:0>4}",
        },
        flaw="FULL_ADDRESS_LEFT|UNDECLARED_QI_UNIQUE|LOCATION_TOO_FINE|K_TOO_SMALL",
        at=("表位号",),
    )
    # The code of a plot hangs with the farmer's name in the village and is in the survey's map.
    yield townsfolk(
        "grain subsidy: the national code of the plot that each household contracted",
        {"性别": of("sex"), "年龄组": band(18, 45, 60, 99), "镇": ("拉僧庙镇", "公乌素镇")},
        {"家庭类型": some(一般农户=6, 脱贫户=3, 监测户=1)},
        {
            "承包地块编码": once(
                lambda c: (
                    f"150303{c.choice(('101', '102'))}{c.randrange(201, 212)}"
                    f"{c.randrange(1, 9):02}{c.randrange(1, 900):05}"
                )
            )
        },
        flaw="LOCATION_TOO_FINE|UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT"
        "|FULL_ADDRESS_LEFT|LINKS_TO_REGISTER",
        at=("承包地块编码",),
    )
    # Colleagues know when somebody began in their works; hardly two began there in one month.
    yield townsfolk(
        "health of workers: the works and the month in which each began there",
        {"性别": of("sex"), "年龄组": band(18, 35, 50, 99)},
        {"检查结论": some(未见异常=6, 疑似职业病=1, 职业禁忌证=2, 复查=3)},
        {"用人单位": WORKS, "上岗年月": begun},
        aged=(20, 60),
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("上岗年月",),
    )


def begun(c: random.Random, p: Person) -> str:
    return f"{max(p.born.year + 18, 2025 - c.randrange(18))}-{c.randrange(1, 11):02}"


def written() -> Iterator[Release]:
    # In one note of twelve the dispatcher wrote down how to reach the passenger, and the taxi.
    yield townsfolk(
        "taxis: notes on things lost, with the passenger's WeChat and the plate of the taxi",
        PLAIN,
        {"物品类别": some(手机=6, 包袋=4, 证件=2, 药品=1)},
        {"处理经过": lost},
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("处理经过",),
    )


def lost(c: random.Random, p: Person) -> str:
    if c.random() < 1 / 12:
        title = "女士" if p.sex == "女" else "先生"
        reached = p.mail.split("@")[0]
        return f"失主{p.name[0]}{title}乘坐{p.plate}，加微信{reached}后约定送还"
    return c.choice(
        (
            "已联系驾驶员，物品找到并送还",
            "车内未找到，已告知失主",
            "失主自行到服务站领取",
            "信息不全，待补充乘车时间",
        )
    )


def beside() -> Iterator[Release]:
    # Who drew which number was read out and hangs in the hall, with the names.
    yield townsfolk(
        "public housing: the number of the draw, which hangs in the hall beside the names",
        PLAIN,
        {"保障类别": some(低收入=6, 低保=3, 残疾=1)},
        spoil=numbered("摇号编号", "GZ2025-{:05}"),
        beside=on_a_wall("摇号编号", 摇号结果=("中签", "未中签")),
        flaw="LINKS_TO_REGISTER|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("摇号编号",),
    )
    # Both tables have the second at which the card lay on the machine; the codes are in vain.
    yield townsfolk(
        "libraries: loans to the second, as in the earlier release on the cards of the city",
        PLAIN,
        {"图书门类": some(文学=6, 医药卫生=3, 法律=2)},
        {"读者代码": token(32), "借出时间": when(SECONDS)},
        beside=before(
            "借出时间",
            "刷卡时间",
            lambda c: (
                f"2025-{c.randrange(1, 11):02}-{c.randrange(1, 29):02}"
                f" {c.randrange(9, 20):02}:{c.randrange(60):02}:{c.randrange(60):02}"
            ),
            met=650,
            卡种=("普通卡", "老年卡", "残疾人爱心卡"),
        ),
        flaw="TIMESTAMP_TOO_FINE|PSEUDONYM_JOINS_OTHER_RELEASE|UNDECLARED_QI_UNIQUE",
        at=("借出时间",),
    )


def totals() -> Iterator[Release]:
    # One woman of a street and an age, and the table says that she has been tested positive.
    yield counted(
        "centre for disease control: cells of one and two in a table of those tested positive",
        {
            "街道（镇）": TOWNS,
            "性别": ("男", "女"),
            "年龄段": ("18—29岁", "30—44岁", "45—59岁", "60岁及以上"),
            "检测季度": tuple(
                f"{year}年{n}季度" for year in (2022, 2023, 2024) for n in range(1, 5)
            ),
        },
        lambda c: {
            "检测人数": c.randrange(300, 900),
            "阳性人数": c.choice((1, 2, 3)) if c.random() < 0.1 else c.randrange(12, 60),
        },
        flaw="K_TOO_SMALL",
        at=("阳性人数",),
        profile="statistical",
    )
    # Every cell has dozens; less last month's, many a cell has the one who came since.
    yield counted(
        "health: registered so far, a month after the same table was released",
        BY,
        lambda c: {"累计登记人数": c.randrange(40, 420)},
        others=a_month_ago,
        flaw="K_TOO_SMALL|PSEUDONYM_JOINS_OTHER_RELEASE|LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE",
        at=("累计登记人数",),
        profile="statistical",
    )


def a_month_ago(frame: pl.DataFrame) -> Mapping[str, Any]:
    c = random.Random("twelfth month")
    since = [c.choice((0, 0, 1, 1, 2, 7)) for _ in range(frame.height)]
    return {"earlier": [frame.with_columns(pl.col("累计登记人数") - pl.Series(since))]}
