"""Which parts of a question an entry must hold to be counted; the others only order.

What one word says already is not asked for a second time; of two things of a kind either will do;
and what no entry holds beside the rest is spared.
"""

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from search import analysis
from search.part import Part


def instead(plain: str, found: tuple[Part, ...]) -> tuple[Part, ...]:
    """Let either of two things of a kind do: who types 公证处和公证员 wants what tells of any.

    Things are of a kind where they share a word: 福利彩票 and 体育彩票. What 或 stands between need
    not be. Nothing else may stand there: 共享类型是不予共享 tells of one thing.
    """
    made: list[Part] = []
    before: Part | None = None
    for part in found:
        if part.is_required and not (part.is_told or part.is_element):
            between = before and re.search(
                rf"{re.escape(before.text)}(\s+|\s*[和与及或]\s*){re.escape(part.text)}", plain
            )
            if before and between:
                is_either = "或" in between[1] or _shares(before.text, part.text)
                part = replace(part, is_instead=is_either)
            before = part
        made.append(part)
    return tuple(made)


def _shares(one: str, other: str) -> bool:
    """Tell whether two words have a word of two characters in common."""
    pairs = {one[at : at + 2] for at in range(len(one) - 1)}
    return any(other[at : at + 2] in pairs for at in range(len(other) - 1)) and analysis.is_han(
        one + other
    )


def said_once(found: tuple[Part, ...]) -> tuple[Part, ...]:
    """Need no word that the longer one it touches says already, or that only lies around it.

    驾校 beside 驾驶员培训机构 is the same thing in fewer words.
    """
    return tuple(
        replace(part, is_required=False)
        if any(_says(other, part) for other in _beside(found, at))
        else part
        for at, part in enumerate(found)
    )


def _says(longer: Part, part: Part) -> bool:
    """Tell whether a part that must be held says another one as well."""
    if not (part.is_required and part.is_term and longer.is_required and longer.is_term):
        return False
    is_plain = not (part.is_told or longer.is_told or part.is_element or part.may_be_element)
    return (
        is_plain
        and len(longer.text) > len(part.text)
        and (part.text in longer.related or any(part.text in one for one in longer.variants))
    )


def _beside(found: Sequence[Part], at: int) -> Iterator[Part]:
    """Give the parts that a part touches."""
    if at and found[at].touches:
        yield found[at - 1]
    if at + 1 < len(found) and found[at + 1].touches:
        yield found[at + 1]


def spared(
    units: Collection[str], found: tuple[Part, ...], is_phrase: bool = True
) -> tuple[Part, ...]:
    """Mark what need not be held where no entry holds it: units, years, and what a cut left over.

    「食药监 药店许可」 asks for the permits, whichever unit holds them since its reform, and few
    entries name the years they cover. 「企业有没有被行政处罚」 asks for penalties, and few of them
    say whom they meet. Any other word typed apart is meant, and so is what nobody knows where it
    says more than what is known.
    """
    found = tuple(
        replace(part, is_required=False)
        if part.text in _YEARLY and at and _is_year(found[at - 1])
        else part
        for at, part in enumerate(found)
    )
    about = {*units, *(_subjects() if is_phrase else ())}
    wanted = [part for part in found if part.is_required and part.text not in about]
    known = [len(part.text) for part in wanted if part.is_term or part.is_told]
    left = [at for at, part in enumerate(found) if is_phrase and _is_rest(found, at)]
    if not known:
        return found
    if sum(len(found[at].text) for at in left) > max(known):
        left = []
    return tuple(
        replace(part, is_spare=True)
        if part.is_required
        and (part.text in about or _is_year(part) or at in left or part.is_guess)
        else part
        for at, part in enumerate(found)
    )


# What says of a number that it is a year.
_YEARLY = frozenset({"年", "年度", "年份"})


def _is_year(part: Part) -> bool:
    return re.fullmatch("(?:19|20)[0-9]{2}", part.text) is not None


@functools.cache
def _subjects() -> frozenset[str]:
    return frozenset(analysis.table("questions")["subjects"])


def _is_rest(found: Sequence[Part], at: int) -> bool:
    """Tell whether a part is unknown, and no longer than a known word it touches."""
    return is_unknown(found[at]) and any(
        part.is_term and len(part.text) >= len(found[at].text) for part in _beside(found, at)
    )


def is_unknown(part: Part) -> bool:
    """Tell whether a part is needed, and neither known nor set apart as a data element."""
    is_apart = part.is_element or part.may_be_element or part.is_alike
    return part.is_required and part.is_han and not (part.is_term or is_apart)
