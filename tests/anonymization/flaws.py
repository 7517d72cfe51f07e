"""The flaws the gate must find: each adds something to a sound release and says what and where."""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tests.anonymization import hard_values as made
from tests.anonymization.releases import (
    CLAIMS,
    SECTORS,
    Case,
    Cells,
    Person,
    column,
    keyed,
    release,
)

DIRECT, TEXT, DOOR = "DIRECT_IDENTIFIER_LEFT", "FREE_TEXT_LEAK", "FULL_ADDRESS_LEFT"
HASH, MASK, ALONE = "UNSALTED_HASH", "PARTIAL_ID_REIDENTIFIABLE", "UNDECLARED_QI_UNIQUE"
JOIN, TIME = "PSEUDONYM_JOINS_OTHER_RELEASE", "TIMESTAMP_TOO_FINE"


@dataclass(frozen=True)
class Flaw:
    """Columns added to a release, the code they must be found under, what is claimed beside."""

    codes: tuple[str, ...]
    cells: Mapping[str, Cells]
    columns: tuple[str, ...] = ()
    claim: Mapping[str, Any] | None = None
    others: Callable[[list[Person], pl.DataFrame], Mapping[str, Any]] | None = None


def one(code: str | tuple[str, ...], name: str, cells: Cells) -> Flaw:
    return Flaw((code,) if isinstance(code, str) else code, {name: cells})


def hashed(key: str, algorithm: str, front: str = "", back: str = "", form: str = "hex") -> Cells:
    def make(chance: random.Random, person: Person) -> str:
        digest = hashlib.new(algorithm, f"{front}{person[key]}{back}".encode())
        shown = digest.hexdigest()
        return {
            "hex": shown,
            "upper": shown.upper(),
            "short": shown[:16],
            "twenty": shown[:20],
            "base64": base64.b64encode(digest.digest()).decode(),
            "twice": hashlib.new(algorithm, shown.encode()).hexdigest(),
        }[form]

    return make


def rewritten(key: str, change: Callable[[str], str]) -> Cells:
    return lambda chance, person: change(person[key])


def caesar(step: int) -> Callable[[str], str]:
    return lambda text: "".join(str((int(c) + step) % 10) if c.isdigit() else c for c in text)


def lettered(text: str) -> str:
    return "".join("ABCDEFGHIJ"[int(c)] if c.isdigit() else c for c in text)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def hidden(text: str) -> str:
    return "\u200b".join((text[:6], text[6:14], text[14:]))


def alike(text: str) -> str:
    """Letters that look like digits: Cyrillic О for nought, l for one."""
    return text.replace("0", "О").replace("1", "l")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def b32(text: str) -> str:
    return base64.b32encode(text.encode()).decode()


def spelled(text: str) -> str:
    return "".join("〇一二三四五六七八九"[int(c)] if c.isdigit() else c for c in text)


def said(sentence: str, share: float, key: str, change: Callable[[str], str] = str) -> Cells:
    def make(chance: random.Random, person: Person) -> str:
        if chance.random() < share:
            return sentence.format(change(str(person[key])))
        return chance.choice(QUIET)

    return make


def starred(key: str, head: int, tail: int, star: str = "*") -> Cells:
    def make(chance: random.Random, person: Person) -> str:
        text = person[key]
        return text[:head] + star * (len(text) - head - tail) + text[len(text) - tail :]

    return make


def stamped(form: str) -> Cells:
    def make(chance: random.Random, person: Person) -> str:
        at = datetime(2025, 1, 1, 8, tzinfo=UTC) + timedelta(seconds=chance.randrange(31_000_000))
        if form == "epoch":
            return str(int(at.timestamp()))
        if form == "milliseconds":
            return str(int(at.timestamp() * 1000) + chance.randrange(1000))
        return at.strftime(form)

    return make


def born(form: str) -> Cells:
    return lambda chance, person: person["born"].strftime(form)


def records(person: Person) -> str:
    return json.dumps({"type": "01", "sfzh": person["id"], "ok": True}, ensure_ascii=False)


