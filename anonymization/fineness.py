"""Times, places and amounts so exact that whoever was there, or pays the bill, knows the person."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from anonymization.detection import Column
from anonymization.findings import Finding, Terms, matching, share
from anonymization.plan import profiles

_MONEY: Final = frozenset({"收入", "存款余额", "纳税额", "个人资金金额"})
_PLACE: Final = (
    "经度|纬度|坐标|经纬|定位|位置|(?:^|_)(?:gps|lng|lon|lat|longitude|latitude|jd|wd)(?:$|_)"
)
# Places of the public: that they are known is their purpose.
_PUBLIC: Final = "网点|站点|设施|学校|医院|点位|门店|场所|监控|设备|机构"
_WHEN: Final = "时间|时刻|时点|时戳|time|stamp|date|日期|(?:^|_)(?:ts|at)$"


def fine(texts: pl.DataFrame, columns: Mapping[str, Column], terms: Terms) -> list[Finding]:
    """Columns whose exactness singles people out, where a release is judged by that."""
    if not profiles()[terms.profile]["judged"]:
        return []
    firms = any(column.kind == "USCC" for column in columns.values())
    findings = []
    for name in texts.columns:
        values = texts[name].drop_nulls()
        if values.is_empty():
            continue
        findings += _times(name, values, texts)
        findings += _places(name, values, columns[name], texts)
        # Noise to the cent is nobody's amount; the run that added it says so.
        if not firms and name not in terms.made_up:
            findings += _amounts(name, values, columns[name], texts)
    return findings


def _says(name: str, pattern: str) -> bool:
    return bool(pl.Series([name.lower()]).str.contains(pattern)[0])


_CLOCK: Final = (
    r"[0-2]?[0-9](?::|：|时|点)[0-5]?[0-9](?:(?::|：|分)[0-5]?[0-9](?:\.[0-9]+|秒)?|分)?"
)
_DAY: Final = "[0-9]{4}[-/.年][0-9]{1,2}"
_COMPACT: Final = (
    "^20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[T ]?"
    "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?(?:[0-9]{3})?$"
)
_EPOCH: Final = r"^1[0-9]{9}(?:[0-9]{3})?(?:\.[0-9]+)?$"


def _times(name: str, values: pl.Series, texts: pl.DataFrame) -> list[Finding]:
    timed = values.filter(values.str.contains(_CLOCK))
    # Midnight is what a date becomes when it is kept as a time.
    timed = timed.filter(~timed.str.contains(r"[T ]0?0:00(?::00(?:\.0+)?)?(?:Z|\+08:00)?$"))
    dated = matching(values, _DAY) > 0.5
    clock = not dated and matching(values, f"^{_CLOCK}$") > 0.9
    if clock:
        # A time of day alone needs the day, which some other column must tell.
        dated = any(matching(texts[one], f"^{_DAY}") > 0.5 for one in texts.columns)
    if not dated and _says(name, _WHEN):
        for pattern in (_COMPACT, _EPOCH):
            if matching(values, pattern) > 0.9:
                timed, dated = values, True
    alone = int(timed.is_unique().sum())
    if not dated or len(timed) <= 0.5 * len(values) or alone <= 0.2 * len(timed):
        return []
    return [
        Finding(
            "TIMESTAMP_TOO_FINE",
            (name,),
            alone,
            share(alone, texts),
            f"列「{name}」的时间精确到分秒，{alone} 行独一无二，知情人可据此认出个人。",
            f"column {name} is exact to the minute or second; {alone} times stand alone, and "
            "whoever was there knows the person.",
            "时间泛化到日、月或季度。",
            "Generalize times to days, months or quarters.",
            "例：知道邻居 2025-03-01 08:16 到过窗口 → 表中只有一行是这一分钟",
            "for example: a neighbour was at the counter at 08:16 on 2025-03-01 → one row has it",
        )
    ]


def _places(name: str, values: pl.Series, column: Column, texts: pl.DataFrame) -> list[Finding]:
    if column.kind != "GPS" and not _says(name, _PLACE):
        return []
    exact = int(values.str.contains(r"^[(\[]?[0-9]{1,3}\.[0-9]{3,}").sum())
    if exact <= 0.5 * len(values) or _says(name, _PUBLIC):
        return []
    return [
        Finding(
            "LOCATION_TOO_FINE",
            (name,),
            exact,
            share(exact, texts),
            f"列「{name}」的坐标精确到百米以内，{exact} 行可定位到户。",
            f"column {name} is exact to 100 m; {exact} rows point at a house.",
            "坐标保留两位小数，或改为所在的区、街道。",
            "Keep two decimals, or give the district or street instead.",
            "例：106.812345,39.654321 → 地图上是一个门口",
            "for example 106.812345,39.654321 → one door on a map",
        )
    ]


def _amounts(name: str, values: pl.Series, column: Column, texts: pl.DataFrame) -> list[Finding]:
    if column.item not in _MONEY:
        return []
    cents = values.filter(values.str.contains(r"^-?[0-9]+\.(?:[0-9]?[1-9]|[1-9][0-9]?)[0-9]*$"))
    alone = int(cents.is_unique().sum())
    if len(cents) <= 0.5 * len(values) or alone <= 0.5 * len(values):
        return []
    return [
        Finding(
            "AMOUNT_TOO_FINE",
            (name,),
            alone,
            share(alone, texts),
            f"列「{name}」的金额精确到分，{alone} 行独一无二，经手单位一查便知是谁。",
            f"column {name} is exact to the cent; {alone} amounts stand alone, and whoever paid "
            "them knows the person.",
            "金额取整、分档或做微聚集。",
            "Round amounts, give bands, or use microaggregation.",
            "例：工资单上是 6532.17 元 → 表中只有一行",
            "for example a pay slip of 6532.17 → one row has it",
        )
    ]
