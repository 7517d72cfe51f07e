"""Flawed releases of the seventh hand that may be read and mended for."""

import hashlib
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from tests.anonymization.seventh_people import (
    TOWNS,
    Person,
    Release,
    ages,
    columns,
    day,
    its,
    keyed,
    lines,
    moment,
    money,
    people,
    pick,
    residents,
)

USUAL = {"性别": its("sex"), "所在区": its("district"), "年龄段": ages(18, 35, 50, 65, 99)}
DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"


def geohash(lon: float, lat: float, signs: int = 9) -> str:
    """The cell of a place, interleaved bits of longitude and latitude."""
    low, high, made = [-180.0, -90.0], [180.0, 90.0], ""
    for sign in range(signs):
        value = 0
        for bit in range(5):
            axis = (sign * 5 + bit) % 2
            middle = (low[axis] + high[axis]) / 2
            above = (lon, lat)[axis] >= middle
            (low if above else high)[axis] = middle
            value = 2 * value + above
        made += GEOHASH[value]
    return made


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from words()
    yield from groups()
    yield from traces()


def numbers() -> Iterator[Release]:
    yield people(
        "kindergarten: the path of the file holds the number",
        {"性别": its("sex"), "所在区": its("district"), "班型": ("小班", "中班", "大班")},
        {"入园方式": pick(片区=6, 随迁=3, 优抚=2)},
        {"档案路径": lambda c, p: f"/data/yey/2025/{c.randrange(1, 40):02}/{p.ident}/zp_1.jpg"},
        of=(3, 6),
        codes="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("档案路径",),
    )
    yield people(
        "low-income aid: the middle of the number hidden, the birthday beside it",
        {"性别": its("sex"), "区": its("district")},
        {"保障类别": pick(A类=3, B类=5, C类=4)},
        {
            "证件号码": lambda _, p: f"{p.ident[:6]}********{p.ident[14:]}",
            "出生日期": lambda _, p: f"{p.born:%Y/%m/%d}",
        },
        codes="PARTIAL_ID_REIDENTIFIABLE",
        at=("证件号码",),
    )
    yield people(
        "disability cards: the card is the number and two signs",
        USUAL,
        {"补贴项目": pick(困难残疾人生活补贴=5, 重度残疾人护理补贴=4, 辅具适配=2)},
        {"cjzh": lambda c, p: f"{p.ident}{c.randrange(1, 8)}{c.randrange(1, 5)}"},
        codes="DIRECT_IDENTIFIER_LEFT",
        at=("cjzh",),
    )
    yield people(
        "pupils: the national number is G and the citizen's number",
        {"性别": its("sex"), "区": its("district"), "学段": ("小学低年级", "小学高年级", "初中")},
        {"体质评定": pick(优秀=2, 良好=5, 及格=6, 不及格=1)},
        {"全国学籍号": lambda _, p: "G" + p.ident},
        of=(7, 15),
        codes="DIRECT_IDENTIFIER_LEFT",
        at=("全国学籍号",),
    )
    yield people(
        "training vouchers: a number that a spreadsheet rounded keeps place and birthday",
        USUAL,
        {"培训工种": pick(电工=4, 育婴员=3, 中式烹调=5, 叉车=2)},
        {"身份证号": lambda _, p: int(p.ident[:15]) * 1000},
        codes="PARTIAL_ID_REIDENTIFIABLE|UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT",
        at=("身份证号",),
    )
    yield people(
        "parking debts: the plate in two columns",
        {"所在区": its("district"), "车型": pick(小型车=9, 新能源=3, 货车=1)},
        {"欠费档": pick(五十元以下=6, 五十至二百元=3, 二百元以上=1)},
        {"号牌前缀": lambda _, p: p.plate[:3], "号牌序号": lambda _, p: p.plate[3:]},
        codes="DIRECT_IDENTIFIER_LEFT|PARTIAL_ID_REIDENTIFIABLE",
        at=("号牌前缀+号牌序号", "号牌序号"),
    )
    yield people(
        "loans for farmers: contact is mostly an office, sometimes a mobile",
        USUAL,
        {"贷款用途": pick(种植=4, 养殖=5, 购置农机=2)},
        {
            "联系方式": lambda c, p: (
                f"{p.phone[:3]} {p.phone[3:7]} {p.phone[7:]}"
                if c.random() < 0.12
                else f"0473-20{c.randrange(10, 30)}{c.randrange(1000, 1020)}"
            )
        },
        codes="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("联系方式",),
    )
    yield people(
        "legal aid: two columns hide different parts of one telephone",
        USUAL,
        {"案由": pick(劳动争议=5, 婚姻家庭=4, 交通事故=3)},
        {
            "预约电话": lambda _, p: f"{p.phone[:7]}****",
            "回访电话": lambda _, p: f"{p.phone[:3]}****{p.phone[7:]}",
        },
        codes="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("预约电话+回访电话", "预约电话", "回访电话"),
    )
    yield people(
        "vaccination: a digest of the number in capitals",
        {"性别": its("sex"), "区": its("district"), "剂次": ("第1剂", "第2剂", "加强")},
        {"不良反应": pick(无=8, 发热=2, 局部红肿=2)},
        {"受种者编码": lambda _, p: hashlib.md5(p.ident.encode()).hexdigest().upper()},
        codes="UNSALTED_HASH",
        at=("受种者编码",),
    )
    yield people(
        "charging: a digest of the plate",
        {"性别": its("sex"), "区": its("district")},
        {"充电时段": pick(谷=6, 平=4, 峰=2)},
        {"veh_id": lambda _, p: hashlib.sha1(p.plate.encode()).hexdigest()},
        count=1800,
        codes="UNSALTED_HASH",
        at=("veh_id",),
    )
    yield lines(
        "judgment debtors: a basis is given for the name, and the whole number is left",
        [
            {
                "被执行人": p.name,
                "证件号码": p.ident,
                "执行法院": f"乌海市{p.district}人民法院",
                "案号": f"(2025)内03{n % 9:02}执{n + 11}号",
                "履行情况": ("全部未履行", "部分未履行")[n % 2],
            }
            for n, p in enumerate(residents(420, "debtors", (22, 70)))
        ],
        "DIRECT_IDENTIFIER_LEFT",
        ("证件号码",),
        rules={
            "被执行人": "依法公开：最高人民法院关于公布失信被执行人名单信息的若干规定第六条",
            "案号": "依法公开：同上",
        },
    )
    yield long_table()


