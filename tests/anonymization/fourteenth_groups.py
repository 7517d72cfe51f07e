"""The rest of a fourteenth hand's flawed releases: groups, counts, hours, places and joins.

The comment over each says why somebody can be found in it.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    Person,
    Release,
    Spoil,
    at_day,
    band,
    cells_of,
    crowd,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import PLAIN, Family, together, townsfolk
from tests.anonymization.fourteenth_people import geohash, in_families, moment, ulid
from tests.anonymization.thirteenth_people import several, told
from tests.anonymization.twelfth_people import TOWNS, counted

LOCAL = timezone(timedelta(hours=8))
STATIONS = tuple(
    f"{place}{stop}站"
    for place in ("新华西街", "海拉路", "滨河", "巴音赛", "拉僧仲", "千里山", "机场", "植物园")
    for stop in ("东", "西", "口", "北", "南")
)
CALLINGS = (
    *("市歌舞团首席马头琴演奏员", "市融媒体中心蒙古语主播", "黄河海勃湾水利枢纽泄洪闸长"),
    *("市博物馆岩画修复师", "机场塔台带班管制员", "市人民医院唯一心脏外科主任"),
    *("殡仪馆遗体整容师", "监狱心理矫治民警", "煤矿救护大队潜水员", "葡萄酒国家级评委"),
    *("全国人大代表兼村支书", "动物园熊猫饲养员", "天主教堂神父", "市地震台台长"),
    *("盲人按摩学校校长", "市象棋队主教练", "无人机航测总飞手", "铁路信号楼值班所长"),
)


def flawed() -> Iterator[Release]:
    """All of them."""
    yield from groups()
    yield from tables()
    yield from too_fine()
    yield from joined()
    yield from alone()


# --- what nobody declared, and groups ------------------------------------------------------------


def pupil(c: random.Random, p: Person) -> int:
    return round(c.gauss(158 if p.sex == "男" else 156, 9))


def only(count: int, **group: str) -> Spoil:
    """Of one group no more than so many are left."""

    def spoil(frame: pl.DataFrame, _: Family) -> pl.DataFrame:
        inside = pl.all_horizontal(pl.col(name) == value for name, value in group.items())
        return pl.concat([frame.filter(~inside), frame.filter(inside).head(count)])

    return spoil


def all_get(values: tuple[str, ...], head: str, share: float = 1.0, **group: str) -> Spoil:
    """That share of one group is told to have one of these."""

    def spoil(frame: pl.DataFrame, _: Family) -> pl.DataFrame:
        c = random.Random(f"fourteenth {head}")
        inside = pl.all_horizontal(pl.col(name) == value for name, value in group.items())
        marks = [c.choice(values) if c.random() < share else None for _ in range(frame.height)]
        put = pl.when(inside).then(pl.coalesce(pl.Series(marks), pl.col(head)))
        return frame.with_columns(put.otherwise(pl.col(head)).alias(head))

    return spoil


def groups() -> Iterator[Release]:
    # Whoever sits in the class knows who is tall and who is heavy, and reads his spine and his
    # moods.
    yield townsfolk(
        "examination of one school: height and weight of classmates",
        {"性别": of("sex"), "班级": tuple(f"初二（{n}）班" for n in range(1, 7))},
        {"筛查结果": some(无异常=5, 脊柱侧弯=3, 情绪待跟进=2)},
        {
            "身高（厘米）": pupil,
            "体重（公斤）": lambda c, _: round(c.gauss(52, 9), 1),
        },
        count=420,
        k=6,
        aged=(13, 15),
        flaw="UNDECLARED_QI_UNIQUE",
        at=("身高（厘米）+体重（公斤）", "体重（公斤）", "班级+身高（厘米）"),
    )
    # Two or three days and stops that somebody saw pick the card out of all; its other ways are
    # then his.
    yield several(
        "bus cards: ways of each card over a month",
        PLAIN,
        {"卡种": some(普通卡=5, 爱心卡=3, 学生卡=2)},
        {"卡代码": token(20)},
        {
            "乘车日期": lambda c, _: at_day(c.randrange(30), first=date(2025, 9, 1)),
            "上车站": STATIONS,
        },
        times=5,
        count=660,
        flaw="UNDECLARED_QI_UNIQUE|LOCATION_TOO_FINE|TIMESTAMP_TOO_FINE",
        at=("乘车日期+上车站",),
    )
    # Three old men of one street are left over; who knows them knows what was found with them.
    yield townsfolk(
        "public rental housing: three left over in one street",
        {"性别": of("sex"), "街道": of("street"), "年龄组": band(18, 60, 99)},
        {"审核问题": some(无=6, 隐瞒房产=2, 转租=2)},
        count=3000,
        spoil=only(3, 性别="男", 街道="卡布其街道", 年龄组="60—98岁"),
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("街道",),
    )
    # Three codes, one illness: every woman of that age in the district is told to have
    # tuberculosis.
    yield townsfolk(
        "outpatients: one group has tuberculosis under three codes",
        PLAIN,
        {"诊断编码": some(I10=4, J45=3, E11=3, K29=3, M54=2)},
        count=1600,
        spoil=all_get(
            ("A15.0", "A15.2", "A16.2"), "诊断编码", 性别="女", 旗区="乌达区", 年龄组="40—59岁"
        ),
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("诊断编码",),
    )
    # One in five relapses; of the young men of one district nine in ten: whoever is known to be
    # among them is all but convicted.
    yield townsfolk(
        "rehabilitation: relapses lie together in one group",
        PLAIN,
        {"评估结论": some(保持操守=8, 复吸=2)},
        count=2400,
        k=6,
        spoil=all_get(
            ("复吸",), "评估结论", share=0.93, 性别="男", 旗区="海南区", 年龄组="18—39岁"
        ),
        flaw="T_TOO_LARGE|L_TOO_SMALL",
        at=("评估结论",),
        t=0.3,
    )


# --- tables of counts ----------------------------------------------------------------------------


def helped() -> tuple[list[dict[str, str]], dict[tuple[str, str], int]]:
    """What is told of each town, and what was hidden."""
    c = random.Random("fourteenth helped")
    told_of, hidden = [], {}
    for town in TOWNS:
        counts = {kind: c.randrange(60, 900) for kind in ("最低生活保障", "医疗救助", "临时救助")}
        few = c.randrange(1, 6) if c.random() < 0.5 else c.randrange(25, 60)
        counts["艾滋病家庭救助"] = few
        counts["小计"] = sum(counts.values())
        if few < 10:
            hidden[town, "艾滋病家庭救助"] = few
        told_of += [
            {"街道（镇）": town, "救助类别": kind, "人数": "<10" if many < 10 else str(many)}
            for kind, many in counts.items()
        ]
    return told_of, hidden


def last_month(frame: pl.DataFrame) -> Mapping[str, Any]:
    """The same table a month before: in every third town one or two have come since."""
    c = random.Random("fourteenth last month")
    fewer = [1 + n % 2 if n % 3 == 0 else c.randrange(24, 60) for n in range(frame.height)]
    return {"earlier": [frame.with_columns(pl.col("累计报告人数") - pl.Series(fewer))]}


def tables() -> Iterator[Release]:
    # The sum of each town is told: take the other kinds from it and the hidden few are counted.
    told_of, _ = helped()
    yield told(
        "relief by town: what is hidden comes back from the sums",
        {name: [one[name] for one in told_of] for name in told_of[0]},
        flaw="K_TOO_SMALL",
        at=("人数",),
        profile="open",
        k=10,
    )
    # This month's table less last month's is one or two people of a town, who fell ill in between.
    yield counted(
        "syphilis by town: cumulated month by month",
        {"街道（镇）": TOWNS, "性别": ("男", "女")},
        lambda c: {"累计报告人数": c.randrange(140, 420)},
        flaw="K_TOO_SMALL|PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("累计报告人数",),
        others=last_month,
        profile="open",
        k=10,
    )


# --- too fine ------------------------------------------------------------------------------------


def came(c: random.Random, p: Person) -> str:
    return ulid(c, moment(datetime(2025, 3, 3, tzinfo=LOCAL), 180)(c, p))


def fell(c: random.Random, _: Person) -> str:
    return geohash(39.62 + c.random() * 0.12, 106.75 + c.random() * 0.12, 9)


def too_fine() -> Iterator[Release]:
    # The front ten letters are the millisecond in which somebody stood at the counter.
    yield townsfolk(
        "divorces: the moment of the application inside its identifier",
        PLAIN,
        {"办理结果": some(准予=6, 冷静期撤回=3, 不予受理=1)},
        {"事项标识": came},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("事项标识",),
        rules={"事项标识": "随机编号"},
    )
    # Squares of five metres: the house where somebody drank or fell is read from the map.
    yield townsfolk(
        "ambulances: places of calls as squares of five metres",
        PLAIN,
        {"呼救原因": some(外伤=5, 醉酒=3, 自伤=1, 胸痛=4)},
        {"位置网格": fell},
        count=1800,
        flaw="LOCATION_TOO_FINE|FULL_ADDRESS_LEFT|UNDECLARED_QI_UNIQUE",
        at=("位置网格",),
    )
    # Tax to the cent is nearly everybody's own; the employer and whoever saw the slip know it.
    yield townsfolk(
        "income tax: the tax of the year to the cent",
        PLAIN,
        {"专项扣除": some(住房贷款=5, 赡养老人=4, 大病医疗=2)},
        {"年度应纳税额": lambda c, _: f"￥{c.lognormvariate(8.4, 0.8):,.2f}"},
        flaw="AMOUNT_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("年度应纳税额",),
    )


# --- joined --------------------------------------------------------------------------------------


def in_hexadecimal(frame: pl.DataFrame, _: Family) -> Mapping[str, Any]:
    c = random.Random("fourteenth hexadecimal")
    marks = [f"{one:016x}" for one in c.sample(frame["人员代码"].to_list(), 500)]
    marks += [f"{c.getrandbits(63):016x}" for _ in range(700)]
    c.shuffle(marks)
    jobs = [c.choice(("教师", "矿工", "司机", "个体户")) for _ in marks]
    return {"earlier": [pl.DataFrame({"pid": marks, "职业": jobs})]}


def heated(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
    c = random.Random("fourteenth heated")
    last = frame.select("供热面积", "本季用热").with_columns(
        pl.Series("小区", [p.door[0] for p in held]),
        pl.Series("供热方式", [c.choice(("地暖", "散热器")) for _ in held]),
    )
    return {"earlier": [last.sample(700, shuffle=True, seed=14)]}


def medals(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
    wall = pl.DataFrame(
        {
            "光荣榜姓名": [p.name for p in held],
            "纪念章编号": [f"{one:010}" for one in frame["章号"]],
        }
    )
    return {"auxiliary": [wall.sample(600, shuffle=True, seed=14)]}


def voters() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Whom a clinic treated, and who may vote."""
    town = crowd(2_000, "fourteenth voters", 20, 90)
    month = {"出生年月": lambda _, p: f"{p.born:%Y-%m}", "所在街道": of("street")}
    roll = pl.DataFrame(
        cells_of(town, {"选民": of("name"), "性别": of("sex"), **month}, "fourteenth roll")
    )
    patients = random.Random("fourteenth patients").sample(town, 700)
    kinds = {"戒断治疗": some(美沙酮=3, 酒精=5, 尼古丁=4)}
    table = pl.DataFrame(
        cells_of(patients, {"性别": of("sex"), **month, **kinds}, "fourteenth clinic")
    )
    return table, roll


