"""Sound releases of the eleventh hand that look dangerous and may be read.

The comment over each says why nobody can be found in it.
"""

from collections.abc import Iterator

from tests.anonymization.eighth_people import (
    STREETS,
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    company,
    crowd,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import last_year, townsfolk
from tests.anonymization.ninth_people import WAYS, crossed, desk, door, lines, whole
from tests.anonymization.sixth_people import credit_code

REACHES = ("黄河下海勃湾断面", "黄河三道坎断面", "千里沟断面", "乌海湖心断面", "拉僧庙断面")


def sound() -> Iterator[Release]:
    yield from people()
    yield from firms()
    yield from things()
    yield from totals()


def people() -> Iterator[Release]:
    # Twenty-five or more share each row, and there is nothing else in it.
    yield townsfolk(
        "elderly care: the allowance of great age in bands, for all to read",
        {
            "性别": of("sex"),
            "旗区": of("district"),
            "年龄组": band(80, 85, 90, 100),
            "发放方式": some(社保卡=7, 现金代领=3),
        },
        count=3000,
        k=25,
        aged=(80, 99),
        profile="open",
    )
    # The code is drawn from a key of this release: last winter's codes are others.
    yield townsfolk(
        "heat bills: homes in bands under codes of this release alone",
        {
            "旗区": of("district"),
            "建筑年代": ("2000年以前", "2000年以后"),
            "面积档": some(中=5, 小=4),
        },
        {"缴费情况": some(已缴清=5, 部分欠费=3, 停供=2)},
        {"用户代码": token(32)},
        count=3600,
        beside=last_year(
            "用户代码", "用户代码", {"旗区": tuple(STREETS), "面积档": ("中", "小")}, met=0
        ),
    )
    # Ten or more share each row with what it tells; each group holds several degrees and costs.
    yield townsfolk(
        "injuries at work: trade, degree and costs in broad bands",
        {
            "性别": of("sex"),
            "年龄组": band(18, 35, 50, 99),
            "行业门类": some(采矿业=4, 制造业=4, 建筑业=3),
        },
        {
            "伤残等级档": some(未达等级=4, 七至十级=4, 一至六级=3),
            "医疗费用档": some(一万元以下=4, 一至五万元=4, 五万元以上=3),
        },
        count=4000,
        aged=(18, 62),
    )
    # What was said was put into one of six sentences; the numbers in them are hotlines.
    yield townsfolk(
        "hotline 12345: each call in one of six sentences, with hotlines in them",
        {"受理季度": ("2025年1季度", "2025年2季度", "2025年3季度"), "旗区": of("district")},
        {
            "诉求摘要": (
                "反映小区消防通道被占，已告知可同时拨打96119",
                "咨询医保异地备案，已告知12393办理渠道",
                "反映路灯不亮，转市政部门核实",
                "咨询公积金提取条件，已告知12329",
                "反映暖气不热，转供热企业上门测温",
                "反映工地夜间施工，转城管部门查处",
            )
        },
        count=2400,
    )


def firms() -> Iterator[Release]:
    # The regulation has a company's registration published, with who stands for it in law.
    title = "market regulation: companies with their legal representatives"
    heads = crowd(1500, title, 28, 68)
    yield lines(
        title,
        len(heads),
        lambda c, n: {
            "统一社会信用代码": credit_code(c, "911503"),
            "企业名称": company(c),
            "法定代表人": heads[n].name,
            "注册资本(万元)": c.choice((50, 100, 200, 500, 1000, 3000)),
            "成立日期": at_day(-c.randrange(6000)),
            "住所": door(c),
        },
        profile="open",
        rules=by_law(
            "企业信息公示暂行条例第六条",
            *("统一社会信用代码", "企业名称", "法定代表人", "注册资本(万元)", "成立日期", "住所"),
        ),
    )
    # Where a kindergarten is and how to ring its office is for every parent to know.
    yield lines(
        "kindergartens: licence, address and telephone of the office",
        240,
        lambda c, n: {
            "幼儿园名称": f"乌海市{c.choice(('阳光', '育才', '滨河'))}第{n + 1}幼儿园",
            "办学许可证号": f"115030260{n + 1:06}",
            "园址": door(c),
            "办公电话": desk(c),
            "办园等级": c.choice(("自治区示范", "一类甲级", "一类乙级", "二类")),
            "班级数": c.randrange(6, 16),
            "在园幼儿数": c.randrange(120, 420),
        },
        profile="open",
    )


def things() -> Iterator[Release]:
    # Water flows by; the sections belong to the river.
    yield lines(
        "rivers: what the stations measured, by the minute",
        1200,
        lambda c, n: {
            "断面名称": REACHES[n % 5],
            "监测时间": at_minute(n // 5 * 240 + 3),
            "pH": round(c.uniform(7.1, 8.6), 2),
            "溶解氧(mg/L)": round(c.uniform(5.8, 11.2), 2),
            "氨氮(mg/L)": round(c.uniform(0.02, 0.9), 3),
            "总磷(mg/L)": round(c.uniform(0.01, 0.18), 3),
        },
        profile="open",
    )
    # How many places are free says nothing of any car.
    yield lines(
        "car parks: free places, every quarter of an hour",
        1440,
        lambda c, n: {
            "停车场编号": f"TC1503{n % 12 + 1:04}",
            "停车场名称": f"{WAYS[n % 8]}{n % 12 + 1}号公共停车场",
            "更新时间": at_minute(n // 12 * 15),
            "泊位总数": 180 + 20 * (n % 12),
            "空余泊位": c.randrange(0, 180),
        },
        profile="open",
    )
    # Thirteen digits with a check digit are those of a book.
    yield lines(
        "library: the books on the shelves, with the numbers of their editions",
        1500,
        lambda c, n: {
            "ISBN": isbn(f"9787{c.randrange(10**8):08}"),
            "题名": f"{c.choice(('草原', '黄河', '煤城'))}{c.choice(('史话', '图志'))}",
            "出版年": c.randrange(1998, 2025),
            "定价(元)": c.choice((28.0, 36.8, 45.0, 59.9, 68.0)),
            "索书号": f"{c.choice(('I267', 'K292', 'J292', 'G252'))}/{c.randrange(10, 900)}",
            "馆藏册数": c.randrange(1, 12),
        },
        profile="open",
    )


def isbn(body: str) -> str:
    """The number of an edition with its check digit, ISO 2108."""
    return body + str(-sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body)) % 10)


def totals() -> Iterator[Release]:
    # Hundreds got on in each cell over the year, of nobody knows whom.
    yield crossed(
        "buses: how many got on, by line, stop and time of day over a year",
        {
            "线路": ("1路", "2路", "3路", "5路", "8路", "10路", "12路", "16路"),
            "站点": tuple(f"{way}{end}" for way in WAYS for end in ("东", "西"))[:15],
            "时段": ("早高峰", "上午", "中午", "下午", "晚高峰", "夜间"),
            "日期类型": ("工作日", "节假日"),
        },
        {"上车人次": whole(240, 9_800)},
        profile="open",
    )
