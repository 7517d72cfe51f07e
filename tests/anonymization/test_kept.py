"""What masks keep of a person: a finding in open data, a number to judge by elsewhere."""

import random
from collections.abc import Callable

import polars as pl
import pytest

from anonymization import verify

C = random.Random("kept")
QUASI = ["所在区", "性别"]
Cell = Callable[[], str]


def digits(n: int) -> str:
    return f"{C.randrange(10**n):0{n}}"


def released(**cells: Cell) -> pl.DataFrame:
    people: dict[str, Cell] = {
        "所在区": lambda: C.choice(("海勃湾区", "乌达区", "海南区")),
        "性别": lambda: C.choice("男女"),
    }
    return pl.DataFrame(
        [{name: cell() for name, cell in (people | cells).items()} for _ in range(400)]
    )


def mobile() -> str:
    return f"1{C.choice(('38', '39', '50', '86'))}****{digits(4)}"


SHOWN: dict[str, Cell] = {
    "手机号": mobile,
    "列一": mobile,
    "手机尾号": lambda: digits(4),
    "银行卡号": lambda: f"****{digits(4)}",
}
HIDDEN: dict[str, Cell] = {
    "手机号": lambda: "***********",
    "身份证号": lambda: f"1{'*' * 16}{digits(1)}",
    "姓名": lambda: C.choice("王李张刘陈杨赵黄") + "**",
    "咨询电话": mobile,
    "订单尾号": lambda: digits(4),
}


@pytest.mark.parametrize("name", SHOWN)
def test_open_data_keep_no_part_of_a_number_that_an_address_book_completes(name):
    claim = {"profile": "open", "quasi_identifiers": QUASI}
    (found,) = verify(released(**{name: SHOWN[name]}), claim).findings
    assert (found.code, found.columns) == ("PARTIAL_ID_REIDENTIFIABLE", (name, *QUASI))


@pytest.mark.parametrize("name", HIDDEN)
def test_what_thousands_show_as_well_or_an_office_does_may_be_open(name):
    claim = {"profile": "open", "quasi_identifiers": QUASI}
    assert verify(released(**{name: HIDDEN[name]}), claim).passed


def test_where_few_may_look_it_is_told_how_many_people_fit():
    verdict = verify(released(手机号=mobile), {"quasi_identifiers": QUASI})
    assert verdict.passed
    (note,) = verdict.facts()["masks_keep"]
    assert (note["column"], note["beside"], note["records"]) == ("手机号", QUASI, 400)
    assert note["people"] <= 2
    assert "约对应" in note["detail"]
    of_a_country = {"quasi_identifiers": QUASI, "population": {"total": 1_400_000_000}}
    (wider,) = verify(released(手机号=mobile), of_a_country).facts()["masks_keep"]
    assert 1000 < wider["people"] < 5000


def test_what_a_law_orders_to_be_published_of_a_number_is_no_finding():
    rules = {"手机号": "依法公开：《内蒙古自治区彩票开奖公告办法》第九条要求公布中奖号码前三后四"}
    claim = {"profile": "open", "quasi_identifiers": QUASI, "rules": rules}
    assert verify(released(手机号=mobile), claim).passed
