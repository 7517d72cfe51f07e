"""The gate on releases of a seventh hand, which has read neither the gate nor its earlier sets."""

import pytest

from tests.anonymization import (
    seventh_held,
    seventh_held_sound,
    seventh_open,
    seventh_open_sound,
)
from tests.anonymization.hands import few, have_their_columns, keep_their_groups, made, shown, some
from tests.anonymization.seventh_people import TODAY, residents
from tests.anonymization.sixth_people import judge, luhn, mod11

FLAWED = {"open": seventh_open, "held": seventh_held}
SOUND = {"open": seventh_open_sound, "held": seventh_held_sound}


# At first look 24 and 26; after the open part was read 30 and 27. No truth had to be mended.
@pytest.mark.parametrize(("part", "least"), [("open", 30), ("held", 27)])
def test_the_flaws_of_a_seventh_hand_are_found_with_their_columns(part, least):
    cases = made(FLAWED[part].flawed)
    assert len(cases) == 30
    _, wrong = judge(some(cases))
    assert len(wrong) <= few(30 - least), shown(part, wrong)


# At first look 17 and 14; after the open part was read 20 and 17. Some lists name people because a
# law orders it, and the claim says which law: it may, for names and addresses. What people answered
# in a survey may be argued, and passed.
@pytest.mark.parametrize(("part", "least"), [("open", 20), ("held", 17)])
def test_the_sound_releases_of_a_seventh_hand_pass(part, least):
    cases = made(SOUND[part].sound)
    assert len(cases) == 20
    _, wrong = judge(some(cases))
    assert len(wrong) <= few(20 - least), shown(part, wrong)


@pytest.mark.parametrize("part", SOUND)
def test_its_sound_releases_keep_the_groups_that_they_say(part):
    assert keep_their_groups(made(SOUND[part].sound)) >= 5


@pytest.mark.parametrize("part", FLAWED)
def test_what_its_flaws_name_is_in_their_tables(part):
    have_their_columns(made(FLAWED[part].flawed), range(80, 20_000 + 1))


@pytest.mark.parametrize("part", FLAWED)
def test_it_is_the_same_set_each_time(part):
    for make in (FLAWED[part].flawed, SOUND[part].sound):
        for one, again in zip(made(make), make(), strict=True):
            assert one.frame.equals(again.frame), one.title


def test_its_people_have_right_check_digits_and_ages():
    for one in residents(200, "check", (18, 80)):
        assert one.ident[17] == mod11(one.ident[:17])
        assert luhn(one.card[:-1]) == one.card
        assert one.born < TODAY
        assert 17 <= one.age <= 80
