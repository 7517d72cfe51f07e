"""A day is typed as people write it and kept as the schema writes it."""

from datetime import date

import pytest

import schemas


@pytest.mark.parametrize(
    "typed", ["2027-1-5", "2027/1/5", "2027.01.05", "2027年1月5日", "２０２７-1-5"]
)
def test_a_day_is_read_in_the_ways_people_write_it(typed):
    assert schemas.from_form([("until", typed)], "request") == {"until": "2027-01-05"}


@pytest.mark.parametrize("typed", ["后天", "2027-1/5", "2027年1月", "27-1-5", "2027-13-450"])
def test_what_is_no_day_stays_as_typed(typed):
    assert schemas.from_form([("until", typed)], "request") == {"until": typed}


TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-27", "不予共享依据·复审日期：须晚于今天，请重新填写"),
        ("1026-11-28", "不予共享依据·复审日期：须晚于今天，请重新填写"),
        (
            "2207-01-01",
            "不予共享依据·复审日期：「2207-01-01」离今天超过 10 年，请核对年份后重新填写",
        ),
    ],
)
def test_a_review_day_is_one_that_comes(day: str, said: str) -> None:
    (found,) = schemas.untimely("resource", {"withheld_basis": {"review_by": day}}, TODAY)
    assert (found.pointer, found.message()) == ("/withheld_basis/review_by", said)


def test_a_code_is_used_since_a_day_that_was() -> None:
    rows = [{"since": "2026-11-27"}, {"since": "2026-11-28"}, {"since": "甲"}, "乙", {"since": 3}]
    (found,) = schemas.untimely("resource", {"external_codes": rows}, TODAY)
    assert (found.pointer, found.code) == ("/external_codes/1/since", "future")
    assert found.message("en").startswith("Code given elsewhere 2 · Since: “2026-11-28” is still")
