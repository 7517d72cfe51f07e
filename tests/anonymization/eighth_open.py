"""Flawed releases of the eighth hand that may be read and mended for."""

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    STEPPE,
    STREETS,
    Person,
    Release,
    at_minute,
    band,
    cells_of,
    folk,
    of,
    rows,
    some,
    token,
    when,
)

PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from words()
    yield from groups()
    yield from traces()


def numbers() -> Iterator[Release]:
    yield folk(
        "library cards: the last four signs of the number hidden, the birthday left in it",
        {"性别": of("sex"), "办证点": ("总馆", "乌达分馆", "海南分馆")},
        {"借阅等级": some(普通=7, 家庭=3, 少儿陪读=2)},
        {"读者证件": lambda _, p: p.ident[:14] + "****"},
        flaw="PARTIAL_ID_REIDENTIFIABLE|UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT",
        at=("读者证件",),
    )
    yield folk(
        "hotline 12345: the caller's middle starred, the number segment in a column of its own",
        {"旗区": of("district"), "来电月份": when("%Y-%m", days=200)},
        {"回访结果": some(满意=7, 基本满意=3, 不满意=1)},
        {
            "来电号码": lambda _, p: f"{p.phone[:3]}****{p.phone[7:]}",
            "号段": lambda _, p: p.phone[:7],
        },
        count=2400,
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("来电号码", "号段", "来电号码+号段"),
    )
    yield folk(
        "traffic violations: plates without the sign of the province",
        {"违法地点区": of("district"), "车种": some(小型客车=9, 轻型货车=2)},
        {"违法行为": some(违停=6, 超速=4, 闯红灯=2)},
        {"hphm": lambda _, p: p.plate[1:]},
        count=800,
        flaw="DIRECT_IDENTIFIER_LEFT|PARTIAL_ID_REIDENTIFIABLE|UNDECLARED_QI_UNIQUE",
        at=("hphm",),
    )
    yield folk(
        "housing fund: the citizen's number as hexadecimal digits of one great number",
        PLAIN,
        {"提取用途": some(偿还贷款=6, 租房=4, 退休=2)},
        {"职工账号": lambda _, p: f"{int(p.ident[:17]):015x}"},
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH|PARTIAL_ID_REIDENTIFIABLE",
        at=("职工账号",),
    )
    yield folk(
        "farm subsidies: the bank card in base64",
        {"旗区": of("district"), "补贴种类": ("耕地地力", "粮豆轮作", "农机购置")},
        {"发放状态": some(成功=9, 退回=2)},
        {
            "acct": lambda _, p: base64.b64encode(p.card.encode()).decode(),
        },
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH",
        at=("acct",),
    )
    yield folk(
        "clinic visits: a digest salted with the serial number beside it",
        PLAIN,
        {"就诊科室": some(内科=6, 中医科=3, 口腔科=3)},
        {"流水号": lambda c, _: f"{c.randrange(10**8):08}", "患者标识": ""},
        count=300,
        flaw="UNSALTED_HASH",
        at=("患者标识",),
        spoil=lambda frame, held: frame.with_columns(
            pl.Series(
                "患者标识",
                [
                    hashlib.sha256((p.phone + salt).encode()).hexdigest()
                    for p, salt in zip(held, frame["流水号"], strict=True)
                ],
            )
        ),
    )
    yield folk(
        "volunteers: the account is mostly a nickname, for some a mail address",
        {"性别": of("sex"), "服务队": ("交通劝导", "助老", "环保", "赛事保障")},
        {"星级": some(一星=7, 二星=4, 三星=2)},
        {
            "平台账号": lambda c, p: (
                p.mail
                if c.random() < 0.15
                else c.choice(("阳光", "追风", "沙漠胡杨", "黄河水", "小蚂蚁"))
                + c.choice(("", "志愿者", "2020"))
            )
        },
        count=1600,
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("平台账号",),
    )
    yield folk(
        "elder care: surname and given name in two columns",
        {"性别": of("sex"), "机构": ("市社会福利院", "颐养中心", "银龄公寓")},
        {"护理等级": some(自理=4, 半失能=4, 失能=3)},
        {
            "姓": lambda _, p: p.name[:2] if p.name[:2] in ("欧阳", "上官") else p.name[:1],
            "名": lambda _, p: p.name[2:] if p.name[:2] in ("欧阳", "上官") else p.name[1:],
        },
        aged=(60, 96),
        count=380,
        flaw="DIRECT_IDENTIFIER_LEFT|PARTIAL_ID_REIDENTIFIABLE",
        at=("姓+名", "名"),
    )


