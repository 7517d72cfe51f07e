"""Sound releases of the twelfth hand that look dangerous and may be read.

The comment over each says why nobody can be found in it.
"""

import random
from collections.abc import Iterator
from typing import Any

from tests.anonymization.eighth_people import (
    Release,
    at_day,
    at_minute,
    band,
    company,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import last_year, townsfolk
from tests.anonymization.sixth_people import credit_code
from tests.anonymization.twelfth_people import ROADS, TOWNS, counted, listed


def sound() -> Iterator[Release]:
    yield from people()
    yield from firms()
    yield from things()
    yield from totals()


def people() -> Iterator[Release]:
    # Twenty-five or more share each row, and there is nothing else in it.
    yield townsfolk(
        "pensions: bands of age and of what is paid, for all to read",
        {
            "性别": of("sex"),
            "旗区": of("district"),
            "年龄组": band(55, 65, 75, 99),
            "待遇档": some(三千元以下=5, 三千至五千元=4),
        },
        count=3000,
        k=25,
        aged=(55, 88),
        profile="open",
    )
    # The code is drawn from a key of this release; last year's are others.
    yield townsfolk(
        "transit cards: what kind each is, under codes of this release alone",
        {"性别": of("sex"), "年龄组": band(18, 40, 60, 99), "卡种": some(普通卡=6, 优惠卡=4)},
        {"月乘次档": ("10次以下", "10至30次", "30次以上")},
        {"卡片代码": token(32)},
        count=2400,
        beside=last_year("卡片代码", "卡片代码", {"卡种": ("普通卡", "优惠卡")}, met=0),
    )
    # The number is that of the kindergarten; every one has ten or more alike in each row.
    yield townsfolk(
        "kindergartens: children by the number under which the kindergarten is on file",
        {
            "性别": of("sex"),
            "幼儿园备案号": tuple(f"15030200{n:04}" for n in (17, 23, 31, 46, 52, 68)),
            "入园年份": ("2023年", "2024年", "2025年"),
        },
        {"资助情况": some(无=5, 保教费减免=4)},
        count=3600,
        aged=(3, 6),
    )
    # The telephone is that of the branch, and hundreds borrow there.
    yield townsfolk(
        "libraries: readers by band of age, with the telephone of the branch",
        {
            "性别": of("sex"),
            "年龄组": band(18, 40, 60, 99),
            "分馆电话": ("0473-2058011", "0473-2996207", "0473-3018840", "0473-4021563"),
        },
        {"借阅门类": some(文学=5, 生活=4, 少儿=4)},
        count=2400,
    )


def firms() -> Iterator[Release]:
    # Licences are of companies; door and telephone are those of the kitchen.
    yield listed(
        "market regulation: licences of companies that feed schools",
        420,
        lambda c, n: {
            "单位名称": company(c),
            "统一社会信用代码": credit_code(c, "911503"),
            "食品经营许可证编号": f"JY31503{c.randrange(2, 5):02}{n * 7 + 1204:06}",
            "经营场所": f"乌海市{c.choice(ROADS)}{c.randrange(1, 220)}号",
            "订餐电话": f"0473-{c.randrange(2_010_000, 6_990_000)}",
            "发证日期": at_day(c.randrange(640)),
            "量化等级": c.choice("ABC"),
        },
        profile="open",
    )
    # Money of the budget went to companies; the law has it told to the cent.
    yield listed(
        "grants: what each company got for new machines, to the cent",
        260,
        lambda c, n: {
            "文号": f"乌工信发〔2025〕{n // 6 + 11}号",
            "企业名称": company(c),
            "统一社会信用代码": credit_code(c, "911503"),
            "项目编号": f"JG2025{n + 1:04}",
            "补助金额(元)": round(c.uniform(80_000, 4_600_000), 2),
            "拨付日期": at_day(c.randrange(300)),
        },
        profile="open",
    )


def things() -> Iterator[Release]:
    # A station of the heating net feeds a thousand homes; nobody is in it.
    yield listed(
        "heating: pressure and temperature at the exchange stations, every five minutes",
        1440,
        lambda c, n: {
            "换热站编号": f"HRZ1503{n % 24 + 1:04}",
            "经度": round(106.79 + n % 24 * 0.00371, 6),
            "纬度": round(39.64 + n % 24 * 0.00253, 6),
            "采集时间": at_minute(n // 24 * 5),
            "二次供水温度(℃)": round(c.uniform(38, 52), 1),
            "二次供水压力(MPa)": round(c.uniform(0.32, 0.48), 3),
        },
        profile="open",
    )
    # What stands free at a pile says nothing of any car.
    yield listed(
        "charging: whether each public pile is free",
        900,
        pile,
        profile="open",
    )


def pile(c: random.Random, n: int) -> dict[str, Any]:
    return {
        "充电桩编码": f"3502{n % 90 + 1:012}",
        "场站名称": f"{ROADS[n % 7]}{n % 15 + 1}号公共充电站",
        "设备序列号": f"SN{n % 90 * 7919 + 20_240_000:010}",
        "更新时间": at_minute(n // 90 * 30),
        "状态": c.choice(("空闲", "充电中", "离线")),
        "输出功率(kW)": c.choice((7, 60, 120)),
    }


def totals() -> Iterator[Release]:
    # Every cell, and what is left of one less the other, is of twenty or more.
    yield counted(
        "courts: cases brought and closed, by court, matter and quarter",
        {
            "法院": ("海勃湾区人民法院", "乌达区人民法院", "海南区人民法院", "市中级人民法院"),
            "案由": ("离婚纠纷", "民间借贷", "劳动争议", "物业服务合同", "机动车交通事故"),
            "季度": tuple(f"{year}年{n}季度" for year in (2022, 2023, 2024) for n in range(1, 5)),
        },
        closed,
        profile="open",
    )
    # Forty or more went through in each cell; of nobody is anything told.
    yield counted(
        "temple fairs and matches: how many came, by place and half hour",
        {
            "街道（镇）": TOWNS,
            "时段": tuple(f"{h}:{m}" for h in range(16, 22) for m in ("00", "30")),
        },
        lambda c: {"入场人次": c.randrange(40, 1_900), "平均停留(分钟)": c.randrange(25, 95)},
        profile="open",
    )


def closed(c: random.Random) -> dict[str, Any]:
    brought = c.randrange(90, 900)
    return {
        "收案数": brought,
        "结案数": brought - c.randrange(24, 60),
        "平均审理天数": round(c.uniform(28, 95), 1),
    }
