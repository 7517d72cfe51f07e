"""A day is typed as people write it and kept as the schema writes it."""

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
