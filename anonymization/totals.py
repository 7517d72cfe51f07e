"""Tables whose rows are totals of groups or steps of a series: what is told is of many, or of time.

An average wage to the cent is nobody's wage, and that the hours of a day stand once each in a
table of calls by the hour is how such a table is made. Whether a cell counts too few people is
asked elsewhere (`aggregates`, `shares`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from anonymization.detection import Column
from anonymization.findings import matching

_FIGURE: Final = r"^[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]*\.?[0-9]+)\s*[%％‰]?$"
# What stands where a figure is left out.
_LEFT_OUT: Final = r"^(?:[*＊×xX…/—–-]+|[<＜≤]\s*[0-9]+|N/?A|无|不详)$"
# What a figure is of, where it is one of many and no one's: headers of sums, means and rates.
_OF_MANY: Final = re.compile(
    "平均|人均|户均|均值|中位|同比|环比|增[长速]|占比|比重|指数|总[量额数值]|合计|总计|累计|常住|人口|产值|"
    "(?:人|户|件|例|宗|家|辆|对|起|册|笔|企业|机构|单位|网点|接通|来电|办件|发病|客流|车流|车次|登记|缴存|就业|失业)[数量率次]"
    "|(?:流量|客流量?|车流量?|单量|调用量|访问量|接待量|发病率|接通率)$"
)
# A period of time, whatever it is counted in.
_PERIOD: Final = re.compile(
    "(?:年份?|年度|月份?|季度?|周|日|日期|时间|时刻|时段|小时|period|year|month|date|hour|time)(?:\\W.*)?$"
)
_TIME: Final = r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}"
# Who is named, numbered or served: a row with such a column may be his.
_EACH: Final = re.compile(
    "姓名|编号|编码|代码|证号|卡号|号码|学号|工号|户号|账号|流水|订单|工单|序列|假名|标识|户主|业主|患者|申请|备注|内容|"
    "(?:^|_)id$|uuid|code$"
)
_MOST_ROWS: Final = 100_000
_MOST_GROUPS: Final = 6
# The share of the combinations of its categories that a table of totals has at the least.
_FILLED: Final = 0.25
# Steps a series has at the least, and the share of them that are of the same length.
_STEPS: Final = 12
_EVEN: Final = 0.9


def of_groups(texts: pl.DataFrame, columns: Mapping[str, Column]) -> bool:
    """Whether each row stands once for its group or moment, and holds figures of many.

    Nothing in it may name, number or describe one person in words of more than a category.
    """
    if not 2 <= texts.height <= _MOST_ROWS or any(_EACH.search(name) for name in texts.columns):
        return False
    if any(column.kind or column.inside for column in columns.values()):
        return False
    figures = [
        name
        for name in texts.columns
        # 平均住院日 counts days and is none.
        if (_OF_MANY.search(name) or not is_period(name)) and _figures(texts[name])
    ]
    groups = [name for name in texts.columns if name not in figures]
    if not figures or not 1 <= len(groups) <= _MOST_GROUPS:
        return False
    many = any(_OF_MANY.search(name) for name in figures)
    if not many and not any(_series(texts[name]) for name in groups):
        return False
    # Who was there by the minute is known; a series counts every step, whoever was there.
    if any(tells_minutes(texts[name]) and not _series(texts[name]) for name in groups):
        return False
    return not texts.select(groups).is_duplicated().any() and _crossed(texts, groups)


def _crossed(texts: pl.DataFrame, groups: Sequence[str]) -> bool:
    """Whether categories are crossed, as tables cross them: most of what may stand there does.

    People who are each alone in their combination are few among the combinations there are.
    """
    kept: list[str] = []
    combinations = 1
    for name in sorted(groups, key=lambda one: -texts[one].n_unique()):
        # What follows from another, as the district from the street, crosses nothing.
        if any(texts.select(one, name).n_unique() == texts[one].n_unique() for one in kept):
            continue
        kept.append(name)
        combinations *= texts[name].n_unique()
    return texts.height >= _FILLED * combinations


def is_period(name: str) -> bool:
    """Whether a header says that a column holds years, months, days or hours."""
    return _PERIOD.search(name) is not None


def _figures(values: pl.Series) -> bool:
    present = values.drop_nulls()
    shown = present.filter(~present.str.contains(_LEFT_OUT))
    return len(shown) > 0 and matching(shown, _FIGURE) == 1


def tells_minutes(values: pl.Series) -> bool:
    """Whether most of these tell the minute of something."""
    return matching(values, "[0-9] ?[:：时点] ?[0-5][0-9]") > 0.5


def _series(values: pl.Series) -> bool:
    """Whether times are the steps of a clock, each as long as the others."""
    present = values.drop_nulls().unique()
    if len(present) < _STEPS or matching(present, _TIME) < 1:
        return False
    moments = present.str.head(16).str.replace_all("/", "-").str.replace("T", " ")
    steps = moments.str.to_datetime("%Y-%m-%d %H:%M", strict=False).drop_nulls().sort().diff()
    lengths = steps.drop_nulls().value_counts(sort=True)
    return len(lengths) > 0 and int(lengths["count"][0]) >= _EVEN * (len(present) - 1)
