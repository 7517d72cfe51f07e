"""Sound releases of the eleventh hand that look dangerous and that nobody mends for.

The comment over each says why nobody can be found in it.
"""

import random
from collections.abc import Iterator
from datetime import date

from tests.anonymization.eighth_people import (
    STREETS,
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
from tests.anonymization.ninth_people import PLACES, WAYS, desk, door, lines, point, rows
from tests.anonymization.sixth_people import credit_code

QUARTERS = [f"{year}年{quarter}季度" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)][
    :10
]


def sound() -> Iterator[Release]:
    yield from people()
    yield from firms()
    yield from things()
    yield out_of_work()


def people() -> Iterator[Release]:
    # Twenty-five or more share each row, and there is nothing else in it.
    yield townsfolk(
        "blood: who gave how much, in bands, for all to read",
        {
            "性别": of("sex"),
            "年龄组": band(18, 30, 45, 61),
            "献血方式": some(全血=8, 成分血=2),
            "献血次数档": some(一次=5, 二至五次=4, 六次以上=2),
        },
        count=3000,
        k=25,
        aged=(18, 60),
        profile="open",
    )
    # The code is drawn from a key of this release: last year's codes are others.
    yield townsfolk(
        "farm subsidies: farms in bands under codes of this release alone",
        {
            "旗区": of("district"),
            "作物": some(玉米=5, 葡萄=4, 蔬菜=3),
            "面积档": some(小=5, 中=4),
        },
        {"补贴发放": some(已发放=5, 待核实=3, 退回=2)},
        {"农户代码": token(32)},
        count=3600,
        beside=last_year(
            "农户代码", "农户代码", {"旗区": tuple(STREETS), "面积档": ("中", "小")}, met=0
        ),
    )
    # Ten or more share each row with what it tells; each group holds several incomes and results.
    yield townsfolk(
        "income tax: trade, income and result of the year in broad bands",
        {
            "性别": of("sex"),
            "年龄组": band(20, 35, 50, 99),
            "所在行业": some(采矿业=4, 公共服务=4, 批发零售=3),
        },
        {
            "年收入档": some(六万元以下=4, 六至十二万元=4, 十二万元以上=3),
            "汇算结果": some(退税=5, 无需补退=4, 补税=3),
        },
        count=4000,
        aged=(20, 62),
    )
    # What was in dispute was put into one of five sentences; the numbers in them are hotlines.
    yield townsfolk(
        "labour arbitration: each case in one of five sentences, with hotlines in them",
        {"受理年度": ("2023年", "2024年", "2025年"), "用人单位所在旗区": of("district")},
        {
            "争议摘要": (
                "追索劳动报酬，已告知可拨打12333查询进度",
                "主张解除劳动合同经济补偿，经调解结案",
                "主张未签书面合同二倍工资，裁决结案",
                "工伤待遇争议，已告知可申请12348法律援助",
                "主张加班工资，申请人撤回申请",
            )
        },
        count=2000,
    )


def firms() -> Iterator[Release]:
    # Companies alone, without who stands for them: nobody's life is in the list.
    yield lines(
        "courts: companies that do not do what was ruled",
        1200,
        lambda c, n: {
            "案号": f"（{2021 + n // 300}）内0302执{n % 300 + 101}号",
            "被执行单位": company(c),
            "统一社会信用代码": credit_code(c, "911503"),
            "执行标的(元)": round(c.uniform(2e4, 9e6), 2),
            "立案日期": at_day(c.randrange(360), first=date(2021 + n // 300, 1, 1)),
            "履行情况": c.choice(("全部未履行", "部分履行")),
        },
        profile="open",
    )
    # Where a station is and how to ring its desk is for every customer to know.
    yield lines(
        "courier stations: licence, address and telephone of the desk",
        260,
        lambda c, n: {
            "网点名称": f"乌海{c.choice(('顺达', '迅通', '捷运', '草原'))}快递第{n + 1}营业部",
            "备案编号": f"1503{c.randrange(2, 5):02}2023{n + 1:05}",
            "经营地址": door(c),
            "服务电话": desk(c),
            "营业时间": c.choice(("08:00-20:00", "09:00-21:00")),
            "日均处理件数": c.randrange(300, 6_000),
        },
        profile="open",
    )


def things() -> Iterator[Release]:
    # A chimney has no private life; what leaves it is to be published.
    works = [(company(random.Random(f"works {n}")), point(random.Random(n))) for n in range(20)]
    yield lines(
        "chimneys: what left them by the hour, and where they stand",
        1200,
        lambda c, n: {
            "企业名称": works[n % 20][0],
            "排放口编号": f"DA{n % 20 + 1:03}",
            "经度": works[n % 20][1][0],
            "纬度": works[n % 20][1][1],
            "监测时间": at_minute(n // 20 * 60),
            "二氧化硫(mg/m3)": round(c.uniform(3, 34), 2),
            "氮氧化物(mg/m3)": round(c.uniform(12, 49), 2),
        },
        profile="open",
    )
    # Whether a pile is in use says nothing of whose car it is, and its number is the pile's.
    yield lines(
        "charging piles: state of each, every ten minutes",
        1440,
        lambda c, n: {
            "充电桩编号": f"1503020000{n % 24 + 1:06}",
            "充电站名称": f"{WAYS[n % 8]}公共充电站",
            "更新时间": at_minute(n // 24 * 10),
            "桩类型": ("直流", "交流")[n % 2],
            "状态": c.choice(("空闲", "使用中", "使用中", "离线")),
        },
        profile="open",
    )
    # Eleven digits that begin as a telephone does are the number of a kind of machine.
    yield lines(
        "farm machines: which may be subsidized, with the numbers of their kinds",
        1500,
        lambda c, n: {
            "分档编码": f"15{c.randrange(1, 10)}{c.randrange(10**4):04}{n:04}",
            "产品名称": c.choice(("轮式拖拉机", "旋耕机", "葡萄埋藤机", "玉米收获机")),
            "产品型号": f"{c.choice(('WH', 'NM', 'HT'))}-{c.choice((304, 504, 804, 1004))}",
            "生产企业": company(c),
            "配套动力(kW)": round(c.uniform(14.7, 132.4), 1),
            "最高补贴额(元)": c.randrange(8, 420) * 100,
        },
        profile="open",
    )


def out_of_work() -> Release:
    # Thirty or more are in each cell, have the benefit and have it not.
    title = "employment: how many were out of work, by street, sex, age and quarter"
    c = random.Random(f"eleventh {title}")
    given = []
    for district, street in PLACES:
        for quarter in QUARTERS:
            for sex in "男女":
                for age in ("16—24岁", "25—39岁", "40—49岁", "50—60岁"):
                    paid, unpaid = c.randrange(30, 190), c.randrange(30, 240)
                    given.append(
                        {
                            "旗区": district,
                            "街镇": street,
                            "季度": quarter,
                            "性别": sex,
                            "年龄组": age,
                            "登记失业人数": paid + unpaid,
                            "领取失业保险金人数": paid,
                        }
                    )
    return rows(title, given, profile="open")
