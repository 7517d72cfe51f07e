"""Sound releases of the seventh hand that look dangerous and may be read."""

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
from tests.anonymization.sixth_people import credit_code

PLACES = [(district, town) for district, towns in TOWNS.items() for town in towns]
ROADS = ("人民路", "黄河西街", "狮城街", "机场南路", "新华东街", "学府街", "滨河大道")


def sound() -> Iterator[Release]:
    yield from published()
    yield from things()
    yield from totals()
    yield from treated()


def published() -> Iterator[Release]:
    """Lists which a law orders to be published, with the basis of every column about a person."""
    c = random.Random("published")
    debtors = "依法公开：最高人民法院关于公布失信被执行人名单信息的若干规定第六条"
    yield lines(
        "law: judgment debtors by name",
        [
            {
                "被执行人姓名": p.name,
                "性别": p.sex,
                "执行法院": f"乌海市{p.district}人民法院",
                "执行案号": f"(2025)内03{c.randrange(2, 5):02}执{n + 101}号",
                "履行情况": c.choice(("全部未履行", "部分未履行")),
                "行为情形": c.choice(("有履行能力而拒不履行", "违反财产报告制度")),
            }
            for n, p in enumerate(residents(480, "debtors by law", (22, 70)))
        ],
        rules=dict.fromkeys(
            ("被执行人姓名", "性别", "执行法院", "执行案号", "履行情况", "行为情形"), debtors
        ),
    )
    admitted = "依法公开：公务员录用规定（拟录用人员公示）"
    yield lines(
        "law: civil servants to be appointed",
        [
            {
                "招录机关": f"乌海市{c.choice(('财政局', '审计局', '司法局', '应急管理局'))}",
                "拟录用职位": c.choice(("综合管理", "执法勤务", "信息技术", "财务")),
                "姓名": p.name,
                "性别": p.sex,
                "准考证号": f"1503{c.randrange(10**8):08}",
                "毕业院校": c.choice(("内蒙古大学", "兰州大学", "宁夏大学", "内蒙古工业大学")),
            }
            for p in residents(320, "admitted", (22, 35))
        ],
        rules=dict.fromkeys(
            ("招录机关", "拟录用职位", "姓名", "性别", "准考证号", "毕业院校"), admitted
        ),
    )
    yield lines(
        "law: firms with who represents them",
        [
            {
                "统一社会信用代码": credit_code(c),
                "企业名称": firm(c),
                "法定代表人": p.name,
                "注册资本(万元)": c.choice((50, 100, 300, 500, 1000)),
                "成立日期": day(first=date(2008, 1, 1), days=6000)(c, p),
                "住所": f"内蒙古自治区乌海市{p.district}{c.choice(ROADS)}{c.randrange(1, 200)}号",
                "登记机关": f"乌海市{p.district}市场监督管理局",
            }
            for p in residents(700, "represent", (25, 70))
        ],
        rules={
            "法定代表人": "依法公开：企业信息公示暂行条例第六条",
            "住所": "依法公开：企业信息公示暂行条例第六条",
        },
    )
    yield lines(
        "law: fines of firms with the decision in words",
        [
            {
                "行政处罚决定书文号": f"乌环罚〔2025〕{n + 1}号",
                "行政相对人名称": (name := firm(c)),
                "统一社会信用代码": credit_code(c),
                "违法事实": f"{name}{c.choice(('未按证排污', '未密闭运输物料', '未如实记录台账'))}",
                "罚款金额(元)": c.choice((20000, 35600, 50000, 100000)),
                "处罚决定日期": day()(c, residents(1, "x", (20, 30))[0]),
            }
            for n in range(400)
        ],
        rules={"行政相对人名称": "依法公开：行政处罚法第四十八条"},
    )


