"""Flawed releases of the thirteenth hand, held until 7 of 20 had been found; then opened and read.

The comment over each says why somebody can be found in it.
"""

import base64
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    TODAY,
    Person,
    Release,
    band,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import PLAIN, Family, townsfolk
from tests.anonymization.thirteenth_people import java_hash, romanized, several, told
from tests.anonymization.twelfth_people import TOWNS, counted, listed

STOPS = tuple(
    f"{place}{kind}"
    for place in ("新华", "滨河", "凤凰岭", "海北", "巴音赛", "三道坎", "拉僧仲", "西卓子山")
    for kind in ("路口", "小学", "市场", "医院", "公园")
)
RIDES = ("工作日早", "工作日晚", "周六", "周日")
COURSES = (
    *("书法", "古筝", "跆拳道", "编程", "街舞", "素描", "围棋", "游泳", "钢琴"),
    *("小主持人", "轮滑", "马头琴", "国画", "篮球", "声乐", "航模", "陶艺", "英语戏剧"),
)
CLASSES = tuple(
    (f"{school}中学", f"初{grade}（{n}）班", subject)
    for school in ("第二", "第五", "第十", "乌达")
    for grade in "一二"
    for n in range(1, 4)
    for subject in ("语文", "数学", "英语", "物理", "体育")
)
FACTOR, SUMMAND = 3, 20_250_101
FORMS = ("低保", "特困", "临时救助", "孤儿")


def flawed() -> Iterator[Release]:
    yield from written()
    yield from recoded()
    yield from exported()
    yield from known()
    yield from seen()
    yield from counts()
    yield from groups()
    yield from listed_elsewhere()


def written() -> Iterator[Release]:
    # The certificate is made out in Latin letters; read aloud they are the name.
    yield townsfolk(
        "English for the trades: names as the certificate spells them",
        PLAIN,
        {"成绩等第": some(A=2, B=5, C=3)},
        {"证书拼音": lambda _, p: romanized(p.name)},
        aged=(20, 59),
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("证书拼音",),
    )

    # The form took no @, so people wrote the sign in words.
    def message(c: random.Random, p: Person) -> str:
        front, host = p.mail.split("@")
        reach = f"{front}艾特{host.replace('.', '点')}"
        return c.choice(
            (
                f"公积金提取材料发我邮箱就行，{reach}，谢谢",
                f"问一下灵活就业怎么缴存，回复到{reach}",
                f"上次说的政策文件还没收到，地址是{reach}，麻烦再发",
                "异地贷款需要哪些手续，请在网上回复",
            )
        )

    yield townsfolk(
        "housing fund: messages with addresses of mail in words",
        PLAIN,
        {"咨询类别": some(提取=5, 缴存=3, 贷款=3)},
        {"留言": message},
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("留言",),
    )

    # The sign over the shop has the owner's name, as small shops have.
    def shop(c: random.Random, p: Person) -> str:
        trade = c.choice(("烟酒店", "理发店", "修车铺", "早点铺", "裁缝店"))
        return f"{p.district[:-1]}{p.name if c.random() < 0.7 else c.choice('顺发鑫源福来')}{trade}"

    yield townsfolk(
        "disabled people in business: grants by the sign over the shop",
        PLAIN,
        {"残疾类别": some(肢体=5, 听力=3, 视力=2)},
        {"店铺招牌": shop},
        count=900,
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK|UNDECLARED_QI_UNIQUE",
        at=("店铺招牌",),
    )

    # Whoever made the table signed it, in the last row of the first column.
    c = random.Random("thirteenth signed")
    cells = [f"{street}{half}" for street in TOWNS for half in ("上半年", "下半年")]
    yield told(
        "cases of mediation: a table signed in its last row",
        {
            "统计单元": [*cells, "制表：郭晓峰 13904735521 审核：萧惠芳"],
            "受理件数": [*(c.randrange(40, 400) for _ in cells), None],
            "调成件数": [*(c.randrange(20, 40) for _ in cells), None],
        },
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("统计单元",),
    )


def recoded() -> Iterator[Release]:
    # Times three and a sum: who knows two numbers of the table knows all.
    yield townsfolk(
        "electric bicycles: telephones times a factor and a sum",
        PLAIN,
        {"违规充电": some(无=7, 一次=2, 多次=1)},
        {"车主编码": lambda _, p: FACTOR * int(p.phone) + SUMMAND},
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH",
        at=("车主编码",),
    )
    # The program's own hashCode() has no key, and is a sum that can be done by hand.
    yield townsfolk(
        "legal education: the hash that the program makes of the number of the paper",
        PLAIN,
        {"矫正类别": some(缓刑=6, 假释=2, 暂予监外执行=2)},
        {"人员索引": lambda _, p: java_hash(p.ident)},
        flaw="UNSALTED_HASH",
        at=("人员索引",),
    )


