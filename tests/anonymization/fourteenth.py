"""Flawed releases of a fourteenth hand, which knows the order and has read no gate.

The comment over each says why somebody can be found in it.
"""

import hashlib
import json
import random
import uuid
import zlib
from collections.abc import Iterator

from tests.anonymization import fourteenth_groups
from tests.anonymization.eighth_people import Person, Release, by_law, some
from tests.anonymization.eleventh_people import PLAIN, townsfolk
from tests.anonymization.fourteenth_people import DIGITS, in_base, said_home
from tests.anonymization.thirteenth_people import group_of, romanized, told


def flawed() -> Iterator[Release]:
    """All of them."""
    yield from masks()
    yield from digests()
    yield from left_over()
    yield from fourteenth_groups.flawed()


# --- masks ---------------------------------------------------------------------------------------


def starred(p: Person) -> str:
    return f"{p.ident[:6]}********{p.ident[-4:]}"


def retires(p: Person) -> str:
    years = 60 if p.sex == "男" else 55
    # Who was born on a leap day retires the day before the first of March.
    day = 28 if (p.born.month, p.born.day) == (2, 29) else p.born.day
    return f"{p.born.year + years}-{p.born.month:02}-{day:02}"


def masks() -> Iterator[Release]:
    # Sixty or fifty-five years before that day is the birthday which the stars hide: with it the
    # number of the paper is whole.
    yield townsfolk(
        "pension accounts: the day of retirement undoes the stars",
        PLAIN,
        {"缴费档次": some(一档=4, 二档=3, 三档=2)},
        {
            "证件号码": lambda _, p: starred(p),
            "原法定退休日期": lambda _, p: retires(p),
        },
        aged=(20, 54),
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT|UNDECLARED_QI_UNIQUE",
        at=("证件号码", "证件号码+原法定退休日期"),
        rules={"证件号码": "保留前六位、后四位，其余屏蔽"},
    )
    # The front seven of the telephone stand in the column of the segment, the last four in the
    # mask: together all eleven.
    yield townsfolk(
        "heating complaints: segment beside the masked telephone",
        PLAIN,
        {"诉求": some(不热=5, 漏水=3, 退费=2)},
        {
            "联系电话": lambda _, p: f"{p.phone[:3]}****{p.phone[7:]}",
            "归属号段": lambda _, p: p.phone[:7],
        },
        count=2000,
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("联系电话", "联系电话+归属号段"),
        rules={"联系电话": "中间四位以星号代替"},
    )
    # Of twelve months the check digit leaves one or two.
    yield townsfolk(
        "mortgages: only the month of birth is starred in the number",
        PLAIN,
        {"抵押状态": some(已注销=5, 在押=4, 预告=2)},
        {"权利人证件号": lambda _, p: f"{p.ident[:10]}**{p.ident[12:]}"},
        count=800,
        flaw="PARTIAL_ID_REIDENTIFIABLE|DIRECT_IDENTIFIER_LEFT",
        at=("权利人证件号",),
        rules={"权利人证件号": "出生月份已屏蔽"},
    )


# --- digests and encodings -----------------------------------------------------------------------


def guid(text: str) -> str:
    mark = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return f"{{{uuid.UUID(hex=mark)}}}".upper()


def digests() -> Iterator[Release]:
    # No key: the checksum of each telephone of the city is reckoned in a second, and few share it.
    yield townsfolk(
        "parking: checksums of telephones said to be keyed",
        PLAIN,
        {"欠费次数": some(一次=5, 两次=3, 三次及以上=2)},
        {"车主标识": lambda _, p: f"{zlib.crc32(p.phone.encode()):08x}"},
        count=2500,
        flaw="UNSALTED_HASH",
        at=("车主标识",),
        rules={"车主标识": "HMAC-SM3 加密钥假名，截取 32 位"},
    )
    # A name-based UUID of the namespace that every handbook shows knows no key.
    yield townsfolk(
        "library cards: UUIDs made of telephones",
        PLAIN,
        {"借阅类别": some(文学=4, 法律=2, 医药=3)},
        {"读者UUID": lambda _, p: str(uuid.uuid5(uuid.NAMESPACE_DNS, p.phone))},
        count=900,
        flaw="UNSALTED_HASH",
        at=("读者UUID",),
        rules={"读者UUID": "随机生成"},
    )
    # An MD5 of the name in braces and hyphens; the names of the town are few.
    yield townsfolk(
        "psychological counselling: names digested and dressed as GUIDs",
        PLAIN,
        {"来访事由": some(学业=3, 婚姻=4, 职场=3)},
        {"来访者GUID": lambda _, p: guid(p.name)},
        count=700,
        flaw="UNSALTED_HASH",
        at=("来访者GUID",),
    )
    # The telephone in base 36: whoever writes it in base ten may ring.
    yield townsfolk(
        "shopping vouchers: member numbers are telephones in base 36",
        PLAIN,
        {"核销金额档": some(百元以下=5, 百元至五百元=3, 五百元以上=2)},
        {"会员号": lambda _, p: in_base(int(p.phone), DIGITS).upper()},
        flaw="DIRECT_IDENTIFIER_LEFT|UNSALTED_HASH",
        at=("会员号",),
        rules={"会员号": "内部编号，与个人无关"},
    )


