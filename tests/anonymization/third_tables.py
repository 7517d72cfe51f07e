"""Hard tables of a third hand: tables of other offices, other names, disguises and look-alikes.

Scored before anything was mended for them: PART 31 of 32 columns, macro F1 0.972, SHUT 47 of 48,
macro F1 0.929, one clean column flagged (masks of networks read as addresses of machines). Of SHUT
only totals are read.
"""

import random
from collections.abc import Mapping

from tests.anonymization import fresh_tables as fresh
from tests.anonymization import hard_values as made
from tests.anonymization.hard_tables import Table
from tests.anonymization.hard_values import Hard, day, number, one_of

SURNAMES = (
    "蒋贾夏汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "嘉懿煜城懋鹏程昊然弘文烨磊晟睿天佑英杰致远俊驰"
    "雨泽伟诚明轩思聪昕瑜婉婷诗涵雅静梦洁淑慧秋月冬梅春兰"
)
NAMES = ("包布和", "白音那", "阿茹娜", "恩和巴图", "达布希拉图", "海日罕", "额尔德尼", "照日格图")


def person(chance: random.Random) -> str:
    draw = chance.random()
    if draw < 0.12:
        return chance.choice(NAMES)
    if draw < 0.14:
        return chance.choice(fresh.WEST)
    return chance.choice(SURNAMES) + "".join(
        chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2)))
    )


def home(chance: random.Random) -> str:
    return chance.choice(
        (
            "乌海市海勃湾区千里山镇王元地村{a}号",
            "海勃湾区海达大街君正花园{a}-{b}-{c}",
            "乌达区三道坎街道五虎山矿区平房{a}排{b}号",
            "海南区公乌素镇公乌素社区棚户区{a}栋{b}单元{c}号",
            "内蒙古自治区鄂尔多斯市鄂托克旗棋盘井镇{e}小区{a}号楼{c}室",
            "滨河新区{e}华府{a}幢{c}",
        )
    ).format(
        a=chance.randrange(1, 60),
        b=chance.randrange(1, 5),
        c=chance.randrange(101, 1500),
        e=chance.choice(("阳光", "书香", "金裕", "滨海", "万达")),
    )


def hall(chance: random.Random) -> str:
    """Where an office is."""
    return chance.choice(
        ("海勃湾区滨河大道1号", "乌达区解放路21号", "海南区拉僧仲街8号", "海勃湾区狮城西街13号")
    )


def minus(chance: random.Random, value: str) -> str:
    return f"{value[:3]}-{value[3:7]}-{value[7:]}"


def lower(chance: random.Random, value: str) -> str:
    return value.lower()


def quoted(chance: random.Random, value: str) -> str:
    return f'"{value}"' if chance.random() < 0.3 else value


def star_ends(chance: random.Random, value: str) -> str:
    return value[0] + "*" * (len(value) - 2) + value[-1]


def us_birth(chance: random.Random) -> str:
    return f"{day(chance):%Y.%m.%d}"


def spot(chance: random.Random) -> str:
    return f"{106.6 + chance.random() / 3:.6f};{39.3 + chance.random() / 2:.6f}"


def serial(chance: random.Random) -> str:
    """Eighteen digits that begin like a citizen number and are none."""
    return f"150300{chance.randrange(10**12):012}"


def nine(chance: random.Random) -> str:
    return f"1{chance.choice('3456789')}{chance.randrange(10**9):09}"[:11]


def noted(*parts: str, **makers: made.Make) -> made.Make:
    return fresh.prose(*parts, **makers)


