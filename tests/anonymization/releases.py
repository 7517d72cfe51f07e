"""Makes releases to try the gate on: sound ones of eight sectors, and flawed ones with the truth.

A flawed release is a sound one with one flaw added by `tests.anonymization.flaws`. Two thirds of
either are TUNED; the rest is HELD, scored before anything was mended for it and never looked into.
`python -m tests.anonymization.releases` prints the scores of today. All values are made up.
"""

import base64
import hashlib
import hmac
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from tests.anonymization import hard_values as made
from tests.anonymization import judging
from tests.anonymization.judging import verdict

ROWS = 900
Person = dict[str, Any]
Cells = Callable[[random.Random, Person], str | None]


@dataclass(frozen=True, eq=False)
class Case:
    """A release, what is claimed of it, and its flaw: one of these codes, on these columns."""

    title: str
    frame: pl.DataFrame
    claim: Mapping[str, Any]
    codes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether there is nothing to find."""
        return not self.codes


# --- people ---------------------------------------------------------------------------------

STREETS = {
    "海勃湾区": ("新华街道", "滨河街道", "凤凰岭街道"),
    "海南区": ("公乌素镇", "西卓子山街道"),
    "乌达区": ("三道坎街道", "巴音赛街道"),
}


def people(chance: random.Random, rows: int) -> list[Person]:
    """Made-up people: what a department holds before it treats anything."""
    return [_person(chance, row) for row in range(rows)]


def _person(chance: random.Random, row: int) -> Person:
    district = chance.choices(tuple(STREETS), (6, 3, 3))[0]
    born = made.day(chance, 1947, 2006)
    order = chance.randrange(1, 1000)
    code = {"海勃湾区": "150302", "海南区": "150303", "乌达区": "150304"}[district]
    body = f"{code}{born:%Y%m%d}{order:03}"
    return {
        "row": row,
        "name": made.person(chance),
        "id": body + made.citizen_check(body),
        "mobile": made.mobile(chance),
        "sex": "男" if order % 2 else "女",
        "born": born,
        "age": 2026 - born.year,
        "district": district,
        "street": chance.choice(STREETS[district]),
        "address": made.address(chance),
        "nation": chance.choices(("汉族", "蒙古族", "回族", "满族", "达斡尔族"), (70, 20, 6, 3, 1))[
            0
        ],
        "job": chance.choice(JOBS),
        "moment": date(2025, 1, 1) + timedelta(chance.randrange(365)),
    }


NATIONS = ("汉族", "蒙古族", "回族", "满族", "达斡尔族")
JOBS = (
    "煤矿工人", "小学教师", "护士", "医生", "公务员", "货车司机", "会计", "农民", "电工", "焊工",
    "化工操作工", "销售员", "厨师", "保安", "律师", "记者", "殡葬师", "演员", "飞行员", "法官",
)  # fmt: skip


def keyed(name: str, form: str = "hex") -> Cells:
    """A keyed pseudonym, the key of each release its own."""

    def make(chance: random.Random, one: Person) -> str:
        digest = hmac.new(b"a key nobody has" + name.encode(), one["id"].encode(), "sha256")
        if form == "base64":
            return base64.b64encode(digest.digest()[:18]).decode()
        return digest.hexdigest()[:32]

    return make


def band(width: int, words: str = "{}-{}岁") -> Cells:
    return lambda chance, one: words.format(first := one["age"] // width * width, first + width - 1)


def told(key: str) -> Cells:
    return lambda chance, one: str(one[key])


def drawn(*values: str, weights: Sequence[int] | None = None) -> Cells:
    return lambda chance, one: chance.choices(values, weights)[0]


def serial(front: str, width: int = 6) -> Cells:
    return lambda chance, one: f"{front}{one['row'] + 1:0{width}}"


def rounded(least: int, most: int, step: int) -> Cells:
    return lambda chance, one: str(chance.randrange(least, most, step))


def likely(make: made.Make) -> Cells:
    return lambda chance, one: make(chance)


def when(form: str) -> Cells:
    return lambda chance, one: one["moment"].strftime(form)


# --- sound releases -------------------------------------------------------------------------

AREA = {"所在区": told("district"), "年龄段": band(20), "性别": told("sex")}
SECTORS: Mapping[str, Mapping[str, Cells]] = {
    "hukou": {
        "人员假名": keyed("hukou"),
        **AREA,
        "户口类别": drawn("家庭户", "集体户", weights=(9, 1)),
        "登记月份": when("%Y-%m"),
        "业务编号": lambda c, one: f"150300{one['moment']:%Y%m%d}{one['row']:04}",
    },
    "hospital": {
        "患者标识": keyed("hospital", "base64"),
        "区": told("district"),
        "年龄组": band(20, "{}～{}岁"),
        "性别": told("sex"),
        "疾病大类": drawn("循环系统疾病", "呼吸系统疾病", "消化系统疾病", "内分泌疾病"),
        "住院天数档": drawn("1-7天", "8-14天", "15天以上"),
        "费用档": drawn("5千以下", "5千-1万", "1万-3万", "3万以上"),
    },
    "insurance": {
        "xh": serial("", 1),
        "qx": told("district"),
        "nl_band": band(20, "{}-{}"),
        "xb": told("sex"),
        "参保类型": drawn("城镇职工", "城乡居民", "灵活就业"),
        "缴费档次": drawn("一档", "二档", "三档"),
        "经办机构": drawn("乌海市社会保险中心", "海勃湾区社保所", "乌达区社保所"),
        "咨询电话": drawn("0473-2052114", "0473-3998123", "0473-4022110"),
    },
    "tax": {
        "纳税人名称": likely(made.company),
        "统一社会信用代码": likely(made.uscc),
        "注册地址": likely(made.address),
        "行业": drawn("采矿业", "制造业", "批发和零售业", "住宿和餐饮业"),
        "纳税信用等级": drawn("A", "B", "M", "C"),
        "评定年度": drawn("2023", "2024", "2025"),
    },
    "traffic": {
        "决定书编号": lambda c, one: f"1503{one['moment']:%Y%m%d}{one['row']:07}",
        "号牌": lambda c, one: made.plate(c)[:2] + "·***" + str(c.randrange(10, 100)),
        "车辆类型": drawn("小型汽车", "大型汽车", "摩托车"),
        "违法行为": drawn("超速行驶", "违规停车", "闯红灯", "未系安全带"),
        "路段": drawn("人民路", "黄河东街", "新华大街", "海北大街"),
        "违法日期": when("%Y-%m-%d"),
        "设备版本": likely(made.version),
    },
    "schools": {
        "学生代号": keyed("schools"),
        "学段": drawn("小学", "初中", "高中"),
        "性别": told("sex"),
        "区县": told("district"),
        "体质等级": drawn("优秀", "良好", "及格", "不及格"),
        "成绩等第": drawn("A", "B", "C", "D"),
    },
    "enterprise": {
        "企业名称": likely(made.company),
        "uscc": likely(made.uscc),
        "法定代表人": lambda c, one: one["name"][0] + "**",
        "经营场所": likely(made.address),
        "联系电话": lambda c, one: one["mobile"][:3] + "****" + one["mobile"][-4:],
        "许可证号": lambda c, one: f"JY11503{one['row']:09}",
        "产品批号": lambda c, one: f"E{c.randrange(10**8):08}",
    },
    "courts": {
        "案号": lambda c, one: f"（2025）内0302民初{one['row'] + 1}号",
        "案由": drawn("民间借贷纠纷", "离婚纠纷", "劳动争议", "买卖合同纠纷"),
        "当事人": lambda c, one: one["name"][0] + c.choice(("某", "某某")),
        "结案方式": drawn("判决", "调解", "撤诉"),
        "立案月份": when("%Y年%m月"),
        "裁判要旨": lambda c, one: c.choice(
            (
                f"原告{one['name'][0]}某与被告李某系朋友关系，双方对借款事实无争议。",
                "双方自愿达成调解协议，依法予以确认。",
                f"依照《中华人民共和国民法典》第{c.randrange(200, 999)}条之规定判决如下。",
            )
        ),
    },
}
CLAIMS: Mapping[str, Mapping[str, Any]] = {
    "hukou": {"quasi_identifiers": ["所在区", "年龄段", "性别"], "k": 5},
    "hospital": {"quasi_identifiers": ["区", "年龄组", "性别"], "k": 5},
    "insurance": {"quasi_identifiers": ["qx", "nl_band", "xb"], "k": 5},
    "tax": {"quasi_identifiers": [], "k": 5},
    "traffic": {"quasi_identifiers": ["车辆类型", "路段"], "k": 5},
    "schools": {"quasi_identifiers": ["学段", "性别", "区县"], "k": 5},
    "enterprise": {"quasi_identifiers": [], "k": 5},
    "courts": {"quasi_identifiers": ["案由", "立案月份"], "k": 5},
}
# What a sound release may hold besides, worded or numbered like a person.
BESIDE: Mapping[str, Cells] = {
    "流水号": lambda c, one: f"62{one['moment']:%Y%m%d}{c.randrange(10**8):08}",
    "物流单号": lambda c, one: f"1{c.randrange(10**10):010}",
    "批准文号": lambda c, one: f"乌政发〔2025〕{c.randrange(1, 90)}号",
    "申报金额": rounded(1000, 90000, 100),
    # Of the office's own papers; the day on which somebody came is known to whoever saw him.
    "归档日期": when("%Y-%m-%d"),
    "处理意见": drawn("同意", "材料补正", "不予受理", "转区级部门办理"),
    "软件版本": likely(made.version),
    "身份证号": lambda c, one: one["id"][0] + "*" * 16 + one["id"][-1],
    "手机号": lambda c, one: one["mobile"][:3] + "****" + one["mobile"][-4:],
    "姓名": lambda c, one: one["name"][0] + "*" * (len(one["name"]) - 1),
    "满意度": drawn("满意", "基本满意", "不满意"),
    "作物": likely(made.CROPS),
    "商户": likely(made.SHOPS),
    "网点坐标": drawn("106.81,39.66", "106.70,39.50", "106.88,39.44"),
    "服务热线": drawn("12345", "12333", "0473-2990114"),
    "备注": drawn("", "已核实", "材料齐全，按期办结。", "依据（2024）12号文件办理"),
    "会话标识": likely(made.digest),
    "设备串码": lambda c, one: f"SN{c.randrange(10**10):010}",
}


def release(sector: str, seed: int, rows: int = ROWS) -> tuple[pl.DataFrame, list[Person]]:
    """A sound release of a sector and the people behind it."""
    chance = random.Random(f"{sector} {seed}")
    held = people(chance, rows)
    frame = pl.DataFrame(
        {name: [make(chance, one) for one in held] for name, make in SECTORS[sector].items()}
    )
    return frame, held


def column(make: Cells, held: list[Person], seed: int) -> list[str | None]:
    """The cells of one more column."""
    chance = random.Random(seed)
    return [make(chance, one) for one in held]


def sound(seed: int = 0) -> Iterator[Case]:
    """Every sector as it is and with columns beside that look like people."""
    for sector in SECTORS:
        yield Case(f"sound {sector}", release(sector, seed)[0], CLAIMS[sector])
    names = list(BESIDE)
    for place, sector in enumerate([*SECTORS, *SECTORS]):
        frame, held = release(sector, seed + 1 + place)
        chosen = [names[(place * 5 + step) % len(names)] for step in range(4)]
        added = {one: column(BESIDE[one], held, seed + place) for one in chosen}
        yield Case(
            f"sound {sector} with {', '.join(chosen)}",
            frame.with_columns(pl.Series(one, cells) for one, cells in added.items()),
            CLAIMS[sector],
        )


def parts(cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """Two thirds to look into and a third held out, by the digest of their titles."""
    ordered = sorted(cases, key=lambda one: hashlib.sha256(one.title.encode()).digest())
    return ordered[len(ordered) // 3 :], ordered[: len(ordered) // 3]


def part(make: Callable[[], Iterator[Case]], place: int) -> list[Case]:
    """One of the two."""
    return parts(judging.made(make))[place]


# --- scores ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """Of flawed releases those refused, refused for the cause, and with its columns named; of
    sound ones those let pass. `wrong` tells of findings beside the flaw too, `missed` does not."""

    flawed: int
    refused: int
    cause: int
    columns: int
    sound: int
    passed: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]


def judge(cases: Sequence[Case], claimed: bool = True) -> Judged:
    """Verify every release and compare with its truth."""
    counts = dict.fromkeys(("flawed", "refused", "cause", "columns", "sound", "passed"), 0)
    wrong, missed = [], []
    for case in cases:
        found = verdict(case, claimed)
        seen = [(one.code, one.columns) for one in found.findings]
        if case.sound:
            counts["sound"] += 1
            counts["passed"] += found.passed
            missed += [] if found.passed else [f"{case.title}: {seen}"]
            continue
        cause = [names for code, names in seen if code in case.codes]
        right = any(set(case.columns) <= set(names) for names in cause)
        counts["flawed"] += 1
        counts["refused"] += not found.passed
        counts["cause"] += bool(cause)
        counts["columns"] += right
        stray = [
            (code, names)
            for code, names in seen
            if code not in case.codes and not set(names) & set(case.columns)
        ]
        said = f"{case.title}: {case.codes} {case.columns} seen {seen}"
        missed += [] if right else [said]
        wrong += [said] if right and stray else []
    return Judged(**counts, wrong=(*missed, *wrong), missed=tuple(missed))


def missed(cases: Sequence[Case]) -> tuple[str, ...]:
    """What was said of flaws that were not found with their columns, and of sound ones refused."""
    return judge(cases).missed


def tell(flawed: Iterator[Case], sound: Iterator[Case], last: str) -> None:
    """Print the scores of another hand's releases, and what was missed of the open part.

    `last` is what the other part is called.
    """
    for title, some in (("flawed", list(flawed)), ("sound", list(sound))):
        for name, cases in zip(("open", last), parts(some), strict=True):
            found = judge(cases)
            print(title, name, str(found).split(", wrong")[0])  # noqa: T201
            if name == "open":
                print("   " + "\n   ".join(found.wrong))  # noqa: T201


def show(claimed: bool, part: str) -> None:
    """Print the scores of flawed and sound releases, and of what part more than scores."""
    from tests.anonymization.flaws import flawed

    for title, some in (("flawed", list(flawed())), ("sound", list(sound()))):
        for name, cases in zip(("tuned", "held out"), parts(some), strict=True):
            found = judge(cases, claimed)
            print(title, name, str(found).split(", wrong")[0])  # noqa: T201
            if name == part:
                print("   " + "\n   ".join(found.wrong))  # noqa: T201


if __name__ == "__main__":
    show("--bare" not in sys.argv, "tuned" if "-v" in sys.argv else "")
