"""Sound releases of a sixth hand that are no bureau's plain table: like a slip, and none.

Above every one stands why an honest expert lets it pass. What an acquaintance could know is again
counted (`crowd`): every group of those columns has at least six rows, twenty-one if it is opened.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from tests.anonymization.sixth_bureaus import well
from tests.anonymization.sixth_people import (
    DISTRICTS,
    STREETS,
    Person,
    Release,
    band,
    drawn,
    residents,
)

Row = Callable[[random.Random, Person], Mapping[str, Any]]


def crowd(title: str, count: int, row: Row, known: Sequence[str], k: int, **said: Any) -> Release:
    """A row for each resident, without the rows of groups under k."""
    c = random.Random(title)
    frame = pl.DataFrame([row(c, p) for p in residents(count, title)], infer_schema_length=None)
    big = frame.group_by(known).len().filter(pl.col("len") >= k)
    profile = "open" if k > 20 else "statistical"
    claim = {"quasi_identifiers": list(known), "k": k, "profile": profile} | said
    return Release(title, frame.join(big, on=list(known), how="semi"), claim)


def cut(days: int, size: int) -> str:
    """A week of the year, as statistics count them."""
    return f"2025年第{days // size + 1:02}周"


def open_sound() -> Iterator[Release]:
    # Library loans by week: district, sex, age band and week in groups of 21; genre is mild.
    yield crowd(
        "图书馆: loans by week",
        9000,
        lambda c, p: {
            "周次": cut(c.randrange(21), 7),
            "读者所在区": p.district,
            "性别": p.sex,
            "读者年龄": band(18, 40, 60)(c, p),
            "图书类": drawn(c, {"文学": 4, "少儿": 3, "历史": 2}),
            "借期(天)": c.choice((7, 14, 30)),
            "是否续借": c.choice("是否"),
        },
        ("周次", "读者所在区", "性别", "读者年龄"),
        21,
    )
    # Dates are days of a hotline with hundreds of calls a day; no trait of the caller.
    yield crowd(
        "12345: calls by day and subject",
        8000,
        lambda c, p: {
            "工单年": 2025,
            "受理日期": date(2025, 5, 1 + c.randrange(5)).isoformat(),
            "诉求区域": p.district,
            "一级分类": drawn(c, {"供热": 4, "物业": 4, "噪声": 3, "停水停电": 2}),
            "渠道": c.choice(("电话", "网站", "微信公众号")),
            "满意度": c.choice(("满意", "基本满意", "不满意")),
            "办结天数": c.randrange(1, 8),
        },
        ("受理日期", "诉求区域", "一级分类", "渠道"),
        21,
    )
    # Years of birth in spans of ten and a nation in two values: 150 in the smallest group.
    yield crowd(
        "人口: residents in decades",
        20000,
        lambda c, p: {
            "chushengniandai": f"{p.born.year // 10 * 10}s",
            "xingbie": p.sex,
            "minzu": "汉族" if p.nation == "汉族" else "少数民族",
            "xianqu": p.district,
            "wenhua": p.schooling,
        },
        ("chushengniandai", "xingbie", "minzu", "xianqu", "wenhua"),
        21,
    )
    # The code of the district, not an id: six digits that stand in GB/T 2260.
    yield crowd(
        "社保: district codes",
        5000,
        lambda c, p: {
            "行政区划代码": DISTRICTS[p.district],
            "参保险种代码": c.choice(("110", "210", "310", "510")),
            "性别代码": 1 if p.sex == "男" else 2,
            "年龄段代码": min(p.age // 15, 5),
            "缴费状态代码": c.choice((1, 1, 1, 2)),
            "统计期": "202508",
        },
        ("行政区划代码", "参保险种代码", "性别代码", "年龄段代码"),
        21,
    )
    # Weeks and hours of a visit as a morning or an afternoon, at halls with thousands a week.
    yield crowd(
        "政务大厅: tickets",
        7000,
        lambda c, p: {
            "大厅": f"{p.district}政务服务大厅",
            "事项类": drawn(c, {"社保": 4, "不动产": 3, "税务": 3}),
            "半日": f"2025-06-{c.choice(('02', '03', '04'))} {c.choice(('上午', '下午'))}",
            "等候分钟档": c.choice(("0-10", "10-30", "30以上")),
            "评价": c.choice(("好", "中", "差")),
        },
        ("大厅", "事项类", "半日"),
        21,
    )
    # Amounts replaced by the mean of groups of twenty neighbours: every value stands twenty times.
    c = random.Random("means")
    amounts = sorted(c.uniform(900, 9000) for _ in range(2000))
    means = [round(sum(amounts[n // 20 * 20 : n // 20 * 20 + 20]) / 20, 2) for n in range(2000)]
    held = residents(2000, "means")
    frame = pl.DataFrame(
        {
            "区": [p.district for p in held],
            "性别": [p.sex for p in held],
            "缴费基数均值": c.sample(means, len(means)),
        }
    )
    yield Release(
        "社保: bases of contribution, means of twenty",
        frame,
        {"quasi_identifiers": ["区", "性别"], "k": 20, "profile": "open"},
    )
    # Cells under ten are replaced by "<10" and no total of a row gives them away.
    c = random.Random("suppressed")
    rows = [
        {"街道": s, "病种": ill, "就诊人次": "<10" if (n := c.randrange(1, 400)) < 10 else str(n)}
        for streets in STREETS.values()
        for s in streets
        for ill in ("高血压", "糖尿病", "冠心病", "慢阻肺")
    ]
    yield Release("卫健: visits with small cells hidden", pl.DataFrame(rows))
    # The register holds the same people; of what both show, every group has thirty rows.
    base = well("低保", 5000, "register of households")
    register = pl.DataFrame(
        [{"户主": p.name, "所在区": p.district} for p in residents(1500, "others")]
    )
    yield Release(
        "低保: beside a list of heads of household",
        base.frame,
        base.claim,
        others={"auxiliary": [register]},
    )


def held_sound() -> Iterator[Release]:
    # A survey of satisfaction, anonymous, seven answers on a scale; who answered is in bands.
    yield crowd(
        "教育: survey of parents",
        6000,
        lambda c, p: {
            "学校所在区": p.district,
            "家长性别": p.sex,
            "孩子学段": c.choice(("小学", "初中", "高中")),
            **{f"q{n}": c.randrange(1, 6) for n in range(1, 8)},
        },
        ("学校所在区", "家长性别", "孩子学段"),
        21,
    )
    # Months of discharge, hospitals by grade, the day count in bands; illness two or more a group.
    yield crowd(
        "住院: discharges by quarter",
        12000,
        lambda c, p: {
            "chuyuan_jidu": f"2025Q{c.randrange(1, 3)}",
            "xingbie": p.sex,
            "nianling": band(18, 45, 65)(c, p),
            "quxian": p.district,
            "bingzhong_zhang": drawn(c, {"I00-I99": 4, "J00-J99": 4, "K00-K93": 3, "C00-D48": 1}),
            "zhuyuan_tianshu": c.choice(("1-3", "4-7", "8-14", "15+")),
        },
        ("chuyuan_jidu", "xingbie", "nianling", "quxian"),
        21,
        sensitive=["bingzhong_zhang"],
        l=2,
    )
    # Taxi orders from district to district by the hour of a whole week: flows, nobody's way home.
    yield crowd(
        "交通: ways between districts",
        15000,
        lambda c, p: {
            "出发区": p.district,
            "到达区": c.choice(list(DISTRICTS)),
            "星期": c.choice("一二三四五六日"),
            "小时": c.randrange(6, 23),
            "里程档": c.choice(("3公里内", "3-10公里", "10公里以上")),
            "车型": c.choice(("巡游", "网约")),
        },
        ("出发区", "到达区", "星期", "小时"),
        6,
    )
    # Jobless people by the code of the standard of occupations, first digit alone.
    yield crowd(
        "就业: registered without work",
        9000,
        lambda c, p: {
            "登记年": c.choice((2023, 2024)),
            "性别": p.sex,
            "学历": p.schooling,
            "原职业大类": c.choice((2, 3, 4, 6)),
            "失业时长": c.choice(("3个月内", "3-12个月", "1年以上")),
            "领金": c.choice(("在领", "未领")),
        },
        ("登记年", "性别", "学历", "原职业大类"),
        21,
    )
    # Loans of the fund in bands; the branch of the bank is a thing.
    yield crowd(
        "公积金: loans",
        7000,
        lambda c, p: {
            "发放年份": str(c.choice((2022, 2023, 2024))),
            "缴存区": p.district,
            "借款人年龄": "40以下" if p.age < 40 else "40及以上",
            "贷款额档(万元)": c.choice(("0-20", "20-40", "40-60")),
            "期限档(年)": c.choice(("≤10", "11-20", "21-30")),
            "房屋类型": c.choice(("新建", "二手")),
            "承办银行": c.choice(("工行乌海分行", "建行乌海分行", "农行乌海分行")),
        },
        ("发放年份", "缴存区", "借款人年龄", "房屋类型", "承办银行"),
        6,
    )
    # Two pseudonyms, of hospital and of patient, both random and new for this release.
    base = well("预防接种", 4000, "two codes")
    c = random.Random("two codes")
    codes = [f"{c.getrandbits(64):016X}" for _ in range(12)]
    yield Release(
        "预防接种: pseudonyms of places",
        base.frame.with_columns(
            pl.Series("接种点代码", [c.choice(codes) for _ in range(base.frame.height)])
        ),
        base.claim,
    )
    # Totals to the cent are those of thousands of insured people.
    c = random.Random("totals")
    rows = [
        {
            "年月": f"2025{month:02}",
            "统筹区": d,
            "险种": kind,
            "享受待遇人次": c.randrange(3000, 30000),
            "基金支出(元)": round(c.uniform(1e6, 9e6), 2),
        }
        for month in range(1, 10)
        for d in DISTRICTS
        for kind in ("职工", "居民")
    ]
    yield Release("医保: spending of the fund by month", pl.DataFrame(rows))
    # Made of a model, no row is a person's: bands drawn from counted margins, no codes at all.
    c = random.Random("synthetic")
    rows = [
        {
            "年龄段": c.choice(("20-39", "40-59", "60+")),
            "性别": c.choice("男女"),
            "区": c.choice(list(DISTRICTS)),
            "年收入档": c.choice(("3万以下", "3-8万", "8万以上")),
            "家庭人口": c.choice(("1", "2", "3+")),
        }
        for _ in range(5000)
    ]
    yield Release(
        "统计: a synthetic survey",
        pl.DataFrame(rows),
        {"rules": {"*": "合成数据，按公开边际分布抽取"}},
    )