def passport(c: random.Random, p: Person) -> str:
    """A token of the kind that web sites hand out: signed, but open for all to read."""
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"sub": p.phone, "name": p.name, "iss": "wuhai-app"},
    )
    front = ".".join(
        base64.urlsafe_b64encode(json.dumps(one, ensure_ascii=False).encode()).decode().rstrip("=")
        for one in parts
    )
    return f"{front}.{base64.urlsafe_b64encode(c.randbytes(32)).decode().rstrip('=')}"


def exported() -> Iterator[Release]:
    # The middle of such a token is base 64 of what the site knows of its user.
    yield townsfolk(
        "the city's own application: calls with their tokens",
        PLAIN,
        {"接口": some(社保=5, 公积金=3, 不动产=2)},
        {"访问令牌": passport},
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("访问令牌",),
    )
    # Days since 1900 with a fraction: the fraction is the second.
    yield townsfolk(
        "methadone: times as the sheet keeps them",
        PLAIN,
        {"服药情况": some(按时=7, 脱失=2, 复吸=1)},
        {"登记时刻": lambda c, _: round(45_717 + c.randrange(180) + c.uniform(0.34, 0.75), 6)},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("登记时刻",),
    )


def known() -> Iterator[Release]:
    # Months to go to retirement are the month of birth.
    def to_go(_: random.Random, p: Person) -> int:
        at = 60 if p.sex == "男" else 55
        return 12 * (p.born.year + at - TODAY.year) + p.born.month - TODAY.month

    yield townsfolk(
        "works that close: months to go to retirement",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(25, 40, 60)},
        {"安置意向": some(转岗=5, 内退=3, 买断=2)},
        {"距退休月数": to_go},
        count=600,
        aged=(25, 54),
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("距退休月数",),
    )

    # Weight and length are what parents tell everybody, with hospital and month.
    def baby(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "助产机构": c.choice(("市人民医院", "市妇幼保健院", "乌达区人民医院")),
            "出生月份": f"2025-0{c.randrange(1, 7)}",
            "新生儿性别": c.choice("男女"),
            "出生体重（克）": 10 * round(c.gauss(330, 42)),
            "身长（厘米）": round(c.gauss(50, 1.6)),
            "筛查结果": c.choice(("正常", "正常", "听力复筛", "先心病待查", "甲低阳性")),
        }

    yield listed(
        "newborns: weight and length beside what the doctors found",
        450,
        baby,
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("出生体重（克）",),
    )

    # Four of eighteen courses: classmates know which, and few children take the same four.
    def courses(c: random.Random, _: Person) -> str:
        return "、".join(sorted(c.sample(COURSES, 4)))

    yield townsfolk(
        "palace of children: all courses of a child in one cell",
        {"性别": of("sex"), "旗区": of("district")},
        {"学费减免": some(无=8, 低保=2, 残疾=1)},
        {"所报课程": courses},
        count=520,
        aged=(7, 12),
        flaw="UNDECLARED_QI_UNIQUE",
        at=("所报课程",),
    )


def seen() -> Iterator[Release]:
    # Where somebody gets on to work and back and at the weekend is a life in one row.
    yield townsfolk(
        "bus cards: usual stops, a column for each time of the week",
        PLAIN,
        {"票种": some(普通=6, 老年=2, 爱心=2)},
        dict.fromkeys(RIDES, STOPS),
        flaw="UNDECLARED_QI_UNIQUE|LOCATION_TOO_FINE|K_TOO_SMALL",
        at=tuple("+".join(pair) for pair in combinations(RIDES, 2)),
    )

    # On the stone stand the dead and who put it up.
    def grave(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "墓区": ("松柏园", "福寿园", "静安园")[n % 3],
            "排": n // 3 // 20 + 1,
            "位": n // 3 % 20 + 1,
            "管理费": c.choice(("已缴", "欠一年", "欠三年以上")),
            "缴费人类别": c.choice(("普通", "低保", "优抚")),
        }

    yield listed(
        "graveyard: who owes the fee, by row and place",
        480,
        grave,
        flaw="UNDECLARED_QI_UNIQUE|LOCATION_TOO_FINE|K_TOO_SMALL",
        at=("排+位",),
    )

    # A class has one teacher of a subject.
    def taught(c: random.Random, n: int) -> Mapping[str, Any]:
        school, form, subject = CLASSES[n]
        return {
            "学校": school,
            "班级": form,
            "任教学科": subject,
            "学生评教": c.choice(("优", "良", "中", "差")),
            "家长投诉": c.choices(("无", "体罚", "有偿补课"), (8, 1, 1))[0],
        }

    yield listed(
        "schools: what pupils and parents say, by class and subject",
        len(CLASSES),
        taught,
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("班级+任教学科",),
    )


