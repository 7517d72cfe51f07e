"""Sound releases of the tenth hand that nobody mends for: only how many pass is shown.

The comment over each says why nobody can be found in it.
"""

import random
from collections.abc import Iterator
from datetime import date

from tests.anonymization.eighth_people import (
    STREETS,
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    crowd,
    folk,
    of,
    rows,
    some,
    token,
)
from tests.anonymization.ninth_people import (
    FIELDS,
    MONTHS,
    PLACES,
    WAYS,
    crossed,
    desk,
    door,
    lines,
    point,
    real,
    whole,
)


def sound() -> Iterator[Release]:
    yield from things()
    yield from lists()
    yield from totals()
    yield from by_a_law()
    yield from treated()


def things() -> Iterator[Release]:
    """What machines measured, and what stands about."""
    # Houses of offices, in which hundreds work.
    yield lines(
        "electricity of office buildings by the quarter of an hour",
        1200,
        lambda c, n: {
            "建筑": f"乌海市{FIELDS[n % 8]}办公楼",
            "电表资产号": f"1530{n % 8 + 1:010}",
            "采集时间": at_minute(n // 8 * 15),
            "有功示值(kWh)": round(10_000 + n // 8 * 7.31 + c.random(), 3),
            "功率因数": round(c.uniform(0.85, 0.99), 3),
        },
    )
    # The river.
    yield lines(
        "level of the river to the second and the millimetre",
        1000,
        lambda c, n: {
            "测站编码": f"403{n % 5 + 1:05}",
            "测报时间": at_minute(n // 5 * 6, "%Y-%m-%d %H:%M:") + f"{c.randrange(60):02}",
            "水位(m)": round(c.uniform(1068, 1074), 3),
            "流量(m³/s)": round(c.uniform(300, 1900), 1),
        },
    )
    # How many spaces are free; no car is known.
    yield lines(
        "free spaces of car parks by the minute",
        1200,
        lambda c, n: {
            "停车场编号": f"TC{n % 12 + 1:04}",
            "停车场名称": f"{WAYS[n % 8]}{n % 12 + 1}号停车场",
            "更新时间": at_minute(n // 12),
            "总泊位": 220,
            "空余泊位": c.randrange(0, 220),
        },
    )
    # Building sites of companies.
    yield lines(
        "noise and dust of building sites by the minute, with place",
        900,
        lambda c, n: {
            "设备SN": f"YC{n % 30:02}A7{n % 30 * 7919:08}",
            "工地名称": f"{WAYS[n % 8]}{n % 30 + 1}号地块项目",
            "监测时间": at_minute(n // 30 * 5),
            "经度": 106.8 + n % 30 / 1000,
            "纬度": 39.6 + n % 30 / 1000,
            "噪声(dB)": round(c.uniform(41, 84), 1),
            "PM10(μg/m³)": c.randrange(20, 300),
        },
    )
    # Inverters of a power plant have serial numbers and inner addresses.
    yield lines(
        "inverters of a solar plant with serial number and MAC",
        240,
        lambda c, n: {
            "设备序列号": f"GR{c.randrange(10**10):010}",
            "MAC地址": f"00:1A:{n // 256:02X}:{n % 256:02X}:{c.randrange(256):02X}:7F",
            "方阵": f"{n // 20 + 1}区{n % 20 + 1}号",
            "额定功率(kW)": c.choice((110, 196, 225)),
            "并网日期": at_day(c.randrange(500)),
        },
        use=["方阵", "额定功率(kW)"],
    )


def lists() -> Iterator[Release]:
    """Codes, institutions, offers, teams."""
    # Pharmacies are companies; no pharmacist is told.
    yield lines(
        "pharmacies with licence, address and shop telephone",
        260,
        lambda c, n: {
            "许可证编号": f"蒙{c.choice(('CB', 'DA', 'DB'))}473{n + 1:04}",
            "企业名称": f"乌海市康民医药连锁有限公司第{n + 1}分店",
            "经营地址": door(c),
            "门店电话": desk(c),
            "医保定点": c.choice(("是", "否")),
            "许可证有效期至": at_day(700 + c.randrange(900)),
        },
    )
    # Everybody may go there.
    yield lines(
        "public toilets to the metre",
        180,
        lambda c, n: {
            "公厕编号": f"GC1503{n + 1:04}",
            "详细地址": f"{door(c)}旁",
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "男厕位": c.randrange(2, 9),
            "女厕位": c.randrange(3, 14),
            "等级": c.choice(("一类", "二类", "三类")),
        },
    )
    # Numbers of interfaces, thrown by a machine; items are called like what identifies.
    yield lines(
        "interfaces of the platform with their keys to find them",
        300,
        lambda c, n: {
            "接口标识": f"{c.getrandbits(128):032x}",
            "接口名称": c.choice(
                ("居民身份核验", "婚姻登记查询", "不动产权属查询", "社保缴费查询")
            ),
            "请求参数": c.choice(("姓名,公民身份号码", "证件号码", "手机号码,验证码")),
            "提供部门": f"乌海市{c.choice(FIELDS)}",
            "日均调用量": c.randrange(20, 90_000),
            "上线时间": at_minute(n * 700),
        },
    )
    # Teams of schools ran; no runner is told.
    yield lines(
        "relay races of schools with their times",
        240,
        lambda c, n: {
            "代表队": f"乌海市第{n % 40 + 1}中学",
            "项目": c.choice(("男子4×100米接力", "女子4×100米接力", "混合4×400米接力")),
            "组次": f"预赛第{n % 5 + 1}组",
            "道次": n % 8 + 1,
            "成绩": f"{c.randrange(44, 59)}.{c.randrange(100):02}",
            "名次": n % 8 + 1,
        },
    )


def totals() -> Iterator[Release]:
    """Sums of many."""
    yield hidden()
    # Tenths and less than none: chance of one person's weight was laid over each count.
    yield crossed(
        "reports of venereal disease by month and district under noise",
        {
            "月份": tuple(MONTHS),
            "旗区": tuple(STREETS),
            "病种": ("梅毒", "淋病", "尖锐湿疣", "生殖器疱疹"),
        },
        {
            "报告数(加噪)": lambda c: round(
                c.choice((0, 2, 4, 7, 12, 20)) + c.expovariate(1) - c.expovariate(1), 1
            )
        },
        rules={"报告数(加噪)": "差分隐私：拉普拉斯噪声，ε=1，保留负值与小数"},
    )
    # Shares of districts with a hundred thousand people, over a year.
    yield crossed(
        "incidence by year, district and illness, of a hundred thousand",
        {
            "年度": tuple(range(2012, 2025)),
            "旗区": tuple(STREETS),
            "病种": ("高血压", "糖尿病", "脑卒中", "慢阻肺"),
        },
        {"发病率(1/10万)": real(110, 900), "标化率(1/10万)": real(90, 800)},
    )
    # Quarters of no fewer than thirty wages, to the next hundred.
    yield crossed(
        "guide to wages by trade and post, quarters of thirty and more",
        {
            "行业": ("采矿业", "制造业", "建筑业", "批发零售", "住宿餐饮", "教育", "卫生"),
            "岗位": ("普通工人", "技术工人", "专业技术", "一般管理", "部门管理"),
            "年度": (2021, 2022, 2023, 2024, 2025),
        },
        {
            "样本人数": whole(30, 900),
            "低位数(元)": lambda c: 100 * c.randrange(24, 34),
            "中位数(元)": lambda c: 100 * c.randrange(40, 62),
            "高位数(元)": lambda c: 100 * c.randrange(75, 140),
        },
    )


def hidden() -> Release:
    """Two cells of each line are hidden, together over thirty; no column has a sum."""
    c = random.Random("tenth hidden")
    kinds = ("视力", "听力", "言语", "肢体", "精神")
    made = []
    for district, street in PLACES:
        for year in range(2014, 2026):
            counts = {kind: c.randrange(30, 160) for kind in kinds}
            small, beside = c.sample(kinds, 2)
            counts[small] = c.randrange(1, 10)
            made.append(
                {"年度": year, "旗区": district, "街镇": street}
                | {f"{kind}(人)": "—" if kind in (small, beside) else str(counts[kind])
                   for kind in kinds}
                | {"合计(人)": sum(counts.values())}
            )  # fmt: skip
    return rows(
        "disability by street and year: with each small cell a large one is hidden",
        made,
        rules={"合计(人)": "小于10的单元格不公布，并另隐去同行一个大于30的单元格；不公布各列合计"},
    )


def by_a_law() -> Iterator[Release]:
    """What a law orders to be published, with names."""
    # The registrar makes known who stands for a society.
    yield rows(
        "law: societies that were registered, with who stands for them",
        [
            {
                "登记证号": f"乌社证字第{n + 1:04}号",
                "社会团体名称": f"乌海市{('书法', '葡萄酒', '钓鱼', '煤焦化工', '志愿者')[n % 5]}"
                f"{('协会', '学会', '联合会', '促进会')[n // 5 % 4]}{n // 20 + 1}分会",
                "法定代表人": p.name,
                "住所": f"{p.district}{WAYS[n % 8]}{n + 3}号",
                "公告日期": at_day(n * 2),
            }
            for n, p in enumerate(crowd(200, "societies", 30, 70))
        ],
        rules=by_law(
            "社会团体登记管理条例第二十三条",
            *("登记证号", "社会团体名称", "法定代表人", "住所", "公告日期"),
        ),
    )
    # Whom nobody could find is told in public.
    yield rows(
        "law: notices of a court to those who could not be found",
        [
            {
                "受送达人": p.name,
                "案号": f"（2025）内030{2 + n % 3}民初{n + 1201}号",
                "案由": ("金融借款合同纠纷", "追偿权纠纷", "买卖合同纠纷")[n % 3],
                "送达文书": ("起诉状副本、应诉通知书", "民事判决书")[n % 2],
                "公告法院": f"乌海市{p.district}人民法院",
                "公告日期": at_day(n, first=date(2025, 1, 1)),
            }
            for n, p in enumerate(crowd(260, "not found", 22, 70))
        ],
        rules=by_law(
            "民事诉讼法第九十五条",
            *("受送达人", "案号", "案由", "送达文书", "公告法院", "公告日期"),
        ),
    )


def treated() -> Iterator[Release]:
    """Tables of people, treated as they should be: groups of ten, at least two values in each."""
    yield folk(
        "subsidies for farmers by district, size of field and quarter",
        {"旗区": of("district"), "面积档": ("5亩以下", "5-20亩", "20亩以上")},
        {"补贴项目": some(耕地地力=6, 农机=3, 良种=2), "发放季度": some(一季度=4, 三季度=5)},
        count=800,
    )
    # Ten digits from a key that was destroyed; none is anybody's telephone.
    yield folk(
        "listeners to lectures under numbers of ten digits from a key that is gone",
        {"性别": of("sex"), "年龄段": band(18, 35, 55, 99)},
        {"讲座主题": some(健康=5, 法律=3, 书画=3), "满意": some(是=8, 否=2)},
        {"听众编号": lambda c, _: f"{c.randrange(10**10):010}"},
        rules={"听众编号": "HMAC-SM3截取取模，密钥已销毁"},
    )
    yield folk(
        "rent subsidies by sex, band and district under a keyed token, sums to the next hundred",
        {"性别": of("sex"), "旗区": of("district"), "年龄段": band(18, 35, 60, 99)},
        {"月补贴(元)": lambda c, _: c.choice((200, 300, 400, 500)), "房源": some(公租房=6, 市场=4)},
        {"申请代码": token(40)},
        count=1200,
        rules={"申请代码": "HMAC-SM3，每次发布换密钥，密钥已销毁"},
    )
