"""Sketches of releases as they are kept and compared, without the engine that makes them.

The registry compares every report it takes in, and its pages do not carry the engine: what makes
sketches of a table is `linking`.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from anonymization import crypto

# Digests kept of a column; of columns with more codes the smallest are a fair draw.
KEPT: Final = 4096
# Codes two columns must share to be told of.
LEAST: Final = 3


def digest(digests: Sequence[str]) -> str:
    """The digest by which a report names a sketch that is kept apart from it."""
    return crypto.digest(list(digests))


def packed(digests: Iterable[str]) -> bytes:
    """A sketch as it is kept for long: eight bytes a digest, smallest first."""
    return b"".join(bytes.fromhex(one) for one in sorted(digests))


def shared(mine: bytes, other: bytes) -> float:
    """The share of the codes behind a packed sketch that stand behind another; 0: they do not join.

    A sketch that is full knows nothing of codes beyond its largest digest, so both are compared as
    far as both reach.
    """
    import numpy as np  # needed on take-in only

    a, b = (np.frombuffer(one, dtype=">u8") for one in (mine, other))
    reach = min([one.max() for one in (a, b) if len(one) >= KEPT], default=None)
    if reach is not None:
        a, b = a[a <= reach], b[b <= reach]
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / len(a) if both >= LEAST else 0.0
