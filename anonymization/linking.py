"""Releases that join: with earlier releases by their codes, with a register by what both tell.

Of an earlier release a sketch is enough: digests of its codes' first characters, the smallest of
them only. A sketch holds no value, so the registry may keep one for every release there was.
"""

import base64
import binascii
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from anonymization import bases, chance, checks, tails, thin
from anonymization.classes import Coded
from anonymization.detection import detect
from anonymization.findings import Finding, Terms, as_texts, drawn, matching, share, token
from anonymization.sketches import KEPT, LEAST

# Characters of a code that are compared: releases cut their codes at different lengths.
_FRONT: Final = 12


@dataclass(frozen=True)
class Sketch:
    """A column of codes of a release: digests of their fronts, the smallest ones."""

    column: str
    digests: frozenset[str]

    def facts(self) -> dict[str, Any]:
        """The sketch as JSON."""
        return {"column": self.column, "digests": sorted(self.digests)}


def sketches(release: pl.DataFrame, cuts: Iterable[int] = ()) -> list[Sketch]:
    """A sketch of every column of codes, to hold against later releases.

    With `cuts` also one of the beginnings of so many characters, for releases that show no more.
    """
    texts = as_texts(release)
    some = [(name, fronts) for name, (fronts, _) in _codes(texts).items()]
    some += [
        (name, part) for name, _ in list(some) for cut in cuts if (part := _cut(texts[name], cut))
    ]
    return [Sketch(name, frozenset(sorted(map(_digest, one))[:KEPT])) for name, one in some]


# Lengths at which offices cut codes.
CUTS: Final = (11, 10, 9, 8, 6)


def _cut(codes: pl.Series, cut: int) -> set[str]:
    """The beginnings of codes that are longer than that; none where two people share one."""
    whole = (_front(one, "own") for one in codes.drop_nulls().unique())
    some = [one for one in whole if one and len(one) > cut]
    made = {front[:cut] for front in some}
    apart = len(made) == len(some) and len(made) ** 2 < _BY_CHANCE * _space(made)
    return made if apart else set()


def _space(codes: Iterable[str]) -> float:
    """How many codes there are of the signs that stand at each place of these."""
    space, values = 1.0, pl.Series(list(codes), dtype=pl.String)
    for place in range(max(values.str.len_chars(), default=0)):
        space *= max(1, values.str.slice(place, 1).n_unique())
    return space


def read_sketches(facts: Iterable[Mapping[str, Any]]) -> list[Sketch]:
    """Sketches as `facts` gave them."""
    return [Sketch(str(one["column"]), frozenset(map(str, one["digests"]))) for one in facts]


def _digest(front: str) -> str:
    return hashlib.blake2b(front.encode(), digest_size=8, person=b"sketch").hexdigest()


def _codes(texts: pl.DataFrame) -> dict[str, tuple[set[str], float]]:
    """The fronts of the codes of every column that holds codes of persons, and how many there are
    of their signs: so few characters of a small alphabet are the same by chance."""
    found = {}
    for name in texts.columns:
        values = texts[name].drop_nulls().unique()
        shape = token(values) or ("own" if _keyed(name, values) else None)
        if shape is None:
            continue
        fronts, space = _fronts(values, shape)
        bare = _without_sign(values)
        if bare is not None:
            # The same codes may stand elsewhere without the sign of the office.
            more, among = _fronts(bare, token(bare) or "own")
            fronts, space = fronts | more, min(space, among)
        found[name] = (fronts, space)
    return found


def _fronts(values: pl.Series, shape: str) -> tuple[set[str], float]:
    used = values.str.head(_CHARACTERS.get(shape, _FRONT)) if shape != "own" else values
    return {front for one in values if (front := _front(one, shape))}, _space(drawn(used))


# Characters of a code that its front is made of.
_CHARACTERS: Final[Mapping[str, int]] = {"base64": 8, "urlsafe": 8, "base32": 10}


# Signs an office puts in front of its codes.
_SIGN: Final = r"^[A-Za-z\u4e00-\u9fff]{1,8}[-_:#]|^[A-Za-z]{1,8}[0-9]{0,8}[-_:]"


