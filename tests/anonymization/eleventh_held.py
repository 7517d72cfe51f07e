"""Flawed releases of the eleventh hand that nobody mends for: only how many are found is shown.

The comment over each says why somebody can be found in it.
"""

import hmac
import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    STREETS,
    Person,
    Release,
    at_day,
    band,
    by_law,
    crowd,
    of,
    rows,
    some,
    token,
)
from tests.anonymization.eleventh_people import PLAIN, Family, last_year, together, townsfolk
from tests.anonymization.ninth_people import WAYS, point
from tests.anonymization.sixth_people import credit_code

TRADES = ("便民超市", "餐饮店", "理发店", "五金店", "汽修部", "水果店")


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from written()
    yield from alone()
    yield from beside()


def numbers() -> Iterator[Release]:
    # The code on the shelf ends in the four digits that the mask took from the telephone.
    yield townsfolk(
        "courier stations: the code of the parcel gives back what the mask hides",
        PLAIN,
        {"包裹类型": some(普通=7, 生鲜=2, 药品=2)},
        {
            "收件电话": lambda _, p: f"{p.phone[:7]}****",
            "取件码": lambda c, p: f"{c.randrange(1, 13)}-{c.randrange(1, 7)}-{p.phone[7:]}",
        },
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("收件电话+取件码", "取件码"),
    )
    # A key that everybody tries first is none: the telephones of a city are soon tried.
    yield townsfolk(
        "bus cards: the telephone under a key of six digits in a row",
        PLAIN,
        {"卡种": some(普通卡=6, 学生卡=2, 爱心卡=3)},
        {"持卡人标识": lambda _, p: hmac.new(b"123456", p.phone.encode(), "md5").hexdigest()},
        flaw="UNSALTED_HASH",
        at=("持卡人标识",),
    )
    # The law has the shop and the keeper's name published, and not where the keeper lives.
    yield shops()


def shops() -> Release:
    title = "small businesses: what the law has published, and the home of the keeper"
    c = random.Random(f"eleventh {title}")
    return rows(
        title,
        [
            {
                "统一社会信用代码": credit_code(c, "921503"),
                "名称": f"乌海市{p.district}{p.name[0]}记{c.choice(TRADES)}",
                "经营者姓名": p.name,
                "经营场所": f"{p.district}{c.choice(STREETS[p.district])}{c.choice(WAYS)}{n + 1}号",
                "经营者住所": p.address,
                "注册日期": at_day(-c.randrange(3000)),
            }
            for n, p in enumerate(crowd(1200, title, 20, 65))
        ],
        "FULL_ADDRESS_LEFT|DIRECT_IDENTIFIER_LEFT",
        ("经营者住所",),
        profile="open",
        rules=by_law(
            "中华人民共和国市场主体登记管理条例第三十五条",
            *("统一社会信用代码", "名称", "经营者姓名", "经营场所", "注册日期"),
        ),
    )


def written() -> Iterator[Release]:
    # In one call of twelve the caller's flat was taken down.
    yield townsfolk(
        "hotline 12345: some of what was taken down says in which flat the caller lives",
        {"旗区": of("district"), "来电人年龄组": band(18, 40, 60, 99), "性别": of("sex")},
        {"办理结果": some(已解决=7, 解释说明=3, 转派=2)},
        {"诉求描述": complaint},
        flaw="FREE_TEXT_LEAK|FULL_ADDRESS_LEFT|DIRECT_IDENTIFIER_LEFT",
        at=("诉求描述",),
    )


def complaint(c: random.Random, p: Person) -> str:
    matter = c.choice(
        ("暖气不热", "楼上夜间噪音", "下水道返味", "物业费收取有异议", "电梯停用多日")
    )
    if c.random() < 1 / 12:
        return f"家住{p.address}，{matter}，请尽快处理"
    return f"来电人反映所住小区{matter}，请{c.choice(('尽快处理', '核实回复', '责任单位上门查看'))}"


