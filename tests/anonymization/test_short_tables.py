"""Digests in tables of few rows: what the rows tell narrows down what is behind the codes."""

import hashlib
import hmac
from datetime import date

import polars as pl
import pytest

from anonymization import narrowed, verify
from tests.anonymization.eighth_people import Person, crowd


def digest(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def told(p: Person) -> dict[str, str]:
    return {"所在区": p.district, "出生年份": str(p.born.year), "性别": p.sex}


def born(p: Person) -> dict[str, str]:
    return {"所在区": p.district, "出生日期": p.born.isoformat(), "性别": p.sex}


def shown(p: Person) -> dict[str, str]:
    masked = f"{p.name[0]}*{p.name[2:]}"
    return {"姓名": masked, "出生日期": p.born.isoformat(), "电话": f"*******{p.phone[7:]}"}


def undone(cells, made, count=20):
    held = crowd(count, "short tables", 20, 75)
    rows = [{**cells(p), "关联码": made(p)} for p in held]
    found = [one for one in verify(pl.DataFrame(rows)).findings if one.code == "UNSALTED_HASH"]
    return [one.columns for one in found]


@pytest.mark.parametrize(
    ("cells", "made"),
    [
        (told, lambda p: digest(p.ident)),
        (told, lambda p: digest(p.district + p.ident)),
        (born, lambda p: digest(f"{p.ident}2025")),
        (born, lambda p: digest(f"民政局{p.ident}")),
        (shown, lambda p: digest(p.name)),
        (shown, lambda p: digest(f"{p.name}{p.born:%Y%m%d}")),
        (shown, lambda p: digest(f"{p.phone[7:]}|{p.name}")),
    ],
    ids=[
        *("number", "number behind its district", "number and year", "number behind an office"),
        *("masked name", "name and birth", "end of the telephone and name"),
    ],
)
def test_twenty_digests_are_undone_by_what_their_rows_tell(cells, made):
    assert undone(cells, made) == [("关联码",)]


@pytest.mark.parametrize("cells", [told, born, shown], ids=lambda one: one.__name__)
def test_twenty_codes_under_a_key_are_not(cells):
    def keyed(p):
        return hmac.new(bytes(range(32)), p.ident.encode(), "md5").hexdigest()

    assert undone(cells, keyed) == []


def test_all_numbers_that_fit_a_row_are_listed():
    held = [p for p in crowd(60, "short tables", 20, 75) if p.ident.startswith("15030")]
    texts = pl.DataFrame([born(p) for p in held])
    numbers = {
        row.tobytes().decode()
        for group in narrowed.groups(texts)
        for row in group.numbers(group.space)
    }
    assert {p.ident for p in held} <= numbers
    # Of one day, one district and one sex there are five hundred.
    assert len(numbers) <= 500 * len(held)


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("1985-03-07", (1985, 3, 7), (1985, 3, 7)),
        ("1985年3月7日", (1985, 3, 7), (1985, 3, 7)),
        ("1985/12", (1985, 12, 1), (1985, 12, 31)),
        ("198502", (1985, 2, 1), (1985, 2, 28)),
        ("1985年", (1985, 1, 1), (1985, 12, 31)),
        ("1980年代", (1980, 1, 1), (1989, 12, 31)),
        ("80后", (1980, 1, 1), (1989, 12, 31)),
        ("00后", (2000, 1, 1), (2009, 12, 31)),
        ("1980-1984", (1980, 1, 1), (1984, 12, 31)),
    ],
)
def test_a_cell_tells_between_which_days_somebody_was_born(cell, first, last):
    assert narrowed.span(cell) == (date(*first).toordinal(), date(*last).toordinal())


@pytest.mark.parametrize("cell", ["1985-02-30", "2985", "不详", "198513", "130岁-120岁", ""])
def test_what_is_no_birth_tells_nothing(cell):
    assert narrowed.span(cell) is None


def test_an_age_is_of_this_year_or_the_last_two():
    first, last = narrowed.span("30岁")
    assert date.fromordinal(last).year - date.fromordinal(first).year == 2
    low, high = narrowed.span("30-39岁")
    assert low < first
    assert high == last