def things() -> Iterator[Release]:
    """Lamps, rivers, permits, stops: nobody stands in these tables."""
    c = random.Random("seventh things")
    yield lines(
        "things: street lamps with the number of their modem",
        [
            {
                "灯杆编号": f"LD{n:06}",
                "道路": c.choice(ROADS),
                "longitude": round(106.7 + c.random() / 5, 7),
                "latitude": round(39.4 + c.random() / 3, 7),
                "控制器IMEI": f"86{c.randrange(10**13):013}",
                "功率W": c.choice((60, 90, 150, 250)),
                "亮灯率": round(c.uniform(0.93, 1), 4),
            }
            for n in range(900)
        ],
    )
    yield lines(
        "things: water of the Yellow River to the minute",
        [
            {
                "断面名称": c.choice(("海勃湾库区", "拉僧庙", "下海勃湾", "九店湾")),
                "监测时间": (datetime(2025, 4, 1, tzinfo=UTC) + timedelta(minutes=17 * n)).strftime(
                    "%Y-%m-%d %H:%M:%S"
                ),
                "水温(℃)": round(c.uniform(3, 25), 1),
                "高锰酸盐指数": round(c.uniform(1, 5), 2),
                "总磷": round(c.uniform(0.02, 0.2), 3),
                "水质类别": c.choice(("II", "III")),
            }
            for n in range(9000)
        ],
    )
    yield lines(
        "things: permits to discharge",
        [
            {
                "许可证编号": f"{(code := credit_code(c))}{c.randrange(1, 4):03}P",
                "单位名称": firm(c),
                "社会信用代码": code,
                "行业类别": c.choice(("炼焦", "电石", "火力发电", "水泥制造", "污水处理")),
                "有效期限": f"{y}-{m:02}-15至{y + 5}-{m:02}-14",
                "氮氧化物许可量(t/a)": round(c.uniform(1, 900), 3),
            }
            for y in (2020, 2021, 2022)
            for m in range(1, 13)
            for _ in range(9)
        ],
    )
    yield lines(
        "things: bus timetable with stops that sound like people",
        [
            {
                "线路": f"{c.choice((1, 3, 6, 9, 21, 102))}路",
                "班次": n + 1,
                "首站": c.choice(("高山", "马莲花", "白云", "金山", "万达", "石峰")),
                "末站": c.choice(("林静园", "江山里", "柳林", "田野市场", "方正广场")),
                "发车时刻": f"{6 + n % 15:02}:{c.randrange(60):02}:00",
                "驾驶区段里程km": round(c.uniform(5, 24), 1),
            }
            for n in range(800)
        ],
    )
    yield lines(
        "things: relics with their place",
        [
            {
                "文物编号": f"150300-{n + 1:04}",
                "名称": f"{c.choice(('张家梁', '召烧沟', '苏海图', '李华中滩', '新地', '王银井'))}"
                f"{c.choice(('岩画', '墓群', '遗址', '古城址', '烽火台'))}{n + 1}号",
                "年代": c.choice(("新石器时代", "汉", "西夏", "明", "清")),
                "经度": f"{106.7 + c.random() / 5:.6f}",
                "纬度": f"{39.4 + c.random() / 3:.6f}",
                "面积(㎡)": round(c.uniform(12, 30000), 1),
                "公布日期": day("%Y.%m.%d", date(1986, 1, 1), 9000)(
                    c, residents(1, "x", (20, 30))[0]
                ),
            }
            for n in range(360)
        ],
    )
    yield lines(
        "things: contracts of procurement",
        [
            {
                "合同编号": f"WHHT-2025-{n:05}",
                "采购人": f"乌海市{c.choice(('中医医院', '职业技术学院', '公安局', '水务局'))}",
                "供应商": firm(c),
                "主要标的": c.choice(("办公电脑", "物业服务", "监控设备", "救护车", "课桌椅")),
                "合同金额": f"¥{c.uniform(9000, 4_000_000):,.2f}",
                "签订日期": day("%Y年%m月%d日")(c, residents(1, "x", (20, 30))[0]),
            }
            for n in range(600)
        ],
    )
    yield lines(
        "things: budget by subject",
        [
            {
                "单位": f"{d}{c.choice(('教育局', '卫健委', '住建局', '城管局', '财政局'))}",
                "subject_code": f"2{c.randrange(100, 3000):04}{c.randrange(99):02}",
                "fiscal_year": year,
                "amount": round(c.uniform(1, 8000) * 1e4, 2),
            }
            for d in TOWNS
            for year in range(2019, 2026)
            for _ in range(30)
        ],
    )


