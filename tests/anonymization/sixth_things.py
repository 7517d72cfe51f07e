"""Tables of a sixth hand in which nobody stands: plants, stops, machines, firms, totals.

Exact times, places and numbers are right here: they are those of a thing. Two lists in each half
are of firms or posts which a law orders to be published; they hold no private person's number.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization.sixth_people import DISTRICTS, ROADS, STREETS, Release, credit_code, luhn

BEGUN = datetime(2025, 6, 1, tzinfo=UTC)


def about(title: str, rows: list[dict[str, Any]], **claim: Any) -> Release:
    return Release(f"things: {title}", pl.DataFrame(rows, infer_schema_length=None), claim)


def firm(c: random.Random) -> str:
    """The name of a company that does not exist."""
    trade = c.choice(("煤焦化", "商贸", "物流", "装饰工程", "农业科技"))
    return f"乌海市{c.choice('恒鑫瑞德盛宏隆嘉')}{c.choice('源达泰通远安')}{trade}有限公司"


def open_things() -> Iterator[Release]:
    c = random.Random("open things")
    # Public toilets: an installation with its place and opening hours.
    yield about(
        "public toilets",
        [
            {
                "编号": f"GC{n:04}",
                "所在区": c.choice(list(DISTRICTS)),
                "位置": f"{c.choice(ROADS)}与{c.choice(ROADS)}交叉口东{c.randrange(20, 300)}米",
                "经度": round(106.7 + c.random() / 5, 6),
                "纬度": round(39.4 + c.random() / 3, 6),
                "男厕位": c.randrange(2, 10),
                "女厕位": c.randrange(3, 14),
                "开放时间": "06:00-22:00",
                "管养单位": "市环卫中心",
            }
            for n in range(520)
        ],
    )
    # Air stations: a measurement each hour to the second; no person.
    yield about(
        "air each hour",
        [
            {
                "station_code": f"1503A{s}",
                "监测点": c.choice(("海勃湾新区", "林荫大街", "乌达苏海图", "海南西来峰")),
                "监测时间": (BEGUN + timedelta(hours=h)).strftime("%Y-%m-%d %H:00:00"),
                "PM2.5": c.randrange(5, 140),
                "PM10": c.randrange(10, 300),
                "SO2": c.randrange(3, 90),
                "AQI": c.randrange(20, 180),
            }
            for h in range(500)
            for s in range(4)
        ],
    )
    # Lifts by their registration: codes of machines of twenty digits.
    yield about(
        "lifts due for inspection",
        [
            {
                "设备注册代码": f"3110150302{2010 + n % 15}{n:06}",
                "设备品种": c.choice(("曳引驱动乘客电梯", "自动扶梯", "杂物电梯")),
                "使用单位": firm(c),
                "安装地点": f"{c.choice(ROADS)}{c.randrange(1, 99)}号商业楼",
                "额定载重kg": c.choice((800, 1000, 1600)),
                "下次检验日期": (BEGUN + timedelta(days=c.randrange(365))).strftime("%Y-%m-%d"),
            }
            for n in range(900)
        ],
    )
    # Abnormal operations of firms: 企业信息公示暂行条例 orders the list; firms alone, no names.
    yield about(
        "firms of the list of abnormal operation",
        [
            {
                "统一社会信用代码": credit_code(c),
                "企业名称": firm(c),
                "列入原因": c.choice(("未按期公示年度报告", "通过登记的住所无法联系")),
                "列入日期": (BEGUN + timedelta(days=c.randrange(200))).strftime("%Y-%m-%d"),
                "作出决定机关": f"{c.choice(list(DISTRICTS))}市场监督管理局",
                "决定文号": f"乌市监异列〔2025〕{n}号",
            }
            for n in range(600)
        ],
        rules={"企业名称": "依法公开：企业信息公示暂行条例第十七条"},
    )
    # Budget of a department: money of an office, to the cent.
    yield about(
        "spending of offices",
        [
            {
                "预算单位": f"乌海市{c.choice(('教育局', '财政局', '民政局', '水务局', '司法局'))}",
                "功能科目": f"20{c.randrange(10, 29)}{c.randrange(1, 9):02}",
                "年度": 2020 + n % 5,
                "预算数(万元)": round(c.uniform(5, 9000), 2),
                "决算数(万元)": round(c.uniform(5, 9000), 2),
                "执行率": round(c.uniform(0.7, 1.1), 4),
            }
            for n in range(700)
        ],
    )
    # Bus positions: a vehicle of a line, not its driver; numbers of the fleet.
    yield about(
        "positions of buses",
        [
            {
                "车辆自编号": f"K{c.randrange(1, 260):04}",
                "线路": f"{c.choice((1, 2, 3, 5, 7, 101))}路",
                "gps_time": (BEGUN + timedelta(seconds=c.randrange(86400))).strftime(
                    "%Y-%m-%d %H:%M:%S"
                ),
                "lon": round(106.7 + c.random() / 5, 6),
                "lat": round(39.4 + c.random() / 3, 6),
                "速度": c.randrange(0, 60),
            }
            for n in range(4000)
        ],
    )


def held_things() -> Iterator[Release]:
    c = random.Random("held things")
    # Charging posts: machines of a firm, hourly reading.
    yield about(
        "charging posts",
        [
            {
                "pile_id": f"1503{c.randrange(10**12):012}",
                "站名": f"{c.choice(ROADS)}公共充电站",
                "运营商": firm(c),
                "zb_x": round(106.7 + c.random() / 5, 6),
                "zb_y": round(39.4 + c.random() / 3, 6),
                "额定功率kW": c.choice((7, 60, 120)),
                "最近在线": (BEGUN + timedelta(seconds=c.randrange(10**6))).strftime(
                    "%Y/%m/%d %H:%M:%S"
                ),
            }
            for n in range(640)
        ],
    )
    # Water of the Yellow River: a section of a river.
    yield about(
        "sections of rivers",
        [
            {
                "断面": c.choice(("下海勃湾", "拉僧庙", "三道坎")),
                "采样时间": (BEGUN + timedelta(minutes=n * 37)).strftime("%Y-%m-%d %H:%M"),
                "pH": round(c.uniform(7, 9), 2),
                "溶解氧": round(c.uniform(5, 11), 2),
                "氨氮": round(c.uniform(0.02, 1), 3),
                "水质类别": c.choice(("Ⅱ", "Ⅲ")),
            }
            for n in range(1300)
        ],
    )
    # Food samples: goods of a firm by batch, published by the Food Safety Law art. 118.
    yield about(
        "samples of food",
        [
            {
                "抽样编号": f"GC2515000048{n:06}",
                "标称生产企业": firm(c),
                "样品名称": c.choice(("纯牛奶", "挂面", "食醋", "牛肉干", "葡萄酒")),
                "规格": c.choice(("250ml/盒", "500g/袋", "1L/瓶")),
                "生产日期/批号": (BEGUN + timedelta(days=c.randrange(90))).strftime("%Y-%m-%d"),
                "条码": luhn(f"69{c.randrange(10**10):010}"),
                "结论": c.choice(("合格", "合格", "合格", "不合格")),
            }
            for n in range(800)
        ],
        rules={"标称生产企业": "依法公布：食品安全法第一百一十八条"},
    )
    # Stops of the bus: names look like those of people (高峰, 白雪), and are places.
    yield about(
        "stops of the bus",
        [
            {
                "站点编码": f"{1000 + n}",
                "站点名称": c.choice(("高峰", "白雪", "林海", "温泉", "金沙", "马兰花"))
                + c.choice(("路口", "市场", "小区南门", "站")),
                "所属街道": c.choice([s for names in STREETS.values() for s in names]),
                "站台长度m": c.randrange(12, 60),
                "候车亭": c.choice(("有", "无")),
                "建成年份": c.randrange(1998, 2025),
            }
            for n in range(560)
        ],
    )
    # Tenders: prices to the cent of public procurement, firms alone.
    yield about(
        "procurement that was awarded",
        [
            {
                "项目编号": f"WHZCS-C-F-25{n:04}",
                "采购单位": f"乌海市{c.choice(('人民医院', '公安局', '第一中学', '城管局'))}",
                "供应商": firm(c),
                "供应商代码": credit_code(c),
                "中标金额(元)": round(c.uniform(1e4, 5e6), 2),
                "公告日期": (BEGUN + timedelta(days=c.randrange(150))).strftime("%Y-%m-%d"),
            }
            for n in range(650)
        ],
    )
    # Meters of buildings of offices: electricity, hour by hour.
    yield about(
        "electricity of public buildings",
        [
            {
                "building": f"GJ-{b:02}",
                "建筑名称": f"市政务服务中心{b}号楼",
                "read_at": (BEGUN + timedelta(hours=h)).isoformat(),
                "kwh": round(c.uniform(10, 500), 2),
                "meter_no": f"00{15030200 + b}",
            }
            for b in range(6)
            for h in range(300)
        ],
    )
