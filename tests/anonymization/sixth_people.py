"""A sixth hand's made-up residents, the tables of its bureaux.

Written from the paper's list of attacks alone, by somebody who has read no verifier and no earlier
set. A bureau's table has columns that others may know of somebody (`known`) and columns that tell
something about him (`telling`); `Bureau.kept` leaves out who would stand in too small or too
uniform a group, as the bureau's own expert would. Every number, name and address is drawn; nobody
lives behind it.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl

AS_OF = date(2025, 9, 30)
DISTRICTS = {"海勃湾区": "150302", "海南区": "150303", "乌达区": "150304"}
STREETS = {
    "海勃湾区": ("凤凰岭街道", "海北街道", "新华街道", "新华西街道", "滨河街道", "林荫街道"),
    "海南区": ("拉僧仲街道", "西卓子山街道", "拉僧庙镇", "公乌素镇"),
    "乌达区": ("三道坎街道", "五虎山街道", "新达街道", "巴音赛街道", "滨海街道"),
}
COMPOUNDS = (
    "温馨家园",
    "万达华府",
    "神华小区",
    "书香苑",
    "金裕小区",
    "星光花园",
    "滨河嘉苑",
    "锦绣城",
)
ROADS = ("人民南路", "黄河东街", "机场路", "双拥街", "海达街", "巴音赛大街", "建设南路", "车站西街")
FAMILY = "王李张刘陈杨赵黄周吴徐孙马胡朱郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = {
    "男": (
        "伟",
        "强",
        "磊",
        "洋",
        "勇",
        "军",
        "杰",
        "涛",
        "超",
        "明",
        "刚",
        "平",
        "辉",
        "鹏",
        "华",
        "飞",
        "鑫",
        "波",
        "斌",
        "宇",
        "浩",
        "凯",
        "健",
        "俊杰",
        "建军",
        "志明",
        "文博",
        "子轩",
    ),
    "女": (
        "芳",
        "娜",
        "敏",
        "静",
        "丽",
        "艳",
        "娟",
        "霞",
        "燕",
        "玲",
        "桂兰",
        "秀珍",
        "婷婷",
        "雪",
        "梅",
        "琳",
        "玉兰",
        "红",
        "慧",
        "洁",
        "颖",
        "欣怡",
        "诗涵",
        "晓燕",
        "淑华",
        "凤英",
    ),
}
STEPPE = (
    "巴图",
    "朝鲁",
    "敖特根",
    "其其格",
    "娜仁花",
    "额尔敦",
    "斯琴高娃",
    "宝音德力格尔",
    "乌兰图雅",
)
JOBS = {
    "专业技术人员": 5,
    "办事人员": 6,
    "商业服务业人员": 9,
    "生产制造人员": 9,
    "农牧业人员": 2,
    "不便分类": 4,
}
SCHOOLING = {"小学及以下": 2, "初中": 6, "高中或中专": 6, "大专": 4, "本科及以上": 4}


@dataclass(frozen=True)
class Person:
    """One made-up resident, with all that the registers of a city would hold."""

    name: str
    sex: str
    born: date
    district: str
    street: str
    compound: str
    door: tuple[int, int, int]
    ident: str
    phone: str
    nation: str
    job: str
    schooling: str
    card: str
    plate: str

    @property
    def age(self) -> int:
        return (
            AS_OF.year
            - self.born.year
            - ((AS_OF.month, AS_OF.day) < (self.born.month, self.born.day))
        )

    @property
    def home(self) -> str:
        house, stair, flat = self.door
        return f"{self.district}{self.street}{self.compound}{house}号楼{stair}单元{flat}室"


Cell = Callable[[random.Random, Person], Any]


def drawn(c: random.Random, weights: Mapping[Any, float]) -> Any:
    return c.choices(list(weights), list(weights.values()))[0]


def mod11(body: str) -> str:
    """The check character of GB 11643 for seventeen digits."""
    return "10X98765432"[sum(int(d) * 2 ** (17 - i) for i, d in enumerate(body)) % 11]


def luhn(body: str) -> str:
    """The number with its check digit of ISO/IEC 7812."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        double = int(sign) * (2 - place % 2)
        total += double - 9 * (double > 9)
    return body + str(-total % 10)