def totals() -> Iterator[Release]:
    """Tables of counts without a small cell."""
    c = random.Random("seventh totals")
    yield lines(
        "totals: allowances by township and quarter",
        [
            {
                "季度": f"{year}Q{quarter}",
                "旗区": district,
                "镇街": town,
                "保障人数": (many := c.randrange(46, 900)),
                "户均补助(元)": round(c.uniform(480, 760), 2),
                "发放总额(元)": round(many * c.uniform(480, 760), 2),
            }
            for year in (2022, 2023, 2024)
            for quarter in range(1, 5)
            for district, town in PLACES
        ],
    )
    yield lines(
        "totals: taps by stop and hour",
        [
            {
                "日期": (date(2025, 9, 1) + timedelta(days=d)).isoformat(),
                "小时": hour,
                "站点": stop,
                "刷卡人次": c.randrange(12, 400),
                "其中敬老卡": c.choice(("不足10", *map(str, range(10, 12)))),
            }
            for d in range(10)
            for hour in range(7, 20)
            for stop in ("火车站", "市医院", "人民公园", "万达广场", "职业学院", "汽车站")
        ],
    )
    nobody = residents(1, "x", (20, 30))[0]
    yield lines(
        "totals: coverage of vaccination by kindergarten and school",
        [
            {
                "学校": f"乌海市第{'一二三四五六七八九十'[n % 10]}{kind}",
                "学年": year,
                "应种人数": (due := c.randrange(180, 900)),
                "实种人数": due - c.randrange(25, 60),
                "疫苗": vaccine,
                "填报日期": day("%Y/%m/%d")(c, nobody),
            }
            for n in range(10)
            for kind in ("小学", "幼儿园")
            for year in ("2022-2023", "2023-2024", "2024-2025")
            for vaccine in ("麻腮风", "百白破", "甲肝")
        ],
    )


def treated() -> Iterator[Release]:
    """People behind keys and bands, in groups that are large enough."""
    asks = (
        "反映{}{}段路灯不亮，夜间出行不便，希望维修",
        "来电咨询{}供热开栓时间和{}换热站报修电话，已告知拨打0473-12319",
        "投诉{}{}附近工地夜间施工噪声，已转生态环境部门",
        "建议在{}{}增设公交站点，方便学生上下学",
    )
    yield people(
        "people: hotline 12345, texts about places alone",
        {"区": its("district"), "受理月份": day("%Y-%m", days=180)},
        {"办理情况": pick(办结=6, 转办=4)},
        {"工单内容": lambda c, p: c.choice(asks).format(p.town, c.choice(ROADS))},
        count=900,
    )

    def before(_: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"家庭编码": keyed(24), "区": its("district"), "救助类型": ("低保", "特困", "临时")}
        return {"earlier": [pl.DataFrame(columns(held, cells, "last year"))]}

    yield people(
        "people: low-income aid, a new key each year",
        {"区": its("district"), "户主性别": its("sex"), "户主年龄段": ages(18, 40, 60, 99)},
        {"致困原因": pick(因病=5, 因残=4, 缺劳力=3), "补差档": pick(低=4, 中=4, 高=2)},
        {"家庭编码": keyed(24)},
        count=1600,
        k=20,
        others=before,
    )
    yield people(
        "people: vaccination by quarter",
        {
            "sex": its("sex"),
            "district": its("district"),
            "age_band": ages(0, 3, 7, form="{}..{}"),
            "quarter": ("2025Q1", "2025Q2", "2025Q3"),
        },
        {"vaccine": pick(MMR=4, DTaP=5, HepA=3), "adverse_event": pick(none=9, fever=2)},
        {"record_key": keyed(32)},
        of=(0, 6),
        count=1800,
        k=15,
    )
    yield people(
        "people: housing fund, bands and blanks",
        {
            "性别": its("sex"),
            "缴存地": its("district"),
            "年龄段": lambda c, p: None if c.random() < 0.25 else ages(18, 35, 48, 61)(c, p),
            "单位性质": ("机关事业", "国企", "民企"),
        },
        {"月缴存额档": pick(**{"500以下": 3, "500-1500": 5, "1500以上": 3})},
        {"提取过": ("是", "否", None)},
        of=(18, 60),
        count=2600,
        k=10,
    )

    def register(_: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"姓名": its("name"), "出生日期": lambda _, p: f"{p.born}", "住址": its("address")}
        roll = pl.DataFrame(columns(held, cells, "roll"))
        return {"auxiliary": [roll.sample(fraction=1.0, shuffle=True, seed=9)]}

    yield people(
        "people: enrolment by district, beside a roll of names that shares nothing fine",
        {"性别": its("sex"), "片区": its("district"), "入学年份": ("2023", "2024", "2025")},
        {"入学依据": pick(户籍房产=7, 随迁=3, 优抚=1)},
        of=(6, 9),
        count=1400,
        k=20,
        others=register,
    )
    levels = pick(**{"5": 5, "4": 6, "3": 4, "2": 2, "1": 1})
    yield people(
        "people: what they said of the service halls",
        {"性别": its("sex"), "办事大厅": its("district")},
        None,
        {f"Q{n}": levels for n in range(1, 7)},
        count=800,
        k=20,
    )
