"""Times, places and amounts so exact that whoever was there, or pays the bill, knows the person."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

import polars as pl

from anonymization import clocks, offices, persons, positions
from anonymization.detection import Column
from anonymization.disguises import unmasked
from anonymization.findings import Finding, Terms, drawn, matching, share
from anonymization.plan import profiles

_MONEY: Final = frozenset({"收入", "存款余额", "纳税额", "个人资金金额"})
# What a header says last when its column holds money of somebody; prices are everybody's.
_SUMS: Final = (
    "(?:费用?|金额?|总额|[税款贷存欠罚补缴还]额|[款税薪]|余额|收入|支出|工资|薪酬|奖金|报酬|补[贴助偿]|津贴"
    "|[实应已欠未补][缴收付发交退]|缴纳|支付|发放|报销"
    r"|amount|money|fee|salary|income|balance|(?:^|_)(?:je|ye|gz)|^[a-z]{0,6}(?:je|jine)"
    "|(?:yf|sf|ff|jb|gr|dw|zh|kh|jc|yj)(?:gz|ye|fy|bt|yl))(?:合计|总计|数|数额)?$"
)
_PRICES: Final = "单价|价格|均价|售价|限价|指数|费率|税率|利率|汇率|标准"
# What a firm was awarded, where the table names the firm, is a sum of no person.
_AWARDED: Final = "中标|成交|采购|合同|标的|投标|预算|控制价"
_CONTRACTOR: Final = (
    "^(?:第一)?(?:中标|成交|供应|承包|承建|施工|投标|中选)(?:候选)?"
    "(?:单位|人|商|企业|公司|方|供应商)"
)
_FIRMS: Final = 0.9
# Places of the public: that they are known is their purpose.
_PUBLIC: Final = "网点|站点|设施|学校|医院|点位|门店|场所|监控|设备|机构"
# Unless it is said to be where somebody was.
_ACTS: Final = (
    "反映|投诉|举报|诉求|报警|报案|报修|求助|事发|案发|来电|来访|签到|打卡|上报|收货|上车|下车|居住"
)
_WHEN: Final = (
    "时间|时刻|时点|时戳|时(?:分秒?)?$|time|stamp|date|日期|moment|(?:^|_)(?:ts|at|dt|tm|sj|rq)$"
    "|(?:sj|rq|shijian|riqi)$"
)


def fine(
    texts: pl.DataFrame, words: pl.DataFrame, columns: Mapping[str, Column], terms: Terms
) -> list[Finding]:
    """Columns whose exactness singles people out, where a release is judged by that."""
    if not profiles()[terms.profile]["judged"]:
        return []
    firms = any(column.kind == "USCC" for column in columns.values())
    of_people = not firms and (bool(terms.quasi) or persons.of_persons(columns.values()))
    contracts = any(
        _says(name, _CONTRACTOR) and matching(drawn(texts[name]), offices.NAMED_LIKE_ONE) > _FIRMS
        for name in texts.columns
    )
    dated = cache(lambda: _dated(texts))
    findings = [
        found
        for names in positions.exact(words, columns)
        if not any(_says(name, _PUBLIC) and not _says(name, _ACTS) for name in names)
        for found in _places(names, texts)
    ]
    if far := positions.measured(texts):
        findings += _apart(far, texts)
    # Short cells without a mark tell a minute only where the header says so.
    looks = texts.select(pl.all().str.contains("[:：时点]|.{9}").any())
    for name in texts.columns:
        values = texts[name].drop_nulls()
        if values.is_empty():
            continue
        if looks[name][0] or _says(name, _WHEN):
            findings += _times(name, values, dated, texts)
        # Noise to the cent is nobody's amount; the run that added it says so.
        if of_people and name not in terms.excused:
            findings += _results(name, values, texts)
        if not firms and name not in terms.made_up and not (contracts and _says(name, _AWARDED)):
            findings += _amounts(name, values, columns[name], texts)
    return findings


def _says(name: str, pattern: str) -> bool:
    return re.search(pattern, name.lower()) is not None


# --- times ----------------------------------------------------------------------------------

_CLOCK: Final = (
    r"[0-2]?[0-9] ?(?::|：|时|点) ?[0-5]?[0-9](?:(?::|：|分) ?[0-5]?[0-9](?:\.[0-9]+|秒)?|分)?"
)
# A day, its year in four digits or two, in front or behind, or left out; months in words too.
_DAY: Final = (
    "[0-9]{4}[-/.年][0-9]{1,2}|(?:^|[^0-9])[0-9]{1,2}(?:[-/.][0-9]{1,2}[-/.][0-9]{2,4}|月[0-9]{1,2}日)"
    "|^[0-9]{1,2}[-/][0-9]{1,2}[ T]"
    "|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ .-]"
)
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAYS: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_HOUR: Final = "(?:[01][0-9]|2[0-3])"
_COMPACT: Final = (
    f"^20[0-9]{{2}}[-/]?{_MONTH}[-/]?{_DAYS}[-_T ]?{_HOUR}[0-5][0-9]"
    "(?:[0-5][0-9])?(?:[0-9]{3})?Z?$"
    f"|^[0-4][0-9]{_MONTH}{_DAYS}[-_T ]?{_HOUR}[0-5][0-9](?:[0-5][0-9])?$"
)
_EPOCH: Final = r"^1[0-9]{9}(?:[0-9]{3}|[0-9]{6}|[0-9]{9})?(?:\.[0-9]+)?$"
# Days since 1900 of a spreadsheet, since 4713 before Christ, since 1858; all with their fraction.
_FRACTIONS: Final = r"^(?:[34][0-9]{4}|24[56][0-9]{4}|[56][0-9]{4})\.[0-9]{2,}$"
# Inside a longer number: a day and what follows it, read as hours, minutes and seconds.
_INSIDE: Final = f"(?:20[12][0-9]{_MONTH}{_DAYS})[-_T]?({_HOUR})[0-5][0-9][0-5][0-9]"
# With a year of two digits, behind a letter or at the beginning.
_INSIDE_SHORT: Final = f"(?:^|[^0-9])2[0-9]{_MONTH}{_DAYS}({_HOUR})[0-5][0-9][0-5][0-9]"
_HOURS: Final = f"^({_HOUR})[0-5][0-9](?:[0-5][0-9])?$"


def _times(
    name: str, values: pl.Series, dated: Callable[[], bool], texts: pl.DataFrame
) -> list[Finding]:
    some = drawn(values)
    timed = _timed(name, unmasked(some), dated)
    if timed is not None and len(some) < len(values):
        timed = _timed(name, unmasked(values), dated)
    if timed is None and matching(some, _SPELLED_TIME) > 0.5:
        timed = _timed(name, _in_digits(values), dated)
    if timed is None:
        return []
    alone = int(timed.is_unique().sum())
    if len(timed) <= 0.5 * len(values) or alone <= 0.2 * len(timed):
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
            "时间泛化到月、季度或年。",
            "Generalize times to months, quarters or years.",
            "例：知道邻居 2025-03-01 08:16 到过窗口 → 表中只有一行是这一分钟",
            "for example: a neighbour was at the counter at 08:16 on 2025-03-01 → one row has it",
        )
    ]


_NUMERALS: Final = "[〇○零一二三四五六七八九十]"
_SPELLED_TIME: Final = (
    f"{_NUMERALS}(?:时|点)(?:[0-9]|{_NUMERALS}|过)|月{_NUMERALS}{{1,3}}日.*(?:时|点)"
)


def _in_digits(values: pl.Series) -> pl.Series:
    """Times with the numerals of papers as digits: 二〇二五年三月十一日八时五分."""
    signs = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
    digits = "[一二三四五六七八九]"
    return (
        values.str.replace_all(f"({digits})十({digits})", "${1}${2}")
        .str.replace_all(f"({digits})十", "${1}0")
        .str.replace_all(f"十({digits})", "1${1}")
        .str.replace_all("十", "10")
        .str.replace_many(list(signs), list(signs.values()))
        .str.replace_all("半", "30分")
    )


def _timed(name: str, values: pl.Series, dated: Callable[[], bool]) -> pl.Series | None:
    """The values that tell a minute of a day, however written; None where a column tells none.

    `dated` says whether another column tells the day.
    """
    if matching(values, _CLOCK) > 0.5:
        timed = values.filter(values.str.contains(_CLOCK))
        # Midnight is what a date becomes when it is kept as a time.
        timed = timed.filter(~timed.str.contains(r"[T ]0?0:00(?::00(?:\.0+)?)?(?:Z|\+08:00)?$"))
        if _by_the_hour(timed):
            return None
        clock = matching(values, f"^(?:[上下中]午|早上|晚上|凌晨)?{_CLOCK}(?: ?[AaPp][Mm])?$") > 0.9
        of_a_day = not clock and matching(values, _DAY) > 0.5
        return timed if of_a_day or (clock and dated()) else None
    if _says(name, _WHEN):
        if any(matching(values, one) > 0.9 for one in (_COMPACT, _EPOCH)):
            return values
        if matching(values, _FRACTIONS) > 0.5:
            return values.filter(values.str.contains(_FRACTIONS))
        hours = values.str.extract(_HOURS)
        if hours.null_count() < 0.1 * len(values) and hours.n_unique() >= 6 and dated():
            return values
    elif matching(values, r"^4[0-9]{4}\.[0-9]{5,}$") > 0.9:
        # Without a word in the header only the days of these twenty years, to the second.
        return values
    return values if _inside(values) or clocks.begun(values) else None


def _by_the_hour(timed: pl.Series) -> bool:
    """Whether times were cut to hours or their quarters: of so many, minutes would differ."""
    parts = timed.str.extract_groups(_CLOCKED)
    minutes, seconds = parts.struct[0].drop_nulls(), parts.struct[1].drop_nulls()
    return (
        len(minutes) >= _CUT_TIMES
        and int(minutes.is_in(["0", "00", "15", "30", "45"]).sum()) == len(minutes)
        and int((seconds.str.strip_chars("0") != "").sum()) == 0
    )


_CLOCKED: Final = "[0-9] ?(?::|：|时|点) ?([0-5]?[0-9])(?:(?::|：|分) ?([0-5]?[0-9]))?"
# A quarter of an hour comes up by chance once in fifteen times: ten times running never.
_CUT_TIMES: Final = 10


def _dated(texts: pl.DataFrame) -> bool:
    """Whether some column tells the day that a time of day alone needs."""
    return any(
        matching(
            drawn(texts[one]), f"^(?:[0-9]{{4}}[-/.年][0-9]{{1,2}}|20[0-9]{{2}}{_MONTH}{_DAYS}$)"
        )
        > 0.5
        for one in texts.columns
    )


def _inside(values: pl.Series) -> bool:
    """Whether numbers of papers carry the second in which they were given out.

    By chance four digits behind a day are an hour and a minute in one of seven; all of a column
    never, unless a counter stands there, which leaves the hours alike.
    """
    some = drawn(values)
    for front, inside in (
        ("20[12][0-9]{5}[-_T]?[0-9]{6}", _INSIDE),
        ("(?:^|[^0-9])2[0-9]{11}", _INSIDE_SHORT),
    ):
        if matching(some, front) < 0.95:
            continue
        hours = some.str.extract(inside)
        if hours.null_count() < 0.05 * len(some) and hours.n_unique() >= 6:
            return True
    return False


# --- places ---------------------------------------------------------------------------------


def _places(names: tuple[str, ...], texts: pl.DataFrame) -> Iterator[Finding]:
    shown = "、".join(names)
    exact = _exact(names, texts)
    if not exact:
        return
    yield Finding(
        "LOCATION_TOO_FINE",
        names,
        exact,
        share(exact, texts),
        f"列「{shown}」的坐标精确到百米以内，{exact} 行可定位到户。",
        f"column {', '.join(names)} is exact to 100 m; {exact} rows point at a house.",
        "坐标保留两位小数，或改为所在的区、街道。",
        "Keep two decimals, or give the district or street instead.",
        "例：106.812345,39.654321 → 地图上是一个门口",
        "for example 106.812345,39.654321 → one door on a map",
    )


def _apart(names: tuple[str, ...], texts: pl.DataFrame) -> Iterator[Finding]:
    """Places told by how far they are from others."""
    exact = _exact(names, texts)
    if not exact:
        return
    shown = "、".join(names)
    yield Finding(
        "LOCATION_TOO_FINE",
        names,
        exact,
        share(exact, texts),
        f"列「{shown}」写明到几个地点各有多远，精确到百米以内；两个距离在地图上只剩两点，三个只剩一点，"
        f"{exact} 行可定位到户。",
        f"columns {', '.join(names)} tell to less than 100 m how far it is from places that "
        f"everybody knows; two distances leave two points, three leave one: {exact} rows point at "
        "a house.",
        "只保留一个距离，或者都换成“1公里以内、1—3公里”一类的档，也可以改为所在的街道。",
        "Keep one of the distances, give bands of a kilometre or more, or the street instead.",
        "例：距火车站 1240 米、距医院 2310 米 → 地图上画两个圆，交点就是门口",
        "for example 1240 m from the station and 2310 m from the hospital → two circles meet at "
        "the door",
    )


def _exact(names: tuple[str, ...], texts: pl.DataFrame) -> int:
    """How many rows stand where few others do, where that is so of many.

    One point for each district, however many its decimals, is where everybody is.
    """
    place = pl.struct(names) if len(names) > 1 else pl.col(names[0])
    counted = texts.select(names).drop_nulls().select(pl.len().over(place).alias("n"))["n"]
    few = int((counted < _SHARED).sum())
    return few if few > 0.2 * len(counted) else 0


# So many rows at one point are a place they share.
_SHARED: Final = 5


# --- amounts --------------------------------------------------------------------------------

_NUMBER: Final = (
    r"^[-+]?(?:CNY|RMB|[￥¥$€]|人民币)?\s*"
    r"([-+]?[0-9]{1,3}(?:[,，' ][0-9]{3})+(?:\.[0-9]+)?|[-+]?[0-9]*\.?[0-9]+)"
    r"\s*([千万亿]?)(?:元|圆|块|CNY|RMB|USD)?整?$"
)
_SIGNED: Final = "CNY|RMB|[￥¥]|人民币|[千万亿]?元"


def _amounts(name: str, values: pl.Series, column: Column, texts: pl.DataFrame) -> list[Finding]:
    signed = matching(drawn(values), _SIGNED) > 0.5
    said = column.item in _MONEY or _says(name.split("(")[0].split("（")[0], _SUMS)
    if not (said or signed) or _says(name, _PRICES):
        return []
    some = _cents(name, drawn(values))
    if int((some % 100 != 0).sum()) <= 0.4 * len(some):
        return []
    cents = _cents(name, values)
    exact = cents.filter((cents % 100) != 0)
    alone = int(exact.is_unique().sum())
    if len(exact) <= 0.5 * len(values) or alone <= 0.5 * len(values):
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


def _cents(name: str, values: pl.Series) -> pl.Series:
    """Amounts in cents, whatever separators, signs and units they are written with."""
    parts = unmasked(values).str.extract_groups(_NUMBER)
    digits, unit = parts.struct[0], parts.struct[1].fill_null("")
    header = next((one for one in ("亿", "万", "千") if f"{one}元" in name), "")
    header = "分" if re.search("[(（/]分[)）]?$", name) else header
    scale = (
        pl.Series("u", unit)
        .replace({"": header})
        .replace_strict(
            {"": 1.0, "分": 0.01, "千": 1e3, "万": 1e4, "亿": 1e8},
            default=1.0,
            return_dtype=pl.Float64,
        )
    )
    number = digits.str.replace_all("[^0-9.+-]", "").cast(pl.Float64, strict=False)
    made = (number * scale * 100).round(0)
    return made.filter(made.is_not_null() & made.is_finite() & (made.abs() < 2**53)).cast(pl.Int64)


# --- results --------------------------------------------------------------------------------

# What lists of results tell of everybody who took part.
_RESULTS: Final = "(?:得分|总分|成绩|分数|排名|名次|位次|score|rank|ranking)(?:[(（].*)?$"
_FIGURES: Final = r"^[0-9]{1,6}(?:\.[0-9]+)?$|^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?$"


def _results(name: str, values: pl.Series, texts: pl.DataFrame) -> list[Finding]:
    """Results of races and examinations so exact that hardly two have the same."""
    if not _says(name, _RESULTS) or matching(drawn(values), _FIGURES) < 0.9:
        return []
    alone = int(values.is_unique().sum())
    if alone <= 0.5 * len(values):
        return []
    return [
        Finding(
            "AMOUNT_TOO_FINE",
            (name,),
            alone,
            share(alone, texts),
            f"列「{name}」几乎人人不同，{alone} 行独一无二；成绩单、榜单上有同样的数，"
            "一对就知道是谁。",
            f"nearly everybody has another {name}; {alone} stand alone, and the list of results "
            "has the same figures beside names.",
            "分档或取整，使每档有多人。",
            "Give bands or round, so that each has several people.",
            "例：半程马拉松净成绩 1:52:37 → 成绩公示里只有一人",
            "for example a half marathon in 1:52:37 → one person of the published results",
        )
    ]
