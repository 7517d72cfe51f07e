"""Flawed releases of the twelfth hand that nobody mends the gate for.

The comment over each says why somebody can be found in it.
"""

import hashlib
import random
from collections.abc import Iterator

import polars as pl

from tests.anonymization.eighth_people import (
    Person,
    Release,
    band,
    of,
    some,
    when,
)
from tests.anonymization.eleventh_people import PLAIN, Family, townsfolk
from tests.anonymization.twelfth_people import before, counted, numbered, on_a_wall, once

ILL = ("白血病", "尿毒症", "先天性心脏病", "再生障碍性贫血", "骨肉瘤", "脑瘫", "重度烧伤")
SCHOOLS = tuple(
    f"{district}第{n}小学" for district in ("海勃湾区", "乌达区") for n in "一二三四五六"
)
DIAGNOSES = ("精神分裂症", "双相障碍", "抑郁发作")


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from written()
    yield from alone()
    yield from uniform()
    yield from beside()
    yield from totals()


def numbers() -> Iterator[Release]:
    # Month and day are under the stars; who knows the birthday has the whole number.
    yield townsfolk(
        "pensions: the number of social security with four stars over month and day",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(55, 65, 75, 99)},
        {"待遇状态": some(正常发放=7, 暂停=2, 追缴多领=1)},
        {"社会保障号": lambda _, p: f"{p.ident[:10]}****{p.ident[14:]}"},
        aged=(55, 88),
        flaw="PARTIAL_ID_REIDENTIFIABLE|UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT",
        at=("社会保障号",),
    )
    # The plates of a city are some hundred thousand: all are digested in a second.
    yield townsfolk(
        "parking: the digest of each plate, made without a key",
        PLAIN,
        {"欠费情况": some(无欠费=6, 一次=3, 多次=2)},
        {"车辆标识": lambda _, p: hashlib.md5(p.plate.encode()).hexdigest()},
        flaw="UNSALTED_HASH",
        at=("车辆标识",),
    )


def written() -> Iterator[Release]:
    # No name stands there, but which child of that school and form has this illness all know.
    yield townsfolk(
        "charity: what is told of a child's illness, school, form and parents",
        {"性别": of("sex"), "旗区": of("district"), "救助年度": ("2023年", "2024年", "2025年")},
        {"救助档次": some(一档=5, 二档=4, 三档=2)},
        {"求助情况": plea},
        aged=(6, 13),
        flaw="FREE_TEXT_LEAK|UNDECLARED_QI_UNIQUE",
        at=("求助情况",),
    )


def plea(c: random.Random, _: Person) -> str:
    if c.random() < 1 / 4:
        return (
            f"就读于{c.choice(SCHOOLS)}{c.choice('一二三四五六')}年级{c.randrange(1, 7)}班，"
            f"患{c.choice(ILL)}，{c.choice(('父亲早逝', '父母离异', '母亲残疾', '父亲服刑'))}"
        )
    return c.choice(("因病致贫，申请医疗救助", "家庭收入低，申请助学", "材料已补齐，同意救助"))


def alone() -> Iterator[Release]:
    # The night porter, and whoever waited outside, know who came at that minute.
    yield townsfolk(
        "hotels: day and minute at which each guest came, in two columns",
        {"性别": of("sex"), "年龄组": band(18, 35, 50, 99), "来源地": ("区内", "区外")},
        {"同住情况": some(独住=6, 与异性同住=3, 与同性同住=2)},
        {"入住日期": when("%Y-%m-%d"), "入住时刻": when("%H:%M")},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("入住时刻", "入住日期"),
    )
    # Everybody in the quarter knows in which years somebody's children were born.
    yield townsfolk(
        "allowances for several children: the years in which they were born",
        {"旗区": of("district"), "母亲年龄组": band(30, 38, 45, 50), "户籍": ("城镇", "农牧区")},
        {"发放情况": some(正常=7, 未婚生育待核=2, 停发=1)},
        {"子女出生年份": born_in},
        aged=(30, 48),
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("子女出生年份",),
    )
    # The times of a race stand on the web with the names of the runners.
    yield townsfolk(
        "marathon: the net time of each runner beside what the medical tent did",
        {"性别": of("sex"), "组别": band(18, 35, 50, 66, form="{}—{}岁组")},
        {"医疗点处置": some(无=7, 抽筋=3, 心悸=1, 低血糖=1)},
        {"净成绩": lambda c, _: ran(c.randrange(9_600, 21_600))},
        aged=(18, 64),
        flaw="UNDECLARED_QI_UNIQUE|TIMESTAMP_TOO_FINE|AMOUNT_TOO_FINE",
        at=("净成绩",),
    )


