"""Undoes what hides an identifier from a machine and from no reader: blanks, dashes, numerals."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import polars as pl

_INVISIBLE: Final = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
# As they are written, said on the telephone, and written on cheques.
_SPELLED: Final = "〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_NUMERALS: Final = dict(zip(_SPELLED, "0012345678912123456789", strict=True))
_DASHES: Final = "\u2010-\u2015\u2212\u30fb\uff65"
# Worth a look: full-width digits and letters, other forms of digits, blanks, dashes.
_DISGUISED: Final = (
    f"[{_INVISIBLE}{_DASHES}\u00a0\u2000-\u200a\u202f\u3000\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\uff0b\uff0d\uff0e\uff20\u2070-\u2099\u2460-\u249b\u24ea\U0001d7ce-\U0001d7ff]|（0"
)
_NUMERALS_RUN: Final = f"[{_SPELLED}0-9]{{3}}[{_SPELLED}]{{4}}"


@dataclass(frozen=True)
class Plain:
    """A text without its disguises; `offsets[i]` is where character i stood, the last its end."""

    text: str
    offsets: tuple[int, ...]


def plain(text: str) -> Plain:
    """Fold compatibility forms, drop invisible characters, write runs of numerals as digits."""
    made: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character):
            if not _INVISIBLE_RE.match(one):
                made.append("-" if _DASH_RE.match(one) else one)
                places.append(place)
    for run in _RUN.finditer("".join(made)):
        for at in range(*run.span()):
            made[at] = _NUMERALS.get(made[at], made[at])
    return Plain("".join(made), (*places, len(text)))


def unmasked(values: pl.Series) -> pl.Series:
    """The same for a whole column: only cells that need it are touched; blank cells are null."""
    texts = values if values.dtype == pl.String else values.cast(pl.String, strict=False)
    seen = texts.to_frame().select(
        disguised=pl.first().str.contains(_DISGUISED).fill_null(False),
        spelled=pl.first().str.contains(_NUMERALS_RUN).fill_null(False),
        bare=_trimmed(pl.first()),
    )
    disguised, spelled = seen["disguised"], seen["spelled"]
    if not disguised.any() and not spelled.any():
        return seen["bare"].alias(values.name)
    if disguised.any():
        rows = disguised.arg_true()
        folded = texts.gather(rows).str.normalize("NFKC")
        folded = folded.str.replace_all(f"[{_INVISIBLE}]", "").str.replace_all(f"[{_DASHES}]", "-")
        texts = texts.scatter(rows, folded)
        # Without its disguises a numeral may stand in a run of them.
        spelled = texts.str.contains(_NUMERALS_RUN).fill_null(False)
    if spelled.any():
        rows = spelled.arg_true()
        written = [plain(one).text for one in texts.gather(rows)]
        texts = texts.scatter(rows, pl.Series(written, dtype=pl.String))
    return texts.to_frame().select(_trimmed(pl.first())).to_series()


def _trimmed(texts: pl.Expr) -> pl.Expr:
    return texts.str.strip_chars(" \t\r\n'\"")


_INVISIBLE_RE: Final = re.compile(f"[{_INVISIBLE}]")
_DASH_RE: Final = re.compile(f"[{_DASHES}]")
_RUN: Final = re.compile(f"[{_SPELLED}0-9]{{7,}}")
