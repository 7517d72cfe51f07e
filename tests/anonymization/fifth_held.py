"""Releases of a fifth hand of which only totals are read; whoever mends the gate leaves it shut.

The first run found 38 of 53 slips of the open part with their columns and 25 of 35 of this, and let
23 of 32 and 11 of 18 sound releases pass. One thing was mended after it: some groups of an office
told one trait only, and now stay away; and codes of most offices are no hexadecimal any more, which
made it faster and changed no verdict. `python -m tests.anonymization.fifth_held` prints the scores
of today, and what was missed of the open part.
"""

import binascii
import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from typing import Any

import polars as pl

from tests.anonymization import fifth_open
from tests.anonymization.fifth_open import (
    ALONE,
    AMOUNT,
    DIRECT,
    FEW,
    HASH,
    JOIN,
    LINK,
    MASK,
    PLACE,
    REMARKS,
    TEXT,
    TIME,
    digest,
    sometimes,
)
from tests.anonymization.fifth_people import (
    ALPHABET,
    DISTRICTS,
    Flaw,
    Person,
    Release,
    of,
    show,
    sound,
    table,
)
from tests.anonymization.fifth_things import listed
from tests.anonymization.judging import wrong

GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"


def geohash(latitude: float, longitude: float, signs: int) -> str:
    """The cell of the world with this many signs."""
    low, high = [-90.0, -180.0], [90.0, 180.0]
    said = ""
    for place in range(signs):
        value = 0
        for bit in range(5):
            axis = (place * 5 + bit + 1) % 2
            middle, here = (low[axis] + high[axis]) / 2, (latitude, longitude)[axis]
            value = value * 2 + (here >= middle)
            (low if here >= middle else high)[axis] = middle
        said += GEOHASH[value]
    return said


def thirty_six(number: int) -> str:
    """The number with ten digits and twenty-six letters."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    said = ""
    while number:
        number, rest = divmod(number, 36)
        said = signs[rest] + said
    return said


def every_other(text: str, first: int) -> str:
    """Every second sign, the others hidden."""
    return "".join(one if place % 2 == first else "*" for place, one in enumerate(text))


def seated(person: Person) -> tuple[str, str]:
    """The hall and the seat in which somebody sat an examination."""
    return f"{person['n'] // 30 + 1:03}", f"{person['n'] % 30 + 1:02}"


def hall(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
    """The list on the door."""
    rows = [{"姓名": p["name"], "考场": seated(p)[0], "座位": seated(p)[1]} for p in held]
    return {"auxiliary": [pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=2)]}


def cut_codes(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
    """Last year's release, which showed only the beginning of each code."""
    old = frame.select(pl.col("志愿者码").str.slice(0, 9).alias("编码"))
    trades = [("教师", "职员", "工人")[p["n"] % 3] for p in held]
    return {"earlier": [old.with_columns(pl.Series("职业", trades)).sample(
        fraction=1, shuffle=True, seed=3)]}  # fmt: skip


