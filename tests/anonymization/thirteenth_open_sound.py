"""Sound releases of the thirteenth hand that may be read.

The comment over each says what looks as if somebody could be found, and why nobody can.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from tests.anonymization.eighth_people import (
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    company,
    of,
    some,
    token,
)
from tests.anonymization.eleventh_people import PLAIN, townsfolk
from tests.anonymization.thirteenth_people import group_of, told
from tests.anonymization.twelfth_people import ROADS, TOWNS, before, counted, listed, numbered

BOOKS = (
    *(("呐喊", "鲁迅"), ("彷徨", "鲁迅"), ("骆驼祥子", "老舍"), ("茶馆", "老舍")),
    *(("家", "巴金"), ("边城", "沈从文"), ("围城", "钱钟书"), ("子夜", "茅盾")),
    *(("呼兰河传", "萧红"), ("城南旧事", "林海音"), ("红楼梦", "曹雪芹"), ("聊斋志异", "蒲松龄")),
)
ANSWERS = (
    "已转供热单位核查，如有疑问请拨打政务服务热线0473-12345。",
    "请携带材料到滨河西路1号政务服务中心二楼B区12号窗口办理。",
    "属实，已督促整改，感谢您的监督。",
    "经核查不属实，已向来电人说明情况。",
)


def sound() -> Iterator[Release]:
    yield from people()
    yield from few()
    yield from things()
    yield from counts()
    yield from lawful()


def people() -> Iterator[Release]:
    # Last year's codes were made with another key: not one of them is the same.
    yield townsfolk(
        "readers: keyed codes of this year beside keyed codes of last year",
        PLAIN,
        {"借阅偏好": some(文学=5, 科技=3, 少儿=2)},
        {"读者代码": token(32)},
        beside=before(
            "读者代码",
            "读者代码",
            lambda c: f"{c.getrandbits(128):032x}",
            0,
            借阅偏好=("文学", "科技", "少儿"),
        ),
    )
    # The day differs from nobody's: the whole batch was entered on it.
    yield townsfolk(
        "retraining: the day on which the batch was entered",
        PLAIN,
        {"培训工种": some(焊工=4, 电工=3, 养老护理=3)},
        {"录入日期": "2025-10-15", "统计口径": "2025年第三季度"},
    )
    # Street, house and telephone are those of an office, in words that dozens got.
    yield townsfolk(
        "answers to complaints: four sentences with the address of the hall",
        PLAIN,
        {"诉求类别": some(供热=5, 物业=5), "答复": lambda c, _: c.choice(ANSWERS)},
        count=2_800,
        sensitive=["诉求类别"],
    )
    # Numbers run from one, but the rows were shuffled before.
    yield townsfolk(
        "housing subsidies: rows numbered after they were shuffled",
        PLAIN,
        {"补贴档次": some(一档=4, 二档=3, 三档=3)},
        spoil=numbered("序号", "{}"),
    )
    # The sums are those of a decree, not of a person: hundreds got each.
    yield townsfolk(
        "allowances for the old: three sums that a decree fixes",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(80, 85, 90, 100)},
        {"月津贴（元）": lambda c, _: c.choice((100, 200, 300))},
        aged=(80, 95),
    )
    # Times are parts of the day, which people share.
    yield townsfolk(
        "swimming halls: the part of the day",
        PLAIN,
        {"入场时段": some(**{"08:00—12:00": 4, "12:00—17:00": 4, "17:00—22:00": 3})},
        {"泳客代码": token(24, "YK")},
    )
    # Open to all, so two dozen fit each row.
    yield townsfolk(
        "pupils: eyesight by stage of school, two dozen alike at least",
        {"性别": of("sex"), "旗区": of("district"), "学段": some(小学=6, 初中=4)},
        {"视力": some(正常=5, 轻度近视=4, 中度及以上近视=2)},
        count=2_500,
        k=24,
        aged=(7, 15),
        profile="open",
    )


def few() -> Iterator[Release]:
    # The table is short, and so are its columns: six at least share each row.
    yield townsfolk(
        "volunteers of a township: under a hundred rows, three columns",
        {"性别": of("sex"), "年龄组": band(18, 45, 80)},
        {"服务意愿": some(助老=5, 环保=4)},
        count=90,
        k=6,
    )


def things() -> Iterator[Release]:
    # Place, second and network address, but of hydrants.
    def hydrant(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "消火栓编号": f"XHS{n + 1:05}",
            "经度": round(c.uniform(106.70, 106.90), 6),
            "纬度": round(c.uniform(39.45, 39.75), 6),
            "终端MAC": ":".join(f"{c.randrange(256):02X}" for _ in range(6)),
            "水压（MPa）": round(c.uniform(0.14, 0.42), 2),
            "采集时间": at_minute(c.randrange(200_000)),
        }

    yield listed("hydrants: where they stand and what they report", 800, hydrant)

    # The names are those of writers, the numbers those of books.
    def book(c: random.Random, n: int) -> Mapping[str, Any]:
        name, author = BOOKS[n % len(BOOKS)]
        body = f"9787{c.randrange(10**8):08}"
        check = -sum(int(one) * (3 if at % 2 else 1) for at, one in enumerate(body)) % 10
        return {
            "ISBN": f"{body}{check}",
            "题名": name,
            "著者": author,
            "定价": round(c.uniform(18, 88), 2),
            "馆藏地": c.choice(("市图书馆", "乌达区图书馆", "海南区图书馆")),
            "入藏日期": at_day(c.randrange(600)),
        }

    yield listed("libraries: books that were bought", 420, book)

    # Eleven figures that begin as telephones do: district, then a number that runs.
    def asset(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "资产编号": f"150302{n + 1:05}",
            "资产名称": c.choice(("台式计算机", "激光打印机", "文件柜", "空调", "投影仪")),
            "使用部门": c.choice(("办公室", "财务科", "信息中心", "政策法规科")),
            "取得日期": at_day(c.randrange(700)),
            "原值（元）": round(c.uniform(600, 9_800), 2),
        }

    yield listed("property of an office: numbers that look like telephones", 360, asset)

    # Families are named, but families of long ago who gave a lane its name.
    def lane(c: random.Random, n: int) -> Mapping[str, Any]:
        family = c.choice("李张王赵马")
        return {
            "标准地名": f"{family}家{'沟井湾梁'[n % 4]}{('巷', '路', '街')[n // 4 % 3]}",
            "所在街道": TOWNS[n % len(TOWNS)],
            "命名年代": c.choice(("1958年", "1976年", "1984年", "2002年")),
            "地名含义": f"因早年{family}姓移民在此定居而得名",
        }

    yield listed("names of places: lanes called after families", 60, lane)

    # To the minute, and of buses.
    def bus(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "线路": f"{n + 1}路",
            "起点": c.choice(ROADS),
            "终点": c.choice(ROADS),
            "首班": f"06:{c.randrange(60):02}",
            "末班": f"2{c.randrange(2)}:{c.randrange(60):02}",
            "配车数": c.randrange(4, 22),
        }

    yield listed("buses: first and last of the day", 28, bus)

    # Hours and decimals, of the air.
    def air(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "站点": ("海勃湾", "乌达", "海南")[n % 3],
            "监测时间": at_minute(60 * (n // 3)),
            "PM2.5": round(c.uniform(6, 88), 1),
            "SO2": round(c.uniform(4, 61), 1),
            "O3": round(c.uniform(20, 170), 1),
        }

    yield listed("air: readings of each hour", 2_160, air)

    # Old ages, but of trees.
    def tree(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "古树编号": f"1503{n + 1:04}",
            "树种": c.choice(("旱榆", "侧柏", "沙枣", "胡杨")),
            "树龄（年）": c.randrange(105, 480),
            "胸围（厘米）": c.randrange(90, 410),
            "经度": round(c.uniform(106.70, 106.90), 6),
            "纬度": round(c.uniform(39.45, 39.75), 6),
            "管护单位": c.choice(("市园林绿化中心", "桌子山林场", "乌达区林草局")),
        }

    yield listed("old trees: each in its place", 36, tree)


def counts() -> Iterator[Release]:
    # Women and men add up to all, and neither is few.
    def visits(c: random.Random) -> Mapping[str, Any]:
        women, men = c.randrange(40, 900), c.randrange(40, 900)
        return {"女": women, "男": men, "合计": women + men}

    yield counted(
        "legal aid: women, men and both, by street and month",
        {"街道": TOWNS, "月份": tuple(f"2025-{n:02}" for n in range(1, 10))},
        visits,
    )
    # Exact pay, but of dozens at once, and no two groups are one but for somebody.
    c = random.Random("thirteenth pay")
    kinds = [
        f"{what}{rank}" for what in ("管理", "专业技术", "工勤") for rank in "一二三四五六七八"
    ]
    yield told(
        "wages guide: means of trades",
        {
            "岗位等级": kinds,
            "调查人数": [c.randrange(60, 900) for _ in kinds],
            "平均年薪（元）": [round(c.uniform(48_000, 132_000), 2) for _ in kinds],
        },
    )

    # What was small is not told, nor anything that it could be reckoned from.
    def cases(c: random.Random) -> Mapping[str, Any]:
        return {
            name: many if (many := c.randrange(4, 160)) >= 20 else None
            for name in ("流感", "手足口病", "水痘")
        }

    yield counted(
        "illnesses of a season: no small cell and no sum",
        {"街道": TOWNS, "周次": tuple(f"第{n}周" for n in range(36, 45))},
        cases,
    )


def lawful() -> Iterator[Release]:
    # Who stands for a company is in the register, which the law opens to everybody.
    heads = group_of("heads of companies", 240, 25, 70)

    def firm(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "企业名称": company(c),
            "法定代表人": heads[n].name,
            "注册资本（万元）": c.choice((50, 100, 300, 500, 1000)),
            "成立日期": at_day(-c.randrange(4_000)),
        }

    yield listed(
        "register of companies: who stands for each",
        240,
        firm,
        rules=by_law(
            "企业信息公示暂行条例第六条", "企业名称", "法定代表人", "注册资本（万元）", "成立日期"
        ),
    )

    # Fines, but of companies.
    def fine(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "处罚决定书文号": f"乌环罚〔2025〕{n + 1}号",
            "当事人": company(c),
            "违法事实": c.choice(("未按证排污", "未批先建", "扬尘治理措施不到位")),
            "罚款（元）": c.randrange(20, 900) * 1_000,
            "决定日期": at_day(400 + c.randrange(250)),
        }

    yield listed(
        "fines: companies that soiled air and water",
        130,
        fine,
        rules=by_law("行政处罚法第四十八条", "当事人", "违法事实", "罚款（元）", "决定日期"),
    )
