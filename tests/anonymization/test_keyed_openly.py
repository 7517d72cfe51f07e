"""A digest under a key that anybody tries first is no pseudonym; under a random one it is."""

import hmac

import polars as pl
import pytest

from anonymization import digests, verify
from tests.anonymization.eighth_people import crowd

PEOPLE = crowd(600, "keyed openly")


def coded(key: bytes, algorithm: str) -> pl.DataFrame:
    made = [hmac.new(key, one.phone.encode(), algorithm).hexdigest() for one in PEOPLE]
    return pl.DataFrame({"关联码": made, "区": [one.district for one in PEOPLE]})


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sm3"])
def test_it_is_found_by_listing_telephones_under_everyday_keys(algorithm):
    (found,) = verify(coded(b"wuhai", algorithm)).findings
    assert (found.code, found.columns) == ("UNSALTED_HASH", ("关联码",))
    assert f"HMAC-{algorithm.upper()}" in found.zh
    assert "13800000000" in found.facts()["example"]


def test_under_a_key_that_nobody_guesses_nothing_is_found():
    assert verify(coded(bytes(range(7, 39)), "sm3")).findings == ()


def test_digests_under_a_key_are_those_of_the_standard():
    """RFC 4231, test case 2."""
    made = digests.digester("hmac-sha256")(b"Jefe\0what do ya want for nothing?")
    assert made.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
