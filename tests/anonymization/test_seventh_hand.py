"""Releases of a seventh hand, which has read neither the gate nor its earlier sets."""

from tests.anonymization.seventh_people import TODAY, residents
from tests.anonymization.sixth_people import luhn, mod11


def test_its_people_have_right_check_digits_and_ages():
    for one in residents(200, "check", (18, 80)):
        assert one.ident[17] == mod11(one.ident[:17])
        assert luhn(one.card[:-1]) == one.card
        assert one.born < TODAY
        assert 17 <= one.age <= 80