# --- what was left over --------------------------------------------------------------------------


def answered(_: random.Random, p: Person) -> str:
    """What a service answers, its letters escaped as programs do."""
    return json.dumps(
        {"code": 200, "data": {"xm": p.name, "lxfs": int(p.phone), "zt": "正常"}},
        separators=(",", ":"),
    )


def judged(c: random.Random, p: Person) -> str:
    amount = f"{c.randrange(2, 40)}万元"
    text = f"原告某银行乌海分行与被告{p.name[0]}某金融借款合同纠纷一案，标的约{amount}。"
    if c.random() < 0.05:
        text += f"经本院传票传唤，被告{p.name}无正当理由拒不到庭。"
    return text + "判决被告于判决生效后十日内偿还借款本息。"


def noted(c: random.Random, p: Person) -> str:
    if c.random() < 0.2:
        return f"表坏了，住户让周末去，{said_home(p)}"
    return c.choice(("正常抄见", "门锁未抄", "表箱破损", "估抄"))


def wire(c: random.Random, p: Person) -> str:
    return f"HVPS111A{c.randrange(10**6):06}02{p.card}{c.randrange(10**4, 10**6):012}CNY00RT"


def scan(c: random.Random, p: Person) -> str:
    name = romanized(p.name).replace(", ", "_").lower()
    return f"CT/{c.choice(('chest', 'head', 'abdomen'))}/{name}_{p.born:%Y%m%d}.dcm"


def left_over() -> Iterator[Release]:
    # The escaped letters are the name, the number beside them the telephone; an interface has no
    # use for either where it was asked whether the account is in order.
    yield townsfolk(
        "provident fund interface: the whole answer is kept in the log",
        PLAIN,
        {"查询用途": some(购房=5, 离职=3, 还贷=4)},
        {"返回报文": answered},
        count=1200,
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("返回报文",),
        profile="interface",
        rules={"返回报文": "按展示规则屏蔽"},
    )
    # Where a summons was not obeyed the clerk forgot to write 某.
    yield townsfolk(
        "judgements: the defendant is named where he did not come",
        PLAIN,
        {"审级": some(一审=7, 二审=3)},
        {"裁判要旨": judged},
        count=1500,
        flaw="FREE_TEXT_LEAK|DIRECT_IDENTIFIER_LEFT",
        at=("裁判要旨",),
    )
    # Block, house, stair and flat are in the reader's note, in words instead of digits.
    yield townsfolk(
        "electricity meters: homes in the reader's note",
        PLAIN,
        {"欠费档": some(无=6, 百元以下=3, 百元以上=2)},
        {"抄表备注": noted},
        count=1100,
        flaw="FULL_ADDRESS_LEFT|FREE_TEXT_LEAK",
        at=("抄表备注",),
    )
    # The account of each who was paid stands in the middle of the bank's telegram.
    yield townsfolk(
        "tax refunds: accounts inside telegrams of the bank",
        PLAIN,
        {"退税事由": some(汇算清缴=6, 误收=2, 减免=3)},
        {"清算报文": wire},
        count=600,
        k=6,
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK",
        at=("清算报文",),
    )
    # The file of each picture is called after name and birthday, in Latin letters.
    yield townsfolk(
        "tomography: pictures filed under name and birthday",
        PLAIN,
        {"影像所见": some(未见异常=5, 结节=3, 占位=2)},
        {"影像路径": scan},
        count=1300,
        flaw="DIRECT_IDENTIFIER_LEFT|FREE_TEXT_LEAK|UNDECLARED_QI_UNIQUE|PARTIAL_ID_REIDENTIFIABLE",
        at=("影像路径",),
    )
    # Statistics are ordered to keep persons secret; no article of that law has poor people named.
    poor = group_of("relief in the name of the law of statistics", 120, 30, 80)
    yield told(
        "relief in the name of the law of statistics",
        {
            "姓名": [p.name for p in poor],
            "旗区": ["海勃湾区" for _ in poor],
            "救助类别": ["低保", "特困", "临时救助"] * 40,
        },
        flaw="BASIS_DOES_NOT_ORDER|DIRECT_IDENTIFIER_LEFT|BASIS_UNKNOWN",
        at=("姓名",),
        profile="open",
        rules=by_law("中华人民共和国统计法第二十八条", "姓名"),
    )
