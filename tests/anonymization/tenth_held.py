"""Flawed releases of the tenth hand that nobody mends for: only how many are found is shown."""

import hashlib
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import polars as pl

from tests.anonymization.eighth_people import (
    REGIONS,
    Person,
    Release,
    band,
    company,
    crowd,
    folk,
    of,
    rows,
    some,
)
from tests.anonymization.ninth_people import PLACES
from tests.anonymization.sixth_people import credit_code

PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}
# Metres east and north of the town hall.
KNOWN = {
    "距乌海站(m)": (-2_310, 640),
    "距市医院(m)": (1_480, -1_905),
    "距青山公园(m)": (350, 2_760),
}
SPELLINGS = ("艾滋病", "HIV感染", "获得性免疫缺陷综合征")
EPOCH = datetime(1582, 10, 15, tzinfo=UTC)
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from told()
    yield from groups()
    yield from counts()


def vehicle(c: random.Random, _: Person) -> str:
    """A number of a vehicle with the check sign of GB 16735."""
    body = f"LFV{c.choice('ABCDE')}21K{c.randrange(10)}0R3{c.randrange(10**6):06}"
    total = sum(
        int(VALUES.get(sign, sign)) * weight for sign, weight in zip(body, WEIGHTS, strict=True)
    )
    return f"{body[:8]}{'0123456789X'[total % 11]}{body[9:]}"


def timed(c: random.Random, _: Person) -> str:
    """What a server gives as the number of a record: version one, the time in it."""
    after = datetime(2025, 2, 3, tzinfo=UTC) + timedelta(seconds=c.randrange(200 * 86_400))
    ticks = (after - EPOCH) // timedelta(microseconds=1) * 10 + c.randrange(10**7)
    low, middle, high = ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0x0FFF | 0x1000
    return str(UUID(fields=(low, middle, high, 0x9A, 0x31, 0x00163E0C7D21)))


def unit(c: random.Random, p: Person) -> str:
    """Parcel, house and flat in the twenty-eight signs of a unit of real estate."""
    parcel = f"{REGIONS[p.district]}{c.randrange(1, 12):03}{c.randrange(1, 30):03}GB"
    return f"{parcel}{c.randrange(1, 400):05}F{p.door[1]:04}{c.randrange(1, 120):04}"


def numbers() -> Iterator[Release]:
    yield folk(
        "library: the reader is the digest of the name",
        {"性别": of("sex"), "年龄组": band(18, 40, 60, 99), "馆别": ("总馆", "乌达分馆")},
        {"借阅类别": some(文学=6, 医药卫生=3, 法律=2)},
        {"读者": lambda _, p: hashlib.sha1(p.name.encode()).hexdigest()},
        flaw="UNSALTED_HASH",
        at=("读者",),
    )
    yield folk(
        "cars of families: the number that is stamped into the frame",
        PLAIN,
        {"检验结果": some(合格=8, 不合格=2)},
        {"CJH": vehicle},
        count=800,
        flaw="DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("CJH",),
    )
    yield folk(
        "advice for the mind: the number of the record has the second of the call in it",
        PLAIN,
        {"求助类型": some(情绪=5, 婚姻=4, 自伤风险=1)},
        {"记录ID": timed},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("记录ID",),
    )
    yield folk(
        "rents: the unit of real estate tells parcel, house and flat",
        {"旗区": of("district"), "家庭人数": ("一人", "二至三人", "四人以上")},
        {"补贴档": some(一档=3, 二档=5, 三档=3)},
        {"单元代码": unit},
        count=700,
        flaw="FULL_ADDRESS_LEFT|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE|LOCATION_TOO_FINE",
        at=("单元代码",),
    )


