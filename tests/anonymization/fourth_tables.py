"""Hard tables of a fourth hand, written by who had not read the detection: thirty raw tables.

Lists as offices export them: ledgers of burial, livestock, learners, couples, donors, with columns
that look like a person's and are a rule's, a machine's or an office's. Two thirds, FIRST, may be
looked into, of LAST only totals are read. At the first look 146 of 150 columns of FIRST were right
(macro F1 0.919, one clean column flagged), 67 of 71 of LAST (0.946, two flagged); since names side
by side, who is named by what he is, and masks of networks are read, all of FIRST and 68 of LAST.
`python -m tests.anonymization.fourth_tables` prints the scores of today. All values are made up.
"""

import random
from collections.abc import Mapping

from tests.anonymization import fourth_people as town
from tests.anonymization import hard_values as made
from tests.anonymization.fourth_sectors import farm, minute
from tests.anonymization.hard_tables import Table
from tests.anonymization.hard_values import Hard, Make, number, one_of


def person(chance: random.Random) -> str:
    return town.name(chance)[0]


def couple(chance: random.Random) -> str:
    return f"{person(chance)}、{person(chance)}"


def home(chance: random.Random) -> str:
    district = chance.choice(list(town.QUARTERS))
    yard, house = chance.choice(town.YARDS), chance.randrange(1, 40)
    door, room = chance.randrange(1, 5), f"{chance.randrange(1, 19)}0{chance.randrange(1, 5)}"
    return chance.choice(
        (
            f"{district}{yard}{house}号楼{door}单元{room}室",
            f"{district}{yard}{house}-{door}-{room}",
            f"乌海市{district}林荫北街{house}号{yard}{house}栋{room}",
            f"{district}{chance.choice(('赛汗乌素村', '渡口村', '泽园新村'))}{house}号",
        )
    )


def local(chance: random.Random) -> str:
    return f"{chance.choice(town.HEADS)}473{chance.randrange(10**5):05}"


def dotted(chance: random.Random) -> str:
    day = made.day(chance)
    return f"{day.year}.{day.month}.{day.day}"


def in_words(chance: random.Random) -> str:
    day = made.day(chance)
    return f"{day.year}年{day.month}月{day.day}日"


def two_masks(chance: random.Random, value: str) -> str:
    return town.stars(value, 3, 4)


def dashed(chance: random.Random, value: str) -> str:
    return f"{value[:3]}-{value[3:7]}-{value[7:]}"


def tabbed(chance: random.Random, value: str) -> str:
    """As a clerk writes it to keep Excel from counting with it."""
    return chance.choice(("\t", "'", " ")) + value


def pointed(chance: random.Random, value: str) -> str:
    return f"{value[:2]}·{value[2:]}"


def pet(chance: random.Random) -> str:
    return chance.choice(("旺财", "豆豆", "乐乐", "可乐", "毛毛", "小黑"))


def east_north(chance: random.Random) -> str:
    return f"{39.62 + chance.random() / 8:.6f}, {106.78 + chance.random() / 8:.6f}"


def said(*parts: str, **makers: Make) -> Make:
    """Sentences with a marked identifier: `p` a person, `m` a telephone."""
    kinds = {"p": "PERSON", "m": "MOBILE"}

    def make(chance: random.Random) -> str:
        values = {
            key: f"\ue000{kinds[key]}\ue001{one(chance)}\ue002" for key, one in makers.items()
        }
        return chance.choice(parts).format(**values)

    return make


