"""Releases of a third hand: other sectors, other flaws, written and scored before any mending.

What is flawed adds something to a sound release of these sectors and says what and where. Two
thirds may be looked into, of the rest only totals are read. At the first look 31 of 50 flaws were
found with their columns (19 of 34, 12 of 16) and one of 16 sound releases was refused wrongly. The
templates were mended in three places after it: two sectors were not sound for every seed, and a
label in front of a number may be called text. `python -m tests.anonymization.fresh_releases`
prints the scores of today. All values are made up.
"""

import base64
import hashlib
import hmac
import random
import uuid
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from tests.anonymization import fresh_tables as fresh
from tests.anonymization import hard_values as made
from tests.anonymization.flaws import ALONE, DIRECT, DOOR, HASH, JOIN, MASK, TEXT, TIME, Flaw, one
from tests.anonymization.releases import (
    Case,
    Cells,
    Person,
    drawn,
    people,
    tell,
    told,
    when,
)

ROWS = 900
PLACE = "LOCATION_TOO_FINE"
AMOUNT = "AMOUNT_TOO_FINE"


def local_mobile(chance: random.Random) -> str:
    """A mobile number of a segment of the city."""
    head = chance.choice(("130", "138", "139", "147", "150", "151", "157", "182", "187", "188"))
    return f"{head}473{chance.randrange(10**5):05}"


def folk(seed: str) -> list[Person]:
    """Other people: other names, homes, telephones of the city."""
    chance = random.Random(seed)
    held = people(chance, ROWS)
    for person in held:
        person["name"] = fresh.person(chance)
        person["address"] = fresh.hearth(chance)
        person["here"] = local_mobile(chance)
        person["plate"] = f"蒙C{chance.choice('ABDEFGH')}{chance.randrange(10**4):04}"
        person["staff"] = f"{300000 + person['row'] * 7}"
    return held


def secret(domain: str, form: str = "hex") -> Cells:
    """A keyed pseudonym in other dresses than the gate was tuned on."""

    def make(chance: random.Random, person: Person) -> str:
        digest = hmac.new(domain.encode() + b" nobody's", person["id"].encode(), "sha384").digest()
        return {
            "hex": digest[:32].hex(),
            "upper": digest[:16].hex().upper(),
            "uuid": str(uuid.UUID(bytes=digest[:16])),
            "urlsafe": base64.urlsafe_b64encode(digest[:16]).decode().rstrip("="),
            "decimal": str(10**18 + int.from_bytes(digest[:7]) % 10**18),
            "base32": base64.b32encode(digest[:15]).decode(),
        }[form]

    return make


def span(width: int, words: str) -> Cells:
    return lambda chance, one: words.format(
        low := one["age"] // width * width, low + width, one["age"] // width
    )


