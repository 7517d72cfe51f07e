"""Sound releases of the eighth hand that look dangerous and may be read."""

import random
from collections.abc import Iterator
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    REGIONS,
    STREETS,
    Person,
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    cells_of,
    company,
    crowd,
    folk,
    of,
    rows,
    some,
    token,
    when,
)
from tests.anonymization.sixth_people import credit_code

PLACES = [(district, street) for district, named in STREETS.items() for street in named]
WAYS = ("海拉路", "长青街", "双拥路", "乌兰淖尔路", "建设北路", "沿河东街", "巴彦乌拉大街")
WORKS = ("道路改造", "管网更新", "亮化")
OFFICES = ("教育局", "民政局", "水务局", "统计局", "林业和草原局", "医疗保障局", "交通运输局")


def sound() -> Iterator[Release]:
    yield from published()
    yield from things()
    yield from totals()
    yield from treated()


def published() -> Iterator[Release]:
    """What a law orders to be published."""
    c = random.Random("eighth published")
    yield rows(
        "law: permits of sole traders, whose numbers of region and count look like mobiles",
        [
            {
                "行政许可决定文书号": f"{REGIONS[p.district]}{c.randrange(10**5):05}",
                "行政相对人名称": f"{p.district}{p.name}{c.choice(('小吃店', '理发店', '便利店'))}",
                "统一社会信用代码": credit_code(c, "921503"),
                "许可类别": c.choice(("登记", "普通", "核准")),
                "许可决定日期": at_day(c.randrange(600)),
                "许可机关": f"乌海市{p.district}行政审批和政务服务局",
            }
            for p in crowd(620, "sole traders", 22, 66)
        ],
        rules=by_law("行政许可法第四十条", "行政相对人名称", "行政许可决定文书号"),
    )
    yield rows(
        "law: lawyers and where they work",
        [
            {
                "姓名": p.name,
                "性别": p.sex,
                "执业机构": f"内蒙古{c.choice(('乌海', '黄河', '蒙西', '正和'))}律师事务所",
                "执业证号": f"115032{c.randrange(2005, 2025)}{c.randrange(10**7):07}",
                "执业类别": c.choice(("专职", "兼职", "公职", "法律援助")),
                "年度考核结果": c.choice(("称职", "基本称职")),
            }
            for p in crowd(260, "lawyers", 25, 66)
        ],
        rules=by_law(
            "律师执业管理办法",
            *("姓名", "性别", "执业机构", "执业证号", "执业类别", "年度考核结果"),
        ),
    )
    yield rows(
        "law: candidates to win a tender with the leader of the project",
        [
            {
                "标段编号": f"E1503{c.randrange(10**12):012}",
                "项目名称": f"{p.street}{c.choice(WAYS)}{c.choice(WORKS)}工程",
                "中标候选人": company(c),
                "排序": 1 + n % 3,
                "投标报价(元)": round(c.uniform(3e5, 6e7), 2),
                "项目负责人": p.name,
                "公示日期": at_day(c.randrange(600)),
            }
            for n, p in enumerate(crowd(450, "tenders", 28, 58))
        ],
        rules=by_law(
            "招标投标法实施条例第五十四条、招标公告和公示信息发布管理办法第六条",
            *("项目负责人", "中标候选人", "投标报价(元)", "公示日期"),
        ),
    )
    yield rows(
        "law: telephones and addresses of offices, with who leads them",
        [
            {
                "机构名称": f"乌海市{p.district}{office}{c.choice(('办公室', '业务科', '法规科'))}",
                "办公地址": f"{p.district}{c.choice(WAYS)}{c.randrange(90)}号{c.randrange(2, 7)}楼",
                "办公电话": f"0473-{c.choice(('299', '205', '301'))}{c.randrange(10**4):04}",
                "办公时间": "夏季9:00-12:00，14:30-17:30",
                "负责人": p.name,
            }
            for office in OFFICES
            for p in crowd(30, f"offices {office}", 35, 59)
        ],
        rules=by_law("政府信息公开条例第二十条", "负责人", "办公电话", "办公地址"),
    )


