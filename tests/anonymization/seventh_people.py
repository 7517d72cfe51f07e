"""A seventh hand's made-up residents, and how its tables are put together.

Written from the list of attacks, the domain and the law alone, by somebody who has read no
verifier. A table of people is made as an honest office makes it: who would stand in too small or
too uniform a group is left out first; only then comes what spoils it, so that a flaw has one cause.
Every number, name and address is drawn from a seed; nobody lives behind it.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import polars as pl

from tests.anonymization.sixth_people import Release, luhn, mod11

TODAY = date(2025, 10, 31)
TOWNS = {
    "海勃湾区": ("凤凰岭街道", "海北街道", "新华街道", "林荫街道", "滨河街道", "千里山镇"),
    "乌达区": ("三道坎街道", "五虎山街道", "新达街道", "巴音赛街道", "梁家沟街道"),
    "海南区": ("拉僧仲街道", "西卓子山街道", "公乌素镇", "巴音陶亥镇"),
}
CODES = {"海勃湾区": "150302", "海南区": "150303", "乌达区": "150304"}
ESTATES = (
    "学府花园",
    "黄河明珠",
    "矿务局家属院",
    "祥和佳苑",
    "君正长河华府",
    "桃源小区",
    "北方康城",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
MALE = (
    *"伟强磊军勇杰涛明超刚平辉鹏",
    "志强",
    "建国",
    "海涛",
    "文斌",
    "俊峰",
    "浩然",
    "子豪",
    "占军",
)
FEMALE = (
    *"芳娜敏静丽艳娟霞",
    "秀英",
    "桂英",
    "红梅",
    "淑珍",
    "雅婷",
    "思雨",
    "佳怡",
    "春燕",
    "改青",
)
STEPPE = (
    "巴特尔",
    "阿拉坦",
    "苏日娜",
    "乌云其木格",
    "布和",
    "萨仁",
    "那日苏",
    "格日勒图",
    "哈斯其其格",
)


@dataclass(frozen=True)
class Person:
    """One made-up resident."""

    name: str
    pinyin: str
    sex: str
    born: date
    district: str
    town: str
    home: tuple[str, int, int, int]
    ident: str
    phone: str
    plate: str
    card: str

    @property
    def age(self) -> int:
        before = (TODAY.month, TODAY.day) < (self.born.month, self.born.day)
        return TODAY.year - self.born.year - before

    @property
    def address(self) -> str:
        estate, house, stair, flat = self.home
        return f"{self.district}{self.town}{estate}{house}号楼{stair}单元{flat}室"


Cell = Callable[[random.Random, Person], Any]
Cells = Mapping[str, Any]
SYLLABLES = (
    "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo "
    "liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng xu fu shen zeng peng lv"
)
SOUNDS = dict(zip(SURNAMES, SYLLABLES.split(), strict=True))


def resident(c: random.Random, ages: tuple[int, int]) -> Person:
    sex = c.choice("男女")
    surname, given = c.choice(SURNAMES), c.choice(MALE if sex == "男" else FEMALE)
    name = c.choice(STEPPE) if c.random() < 0.05 else surname + given
    born = TODAY - timedelta(days=c.randrange(ages[0] * 366, ages[1] * 365))
    district = c.choices(list(TOWNS), (5, 3, 2))[0]
    body = (
        f"{CODES[district]}{born:%Y%m%d}{c.randrange(100):02}{2 * c.randrange(5) + (sex == '男')}"
    )
    return Person(
        name,
        SOUNDS[surname] + c.choice(("wei", "qiang", "lei", "jun", "fang", "na", "min", "jing")),
        sex,
        born,
        district,
        c.choice(TOWNS[district]),
        (c.choice(ESTATES), c.randrange(1, 32), c.randrange(1, 5), 100 * c.randrange(1, 12) + 1),
        body + mod11(body),
        c.choice(("139", "138", "150", "151", "187", "188")) + f"04{c.randrange(10**6):06}",
        f"蒙C{c.choice('ABDFGHJKL')}{c.randrange(10**4):04}",
        luhn(f"62284807{c.randrange(10**10):010}"),
    )


@cache
def residents(count: int, seed: str, ages: tuple[int, int]) -> tuple[Person, ...]:
    c = random.Random(f"seventh {seed}")
    return tuple(resident(c, ages) for _ in range(count))


# --- cells --------------------------------------------------------------------------------------


def its(name: str) -> Cell:
    return lambda _, p: getattr(p, name)


def pick(**weights: float) -> Cell:
    return lambda c, _: c.choices(list(weights), list(weights.values()))[0]


def ages(*edges: int, form: str = "{}-{}岁") -> Cell:
    """The age between two edges, the last of which nobody reaches."""
    pairs = list(pairwise(edges))

    def cell(_: random.Random, p: Person) -> str:
        low, high = next((a, b) for a, b in pairs if a <= p.age < b)
        return form.format(low, high - 1)

    return cell


def keyed(signs: int = 16, front: str = "") -> Cell:
    """A pseudonym from a key: nothing to compute it from."""
    return lambda c, _: f"{front}{c.getrandbits(4 * signs):0{signs}x}"


def day(form: str = "%Y-%m-%d", first: date = date(2025, 1, 1), days: int = 270) -> Cell:
    return lambda c, _: (first + timedelta(days=c.randrange(days))).strftime(form)


def moment(form: str = "%Y-%m-%d %H:%M:%S", days: int = 270) -> Cell:
    begun = datetime(2025, 1, 1, tzinfo=UTC)
    return lambda c, _: (begun + timedelta(seconds=c.randrange(days * 86400))).strftime(form)


def money(low: float, high: float, digits: int = 2) -> Cell:
    return lambda c, _: round(c.uniform(low, high), digits)


def cell_of(given: Any) -> Cell:
    """A function as it is; of a tuple one; anything else always the same."""
    if callable(given):
        return given
    if isinstance(given, tuple):
        return lambda c, _: c.choice(given)
    return lambda _c, _p: given


def columns(held: Sequence[Person], cells: Cells, seed: str) -> dict[str, list[Any]]:
    made = {}
    for name, given in cells.items():
        c, cell = random.Random(f"{seed} {name}"), cell_of(given)
        made[name] = [cell(c, p) for p in held]
    return made


# --- releases -----------------------------------------------------------------------------------


def truth(*columns: str) -> tuple[frozenset[str], ...]:
    """Each of these, joined by +, is enough to have been named."""
    return tuple(frozenset(one.split("+")) for one in columns)


def people(
    title: str,
    known: Cells,
    telling: Cells | None = None,
    added: Cells | None = None,
    *,
    count: int = 1200,
    k: int = 10,
    of: tuple[int, int] = (18, 80),
    codes: str = "",
    at: tuple[str, ...] = (),
    spoil: Callable[[pl.DataFrame, list[Person]], pl.DataFrame] | None = None,
    others: Callable[[pl.DataFrame, list[Person]], Mapping[str, Any]] | None = None,
    **claim: Any,
) -> Release:
    """A table of people: small and uniform groups left out, then `added` and `spoil`."""
    held = list(residents(count, title, of))
    frame = pl.DataFrame(
        columns(held, {**known, **(telling or {})}, title), infer_schema_length=None
    ).with_row_index("#")
    diverse = [pl.col(one).n_unique().alias(f"#{one}") for one in telling or {}]
    good = frame.group_by(list(known)).agg(pl.len().alias("#n"), *diverse)
    good = good.filter(pl.col("#n") >= k, *[pl.col(f"#{one}") >= 2 for one in telling or {}])
    frame = frame.join(good, on=list(known), how="semi", nulls_equal=True).sort("#")
    held = [held[n] for n in frame["#"]]
    more = columns(held, added or {}, title)
    frame = frame.drop("#").with_columns(
        *[pl.Series(name, values, strict=False) for name, values in more.items()]
    )
    said = {"quasi_identifiers": list(known), "k": k, "profile": "statistical"}
    said |= {"sensitive": list(telling), "l": 2} if telling else {}
    if spoil:
        frame = spoil(frame, held)
    beside = others(frame, held) if others else {}
    return Release(
        title, frame, said | claim, tuple(codes.split("|")) if codes else (), truth(*at), beside
    )


def lines(
    title: str,
    rows: list[dict[str, Any]],
    codes: str = "",
    at: tuple[str, ...] = (),
    others: Mapping[str, Any] | None = None,
    **claim: Any,
) -> Release:
    """A table given row by row."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    named = tuple(codes.split("|")) if codes else ()
    return Release(title, frame, claim, named, truth(*at), others or {})


def firm(c: random.Random) -> str:
    """The name of a company that does not exist."""
    trade = c.choice(("化工", "建材", "运输", "餐饮管理", "农牧业", "新能源", "环保科技"))
    return f"乌海市{c.choice('鼎博创东方广昊')}{c.choice('晟睿邦力轩捷')}{trade}有限责任公司"
