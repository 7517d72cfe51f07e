"""Whether a table is about nobody: institutions, places, things, or how many there are of them.

What singles a person out singles nothing out there: each row names another school, lamp or tree,
or is what a station read. One column that could tell of a person, and it is not such a table.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from anonymization import headers, offices, totals
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
    "|挂号|办件|借阅|入住|缴费|消费|交易|购买|下单|领取|预约|登录|入园|出生|死亡|年龄段|[出入]境|(?<!设)备注|说明|内容"
    "|球衣|号码[衣布]|胸[号牌]|座位?号|[床铺]位?号|工位号?|体检结[论果]"
)
# Parties to a contract are firms and offices, whatever they are called.
_PARTIES: Final = re.compile("(?:采购|招标|投标|中标|发包|承包|供应)人")
_CALLED: Final = re.compile(
    "(?:名称|全称|名|站|站点|点位|测点|断面|网站|域名|学校|园所|医院|机构|单位|企业|公司|小区|楼盘|社区|街道|乡镇"
    "|[区县旗]|旗县区?|地区|路段|线路|设施|公园|广场|公厕|桥梁|水库|景区|村)$"
)
# Papers, goods and places of the map: whose row has one is a thing, however often it stands there.
_MATTERS: Final = re.compile(
    "(?:标题|题名|书名|刊名|地名|品名|文号|栏目|(?:文件|公告|事项|商品|产品|项目|工程|课程|专利|标准|图书|收费项目)名称?"
    "|震级|isbn|issn|公交线路|[0-9]*路线路)$"
)
# Things with a number of their own.
_NUMBERED: Final = re.compile(
    "(?:古树|树木|路灯|灯杆|[灯线电]杆|设备|设施|站点?|点位|桥梁?|泵站?|闸门?|机?井|管段|探头|摄像头|控制器"
    "|资产|器材|主机|服务器|车辆|自|车位|充电桩|标段|项目|路段|建筑|公厕|果皮箱|消火栓|井盖|传感器|仪器)(?:编号|编码|代码|号|id)$"
)
_READ: Final = re.compile(
    "(?:监测|观测|采集|采样|测量|检测|抄表|开灯|关灯|启动|停机|运行|数据|更新|发布|发震|统计|公告|公示|开标|挂网|印发"
    "|归档|上传|发车|到站|定位|回传|通信|通讯|心跳|上线)(?:时间|时刻|日期|时点)$|(?:首班|末班)(?:时间|车)?$|^gps_?time$"
    "|^(?:最近|最后|末次|上次|最新)一?次?(?:上报|通信|通讯|心跳|在线|上线|回传|采集)(?:时间|时刻)?$"
)
# What befalls things that stand somewhere and have a number: nobody was there for it.
_FAILED: Final = re.compile(
    "(?:故障|失效|离线|告警|掉线|漏水|漏损|巡检|巡查|检修|维护|养护|维修|保养|清掏|更换|恢复)(?:时间|时刻|日期|时点)$"
)
_FIXED: Final = re.compile(
    "(?:古树|树木|路灯|灯杆|[灯线电]杆|站点?|点位|桥梁?|泵站?|闸门?|机?井|管段|探头|摄像头|控制器|充电桩|公厕|果皮箱"
    "|消火栓|井盖|传感器|信号灯|配电箱|箱变|变压器)(?:编号|编码|代码|号|id)$"
)
_STATION: Final = re.compile(
    "(?:站|站点|站名|站号|[测样]点|点位|断面|设备|监测点|公交线路|线路|班次|主机|服务器|节点|泵房)(?:名称?|编号)?$"
)
# Digests of files, which nobody can list: beside the names of the files.
_FILES: Final = re.compile("(?:文件|附件|镜像)名?称?$")
_DIGESTS: Final = re.compile("(?:摘要|校验[码值和]|sm3|md5|sha[0-9]*|checksum|digest)")
# Where somebody works, studied, has his money or lives.
_WHERE_SOMEBODY: Final = re.compile(
    "工作|就业|任职|从业|用人|所在|毕业|就读|原|现|开户|参保|接种|家|房|楼栋|楼层|户型"
)
_SUM: Final = re.compile("额(?!定)|费|款|金|余|薪|资|价|收入|支出|补[贴助]")
_OF_FIRMS: Final = re.compile(
    "合同|中标|成交|采购|预算|投资|注册资[本金]|工程|项目|产值|营业|概算|决算|标准|[定售单]价|价格|票价"
)
# Works are numbered, and their sums are those of who builds them: 结算 alone is a patient's, too.
_WORKS: Final = re.compile("(?:工程|标段|施工合同|养护项目|维修项目)(?:编号|编码|代码|号)$")
_COST: Final = re.compile("结算|造价|审定|审减|核定|送审|进度款|质保金|支付比例")
_COUNTED: Final = re.compile("[数率量]$")
# So many of the rows must be named, each by another name.
_NAMED: Final = 0.9


def about_nobody(
    texts: pl.DataFrame, columns: Mapping[str, Column], codes: Iterable[str], terms: Terms
) -> bool:
    """Whether every row is a thing, a place, an institution or a total, as far as can be seen.

    Each row has another name, or a station and when it was read, or is a paper, an article or a
    step of a series; or all are of firms and stops, and nothing tells a sum that somebody paid.
    A minute is told of machines alone.
    """
    if terms.quasi or terms.sensitive or texts.is_empty() or _coded(texts, codes):
        return False
    if totals.of_groups(texts, columns):
        return True
    names = [name for name in texts.columns if _names(name, texts[name])]
    read = any(_READ.search(name) for name in texts.columns) and any(
        _STATION.search(name) for name in texts.columns
    )
    read |= any(_FAILED.search(name) for name in texts.columns) and any(
        _FIXED.search(name) for name in texts.columns
    )
    # What may stand in many rows could be where somebody was or what he bought: sums are asked.
    loose = not names and not read
    if loose:
        names = [
            name for name in texts.columns
            if _MATTERS.search(headers.read(name).spoken)
            or _WORKS.search(name)
            or _institutions(name, texts[name])
        ]  # fmt: skip
    owned = any(
        _OWNER.search(name) and matching(drawn(texts[name]), offices.NAMED_LIKE_ONE) > _NAMED
        for name in texts.columns
    )
    works = any(_WORKS.search(name) for name in texts.columns)
    return (bool(names) or read) and not any(
        _tells(texts[name], columns[name], owned)
        or _visited(texts[name], columns[name])
        or (loose and _SUM.search(name) and not _of_firms(name, works))
        for name in texts.columns
        if name not in names
    )


def _of_firms(name: str, works: bool) -> bool:
    """Whether a sum is of firms and offices; what works cost is settled with who built them."""
    return _OF_FIRMS.search(name) is not None or (works and _COST.search(name) is not None)


def _coded(texts: pl.DataFrame, codes: Iterable[str]) -> bool:
    """Whether a column of codes may stand for people; digests of files stand for files."""
    files = any(_FILES.search(name) for name in texts.columns)
    return any(
        not (files and _DIGESTS.search(name.lower()))
        and not _CALLS.search(name.lower())
        and not _of_a_register(name, texts[name])
        for name in codes
    )


def _of_a_register(name: str, values: pl.Series) -> bool:
    """Whether codes number stations: they begin alike, as digests and keyed codes never do."""
    if not (_STATION.search(name) or _NUMBERED.search(name)):
        return False
    return drawn(values.drop_nulls()).str.head(4).n_unique() <= _BEGINNINGS


# Of hexadecimal codes four signs make 65536 beginnings; a register has one for each district.
_BEGINNINGS: Final = 12


# What programs call one another by, and versions of them; sessions are people's.
_CALLS: Final = re.compile(
    "(?:request|trace|span|commit|build|batch|job|image|message|msg)_?(?:id|hash)$"
)


def _institutions(name: str, values: pl.Series) -> bool:
    """Whether a column holds firms, offices or stops, each of which may stand in many rows."""
    if _somebody(name) or _WHERE_SOMEBODY.search(name):
        return False
    some = drawn(values)
    if matching(some, offices.NAMED_LIKE_ONE) > _NAMED:
        return True
    return _CALLED.search(name) is not None and matching(some, _THINGS) > _NAMED


# What things of a city are called last that are no institutions.
_THINGS: Final = (
    f"(?:{offices.INSTITUTION}|公厕|厕所|卫生间|[岗报电]亭|[桥塔渠井]|泵房|避难点|投放点|收集点|充电桩|雕塑"
    "|电子屏|广告牌|消火栓|绿地|游园|广场)[0-9]*号?$"
)


def _somebody(name: str) -> bool:
    return _SOMEBODY.search(_PARTIES.sub("", name)) is not None


def _visited(values: pl.Series, column: Column) -> bool:
    """Whether a column tells a minute by which whoever was there is known, and no machine."""
    when = str(values.name)
    if column.kind in _THEIRS or _READ.search(when) or _FAILED.search(when):
        return False
    if values.n_unique() <= 5:
        return False
    return totals.tells_minutes(drawn(values))


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
    return not _somebody(name) or matching(drawn(present), offices.NAMED_LIKE_ONE) > _NAMED


# Whose the things are: the cars of an office are no man's.
_OWNER: Final = re.compile(
    "(?:所属|使用|权属|产权|管理|管护|养护|运营|经营|责任|车属)(?:单位|部门|企业|公司)$"
)


def _tells(values: pl.Series, column: Column, owned: bool) -> bool:
    """Whether a column could tell something of a person; `owned` says that offices own the rows."""
    if owned and column.kind == "PLATE":
        return False
    if column.item in _OF_PERSONS:
        return matching(drawn(values), _OF_PERSONS[column.item]) > 0.5
    if column.kind not in _THEIRS | {None}:
        return True
    if column.item not in _ITEMS | {None} and not _counts(values):
        return True
    return set(column.inside) - _THEIRS != set() or _somebody(column.name)


def _counts(values: pl.Series) -> bool:
    """Whether a column says how many, whatever of."""
    return bool(_COUNTED.search(values.name)) and matching(drawn(values), r"^[\d.,%]+$") > _NAMED
