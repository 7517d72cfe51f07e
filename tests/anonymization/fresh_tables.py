"""Hard tables of a second hand: other templates, makers and look-alikes than `hard_tables`.

OPEN may be looked into; SEALED was scored before anything was mended and only its totals are read.
"""

import random
from collections.abc import Mapping

from tests.anonymization.hard_tables import Table
from tests.anonymization.hard_values import (
    Hard,
    Make,
    address,
    bank_card,
    birth,
    company,
    day,
    digest,
    email,
    id_card,
    ip,
    landline,
    mac,
    mobile,
    mrn,
    number,
    one_of,
    passport,
    plate,
    qq,
    recent,
    ssn,
    text,
    uscc,
    wechat,
    wide,
)

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
GIVEN = "建军国庆海燕春梅志强小红文博雨欣浩然梓涵思远佳怡俊杰晓峰丽华玉珍永胜凤英秀兰德福"
STEPPE = (
    "阿拉木斯", "巴雅尔图", "图门吉日嘎拉", "苏德毕力格", "乌日娜",
    "敖登高娃", "哈斯巴根", "乌力吉巴图", "斯琴毕力格", "额尔敦其木格",
    "萨日朗", "孟根其其格", "那仁满都拉", "吉木斯", "布仁巴雅尔",
    "塔娜",
)  # fmt: skip
WEST = ("买买提·吐尔逊", "阿不都热合曼·依明", "古丽娜尔·买合木提", "努尔买买提·艾合买提")
PLAIN = (
    "高峰",
    "白雪",
    "江山",
    "梁田",
    "黄河",
    "方圆",
    "金鑫",
    "云霞",
    "石头",
    "林海",
    "马力",
    "成功",
)


def person(chance: random.Random) -> str:
    draw = chance.random()
    if draw < 0.15:
        return chance.choice(STEPPE)
    if draw < 0.2:
        return chance.choice(WEST)
    if draw < 0.27:
        return chance.choice(PLAIN)
    if draw < 0.3:
        return chance.choice(("欧阳", "上官", "司马", "诸葛")) + chance.choice(GIVEN)
    many = chance.choice((1, 2, 2, 2))
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(many))


def hearth(chance: random.Random) -> str:
    """A home address as it is written in other towns."""
    return chance.choice(
        (
            "内蒙古乌海市海勃湾区海北街道{e}小区{a}号楼{b}单元{c}",
            "海南区拉僧庙镇西来峰社区{a}栋{b}单元{c}室",
            "乌达区巴音赛街道团结北路{a}号{e}{b}-{c}",
            "宁夏石嘴山市惠农区红果子镇{e}村{b}组{a}号",
            "包头市昆都仑区友谊大街{a}号街坊{b}栋{c}号",
        )
    ).format(
        a=chance.randrange(1, 80),
        b=chance.randrange(1, 6),
        c=chance.randrange(101, 1800),
        e=chance.choice(("温馨", "世纪", "锦绣", "康乐", "黄河")),
    )


def born_long(chance: random.Random) -> str:
    return f"{day(chance):%Y年%m月%d日}"


def born_time(chance: random.Random) -> str:
    return f"{day(chance):%Y-%m-%d} 00:00:00"


def cisco(chance: random.Random) -> str:
    bare = f"{chance.getrandbits(48):012x}"
    return ".".join((bare[:4], bare[4:8], bare[8:]))


def six(chance: random.Random) -> str:
    return f"2408:{chance.getrandbits(16):x}:{chance.getrandbits(16):x}::{chance.getrandbits(16):x}"


def spot(chance: random.Random) -> str:
    return f"{39.3 + chance.random() / 2:.5f}, {106.6 + chance.random() / 3:.5f}"


def east(chance: random.Random) -> str:
    return f"E{106.6 + chance.random() / 3:.6f} N{39.3 + chance.random() / 2:.6f}"


def floated(chance: random.Random, value: str) -> str:
    return value + ".0"


def science(chance: random.Random, value: str) -> str:
    return f"{float(value):.10e}" if value.isdigit() else value


def blank_behind(chance: random.Random, value: str) -> str:
    return value + chance.choice(("", " ", "  ", "\t", "\u3000"))


def dotted(chance: random.Random, value: str) -> str:
    return f"{value[:2]}·{value[2:]}"


def bracketed(chance: random.Random, value: str) -> str:
    return f"({value[:4]}){value[5:]}" if value[4] == "-" else value


