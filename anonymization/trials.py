"""Digests compared with codes: how many are worth trying, and how many hits prove it.

What anybody can list is drawn block by block, and its digests are kept for the next column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from anonymization import digests, lists, shelf
from anonymization.codes import ALGORITHMS, Held, usual
from anonymization.findings import Numbers

# So many hits are proof enough: of fewer than eight bytes, of eight.
_ENOUGH: Final = (50, 3)
# Of four bytes these are worth the many guesses that citizen numbers take: what offices make, and
# what programs have at hand, whose digests are made of all guesses at once.
_LIKELY: Final = frozenset({"crc32", "md5", "java", "fnv1a", "murmur3"})
# What offices make HMAC of.
_KEYED: Final = frozenset({"md5", "sha1", "sha256", "sm3", "sha512"})
# The algorithm that codes were made with, and how many were undone.
Undone = tuple[str, int]


@dataclass
class Trial:
    """Digests compared with codes, as long as it takes."""

    held: Held
    found: int = 0
    tried: int = 0

    def add(self, tables: Iterable[Numbers]) -> None:
        """Compare more digests."""
        for some in tables:
            self.found += self.held.hits(some)
            self.tried += len(some)

    @property
    def is_enough(self) -> bool:
        """Whether the hits are so many that no more need be tried."""
        return self.found >= max(_ENOUGH[self.held.width == 8], self.held.least(self.tried))

    @property
    def proven(self) -> int:
        """How many codes were found, 0 where so few may be by chance."""
        return self.found if self.found >= max(1, self.held.least(self.tried)) else 0


def tried(held: Held, blocks: Iterable[Sequence[Numbers]]) -> int:
    """How many codes are among the digests; 0 where so few may be by chance."""
    trial = Trial(held)
    for block in blocks:
        trial.add(block)
        if trial.is_enough:
            break
    return trial.proven


class Kept:
    """What an iterator gives, as often as it is asked for, made no further than was asked."""

    def __init__(self, source: Iterable[Sequence[Numbers]]) -> None:
        self._source = iter(source)
        self._made: list[Sequence[Numbers]] = []

    def __iter__(self) -> Iterator[Sequence[Numbers]]:
        yield from self._made
        for one in self._source:
            self._made.append(one)
            yield one


# --- what anybody can list --------------------------------------------------------------------


def from_lists(held: Held, kinds: Sequence[str]) -> Undone | None:
    """The codes undone with what anybody can list; it stops when enough prove it.

    Block by block all algorithms are tried, those first that codes of this length usually are of.
    """
    first = usual(held)
    others = [one for one in held.algorithms if one not in first]
    for algorithms, is_usual in ((first, True), (others, False)):
        some = [one for one in algorithms if digests.known(one)]
        for family in lists.families().values():
            if not is_usual and not family.is_cheap:
                continue
            fit = [one for one in some if _told_apart(held, family, one)]
            if family.is_keyed:
                fit = [f"{digests.KEYED}{one}" for one in fit if one in _KEYED]
            # A code cut to a length of its own is of any of three: each gets half as long.
            part = 1 if held.characters in ALGORITHMS else 2
            rounds = {
                one: _rounds(family, one, kinds) // part if is_usual else _RARELY for one in fit
            }
            if found := _listed(held, family, rounds):
                return found
    return None


def _told_apart(held: Held, family: lists.Family, algorithm: str) -> bool:
    """Whether there are no more guesses than codes of four bytes can be told apart from."""
    return held.width >= 6 or family.space <= (1e8 if algorithm in _LIKELY else 2e7)


def _listed(held: Held, family: lists.Family, rounds: Mapping[str, int]) -> Undone | None:
    hits = _WANTED.get(held.width, 9)
    if family.is_dear and held.width == 8:
        hits = _FEW_HITS
    blocks = {one: _blocks(family, len(held.codes), most, hits) for one, most in rounds.items()}
    trials = {one: Trial(held) for one in rounds}
    for block in range(max(blocks.values(), default=0)):
        for algorithm, trial in trials.items():
            if block >= blocks[algorithm]:
                continue
            trial.add(_kept(family.name, block, algorithm))
            if trial.is_enough:
                return algorithm, trial.found
    proofs = ((one, trial.proven) for one, trial in trials.items())
    return next((one for one in proofs if one[1]), None)


# Hits that are hoped for, by the bytes of a code: more where some may be chance (`Held.least`).
_WANTED: Final = {8: 6, 4: 12}
_FEW_HITS: Final = 4


def _rounds(family: lists.Family, algorithm: str, kinds: Sequence[str]) -> int:
    """How many blocks of random guesses a family is worth: so many as a few seconds make.

    Where a header says what the codes are of, more of that and less of anything else.
    """
    if "MOBILE" in kinds and family.name == "mobiles":
        return _TELEPHONES
    if family.is_dear and kinds and kinds[0] in _LISTED:
        return 80 if family.kind == kinds[0] else 8
    if family.name == "mobiles":
        return _CHEAPLY.get(algorithm, 80)
    return family.rounds


# Kinds whose codes are worth more guesses of their own.
_LISTED: Final = frozenset({"MOBILE", "ID_CARD"})
# Blocks for an algorithm that is not usual.
_RARELY: Final = 4
# Telephones of the whole country: of a thousand codes three are hit, so that one release in twenty
# goes unproven, and not one in three as with 80 blocks.
_TELEPHONES: Final = 240
# MD5 costs a half of SHA-256 and a third of SM3.
_CHEAPLY: Final = {"md5": 216, "sha1": 120, "sm3": 60}


def _blocks(family: lists.Family, held: int, rounds: int, hits: int) -> int:
    """How many blocks of random guesses hit codes held so many times, within reason.

    None where so many would hit nothing: a hundred telephones among all there are.
    """
    if family.ends:
        # Of names, dates and numbers a part is listed: one code in thirty at least.
        return min(lists.PARTS, int(30 * hits * family.space / max(1, held) / family.block) + 1)
    # A few codes are of places or offices oftener than of people, and few guesses would hit them.
    rounds = rounds * min(held, _MANY) // _MANY
    wanted = int(hits * family.space / max(1, held) / family.block) + 1
    return min(rounds, wanted) if wanted <= 24 * rounds else 0


# So many different codes are worth all rounds.
_MANY: Final = 50


def _kept(family: str, block: int, algorithm: str) -> Sequence[Numbers]:
    """The digests of a block of guesses; those that are often asked for are kept."""
    if SHELF is not None:
        return _shelved(SHELF / f"{family} {block} {algorithm}.npy", family, block, algorithm)
    return (_made if block < _CHEAPLY.get(algorithm, 80) else _made.__wrapped__)(
        family, block, algorithm
    )


# A folder (`shelf.opened`) in which processes keep the digests of lists for each other; without one
# each makes its own, and of what it makes again and again forgets the oldest.
SHELF: Path | None = None


def remember() -> None:
    """Keep lists for the next process, in the folder of this user for what can be made again."""
    global SHELF  # one shelf to a process, as there is one memory
    place = shelf.place_of_user()
    if SHELF is None and place is not None:
        SHELF = shelf.opened(place)


def shelved(name: str, guesses: Sequence[Numbers], algorithm: str) -> Sequence[Numbers]:
    """The digests of guesses that are the same for every release, from the shelf if there is one.

    The name on the shelf is of these guesses with this algorithm.
    """
    make = partial(digests.forms, guesses, algorithm, twice=False)
    if SHELF is None:
        return make()
    return shelf.kept(SHELF / f"{name}.npy", make, lambda: guesses, algorithm)


# As many as are kept in memory without a shelf.
@lru_cache(maxsize=1600)
def _shelved(place: Path, family: str, block: int, algorithm: str) -> Sequence[Numbers]:
    """The same from the shelf."""
    make = partial(_made.__wrapped__, family, block, algorithm)
    return shelf.kept(place, make, partial(_drawn, family, block), algorithm)


# The same list serves every column and every release a process judges: 400 KB a block and form.
@lru_cache(maxsize=1600)
def _made(family: str, block: int, algorithm: str) -> tuple[Numbers, ...]:
    often = algorithm in {"md5", "sha1", "sha256", "sm3"}
    twice = (
        often
        and family in {"identities", "local mobiles"}
        and block < (12 if algorithm == "md5" else 3)
    )
    return tuple(digests.forms(_drawn(family, block), algorithm, twice))


@lru_cache(maxsize=2)
def _drawn(family: str, block: int) -> list[Numbers]:
    """A block of guesses, for the algorithms that are tried on it in turn."""
    return lists.families()[family].guesses(block)
