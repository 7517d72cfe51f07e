"""Shares in tables of totals that give back how few people they are of: 8.33 % of 12 is one."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from anonymization.findings import Finding, Terms, matching, share

_SHARES: Final = re.compile("(?:率|比例|占比|比重|百分比|rate|ratio|percent)$")
_OF_PEOPLE: Final = re.compile(
    "(?:人数|人次|户数|人口数?|[学考新患病]生?人?数|职工数|员工数|样本数|总人数)$"
)
_PERCENT: Final = r"^[0-9]{1,3}(?:\.[0-9]+)?\s*[%％]?$"
# So many of the rows must give a whole number, or the share is of something else.
_WHOLE: Final = 0.95


def few(texts: pl.DataFrame, terms: Terms) -> Iterator[Finding]:
    """Columns of shares that, with a column of counts beside them, show fewer people than k."""
    parts = [name for name in texts.columns if _SHARES.search(name.lower())]
    wholes = [name for name in texts.columns if _OF_PEOPLE.search(name)]
    for part in parts:
        for whole in wholes:
            cells = _cells(texts[part], texts[whole])
            if cells is None:
                continue
            small = int(cells.is_between(1, terms.k - 1).sum())
            if small:
                yield _finding((whole, part), small, texts, terms)
                break


def _cells(part: pl.Series, whole: pl.Series) -> pl.Series | None:
    """How many people each share is, where nearly all shares are of that column."""
    if matching(part, _PERCENT) < 1 or matching(whole, "^[0-9]+$") < 1:
        return None
    hundred = 100 if part.str.contains("[%％]").any() else 1
    bare = part.str.replace(r"\s*[%％]$", "")
    numbers, people = bare.cast(pl.Float64), whole.cast(pl.Float64)
    if hundred == 1 and float(numbers.max() or 0) > 1:  # type: ignore[arg-type]
        hundred = 100
    digits = int(bare.str.extract(r"\.([0-9]+)$").str.len_chars().max() or 0)  # type: ignore[arg-type]
    made = numbers * people / hundred
    # What rounding of the share leaves open; where that is a person or more, it tells none.
    open_ = people * 10.0**-digits / hundred / 2 + 1e-9
    exact = ((made - made.round()).abs() <= open_) & (open_ < 0.5)
    if float(exact.mean() or 0) < _WHOLE:  # type: ignore[arg-type]
        return None
    return made.round().filter(exact)


def _finding(names: tuple[str, str], cells: int, texts: pl.DataFrame, terms: Terms) -> Finding:
    whole, part = names
    return Finding(
        "K_TOO_SMALL",
        names,
        cells,
        share(cells, texts),
        f"列「{part}」乘以「{whole}」就是人数，{cells} 格不足 {terms.k} 人，知情人看得出是谁。",
        f"column {part} times {whole} gives people: {cells} cells are fewer than {terms.k}, and "
        "whoever knows them sees who they are.",
        f"不足 {terms.k} 人的格子不给比率，或者并入相邻类别后再算。",
        f"Give no share where it is of fewer than {terms.k} people, or merge categories first.",
        "例：体检 12 人、阳性率 8.33% → 正好 1 人",
        "for example: 12 people, a share of 8.33 % → exactly one person",
    )