def _without_sign(values: pl.Series) -> pl.Series | None:
    """Codes without the sign all of them begin with; None where there is none."""
    some = drawn(values)
    signs = some.str.extract(f"({_SIGN})").unique()
    if len(signs) == 1 and signs[0] is not None:
        return values.str.slice(len(signs[0]))
    common = re.match(r"[A-Za-z\u4e00-\u9fff]{1,8}", _common(some))
    if common is None or len(some) < _LEAST_ROWS:
        return None
    return values.str.slice(len(common[0]))


def _common(values: pl.Series) -> str:
    """What all of these begin with: what the first and the last of them do."""
    ends = (str(values.min() or ""), str(values.max() or ""))
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*ends, strict=False))
    return "".join(one for one, _ in alike)


# What is no code of a person, however random: of firms, papers, goods, places and times.
_OF_THINGS: Final = (
    "信用代码|机构|企业|单位|纳税人|许可|文号|案号|批号|批次|条码|条形|型号|版本|设备|产品|商品|发票|标准|站"
    "|网点|时间|日期|金额|费|uscc|version|time|date"
)
# So many joins at most may come by chance between two releases of this size.
_BY_CHANCE: Final = 0.3


def _keyed(name: str, values: pl.Series) -> bool:
    """Whether a column holds codes in so large a space that two releases share none by chance.

    Counters and papers numbered by the day fill theirs; tokens in the format of what they stand
    for, plates or telephones, and digests written as numbers are far apart.
    """
    if len(values) < 20 or re.search(_OF_THINGS, name.lower()):
        return False
    some = drawn(values)
    # A sign of a province may stand in front: tokens of plates keep it.
    if matching(some, r"^\p{Han}?[0-9A-Za-z][0-9A-Za-z·.{}_:-]{5,63}=*$") < 0.95:
        return False
    if matching(some, "[0-9]") < 0.8 or matching(some, _MADE_OF_TIME) > 0.5:
        return False
    firms = some.filter(some.str.contains("^[0-9A-HJ-NPQRTUWXY]{18}$"))
    if len(firms) > 0.9 * len(some) and checks.credit_codes(firms).mean() > 0.5:
        return False
    return len(values) * len(values) / _space(some) < _BY_CHANCE


_MADE_OF_TIME: Final = (
    r"^(?:19|20)[0-9]{2}[-/.]?(?:0[1-9]|1[0-2])|^[0-9]{1,4}[-.:][0-9]{1,2}[-.:]"
    r"|^1[0-9]{9}(?:[0-9]{3})?$"
)


def _front(code: str, shape: str) -> str | None:
    """The first characters of a code in one letter case and alphabet."""
    if shape == "own":
        return re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]", "", unicodedata.normalize("NFKC", code)).upper()
    if shape == "hex":
        return re.sub("^0[xX]|[^0-9A-Fa-f]", "", code)[:_FRONT].lower()
    try:
        if shape == "base32":
            bare = code.rstrip("=")
            return base64.b32decode(bare + "=" * (-len(bare) % 8)).hex()[:_FRONT]
        plain = code.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).hex()[:_FRONT]
    except (ValueError, binascii.Error):
        return code[:_FRONT]


def joins(texts: pl.DataFrame, earlier: Sequence[Sequence[Sketch]]) -> list[Finding]:
    """Codes that stand in an earlier release as well."""
    findings: list[Finding] = []
    if not earlier:
        return findings
    before = list(itertools.chain.from_iterable(earlier))
    for name, (fronts, space) in _codes(texts).items():
        mine = {_digest(one) for one in fronts}
        for one in before:
            if not (shared := _shared(mine, one, space)):
                continue
            # The sketch is a draw from the codes there were: what it shares is shared of all.
            part = shared / len(one.digests) if len(one.digests) == KEPT else None
            count = shared if part is None else round(part * len(fronts))
            records = min(texts.height, round(count * texts.height / max(1, len(fronts))))
            findings.append(_join(name, one.column, records, texts))
            break
        else:
            in_part = list(_shown_in_part(name, before, texts))
            findings += in_part or _in_another_base(name, before, texts)
    return findings


def _shared(mine: set[str], sketch: Sketch, space: float) -> int:
    """How many of so many possible codes stand in both; 0 where so few may by chance."""
    shared = len(sketch.digests & mine)
    by_chance = len(mine) * len(sketch.digests) / space
    return 0 if shared < LEAST or chance.likely(shared, by_chance) else shared


