"""What tells of a person's life without being an identifier: its days, and what it suffered.

Judged by values in a table about persons, whatever a header is called: a day that differs from
person to person is known to friends, to neighbours, to the paper and to other registers; the day
of a batch, which hundreds share, tells nobody apart.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import polars as pl

from anonymization import headers
from anonymization.findings import matching


class Seen(Protocol):
    """A column as far as it has been read: of a table, or of the catalogue before there is one."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str | None: ...  # noqa: D102
    @property
    def item(self) -> str | None: ...  # noqa: D102


# What only a person has. Illnesses, allowances and telephones herds, firms and shops have as well.
_TRAITS: Final = frozenset(
    {
        *("公民身份号码", "出生日期", "年龄", "性别", "民族", "籍贯", "学历", "文化程度"),
        *("婚姻状况", "婚史", "与户主关系", "政治面貌", "宗教信仰", "职业", "户籍地址"),
        *("残疾类别", "残疾人身份", "残疾证号", "低保身份", "救助对象身份", "优抚对象身份"),
        *(
            "社会保障号",
            "社会保障卡号",
            "病历号",
            "生育信息",
            "ID_CARD",
            "BIRTH_DATE",
            "SSN",
            "MRN",
        ),
    }
)
_WEAK: Final = frozenset({"个人资金金额", "收入", "疾病诊断", "用药记录", "健康状况", "接种信息"})
# Who or what of a life a header speaks of.
_LIVES: Final = re.compile(
    "患者|病人|学生|考生|学员|老年?人|儿童|婴|产妇|孕妇|居民|员工|职工|参保人|申请人|领取人|救助|低保|补贴对象|驾驶人"
    "|结婚|离婚|婚姻|收养|分娩|死亡|去世|逝世|火化|入院|出院|住院|就诊|手术|确诊|逮捕|拘留|羁押|刑满|入狱|出狱|矫正"
    "|入伍|退伍|退役|发病|门诊|入学|毕业|入职|离职|退休|入住|退住|离院|报案|信访"
)
_BEASTS: Final = re.compile("耳标|畜|禽|养殖|牧场|动物|犬|疫苗批")
_FIRMS: Final = (
    "(?:公司|集团|厂|矿|合作社|商行|经营部|门市部|超市|农场|养殖场|牧场|企业|银行|支行"
    "|事务所|酒店|饭店|药房)$"
)


def of_persons(columns: Iterable[Seen], values: Iterable[pl.Series] | None = None) -> bool:
    """Whether rows are people, as far as headers and values say so; rows of firms are not."""
    some = list(columns)
    if any(column.kind == "USCC" or _BEASTS.search(column.name) for column in some):
        return False
    if any({column.item, column.kind} & _TRAITS for column in some):
        return True
    if not any(column.item in _WEAK or _LIVES.search(column.name) for column in some):
        return False
    return not any(
        one.dtype == pl.String and matching(one.head(200), _FIRMS) > 0.5
        for one in values or ()
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
# What an office did with its own papers and data is known to nobody outside.
_CLERICAL: Final = re.compile(
    "(?:数据|信息|记录|系统|业务|档案|首次|最后|最近|末次)*(?:归档|录入|入库|更新|导入|导出|上报|填报|制表|统计|推送"
    "|同步|审核|复核|校验|创建|修改|抽取|采集|备份|打印|时间戳)(?:日期|时间|日)?"
    "|(?:create|update|insert|modif|sync|load|import|etl)[a-z]*_?(?:d|at|on|date|time)?"
)
# So few days, or so few of a month, are those of batches.
_FEW_DAYS: Final = 8
_OF_A_MONTH: Final = 4


def is_day(name: str, values: pl.Series) -> bool:
    """Whether these distinct values are days that differ from row to row, but of no batch."""
    if len(values) < _FEW_DAYS or _CLERICAL.fullmatch(headers.read(name).spoken):
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


def _scattered(values: pl.Series, months: pl.Series) -> bool:
    """Whether days of many years differ: a batch has one day a month, and misses few months."""
    return months.n_unique() >= 60 and len(values) >= 1.5 * months.n_unique()


def says_day(name: str) -> bool:
    """Whether a header alone says that its column holds days that may differ from row to row."""
    spoken = headers.read(name).spoken
    return bool(re.search("日期$|时间$", spoken)) and not _CLERICAL.fullmatch(spoken)


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
