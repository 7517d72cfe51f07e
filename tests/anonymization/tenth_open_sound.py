"""Sound releases of the tenth hand that look dangerous and may be read.

The comment over each says why nobody can be found in it.
"""

from collections.abc import Iterator
from uuid import UUID

from tests.anonymization.eighth_people import (
    STREETS,
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    company,
    crowd,
    folk,
    of,
    rows,
    some,
    when,
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
from tests.anonymization.sixth_people import credit_code


def sound() -> Iterator[Release]:
    yield from things()
    yield from lists()
    yield from totals()
    yield from by_a_law()
    yield from treated()


def things() -> Iterator[Release]:
    """What machines measured, and what stands about."""
    # A lamp fails; nobody stands under it.
    yield lines(
        "street lamps that failed, to the second and the metre",
        500,
        lambda c, n: {
            "灯杆编号": f"LD{n % 180 + 1:05}",
            "道路": c.choice(WAYS),
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "故障时间": at_minute(n * 83, "%Y-%m-%d %H:%M:") + f"{c.randrange(60):02}",
            "故障类型": c.choice(("光源损坏", "单灯控制器离线", "漏电报警")),
        },
    )
    # Hydrants belong to the city.
    yield lines(
        "hydrants with number, place and pressure",
        380,
        lambda c, n: {
            "消火栓编号": f"1503{n % 3 + 2:02}XHS{n + 1:06}",
            "位置": f"{c.choice(WAYS)}与{c.choice(WAYS)}交叉口东南角",
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "出水压力(MPa)": round(c.uniform(0.12, 0.4), 3),
            "巡检日期": at_day(c.randrange(600)),
        },
        use=["经度", "纬度", "出水压力(MPa)"],
    )
    # The weather is nobody's.
    yield lines(
        "weather by the minute and station",
        1200,
        lambda c, n: {
            "区站号": (53512, 53513, 53615, 53616)[n % 4],
            "观测时间": at_minute(n // 4),
            "气温(℃)": round(c.uniform(12, 31), 1),
            "瞬时风速(m/s)": round(c.uniform(0, 14), 1),
            "本站气压(hPa)": round(c.uniform(880, 905), 1),
            "降水量(mm)": c.choice((0, 0, 0, 0.1)),
        },
    )
    # Twenty digits, of which eight look like a day; they are a camera's that watches a dyke.
    yield lines(
        "flood cameras with their code of twenty digits",
        150,
        lambda c, n: {
            "设备编码": f"1503020000132{n + 1:07}",
            "断面名称": f"黄河{c.choice(('左', '右'))}岸{n + 3}号断面",
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "安装日期": at_day(c.randrange(600)),
            "状态": c.choice(("在线", "在线", "离线")),
        },
    )
    # What bridges weigh and how they are.
    yield lines(
        "bridges and how each was found",
        160,
        lambda c, n: {
            "桥梁编码": f"G109150302L{n + 10:04}",
            "桥梁名称": f"{c.choice(WAYS)}{n + 1}号桥",
            "建成年月": at_day(-c.randrange(9000), "%Y-%m"),
            "桥长(m)": round(c.uniform(8, 400), 2),
            "技术状况评分": round(c.uniform(61, 99), 1),
            "管养单位": f"乌海市{c.choice(FIELDS)}",
        },
    )


def lists() -> Iterator[Release]:
    """Codes, institutions, offers, licences."""
    # Companies offered.
    yield lines(
        "who won public contracts, companies alone",
        420,
        lambda c, n: {
            "招标编号": f"E1503{c.randrange(10**6):06}{n:05}001",
            "中标单位": company(c),
            "中标金额(元)": round(c.uniform(9e4, 6e7), 2),
            "开标时间": at_minute(n * 1440 + 540, "%Y-%m-%d %H:%M"),
            "工期(日历天)": c.randrange(30, 700),
            "项目负责人证书等级": c.choice(("一级", "二级")),
        },
        use=["中标单位", "中标金额(元)", "开标时间"],
    )
    # Twelve digits of a branch by which banks find each other.
    yield lines(
        "branches of banks with number, address and counter telephone",
        150,
        lambda c, n: {
            "联行号": f"{c.choice((102, 103, 104, 105, 403))}19300{n:04}",
            "网点名称": f"{c.choice(('工商', '农业', '建设', '邮储'))}银行乌海{c.choice(WAYS)}支行",
            "网点地址": door(c),
            "服务电话": desk(c),
            "营业时间": "09:00-17:00",
            "无障碍设施": c.choice(("有", "无")),
        },
    )
    # Licences of companies.
    yield lines(
        "licences for the carriage of goods, companies alone",
        360,
        lambda c, n: {
            "经营许可证号": f"1503{c.choice(('02', '03', '04'))}{n + 1:06}",
            "业户名称": company(c).replace("煤业", "运输"),
            "统一社会信用代码": credit_code(c),
            "有效期起": at_day(n),
            "有效期止": at_day(n + 1460),
            "车辆数": c.randrange(5, 180),
        },
        use=["业户名称", "有效期止", "车辆数"],
    )
    # Codes that the statistics office gives to places.
    yield lines(
        "codes of communities with their kind",
        150,
        lambda c, n: {
            "统计用区划代码": f"1503{n % 3 + 2:02}0{n // 10 + 1:02}{n % 10 + 1:03}",
            "城乡分类代码": c.choice((111, 112, 121, 220)),
            "社区名称": f"{PLACES[n % len(PLACES)][1]}第{n // len(PLACES) + 1}社区",
            "所属旗区": PLACES[n % len(PLACES)][0],
            "变更日期": at_day(n * 3),
        },
    )


def totals() -> Iterator[Release]:
    """Sums of many."""
    # The mean of no fewer than thirty sales.
    yield crossed(
        "mean price of flats by month, district and size, of thirty and more",
        {
            "月份": tuple(MONTHS),
            "旗区": tuple(STREETS),
            "面积段": ("90平方米以下", "90至144平方米", "144平方米以上"),
        },
        {"成交套数": whole(30, 260), "均价(元/平方米)": real(3100, 6900)},
        use=["旗区", "均价(元/平方米)"],
    )
    # At least forty passed and at least eighty did not.
    yield crossed(
        "drivers' tests by month, district and part, with who passed",
        {
            "月份": tuple(MONTHS),
            "考场": ("海勃湾考场", "乌达考场", "海南考场"),
            "科目": ("科目一", "科目二", "科目三"),
        },
        {"约考人数": whole(240, 600), "合格人数": whole(40, 160)},
    )
    # Loans, not readers, and hundreds of them.
    yield crossed(
        "loans of books by month, library and class",
        {
            "月份": tuple(MONTHS),
            "馆": ("总馆", "乌达分馆", "海南分馆"),
            "分类": tuple("ABDFGHIKRT"),
        },
        {"外借册次": whole(60, 2400), "续借册次": whole(20, 300)},
    )
    # The highest ages are one band, and those alone are twenty or more of a hundred or more.
    yield crossed(
        "the elderly by quarter, street, sex and band of five years",
        {
            "季度": ("2025Q1", "2025Q2", "2025Q3"),
            "街镇": tuple(street for _, street in PLACES),
            "性别": ("男", "女"),
            "年龄段": ("60-64", "65-69", "70-74", "75-79", "80及以上"),
        },
        {"老年人数": whole(100, 700), "其中独居": whole(20, 80)},
    )


def by_a_law() -> Iterator[Release]:
    """What a law orders to be published, with names."""
    # Who is elected is made known to those who elected.
    yield rows(
        "law: deputies who were elected, with who elected them",
        [
            {
                "代表团": f"{p.district}代表团",
                "选举单位": f"{p.district}第{n % 40 + 1}选区",
                "代表姓名": p.name,
            }
            for n, p in enumerate(crowd(190, "deputies", 25, 68))
        ],
        rules=by_law(
            "全国人民代表大会和地方各级人民代表大会选举法第四十六条",
            *("代表团", "选举单位", "代表姓名"),
        ),
    )
    # The decree on procurement wants the judges' names beside the result.
    yield rows(
        "law: results of procurement with the judges' names and the offices' telephone",
        [
            {
                "项目编号": f"WHSZC-2025-{n + 1:04}",
                "采购人": f"乌海市{FIELDS[n % 8]}",
                "采购人联系方式": f"0473-2{n * 6151 % 10**6:06}",
                "中标金额(元)": 40_000 + n * 7_919 % 10**6,
                "评审专家名单": "、".join(p.name for p in judges),
            }
            for n, judges in enumerate(
                zip(*(crowd(240, f"judges {seat}", 30, 65) for seat in range(3)), strict=True)
            )
        ],
        rules=by_law(
            "政府采购法实施条例第四十三条",
            *("项目编号", "采购人", "采购人联系方式", "中标金额(元)", "评审专家名单"),
        ),
    )


def treated() -> Iterator[Release]:
    """Tables of people, treated as they should be: groups of ten, at least two values in each."""
    yield folk(
        "petitions by district, matter and month",
        {"旗区": of("district"), "来访月份": when("%Y-%m", days=150)},
        {"信访事项": some(劳动社保=5, 城乡建设=4, 涉法涉诉=2), "办理结果": some(办结=7, 转送=3)},
        rules={"来访月份": "日期泛化到月", "旗区": "住址泛化到旗区"},
    )
    # Version four: the machine threw all of its signs.
    yield folk(
        "disability under numbers that were thrown",
        {"性别": of("sex"), "年龄组": band(18, 40, 60, 99), "残疾类别": ("肢体", "视力", "听力")},
        {"辅具": some(轮椅=4, 助行器=4, 助听器=3), "补贴档": some(一档=3, 二档=5)},
        {"记录编号": lambda c, _: str(UUID(int=c.getrandbits(128), version=4))},
        rules={"记录编号": "随机生成，每次发布重新生成，不留对照表"},
    )
    yield folk(
        "private cars by broad year, fuel and the owner's band of age",
        {"车主年龄段": band(18, 35, 55, 99), "注册年段": ("2015年以前", "2015-2019", "2020年以后")},
        {"燃料": some(汽油=8, 纯电动=2, 混合动力=1), "检验结果": some(合格=9, 不合格=2)},
        count=900,
        use=["燃料", "检验结果"],
    )