def wages(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
    """What a neighbour in the office knows of wages."""
    rows = [{"姓名": p["name"], "工资": f"{p['income']:.2f}"} for p in held]
    return {"auxiliary": [pl.DataFrame(rows)]}


def one_of_a_people(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Let one row be of a people of which the city has a handful."""
    chance = random.Random(5)
    told = ["鄂伦春族" if row == 17 else chance.choice(("汉族",) * 8 + ("蒙古族", "回族"))
            for row in range(frame.height)]  # fmt: skip
    return frame.with_columns(pl.Series("民族", told))


def many_rides(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Give each rider eight rows: day and station of each."""
    chance = random.Random(6)
    riders = [(code, chance.sample(range(40), 4)) for code in frame["rider_key"][:80]]
    rows = [
        {
            "rider_key": code,
            "日期": f"2025-{chance.randrange(1, 7):02}-{chance.randrange(1, 29):02}",
            "起点": f"{chance.choice(stations) + 1}号站",
            "还车": f"{chance.choice(stations) + 1}号站",
        }
        for code, stations in riders
        for _ in range(8)
    ]
    return pl.DataFrame(rows)


def sole_trader(person: Person) -> str:
    """The sign over a small shop."""
    return f"{person['district']}{person['name']}{('便利店', '餐馆', '修理部')[person['n'] % 3]}"


def payload(chance: random.Random, person: Person) -> str:
    """What an interface took in, kept for the record."""
    made = {"chn": "wx", "arg": {"tel": person["mobile"], "t": chance.randrange(9)}, "rc": 0}
    return json.dumps(made)


FLAWS = (
    Flaw("signs hidden by turns", "library", (MASK, DIRECT),
         {"读者电话": show(lambda p: every_other(p["mobile"], 0)),
          "催还电话": show(lambda p: every_other(p["mobile"], 1))}, count=300),
    Flaw("only the region hidden", "training", (MASK, ALONE),
         {"证件": show(lambda p: f"******{p['id'][6:17]}*")}, count=300),
    Flaw("telephone at home", "care", (DIRECT,), {"家中座机": of("landline")}, count=300),
    Flaw("short digest behind a letter", "aid", (HASH,),
         {"主体码": show(lambda p: "U_" + digest("sha256", p["mobile"])[:12].upper())}, count=400),
    Flaw("digest of a digest", "doctors", (HASH,),
         {"uid": show(lambda p: digest("md5", digest("md5", p["mobile"])))}),
    Flaw("digest of name and phone", "heating", (HASH,),
         {"户主标识": show(lambda p: digest("md5", p["name"] + p["mobile"]))}, count=300,
         others=lambda f, held: {"auxiliary": [pl.DataFrame(
             [{"姓名": p["name"], "手机": p["mobile"]} for p in held])]}),
    Flaw("the simplest salt", "veterans", (HASH,),
         {"人员key": show(lambda p: digest("md5", p["id"] + "123456"))}),
    Flaw("checksum of the phone", "bikes", (HASH, DIRECT),
         {"crc": show(lambda p: f"{binascii.crc32(p['mobile'].encode()):08x}")}),
    Flaw("hexadecimal of the signs", "visits", (DIRECT, HASH),
         {"tel_x": show(lambda p: p["mobile"].encode().hex())}, count=1500),
    Flaw("phone in thirty-six signs", "fund", (DIRECT, HASH),
         {"客户号": show(lambda p: thirty_six(int(p["mobile"])))}, count=300),
    Flaw("each digit moved by three", "students", (DIRECT, HASH, MASK),
         {"监护人码": show(lambda p: "".join(str((int(one) + 3) % 10) for one in p["mobile"]))},
         count=300),
    Flaw("number in groups of four", "blood", (DIRECT,),
         {"献血者编号": show(lambda p: " ".join((p["id"][:4], p["id"][4:8], p["id"][8:12],
                                            p["id"][12:16], p["id"][16:])))}, count=300),
    Flaw("number of fifteen digits", "care", (DIRECT,),
         {"老证号": show(lambda p: p["id"][:6] + p["id"][8:17])}, count=300),
    Flaw("what an interface took in", "drivers", (DIRECT, TEXT), {"req": payload}, count=300),
    Flaw("name of a scanned sheet", "aid", (DIRECT, TEXT),
         {"卷宗路径": show(lambda p: f"/scan/{p['at']:%Y/%m}/{p['id']}_A.jpg")}, count=300),
    Flaw("name in two columns", "students", (DIRECT,),
         {"x": of("surname"), "m": of("given")}, count=300),
    Flaw("mail boxes that are numbers", "volunteers", (DIRECT,),
         {"联络": show(lambda p: f"{p['qq']}@qq.com")}, count=1200),
    Flaw("number of a stay in hospital", "doctors", (DIRECT, ALONE),
         {"住院号": lambda c, p: f"ZY{c.randrange(10**7):07}"}),
    Flaw("network addresses of applicants", "fund", (DIRECT, ALONE),
         {"登录IP": lambda c, p: f"{c.choice((1, 36, 110, 222))}.{c.randrange(1, 250)}."
                              f"{c.randrange(250)}.{c.randrange(1, 250)}:{c.randrange(9**5)}"},
         count=300),
    Flaw("chat name in a remark", "heating", (TEXT, DIRECT),
         {"回访记录": sometimes(0.06, show(
             lambda p: f"称加微信{p['ini'].lower()}_{p['born']:%Y%m}联系"), REMARKS)}, count=400),
    Flaw("post once held in a remark", "veterans", (TEXT, ALONE),
         {"说明": sometimes(0.03, lambda c, p: f"系乌海市第{c.randrange(1, 9)}中学原党总支书记",
                          REMARKS)}),
    Flaw("days of coming and going beside the age", "care", (ALONE, TIME, FEW),
         {"入住日期": show(lambda p: str(p["at"])), "退住日期": lambda c, p:
          f"2025-{c.randrange(7, 13):02}-{c.randrange(1, 29):02}", "年龄": of("age")},
         (("入住日期",), ("退住日期",), ("年龄", "入住日期")), count=400),
    Flaw("height and weight", "blood", (ALONE, FEW),
         {"身高cm": lambda c, p: round(c.gauss(172 - 11 * (p["sex"] == "女"), 6)),
          "体重kg": lambda c, p: round(c.gauss(70 - 11 * (p["sex"] == "女"), 9), 1)},
         (("身高cm",), ("体重kg",)), count=400),
    Flaw("cell of a few metres", "heating", (PLACE, ALONE),
         {"gh": show(lambda p: geohash(p["latitude"], p["longitude"], 9))}, count=300),
    Flaw("point as text", "care", (PLACE, ALONE),
         {"geom": show(lambda p: f"POINT({p['longitude']:.6f} {p['latitude']:.6f})")}, count=300),
    Flaw("day and its fraction", "library", (TIME,),
         {"借出": show(lambda p: round(p["at"].toordinal() - 693_594 + p["second"] / 86_400, 6))},
         count=300),
    Flaw("second within an object's id", "aid", (TIME,),
         {"_id": lambda c, p: f"{p['at'].toordinal() * 86_400 - 62_135_683_200 + p['second']:08x}"
                              f"{c.getrandbits(64):016x}"}, count=300),
    Flaw("noise of half a yuan", "training", (AMOUNT, LINK, ALONE),
         {"应发工资": lambda c, p: round(p["income"] + c.uniform(-0.5, 0.5), 2)}, count=300,
         others=wages),
    Flaw("hall and seat", "students", (LINK, DIRECT, ALONE),
         {"kc": show(lambda p: seated(p)[0]), "zw": show(lambda p: seated(p)[1])}, count=300,
         others=hall),
    Flaw("beginnings of codes released before", "volunteers", (JOIN,), columns=(("志愿者码",),),
         count=1200, others=cut_codes),
    Flaw("one of a small people", "veterans", (ALONE, FEW), columns=(("民族",),),
         change=one_of_a_people),
    Flaw("births by two years and the community", "training", (FEW, ALONE),
         {"出生区间": show(lambda p: f"{p['born'].year // 2 * 2}-{p['born'].year // 2 * 2 + 1}"),
          "社区": of("community")}, (("出生区间",), ("社区",)), count=400),
    Flaw("rides of one rider", "bikes", (ALONE, FEW, TIME, PLACE), change=many_rides,
         columns=(("rider_key",), ("日期", "起点"), ("日期", "还车"), ("起点", "还车")),
         claim={"quasi_identifiers": []}),
    Flaw("shops that bear the name", "veterans", (DIRECT, TEXT, ALONE),
         {"创业店铺": show(sole_trader)}, count=300),
)  # fmt: skip


def averages() -> Release:
    """Mean wages of which one is the wage of one man."""
    chance = random.Random(51)
    rows = [
        {"单位": f"乌海市{one}", "残疾职工人数": chance.randrange(12, 40),
         "平均月工资": round(chance.uniform(3000, 7000), 2)}
        for one in ("热力公司", "公交公司", "自来水公司", "园林处", "环卫处", "市政处")
    ]  # fmt: skip
    rows[4]["残疾职工人数"] = 1
    return Release("counts: a mean of one", pl.DataFrame(rows), {}, frozenset({FEW}),
                   (frozenset({"残疾职工人数"}), frozenset({"平均月工资"})))  # fmt: skip


def flawed() -> Iterator[Release]:
    """Every slip once, each in a release of its own."""
    for flaw in FLAWS:
        yield flaw.release()
    yield averages()


# --- sound --------------------------------------------------------------------------------------


def keyed() -> Release:
    """Codes made with a key that was thrown away."""
    frame, held = table("students", 500, "keyed")
    key = random.Random(61).randbytes(32)
    codes = [hmac.new(key, p["id"].encode(), hashlib.sha256).hexdigest() for p in held]
    made = sound("keyed", "students", 500)
    return Release("students: codes made with a key", frame.with_columns(
        pl.Series("stu", codes)), made.claim)  # fmt: skip


def beside(title: str, office: str, count: int, **others: Any) -> Release:
    """A careful table, and what is at hand but says nothing of it."""
    return sound(title, office, count, **others)


def answers() -> Release:
    """Opinions of people of whom three coarse things are known."""
    made = sound("answers to questions", "care", 900)
    chance = random.Random(62)
    said = {one: chance.choices(range(1, 6), (1, 1, 3, 6, 5), k=made.frame.height)
            for one in ("对饭菜满意度", "对护理满意度", "对环境满意度")}  # fmt: skip
    claim = dict(made.claim) | {"sensitive": [*made.claim["sensitive"], *said]}
    return Release(made.title, made.frame.with_columns(
        pl.Series(name, values) for name, values in said.items()), claim)  # fmt: skip


def things() -> Iterator[Release]:
    """More tables of nobody."""
    c = random.Random(63)
    yield listed(
        "stops of buses",
        [
            {
                "站名": f"{one}站",
                "线路": f"{c.randrange(1, 30)}路",
                "lon": round(106.8 + c.gauss(0, 0.03), 6),
                "lat": round(39.65 + c.gauss(0, 0.03), 6),
                "首班": "06:30:00",
            }
            for one in ("人民广场", "王家沟口", "高峰路", "市医院", "白云大酒店")
            for _ in range(12)
        ],
    )
    yield listed(
        "contracts of purchase",
        [
            {
                "合同编号": f"WHZC2025{c.randrange(10**10):010}",
                "供应商": f"内蒙古{c.choice('华宏恒')}信科技有限公司",
                "合同金额": round(c.uniform(10**4, 10**7), 2),
                "签订日期": f"2025-0{c.randrange(1, 7)}-18",
            }
            for _ in range(150)
        ],
    )
    yield listed(
        "branches of banks",
        [
            {
                "网点": f"乌海银行{one}支行",
                "联行号": f"3132050{c.randrange(10**5):05}",
                "客服电话": f"0473-29{c.randrange(10**5):05}",
                "地址": f"{one}路{c.randrange(1, 80)}号",
            }
            for one in ("新华", "建设", "滨河", "学府", "海南", "乌达", "千里山")
            for _ in range(4)
        ],
    )
    yield listed(
        "patents",
        [
            {
                "专利号": f"ZL2023{c.choice('12')}0{c.randrange(10**6):06}.{c.randrange(10)}",
                "专利权人": f"乌海{c.choice(('化工', '焦化', '光伏'))}股份有限公司",
                "授权月份": f"2024-{c.randrange(1, 13):02}",
            }
            for _ in range(90)
        ],
    )
    yield listed(
        "samples of water",
        [
            {
                "样品编号": f"WS202503{c.randrange(1, 29):02}{c.randrange(999):03}",
                "采样点": c.choice(("黄河海勃湾断面", "甘德尔水厂出厂水", "乌达水源地")),
                "pH": round(c.gauss(7.6, 0.2), 2),
                "氨氮mg/L": round(c.random() / 2, 3),
                "采样时间": f"2025-03-{c.randrange(1, 29):02} 09:{c.randrange(60):02}",
            }
            for _ in range(300)
        ],
    )
    yield listed(
        "departures",
        [
            {
                "车次": f"K{c.randrange(100, 1900)}",
                "到达": c.choice(("包头", "银川", "呼和浩特")),
                "开点": f"{c.randrange(24):02}:{c.randrange(60):02}:00",
                "检票口": f"{c.randrange(1, 9)}",
            }
            for _ in range(60)
        ],
    )
    yield listed(
        "permits to build",
        [
            {
                "施工许可证号": f"1503022025{c.randrange(1, 7):02}{c.randrange(1, 29):02}0101",
                "建设单位": f"乌海市{c.choice(('城投', '水务', '交投'))}集团有限公司",
                "工程地址": f"海勃湾区机场路{c.randrange(1, 60)}号",
                "建筑面积": c.randrange(900, 90_000),
            }
            for _ in range(80)
        ],
    )
    yield listed(
        "meters of pumps",
        [
            {
                "表号": f"{c.randrange(10**11, 10**12)}",
                "泵站": f"{n % 5 + 1}号泵站",
                "IMEI": f"86{c.randrange(10**13):013}",
                "抄表时刻": f"2025-04-{n % 30 + 1:02} {n % 24:02}:00:07",
                "累计m3": 1000 + n * 7,
            }
            for n in range(300)
        ],
    )


def counted() -> Release:
    """Counts that are all large."""
    c = random.Random(64)
    rows = [
        {"区": one, "学段": two, "在校生": c.randrange(900, 9000), "留守儿童": c.randrange(40, 99)}
        for one in DISTRICTS
        for two in ("小学", "初中", "高中")
    ]
    return Release("counts: pupils by the hundred", pl.DataFrame(rows), {})


def well() -> Iterator[Release]:
    """Every sound release once."""
    for name, count in (("heating", 900), ("training", 1000), ("bikes", 2000), ("aid", 300),
                        ("visits", 8000)):  # fmt: skip
        yield sound("another careful table", name, count)
    yield keyed()
    firms = pl.DataFrame({"企业": [f"乌海{one}公司" for one in ALPHABET], "税号": list(ALPHABET)})
    yield beside("beside a register of firms", "library", 500, auxiliary=[firms])
    before, _ = table("students", 600, "an earlier year")
    yield beside("after another year", "students", 500, earlier=[before])
    yield answers()
    yield from things()
    yield counted()


if __name__ == "__main__":
    here = {"held, flawed": flawed(), "held, sound": well()}
    for part, cases in {"flawed": fifth_open.flawed(), "sound": fifth_open.well(), **here}.items():
        all_of_it = tuple(cases)
        missed = wrong(all_of_it)
        print(f"{part}: {len(all_of_it) - len(missed)} of {len(all_of_it)}")  # noqa: T201 (the scores are its output)
        print("\n".join(missed) if part not in here else "")  # noqa: T201
