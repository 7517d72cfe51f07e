"""People and cells of the fourth hand: residents of made-up streets, and how clerks write them."""

import base64
import hashlib
import hmac
import random
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from tests.anonymization import hard_values as made
from tests.anonymization.releases import Cells, Person

FAMILY = {
    "许": "Xu", "沈": "Shen", "韩": "Han", "杨": "Yang", "朱": "Zhu", "秦": "Qin", "吕": "Lv",
    "施": "Shi", "张": "Zhang", "曹": "Cao", "严": "Yan", "魏": "Wei", "陶": "Tao", "姜": "Jiang",
    "谢": "Xie", "邹": "Zou", "潘": "Pan", "葛": "Ge", "范": "Fan", "彭": "Peng", "鲁": "Lu",
    "苗": "Miao", "任": "Ren", "袁": "Yuan", "史": "Shi", "薛": "Xue", "贺": "He", "郝": "Hao",
}  # fmt: skip
GIVEN = {
    "建军": "Jianjun", "桂兰": "Guilan", "海燕": "Haiyan", "志强": "Zhiqiang", "红霞": "Hongxia",
    "永胜": "Yongsheng", "丽娟": "Lijuan", "国栋": "Guodong", "晓燕": "Xiaoyan", "秀珍": "Xiuzhen",
    "春梅": "Chunmei", "占山": "Zhanshan", "文博": "Wenbo", "雪莲": "Xuelian", "宝柱": "Baozhu",
    "俊杰": "Junjie", "淑芬": "Shufen", "凤英": "Fengying", "振华": "Zhenhua", "慧敏": "Huimin",
    "勇": "Yong", "敏": "Min", "静": "Jing", "波": "Bo", "辉": "Hui", "娟": "Juan",
}  # fmt: skip
STEPPE = {"其其格": "Qiqige", "巴特尔": "Bateer", "乌云娜": "Wuyunna", "苏日娜": "Surina",
          "那顺": "Nashun", "图雅": "Tuya"}  # fmt: skip
QUARTERS = {
    "海勃湾区": ("150302", ("新华街道", "滨河街道", "千里山镇")),
    "海南区": ("150303", ("拉僧仲街道", "巴音陶亥镇", "公乌素镇")),
    "乌达区": ("150304", ("梁家沟街道", "苏海图街道", "乌兰淖尔镇")),
}
YARDS = ("和平小区", "锦绣嘉园", "矿务局家属院", "团结新村", "狮城南苑", "黄河明珠")
HEADS = ("135", "137", "138", "139", "147", "150", "151", "157", "182", "188")


def name(chance: random.Random) -> tuple[str, str]:
    """A name and how it is spelled in pinyin."""
    if chance.random() < 0.07:
        return chance.choice(list(STEPPE.items()))
    family, given = chance.choice(list(FAMILY.items())), chance.choice(list(GIVEN.items()))
    return family[0] + given[0], f"{family[1]} {given[1]}"


def folk(seed: str, rows: int) -> list[Person]:
    """Residents: the same for the same seed."""
    chance = random.Random(f"fourth {seed}")
    return [_resident(chance, row) for row in range(rows)]


def _resident(chance: random.Random, row: int) -> Person:
    district = chance.choices(tuple(QUARTERS), (5, 3, 4))[0]
    code, streets = QUARTERS[district]
    born = made.day(chance, 1944, 2007)
    order = chance.randrange(1, 1000)
    body = f"{code}{born:%Y%m%d}{order:03}"
    called, pinyin = name(chance)
    yard, house, door = chance.choice(YARDS), chance.randrange(1, 40), chance.randrange(1, 5)
    room = f"{chance.randrange(1, 19)}0{chance.randrange(1, 5)}"
    at = datetime(2025, 1, 6, 8) + timedelta(  # noqa: DTZ001  # office hours
        chance.randrange(350), seconds=chance.randrange(34_000)
    )
    return {
        "row": row, "name": called, "pinyin": pinyin, "id": body + made.citizen_check(body),
        "mobile": f"{chance.choice(HEADS)}473{chance.randrange(10**5):05}",
        "sex": "男" if order % 2 else "女", "born": born, "age": 2025 - born.year,
        "district": district, "code": code, "street": chance.choice(streets),
        "yard": yard, "house": house, "door": door, "room": room,
        "home": f"{district}{yard}{house}号楼{door}单元{room}",
        "at": at, "ticket": chance.randrange(10**9),
    }  # fmt: skip


def token(domain: str, form: str = "hex") -> Cells:
    """A keyed pseudonym; the key is another one for each release."""

    def make(chance: random.Random, person: Person) -> str:
        digest = hmac.digest(b"thrown away " + domain.encode(), person["id"].encode(), "sha256")
        return {
            "hex": digest[:16].hex(),
            "upper": digest[:12].hex().upper(),
            "uuid": str(uuid.UUID(bytes=digest[:16])),
            "short": "P" + base64.b32encode(digest[:10]).decode(),
            "digits": f"8{int.from_bytes(digest[:8]) % 10**15:015}",
        }[form]

    return make


def aged(words: Sequence[str], bounds: Sequence[int]) -> Cells:
    """The word of the band an age falls in, `bounds` being where the next begins."""
    return lambda chance, person: words[sum(person["age"] >= one for one in bounds)]


def digest(of: Callable[[Person], str], algorithm: str, cut: int | None = None) -> Cells:
    """A digest without a key."""
    return lambda chance, person: hashlib.new(algorithm, of(person).encode()).hexdigest()[:cut]


def shown(of: Callable[[Person], str]) -> Cells:
    """What is made of a person without chance."""
    return lambda chance, person: of(person)


def sometimes(share: float, of: Callable[[random.Random, Person], str], *quiet: str) -> Cells:
    """Something for a share of people, one of the quiet words for the rest."""
    return lambda chance, person: (
        of(chance, person) if chance.random() < share else chance.choice(quiet)
    )


def clock(form: str) -> Cells:
    """When a person was there, by a form of strftime."""
    return lambda chance, person: person["at"].strftime(form)


def spoken(digits: str) -> str:
    """A number as it is said on the telephone."""
    return digits.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))


def stars(text: str, first: int, last: int) -> str:
    """The text with stars in front of `last`, behind `first`."""
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]


def excel_day(day: date) -> str:
    """A date as the number Excel keeps it as."""
    return str((day - date(1899, 12, 30)).days)


def based(number: int, base: int) -> str:
    """A number to another base."""
    made_of = ""
    while number:
        number, one = divmod(number, base)
        made_of = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[one] + made_of
    return made_of


def geohash(longitude: float, latitude: float, length: int) -> str:
    """The geohash of a point."""
    east, north, word, bits = [-180.0, 180.0], [-90.0, 90.0], 0, 0
    text = ""
    while len(text) < length:
        span, value = (east, longitude) if bits % 2 == 0 else (north, latitude)
        middle = sum(span) / 2
        word = word * 2 + (value >= middle)
        span[0 if value >= middle else 1] = middle
        bits += 1
        if bits % 5 == 0:
            text += "0123456789bcdefghjkmnpqrstuvwxyz"[word]
            word = 0
    return text
