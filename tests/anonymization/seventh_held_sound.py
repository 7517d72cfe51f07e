"""Sound releases of the seventh hand that are only counted."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization.seventh_people import (
    TOWNS,
    Person,
    Release,
    ages,
    columns,
    day,
    firm,
    its,
    keyed,
    lines,
    people,
    pick,
    residents,
)
from tests.anonymization.sixth_people import credit_code, luhn

STREETS = ("海北大街", "巴音赛大街", "拉僧仲街", "双拥路", "乌兰路", "摩尔沟路")
BOXES = {"教育": "jy", "住建": "zj", "人社": "rs", "医保": "yb"}
TOWN_LIST = [town for towns in TOWNS.values() for town in towns]


def sound() -> Iterator[Release]:
    yield from published()
    yield from things()
    yield from totals()
    yield from treated()


def published() -> Iterator[Release]:
    """Lists which a law orders to be published, with the basis of every column about a person."""
    c = random.Random("held published")
    bar = "依法公开：律师执业管理办法（执业信息公开）"
    yield lines(
        "law: lawyers who may practise",
        [
            {
                "姓名": p.name,
                "性别": p.sex,
                "执业证号": f"11503{c.randrange(2005, 2025)}1{c.randrange(10)}{n:06}",
                "执业机构": f"内蒙古{c.choice(('秉正', '河套', '三立', '衡信'))}律师事务所",
                "执业状态": c.choice(("正常", "正常", "注销")),
            }
            for n, p in enumerate(residents(330, "bar", (25, 70)))
        ],
        rules=dict.fromkeys(("姓名", "性别", "执业证号", "执业机构", "执业状态"), bar),
    )
    taxes = "依法公开：税收征收管理法第四十五条、欠税公告办法第六条"
    yield lines(
        "law: arrears of small shops with who owns them",
        [
            {
                "业户名称": f"{p.district}{c.choice('福顺鑫旺')}{c.choice('来隆源达')}"
                f"{c.choice(('餐馆', '商店', '修理部'))}",
                "业主姓名": p.name,
                "经营地点": f"{p.district}{c.choice(STREETS)}{c.randrange(1, 180)}号底店",
                "欠税税种": c.choice(("增值税", "个人所得税")),
                "欠税余额(元)": round(c.uniform(800, 90000), 2),
            }
            for p in residents(380, "arrears", (25, 65))
        ],
        rules=dict.fromkeys(
            ("业户名称", "业主姓名", "经营地点", "欠税税种", "欠税余额(元)"), taxes
        ),
    )
    yield lines(
        "law: licences for food with who runs the place",
        [
            {
                "经营者名称": f"乌海市{p.district}{p.name}面馆",
                "许可证编号": f"JY2150302{c.randrange(10**7):07}",
                "法定代表人(负责人)": p.name,
                "经营场所": f"{p.district}{c.choice(STREETS)}{c.randrange(1, 99)}号",
                "主体业态": c.choice(("餐饮服务经营者", "食品销售经营者")),
                "有效期至": day("%Y年%m月%d日", date(2026, 1, 1), 1500)(c, p),
            }
            for p in residents(520, "food", (20, 66))
        ],
        rules=dict.fromkeys(
            ("经营者名称", "法定代表人(负责人)", "经营场所"),
            "依法公开：食品经营许可和备案管理办法（许可信息公示）",
        ),
    )


def things() -> Iterator[Release]:
    c = random.Random("held seventh things")
    nobody = residents(1, "y", (20, 30))[0]
    yield lines(
        "things: manholes with tags that look like digests",
        [
            {
                "井盖编号": f"JG{n:05}",
                "epc": f"{c.getrandbits(96):024X}",
                "路段": c.choice(STREETS),
                "x": round(106.7 + c.random() / 5, 6),
                "y": round(39.4 + c.random() / 3, 6),
                "权属": c.choice(("排水公司", "供热公司", "联通", "电力")),
                "上次巡检": day("%Y-%m-%d %H:%M")(c, nobody),
            }
            for n in range(1000)
        ],
    )
    yield lines(
        "things: weather each minute",
        [
            {
                "区站号": c.choice(("53512", "53519", "C6021")),
                "观测时间": (datetime(2025, 7, 1, tzinfo=UTC) + timedelta(minutes=n)).strftime(
                    "%Y%m%d%H%M"
                ),
                "气温": round(c.uniform(15, 39), 1),
                "相对湿度": c.randrange(10, 90),
                "瞬时风速": round(c.uniform(0, 17), 1),
                "降水量": c.choice((0, 0, 0, 0.1, 1.2)),
            }
            for n in range(12_000)
        ],
    )
    yield lines(
        "things: chimneys on line",
        [
            {
                "企业": firm(c),
                "排口编码": f"9115030{c.randrange(10**9):09}{c.choice('0123456789X')}G",
                "时刻": (datetime(2025, 10, 1, tzinfo=UTC) + timedelta(minutes=5 * n)).strftime(
                    "%m/%d %H:%M"
                ),
                "SO2(mg/m3)": round(c.uniform(2, 60), 2),
                "NOx(mg/m3)": round(c.uniform(10, 90), 2),
                "烟气流量": c.randrange(20000, 900000),
            }
            for n in range(1200)
        ],
    )
    yield lines(
        "things: kindergartens with address and telephone",
        [
            {
                "幼儿园名称": f"乌海市{d}{c.choice(('小天使', '金苹果', '红缨'))}幼儿园{n}部",
                "性质": c.choice(("公办", "民办普惠", "民办")),
                "地址": f"{d}{c.choice(STREETS)}{c.randrange(1, 99)}号",
                "咨询电话": f"0473-{c.randrange(2010000, 6999999)}",
                "在园幼儿": c.randrange(60, 420),
                "评估等级": c.choice(("一级一类", "二级", "未定级")),
            }
            for d in TOWNS
            for n in range(1, 40)
        ],
    )
    yield lines(
        "things: places left in car parks",
        [
            {
                "park_id": f"P{lot:03}",
                "停车场": f"{STREETS[lot % 6]}{lot}号公共停车场",
                "ts": (datetime(2025, 8, 4, 7, tzinfo=UTC) + timedelta(minutes=5 * step)).strftime(
                    "%Y-%m-%dT%H:%M:%S"
                ),
                "total": 40 + 10 * lot,
                "free": c.randrange(0, 40 + 10 * lot),
                "lng": 106.81 + lot / 1000,
                "lat": 39.66 + lot / 1300,
            }
            for lot in range(8)
            for step in range(200)
        ],
    )
    yield lines(
        "things: land supplied",
        [
            {
                "电子监管号": f"150302{2015 + n % 10}B{n:05}",
                "宗地位置": f"{c.choice(STREETS)}北、{c.choice(STREETS)}东",
                "受让单位": firm(c),
                "代码": credit_code(c),
                "面积(公顷)": round(c.uniform(0.1, 40), 4),
                "成交价(万元)": round(c.uniform(20, 30000), 2),
                "合同签订日": day("%Y/%-m/%-d", date(2015, 1, 1), 3600)(c, nobody),
            }
            for n in range(420)
        ],
    )
    yield lines(
        "things: books on the shelf, by author and loans",
        [
            {
                "ISBN": f"9787{c.randrange(10**9):09}",
                "题名": f"{c.choice(('草原', '黄河', '矿山', '戈壁', '故乡'))}"
                f"{c.choice(('往事', '纪事', '诗抄', '植物志', '史话'))}",
                "责任者": f"{p.name}著",
                "索书号": f"I247.5/{c.randrange(1, 9999)}",
                "条码": luhn(f"1503{c.randrange(10**8):08}"),
                "年借阅次数": c.randrange(0, 60),
            }
            for p in residents(600, "authors", (30, 80))
        ],
    )
    yield lines(
        "things: resolutions of meetings, offices alone",
        [
            {
                "会议": f"市政府2025年第{n // 6 + 1}次常务会议",
                "会议时间": (date(2025, 1, 6) + timedelta(days=n // 6 * 7)).strftime(
                    "%Y年%m月%d日"
                ),
                "议题": c.choice(("供热保障", "城市更新", "职业教育", "沿黄生态", "欠薪治理")),
                "议定事项": f"会议议定，由{(o := c.choice(('市住建局', '市财政局', '市水务局')))}"
                f"于{c.randrange(3, 12)}月底前提出方案，{c.choice(('各区', '有关部门'))}配合。",
                "牵头单位": o,
            }
            for n in range(300)
        ],
    )


def totals() -> Iterator[Release]:
    c = random.Random("held seventh totals")
    cells = [f"E{e}N{n}" for e in range(10670, 10676) for n in range(3940, 3945)]
    yield lines(
        "totals: journeys between cells of the town",
        [
            {
                "起点网格": start,
                "终点网格": end,
                "时段": when,
                "人次": c.randrange(15, 900),
            }
            for start in cells
            for end in c.sample(cells, 8)
            for when in ("早", "午", "晚")
        ],
    )
    yield lines(
        "totals: residents by township, sex and ten years",
        [
            {
                "镇街": town,
                "性别": sex,
                "年龄组": f"{10 * n}-{10 * n + 9}岁",
                "常住人口数": c.randrange(120, 3200),
            }
            for town in TOWN_LIST
            for sex in "男女"
            for n in range(8)
        ],
    )
    yield lines(
        "totals: what a trade is paid, quantiles of a sample",
        [
            {
                "职业小类": f"{4 + n % 3}-{n % 12 + 1:02}-{n % 7 + 1:02}",
                "样本人数": c.randrange(32, 400),
                "低位数": (low := round(c.uniform(2600, 4000), 2)),
                "中位数": round(low * c.uniform(1.2, 1.6), 2),
                "高位数": round(low * c.uniform(1.9, 2.9), 2),
            }
            for n in range(180)
        ],
    )
    yield lines(
        "totals: letters to each office, with its public box",
        [
            {
                "承办单位": f"乌海市{(office := c.choice(list(BOXES)))}局",
                "月份": f"2025-{n % 9 + 1:02}",
                "来信件数": c.randrange(20, 600),
                "按期办结率": round(c.uniform(0.9, 1), 4),
                "公开邮箱": f"wh{BOXES[office]}j@wuhai.gov.cn",
                "办公电话": f"0473-299{c.randrange(1000, 1012)}",
            }
            for n in range(240)
        ],
    )


def treated() -> Iterator[Release]:
    yield people(
        "people: moves of registered residence",
        {
            "性别": its("sex"),
            "迁入区": its("district"),
            "年龄段": ages(0, 18, 40, 60, 90),
            "季度": ("一季度", "二季度", "三季度"),
        },
        {"迁移原因": pick(投靠=4, 工作=4, 就学=3, 购房=3)},
        {"业务号": keyed(16, "QY")},
        of=(0, 89),
        count=2400,
        k=10,
    )
    yield people(
        "people: holders of disability cards",
        {
            "sex": its("sex"),
            "area": its("district"),
            "类别": pick(肢体=5, 视力=3, 听力=3, 智力=2),
        },
        {"等级": pick(一级=2, 二级=3, 三级=3, 四级=4)},
        of=(0, 94),
        count=1700,
        k=20,
    )
    yield people(
        "people: stays in hospital, half-year and bands",
        {
            "性别": its("sex"),
            "参保地": its("district"),
            "年龄段": ages(0, 18, 45, 65, 95),
            "入院时间": ("2025年上半年", "2025年下半年"),
        },
        {
            "疾病章": pick(循环=5, 呼吸=4, 消化=4, 肿瘤=2),
            "总费用": pick(**{"5千以下": 4, "5千至2万": 5, "2万以上": 2}),
        },
        of=(0, 94),
        count=3000,
        k=15,
    )

    def before(_: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"求职码": keyed(20, "J"), "性别": its("sex"), "月份": ("1月", "2月", "3月")}
        return {"earlier": [pl.DataFrame(columns(held, cells, "last quarter"))]}

    spoken = {"20-34岁": "二十至三十四岁", "35-49岁": "三十五至四十九岁", "50-60岁": "五十至六十岁"}
    yield people(
        "people: who looks for work, a key each quarter",
        {
            "性别": its("sex"),
            "年龄": lambda c, p: spoken[ages(20, 35, 50, 61)(c, p)],
            "学历": pick(初中及以下=3, 高中中专=4, 大专及以上=4),
        },
        {"求职意向": pick(生产=4, 服务=5, 文员=3), "登记失业": pick(是=4, 否=5)},
        {"求职码": keyed(20, "J")},
        of=(20, 60),
        count=1600,
        k=15,
        others=before,
    )
    yield people(
        "people: cards for journeys of the old, a row each, nothing fine",
        {"镇街": its("town"), "性别": its("sex")},
        {"月均乘次档": pick(**{"0-10": 4, "11-30": 5, "31以上": 3})},
        {"首次办卡年": ("2019", "2020", "2021", "2022"), "卡状态": pick(正常=9, 挂失=1)},
        of=(65, 90),
        count=1900,
        k=15,
    )
