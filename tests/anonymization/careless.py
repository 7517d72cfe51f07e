"""What careless offices leave in a release, class by class, each flaw with a twin that is sound.

Every class is one release to which all its flaws are added, and one to which all their look-alikes
are: of the first each column must be found for its cause, of the second none. All values are made
up.
"""

import base64
import bz2
import gzip
import hashlib
import hmac
import random
import uuid
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import polars as pl

from tests.anonymization import fresh_releases as fresh
from tests.anonymization import hard_values as made
from tests.anonymization.flaws import ALONE, DIRECT, HASH, MASK, TEXT, TIME
from tests.anonymization.fresh_releases import AMOUNT, PLACE
from tests.anonymization.releases import CLAIMS, Case, Cells, Person, drawn, release

ROWS = 700
Columns = Mapping[str, Cells]


def at(chance: random.Random) -> datetime:
    return datetime(2025, 1, 1, 8, tzinfo=UTC) + timedelta(seconds=chance.randrange(31_000_000))


def when(form: str) -> Cells:
    return lambda chance, person: at(chance).strftime(form)


def lng(chance: random.Random) -> float:
    return 106.6 + chance.random() / 3


def lat(chance: random.Random) -> float:
    return 39.4 + chance.random() / 3


def geohash(chance: random.Random, length: int) -> str:
    """A cell of the world (Niemeyer): bits of longitude and latitude in turn."""
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    wanted, code, bits = (lng(chance), lat(chance)), "", 0
    for place in range(5 * length):
        low, high = spans[place % 2]
        middle = (low + high) / 2
        upper = wanted[place % 2] >= middle
        spans[place % 2] = [middle, high] if upper else [low, middle]
        bits = 2 * bits + upper
        if place % 5 == 4:
            code, bits = code + "0123456789bcdefghjkmnpqrstuvwxyz"[bits], 0
    return code


def arc(degrees: float) -> str:
    minutes = degrees % 1 * 60
    return f"{int(degrees)}°{int(minutes):02}′{minutes % 1 * 60:04.1f}″"


def money(chance: random.Random) -> float:
    return chance.lognormvariate(9, 1)


def wide(text: str) -> str:
    return text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def b32(octets: bytes) -> str:
    return base64.b32encode(octets).decode()


def star(person: Person) -> str:
    return str(person["name"][0]) + "*" * (len(person["name"]) - 1)


def keyed(person: Person) -> bytes:
    return hmac.new(b"a key nobody has", person["id"].encode(), "sha256").digest()


def plain(key: str, algorithm: str, form: str = "{}") -> Cells:
    return lambda chance, person: hashlib.new(
        algorithm, form.format(person[key]).encode()
    ).hexdigest()


def mixed(share: float, some: Cells, others: Cells) -> Cells:
    return lambda chance, person: (some if chance.random() < share else others)(chance, person)


def of(make: Callable[[Person], str]) -> Cells:
    return lambda chance, person: make(person)


NOTES = (
    "资料已归档。", "经办人复核无误，按程序转下一环节。", "负责人和安全管理员到场核查。",
    "请联系咨询电话0473-2058315。", "经办：已受理；审核：同意。", "业主反映小区停水。",
    "师生反映食堂价格偏高。", "群众来电反映道路积水。", "高中生反映公交拥挤。",
    "家长投诉校车。", "安全生产责任制落实到位。", "登记：常规登记", "受理：同意受理",
)  # fmt: skip
note = drawn(*NOTES)
MINORITIES = ("买买提·吐尔逊", "阿依古丽·艾合买提", "斯琴高娃", "那顺巴雅尔", "乌力吉巴图")

