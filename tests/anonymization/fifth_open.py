"""Releases of a fifth hand that may be looked into: slips of offices and vendors, and sound tables.

Each slip is one that an assessor meets: a half-done mask, a digest anybody can undo, an export
that kept more than the screen shows. Each sound release looks like one of them and is none.
"""

import base64
import hashlib
import random
from collections.abc import Iterator
from typing import Any

import polars as pl

from tests.anonymization.fifth_people import (
    DISTRICTS,
    Flaw,
    Make,
    Person,
    Release,
    credit_code,
    draw,
    luhn,
    of,
    people,
    show,
    sound,
)
from tests.anonymization.fifth_things import things

MASK = "PARTIAL_ID_REIDENTIFIABLE"
HASH = "UNSALTED_HASH"
DIRECT = "DIRECT_IDENTIFIER_LEFT"
TEXT = "FREE_TEXT_LEAK"
DOOR = "FULL_ADDRESS_LEFT"
ALONE = "UNDECLARED_QI_UNIQUE"
JOIN = "PSEUDONYM_JOINS_OTHER_RELEASE"
LINK = "LINKS_TO_REGISTER"
TIME = "TIMESTAMP_TOO_FINE"
PLACE = "LOCATION_TOO_FINE"
AMOUNT = "AMOUNT_TOO_FINE"
FEW = "K_TOO_SMALL"
SAME = "L_TOO_SMALL"
SKEW = "T_TOO_LARGE"


def digest(kind: str, text: str) -> str:
    """The digest in lower-case hexadecimal."""
    return hashlib.new(kind, text.encode()).hexdigest()


def sometimes(share: float, make: Make, otherwise: Make) -> Make:
    """This in so many rows, that in the others."""
    return lambda c, p: make(c, p) if c.random() < share else otherwise(c, p)


def wrapped(text: str) -> str:
    """The text in Base64."""
    return base64.b64encode(text.encode()).decode()


REMARKS = draw(资料齐全=5, 已电话回访=3, 无=6, 材料补正后通过=2, 上门核实情况属实=2)


# --- changes of a whole table ----------------------------------------------------------------