def distances(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """How far each lives from three places that everybody knows."""
    c = random.Random("tenth distances")
    homes = [(c.uniform(-4_000, 4_000), c.uniform(-4_000, 4_000)) for _ in held]
    return frame.with_columns(
        pl.Series(name, [round(math.dist(home, place)) for home in homes])
        for name, place in KNOWN.items()
    )


def told() -> Iterator[Release]:
    yield folk(
        "noise: the answer names the neighbour",
        {"旗区": of("district"), "噪声类型": ("邻里", "装修", "商业")},
        {"办结方式": some(调解=6, 劝导=4, 处罚=1)},
        {
            "答复内容": lambda c, p: (
                f"经与{p.door[1]}号楼住户{p.name}核实，系其家人夜间练琴，已承诺改正"
                if c.random() < 0.25
                else c.choice(("已现场劝导，声音已降低", "巡查未发现异常", "已责令停止施工"))
            )
        },
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("答复内容",),
    )
    yield folk(
        "care at home: how far it is to three known places, in metres",
        {"性别": of("sex"), "失能等级": ("轻度", "中度", "重度")},
        {"服务包": some(助浴=4, 康复=4, 陪诊=3)},
        dict.fromkeys(KNOWN, 0),
        aged=(60, 95),
        count=700,
        spoil=distances,
        flaw="LOCATION_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=tuple(KNOWN),
    )
    yield traders()


def traders() -> Release:
    """Among the companies are people who trade under their own name, with what they took."""
    c = random.Random("tenth traders")
    made = []
    for n, p in enumerate(crowd(600, "tenth traders", 25, 65)):
        alone = n % 3 == 0
        shop = c.choice(("粮油店", "小吃店", "理发店", "五金门市部"))
        made.append(
            {
                "统一社会信用代码": credit_code(c, "921503" if alone else "911503"),
                "名称": f"{p.district}{p.name}{shop}" if alone else company(c),
                "行业门类": c.choice(("批发和零售业", "住宿和餐饮业", "居民服务业")),
                "从业人数": 1 if alone else c.randrange(6, 200),
                "年营业收入(元)": round(c.uniform(3e4, 4e5) * (1 if alone else 40), 2),
            }
        )
    return rows(
        "turnover of enterprises: one third are people under their own name",
        made,
        flaw="DIRECT_IDENTIFIER_LEFT|AMOUNT_TOO_FINE|UNDECLARED_QI_UNIQUE|FREE_TEXT_LEAK",
        at=("名称", "统一社会信用代码", "年营业收入(元)"),
    )


def spelt(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
    """Give the largest group one illness, in three spellings."""
    c = random.Random("tenth spelt")
    largest = frame.group_by(list(PLAIN)).len().sort("len", *PLAIN, descending=True).row(0)
    inside = [row == largest[:3] for row in frame.select(list(PLAIN)).iter_rows()]
    return frame.with_columns(
        pl.Series(
            "病种",
            [
                c.choice(SPELLINGS) if here else ill
                for here, ill in zip(inside, frame["病种"], strict=True)
            ],
        )
    )


def split(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    c = random.Random("tenth split")
    begun = datetime(2025, 1, 1, tzinfo=UTC)
    seen = [begun + timedelta(minutes=c.randrange(300 * 1_440)) for _ in held]
    return frame.with_columns(
        pl.Series("月", [one.month for one in seen]),
        pl.Series("日", [one.day for one in seen]),
        pl.Series("时", [one.hour for one in seen]),
        pl.Series("分", [one.minute for one in seen]),
    )


SEEN = {
    "婚姻状况": ("未婚", "已婚", "离异", "丧偶"),
    "子女数": (0, 1, 2, 3),
    "住房类型": ("楼房自有", "楼房租住", "平房", "单位宿舍"),
    "家用车": ("无", "一辆", "两辆以上"),
    "就业身份": ("雇员", "个体", "退休", "待业", "务农"),
    "文化程度": ("小学", "初中", "高中", "大专", "本科以上"),
    "通勤方式": ("步行", "公交", "私家车", "电动车"),
    "同住老人": ("有", "无"),
    "宠物": ("无", "犬", "猫"),
    "户籍地": ("本区", "本市他区", "外盟市", "外省"),
}


def groups() -> Iterator[Release]:
    yield folk(
        "chronic illness: one group has one illness, spelt in three ways",
        PLAIN,
        {"病种": some(高血压=6, 糖尿病=4, 慢阻肺=2, 艾滋病=1)},
        count=900,
        spoil=spelt,
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("病种",),
    )
    yield folk(
        "traffic fines: month, day, hour and minute in a column each",
        {"旗区": of("district"), "年龄组": band(18, 40, 60, 99)},
        {"违法行为": some(超速=5, 闯灯=3, 酒驾=1)},
        {"月": 0, "日": 0, "时": 0, "分": 0},
        spoil=split,
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("分", "日+时"),
    )
    yield folk(
        "survey of households: ten things that neighbours see, all coarse",
        {"性别": of("sex"), "旗区": of("district")},
        {"家庭债务": some(无=5, 五万以下=3, 五万以上=2)},
        SEEN,
        flaw="UNDECLARED_QI_UNIQUE",
        at=tuple(SEEN),
    )


def counts() -> Iterator[Release]:
    c = random.Random("tenth rates")
    made = []
    for school in range(1, 61):
        for year in ("初一", "初二", "初三"):
            for sex in "男女":
                count, found = c.randrange(17, 48), c.randrange(1, 4)
                made.append(
                    {"学校": f"乌海市第{school}中学", "年级": year, "性别": sex}
                    | {"筛查人数": count, "抑郁阳性率(%)": round(100 * found / count, 2)}
                )
    yield rows(
        "screening in schools: the share of few gives one, two or three pupils",
        made,
        flaw="K_TOO_SMALL",
        at=("抑郁阳性率(%)", "筛查人数"),
    )
    c = random.Random("tenth ages")
    now, before = [], []
    for district, street in PLACES:
        for sex in "男女":
            for kind in ("视力", "听力", "言语", "肢体", "智力", "精神"):
                count = c.randrange(15, 160)
                cell = {"统计时点": "2025-09-30", "旗区": district, "街镇": street}
                cell |= {"性别": sex, "残疾类别": kind}
                now.append(cell | {"年龄范围": "18-60岁", "持证人数": count + c.choice((0, 1, 2))})
                before.append(cell | {"年龄范围": "18-59岁", "持证人数": count})
    yield rows(
        "disability by street: to sixty here, to fifty-nine in the release before, the same day",
        now,
        flaw="K_TOO_SMALL",
        at=("持证人数",),
        others={"earlier": [pl.DataFrame(before)]},
    )
