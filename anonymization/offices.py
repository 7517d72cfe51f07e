"""What is an office's and no person's: its telephone, its door, the codes it gives out."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from anonymization.detection import Column
from anonymization.findings import drawn, matching

_CALLED: Final = (
    "(?:机构|单位|学校|院校|园所|企业|公司|医院|诊所|药店|药房|网点|站点|场所|商户|场|店|馆|院|所|站|社|厂|园|"
    "中心|组织|团体|协会|部门|法人)(?:名称|全称|名)$|^名称$"
)
# What institutions are called last, and what is behind it where there are several of them.
INSTITUTION: Final = (
    "局|厅|委|委员会|办公室|政府|中心|[小中大]学|学校|幼儿园|院|所|站|馆|园|公司|集团|厂|店|超市|药房|市场"
    "|寺|庙|教堂|清真寺|合作社|牧场|农场|养殖场|停车场|银行|分行|支行|协会|学会|商会|基金会|联合会|社|部|队|路口|码头|机场"
)
NAMED_LIKE_ONE: Final = f"(?:{INSTITUTION})[0-9]*[号部店]?$"
# Parts of an office; where somebody was treated or heard is no list of offices.
_ENDS: Final = f"(?:{INSTITUTION}|处|科)[0-9]*[号部店]?$"
_OF_PEOPLE: Final = frozenset({"性别", "出生日期", "年龄", "民族", "文化程度", "与户主关系"})
_MOST: Final = 0.9
_HOMES: Final = "家庭|家长|住宅|居住|住址|户籍|现住|常住|本人|个人|户主|业主|宅电"


def of_a_named(texts: pl.DataFrame, name: str, kind: str | None) -> bool:
    """Whether a telephone or mailbox is of the institution that another column names.

    采购人联系方式 is that of the 采购人, whom 采购人 says to be a bureau.
    """
    if kind not in {"LANDLINE", "EMAIL"}:
        return False
    whose = max((one for one in texts.columns if one != name and name.startswith(one)), default="")
    return bool(whose) and matching(drawn(texts[whose].drop_nulls()), NAMED_LIKE_ONE) > _MOST


def lists_offices(texts: pl.DataFrame, columns: Mapping[str, Column], codes: Iterable[str]) -> bool:
    """Whether each row is an institution: it is named, and no column tells of a person."""
    if any(True for _ in codes) or {column.item for column in columns.values()} & _OF_PEOPLE:
        return False
    if any(_somebodys(column) for column in columns.values()):
        return False
    for name in texts.columns:
        if not re.search(_CALLED, name):
            continue
        values = texts[name].drop_nulls()
        # An office that served a person stands in many rows; one that is listed in few.
        if values.n_unique() < max(5, 0.1 * len(values)):
            continue
        if matching(drawn(values), _ENDS) > 0.8 or (
            columns[name].kind is None and values.n_unique() > _MOST * texts.height
        ):
            return True
    return False


def _somebodys(column: Column) -> bool:
    """Whether a column is of a person, and not of who speaks for the institution of its row."""
    if column.kind == "PERSON":
        return not re.search(_SPEAKS_FOR, column.name)
    return column.kind == "ID_CARD" or (
        column.kind == "MOBILE" and not re.search(_AT_WORK, column.name)
    )


_SPEAKS_FOR: Final = (
    "法定代表人|法人代表|负责人|法人|校长|园长|院长|馆长|站长|所长|理事长|会长|投资人|经营者"
    "|联系人|联络员"
)
# Telephones of the counter, whoever holds them.
_AT_WORK: Final = (
    "营业|服务|客服|预订|预定|订餐|订房|招生|售后|销售|前台|总机|值班|咨询|热线|监督|投诉|应急"
    "|救援|抢修"
)


def of_the_office(values: pl.Series, kind: str | None, nobody: bool) -> bool:
    """Whether what stands in a list of institutions is theirs, as header and values say.

    Where the rows are things (`things.about_nobody`), their addresses on a network are theirs too.
    """
    if re.search(_HOMES, values.name):
        return False
    # A mailbox at the government's own domain is an office's, whoever reads it.
    governed = kind == "EMAIL" and matching(drawn(values), r"\.gov\.cn$") > _MOST
    if kind == "MOBILE":
        return re.search(_AT_WORK, values.name) is not None
    if kind == "EMAIL":
        return governed or not re.search(_SPEAKS_FOR, values.name)
    return kind in {"LANDLINE", "ADDRESS"} or (
        nobody and kind in {"IP", "MAC", "DEVICE_ID", "PLATE"}
    )
