"""Sound releases of the twelfth hand that look dangerous and that nobody mends the gate for.

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
    # The hour has no day, and hundreds come at it; twenty-five or more share each row.
    yield townsfolk(
        "sports halls: at which hour people come, for all to read",
        {
            "性别": of("sex"),
            "年龄组": band(18, 35, 50, 80),
            "入场时段": ("18:00—19:00", "19:00—20:00", "20:00—21:00"),
            "项目": some(羽毛球=5, 游泳=4, 乒乓球=3),
        },
        count=3600,
        k=25,
        aged=(18, 72),
        profile="open",
    )
    # The codes are those of wards; a chapter of the classification is no diagnosis.
    yield townsfolk(
        "hospitals: wards by their codes and chapters of illness, under codes of this release",
        {
            "性别": of("sex"),
            "年龄组": band(18, 45, 65, 99),
            "科室代码": ("A03.01.150302", "A04.02.150302", "A07.05.150303"),
        },
        {"疾病章": ("循环系统疾病", "呼吸系统疾病", "消化系统疾病")},
        {"就诊代码": token(32)},
        count=3000,
        beside=last_year("就诊代码", "就诊代码", {"疾病章": ("循环系统疾病", "其他")}, met=0),
    )
    # Ten digits are those of the school; ten pupils or more share each row.
    yield townsfolk(
        "schools: pupils by the ten digits of their school",
        {
            "性别": of("sex"),
            "学校标识码": ("2115030017", "2115030042", "3115030108", "3115030256"),
            "年级": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
        },
        {"视力情况": some(正常=5, 轻度不良=4, 中重度不良=3)},
        count=4000,
        aged=(6, 12),
    )
    # Steps of the tariff in place of readings; a code of this release in place of the meter.
    yield townsfolk(
        "water meters: the step of the tariff that each home reached",
        {
            "旗区": of("district"),
            "住宅类型": some(多层=6, 高层=5),
            "户内人口档": some(二人以下=4, 三至四人=5),
        },
        {"用水阶梯": some(第一阶梯=6, 第二阶梯=4, 第三阶梯=3)},
        {"用户代码": token(32)},
        count=2400,
        beside=last_year("用户代码", "用户代码", {"住宅类型": ("多层", "高层")}, met=0),
    )


def firms() -> Iterator[Release]:
    # A hotel hangs all this over its desk.
    yield listed(
        "hotels: licence, address and desk of each",
        180,
        lambda c, n: {
            "酒店名称": f"乌海{c.choice(('云飞', '乌海湖', '黄河明珠', '金沙'))}{n + 1}店酒店",
            "特种行业许可证号": f"乌公特旅字第1503{n + 31:05}号",
            "地址": f"乌海市{c.choice(ROADS)}{c.randrange(1, 220)}号",
            "总台电话": f"0473-{c.randrange(2_010_000, 6_990_000)}",
            "星级": c.choice(("三星", "四星", "未评星")),
            "客房数": c.randrange(40, 260),
        },
        profile="open",
    )
    # Land of the state was sold to companies; the contract has to be told.
    yield listed(
        "land: plots of the state that companies bought",
        240,
        lambda c, n: {
            "宗地编号": f"WH-2025-{n + 1:03}",
            "电子监管号": f"1503002025B{n * 13 + 117:05}",
            "受让单位": company(c),
            "统一社会信用代码": credit_code(c, "911503"),
            "宗地位置": f"{c.choice(ROADS)}以北、{c.choice(ROADS)}以东",
            "面积(平方米)": round(c.uniform(3_000, 92_000), 2),
            "成交价(万元)": round(c.uniform(180, 21_000), 2),
            "签订日期": at_day(c.randrange(600)),
        },
        profile="open",
    )
    # A school for drivers is a company; number and telephone are its own.
    yield listed(
        "driving schools: permit, coaches and office",
        60,
        lambda c, n: {
            "驾校名称": f"乌海市{c.choice(('安顺', '通途', '平安'))}{n + 1}驾驶员培训有限公司",
            "道路运输经营许可证号": f"内交运管许可乌字1503{n * 3 + 1001:08}号",
            "训练场地址": f"乌海市{c.choice(ROADS)}{c.randrange(1, 220)}号",
            "报名电话": f"0473-{c.randrange(2_010_000, 6_990_000)}",
            "教练车数": c.randrange(12, 90),
        },
        profile="open",
    )


def things() -> Iterator[Release]:
    # A lift of a public building with its long number; who rides is not told.
    yield listed(
        "lifts: each with its twenty digits and last inspection", 900, lift, profile="open"
    )
    # Air over the city, by the minute.
    yield listed(
        "air: what each station measured, by the minute",
        1200,
        lambda c, n: {
            "站点编码": f"1503{n % 6 + 1:02}A",
            "监测时间": at_minute(n // 6 * 17),
            "PM2.5(μg/m³)": c.randrange(8, 140),
            "SO2(μg/m³)": round(c.uniform(4, 60), 1),
            "O3(μg/m³)": round(c.uniform(20, 180), 1),
        },
        profile="open",
    )


def lift(c: random.Random, n: int) -> dict[str, Any]:
    return {
        "设备注册代码": f"3110150302{2008 + n % 16}{n * 11 + 3:06}",
        "出厂编号": f"{c.choice(('TKE', 'OT', 'KN'))}{c.randrange(10**7):07}",
        "使用单位": f"乌海市第{n % 40 + 1}公共建筑管理中心",
        "使用地点": f"乌海市{c.choice(ROADS)}{n % 150 + 1}号",
        "检验日期": at_day(c.randrange(360)),
        "检验结论": c.choice(("合格", "复检合格")),
    }


def totals() -> Iterator[Release]:
    # Hundreds in each cell voted, and dozens did not.
    yield counted(
        "elections: how many of each polling district were on the list and voted",
        {"街道（镇）": TOWNS, "投票站": tuple(f"第{n}投票站" for n in range(1, 13))},
        polled,
        profile="open",
    )


def polled(c: random.Random) -> dict[str, int]:
    there = c.randrange(900, 2_600)
    return {"登记选民数": there, "参加投票人数": there - c.randrange(60, 240)}