def half_starred(_: random.Random, p: Person) -> str:
    """A script for names of three signs: shorter and longer ones it lets through."""
    return p.name[0] + "**" if len(p.name) == 3 and p.name not in STEPPE else p.name


def words() -> Iterator[Release]:
    yield folk(
        "heating aid: names starred by a script that knows names of three signs alone",
        PLAIN,
        {"补助档": some(甲=3, 乙=5, 丙=4)},
        {"受助人": half_starred},
        count=1300,
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("受助人",),
    )
    yield folk(
        "small claims: the facts begin with who sued whom",
        {"受理法庭": of("district"), "案由": ("买卖合同", "民间借贷", "物业服务")},
        {"结案方式": some(调解=6, 判决=4, 撤诉=3)},
        {
            "案情摘要": lambda c, p: (
                f"原告{p.name}，{p.sex}，汉族，{p.born.year}年生，与被告因"
                f"{c.choice(('货款', '借款', '物业费'))}{c.randrange(3, 90) * 500}元发生纠纷，"
                f"{c.choice(('经催要未果诉至本院', '双方自愿达成协议'))}。"
            )
        },
        count=640,
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("案情摘要",),
    )
    yield folk(
        "skills vouchers: the form as it came, as JSON",
        PLAIN,
        {"培训结果": some(合格=8, 不合格=2)},
        {
            "ext": lambda c, p: json.dumps(
                {"channel": c.choice(("app", "窗口")), "form": {"xm": p.name, "lxfs": p.phone}},
                ensure_ascii=False,
            )
        },
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("ext",),
    )
    yield folk(
        "water bills: the street is starred, block, stair and flat stand beside it",
        {"旗区": of("district"), "用水性质": some(居民=9, 非居民=2)},
        {"欠费月数": some(无=8, 一至三=3, 三以上=1)},
        {
            "用水地址": lambda _, p: (
                f"{p.district}***{p.door[0]}{p.door[1]}号楼{p.door[2]}单元{p.door[3]}"
            )
        },
        count=2200,
        flaw="FULL_ADDRESS_LEFT",
        at=("用水地址",),
    )


