"""Whether a table is about people, and which of its days tell of them, as far as headers say.

Without the engine: a plan is proposed from the names of a catalogue, before there are data.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from anonymization import headers


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
        *("社会保障号", "社会保障卡号", "病历号", "生育信息", "ID_CARD", "BIRTH_DATE", "SSN"),
        "MRN",
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


def of_persons(columns: Iterable[Seen], of_firms: Callable[[], bool] = lambda: False) -> bool:
    """Whether rows are people, as far as headers say so, and values where headers say little.

    `of_firms` is asked then; rows of firms are no people.
    """
    some = list(columns)
    if any(column.kind == "USCC" or _BEASTS.search(column.name) for column in some):
        return False
    if any({column.item, column.kind} & _TRAITS for column in some):
        return True
    if not any(column.item in _WEAK or _LIVES.search(column.name) for column in some):
        return False
    return not of_firms()


# What an office did with its own papers and data is known to nobody outside.
_CLERICAL: Final = re.compile(
    "(?:数据|信息|记录|系统|业务|档案|首次|最后|最近|末次)*(?:归档|录入|入库|更新|导入|导出|上报|填报|制表|统计|推送"
    "|同步|审核|复核|校验|创建|修改|抽取|采集|备份|打印|时间戳)(?:日期|时间|日)?"
    "|(?:create|update|insert|modif|sync|load|import|etl)[a-z]*_?(?:d|at|on|date|time)?"
)


def is_clerical(name: str) -> bool:
    """Whether a header speaks of what an office does with its own papers and data."""
    return _CLERICAL.fullmatch(headers.read(name).spoken) is not None


def says_day(name: str) -> bool:
    """Whether a header alone says that its column holds days that may differ from row to row."""
    return bool(re.search("日期$|时间$", headers.read(name).spoken)) and not is_clerical(name)
