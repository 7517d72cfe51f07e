"""Flawed releases of the seventh hand that nobody reads to mend for: they are only counted."""

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization.seventh_people import (
    CODES,
    TODAY,
    TOWNS,
    Person,
    Release,
    ages,
    columns,
    day,
    its,
    keyed,
    lines,
    money,
    people,
    pick,
    residents,
)

KNOWN = {"gender": its("sex"), "district": its("district"), "age_group": ages(18, 40, 60, 99)}
WHO = {"性别": its("sex"), "旗区": its("district"), "年龄": ages(18, 40, 60, 99, form="[{},{}]")}
MANUFACTURERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from words()
    yield from groups()
    yield from traces()


def numbers() -> Iterator[Release]:
    yield people(
        "enrolment of examinees: the photograph is called by the name",
        {"性别": its("sex"), "考点": its("district"), "科类": ("物理类", "历史类")},
        {"照顾政策": pick(无=8, 少数民族=2, 烈士子女=1)},
        {"照片": lambda c, p: f"{c.randrange(10**5):05}_{p.name}_正面.png"},
        of=(17, 20),
        codes="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("照片",),
    )
    yield people(
        "residence permits: region and birthday of the number stay",
        {"sex": its("sex"), "qx": its("district")},
        {"事由": pick(务工=6, 就学=2, 投靠=2)},
        {"zjhm": lambda _, p: p.ident[:14] + "****"},
        codes="PARTIAL_ID_REIDENTIFIABLE|UNDECLARED_QI_UNIQUE",
        at=("zjhm",),
    )
    yield people(
        "medical insurance: the number in hexadecimal",
        WHO,
        {"参保状态": pick(正常=8, 暂停=2, 终止=1)},
        {"医保编号": lambda _, p: f"YB{int(p.ident[:17]):X}"},
        codes="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH",
        at=("医保编号",),
    )
    yield people(
        "exam publicity: the law has the name shown, not the telephone",
        {"报考单位": tuple(f"乌海市{one}局" for one in ("教育", "水务", "民政", "林草"))},
        None,
        {
            "姓名": its("name"),
            "准考证号": lambda c, _: f"2503{c.randrange(10**7):07}",
            "笔试成绩": money(55, 88, 1),
            "联系电话": its("phone"),
        },
        count=500,
        codes="DIRECT_IDENTIFIER_LEFT",
        at=("联系电话",),
        rules={
            "姓名": "依法公开：公务员录用规定第三十条",
            "准考证号": "依法公开：公务员录用规定第三十条",
            "笔试成绩": "依法公开：公务员录用规定第三十条",
        },
    )
    yield people(
        "portal of services: mail boxes in the pinyin of names",
        KNOWN,
        {"service": pick(公积金查询=5, 社保转移=4, 户籍证明=3)},
        {"account": lambda c, p: f"{p.pinyin}{p.born:%y}@{c.choice(('163.com', 'qq.com'))}"},
        codes="DIRECT_IDENTIFIER_LEFT",
        at=("account",),
    )
    yield people(
        "talent flats: further fields as JSON with a telephone",
        WHO,
        {"户型": pick(一居=4, 两居=5, 单间=3)},
        {
            "ext_info": lambda c, p: json.dumps(
                {"src": c.choice(("app", "window")), "v": 2, "mob": p.phone, "ok": True}
            )
        },
        codes="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("ext_info",),
    )
    yield people(
        "subsidies for new cars: the number of the frame",
        {"所在区": its("district"), "车辆类型": pick(轿车=6, SUV=5)},
        {"补贴档": pick(一万=4, 一万五=3, 两万=2)},
        {
            "车架号": lambda c, _: (
                "LGX"
                + "".join(c.choice(MANUFACTURERS) for _ in range(8))
                + f"{c.randrange(10**6):06}"
            )
        },
        codes="DIRECT_IDENTIFIER_LEFT|LINKS_TO_REGISTER",
        at=("车架号",),
    )
    yield people(
        "parking at night: one sign of the plate is hidden",
        {"所在区": its("district"), "车型": pick(小型车=8, 大型车=2)},
        {"欠费": pick(无=6, 有=3)},
        {"车牌": lambda _, p: f"{p.plate[:2]}·{p.plate[2:4]}*{p.plate[5:]}"},
        codes="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("车牌",),
    )
    yield people(
        "free Wi-Fi of the square: addresses of telephones",
        {"热点": ("人民广场", "滨河公园", "汽车站"), "月份": ("2025-07", "2025-08", "2025-09")},
        {"时长档": pick(短=6, 中=3, 长=1)},
        {
            "term_mac": lambda c, _: ":".join(
                f"{byte & (0xFC if n == 0 else 0xFF):02X}" for n, byte in enumerate(c.randbytes(6))
            )
        },
        codes="DIRECT_IDENTIFIER_LEFT",
        at=("term_mac",),
    )
    yield people(
        "vouchers: a digest of the telephone",
        WHO,
        {"券种": pick(餐饮=5, 家电=3, 文旅=2)},
        {"用户标识": lambda _, p: hashlib.new("sm3", p.phone.encode()).hexdigest()},
        count=1800,
        codes="UNSALTED_HASH",
        at=("用户标识",),
    )
    yield people(
        "blood donors: a digest of the name",
        {"性别": its("sex"), "献血点": its("district"), "血型": pick(A=3, B=3, O=3, AB=1)},
        {"献血量": pick(**{"200ml": 3, "400ml": 5})},
        {"donor": lambda _, p: hashlib.sha256(p.name.encode()).hexdigest()[:32]},
        codes="UNSALTED_HASH",
        at=("donor",),
    )
    yield people(
        "elders' meals: the family is called by its head",
        {"性别": its("sex"), "镇街": its("district"), "年龄段": ages(65, 75, 85, 95)},
        {"补助": pick(全额=3, 半额=4, 自费=4)},
        {"家庭": lambda _, p: f"{p.name}户"},
        of=(65, 94),
        codes="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("家庭",),
    )
    yield people(
        "sports cards: initials of the name and the birthday make the code",
        {"性别": its("sex"), "场馆": ("体育馆", "游泳馆", "全民健身中心")},
        {"活跃度": pick(高=3, 中=5, 低=4)},
        {
            "会员码": lambda _, p: f"{p.pinyin[0]}{p.pinyin[-3]}".upper() + f"{p.born:%Y%m%d}",
        },
        codes="UNDECLARED_QI_UNIQUE|PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("会员码",),
    )


