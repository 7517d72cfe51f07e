"""A fifth hand's tables about institutions, goods and machines: nobody stands in them."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization.fifth_people import DISTRICTS, Release, credit_code, luhn


def listed(title: str, rows: list[dict[str, Any]]) -> Release:
    """A table that is about nobody."""
    return Release(f"things: {title}", pl.DataFrame(rows, infer_schema_length=None), {})


def stamp(when: datetime) -> str:
    """A time as machines write it."""
    return f"{when:%Y-%m-%d %H:%M:%S}"


def things() -> Iterator[Release]:
    """Tables about institutions, goods and machines."""
    c = random.Random(31)
    start = datetime(2025, 3, 1, 6, tzinfo=UTC)
    marks = ("恒源", "蓝海", "西部", "鑫泰")
    lifts = ("3110150302", "3130150302")
    streets = ("滨河西街", "建设北路", "学府街", "胜利街", "王元地路", "高峰街")
    yield listed(
        "homes for the old",
        [
            {
                "机构名称": f"乌海市{c.choice(('康宁', '福寿'))}养老院{n}部",
                "地址": f"海勃湾区{c.choice(streets)}{c.randrange(1, 90)}号",
                "值班电话": f"0473-20{c.randrange(10**5):05}",
                "核定床位": c.randrange(30, 300),
                "备案号": f"1503022025{n:04}",
            }
            for n in range(40)
        ],
    )
    yield listed(
        "firms with their codes",
        [
            {
                "企业名称": f"乌海市{c.choice(marks)}{c.choice(('化工', '商贸', '物流'))}有限公司",
                "统一社会信用代码": credit_code(c),
                "注册资本(万元)": c.choice((50, 100, 500, 1000)),
                "登记机关": f"{c.choice(list(DISTRICTS))}市场监督管理局",
            }
            for _ in range(300)
        ],
    )
    yield listed(
        "goods with check digits",
        [
            {
                "商品条码": luhn(f"690{c.randrange(10**9):09}"),
                "批号": f"2025{c.randrange(10**8):08}",
                "订单号": f"150302{c.randrange(10**12):012}",
                "数量": c.randrange(1, 40),
            }
            for _ in range(600)
        ],
    )
    yield listed(
        "air by the minute",
        [
            {
                "站点": f"乌海{n % 4 + 1}号站",
                "lng": 106.79 + n % 4 / 37,
                "lat": 39.6 + n % 4 / 53,
                "监测时间": stamp(start + timedelta(minutes=n)),
                "PM2.5": c.randrange(8, 120),
                "SO2": round(c.random() * 40, 1),
            }
            for n in range(1200)
        ],
    )
    yield listed(
        "budget to the cent",
        [
            {
                "预算单位": f"乌海市{one}局",
                "功能科目": f"2{c.randrange(10**6):06}",
                "年初预算": round(c.uniform(10**5, 10**8), 2),
                "执行数": round(c.uniform(10**5, 10**8), 2),
            }
            for one in ("教育", "财政", "水务", "民政", "司法", "能源")
            for _ in range(20)
        ],
    )
    yield listed(
        "penalties of firms",
        [
            {
                "行政相对人名称": f"内蒙古{c.choice(('宏达', '君正', '广纳'))}{n}有限责任公司",
                "统一社会信用代码": credit_code(c),
                "处罚决定书文号": f"乌市监罚字〔2025〕{n}号",
                "罚款金额(元)": c.choice((2000, 5000.5, 30000)),
                "处罚日期": f"2025-0{c.randrange(1, 7)}-11",
            }
            for n in range(80)
        ],
    )
    yield listed(
        "public toilets",
        [
            {
                "名称": f"{c.choice(streets)}公厕{n}",
                "位置": f"{c.choice(streets)}路口",
                "经度": round(106.79 + c.gauss(0, 0.03), 6),
                "纬度": round(39.67 + c.gauss(0, 0.02), 6),
                "开放时间": "00:00-24:00",
                "蹲位": c.randrange(4, 20),
            }
            for n in range(120)
        ],
    )
    yield listed(
        "licences to sell food",
        [
            {
                "经营者名称": f"乌海市{c.choice(('百佳', '惠民', '万家'))}超市有限公司{n}店",
                "许可证编号": f"JY115030{c.randrange(2, 5)}{c.randrange(10**7):07}",
                "住所": f"海勃湾区{c.choice(streets)}{c.randrange(1, 90)}号",
                "有效期至": "2028-05-31",
            }
            for n in range(90)
        ],
    )
    yield listed(
        "books",
        [
            {
                "ISBN": f"978{c.randrange(10**10):010}",
                "索书号": f"I247.5/{c.randrange(10**4)}",
                "书名": c.choice(("平凡的世界", "白鹿原", "高等数学", "王蒙自传")),
                "入藏日期": f"202{c.randrange(6)}-{c.randrange(1, 13):02}-15",
            }
            for _ in range(500)
        ],
    )
    yield listed(
        "ear tags of sheep",
        [
            {
                "耳标号": f"2150302{c.randrange(10**8):08}",
                "月龄": c.randrange(2, 40),
                "免疫病种": c.choice(("口蹄疫", "小反刍兽疫")),
                "免疫季度": f"2025Q{c.randrange(1, 4)}",
            }
            for _ in range(700)
        ],
    )
    yield listed(
        "lifts in public buildings",
        [
            {
                "注册代码": f"{c.choice(lifts)}{c.randrange(2008, 2025)}"
                f"{c.randrange(1, 13):02}{c.randrange(10**4):04}",
                "使用单位": f"乌海市第{n % 9 + 1}中学",
                "下次检验": f"2026-{c.randrange(1, 13):02}",
                "层站": c.randrange(3, 20),
            }
            for n in range(200)
        ],
    )
    yield listed(
        "old trees",
        [
            {
                "古树编号": f"15030200{n:03}",
                "树种": c.choice(("旱柳", "榆树", "胡杨")),
                "年龄": c.randrange(80, 420),
                "性别": c.choice(("雌株", "雄株", "—")),
                "东经": round(106.8 + c.random() / 9, 5),
                "北纬": round(39.5 + c.random() / 9, 5),
            }
            for n in range(60)
        ],
    )
    yield listed(
        "drugs and devices",
        [
            {
                "批准文号": f"国药准字H{c.randrange(10**8):08}",
                "追溯码": f"8{c.randrange(10**19):019}",
                "价格": round(c.uniform(2, 400), 2),
                "供货企业": c.choice(("国药控股乌海有限公司", "内蒙古九州通医药有限公司")),
            }
            for _ in range(400)
        ],
    )
    yield listed(
        "addresses of offices on the web",
        [
            {
                "网站": f"{one}.wuhai.gov.cn",
                "IP": f"110.16.70.{n + 10}",
                "邮箱": f"{one}xxgk@wuhai.gov.cn",
                "ICP备案": f"蒙ICP备0500{n:04}号",
                "值班电话": f"0473-39980{n:02}",
            }
            for n, one in enumerate(("fgw", "jyj", "czj", "swj", "mzj", "rsj", "zjj", "wjw"))
        ],
    )
    yield listed(
        "lamps and their controllers",
        [
            {
                "路灯编号": f"LD-{c.choice(('BH', 'XF', 'JS'))}-{n:04}",
                "控制器MAC": ":".join(f"{c.randrange(256):02X}" for _ in range(6)),
                "开灯时间": stamp(start + timedelta(seconds=c.randrange(86400))),
                "功率W": c.choice((80, 120)),
            }
            for n in range(300)
        ],
    )
    yield listed(
        "teachers as numbers",
        [
            {
                "学校": f"乌海市第{n + 1}中学",
                "专任教师数": c.randrange(60, 200),
                "高级职称数": c.randrange(20, 50),
                "在校生数": c.randrange(700, 3000),
            }
            for n in range(18)
        ],
    )
    yield listed(
        "yearbook",
        [
            {"年份": year, "指标": one, "数值": round(c.uniform(10, 900), 2), "单位": "亿元"}
            for year in range(2005, 2025)
            for one in ("地区生产总值", "一产", "二产", "三产")
        ],
    )
    yield listed(
        "streets with names of men",
        [
            {
                "小区": one,
                "所属社区": two,
                "建成年份": c.randrange(1985, 2022),
                "楼栋数": c.randrange(12, 40),
            }
            for one, two in (
                ("王家大院", "林荫社区"),
                ("高峰家园", "新华社区"),
                ("建国里", "滨河社区"),
                ("白云小区", "千钢社区"),
                ("康乐园", "苏海图社区"),
                ("文华苑", "凤凰岭社区"),
            )
        ],
    )
