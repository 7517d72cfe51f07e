"""Numbers of people times a factor and a sum, and codes that only share a rest."""

import random

import polars as pl
import pytest

from anonymization.findings import as_texts
from anonymization.stretched import told
from tests.anonymization.eighth_people import crowd

PEOPLE = crowd(900, "stretched")
C = random.Random("stretched")


def found(cells: list[int]) -> list[str]:
    return [one.code for one in told(as_texts(pl.DataFrame({"编码": cells})), ())]


@pytest.mark.parametrize(
    "made",
    [
        lambda p: 3 * int(p.phone) + 20_250_101,
        lambda p: 10**12 - 7 * int(p.phone),
        lambda p: 17 * int(p.phone) - 123_456_789,
        lambda p: 6 * int(p.ident[:17]) + 5_201_314,
        lambda p: 13 * int(p.ident.replace("X", "0")) + 88,
    ],
)
def test_two_numbers_that_somebody_knows_lead_to_all_others(made):
    assert found([made(p) for p in PEOPLE]) == ["DIRECT_IDENTIFIER_LEFT"]


@pytest.mark.parametrize(
    "made",
    [
        # Ten digits and two that check them by 97, as accounts have; by 11; and no check at all.
        lambda n: 97 * C.randrange(10**8, 10**10) + 1,
        lambda n: 11 * C.randrange(6 * 10**8, 10**10),
        lambda n: C.randrange(10**10, 10**11),
        lambda n: 3 * C.randrange(13 * 10**9, 199 * 10**8) + 5,
        lambda n: 15_030_000_000 + 7 * n,
        lambda n: 100 * C.randrange(10**8, 10**10) + 17,
        # In the segments of telephones, as tokens in their format are.
        lambda n: int(PEOPLE[n].phone[:3] + f"{C.randrange(10**8):08}"),
    ],
)
def test_codes_that_share_a_rest_are_no_numbers_of_people(made):
    assert found([made(n) for n in range(900)]) == []
