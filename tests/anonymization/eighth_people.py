"""An eighth hand's made-up residents, and how its tables are put together.

Written from the list of attacks, the domain and the law by somebody who has read no verifier. A
table of people is honest first: whoever would stand in too small or too uniform a group is left
out; a flaw is put in afterwards, so that it is the only one. Everything comes from a seed.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from tests.anonymization.sixth_people import Release, luhn, mod11

TODAY = date(2025, 11, 15)
STREETS = {
    "海勃湾区": ("新华街道", "新华西街道", "凤凰岭街道", "海北街道", "滨河街道", "卡布其街道"),
    "乌达区": ("巴音赛街道", "三道坎街道", "苏海图街道", "梁家沟街道", "滨海街道"),
    "海南区": ("拉僧仲街道", "西卓子山街道", "拉僧庙镇", "公乌素镇"),
}
REGIONS = {"海勃湾区": "150302", "海南区": "150303", "乌达区": "150304"}
# Where those were born who came to the mines and works later.
ELSEWHERE = ("640221", "610827", "620402", "150824", "371321", "410327", "142328")
BLOCKS = ("东苑小区", "和平里", "华建家园", "滨海新城", "黄白茨生活区", "绿景尚都", "公务员小区")
FAMILY = (
    *"王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余杜",
    "欧阳",
    "上官",
)
GIVEN = {
    "男": (
        *("宏", "斌", "亮", "鑫", "龙", "旭东", "永胜", "德福", "铁柱", "根生", "宇轩"),
        *("学军", "国庆", "立新", "晓峰", "振华", "万里", "向阳", "嘉诚", "少华"),
    ),
    "女": (
        *("梅", "霞", "燕", "倩", "蓉", "玉兰", "翠花", "巧云", "爱萍", "建华", "晓彤"),
        *("雨桐", "凤英", "月娥", "丽君", "婉清", "梦洁", "惠芳", "喜莲", "若曦"),
    ),
}
STEPPE = (
    "斯琴高娃",
    "朝鲁",
    "其其格",
    "乌兰图雅",
    "毕力格",
    "娜仁花",
    "巴雅尔",
    "图门",
    "阿拉腾花",
)
SOUNDS = {
    "王": "wang",
    "李": "li",
    "张": "zhang",
    "刘": "liu",
    "陈": "chen",
    "杨": "yang",
    "赵": "zhao",
    "马": "ma",
    "郭": "guo",
    "高": "gao",
}


@dataclass(frozen=True)
class Person:
    """One made-up resident."""

    name: str
    sex: str
    born: date
    district: str
    street: str
    door: tuple[str, int, int, str]
    ident: str
    phone: str
    plate: str
    card: str
    mail: str

    @property
    def age(self) -> int:
        before = (TODAY.month, TODAY.day) < (self.born.month, self.born.day)
        return TODAY.year - self.born.year - before

    @property
    def address(self) -> str:
        block, house, stair, flat = self.door
        return f"{self.district}{self.street}{block}{house}号楼{stair}单元{flat}"


Cell = Callable[[random.Random, Person], Any]
Cells = Mapping[str, Any]


def resident(c: random.Random, low: int, high: int) -> Person:
    sex = c.choice("男女")
    family = c.choice(FAMILY)
    name = c.choice(STEPPE) if c.random() < 0.06 else family + c.choice(GIVEN[sex])
    born = TODAY - timedelta(days=c.randrange(low * 366, high * 365))
    district = c.choices(list(STREETS), (6, 3, 2))[0]
    region = c.choice(ELSEWHERE) if c.random() < 0.2 else REGIONS[district]
    body = f"{region}{born:%Y%m%d}{c.randrange(60):02}{2 * c.randrange(5) + (sex == '男')}"
    floor, flat = c.randrange(1, 19), c.randrange(1, 5)
    front = c.choice(("1390473", "1384730", "1504739", "1517473", "1894730", "1304730", "1994731"))
    return Person(
        name,
        sex,
        born,
        district,
        c.choice(STREETS[district]),
        (c.choice(BLOCKS), c.randrange(1, 40), c.randrange(1, 6), f"{floor}{flat:02}"),
        body + mod11(body),
        front + f"{c.randrange(10**4):04}",
        f"蒙C{c.choice('ABCDEFGHJK')}{c.randrange(10**4):04}",
        luhn(f"62179900{c.randrange(10**10):010}"),
        f"{SOUNDS.get(family, 'sun')}{c.choice(('hao', 'lin', 'yan', 'bo', 'qi'))}"
        f"{born:%y%m}@{c.choice(('163.com', 'qq.com', '126.com', 'sina.com'))}",
    )


@cache
def crowd(count: int, seed: str, low: int = 18, high: int = 80) -> tuple[Person, ...]:
    c = random.Random(f"eighth {seed}")
    return tuple(resident(c, low, high) for _ in range(count))


# --- cells --------------------------------------------------------------------------------------


def of(name: str) -> Cell:
    return lambda _, p: getattr(p, name)


def some(**weights: float) -> Cell:
    return lambda c, _: c.choices(list(weights), list(weights.values()))[0]


def band(*edges: int, form: str = "{}—{}岁") -> Cell:
    """The age between two edges; the last is above everybody."""

    def cell(_: random.Random, p: Person) -> str:
        low = max(edge for edge in edges if edge <= p.age)
        return form.format(low, edges[edges.index(low) + 1] - 1)

    return cell


def token(signs: int = 24, front: str = "") -> Cell:
    """From a key that nobody has."""
    return lambda c, _: front + f"{c.getrandbits(4 * signs):0{signs}x}"


def when(
    form: str = "%Y-%m-%d", first: date = date(2025, 1, 6), days: int = 300, step: int = 1
) -> Cell:
    begun = datetime(first.year, first.month, first.day, tzinfo=UTC)
    most = days * 86_400 // step
    return lambda c, _: (begun + timedelta(seconds=step * c.randrange(most))).strftime(form)


def cells_of(held: Sequence[Person], cells: Cells, seed: str) -> dict[str, list[Any]]:
    """A function as it is; one of a tuple; anything else in every row."""
    made = {}
    for name, given in cells.items():
        c = random.Random(f"{seed} {name}")
        if callable(given):
            made[name] = [given(c, p) for p in held]
        elif isinstance(given, tuple):
            made[name] = [c.choice(given) for _ in held]
        else:
            made[name] = [given] * len(held)
    return made


# --- releases -----------------------------------------------------------------------------------


def named(*columns: str) -> tuple[frozenset[str], ...]:
    """Each of these, joined by +, is enough to have been named."""
    return tuple(frozenset(one.split("+")) for one in columns)


Spoil = Callable[[pl.DataFrame, list[Person]], pl.DataFrame]
Beside = Callable[[pl.DataFrame, list[Person]], Mapping[str, Any]]


def folk(
    title: str,
    known: Cells,
    telling: Cells | None = None,
    added: Cells | None = None,
    *,
    count: int = 1000,
    k: int = 10,
    aged: tuple[int, int] = (18, 80),
    flaw: str = "",
    at: tuple[str, ...] = (),
    spoil: Spoil | None = None,
    beside: Beside | None = None,
    **claim: Any,
) -> Release:
    """A table with a row for each person: honest groups, then `added`, then `spoil`."""
    held = list(crowd(count, title, *aged))
    told = list(telling or {})
    frame = pl.DataFrame(
        cells_of(held, {**known, **(telling or {})}, title), infer_schema_length=None
    ).with_columns(pl.int_range(pl.len()).alias("#"))
    whole = [pl.len().over(list(known)) >= k]
    whole += [pl.col(one).n_unique().over(list(known)) >= 2 for one in told]
    frame = frame.filter(*whole)
    held = [held[n] for n in frame["#"]]
    more = cells_of(held, added or {}, title)
    frame = frame.drop("#").with_columns(
        *[pl.Series(name, values, strict=False) for name, values in more.items()]
    )
    said: dict[str, Any] = {"quasi_identifiers": list(known), "k": k, "profile": "statistical"}
    if told:
        said |= {"sensitive": told, "l": 2}
    if spoil:
        frame = spoil(frame, held)
    others = beside(frame, held) if beside else {}
    codes = tuple(flaw.split("|")) if flaw else ()
    return Release(title, frame, {**said, **claim}, codes, named(*at), others)


def rows(
    title: str,
    given: Sequence[Mapping[str, Any]],
    flaw: str = "",
    at: tuple[str, ...] = (),
    others: Mapping[str, Any] | None = None,
    **claim: Any,
) -> Release:
    """A table whose rows are given."""
    frame = pl.DataFrame(list(given), infer_schema_length=None)
    codes = tuple(flaw.split("|")) if flaw else ()
    return Release(title, frame, claim, codes, named(*at), others or {})


def by_law(law: str, *columns: str) -> dict[str, str]:
    """The rules of columns that one law orders to be published."""
    return dict.fromkeys(columns, f"依法公开：{law}")


def company(c: random.Random) -> str:
    """The name of a company that does not exist."""
    return (
        f"{c.choice(('乌海市', '内蒙古'))}{c.choice('瑞恒盛泰华蒙')}{c.choice('通源达兴隆')}"
        f"{c.choice(('煤业', '物流', '建筑安装', '商贸', '物业服务', '葡萄酒业', '机械'))}"
        f"{c.choice(('有限公司', '有限责任公司', '股份有限公司'))}"
    )


def at_day(n: int, form: str = "%Y-%m-%d", first: date = date(2024, 1, 1)) -> str:
    return (first + timedelta(days=n)).strftime(form)


def at_minute(n: int, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (datetime(2025, 5, 1, tzinfo=UTC) + timedelta(minutes=n)).strftime(form)
