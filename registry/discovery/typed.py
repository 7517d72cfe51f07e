"""Half typed: Chinese that an input method has given already, and letters it has not turned yet."""

import re

from search import analysis, pronunciation

# Longer stretches are no title that begins so.
LONGEST = 12
_HALVES = re.compile(rf"([{analysis.HAN}]{{1,{LONGEST}}})([a-z]{{1,{4 * LONGEST}}})")


def sounded(typed: str) -> list[tuple[str, str]]:
    """What was typed as it sounds, whole and by its initials, each with the Chinese it must hold.

    「婚姻deng」 is `hunyindeng`, which the index knows, but no title that only sounds like 婚姻 is
    meant. Nothing where it is not Chinese and then letters.
    """
    halves = _HALVES.fullmatch("".join(analysis.fold(typed).replace("'", "").split()))
    if halves is None:
        return []
    han, letters = halves.groups()
    # As the titles were read when they were indexed.
    sounds = pronunciation.read(han)
    return [(han, "".join(sounds) + letters), (han, "".join(one[:1] for one in sounds) + letters)]
