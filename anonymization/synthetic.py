"""Made-up citizens: valid check digits, nobody real. The same seed gives the same people."""

from typing import Any, Final

import numpy as np
import polars as pl

from anonymization.identifiers import CITIZEN_CHECKS, CITIZEN_WEIGHTS

# District, its code and its share of the people.
_DISTRICTS: Final = (
    ("海勃湾区", "150302", 0.6),
    ("海南区", "150303", 0.2),
    ("乌达区", "150304", 0.2),
)
_STREETS: Final = {
    "海勃湾区": ("凤凰岭街道", "海北街道", "新华街道", "滨河街道", "林荫街道", "千里山镇"),
    "海南区": ("公乌素镇", "拉僧仲街道", "拉僧庙镇", "西卓子山街道", "巴音陶亥镇"),
    "乌达区": ("巴音赛街道", "三道坎街道", "五虎山街道", "新达街道", "苏海图街道", "梁家沟街道"),
}  # fmt: skip
_ESTATES: Final = ("和平小区", "滨河家园", "丽景苑", "康馨小区", "阳光花园", "矿务新村", "学府佳园")
_JOBS: Final = (
    "煤矿工人", "小学教师", "中学教师", "护士", "医生", "经商", "公务员", "货车司机", "公交司机",
    "会计", "农民", "电工", "焊工", "化工操作工", "销售员", "厨师", "退休", "学生", "无业",
)  # fmt: skip
_NATIONS: Final = (
    ("汉族", 0.76),
    ("蒙古族", 0.18),
    ("回族", 0.03),
    ("满族", 0.02),
    ("达斡尔族", 0.01),
)
_SURNAMES: Final = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜"
)
_MEN: Final = tuple("伟强磊军勇杰涛超明刚平辉鹏华飞波斌宇浩凯健俊建国志文海东永新")
_WOMEN: Final = tuple("芳娜敏静丽艳娟霞秀英玉兰红梅琴玲婷雪慧莹倩欣桂春燕淑珍洁佳怡")
_MONGOLIAN: Final = (
    "巴特尔", "苏日娜", "乌兰", "其其格", "格日勒", "宝音", "娜仁", "朝鲁", "斯琴", "那日苏",
    "呼和", "图雅", "萨仁", "孟和", "通拉嘎", "阿拉坦", "牧仁", "乌云", "敖日格乐",
)  # fmt: skip
# Segments in use.
_SEGMENTS: Final = (
    "130", "131", "135", "136", "138", "139", "147", "150", "151", "155", "158", "159", "166",
    "173", "177", "180", "182", "185", "186", "188", "189", "199",
)  # fmt: skip
_NOTES: Final = (
    ("", 0.6),
    ("已核实", 0.2),
    ("电话联系", 0.1),
    ("材料待补", 0.06),
    ("本人到场", 0.04),
)


def citizens(rows: int, seed: int = 1) -> pl.DataFrame:
    """A register of this many made-up citizens, all columns text but the amount.

    Columns: 姓名 公民身份号码 手机号码 性别 出生日期 民族 所在区 家庭住址 职业 月收入 备注.
    """
    chance = np.random.default_rng(seed)
    place = chance.choice(len(_DISTRICTS), rows, p=[share for *_, share in _DISTRICTS])
    born = (np.datetime64("1936-01-01") + chance.integers(0, 31_700, rows)).astype("datetime64[D]")
    order = chance.integers(1, 1000, rows)
    nation = _drawn(chance, rows, _NATIONS)
    job = _picked(chance, rows, _JOBS)
    district = pl.Series([name for name, *_ in _DISTRICTS]).gather(place)
    income = np.where((job == "学生") | (job == "无业"), 0, chance.lognormal(8.4, 0.5, rows))
    return pl.DataFrame(
        {
            "姓名": _names(chance, order % 2 == 1, (nation == "蒙古族").to_numpy()),
            "公民身份号码": _numbers(place, born, order),
            "手机号码": _picked(chance, rows, _SEGMENTS)
            + pl.Series(chance.integers(0, 10**8, rows)).cast(pl.String).str.zfill(8),
            "性别": pl.Series(["女", "男"]).gather(order % 2),
            "出生日期": pl.Series(born).dt.strftime("%Y-%m-%d"),
            "民族": nation,
            "所在区": district,
            "家庭住址": _addresses(chance, place, district),
            "职业": job,
            "月收入": income.round(2),
            "备注": _drawn(chance, rows, _NOTES),
        }
    )


