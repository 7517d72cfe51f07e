"""Flawed releases of the tenth hand that may be read and mended for."""

import hashlib
import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    Person,
    Release,
    band,
    crowd,
    folk,
    of,
    rows,
    some,
)
from tests.anonymization.ninth_people import PLACES

PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}
LETTERS = str.maketrans("0123456789", "abcdefghij")


def flawed() -> Iterator[Release]:
    yield from numbers()
    yield from moments()
    yield from joins()
    yield from counts()


def numbers() -> Iterator[Release]:
    yield folk(
        "school meals: one column masks the middle of the telephone, the other all but the middle",
        {"性别": of("sex"), "学段": ("小学", "初中", "高中")},
        {"餐费减免": some(全免=2, 减半=3, 无=7)},
        {
            "报名手机": lambda _, p: f"{p.phone[:3]}****{p.phone[7:]}",
            "短信回执号": lambda _, p: f"***{p.phone[3:7]}****",
        },
        aged=(7, 17),
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("报名手机+短信回执号",),
    )
    yield folk(
        "swimming hall: each digit of the telephone became a letter",
        PLAIN,
        {"卡种": some(次卡=5, 月卡=4, 年卡=2)},
        {"会员标识": lambda _, p: p.phone.translate(LETTERS)},
        count=800,
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH|PARTIAL_ID_REIDENTIFIABLE",
        at=("会员标识",),
    )
    yield folk(
        "old cars: the digest of the plate, cut to sixteen signs in capitals",
        PLAIN,
        {"补贴档": some(国三=5, 国四=4, 新能源=2)},
        {"车辆标识": lambda _, p: hashlib.sha256(p.plate.encode()).hexdigest()[:16].upper()},
        count=900,
        flaw="UNSALTED_HASH",
        at=("车辆标识",),
    )
    yield folk(
        "disability: what the assessor wrote begins with sex and birthday",
        {"旗区": of("district"), "残疾类别": ("肢体", "视力", "听力")},
        {"评定等级": some(二级=3, 三级=4, 四级=4)},
        {"评定意见": assessment},
        count=900,
        flaw="FREE_TEXT_LEAK|UNDECLARED_QI_UNIQUE|DIRECT_IDENTIFIER_LEFT",
        at=("评定意见",),
    )


def assessment(c: random.Random, p: Person) -> str:
    found = c.choice(("活动受限", "矫正后无明显改善", "病程稳定", "需定期复评"))
    return f"申请人{p.sex}，{p.born.year}年{p.born.month}月{p.born.day}日生，查体{found}，资料齐全"


def moments() -> Iterator[Release]:
    yield folk(
        "clinics: the visit as a sheet counts it, the second in the fraction of the day",
        PLAIN,
        {"就诊科室": some(全科=6, 中医=3, 口腔=2)},
        {"就诊时间": lambda c, _: round(45_660 + 300 * c.random(), 5)},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("就诊时间",),
    )
    yield folk(
        "great age: the allowance begins in the month of the eightieth birthday",
        {"性别": of("sex"), "街镇": of("street")},
        {"发放方式": some(社保卡=7, 代领=2)},
        {"起领年月": lambda _, p: f"{p.born.year + 80}-{p.born.month:02}"},
        aged=(80, 99),
        flaw="UNDECLARED_QI_UNIQUE",
        at=("起领年月",),
    )


