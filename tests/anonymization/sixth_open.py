"""Releases of a sixth hand that may be looked into.

Flawed ones follow the paper's list of attacks, cause by cause; what is wrong stands as codes and
columns. Sound ones are the bureaux' own, counted tables, and tables about things (sixth_things).
"""

import base64
import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization.sixth_bureaus import (
    ALONE,
    AMOUNT,
    DIRECT,
    DOOR,
    FEW,
    HASH,
    JOIN,
    LINK,
    MASK,
    PLACE,
    SAME,
    SKEW,
    TEXT,
    TIME,
    slip,
    sometimes,
    well,
)
from tests.anonymization.sixth_people import (
    Person,
    Release,
    band,
    day,
    its,
    keyed,
    one_of,
    residents,
)
from tests.anonymization.sixth_sound import open_sound
from tests.anonymization.sixth_things import open_things

OPENED = datetime(2025, 7, 1, 8, tzinfo=UTC)


def digest(kind: str, text: str) -> str:
    return hashlib.new(kind, text.encode()).hexdigest()


def moment(form: str, days: int = 90) -> Any:
    """A working moment to the second."""
    return lambda c, p: (
        OPENED + timedelta(days=c.randrange(days), seconds=c.randrange(36000))
    ).strftime(form)


def flawed() -> Iterator[Release]:
    yield from masks()
    yield from digests()
    yield from left()
    yield from told()
    yield from alone()
    yield from joined()
    yield from fine()
    yield from small()


def masks() -> Iterator[Release]:
    yield slip(
        "id masked 6+4 beside the date of birth",
        "医保门诊",
        (MASK,),
        {
            "证件号码": lambda c, p: p.ident[:6] + "********" + p.ident[14:],
            "出生日期": lambda c, p: p.born.isoformat(),
        },
        (("证件号码",), ("证件号码", "出生日期")),
    )
    yield slip(
        "only the check character hidden",
        "养老待遇",
        (MASK, DIRECT),
        {"sfzh": lambda c, p: p.ident[:17] + "*"},
    )
    yield slip(
        "phone masked in the middle, its middle in the column of the network",
        "公积金提取",
        (MASK, DIRECT),
        {"手机": lambda c, p: p.phone[:3] + "****" + p.phone[7:], "号段": lambda c, p: p.phone[:7]},
        (("手机",), ("号段",)),
    )
    yield slip(
        "two masks of one card in two systems",
        "低保",
        (MASK, DIRECT),
        {
            "发放账号": lambda c, p: p.card[:10] + "*" * (len(p.card) - 10),
            "核对账号": lambda c, p: "*" * 8 + p.card[8:],
        },
        (("发放账号",), ("核对账号",)),
    )
    yield slip(
        "one sign of the plate starred",
        "驾驶人",
        (MASK,),
        {"号牌": lambda c, p: p.plate[:4] + "*" + p.plate[5:]},
    )
    yield slip(
        "order number hidden, birth and sex beside",
        "就业培训",
        (MASK, ALONE),
        {"身份证": lambda c, p: p.ident[:14] + "****"},
    )


def digests() -> Iterator[Release]:
    yield slip(
        "md5 of the phone",
        "消费投诉",
        (HASH,),
        {"用户标识": lambda c, p: digest("md5", p.phone)},
    )
    yield slip(
        "sm3 of the id in capitals",
        "医保门诊",
        (HASH,),
        {"参保人标识": lambda c, p: digest("sm3", p.ident).upper()},
    )
    yield slip(
        "sixteen signs of the middle of md5",
        "公交刷卡",
        (HASH,),
        {"mobile_md5_16": lambda c, p: digest("md5", p.phone)[8:24]},
        count=2500,
    )
    yield slip(
        "sha256 with the salt beside it",
        "养老待遇",
        (HASH,),
        {
            "salt": lambda c, p: f"{random.Random(p.ident).getrandbits(32):08x}",
            "idhash": lambda c, p: digest(
                "sha256", p.ident + f"{random.Random(p.ident).getrandbits(32):08x}"
            ),
        },
        (("idhash",),),
    )
    yield slip(
        "id in base64",
        "低保",
        (HASH, DIRECT),
        {"对象编码": lambda c, p: base64.b64encode(p.ident.encode()).decode()},
    )
    yield slip(
        "digits of the id turned round",
        "公积金提取",
        (DIRECT, HASH),
        {"缴存编号": lambda c, p: p.ident[::-1]},
    )
    yield slip(
        "sha1 of name and date of birth",
        "预防接种",
        (HASH,),
        {"person_key": lambda c, p: digest("sha1", f"{p.name}{p.born:%Y%m%d}")},
    )


