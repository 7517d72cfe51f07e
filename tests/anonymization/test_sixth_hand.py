"""Releases of a sixth hand, which knows the paper's attacks and no line of the gate."""

import random

from tests.anonymization.sixth_people import credit_code, luhn, mod11, residents


def test_its_numbers_are_drawn_with_right_check_digits():
    assert mod11("11010519491231002") == "X"
    assert luhn("7992739871") == "79927398713"
    assert all(one.ident[17] == mod11(one.ident[:17]) for one in residents(50, "digits"))
    assert len({credit_code(random.Random(n)) for n in range(50)}) == 50
