"""Twelve tables of bureaux as their experts let them go, and how a slip is put into one.

Why each is sound: the person is a random code without a key anywhere; whatever an acquaintance
could know (`known`, event months and lines too) is counted, in groups of at least k with two or
more values of what is told; times are months or parts of a day, amounts are bands, places are
districts or streets of ten thousand people.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from tests.anonymization.sixth_people import (
    Bureau,
    Cell,
    Person,
    Release,
    band,
    day,
    filled,
    its,
    keyed,
    number,
    one_of,
)

MASK = "PARTIAL_ID_REIDENTIFIABLE"
HASH = "UNSALTED_HASH"
TEXT = "FREE_TEXT_LEAK"
DOOR = "FULL_ADDRESS_LEFT"
ALONE = "UNDECLARED_QI_UNIQUE"
JOIN = "PSEUDONYM_JOINS_OTHER_RELEASE"
TIME = "TIMESTAMP_TOO_FINE"
FEW = "K_TOO_SMALL"
SAME = "L_TOO_SMALL"
SKEW = "T_TOO_LARGE"
DIRECT = "DIRECT_IDENTIFIER_LEFT"
# Not in the paper, which says "more may be added": what this gate calls three attacks of the list.
PLACE = "LOCATION_TOO_FINE"
AMOUNT = "AMOUNT_TOO_FINE"
LINK = "LINKS_TO_REGISTER"

BUREAUS = {
    "医保门诊": Bureau(
        {
            "参保人代码": keyed("YB", 14),
            "参保区": its("district"),
            "性别": its("sex"),
            "年龄段": band(30, 45, 60),
            "险种": one_of(职工医保=3, 居民医保=2),
            "就诊季度": one_of(**{f"2025Q{n}": 1 for n in (1, 2, 3)}),
            "机构级别": one_of(一级=4, 二级=3, 三级=3),
            "病种大类": one_of(循环系统=4, 呼吸系统=4, 内分泌=3, 消化系统=3, 肿瘤=1),
            "统筹支付档": one_of(**{"500元以下": 6, "500-2000元": 3, "2000元以上": 2}),
        },
        ("参保区", "性别", "年龄段", "险种", "就诊季度"),
        ("病种大类",),
    ),
    "养老待遇": Bureau(
        {
            "ryid": keyed("", 20),
            "qx": its("district"),
            "xb": its("sex"),
            "nld": band(65, 70, 75, 80),
            "txlb": one_of(企业退休=5, 机关事业退休=2, 居民养老=4),
            "yjdy": one_of(**{"1500以下": 4, "1500-2999": 4, "3000-4499": 4, "4500以上": 2}),
            "rzzt": one_of(已认证=9, 未认证=1),
            "ffyf": one_of(**{"2025-07": 1, "2025-08": 1}),
        },
        ("qx", "xb", "nld", "txlb", "ffyf"),
        ("yjdy",),
        ages=(60, 90),
    ),
    "户籍迁移": Bureau(
        {
            "办理编码": number("HJQY", 9),
            "迁入区": its("district"),
            "性别": its("sex"),
            "出生年代": lambda c, p: f"{p.born.year // 10 * 10}年代",
            "迁移原因": one_of(投靠亲属=5, 购房=4, 工作调动=3, 升学=2),
            "迁出地": one_of(本自治区=6, 外省=4),
            "迁移年度": one_of(**{"2023": 1, "2024": 1}),
            "是否户主": one_of(是=1, 否=2),
        },
        ("迁入区", "性别", "出生年代", "迁出地", "迁移年度", "是否户主"),
        ("迁移原因",),
    ),
    "义务教育": Bureau(
        {
            "学生序号": keyed("XS-", 12),
            "学段": lambda c, p: "小学" if p.age < 12 else "初中",
            "所在区": its("district"),
            "性别": its("sex"),
            "就读方式": one_of(走读=8, 住校=2),
            "户籍": one_of(本区=7, 随迁=3),
            "体质测评": one_of(优秀=2, 良好=4, 及格=4, 不及格=1),
            "视力筛查": one_of(正常=4, 轻度不良=3, 中度不良=2),
            "学年": one_of(**{"2024-2025": 1}),
        },
        ("学段", "所在区", "性别", "就读方式", "户籍"),
        ("体质测评", "视力筛查"),
        ages=(6, 15),
    ),
    "公交刷卡": Bureau(
        {
            "卡假名": keyed("", 24),
            "卡种": one_of(普通卡=6, 学生卡=2, 爱心卡=2),
            "上车区": its("district"),
            "线路": one_of(**{"1路": 4, "3路": 3, "5路": 3, "101路": 2}),
            "出行日": one_of(工作日=5, 周末=2),
            "时段": one_of(早高峰=4, 平峰=4, 晚高峰=4, 夜间=1),
            "换乘": one_of(有=1, 无=4),
        },
        ("卡种", "上车区", "线路", "出行日"),
        ("时段",),
        k=21,
        profile="open",
    ),
    "个税汇缴": Bureau(
        {
            "taxpayer_token": keyed("", 32),
            "district": its("district"),
            "gender": its("sex"),
            "age_group": band(35, 50),
            "industry": one_of(采矿=3, 制造=4, 批发零售=4, 公共管理=2),
            "income_band": one_of(**{"<60k": 5, "60k-120k": 4, "120k-240k": 2, ">240k": 1}),
            "settle_result": one_of(refund=5, pay=2, zero=3),
        },
        ("district", "gender", "age_group", "industry"),
        ("income_band",),
    ),
    "消费投诉": Bureau(
        {
            "登记流水": number("TS2025", 8),
            "投诉人年龄段": band(30, 45, 60),
            "投诉人性别": its("sex"),
            "受理所": lambda c, p: f"{p.district[:-1]}市场监管所",
            "商品类别": one_of(食品=5, 服装=3, 家电=3, 预付卡=2),
            "受理月": one_of(**{"2025-03": 1, "2025-04": 1}),
            "办理结果": one_of(调解成功=6, 终止调解=2, 不予受理=1),
            "挽回损失档": one_of(无=4, 百元以内=4, 千元以内=3, 千元以上=1),
        },
        ("投诉人年龄段", "投诉人性别", "受理所", "商品类别", "受理月"),
        ("办理结果",),
    ),
    "公积金提取": Bureau(
        {
            "职工假名": keyed("GJJ", 16),
            "管理部": lambda c, p: f"{p.district}管理部",
            "性别": its("sex"),
            "年龄段": band(30, 40, 50),
            "单位性质": one_of(机关事业=3, 国有企业=3, 民营企业=4),
            "提取事由": one_of(偿还贷款=5, 购房=3, 租房=3, 退休=1, 重大疾病=1),
            "提取额档": one_of(**{"1万以下": 3, "1-5万": 5, "5-10万": 3, "10万以上": 1}),
            "提取年": one_of(**{"2024": 1, "2025": 1}),
        },
        ("管理部", "性别", "年龄段", "单位性质", "提取年"),
        ("提取事由",),
        ages=(20, 60),
    ),
    "低保": Bureau(
        {
            "家庭编码": keyed("DB", 18),
            "所在区": its("district"),
            "户规模": one_of(**{"1人": 4, "2人": 4, "3人及以上": 4}),
            "户主年龄段": band(45, 60),
            "保障类型": one_of(城镇=3, 农村=1),
            "致困原因": one_of(因病=4, 因残=3, 缺劳力=3, 失业=2),
            "月补助档": one_of(**{"600元以下": 3, "600-1200元": 4, "1200元以上": 2}),
        },
        ("所在区", "户规模", "户主年龄段", "保障类型"),
        ("致困原因",),
    ),
    "驾驶人": Bureau(
        {
            "序列": number("", 10),
            "准驾类别": one_of(C1=7, C2=2, B2=1),
            "初领年段": one_of(**{"2000年前": 2, "2000-2010": 4, "2011年后": 5}),
            "性别": its("sex"),
            "年龄段": band(30, 45, 60),
            "记分档": one_of(**{"0": 6, "1-3": 4, "4-11": 2}),
            "处罚种类": one_of(无=6, 罚款=4, 暂扣=1),
        },
        ("准驾类别", "初领年段", "性别", "年龄段"),
        ("处罚种类",),
        k=21,
        profile="open",
    ),
    "预防接种": Bureau(
        {
            "受种者": keyed("", 16),
            "接种区": its("district"),
            "性别": its("sex"),
            "年龄组": band(18, 60),
            "疫苗": one_of(流感=5, 乙肝=3, 肺炎=2),
            "接种月份": day(date(2025, 3, 1), 90, "%Y-%m"),
            "剂次": one_of(第1剂=5, 第2剂=3),
            "异常反应": one_of(无=9, 轻微=2),
        },
        ("接种区", "性别", "年龄组", "疫苗", "接种月份"),
        ("异常反应",),
        ages=(3, 84),
    ),
    "就业培训": Bureau(
        {
            "学员代号": keyed("PX", 12),
            "所在区": its("district"),
            "性别": its("sex"),
            "文化程度": its("schooling"),
            "培训工种": one_of(家政=3, 电商=3, 焊工=2, 育婴=2),
            "鉴定结果": one_of(合格=6, 不合格=2),
            "就业去向": one_of(单位就业=4, 灵活就业=4, 未就业=3),
        },
        ("所在区", "性别", "文化程度", "培训工种"),
        ("鉴定结果", "就业去向"),
        ages=(18, 59),
    ),
}

Change = Callable[[pl.DataFrame, list[Person]], pl.DataFrame]


def slip(
    title: str,
    bureau: str,
    codes: tuple[str, ...],
    cells: Mapping[str, Cell] | None = None,
    columns: tuple[tuple[str, ...], ...] = (),
    *,
    count: int = 1500,
    drop: Iterable[str] = (),
    change: Change | None = None,
    claim: Mapping[str, Any] | None = None,
    others: Callable[[pl.DataFrame, list[Person]], Mapping[str, Any]] | None = None,
) -> Release:
    """A bureau's table with one thing done wrongly: cells put beside it, or a change of it all."""
    office = BUREAUS[bureau]
    frame, held = office.kept(count, title)
    frame = frame.drop(list(drop))
    if cells:
        frame = frame.hstack(filled(held, cells, title))
    frame = change(frame, held) if change else frame
    said = office.claim | (claim or {})
    return Release(
        f"{bureau}: {title}",
        frame,
        said,
        codes,
        tuple(frozenset(one) for one in columns) or (frozenset(cells or ()),),
        others(frame, held) if others else {},
    )


def well(bureau: str, count: int, seed: str, **others: Any) -> Release:
    """A bureau's table as it should be."""
    frame, _ = BUREAUS[bureau].kept(count, seed)
    return Release(f"{bureau}: {seed}", frame, BUREAUS[bureau].claim, others=others)


def sometimes(share: float, cell: Cell, other: Cell) -> Cell:
    return lambda c, p: cell(c, p) if c.random() < share else other(c, p)
