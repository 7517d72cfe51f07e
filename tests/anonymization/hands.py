"""The sets of releases that hands wrote one after the other, and what the gate reached on each.

Of every set the open part was read after its first look and mended for; the held part was not,
unless it says so. What is special to the releases of one hand, and what it had read before it wrote
them, is told in its own file (test_twelfth_hand.py and so on). The numbers are how many releases
get the verdict that is right, and of how many: the first may only rise. A second hand wrote tables
for detection alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.anonymization import (
    eighth_held,
    eighth_held_sound,
    eighth_open,
    eighth_open_sound,
    eleventh_held,
    eleventh_held_sound,
    eleventh_open,
    eleventh_open_sound,
    fifth_held,
    fifth_open,
    flaws,
    fourteenth,
    fourteenth_sound,
    fourth_releases,
    fourth_sectors,
    fresh_releases,
    ninth_held,
    ninth_held_sound,
    ninth_open,
    ninth_open_sound,
    releases,
    seventh_held,
    seventh_held_sound,
    seventh_open,
    seventh_open_sound,
    sixth_held,
    sixth_open,
    tenth_held,
    tenth_held_sound,
    tenth_open,
    tenth_open_sound,
    thirteenth_held,
    thirteenth_held_sound,
    thirteenth_open,
    thirteenth_open_sound,
    twelfth_held,
    twelfth_held_sound,
    twelfth_open,
    twelfth_open_sound,
)
from tests.anonymization.judging import few, made, shown, some, wrong


@dataclass(frozen=True)
class Part:
    """A part of a set: so many releases, of which at least so many get the verdict that is right.

    A flaw must be found with its columns, a sound release must pass.
    """

    make: Callable[[], Iterable[Any]]
    least: int
    of: int


@dataclass(frozen=True)
class Hand:
    """What one hand wrote: flawed and sound releases, open ones and held ones.

    `rows`: of what size its flawed tables are, where columns are told as sets of which one must be
    named. `groups`: how many sound releases of a part at least claim groups. `wrong` tells what was
    missed.
    """

    name: str
    flawed: Mapping[str, Part]
    sound: Mapping[str, Part]
    rows: range | None = None
    groups: int | None = None
    wrong: Callable[[Sequence[Any]], Sequence[str]] = wrong


HANDS = (
    # Digests of telephones from anywhere in the country take more guesses than are made for a
    # release of nine hundred rows: some stay unproven.
    Hand(
        "first",
        flawed={
            "open": Part(partial(releases.part, flaws.flawed, 0), 59, of=63),
            "held": Part(partial(releases.part, flaws.flawed, 1), 25, of=31),
        },
        sound={"open": Part(releases.sound, 24, of=24)},
        wrong=releases.missed,
    ),
    Hand(
        "third",
        flawed={
            "open": Part(partial(releases.part, fresh_releases.flawed, 0), 31, of=34),
            "held": Part(partial(releases.part, fresh_releases.flawed, 1), 13, of=16),
        },
        sound={},
        wrong=releases.missed,
    ),
    # How it was first looked at is told in fourth_releases.
    Hand(
        "fourth",
        flawed={
            "open": Part(partial(releases.part, fourth_releases.flawed, 0), 43, of=44),
            "held": Part(partial(releases.part, fourth_releases.flawed, 1), 15, of=22),
        },
        sound={
            "open": Part(partial(releases.part, fourth_sectors.sound, 0), 19, of=20),
            "held": Part(partial(releases.part, fourth_sectors.sound, 1), 7, of=10),
        },
        wrong=releases.missed,
    ),
    # At first look 38 and 25 flaws; after the open part was read 51 and 26; then the held part was
    # read too: 53 and 33. Sound 23 and 11; after the open part was read 32 and 11; then the held
    # part was read too.
    Hand(
        "fifth",
        flawed={
            "open": Part(fifth_open.flawed, 52, of=53),
            "held": Part(fifth_held.flawed, 32, of=35),
        },
        sound={
            "open": Part(fifth_open.well, 32, of=32),
            "held": Part(fifth_held.well, 18, of=18),
        },
        rows=range(6, 1_500 + 1),
    ),
    # At first look 41 and 38 flaws; one truth of the held part was too narrow (a name and an id in
    # one cell may be called free text), which makes 39. After the open part was read 46 and 37: of
    # the held part two less, for a reason nobody looked into yet. Sound 21 and 23; after the open
    # part was read 25 and 24. It has one that may be argued: positions of buses.
    Hand(
        "sixth",
        flawed={
            "open": Part(sixth_open.flawed, 45, of=46),
            "held": Part(sixth_held.flawed, 37, of=44),
        },
        sound={
            "open": Part(sixth_open.sound, 25, of=25),
            "held": Part(sixth_held.sound, 24, of=25),
        },
        rows=range(60, 20_000 + 1),
        groups=15,
    ),
    # At first look 24 and 26 flaws; after the open part was read 30 and 27. No truth had to be
    # mended. Sound 17 and 14; after the open part was read 20 and 17. Some lists name people
    # because a law orders it, and the claim says which law: it may, for names and addresses. What
    # people answered in a survey may be argued, and passed.
    Hand(
        "seventh",
        flawed={
            "open": Part(seventh_open.flawed, 30, of=30),
            "held": Part(seventh_held.flawed, 27, of=30),
        },
        sound={
            "open": Part(seventh_open_sound.sound, 20, of=20),
            "held": Part(seventh_held_sound.sound, 17, of=20),
        },
        rows=range(80, 20_000 + 1),
        groups=5,
    ),
    # At first look 16 and 16 flaws, no truth mended; after the open part was read 20 and 16. Sound
    # 18 and 14; three sound tables were made again after that, one open and two held, because no
    # office numbers as they did. With these 18 and 15; after the open part was read 20 and 16.
    Hand(
        "eighth",
        flawed={
            "open": Part(eighth_open.flawed, 20, of=20),
            "held": Part(eighth_held.flawed, 17, of=20),
        },
        sound={
            "open": Part(eighth_open_sound.sound, 20, of=20),
            "held": Part(eighth_held_sound.sound, 16, of=20),
        },
        rows=range(200, 3_000 + 1),
        groups=5,
    ),
    # At first look 9 and 14 flaws; no truth had to be mended. After the open part was read 15 and
    # 14. Sound 24 and 20; no truth had to be mended. After the open part was read 25 and 20.
    Hand(
        "ninth",
        flawed={
            "open": Part(ninth_open.flawed, 15, of=15),
            "held": Part(ninth_held.flawed, 14, of=15),
        },
        sound={
            "open": Part(ninth_open_sound.sound, 25, of=25),
            "held": Part(ninth_held_sound.sound, 20, of=25),
        },
        rows=range(200, 3_000 + 1),
        groups=5,
    ),
    # At first look 7 and 5 flaws; no truth had to be mended. After the open part was read 12 and 5,
    # after the leaks of test_leaks.py were mended for 7. Sound 15 and 14; no truth had to be
    # mended. After the open part was read 18 and 14.
    Hand(
        "tenth",
        flawed={
            "open": Part(tenth_open.flawed, 12, of=12),
            "held": Part(tenth_held.flawed, 7, of=12),
        },
        sound={
            "open": Part(tenth_open_sound.sound, 18, of=18),
            "held": Part(tenth_held_sound.sound, 14, of=18),
        },
        rows=range(150, 1_500 + 1),
        groups=3,
    ),
    # At first look 8 and 7 flaws; no truth had to be mended. After the open part was read 10 and 7.
    # Sound 10 and 9; no truth had to be mended.
    Hand(
        "eleventh",
        flawed={
            "open": Part(eleventh_open.flawed, 10, of=10),
            "held": Part(eleventh_held.flawed, 7, of=10),
        },
        sound={
            "open": Part(eleventh_open_sound.sound, 10, of=10),
            "held": Part(eleventh_held_sound.sound, 9, of=10),
        },
        rows=range(1_000, 2_400 + 1),
        groups=4,
    ),
    # At first look 8 and 8 flaws; no truth had to be mended. After the open part was read 10 and 8.
    # Sound 10 and 10; no truth had to be mended.
    Hand(
        "twelfth",
        flawed={
            "open": Part(twelfth_open.flawed, 10, of=10),
            "held": Part(twelfth_held.flawed, 8, of=10),
        },
        sound={
            "open": Part(twelfth_open_sound.sound, 10, of=10),
            "held": Part(twelfth_held_sound.sound, 10, of=10),
        },
        rows=range(1_000, 2_400 + 1),
        groups=4,
    ),
    # At first look 12 and 7 flaws; no truth had to be mended. After the open part was read 20 and
    # 7; then the held part was read too: 20 and 20. Sound 20 and 19; then the held part was read
    # too. Some tables are short: a sheet of a month, the means of three dozen bodies.
    Hand(
        "thirteenth",
        flawed={
            "open": Part(thirteenth_open.flawed, 20, of=20),
            "held": Part(thirteenth_held.flawed, 20, of=20),
        },
        sound={
            "open": Part(thirteenth_open_sound.sound, 20, of=20),
            "held": Part(thirteenth_held_sound.sound, 20, of=20),
        },
        rows=range(20, 3_000 + 1),
        groups=4,
    ),
    # At first look 23 of 30 flaws and 24 of 25 sound, by a tester who knew the order and not the
    # gate; no truth had to be mended. All of it was read after that: the numbers measure no more
    # than that the rules fit.
    Hand(
        "fourteenth",
        flawed={"open": Part(fourteenth.flawed, 30, of=30)},
        sound={"open": Part(fourteenth_sound.sound, 25, of=25)},
        rows=range(20, 3_000 + 1),
        groups=10,
    ),
)


def reach(once: Part, part: str, wrong: Callable[[Sequence[Any]], Sequence[str]]) -> None:
    """Judge a part of a set: as many must get the verdict that is right as once did."""
    cases = made(once.make)
    assert len(cases) == once.of
    judged = some(cases)
    missed = wrong(judged)
    assert len(missed) <= few(once.of - once.least, len(judged)), shown(part, missed)


def are_the_same_again(make: Callable[[], Iterable[Any]]) -> None:
    """Draw a part of a set once more."""
    for one, again in zip(made(make), make(), strict=True):
        assert one.frame.equals(again.frame), one.title
