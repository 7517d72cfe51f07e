"""Flawed releases of the thirteenth hand that may be read: the gate is mended for them.

The comment over each says why somebody can be found in it.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import combinations
from math import hypot
from typing import Any
from urllib.parse import quote

import polars as pl

from tests.anonymization.eighth_people import (
    Person,
    Release,
    band,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import PLAIN, Family, townsfolk
from tests.anonymization.thirteenth_people import (
    NUMERALS,
    STEMS,
    beast,
    group_of,
    read_aloud,
    several,
    sign,
    told,
    zoned,
)
from tests.anonymization.twelfth_people import TOWNS, listed

# Metres east and north of the railway station.
LANDMARKS = {
    "距市一中（米）": (1_240.0, 860.0),
    "距人民医院（米）": (-2_310.0, 1_975.0),
    "距客运站（米）": (310.0, -2_640.0),
}
PITS = tuple(
    f"{pit}{n}班" for pit in ("采煤一队", "采煤二队", "掘进队", "运转队") for n in range(1, 11)
)
VILLAGES = tuple(
    town + village
    for town in ("拉僧庙镇", "公乌素镇", "乌兰淖尔镇", "千里山镇")
    for village in (
        *("新地村", "泽园村", "绿化村", "团结村", "渡口村", "巴彦村", "东红村", "下海村"),
        *("新桥村", "赛汗村"),
    )
)
TEAMS = tuple(
    f"{place}{kind}队"
    for place in ("海勃湾", "乌达", "海南", "千里山", "黄河化工", "矿务局")
    for kind in ("篮球", "足球", "排球")
)
SAID = (
    "您好我是{}的居民我们这边暖气一直不热您让人联系我我电话是{}您记一下",
    "师傅我在{}住楼下烧烤太吵了派出所也来过了我手机{}随时能打通",
    "我反映一下{}这边路灯不亮好几天了电话我说一遍啊{}对就是这个号",
    "{}这边公交站牌倒了你们管不管我的号是{}打不通就发短信",
)


def flawed() -> Iterator[Release]:
    yield from written()
    yield from recoded()
    yield from exported()
    yield from seen()
    yield from alone()
    yield from counts()
    yield from groups()
    yield from left()


def written() -> Iterator[Release]:
    # Row and place in GB 2312: any code table turns each pair of numbers into a letter of the name.
    yield townsfolk(
        "examinations: the name as numbers of the code table",
        {"性别": of("sex"), "旗区": of("district"), "报考类别": some(文史=4, 理工=6)},
        {"色觉检查": some(正常=8, 色弱=2)},
        {"考生区位码": lambda _, p: zoned(p.name)},
        count=900,
        aged=(17, 20),
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("考生区位码",),
    )

    # What was said on the telephone was written down by a machine, the caller's number too.
    def said(c: random.Random, p: Person) -> str:
        voices = "零幺二三四五六七八九" if c.random() < 0.7 else NUMERALS
        return c.choice(SAID).format(p.district, read_aloud(p.phone, voices))

    yield townsfolk(
        "hotline: calls as a machine heard them, with numbers in words",
        PLAIN,
        {"诉求类别": some(供热=4, 噪声=3, 市政设施=3)},
        {"通话转写": said},
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("通话转写",),
    )

    # A field is told by those whose fields it meets: each neighbour stands there by name.
    def bounds(c: random.Random, n: int) -> Mapping[str, Any]:
        around = group_of("plots of a village", 60, 30, 75)
        sides = [c.choice((c.choice(around).name, c.choice(around).name, "水渠", "生产路"))
                 for _ in range(4)]  # fmt: skip
        return {
            "村": c.choice(VILLAGES[:4]),
            "面积": c.choice(("3亩以下", "3—5亩", "5亩以上")),
            "四至": "东至{}，南至{}，西至{}，北至{}".format(*sides),
            "流转意愿": c.choice(("愿意", "不愿意", "未定")),
        }

    yield listed(
        "contracted land: what each field borders on",
        300,
        bounds,
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("四至",),
    )


def recoded() -> Iterator[Release]:
    # Ten stems stand for ten figures: a number of so fixed a form gives the key away at once.
    yield townsfolk(
        "lodgers: the number of the paper in heavenly stems",
        PLAIN,
        {"居住事由": some(务工=6, 经商=3, 投靠亲属=1)},
        {
            "证件密文": lambda _, p: "".join(
                STEMS[int(one)] if one != "X" else one for one in p.ident
            )
        },
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH",
        at=("证件密文",),
    )

    # The database's own PASSWORD() is SHA-1 of SHA-1, and the telephones of a city are few.
    yield townsfolk(
        "vaccination: telephones through the password function of the database",
        PLAIN,
        {"接种异常反应": some(无=8, 一般反应=3)},
        {"手机密文": lambda _, p: database_password(p.phone)},
        count=2_600,
        flaw="UNSALTED_HASH",
        at=("手机密文",),
    )


def database_password(text: str) -> str:
    """What `PASSWORD()` of MySQL 5 says."""
    once = hashlib.sha1(text.encode()).digest()
    return "*" + hashlib.sha1(once).hexdigest().upper()


def exported() -> Iterator[Release]:
    # A browser writes what was typed into a search into the address, letters as percent signs.
    def asked(c: random.Random, p: Person) -> str:
        page = c.choice(("ybcx/jf", "gjj/ye", "sbcx/dy", "hjcx/zm"))
        return f"/wsbs/{page}?xm={quote(p.name)}&lxdh={p.phone}&_={c.randrange(10**6):06}"

    yield townsfolk(
        "hall of services: addresses of pages as the log has them",
        PLAIN,
        {"终端": some(微信=6, 网页=3, 自助机=1)},
        {"请求地址": asked, "状态码": some(**{"200": 9, "302": 1})},
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("请求地址",),
    )

    # Eight signs of the key of such a database are the second in which the row was made: whoever
    # stood in the queue, or has the slip, knows it.
    begun = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp())

    def key(c: random.Random, _: Person) -> str:
        second = begun + 86_400 * c.randrange(90) + c.randrange(36_000)
        return f"{second:08x}5f3a9c1e07{c.randrange(16**6):06x}"

    yield townsfolk(
        "clinics: the key that the database gave each registration",
        PLAIN,
        {"科室": some(内科=5, 皮肤科=3, 精神科=2)},
        {"_id": key},
        flaw="TIMESTAMP_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=("_id",),
    )


def seen() -> Iterator[Release]:
    # Three distances from places that everybody knows are a point on the map, two of them are two
    # points.
    def distances(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        homes = points(len(held))
        return frame.with_columns(
            pl.Series(name, [round(hypot(x - east, y - north)) for x, y in homes])
            for name, (east, north) in LANDMARKS.items()
        )

    yield townsfolk(
        "rents: how far each home is from three places",
        PLAIN,
        {"补贴档次": some(一档=4, 二档=3, 三档=3)},
        flaw="LOCATION_TOO_FINE|UNDECLARED_QI_UNIQUE",
        at=tuple("+".join(pair) for pair in combinations(LANDMARKS, 2)),
        spoil=distances,
    )

    # Anybody on the stand reads team and number off the shirt.
    def player(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "球队": TEAMS[n // 14],
            "球衣号": (4 + n % 14) if n % 3 else (4 + n % 14) + 20,
            "体检结论": c.choice(("合格", "合格", "心电图异常", "肝功能异常", "乙肝表面抗原阳性")),
        }

    yield listed(
        "games of workers: who is fit to play, by team and shirt",
        14 * len(TEAMS),
        player,
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("球队+球衣号",),
    )


def points(count: int) -> list[tuple[float, float]]:
    """Homes, metres east and north of the station."""
    c = random.Random("thirteenth homes")
    return [(c.uniform(-4_000, 4_000), c.uniform(-4_000, 4_000)) for _ in range(count)]


def alone() -> Iterator[Release]:
    # Beast and sign, each of a dozen, are the month of birth within five years.
    yield townsfolk(
        "matchmaking of the union: beast of the year and sign of the sun",
        PLAIN,
        {"婚史": some(未婚=5, 离异=4, 丧偶=1)},
        {"属相": lambda _, p: beast(p), "星座": lambda _, p: sign(p)},
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("属相+星座",),
    )

    # Each age is shared by dozens, but few couples are just as old and of one street.
    def couple(c: random.Random, n: int) -> Mapping[str, Any]:
        his = 22 + min(c.randrange(24), c.randrange(24))
        return {
            "街道": c.choice(TOWNS),
            "男方年龄": his,
            "女方年龄": max(20, his + c.randrange(-6, 5)),
            "男方婚前状况": c.choices(("未婚", "离婚", "丧偶"), (8, 3, 1))[0],
            "女方婚前状况": c.choices(("未婚", "离婚", "丧偶"), (8, 3, 1))[0],
            "婚检结果": c.choice(("未见异常", "建议随诊", "传染病阳性")),
        }

    yield listed(
        "weddings: how old he is and how old she is",
        640,
        couple,
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("男方年龄+女方年龄",),
    )

    # A village has one doctor: the village is as good as the name.
    def doctor(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "行政村": VILLAGES[n],
            "岗位": "乡村医生",
            "年收入": c.choice(("2万元以下", "2—4万元", "4万元以上")),
            "年度考核": c.choices(("优秀", "合格", "不合格"), (2, 6, 1))[0],
        }

    yield listed(
        "doctors of villages: pay and assessment by village",
        len(VILLAGES),
        doctor,
        flaw="UNDECLARED_QI_UNIQUE|K_TOO_SMALL",
        at=("行政村",),
    )

    # The scores hang on the wall with the names; the release has whom the doctors refused.
    c = random.Random("thirteenth officials")
    people = group_of("officials to be", 300, 21, 35)
    posts = [f"1503{c.randrange(20, 60):02}" for _ in people]
    scores = [f"{c.gauss(126, 9):.2f}" for _ in people]
    wall = pl.DataFrame({"姓名": [p.name for p in people], "职位代码": posts, "总成绩": scores})
    yield told(
        "officials to be: findings of the doctors beside the score of the examination",
        {
            "笔试成绩": scores,
            "体检结论": [c.choices(("合格", "复检", "不合格"), (8, 2, 1))[0] for _ in people],
            "考察结论": [c.choices(("通过", "未通过"), (9, 1))[0] for _ in people],
        },
        flaw="LINKS_TO_REGISTER|UNDECLARED_QI_UNIQUE|AMOUNT_TOO_FINE",
        at=("笔试成绩",),
        others={"auxiliary": [wall.sample(fraction=1.0, shuffle=True, seed=13)]},
    )


def counts() -> Iterator[Release]:
    # All less all but one is one: the head's pay comes out to a few yuan.
    bodies = paid()
    yield told(
        "public bodies: mean pay with the head and without",
        {
            "单位": [f"{n + 1}号事业单位" for n in range(len(bodies))],
            "在册人数": [len(staff) + 1 for _, staff in bodies],
            "人均年薪（含负责人）": [
                round((head + sum(staff)) / (len(staff) + 1), 2) for head, staff in bodies
            ],
            "人均年薪（不含负责人）": [round(sum(staff) / len(staff), 2) for _, staff in bodies],
        },
        flaw="K_TOO_SMALL|AMOUNT_TOO_FINE",
        at=("人均年薪（含负责人）+人均年薪（不含负责人）",),
    )

    # Where all who were looked at are ill, each of them is.
    c = random.Random("thirteenth dust")
    looked = [c.randrange(60, 121) for _ in PITS]
    ill = [c.randrange(20, many - 20) for many in looked]
    for n in (6, 19, 23, 34):
        ill[n] = looked[n]
    yield told(
        "dust in lungs: whom the doctors saw and who is ill, by team of miners",
        {"班组": PITS, "受检人数": looked, "检出尘肺人数": ill},
        flaw="L_TOO_SMALL|K_TOO_SMALL|T_TOO_LARGE",
        at=("检出尘肺人数",),
    )


def paid() -> list[tuple[int, list[int]]]:
    """What the head of each body is paid in a year, and the others."""
    c = random.Random("thirteenth heads")
    return [
        (
            c.randrange(105_000, 168_000),
            [c.randrange(62_000, 98_000) for _ in range(c.randrange(20, 61))],
        )
        for _ in range(36)
    ]


def groups() -> Iterator[Release]:
    # Four words for one illness count as four values; whoever is in the group has it all the same.
    spelt = ("艾滋病", "HIV感染", "人类免疫缺陷病毒病", "B24（AIDS）")

    def one_illness(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        within = (pl.col("旗区") == "海南区") & (pl.col("年龄组") == "18—39岁")
        words = pl.Series("诊断", [spelt[n % 4] for n in range(frame.height)])
        return frame.with_columns(
            pl.when(within).then(words).otherwise(pl.col("诊断")).alias("诊断")
        )

    yield townsfolk(
        "illnesses to be reported: groups with one illness under four names",
        PLAIN,
        {"诊断": some(肺结核=5, 乙型肝炎=4, 梅毒=3, 布鲁氏菌病=2)},
        count=2_000,
        flaw="L_TOO_SMALL|T_TOO_LARGE",
        at=("诊断",),
        spoil=one_illness,
    )

    # Three who fitted nowhere were starred: they are those whose groups the table lacks.
    def rest(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        few = frame.head(3).with_columns(
            pl.lit("*").alias("旗区"), pl.lit("*").alias("年龄组"), pl.lit("男").alias("性别")
        )
        return pl.concat([frame, few]).sample(fraction=1.0, shuffle=True, seed=13)

    yield townsfolk(
        "released from prison: stars for the three who fitted nowhere",
        PLAIN,
        {"帮教等级": some(重点=2, 一般=5)},
        flaw="K_TOO_SMALL|UNDECLARED_QI_UNIQUE",
        at=("旗区", "年龄组"),
        spoil=rest,
    )


def left() -> Iterator[Release]:
    # The formula knows names of two and three letters; those of four it leaves as they are.
    def starred(_: random.Random, p: Person) -> str:
        return p.name[0] + "*" * (len(p.name) - 1) if len(p.name) < 4 else p.name

    yield townsfolk(
        "homes for the old: names of four letters that the formula missed",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(60, 70, 80, 99)},
        {"失能等级": some(轻度=5, 中度=3, 重度=2)},
        {"入住人": starred},
        aged=(60, 95),
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=("入住人",),
    )

    # The sheet has a column for each who works there: in its cells is nobody, in its head are all.
    c = random.Random("thirteenth attendance")
    staff = [p.name for p in group_of("attendance", 24, 22, 58)]
    days = [f"2025-09-{n:02}" for n in range(1, 31)]
    yield told(
        "attendance: a column for each who works there",
        {"日期": days}
        | {
            name: c.choices(("出勤", "病假", "事假", "丧假"), (20, 3, 2, 1), k=len(days))
            for name in staff
        },
        flaw="DIRECT_IDENTIFIER_LEFT",
        at=tuple(staff),
    )

    # One system starred the end of the telephone, the other its front: a code joins the two rows.
    def halves(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        met: set[str] = set()
        masks = []
        for person in held:
            masks.append(
                f"*******{person.phone[7:]}" if person.ident in met else f"{person.phone[:7]}****"
            )
            met.add(person.ident)
        return frame.with_columns(pl.Series("联系电话", masks))

    yield several(
        "relief: the telephone masked in one row at the end, in the next at the front",
        PLAIN,
        {"救助类别": some(低保=5, 临时救助=3, 特困=2)},
        {"对象代码": token()},
        {"来源系统": "民政"},
        times=2,
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("联系电话",),
        spoil=halves,
    )
