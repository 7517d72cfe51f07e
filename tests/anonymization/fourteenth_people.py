"""What a fourteenth hand adds: the ways in which programs write numbers, hours and places.

Written from the order and the list of attacks by somebody who has read no verifier. People come
from the eighth hand, groups that hold on every column from the eleventh; a flaw is put in
afterwards, so that it is the only one. Everything comes from a seed.
"""

import random
from datetime import UTC, datetime, timedelta

from tests.anonymization.eighth_people import Cell, Person
from tests.anonymization.eleventh_people import Family

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Crockford's letters, of which identifiers that sort by time are made.
ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
NUMERALS = "零一二三四五六七八九"


def in_base(number: int, letters: str) -> str:
    """A whole number, written with so many letters."""
    marks = ""
    while number:
        number, rest = divmod(number, len(letters))
        marks = letters[rest] + marks
    return marks or letters[0]


def ulid(c: random.Random, moment: datetime) -> str:
    """An identifier whose first ten letters are the milliseconds since 1970."""
    mark = in_base(int(moment.timestamp() * 1000), ULID).rjust(10, "0")
    return mark + "".join(c.choice(ULID) for _ in range(16))


def told_by_ulid(mark: str) -> datetime:
    """The moment in front of an identifier."""
    total = 0
    for letter in mark[:10]:
        total = total * 32 + ULID.index(letter)
    return datetime.fromtimestamp(total / 1000, UTC)


def geohash(latitude: float, longitude: float, signs: int) -> str:
    """The square in which a point lies; nine signs are less than five metres."""
    (south, north), (west, east) = (-90.0, 90.0), (-180.0, 180.0)
    bits = 0
    for n in range(5 * signs):
        if n % 2 == 0:
            middle = (west + east) / 2
            west, east = (middle, east) if longitude >= middle else (west, middle)
            bits = 2 * bits + (longitude >= middle)
        else:
            middle = (south + north) / 2
            south, north = (middle, north) if latitude >= middle else (south, middle)
            bits = 2 * bits + (latitude >= middle)
    return in_base(bits, GEOHASH).rjust(signs, GEOHASH[0])


def told_by_geohash(mark: str) -> tuple[float, float]:
    """The south-west corner of a square."""
    bits = "".join(f"{GEOHASH.index(sign):05b}" for sign in mark)
    east, north = (int(part, 2) / 2 ** len(part) for part in (bits[::2], bits[1::2]))
    return north * 180 - 90, east * 360 - 180


def spoken(number: int) -> str:
    """A number below a hundred as people say it."""
    tens, ones = divmod(number, 10)
    front = ("" if tens == 1 else NUMERALS[tens]) + "十" if tens else ""
    return front + (NUMERALS[ones] if ones or not tens else "")


def said_home(p: Person) -> str:
    """Where somebody lives, as the neighbours say it and no form writes it."""
    block, house, stair, flat = p.door
    digits = "".join(NUMERALS[int(one)] for one in flat)
    return f"{block}{spoken(house)}号楼{spoken(stair)}单元{digits}"


def moment(first: datetime, days: int) -> Cell:
    """A moment in office hours, to the millisecond."""

    def cell(c: random.Random, _: Person) -> datetime:
        second = 8 * 3_600 + 1_800 + c.randrange(9 * 3_600)
        return first + timedelta(
            days=c.randrange(days), seconds=second, milliseconds=c.randrange(1_000)
        )

    return cell


def in_families(people: Family, sizes: tuple[tuple[int, int], ...]) -> list[Family]:
    """People of one district put together, `many` families of each size."""
    rest = sorted(people, key=lambda p: p.district)
    families = []
    for size, many in sizes:
        for _ in range(many):
            district = rest[0].district
            family = [p for p in rest if p.district == district][:size]
            chosen = {id(p) for p in family}
            rest = [p for p in rest if id(p) not in chosen]
            families.append(family)
            rest = rest[7:] + rest[:7]
    return families