def _shown_in_part(name: str, before: Sequence[Sketch], texts: pl.DataFrame) -> Iterator[Finding]:
    """Codes of which an earlier release showed the beginnings only."""
    for cut in CUTS:
        short = _cut(texts[name], cut)
        digests, space = {_digest(one) for one in short}, _space(short)
        for one in before if digests else ():
            if shared := _shared(digests, one, space):
                yield _join(name, one.column, min(texts.height, shared), texts)
                return


def _in_another_base(name: str, before: Sequence[Sketch], texts: pl.DataFrame) -> list[Finding]:
    """Codes that an earlier release wrote to another base: hexadecimal here, base ten there."""
    for codes, every in bases.written(texts[name]):
        fronts, space = _fronts(codes, token(codes) or "own")
        digests = {_digest(one) for one in fronts}
        for one in before:
            if shared := _shared(digests, one, space):
                # Of a sketch that is full as many more as there are codes behind it.
                times = every * (len(fronts) / KEPT if len(one.digests) == KEPT else 1.0)
                return [_join(name, one.column, min(texts.height, round(shared * times)), texts)]
    return []


def _join(name: str, old: str, records: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "PSEUDONYM_JOINS_OTHER_RELEASE",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」有 {records} 行的假名与以前发布的列「{old}」相同，两批数据可以拼到同一人。",
        f"column {name} shares the pseudonyms of {records} rows with the column {old} of an "
        "earlier release; the two join person by person.",
        "每批次使用新的密钥或新的发布批次名，重新生成假名。",
        "Use a new key or release name for each release and run again.",
        "例：a3f0…（本批：区、年龄段）= a3f0…（上批：诊断）→ 同一人的两份信息合在一起",
        "for example a3f0… (now: district, age) = a3f0… (before: diagnosis) → one person's both",
    )


# --- registers ------------------------------------------------------------------------------


def linked(
    texts: pl.DataFrame, registers: Sequence[pl.DataFrame], opaque: Iterable[str], terms: Terms
) -> list[Finding]:
    """Records that exactly one person of a register in hand can be, by what both tell."""
    findings = []
    left_out = {*opaque, *terms.made_up}
    for register in registers:
        other = as_texts(register)
        pairs = _alike(texts, other, left_out)
        if (step := _in_step(texts, other, {**pairs, **_sexes(texts, other)})) is not None:
            findings.append(_ordered(step, texts))
            continue
        pairs = _telling(texts, other, pairs)
        # One thing known of everybody is no link, unless everybody's is another.
        if not pairs or (len(pairs) == 1 and not _of_each(next(iter(pairs.items())))):
            continue
        who = next((c.name for c in detect(other) if c.kind in {"PERSON", "ID_CARD", "MOBILE"}), "")
        records = _matched(texts, other, pairs)
        if not who or records <= max(LEAST, 0.005 * texts.height):
            continue
        names = tuple(pairs)
        shown = "、".join(names)
        findings.append(
            Finding(
                "LINKS_TO_REGISTER",
                names,
                records,
                share(records, texts),
                f"按「{shown}」与攻击者可能持有的名册比对，{records} 行各只对应名册中的一人。",
                f"by {', '.join(names)} {records} rows belong to one person each of a register an "
                "attacker may hold.",
                "把这些列泛化到名册里每种组合都有多人。",
                "Generalize these columns until every combination stands for several people.",
                f"例：名册中{shown}相同的只有张某 → 这一行就是张某",
                f"for example: in the register one person has this {names[0]} → the row is his",
            )
        )
    return findings


# --- the order of rows ----------------------------------------------------------------------

# How many rows have to tell the same, how many would by chance at the most, and counters tried.
_SAME: Final = 0.97
_CHANCE: Final = 0.6
_COUNTERS: Final = 6
# Fewer rows stand in any order by chance.
_LEAST_ROWS: Final = 20