def credit_code(c: random.Random, front: str = "911503") -> str:
    """A unified social credit code with a right check character, GB 32100."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = front + "0" + str(c.randrange(2, 5)) + "".join(c.choice(signs) for _ in range(9))
    total = sum(signs.index(sign) * 3**place % 31 for place, sign in enumerate(body))
    return body + signs[-total % 31]


def resident(c: random.Random, ages: tuple[int, int]) -> Person:
    sex = c.choice("男女")
    steppe = c.random() < 0.06
    name = c.choice(STEPPE) if steppe else c.choice(FAMILY) + c.choice(GIVEN[sex])
    born = AS_OF - timedelta(days=c.randrange(ages[0] * 365 + 30, ages[1] * 365))
    district = drawn(c, {"海勃湾区": 5, "海南区": 2, "乌达区": 3})
    origin = (
        DISTRICTS[district]
        if c.random() < 0.7
        else c.choice(("152824", "150802", "612725", "130726"))
    )
    body = f"{origin}{born:%Y%m%d}{c.randrange(100):02}{c.randrange(5) * 2 + (sex == '男')}"
    front = c.choice(
        ("138", "139", "150", "151", "158", "159", "182", "186", "188", "189", "147", "177")
    )
    return Person(
        name,
        sex,
        born,
        district,
        c.choice(STREETS[district]),
        c.choice(COMPOUNDS),
        (c.randrange(1, 40), c.randrange(1, 6), c.randrange(1, 18) * 100 + c.randrange(1, 5)),
        body + mod11(body),
        f"{front}{c.randrange(10**8):08}",
        "蒙古族" if steppe else drawn(c, {"汉族": 90, "回族": 3, "满族": 2, "蒙古族": 4}),
        drawn(c, JOBS),
        drawn(c, SCHOOLING),
        luhn(c.choice(("622848", "621700", "621226")) + f"{c.randrange(10**12):012}"),
        "蒙C"
        + "".join(c.choice("ABDEFGHJK0123456789") for _ in range(1))
        + f"{c.randrange(10**4):04}",
    )


@cache
def residents(count: int, seed: str, ages: tuple[int, int] = (18, 84)) -> tuple[Person, ...]:
    """So many people who do not exist, always the same for a seed."""
    c = random.Random(seed)
    return tuple(resident(c, ages) for _ in range(count))


# --- cells --------------------------------------------------------------------------------------


def band(*edges: int, unit: str = "岁") -> Cell:
    """The age in bands: under the first edge, between two, from the last."""

    def cell(_: random.Random, p: Person) -> str:
        above = [edge for edge in edges if edge <= p.age]
        if not above:
            return f"{edges[0]}{unit}以下"
        if len(above) == len(edges):
            return f"{edges[-1]}{unit}及以上"
        return f"{above[-1]}-{edges[len(above)] - 1}{unit}"

    return cell


def one_of(**weights: float) -> Cell:
    return lambda c, _: drawn(c, weights)


def its(name: str) -> Cell:
    return lambda _, p: getattr(p, name)


def keyed(front: str = "", signs: int = 16) -> Cell:
    """What a keyed digest or a secret table looks like: nothing to be computed from."""
    return lambda c, _: front + f"{c.getrandbits(signs * 4):0{signs}x}"


def number(front: str, digits: int) -> Cell:
    return lambda c, _: f"{front}{c.randrange(10**digits):0{digits}}"


def day(first: date, days: int, form: str = "%Y-%m-%d") -> Cell:
    return lambda c, _: (first + timedelta(days=c.randrange(days))).strftime(form)


def filled(held: Iterable[Person], cells: Mapping[str, Cell], seed: str) -> pl.DataFrame:
    """A table of these people, a row each."""
    c = random.Random(seed)
    rows = [{name: cell(c, p) for name, cell in cells.items()} for p in held]
    return pl.DataFrame(rows, infer_schema_length=None)


# --- bureaux ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bureau:
    """The columns of a table as its expert let it go, and what he counted."""

    cells: Mapping[str, Cell]
    known: tuple[str, ...]
    telling: tuple[str, ...] = ()
    k: int = 6
    ages: tuple[int, int] = (18, 84)
    profile: str = "statistical"

    @property
    def claim(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "quasi_identifiers": list(self.known),
            "k": self.k,
            "profile": self.profile,
        }
        return said | ({"sensitive": list(self.telling), "l": 2} if self.telling else {})

    def kept(self, count: int, seed: str) -> tuple[pl.DataFrame, list[Person]]:
        """The table without small or uniform groups, and its people in the same order."""
        held = list(residents(count, seed, self.ages))
        frame = filled(held, self.cells, seed).with_row_index("#")
        groups = [pl.len().alias("n")] + [
            pl.col(one).n_unique().alias(f"#{one}") for one in self.telling
        ]
        good = (pl.col("n") >= self.k) & pl.all_horizontal(
            *[pl.col(f"#{one}") >= 2 for one in self.telling], pl.lit(True)
        )
        frame = frame.join(
            frame.group_by(self.known).agg(groups).filter(good), on=self.known, how="semi"
        )
        return frame.drop("#"), [held[n] for n in frame["#"]]


# --- releases ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Release:
    """A release and the truth about it.

    `codes`: any of these is the right name of the flaw, the paper's own first; none: it is sound.
    `columns`: sets of columns; a finding of a right code must name all of one set.
    """

    title: str
    frame: pl.DataFrame
    claim: Mapping[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    columns: tuple[frozenset[str], ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)
