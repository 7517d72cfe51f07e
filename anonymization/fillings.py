"""What forms put around a value: codes, lists and names of files that hold numbers and names.

One such cell proves nothing, so it is not what detection reports; that all cells of a column give
a name or a number at the same place is no chance.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import polars as pl

from anonymization import checks, naming
from anonymization.detection import Column
from anonymization.dictionary import names, share
from anonymization.disguises import unmasked
from anonymization.findings import Finding, drawn, matching
from anonymization.identifiers import MOBILE

# Distinct cells that are needed, and the share of them that must hold it.
_LEAST: Final = 20
_MOST: Final = 0.9
_NUMBER: Final = "[1-9][0-9]{16}[0-9Xx]"
# The longest code in which a number is looked for at every place.
_LONGEST: Final = 40
_BETWEEN: Final = r"[\s_\-—.,，、;；:：/|\\()（）\[\]【】@#&=?+]+"
# Pieces of a cell that are looked at, from its beginning.
_PIECES: Final = 3


def filled(
    texts: pl.DataFrame, columns: Mapping[str, Column], left_out: Iterable[str]
) -> list[Finding]:
    """Columns whose cells hold a number or a name inside what is the same for all of them."""
    skipped = set(left_out)
    findings = []
    for name in texts.columns:
        if name in skipped or columns[name].kind is not None:
            continue
        values = texts[name].drop_nulls()
        some = unmasked(drawn(values)).drop_nulls().unique(maintain_order=True)
        if len(some) < _LEAST or matching(some, r"[0-9]{11}|\p{Han}{2}") < _MOST:
            continue
        kind = _number(some) or _name(some)
        if kind is not None:
            findings.append(naming.left("DIRECT_IDENTIFIER_LEFT", name, kind, len(values), texts))
    return findings


def _number(values: pl.Series) -> str | None:
    """Which number stands in all codes, with letters or more digits around it."""
    today = date.today()  # noqa: DTZ011  # birth dates are civil dates
    for numbers in _inside(values):
        if checks.citizen_numbers(numbers.str.to_uppercase(), today).mean() > _MOST:
            return "ID_CARD"
    mobiles = values.str.extract("[^0-9](1[0-9]{10})(?:[^0-9]|$)").drop_nulls()
    if len(mobiles) < 0.95 * len(values):
        return None
    # Codes of a year or a district have its digits in front; segments begin in many ways.
    if matching(mobiles, f"^{MOBILE}$") < 0.97:
        return None
    return "MOBILE" if mobiles.str.head(2).n_unique() >= 3 else None


def _inside(values: pl.Series) -> Iterator[pl.Series]:
    """Numbers as long as a citizen's at each place where nearly all cells have one."""
    apart = values.str.extract(f"[A-Za-z_]({_NUMBER})(?:[^0-9Xx]|$)").drop_nulls()
    if len(apart) > _MOST * len(values):
        yield apart
    widths = values.str.len_chars()
    width = int(widths.min() or 0)  # type: ignore[arg-type]
    if widths.n_unique() > 1 or not 18 < width <= _LONGEST or matching(values, "[0-9]{18}") < _MOST:
        return
    for start in range(width - 17):
        piece = values.str.slice(start, 18)
        if matching(piece, f"^{_NUMBER}$") == 1:
            yield piece


def _name(values: pl.Series) -> str | None:
    """Whether people stand at one place of cells that marks divide."""
    if matching(values, _BETWEEN) < 0.5:
        return None
    pieces = values.str.replace_all(_BETWEEN, "\n").str.strip_chars("\n").str.split("\n")
    for place in range(_PIECES):
        some = pieces.list.get(place, null_on_oob=True).drop_nulls()
        various = some.unique()
        if len(some) < 0.5 * len(values) or len(various) < _LEAST:
            continue
        # Words of two characters read like names one in twelve times, of three hardly ever.
        if share(names(various)) >= 0.7 and share(various.str.len_chars() >= 3) >= 0.2:
            return "PERSON"
    return None
