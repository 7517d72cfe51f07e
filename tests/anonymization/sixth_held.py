"""Releases of a sixth hand that nobody mends for: their misses are counted and never read.

The same causes as in sixth_open in other bureaux, headers and kinds, so that a gate mended for the
open half is measured on what it has not seen.
"""

import base64
import hashlib
import random
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization.sixth_bureaus import (
    ALONE,
    AMOUNT,
    DIRECT,
    DOOR,
    FEW,
    HASH,
    JOIN,
    LINK,
    MASK,
    PLACE,
    SAME,
    SKEW,
    TEXT,
    TIME,
    slip,
    sometimes,
    well,
)
from tests.anonymization.sixth_people import Person, Release, day, its, one_of, residents
from tests.anonymization.sixth_sound import held_sound
from tests.anonymization.sixth_things import held_things


def digest(kind: str, text: str) -> bytes:
    return hashlib.new(kind, text.encode()).digest()


def flawed() -> Iterator[Release]:
    yield from masks()
    yield from digests()
    yield from left()
    yield from told()
    yield from alone()
    yield from joined()
    yield from fine()
    yield from small()


def masks() -> Iterator[Release]:
    yield slip(
        "id 6+4 and the month and year of birth with the age of the day",
        "驾驶人",
        (MASK, ALONE),
        {
            "证号": lambda c, p: p.ident[:6] + "XXXXXXXX" + p.ident[14:],
            "生日": lambda c, p: f"{p.born:%Y%m%d}",
        },
        (("证号",), ("生日",)),
    )
    yield slip(
        "phone keeps nine signs",
        "就业培训",
        (MASK, DIRECT),
        {"联系手机": lambda c, p: p.phone[:5] + "**" + p.phone[7:]},
    )
    yield slip(
        "the middle of the id in one column and its ends in another",
        "公积金提取",
        (MASK, DIRECT),
        {
            "id_a": lambda c, p: f"{p.ident[:6]}********{p.ident[14:]}",
            "id_b": lambda c, p: f"******{p.ident[6:14]}****",
        },
        (("id_a",), ("id_b",)),
    )
    yield slip(
        "name starred and its spelling in the e-mail",
        "个税汇缴",
        (DIRECT, MASK),
        {
            "name": lambda c, p: p.name[0] + "*" * (len(p.name) - 1),
            "mail": lambda c, p: f"u{p.phone[-6:]}.{c.choice(('zhang', 'wang', 'li'))}@163.com",
        },
        (("mail",),),
    )
    yield slip(
        "first fourteen digits of the id as the school roll shows them",
        "义务教育",
        (MASK, ALONE, DIRECT),
        {"学籍辅号": lambda c, p: "G" + p.ident[:14] + "****"},
    )


def digests() -> Iterator[Release]:
    yield slip(
        "sha1 of the plate",
        "驾驶人",
        (HASH,),
        {"车辆标识": lambda c, p: digest("sha1", p.plate).hex()},
    )
    yield slip(
        "sm3 of the phone in base64",
        "预防接种",
        (HASH,),
        {"监护人标识": lambda c, p: base64.b64encode(digest("sm3", p.phone)).decode()},
    )
    yield slip(
        "md5 of the id with the name of the city as salt",
        "低保",
        (HASH,),
        {"dxbs": lambda c, p: digest("md5", "wuhai" + p.ident).hex()},
    )
    yield slip(
        "md5 twice",
        "户籍迁移",
        (HASH,),
        {"人员摘要": lambda c, p: digest("md5", digest("md5", p.ident).hex()).hex()},
    )
    yield slip(
        "crc of the phone as a number",
        "消费投诉",
        (HASH,),
        {"uid": lambda c, p: zlib.crc32(p.phone.encode())},
    )
    yield slip(
        "hexadecimal letters of the phone",
        "医保门诊",
        (HASH, DIRECT),
        {"token": lambda c, p: p.phone.encode().hex()},
    )
    yield slip(
        "sha256 of the name alone",
        "就业培训",
        (HASH,),
        {"name_hash": lambda c, p: digest("sha256", p.name).hex()},
    )