def long_table() -> Release:
    c = random.Random("long table")
    rows = []
    for n, p in enumerate(residents(300, "long table", (18, 70))):
        values = {
            "服务类别": c.choice(("助餐", "助浴", "保洁")),
            "满意度": c.choice(("满意", "一般", "不满意")),
            "所在区": p.district,
            "登记人": p.name,
            "登记证件": p.ident,
        }
        rows += [{"记录": f"R{n:05}", "属性": key, "值": value} for key, value in values.items()]
    return lines(
        "care at home: attribute and value, and some values are names and numbers",
        rows,
        "DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        ("值",),
    )


def words() -> Iterator[Release]:
    asks = ("路灯不亮", "暖气不热", "楼上漏水", "夜间施工噪声", "垃圾无人清运", "公交久等不来")
    yield people(
        "hotline 12345: some give their telephone in words",
        {"所属区": its("district"), "受理月份": day("%Y-%m", days=180)},
        {"办理结果": pick(已办结=6, 转办=3, 解释说明=2)},
        {
            "诉求内容": lambda c, p: (
                f"市民反映{p.town}{c.choice(asks)}，希望尽快处理。"
                + (f"回电请打{p.phone.translate(DIGITS)}。" if c.random() < 0.2 else "")
            )
        },
        codes="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("诉求内容",),
    )
    yield people(
        "hearings on removal: who said what",
        {"片区": ("东片", "西片", "南片"), "房屋性质": pick(住宅=6, 商铺=3, 厂房=1)},
        {"意见": pick(同意=6, 不同意=3, 弃权=2)},
        {
            "纪要": lambda c, p: (
                f"{c.choice(('上午', '下午'))}会议。被征收人{p.name}提出"
                f"{c.choice(('评估价偏低', '过渡期太长', '安置房位置偏远'))}，工作组当场答复。"
            )
        },
        codes="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("纪要",),
    )
    yield people(
        "injuries at work: the employer's name gives its owner in brackets",
        USUAL,
        {"伤情": pick(骨折=4, 挫伤=5, 烧烫伤=2)},
        {
            "用人单位": lambda c, p: (
                f"乌海市{p.district}{c.choice('福顺祥旺')}{c.choice('来隆达源')}"
                f"{c.choice(('小吃店', '汽修部', '五金店'))}（经营者：{p.name}）"
            )
        },
        codes="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("用人单位",),
    )
    yield people(
        "housing fund: the flat in four columns",
        {"性别": its("sex"), "区": its("district")},
        {"提取原因": pick(购房=5, 还贷=6, 租房=3)},
        {
            "小区名称": lambda _, p: p.home[0],
            "楼栋": lambda _, p: p.home[1],
            "单元": lambda _, p: p.home[2],
            "房号": lambda _, p: p.home[3],
        },
        codes="FULL_ADDRESS_LEFT",
        at=("小区名称+楼栋+房号", "楼栋+房号", "小区名称+房号"),
    )
    yield people(
        "heating subsidies: the place to hand in is somebody's door",
        USUAL,
        {"补贴档次": pick(一档=3, 二档=5, 三档=4)},
        {
            "发放地点": lambda c, p: (
                p.address
                if c.random() < 0.3
                else f"{p.district}{p.town}便民服务中心{c.choice('1234')}号窗口"
            )
        },
        codes="FULL_ADDRESS_LEFT",
        at=("发放地点",),
    )


