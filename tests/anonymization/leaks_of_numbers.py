"""Leaks of what names people: numbers, telephones, names, accounts, however they are written."""

# One leak to a line, however long, so that the list is read as a table.
# ruff: noqa: E501
# fmt: off

import base64
import hashlib
import hmac
import json
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote

from tests.anonymization.eighth_people import SOUNDS, Person
from tests.anonymization.leaks import Leak

LEFT: Final = ("DIRECT_IDENTIFIER_LEFT", "FREE_TEXT_LEAK", "PARTIAL_ID_REIDENTIFIABLE")
HASHED: Final = ("UNSALTED_HASH", "DIRECT_IDENTIFIER_LEFT")
ADDRESS: Final = ("FULL_ADDRESS_LEFT", "DIRECT_IDENTIFIER_LEFT", "FREE_TEXT_LEAK")

Text = Callable[[str], str]
FULL: Final = {ord(one): ord(one) + 0xFEE0 for one in "0123456789X"}
SPELLED: Final = dict(zip(map(ord, "0123456789"), "〇一二三四五六七八九", strict=True))
CHEQUE: Final = dict(zip(map(ord, "0123456789"), "零壹贰叁肆伍陆柒捌玖", strict=True))
LETTERS: Final = str.maketrans("0123456789", "abcdefghij")
KEYPAD: Final = str.maketrans("0123456789", "QWERTYUIOP")


def shifted(by: int) -> Text:
    return lambda one: "".join(str((int(d) + by) % 10) if d.isdigit() else d for d in one)


def noise(c: random.Random, signs: str, count: int) -> str:
    return "".join(c.choice(signs) for _ in range(count))


def b64(one: str) -> str:
    return base64.b64encode(one.encode()).decode()


def base36(number: int) -> str:
    made = ""
    while number:
        number, last = divmod(number, 36)
        made = "0123456789abcdefghijklmnopqrstuvwxyz"[last] + made
    return made


