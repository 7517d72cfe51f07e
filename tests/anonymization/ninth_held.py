"""Flawed releases of the ninth hand that nobody mends for: only how many are found is shown."""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from tests.anonymization.eighth_people import (
    Person,
    Release,
    band,
    folk,
    luhn,
    of,
    some,
    when,
)
from tests.anonymization.ninth_people import desk, point

PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}
SPOKEN = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
SIGNS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
STARS = (
    "摩羯",
    "水瓶",
    "双鱼",
    "白羊",
    "金牛",
    "双子",
    "巨蟹",
    "狮子",
    "处女",
    "天秤",
    "天蝎",
    "射手",
)


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from words()
    yield from groups()


def thirty_six(number: int) -> str:
    signs = ""
    while number:
        number, digit = divmod(number, 36)
        signs = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + signs
    return signs


def geohash(longitude: float, latitude: float, signs: int = 9) -> str:
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    made, bits = "", 0
    for n in range(signs * 5):
        low, high = spans[n % 2]
        middle = (low + high) / 2
        upper = (longitude, latitude)[n % 2] >= middle
        spans[n % 2] = [middle, high] if upper else [low, middle]
        bits = bits * 2 + upper
        if n % 5 == 4:
            made, bits = made + "0123456789bcdefghjkmnpqrstuvwxyz"[bits], 0
    return made


def star(p: Person) -> str:
    """The sign of the zodiac, its border on the twentieth of each month."""
    return STARS[(p.born.month - (p.born.day < 20)) % 12] + "座"


def numbers() -> Iterator[Release]:
    yield folk(
        "vaccinations: the query replaced the eight digits of the birthday by stars",
        PLAIN,
        {"疫苗": some(流感=6, 带状疱疹=2, 新冠=3)},
        {"受种者编码": lambda _, p: f"{p.ident[:6]}********{p.ident[14:]}"},
        flaw="PARTIAL_ID_REIDENTIFIABLE",
        at=("受种者编码",),
    )
    yield folk(
        "parking: the telephone written to the base of thirty-six",
        {"旗区": of("district"), "车场类型": ("路内", "商场", "医院")},
        {"月租": some(是=2, 否=8)},
        {"帐号": lambda _, p: thirty_six(int(p.phone))},
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH",
        at=("帐号",),
    )
    yield folk(
        "training platform: the digest of the first password, the last six of the number, is there",
        PLAIN,
        {"学习进度": some(已结业=5, 学习中=4, 未开始=3)},
        {"pwd": lambda _, p: hashlib.md5(p.ident[-6:].encode()).hexdigest()},
        flaw="UNSALTED_HASH",
        at=("pwd",),
    )
    yield folk(
        "street wireless: the device's number of fifteen digits",
        {"接入区": of("district"), "月份": when("%Y-%m", days=120)},
        {"流量档": some(低=5, 中=4, 高=2)},
        {"终端串号": lambda c, _: luhn(f"86{c.randrange(10**12):012}")},
        count=900,
        flaw="DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("终端串号",),
    )
    yield folk(
        "gas safety: telephones of homes in a column of contacts",
        {"旗区": of("district"), "隐患等级": ("一般", "较大")},
        {"整改": some(已改=7, 未改=3)},
        {"用户类型": "居民用户", "联系方式": lambda c, _: desk(c)},
        count=600,
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("联系方式",),
    )
    yield folk(
        "legal aid: family name and given name in a column each",
        {"受援类别": ("农民工", "老年人", "残疾人"), "旗区": of("district")},
        {"案由": some(劳动报酬=6, 交通事故=3, 赡养=2)},
        {"X": lambda _, p: p.name[0], "M": lambda _, p: p.name[1:]},
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("X", "M"),
    )