def left() -> Iterator[Release]:
    yield slip("who looks after the child", "预防接种", (DIRECT,), {"jhr": its("name")})
    yield slip("account for the subsidy", "低保", (DIRECT,), {"一卡通": its("card")})
    yield slip(
        "ids with blanks between",
        "养老待遇",
        (DIRECT,),
        {"zjhm": lambda c, p: f"{p.ident[:6]} {p.ident[6:14]} {p.ident[14:]}"},
    )
    yield slip(
        "old ids of fifteen digits as whole numbers",
        "驾驶人",
        (DIRECT,),
        {"原档案号": lambda c, p: int(p.ident[:6] + p.ident[8:17])},
    )
    yield slip(
        "fixed telephones with area code",
        "就业培训",
        (DIRECT,),
        {"宅电": lambda c, p: f"0473-{c.choice((2, 3, 6))}{c.randrange(10**6):06}"},
    )
    yield slip(
        "a zero-width sign in every phone",
        "公交刷卡",
        (DIRECT,),
        {"绑定": lambda c, p: p.phone[:3] + "\u200b" + p.phone[3:7] + "\u200b" + p.phone[7:]},
    )
    yield slip(
        "certificate of disability, which is the id and two digits",
        "医保门诊",
        (DIRECT,),
        {
            "证件": sometimes(
                0.2,
                lambda c, p: f"{p.ident}{c.randrange(1, 8)}{c.randrange(1, 5)}",
                lambda c, p: None,
            )
        },
    )
    yield slip(
        "name and id run together",
        "户籍迁移",
        (DIRECT, TEXT),
        {"申请": lambda c, p: f"{p.name}{p.ident}"},
    )


def told() -> Iterator[Release]:
    yield slip(
        "a teacher's remarks",
        "义务教育",
        (TEXT,),
        {
            "教师评语": sometimes(
                0.25,
                lambda c, p: f"{p.name}同学本学期进步明显，望继续努力",
                lambda c, p: "上课专注，作业认真，希望加强锻炼",
            )
        },
    )
    yield slip(
        "the purpose of a transfer",
        "公积金提取",
        (TEXT, DIRECT),
        {"摘要": lambda c, p: f"提取款转{c.choice(('工行', '农行', '建行'))}{p.card}户"},
    )
    yield slip(
        "phones spelled in words, few",
        "低保",
        (TEXT, DIRECT),
        {
            "走访情况": sometimes(
                0.05,
                lambda c, p: (
                    "无人在家，留电话" + "".join("零一二三四五六七八九"[int(d)] for d in p.phone)
                ),
                one_of(在家走访=4, 情况属实=4, 已复核=2),
            )
        },
    )
    yield slip(
        "where the parcel went",
        "消费投诉",
        (DOOR, TEXT),
        {"收货信息": lambda c, p: f"内蒙古乌海市{p.home}"},
    )
    yield slip(
        "house number of a lane",
        "户籍迁移",
        (DOOR,),
        {
            "户籍地": lambda c, p: (
                f"{p.district}{p.street}第{c.randrange(1, 9)}居民组{c.randrange(1, 160)}号"
            )
        },
    )
    yield slip(
        "flat in signs",
        "养老待遇",
        (DOOR,),
        {"jzdz": lambda c, p: f"{p.compound}{'-'.join(map(str, p.door))}"},
    )


def alone() -> Iterator[Release]:
    yield slip(
        "eight digits of a birthday as a number",
        "医保门诊",
        (ALONE,),
        {"birth": lambda c, p: int(f"{p.born:%Y%m%d}")},
    )
    yield slip(
        "school, class and seat",
        "义务教育",
        (ALONE,),
        {
            "学校": lambda c, p: (
                f"{p.district[:-1]}第{c.randrange(1, 7)}{'小学' if p.age < 12 else '中学'}"
            ),
            "班级": lambda c, p: f"{c.randrange(1, 7)}班",
            "学号": lambda c, p: c.randrange(1, 50),
            "出生日期": lambda c, p: p.born.isoformat(),
        },
        (("出生日期",), ("学号",)),
    )
    yield slip(
        "the unit and the post of few officials",
        "个税汇缴",
        (ALONE,),
        {
            "工作单位": sometimes(
                0.03,
                lambda c, p: f"市{c.choice(('档案馆', '气象局', '地震局', '书画院', '红十字会'))}",
                one_of(矿业公司=4, 商场=4, 学校=3),
            ),
            "职务": sometimes(
                0.5, one_of(馆长=1, 局长=1, 副局长=1, 秘书长=1, 总工程师=1), one_of(职员=9)
            ),
        },
        (("职务",), ("工作单位",)),
    )
    yield slip(
        "model, colour and first registration of the car",
        "驾驶人",
        (ALONE,),
        {
            "厂牌型号": lambda c, p: (
                c.choice(("大众", "丰田", "长城", "比亚迪", "吉利", "五菱"))
                + f"{c.randrange(100, 160)}"
            ),
            "车身颜色": one_of(白=5, 黑=4, 银=3, 红=1),
            "初登日期": day(date(2012, 1, 1), 4000),
        },
        (("初登日期",), ("厂牌型号",)),
    )


