"""Leaks of what others know of a person: days, moments, places, sums, what only one of them is."""

# One leak to a line, however long, so that the list is read as a table.
# ruff: noqa: E501
# fmt: off

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import polars as pl

from tests.anonymization.eighth_people import TODAY, Person
from tests.anonymization.leaks import Leak, Spoil

ALONE: Final = ("UNDECLARED_QI_UNIQUE", "K_TOO_SMALL", "DIRECT_IDENTIFIER_LEFT")
MOMENT: Final = ("TIMESTAMP_TOO_FINE", "UNDECLARED_QI_UNIQUE")
PLACE: Final = ("LOCATION_TOO_FINE", "UNDECLARED_QI_UNIQUE", "FULL_ADDRESS_LEFT")
SUM: Final = ("AMOUNT_TOO_FINE", "UNDECLARED_QI_UNIQUE")
TEXT: Final = ("FREE_TEXT_LEAK", "DIRECT_IDENTIFIER_LEFT")

MONTHS: Final = "正二三四五六七八九十冬腊"
DAYS: Final = ("初", "十", "廿")
SIGNS: Final = "一二三四五六七八九十"


def lunar(day: date) -> str:
    """A day as almanacs write it, as if the calendars were one."""
    year = "".join("〇一二三四五六七八九"[int(one)] for one in str(day.year))
    number = min(day.day, 29) - 1
    return f"农历{year}年{MONTHS[day.month - 1]}月{DAYS[number // 10]}{SIGNS[number % 10]}"


def moment(c: random.Random) -> datetime:
    return datetime(2025, 2, 1, tzinfo=UTC) + timedelta(seconds=c.randrange(250 * 86_400))


def seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


# A birth date, however it is written; with its header or without.
BORN: Final[dict[str, Callable[[date], Any]]] = {
    "as it stands": lambda day: f"{day:%Y-%m-%d}",
    "eight digits": lambda day: f"{day:%Y%m%d}",
    "eight digits reversed": lambda day: f"{day:%Y%m%d}"[::-1],
    "day first": lambda day: f"{day:%d/%m/%Y}",
    "two digits of the year": lambda day: f"{day:%y%m%d}",
    "in words": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "in English": lambda day: f"{day:%d %b %Y}",
    "by the moon": lunar,
    "days of a sheet": lambda day: (day - date(1899, 12, 30)).days,
    "seconds since 1970": seconds,
    "thousandths since 1970": lambda day: 1000 * seconds(day),
    "age in days": lambda day: (TODAY - day).days,
    "age in days with the word": lambda day: f"{(TODAY - day).days}天",
    "age with decimals": lambda day: round((TODAY - day).days / 365.25, 2),
    "age in months": lambda day: (TODAY - day).days // 30,
    "age in years and months": lambda day: f"{(TODAY - day).days // 365}岁{(TODAY - day).days % 365 // 31}个月",
    "week of the year": lambda day: f"{day.isocalendar().year}-W{day.isocalendar().week:02}-{day.isoweekday()}",
    "day of the year": lambda day: f"{day:%Y-%j}",
    "quarter and month": lambda day: f"{day.year}Q{(day.month + 2) // 3}-{day.month:02}",
    "in base of sixteen": lambda day: f"{int(f'{day:%Y%m%d}'):x}",
}  # fmt: skip

