"""Sound releases of the thirteenth hand, held until 19 of 20 had passed; then opened and read.

The comment over each says what looks as if somebody could be found, and why nobody can.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

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
from tests.anonymization.thirteenth_people import beast, group_of, several, told
from tests.anonymization.twelfth_people import TOWNS, before, counted, listed

WEIGHTS = {"海勃湾区": 41.5, "乌达区": 28.0, "海南区": 19.25}
SQUARES = {"海勃湾区": "wr5c", "乌达区": "wr5b", "海南区": "wrh0"}
HANGINGS = ("徐悲鸿《奔马图》复制件", "齐白石《虾》复制件", "王羲之《兰亭序》拓本", "乾隆款青花碗")


def sound() -> Iterator[Release]:
    yield from people()
    yield from rows()
    yield from things()
    yield from counts()
    yield from lawful()


def people() -> Iterator[Release]:
    # Codes as long as last year's, from another key.
    yield townsfolk(
        "bus cards: how often in a month, with codes of this year only",
        PLAIN,
        {"月乘次": some(**{"10次以下": 3, "10—30次": 4, "30次以上": 3})},
        {"乘车代码": token(24, "BC")},
        beside=before(
            "乘车代码",
            "乘车代码",
            lambda c: f"BC{c.getrandbits(96):024x}",
            0,
            票种=("普通", "老年"),
        ),
    )
    # Under a hundred rows, of which six at least are alike.
    yield townsfolk(
        "canteens for the old: a short table of few columns",
        {"性别": of("sex"), "年龄组": band(60, 75, 99)},
        {"就餐": some(每日=5, 偶尔=4)},
        count=84,
        k=6,
        aged=(60, 90),
    )
    # The beast of the year alone is shared by a twelfth of all.
    yield townsfolk(
        "clubs: beast of the year and sex, and nothing else",
        {"性别": of("sex"), "属相": lambda _, p: beast(p)},
        {"活动意愿": some(歌舞=4, 棋牌=4, 书画=3)},
        count=1_800,
    )
    # Weights with decimals, but one for each district, which stands beside it.
    yield townsfolk(
        "survey of homes: a weight for each district",
        PLAIN | {"抽样权重": lambda _, p: WEIGHTS[p.district]},
        {"住房满意度": some(满意=5, 一般=4, 不满意=2)},
    )
    # Four signs of the grid are twenty miles across.
    yield townsfolk(
        "noise: squares of the grid as large as a district",
        {"网格": lambda _, p: SQUARES[p.district], "年龄组": band(18, 40, 60, 99)},
        {"噪声来源": some(施工=4, 交通=4, 商业=3)},
    )
    # Weights of children, but in bands that hundreds share.
    yield townsfolk(
        "newborns: bands of weight",
        {
            "性别": of("sex"),
            "助产机构级别": some(三级=5, 二级=4),
            "出生季度": some(一季度=1, 二季度=1, 三季度=1),
        },
        {"体重分组": some(**{"2500克以下": 2, "2500—4000克": 8, "4000克及以上": 2})},
        count=2_200,
        aged=(0, 1),
    )
    # Words that could be names, where they are rush hours, snow and a road.
    yield townsfolk(
        "roads: complaints in words that look like names",
        PLAIN,
        {"诉求": some(高峰拥堵=4, 白雪未清=3, 马路不平=3)},
    )
    # Open to all: two dozen alike at least.
    yield townsfolk(
        "driving tests: two dozen alike at least",
        {"性别": of("sex"), "年龄组": band(18, 30, 45, 70)},
        {"科目二": some(合格=6, 不合格=4), "考试场次": some(上午=5, 下午=5)},
        count=2_600,
        k=24,
        aged=(18, 69),
        profile="open",
    )


def rows() -> Iterator[Release]:
    # Three rows of each, and ten people, not ten rows, are alike in all of them.
    yield several(
        "prescriptions: three rows of each, counted by people",
        PLAIN,
        {"慢病类别": some(高血压=5, 糖尿病=4)},
        {"参保人代码": token(28)},
        {"数据来源": "医保结算"},
        count=900,
    )


def things() -> Iterator[Release]:
    # Twenty figures that begin as papers do, and day and place: of lifts.
    def lift(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "设备注册代码": f"3110150302{2010 + c.randrange(15)}{n + 1:06}",
            "使用单位": company(c),
            "经度": round(c.uniform(106.70, 106.90), 5),
            "纬度": round(c.uniform(39.45, 39.75), 5),
            "检验日期": at_day(300 + c.randrange(300)),
            "检验结论": c.choice(("合格", "合格", "复检合格", "不合格")),
        }

    yield listed("lifts: numbers of twenty figures, place and day", 640, lift)

    # Exact to the thousandth, and of water.
    def water(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "断面": ("下海勃湾", "拉僧庙", "黄河大桥", "乌达取水口")[n % 4],
            "采样时间": at_minute(1_440 * (n // 4) + c.randrange(600)),
            "氨氮（mg/L）": round(c.uniform(0.02, 0.98), 3),
            "总磷（mg/L）": round(c.uniform(0.01, 0.19), 3),
            "pH": round(c.uniform(7.2, 8.6), 2),
        }

    yield listed("river: samples with time and thousandths", 480, water)

    # Cents, of departments.
    def budget(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "预算单位": f"{TOWNS[n % len(TOWNS)]}{('办事处', '综合执法局')[n // len(TOWNS)]}",
            "基本支出（元）": round(c.uniform(2e6, 3e7), 2),
            "项目支出（元）": round(c.uniform(1e5, 9e6), 2),
            "三公经费（元）": round(c.uniform(1e4, 3e5), 2),
        }

    yield listed("budgets: cents of offices", 2 * len(TOWNS), budget)

    # Painters and an emperor, long dead, in names of what hangs on the wall.
    def piece(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "藏品总登记号": f"WH{n + 1:06}",
            "名称": HANGINGS[n]
            if n < len(HANGINGS)
            else f"{c.choice(('青铜', '陶', '铁'))}{c.choice(('镞', '罐', '带扣', '铃'))}",
            "年代": c.choice(("汉", "北魏", "西夏", "清", "近现代")),
            "入藏年份": c.randrange(1979, 2025),
            "尺寸（厘米）": round(c.uniform(2, 88), 1),
        }

    yield listed("museum: pieces, some called after painters", 210, piece)

    # Fifteen figures with a check digit and seconds: of lamps that report by telephone.
    def lamp(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "灯杆编号": f"LD{n + 1:05}",
            "控制器IMEI": imei(f"8613{c.randrange(10**10):010}"),
            "最近上报": at_minute(c.randrange(300_000)),
            "功率（W）": c.choice((60, 90, 120, 180)),
            "电流（A）": round(c.uniform(0.2, 0.9), 3),
        }

    yield listed("street lamps: controllers and when they last reported", 900, lamp)

    # Seconds and places, of the earth.
    def quake(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "发震时刻": at_minute(c.randrange(280_000), "%Y-%m-%d %H:%M:")
            + f"{c.randrange(60):02}",
            "震中经度": round(c.uniform(106.2, 107.3), 2),
            "震中纬度": round(c.uniform(39.2, 40.0), 2),
            "深度（千米）": c.randrange(6, 24),
            "震级": round(c.uniform(0.6, 3.4), 1),
        }

    yield listed("earthquakes: small ones of the year", 26, quake)


def imei(body: str) -> str:
    """Fourteen figures and the digit that checks them."""
    doubled = [int(one) * (1 + at % 2) for at, one in enumerate(body)]
    return f"{body}{-sum(one // 10 + one % 10 for one in doubled) % 10}"


def counts() -> Iterator[Release]:
    # From where to where, and never few.
    yield counted(
        "bridges: how many go from which street to which",
        {"出发": TOWNS, "到达": TOWNS},
        lambda c: {"日均人次": c.randrange(24, 5_200)},
    )

    # More than last month by dozens in each cell.
    def last_month(frame: pl.DataFrame) -> Mapping[str, Any]:
        c = random.Random("thirteenth last month")
        less = pl.Series([c.randrange(22, 60) for _ in range(frame.height)])
        return {"earlier": [frame.with_columns(pl.col("累计登记人数") - less)]}

    yield counted(
        "insurance of carers: registered so far, and so far a month ago",
        {"街道": TOWNS, "险种": ("职工", "居民", "灵活就业")},
        lambda c: {"累计登记人数": c.randrange(160, 3_000)},
        others=last_month,
    )

    # Each step leaves dozens out, so that none comes of taking away.
    c = random.Random("thirteenth scores")
    schools = [f"第{n}中学" for n in "一二三四五六七八九十"] + [
        f"乌达{n}中" for n in "一二三四五六七八九十"
    ]
    best = [c.randrange(24, 60) for _ in schools]
    good = [one + c.randrange(30, 90) for one in best]
    yield told(
        "examination of schools: how many reached each step",
        {
            "学校": schools,
            "参考人数": [one + c.randrange(40, 160) for one in good],
            "及格人数": good,
            "优秀人数": best,
        },
    )


def lawful() -> Iterator[Release]:
    # Exact sums, of companies that won a tender.
    def won(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "采购项目编号": f"WHZC-2025-{n + 1:04}",
            "采购人": c.choice(("市教育局", "市卫生健康委员会", "市水务局", "市交通运输局")),
            "中标供应商": company(c),
            "中标金额（元）": round(c.uniform(8e4, 6e6), 2),
            "公告日期": at_day(380 + c.randrange(280)),
        }

    yield listed(
        "tenders: who won and for how much",
        170,
        won,
        rules=by_law("政府采购法实施条例第四十三条", "中标供应商", "中标金额（元）", "公告日期"),
    )

    # Debtors who will not pay are named, because the Supreme Court orders it.
    debtors = group_of("debtors", 120, 24, 70)

    def debtor(c: random.Random, n: int) -> Mapping[str, Any]:
        return {
            "被执行人姓名": debtors[n].name,
            "案号": f"（2025）内0302执{c.randrange(100, 2_900)}号",
            "执行法院": "乌海市海勃湾区人民法院",
            "履行情况": c.choice(("全部未履行", "部分未履行")),
        }

    yield listed(
        "debtors: named by order of the Supreme Court",
        120,
        debtor,
        rules=by_law(
            "最高人民法院关于公布失信被执行人名单信息的若干规定第六条",
            "被执行人姓名",
            "案号",
            "执行法院",
            "履行情况",
        ),
    )