def counts() -> Iterator[Release]:
    # Each week is told with all before it; the week before taken away leaves one or two.
    c = random.Random("thirteenth weeks")
    rows = []
    for district, begun in (("海勃湾区", 210), ("乌达区", 96), ("海南区", 64)):
        many = begun
        for week in range(1, 31):
            many += c.choice((0, 1, 1, 2, 3))
            rows.append((district, f"2025年第{week}周", many))
    yield told(
        "HIV: confirmed since the beginning, week by week",
        {
            "旗区": [one[0] for one in rows],
            "截至周次": [one[1] for one in rows],
            "累计确诊人数": [one[2] for one in rows],
        },
        flaw="K_TOO_SMALL",
        at=("累计确诊人数",),
    )

    # Two cells are starred, and the sum leaves two for both: one each.
    def helped(c: random.Random) -> Mapping[str, Any]:
        many = {form: c.randrange(20, 300) for form in FORMS}
        starred = c.sample(FORMS, 2) if c.random() < 0.4 else []
        total = sum(1 if form in starred else many[form] for form in FORMS)
        return {
            f"{form}（*为1—4人）": "*" if form in starred else str(many[form]) for form in FORMS
        } | {"合计": total}

    yield counted(
        "relief: stars for the small cells beside the sum",
        {"街道": TOWNS, "年度": ("2023", "2024", "2025")},
        helped,
        flaw="K_TOO_SMALL",
        at=("合计", *(f"{form}（*为1—4人）" for form in FORMS)),
    )


def groups() -> Iterator[Release]:
    # Dozens of values, but all within two hundredths: whoever is in the group earns that.
    def close(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        within = (pl.col("旗区") == "海南区") & (pl.col("年龄组") == "40—59岁")
        c = random.Random("thirteenth close")
        near = pl.Series("月收入", [2_080 + 10 * c.randrange(5) for _ in held])
        return frame.with_columns(
            pl.when(within).then(near).otherwise(pl.col("月收入")).alias("月收入")
        )

    yield townsfolk(
        "incomes: a district whose incomes are different and all the same",
        PLAIN,
        added={"月收入": lambda c, _: 100 * c.randrange(18, 96)},
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("月收入",),
        spoil=close,
        sensitive=["月收入"],
        l=3,
        t=0.3,
    )

    # A dozen rows, but of two people who came six times each.
    def two(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        within = (
            (pl.col("旗区") == "海勃湾区")
            & (pl.col("年龄组") == "40—59岁")
            & (pl.col("性别") == "男")
        )
        group = frame.filter(within).sort("就诊人代码")
        kept = group.unique("透析方式", keep="first", maintain_order=True)["就诊人代码"]
        return frame.filter(~within | pl.col("就诊人代码").is_in(kept.to_list()))

    yield several(
        "dialysis: groups of rows that are groups of two people",
        PLAIN,
        {"透析方式": some(血液透析=6, 腹膜透析=4)},
        {"就诊人代码": token()},
        {"结算方式": ("职工医保", "居民医保")},
        times=6,
        count=480,
        flaw="K_TOO_SMALL",
        at=("旗区", "年龄组", "性别"),
        spoil=two,
    )

    # The weight is who lives in a community over who was asked there: no two have the same.
    def weighted(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        asked = Counter(community(p) for p in held)
        weights = [round(LIVE_IN[where] / asked[where], 4) for where in map(community, held)]
        return frame.with_columns(pl.Series("抽样权重", weights))

    yield townsfolk(
        "survey of health: weights that tell the community",
        PLAIN,
        {"自评抑郁": some(无=6, 轻度=3, 中度及以上=2)},
        count=640,
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("抽样权重",),
        spoil=weighted,
    )


def community(p: Person) -> str:
    """Where somebody lives, four to a street."""
    return f"{p.street}第{p.door[1] % 4 + 1}社区"


# As the census has it.
LIVE_IN = {
    f"{street}第{n}社区": random.Random(f"thirteenth {street} {n}").randrange(1_800, 9_900)
    for street in TOWNS
    for n in range(1, 5)
}


def listed_elsewhere() -> Iterator[Release]:
    # The card hangs in the cab and on the web site; here its front and its noughts are left off.
    def cards(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
        c = random.Random("thirteenth cards")
        rest = [c.randrange(20_000, 30_000) for _ in range(200)]
        wall = pl.DataFrame(
            {
                "服务监督卡号": [f"1503-{n:06}" for n in [*frame["卡号"], *rest]],
                "姓名": [p.name for p in held] + [f"{c.choice('王李张')}国庆" for _ in rest],
                "所属企业": [
                    c.choice(("乌海出租", "君正出租", "海达出租")) for _ in [*held, *rest]
                ],
            }
        )
        return {"auxiliary": [wall.sample(fraction=1.0, shuffle=True, seed=13)]}

    def numbered(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        c = random.Random("thirteenth cabs")
        return frame.with_columns(pl.Series("卡号", c.sample(range(1, 20_000), frame.height)))

    yield townsfolk(
        "cabs: complaints by the last figures of the card that hangs in them",
        {"年龄组": band(25, 45, 60)},
        {"投诉类别": some(拒载=4, 绕路=3, 议价=3)},
        count=860,
        aged=(25, 59),
        flaw="LINKS_TO_REGISTER|DIRECT_IDENTIFIER_LEFT",
        at=("卡号",),
        spoil=numbered,
        beside=cards,
    )