def joined() -> Iterator[Release]:
    # One number of 63 bits: last year's tables write it to base sixteen, this one to base ten.
    yield townsfolk(
        "community correction: last year's codes in another base",
        PLAIN,
        {"矫正情形": some(缓刑=6, 假释=2, 暂予监外执行=2)},
        {"人员代码": lambda c, _: c.getrandbits(63)},
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE",
        at=("人员代码",),
        beside=in_hexadecimal,
        rules={"人员代码": "本次发布专用的随机假名"},
    )
    # Area and heat are the same as in the release of the heating company, which tells the block.
    yield townsfolk(
        "subsidies for heating: meters that an earlier release has, too",
        PLAIN,
        {"补贴原因": some(低保户=5, 残疾人户=3, 失独家庭=2)},
        {
            "供热面积": lambda c, _: round(c.uniform(42, 168), 2),
            "本季用热": lambda c, _: round(c.uniform(9, 46), 2),
        },
        flaw="PSEUDONYM_JOINS_OTHER_RELEASE|UNDECLARED_QI_UNIQUE|AMOUNT_TOO_FINE",
        at=("供热面积", "本季用热"),
        beside=heated,
    )
    # The roll of honour tells names and numbers of medals; without the noughts in front they are
    # those of this table.
    yield townsfolk(
        "veterans: numbers of medals that hang on a roll of honour",
        PLAIN,
        {"伤残等级": some(无=5, 七级=2, 八级=3, 十级=3)},
        {"章号": lambda c, _: c.randrange(10**6, 10**8)},
        aged=(55, 95),
        flaw="LINKS_TO_REGISTER|DIRECT_IDENTIFIER_LEFT",
        at=("章号",),
        beside=medals,
    )
    # The roll of voters hangs out with sex, month of birth and street: it names most patients.
    table, roll = voters()
    yield told(
        "addiction clinic: the roll of voters names the patients",
        table.to_dict(as_series=False),
        flaw="LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("出生年月+所在街道", "出生年月"),
        others={"auxiliary": [roll]},
        profile="statistical",
    )


