"""The techniques: each turns one column of a batch into another, all as text or numbers.

What a technique cannot read becomes blank, never a readable leftover. A treatment depends on the
plan, the key and the place of a row alone, so that the size of a batch changes nothing.
"""

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anonymization import (
    dictionary,
    formats,
    headers,
    hierarchies,
    occasions,
    scanning,
    substitution,
)
from anonymization.cells import Heads, Known, by_few, by_heads, distinct, number, spelled, text
from anonymization.crypto import Keyed
from anonymization.errors import Refused
from anonymization.plan import Plan, params

Params = Mapping[str, Any]
NONCE = 12


@dataclass(frozen=True)
class Release:
    """What the columns of one release share: its name and its key."""

    name: str
    key: bytes | None
    seed: bytes

    def keyed(self, use: str) -> Keyed:
        """A keyed digest for one use in this release; refused without a key."""
        if self.key is None:
            raise Refused(
                "KEY_NEEDED",
                "方案中有带密钥的处理，请提供密钥文件（catalogue anonymize key 新建）。",
                "the plan treats columns with a key; give a key file (catalogue anonymize key).",
            )
        return Keyed(self.key, f"{self.name}\0{use}")

    def uniform(self, use: str, offset: int, count: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Random numbers in (0, 1) for the rows from `offset`, the same in whatever batches."""
        words = np.frombuffer(Keyed(self.seed, f"{self.name}\0{use}").bytes("")[:16], np.uint64)
        source = np.random.Philox(key=words)
        # A Philox counter yields four words; start on its block and drop what precedes the row.
        source.advance(offset // 4)
        drawn = np.random.Generator(source).random(count + offset % 4)[offset % 4 :]
        return np.clip(drawn, 1e-12, 1 - 1e-12)


def release(plan: Plan, key: bytes | None) -> Release:
    """The release of a plan; without a key its noise is drawn anew each run."""
    return Release(str(plan.get("release") or "release"), key, key or os.urandom(32))


Treatment = Callable[[pl.DataFrame, int], pl.Series]


def treatment(column: Mapping[str, Any], of: Release) -> Treatment | None:
    """What is done to a column: batch and offset of its first row → new column; None drops it."""
    name, technique, given = column["name"], column["technique"], params(column)
    if is_dropped(column):
        return None
    if technique in _ROWWISE:
        return _ROWWISE[technique](name, given, of)
    # The engine would trim anew for each part of a value that a mask looks at.
    trims = technique == "mask"
    made, plainly = expression(column, trimmed=trims), expression(column, plain=True)
    assert made is not None
    heads, known = _heads(column), Known()

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        values = batch[name]
        plain = not trims and (values.dtype.is_integer() or values.dtype == pl.Float64)
        how = plainly if plain else made

        def change(old: pl.Series) -> pl.Series:
            read = old.alias(name).to_frame()
            if trims:
                read = read.select(text(pl.col(name)).alias(name))
            return read.select(how).to_series()

        if plain and technique in _OF_NUMBERS:
            # Arithmetic costs less than finding out which numbers are the same.
            return change(values)
        if heads is None:
            return by_few(values, change, known)
        return by_heads(values, heads, change, known)

    return treat


def is_dropped(column: Mapping[str, Any]) -> bool:
    """Whether the column is not released at all."""
    return bool(column["technique"] == "suppress" and params(column)["as"] == "drop")


def _heads(column: Mapping[str, Any]) -> Heads | None:
    """The beginnings that decide what becomes of a value, where there are such."""
    given = params(column)
    if column["technique"] == "generalize":
        return hierarchies.heads(given)
    if column["technique"] == "mask" and given["style"] == "address":
        return hierarchies.place_heads("district")
    if column["technique"] == "mask" and given["style"] == "name":
        return Heads(2, pl.Expr.is_not_null)
    return None


def expression(
    column: Mapping[str, Any], *, plain: bool = False, trimmed: bool = False
) -> pl.Expr | None:
    """What is done to a column where the engine can do it by itself, under the column's name.

    `plain` is for a column of whole or of double numbers, which need not be read as text;
    `trimmed` for one that is masked and read as text already.
    """
    name, technique, given = column["name"], column["technique"], params(column)
    of = pl.col(name)
    if technique == "mask":
        return _mask(of if trimmed else text(of), given).alias(name)
    if technique in _OF_NUMBERS:
        value = of.cast(pl.Float64) if plain else number(of)
        return _OF_NUMBERS[technique](value, given).alias(name)
    make = _EXPRESSIONS.get(technique)
    return None if make is None else make(of, given).alias(name)


# What is drawn for a row depends on its place in the table.
PLACED = frozenset({"noise", "shift", "shuffle"})


def beside(column: Mapping[str, Any]) -> list[str]:
    """The other columns a treatment looks at."""
    subject = params(column).get("subject") if column["technique"] == "shift" else None
    return [] if subject is None else [str(subject)]


def refuses_unknown(column: Mapping[str, Any]) -> bool:
    """Whether a value that its table of groups does not hold stops the run."""
    given = params(column) if column["technique"] == "generalize" else {}
    return bool(given.get("hierarchy") == "map" and given.get("missing") == "refuse")


def unknown(name: str) -> Refused:
    """The refusal of a column with values its table of groups does not hold."""
    return Refused(
        "HIERARCHY_MISSES_VALUES",
        f"列「{name}」有对照表里没有的值；请补全对照表，或者把「对照表没有的值」改为置空"
        '（方案文件里是 "missing": "blank"）。',
        f"column {name} has values its map does not hold; complete the map, or have values not in "
        'the table blanked ("missing": "blank" in the file of the plan).',
    )


# --- by expression: the engine does whole columns -------------------------------------------


def _keep(of: pl.Expr, given: Params) -> pl.Expr:
    return of


def _suppress(of: pl.Expr, given: Params) -> pl.Expr:
    return pl.when(pl.lit(False)).then(of.cast(pl.String)).otherwise(None)


_COMPOUND = (
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛",
    "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容",
    "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "呼延", "令狐",
)  # fmt: skip
_STARS = "***"


def _mask(value: pl.Expr, given: Params) -> pl.Expr:
    """A mask of trimmed text; nothing is said of an empty cell."""
    match given["style"]:
        case "name":
            # Two stars whatever the length: the length of a name narrows it down.
            compound = value.str.head(2).is_in(list(_COMPOUND))
            return pl.when(compound).then(value.str.head(2)).otherwise(value.str.head(1)) + "**"
        case "id":
            return _ends(value, 1, 1, "****************")
        case "mobile":
            return _ends(value, 3, 4, "****")
        case "bank":
            return _ends(value, 0, 4, "****")
        case "email":
            return (
                value.str.extract("^([^@])[^@]*@[^@]+$") + "***@" + value.str.extract("@([^@]+)$")
            )
        case "plate":
            return _ends(value, 2, 3, "**", hidden=2)
        case "address":
            whole = pl.when(value.is_null()).then(None).otherwise(pl.lit(_STARS))
            return (hierarchies.place(value, "district") + _STARS).fill_null(whole)
        case _:
            return _ends(value, given["head"], given["tail"], _STARS)


def _ends(value: pl.Expr, head: int, tail: int, stars: str, hidden: int = 4) -> pl.Expr:
    """Head, stars, tail; a value too short to hide that many characters is hidden whole."""
    long = value.str.len_chars() >= head + tail + hidden
    ends = [value.str.head(head)] if head else []
    shape = "{}" * bool(head) + stars + "{}" * bool(tail)
    ends += [value.str.tail(tail)] if tail else []
    shown = pl.format(shape, *ends) if ends else pl.lit(stars)
    return pl.when(long).then(shown).when(value.is_not_null()).then(pl.lit(stars))


def _generalize(of: pl.Expr, given: Params) -> pl.Expr:
    return hierarchies.generalized(of, given)


def _round(of: pl.Expr, given: Params) -> pl.Expr:
    step = float(given["step"])
    return _tidy((of / step).round() * step, step)


def _limit(of: pl.Expr, given: Params) -> pl.Expr:
    return of.clip(given.get("low"), given.get("high"))


def _tidy(value: pl.Expr, step: float) -> pl.Expr:
    """Whole numbers where the step is whole; no trailing noise of binary fractions elsewhere."""
    return value.cast(pl.Int64, strict=False) if step.is_integer() else value.round(9)


_EXPRESSIONS: Mapping[str, Callable[[pl.Expr, Params], pl.Expr]] = {
    "keep": _keep,
    "suppress": _suppress,
    "generalize": _generalize,
}
_OF_NUMBERS: Mapping[str, Callable[[pl.Expr, Params], pl.Expr]] = {"round": _round, "limit": _limit}


# --- row by row or by distinct value: what needs a key, chance or the whole column -----------


def _pseudonym(name: str, given: Params, of: Release) -> Treatment:
    keyed, length = of.keyed(f"pseudonym\0{given.get('domain', name)}"), int(given["length"])

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        return distinct(spelled(batch, name), lambda one: keyed.hex(one)[:length])

    return treat


def _substitute(name: str, given: Params, of: Release) -> Treatment:
    keyed = of.keyed(f"substitute\0{given.get('domain', name)}")
    made_up = substitution.maker(given["with"], keyed.bytes)

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        return distinct(spelled(batch, name), made_up)

    return treat


def format_key(name: str, given: Params, of: Release) -> bytes:
    """The key a column is encrypted in its format with; columns of one domain share it."""
    return of.keyed(f"fpe\0{given.get('domain', name)}").bytes("")


def _fpe(name: str, given: Params, of: Release) -> Treatment:
    key, known = format_key(name, given, of), Known()

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        values = spelled(batch, name)
        return by_few(values, lambda old: formats.encrypted(old, given, key), known)

    return treat


def _noise(name: str, given: Params, of: Release) -> Treatment:
    scale, digits = float(given["scale"]), int(given["digits"])

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        drawn = of.uniform(f"noise\0{name}", offset, len(batch)) - 0.5
        if given["law"] == "laplace":
            drawn = -np.sign(drawn) * np.log1p(-2 * np.abs(drawn))
        else:
            drawn = 2 * drawn
        noise = drawn * scale
        if "bound" in given:
            noise = np.clip(noise, -float(given["bound"]), float(given["bound"]))
        noisy = number(pl.col(name)) + pl.Series(noise)
        return batch.select(_tidy(noisy.round(digits), 1.0 if digits == 0 else 0.5)).to_series()

    return treat


def _shift(name: str, given: Params, of: Release) -> Treatment:
    days, subject = int(given["days"]), given.get("subject")
    keyed = of.keyed("shift")

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        year, month, day = hierarchies.calendar(text(pl.col(name)))
        date = (year + month + day).str.to_date("%Y%m%d", strict=False)
        shifted = date + pl.duration(days=pl.lit(pl.Series(_shifts(batch, offset))))
        return batch.select(shifted.dt.strftime("%Y-%m-%d").alias(name)).to_series()

    def _shifts(batch: pl.DataFrame, offset: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
        if subject is None:
            drawn = of.uniform(f"shift\0{name}", offset, len(batch))
        else:
            persons = spelled(batch, subject).fill_null("")
            each = persons.unique()
            chances = [one / 2**63 for one in keyed.numbers(each)]
            drawn = persons.replace_strict(each, pl.Series(chances)).to_numpy()
        # -days … -1, 1 … days: a shift of nothing would leave the true day.
        steps = np.floor(drawn * 2 * days).astype(np.int64) - days
        return np.asarray(np.where(steps >= 0, steps + 1, steps))

    return treat


def cipher_key(name: str, of: Release) -> bytes:
    """The key of 128 bits a column is encrypted with."""
    return of.keyed(f"encrypt\0{name}").bytes("")[:16]


def _encrypt(name: str, given: Params, of: Release) -> Treatment:
    nonces, key = of.keyed(f"nonce\0{name}"), cipher_key(name, of)

    def sealed(one: str) -> str:
        # A nonce from the value itself, as SIV does: equal values stay equal, different ones never
        # share one, and a run that is repeated gives the same file.
        nonce = nonces.bytes(one)[:NONCE]
        sealing = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        hidden = sealing.update(one.encode()) + sealing.finalize()
        return base64.b64encode(nonce + hidden + sealing.tag).decode()

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        return distinct(batch.select(text(pl.col(name))).to_series(), sealed)

    return treat


# What a text may carry that no check digit can prove; blotted out with the name of what it was.
_SPANS = (
    ("号码", "[0-9](?:[ -]?[0-9]){5,}[Xx]?|[A-Z]{1,2}[0-9]{7,9}"),
    (
        "住址",
        "[一-龥]{1,10}(?:区|旗|县|街道|镇|路|街|巷|小区|社区|苑|园)[一-龥A-Za-z0-9-]{0,20}"
        "[0-9一二三四五六七八九十]+(?:号楼|号院|栋|幢|单元|室|号|户)"
        "(?:[0-9一二三四五六七八九十-]*(?:号楼|栋|幢|单元|室|号|层|户))*",
    ),
)
_NAMED = (
    "((?:姓名|联系人|申请人|当事人|经办人|负责人|户主|家属|父亲|母亲|配偶|患者|本人)"
    "(?:是|为|叫|系|：|:|，| )?)[一-龥·]{2,4}"
)


def _redact(name: str, given: Params, of: Release) -> Treatment:
    titles = {kind: str(row["zh"]) for kind, row in headers.kinds().items()}
    today = date.today()  # noqa: DTZ011  # birth dates inside numbers are civil dates

    def blotted(one: str) -> str:
        for span in reversed(scanning.find(one, today)):
            one = f"{one[: span.start]}【{titles[span.kind]}】{one[span.end :]}"
        return one

    def treat(batch: pl.DataFrame, offset: int) -> pl.Series:
        found = distinct(batch.select(pl.col(name).cast(pl.String)).to_series(), blotted)
        value = pl.col(name)
        # Full-width digits and characters of no width hide a number from every pattern.
        hidden = "[\\x{200b}-\\x{200f}\\x{feff}]"
        folded = value.str.normalize("NFKC").str.replace_all(hidden, "")
        rest = folded
        for pattern, left in occasions.BIRTHS.items():
            rest = rest.str.replace_all(pattern, left)
        for title, pattern in _SPANS:
            rest = rest.str.replace_all(pattern, f"【{title}】")
        for pattern in (dictionary.called(), _NAMED):
            rest = rest.str.replace_all(pattern, "${1}【姓名】")
        # What follows one name may be the word in front of the next: 转张三找李四.
        for _ in range(2):
            rest = rest.str.replace_all(dictionary.handed(), "${1}【姓名】${3}")
        shown = pl.when(rest == folded).then(value).otherwise(rest)
        return found.alias(name).to_frame().select(shown.alias(name)).to_series()

    return treat


_ROWWISE: Mapping[str, Callable[[str, Params, Release], Treatment]] = {
    "pseudonym": _pseudonym,
    "substitute": _substitute,
    "fpe": _fpe,
    "noise": _noise,
    "shift": _shift,
    "encrypt": _encrypt,
    "redact": _redact,
}


# --- by the whole column --------------------------------------------------------------------

WHOLE = frozenset({"microaggregate", "shuffle"})


def prepared(column: Mapping[str, Any], of: Release, values: pl.Series) -> Treatment:
    """What is done to a column by a technique of `WHOLE`, given all its values in their order."""
    if column["technique"] == "shuffle":
        return Shuffled(column, of, values).treat
    return Groups(column, pl.select(number(pl.lit(values))).to_series()).treat


class Shuffled:
    """The values of a column in an order drawn by the key: each stays, none at its own record."""

    def __init__(self, column: Mapping[str, Any], of: Release, values: pl.Series) -> None:
        drawn = of.uniform(f"shuffle\0{column['name']}", 0, len(values))
        ring = np.argsort(drawn, kind="stable")
        # Each takes the value of the next on a ring through all: no record keeps its place.
        places = np.empty(len(values), np.int64)
        places[ring] = np.roll(ring, -1)
        self._values = values.gather(places)

    def treat(self, batch: pl.DataFrame, offset: int) -> pl.Series:
        """The values that now stand at the records of a batch."""
        return self._values.slice(offset, batch.height)


_VALUE = "value"


class Groups:
    """Microaggregation: neighbouring values of the whole column, `size` at least, one mean each."""

    def __init__(self, column: Mapping[str, Any], values: pl.Series) -> None:
        given = params(column)
        self.name, self._digits = column["name"], int(given["digits"])
        counted = values.alias(_VALUE).drop_nulls().value_counts(sort=False).sort(_VALUE)
        tops: list[float] = []
        means: list[float] = []
        weight, total = 0, 0.0
        for value, count in counted.iter_rows():
            weight, total = weight + count, total + value * count
            if weight >= given["size"]:
                tops.append(value)
                means.append(total / weight)
                weight, total = 0, 0.0
        self._tops, self._means = tops, means
        if weight and tops:
            # The last few are too few for a group of their own: they join the one before.
            self._rest(counted, given["size"])

    def _rest(self, counted: pl.DataFrame, size: int) -> None:
        below = self._tops[-2] if len(self._tops) > 1 else float("-inf")
        last = counted.filter(pl.col(_VALUE) > below)
        weights = last["count"].to_numpy()
        self._means[-1] = float(np.average(last[_VALUE].to_numpy(), weights=weights))
        self._tops[-1] = float("inf")

    def treat(self, batch: pl.DataFrame, offset: int) -> pl.Series:
        """The mean of the group each value belongs to; null where no group could be formed."""
        values = batch.select(number(pl.col(self.name)).alias(_VALUE)).to_series()
        if not self._tops:
            return pl.Series(self.name, [None] * len(values), dtype=pl.Float64)
        places = np.searchsorted(np.array(self._tops), values.fill_null(0.0).to_numpy())
        means = pl.Series(np.array([*self._means, np.nan])[places].round(self._digits))
        shown = pl.when(values.is_null()).then(None).otherwise(means.fill_nan(None))
        return pl.select(
            _tidy(shown, 1.0 if self._digits == 0 else 0.5).alias(self.name)
        ).to_series()
