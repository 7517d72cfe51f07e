"""The sound releases of every hand: the gate lets them pass, and they are what they say."""

import pytest

from tests.anonymization.hands import HANDS, are_the_same_again, reach
from tests.anonymization.judging import made

SOUND = [
    pytest.param(hand, part, id=f"{hand.name}-{part}") for hand in HANDS for part in hand.sound
]
IN_GROUPS = [one for one in SOUND if one.values[0].groups]


@pytest.mark.parametrize(("hand", "part"), SOUND)
def test_sound_releases_pass(hand, part):
    reach(hand.sound[part], part, hand.wrong)


@pytest.mark.parametrize(("hand", "part"), IN_GROUPS)
def test_they_keep_the_groups_that_they_say(hand, part):
    """As many rows and values in each as the release claims."""
    kept = 0
    for case in made(hand.sound[part].make):
        if known := case.claim.get("quasi_identifiers"):
            groups = case.frame.to_pandas().groupby(known, dropna=False)
            assert groups.size().min() >= case.claim["k"], case.title
            for trait in case.claim.get("sensitive", ()):
                assert groups[trait].nunique().min() >= case.claim["l"], (case.title, trait)
            kept += 1
    assert kept >= hand.groups


@pytest.mark.parametrize(("hand", "part"), SOUND)
def test_they_are_the_same_each_time(hand, part):
    are_the_same_again(hand.sound[part].make)
