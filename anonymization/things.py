"""Whether a table is about nobody: institutions, places, things, or how many there are of them.

What singles a person out singles nothing out there: each row names another school, lamp or tree,
or is what a station read. One column that could tell of a person, and it is not such a table.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from anonymization.detection import Column
from anonymization.findings import Terms, drawn, matching

# Kinds and items that institutions and things have as well.
_THEIRS: Final = frozenset(
    {"ADDRESS", "LANDLINE", "EMAIL", "IP", "MAC", "GPS", "USCC", "DEVICE_ID"}
)
_ITEMS: Final = frozenset(
    {"固定电话", "电子邮箱", "家庭住址", "所属社区", "精确定位", "IP地址", "设备识别码", "账号"}
)
# What a person's age and sex look like; trees are older, and mares are no women.
_OF_PERSONS: Final = {
    "年龄": "^(?:[0-9]{1,2}|1[01][0-9])(?:周?岁)?$|[-~至到—以及]",
    "性别": "^(?:[男女](?:性|士|孩|生)?|[MFmf]|[Mm]ale|[Ff]emale|[0129])$",
}
# Who is spoken of, or what somebody did or where he lives; 人数 and 学生数 are counts.
_SOMEBODY: Final = re.compile(
    "人(?![数次均口社民大力才防])|者(?!数)|姓名|户主|业主|家长|患者|学生(?!数)|员工(?!数)|职工(?!数)|居民(?!数)"
    "|村民(?!数)|会员(?!数)|考生(?!数)|旅客(?!数)|乘客(?!数)|房号|户号|门牌|单元|家庭|子女|住址|居住|户籍|住户(?!数)"
    "|反映|投诉|举报|诉求|报警|报案|报修|求助|事发|案发|来电|来访|签到|打卡|上车|下车|刷卡|就诊|入院|出院"
    "|挂号|办件|借阅|入住|缴费|消费|交易|领取|预约|登录|入园|出生|死亡|年龄段|[出入]境|备注|说明|内容"
)
_CALLED: Final = re.compile(
    "(?:名称|全称|名|站|站点|点位|测点|断面|网站|域名|学校|园所|医院|机构|单位|企业|公司|小区|楼盘|社区|街道|乡镇"
    "|[区县旗]|旗县区?|地区|路段|线路|设施|公园|广场|公厕|桥梁|水库|景区|村)$"
)
# Things with a number of their own.
_NUMBERED: Final = re.compile(
    "(?:古树|树木|路灯|灯杆|[灯线电]杆|设备|设施|站点?|点位|桥梁?|泵站?|闸门?|机?井|管段|探头|摄像头|控制器"
    "|车位|充电桩|标段|项目|路段|建筑|公厕|果皮箱|消火栓|井盖|传感器|仪器)(?:编号|编码|代码|号|id)$"
)
_ENDS: Final = re.compile(
    "(?:局|厅|委|委员会|办公室|政府|中心|[小中大]学|学院|学校|幼儿园|院|所|站|馆|园|公司|集团|厂|店|超市|银行|分行"
    "|支行|协会|社|部|队|路口|码头|机场)[0-9]*[号部店]?$"
)
_READ: Final = re.compile(
    "(?:监测|观测|采集|采样|测量|检测|抄表|开灯|关灯|启动|停机|运行|数据|更新|发布)(?:时间|时刻|日期|时点)$"
)
_STATION: Final = re.compile("(?:站|站点|站名|站号|[测样]点|点位|断面|设备|监测点)(?:名称|编号)?$")
# Where somebody works, studied, has his money or lives.
_WHERE_SOMEBODY: Final = re.compile(
    "工作|就业|任职|从业|用人|所在|毕业|就读|原|现|开户|参保|接种|家|房|楼栋|楼层|户型"
)
_SUM: Final = re.compile("额|费|款|金|余|薪|资|价|收入|支出|补[贴助]")
_OF_FIRMS: Final = re.compile(
    "合同|中标|成交|采购|预算|投资|注册资[本金]|工程|项目|产值|营业|概算|决算"
)
_COUNTED: Final = re.compile("[数率量]$")
# So many of the rows must be named, each by another name.
_NAMED: Final = 0.9


def about_nobody(
    texts: pl.DataFrame, columns: Mapping[str, Column], codes: Iterable[str], terms: Terms
) -> bool:
    """Whether every row is a thing, a place or an institution, as far as can be seen.

    Each row has another name, or a station and when it was read; or all are of firms and stops,
    and nothing tells a sum that somebody paid. A minute is told of machines alone.
    """
    if terms.quasi or terms.sensitive or any(True for _ in codes) or texts.is_empty():
        return False
    names = [name for name in texts.columns if _names(name, texts[name])]
    read = any(_READ.search(name) for name in texts.columns) and any(
        _STATION.search(name) for name in texts.columns
    )
    listed = not names and not read
    if listed:
        names = [name for name in texts.columns if _institutions(name, texts[name])]
    return (bool(names) or read) and not any(
        _tells(texts[name], columns[name])
        or _visited(texts[name])
        or (listed and _SUM.search(name) and not _OF_FIRMS.search(name))
        for name in texts.columns
        if name not in names
    )


def _institutions(name: str, values: pl.Series) -> bool:
    """Whether a column holds firms, offices or stops, each of which may stand in many rows."""
    if _SOMEBODY.search(name) or _WHERE_SOMEBODY.search(name):
        return False
    return matching(drawn(values), _ENDS.pattern) > _NAMED


def _visited(values: pl.Series) -> bool:
    """Whether a column tells a minute by which whoever was there is known, and no machine."""
    if _READ.search(values.name) or values.n_unique() <= 5:
        return False
    return matching(drawn(values), "[0-9] ?[:：时点] ?[0-5][0-9]") > 0.5


def _names(name: str, values: pl.Series) -> bool:
    """Whether a column names the thing that each row is."""
    present = values.drop_nulls()
    if len(present) < _NAMED * len(values) or present.n_unique() < _NAMED * len(present):
        return False
    if _NUMBERED.search(name):
        return True
    if not _CALLED.search(name) or matching(drawn(present), r"^[\d*.]+$") > 0:
        return False
    # 经营者名称 may be a man or a shop: its values say.
    return _SOMEBODY.search(name) is None or matching(drawn(present), _ENDS.pattern) > _NAMED


def _tells(values: pl.Series, column: Column) -> bool:
    """Whether a column could tell something of a person."""
    if column.item in _OF_PERSONS:
        return matching(drawn(values), _OF_PERSONS[column.item]) > 0.5
    if column.kind not in _THEIRS | {None}:
        return True
    if column.item not in _ITEMS | {None} and not _counts(values):
        return True
    return set(column.inside) - _THEIRS != set() or _SOMEBODY.search(column.name) is not None


def _counts(values: pl.Series) -> bool:
    """Whether a column says how many, whatever of."""
    return bool(_COUNTED.search(values.name)) and matching(drawn(values), r"^[\d.,%]+$") > _NAMED