def groups() -> Iterator[Release]:
    jobs = tuple(
        f"{a}{b}"
        for a in ("煤矿", "化工", "电力", "铁路", "医院", "学校", "酒店", "物业")
        for b in ("操作工", "安全员", "统计员", "调度员", "维修工", "质检员", "班长", "材料员")
    )
    yield people(
        "registered unemployed: a trade so fine that the declared groups are small",
        USUAL,
        {"失业原因": pick(合同到期=5, 单位裁员=3, 个人原因=4)},
        {"原职业": jobs},
        codes="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("原职业",),
        quasi_identifiers=[*USUAL, "原职业"],
    )

    def uniform(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
        there = (pl.col("性别") == "男") & (pl.col("所在区") == "海南区")
        return frame.with_columns(
            pl.when(there).then(pl.lit("阳性")).otherwise(pl.col("检测结果")).alias("检测结果")
        )

    yield people(
        "tests of workers at risk: all men of one district are positive",
        {"性别": its("sex"), "所在区": its("district")},
        {"检测结果": pick(阴性=8, 阳性=2)},
        spoil=uniform,
        codes="L_TOO_SMALL|T_TOO_LARGE",
        at=("检测结果",),
    )
    c = random.Random("townships")
    yield lines(
        "infections by township: cells of one and two",
        [
            {
                "统计年度": year,
                "旗区": district,
                "镇街": town,
                "病种": disease,
                "报告人数": c.choice((1, 2, 3, 2, 14, 25, 31, 40, 18)),
            }
            for year in range(2021, 2025)
            for district, towns in TOWNS.items()
            for town in towns
            for disease in ("艾滋病", "梅毒", "肺结核", "乙肝")
        ],
        "K_TOO_SMALL",
        ("报告人数",),
    )
    yield lines(
        "orphans by township: what is starred follows from the sum",
        [row for year in range(2012, 2025) for row in starred(c, year)],
        "K_TOO_SMALL",
        ("孤儿人数",),
        rules={"孤儿人数": "少于5人的格子以*隐去"},
    )
    yield people(
        "hospital stays: first and last day and the year of birth",
        {"性别": its("sex"), "区": its("district")},
        {"科室": pick(内科=6, 外科=4, 骨科=3, 妇产科=2)},
        {
            "入院日期": day(),
            "出院日期": day(first=date(2025, 10, 1), days=25),
            "出生年": lambda _, p: p.born.year,
        },
        codes="UNDECLARED_QI_UNIQUE",
        at=("入院日期", "出院日期"),
    )
    yield people(
        "care allowances: the birthday as the serial number of a spreadsheet",
        {"性别": its("sex"), "街道": its("town")},
        {"照护等级": pick(一级=3, 二级=4, 三级=5)},
        {"csrq": lambda _, p: (p.born - date(1899, 12, 30)).days},
        of=(60, 95),
        codes="UNDECLARED_QI_UNIQUE|LINKS_TO_REGISTER|DIRECT_IDENTIFIER_LEFT",
        at=("csrq",),
    )
    yield households()


def starred(c: random.Random, year: int) -> list[dict[str, Any]]:
    """A year's counts with one small cell hidden, and their sum."""
    towns = [town for names in TOWNS.values() for town in names]
    counts = [c.randrange(8, 30) for _ in towns]
    hidden = c.randrange(len(towns))
    counts[hidden] = c.randrange(1, 4)
    rows: list[dict[str, Any]] = [
        {"年度": year, "镇街": town, "孤儿人数": "*" if n == hidden else str(counts[n])}
        for n, town in enumerate(towns)
    ]
    return [*rows, {"年度": year, "镇街": "合计", "孤儿人数": str(sum(counts))}]


def households() -> Release:
    c = random.Random("households")
    rows = []
    for house in range(380):
        kinds = ["户主", "配偶"] + ["子女"] * c.randrange(0, 4) + ["父母"] * c.randrange(0, 3)
        district = c.choice(list(TOWNS))
        for kind in kinds:
            low, high = {"子女": (0, 4), "父母": (6, 9)}.get(kind, (3, 7))
            rows.append(
                {
                    "户编号": f"H{house * 7919 % 99991:05}",
                    "旗区": district,
                    "与户主关系": kind,
                    "性别": c.choice("男女"),
                    "年龄段": f"{c.randrange(low, high)}0多岁",
                    "文化程度": c.choice(("初中及以下", "高中", "大专及以上")),
                }
            )
    return lines(
        "census extract: every member alone is one of many, the family is not",
        rows,
        "UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        ("户编号",),
        quasi_identifiers=["旗区", "性别", "年龄段"],
        k=5,
    )


def traces() -> Iterator[Release]:
    c = random.Random("taps")
    stops = [
        f"{a}{b}" for a in ("市医院", "火车站", "二中", "植物园", "矿务局") for b in "东西南北中"
    ]
    rows = []
    for _ in range(160):
        card, usual = f"{c.getrandbits(48):012x}", c.sample(stops, 4)
        rows += [
            {
                "卡片编号": card,
                "卡类": c.choice(("普通卡", "学生卡", "敬老卡")),
                "刷卡日期": (date(2025, 9, 1) + timedelta(days=c.randrange(30))).isoformat(),
                "时段": c.choice(("早高峰", "平峰", "晚高峰")),
                "上车站": c.choice(usual),
            }
            for _ in range(12)
        ]
    yield lines(
        "transport cards: one pseudonym through a month of stops",
        rows,
        "UNDECLARED_QI_UNIQUE",
        ("卡片编号", "刷卡日期+上车站"),
        quasi_identifiers=["卡类"],
        k=10,
    )
    yield people(
        "ambulances: the second of the call",
        {"性别": its("sex"), "呼救区": its("district"), "年龄段": ages(18, 45, 65, 99)},
        {"初步判断": pick(外伤=5, 胸痛=3, 晕厥=3, 中毒=1)},
        {"呼救时间": moment()},
        count=5000,
        codes="TIMESTAMP_TOO_FINE",
        at=("呼救时间",),
    )
    yield people(
        "housing fund: what is paid in each month, to the cent",
        USUAL,
        {"账户状态": pick(正常=8, 封存=3)},
        {"月缴存额": money(300, 4200)},
        codes="AMOUNT_TOO_FINE",
        at=("月缴存额",),
    )
    yield people(
        "pupils: the home as a geohash of nine signs",
        {"性别": its("sex"), "学段": ("小学", "初中")},
        {"交通方式": pick(步行=6, 公交=4, 私家车=5)},
        {
            "住址格网": lambda c, _: geohash(106.7 + c.random() / 5, 39.4 + c.random() / 3),
        },
        of=(7, 15),
        codes="LOCATION_TOO_FINE",
        at=("住址格网",),
    )

    def before(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"区": its("district"), "慢病种类": ("高血压", "糖尿病", "慢阻肺")}
        beside = pl.DataFrame(columns(held, cells, "before")).with_columns(frame["居民码"])
        return {"earlier": [beside.sample(fraction=0.4, seed=7)]}

    yield people(
        "physical checks: the same pseudonyms as in last year's release of another office",
        USUAL,
        {"体检结论": pick(未见异常=6, 复查=4, 转诊=1)},
        {"居民码": keyed(20)},
        others=before,
        codes="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("居民码",),
    )

    def register(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        owners = pl.DataFrame(
            {
                "权利人": [p.name for p in held],
                "坐落": [p.address for p in held],
                "建筑面积": frame["核定面积"],
            }
        )
        return {"auxiliary": [owners.sample(fraction=0.8, seed=3, shuffle=True)]}

    yield people(
        "repairs of dangerous houses: the area is in the register of property",
        {"区": its("district"), "结构": ("砖混", "砖木", "土木")},
        {"鉴定等级": pick(C级=6, D级=4)},
        {"核定面积": money(40, 240)},
        others=register,
        codes="LINKS_TO_REGISTER|AMOUNT_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("核定面积",),
    )