FLAWED: Mapping[str, tuple[str, Columns]] = {
    "times": (
        TIME,
        {
            "签到时间": when("%y-%m-%d %H:%M"),
            "刷卡时间": lambda c, p: f"{45000 + c.random() * 300:.6f}",
            "jd_time": lambda c, p: f"{2460000 + c.random() * 300:.5f}",
            "入园时间": when("%m月%d日 %H:%M"),
            "离园时间": when("%d/%m/%Y %H:%M"),
            "event_time": when("%b %d, %Y %I:%M %p"),
            "gxsj": when("%y%m%d%H%M%S"),
            "回执号": lambda c, p: f"HZ{at(c):%Y%m%d%H%M%S}{c.randrange(1000):03}",
            "ts": lambda c, p: str(int(at(c).timestamp() * 1e6)),
        },
    ),
    "places": (
        PLACE,
        {
            "geom": lambda c, p: f"SRID=4326;POINT({lng(c):.5f} {lat(c):.5f})",
            "geojson": lambda c, p: f'{{"type":"Point","coordinates":[{lng(c):.5f},{lat(c):.5f}]}}',
            "cell": lambda c, p: geohash(c, 8),
            "位置": lambda c, p: f"{arc(lng(c))} {arc(lat(c))}",
            "度分": lambda c, p: f"E106°{c.random() * 59:.4f}' N39°{c.random() * 59:.4f}'",
            "X坐标": lambda c, p: f"{4380000 + c.random() * 20000:.2f}",
            "Y坐标": lambda c, p: f"{36510000 + c.random() * 20000:.1f}",
            "lng_e6": lambda c, p: str(int(lng(c) * 1e6)),
            "a": lambda c, p: f"{lng(c):.6f}",
            "b": lambda c, p: f"{lat(c):.6f}",
        },
    ),
    "amounts": (
        AMOUNT,
        {
            "住院总费用": lambda c, p: f"{money(c):,.2f}",
            "实付": lambda c, p: f"￥{money(c):,.2f}",
            "医疗费（万元）": lambda c, p: f"{money(c) / 1e4:.6f}",
            "补贴金额": lambda c, p: wide(f"{money(c):.2f}") + "元",
        },
    ),
    "codings": (
        DIRECT,
        {
            "k1": of(lambda p: p["name"].encode("utf-16-le").hex()),
            "k2": of(lambda p: b64(b64(p["id"].encode()).encode())),
            "k3": of(lambda p: b64(zlib.compress(p["id"].encode()))),
            "k4": of(lambda p: gzip.compress(p["mobile"].encode(), mtime=0).hex()),
            "k5": of(lambda p: b64(bz2.compress(p["name"].encode()))),
            "k6": of(lambda p: quote(quote(p["name"]))),
            "k7": of(lambda p: "".join(f"\\u{ord(one):04x}" for one in p["name"])),
            "k8": of(lambda p: base64.b85encode(p["id"].encode()).decode()),
            "k9": of(lambda p: "  ".join(p["mobile"])),
            "k10": of(lambda p: "".join("零壹贰叁肆伍陆柒捌玖"[int(one)] for one in p["mobile"])),
            "k11": of(lambda p: f"{int(p['mobile']):x}"),
            "k12": of(lambda p: p["mobile"][4:] + p["mobile"][:4]),
            "k13": of(lambda p: " ".join(f"{one:08b}" for one in p["mobile"].encode())),
        },
    ),
    "digests": (
        HASH,
        {
            "h1": plain("here", "sha384"),
            "h2": of(lambda p: b32(hashlib.sha1(p["here"].encode()).digest())),
            "h3": of(lambda p: str(uuid.uuid5(uuid.NAMESPACE_DNS, p["here"]))),
            "h4": of(lambda p: f"{zlib.crc32(p['here'].encode()):08X}"),
            "h5": of(lambda p: str(zlib.crc32(p["here"].encode()))),
            "h6": plain("here", "md5", "+86{}"),
            "h7": plain("plate", "md5"),
            "h8": plain("staff", "md5"),
            "h9": of(lambda p: hashlib.blake2b(p["here"].encode(), digest_size=16).hexdigest()),
        },
    ),
    "residues": (
        DIRECT,
        {
            "申请人": mixed(0.01, of(lambda p: p["name"]), of(star)),
            "对象": mixed(
                0.03, of(lambda p: p["name"]), of(lambda p: keyed(p).hex()[:32])
            ),
            "会员号": mixed(
                0.02, of(lambda p: f"A{p['row']:08}"), of(lambda p: f"A*****{p['row'] % 1000:03}")
            ),
            "移动电话": mixed(
                0.01, of(lambda p: p["mobile"]), of(lambda p: p["mobile"][:3] + "*" * 8)
            ),
        },
    ),
    "notes": (
        TEXT,
        {
            "登记说明": mixed(0.1, of(lambda p: f"反映人：{p['name']}，已登记。"), note),
            "办理情况": mixed(0.1, of(lambda p: f"经办:{p['name']}"), note),
            "病情": mixed(0.1, of(lambda p: f"患者{p['name']}，入院观察。"), note),
            "走访": mixed(0.1, lambda c, p: f"联系人：{c.choice(MINORITIES)}。", note),
            "来信": mixed(0.1, of(lambda p: f"张{p['name'][-2:]}反映楼道堆物。"), note),
        },
    ),
    "masks": (
        MASK,
        {
            "电话": of(lambda p: p["here"][:6] + "**" + p["here"][-3:]),
            "身份证件": of(lambda p: p["id"][:6] + "**" + p["id"][8:14] + "**" + p["id"][16:]),
        },
    ),
    "ages": (
        ALONE,
        {
            "月龄": of(lambda p: str(p["age"] * 12 + p["row"] % 12)),
            "t0": of(lambda p: f"{p['born']:%Y%m%d}"),
        },
    ),
}  # fmt: skip
# A number in several columns; and each time two people's, or too little of one.
TOGETHER: tuple[Columns, ...] = (
    {
        "电话甲": of(lambda p: p["here"][:3] + "****" + p["here"][7:]),
        "电话乙": of(lambda p: p["here"][:7] + "****"),
    },
    {
        "电话甲": of(lambda p: p["here"][:7] + "****"),
        "电话乙": of(lambda p: "*******" + p["here"][7:]),
    },
    {
        "手机": of(lambda p: p["here"][:3] + "****" + p["here"][7:]),
        "手机中间四位": of(lambda p: p["here"][3:7]),
    },
    {
        "一": of(lambda p: p["here"][:3] + "*" * 8),
        "二": of(lambda p: "***" + p["here"][3:6] + "*****"),
        "三": of(lambda p: "*" * 7 + p["here"][7:]),
    },
)
SOUND: Mapping[str, Columns] = {
    "times": {
        "审核日期": when("%y-%m-%d"),
        "录入时间": lambda c, p: str(45000 + c.randrange(300)),
        "归档时间": when("%Y-%m-%d 00:00:00"),
        "开学": when("%m月%d日"),
        "业务号": lambda c, p: f"1503{at(c):%Y%m%d}{p['row']:06}",
        "测量值": lambda c, p: f"{c.random() * 100:.6f}",
        "时间段": drawn("08:00-10:00", "10:00-12:00"),
    },
    "places": {
        "geom": lambda c, p: f"POINT({lng(c):.2f} {lat(c):.2f})",
        "旗区中心": drawn("POINT(106.812345 39.654321)", "POINT(106.712345 39.504321)"),
        "cell": lambda c, p: geohash(c, 5),
        "位置": lambda c, p: f"106°{c.randrange(60)}′ 39°{c.randrange(60)}′",
        "X坐标": lambda c, p: f"{4380000 + c.randrange(20) * 1000}",
        "w": lambda c, p: f"w{c.randrange(10**8):08}",
        "位置编号": lambda c, p: f"1{c.randrange(10**6):06}",
        "point": lambda c, p: "wx" + geohash(c, 9)[5:],
        "办理地址": drawn("海勃湾区新华大街12号", "乌达区巴音赛街5号政务大厅"),
    },
    "amounts": {
        "住院总费用": lambda c, p: f"{c.randrange(10, 900) * 100:,}.00",
        "实付": lambda c, p: f"￥{c.randrange(10, 900) * 100:,}",
        "医疗费（万元）": lambda c, p: f"{c.randrange(10, 900) / 100:.2f}",
        "补贴金额": lambda c, p: wide(f"{c.randrange(10, 90) * 100}") + "元",
        "单价（元）": lambda c, p: f"{c.random() * 9:.2f}",
    },
    "codings": {
        "k1": lambda c, p: c.randbytes(6).hex(),
        "k2": lambda c, p: b64(c.randbytes(12)),
        "k3": lambda c, p: b64(zlib.compress(c.randbytes(20))),
        "k9": lambda c, p: f"{c.randrange(20)} {c.randrange(90)} {c.randrange(300)}",
        "k11": lambda c, p: f"{c.randrange(16**9):09x}",
        "k12": lambda c, p: f"202503{p['row']:05}",
        "k13": lambda c, p: f"1{c.randrange(10**10):010}",
        "完成情况": drawn("100%完成", "完成 50%25", "未开始"),
    },
    "digests": {
        "h1": of(lambda p: hashlib.sha384(keyed(p)).hexdigest()),
        "h2": of(lambda p: b32(keyed(p)[:20])),
        "h3": of(lambda p: str(uuid.UUID(bytes=keyed(p)[:16], version=4))),
        "h4": of(lambda p: keyed(p)[:4].hex().upper()),
        "h5": of(lambda p: str(int.from_bytes(keyed(p)[:4]))),
        "h6": of(lambda p: keyed(p)[:16].hex()),
    },
    "residues": {
        "申请人": mixed(0.05, drawn("匿名", "无", "某公司", "无名氏"), of(star)),
        "对象": of(lambda p: keyed(p).hex()[:32]),
        "会员号": of(lambda p: f"A*****{p['row'] % 1000:03}"),
        "移动电话": mixed(0.05, drawn("12345", "无"), of(lambda p: p["mobile"][:3] + "*" * 8)),
        "树种": mixed(0.3, drawn("白杨", "高新", "金星", "和平"), lambda c, p: made.version(c)),
    },
    "notes": {
        "登记说明": note,
        "回访": lambda c, p: f"{at(c):%m-%d}已告知，如有疑问请拨打0473-2058315。",
        "掩码": drawn("255.255.255.0", "255.255.0.0", "255.255.254.0"),
    },
    "masks": {
        "电话": of(lambda p: p["here"][:3] + "****" + p["here"][-4:]),
        "家属电话": of(lambda p: f"139473{p['row'] % 10}****"),
        "身份证件": of(lambda p: p["id"][:6] + "*" * 12),
        "年份": drawn("2024", "2025"),
    },
    "ages": {
        "完成时长": lambda c, p: f"{c.randrange(1, 9)}个月",
        "成立日期": lambda c, p: f"{c.randrange(1950, 2024)}0601",
    },
}


