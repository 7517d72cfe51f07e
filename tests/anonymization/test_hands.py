"""The flaws of the later hands: the gate finds them with their columns, and they are there.

Of parallel processes each runs whole files, and the sets take minutes: so the flaws of the first
hands are in test_first_hands.py, and what is sound of all in test_sound_hands.py.
"""

import pytest

from tests.anonymization.hands import HANDS, are_the_same_again, reach
from tests.anonymization.judging import made

FLAWED = [
    pytest.param(hand, part, id=f"{hand.name}-{part}")
    for hand in HANDS
    if hand.rows
    for part in hand.flawed
]
each_flawed_part = pytest.mark.parametrize(("hand", "part"), FLAWED)


@each_flawed_part
def test_flaws_are_found_with_their_columns(hand, part):
    reach(hand.flawed[part], part, hand.wrong)


@each_flawed_part
def test_what_flaws_name_is_in_their_tables_which_are_of_a_size_of_life(hand, part):
    for case in made(hand.flawed[part].make):
        assert case.codes, case.title
        assert case.columns, case.title
        assert all(one and one <= set(case.frame.columns) for one in case.columns), case.title
        assert case.frame.height in hand.rows, case.title


@each_flawed_part
def test_flaws_are_the_same_each_time(hand, part):
    are_the_same_again(hand.flawed[part].make)