def _in_step(
    texts: pl.DataFrame, other: pl.DataFrame, pairs: Mapping[str, pl.Series]
) -> tuple[str, ...] | None:
    """The columns by which rows stand in the order of a register, row by row the same person.

    In the order they have, or by a counter of the release, against that of the register or of a
    column of it: who is numbered by the citizen number is not hidden by the number.
    """
    if not pairs or texts.height != other.height or texts.height < _LEAST_ROWS:
        return None
    # What another column of the register tells too may be in step without it.
    alike = {name: cells for name, cells in pairs.items() if _same(texts[name], cells) >= _SAME}
    for some in (pairs, alike) if alike and len(alike) < len(pairs) else (pairs,):
        if (step := _all_in_step(texts, other, some)) is not None:
            return step
    return None


def _same(mine: pl.Series, theirs: pl.Series) -> float:
    """The share of rows that tell the same at the same place."""
    return float((mine == theirs).mean() or 0)  # type: ignore[arg-type]


def _all_in_step(
    texts: pl.DataFrame, other: pl.DataFrame, pairs: Mapping[str, pl.Series]
) -> tuple[str, ...] | None:
    names = list(pairs)
    mine, theirs = (
        one.select(pl.concat_str(pl.all().fill_null(""), separator="\0").alias("v"))
        for one in (texts.select(names), pl.DataFrame(dict(pairs)))
    )
    counts = mine["v"].value_counts(name="n").join(theirs["v"].value_counts(name="m"), on="v")
    if float((counts["n"] * counts["m"]).sum()) / texts.height**2 > _CHANCE:
        return None
    counters = [
        name for name in texts.columns
        if texts[name].n_unique() == texts.height and matching(texts[name], r"^[^0-9]*[0-9]+$") == 1
    ][:_COUNTERS]  # fmt: skip
    keys = [name for name in other.columns if other[name].n_unique() == other.height][:_COUNTERS]
    registered = [theirs["v"], *(theirs["v"].gather(other[key].arg_sort()) for key in keys)]
    for name in (None, *counters):
        rows = mine["v"] if name is None else mine["v"].gather(_by(texts[name]))
        if any(_same(rows, one) >= _SAME for one in registered):
            return tuple(names) if name is None else (name, *names)
    return None


def _sexes(texts: pl.DataFrame, other: pl.DataFrame) -> dict[str, pl.Series]:
    """What citizen numbers of a register tell of the sexes a release tells (GB 11643-1999)."""
    told = [name for name in texts.columns if matching(texts[name], "^[男女]$") > _SAME]
    for name in other.columns if told else ():
        if matching(other[name], "^[1-9][0-9]{16}[0-9Xx]$") > _SAME:
            odd = other[name].str.slice(16, 1).is_in(["1", "3", "5", "7", "9"])
            sexes = pl.DataFrame({"odd": odd}).select(
                pl.when("odd").then(pl.lit("男")).otherwise(pl.lit("女")).alias("v")
            )
            return {told[0]: sexes["v"]}
    return {}


def _by(counter: pl.Series) -> pl.Series:
    """The order of the numbers at the end of codes."""
    return counter.str.extract("([0-9]+)$").cast(pl.Float64).arg_sort()


def _ordered(names: tuple[str, ...], texts: pl.DataFrame) -> Finding:
    shown = "、".join(names)
    return Finding(
        "LINKS_TO_REGISTER",
        names,
        texts.height,
        1.0,
        f"行的先后（见「{shown}」）与攻击者可能持有的名册一致，第几行就是名册上的第几人。",
        f"the rows stand in the order of a register an attacker may hold (see {', '.join(names)}): "
        "the third row is the third person.",
        "发布前打乱行序，编号改用随机假名。",
        "Shuffle the rows before the release and number them at random.",
        "例：名册按身份证号排第 38 位的是张某 → 编号 WH00038 就是张某",
        "for example: by citizen number somebody is the 38th of the register → WH00038 is he",
    )


def _of_each(pair: tuple[str, pl.Series]) -> bool:
    """Whether the values of a register differ from person to person and are no counter.

    Numbers from one to a thousand stand in any two lists of a thousand.
    """
    present = pair[1].drop_nulls()
    if present.is_empty() or present.n_unique() < 0.5 * len(present):
        return False
    numbers = present.str.extract(r"^-?([0-9]+(?:\.[0-9]+)?)$").drop_nulls()
    if len(numbers) < 0.9 * len(present):
        return True
    step = 10.0 ** -int(numbers.str.extract(r"\.([0-9]+)$").str.len_chars().max() or 0)  # type: ignore[arg-type]
    values = numbers.cast(pl.Float64)
    span = float(values.max()) - float(values.min())  # type: ignore[arg-type]
    return bool(span / step > 3 * present.n_unique())


