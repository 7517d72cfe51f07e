"""What was missed, or refused though sound, when tables of new sectors were first looked at."""

import hashlib
import random
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from anonymization import verify
from anonymization.synthetic import citizens

PEOPLE = citizens(300, seed=29)
C = random.Random("first looks")
Rows = list[dict[str, Any]]


def table(row: Callable[[int], dict[str, Any]], rows: int = 300) -> pl.DataFrame:
    return pl.DataFrame([row(n) for n in range(rows)])


def phone() -> str:
    return f"0473-{C.randrange(2, 9)}{C.randrange(10**6):06}"


def road() -> str:
    return f"海勃湾区{C.choice(('人民路', '学府街'))}{C.randrange(1, 200)}号"


def mac() -> str:
    return "-".join(f"{C.randrange(256):02x}" for _ in range(6))


SOUND = {
    "cars of an office with their plates": table(
        lambda n: {
            "自编号": f"HW{n:03}",
            "车牌号": f"蒙C{C.choice('ABD')}{n:04}",
            "车型": C.choice(("洒水车", "压缩车")),
            "所属单位": "乌海市环境卫生管理中心",
        }
    ),
    "computers of departments": table(
        lambda n: {
            "资产编号": f"ZC{n:05}",
            "使用部门": C.choice(("财政局", "审计局", "司法局")),
            "MAC地址": mac(),
            "购入价(元)": round(C.uniform(3000, 9000), 2),
        }
    ),
    "what machines did by the second": table(
        lambda n: {
            "主机名": f"web-{n % 9}",
            "采集时间": f"2025-05-01 {n // 60:02}:{n % 60:02}:{n % 7:02}",
            "cpu_percent": round(C.uniform(1, 90), 1),
            "request_id": f"{C.getrandbits(128):032x}",
        }
    ),
    "schools with the mailbox of the office": table(
        lambda n: {
            "学校": f"乌海市第{n + 1}小学",
            "校址": road(),
            "招生咨询电话": phone(),
            "联系邮箱": f"whxx{n}@163.com",
        },
        40,
    ),
    "shops with the telephone of the counter": table(
        lambda n: {
            "药店名称": f"惠民药房{n}店",
            "营业地址": road(),
            "营业电话": f"138473{n:05}",
        },
        180,
    ),
    "temples": table(
        lambda n: {"场所名称": f"广宗寺{n}", "宗教类别": "佛教", "地址": road()}, 24
    ),
    "books with who wrote them": table(
        lambda n: {
            "ISBN": f"978-7-{n:03}-{C.randrange(10**5):05}-1",
            "书名": C.choice(("草原故事", "黄河笔记")),
            "作者": PEOPLE["姓名"][n],
        }
    ),
    "stays in hospital on average": pl.DataFrame(
        [
            {
                "年龄组": age,
                "病种": ill,
                "住院人次": C.randrange(12, 900),
                "平均费用(元)": round(C.uniform(2000, 30000), 2),
                "平均住院日": round(C.uniform(3, 20), 1),
            }
            for age in ("0-14岁", "15-59岁", "60岁以上")
            for ill in ("高血压", "糖尿病", "肺炎", "骨折")
        ]
    ),
    "conveniences that are called like people": table(
        lambda n: {
            "名称": C.choice(("白雪公厕", "林静避难点", "石峰驿站")),
            "管理单位": "市环卫处",
            "东经": round(106.7 + C.random() / 5, 6),
            "北纬": round(39.4 + C.random() / 3, 6),
            "位置描述": f"人民路{C.randrange(1, 200)}号对面",
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", SOUND)
def test_lists_of_what_belongs_to_nobody_pass(title):
    assert [one.zh for one in verify(SOUND[title]).findings] == []


def test_shops_named_after_their_owners_pass_where_a_law_orders_the_list_published():
    frame = table(lambda n: {
        "行政许可决定文书号": f"150302{n:05}",
        "行政相对人名称": f"海勃湾区{PEOPLE['姓名'][n]}小吃店",
    })  # fmt: skip
    assert [one.columns for one in verify(frame).findings] == [("行政相对人名称",)]
    law = "依法公开：行政许可法第四十条"
    assert verify(frame, {"rules": dict.fromkeys(frame.columns, law)}).passed


FLAWED: dict[str, tuple[str, str, Callable[[int], dict[str, Any]]]] = {
    "a plate without its province": (
        "DIRECT_IDENTIFIER_LEFT", "hphm", lambda n: {"hphm": f"C{C.choice('ABDEF')}{n:04}"},
    ),
    "a citizen's number to the base of sixteen, its check digit left out": (
        "DIRECT_IDENTIFIER_LEFT", "编码",
        lambda n: {"编码": f"{int(PEOPLE['公民身份号码'][n][:17]):015x}"},
    ),
    "a citizen's number without its check digit": (
        "DIRECT_IDENTIFIER_LEFT", "编码", lambda n: {"编码": PEOPLE["公民身份号码"][n][:17]},
    ),
    "a home in an estate without a street": (
        "FULL_ADDRESS_LEFT", "落脚点",
        lambda n: {"落脚点": f"学府花园{n % 31 + 1}-{n % 4 + 1}-{n % 18 + 1}01"},
    ),
    "a home in English": (
        "FULL_ADDRESS_LEFT", "addr",
        lambda n: {"addr": f"Room {n + 101}, Unit {n % 4 + 1}, Building {n % 31}, Xuefu Garden"},
    ),
    "the estate in one column and the rest in another": (
        "FULL_ADDRESS_LEFT", "户室",
        lambda n: {
            "小区": C.choice(("学府花园", "桃源小区")),
            "户室": f"{n % 31 + 1}栋{n % 4 + 1}单元{n + 101}",
        },
    ),
    "a minute in words": (
        "TIMESTAMP_TOO_FINE", "办结",
        lambda n: {
            "办结": f"二〇二五年三月十{C.choice('一二三')}日上午{C.choice('八九十')}时{n % 60}分"
        },
    ),
    "a second without its day": (
        "TIMESTAMP_TOO_FINE", "时分秒",
        lambda n: {
            "业务日期": f"202503{n % 28 + 1:02}",
            "时分秒": f"{n % 9 + 8:02}{n % 60:02}{n % 59:02}",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", FLAWED)
def test_what_leads_to_somebody_is_found_in_its_column(title):
    code, column, row = FLAWED[title]
    found = verify(table(row)).findings
    assert [one.code for one in found if column in one.columns][:1] == [code]


def test_sums_so_far_give_back_the_few_who_were_added():
    def grown(by: int) -> pl.DataFrame:
        return pl.DataFrame(
            [
                {
                    "周次": f"2025年第{week}周",
                    "街镇": street,
                    "累计确诊人数": 40 + by * week + (week % 2),
                }
                for street in ("新华街道", "滨河街道", "林荫街道")
                for week in range(1, 31)
            ]
        )

    assert [(one.code, one.columns[-1]) for one in verify(grown(1)).findings] == [
        ("K_TOO_SMALL", "累计确诊人数")
    ]
    assert verify(grown(30)).passed


# --- salts ----------------------------------------------------------------------------------


def salted(salt: Callable[[dict[str, str], int], str], algorithm: str = "sha256") -> pl.DataFrame:
    chance = random.Random("salted")
    rows = []
    for n in range(1200):
        row = {
            "旗区": chance.choice(("海勃湾区", "乌达区", "海南区")),
            "受理编号": f"SL{chance.randrange(10**8):08}",
        }
        front = chance.choice(("1390473", "1384730", "1504739", "1517473", "1894730"))
        number = f"{front}{chance.randrange(10**4):04}"
        code = hashlib.new(algorithm, (salt(row, n) + number).encode()).hexdigest()
        rows.append({**row, "代码": code})
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("salt", "algorithm"),
    [
        (lambda row, n: row["旗区"], "sm3"),
        (lambda row, n: f"{row['旗区']}:", "sha1"),
        (lambda row, n: row["受理编号"], "sha256"),
        (lambda row, n: str(n + 1), "sm3"),
        (lambda row, n: "民政局", "sm3"),
        (lambda row, n: "wuhai2025", "sha256"),
        (lambda row, n: "whsrsj", "md5"),
        (lambda row, n: "2025-", "sm3"),
    ],
    ids=["column", "column and a mark", "serial", "row", "office", "city", "initials", "year"],
)
def test_a_salt_that_can_be_read_or_guessed_hides_no_telephone(salt, algorithm):
    found = verify(salted(salt, algorithm)).findings
    assert [(one.code, one.columns) for one in found] == [("UNSALTED_HASH", ("代码",))]


def test_what_is_left_of_a_number_beside_its_digest_undoes_the_digest():
    mobiles = [f"1{C.choice((33, 35, 77, 86, 99))}{C.randrange(10**8):08}" for _ in range(200)]
    frame = pl.DataFrame(
        {
            "电话": [f"{one[:3]}****{one[7:]}" for one in mobiles],
            "批次": [f"P{n % 90:02}" for n in range(200)],
            "代码": [
                hashlib.sha256(f"{one}P{n % 90:02}".encode()).hexdigest()
                for n, one in enumerate(mobiles)
            ],
        }
    )
    assert ("UNSALTED_HASH", ("代码",)) in [
        (one.code, one.columns) for one in verify(frame).findings
    ]