def one_kind(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Give everybody of one group the same trait: nobody need be found for it to be known."""
    group = (pl.col("sex") == "男") & (pl.col("age_band") == "60-74")
    new = pl.when(group).then(pl.lit("copd")).otherwise(pl.col("chronic"))
    return frame.with_columns(new.alias("chronic"))


def skewed(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Make a trait rare among all and common in one group, though each group has two traits."""
    chance = random.Random(3)
    likely = {("女", "海南区"): 0.85}
    marked = [
        "HIV阳性" if chance.random() < likely.get((p["sex"], p["district"]), 0.01) else "阴性"
        for p in held
    ]
    return frame.with_columns(pl.Series("初筛结果", marked))


def rare_trade(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """One row in the table holds an office that one person in the city holds."""
    trades = ["殡仪馆遗体整容师" if p["n"] == held[9]["n"] else "工人" if p["n"] % 3 else "农民"
              for p in held]  # fmt: skip
    return frame.with_columns(pl.Series("原职业", trades))


def small_groups(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Leave three of a group that had a score: the office counted before it dropped rows."""
    place = frame.with_row_index().filter(
        (pl.col("学段") == "高中") & (pl.col("性别") == "女") & (pl.col("学校所在区") == "海南区")
    )
    return frame[[n for n in range(frame.height) if n not in set(place["index"][3:])]]


def household(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Say who lives together: two or three people of known ages are one family in the city."""
    homes = [f"{n // 3 * 7919 % 99991:05}" for n in range(frame.height)]
    return frame.with_columns(pl.Series("同户编码", homes))


def in_order(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Number the rows by the citizen numbers."""
    rank = {one: place for place, one in enumerate(sorted(p["id"] for p in held), 1)}
    return frame.with_columns(pl.Series("受助序号", [f"WH{rank[p['id']]:05}" for p in held]))


def register(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
    """The same people by name and number, as a roll that hangs in the hall."""
    roll = [{"姓名": p["name"], "公民身份号码": p["id"], "邮箱": p["mail"]} for p in held]
    return {"auxiliary": [pl.DataFrame(roll).sample(fraction=1, shuffle=True, seed=4)]}


def roll_of(*keys: str) -> Any:
    """A register that tells these things of the same people, with their names."""

    def make(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        roll = pl.DataFrame(
            [{"姓名": p["name"], **{key: str(p[key]) for key in keys}} for p in held]
        )
        return {"auxiliary": [roll.sample(fraction=1, shuffle=True, seed=5)]}

    return make


def shared_codes(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
    """What another office released last year under the same pseudonyms."""
    other = frame.select("志愿者码").with_columns(
        pl.Series("职业", [("教师", "职员", "工人")[p["n"] % 3] for p in held]),
        pl.Series("社区", [p["community"] for p in held]),
    )
    return {"earlier": [other.sample(fraction=0.8, shuffle=True, seed=6)]}


def marks(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """The total to two decimals, as it was published beside the names."""
    return frame.with_columns(pl.Series("综合成绩", [_mark(p) for p in held]))


def _mark(person: Person) -> str:
    return f"{60 + int(person['mobile'][4:]) % 3900 / 100:.2f}"


def posted(frame: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
    """The list of those admitted, with name and total."""
    roll = pl.DataFrame({"姓名": [p["name"] for p in held], "总分": [_mark(p) for p in held]})
    return {"auxiliary": [roll.sample(fraction=1, shuffle=True, seed=8)]}


FLAWS = (
    # masks
    Flaw("phone begun in one column and ended in another", "library", (MASK, DIRECT),
         {"预约电话": show(lambda p: f"{p['mobile'][:7]}****"),
          "取书短信号码": show(lambda p: f"****{p['mobile'][4:]}")}),
    Flaw("phone with two signs hidden", "heating", (MASK, DIRECT),
         {"联系方式": show(lambda p: f"{p['mobile'][:5]}**{p['mobile'][7:]}")}),
    Flaw("six and four of a number beside the day of birth", "aid", (MASK, ALONE, TIME, FEW),
         {"身份证": show(lambda p: f"{p['id'][:6]}********{p['id'][14:]}"),
          "birth": show(lambda p: f"{p['born']:%Y/%m/%d}")}, (("身份证",),)),
    Flaw("last four hidden and the birth left", "training", (MASK, ALONE),
         {"sfzh": show(lambda p: f"{p['id'][:14]}****")}),
    Flaw("year hidden and the age beside it", "veterans", (MASK,),
         {"证件号码": show(lambda p: f"{p['id'][:6]}****{p['id'][10:]}"), "周岁": of("age")},
         (("证件号码",),)),
    Flaw("name masked at both ends in two columns", "care", (MASK, DIRECT),
         {"申请表姓名": show(lambda p: f"{p['name'][0]}{'*' * len(p['name'][1:])}"),
          "审批表姓名": show(lambda p: f"*{p['name'][1:]}")}),
    Flaw("plate with one sign hidden", "drivers", (MASK, DIRECT),
         {"hphm": show(lambda p: f"{p['plate'][:4]}*{p['plate'][5:]}")}),
    Flaw("card with three digits hidden and a check digit", "fund", (MASK, DIRECT),
         {"到账卡号": show(lambda p: f"{p['card'][:10]}***{p['card'][13:]}")}),
    Flaw("street hidden, house and flat left", "care", (DOOR, MASK),
         {"居住地": show(lambda p: f"{p['district']}**街道{p['yard']}{p['flat']}")}),
    # digests
    Flaw("MD5 of phones in capitals", "volunteers", (HASH,),
         {"mobile_md5": show(lambda p: digest("md5", p["mobile"]).upper())}, count=1500),
    Flaw("the middle sixteen of an MD5 of the number", "students", (HASH,),
         {"sfz16": show(lambda p: digest("md5", p["id"])[8:24])}),
    Flaw("SM3 of the number in Base64", "doctors", (HASH,),
         {"身份标识": show(lambda p: base64.b64encode(
             hashlib.new("sm3", p["id"].encode()).digest()).decode())}),
    Flaw("SHA-1 of SHA-1 as a database keeps passwords", "bikes", (HASH,),
         {"acct": show(lambda p: "*" + hashlib.sha1(
             hashlib.sha1(p["mobile"].encode()).digest()).hexdigest().upper())}),
    Flaw("the district code as salt", "training", (HASH,),
         {"sjh_hash": show(lambda p: digest("sha256", p["code"] + p["mobile"]))}),
    Flaw("digest of a number plate", "drivers", (HASH,),
         {"车辆标识": show(lambda p: digest("md5", p["plate"]))}),
    Flaw("digest of the mail address in a register", "library", (HASH,),
         {"mail_sha1": show(lambda p: digest("sha1", p["mail"]))}, others=register),
    # numbers left in another dress
    Flaw("phone in Base64", "visits", (DIRECT, HASH),
         {"buyer": show(lambda p: wrapped(p["mobile"]))}, count=1500),
    Flaw("phone turned round for a search by its end", "heating", (DIRECT, MASK, HASH),
         {"dh_idx": show(lambda p: p["mobile"][::-1])}),
    Flaw("digits replaced by letters", "aid", (DIRECT, HASH, MASK),
         {"当事人密文": show(lambda p: p["id"].translate(
             str.maketrans("0123456789X", "QWERTYUIOPX")))}),
    Flaw("a constant added to the phone", "blood", (DIRECT, HASH, MASK),
         {"联系码": show(lambda p: str(int(p["mobile"]) + 20250630))}),
    Flaw("number cut by a spreadsheet", "training", (DIRECT, MASK, ALONE),
         {"证件号": show(lambda p: f"{p['id'][:15]}000")}),
    Flaw("number as a formula of a spreadsheet", "veterans", (DIRECT, TEXT),
         {"优待证办理号": show(lambda p: f'="{p["id"]}"')}),
    Flaw("number on a page that shows a mask", "students", (DIRECT, TEXT),
         {"家长电话": show(lambda p: f'<span title="{p["mobile"]}">{p["mobile"][:3]}****'
                                 f'{p["mobile"][7:]}</span>')}),
    Flaw("school roll number made of the citizen number", "students", (DIRECT,),
         {"学籍号": show(lambda p: f"G{p['id']}")}),
    Flaw("taxpayer number of a sole trader", "veterans", (DIRECT,),
         {"创业实体税号": sometimes(0.4, show(lambda p: f"{p['id']}01"),
                                lambda c, p: credit_code(c))}),
    Flaw("number in four columns", "fund", (DIRECT, MASK, ALONE),
         {"dm": show(lambda p: p["id"][:6]), "rq": show(lambda p: p["id"][6:14]),
          "sx": show(lambda p: p["id"][14:17]), "jy": show(lambda p: p["id"][17])},
         (("rq", "sx"), ("dm", "rq", "sx", "jy"), ("rq",))),
    Flaw("name in pinyin", "bikes", (DIRECT,), {"nickname": of("py")}),
    Flaw("initials and birth as a code", "volunteers", (DIRECT, MASK, ALONE, TIME),
         {"会员编码": show(lambda p: f"{p['ini']}{p['born']:%Y%m%d}")}, count=1500),
    Flaw("passports among the numbers", "visits", (DIRECT,),
         {"证件": sometimes(0.15, lambda c, p: f"E{c.choice('ABCDEFGH')}{c.randrange(10**7):07}",
                          show(lambda p: "***"))}, count=1500),
    Flaw("permits of visitors from Taiwan, Hong Kong and Macao", "visits", (DIRECT,),
         {"通行证号": sometimes(0.5, lambda c, p: f"{c.choice('HM')}{c.randrange(10**8):08}",
                            lambda c, p: f"{c.randrange(10**8):08}")}, count=1500),
    Flaw("IMEI of the riders' phones", "bikes", (DIRECT, ALONE),
         {"device": lambda c, p: luhn(f"86{c.randrange(10**12):012}")}),
    Flaw("open id of a chat account", "library", (DIRECT, ALONE),
         {"openid": lambda c, p: "oX7Qk5" + "".join(c.choices(
             "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMN23456789_-", k=22))}),
    Flaw("number of the certificate of birth", "doctors", (DIRECT, ALONE),
         {"出生医学证明编号": lambda c, p: f"{c.choice('QRST')}15{c.randrange(10**7):07}"}),
    # remarks
    Flaw("whose son in a remark", "care", (TEXT, DIRECT),
         {"备注": sometimes(0.05, show(lambda p: f"系{p['community']}{p['name']}之母，独居"),
                          REMARKS)}),
    Flaw("door in a remark", "heating", (TEXT, DOOR),
         {"维修说明": sometimes(0.04, show(lambda p: f"{p['yard']}{p['flat']}暖气片漏水，已更换"),
                            draw(已更换阀门=5, 排气后恢复=4, 供水温度偏低=3))}),
    Flaw("who fetched the money, in the column of amounts", "training", (TEXT, DIRECT),
         {"实发": sometimes(0.03, show(lambda p: f"{p['name']}代领{p['mobile']}"),
                          draw(**{"800": 4, "1200": 3, "2000": 2}))}),
    # what is known of people
    Flaw("birth as the serial day of a spreadsheet", "blood", (ALONE, TIME, FEW, MASK),
         {"csrq": show(lambda p: p["born"].toordinal() - 693_594)}),
    Flaw("animal, sign and community", "library", (ALONE, FEW),
         {"生肖": show(lambda p: "猴鸡狗猪鼠牛虎兔龙蛇马羊"[p["born"].year % 12]),
          "星座": show(lambda p: ("摩羯", "水瓶", "双鱼", "白羊", "金牛", "双子", "巨蟹", "狮子",
                                "处女", "天秤", "天蝎", "射手")[
                                    (p["born"].month - (p["born"].day < 21)) % 12]),
          "社区": of("community")}, (("生肖", "星座"), ("生肖", "社区"), ("星座", "社区"))),
    Flaw("a trade that one person has", "training", (ALONE, FEW), columns=(("原职业",),),
         change=rare_trade),
    Flaw("members of a home under one code", "care", (ALONE, FEW), columns=(("同户编码",),),
         change=household),
    Flaw("exact age of the very old", "care", (ALONE, FEW),
         {"年龄": sometimes(0.012, lambda c, p: c.choice((101, 102, 103, 105, 107)),
                          show(lambda p: p["age"] // 10 * 10))}),
    Flaw("three people in a group of which ten are claimed", "students", (FEW,),
         columns=(("学段", "性别", "学校所在区"),), change=small_groups, claim={"k": 10}),
    Flaw("everybody of a group has the illness", "doctors", (SAME, SKEW),
         columns=(("chronic",),), change=one_kind),
    Flaw("an illness rare in the city and common in a group", "blood", (SKEW, SAME),
         columns=(("初筛结果",),), change=skewed, drop=("年龄组", "献血季度"),
         claim={"quasi_identifiers": ["性别", "district"], "t": 0.3},
         cells={"district": of("district")}),
    # times, places, amounts
    Flaw("seconds since 1970", "library", (TIME,),
         {"ts": show(lambda p: p["at"].toordinal() * 86_400 - 62_135_683_200 + p["second"])}),
    Flaw("metres of the national grid", "heating", (PLACE, ALONE),
         {"X": show(lambda p: round(4_390_000 + (p["latitude"] - 39.6) * 111_000, 2)),
          "Y": show(lambda p: round(482_000 + (p["longitude"] - 106.79) * 85_700, 2))}),
    Flaw("monthly deposit to the cent", "fund", (AMOUNT, ALONE),
         {"月缴存额": show(lambda p: round(p["income"] * 0.24, 2))}),
    # joins
    Flaw("pseudonyms of last year's release", "volunteers", (JOIN,), columns=(("志愿者码",),),
         count=1500, others=shared_codes),
    Flaw("a total that was posted beside the names", "training", (LINK, ALONE, AMOUNT),
         columns=(("综合成绩",),), change=marks, others=posted),
    Flaw("codes in the order of the citizen numbers", "students", (LINK, MASK, DIRECT, ALONE),
         columns=(("受助序号",),), change=in_order, others=register),
    Flaw("month of birth and community in a register of names", "aid", (LINK, ALONE, FEW),
         {"出生年月": show(lambda p: f"{p['born']:%Y-%m}"), "社区": of("community")},
         (("出生年月",), ("出生年月", "社区")), others=roll_of("sex", "born", "community")),
)  # fmt: skip


# --- small counts -------------------------------------------------------------------------------


def counts() -> Release:
    """A table of counts with two sick people in a cell."""
    chance = random.Random(21)
    rows = [
        {"社区": one, "确诊人数": chance.randrange(30, 90), "重症人数": chance.randrange(12, 25)}
        for one in ("新华社区", "滨河社区", "凤凰岭社区", "苏海图社区", "拉僧庙社区", "林荫社区")
    ]
    rows[3] |= {"确诊人数": 2, "重症人数": 1}
    return Release("counts: one grave case in a community", pl.DataFrame(rows), {},
                   frozenset({FEW}), (frozenset({"重症人数"}), frozenset({"确诊人数"})))  # fmt: skip


def shares() -> Release:
    """Shares of a named base that say how many one person is."""
    chance = random.Random(22)
    bases = [chance.randrange(60, 200) for _ in range(8)]
    sick = [chance.randrange(20, 40) for _ in range(8)]
    bases[2], sick[2] = 12, 1
    frame = pl.DataFrame({
        "学校": [f"第{n + 1}小学" for n in range(8)],
        "体检人数": bases,
        "结核筛查阳性率": [f"{of_ / base:.2%}" for of_, base in zip(sick, bases, strict=True)],
    })  # fmt: skip
    return Release("counts: a share that is one pupil", frame, {}, frozenset({FEW}),
                   (frozenset({"结核筛查阳性率"}), frozenset({"体检人数"})))  # fmt: skip


def flawed() -> Iterator[Release]:
    """Every slip once, each in a release of its own."""
    for flaw in FLAWS:
        yield flaw.release()
    yield counts()
    yield shares()


# --- sound --------------------------------------------------------------------------------------


def left_out() -> Release:
    """Counts of which the small ones, and one more a row and a column, are not told."""
    cells = [["34", "51", "*", "*"], ["27", "44", "*", "*"], ["61", "38", "29", "47"]]
    frame = pl.DataFrame(cells, schema=["一季度", "二季度", "三季度", "四季度"], orient="row")
    places = pl.Series("区", list(DISTRICTS))
    return Release("counts: small cells left out twice", frame.insert_column(0, places), {})


def other_codes() -> Release:
    """A release that draws its codes anew, beside last year's."""
    now, before = (sound(f"codes of {year}", "volunteers", 1500) for year in (2024, 2025))
    return Release("volunteers: codes drawn anew", now.frame, now.claim,
                   others={"earlier": [before.frame]})  # fmt: skip


def opened_register() -> Release:
    """A coarse table beside a register of the names."""
    now = sound("beside a register", "library", 600)
    roll = pl.DataFrame([{"姓名": p["name"], "性别": p["sex"], "出生日期": str(p["born"])}
                         for p in people(600, "library beside a register")])  # fmt: skip
    return Release(now.title, now.frame, now.claim, others={"auxiliary": [roll]})


def all_hidden() -> Release:
    """A table whose names and numbers are stars and nothing else."""
    made = sound("names and numbers are stars", "aid", 500)
    stars = {"姓名": "***", "身份证号": "******************", "联系电话": "***********"}
    return Release(
        made.title,
        made.frame.with_columns(pl.lit(word).alias(name) for name, word in stars.items()),
        made.claim,
    )


def remarks() -> Release:
    """Remarks that name offices, roads and hotlines."""
    made = sound("remarks of offices and hotlines", "heating", 500)
    chance = random.Random(41)
    words = (
        "已转建国路换热站处理", "请拨打12345咨询", "值班室0473-3998000已登记", "王府街供热所复核",
        "高峰时段温度偏低", "白班更换阀门，夜班巡检", "阀门型号DN25，压力0.35MPa",
        "符合《条例》第十五条",
    )  # fmt: skip
    said = pl.Series("处理说明", chance.choices(words, k=made.frame.height))
    return Release(made.title, made.frame.with_columns(said), made.claim)


def well() -> Iterator[Release]:
    """Every sound release once."""
    for name, count in (
        ("care", 900), ("blood", 800), ("doctors", 1200), ("students", 700), ("fund", 300),
        ("drivers", 1000), ("veterans", 900), ("visits", 4000), ("volunteers", 20_000),
    ):  # fmt: skip
        yield sound("a careful table", name, count)
    yield from things()
    yield left_out()
    yield other_codes()
    yield opened_register()
    yield all_hidden()
    yield remarks()