def alone() -> Iterator[Release]:
    # Comrades and kin know from when to when somebody served, and in which arm.
    yield townsfolk(
        "veterans: the months of joining and leaving, and the arm",
        {"旗区": of("district"), "年龄组": band(38, 48, 60, 99)},
        {"优抚类别": some(无=6, 伤残=2, 带病回乡=2)},
        {"入伍年月": joined, "退役年月": left, "军兵种": some(陆军=8, 武警=4, 空军=2, 海军=1)},
        aged=(38, 75),
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("入伍年月", "退役年月"),
    )
    # Five places after the point are a metre: the keeper's own yard.
    yield townsfolk(
        "dogs: where each is kept, to the metre",
        {"旗区": of("district"), "犬型": some(小型=7, 中型=3, 大型=1)},
        {"违规记录": some(无=8, 未牵绳=2, 伤人=1)},
        {"经度": lambda c, _: point(c, 5)[0], "纬度": lambda c, _: point(c, 5)[1]},
        flaw="LOCATION_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("经度+纬度",),
    )
    # All who are sixty and live in one district have one kind of disability: the group tells it.
    yield townsfolk(
        "disabled persons: two groups hold one kind of disability only",
        PLAIN,
        {"残疾类别": some(肢体=4, 视力=3, 听力=3, 精神=2)},
        count=2400,
        spoil=uniform,
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("残疾类别",),
    )
    # Each child is one of ten alike, but many a row of sisters and brothers is the only such.
    yield together(
        "child allowance: the children of a family bear its code",
        list(siblings(900)),
        {"性别": of("sex"), "出生年": lambda _, p: max(2014, min(2024, p.born.year))},
        {"体检结果": some(正常=7, 视力异常=2, 发育迟缓=1)},
        ("家庭编码", token(16, "F")),
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
    )


def joined(_: random.Random, p: Person) -> str:
    """Recruits left home in December; at which age is as good as chance."""
    return f"{entry(p)}-12"


def left(c: random.Random, p: Person) -> str:
    years = c.choice((2, 3, 5, 8, 12, 16))
    return f"{entry(p) + years}-{c.choice((3, 9, 11, 12)):02}"


def entry(p: Person) -> int:
    return p.born.year + 18 + p.born.day % 4


def uniform(frame: pl.DataFrame, _: Family) -> pl.DataFrame:
    cared = (pl.col("旗区") == "海南区") & (pl.col("年龄组") == "60—98岁")
    kind = pl.when(cared).then(pl.lit("精神")).otherwise(pl.col("残疾类别"))
    return frame.with_columns(kind.alias("残疾类别"))


def siblings(count: int) -> Iterator[Family]:
    c = random.Random("eleventh siblings")
    young = iter(crowd(4 * count, "eleventh siblings", 1, 13))
    for _ in range(count):
        yield [next(young) for _ in range(c.choices((1, 2, 3, 4), (4, 5, 3, 1))[0])]


def beside() -> Iterator[Release]:
    # Names and marks hang on the wall; with them comes what the physician found.
    yield townsfolk(
        "teachers' exam: the marks lead to the names on the list of results",
        {"性别": of("sex"), "学历": some(大专=3, 本科=7), "报考学段": ("小学", "初中", "幼儿园")},
        {"体检结论": some(合格=7, 复检合格=3, 不合格=1)},
        {
            "笔试成绩": lambda c, _: round(c.uniform(48, 88), 2),
            "面试成绩": lambda c, _: round(c.uniform(70, 93), 2),
        },
        aged=(21, 38),
        beside=posted,
        flaw="LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE|AMOUNT_TOO_FINE",
        at=("笔试成绩", "面试成绩"),
    )
    # Two years under one key: what was read and what is trained for is told of one token.
    yield townsfolk(
        "sports venues: their tokens are those of the library's release",
        PLAIN,
        {"项目": some(羽毛球=5, 游泳=4, 康复训练=2)},
        {"用户代码": token(32)},
        beside=last_year(
            "用户代码", "读者代码", {"借阅门类": ("医药卫生", "文学", "哲学宗教")}, met=600
        ),
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("用户代码",),
    )


def posted(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
    wall = frame.select("报考学段", "笔试成绩", "面试成绩").with_columns(
        pl.Series("姓名", [p.name for p in held])
    )
    return {"auxiliary": [wall.sample(fraction=1.0, shuffle=True, seed=11)]}