# How a number is written anew: each is tried with the citizen number and with the telephone.
WRITTEN: Final[dict[str, Text]] = {
    "as it stands": str,
    "reversed": lambda one: one[::-1],
    "with dashes": lambda one: f"{one[:3]}-{one[3:7]}-{one[7:]}",
    "with blanks after each sign": " ".join,
    "with dots after each sign": ".".join,
    "digits shifted by three": shifted(3),
    "digits taken from nine": lambda one: "".join(str(9 - int(d)) if d.isdigit() else d for d in one),
    "reversed and shifted": lambda one: shifted(7)(one[::-1]),
    "base64": b64,
    "base64 of base64": lambda one: b64(b64(one)),
    "base64 reversed": lambda one: b64(one)[::-1],
    "hexadecimal of its text": lambda one: one.encode().hex(),
    "base32": lambda one: base64.b32encode(one.encode()).decode().rstrip("="),
    "percent signs": lambda one: "".join(f"%{ord(d):02X}" for d in one),
    "full width": lambda one: one.translate(FULL),
    "numerals": lambda one: one.translate(SPELLED),
    "numerals of cheques": lambda one: one.translate(CHEQUE),
    "letters for digits": lambda one: one.translate(LETTERS),
    "letters of a keyboard": lambda one: one.translate(KEYPAD),
    "in a link": lambda one: f"https://zwfw.wuhai.example/q?uid={one}&from=app",
    "in a path": lambda one: f"/data/upload/2025/{one}/front.jpg",
    "in the name of a file": lambda one: f"附件_{one}_扫描件.pdf",
    "in JSON": lambda one: json.dumps({"v": 1, "u": one, "ok": True}),
    "in XML": lambda one: f"<r><u>{one}</u><s>0</s></r>",
    "in a JSON in base64": lambda one: b64(json.dumps({"u": one})),
    "in a link, percent signs": lambda one: "https://t.example/r?to=" + quote(f"u={one}&a=1", safe=""),
    "halves changed": lambda one: one[len(one) // 2 :] + one[: len(one) // 2],
    "neighbours changed": lambda one: "".join(
        one[n : n + 2][::-1] for n in range(0, len(one), 2)
    ),
    "a letter in front and behind": lambda one: f"N{one}E",
    "two fixed digits in front": lambda one: f"90{one}",
    "each digit twice": lambda one: "".join(2 * d for d in one),
    "odd signs first, then even": lambda one: one[::2] + one[1::2],
    "quoted as a formula": lambda one: f'="{one}"',
    "with a currency of noughts": lambda one: f"{one}.00",
    "in brackets": lambda one: f"【{one}】",
    "zero width between": "\u200b".join,
    "octets as decimals": lambda one: " ".join(str(ord(d)) for d in one),
    "binary": lambda one: " ".join(f"{ord(d):08b}" for d in one),
    "unicode escapes": lambda one: "".join(f"\\u{ord(d):04x}" for d in one),
    "entities": lambda one: "".join(f"&#{ord(d)};" for d in one),
    "packed": lambda one: base64.b64encode(zlib.compress(one.encode())).decode(),
    "xor with a sign": lambda one: bytes(ord(d) ^ 0x5A for d in one).hex(),
}  # fmt: skip

# What is done to numbers as numbers.
RECKONED: Final[dict[str, Callable[[int], str]]] = {
    "plus a constant": lambda one: str(one + 20_250_101),
    "twice": lambda one: str(2 * one),
    "less than a constant": lambda one: str(10**18 - one if one > 10**12 else 2 * 10**10 - one),
    "hexadecimal": lambda one: f"{one:x}",
    "to the base of 36": base36,
    "octal": lambda one: f"{one:o}",
}


def initials(p: Person) -> str:
    return "".join(SOUNDS.get(one, "sun")[0] for one in p.name[:1]) + noise(
        random.Random(p.name), "bcdfghjlmxyz", max(1, len(p.name) - 1)
    )


def spelled(p: Person) -> str:
    chance = random.Random(p.name)
    given = "".join(
        chance.choice(("wei", "fang", "na", "min", "jing", "li", "qiang", "lei", "jun", "yang"))
        for _ in p.name[1:]
    )
    family = SOUNDS.get(p.name[0]) or chance.choice(("wang", "zhou", "xu", "sun", "zhu", "hu"))
    return f"{family} {given}"


def mac(name: str, *cut: int) -> Callable[[str], str]:
    return lambda one: hashlib.new(name, one.encode()).hexdigest()[slice(*(cut or (None,)))]


# Digests that anybody can undo by listing.
DIGESTS: Final[dict[str, Text]] = {
    "md5": mac("md5"),
    "md5 in capitals": lambda one: mac("md5")(one).upper(),
    "the middle of md5": mac("md5", 8, 24),
    "the first eight signs of md5": mac("md5", 8),
    "the last twelve signs of md5": mac("md5", 20, 32),
    "md5 in base64": lambda one: base64.b64encode(hashlib.md5(one.encode()).digest()).decode(),
    "md5 as a number": lambda one: str(int(mac("md5")(one), 16)),
    "md5 of md5": lambda one: mac("md5")(mac("md5")(one)),
    "sha1": mac("sha1"),
    "sha256": mac("sha256"),
    "the first twenty signs of sha256": mac("sha256", 20),
    "the last sixteen signs of sha256": mac("sha256", 48, 64),
    "sha256 in groups": lambda one: "-".join(mac("sha256")(one)[n : n + 8] for n in range(0, 32, 8)),
    "sm3": mac("sm3"),
    "sm3 with a year": lambda one: mac("sm3")(f"{one}2025"),
    "md5 with the city": lambda one: mac("md5")(f"wuhai{one}"),
    "sha256 with 123456": lambda one: mac("sha256")(f"{one}123456"),
    "hmac with 123456": lambda one: hmac.new(b"123456", one.encode(), "sha256").hexdigest(),
    "crc32": lambda one: f"{zlib.crc32(one.encode()):08x}",
    "sha512": mac("sha512"),
    "sha256 behind its name": lambda one: f"sha256:{mac('sha256')(one)}",
}  # fmt: skip


def numbers() -> Iterator[Leak]:
    """Every leak of something that names a person."""
    for title, write in WRITTEN.items():
        yield Leak("citizen number", title, LEFT, {"#": lambda _, p, w=write: w(p.ident)})
        yield Leak("telephone", title, LEFT, {"#": lambda _, p, w=write: w(p.phone)})
    for title, reckon in RECKONED.items():
        yield Leak("citizen number", title, LEFT, {"#": lambda _, p, r=reckon: r(int(p.ident[:17]))})
        yield Leak("telephone", title, LEFT, {"#": lambda _, p, r=reckon: r(int(p.phone))})
    for title, digest in DIGESTS.items():
        yield Leak("digest of telephones", title, HASHED, {"#": lambda _, p, d=digest: d(p.phone)})
    for title in ("md5", "sha256", "sm3", "sha1"):
        digest = DIGESTS[title]
        yield Leak("digest", f"{title} of citizen numbers", HASHED, {"#": lambda _, p, d=digest: d(p.ident)})
        yield Leak("digest", f"{title} of birth dates", HASHED, {"#": lambda _, p, d=digest: d(f"{p.born:%Y%m%d}")})
        yield Leak("digest", f"{title} of names", HASHED, {"#": lambda _, p, d=digest: d(p.name)})
        yield Leak("digest", f"{title} of plates", HASHED, {"#": lambda _, p, d=digest: d(p.plate)})
    yield Leak("digest", "md5 of the number of a house", HASHED, {"#": lambda _, p: mac("md5")(f"{p.door[1]}号楼{p.door[2]}单元{p.door[3]}")})
    yield Leak("digest", "sha1 of name and birth date", HASHED, {"#": lambda _, p: mac("sha1")(f"{p.name}{p.born:%Y%m%d}")})
    yield Leak("digest", "md5 of sex and birth date", HASHED, {"#": lambda _, p: mac("md5")(f"{p.sex}{p.born:%Y-%m-%d}")})
    yield Leak("digest", "md5 of a mailbox of figures", HASHED, {"#": lambda _, p: mac("md5")(f"{p.phone}@139.com")})
    yield from pieces()
    yield from names()
    yield from accounts()
    yield from homes()


def pieces() -> Iterator[Leak]:
    """Numbers that columns tell together."""
    yield Leak("pieces", "citizen number in two columns", LEFT, {"#1": lambda _, p: p.ident[:10], "#2": lambda _, p: p.ident[10:]})
    yield Leak("pieces", "citizen number in three columns", LEFT, {"#1": lambda _, p: p.ident[:6], "#2": lambda _, p: p.ident[6:14], "#3": lambda _, p: p.ident[14:]})
    yield Leak("pieces", "telephone in two columns", LEFT, {"#1": lambda _, p: p.phone[:7], "#2": lambda _, p: p.phone[7:]})
    yield Leak("pieces", "telephone in three columns", LEFT, {"#1": lambda _, p: p.phone[:3], "#2": lambda _, p: p.phone[3:7], "#3": lambda _, p: p.phone[7:]})
    yield Leak("pieces", "telephone, the last piece reversed", LEFT, {"#1": lambda _, p: p.phone[:7], "#2": lambda _, p: p.phone[:6:-1]})
    yield Leak("pieces", "telephone, odd signs and even signs", LEFT, {"#1": lambda _, p: p.phone[::2], "#2": lambda _, p: p.phone[1::2]})
    yield Leak("pieces", "citizen number, odd signs and even signs", LEFT, {"#1": lambda _, p: p.ident[::2], "#2": lambda _, p: p.ident[1::2]})
    yield Leak("pieces", "birth date and the last four under its header", (*LEFT, "UNDECLARED_QI_UNIQUE"), {"出生日期": lambda _, p: f"{p.born:%Y-%m-%d}", "证件号后四位": lambda _, p: p.ident[14:]})
    yield Leak("pieces", "birth date and the last six", (*LEFT, "UNDECLARED_QI_UNIQUE"), {"出生年月日": lambda _, p: f"{p.born:%Y%m%d}", "尾号": lambda _, p: p.ident[12:]})
    yield Leak("pieces", "two masks of a telephone", LEFT, {"#1": lambda _, p: f"{p.phone[:7]}****", "#2": lambda _, p: f"*******{p.phone[7:]}"})
    yield Leak("pieces", "two masks of a citizen number", LEFT, {"#1": lambda _, p: f"{p.ident[:10]}********", "#2": lambda _, p: f"**********{p.ident[10:]}"})
    yield Leak("pieces", "mask of six and four beside the birth date", LEFT, {"#1": lambda _, p: f"{p.ident[:6]}********{p.ident[14:]}", "生日": lambda _, p: f"{p.born:%Y-%m-%d}"}, named=())
    yield Leak("pieces", "mask of two signs", LEFT, {"#": lambda _, p: f"{p.phone[:5]}**{p.phone[7:]}"})
    yield Leak("pieces", "mask of the order alone", LEFT, {"#": lambda _, p: f"{p.ident[:14]}***{p.ident[17:]}"})
    yield Leak("pieces", "mask of all but the birthday", (*LEFT, "UNDECLARED_QI_UNIQUE"), {"#": lambda _, p: f"******{p.ident[6:14]}****"}, of_people=True)
    yield Leak("pieces", "telephone without its first digit", LEFT, {"#": lambda _, p: p.phone[1:]})
    yield Leak("pieces", "citizen number without its check digit", LEFT, {"#": lambda _, p: p.ident[:17]})
    yield Leak("pieces", "citizen number without its region", (*LEFT, "UNDECLARED_QI_UNIQUE"), {"#": lambda _, p: p.ident[6:]})
    yield Leak("pieces", "citizen number of fifteen digits", LEFT, {"#": lambda _, p: p.ident[:6] + p.ident[8:17]}, people=(28, 80))
    yield Leak("pieces", "citizen number as a sheet keeps it", LEFT, {"#": lambda _, p: f"{p.ident[:15]}000"})
    yield Leak("pieces", "name cut in two columns", LEFT, {"#1": lambda _, p: p.name[0], "#2": lambda _, p: p.name[1:]})


def names() -> Iterator[Leak]:
    """Names, however they stand."""
    yield Leak("name", "as it stands", LEFT, {"#": lambda _, p: p.name})
    yield Leak("name", "with blanks", LEFT, {"#": lambda _, p: " ".join(p.name)})
    yield Leak("name", "reversed", LEFT, {"#": lambda _, p: p.name[::-1]})
    yield Leak("name", "in pinyin", LEFT, {"#": lambda _, p: spelled(p)})
    yield Leak("name", "in pinyin and capitals, no blank", LEFT, {"#": lambda _, p: spelled(p).replace(" ", "").upper()})
    yield Leak("name", "in pinyin, given name first", LEFT, {"#": lambda _, p: " ".join(spelled(p).title().split()[::-1])})
    yield Leak("name", "base64", LEFT, {"#": lambda _, p: b64(p.name)})
    yield Leak("name", "hexadecimal", LEFT, {"#": lambda _, p: p.name.encode().hex()})
    yield Leak("name", "hexadecimal of GBK", LEFT, {"#": lambda _, p: p.name.encode("gb18030").hex().upper()})
    yield Leak("name", "percent signs", LEFT, {"#": lambda _, p: quote(p.name)})
    yield Leak("name", "unicode escapes", LEFT, {"#": lambda _, p: json.dumps(p.name).strip('"')})
    yield Leak("name", "with a number in front", LEFT, {"#": lambda c, p: f"{c.randrange(1000):03}{p.name}"})
    yield Leak("name", "with the last four of the telephone", LEFT, {"#": lambda _, p: f"{p.name}{p.phone[7:]}"})
    yield Leak("name", "the name of a file", LEFT, {"#": lambda _, p: f"{p.name}的申请表.docx"})
    yield Leak("name", "with a remark", LEFT, {"#": lambda c, p: f"{p.name}({c.choice(('本人', '代办'))})"})
    yield Leak("name", "of the household", LEFT, {"#": lambda _, p: f"{p.name}户"})
    yield Leak("name", "with a form of address", LEFT, {"#": lambda _, p: f"{p.name}{'先生' if p.sex == '男' else '女士'}"})
    yield Leak("name", "with sex and age", LEFT, {"#": lambda _, p: f"{p.name}，{p.sex}，{p.age}岁"})
    yield Leak("name", "of two spouses", LEFT, {"#": lambda c, p: (f"{p.name}、{c.choice('王李张')}{c.choice('秀玉桂')}{c.choice('英兰芳')}")})
    yield Leak("name", "two masks that show different signs", (*LEFT,), {"姓名": lambda _, p: p.name[0] + "*" * (len(p.name) - 1), "户名": lambda _, p: "*" + p.name[1:]})
    yield Leak("name", "initials and the end of the telephone", LEFT, {"#": lambda _, p: initials(p) + p.phone[7:]}, of_people=True)
    yield Leak("name", "in JSON", LEFT, {"#": lambda _, p: json.dumps({"n": p.name, "t": 1}, ensure_ascii=False)})
    yield Leak("name", "in a path", LEFT, {"#": lambda c, p: f"/档案/2025/{c.randrange(99)}/{p.name}/1.jpg"})


def accounts() -> Iterator[Leak]:
    """What a person is known by to a bank, a platform, a garage."""
    yield Leak("account", "bank card", LEFT, {"#": lambda _, p: p.card})
    yield Leak("account", "bank card in groups", LEFT, {"#": lambda _, p: " ".join(p.card[n : n + 4] for n in range(0, 19, 4))})
    yield Leak("account", "bank card reversed", LEFT, {"#": lambda _, p: p.card[::-1]})
    yield Leak("account", "bank card in two columns", LEFT, {"#1": lambda _, p: p.card[:10], "#2": lambda _, p: p.card[10:]})
    yield Leak("account", "bank card in base64", LEFT, {"#": lambda _, p: b64(p.card)})
    yield Leak("account", "plate", LEFT, {"#": lambda _, p: p.plate})
    yield Leak("account", "plate with a dot", LEFT, {"#": lambda _, p: f"{p.plate[:2]}·{p.plate[2:]}"})
    yield Leak("account", "plate without its province", LEFT, {"号牌": lambda _, p: p.plate[1:]})
    yield Leak("account", "plate reversed", LEFT, {"#": lambda _, p: p.plate[::-1]})
    yield Leak("account", "plate in two columns", LEFT, {"#1": lambda _, p: p.plate[:3], "#2": lambda _, p: p.plate[3:]})
    yield Leak("account", "plate in percent signs", LEFT, {"#": lambda _, p: quote(p.plate)})
    yield Leak("account", "mail", LEFT, {"#": lambda _, p: p.mail}, of_people=True)
    yield Leak("account", "mail whose sign is written", LEFT, {"#": lambda _, p: p.mail.replace("@", "[at]")}, of_people=True)
    yield Leak("account", "mail reversed", LEFT, {"#": lambda _, p: p.mail[::-1]}, of_people=True)
    yield Leak("account", "mail in base64", LEFT, {"#": lambda _, p: b64(p.mail)}, of_people=True)
    yield Leak("account", "mail cut at its sign", LEFT, {"#1": lambda _, p: p.mail.split("@")[0], "#2": lambda _, p: p.mail.split("@")[1]}, named=(), of_people=True)
    yield Leak("account", "QQ under its header", LEFT, {"QQ": lambda c, p: str(c.randrange(10**7, 4 * 10**9))})
    yield Leak("account", "mail of QQ", LEFT, {"#": lambda c, p: f"{c.randrange(10**8, 3 * 10**9)}@qq.com"}, of_people=True)
    yield Leak("account", "WeChat", LEFT, {"#": lambda c, p: f"wxid_{noise(c, 'abcdefghijklmnopqrstuvwxyz0123456789', 14)}"})
    yield Leak("account", "WeChat under its header", LEFT, {"微信号": lambda c, p: f"{spelled(p).split()[0]}{p.born:%m%d}{c.choice('abc')}"})
    yield Leak("account", "passport", LEFT, {"证件号": lambda c, p: f"E{c.choice('ABCDEFGH')}{c.randrange(10**7):07}"})
    yield Leak("account", "driver's licence is the citizen number", LEFT, {"驾驶证档案": lambda _, p: p.ident})
    yield Leak("account", "medical record number", LEFT, {"住院号": lambda c, p: f"{c.randrange(10**5, 10**6):08}"})
    yield Leak("account", "device of a telephone", LEFT, {"#": lambda c, p: imei(c)})
    yield Leak("account", "social security card", LEFT, {"社保卡号": lambda c, p: f"A{c.randrange(10**8):08}"})
    yield Leak("account", "number of a disability card holds the citizen number", LEFT, {"#": lambda c, p: f"{p.ident}{c.randrange(1, 8)}{c.randrange(1, 5)}"})
    yield Leak("account", "open id", LEFT, {"openid": lambda c, p: ("o" + noise(c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", 27))})


def imei(c: random.Random) -> str:
    body = f"8612{c.randrange(10**10):010}"
    total = 0
    for place, sign in enumerate(reversed(body)):
        double = int(sign) * (2 - place % 2)
        total += double - 9 * (double > 9)
    return body + str(-total % 10)


def homes() -> Iterator[Leak]:
    """Where somebody lives."""
    yield Leak("home", "whole", ADDRESS, {"#": lambda _, p: p.address}, of_people=True)
    yield Leak("home", "estate and flat with strokes", ADDRESS, {"#": lambda _, p: f"{p.door[0]}{p.door[1]}-{p.door[2]}-{p.door[3]}"}, of_people=True)
    yield Leak("home", "in base64", ADDRESS, {"#": lambda _, p: b64(p.address)}, of_people=True)
    yield Leak("home", "reversed", ADDRESS, {"#": lambda _, p: p.address[::-1]}, of_people=True)
    yield Leak("home", "estate, building, stairs and door in columns", ADDRESS, {"小区": lambda _, p: p.door[0], "楼号": lambda _, p: p.door[1], "单元": lambda _, p: p.door[2], "室号": lambda _, p: p.door[3]}, of_people=True)
    yield Leak("home", "estate and the rest in two columns", ADDRESS, {"#1": lambda _, p: p.door[0], "#2": lambda _, p: f"{p.door[1]}号楼{p.door[2]}单元{p.door[3]}"}, of_people=True)
    yield Leak("home", "in numerals", ADDRESS, {"#": lambda _, p: (f"{p.district}{p.street}{p.door[0]}{str(p.door[1]).translate(SPELLED)}号楼{str(p.door[2]).translate(SPELLED)}单元{p.door[3].translate(SPELLED)}室")}, of_people=True)
    yield Leak("home", "in English", ADDRESS, {"#": lambda _, p: (f"Room {p.door[3]}, Unit {p.door[2]}, Building {p.door[1]}, Dongyuan Garden, Wuhai")}, of_people=True)
    yield Leak("home", "in pinyin", ADDRESS, {"#": lambda _, p: (f"dongyuan xiaoqu {p.door[1]} hao lou {p.door[2]} danyuan {p.door[3]} shi")}, of_people=True)
    yield Leak("home", "house of a village", ADDRESS, {"#": lambda c, p: (f"{p.district}{p.street}渡口村{c.randrange(1, 9)}组{c.randrange(1, 120)}号")}, of_people=True)
    yield Leak("home", "in a text", ADDRESS, {"#": lambda c, p: (f"{c.choice(('申请人', '来访人'))}住{p.address}，{c.choice(('情况属实', '已核实'))}。")}, of_people=True)
