"""Made-up citizens: valid check digits, nobody real. The same seed gives the same people."""

from typing import Final

import numpy as np
import polars as pl

_REGIONS: Final = ("150302", "150303", "150304")
_NAMES: Final = ("海勃湾区", "海南区", "乌达区")
_STREETS: Final = (
    "新华街道",
    "滨河街道",
    "凤凰岭街道",
    "拉僧庙镇",
    "公乌素镇",
    "巴音赛街道",
    "三道坎街道",
)
_JOBS: Final = (
    "煤矿工人",
    "小学教师",
    "护士",
    "个体经商",
    "公务员",
    "司机",
    "退休",
    "学生",
    "会计",
    "农民",
)
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))


def citizens(rows: int, seed: int = 1) -> pl.DataFrame:
    """A table of made-up citizens with the columns a register of people usually has."""
    from faker.providers.person.zh_CN import Provider

    chance = np.random.default_rng(seed)
    place = chance.choice(3, rows, p=(0.6, 0.2, 0.2))
    days = chance.integers(0, 29_000, rows)
    born = (np.datetime64("1940-01-01") + days).astype("datetime64[D]")
    order = chance.integers(1, 1000, rows)
    digits = (
        pl.DataFrame({"r": pl.Series(_REGIONS).gather(place), "b": born, "o": order})
        .select(
            pl.col("r")
            + pl.col("b").dt.strftime("%Y%m%d")
            + pl.col("o").cast(pl.String).str.zfill(3)
        )
        .to_series()
    )
    matrix = np.array([list(map(int, one)) for one in digits])
    check = pl.Series(list("10X98765432")).gather((matrix @ _WEIGHTS) % 11)
    surnames, given = list(Provider.last_names), list(Provider.first_names)
    first = pl.Series(surnames).gather(chance.integers(0, 60, rows))
    last = pl.Series(given).gather(chance.integers(0, len(given), rows))
    street = pl.Series(_STREETS).gather(chance.integers(0, len(_STREETS), rows))
    house = pl.Series(chance.integers(1, 60, rows)).cast(pl.String)
    door = pl.Series(chance.integers(101, 1800, rows)).cast(pl.String)
    mobile = pl.Series(
        [
            f"1{a}{b:09d}"
            for a, b in zip(
                chance.choice([3, 5, 7, 8], rows), chance.integers(0, 10**9, rows), strict=True
            )
        ]
    )
    notes = pl.Series(["", "", "", "已核实", "电话联系"]).gather(chance.integers(0, 5, rows))
    return pl.DataFrame(
        {
            "姓名": first + last,
            "公民身份号码": digits + check,
            "手机号码": mobile,
            "性别": pl.Series(["女", "男"]).gather(order % 2),
            "出生日期": pl.Series(born).dt.strftime("%Y-%m-%d"),
            "民族": pl.Series(["汉族", "蒙古族", "回族", "满族"]).gather(
                chance.choice(4, rows, p=(0.75, 0.19, 0.04, 0.02))
            ),
            "所在区": pl.Series(_NAMES).gather(place),
            "家庭住址": "内蒙古自治区乌海市"
            + pl.Series(_NAMES).gather(place)
            + street
            + house
            + "号楼"
            + door
            + "室",
            "职业": pl.Series(_JOBS).gather(chance.integers(0, len(_JOBS), rows)),
            "月收入": chance.lognormal(8.4, 0.5, rows).round(2),
            "备注": notes,
        }
    )