def things() -> Iterator[Release]:
    """Lifts, wagons, ear tags: rows in which nobody stands."""
    c = random.Random("eighth things")
    yield rows(
        "things: lifts, whose codes hold a region and what looks like a birthday",
        [
            {
                "设备代码": f"3110150302{c.randrange(2001, 2025)}{c.randrange(1, 13):02}"
                f"{c.randrange(1, 29):02}{c.randrange(100):02}",
                "使用单位": f"乌海市{c.choice(('万达广场', '人民医院', '职业技术学院'))}",
                "维保单位": company(c),
                "应急救援电话": c.choice(("0473-96333", "0473-2058119", "400-820-6633")),
                "层站": f"{(n := c.randrange(3, 33))}层{n}站",
                "下次检验日期": at_day(c.randrange(700)),
            }
            for _ in range(900)
        ],
    )
    yield rows(
        "things: wagons of coal weighed to the second and the kilogram",
        [
            {
                "车号": f"{c.randrange(1_500_000, 1_999_999)}",
                "车型": c.choice(("C70", "C80", "C64K")),
                "过衡时间": at_minute(7 * n),
                "品名": c.choice(("焦煤", "原煤", "焦炭", "兰炭")),
                "毛重(kg)": 20_000 + c.randrange(50_000, 72_000),
                "收货单位": company(c),
            }
            for n in range(2600)
        ],
    )
    yield rows(
        "things: ear tags of cattle of companies, fifteen digits as old citizens' numbers had",
        [
            {
                "耳标号": f"{c.choice('123')}15030{c.choice('234')}{c.randrange(10**8):08}",
                "养殖场": f"{company(c)}{c.choice(('一', '二'))}场",
                "品种": c.choice(("西门塔尔牛", "小尾寒羊", "杜泊羊")),
                "免疫病种": c.choice(("口蹄疫", "布鲁氏菌病", "小反刍兽疫")),
                "免疫日期": at_day(c.randrange(600), "%Y%m%d"),
            }
            for _ in range(1800)
        ],
    )
    yield rows(
        "things: sensors of gas in mines by the second, with their addresses in the net",
        [
            {
                "测点编号": f"{c.choice('AD')}{c.randrange(1, 60):03}",
                "煤矿": c.choice(("平沟煤矿", "五虎山煤矿", "利民煤矿", "公乌素煤矿")),
                "安装地点": c.choice(("回风巷", "掘进工作面", "主井口", "采煤工作面上隅角")),
                "分站IP": f"10.15.{c.randrange(8)}.{c.randrange(2, 250)}",
                "网卡MAC": "00:1B:21:" + ":".join(f"{c.randrange(256):02X}" for _ in range(3)),
                "采集时间": at_minute(n),
                "甲烷(%CH4)": round(abs(c.gauss(0.3, 0.15)), 2),
            }
            for n in range(3000)
        ],
    )
    yield rows(
        "things: books of the library with bar codes and the people who wrote them",
        [
            {
                "条码号": f"1503{c.randrange(10**10):010}",
                "ISBN": f"9787{c.randrange(10**9):09}",
                "题名": c.choice(
                    ("平凡的世界", "额尔古纳河右岸", "茶馆", "骆驼祥子", "额吉", "草房子")
                ),
                "著者": c.choice(("路遥", "迟子建", "老舍", "曹文轩", "玛拉沁夫", "茅盾")),
                "索书号": f"I247.5/{c.randrange(1000, 9999)}",
                "馆藏地": c.choice(("总馆三楼", "乌达分馆", "少儿馆")),
                "入藏日期": at_day(c.randrange(600)),
            }
            for _ in range(2000)
        ],
    )
    yield rows(
        "things: public conveniences that are called like people, with their place",
        [
            {
                "名称": c.choice(("白雪", "高峰", "林静", "江山", "文化", "石峰", "马兰花"))
                + c.choice(("公厕", "驿站", "避难点")),
                "管理单位": c.choice(("市环卫处", "海勃湾区城管局", "乌达区城管局")),
                "东经": round(106.7 + c.random() / 5, 6),
                "北纬": round(39.4 + c.random() / 3, 6),
                "位置描述": f"{c.choice(WAYS)}{c.randrange(1, 200)}号对面",
                "男厕位": c.randrange(2, 9),
                "女厕位": c.randrange(2, 14),
                "建成日期": at_day(-c.randrange(6000), "%Y/%m/%d"),
            }
            for _ in range(330)
        ],
    )


def totals() -> Iterator[Release]:
    """Counts and means whose cells are large."""
    c = random.Random("eighth totals")
    yield rows(
        "totals: hotels by stars and month, prices to the cent",
        [
            {
                "月份": f"{year}-{month:02}",
                "旗区": district,
                "星级": star,
                "接待人次": (guests := c.randrange(900, 16_000)),
                "其中境外人次": c.choice((0, 0, c.randrange(12, 90))),
                "平均房价(元)": round(c.uniform(118, 560), 2),
                "营业额(元)": round(guests * c.uniform(110, 400), 2),
            }
            for year in (2023, 2024, 2025)
            for month in range(1, 11)
            for district in STREETS
            for star in ("三星", "四星", "未评星")
        ],
    )
    yield rows(
        "totals: complaints by street and kind, small cells as a band and without sums",
        [
            {
                "受理周": f"2025-W{week:02}",
                "街镇": street,
                "诉求类别": kind,
                "件数": c.choice(("10以下", "10以下", *map(str, range(10, 60, 7)))),
                "平均办结时长(小时)": round(c.uniform(6, 70), 1),
            }
            for week in range(1, 19)
            for _, street in PLACES
            for kind in ("供热", "供水", "噪声", "物业", "停车", "欠薪")
        ],
    )
    yield rows(
        "totals: load of transformer areas by the quarter hour",
        [
            {
                "台区编号": f"15{area:08}",
                "台区户数": 58 + area * 7 % 190,
                "时刻": at_minute(15 * n),
                "负荷(kW)": round(c.uniform(20, 380), 3),
                "户均电量(kWh)": round(c.uniform(0.05, 0.6), 4),
            }
            for area in range(20)
            for n in range(96)
        ],
    )
    yield rows(
        "totals: births and deaths by district, month and age",
        [
            {
                "统计月": f"{year}{month:02}",
                "旗区": district,
                "指标": what,
                "年龄组": age,
                "人数": c.randrange(21, 190),
            }
            for year in (2022, 2023, 2024)
            for month in range(1, 13)
            for district in STREETS
            for what, age in (("出生", "全部"), ("死亡", "60—79岁"), ("死亡", "80岁及以上"))
        ],
    )