def left() -> Iterator[Release]:
    yield slip("name under initials", "养老待遇", (DIRECT,), {"xm": its("name")})
    yield slip(
        "a second contact in few rows",
        "义务教育",
        (DIRECT,),
        {"其他": sometimes(0.03, its("phone"), lambda c, p: "")},
    )
    yield slip(
        "id within the case number",
        "医保门诊",
        (DIRECT,),
        {"结算单号": lambda c, p: f"MZ25{p.ident}{c.randrange(100):02}"},
    )
    yield slip(
        "id in three columns",
        "户籍迁移",
        (DIRECT, ALONE),
        {
            "dqm": lambda c, p: p.ident[:6],
            "csrq": lambda c, p: p.ident[6:14],
            "sxjym": lambda c, p: p.ident[14:],
        },
    )
    yield slip(
        "full-width phone",
        "消费投诉",
        (DIRECT,),
        {"来电": lambda c, p: "".join(chr(ord(d) + 0xFEE0) for d in p.phone)},
    )
    yield slip(
        "phone read by a spreadsheet as a float",
        "就业培训",
        (DIRECT,),
        {"lxfs": lambda c, p: float(p.phone)},
    )
    yield slip(
        "json of the form in a column",
        "公积金提取",
        (DIRECT, TEXT),
        {"ext": lambda c, p: f'{{"sqr":"{p.name}","sjh":"{p.phone}","ver":2}}'},
    )
    yield slip(
        "path of the scanned paper",
        "低保",
        (DIRECT,),
        {"附件": lambda c, p: f"/scan/2025/{p.ident}_01.jpg"},
    )


def told() -> Iterator[Release]:
    said = (
        "来电人{n}反映购买的商品过期，要求退款，回拨{t}",
        "{n}家长称已与商家协商，微信同手机{t}",
        "经电话{t}核实，投诉人同意调解",
    )
    yield slip(
        "names and phones in the complaint",
        "消费投诉",
        (TEXT, DIRECT),
        {"投诉内容": lambda c, p: c.choice(said).format(n=p.name, t=p.phone)},
    )
    yield slip(
        "few remarks with an id",
        "医保门诊",
        (TEXT, DIRECT),
        {
            "备注": sometimes(
                0.02,
                lambda c, p: f"重复结算，证件{p.ident}已冲正",
                one_of(正常=5, 手工报销=2, 异地备案=1),
            )
        },
    )
    yield slip(
        "a visitor's note with the neighbour's name",
        "低保",
        (TEXT,),
        {
            "入户记录": sometimes(
                0.3,
                lambda c, p: f"户主{p.name}长期患病，由邻居{c.choice('王李张')}桂芳照料",
                lambda c, p: "家庭情况与申报一致，无新增财产",
            )
        },
    )
    yield slip("where the household lives, whole", "户籍迁移", (DOOR,), {"迁入地址": its("home")})
    yield slip(
        "house, stair and flat apart",
        "公积金提取",
        (DOOR, ALONE),
        {
            "小区": its("compound"),
            "楼号": lambda c, p: p.door[0],
            "单元": lambda c, p: p.door[1],
            "房号": lambda c, p: p.door[2],
        },
    )
    yield slip(
        "address starred at the flat alone",
        "就业培训",
        (DOOR,),
        {
            "居住地": lambda c, p: (
                f"{p.district}{p.street}{p.compound}{p.door[0]}号楼{p.door[1]}单元***"
            )
        },
    )


def alone() -> Iterator[Release]:
    yield slip(
        "date of birth stays undeclared",
        "养老待遇",
        (ALONE,),
        {"csny": lambda c, p: f"{p.born:%Y/%m/%d}"},
    )
    yield slip(
        "rare posts beside the district",
        "个税汇缴",
        (ALONE,),
        {
            "post": sometimes(
                0.02,
                lambda c, p: c.choice(
                    (
                        "法医",
                        "殡葬师",
                        "消防支队长",
                        "蒙医院院长",
                        "驯马员",
                        "气象台长",
                        "播音指导",
                        "审判长",
                        "民航塔台主任",
                        "古籍修复师",
                    )
                ),
                one_of(职员=6, 工人=6, 会计=2, 司机=2),
            )
        },
        (("post",),),
    )
    yield slip(
        "exact age, nation and occupation together",
        "就业培训",
        (ALONE,),
        {"年龄": its("age"), "民族": its("nation"), "职业": its("job")},
        (("年龄",),),
    )
    yield slip(
        "height and weight of each pupil",
        "义务教育",
        (ALONE,),
        {
            "身高cm": lambda c, p: round(c.gauss(100 + 5 * p.age - 20, 6), 1),
            "体重kg": lambda c, p: round(c.gauss(4 * p.age - 4, 5), 1),
            "出生年月": lambda c, p: f"{p.born:%Y-%m}",
        },
        (("出生年月",), ("身高cm",)),
    )
    yield slip(
        "households can be put together",
        "低保",
        (ALONE,),
        change=household,
        columns=(("户号",), ("与户主关系",), ("年龄",)),
    )