def version_one(c: random.Random, at: datetime) -> str:
    ticks = int((at - datetime(1582, 10, 15, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
    low, middle, high = ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48
    return str(
        UUID(
            fields=(
                low,
                middle,
                high | 0x1000,
                0x80 | c.randrange(64),
                c.randrange(256),
                0x1A2B3C4D5E6F,
            )
        )
    )


def radix(number: int, base: int) -> str:
    signs, made = "0123456789abcdefghijklmnopqrstuvwxyz", ""
    while number:
        number, last = divmod(number, base)
        made = signs[last] + made
    return made


def sortable(c: random.Random, at: datetime) -> str:
    """A ULID: ten signs of the clock and sixteen of chance."""
    signs, number, made = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", int(at.timestamp() * 1000), ""
    for _ in range(10):
        number, last = divmod(number, 32)
        made = signs[last] + made
    return made + "".join(c.choice(signs) for _ in range(16))


# The second of something that somebody did.
SECOND: Final[dict[str, Callable[[random.Random, datetime], Any]]] = {
    "as it stands": lambda c, at: f"{at:%Y-%m-%d %H:%M:%S}",
    "of the standard": lambda c, at: f"{at:%Y-%m-%dT%H:%M:%S}+08:00",
    "fourteen digits": lambda c, at: f"{at:%Y%m%d%H%M%S}",
    "since 1970": lambda c, at: int(at.timestamp()),
    "thousandths since 1970": lambda c, at: int(at.timestamp()) * 1000 + c.randrange(1000),
    "in hexadecimal": lambda c, at: f"{int(at.timestamp()):x}",
    "days of a sheet": lambda c, at: round((at - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1), 6),
    "in words": lambda c, at: f"{at.month}月{at.day}日{at.hour}时{at.minute}分",
    "name of a picture": lambda c, at: f"IMG_{at:%Y%m%d_%H%M%S}.jpg",
    "number of a paper": lambda c, at: f"BJ{at:%Y%m%d%H%M%S}{c.randrange(1000):03}",
    "identifier with the clock in front": lambda c, at: str(UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (c.getrandbits(12) << 64) | (2 << 62) | c.getrandbits(62))),
    "object of a database": lambda c, at: f"{int(at.timestamp()):08x}{c.getrandbits(64):016x}",
    "snowflake": lambda c, at: str((int(at.timestamp() * 1000) - 1288834974657) << 22 | c.getrandbits(22)),
    "identifier of version one": version_one,
    "sortable identifier": sortable,
    "to the base of 36": lambda c, at: radix(int(at.timestamp() * 1000), 36),
}  # fmt: skip


def lives() -> Iterator[Leak]:
    """Every leak of what others know of a person."""
    for title, write in BORN.items():
        cell = {"出生日期": lambda _, p, w=write: w(p.born)}
        yield Leak("birth date", f"{title}, under its header", ALONE, cell, of_people=True)
    for title in (
        "as it stands",
        "eight digits",
        "day first",
        "in words",
        "by the moon",
        "age in years and months",
        "age in days with the word",
        "in English",
    ):
        write = BORN[title]
        yield Leak("birth date", f"{title}, no header", ALONE, {"#": lambda _, p, w=write: w(p.born)}, of_people=True)
    yield Leak("birth date", "year, month and day in columns", ALONE, {"出生年": lambda _, p: p.born.year, "出生月": lambda _, p: p.born.month, "出生日": lambda _, p: p.born.day}, of_people=True)
    yield Leak("birth date", "quarter and exact age", ALONE, {"出生季度": lambda _, p: f"第{(p.born.month + 2) // 3}季度", "周岁": lambda _, p: p.age}, of_people=True, named=("周岁",))
    yield Leak("birth date", "age in days, header says so", ALONE, {"年龄(天)": lambda _, p: (TODAY - p.born).days}, of_people=True)
    yield Leak("birth date", "age in English header", ALONE, {"age": lambda _, p: p.age}, of_people=True)
    yield Leak("birth date", "sign of the zodiac and year", ALONE, {"星座": lambda _, p: f"{p.born.month}月座", "出生年份": lambda _, p: p.born.year}, of_people=True, named=("出生年份",))
    for title, tell in SECOND.items():
        yield Leak("moment", title, MOMENT, {"办理时间": lambda c, _, t=tell: t(c, moment(c))}, of_people=True)
    for title in (
        "as it stands",
        "fourteen digits",
        "name of a picture",
        "number of a paper",
        "object of a database",
        "identifier of version one",
        "sortable identifier",
        "snowflake",
        "identifier with the clock in front",
    ):
        tell = SECOND[title]
        yield Leak("moment", f"{title}, no header", MOMENT, {"#": lambda c, _, t=tell: t(c, moment(c))}, of_people=True)
    yield Leak("moment", "day and time of day in columns", MOMENT, {"日期": lambda c, _: f"{moment(c):%Y-%m-%d}", "时刻": lambda c, _: f"{moment(c):%H:%M:%S}"}, of_people=True, named=("时刻", "日期"))
    for word in (
        "死亡日期",
        "结婚日期",
        "入院日期",
        "离婚登记日",
        "火化时间",
        "分娩日期",
        "刑满日期",
        "入伍时间",
    ):
        yield Leak("day of a life", word, ALONE, {word: lambda c, _: f"{moment(c):%Y-%m-%d}"}, of_people=True)
    yield from where()
    yield from sums()
    yield from texts()
    yield from few()


def point(c: random.Random) -> tuple[float, float]:
    return round(c.uniform(106.60, 106.98), 6), round(c.uniform(39.25, 39.85), 6)


def geohash(c: random.Random, signs: int) -> str:
    alphabet = "0123456789bcdefghjkmnpqrstuvwxyz"
    x, y = point(c)
    bits, low, high = [], [-180.0, -90.0], [180.0, 90.0]
    for n in range(5 * signs):
        axis, value = n % 2, (x, y)[n % 2]
        middle = (low[axis] + high[axis]) / 2
        bits.append(int(value >= middle))
        (low if value >= middle else high)[axis] = middle
    return "".join(
        alphabet[int("".join(map(str, bits[n : n + 5])), 2)] for n in range(0, len(bits), 5)
    )


def quadkey(c: random.Random) -> str:
    x, y = point(c)
    column, row = int((x + 180) / 360 * 2**19), int(2**19 * (0.5 - y / 180))
    return "".join(str((column >> n & 1) + 2 * (row >> n & 1)) for n in range(18, -1, -1))


def degrees(value: float) -> str:
    whole, rest = int(value), 60 * (value - int(value))
    return f"{whole}°{int(rest)}′{60 * (rest - int(rest)):.1f}″"


def plus(c: random.Random) -> str:
    signs = "23456789CFGHJMPQRVWX"
    return (
        "8PC4"
        + "".join(c.choice(signs) for _ in range(4))
        + "+"
        + "".join(c.choice(signs) for _ in range(2))
    )


def where() -> Iterator[Leak]:
    """Where somebody is at home or was."""
    cells: dict[str, Mapping[str, Any]] = {
        "two columns": {"经度": lambda c, _: point(c)[0], "纬度": lambda c, _: point(c)[1]},
        "two columns in Latin": {"lng": lambda c, _: point(c)[0], "lat": lambda c, _: point(c)[1]},
        "two columns without a header": {"#1": lambda c, _: point(c)[0], "#2": lambda c, _: point(c)[1]},
        "a pair": {"#": lambda c, _: "{},{}".format(*point(c))},
        "text of a map": {"#": lambda c, _: "POINT({} {})".format(*point(c))},
        "GeoJSON": {"#": lambda c, _: '{{"type":"Point","coordinates":[{},{}]}}'.format(*point(c))},
        "degrees and seconds": {"#": lambda c, _: f"E{degrees(point(c)[0])} N{degrees(point(c)[1])}"},
        "geohash of nine": {"#": lambda c, _: geohash(c, 9)},
        "geohash of eight": {"#": lambda c, _: geohash(c, 8)},
        "link of a map": {"#": lambda c, _: "https://uri.map.example/marker?position={},{}&name=x".format(*point(c))},
        "plus code": {"#": lambda c, _: plus(c)},
        "quadkey": {"#": lambda c, _: quadkey(c)},
        "metres of the grid": {"X坐标": lambda c, _: round(c.uniform(4_346_000, 4_412_000), 2), "Y坐标": lambda c, _: round(c.uniform(36_379_000, 36_412_000), 2)},
        "grid of a hundred metres": {"网格码": lambda c, _: f"48S{c.choice('XY')}D{c.randrange(10**4):04}{c.randrange(10**4):04}"},
        "millionths": {"经度": lambda c, _: int(point(c)[0] * 1e6), "纬度": lambda c, _: int(point(c)[1] * 1e6)},
        "name of a picture": {"#": lambda c, _: "IMG_{}_{}.jpg".format(*point(c))},
    }  # fmt: skip
    for title, one in cells.items():
        yield Leak("place", title, PLACE, one, of_people=True)
    yield Leak("place", "unit of real estate", (*PLACE, "DIRECT_IDENTIFIER_LEFT"), {"不动产单元号": lambda c, _: (f"150302{c.randrange(1, 30):03}{c.randrange(1, 30):03}GB{c.randrange(10**5):05}F{c.randrange(10**4):04}{c.randrange(10**4):04}")}, of_people=True)
    yield Leak("place", "unit of real estate, no header", (*PLACE, "DIRECT_IDENTIFIER_LEFT"), {"#": lambda c, _: (f"150302{c.randrange(1, 30):03}{c.randrange(1, 30):03}GB{c.randrange(10**5):05}F{c.randrange(10**4):04}{c.randrange(10**4):04}")}, of_people=True)
    yield Leak("place", "parcel of a farm", (*PLACE, "DIRECT_IDENTIFIER_LEFT"), {"承包地块编码": lambda c, _: (f"150302{c.randrange(100, 110)}{c.randrange(200, 220)}{c.randrange(1, 15):02}{c.randrange(10**5):05}")}, of_people=True)
    yield Leak("place", "meter of a household", (*PLACE, "DIRECT_IDENTIFIER_LEFT"), {"用电户号": lambda c, _: f"0150{c.randrange(10**9):09}"}, of_people=True)


def sums() -> Iterator[Leak]:
    """Amounts and measures that are one person's alone."""
    yield Leak("sum", "wage to the cent", SUM, {"月收入": lambda c, _: round(c.uniform(2000, 9000), 2)}, of_people=True)
    yield Leak("sum", "wage in cents", SUM, {"工资(分)": lambda c, _: c.randrange(200_000, 900_000)}, of_people=True)
    yield Leak("sum", "wage in words of money", SUM, {"#": lambda c, _: f"￥{c.uniform(2000, 9000):,.2f}"}, of_people=True)
    yield Leak("sum", "medical cost", SUM, {"总费用": lambda c, _: round(c.uniform(200, 90_000), 2)}, of_people=True)
    yield Leak("sum", "in ten thousands with six decimals", SUM, {"贷款额(万元)": lambda c, _: round(c.uniform(5, 80), 6)}, of_people=True)
    yield Leak("sum", "area of a flat", (*SUM, "LINKS_TO_REGISTER"), {"建筑面积": lambda c, _: round(c.uniform(48, 190), 2)}, of_people=True)
    yield Leak("sum", "a reading of a meter", SUM, {"本期读数": lambda c, _: round(c.uniform(80, 3900), 3)}, of_people=True)
    yield Leak("sum", "result of a race", SUM + MOMENT, {"净成绩": lambda c, _: str(timedelta(seconds=c.randrange(4700, 10_800)))}, of_people=True)
    yield Leak("sum", "rank among all", SUM, {"全市排名": lambda c, _: c.randrange(1, 20_000)}, of_people=True)
    yield Leak("sum", "points of an examination with decimals", SUM, {"综合得分": lambda c, _: round(c.uniform(40, 99), 3)}, of_people=True)
    yield Leak("sum", "height and weight to the millimetre", ALONE, {"身高cm": lambda c, _: round(c.gauss(165, 8), 1), "体重kg": lambda c, _: round(c.gauss(64, 11), 1)}, of_people=True)


PLAIN: Final = (
    "已电话回访，群众表示满意。",
    "资料齐全，予以受理。",
    "需补正材料，已告知。",
    "现场核实，情况属实。",
    "转相关科室办理。",
)


def within(part: float, told: Callable[[random.Random, Person], str]) -> Spoil:
    """Notes of which so many rows, one at the least, tell somebody."""

    def spoil(
        c: random.Random, frame: pl.DataFrame, held: Sequence[Person]
    ) -> tuple[pl.DataFrame, Any]:
        chosen = set(c.sample(range(len(held)), max(1, round(part * len(held)))))
        notes = [told(c, p) if n in chosen else c.choice(PLAIN) for n, p in enumerate(held)]
        return frame.with_columns(pl.Series("办理备注", notes)), {}

    return spoil


def texts() -> Iterator[Leak]:
    """What stands in a few of many notes."""
    told: dict[str, Callable[[random.Random, Person], str]] = {
        "citizen number": lambda _, p: f"已核对身份证{p.ident}，予以受理。",
        "citizen number without a word": lambda _, p: f"予以受理。{p.ident}",
        "citizen number in groups": lambda _, p: f"证件 {p.ident[:6]} {p.ident[6:14]} {p.ident[14:]} 已核",
        "telephone": lambda _, p: f"联系电话{p.phone}，下午方便。",
        "telephone in numerals": lambda _, p: f"电话{p.phone.translate(dict(zip(map(ord, '0123456789'), '零一二三四五六七八九', strict=True)))}请回电",
        "telephone in groups": lambda _, p: f"请打{p.phone[:3]} {p.phone[3:7]} {p.phone[7:]}联系",
        "name behind patient": lambda _, p: f"患者{p.name}的儿子来电反映费用问题。",
        "name in front of a form": lambda _, p: f"{p.name}女士来电咨询低保政策。",
        "home": lambda _, p: f"上门地址：{p.address}。",
        "mail": lambda _, p: f"材料发至{p.mail}。",
        "plate": lambda _, p: f"车辆{p.plate}占用消防通道。",
        "bank card": lambda _, p: f"补贴打到卡号{p.card}。",
        "WeChat": lambda _, p: f"加微信{p.mail.split('@')[0]}沟通。",
    }  # fmt: skip
    for title, tell in told.items():
        for part in (0.01, 0.001):
            if part == 0.001 and title in {"name in front of a form", "WeChat"}:
                continue
            yield Leak("text", f"{title} in {part:.1%} of the notes", (*TEXT, "FULL_ADDRESS_LEFT"), spoil=within(part, tell), of_people=title in {"mail", "home"})
    every: dict[str, Callable[[random.Random, Person], str]] = {
        "who is somebody's son": lambda c, p: f"{c.choice(('系', '为'))}{p.name}之{c.choice(('子', '女'))}，{c.choice(PLAIN)}",
        "sex and birthday": lambda c, p: f"{p.sex}，{p.born.year}年{p.born.month}月{p.born.day}日生，{c.choice(PLAIN)}",
        "a rare illness and a village": lambda c, p: f"{p.street}{c.choice(('渡口', '赛汗', '新地', '巴音'))}村{c.randrange(1, 9)}社，{c.choice(('肌萎缩侧索硬化', '戈谢病', '法布雷病', '血友病A'))}，独居",
        "school and class": lambda c, p: f"市第{c.randrange(1, 12)}中学{c.randrange(1, 4)}年级{c.randrange(1, 14)}班班主任反映",
        "employer and post": lambda c, p: f"原任{p.street}党委书记，{c.choice(PLAIN)}",
    }  # fmt: skip
    for title, tell in every.items():
        yield Leak("text", title, (*TEXT, *ALONE), {"情况说明": tell}, of_people=True)


def rare(name: str, common: Mapping[str, int], alone: Sequence[str]) -> Spoil:
    """A column of categories, of which some stand once."""

    def spoil(
        c: random.Random, frame: pl.DataFrame, held: Sequence[Person]
    ) -> tuple[pl.DataFrame, Any]:
        made = c.choices(list(common), list(common.values()), k=len(held))
        for n, one in zip(c.sample(range(len(held)), len(alone)), alone, strict=True):
            made[n] = one
        return frame.with_columns(pl.Series(name, made)), {}

    return spoil


def few() -> Iterator[Leak]:
    """What one or two of all are."""
    yield Leak("rare", "occupations", ALONE, spoil=rare("职业", {"工人": 5, "农民": 4, "职员": 4}, ("市长", "驯兽师", "飞行员")), of_people=True)
    yield Leak("rare", "nationality", ALONE, spoil=rare("国籍", {"中国": 99}, ("尼日利亚", "秘鲁")), of_people=True)
    yield Leak("rare", "peoples", ALONE, spoil=rare("民族", {"汉族": 80, "蒙古族": 15}, ("珞巴族", "京族")), of_people=True)
    yield Leak("rare", "honours", ALONE, spoil=rare("荣誉称号", {"无": 99}, ("全国劳动模范", "奥运冠军", "两弹一星元勋")), of_people=True)
    yield Leak("rare", "posts", ALONE, spoil=rare("职务", {"科员": 50, "主任科员": 30}, ("副市长", "检察长")), of_people=True)
    yield Leak("rare", "titles", ALONE, spoil=rare("职称", {"中级": 50, "初级": 30}, ("院士",)), of_people=True)
    yield Leak("rare", "faiths", ALONE, spoil=rare("宗教信仰", {"无": 95, "佛教": 5}, ("东正教", "犹太教")), of_people=True)
    yield Leak("rare", "ages above all", ALONE, spoil=rare("年龄", {str(one): 1 for one in range(20, 60, 10)}, ("103", "108", "99")), of_people=True)
    yield Leak("rare", "children", ALONE, spoil=rare("子女数", {"0": 2, "1": 5, "2": 4}, ("9", "11")), of_people=True)
    yield Leak("rare", "heights above all", ALONE, spoil=rare("身高", {str(one): 1 for one in range(155, 185, 5)}, ("226",)), of_people=True)
    yield Leak("rare", "illness", (*ALONE, "L_TOO_SMALL"), spoil=rare("疾病诊断", {"高血压": 50, "糖尿病": 30}, ("戈谢病", "法布雷病")), of_people=True)
    yield Leak("rare", "institution of one", ALONE, spoil=rare("工作单位", {"市财政局": 40, "市教育局": 40}, ("乌海市文联", "乌海市侨联")), of_people=True)
    yield Leak("household", "sizes of households", ALONE, {"户编号": lambda c, p: f"H{c.randrange(300):04}", "与户主关系": lambda c, p: c.choice(("户主", "配偶", "子", "女", "父", "母", "孙")), "年龄段": lambda c, p: f"{p.age // 10 * 10}后"}, of_people=True, named=("户编号",))
    yield Leak("household", "list of members", ALONE, {"家庭成员": lambda c, p: (f"夫{p.age}岁、妻{p.age - c.randrange(5)}岁、{c.choice('子女')}{c.randrange(1, 20)}岁")}, of_people=True)
    yield Leak("small", "community", ALONE, {"居住社区": lambda c, p: f"{p.street}第{c.randrange(1, 40)}社区"}, of_people=True)
    yield Leak("small", "school and class", ALONE, {"就读学校": lambda c, p: f"市第{c.randrange(1, 40)}小学", "班级": lambda c, p: f"{c.randrange(1, 7)}年级{c.randrange(1, 9)}班"}, of_people=True, named=("班级", "就读学校"))
    yield Leak("small", "village", ALONE, {"村": lambda c, p: f"{p.street[:2]}{c.choice('东西南北上下')}{c.choice('沟湾滩坡')}村"}, of_people=True)
    yield Leak("small", "employer", ALONE, {"工作单位": lambda c, p: (f"乌海市{c.choice('瑞恒盛泰华蒙')}{c.choice('通源达兴隆')}{c.choice(('煤业', '物流', '商贸'))}有限公司")}, of_people=True)
    yield from registers()


def following(
    c: random.Random, frame: pl.DataFrame, held: Sequence[Person]
) -> tuple[pl.DataFrame, Any]:
    """The numbers of a register, which an earlier release had beside something else."""
    numbers = [f"{n + 1:06}" for n in range(len(held))]
    before = pl.DataFrame(
        {"登记号": numbers, "姓名": [p.name for p in held], "旗区": [p.district for p in held]}
    )
    now = frame.with_columns(
        pl.Series("登记号", numbers),
        pl.Series("性别_登记", [p.sex for p in held]),
        pl.Series("旗区_登记", [p.district for p in held]),
    )
    return now, {
        "earlier": [before.rename({"旗区": "旗区_登记"}).sample(fraction=1.0, shuffle=True, seed=3)]
    }


def again(
    c: random.Random, frame: pl.DataFrame, held: Sequence[Person]
) -> tuple[pl.DataFrame, Any]:
    """The codes of the release before."""
    codes = [f"{c.getrandbits(96):024x}" for _ in held]
    before = pl.DataFrame({"编码": codes, "年龄": [p.age for p in held]})
    return frame.with_columns(pl.Series("对象标识", codes)), {
        "earlier": [before.sample(fraction=0.7, seed=5)]
    }


def ordered(
    c: random.Random, frame: pl.DataFrame, held: Sequence[Person]
) -> tuple[pl.DataFrame, Any]:
    """Rows in the order of a list that hangs on the wall."""
    roll = pl.DataFrame(
        {
            "姓名": [p.name for p in held],
            "性别": [p.sex for p in held],
            "街道": [p.street for p in held],
        }
    )
    now = frame.with_columns(
        pl.Series("居住街道", [p.street for p in held]),
        pl.Series("登记性别", [p.sex for p in held]),
    )
    return now, {"auxiliary": [roll.rename({"街道": "居住街道", "性别": "登记性别"})]}


def registers() -> Iterator[Leak]:
    """What joins with what others hold."""
    yield Leak("join", "numbers of a register in an earlier release", ("PSEUDONYM_JOINS_OTHER_RELEASE", "LINKS_TO_REGISTER"), spoil=following, of_people=True, named=("登记号",))
    yield Leak("join", "codes of the release before", ("PSEUDONYM_JOINS_OTHER_RELEASE",), spoil=again, of_people=True)
    yield Leak("join", "the order of a roll", ("LINKS_TO_REGISTER",), spoil=ordered, of_people=True, named=("居住街道", "登记性别"))
