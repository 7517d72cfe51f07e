"""Numbers and names that are only written differently, or cut into pieces over several columns."""

import itertools
import re
import string
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Final

import polars as pl

from anonymization import ciphers, codings, headers, naming, turning
from anonymization.detection import Column, alone
from anonymization.dictionary import names as names_of_people
from anonymization.dictionary import share as part_of
from anonymization.dictionary import words
from anonymization.findings import Finding, drawn, matching, share
from anonymization.identifiers import PROVINCE_SIGNS, citizen_check

# Distinct cells looked at; the share of them that must read back.
_SAMPLE: Final = 400
_MOST: Final = 0.6
_NUMBERS: Final = frozenset({"ID_CARD", "MOBILE", "BANK_CARD"})
_READ: Final = naming.DIRECT


def rewritten(
    texts: pl.DataFrame, columns: Mapping[str, Column], public: Container[str] = ()
) -> list[Finding]:
    """Columns that read back to numbers or names by a rule anybody guesses.

    In the `public` ones names may stand.

    All that the rules make of all columns is judged together: looking at one short column costs
    what looking at a hundred does. Of the rules that fit the first is told.
    """
    measures = texts.select(pl.all().str.contains(_MEASURE).all())
    samples = {
        name: sample
        for name in texts.columns
        if (columns[name].kind not in _READ or matching(drawn(texts[name]), _TURNED) > 0.9)
        and not measures[name][0]
        and (sample := _sample(texts[name])) is not None
    }
    tried = [way for sample in samples.values() for way in _undone(sample)]
    found: dict[str, Finding] = {
        name: _finding((name,), len(texts[name].drop_nulls()), *_IN_TABLE, "PERSON", texts)
        for name in texts.columns
        if name not in public and _in_telegraph_code(texts[name])
    }
    for (zh, en, undone), verdict in zip(tried, alone([way[2] for way in tried]), strict=True):
        name = undone.name
        kind = _kind(undone, verdict) if name not in found else None
        if kind is not None and not (kind == "PERSON" and name in public):
            filled = int(texts[name].is_not_null().sum())
            found[name] = _finding((name,), filled, zh, en, kind, texts)
    return list(found.values())


_IN_TABLE: Final = ("逐字换成码表里的编号", "as numbers of a code table")


def _in_telegraph_code(values: pl.Series) -> bool:
    """Whether a header says that names stand in the telegraph code, which any book has."""
    said = re.search("电报码|(?:^|[名文字准])电码|telegraph", str(values.name).lower())
    return said is not None and matching(drawn(values), _FOURS) > 0.9


_FOURS: Final = r"^[0-9]{4}(?:[\s,;/-]?[0-9]{4}){1,5}$"
# Numbers with a point and few digits are nobody's, however they are turned.
_MEASURE: Final = r"^-?[0-9]{1,6}\.[0-9]{1,4}$"