def household(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Members under one number with relation and age: a family is as good as its name."""
    c = random.Random("house")
    numbers: list[int] = []
    while len(numbers) < frame.height:
        numbers += [len(numbers)] * c.randrange(1, 6)
    numbers = numbers[: frame.height]
    roles = [
        "户主"
        if n == 0 or numbers[n] != numbers[n - 1]
        else c.choice(("配偶", "子", "女", "父", "母", "孙子"))
        for n in range(frame.height)
    ]
    return frame.with_columns(
        pl.Series("户号", [f"H{n:05}" for n in numbers]),
        pl.Series("与户主关系", roles),
        pl.Series("年龄", [p.age for p in held]),
    )


def joined() -> Iterator[Release]:
    yield slip(
        "the pseudonym of an earlier release of another bureau",
        "医保门诊",
        (JOIN,),
        columns=(("参保人代码",),),
        others=lambda frame, held: {
            "earlier": [
                frame.select(
                    pl.col("参保人代码").alias("人员标识"), pl.lit("企业退休").alias("退休类别")
                ).sample(fraction=0.5, seed=3)
            ]
        },
    )
    yield slip(
        "the same codes in small letters without their front",
        "公积金提取",
        (JOIN,),
        columns=(("职工假名",),),
        others=lambda frame, held: {
            "earlier": [
                pl.DataFrame({"id": [keyed()(random.Random(n), p) for n, p in enumerate(held)]}),
                frame.select(
                    pl.col("职工假名").str.strip_prefix("GJJ").str.to_uppercase().alias("NO"),
                    pl.lit("A").alias("等级"),
                ),
            ]
        },
    )
    yield slip(
        "amount and day that an earlier release shows too",
        "个税汇缴",
        (JOIN, AMOUNT, LINK),
        {
            "tax_paid": lambda c, p: round(c.uniform(10, 90000), 2),
            "pay_date": day(date(2025, 3, 1), 100),
        },
        (("tax_paid",),),
        others=lambda frame, held: {
            "earlier": [
                frame.select(
                    pl.col("tax_paid").alias("入库税额"),
                    pl.col("pay_date").alias("入库日期"),
                    pl.lit("个人所得税").alias("税种"),
                )
            ]
        },
    )
    yield slip(
        "a register of voters matches one to one",
        "就业培训",
        (LINK, ALONE, FEW),
        {"出生年月": lambda c, p: f"{p.born:%Y-%m}"},
        (("出生年月",),),
        others=lambda frame, held: {
            "auxiliary": [
                pl.DataFrame(
                    {
                        "姓名": [p.name for p in held],
                        "性别": [p.sex for p in held],
                        "所在区": [p.district for p in held],
                        "出生年月": [f"{p.born:%Y-%m}" for p in held],
                    }
                )
            ]
        },
    )


def fine() -> Iterator[Release]:
    yield slip(
        "the second of every ride", "公交刷卡", (TIME,), {"刷卡时间": moment("%Y-%m-%d %H:%M:%S")}
    )
    yield slip(
        "milliseconds since 1970",
        "消费投诉",
        (TIME,),
        {"ts": lambda c, p: 1751328000000 + c.randrange(7_776_000_000)},
    )
    yield slip(
        "the moment in front of the serial",
        "预防接种",
        (TIME,),
        {"接种流水": lambda c, p: moment("%Y%m%d%H%M%S")(c, p) + f"{c.randrange(1000):03}"},
    )
    yield slip(
        "where a person lives to the metre",
        "低保",
        (PLACE, TIME, ALONE, DOOR),
        {
            "lng": lambda c, p: round(106.7 + c.random() / 5, 6),
            "lat": lambda c, p: round(39.4 + c.random() / 3, 6),
        },
        (("lng",), ("lat",)),
    )
    yield slip(
        "pensions to the cent",
        "养老待遇",
        (AMOUNT, TIME, ALONE),
        {"yffje": lambda c, p: f"{c.uniform(900, 7200):.2f}"},
    )


def lonely(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """Few rows moved into groups of their own."""
    return (
        frame.with_row_index("#")
        .with_columns(
            pl.when(pl.col("#") < 12)
            .then(pl.concat_str(pl.lit("乌达区·"), pl.col("#").cast(pl.String)))
            .otherwise(pl.col("迁入区"))
            .alias("迁入区")
        )
        .drop("#")
    )


def same(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """All men of one group take part for one reason."""
    group = (pl.col("所在区") == "乌达区") & (pl.col("户规模") == "1人")
    return frame.with_columns(
        pl.when(group).then(pl.lit("因病")).otherwise(pl.col("致困原因")).alias("致困原因")
    )


def skewed(frame: pl.DataFrame, held: list[Person]) -> pl.DataFrame:
    """In one district nearly everybody has the rare kind of illness."""
    c = random.Random("skew")
    kinds = ["肿瘤" if c.random() < 0.92 else "消化系统" for _ in held]
    group = (pl.col("参保区") == "海南区") & (pl.col("险种") == "居民医保")
    return frame.with_columns(
        pl.when(group).then(pl.Series(kinds)).otherwise(pl.col("病种大类")).alias("病种大类")
    )


def small() -> Iterator[Release]:
    known = ("迁入区", "性别", "出生年代", "迁出地", "迁移年度", "是否户主")
    yield slip(
        "twelve rows in groups of one",
        "户籍迁移",
        (FEW, ALONE),
        change=lonely,
        columns=(("迁入区",), known),
    )
    yield slip(
        "bands of one year that were said to be of ten",
        "公积金提取",
        (FEW,),
        change=lambda frame, held: frame.with_columns(
            pl.Series("年龄段", [f"{p.age}岁" for p in held])
        ),
        columns=(("年龄段",),),
        claim={"rules": {"年龄段": "按10岁泛化"}, "k": 10},
    )
    yield slip(
        "everybody of a group poor for one reason",
        "低保",
        (SAME,),
        change=same,
        columns=(("致困原因",),),
    )
    yield slip(
        "the illness of one district betrays",
        "医保门诊",
        (SKEW,),
        change=skewed,
        count=3000,
        columns=(("病种大类",),),
        claim={"t": 0.35},
    )
    c = random.Random("statistics")
    rows = [
        {
            "街道": f"{p.street}",
            "残疾类别": c.choice(("视力", "听力", "肢体", "智力", "精神")),
            "等级": c.choice(("一级", "二级", "三级", "四级")),
            "人数": c.choice((1, 2, 3, 14, 22, 35)),
        }
        for p in residents(300, "statistics")
    ]
    table = pl.DataFrame(rows).unique(["街道", "残疾类别", "等级"], maintain_order=True)
    yield Release(
        "残联: a table of counts with cells of one", table, {}, (FEW,), (frozenset({"人数"}),)
    )


# --- sound --------------------------------------------------------------------------------------


def sound() -> Iterator[Release]:
    for bureau in ("医保门诊", "户籍迁移", "公交刷卡", "消费投诉", "低保", "就业培训"):
        yield well(bureau, 4000, "as it was let go")
    # An earlier release whose codes were made with another key: nothing joins.
    office = well("公积金提取", 3000, "under a new key")
    earlier = well("公积金提取", 3000, "of last year")
    yield Release(
        "公积金提取: keys differ between releases",
        office.frame,
        office.claim,
        others={"earlier": [earlier.frame]},
    )
    # Starred wholly: a constant tells nothing.
    yield Release(
        "养老待遇: names and ids starred wholly",
        well("养老待遇", 3000, "starred").frame.with_columns(
            pl.lit("***").alias("xm"), pl.lit("*" * 18).alias("sfzh")
        ),
        well("养老待遇", 3000, "starred").claim,
    )
    # No code at all, seven columns of bands; a rounded amount (hundreds) shared by many.
    frame = well("个税汇缴", 5000, "without codes").frame.drop("taxpayer_token")
    c = random.Random("rounded")
    yield Release(
        "个税汇缴: amounts rounded to five thousands",
        frame.with_columns(
            pl.Series("tax_rounded", [c.randrange(8) * 5000 for _ in range(frame.height)])
        ),
        well("个税汇缴", 5000, "without codes").claim,
    )
    # Remarks from a short list of phrases: every phrase is common to hundreds.
    frame = well("预防接种", 5000, "with remarks").frame
    yield Release(
        "预防接种: remarks of the list",
        frame.with_columns(
            pl.Series(
                "备注",
                [
                    c.choice(("留观30分钟无异常", "接种单位已告知", "无"))
                    for _ in range(frame.height)
                ],
            )
        ),
        well("预防接种", 5000, "with remarks").claim,
    )
    yield counted()
    yield from open_sound()
    yield from open_things()


def counted() -> Release:
    """Counts of people by street, age and sex, every cell at least eleven: nobody stands alone."""
    groups: dict[tuple[str, ...], int] = {}
    c = random.Random("census")
    for p in residents(6000, "census"):
        key = (p.district, p.street, p.sex, band(35, 60)(c, p))
        groups[key] = groups.get(key, 0) + 1
    rows = [
        {"区": a, "街道": b, "性别": s, "年龄组": g, "常住人口数": n}
        for (a, b, s, g), n in groups.items()
        if n > 10
    ]
    return Release("统计: people by street, sex and age", pl.DataFrame(rows))
