"""Sound releases of a fourteenth hand: done properly, with things that look suspicious and are not.

The comment over each says what may frighten and why nobody is found.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    cells_of,
    company,
    crowd,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import PLAIN, Family, last_year, townsfolk
from tests.anonymization.sixth_people import credit_code
from tests.anonymization.thirteenth_people import group_of, several, told
from tests.anonymization.twelfth_people import ROADS, TOWNS, counted, listed

BUREAUX = (
    *("市民政局", "市教育局", "市财政局", "市水务局", "市司法局", "市体育局", "市审计局"),
    *("市统计局", "市医疗保障局", "市交通运输局", "市自然资源局", "市生态环境局", "市商务局"),
    *("市退役军人事务局", "市住房和城乡建设局", "市应急管理局", "市林业和草原局", "市能源局"),
    *("市市场监督管理局", "市政务服务局", "市卫生健康委员会", "市农牧局", "市公安局", "市税务局"),
)


def sound() -> Iterator[Release]:
    """All of them."""
    yield from people()
    yield from people_and_others()
    yield from offices()
    yield from things()
    yield from counts()


# --- people --------------------------------------------------------------------------------------


def people() -> Iterator[Release]:
    # A code for each, drawn with a key of this release alone.
    yield townsfolk(
        "outpatients by chapter of the classification, with codes of this release",
        PLAIN,
        {"疾病章": some(循环系统=5, 呼吸系统=4, 消化系统=3, 精神和行为障碍=2)},
        {"患者代码": token(32)},
        count=2200,
        t=0.3,
        rules={"患者代码": "HMAC-SM3，密钥仅用于本次发布，已销毁"},
    )
    # The masks keep nothing at all: whatever stood there, the stars are the same for everybody.
    yield townsfolk(
        "school canteens: masks that keep nothing",
        {"性别": of("sex"), "学段": some(初中=5, 高中=4, 中职=2)},
        {"资助类别": some(国家助学金=4, 校内减免=3, 无=6)},
        {"姓名": "***", "监护人电话": "***********", "证件号码": "******************"},
        count=1100,
        aged=(12, 18),
        rules={"姓名": "整体遮盖", "监护人电话": "整体遮盖", "证件号码": "整体遮盖"},
    )
    # Amounts in bands, of which the top is open.
    yield townsfolk(
        "income tax in bands, coded at top and bottom",
        PLAIN,
        {"年应纳税额区间": some(**{"3000元以下": 5, "3000—1万元": 4, "1万元以上": 2})},
        count=1900,
    )
    # Dates to the year only; long service is one open class.
    yield townsfolk(
        "veterans by decade of enlistment",
        {
            "性别": lambda c, _: "男" if c.random() < 0.8 else "女",
            "入伍年代": some(七十年代=2, 八十年代=4, 九十年代=4, 二十一世纪=3),
            "旗区": of("district"),
        },
        {"优抚待遇": some(生活补助=4, 医疗补助=3, 无=5)},
        count=1700,
        aged=(40, 75),
    )
    # The last two digits tell him who asks that it is his entry; thousands in the city share them.
    yield townsfolk(
        "affordable housing interface: two digits of the telephone",
        {"旗区": of("district"), "户主年龄组": band(18, 35, 50, 99), "户型": some(一居=3, 两居=5)},
        {"轮候结果": some(已配租=5, 轮候中=4, 退出=2)},
        {
            "套内面积段": "60平方米以下",
            "申请人电话": lambda _, p: "*********" + p.phone[-2:],
        },
        count=1400,
        profile="interface",
        rules={"申请人电话": "展示时仅留末两位，供申请人自己核对"},
    )
    # Several rows of one code, in each of which the same is told; the year is everybody's.
    yield several(
        "old people's meals: rows of one code tell nothing new",
        {"性别": of("sex"), "旗区": of("district")},
        {"补助档": some(甲=4, 乙=5)},
        {"老人代码": token(28)},
        {"年度": "2025"},
        times=2,
        count=900,
        aged=(61, 90),
    )
    # Thirty-six rows, six of which are alike each time.
    yield told(
        "job training: a small class, twelve of each age",
        {
            "年龄组": ["18—34岁", "35—49岁", "50岁以上"] * 12,
            "结业": ["合格", "合格", "合格", "补考", "补考", "补考"] * 6,
        },
        quasi_identifiers=["年龄组"],
        k=6,
        sensitive=["结业"],
        l=2,
        profile="statistical",
    )
    # Texts out of a list of five: none is about one person.
    yield townsfolk(
        "hotline: answers out of a list of standard texts",
        {"旗区": of("district"), "来电月份": tuple(f"2025-{n:02}" for n in range(3, 9))},
        {
            "答复": (
                "您好，供热问题已转供热公司，24小时内入户检查。",
                "您好，请携带身份证到街道便民服务中心办理。",
                "您好，该事项由市住房公积金中心受理，咨询电话0473-12329。",
            )
        },
        count=1600,
    )


# --- people beside other tables ------------------------------------------------------------------


def register(frame: pl.DataFrame, _: Family) -> Mapping[str, Any]:
    """A roll that hangs out: names and what this table has only in bands."""
    town = crowd(1500, "fourteenth register", 18, 80)
    cells = {"姓名": of("name"), "性别": of("sex"), "旗区": of("district")}
    return {"auxiliary": [pl.DataFrame(cells_of(town, cells, "fourteenth register"))]}


def people_and_others() -> Iterator[Release]:
    # Last year's release had codes, too; no one of them is here.
    yield townsfolk(
        "community correction: fresh codes each year",
        PLAIN,
        {"矫正情形": some(缓刑=6, 假释=3, 暂予监外执行=2)},
        {"对象代码": token(32)},
        count=1500,
        beside=last_year("对象代码", "对象代码", {"结果": ("解除", "收监")}, 0),
    )
    # The register knows name, sex and district: at least ten of the table fit each.
    yield townsfolk(
        "disabled people: a register beside groups of many",
        PLAIN,
        {"残疾等级": some(一级=3, 二级=4, 三级=4)},
        count=1500,
        beside=register,
    )
    # Month and district, no day; last year's table is about the same things and other people.
    yield townsfolk(
        "marriages by month",
        {"登记月份": tuple(f"2025年{n}月" for n in range(1, 13)), "旗区": of("district")},
        {"婚姻状况": some(初婚=7, 再婚=3)},
        {"业务代码": token(24)},
        count=2000,
        beside=last_year("业务代码", "业务代码", {"婚姻状况": ("初婚", "再婚")}, 0),
    )


# --- offices and what law orders -----------------------------------------------------------------


def telephone(c: random.Random) -> str:
    return f"0473-{c.choice(('2', '3', '6'))}{c.randrange(10**6):06}"


def supplied(c: random.Random, n: int) -> dict[str, Any]:
    price = c.randrange(10**6, 10**9)
    return {
        "合同编号": f"WHZC-2025-{n + 1:04}-{c.randrange(10**10):010}",
        "采购单位": c.choice(BUREAUX),
        "供应商": company(c),
        "统一社会信用代码": credit_code(c),
        "签订日期": at_day(c.randrange(600)),
        "合同金额（元）": f"{price // 100}.{price % 100:02}",
    }


def met(c: random.Random, n: int) -> dict[str, Any]:
    bureau = BUREAUX[n % len(BUREAUX)]
    return {
        "文号": f"乌政办发〔2025〕{n + 1}号",
        "会议名称": f"{bureau[1:]}2025年第{n // len(BUREAUX) + 1}次局务会议",
        "召开日期": at_day(n * 2, first=date(2025, 1, 6)),
        "会议室": c.choice(("一楼会议室", "三楼会议室", "视频会议室")),
        "主要议题": c.choice(
            (
                "研究高峰时段供电保障工作",
                "审议黄河大桥管养方案和白云小学改造计划",
                "听取安全生产、防汛工作汇报",
                "部署金秋葡萄文化旅游节筹备工作",
            )
        ),
    }


def offices() -> Iterator[Release]:
    # Companies sell, offices buy; numbers of contracts are long and are of no person.
    yield listed("contracts of government procurement", 400, supplied)
    # The lines and doors of offices are there to be found.
    yield listed(
        "windows of offices: telephone lines and doors",
        48,
        lambda c, n: {
            "机构名称": BUREAUX[n % 24] + ("" if n < 24 else "政务大厅窗口"),
            "办公地址": f"乌海市海勃湾区{c.choice(ROADS)}{c.randrange(1, 120)}号",
            "咨询电话": telephone(c),
            "办公时间": "工作日8:30—12:00，14:30—17:30",
        },
        profile="open",
    )
    # Days, rooms and numbers of papers are those of meetings; peaks and clouds are not people.
    yield listed("meetings of bureaux", 72, met)
    # Who heads an office is to be published, with its line.
    heads = group_of("fourteenth heads", 24, 40, 59)
    c = random.Random("fourteenth heads")
    yield told(
        "heads of bureaux, as the regulation on disclosure orders",
        {
            "机构名称": list(BUREAUX),
            "负责人姓名": [p.name for p in heads],
            "办公电话": [telephone(c) for _ in heads],
        },
        profile="open",
        rules=by_law("中华人民共和国政府信息公开条例第二十条", "负责人姓名", "办公电话"),
    )
    # The legal representative of a company is published by the register of companies.
    owners = group_of("fourteenth owners", 300, 25, 70)
    yield told(
        "companies and their legal representatives",
        {
            "企业名称": [company(c) for _ in owners],
            "统一社会信用代码": [credit_code(c) for _ in owners],
            "法定代表人": [p.name for p in owners],
            "成立日期": [at_day(c.randrange(700)) for _ in owners],
        },
        profile="open",
        rules=by_law("企业信息公示暂行条例第六条", "法定代表人"),
    )


# --- things --------------------------------------------------------------------------------------


def barcode(c: random.Random) -> str:
    """An EAN of thirteen digits with the check digit of GS1."""
    body = f"69{c.randrange(10**10):010}"
    total = sum(int(one) * (3 if n % 2 else 1) for n, one in enumerate(body))
    return body + str(-total % 10)


def batch(c: random.Random, n: int) -> str:
    return f"1503{c.choice(('02', '03', '04'))}{at_day(n, '%Y%m%d')}{c.randrange(10**4):04}"


def things() -> Iterator[Release]:
    # Barcodes pass check digits. Codes of batches have eighteen digits, a region and a day in
    # front; as citizens' numbers they pass no oftener than by chance.
    yield listed(
        "food inspections: codes of goods",
        500,
        lambda c, n: {
            "商品条码": barcode(c),
            "追溯码": batch(c, n),
            "产品名称": c.choice(("葡萄酒", "酸奶", "牛肉干", "挂面", "葡萄籽油")),
            "生产企业": company(c),
            "抽样日期": at_day(c.randrange(300)),
            "检验结论": c.choice(("合格", "合格", "合格", "不合格")),
        },
    )
    # Seconds and coordinates are those of stations that measure the air.
    yield listed(
        "air stations: measured each hour, to the metre",
        960,
        lambda c, n: {
            "监测站": f"{TOWNS[n % 8]}空气监测站",
            "经度": round(106.7 + n % 8 * 0.021357, 6),
            "纬度": round(39.5 + n % 8 * 0.018743, 6),
            "监测时间": at_minute(n // 8 * 60 + 7),
            "PM2.5": round(c.uniform(8, 90), 1),
        },
    )
    # Twenty digits on a plate: the device code of the lift, not a number of a person.
    yield listed(
        "lifts in public buildings: codes of devices",
        350,
        lambda c, n: {
            "设备代码": f"3110150302{2005 + n % 20}{n + 1:06}",
            "使用单位": c.choice(BUREAUX),
            "额定载重（kg）": c.choice((630, 800, 1000, 1600)),
            "下次检验日期": at_day(c.randrange(360)),
        },
    )
    # The addresses are those of the city's access points.
    yield listed(
        "access points in public squares",
        120,
        lambda c, n: {
            "点位": f"{ROADS[n % len(ROADS)]}公共无线{n + 1}号点",
            "MAC地址": ":".join(f"{c.randrange(256):02X}" for _ in range(6)),
            "管理IP": f"10.20.{n // 200}.{n % 200 + 10}",
            "固件版本": c.choice(("V3.1.2", "V3.2.0")),
        },
    )
    # Days and lengths are of roads that were mended.
    yield listed(
        "road works: days, lengths and sums",
        90,
        lambda c, n: {
            "工程编号": f"DL2025{n + 1:05}",
            "道路": c.choice(ROADS),
            "长度（米）": round(c.uniform(80, 2600), 2),
            "开工日期": at_day(c.randrange(200)),
            "结算金额（元）": round(c.uniform(1e5, 9e6), 2),
        },
    )


# --- counts --------------------------------------------------------------------------------------


def a_year_before(frame: pl.DataFrame) -> Mapping[str, Any]:
    c = random.Random("fourteenth a year before")
    fewer = [c.randrange(40, 110) for _ in range(frame.height)]
    return {"earlier": [frame.with_columns(pl.col("在册人数") - pl.Series(fewer))]}


def counts() -> Iterator[Release]:
    # Every cell counts many, and the parts of a sum do as well.
    yield counted(
        "pupils by town and stage",
        {"街道（镇）": TOWNS, "学段": ("小学", "初中", "高中")},
        lambda c: {"男生人数": c.randrange(120, 700), "女生人数": c.randrange(120, 700)},
        profile="open",
        k=10,
    )
    # Small cells are left out, and no sum is told from which they come back.
    yield counted(
        "relief by district and cause, small cells left out",
        {
            "旗区": ("海勃湾区", "海南区", "乌达区"),
            "致困原因": ("疾病", "残疾", "失业", "灾害", "其他"),
        },
        lambda c: {"户数": (None if c.random() < 0.3 else c.randrange(35, 400))},
        profile="open",
        k=10,
    )
    # Against the year before some forty or more have come.
    yield counted(
        "homes for the elderly: a year before is known",
        {"街道（镇）": TOWNS, "性别": ("男", "女")},
        lambda c: {"在册人数": c.randrange(200, 600)},
        others=a_year_before,
        profile="open",
        k=10,
    )
    # Means to the cent are of hundreds.
    yield counted(
        "means of pay by trade",
        {
            "行业": ("采矿业", "制造业", "教育", "建筑业", "批发零售业", "金融业"),
            "年度": ("2023", "2024"),
        },
        lambda c: {
            "从业人数": c.randrange(900, 9_000),
            "平均工资（元）": round(c.uniform(52_000, 118_000), 2),
        },
        profile="open",
    )