def treated() -> Iterator[Release]:
    """Rows about people, in groups large enough by construction."""
    yield folk(
        "people: fitness of pupils in bands",
        {"学段": ("小学", "初中", "高中"), "性别": of("sex"), "旗区": of("district")},
        {"肺活量评级": some(优=3, 良=5, 及格=5, 不及格=1), "视力": some(正常=5, 不良=6)},
        aged=(7, 17),
        count=2400,
        k=20,
    )

    def averaged(frame: pl.DataFrame, _: list[Person]) -> pl.DataFrame:
        """Sorted by the amount, each ten (and the rest of the last) get their mean."""
        amount = pl.Series(
            "月缴存额", [random.Random(n).uniform(280, 5200) for n in range(frame.height)]
        )
        place = amount.rank("ordinal") - 1
        block = (place // 10).clip(upper_bound=frame.height // 10 - 1)
        means = pl.DataFrame({"b": block, "x": amount}).select(
            pl.col("x").mean().over("b").round(2)
        )
        return frame.with_columns(means["x"].alias("月缴存额"))

    yield folk(
        "people: what is paid into the fund, the mean of ten at a time",
        {"性别": of("sex"), "缴存地": of("district"), "年龄组": band(18, 35, 50, 61)},
        {"账户状态": some(正常=8, 封存=3)},
        aged=(18, 59),
        count=1500,
        spoil=averaged,
        rules={"月缴存额": "微聚集：按金额排序，每10人取平均"},
    )

    def before(_: pl.DataFrame, held: list[Person]) -> dict[str, Any]:
        cells = {
            "随访码": token(32),
            "旗区": of("district"),
            "病种": ("高血压", "糖尿病", "冠心病"),
        }
        return {"earlier": [pl.DataFrame(cells_of(held, cells, "visits of last year"))]}

    yield folk(
        "people: visits to the chronically ill under this year's key, last year's beside it",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(40, 60, 75, 99)},
        {"病种": some(高血压=6, 糖尿病=4, 冠心病=2), "控制": some(达标=6, 未达标=4)},
        {"随访码": token(32)},
        aged=(40, 90),
        count=1700,
        k=15,
        beside=before,
    )
    yield folk(
        "people: the jobless by kind of work and quarter",
        {
            "性别": of("sex"),
            "季度": ("2025一季度", "2025二季度", "2025三季度"),
            "行业": some(采矿=4, 制造=5, 建筑=3, 服务=6),
        },
        {"失业原因": some(合同期满=5, 裁减=4, 个人=3), "再就业": some(是=5, 否=5)},
        aged=(18, 59),
        count=2000,
        k=20,
    )
    yield folk(
        "people: volunteers' hours in bands",
        {"性别": of("sex"), "年龄组": band(14, 18, 35, 60, 99), "旗区": of("district")},
        None,
        {
            "年度时长档": some(**{"不足10小时": 5, "10至50小时": 4, "50小时以上": 2}),
            "服务领域": some(助老=4, 环保=3, 赛会=2),
        },
        aged=(14, 80),
        count=2600,
        k=25,
        profile="open",
    )
    yield rows_of_month()


def rows_of_month() -> Release:
    """Mediation: each row a dispute, told by month and district alone."""
    return folk(
        "people: mediated disputes by month, texts without people",
        {"旗区": of("district"), "受理月": when("%Y年%m月", days=240)},
        {"结果": some(调解成功=8, 调解未果=2)},
        {
            "纠纷概述": lambda c, p: c.choice(
                (
                    "双方因相邻通风采光发生争执，调解员到{}现场查看后达成协议",
                    "业主与{}某物业因停车收费起争议，双方各让一步",
                    "{}某工地拖欠工资，经协调已全部支付",
                    "婚姻家庭矛盾，经{}调委会疏导后双方和好",
                )
            ).format(p.street)
        },
        count=1100,
        k=12,
    )
