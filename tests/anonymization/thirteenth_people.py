"""What a thirteenth hand adds: short tables, several rows of one person, and ways to write names.

Written from the reference, the domain and the law by somebody who has read no verifier. People
come from the eighth hand, groups that hold on every column from the eleventh, counted tables from
the twelfth; a flaw is put in afterwards, so that it is the only one. Everything comes from a seed.
"""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import Cells, Person, Release, Spoil, cells_of, crowd, named
from tests.anonymization.eleventh_people import Family, codes, shared

STEMS = "癸甲乙丙丁戊己庚辛壬"
SPOKEN = "零幺二三四五六七八九"
NUMERALS = "零一二三四五六七八九"
BEASTS = ("鼠", "牛", "虎", "兔", "龙", "蛇", "马", "羊", "猴", "鸡", "狗", "猪")
# The day of each month from which the next sign counts.
SIGNS = (
    *(("摩羯座", 20, "水瓶座"), ("水瓶座", 19, "双鱼座"), ("双鱼座", 21, "白羊座")),
    *(("白羊座", 20, "金牛座"), ("金牛座", 21, "双子座"), ("双子座", 22, "巨蟹座")),
    *(("巨蟹座", 23, "狮子座"), ("狮子座", 23, "处女座"), ("处女座", 23, "天秤座")),
    *(("天秤座", 24, "天蝎座"), ("天蝎座", 23, "射手座"), ("射手座", 22, "摩羯座")),
)
# How passports write each letter of the names.
SYLLABLES = dict(
    re.findall(
        r"(.)([a-z]+)",
        "王wang李li张zhang刘liu陈chen杨yang赵zhao黄huang周zhou吴wu徐xu孙sun马ma朱zhu胡hu郭guo"
        "何he高gao林lin罗luo郑zheng梁liang谢xie宋song唐tang许xu韩han冯feng邓deng曹cao彭peng"
        "曾zeng萧xiao田tian董dong潘pan袁yuan蔡cai蒋jiang余yu杜du宏hong斌bin亮liang鑫xin龙long"
        "旭xu东dong永yong胜sheng德de福fu铁tie柱zhu根gen生sheng宇yu轩xuan学xue军jun国guo庆qing"
        "立li新xin晓xiao峰feng振zhen华hua万wan里li向xiang阳yang嘉jia诚cheng少shao梅mei霞xia"
        "燕yan倩qian蓉rong玉yu兰lan翠cui花hua巧qiao云yun爱ai萍ping建jian彤tong雨yu桐tong凤feng"
        "英ying月yue娥e丽li君jun婉wan清qing梦meng洁jie惠hui芳fang喜xi莲lian若ruo曦xi欧ou上shang"
        "官guan",
    )
)

# As their owners write them; the formula for the rest knows one family name in front.
STEPPE_SPELT = {
    "斯琴高娃": "SIQINGAOWA",
    "朝鲁": "CHAOLU",
    "其其格": "QIQIGE",
    "乌兰图雅": "WULANTUYA",
    "毕力格": "BILIGE",
    "娜仁花": "NARENHUA",
    "巴雅尔": "BAYAER",
    "图门": "TUMEN",
    "阿拉腾花": "ALATENGHUA",
}


def beast(p: Person) -> str:
    """The beast of the year; who was born before the new year of the moon has another."""
    return BEASTS[(p.born.year - 4) % 12]


def sign(p: Person) -> str:
    """The sign of the sun."""
    before, day, after = SIGNS[p.born.month - 1]
    return after if p.born.day >= day else before


def zoned(name: str) -> str:
    """Row and place of each letter in GB 2312, as forms of examinations ask for them."""
    pairs = (letter.encode("gb2312") for letter in name)
    return " ".join(f"{row - 0xA0:02}{place - 0xA0:02}" for row, place in pairs)


def unzoned(marks: str) -> str:
    """What `zoned` was made of."""
    return "".join(
        bytes((int(one[:2]) + 0xA0, int(one[2:]) + 0xA0)).decode("gb2312") for one in marks.split()
    )


def romanized(name: str) -> str:
    """A name as a passport has it."""
    if name in STEPPE_SPELT:
        return STEPPE_SPELT[name]
    family = 2 if name.startswith(("欧阳", "上官")) else 1
    front, rest = name[:family], name[family:]
    return ", ".join("".join(SYLLABLES[one] for one in part).upper() for part in (front, rest))


def read_aloud(digits: str, voices: str = SPOKEN) -> str:
    """Digits as somebody says them on the telephone."""
    return "".join(voices[int(one)] for one in digits)


def java_hash(text: str) -> int:
    """What `String.hashCode()` says: 32 bits with a sign, no key."""
    total = 0
    for letter in text:
        total = (31 * total + ord(letter)) & 0xFFFFFFFF
    return total - 2**32 if total >= 2**31 else total


def group_of(title: str, count: int, low: int = 18, high: int = 80) -> list[Person]:
    """So many people no two of whom have one name."""
    once: dict[str, Person] = {}
    for one in crowd(4 * count, title, low, high):
        once.setdefault(one.name, one)
    return list(once.values())[:count]


def several(
    title: str,
    known: Cells,
    telling: Cells,
    own: Cells,
    each: Cells,
    *,
    times: int = 3,
    count: int = 700,
    k: int = 10,
    aged: tuple[int, int] = (18, 80),
    flaw: str = "",
    at: tuple[str, ...] = (),
    spoil: Spoil | None = None,
    **claim: Any,
) -> Release:
    """Rows of people, `times` of each; `own` is one for a person, `each` drawn for each row."""
    people = list(crowd(count, title, *aged))
    table, held = shared(
        pl.DataFrame(cells_of(people, {**known, **telling}, title)), people, list(known), k
    )
    table = table.with_columns(
        *[pl.Series(name, values) for name, values in cells_of(held, own, title).items()]
    )
    order = [n for n in range(len(held)) for _ in range(times)]
    random.Random(f"thirteenth {title}").shuffle(order)
    rows: Family = [held[n] for n in order]
    table = table[order].with_columns(
        *[pl.Series(name, values) for name, values in cells_of(rows, each, title).items()]
    )
    if spoil:
        table = spoil(table, rows)
    said: dict[str, Any] = {"quasi_identifiers": list(known), "k": k, "profile": "statistical"}
    said |= {"sensitive": list(telling), "l": 2}
    return Release(title, table, {**said, **claim}, codes(flaw), named(*at))


def told(
    title: str,
    given: Mapping[str, Sequence[Any]],
    flaw: str = "",
    at: tuple[str, ...] = (),
    others: Mapping[str, Any] | None = None,
    **claim: Any,
) -> Release:
    """A table whose columns are given."""
    table = pl.DataFrame(dict(given), strict=False)
    return Release(title, table, claim, codes(flaw), named(*at), others or {})
