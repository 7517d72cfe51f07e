"""Numbers and names that are only written differently, or cut into pieces over several columns."""

import base64
import binascii
import itertools
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote

import polars as pl

from anonymization.detection import Column, detect
from anonymization.findings import Finding, matching, share

# Distinct cells looked at; the share of them that must read back.
_SAMPLE: Final = 400
_MOST: Final = 0.6
_NUMBERS: Final = frozenset({"ID_CARD", "MOBILE", "BANK_CARD"})
_READ: Final = _NUMBERS | {"PERSON", "ADDRESS", "EMAIL"}


def rewritten(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """Columns that read back to numbers or names by a rule anybody guesses."""
    findings = []
    for name in texts.columns:
        if columns[name].kind in _READ:
            continue
        sample = texts[name].drop_nulls().unique(maintain_order=True).head(_SAMPLE)
        if len(sample) < 10 or matching(sample, r"^\S{6,200}$") < 0.95:
            continue
        for zh, en, undo in _ways(sample):
            undone = pl.Series("n", [undo(one) for one in sample], dtype=pl.String)
            if undone.null_count() > (1 - _MOST) * len(undone):
                continue
            if kind := _reads(undone):
                filled = int(texts[name].is_not_null().sum())
                findings.append(_finding((name,), filled, zh, en, kind, texts))
                break
    return findings


def _reads(values: pl.Series) -> str | None:
    """What most of these values are, if they are numbers of people or names at all."""
    (column,) = detect(values.alias("n").to_frame())
    if column.kind not in _READ or column.hits < _MOST * len(values):
        return None
    if column.kind == "MOBILE":
        # Any number of eleven digits that begins with 1 is one in two; all of them is no chance.
        digits = values.drop_nulls().str.replace_all("[^0-9]", "").str.tail(11)
        if column.hits < 0.95 * len(values) or digits.str.slice(1, 1).n_unique() < 3:
            return None
    return column.kind


# --- ways of writing ------------------------------------------------------------------------


Undo = Callable[[str], str | None]


def _ways(sample: pl.Series) -> Iterator[tuple[str, str, Undo]]:
    """The rules that may be behind a column of such cells, as words and as functions."""
    if matching(sample, "^[0-9Xx]{11,19}$") > 0.9:
        yield "倒序书写", "reversed", lambda one: one[::-1]
        for step in range(1, 10):
            yield f"每位加 {step}", f"with {step} added to each digit", _shift(step)
            yield "倒序并移位", "reversed and shifted", _both(_shift(step))
        yield "取九的补", "with each digit taken from nine", _complement
        return
    if matching(sample, f"^[0-9{_ALIKE}Xx]{{11,19}}$") > 0.9:
        yield "用形近字母书写", "in letters that look alike", _table(_DIGITS)
        return
    if matching(sample, "^[A-Za-z]{11,18}$") > 0.9:
        for alphabet in ("abcdefghij", "jabcdefghi", "klmnopqrst", "qwertyuiop"):
            yield "以字母代数字", "in letters", _letters(alphabet)
    for decode in (_from_base64, bytes.fromhex, _from_base32):
        yield "编码", "encoded", _text(decode)
    if matching(sample, "%[0-9A-Fa-f]{2}") > 0.9:
        yield "编码", "encoded", unquote
    for base in (16, 36):
        yield "换进制书写", f"to the base of {base}", _based(base)


# Latin, Cyrillic and Greek letters that pass for nought and one.
_ALIKE: Final = "Oo\u041e\u043e\u039f\u03bflI"
_DIGITS: Final = str.maketrans(_ALIKE, "00000011")


def _shift(step: int) -> Undo:
    digits = string.digits
    return _table(str.maketrans(digits, digits[-step:] + digits[:-step]))


def _table(table: dict[int, int]) -> Undo:
    return lambda one: one.translate(table)


def _both(undo: Undo) -> Undo:
    return lambda one: undo(one[::-1])


def _complement(one: str) -> str:
    return one.translate(str.maketrans(string.digits, string.digits[::-1]))


def _letters(alphabet: str) -> Undo:
    table = str.maketrans(alphabet, string.digits)
    return lambda one: one.lower().translate(table).upper()


def _text(decode: Callable[[str], bytes]) -> Undo:
    def undo(one: str) -> str | None:
        try:
            shown = decode(one).decode("utf-8")
        except (ValueError, binascii.Error):
            return None
        return shown if shown.isprintable() else None

    return undo


def _from_base64(code: str) -> bytes:
    plain = code.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _from_base32(code: str) -> bytes:
    return base64.b32decode(code.upper() + "=" * (-len(code) % 8))


def _based(base: int) -> Undo:
    def undo(one: str) -> str | None:
        try:
            number = str(int(one, base)) if len(one) <= 18 else ""
        except ValueError:
            return None
        return number if len(number) in {11, 18} else None

    return undo


# --- pieces ---------------------------------------------------------------------------------


def in_pieces(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """Numbers cut into two or three columns that give a person when put together again."""
    widths = {}
    for name in texts.columns:
        if columns[name].kind in _NUMBERS:
            continue
        width = _width(texts[name])
        if width is not None:
            widths[name] = width
    findings: list[Finding] = []
    told: set[str] = set()
    for names in _sets(widths):
        if set(names) & told:
            continue
        rows = texts.select(names).drop_nulls().head(_SAMPLE)
        if rows.height < 10 or rows.n_unique() < 0.5 * rows.height:
            continue
        digits = [rows[one].str.replace_all("[^0-9Xx]", "") for one in names]
        joined = pl.DataFrame(
            {str(n): one for n, one in enumerate(digits)}
        ).select(pl.concat_str(pl.all()))  # fmt: skip
        kind = _reads(joined.to_series())
        if kind in {"ID_CARD", "MOBILE"}:
            told |= set(names)
            filled = texts.select(names).drop_nulls().height
            findings.append(_finding(names, filled, "分成几列", "in pieces", kind, texts))
    return findings


def _width(values: pl.Series) -> int | None:
    """How many digits each cell of a column has, where all have the same."""
    present = values.drop_nulls()
    if len(present) < 10 or matching(present, r"^[0-9][0-9\-/.年月日]{0,16}[0-9Xx日]?$") < 0.95:
        return None
    lengths = present.str.replace_all("[^0-9Xx]", "").str.len_chars()
    width = int(lengths.mode()[0])
    return width if width < 18 and float((lengths == width).mean() or 0) > 0.95 else None  # type: ignore[arg-type]


def _sets(widths: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Ordered sets of columns whose digits add up to a citizen or mobile number."""
    names = list(widths)[:40]
    ordered: Iterable[tuple[str, ...]] = itertools.chain(
        itertools.permutations(names, 2), itertools.permutations(names, 3)
    )
    for some in ordered:
        total = sum(widths[one] for one in some)
        # A number starts with its region or its segment: three digits at least stand together.
        if total == 18 or (total == 11 and widths[some[0]] >= 3):
            yield some


_HOW: Final[Mapping[str, tuple[str, str]]] = {
    "ID_CARD": ("公民身份号码", "citizen numbers"),
    "MOBILE": ("手机号码", "mobile numbers"),
    "BANK_CARD": ("银行账号", "bank card numbers"),
    "PERSON": ("姓名", "names"),
    "ADDRESS": ("住址", "addresses"),
    "EMAIL": ("电子邮箱", "e-mail addresses"),
}


def _finding(
    names: tuple[str, ...], records: int, zh: str, en: str, kind: str, texts: pl.DataFrame
) -> Finding:
    what_zh, what_en = _HOW[kind]
    several = len(names) > 1
    shown = "、".join(names)
    said_zh = f"依次拼起来就是{what_zh}" if several else f"只是把{what_zh}{zh}"
    said_en = f"put together are {what_en}" if several else f"only shows {what_en} {en}"
    return Finding(
        "DIRECT_IDENTIFIER_LEFT",
        names,
        records,
        share(records, texts),
        f"列「{shown}」{said_zh}，{records} 行可直接还原。",
        f"column{'s' if several else ''} {', '.join(names)} {said_en}; {records} rows read back "
        "at once.",
        "改用带密钥假名（HMAC-SM3）或删除该列。",
        "Use a keyed pseudonym (HMAC-SM3) or remove the column.",
        "例：138 + 00000000 → 13800000000"
        if several
        else f"例：13800000000 {zh}后照原规则即可读回",
        "for example 138 + 00000000 → 13800000000"
        if several
        else f"for example 13800000000 {en} reads back by the same rule",
    )