def _picked(chance: np.random.Generator, rows: int, of: tuple[str, ...]) -> pl.Series:
    return pl.Series(list(of)).gather(chance.integers(0, len(of), rows))


def _drawn(chance: np.random.Generator, rows: int, of: tuple[tuple[str, float], ...]) -> pl.Series:
    drawn = chance.choice(len(of), rows, p=[share for _, share in of])
    return pl.Series([value for value, _ in of], dtype=pl.String).gather(drawn)


def _numbers(
    place: np.ndarray[Any, Any], born: np.ndarray[Any, Any], order: np.ndarray[Any, Any]
) -> pl.Series:
    """Citizen numbers of these districts, birth dates and order numbers (odd: men)."""
    body = (
        pl.Series([code for _, code, _ in _DISTRICTS]).gather(place)
        + pl.Series(born).dt.strftime("%Y%m%d")
        + pl.Series(order).cast(pl.String).str.zfill(3)
    )
    digits = np.frombuffer("".join(body).encode("ascii"), np.uint8).reshape(-1, 17) - 48
    remainder = digits.astype(np.int64) @ np.array(CITIZEN_WEIGHTS) % 11
    return body + pl.Series(list(CITIZEN_CHECKS)).gather(remainder)


def _names(
    chance: np.random.Generator, men: np.ndarray[Any, Any], mongolian: np.ndarray[Any, Any]
) -> pl.Series:
    rows = len(men)
    weights = 1 / np.arange(1, len(_SURNAMES) + 1) ** 0.7
    drawn = chance.choice(len(_SURNAMES), rows, p=weights / weights.sum())
    given = pl.DataFrame(
        {
            "man": _picked(chance, rows, _MEN),
            "woman": _picked(chance, rows, _WOMEN),
            "man2": _picked(chance, rows, _MEN),
            "woman2": _picked(chance, rows, _WOMEN),
            "surname": pl.Series(list(_SURNAMES)).gather(drawn),
            "whole": _picked(chance, rows, _MONGOLIAN),
            "male": men,
            "two": chance.random(rows) < 0.7,
            "mongolian": mongolian & (chance.random(rows) < 0.7),
        }
    )
    male, two = pl.col("male"), pl.col("two")
    first = pl.when(male).then("man").otherwise("woman")
    second = pl.when(male).then("man2").otherwise("woman2")
    han = pl.col("surname") + first + pl.when(two).then(second).otherwise(pl.lit(""))
    return given.select(pl.when("mongolian").then("whole").otherwise(han).alias("n")).to_series()


def _addresses(
    chance: np.random.Generator, place: np.ndarray[Any, Any], district: pl.Series
) -> pl.Series:
    rows = len(place)
    streets = [_STREETS[name] for name, *_ in _DISTRICTS]
    widest = max(len(one) for one in streets)
    table = pl.Series([one[i % len(one)] for one in streets for i in range(widest)])
    street = table.gather(place * widest + chance.integers(0, widest, rows))
    house = pl.Series(chance.integers(1, 60, rows)).cast(pl.String)
    entrance = pl.Series(chance.integers(1, 7, rows)).cast(pl.String)
    floor, door = chance.integers(1, 19, rows), chance.integers(1, 5, rows)
    room = pl.Series(floor * 100 + door).cast(pl.String)
    estate = _picked(chance, rows, _ESTATES)
    return (
        "内蒙古自治区乌海市" + district + street + estate
        + house + "号楼" + entrance + "单元" + room + "室"
    )  # fmt: skip