def country(chance: random.Random, value: str) -> str:
    return chance.choice(("+86 ", "86-", "+86", "0086")) + value


def receipt(chance: random.Random) -> str:
    """Eighteen digits with a region, a recent date and an order number."""
    front = f"1503{chance.randrange(2, 5):02}{day(chance, 2016, 2026):%Y%m%d}"
    return f"{front}{chance.randrange(10**4):04}"


SAID = {
    mobile: "MOBILE",
    id_card: "ID_CARD",
    bank_card: "BANK_CARD",
    email: "EMAIL",
    plate: "PLATE",
}


def prose(*parts: str, **makers: Make) -> Make:
    """Sentences with identifiers of several kinds, marked as `text` marks them."""

    def make(chance: random.Random) -> str:
        values = {
            key: f"\ue000{SAID[one]}\ue001{one(chance)}\ue002" if one in SAID else one(chance)
            for key, one in makers.items()
        }
        return chance.choice(parts).format(**values)

    return make


OPEN: Mapping[str, Table] = {
    "allowance": {
        "序号": Hard(number("####")),
        "享受人": Hard(person, "PERSON"),
        "证件号码": Hard(id_card, "ID_CARD", disguise=blank_behind),
        "现居住地": Hard(hearth, "ADDRESS"),
        "开户账号": Hard(bank_card, "BANK_CARD"),
        "发放流水": Hard(number("62YY########")),
        "享受标准": Hard(one_of("一类", "二类", "三类")),
        "联系人手机": Hard(mobile, "MOBILE", disguise=country),
    },
    "parking": {
        "车牌号": Hard(plate, "PLATE", disguise=dotted),
        "泊位编码": Hard(number("HBW-A-###")),
        "入场时刻": Hard(recent),
        "车主电话": Hard(mobile, "MOBILE", 0.7),
        "产品编码": Hard(one_of("京A型12345", "沪B12", "粤式A0012", "云C-100")),
        "收费员": Hard(person, "PERSON", 0.9),
        "发票号": Hard(number("1##########")),
    },
    "school": {
        "xm": Hard(person, "PERSON"),
        "xb": Hard(one_of("1", "2")),
        "csrq": Hard(born_long, "BIRTH_DATE"),
        "jhrdh": Hard(mobile, "MOBILE", disguise=wide),
        "jtdz": Hard(hearth, "ADDRESS"),
        "xjh": Hard(number("L1503022012########")),
        "bjmc": Hard(one_of("高一(1)班", "初三(4)班", "二年级2班")),
    },
    "wards": {
        "门诊号": Hard(mrn, "MRN"),
        "就诊人": Hard(person, "PERSON"),
        "医保编号": Hard(ssn, "SSN"),
        "处方内容": Hard(text("阿莫西林0.5g tid", "生理盐水500ml", "布洛芬1片 必要时")),
        "费别": Hard(one_of("自费", "居民医保", "职工医保")),
        "出生日期": Hard(born_time, "BIRTH_DATE"),
        "随访电话": Hard(landline, "LANDLINE", disguise=bracketed),
    },
    "wires": {
        "col1": Hard(ip, "IP"),
        "col2": Hard(mac, "MAC"),
        "col3": Hard(spot, "GPS"),
        "col4": Hard(number("#.#.##.#")),
        "col5": Hard(digest),
        "col6": Hard(receipt),
        "col7": Hard(mobile, "MOBILE", disguise=floated),
    },
    "orders": {
        "订单编号": Hard(receipt),
        "买家昵称": Hard(one_of("蓝天白云", "小幸福", "大漠胡杨", "静静的河", "北方的狼")),
        "收货人": Hard(person, "PERSON"),
        "收货电话": Hard(mobile, "MOBILE"),
        "收货地址": Hard(hearth, "ADDRESS"),
        "运单号": Hard(number("YT##############")),
        "买家留言": Hard(
            prose("请放门卫", "尽快发货", "换号了打{m}", "车号{p}，开到楼下", m=mobile, p=plate)
        ),
    },
    "guests": {
        "passport_no": Hard(passport, "PASSPORT"),
        "guest_name": Hard(person, "PERSON"),
        "room_no": Hard(number("####")),
        "email": Hard(email, "EMAIL"),
        "check_in": Hard(recent),
        "vip_card": Hard(number("8###########")),
        "nationality": Hard(one_of("CN", "MN", "RU", "KZ")),
    },
}