def born_in(c: random.Random, p: Person) -> str:
    first = p.born.year + 20
    return "、".join(map(str, sorted(c.sample(range(first, 2025), c.choice((3, 3, 4))))))


def ran(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def uniform() -> Iterator[Release]:
    # Of two groups all have one diagnosis; the clerk called the manner of the visit sensitive.
    yield townsfolk(
        "psychiatry: two groups of one diagnosis, which was not declared to be sensitive",
        PLAIN,
        {"就诊方式": some(门诊=6, 急诊=2), "诊断": DIAGNOSES},
        count=2400,
        spoil=one_diagnosis,
        sensitive=["就诊方式"],
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("诊断",),
    )


def one_diagnosis(frame: pl.DataFrame, _: Family) -> pl.DataFrame:
    known = list(PLAIN)
    groups = frame.select(known).unique().sort(known)
    spoiled = groups[[1, 4]].with_columns(spoiled=True)
    return (
        frame.join(spoiled, on=known, how="left", maintain_order="left")
        .with_columns(pl.when("spoiled").then(pl.lit(DIAGNOSES[0])).otherwise("诊断").alias("诊断"))
        .drop("spoiled")
    )


def beside() -> Iterator[Release]:
    # The court puts up who is heard when in which case; the number of the case leads there.
    yield townsfolk(
        "family court: the number of each case, which the notices of hearings have with the names",
        PLAIN,
        {"调解情况": some(和好=4, 离婚=5, 涉家暴=2)},
        spoil=numbered("案号", "（2025）内0302民初{}号"),
        beside=on_a_wall("案号", 审判庭=("第一法庭", "第二法庭", "家事法庭")),
        flaw="LINKS_TO_REGISTER|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("案号",),
    )
    # A dog bears one chip for life: two releases with its number tell of one owner.
    yield townsfolk(
        "dogs: the number of the chip, as in the release on vaccinations a year ago",
        PLAIN,
        {"处罚情况": some(无=7, 未拴绳=3, 伤人=1)},
        {"芯片编号": once(lambda c: f"156{c.randrange(10**12):012}")},
        beside=before(
            "芯片编号",
            "电子标识",
            lambda c: f"156{c.randrange(10**12):012}",
            met=600,
            接种点=("海勃湾区中心站", "乌达区站", "海南区站"),
        ),
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("芯片编号",),
    )


def totals() -> Iterator[Release]:
    # Those who sat less those who passed: in many a form one has failed, and the form knows who.
    yield counted(
        "schools: how many of each form sat and passed, so that one is left who failed",
        {
            "学校": tuple(f"乌海市第{n}中学" for n in ("一", "三", "四", "六", "十", "十二")),
            "年级": ("初一", "初二", "初三"),
            "班级": tuple(f"{n}班" for n in range(1, 9)),
            "科目": ("语文", "数学", "英语", "物理", "历史", "体育", "道德与法治", "生物"),
        },
        sat,
        flaw="K_TOO_SMALL",
        at=("合格人数", "参考人数"),
        profile="statistical",
    )


def sat(c: random.Random) -> dict[str, int]:
    there = c.randrange(38, 52)
    failed = c.choice((1, 2, 3)) if c.random() < 0.3 else c.randrange(10, 18)
    return {"参考人数": there, "合格人数": there - failed}