def joined() -> Iterator[Release]:
    yield slip(
        "drivers under the codes that the bureau of work gave",
        "低保",
        (JOIN,),
        columns=(("家庭编码",),),
        others=lambda frame, held: {
            "earlier": [
                frame.select(
                    pl.col("家庭编码").alias("户ID"), pl.lit("脱贫不稳定").alias("监测类型")
                ).sample(fraction=0.3, seed=1)
            ]
        },
    )
    yield slip(
        "the first twelve signs of an earlier code",
        "个税汇缴",
        (JOIN,),
        columns=(("taxpayer_token",),),
        others=lambda frame, held: {
            "earlier": [
                frame.select(
                    pl.col("taxpayer_token").str.slice(0, 12).alias("token12"),
                    pl.lit(1).alias("flag"),
                )
            ]
        },
    )
    yield slip(
        "running numbers in the order of the roll of voters",
        "户籍迁移",
        (LINK, JOIN, ALONE),
        {"序号": lambda c, p: 0},
        change=lambda frame, held: frame.with_columns(
            pl.Series("序号", list(range(100001, 100001 + frame.height)))
        ),
        others=lambda frame, held: {
            "auxiliary": [
                pl.DataFrame(
                    {
                        "编号": list(range(100001, 100001 + frame.height)),
                        "姓名": [p.name for p in held],
                        "性别": [p.sex for p in held],
                        "区": [p.district for p in held],
                    }
                )
            ]
        },
    )
    yield slip(
        "weight and day of birth known to the midwife's list",
        "预防接种",
        (LINK, ALONE),
        {"出生日": lambda c, p: p.born.isoformat()},
        others=lambda frame, held: {
            "auxiliary": [
                pl.DataFrame(
                    {
                        "儿童姓名": [p.name for p in held],
                        "出生日期": [p.born.isoformat() for p in held],
                        "性别": [p.sex for p in held],
                    }
                )
            ]
        },
    )


def fine() -> Iterator[Release]:
    start = datetime(2025, 4, 1, tzinfo=UTC)
    yield slip(
        "when the pension was certified, as a datetime",
        "养老待遇",
        (TIME,),
        {
            "rzsj": lambda c, p: (start + timedelta(seconds=c.randrange(5_000_000))).replace(
                tzinfo=None
            )
        },
    )
    yield slip(
        "unix seconds under a short name",
        "驾驶人",
        (TIME,),
        {"wfsj": lambda c, p: 1743465600 + c.randrange(7_000_000)},
    )
    yield slip(
        "day and clock apart",
        "医保门诊",
        (TIME,),
        {
            "日期": day(date(2025, 3, 1), 90),
            "时刻": lambda c, p: (
                f"{c.randrange(8, 18):02}:{c.randrange(60):02}:{c.randrange(60):02}"
            ),
        },
        (("时刻",),),
    )
    yield slip(
        "place of boarding as one text",
        "公交刷卡",
        (PLACE, TIME, ALONE, DOOR),
        {"定位": lambda c, p: f"{106.7 + c.random() / 5:.6f},{39.4 + c.random() / 3:.6f}"},
    )
    yield slip(
        "subsidy in fen",
        "低保",
        (AMOUNT, TIME, ALONE),
        {"本月发放(分)": lambda c, p: c.randrange(30000, 190000)},
    )