def words() -> Iterator[Release]:
    c = random.Random("rulings")
    yield lines(
        "rulings: accused with name and birthday in the text",
        [
            {
                "案号": f"（2025）内0302刑初{n + 3}号",
                "案由": (reason := c.choice(("盗窃", "危险驾驶", "故意伤害", "诈骗"))),
                "正文": f"被告人{p.name}，{p.sex}，{p.born:%Y年%-m月%-d日}出生，"
                f"因涉嫌{reason}罪于2025年{c.randrange(1, 10)}月被取保候审。",
            }
            for n, p in enumerate(residents(400, "rulings", (19, 70)))
        ],
        "FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        ("正文",),
    )
    yield people(
        "rental subsidies: a remark goes up to the door",
        WHO,
        {"审核结果": pick(通过=7, 补正=3, 不通过=1)},
        {
            "备注": lambda c, p: (
                f"入户核查：{p.address}，家中有人"
                if c.random() < 0.25
                else c.choice(("", "无", "材料齐"))
            )
        },
        codes="FULL_ADDRESS_LEFT|FREE_TEXT_LEAK",
        at=("备注",),
    )
    yield people(
        "consultations online: accounts to be added in the question",
        {"来源": ("网站", "公众号", "小程序"), "部门": ("人社", "医保", "公积金", "教育")},
        {"状态": pick(已答=8, 待答=2)},
        {
            "留言": lambda c, p: (
                c.choice(("社保怎么转", "孩子上学要什么材料", "退休年龄怎么算"))
                + (
                    f"，加我微信wx_{p.pinyin}{p.born:%m%d}细说"
                    if c.random() < 0.3
                    else "，谢谢回复"
                )
            )
        },
        codes="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("留言",),
    )


