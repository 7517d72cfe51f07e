"""What may be chance: a table is asked many questions, and one in a thousand answers is luck."""

import math
from typing import Final

# What happens less often than this is no luck, however many columns are looked at.
_LUCK: Final = 0.001


def likely(seen: int, expected: float) -> bool:
    """Whether so many events that each are rare may come together by chance (Poisson)."""
    if seen <= expected:
        return True
    if expected > 200:
        return seen < expected + 3.1 * math.sqrt(expected)
    term, below = math.exp(-expected), 0.0
    for count in range(seen):
        below += term
        term *= expected / (count + 1)
    return 1 - below >= _LUCK