def _sample(values: pl.Series) -> pl.Series | None:
    """Distinct cells from all over a column; None where it is no column of short values."""
    # Every so many of them: the first of a register may all be of one street.
    distinct = values.drop_nulls().unique(maintain_order=True)
    sample = distinct.gather_every(max(1, len(distinct) // _SAMPLE)).head(_SAMPLE)
    if len(sample) < 10 or matching(sample, r"^\S.{1,1000}$") < 0.95:
        return None
    return sample


_PROBED: Final = 24

Way = tuple[str, str, pl.Series]


def _undone(sample: pl.Series) -> Iterator[Way]:
    """The rules that give something for most cells, each with what it gives."""
    first = list(sample.head(_PROBED))
    for zh, en, undo in _ways(sample):
        # What gives nothing for the first cells gives nothing for most.
        if sum(undo(one) is None for one in first) > 0.8 * len(first):
            continue
        undone = pl.Series(sample.name, [undo(one) for one in sample], dtype=pl.String)
        if undone.null_count() <= (1 - _MOST) * len(undone):
            yield zh, en, undone


def _reads(values: pl.Series) -> str | None:
    """What most of these values are or carry, if it is numbers of people or names at all."""
    (column,) = alone([values])
    return _kind(values, column)


def _kind(values: pl.Series, column: Column) -> str | None:
    """The kind of a number of people or a name that a column was found to hold.

    Its header is heard as well: what is a record number behind letters only it can say.
    """
    if column.hits < _MOST * len(values):
        return None
    kind = column.kind or next((one for one in column.inside if one in _NUMBERS), None)
    if kind not in _READ:
        return None
    if kind == "MOBILE":
        # Any number of eleven digits that begins with 1 is one in two; all of them is no chance.
        digits = values.drop_nulls().str.replace_all("[^0-9]", "").str.tail(11)
        if column.hits < 0.95 * len(values) or digits.str.slice(1, 1).n_unique() < 3:
            return None
    return kind


# --- ways of writing ------------------------------------------------------------------------


Undo = Callable[[str], str | None]


def _ways(sample: pl.Series) -> Iterator[tuple[str, str, Undo]]:
    """The rules that may be behind a column of such cells, as words and as functions."""
    yield from _rewritten(sample)
    yield from ciphers.ways(sample)
    if matching(sample, _TURNED) > 0.9:
        yield "倒序书写", "reversed", lambda one: one[::-1]


# What numbers, mail and homes look like from behind.
_TURNED: Final = (
    r"^[0-9]{6,8}[-)]{1,2}[0-9]{2,3}0\(?$|^[0-9A-Z]{5,6}[A-Z]\p{Han}$|^[A-Za-z]{2,3}\.[^@\s]+@"
    r"|^室?[0-9A-Za-z]{1,5}(?:元单|楼号|号|栋|-|组).{2,40}(?:区|村|镇|乡|旗)\p{Han}"
    r"|^[0-9]{7,8}[A-Z]{1,3}$"
)


def _rewritten(sample: pl.Series) -> Iterator[tuple[str, str, Undo]]:
    """Digits and letters in another order, another script or another code."""
    bare = sample.str.replace_all(_MARKS, "")
    if matching(bare, "^[0-9Xx]{10,40}$") > 0.9:
        if not bare.equals(sample):
            yield "加分隔符书写", "with marks between", _unmarked
        yield from _in_digits(bare)
        # Longer ones may be the codes of signs.
        if matching(bare, "^.{10,20}$") > 0.9:
            for decoded in codings.readings(sample, tables=True):
                yield _IN_TABLE[0], _IN_TABLE[1], decoded
            return
    if matching(bare, f"^[0-9{_ALIKE}Xx]{{11,19}}$") > 0.9:
        yield "用形近字母书写", "in letters that look alike", _table(_DIGITS)
        return
    if matching(bare, f"^[{_SPELLED}0-9Xx]{{11,19}}$") > 0.9:
        yield "用汉字数字书写", "in Chinese numerals", _table(_NUMERALS)
        return
    if matching(sample, "^[A-Za-z]{11,18}$") > 0.9:
        for alphabet in ("abcdefghij", "jabcdefghi", "klmnopqrst", "qwertyuiop", "zyxwvutsrq"):
            yield "以字母代数字", "in letters", _letters(alphabet)
    for decoded in codings.readings(sample):
        yield "编码", "encoded", decoded
        for field in codings.fields(decoded, sample.head(_PROBED)):
            yield "编码", "encoded", field
    if matching(sample, _CODE_TURNED) > 0.9:
        for decoded in codings.readings(sample.str.reverse()):
            yield "编码并倒序", "encoded and reversed", _from_behind(decoded)
    if matching(sample, r"^[一-鿿·]{2,8}$") > 0.9:
        yield "倒序书写", "reversed", lambda one: one[::-1]
    for base in (16, 32, 36, 62):
        yield f"换进制书写（{base}）", f"to the base of {base}", _based(base)


def _in_digits(bare: pl.Series) -> Iterator[tuple[str, str, Undo]]:
    """What numbers of digits alone may be: without a sign, in other places, among fixed ones."""
    if matching(bare, "^[0-9]{17}$") > 0.9:
        yield "略去校验位", "without the check digit", _with_check
        return
    if matching(bare, "^[3-9][0-9]{9}$") > 0.9:
        yield "略去首位的 1", "without the one in front", lambda one: f"1{_unmarked(one)}"
    yield from turning.ways(bare)
    if matching(bare, "^[3-69][0-9]{15,18}$") < 0.5 and matching(bare, "^[0-9]{15,19}$") > 0.9:
        yield "倒序书写", "reversed", lambda one: _unmarked(one)[::-1]
    if (doubled := bare.filter(bare.str.len_bytes() >= 22)).len() > 0.9 * len(bare) and all(
        one[::2] == one[1::2] for one in doubled
    ):
        yield "每位写两遍", "with each sign twice", lambda one: _unmarked(one)[::2]
    for start, width in _among_fixed(bare):
        cut = slice(start, start + width)
        yield "前后加固定数字", "among digits that are always the same", _sliced(cut)
    if matching(bare, "^[0-7]{12,20}$") > 0.9:
        yield "换进制书写（8）", "to the base of 8", _based(8)


def _among_fixed(bare: pl.Series) -> Iterator[tuple[int, int]]:
    """Where a telephone or a citizen number may stand if all other places are alike in all cells.

    What all cells have in front of a number hides it from nobody.
    """
    widths = bare.str.len_bytes().unique()
    if len(widths) != 1:
        return
    total = int(widths[0])
    fixed = [bare.str.slice(place, 1).n_unique() == 1 for place in range(total)]
    for width in (11, 18):
        for start in range(total - width + 1) if width < total else ():
            if all(fixed[:start]) and all(fixed[start + width :]):
                yield start, width


def _sliced(cut: slice) -> Undo:
    return lambda one: _unmarked(one)[cut]


# What no code begins with unless it is turned round; codes without padding are tried as well.
_CODE_TURNED: Final = r"^={0,6}[0-9A-Za-z+/_-]{12,200}$"


def _from_behind(undo: Undo) -> Undo:
    return lambda one: undo(one[::-1])


# Marks between digits that are not part of them.
_MARKS: Final = r"[\s\-_.,，、|/\\·:;*#]"
# Latin, Cyrillic and Greek letters that pass for nought and one.
_ALIKE: Final = "Oo\u041e\u043e\u039f\u03bflI"
_DIGITS: Final = str.maketrans(_ALIKE, "00000011")
# The numerals of everyday, of cheques, of circles; the pattern and the table go together.
_SPELLED: Final = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两⓪①②③④⑤⑥⑦⑧⑨"
_NUMERALS: Final = str.maketrans(_SPELLED, "00123456789123456789120123456789")


def _unmarked(one: str) -> str:
    return _UNMARKED.sub("", one)


_UNMARKED: Final = re.compile(_MARKS)


def _table(table: dict[int, int]) -> Undo:
    return lambda one: _unmarked(one).translate(table)


def _letters(alphabet: str) -> Undo:
    table = str.maketrans(alphabet, string.digits)
    return lambda one: one.lower().translate(table).upper()


_SYMBOLS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase


def _with_check(one: str) -> str | None:
    """A citizen number whose check character, which its other digits give, was left out."""
    bare = _unmarked(one)
    return bare + citizen_check(bare) if len(bare) == 17 and bare.isdigit() else None


def _based(base: int) -> Undo:
    def undo(one: str) -> str | None:
        if not 6 <= len(one) <= 20:
            return None
        number = 0
        for symbol in one if base > 36 else one.upper():
            digit = _SYMBOLS.find(symbol)
            if not 0 <= digit < base:
                return None
            number = number * base + digit
        shown = str(number)
        if len(shown) == 17:
            return _with_check(shown)
        return shown if len(shown) in {11, 18} else None

    return undo


# --- pieces ---------------------------------------------------------------------------------


def in_pieces(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """Numbers cut into two to four columns that give a person when put together again."""
    widths = {}
    for name in texts.columns:
        if columns[name].kind in _NUMBERS:
            continue
        width = _width(texts[name])
        if width is not None:
            widths[name] = width
    findings = _split_names(texts, columns)
    told: set[str] = set()
    fronts = {name: _begins(texts[name]) for name in list(widths)[:_PARTS]}
    for names in _sets(widths):
        # Most sets end here: of a dozen months or scores none begins as a number does.
        total = sum(widths[one] for one in names)
        if set(names) & told or (len(names) > 2 and total not in fronts[names[0]]):
            continue
        rows = texts.select(names).drop_nulls().head(_SAMPLE)
        if rows.height < 10:
            continue
        # Rows from all over it tell of nearly all sets that they give no number.
        few, _ = _together(rows.gather_every(max(1, rows.height // _LOOKED_AT)))
        if all(matching(one, _WHOLE) < 0.25 for one in few):
            continue
        if rows.n_unique() < 0.5 * rows.height:
            continue
        tried, digits = _together(rows)
        looks = [one for one in tried if matching(one, _WHOLE) > 0.5]
        kind = next((kind for one in looks if (kind := _reads(one))), None)
        if kind in _NUMBERS and not (kind == "MOBILE" and any(map(_are_days, digits))):
            told |= set(names)
            filled = texts.select(names).drop_nulls().height
            findings.append(_finding(names, filled, "分成几列", "in pieces", kind, texts))
    return [*findings, *_split_plates(texts, columns)]


# Columns of digits that are put together; what a citizen, a telephone and a card look like.
_PARTS: Final = 40
_LOOKED_AT: Final = 100
_WHOLE: Final = (
    "^[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]$"
    "|^1[3-9][0-9]{9}$|^[3-69][0-9]{15,18}$"
)
_FRONTS: Final = {18: "^[1-8][1-7]", 11: "^1[3-9]", 16: "^[3-69]", 19: "^[3-69]"}


def _begins(values: pl.Series) -> frozenset[int]:
    """How long the numbers are, of people and their cards, that begin as these digits do."""
    some = drawn(values.drop_nulls())
    return frozenset(width for width, front in _FRONTS.items() if matching(some, front) > 0.5)


def _together(rows: pl.DataFrame) -> tuple[list[pl.Series], list[pl.Series]]:
    """The digits of columns put together in the ways there are, and the digits of each column."""
    digits = [one.str.replace_all("[^0-9Xx]", "") for one in rows]
    joined = pl.DataFrame({str(n): one for n, one in enumerate(digits)}).select(
        pl.concat_str(pl.all())
    )
    return [joined.to_series(), *(_in_turn(digits) if len(digits) == 2 else ())], digits


def _in_turn(pieces: list[pl.Series]) -> Iterator[pl.Series]:
    """Two columns that hold the odd and the even places of a number, as one."""
    first, second = pieces
    if first.is_empty() or len(first[0]) - len(second[0]) not in {0, 1}:
        return
    cells = (itertools.zip_longest(a, b, fillvalue="") for a, b in zip(*pieces, strict=True))
    yield pl.Series(first.name, ["".join(one + other for one, other in cell) for cell in cells])


def _are_days(values: pl.Series) -> bool:
    """Whether digits are days of a calendar: three digits in front of them make a telephone."""
    return matching(values, "^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$") > 0.9


def _split_plates(texts: pl.DataFrame, columns: Mapping[str, Column]) -> Iterator[Finding]:
    """The beginnings of plates, province and office and what follows, in a column of their own."""
    short = [name for name in texts.columns if columns[name].kind is None]
    fronts = [name for name in short if matching(drawn(texts[name].drop_nulls()), _FRONT) > 0.95]
    backs = [name for name in short if matching(drawn(texts[name].drop_nulls()), _BACK) > 0.95]
    for pair in itertools.product(fronts, backs):
        rows = texts.select(pair).drop_nulls()
        joined = rows.select(pl.concat_str(pair)).to_series()
        # What fills the space of plates so thinly that nearly each is another is no class.
        if len(joined) >= 10 and joined.n_unique() > 0.5 * len(joined) and _are_plates(joined):
            yield _finding(pair, rows.height, "分成几列", "in pieces", "PLATE", texts)
            return


# The sign of a province and the letter of an office, and some of the signs behind (GA 36-2018).
_FRONT: Final = f"^[{PROVINCE_SIGNS}][A-HJ-NP-Z]?[·. ]?[0-9A-HJ-NP-Z]{{0,4}}$"
_BACK: Final = "^[A-HJ-NP-Z]?[·. ]?[0-9A-HJ-NP-Z]{1,6}$"


def _are_plates(values: pl.Series) -> bool:
    bare = values.str.replace_all("[·. ]", "")
    return matching(bare, f"^[{PROVINCE_SIGNS}][A-HJ-NP-Z][0-9A-HJ-NP-Z]{{5,6}}$") > 0.95


def _split_names(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[Finding]:
    """Surnames in one column and given names in another."""
    short = {}
    for name in texts.columns:
        if columns[name].kind is not None:
            continue
        values = texts[name].drop_nulls()
        if len(values) >= 10 and matching(drawn(values), r"^\p{Han}{1,5}$") > 0.9:
            short[name] = values
    surnames = [*words()["surnames"], *words()["compound_surnames"]]
    fronts = [
        name
        for name, values in short.items()
        if values.n_unique() >= 5 and part_of(drawn(values).is_in(surnames)) > 0.6
    ]
    for front, back in itertools.product(fronts, short):
        if front == back or short[back].n_unique() < 20:
            continue
        rows = texts.select(front, back).drop_nulls().head(_SAMPLE)
        joined = rows.select(pl.concat_str(front, back)).to_series()
        if part_of(names_of_people(joined)) >= 0.6:
            filled = texts.select(front, back).drop_nulls().height
            pair = (front, back)
            return [_finding(pair, filled, "分成几列", "in pieces", "PERSON", texts)]
    return []


def _width(values: pl.Series) -> int | None:
    """How many digits each cell of a column has, where all have the same."""
    present = values.drop_nulls()
    if (
        len(present) < 10
        or matching(present, r"^(?:[0-9][0-9\-/.年月日]{0,16}[0-9Xx日]?|[Xx])$") < 0.95
    ):
        return None
    lengths = present.str.replace_all("[^0-9Xx]", "").str.len_chars()
    width = int(lengths.mode()[0])
    return width if width < 18 and float((lengths == width).mean() or 0) > 0.95 else None  # type: ignore[arg-type]


def _is_card(widths: Mapping[str, int], some: tuple[str, ...]) -> bool:
    """Whether two columns may be a bank card: what names the bank stands in front together."""
    few = [widths[one] for one in some]
    return len(few) == 2 and sum(few) in {16, 19} and min(few) >= 4


def _sets(widths: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Ordered sets of columns whose digits add up to a citizen or mobile number."""
    names = list(widths)[:_PARTS]
    ordered: Iterable[tuple[str, ...]] = itertools.chain(
        itertools.permutations(names, 2), itertools.permutations(names, 3)
    )
    for some in ordered:
        total = sum(widths[one] for one in some)
        # A number starts with its region or its segment: three digits at least stand together.
        if total == 18 or (total == 11 and widths[some[0]] >= 3) or _is_card(widths, some):
            yield some
    # The parts a citizen number has by its standard: region, birth, order, check character.
    parts = [[name for name in names if widths[name] == width] for width in (6, 8, 3, 1)]
    yield from (some for some in itertools.product(*parts) if len(set(some)) == 4)


def _finding(
    names: tuple[str, ...], records: int, zh: str, en: str, kind: str, texts: pl.DataFrame
) -> Finding:
    known = headers.kinds()[kind]
    what_zh, what_en = known["zh"], f"{known['en']}s"
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