def joins() -> Iterator[Release]:
    yield folk(
        "half marathon: who has been ill, with the time that the list of results tells",
        {"性别": of("sex"), "组别": band(18, 35, 50, 99)},
        {"既往病史": some(无=6, 高血压=3, 心律不齐=1)},
        {"净成绩": lambda c, _: clock(c.randrange(4_700, 10_800))},
        beside=lambda frame, held: {
            "auxiliary": [
                pl.DataFrame(
                    {
                        "姓名": [p.name for p in held],
                        "性别": [p.sex for p in held],
                        "净成绩": frame["净成绩"].to_list(),
                    }
                ).sample(fraction=1.0, shuffle=True, seed=10)
            ]
        },
        flaw="LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE|TIMESTAMP_TOO_FINE",
        at=("净成绩",),
    )
    yield folk(
        "flats: floor and exact area lead to the address in the release before",
        {"旗区": of("district"), "买方年龄组": band(18, 35, 50, 99)},
        {"购房套次": some(首套=6, 二套=3), "付款方式": some(按揭=6, 公积金=4, 全款=3)},
        {
            "所在层": lambda _, p: int(p.door[3][:-2]),
            "建筑面积": lambda c, _: round(c.uniform(48, 190), 2),
        },
        beside=registered,
        flaw="LINKS_TO_REGISTER|PSEUDONYM_JOINS_OTHER_RELEASE|UNDECLARED_QI_UNIQUE|AMOUNT_TOO_FINE",
        at=("建筑面积",),
    )
    yield folk(
        "water meters: what stands on the dial in the stairwell, to the litre",
        {"旗区": of("district"), "楼型": ("多层", "高层", "平房")},
        {"欠费": some(无=8, 有=2)},
        {
            "上期读数": lambda c, _: round(c.uniform(80, 1900), 3),
            "本期读数": lambda c, _: round(c.uniform(1900, 3900), 3),
        },
        count=700,
        flaw="UNDECLARED_QI_UNIQUE|AMOUNT_TOO_FINE",
        at=("本期读数", "上期读数"),
    )
    yield folk(
        "rebuilt toilets: where the farm stands in metres of the national grid",
        {"旗区": of("district"), "改厕类型": ("水冲", "旱厕改造")},
        {"困难类别": some(一般户=6, 低保户=2, 残疾人户=2)},
        {
            "X坐标": lambda c, _: round(c.uniform(4_346_000, 4_412_000), 2),
            "Y坐标": lambda c, _: round(c.uniform(36_379_000, 36_412_000), 2),
        },
        count=700,
        flaw="LOCATION_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("X坐标+Y坐标",),
    )


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def registered(frame: pl.DataFrame, held: list[Person]) -> Mapping[str, Any]:
    """What was released of the same contracts before: the flat, not who bought it."""
    told = frame.select("所在层", "建筑面积").with_columns(
        pl.Series("房屋坐落", [p.address for p in held])
    )
    return {"earlier": [told.sample(fraction=1.0, shuffle=True, seed=10)]}


def counts() -> Iterator[Release]:
    yield tested()
    yield payments()


def tested() -> Release:
    """The positive are not told, but each line has all who were tested and the negative."""
    c = random.Random("tenth tested")
    made = []
    for district, street in PLACES:
        for month in range(1, 13):
            for sex in "男女":
                count = c.randrange(20, 120)
                made.append(
                    {"月份": f"2025-{month:02}", "旗区": district, "街镇": street, "性别": sex}
                    | {"HIV检测人数": count, "阴性人数": count - c.choice((0, 0, 1, 1, 2, 3))}
                )
    return rows(
        "tests for HIV by street: who is not negative is what is left of the tested",
        made,
        flaw="K_TOO_SMALL",
        at=("HIV检测人数", "阴性人数"),
    )


def payments() -> Release:
    """Twelve rows of each person: the groups hold enough rows, but of one or two people."""
    c = random.Random("tenth payments")
    title = "subsistence: the groups of ten are the twelve payments of one"
    old = band(18, 40, 60, 99)
    made = []
    for p in crowd(110, title):
        one = {"对象代号": f"{c.getrandbits(64):016x}", "性别": p.sex, "街镇": p.street}
        one["年龄组"] = old(c, p)
        made += [
            one | {"发放月份": f"2025-{month:02}", "金额档": c.choice(("低", "中", "高"))}
            for month in range(1, 13)
        ]
    return rows(
        title,
        made,
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("街镇", "年龄组"),
        quasi_identifiers=["性别", "街镇", "年龄组"],
        k=10,
        profile="statistical",
        rules={"对象代号": "随机编号，对照表已销毁"},
    )