def careless(group: str) -> Case:
    """A release with all flaws of a class."""
    code, cells = FLAWED[group]
    return _case(group, cells, (code, "K_TOO_SMALL") if group == "ages" else (code,))


def careful(group: str) -> Case:
    """The release with the look-alikes of a class."""
    return _case(group, SOUND[group], ())


def together() -> list[Case]:
    """Releases whose columns show parts of one number."""
    return [_case("masks", cells, (MASK,)) for cells in TOGETHER]


def _case(group: str, cells: Columns, codes: tuple[str, ...]) -> Case:
    frame, held = release("schools", 70, ROWS)
    for person, other in zip(held, fresh.folk(f"careless {group}"), strict=False):
        person |= {key: other[key] for key in ("here", "plate", "staff")}
    chance = random.Random(group)
    added = [pl.Series(name, [make(chance, p) for p in held]) for name, make in cells.items()]
    return Case(group, frame.with_columns(added), CLAIMS["schools"], codes, tuple(cells))


# --- tables of counts -----------------------------------------------------------------------


def counts(last: int, *, left_out: int = 0, totals: bool = True) -> pl.DataFrame:
    """People of districts by age; so many cells left out, one of them of `last` people."""
    chance = random.Random(5)
    rows = []
    for district in ("海勃湾区", "海南区", "乌达区"):
        cells = {band: chance.randrange(20, 300) for band in ("0-17岁", "18-59岁", "60-79岁")}
        cells["80岁以上"] = last if district == "海南区" else chance.randrange(20, 90)
        gone = list(cells)[4 - left_out :] if district == "海南区" else []
        rows += [(district, band, "*" if band in gone else str(n)) for band, n in cells.items()]
        if totals:
            rows.append((district, "合计", str(sum(cells.values()))))
    return pl.DataFrame(rows, schema=["所在区", "年龄段", "人数"], orient="row")
