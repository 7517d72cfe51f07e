"""Made-up values under a key: one value becomes one other throughout a release, never its own.

Names and firms come from Faker's Chinese tables. A number that is made up has the right shape and
check digit and yet is nobody's: citizen numbers are of people born 1801 to 1850, mobile numbers
begin with 10, 11 or 12 and e-mail stands at example.cn (RFC 2606), none of which is in use.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from anonymization.identifiers import citizen_check

_BORN: Final = 1801
_YEARS: Final = 50


class _Drawn:
    """The number behind a value, dealt out in parts."""

    def __init__(self, drawn: bytes) -> None:
        self._rest = int.from_bytes(drawn, "big")

    def below(self, limit: int) -> int:
        self._rest, part = divmod(self._rest, limit)
        return part

    def of(self, choices: tuple[str, ...]) -> str:
        return choices[self.below(len(choices))]


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    from faker.providers.person.zh_CN import Provider

    return tuple(Provider.last_names), tuple(Provider.first_names)


@cache
def _companies() -> tuple[tuple[str, ...], tuple[str, ...]]:
    from faker.providers.company.zh_CN import Provider

    return tuple(Provider.company_prefixes), tuple(Provider.company_suffixes)


@cache
def _places() -> tuple[tuple[str, ...], tuple[str, ...]]:
    from faker.providers.address.zh_CN import Provider

    return tuple(Provider.cities), tuple(Provider.street_suffixes)


def _name(drawn: _Drawn) -> str:
    surnames, given = _names()
    return drawn.of(surnames) + drawn.of(given)


def _company(drawn: _Drawn) -> str:
    fronts, ends = _companies()
    return drawn.of(fronts) + drawn.of(ends)


def _address(drawn: _Drawn) -> str:
    cities, streets = _places()
    surnames, _ = _names()
    # 某某: a street of a family name could exist; this says at a glance that it does not.
    street = f"{drawn.of(surnames)}某{drawn.of(streets)}"
    return f"{drawn.of(cities)}市{street}{drawn.below(900) + 100}号"


def _citizen(drawn: _Drawn) -> str:
    region = f"{drawn.below(80) + 11}{drawn.below(10_000):04d}"
    born = f"{_BORN + drawn.below(_YEARS)}{drawn.below(12) + 1:02d}{drawn.below(28) + 1:02d}"
    body = f"{region}{born}{drawn.below(999) + 1:03d}"
    return body + citizen_check(body)


def _mobile(drawn: _Drawn) -> str:
    return f"1{drawn.below(3)}{drawn.below(10**9):09d}"


def _email(drawn: _Drawn) -> str:
    return f"u{drawn.below(36**8):012d}@example.cn"


_MAKERS: Final[Mapping[str, Callable[[_Drawn], str]]] = {
    "name": _name,
    "company": _company,
    "address": _address,
    "id": _citizen,
    "mobile": _mobile,
    "email": _email,
}


def maker(of: str, keyed: Callable[[str], bytes]) -> Callable[[str], str]:
    """From a value to the made-up one that stands for it; `keyed` is a keyed digest."""
    make = _MAKERS[of]

    def made_up(one: str) -> str:
        made, turn = make(_Drawn(keyed(one))), 0
        # A small table may draw the value itself: draw again, by the key as before.
        while made == one:
            turn += 1
            made = make(_Drawn(keyed(f"{one}\0{turn}")))
        return made

    return made_up