def words() -> Iterator[Release]:
    yield folk(
        "hotline: some notes hold a telephone as it was spoken",
        PLAIN,
        {"诉求类别": some(供热=6, 噪音=3, 物业=3)},
        {
            "通话纪要": lambda c, p: (
                c.choice(("市民称家中暖气不热，", "反映楼上夜间装修，", "询问办事流程，"))
                + (
                    f"请回拨{''.join(SPOKEN[sign] for sign in p.phone)}联系"
                    if c.random() < 0.2
                    else c.choice(("已解释政策", "已派单处理", "市民表示理解"))
                )
            )
        },
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("通话纪要",),
    )
    yield folk(
        "city management: what was done about it names the home",
        {"旗区": of("district"), "问题类型": ("违建", "油烟", "占道")},
        {"结案方式": some(整改=7, 立案=2, 转办=3)},
        {
            "办理情况": lambda c, p: (
                f"经到{p.door[0]}{p.door[1]}-{p.door[2]}-{p.door[3]}业主家中核实，已恢复原状"
                if c.random() < 0.3
                else c.choice(("现场已清理完毕", "已督促商户整改", "经核查不属实"))
            )
        },
        flaw="FREE_TEXT_LEAK|FULL_ADDRESS_LEFT",
        at=("办理情况",),
    )
    yield folk(
        "home care: where people live as a hash of the place, nine signs long",
        {"性别": of("sex"), "失能等级": ("轻度", "中度", "重度")},
        {"服务项目": some(助餐=5, 助浴=3, 康复=2)},
        {"网格": lambda c, _: geohash(*point(c))},
        aged=(60, 95),
        flaw="LOCATION_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("网格",),
    )
    begun = datetime(2025, 3, 1, tzinfo=UTC)
    yield folk(
        "emergency ward: the arrival in milliseconds since 1970",
        PLAIN,
        {"分诊级别": some(一级=1, 二级=3, 三级=6)},
        {
            "ts": lambda c, _: (
                int((begun + timedelta(seconds=c.randrange(90 * 86_400))).timestamp() * 1000)
                + c.randrange(1000)
            )
        },
        flaw="TIMESTAMP_TOO_FINE",
        at=("ts",),
    )


def groups() -> Iterator[Release]:
    yield folk(
        "blood donors: decade, animal and star sign give year and month of birth",
        {"性别": of("sex"), "旗区": of("district")},
        {"血型": some(A=3, B=3, O=4, AB=1)},
        {
            "年代": lambda _, p: f"{p.born.year // 10 * 10}年代",
            "属相": lambda _, p: SIGNS[(p.born.year - 4) % 12],
            "星座": lambda _, p: star(p),
        },
        aged=(18, 55),
        flaw="UNDECLARED_QI_UNIQUE",
        at=("属相", "星座", "年代"),
    )
    yield folk(
        "wage survey: in every unit there is one of the highest post",
        {"性别": of("sex")},
        {"月薪档": some(六千以下=3, 六千至一万=5, 一万以上=3)},
        {"单位": "", "岗位": ""},
        count=900,
        spoil=posts,
        flaw="UNDECLARED_QI_UNIQUE",
        at=("岗位", "单位"),
    )
    yield folk(
        "newborns: the age in days at the examination and its day",
        {"性别": of("sex"), "旗区": of("district")},
        {"黄疸分度": some(无=6, 轻度=4, 中度=2)},
        {"随访日期": when("%Y-%m-%d"), "日龄": lambda c, _: c.randrange(3, 43)},
        count=800,
        flaw="UNDECLARED_QI_UNIQUE",
        at=("随访日期", "日龄"),
    )
    yield folk(
        "unemployment: the claim speaks of ten, some stand in groups of two and three",
        {"性别": of("sex"), "街镇": of("street")},
        {"失业原因": some(合同到期=5, 企业关停=3, 个人辞职=3)},
        {"年龄段": lambda _, p: f"{p.age // 5 * 5}-{p.age // 5 * 5 + 4}岁"},
        aged=(20, 60),
        flaw="K_TOO_SMALL",
        at=("年龄段",),
        quasi_identifiers=["性别", "街镇", "年龄段"],
        sensitive=[],
    )

    def before(frame: pl.DataFrame, held: list[Person]) -> dict[str, object]:
        return {
            "earlier": [
                pl.DataFrame(
                    {
                        "个人编号": [one.removeprefix("GR") for one in frame["人员编号"]],
                        "出生年": [p.born.year for p in held],
                        "户籍区": [p.district for p in held],
                    }
                )
            ]
        }

    yield folk(
        "pensions: the number is that of last year's release with two letters before it",
        PLAIN,
        {"待遇档": some(低=4, 中=5, 高=2)},
        {"人员编号": lambda c, _: f"GR{c.randrange(10**9, 10**10)}"},
        beside=before,
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("人员编号",),
    )


def posts(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
    """Thirty a unit, of which the first leads it."""
    c = random.Random("ninth posts")
    units = [
        f"乌海市{name}公司" for name in ("供热", "水务", "公交", "燃气", "环卫", "城投", "文旅")
    ]
    rank = ["总经理", "财务总监", *(["中层"] * 10), *(["职工"] * 300)]
    return frame.with_columns(
        pl.Series("单位", [units[n % len(units)] for n in range(frame.height)]),
        pl.Series("岗位", [rank[n // len(units)] for n in range(frame.height)]),
    ).sample(fraction=1.0, shuffle=True, seed=c.randrange(100))