# --- homes, callings, households -----------------------------------------------------------------


def one_calling(frame: pl.DataFrame, _: Family) -> pl.DataFrame:
    """Eighteen have a calling that no second one in the city has."""
    c = random.Random("fourteenth callings")
    jobs = frame["职业"].to_list()
    for place, calling in zip(c.sample(range(len(jobs)), len(CALLINGS)), CALLINGS, strict=True):
        jobs[place] = calling
    return frame.with_columns(pl.Series("职业", jobs))


def alone() -> Iterator[Release]:
    # Whoever installed the thermostat named it by block, house, stair and flat: nobody else is
    # at home there.
    homes = crowd(64, "fourteenth thermostats", 30, 80)
    c = random.Random("fourteenth thermostats")
    yield told(
        "smart heating: thermostats called after the flat",
        {
            "温控器名称": ["{}_{}#_{}_{}_客厅".format(*p.door) for p in homes],
            "夜间室温": [c.choice(("18—20℃", "20—22℃", "22℃以上")) for _ in homes],
            "长期无人": [c.choice(("是", "否", "否")) for _ in homes],
        },
        flaw="FULL_ADDRESS_LEFT|DIRECT_IDENTIFIER_LEFT|LOCATION_TOO_FINE",
        at=("温控器名称",),
        profile="open",
    )
    # There is one priest and one head of the observatory: everybody knows who is meant.
    yield townsfolk(
        "health insurance: callings of which the city has one",
        {**PLAIN, "职业": some(工人=6, 教师=3, 个体经营=4, 退休=5, 公司职员=4)},
        {"慢病": some(无=5, 高血压=4, 抑郁症=2)},
        count=3000,
        spoil=one_calling,
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL|FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("职业",),
    )
    # Who lives with six others of such ages and sexes is known in the street; the code of the
    # household holds them together.
    yield together(
        "poor households: who belongs together",
        in_families(
            list(crowd(1500, "fourteenth households", 18, 80)),
            ((2, 130), (3, 120), (4, 60), (5, 30), (6, 20), (7, 12)),
        ),
        PLAIN,
        {"致困原因": some(疾病=4, 残疾=3, 失业=3)},
        ("户代码", token(24)),
        "UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
    )