def _alike(texts: pl.DataFrame, other: pl.DataFrame, left_out: set[str]) -> dict[str, pl.Series]:
    """Columns of the release and, cut to their form, those of the register that tell the same."""
    pairs: dict[str, pl.Series] = {}
    for name in texts.columns:
        values = texts[name].drop_nulls().unique()
        if name in left_out or not 1 < len(values) <= 20_000:  # no serial number
            continue
        width = values.str.len_chars().unique()
        for one in sorted(other.columns, key=lambda column: column != name):
            cells = other[one]
            if (numbers := thin.met(values, cells)) is not None:
                pairs[name] = numbers
                break
            cut = cells.str.slice(0, int(width[0])) if len(width) == 1 else cells
            there = cut.drop_nulls().unique()
            shared = int(values.is_in(there.implode()).sum())
            if (
                shared >= 0.9 * len(values)
                or _no_chance(shared, values, there)
                or (name == one and _of_one_series(shared, values, there))
            ):
                pairs[name] = cut
                break
            if (ends := tails.of(values, cells)) is not None:
                pairs[name] = ends
                break
    return pairs


def _no_chance(shared: int, values: pl.Series, there: pl.Series) -> bool:
    """Whether two columns of figures share far more than what stands so densely would by chance.

    A register need not have all of the release: of areas to the hundredth a third is enough.
    """
    if shared < max(_LEAST_ROWS, _PART * len(values)):
        return False
    figures = there.str.extract(_DECIMAL).drop_nulls()
    if len(figures) < 0.9 * len(there):
        return False
    step = 10.0 ** -int(figures.str.extract(r"\.([0-9]+)$").str.len_chars().max() or 0)  # type: ignore[arg-type]
    numbers = figures.cast(pl.Float64)
    places = (float(numbers.max()) - float(numbers.min())) / step + 1  # type: ignore[arg-type]
    return bool(shared > _TIMES * len(values) * len(figures) / places)


def _of_one_series(shared: int, values: pl.Series, there: pl.Series) -> bool:
    """Whether two columns of one name number in one series, as GZ2025-00417 is of a draw.

    A register need not have all of them either; the sign of the series is what is no chance.
    """
    if shared < max(_LEAST_ROWS, _PART * min(len(values), len(there))):
        return False
    signs = {*values.str.extract(f"({_SIGN})").unique(), *there.str.extract(f"({_SIGN})").unique()}
    return len(signs) == 1 and None not in signs


_DECIMAL: Final = r"^-?([0-9]+\.[0-9]+)$"
# The share of a release that a register must have, and how much more than by chance.
_PART: Final = 0.3
_TIMES: Final = 5


def _telling(
    texts: pl.DataFrame, other: pl.DataFrame, pairs: dict[str, pl.Series]
) -> dict[str, pl.Series]:
    """The pairs without columns of small numbers that link no better when they are shuffled.

    Numbers from one to nine stand in any two tables: how often somebody came is not the floor
    he lives on, whatever the numbers. Where both tell the same, a shuffled column links fewer.
    """
    for name in list(pairs):
        if len(pairs) == 1 or matching(texts[name], "^[0-9]{1,3}$") < _SAME:
            continue
        shuffled = pairs[name].sample(fraction=1, shuffle=True, seed=_SEED)
        linked = _matched(texts, other, pairs)
        if chance.likely(linked, _matched(texts, other, {**pairs, name: shuffled})):
            pairs = {one: cells for one, cells in pairs.items() if one != name}
    return pairs


_SEED: Final = 5


def _matched(texts: pl.DataFrame, other: pl.DataFrame, pairs: Mapping[str, pl.Series]) -> int:
    """How many combinations stand once in the release and once in the register."""
    names = list(pairs)
    mine = texts.select(names).drop_nulls()
    theirs = pl.DataFrame(dict(pairs)).drop_nulls()
    alone = mine.filter(pl.Series(Coded(mine).of_each(names) == 1))
    there = theirs.filter(pl.Series(Coded(theirs).of_each(names) == 1))
    return alone.join(there, on=names, how="inner").height