def groups() -> Iterator[Release]:
    yield folk(
        "births: the day and the weight in grams",
        {"新生儿性别": of("sex"), "助产机构": ("市人民医院", "市妇幼保健院", "蒙中医院")},
        {"分娩方式": some(自然=6, 剖宫产=4)},
        {"出生日期": of("born"), "体重g": lambda c, _: round(c.gauss(3300, 420))},
        aged=(0, 1),
        count=420,
        flaw="UNDECLARED_QI_UNIQUE",
        at=("出生日期", "出生日期+体重g"),
    )
    posts = ("科员", "主任科员", "办事员", "工程师", "副科长", "科长")
    rare = (
        "海勃湾区副区长",
        "滨河街道党工委书记",
        "市博物馆馆长",
        "公乌素镇镇长",
        "市水务局总工程师",
        "乌达区人民法院院长",
        "市第一中学校长",
        "市蒙中医院院长",
    )
    yield folk(
        "health checks of the public service: among common posts some that one person holds",
        {"性别": of("sex"), "年龄组": band(24, 35, 50, 61)},
        {"血压": some(正常=7, 偏高=4)},
        {"职务": lambda c, _: c.choice(posts)},
        aged=(24, 59),
        spoil=lambda frame, _: frame.with_columns(
            pl.when(pl.int_range(pl.len()) % 97 == 5)
            .then(pl.Series([rare[n // 97 % len(rare)] for n in range(frame.height)]))
            .otherwise(pl.col("职务"))
            .alias("职务")
        ),
        flaw="UNDECLARED_QI_UNIQUE",
        at=("职务",),
    )
    yield folk(
        "drug rehabilitation: all women of one district fell back",
        {"性别": of("sex"), "旗区": of("district")},
        {"三年内复吸": some(否=7, 是=3)},
        spoil=lambda frame, _: frame.with_columns(
            pl.when((pl.col("性别") == "女") & (pl.col("旗区") == "乌达区"))
            .then(pl.lit("是"))
            .otherwise(pl.col("三年内复吸"))
            .alias("三年内复吸")
        ),
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("三年内复吸",),
    )

    def three(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
        few = frame.head(3).with_columns(pl.lit("初级中学").alias("学段"), 民族=pl.lit("鄂温克族"))
        return pl.concat([frame, few])

    yield folk(
        "school meals: ten are said, three pupils stand alone",
        {"学段": ("小学", "初级中学"), "民族": some(汉族=9, 蒙古族=3), "性别": of("sex")},
        {"资助档": some(一档=4, 二档=5, 三档=3)},
        aged=(6, 15),
        spoil=three,
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("民族",),
    )
    c = random.Random("cumulative")
    counts = []
    for street in (one for named in STREETS.values() for one in named):
        total = c.randrange(20, 60)
        for week in range(1, 31):
            total += c.choice((0, 1, 1, 2, 3, 0, 6))
            counts.append({"周次": f"2025年第{week}周", "街镇": street, "累计确诊人数": total})
    yield rows(
        "brucellosis by street: the sums grow by one or two a week",
        counts,
        "K_TOO_SMALL",
        ("累计确诊人数",),
    )


def traces() -> Iterator[Release]:
    c = random.Random("bikes")
    trips = []
    for _ in range(140):
        rider, home = f"u{c.getrandbits(56):014x}", (106.75 + c.random() / 9, 39.6 + c.random() / 9)
        for _ in range(10):
            trips.append(
                {
                    "骑行用户": rider,
                    "开锁时间": at_minute(c.randrange(43_000)),
                    "起点经度": round(home[0] + c.gauss(0, 0.0003), 6),
                    "起点纬度": round(home[1] + c.gauss(0, 0.0003), 6),
                    "骑行时长档": c.choice(("10分钟内", "10至30分钟", "30分钟以上")),
                }
            )
    yield rows(
        "shared bikes: a rider's starts to the metre and the minute",
        trips,
        "LOCATION_TOO_FINE|TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        ("起点经度+起点纬度", "开锁时间", "骑行用户"),
    )

    def results(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        wall = pl.DataFrame(
            {
                "姓名": [p.name for p in held],
                "所属跑团": [p.street[:2] + "跑团" for p in held],
                "净成绩": frame["净成绩"],
            }
        )
        return {"auxiliary": [wall.sample(fraction=0.9, shuffle=True, seed=5)]}

    yield folk(
        "marathon: the finishing time stands on the wall of results with the name",
        {"性别": of("sex"), "组别": band(18, 35, 50, 66)},
        {"赛后就医": some(无=9, 抽筋=3, 心悸=1)},
        {"净成绩": lambda c, _: f"0{c.randrange(3, 6)}:{c.randrange(60):02}:{c.randrange(60):02}"},
        aged=(18, 65),
        beside=results,
        flaw="LINKS_TO_REGISTER|TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("净成绩",),
    )

    def meters(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {"旗区": of("district"), "阶梯档": ("第一档", "第二档", "第三档")}
        old = pl.DataFrame(cells_of(held, cells, "meters")).with_columns(
            frame["用户标识"].str.slice(0, 16).alias("表计")
        )
        return {"earlier": [old.sample(fraction=0.5, seed=11, shuffle=True)]}

    yield folk(
        "power: the first half of each pseudonym was released with last year's meters",
        {"旗区": of("district"), "用电类别": some(居民=9, 一般工商业=3)},
        {"停电投诉": some(无=9, 有=2)},
        {"用户标识": token(32)},
        beside=meters,
        count=1500,
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("用户标识",),
    )