def groups() -> Iterator[Release]:
    def blanks(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
        few = frame.with_row_index("#")["#"] % 97 == 3
        return frame.with_columns(pl.when(few).then(None).otherwise(pl.col("学历")).alias("学历"))

    yield people(
        "applicants for work: who left the schooling empty stands almost alone",
        {"性别": its("sex"), "区": its("district"), "学历": pick(大专=5, 本科=5, 高中=5)},
        {"求职意向": pick(全职=6, 兼职=3, 实习=2)},
        spoil=blanks,
        codes="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("学历",),
    )

    def skewed(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
        there = (pl.col("district") == "海南区") & (pl.int_range(pl.len()) % 20 > 0)
        return frame.with_columns(
            pl.when(there).then(pl.lit("吸毒")).otherwise(pl.col("reason")).alias("reason")
        )

    yield people(
        "administrative cases: nearly all of one district have one reason",
        {"gender": its("sex"), "district": its("district")},
        {"reason": pick(赌博=4, 斗殴=4, 吸毒=1, 扰乱秩序=3)},
        spoil=skewed,
        codes="T_TOO_LARGE|L_TOO_SMALL",
        at=("reason",),
        t=0.3,
    )
    yield people(
        "beneficiaries by people: one of a people that hardly lives here",
        {"性别": its("sex"), "区": its("district")},
        {"资助项目": pick(助学=5, 助医=3, 助困=4)},
        {
            "民族": lambda c, _: (
                c.choice(("鄂伦春族", "赫哲族", "珞巴族", "独龙族"))
                if c.random() < 0.006
                else c.choice(("汉族", "汉族", "汉族", "蒙古族", "回族"))
            )
        },
        codes="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("民族",),
    )
    posts = ("市财政局局长", "区人民法院院长", "市第一中学校长", "矿业集团总经理", "市话剧团团长")
    yield people(
        "health of cadres: some posts are held by one",
        {"sex": its("sex"), "年龄段": ages(30, 40, 50, 60)},
        {"体检异常": pick(无=5, 血压=4, 血糖=3, 肝功=1)},
        {"职务": ("一级科员", "四级主任科员", "其他")},
        of=(30, 59),
        spoil=lambda frame, _: frame.with_columns(
            pl.Series("职务", [*posts, *frame["职务"][len(posts) :]]).shuffle(seed=11)
        ),
        codes="UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT",
        at=("职务",),
    )
    c = random.Random("pay")
    yield lines(
        "pay by unit and grade: a mean of one or two",
        [
            {
                "单位": f"{district}{office}",
                "岗位等级": grade,
                "人数": c.choice((1, 2, 1, 12, 18, 27, 33)),
                "平均月工资": round(c.uniform(4200, 11000), 2),
            }
            for district in CODES
            for office in ("住建局", "教育局", "文旅局", "水务局", "农牧局", "司法局", "统计局")
            for grade in ("管理岗七级", "管理岗八级", "专技九级", "专技十级", "工勤三级")
        ],
        "K_TOO_SMALL",
        ("人数",),
    )
    yield lines(
        "screening by township: the share gives back the small number",
        [
            {
                "镇街": town,
                "年度": year,
                "癌种": kind,
                "筛查人数": (many := c.randrange(60, 400)),
                "阳性人数": "<5" if (few := c.choice((1, 2, 3, 9, 14))) < 5 else str(few),
                "阳性率(%)": round(few / many * 100, 3),
            }
            for towns in TOWNS.values()
            for town in towns
            for year in (2022, 2023, 2024)
            for kind in ("乳腺癌", "宫颈癌")
        ],
        "K_TOO_SMALL",
        ("阳性率(%)",),
    )
    yield people(
        "marriages: the day and both years of birth",
        {"登记机关": its("district")},
        {"婚姻次数": pick(初婚=8, 再婚=3)},
        {
            "登记日期": day("%Y年%m月%d日"),
            "男方出生年": lambda c, _: c.randrange(1965, 2003),
            "女方出生年": lambda c, _: c.randrange(1967, 2004),
        },
        codes="UNDECLARED_QI_UNIQUE",
        at=("登记日期", "男方出生年+女方出生年"),
    )
    yield people(
        "screening of infants: the age in days on a known day",
        {"性别": its("sex"), "出生区": its("district")},
        {"筛查结果": pick(通过=9, 未通过=1)},
        {"日龄": lambda _, p: (TODAY - p.born).days, "统计截止": TODAY.isoformat()},
        of=(0, 3),
        codes="UNDECLARED_QI_UNIQUE",
        at=("日龄",),
    )


def traces() -> Iterator[Release]:
    c = random.Random("bikes")
    cells = [f"网格{n:02}" for n in range(24)]
    rides = []
    for _ in range(140):
        rider, usual = f"u{c.getrandbits(40):010x}", c.sample(cells, 5)
        rides += [
            {
                "rider": rider,
                "ride_date": (TODAY - timedelta(days=c.randrange(45))).strftime("%Y%m%d"),
                "hour": c.randrange(6, 23),
                "from_cell": c.choice(usual),
                "to_cell": c.choice(usual),
            }
            for _ in range(12)
        ]
    yield lines(
        "shared bicycles: all rides of a rider",
        rides,
        "UNDECLARED_QI_UNIQUE",
        ("rider", "ride_date+from_cell", "ride_date+to_cell"),
    )
    begun = datetime(2025, 3, 1, tzinfo=UTC)
    yield people(
        "calls to the police: milliseconds of the epoch",
        {"报警人性别": its("sex"), "辖区": its("district")},
        {"警情": pick(盗窃=5, 家庭暴力=2, 噪声=5, 走失=1)},
        {"bj_ts": lambda c, _: int(begun.timestamp() * 1000) + c.randrange(150 * 86_400_000)},
        codes="TIMESTAMP_TOO_FINE",
        at=("bj_ts",),
    )
    yield people(
        "hospital bills: what the patient paid, to the cent",
        WHO,
        {"病种大类": pick(循环系统=5, 呼吸系统=4, 肿瘤=2)},
        {"自付金额": lambda c, _: f"{c.uniform(80, 30000):,.2f}元"},
        count=4000,
        codes="AMOUNT_TOO_FINE",
        at=("自付金额",),
    )

    def degrees(value: float) -> str:
        minutes = (value % 1) * 60
        return f"{int(value)}°{int(minutes)}′{(minutes % 1) * 60:.2f}″"

    yield people(
        "care at home: the door in degrees, minutes and seconds",
        {"性别": its("sex"), "年龄段": ages(65, 75, 85, 95)},
        {"失能等级": pick(轻度=5, 中度=3, 重度=2)},
        {
            "东经": lambda c, _: degrees(106.7 + c.random() / 5),
            "北纬": lambda c, _: degrees(39.4 + c.random() / 3),
        },
        of=(65, 94),
        codes="LOCATION_TOO_FINE",
        at=("东经+北纬",),
    )

    def before(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"区": its("district"), "贷款余额档": ("十万以下", "十至三十万", "三十万以上")}
        beside = pl.DataFrame(columns(held, cells, "earlier")).with_columns(
            ("GJJ-" + frame["人员码"].str.slice(3)).alias("借款人")
        )
        return {"earlier": [beside.sample(fraction=0.5, seed=1, shuffle=True)]}

    yield people(
        "pensions: pseudonyms of an earlier release with another front",
        WHO,
        {"待遇档": pick(一档=4, 二档=5, 三档=2)},
        {"人员码": keyed(18, "SB-")},
        others=before,
        codes="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("人员码",),
    )

    def register(_: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        voters = {
            "姓名": its("name"),
            "sex": its("sex"),
            "csny": lambda _, p: f"{p.born:%Y-%m}",
            "town": its("town"),
        }
        made = pl.DataFrame(columns(held, voters, "voters"))
        return {"auxiliary": [made.sample(fraction=1.0, seed=5, shuffle=True)]}

    yield people(
        "owners of small shops: month of birth and township are in the list of voters",
        {"sex": its("sex"), "经营类别": pick(零售=6, 餐饮=5)},
        {"贷款逾期": pick(否=8, 是=2)},
        {"csny": lambda _, p: f"{p.born:%Y-%m}", "town": its("town")},
        others=register,
        codes="LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE",
        at=("csny+town", "csny"),
    )