def later(form: str) -> Cells:
    def make(chance: random.Random, person: Person) -> str:
        at = datetime(2025, 3, 1, 7, tzinfo=UTC) + timedelta(seconds=chance.randrange(20_000_000))
        if form == "excel":
            days = (at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86400
            return f"{days:.8f}"
        return at.strftime(form)

    return make


SECTORS: Mapping[str, Mapping[str, Cells]] = {
    "fund": {
        "账户代号": secret("fund", "uuid"),
        "缴存地": told("district"),
        "年龄区间": span(20, "[{0},{1})"),
        "性别代码": lambda c, p: "1" if p["sex"] == "男" else "2",
        "单位性质": drawn("机关", "事业", "国企", "民企"),
        "贷款状态": drawn("未贷", "在贷", "结清"),
    },
    "transit": {
        "card_token": secret("transit", "upper"),
        "票种": drawn("普通", "学生", "老年", "爱心", weights=(40, 30, 20, 10)),
        "线路": drawn("1路", "3路", "5路", "12路", "K2路"),
        "乘车月": when("%Y%m"),
        "次数档": drawn("1-9次", "10-29次", "30次及以上"),
    },
    "library": {
        "读者": secret("library", "urlsafe"),
        "gender": lambda c, p: "M" if p["sex"] == "男" else "F",
        "age_group": span(20, "{0}+"),
        "分馆": told("district"),
        "图书分类号": drawn("I247.57", "TP312", "G634.6", "K825.6", "R161"),
        "借阅季度": drawn("2025Q1", "2025Q2", "2025Q3"),
    },
    "care": {
        "长者编码": secret("care", "decimal"),
        "所在旗区": told("district"),
        "性别": told("sex"),
        "护理等级": drawn("自理", "半失能", "失能"),
        "补贴标准": drawn("100元/月", "200元/月", "300元/月"),
        "机构类型": drawn("公办", "民办", "公建民营"),
    },
    "vaccine": {
        "受种者标识": secret("vaccine"),
        "接种单位": drawn("海勃湾区妇幼保健院", "乌达区人民医院", "海南区疾控中心"),
        "疫苗名称": drawn("乙肝疫苗", "百白破疫苗", "麻腮风疫苗", "流感疫苗"),
        "剂次": drawn("1", "2", "3"),
        "批号": lambda c, p: f"2025{c.randrange(1, 13):02}A{c.randrange(1, 60):02}",
        "接种月份": when("%Y/%m"),
    },
    "water": {
        "用户序号": lambda c, p: f"W{p['row'] * 13 + 5:07}",
        "片区": drawn("城北", "城南", "滨河", "老城"),
        "用水性质": drawn("居民", "非居民", "特种"),
        "阶梯": drawn("一阶", "二阶", "三阶"),
        "抄表周期": drawn("单月", "双月"),
        "表具型号": drawn("LXS-15E", "LXS-20E", "LXL-50"),
    },
    "hotline": {
        "工单号": lambda c, p: f"WH{p['moment']:%y%m%d}{p['row']:06}",
        "诉求类别": drawn("供热", "供水", "市容", "交通", "物业"),
        "属地": told("district"),
        "办结时长档": drawn("1日内", "3日内", "5日内", "5日以上"),
        "内容摘要": drawn(
            "反映小区供暖温度不达标，希望核实。",
            "咨询新生儿落户所需材料。",
            "反映主干道路面破损，存在隐患。",
            "建议增设公交站点。",
            "诉求人对处理结果表示认可，依据《信访工作条例》第二十三条办结。",
        ),
        "承办部门": drawn("住建局", "交通局", "城管局", "热力公司"),
    },
    "kitchens": {
        "经营者名称": lambda c, p: made.company(c),
        "社会信用代码": lambda c, p: made.uscc(c),
        "许可证编号": lambda c, p: f"JY2150302{p['row']:07}",
        "经营项目": drawn("热食类", "冷食类", "糕点类"),
        "量化等级": drawn("A", "B", "C"),
        "监督电话": drawn("12315", "0473-2058315"),
    },
}  # fmt: skip
CLAIMS: Mapping[str, Mapping[str, object]] = {
    "fund": {"quasi_identifiers": ["缴存地", "年龄区间", "性别代码"], "k": 5},
    "transit": {"quasi_identifiers": ["票种", "线路"], "k": 5},
    "library": {"quasi_identifiers": ["gender", "age_group", "分馆"], "k": 5},
    "care": {"quasi_identifiers": ["所在旗区", "性别", "护理等级"], "k": 5},
    "vaccine": {"quasi_identifiers": ["接种单位"], "k": 5},
    "water": {"quasi_identifiers": ["片区"], "k": 5},
    "hotline": {"quasi_identifiers": ["属地", "诉求类别"], "k": 5},
    "kitchens": {"quasi_identifiers": [], "k": 5},
}
BESIDE: Mapping[str, Cells] = {
    "request_id": lambda c, p: str(uuid.UUID(int=c.getrandbits(128), version=4)),
    "雪花号": lambda c, p: str(7 * 10**18 + c.getrandbits(60)),
    "条形码": lambda c, p: f"69{c.randrange(10**11):011}",
    "校验和": lambda c, p: hashlib.sha256(c.randbytes(20)).hexdigest(),
    "签名": lambda c, p: base64.b64encode(c.randbytes(64)).decode(),
    "联系人": lambda c, p: p["name"][0] + "*" * (len(p["name"]) - 1),
    "证件尾号": lambda c, p: "**" + p["id"][-2:],
    "移动电话": lambda c, p: p["mobile"][:3] + "********",
    "公交站点": drawn("新华街站", "滨河公园站", "客运中心站", "人民医院站"),
    "服务点地址": drawn("海勃湾区新华大街12号政务中心", "乌达区巴音赛街5号便民大厅"),
    "核定金额": lambda c, p: str(c.randrange(10, 90) * 100),
    "处理日期": when("%Y年%m月%d日"),
    "备注": drawn("无", "补正后受理", "参见第(2025)17号通报", "已回访，群众满意"),
    "设备IP段": drawn("10.12.0.0/16", "10.13.0.0/16"),
    "教材版本": drawn("人教版2.0.1", "北师大版1.3", "部编版"),
    "树种": drawn("白杨", "国槐", "金叶榆", "云杉", "沙枣"),
}


# --- flaws ----------------------------------------------------------------------------------


def of(key: str, form: str = "{}") -> Cells:
    return lambda chance, person: form.format(person[key])


def plain(key: str, algorithm: str, form: str = "{}", cut: int | None = None) -> Cells:
    """An unkeyed digest in hexadecimal, cut or not."""

    def make(chance: random.Random, person: Person) -> str:
        text = form.format(person[key]).encode()
        return hashlib.new(algorithm, text).hexdigest()[:cut]

    return make


def in_base64(key: str, algorithm: str) -> Cells:
    def make(chance: random.Random, person: Person) -> str:
        digest = hashlib.new(algorithm, str(person[key]).encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    return make


def among(share: float, sentence: str, key: str) -> Cells:
    """Sentences of an office; some of them say too much."""

    def make(chance: random.Random, person: Person) -> str:
        if chance.random() < share:
            return sentence.format(person[key])
        return chance.choice(CALM)

    return make


CALM = (
    "资料已归档。",
    "经办人复核无误，按程序转下一环节。",
    "系统自动催办一次。",
    "群众表示理解。",
    "无",
)
GBK = "gb18030"

FLAWS: Mapping[str, Flaw] = {
    # --- read as they stand ---
    "a citizen number behind a label": one((DIRECT, TEXT), "其他", of("id", "身份证:{}")),
    "a telephone with dashes and the country": one(DIRECT, "code3", of("mobile", "+86-{}")),
    "a name with the place in the household": one(DIRECT, "人员", of("name", "{}(户主)")),
    "one in twenty names not masked": one(
        DIRECT,
        "申请人",
        lambda c, p: p["name"] if c.random() < 0.05 else p["name"][0] + "**",
    ),
    "a citizen number of the spreadsheet": one(
        DIRECT, "证照号", lambda c, p: p["id"] + c.choice(("", " ", "\t"))
    ),
    "a telephone beside a name in one cell": one(
        (DIRECT, TEXT), "对接", lambda c, p: f"{p['name']}/{p['mobile']}"
    ),
    "a plate with a dot": one(
        DIRECT, "号牌号码", lambda c, p: p["plate"][:2] + "·" + p["plate"][2:]
    ),
    "a record number of a clinic": one(
        DIRECT, "门诊号码", lambda c, p: f"MZ{c.randrange(10**8):08}"
    ),
    # --- inside text ---
    "telephones in two of a hundred notes": one(
        TEXT, "处置过程", among(0.02, "已联系{}，约定周五上门。", "mobile")
    ),
    "plates in notes": one(TEXT, "现场情况", among(0.05, "车辆{}占用消防通道。", "plate")),
    "cards in notes": one(
        TEXT,
        "退费说明",
        lambda c, p: (
            f"退至工行卡{made.bank_card(c)}，三日内到账。" if c.random() < 0.05 else c.choice(CALM)
        ),
    ),
    "a query string": one(
        (TEXT, DIRECT), "来源链接", of("mobile", "https://wx.example.cn/f?src=2&tel={}&v=3")
    ),
    "names of callers": one(TEXT, "登记说明", among(0.15, "反映人：{}，已登记。", "name")),
    "homes in notes": one((TEXT, DOOR), "巡查记录", among(0.1, "{}存在飞线充电。", "address")),
    # --- places ---
    "an address in numerals": one(
        DOOR,
        "居所",
        lambda c, p: (
            f"{p['district']}康乐小区{c.choice('一二三四五六')}号楼{c.choice('一二三')}"
            f"单元{c.randrange(1, 7)}0{c.randrange(1, 4)}室"
        ),
    ),
    "a point as maps write it": one(
        PLACE,
        "geom",
        lambda c, p: f"POINT({106.6 + c.random() / 3:.6f} {39.4 + c.random() / 3:.6f})",
    ),
    # --- written differently ---
    "url-safe base64 of a name and a number": one(
        DIRECT,
        "载荷",
        lambda c, p: base64.urlsafe_b64encode(f"{p['name']}|{p['id']}".encode()).decode(),
    ),
    "hexadecimal of names of an old system": one(
        DIRECT, "xm_hex", lambda c, p: p["name"].encode(GBK).hex().upper()
    ),
    "a telephone in three columns": Flaw(
        (DIRECT,),
        {
            "段一": lambda c, p: p["mobile"][:3],
            "段二": lambda c, p: p["mobile"][3:7],
            "段三": lambda c, p: p["mobile"][7:],
        },
    ),
    "shifted and reversed digits": one(
        DIRECT,
        "内部码",
        lambda c, p: "".join(str((int(x) + 5) % 10) for x in reversed(p["mobile"])),
    ),
    "percent signs": one(
        DIRECT, "参数", lambda c, p: "".join(f"%{x:02X}" for x in p["name"].encode())
    ),
    # --- plain digests ---
    "md5 of telephones of the city": one(HASH, "标签A", plain("here", "md5")),
    "sm3 of telephones of the city": one(HASH, "标签B", plain("here", "sm3")),
    "sha256 of numbers, half of it": one(HASH, "标签C", plain("id", "sha256", cut=32)),
    "sha1 of telephones in base64": one(HASH, "标签D", in_base64("here", "sha1")),
    "md5 of plates": one(HASH, "车辆标识", plain("plate", "md5")),
    "sha256 of staff numbers": one(HASH, "员工标识", plain("staff", "sha256")),
    "md5 of any telephones": one(HASH, "终端标识", plain("mobile", "md5")),
    "sha256 of telephones with the country": one(HASH, "uid2", plain("here", "sha256", "+86{}")),
    "md5 of names in small digits": one(HASH, "ref", plain("name", "md5", cut=16)),
    "blake2b of numbers": one(HASH, "digest", plain("id", "blake2b")),
    "sm3 of numbers with a year as salt": one(HASH, "sign", plain("id", "sm3", "2025{}")),
    "md5 of birth dates": one(HASH, "born_key", plain("born", "md5")),
    "a sum of four bytes": one(
        HASH, "crc", lambda c, p: f"{zlib.crc32(p['id'].encode()):08x}"
    ),
    # --- masks ---
    "a mask over the order number": one(
        MASK, "身份证件", lambda c, p: p["id"][:14] + "***" + p["id"][-1]
    ),
    "a head and a tail that meet": Flaw(
        (MASK,),
        {
            "号码一": lambda c, p: p["mobile"][:7] + "****",
            "号码二": lambda c, p: "*******" + p["mobile"][7:],
        },
    ),
    "a name that hides its surname and a mask of the number": one(
        MASK, "持证人号码", lambda c, p: p["id"][:12] + "**" + p["id"][14:]
    ),
    # --- times and amounts ---
    "days of a spreadsheet with their fraction": one(TIME, "刷卡时间", later("excel")),
    "seconds with Z": one(TIME, "event_at", later("%Y-%m-%dT%H:%M:%SZ")),
    "minutes without a year's century": one(TIME, "签到时间", later("%y-%m-%d %H:%M")),
    "a balance to the cent": one(
        AMOUNT, "账户余额", lambda c, p: f"{c.lognormvariate(9.5, 1):.2f}"
    ),
    "costs in tens of thousands": one(
        AMOUNT, "住院总费用", lambda c, p: f"{c.lognormvariate(9, 1):,.2f}"
    ),
    # --- columns nobody declared ---
    "ages in months": one((ALONE, "K_TOO_SMALL"), "月龄", lambda c, p: str(p["age"] * 12 + 5)),
    "universities and subjects": Flaw(
        (ALONE,),
        {
            "毕业院校": lambda c, p: f"第{c.randrange(1, 50)}师范大学",
            "所学专业": lambda c, p: (
                c.choice(("化学", "会计", "护理", "法学", "电气")) + f"{c.randrange(9)}"
            ),
        },
        ("毕业院校",),
    ),
    "a birth month and a nation": Flaw(
        (ALONE,),
        {"出生年月": lambda c, p: f"{p['born']:%Y%m}", "民族": told("nation")},
        ("出生年月",),
    ),
    "height and weight": Flaw(
        (ALONE,),
        {
            "身高cm": lambda c, p: str(int(c.gauss(168, 8))),
            "体重kg": lambda c, p: str(int(c.gauss(64, 11))),
        },
        ("身高cm",),
    ),
}  # fmt: skip


def release(sector: str, seed: int) -> tuple[pl.DataFrame, list[Person]]:
    """A sound release of a sector and the people behind it."""
    held = folk(f"fresh {sector} {seed}")
    chance = random.Random(f"cells {sector} {seed}")
    frame = pl.DataFrame({name: [make(chance, p) for p in held] for name, make in
                          SECTORS[sector].items()})  # fmt: skip
    return frame, held


def _beside(
    frame: pl.DataFrame, held: list[Person], cells: Mapping[str, Cells], seed: int
) -> pl.DataFrame:
    chance = random.Random(seed)
    added = [pl.Series(name, [make(chance, p) for p in held]) for name, make in cells.items()]
    return frame.with_columns(added)


def sound() -> Iterator[Case]:
    """Every sector as it is, then with columns beside that look like people."""
    for sector in SECTORS:
        yield Case(f"sound {sector}", release(sector, 0)[0], CLAIMS[sector])
    names = list(BESIDE)
    for place, sector in enumerate(SECTORS):
        frame, held = release(sector, 1)
        chosen = {one: BESIDE[one] for one in names[2 * place : 2 * place + 2]}
        yield Case(
            f"sound {sector} with {', '.join(chosen)}",
            _beside(frame, held, chosen, place),
            CLAIMS[sector],
        )


def flawed() -> Iterator[Case]:
    """Every flaw once, the sectors in turn, then what needs other releases."""
    sectors = list(SECTORS)
    for place, (title, flaw) in enumerate(FLAWS.items()):
        sector = sectors[place % len(sectors)]
        frame, held = release(sector, 10 + place)
        yield Case(
            f"{sector}: {title}",
            _beside(frame, held, flaw.cells, place),
            CLAIMS[sector],
            flaw.codes,
            flaw.columns or tuple(flaw.cells),
        )
    yield from _between()


def _between() -> Iterator[Case]:
    """Pseudonyms written otherwise that are the same; a register in hand; a class of one mind."""
    frame, held = release("vaccine", 90)
    earlier = pl.DataFrame(
        {
            "对象": [
                base64.b64encode(bytes.fromhex(one)).decode() for one in frame["受种者标识"][200:]
            ],
            "分值": [str(one["row"] % 5) for one in held[200:]],
        }
    )
    yield Case(
        "vaccine: pseudonyms of an earlier release in base64",
        frame,
        CLAIMS["vaccine"],
        (JOIN,),
        ("受种者标识",),
        {"earlier": [earlier]},
    )
    frame, held = release("care", 91)
    earlier = pl.DataFrame({"老人": frame["长者编码"][:600], "结果": ["在院"] * 600})
    yield Case(
        "care: decimal pseudonyms of an earlier release",
        frame,
        CLAIMS["care"],
        (JOIN,),
        ("长者编码",),
        {"earlier": [earlier]},
    )
    frame, held = release("library", 92)
    frame = frame.with_columns(pl.Series("出生年", [str(p["born"].year) for p in held]))
    register = pl.DataFrame(
        {
            "姓名": [p["name"] for p in held],
            "gender": frame["gender"],
            "出生年": frame["出生年"],
            "分馆": frame["分馆"],
        }
    )
    yield Case(
        "library: years of birth and a register",
        frame,
        CLAIMS["library"],
        ("LINKS_TO_REGISTER", ALONE, "K_TOO_SMALL"),
        ("出生年",),
        {"auxiliary": [register]},
    )
    frame, held = release("care", 93)
    all_of = [
        "HIV" if (p["district"], p["sex"]) == ("乌达区", "女") else ("高血压", "冠心病", "正常")[
            p["row"] % 3
        ]
        for p in held
    ]  # fmt: skip
    yield Case(
        "care: one diagnosis in a class",
        frame.with_columns(pl.Series("主要诊断", all_of)),
        CLAIMS["care"],
        ("L_TOO_SMALL",),
        ("主要诊断",),
    )


if __name__ == "__main__":
    tell(flawed(), sound(), "sealed")