SEALED: Mapping[str, Table] = {
    "workers": {
        "职工姓名": Hard(person, "PERSON"),
        "职工身份证": Hard(id_card, "ID_CARD", disguise=wide),
        "单位名称": Hard(company),
        "单位统一代码": Hard(uscc, "USCC"),
        "社会保障卡号": Hard(ssn, "SSN"),
        "缴费年月": Hard(one_of("202401", "202402", "202403")),
        "应缴合计": Hard(number("####.##")),
        "经办流水": Hard(receipt),
    },
    "mediation": {
        "来访日期": Hard(recent),
        "反映人": Hard(person, "PERSON"),
        "诉求摘要": Hard(
            prose(
                "噪声扰民，请处理", "拖欠工资，账号{b}", "邻里纠纷，本人{i}", "邮箱{e}回复即可",
                "楼道灯坏", "2024年第12号文", b=bank_card, i=id_card, e=email,
            )
        ),
        "联系电话": Hard(mobile, "MOBILE", 0.6),
        "办理单位": Hard(one_of("市住建局", "海勃湾区政府", "城管综合执法局")),
        "办理时限": Hard(number("##个工作日")),
        "满意度": Hard(one_of("满意", "不满意", "未评价")),
    },
    "fleet": {
        "hphm": Hard(plate, "PLATE"),
        "clsbdh": Hard(number("LSVAM4187C#######"), "VIN"),
        "jsy": Hard(person, "PERSON"),
        "jszh": Hard(id_card, "ID_CARD"),
        "gpswz": Hard(east, "GPS"),
        "sjrjbb": Hard(number("V#.#.#")),
        "ccdjrq": Hard(recent),
    },
    "chat": {
        "微信": Hard(wechat, "WECHAT"),
        "QQ号码": Hard(qq, "QQ"),
        "注册IP": Hard(six, "IP"),
        "注册邮箱": Hard(email, "EMAIL"),
        "设备MAC": Hard(cisco, "MAC"),
        "昵称": Hard(one_of("高山流水", "白雪公主", "金色年华", "马上有钱", "云中漫步")),
        "积分": Hard(number("####")),
    },
    "estate": {
        "权利人": Hard(person, "PERSON"),
        "权利人证件号": Hard(id_card, "ID_CARD", 0.9),
        "坐落": Hard(hearth, "ADDRESS"),
        "证书号": Hard(number("蒙（2023）海勃湾区不动产权第00#####号")),
        "面积": Hard(number("1##.##")),
        "用途": Hard(one_of("住宅", "商业", "车库")),
        "登簿日期": Hard(recent),
    },
    "nohead": {
        "column_1": Hard(person, "PERSON"),
        "column_2": Hard(id_card, "ID_CARD", 0.05),
        "column_3": Hard(hearth, "ADDRESS"),
        "column_4": Hard(uscc, "USCC"),
        "column_5": Hard(number("E########")),
        "column_6": Hard(bank_card, "BANK_CARD", disguise=blank_behind),
        "column_7": Hard(receipt),
        "column_8": Hard(plate, "PLATE", 0.6),
    },
    "clinic": {
        "病案号码": Hard(number("B########"), "MRN"),
        "姓名": Hard(person, "PERSON"),
        "护照": Hard(passport, "PASSPORT", 0.4),
        "家庭电话": Hard(landline, "LANDLINE", 0.7),
        "出生年月": Hard(birth, "BIRTH_DATE"),
        "标本条码": Hard(number("1##########")),
        "结果": Hard(one_of("阴性", "阳性", "弱阳性")),
        "送检单位": Hard(company),
    },
    "firms": {
        "公司名称": Hard(company),
        "信用代码": Hard(uscc, "USCC"),
        "注册地": Hard(address),
        "法人代表": Hard(person, "PERSON"),
        "成立时间": Hard(recent),
        "注册号": Hard(number("1503####00#####")),
        "联络邮箱": Hard(email, "EMAIL", 0.5),
    },
}  # fmt: skip


if __name__ == "__main__":
    from tests.anonymization.hard_tables import score

    for title, part in (("open", OPEN), ("sealed", SEALED)):
        found = score(part, seed=500)
        wrong = "" if title == "sealed" else f" {found.wrong}"
        print(  # noqa: T201
            f"{title}: {found.right} of {found.columns}, macro {found.macro:.3f}, least "
            f"{found.least:.3f}, cells {found.cells:.3f}, flagged {len(found.flagged)}, alarms "
            f"{found.alarms:.4f}{wrong}"
        )
