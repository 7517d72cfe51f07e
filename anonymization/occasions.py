"""What tells of a person's life without being an identifier: its days, and what it suffered.

Judged by values in a table about persons, whatever a header is called: a day that differs from
person to person is known to friends, to neighbours, to the paper and to other registers; the day
of a batch, which hundreds share, tells nobody apart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from anonymization import headers, persons
from anonymization.findings import matching

_FIRMS: Final = (
    "(?:公司|集团|厂|矿|合作社|商行|经营部|门市部|超市|农场|养殖场|牧场|企业|银行|支行"
    "|事务所|酒店|饭店|药房)$"
)


def of_firms(columns: Iterable[pl.Series]) -> bool:
    """Whether a column of distinct values names firms."""
    return any(
        one.dtype == pl.String and matching(one.head(200), _FIRMS) > 0.5
        for one in columns
        if len(one)
    )


# --- days ---------------------------------------------------------------------------------------

_MONTH: Final = "(?:0?[1-9]|1[0-2])"
_DAY: Final = "(?:0?[1-9]|[12][0-9]|3[01])"
# A day, however it is written, perhaps with an hour behind; of a serial number the header says so.
_DAYS: Final = (
    rf"^((?:(?:19|20)[0-9]{{2}})[-/.年 ]{{1,2}}{_MONTH})[-/.月 ]{{1,2}}{_DAY}日?(?:[ T].*)?$",
    r"^((?:19|20)[0-9]{2}(?:0[1-9]|1[0-2]))(?:0[1-9]|[12][0-9]|3[01])(?:[ T].*)?$",
    rf"^([0-9]{{2}}[-/.年]{_MONTH})[-/.月]{_DAY}日?$",
    rf"^({_MONTH}[-/.])({_DAY})[-/.](?:19|20)[0-9]{{2}}$",
)
_SERIAL: Final = r"^([34][0-9]{2})[0-9]{2}(?:\.0)?$"
_DATED: Final = re.compile("日期|时间|[^节假]日$|date|(?:^|_)(?:rq|sj)$|(?:rq|riqi)$")
# So few days, or so few of a month, are those of batches.
_FEW_DAYS: Final = 8
_OF_A_MONTH: Final = 4


def is_day(name: str, values: pl.Series) -> bool:
    """Whether these distinct values are days that differ from row to row, but of no batch."""
    if len(values) < _FEW_DAYS or persons.is_clerical(name):
        return False
    looks = (*_DAYS, _SERIAL) if _DATED.search(name.lower()) else _DAYS
    few = values.head(20)
    for look in looks:
        if matching(few, look) < 0.5:
            continue
        months = values.str.extract(look).drop_nulls()
        if len(months) < 0.9 * len(values):
            continue
        return len(months) >= _OF_A_MONTH * months.n_unique() or _scattered(values, months)
    return False


# So many months of as many years are those of lives, as of a pension or a marriage; those of
# batches and of what an office did lately are of a few.
_MONTHS: Final = (
    rf"^((?:19|20)[0-9]{{2}})[-/.年]{_MONTH}月?$",
    r"^((?:19|20)[0-9]{2})(?:0[1-9]|1[0-2])$",
)
_MANY_MONTHS: Final = 60
_MANY_YEARS: Final = 10


def is_month(name: str, values: pl.Series) -> bool:
    """Whether these distinct values are months that differ from life to life."""
    if len(values) < _MANY_MONTHS or persons.is_clerical(name):
        return False
    looks = _MONTHS if re.search("月|month|date|日期|时间", name.lower()) else _MONTHS[:1]
    for look in looks:
        years = values.str.extract(look).drop_nulls()
        if len(years) >= 0.9 * len(values):
            return years.n_unique() >= _MANY_YEARS
    return False


def _scattered(values: pl.Series, months: pl.Series) -> bool:
    """Whether days of many years differ: a batch has one day a month, and misses few months."""
    return months.n_unique() >= 60 and len(values) >= 1.5 * months.n_unique()


# --- when somebody was born, less than to the day -----------------------------------------------

# 80后, 八零后 are people whatever the header says; 1980年代 may be a house.
_GENERATION: Final = "^(?:(?:19|20)?[0-9]0|[〇零一二三四五六七八九][〇零])后$"
_DECADE: Final = "^(?:(?:19|20)?[0-9]0年代|(?:19|20)[0-9]0'?[sS]|[二三四五六七八九]十年代)$"
_YEAR: Final = "^(?:19[2-9]|20[0-2])[0-9]年?$"
_BIRTHDAY: Final = (
    rf"^{_MONTH}(?:[-/.]|月){_DAY}日?$|^(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$"
    "|^(?:0?[1-9]|1[0-2])月$"
)
_OF_THINGS: Final = re.compile("建[成造立设]|竣工|生产|制造|出版|发行|成立|设立|登记|注册")
_NEARLY_ALL: Final = 0.9


def born_about(name: str, values: pl.Series, of_persons: bool) -> bool:
    """Whether distinct values tell the decade or year somebody was born.

    `of_persons` says that the table is about people: a decade is theirs then, unless the header
    speaks of what was built.
    """
    if matching(values, _GENERATION) >= _NEARLY_ALL:
        return True
    of_birth = _of_birth(name)
    if _OF_THINGS.search(name) or not (of_birth or of_persons):
        return False
    looks = (_GENERATION, _DECADE, *((_YEAR,) if of_birth else ()))
    return matching(values, "|".join(looks)) >= _NEARLY_ALL


def is_birthday(name: str, values: pl.Series) -> bool:
    """Whether distinct values are days or months of birth without a year."""
    return _of_birth(name) and matching(values, _BIRTHDAY) >= _NEARLY_ALL


# 1962年5月3日生 in a sentence, but no day on which something was made or came into force; and what
# is left of it where the day is blotted out.
DATE_SAID: Final = "(?:19[2-9]|20[0-2])[0-9][-/.年][0-9]{1,2}(?:[-/.月][0-9]{1,2})?[月日]?"
BIRTHS: Final[Mapping[str, str]] = {
    rf"{DATE_SAID}(出生|生(?:人|于|[^\p{{Han}}]|$))": "【出生日期】${1}",
    rf"(出生日期|出生时间|出生于|生日|生于)([:：为是]? ?){DATE_SAID}": "${1}${2}【出生日期】",
}


def _of_birth(name: str) -> bool:
    return "BIRTH_DATE" in headers.read(name).kinds


# --- values that tell what the law protects -----------------------------------------------------

# PIPL article 28, by the words its kinds are spoken of with.
_TELLING: Final[Sequence[tuple[str, str]]] = (
    (
        "疾病诊断",
        "艾滋|HIV|梅毒|淋病|结核|[乙丙]肝|肝炎|肝硬化|癌|肿瘤|白血病|尿毒症|糖尿病|高血压|冠心病|心脏病|脑梗|脑卒中|中风"
        "|精神(?:分裂|病|障碍)|抑郁|双相|癫痫|帕金森|痴呆|布病|布鲁氏|尘肺|矽肺|[大重]病|重疾|慢性?病|罕见病|血友病|透析"
        "|流产|不孕|器官移植|性病",
    ),
    ("残疾类别", "残疾|失能|失智|瘫痪|失明|聋哑"),
    (
        "违法犯罪记录",
        "吸毒|戒毒|贩毒|毒品|社区矫正|刑满|服刑|缓刑|假释|盗窃|诈骗|抢劫|抢夺|强奸|猥亵|危险驾驶|醉驾|卖淫|嫖娼|赌博|故意伤害"
        "|非法拘禁|拘留|家暴|家庭暴力",
    ),
    ("宗教信仰", "佛教|道教|伊斯兰教?|天主教|基督教|喇嘛教"),
    ("救助对象身份", "低保|特困|孤儿|无人抚养|困境儿童|留守儿童|流浪|乞讨|五保"),
)
_CATEGORIES: Final = 80
_LONGEST: Final = 20


def telling(values: pl.Series) -> str | None:
    """The item of sensitive information that the distinct values of a category tell, or None.

    One in five tells it, or two do: of the causes of a grant an illness may be one of eight.
    """
    if not 2 <= len(values) <= _CATEGORIES or values.str.len_chars().max() > _LONGEST:  # type: ignore[operator]
        return None
    for item, words in _TELLING:
        told = int(values.str.contains(words).sum())
        if told >= 2 or told >= 0.2 * len(values):
            return item
    return None