PART: Mapping[str, Table] = {
    "veterans": {
        "优抚对象": Hard(person, "PERSON"),
        "公民身份证号": Hard(made.id_card, "ID_CARD", disguise=lower),
        "优抚证编号": Hard(number("蒙优1503######")),
        "联系手机": Hard(made.mobile, "MOBILE", disguise=minus),
        "常住地址": Hard(home, "ADDRESS"),
        "入伍年月": Hard(one_of("1985-10", "1990-12", "1999-12", "2003-09")),
        "优待金发放卡号": Hard(made.bank_card, "BANK_CARD"),
        "伤残等级": Hard(one_of("无", "八级", "九级", "十级")),
    },
    "taxi": {
        "从业资格证号": Hard(number("1503##########")),
        "驾驶员": Hard(person, "PERSON"),
        "车号": Hard(made.plate, "PLATE", disguise=lower),
        "驾驶员电话": Hard(made.mobile, "MOBILE", disguise=quoted),
        "终端序列号": Hard(number("0##########")),
        "最后定位": Hard(spot, "GPS"),
        "公司地址": Hard(hall),
        "投诉热线": Hard(one_of("12328", "0473-2023456")),
    },
    "dorm": {
        "学号": Hard(number("2023##########")),
        "学生姓名": Hard(person, "PERSON"),
        "生日": Hard(us_birth, "BIRTH_DATE"),
        "QQ": Hard(made.qq, "QQ", 0.7),
        "家长电话": Hard(made.mobile, "MOBILE"),
        "宿舍": Hard(number("#号楼###")),
        "床位": Hard(one_of("1床", "2床", "3床", "4床")),
        "辅导员": Hard(person, "PERSON", 0.8),
    },
    "network": {
        "client_ip": Hard(made.ip, "IP"),
        "hw_addr": Hard(made.mac_dashed, "MAC"),
        "session": Hard(made.digest),
        "agent_version": Hard(made.version),
        "user_mail": Hard(made.email, "EMAIL"),
        "bytes": Hard(number("########")),
        "asset_no": Hard(nine),
        "subnet": Hard(one_of("255.255.255.0", "255.255.0.0", "255.255.254.0")),
    },
}
SHUT: Mapping[str, Table] = {
    "shelter": {
        "求助人": Hard(person, "PERSON"),
        "证件号": Hard(made.id_card, "ID_CARD", 0.5),
        "救助经过": Hard(
            noted(
                "护送返乡。",
                "联系其家属，电话{m}，已到站接回。",
                "提供餐食一份。",
                "核实身份{i}后离站。",
                "2026年第3号通知执行",
                m=made.mobile,
                i=made.id_card,
            )
        ),
        "籍贯": Hard(one_of("内蒙古", "宁夏", "甘肃", "陕西")),
        "受理号": Hard(serial),
        "离站时间": Hard(made.moment),
    },
    "housing": {
        "申请家庭": Hard(person, "PERSON"),
        "共同申请人身份证": Hard(made.id_card, "ID_CARD", 0.6),
        "现住房坐落": Hard(home, "ADDRESS"),
        "工作单位": Hard(made.company),
        "公租房编号": Hard(number("GZF-#-##-####")),
        "月租金": Hard(number("###.##")),
        "租金代扣账户": Hard(made.bank_card, "BANK_CARD", disguise=made.grouped),
    },
    "customs": {
        "旅客姓名": Hard(person, "PERSON"),
        "护照号": Hard(made.passport, "PASSPORT"),
        "航班": Hard(one_of("CA1142", "JD5198", "GS7856")),
        "申报单号": Hard(number("15################")),
        "申报金额": Hard(made.amount),
        "国籍": Hard(one_of("中国", "蒙古国", "俄罗斯")),
    },
    "telecom": {
        "dhhm": Hard(made.mobile, "MOBILE"),
        "khmc": Hard(person, "PERSON"),
        "gddh": Hard(made.landline, "LANDLINE", 0.6),
        "taocan": Hard(one_of("59元套餐", "129元套餐", "199元5G")),
        "imei": Hard(number("86#############"), "DEVICE_ID"),
        "wxh": Hard(made.wechat, "WECHAT", 0.5),
        "zjhm": Hard(made.id_card, "ID_CARD", disguise=fresh.blank_behind),
    },
    "hospital": {
        "住院号码": Hard(made.mrn, "MRN"),
        "患者": Hard(person, "PERSON"),
        "医保卡": Hard(made.ssn, "SSN"),
        "主治医师": Hard(person, "PERSON"),
        "病区": Hard(one_of("心内一病区", "骨科", "儿科二病区")),
        "入院诊断": Hard(one_of("高血压3级", "肺部感染", "股骨颈骨折")),
        "患者姓名脱敏": Hard(person, None, disguise=star_ends),
    },
    "traders": {
        "字号名称": Hard(made.SHOPS),
        "统一社会信用代码": Hard(made.uscc, "USCC", disguise=lower),
        "经营者": Hard(person, "PERSON"),
        "经营场所": Hard(hall),
        "注册资金": Hard(number("##万元")),
        "年报电话": Hard(made.mobile, "MOBILE"),
        "商标注册号": Hard(nine),
    },
    "bare": {
        "f1": Hard(made.mobile, "MOBILE", disguise=minus),
        "f2": Hard(person, "PERSON"),
        "f3": Hard(home, "ADDRESS"),
        "f4": Hard(serial),
        "f5": Hard(nine),
        "f6": Hard(made.mac, "MAC"),
        "f7": Hard(made.TOPICS),
        "f8": Hard(made.email, "EMAIL", 0.3),
    },
}  # fmt: skip


if __name__ == "__main__":
    from tests.anonymization.hard_tables import score

    for title, part in (("part", PART), ("shut", SHUT)):
        found = score(part, seed=900)
        wrong = "" if title == "shut" else f" {found.wrong}"
        print(  # noqa: T201
            f"{title}: {found.right} of {found.columns}, macro {found.macro:.3f}, least "
            f"{found.least:.3f}, cells {found.cells:.3f}, flagged {len(found.flagged)}, alarms "
            f"{found.alarms:.4f}{wrong}"
        )
