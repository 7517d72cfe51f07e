"""Birthdays that a mask hides and another column tells so many years later."""

import random
from datetime import date, timedelta

import polars as pl
import pytest

from anonymization import verify
from anonymization.identifiers import citizen_check

C = random.Random("anniversaries")


def people(count: int = 300) -> list[tuple[str, date, str]]:
    """Numbers, births and sexes of nobody."""
    made = []
    for _ in range(count):
        born = date(1950, 1, 1) + timedelta(C.randrange(18_000))
        front = f"{C.choice(('150302', '150303', '150304'))}{born:%Y%m%d}{C.randrange(1000):03}"
        made.append((front + citizen_check(front), born, "女男"[int(front[16]) % 2]))
    return made


def starred(number: str, start: int = 6, end: int = 14) -> str:
    return number[:start] + "*" * (end - start) + number[end:]


def later(born: date, years: int) -> date:
    return born.replace(year=born.year + years, day=min(born.day, 28))


def masks(frame: dict[str, list[str]]) -> list[tuple[str, ...]]:
    findings = verify(pl.DataFrame(frame)).findings
    return [one.columns for one in findings if one.code == "PARTIAL_ID_REIDENTIFIABLE"]


@pytest.mark.parametrize(
    ("name", "years", "spelled"),
    [
        ("高龄津贴起发日", {"男": 80, "女": 80}, "%Y-%m-%d"),
        ("退出岗位日期", {"男": 60, "女": 50}, "%Y年%m月%d日"),
        ("体检证明提交截止", {"男": 70, "女": 70}, "%Y%m%d"),
    ],
)
def test_a_day_so_many_years_after_the_birth_completes_the_number(name, years, spelled):
    town = people()
    days = [f"{later(born, years[sex]):{spelled}}" for _, born, sex in town]
    assert masks({"证件号": [starred(one) for one, *_ in town], name: days}) == [("证件号", name)]


def test_the_day_after_the_birthday_does_so_where_the_year_is_shown():
    town = people()
    days = [f"{later(born, 18) + timedelta(1)}" for _, born, _ in town]
    frame = {"监护对象证件": [starred(one, 10, 14) for one, *_ in town], "监护终止": days}
    assert masks(frame)[0][0] == "监护对象证件"


@pytest.mark.parametrize("spelled", ["%Y-%m-%d", "%Y-%m"])
def test_days_of_papers_and_months_complete_no_number(spelled):
    town = people()
    filed = [f"{date(2020, 1, 1) + timedelta(C.randrange(2_000)):{spelled}}" for _ in town]
    assert masks({"证件号": [starred(one) for one, *_ in town], "受理日期": filed}) == []


def test_a_month_of_retirement_completes_no_number():
    town = people()
    months = [f"{later(born, 60):%Y-%m}" for _, born, _ in town]
    assert masks({"证件号": [starred(one) for one, *_ in town], "退休年月": months}) == []