SEX = Hard(one_of("男", "女"))
AREA = Hard(one_of("海勃湾区", "海南区", "乌达区"))
FIRST: Mapping[str, Table] = {
    "cremations": {
        "火化证号": Hard(number("WH2025#####")),
        "逝者姓名": Hard(person, "PERSON"),
        "逝者身份证": Hard(made.id_card, "ID_CARD", disguise=tabbed),
        "死亡日期": Hard(made.recent),
        "炉号": Hard(one_of("1", "2", "3")),
        "承办人": Hard(person, "PERSON", 0.9),
        "承办人电话": Hard(local, "MOBILE", disguise=dashed),
        "骨灰去向": Hard(one_of("寄存", "公墓", "树葬")),
    },
    "learners": {
        "报名序号": Hard(number("25########")),
        "xm": Hard(person, "PERSON"),
        "sfzmhm": Hard(made.id_card, "ID_CARD"),
        "csrq": Hard(made.birth_compact, "BIRTH_DATE"),
        "sjhm": Hard(local, "MOBILE"),
        "zjcx": Hard(one_of("C1", "C2", "B2")),
        "djzsxxdz": Hard(home, "ADDRESS"),
        "教练车号牌": Hard(made.plate, "PLATE", disguise=pointed),
    },
    "dogs": {
        "犬证编号": Hard(number("QZ15030#######")),
        "犬名": Hard(pet),
        "芯片号": Hard(number("156000#########")),
        "犬主": Hard(person, "PERSON"),
        "饲养地址": Hard(home, "ADDRESS"),
        "犬主电话": Hard(local, "MOBILE"),
        "免疫有效期": Hard(made.recent),
        "品种": Hard(one_of("泰迪", "金毛", "中华田园犬")),
    },
    "donors": {
        "献血条码": Hard(number("15030025######")),
        "献血者": Hard(person, "PERSON"),
        "证件号": Hard(made.id_card, "ID_CARD", 0.95),
        "血型": Hard(one_of("A", "B", "O", "AB")),
        "献血量": Hard(one_of("200", "300", "400")),
        "采血护士": Hard(person, "PERSON"),
        "采血时间": Hard(minute),
        "微信": Hard(made.wechat, "WECHAT", 0.4),
    },
    "couples": {
        "登记证字号": Hard(number("J150302-2025-######")),
        "男方": Hard(person, "PERSON"),
        "男方身份证件号": Hard(made.id_card, "ID_CARD"),
        "女方": Hard(person, "PERSON"),
        "女方身份证件号": Hard(made.id_card, "ID_CARD"),
        "登记日期": Hard(made.recent),
        "颁证员": Hard(person, "PERSON"),
        "登记机关电话": Hard(one_of("0473-2990114", "0473-4022110"), "LANDLINE"),
    },
    "deeds": {
        "不动产权证号": Hard(number("蒙（2025）乌海市不动产权第00#####号")),
        "不动产单元号": Hard(number("150302001###GB#####F########")),
        "权利人": Hard(couple, "PERSON"),
        "坐落": Hard(home, "ADDRESS"),
        "建筑面积": Hard(number("1##.##")),
        "用途": Hard(one_of("住宅", "商业服务", "车库")),
        "抵押权人": Hard(one_of("中国建设银行乌海分行", "乌海银行股份有限公司")),
    },
    "herds": {
        "养殖场": Hard(farm),
        "负责人": Hard(person, "PERSON"),
        "联系方式": Hard(local, "MOBILE"),
        "耳标号": Hard(number("115030300######")),
        "检疫证号": Hard(number("15########")),
        "运输车牌": Hard(made.plate, "PLATE"),
        "存栏": Hard(number("1##")),
        "场区坐标": Hard(east_north, "GPS"),
    },
    "petitions": {
        "信访编号": Hard(number("XF1503002025#####")),
        "信访人": Hard(person, "PERSON"),
        "联系电话": Hard(local, "MOBILE", disguise=made.wide),
        "来访人数": Hard(one_of("1", "2", "5")),
        "问题属地": AREA,
        "诉求概况": Hard(
            said(
                "反映小区供暖不足",
                "咨询养老补缴政策",
                "要求回电{m}",
                "信访人{p}要求面谈",
                p=person,
                m=local,
            )
        ),
        "责任单位": Hard(one_of("市住建局", "海南区政府", "市人社局")),
    },
    "checkups": {
        "体检套餐": Hard(one_of("A1", "A2", "B1")),
        "姓 名": Hard(person, "PERSON"),
        "性 别": SEX,
        "出生日期": Hard(in_words, "BIRTH_DATE"),
        "收缩压": Hard(number("1##")),
        "空腹血糖": Hard(number("#.#")),
        "总检医师": Hard(person, "PERSON"),
        "报告邮寄地址": Hard(home, "ADDRESS", 0.5),
        "邮箱": Hard(made.email, "EMAIL", 0.6),
    },
    "heat": {
        "户号": Hard(number("0150#######")),
        "户主": Hard(person, "PERSON"),
        "用热地址": Hard(home, "ADDRESS"),
        "热表编号": Hard(number("1503020#########")),
        "代扣账号": Hard(made.bank_card, "BANK_CARD", 0.7),
        "应缴": Hard(number("2###.##")),
        "采集器MAC": Hard(made.mac, "MAC"),
        "收费员工号": Hard(number("RL###")),
    },
    "candidates": {
        "准考证号": Hard(number("2515030####")),
        "考生": Hard(person, "PERSON"),
        "毕业院校": Hard(one_of("内蒙古大学", "宁夏大学", "河套学院")),
        "QQ号": Hard(made.qq, "QQ"),
        "身份证": Hard(made.id_card, "ID_CARD", disguise=made.grouped),
        "报考岗位代码": Hard(number("15030025###")),
        "笔试成绩": Hard(number("7#.#")),
        "考点": Hard(one_of("乌海市第一中学", "乌海职业技术学院")),
    },
    "legal": {
        "受援人": Hard(person, "PERSON"),
        "身份证明": Hard(made.id_card, "ID_CARD"),
        "承办律师": Hard(person, "PERSON"),
        "律师执业证号": Hard(number("115032015########")),
        "律所电话": Hard(one_of("0473-2055118", "0473-3990022"), "LANDLINE"),
        "案情摘要": Hard(said("请求支付工资", "工伤认定争议", "受援人系{p}之母", p=person)),
        "结案日期": Hard(made.recent),
    },
    "disabled": {
        "残疾人": Hard(person, "PERSON"),
        "监护人": Hard(person, "PERSON", 0.4),
        "监护人手机": Hard(local, "MOBILE", 0.4),
        "社保账号": Hard(made.ssn, "SSN"),
        "补贴卡号": Hard(made.bank_card, "BANK_CARD", disguise=made.grouped),
        "等级": Hard(one_of("一级", "二级", "三级")),
        "评定医院": Hard(one_of("乌海市人民医院", "乌海市蒙中医院")),
        "出生": Hard(dotted, "BIRTH_DATE"),
    },
    "visas": {
        "护照号码": Hard(made.passport, "PASSPORT"),
        "英文姓名": Hard(lambda c: town.name(c)[1].upper(), "PERSON"),
        "国籍": Hard(one_of("蒙古国", "俄罗斯", "哈萨克斯坦")),
        "出生日期": Hard(made.birth, "BIRTH_DATE"),
        "邀请单位": Hard(made.company),
        "邀请单位信用代码": Hard(made.uscc, "USCC"),
        "签证种类": Hard(one_of("L", "M", "Z")),
    },
    "plain": {
        "Column1": Hard(person, "PERSON"),
        "Column2": Hard(local, "MOBILE"),
        "Column3": Hard(number("2025####")),
        "Column4": Hard(made.id_card, "ID_CARD"),
        "Column5": Hard(home, "ADDRESS"),
        "Column6": Hard(one_of("通过", "退回", "待审")),
        "Column7": Hard(pet),
        "Column8": Hard(number("150302######")),
    },
    "masked": {
        "申请人": Hard(person, None, disguise=lambda c, v: v[0] + "*" * (len(v) - 1)),
        "手机": Hard(local, None, disguise=two_masks),
        "证件": Hard(made.id_card, None, disguise=lambda c, v: town.stars(v, 1, 1)),
        "代办人": Hard(person, "PERSON", 0.1),
        "办件编号": Hard(number("1503002025########")),
        "窗口电话": Hard(one_of("0473-2990114", "0473-3881206"), "LANDLINE"),
    },
    "lamps": {
        "灯杆号": Hard(number("HB-C####")),
        "位置坐标": Hard(east_north, "GPS"),
        "控制器IP": Hard(made.ip, "IP"),
        "子网掩码": Hard(one_of("255.255.255.0", "255.255.254.0")),
        "固件": Hard(made.version),
        "管养单位": Hard(one_of("市市政服务中心", "海南区城管局")),
        "回路名称": Hard(one_of("李庄回路", "王元地二回", "张家湾主路")),
    },
    "budget": {
        "预算单位": Hard(one_of("乌海市民政局", "乌海市图书馆")),
        "经费科目": Hard(one_of("2080505", "2210201")),
        "金额": Hard(number("1#####.##")),
        "支付凭证": Hard(number("62##############")),
        "摘要": Hard(one_of("付张家湾社区维修费", "退回重复缴款", "12月份取暖费")),
        "凭证日期": Hard(made.recent),
        "联行号": Hard(one_of("102150000013", "403150000157")),
    },
    "works": {
        "工程名称": Hard(one_of("高家圪堵供水改造", "王元地村道路硬化", "石峡谷防洪工程")),
        "施工许可证": Hard(number("15030020250#####01")),
        "建设单位代码": Hard(made.uscc, "USCC"),
        "项目经理": Hard(person, "PERSON"),
        "注册建造师编号": Hard(number("蒙1152021#########")),
        "工地地址": Hard(one_of("海勃湾区滨河大道与狮山路交叉口", "海南区经济开发区三横路")),
        "合同价": Hard(number("3##.##万元")),
    },
    "exams": {
        "场次": Hard(one_of("上午", "下午")),
        "监考员": Hard(person, "PERSON"),
        "考场电话": Hard(made.landline, "LANDLINE"),
        "试卷袋号": Hard(number("1########01")),
        "题型": Hard(one_of("单选", "多选", "申论")),
        "平均分": Hard(number("6#.##")),
    },
}
LAST: Mapping[str, Table] = {
    "graves": {
        "墓穴编号": Hard(number("B区-##排-##号")),
        "购墓人": Hard(person, "PERSON"),
        "使用人": Hard(person, "PERSON"),
        "购墓人证号": Hard(made.id_card, "ID_CARD"),
        "联系电话1": Hard(local, "MOBILE"),
        "联系电话2": Hard(made.landline, "LANDLINE", 0.3),
        "合同编号": Hard(number("MY2025-####")),
    },
    "trainees": {
        "学员姓名": Hard(person, "PERSON"),
        "证书编号": Hard(number("S000015030025#######")),
        "社会保障号": Hard(made.ssn, "SSN"),
        "工种": Hard(one_of("育婴员", "电工", "焊工")),
        "补贴打卡账户": Hard(made.bank_card, "BANK_CARD"),
        "班主任": Hard(person, "PERSON"),
        "手机号": Hard(local, "MOBILE", disguise=tabbed),
        "期次": Hard(one_of("第1期", "第2期")),
    },
    "gas": {
        "用户编号": Hard(number("1#########")),
        "用户名": Hard(person, "PERSON"),
        "安装地址": Hard(home, "ADDRESS"),
        "表具钢号": Hard(number("2025########")),
        "安检员": Hard(person, "PERSON"),
        "安检结果": Hard(one_of("正常", "胶管老化", "到访不遇")),
        "备注": Hard(said("无", "已张贴告知", "请联系{m}", "房主{p}在外地", p=person, m=local)),
    },
    "inpatients": {
        "病案号": Hard(made.mrn, "MRN"),
        "患者名": Hard(person, "PERSON"),
        "DOB": Hard(made.birth, "BIRTH_DATE"),
        "科别": Hard(one_of("心内科", "骨科", "产科")),
        "主诊": Hard(person, "PERSON"),
        "ICD10": Hard(one_of("I10.x00", "E11.900", "J18.901")),
        "DRG分组": Hard(one_of("FM19", "GB23", "ES33")),
    },
    "volunteers": {
        "志愿者编号": Hard(number("1503000######")),
        "昵称": Hard(pet),
        "真实姓名": Hard(person, "PERSON"),
        "mail": Hard(made.email, "EMAIL"),
        "wx": Hard(made.wechat, "WECHAT"),
        "qq": Hard(made.qq, "QQ"),
        "服务时长": Hard(number("##.5")),
        "所在社区": Hard(one_of("和平社区", "狮城社区", "黄河社区")),
    },
    "bikes": {
        "防盗备案号": Hard(number("FD########")),
        "整车编码": Hard(number("1180225########")),
        "车主": Hard(person, "PERSON"),
        "证件号码": Hard(made.id_card, "ID_CARD", disguise=made.wide),
        "电机号": Hard(number("48V350W##########")),
        "登记点": Hard(one_of("海勃湾交警大队", "乌达交警大队")),
    },
    "scholars": {
        "校内学号": Hard(number("2022150302######")),
        "学生": Hard(person, "PERSON"),
        "家长": Hard(person, "PERSON"),
        "家长电话": Hard(local, "MOBILE"),
        "家庭住址": Hard(home, "ADDRESS"),
        "班级": Hard(one_of("三年级1班", "三年级2班")),
        "入学年月": Hard(one_of("202209", "202309")),
    },
    "loans": {
        "借款人": Hard(person, "PERSON"),
        "企业": Hard(made.company),
        "信用代码": Hard(made.uscc, "USCC"),
        "担保人": Hard(person, "PERSON", 0.5),
        "放款账户": Hard(made.bank_card, "BANK_CARD"),
        "合同": Hard(number("CYDK2025####")),
        "金额(万元)": Hard(one_of("10", "20", "30")),
    },
    "screens": {
        "设备SN": Hard(number("SN15############")),
        "IP地址": Hard(made.ip, "IP"),
        "MAC地址": Hard(made.mac_dashed, "MAC"),
        "网关掩码": Hard(one_of("255.255.255.0", "255.255.0.0")),
        "驱动版本": Hard(made.version),
        "维护电话": Hard(made.landline, "LANDLINE"),
        "资产价值": Hard(number("4###")),
    },
    "nohead": {
        "A": Hard(number("2025#######")),
        "B": Hard(person, "PERSON"),
        "C": Hard(made.id_card, "ID_CARD"),
        "D": Hard(made.plate, "PLATE"),
        "E": Hard(one_of("高峰时段", "平峰时段", "低谷时段")),
        "F": Hard(local, "MOBILE", 0.6),
        "G": Hard(number("1503########")),
    },
}  # fmt: skip


def show() -> None:
    """Print the scores, and what was misread of the part that may be looked into."""
    from tests.anonymization.hard_tables import score

    for title, part in (("first", FIRST), ("last", LAST)):
        found = score(part, rows=240, seed=4000)
        wrong = "" if title == "last" else f" {found.wrong}"
        print(  # noqa: T201
            f"{title}: {found.right} of {found.columns}, macro {found.macro:.3f}, least "
            f"{found.least:.3f}, cells {found.cells:.3f}, flagged {len(found.flagged)}, alarms "
            f"{found.alarms:.4f}{wrong}"
        )


if __name__ == "__main__":
    show()