def few(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """The declared class of vehicle becomes one that few drive."""
    c = random.Random("few")
    return frame.with_columns(
        pl.Series(
            "准驾类别",
            [
                c.choice(("A1", "A3", "D", "M", "N", "P")) if c.random() < 0.02 else one
                for one in frame["准驾类别"]
            ],
        )
    )


def small() -> Iterator[Release]:
    yield slip("few of rare classes", "驾驶人", (FEW,), change=few, columns=(("准驾类别",),))
    yield slip(
        "groups of six in what is opened to everybody",
        "养老待遇",
        (FEW,),
        change=lambda frame, held: frame.with_columns(
            pl.Series("nld", [f"{p.age // 2 * 2}" for p in held])
        ),
        claim={"profile": "open", "k": 20},
        columns=(("nld",),),
        count=2500,
    )
    yield slip(
        "every boarder of a district failed",
        "义务教育",
        (SAME,),
        columns=(("体质测评",),),
        change=lambda frame, held: frame.with_columns(
            pl.when((pl.col("就读方式") == "住校") & (pl.col("所在区") == "乌达区"))
            .then(pl.lit("不及格"))
            .otherwise(pl.col("体质测评"))
            .alias("体质测评")
        ),
    )
    yield slip(
        "one band of income in mines",
        "个税汇缴",
        (SKEW, SAME),
        columns=(("income_band",),),
        count=3000,
        change=lambda frame, held: (
            frame.with_row_index("#")
            .with_columns(
                pl.when((pl.col("industry") == "采矿") & (pl.col("#") % 25 > 0))
                .then(pl.lit(">240k"))
                .otherwise(pl.col("income_band"))
                .alias("income_band")
            )
            .drop("#")
        ),
        claim={"t": 0.3},
    )
    c = random.Random("rates")
    rows = [
        {
            "苏木镇街": street,
            "民族": nation,
            "年龄段": age,
            "患病人数": c.choice((1, 2, 4, 17, 26, 41)),
        }
        for street in sorted({p.street for p in residents(300, "rates")})
        for nation in ("汉族", "蒙古族", "回族")
        for age in ("0-14岁", "15-59岁", "60岁以上")
    ]
    yield Release(
        "疾控: counts of the sick with cells of one",
        pl.DataFrame(rows),
        {},
        (FEW,),
        (frozenset({"患病人数"}),),
    )


# --- sound --------------------------------------------------------------------------------------


def sound() -> Iterator[Release]:
    for bureau in ("养老待遇", "义务教育", "个税汇缴", "公积金提取", "驾驶人", "预防接种"):
        yield well(bureau, 4000, "as it was let go, held")
    # A sample of 20,000 of which no column is a code; counted as all others are.
    frame = well("户籍迁移", 20000, "a large one").frame.drop("办理编码")
    yield Release(
        "户籍迁移: a large one without numbers", frame, well("户籍迁移", 20000, "a large one").claim
    )
    # The register has the same districts and sexes; each of its people fits scores of rows.
    office = well("医保门诊", 4000, "beside a register")
    known = pl.DataFrame(
        [{"姓名": p.name, "性别": p.sex, "参保区": p.district} for p in residents(900, "register")]
    )
    yield Release(
        "医保门诊: beside a register of names",
        office.frame,
        office.claim,
        others={"auxiliary": [known]},
    )
    # Columns shuffled against each other by an own order: rows are of nobody any more.
    frame = well("消费投诉", 4000, "shuffled").frame
    shuffled = frame.with_columns(pl.col("挽回损失档").shuffle(seed=7))
    yield Release("消费投诉: losses shuffled", shuffled, well("消费投诉", 4000, "shuffled").claim)
    # Random serials of eleven and eighteen digits that are neither phones nor ids.
    frame = well("低保", 4000, "with serials").frame
    c = random.Random("serials")
    yield Release(
        "低保: batch numbers that look long",
        frame.with_columns(
            pl.Series(
                "发放批次",
                [f"20250{c.randrange(1, 9)}0000{c.randrange(3):02}" for _ in range(frame.height)],
            )
        ),
        well("低保", 4000, "with serials").claim,
    )
    yield rated()
    yield from held_sound()
    yield from held_things()


def rated() -> Release:
    """Shares of whole districts by month: the smallest stands for thousands of people."""
    c = random.Random("rated")
    rows: list[dict[str, Any]] = [
        {
            "统计月份": f"2024-{month:02}",
            "区": district,
            "参保人数": c.randrange(40000, 190000),
            "住院率%": round(c.uniform(8, 19), 1),
            "次均费用(元)": c.randrange(4000, 9000),
        }
        for month in range(1, 13)
        for district in ("海勃湾区", "海南区", "乌达区")
    ]
    return Release("统计: insured of districts by month", pl.DataFrame(rows))
