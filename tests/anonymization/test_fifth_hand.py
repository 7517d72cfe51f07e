"""Releases of a fifth hand, which wrote them before it had read any of the gate."""

import pytest

from tests.anonymization import fifth_held, fifth_open
from tests.anonymization.fifth_people import OFFICES
from tests.anonymization.judging import made

PARTS = {"open": fifth_open, "held": fifth_held}


@pytest.mark.parametrize("part", PARTS)
def test_groups_of_its_sound_releases_are_as_large_and_mixed_as_their_use_asks(part):
    judged = 0
    for case in made(PARTS[part].well):
        known = case.claim.get("quasi_identifiers")
        if not known:
            continue
        groups = case.frame.to_pandas().groupby(known)
        profile = case.claim["profile"]
        assert groups.size().min() > {"statistical": 5, "open": 20}[profile], case.title
        for trait in case.claim["sensitive"]:
            assert groups[trait].nunique().min() >= 2, (case.title, trait)
        judged += 1
    assert judged >= 9


def test_every_column_of_an_office_is_a_code_or_declared():
    for name, office in OFFICES.items():
        assert list(office.columns)[1:] == [
            one for one in office.columns if one in (*office.quasi, *office.sensitive)
        ], name
