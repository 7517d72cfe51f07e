"""What people put beside a value when they call it a salt, though anybody can list it."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

# The first anybody tries.
_FIRST: Final = ("123456", "salt", "wuhai", "abc123", "password", "key", "secret", "admin")
USUAL: Final = (*_FIRST, "2024", "2025", "2026")
SALTS: Final = (
    *_FIRST,
    *("wh", "whs", "150300", "150302", "150303", "150304", "0473"),
    *("SALT", "Wuhai", "WUHAI", "乌海", "乌海市"),
    *("000000", "888888", "666666", "test", "md5", "sm3", "hash", "gov", "data"),
    *(str(year) for year in range(2022, 2028)),
    *(f"{city}{year}" for city in ("wuhai", "wh", "乌海") for year in (2024, 2025, 2026)),
    *("2025-", "-2025", "2025_", "_2025", "2026-", "-2026", "wuhai_", "_wuhai", "wuhai-", "-wuhai"),
)
# What the offices of a city are called for short, in characters and in initials.
_OFFICES: Final = (
    "民政局 mzj|教育局 jyj|公安局 gaj|财政局 czj|审计局 sjj|司法局 sfj|统计局 tjj|水务局 swj"
    "|林草局 lcj|商务局 swj|信访局 xfj|税务局 swj|气象局 qxj|邮政局 yzj|科技局 kjj"
    "|工信局 gxj|人社局 rsj|住建局 zjj|医保局 ybj|能源局 nyj|农牧局 nmj|交通局 jtj"
    "|应急局 yjj|卫健委 wjw|发改委 fgw|国资委 gzw|残联 cl|妇联 fl|团委 tw|总工会 zgh"
    "|城管局 cgj|文旅局 wlj|环保局 hbj|生态环境局 sthjj|自然资源局 zrzyj|市监局 sjj"
    "|市场监管局 scjgj|退役军人局 tyjrj|政数局 zsj|大数据局 dsjj|公积金中心 gjjzx"
    "|疾控中心 jkzx|医院 yy|学校 xx|法院 fy|检察院 jcy"
)
OFFICES: Final = tuple(
    dict.fromkeys(
        front + one
        for both in _OFFICES.split("|")
        for name, initials in [both.split(" ")]
        for front, one in (
            *(("", name), ("乌海市", name)),
            *(("", initials), ("wh", initials), ("whs", initials), ("", initials.upper())),
        )
    )
)


def salted(values: Iterable[str], salts: Sequence[str]) -> Iterator[str]:
    """Every value with every salt, before and behind it."""
    for one, salt in itertools.product(values, salts):
        yield salt + one
        yield one + salt