QUIET = (
    "材料齐全，已按期办结。",
    "申请人补正材料一次，其余无异议。",
    "电话回访满意。",
    "转属地街道继续跟进处理。",
)
LEARNT = ("小学", "初中", "高中", "大专", "本科", "硕士")
MAKES = ("大众", "丰田", "比亚迪", "长安", "吉利")


def disease(person: Person) -> str:
    """One disease for all men of a district, any for the others."""
    if person["district"] == "海南区" and person["sex"] == "男":
        return "艾滋病"
    return ("高血压", "肺炎", "骨折", "糖尿病")[person["row"] % 4]


def relief(chance: random.Random, person: Person) -> str:
    """Relief that nearly all have in one district and hardly anybody in the others."""
    weights = (45, 45, 10) if person["district"] == "乌达区" else (2, 3, 95)
    return chance.choices(("A类", "B类", "非低保"), weights)[0]


FLAWS: Mapping[str, Flaw] = {
    # --- read as they stand ---
    "a citizen number under an innocent header": one(DIRECT, "编号", rewritten("id", str)),
    "a mobile number": one(DIRECT, "联系方式", rewritten("mobile", str)),
    "a name beside": one(DIRECT, "办理对象", rewritten("name", str)),
    "a full-width citizen number": one(DIRECT, "证件", rewritten("id", wide)),
    "a number with characters of no width": one(DIRECT, "档案号", rewritten("id", hidden)),
    "a number in letters that look like digits": one(DIRECT, "标识", rewritten("id", alike)),
    "an e-mail address": one(DIRECT, "yx", lambda c, p: made.email(c)),
    "a bank card": one(DIRECT, "发放账号", lambda c, p: made.bank_card(c)),
    "a number plate": one(DIRECT, "车辆", lambda c, p: made.plate(c)),
    "a passport number": one(DIRECT, "护照号码", lambda c, p: made.passport(c)),
    "a record number": one(DIRECT, "住院号", lambda c, p: made.mrn(c)),
    "a social security card": one(DIRECT, "社保卡号", lambda c, p: made.ssn(c)),
    "a WeChat name": one(DIRECT, "微信号", lambda c, p: made.wechat(c)),
    "a device address": one(DIRECT, "终端", lambda c, p: made.mac(c)),
    "a landline at home": one(DIRECT, "家庭固话", lambda c, p: made.landline(c)),
    "three in a hundred citizen numbers": one(
        DIRECT, "受理编号", lambda c, p: p["id"] if c.random() < 0.03 else f"SL2025{p['row']:08}"
    ),
    "a mobile number as a float": one(DIRECT, "lxdh", rewritten("mobile", lambda x: x + ".0")),
    # --- inside text ---
    "telephones in text": one(
        TEXT, "回访情况", said("来电人电话{}，要求尽快答复。", 0.04, "mobile")
    ),
    "citizen numbers in text": one(
        TEXT, "审核意见", said("经核对{}本人到场，予以受理。", 0.03, "id")
    ),
    "names in text": one(TEXT, "情况说明", said("联系人{}，已电话告知办理结果。", 0.1, "name")),
    "telephones in numerals": one(
        TEXT, "留言", said("请拨打{}联系我，谢谢。", 0.05, "mobile", spelled)
    ),
    "addresses in text": one((TEXT, DOOR), "事由", said("反映{}供暖不足。", 0.08, "address")),
    "numbers inside JSON": one((TEXT, DIRECT), "扩展信息", lambda c, p: records(p)),
    "full-width telephones in text": one(
        TEXT, "备注说明", said("手机{}，下午方便。", 0.04, "mobile", wide)
    ),
    # --- addresses and places ---
    "an address to the door": one(DOOR, "住址", rewritten("address", str)),
    "an address under an innocent header": one(DOOR, "服务地点", rewritten("address", str)),
    "a village address": one(DOOR, "居住地", lambda c, p: made.village_address(c)),
    "a place to the metre": one("LOCATION_TOO_FINE", "采集坐标", lambda c, p: made.gps(c)),
    "a place in two columns": Flaw(
        ("LOCATION_TOO_FINE",),
        {
            "lng": lambda c, p: f"{106.6 + c.random() / 3:.6f}",
            "lat": lambda c, p: f"{39.4 + c.random() / 3:.6f}",
        },
        ("lng",),
    ),
    # --- written differently ---
    "base64 of numbers": one(DIRECT, "代码", rewritten("id", b64)),
    "hexadecimal of numbers": one(DIRECT, "代码", rewritten("mobile", lambda x: x.encode().hex())),
    "base64 of names": one(DIRECT, "标签", rewritten("name", b64)),
    "base32 of numbers": one(DIRECT, "代码", rewritten("id", b32)),
    "reversed citizen numbers": one(DIRECT, "序列", rewritten("id", lambda x: x[::-1])),
    "reversed mobile numbers": one(DIRECT, "序列", rewritten("mobile", lambda x: x[::-1])),
    "shifted digits": one(DIRECT, "密号", rewritten("id", caesar(3))),
    "shifted digits of telephones": one(DIRECT, "密号", rewritten("mobile", caesar(7))),
    "letters for digits": one(DIRECT, "密号", rewritten("id", lettered)),
    "a number in two columns": Flaw(
        (DIRECT,),
        {
            "编号前段": rewritten("id", lambda x: x[:10]),
            "编号后段": rewritten("id", lambda x: x[10:]),
        },
    ),
    "a telephone in two columns": Flaw(
        (DIRECT,),
        {
            "号段": rewritten("mobile", lambda x: x[:7]),
            "尾号": rewritten("mobile", lambda x: x[7:]),
        },
    ),
    # --- plain digests ---
    "md5 of numbers": one(HASH, "人员标识", hashed("id", "md5")),
    "md5 of telephones in capitals": one(HASH, "用户标识", hashed("mobile", "md5", form="upper")),
    "sha1 of telephones": one(HASH, "uid", hashed("mobile", "sha1")),
    "sha256 of numbers": one(HASH, "hash", hashed("id", "sha256")),
    "sm3 of numbers": one(HASH, "身份证杂凑", hashed("id", "sm3")),
    "sm3 of telephones in capitals": one(HASH, "手机号哈希", hashed("mobile", "sm3", form="upper")),
    "sha512 of numbers": one(HASH, "uid", hashed("id", "sha512")),
    "sha224 of telephones": one(HASH, "uid", hashed("mobile", "sha224")),
    "half an md5": one(HASH, "token", hashed("id", "md5", form="short")),
    "a cut sha256": one(HASH, "token", hashed("mobile", "sha256", form="short")),
    "a cut sm3": one(HASH, "token", hashed("id", "sm3", form="twenty")),
    "base64 of an md5": one(HASH, "标识码", hashed("mobile", "md5", form="base64")),
    "base64 of a sha256": one(HASH, "标识码", hashed("id", "sha256", form="base64")),
    "md5 twice": one(HASH, "标识码", hashed("mobile", "md5", form="twice")),
    "a salt anybody guesses in front": one(HASH, "标识码", hashed("mobile", "md5", front="salt")),
    "a salt anybody guesses behind": one(HASH, "标识码", hashed("id", "sha256", back="123456")),
    "the city as salt": one(HASH, "标识码", hashed("mobile", "sm3", front="wuhai")),
    "md5 of names": one(HASH, "姓名编码", hashed("name", "md5")),
    # --- masks ---
    "the usual mask and the birth date": Flaw(
        (MASK,),
        {"身份证号码": starred("id", 6, 4), "出生日期": born("%Y-%m-%d")},
        ("身份证号码", "出生日期"),
    ),
    "the usual mask and a compact birth date": Flaw(
        (MASK,), {"sfzh": starred("id", 6, 4), "csrq": born("%Y%m%d")}, ("sfzh", "csrq")
    ),
    "a mask that shows the birth date": one(MASK, "证件号码", starred("id", 14, 1)),
    "a mask of crosses": one(MASK, "证件号", starred("id", 12, 2, "x")),
    "a mask over four digits": one(MASK, "证件号", starred("id", 10, 4, "●")),
    "a mask over two digits of a telephone": one(MASK, "电话", starred("mobile", 5, 4)),
    "two masks that complete each other": Flaw(
        (MASK,),
        {"手机号": starred("mobile", 3, 4), "备用号码": starred("mobile", 7, 0)},
        ("手机号", "备用号码"),
    ),
    # --- times and amounts ---
    "seconds": one(TIME, "办理时间", stamped("%Y-%m-%d %H:%M:%S")),
    "seconds in another form": one(TIME, "上传时间", stamped("%Y-%m-%dT%H:%M:%S+08:00")),
    "compact seconds": one(TIME, "操作时间", stamped("%Y%m%d%H%M%S")),
    "an epoch": one(TIME, "ts", stamped("epoch")),
    "an epoch of milliseconds": one(TIME, "create_time", stamped("milliseconds")),
    "minutes with slashes": one(TIME, "入园时间", stamped("%Y/%m/%d %H:%M")),
    "seconds in Chinese": one(TIME, "就诊时间", stamped("%Y年%m月%d日 %H时%M分%S秒")),
    "a date and a clock": Flaw(
        (TIME,), {"日期": stamped("%Y-%m-%d"), "时刻": stamped("%H:%M:%S")}, ("时刻",)
    ),
    "an income to the cent": one(
        "AMOUNT_TOO_FINE", "月工资", lambda c, p: f"{c.lognormvariate(8.5, 0.6):.2f}"
    ),
    "a pension to the cent": one(
        "AMOUNT_TOO_FINE", "养老金", lambda c, p: f"{c.uniform(1800, 6000):.2f}"
    ),
    # --- columns nobody declared ---
    "birth dates nobody declared": one(ALONE, "出生日期", born("%Y-%m-%d")),
    "ages nobody declared": one((ALONE, "K_TOO_SMALL"), "年龄", lambda c, p: str(p["age"])),
    "occupations nobody declared": Flaw(
        (ALONE,), {"职业": lambda c, p: p["job"], "民族": lambda c, p: p["nation"]}, ("职业",)
    ),
    "a rare post": one(
        ALONE,
        "职务",
        lambda c, p: {7: "副市长", 9: "院长"}.get(p["row"], "职员" if p["row"] % 3 else "工人"),
    ),
    "schools nobody declared": Flaw(
        (ALONE,),
        {
            "就读学校": lambda c, p: f"第{c.randrange(1, 40)}小学",
            "班级": lambda c, p: f"{c.randrange(1, 7)}年级{c.randrange(1, 9)}班",
        },
        ("班级",),
    ),
    "cars nobody declared": Flaw(
        (ALONE,),
        {
            "品牌型号": lambda c, p: (
                c.choice(MAKES) + c.choice("ABCDEFGH") + str(c.randrange(1, 9))
            ),
            "车身颜色": lambda c, p: c.choice(("白", "黑", "银", "红", "蓝", "绿")),
        },
        ("品牌型号",),
    ),
    "streets and nations": Flaw(
        (ALONE,),
        {
            "街道": lambda c, p: p["street"],
            "民族": lambda c, p: p["nation"],
            "文化程度": lambda c, p: c.choice(LEARNT),
        },
        ("民族",),
    ),
    "households": Flaw(
        (ALONE, "HOUSEHOLD_UNIQUE"),
        {
            "户假名": lambda c, p: keyed("household")(c, {"id": str(p["row"] // 4)}),
            "与户主关系": lambda c, p: ("户主", "配偶", "子女", "父母")[p["row"] % 4],
        },
        ("户假名",),
    ),
}


def _flawed(sector: str, title: str, flaw: Flaw, seed: int) -> Case:
    frame, held = release(sector, seed)
    added = {name: column(cells, held, seed + 7) for name, cells in flaw.cells.items()}
    frame = frame.with_columns(pl.Series(name, cells) for name, cells in added.items())
    return Case(
        f"{sector}: {title}",
        frame,
        flaw.claim or CLAIMS[sector],
        flaw.codes,
        flaw.columns or tuple(flaw.cells),
    )


def flawed(seed: int = 50) -> Iterator[Case]:
    """Every flaw once, the sectors in turn, then what needs more than columns of its own."""
    sectors = list(SECTORS)
    for place, (title, flaw) in enumerate(FLAWS.items()):
        yield _flawed(sectors[place % len(sectors)], title, flaw, seed + place)
    yield from _joined(seed)
    yield from _small(seed)


def _joined(seed: int) -> Iterator[Case]:
    """Releases that join an earlier one, or a register an attacker holds."""
    for place, (title, change) in enumerate(
        (("as they are", str), ("in capitals", str.upper), ("cut short", lambda x: x[:16]))
    ):
        frame, held = release("hukou", seed + place)
        earlier = pl.DataFrame(
            {
                "编号": [change(x) for x in frame["人员假名"]][300:],
                "结果": ["合格"] * (len(held) - 300),
            }
        )
        yield Case(
            f"hukou: pseudonyms of an earlier release {title}",
            frame,
            CLAIMS["hukou"],
            (JOIN,),
            ("人员假名",),
            {"earlier": [earlier]},
        )
    frame, held = release("hospital", seed)
    frame = frame.with_columns(
        pl.Series("出生年月", [f"{p['born']:%Y-%m}" for p in held]),
        pl.Series("街道", [p["street"] for p in held]),
    )
    register = pl.DataFrame(
        {
            "姓名": [p["name"] for p in held],
            "性别": [p["sex"] for p in held],
            "出生年月": [f"{p['born']:%Y-%m}" for p in held],
            "街道": [p["street"] for p in held],
        }
    )
    claim = {"quasi_identifiers": ["区", "年龄组", "性别"], "k": 5}
    yield Case(
        "hospital: a register in hand",
        frame,
        claim,
        ("LINKS_TO_REGISTER",),
        ("出生年月", "街道"),
        {"auxiliary": [register]},
    )
    frame, held = release("schools", seed)
    frame = frame.with_columns(
        pl.Series("学籍杂凑", [hashlib.md5(f"XJ{p['row']:010}".encode()).hexdigest() for p in held])
    )
    register = pl.DataFrame({"学籍": [f"XJ{p['row']:010}" for p in held]})
    yield Case(
        "schools: a digest of what a register holds",
        frame,
        CLAIMS["schools"],
        (HASH,),
        ("学籍杂凑",),
        {"auxiliary": [register]},
    )


def _small(seed: int) -> Iterator[Case]:
    """Classes too small, too poor, too far off; said in the claim or not."""
    frame, held = release("hukou", seed + 11)
    fine = frame.with_columns(
        pl.Series("年龄段", [f"{p['age'] // 3 * 3}-{p['age'] // 3 * 3 + 2}岁" for p in held])
    )
    yield Case(
        "hukou: bands too narrow", fine, CLAIMS["hukou"] | {"k": 10}, ("K_TOO_SMALL",), ("年龄段",)
    )
    frame, held = release("schools", seed + 12)
    few = frame.with_columns(
        pl.Series("区县", ["海南区" if p["row"] < 8 else "海勃湾区" for p in held])
    )
    yield Case("schools: few in a district", few, CLAIMS["schools"], ("K_TOO_SMALL",), ("区县",))
    frame, held = release("hospital", seed + 13)
    same = frame.with_columns(pl.Series("疾病诊断", [disease(p) for p in held]))
    yield Case(
        "hospital: one disease in a class",
        same,
        CLAIMS["hospital"],
        ("L_TOO_SMALL",),
        ("疾病诊断",),
    )
    claim = CLAIMS["hospital"] | {"sensitive": ["疾病诊断"], "l": 2}
    yield Case(
        "hospital: one disease in a class, claimed", same, claim, ("L_TOO_SMALL",), ("疾病诊断",)
    )
    frame, held = release("insurance", seed + 14)
    chance = random.Random(seed)
    far = frame.with_columns(pl.Series("低保类别", [relief(chance, p) for p in held]))
    yield Case(
        "insurance: a district far off", far, CLAIMS["insurance"], ("T_TOO_LARGE",), ("低保类别",)
    )
    claim = CLAIMS["insurance"] | {"sensitive": ["低保类别"], "t": 0.3}
    yield Case(
        "insurance: a district far off, claimed", far, claim, ("T_TOO_LARGE",), ("低保类别",)
    )
