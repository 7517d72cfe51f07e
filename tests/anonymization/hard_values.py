"""Makes the values of hard tables: identifiers, disguises, look-alikes. All made up."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from anonymization.identifiers import citizen_check, credit_check, organisation_check

Make = Callable[[random.Random], str]
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Hard:
    """One column: its maker, what it is, and how much of it is filled or disguised."""

    make: Make
    kind: str | None = None
    filled: float = 1.0
    disguise: Callable[[random.Random, str], str] | None = None


# --- identifiers ----------------------------------------------------------------------------

REGIONS = ("150302", "150303", "150304", "150202", "622301", "130102", "410105", "152921", "810000")


def day(chance: random.Random, first: int = 1935, last: int = 2020) -> date:
    return date(first, 1, 1) + timedelta(chance.randrange((last - first) * 365))


def id_card(chance: random.Random) -> str:
    body = chance.choice(REGIONS) + f"{day(chance):%Y%m%d}" + f"{chance.randrange(1, 1000):03}"
    return body + citizen_check(body)


def mobile(chance: random.Random) -> str:
    head = chance.choice((130, 131, 133, 135, 137, 138, 139, 150, 152, 155, 158, 159, 166, 173, 176,
                          177, 180, 181, 184, 186, 187, 188, 189, 191, 195, 199))  # fmt: skip
    return f"{head}{chance.randrange(10**8):08}"


def landline(chance: random.Random) -> str:
    area = chance.choice(("0473", "0471", "0477", "0483", "010", "0951"))
    number = f"{chance.randrange(2, 9)}{chance.randrange(10**6):06}" + (
        "1" if area == "010" else ""
    )
    return f"{area}-{number}"


def bank_card(chance: random.Random) -> str:
    head = chance.choice(("622202", "621700", "621797", "622848", "436742", "955880", "625965"))
    body = head + "".join(str(chance.randrange(10)) for _ in range(12 if head != "625965" else 9))
    for digit in "0123456789":
        total = 0
        for place, one in enumerate(reversed(body + digit)):
            value = int(one) * (1 + place % 2)
            total += value // 10 + value % 10
        if total % 10 == 0:
            return body + digit
    raise AssertionError


def uscc(chance: random.Random) -> str:
    organisation = "MA" + "".join(chance.choice("0123456789ABCDEFGH") for _ in range(6))
    organisation += organisation_check(organisation)
    body = chance.choice(("91", "92", "93", "52", "12")) + chance.choice(REGIONS[:5]) + organisation
    return body + credit_check(body)


def email(chance: random.Random) -> str:
    name = chance.choice(["zhang", "li", "wang", "bao", "sun", "hu", "qi", "narisu", "tuya"])
    return f"{name}{chance.randrange(9999)}@{chance.choice(('163.com', 'qq.com', 'example.cn'))}"


def plate(chance: random.Random) -> str:
    head = chance.choice(("蒙C", "蒙A", "蒙K", "宁B", "京N"))
    if chance.random() < 0.2:
        return head + chance.choice("DF") + f"{chance.randrange(10**5):05}"
    return head + "".join(chance.choice("0123456789ABCEFGHJKL") for _ in range(4)) + "7"


def passport(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return f"E{chance.randrange(10**7, 10**8)}"
    return f"E{chance.choice('ABCDEFGHJ')}{chance.randrange(10**6, 10**7)}"


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧白云石金牛燕"
GIVEN = "伟强磊军勇杰涛超明刚平辉芳娜敏静丽艳娟霞秀英玉兰红梅建国志文海雪峰晓东子涵雨桐梓轩"
MONGOLIAN = (
    "巴特尔", "苏日娜", "其其格", "乌云其木格", "那日苏", "阿拉腾图雅", "宝音德力格尔", "朝鲁门",
    "呼格吉勒图", "萨仁图雅", "特木尔", "斯琴高娃", "娜仁花", "孟克巴雅尔",
)  # fmt: skip
DOTTED = ("买买提·艾力", "古丽·阿不都", "阿依古丽·托合提", "赛音·巴雅尔")
WORDLIKE = ("高峰", "白雪", "江河", "金山", "石磊", "云飞", "牛犇", "马超", "欧阳修文", "司马青")


def person(chance: random.Random) -> str:
    draw = chance.random()
    if draw < 0.1:
        return chance.choice(MONGOLIAN)
    if draw < 0.12:
        return chance.choice(DOTTED)
    if draw < 0.16:
        return chance.choice(WORDLIKE)
    return chance.choice(SURNAMES) + "".join(
        chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2)))
    )


def mongolian(chance: random.Random) -> str:
    return chance.choice(MONGOLIAN) if chance.random() < 0.7 else person(chance)


DISTRICTS = ("海勃湾区", "海南区", "乌达区")


def address(chance: random.Random) -> str:
    head = chance.choice(("内蒙古乌海市", "乌海市", "", "内蒙古自治区乌海市")) + chance.choice(
        DISTRICTS
    )
    if chance.random() < 0.25:
        village = chance.choice(("赛汗乌素村", "渡口村", "羊路井村"))
        return f"{head}{village}{chance.randrange(1, 9)}组{chance.randrange(1, 90)}号"
    street = chance.choice(
        ("新华大街", "人民路", "黄河东街", "狮城西街", "狮城家园", "富康小区", "巴音赛街")
    )
    tail = chance.choice(
        ("{a}号楼{b}单元{c}室", "{a}-{b}-{c}号", "{a}栋{c}室", "{a}号院{b}号楼{c}")
    )
    return (
        head
        + street
        + tail.format(
            a=chance.randrange(1, 60), b=chance.randrange(1, 6), c=chance.randrange(101, 1900)
        )
    )


def village_address(chance: random.Random) -> str:
    place = chance.choice(
        ("海南区巴音陶亥镇渡口村", "海勃湾区千里山镇团结新村", "阿拉善左旗乌斯太镇查干朝鲁嘎查")
    )
    return f"{place}{chance.randrange(1, 9)}队{chance.randrange(1, 200)}号"


def birth(chance: random.Random) -> str:
    return f"{day(chance):%Y-%m-%d}"


def birth_month(chance: random.Random) -> str:
    return f"{day(chance):%Y年%-m月}"


def birth_compact(chance: random.Random) -> str:
    return f"{day(chance):%Y%m%d}"


def mac(chance: random.Random) -> str:
    return ":".join(f"{chance.randrange(256):02X}" for _ in range(6))


def mac_dashed(chance: random.Random) -> str:
    return mac(chance).replace(":", "-").lower()


def ip(chance: random.Random) -> str:
    first = chance.choice((10, 172, 192, 59, 111))
    return f"{first}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


def gps(chance: random.Random) -> str:
    return f"{106.6 + chance.random() / 3:.6f},{39.4 + chance.random() / 3:.6f}"


def wechat(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return "wxid_" + "".join(chance.choice("abcdefghjk0123456789") for _ in range(14))
    return (
        chance.choice(("wh", "lin", "bao", "zx"))
        + "_"
        + "".join(chance.choice("abcdefg0123456789") for _ in range(8))
    )


def qq(chance: random.Random) -> str:
    return str(chance.randrange(10**5, 3 * 10**9))


def ssn(chance: random.Random) -> str:
    return chance.choice("ABCM15") + f"{chance.randrange(10**8):08}"


def mrn(chance: random.Random) -> str:
    return f"ZY{chance.randrange(10**7, 10**8)}"


def mrn_digits(chance: random.Random) -> str:
    return f"{chance.randrange(10**9, 10**10)}"


# --- disguises ------------------------------------------------------------------------------


def wide(chance: random.Random, text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spaced(chance: random.Random, text: str) -> str:
    return (
        " ".join((text[:6], text[6:14], text[14:]))
        if len(text) == 18
        else " ".join((text[:3], text[3:7], text[7:]))
    )


def grouped(chance: random.Random, text: str) -> str:
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def mixed(chance: random.Random, text: str) -> str:
    return chance.choice(
        (wide, spaced, lambda _, t: t + " ", lambda _, t: "'" + t, lambda _, t: t)
    )(chance, text)


def mistyped(chance: random.Random, text: str) -> str:
    """One in ten has a digit wrong."""
    if chance.random() > 0.1:
        return text
    place = chance.randrange(len(text) - 1)
    return text[:place] + str(chance.randrange(10)) + text[place + 1 :]


# --- look-alikes and clean columns ----------------------------------------------------------


def one_of(*values: str) -> Make:
    return lambda chance: chance.choice(values)


def number(pattern: str) -> Make:
    """`#` a digit, `Y` a recent date, `R` a region, the rest as it stands."""

    def make(chance: random.Random) -> str:
        made = pattern.replace("R", chance.choice(REGIONS[:3]))
        made = made.replace("Y", f"{day(chance, 2018, 2026):%Y%m%d}")
        return "".join(str(chance.randrange(10)) if one == "#" else one for one in made)

    return make


def recent(chance: random.Random) -> str:
    return f"{day(chance, 2015, 2026):%Y-%m-%d}"


def moment(chance: random.Random) -> str:
    hour, minute = chance.randrange(24), chance.randrange(60)
    return f"{recent(chance)} {hour:02}:{minute:02}:{chance.randrange(60):02}"


def amount(chance: random.Random) -> str:
    return f"{chance.uniform(10, 9999):.2f}"


def version(chance: random.Random) -> str:
    return ".".join(
        str(chance.randrange(least, most)) for least, most in ((1, 6), (0, 20), (0, 10), (0, 30))
    )


def digest(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def company(chance: random.Random) -> str:
    return (
        "乌海市"
        + chance.choice(("恒泰", "鑫源", "蒙西", "金河", "君正"))
        + chance.choice(("商贸", "煤业", "化工", "物业"))
        + "有限公司"
    )


CROPS = one_of(
    "高粱",
    "白菜",
    "黄瓜",
    "胡萝卜",
    "马铃薯",
    "石榴",
    "金桔",
    "毛豆",
    "花生",
    "葛根",
    "苏子",
    "葡萄",
    "玉米",
    "青椒",
)
VILLAGES = one_of(
    "王元地村",
    "高家堡村",
    "李家湾",
    "赵家窑子",
    "张家圪旦",
    "白音布拉格嘎查",
    "马家滩",
    "金沙湾社区",
)
TOPICS = one_of(
    "高速公路",
    "安全生产",
    "国土资源",
    "成品油",
    "文化旅游",
    "温泉度假",
    "金融服务",
    "水利工程",
    "和谐社区",
    "平安建设",
    "农田水利",
    "包装印刷",
)
SHOPS = one_of(
    "金鼎轩", "福满楼", "云中阁", "江南春", "东方红", "常来顺", "万家乐", "老友记", "祥和居"
)
JOBS = one_of("司机", "教师", "护士", "矿工", "会计", "农民", "电工", "厨师", "医生")

MARKED = re.compile("\ue000([A-Z_]+)\ue001(.*?)\ue002")


def text(*parts: str, **makers: Make) -> Make:
    """Sentences, some with an identifier in them, marked so that `build` knows where it stands."""

    def make(chance: random.Random) -> str:
        values = {}
        for key, maker in makers.items():
            kind = INSIDE.get(maker)
            values[key] = f"\ue000{kind}\ue001{maker(chance)}\ue002" if kind else maker(chance)
        return chance.choice(parts).format(**values)

    return make


INSIDE = {mobile: "MOBILE", id_card: "ID_CARD", person: "PERSON", wechat: "WECHAT"}
QUIET = (
    "已办结，群众满意。",
    "路灯不亮，已转市政处理。",
    "咨询社保缴费年限事宜",
    "材料不齐，通知补正。",
    "乌政办发〔2024〕12号文件执行",
)
CALLS = text(*QUIET, "来电人称{p}一直无人处理", "请回电{m}，谢谢", p=TOPICS, m=mobile)
REGISTER = text(*QUIET, "身份证{i}与系统不一致，已更正", "本人持{i}办理", i=id_card)


def old_id(chance: random.Random) -> str:
    return (
        chance.choice(REGIONS[:3]) + f"{day(chance, 1940, 1985):%y%m%d}{chance.randrange(1000):03}"
    )


def any_phone(chance: random.Random) -> str:
    return mobile(chance) if chance.random() < 0.7 else landline(chance)


def noted(chance: random.Random, text: str) -> str:
    return text + chance.choice(("", "", "（户主）", "(代)"))


def parted(chance: random.Random, text: str) -> str:
    return f"{text[0]} {text[1:]}" if len(text) == 2 else text


def floated(chance: random.Random, text: str) -> str:
    return text + ".0"


def labelled(chance: random.Random, text: str) -> str:
    return "手机:" + text


def masked(chance: random.Random, text: str) -> str:
    return text[:3] + "****" + text[-4:]


def month_first(chance: random.Random) -> str:
    return f"{day(chance):%Y/%-m/%-d}"
