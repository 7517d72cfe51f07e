"""Numbers of people at one place of messages, with more digits around them."""

import random

import polars as pl
import pytest

from anonymization import verify
from anonymization.identifiers import citizen_check

C = random.Random("telegrams")


def digits(count: int) -> str:
    return f"{C.randrange(10**count):0{count}}"


def checked(body: str, step: int = 0) -> str:
    """The digits and the check digit of Luhn behind them."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        doubled = int(sign) * (2 if place % 2 == step else 1)
        total += doubled - 9 * (doubled > 9)
    return body + str(-total % 10)


def card(width: int) -> str:
    return checked(f"6217{digits(width - 5)}")


def citizen() -> str:
    born = f"{C.randrange(1950, 2005)}{C.randrange(1, 13):02}{C.randrange(1, 29):02}"
    front = f"150303{born}{digits(3)}"
    return front + citizen_check(front)


def phone() -> str:
    return C.choice(("138", "139", "150", "151", "182", "187", "177")) + digits(8)


def found(line, rows: int = 240):
    frame = pl.DataFrame({"类别": [C.choice("甲乙丙") for _ in range(rows)], "报文": line(rows)})
    return [(one.code, one.columns) for one in verify(frame).findings]


def of(line):
    return lambda rows: [line() for _ in range(rows)]


@pytest.mark.parametrize(
    "line",
    [
        lambda: f"BEPS121{digits(8)}{card(19)}{digits(10)}CNY",
        lambda: f"D{card(16)}=2{digits(3)}2201{digits(9)}",
        # The field in front is as long as it happens to be; behind, the places are fixed.
        lambda: f"YL{digits(C.randrange(3, 9))}{citizen()}{digits(14)}{'A' * 12}",
        lambda: f"0010{digits(6)}{phone()}{digits(4)}SMS",
    ],
)
def test_a_number_at_one_place_of_all_messages_is_found(line):
    assert ("DIRECT_IDENTIFIER_LEFT", ("报文",)) in found(of(line))


@pytest.mark.parametrize(
    "line",
    [
        # What looks like a card passes the check as often as chance has it.
        lambda: f"HVPS6217{digits(30)}RT",
        lambda: f"WL2025{C.randrange(1, 13):02}{C.randrange(1, 29):02}{digits(12)}CN",
        # Meters have the check of devices.
        lambda: f"NB4{checked(f'86{digits(12)}')}{digits(5)}T",
        lambda: f"ICCID{checked(f'898600{digits(13)}')}END",
    ],
)
def test_other_digits_of_messages_are_numbers_of_nobody(line):
    assert found(of(line)) == []
