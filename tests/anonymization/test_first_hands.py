"""The flaws of the first hands, each in a sound release of its own: the gate finds them."""

import pytest

from tests.anonymization import releases
from tests.anonymization.hands import HANDS, are_the_same_again, reach
from tests.anonymization.judging import made, some, verdict

FLAWED = [
    pytest.param(hand, part, id=f"{hand.name}-{part}")
    for hand in HANDS
    if not hand.rows
    for part in hand.flawed
]
FIRST = HANDS[0].flawed


@pytest.mark.parametrize(("hand", "part"), FLAWED)
def test_flaws_are_found_with_their_columns(hand, part):
    reach(hand.flawed[part], part, hand.wrong)


@pytest.mark.parametrize(("hand", "part"), FLAWED)
def test_flaws_are_the_same_each_time(hand, part):
    are_the_same_again(hand.flawed[part].make)


@pytest.mark.parametrize("part", FIRST)
def test_a_flaw_of_the_first_hand_found_for_its_cause_is_found_with_its_columns(part):
    found = releases.judge(some(made(FIRST[part].make)))
    assert found.cause == found.columns


@pytest.mark.parametrize("part", FIRST)
def test_every_finding_shows_the_cheapest_way_in_both_languages_and_quotes_no_value(part):
    for case in some(made(FIRST[part].make)):
        values = {str(one) for one in case.frame.to_series(-1).drop_nulls() if len(str(one)) > 9}
        for one in verdict(case).findings:
            facts = one.facts()
            assert all(facts[key] for key in ("detail", "detail_en", "remedy", "remedy_en"))
            assert facts["example"]
            assert facts["example_en"]
            assert 0 < one.records <= case.frame.height
            told = str(facts)
            assert [value for value in values if value in told] == []
