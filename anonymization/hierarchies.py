"""The hierarchies values are generalized by: ages, dates, regions, amounts, addresses and lists."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import polars as pl

from anonymization.cells import Heads, number, text

Params = Mapping[str, Any]


def generalized(of: pl.Expr, given: Params) -> pl.Expr:
    """A column at the level of its hierarchy that the parameters name; null where not read."""
    return _HIERARCHIES[given["hierarchy"]](of, given)


def _age(of: pl.Expr, given: Params) -> pl.Expr:
    age = number(of)
    possible = pl.when((age >= 0) & (age <= 130)).then(age).otherwise(None).floor()
    if given.get("cuts"):
        cuts = [float(one) for one in given["cuts"]]
        starts = [_plain(one) for one in (0.0, *cuts)]
        ends = [_plain(one - 1) for one in cuts]
        labels = [f"{a}-{b}岁" for a, b in zip(starts, ends, strict=False)] + [
            f"{starts[-1]}岁以上"
        ]
        return _cut(possible, cuts, labels)
    return _bands(possible, given, "岁", whole=True)


def _amount(of: pl.Expr, given: Params) -> pl.Expr:
    if given.get("cuts"):
        cuts = [float(one) for one in given["cuts"]]
        named = [_plain(one) for one in cuts]
        labels = [
            f"{named[0]}以下",
            *(f"{a}~{b}" for a, b in pairwise(named)),
            f"{named[-1]}以上",
        ]
        return _cut(number(of), cuts, labels)
    return _bands(number(of), given, "", whole=False)


def _cut(value: pl.Expr, cuts: Sequence[float], labels: Sequence[str]) -> pl.Expr:
    """The label of the band between two cuts, a cut belonging to the band above it."""
    band = pl.sum_horizontal((value >= cut).cast(pl.Int32) for cut in cuts)
    named = band.replace_strict(list(range(len(labels))), list(labels), return_dtype=pl.String)
    return pl.when(value.is_null()).then(None).otherwise(named)


def _bands(value: pl.Expr, given: Params, unit: str, *, whole: bool) -> pl.Expr:
    width, top = float(given["width"]), given.get("top")
    start = (value / width).floor() * width
    end = start + width - 1 if whole else start + width
    joint = "-" if whole else "~"
    band = _digits(start) + joint + _digits(end) + unit
    if top is None:
        return band
    return pl.when(value >= top).then(pl.lit(f"{_plain(top)}{unit}以上")).otherwise(band)


def _digits(value: pl.Expr) -> pl.Expr:
    """A number without a needless `.0`."""
    shown = value.round(6).cast(pl.String)
    return shown.str.replace("\\.0$", "")


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _date(of: pl.Expr, given: Params) -> pl.Expr:
    year, month, _ = calendar(text(of))
    match given["to"]:
        case "month":
            return year + "-" + month
        case "quarter":
            quarter = ((month.cast(pl.Int32) + 2) // 3).cast(pl.String)
            return year + "年第" + quarter + "季度"
        case "year":
            return year + "年"
        case _:
            return pl.coalesce(year.str.head(3) + "0年代", _decade(text(of)))


def _decade(value: pl.Expr) -> pl.Expr:
    """A decade as it is spoken: 80后, 八零后, 1980s. Without its century it is one lived in."""
    said = "^(19|20)?([0-9])0(?:后|年代|'?[sS])$"
    spoken = value.str.normalize("NFKC").str.replace("^([二三四五六七八九])十年代$", "${1}〇年代")
    folded = spoken.str.replace_many(list("〇零一二三四五六七八九"), list("00123456789"))
    ten = folded.str.extract(said, 2)
    lived = pl.when(ten.cast(pl.Int32) >= 3).then(pl.lit("19")).otherwise(pl.lit("20"))
    return pl.coalesce(folded.str.extract(said, 1), lived) + ten + "0年代"


def calendar(value: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Year, month and day as text; only the year where that is all there is."""
    folded = value.str.normalize("NFKC")
    solid = "^([12][0-9]{3})(0[1-9]|1[0-2])([0-3][0-9])"
    parted = "^([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})"
    month = "^([12][0-9]{3})[-/.年](0?[1-9]|1[0-2])(?:[^0-9]|$)"
    year = folded.str.extract("^([12][0-9]{3})(?:[01][0-9][0-3][0-9]|年?$|[-/.年])", 1)
    months = pl.coalesce(folded.str.extract(solid, 2), folded.str.extract(month, 2))
    days = pl.coalesce(folded.str.extract(solid, 3), folded.str.extract(parted, 3))
    return year, months.str.zfill(2), days.str.zfill(2)


KEPT_DIGITS = {"province": 2, "city": 4, "district": 6}
_PROVINCE = "^(.{2,8}?(?:自治区|特别行政区|省)|(?:北京|天津|上海|重庆)市)"
_CITY = "^(.{2,8}?(?:自治州|地区|盟|市))"
_DISTRICT = "^(.{1,8}?(?:区|县|旗|市))"
_STREET = "^(.{1,10}?(?:街道|镇|乡|苏木))"


def _region(of: pl.Expr, given: Params) -> pl.Expr:
    """A GB/T 2260 code cut to its prefix and filled with zeros, or a name cut at its level.

    A name alone is looked up: 海南区 is a district of this city, 海南省 another province. A code
    of no province is no region.
    """
    value, to = text(of), given["to"]
    kept = KEPT_DIGITS[to]
    coded = value.str.contains("^[1-9][0-9]{5}(?:[0-9]{3}|[0-9]{6})?$")
    known = value.str.head(2).is_in([code[:2] for code in _data("regions")["names"]])
    code = pl.when(known).then(value.str.head(kept) + "0" * (6 - kept)).otherwise(None)
    listed = _above(to)
    named = value.replace_strict(list(listed), list(listed.values()), default=None)
    return pl.when(coded).then(code).otherwise(pl.coalesce(named, place(value, to)))


@cache
def _above(to: str) -> Mapping[str, str]:
    """The region at this level that each listed name lies in; coarser names have none."""
    names, kept = _data("regions")["names"], KEPT_DIGITS[to]
    found = {}
    for code, name in names.items():
        above = names.get(code[:kept].ljust(6, "0"))
        deep = len(code.rstrip("0"))
        if above and deep > (0 if to == "province" else kept - 2):
            found[name] = above
    return found


def _address(of: pl.Expr, given: Params) -> pl.Expr:
    return place(text(of), given["to"])


# The longest province a pattern finds; heads of this length are few where addresses are many.
_PLACE_HEAD = 13
_DATE_HEAD = 8
_DATE_SETTLED = "^[12][0-9]{3}(?:[-/.][0-9]{1,2}[-/.]|[01][0-9][0-3][0-9]$)"


def heads(given: Params) -> Heads | None:
    """The beginnings that decide a value of this hierarchy, where there are such."""
    if given["hierarchy"] == "date":
        return Heads(_DATE_HEAD, lambda head: head.str.contains(_DATE_SETTLED))
    if given["hierarchy"] == "address":
        return place_heads(given["to"])
    return None


def place_heads(to: str) -> Heads | None:
    """The beginnings that decide a place: a street has too many.

    A place is found from the front, the shortest first, so that what the first characters hold of
    it is what the whole address holds of it, once each pattern has found its part there.
    """
    if to == "street":
        return None

    def settled(head: pl.Expr) -> pl.Expr:
        rest = head.str.replace(_PROVINCE, "")
        if to == "city":
            return rest.str.contains(_CITY)
        district = rest.str.replace(_CITY, "").str.contains(_DISTRICT)
        return rest.str.contains(_CITY) & district

    return Heads(_PLACE_HEAD, settled if to != "province" else pl.Expr.is_not_null)


def place(value: pl.Expr, to: str) -> pl.Expr:
    """A name of a place cut behind its province, city, district or street; null if not named."""
    province = value.str.extract(_PROVINCE)
    if to == "province":
        return province
    front, rest = province.fill_null(""), value.str.replace(_PROVINCE, "")
    city = rest.str.extract(_CITY)
    if to == "city":
        # A municipality is its own city.
        alone = pl.when(province.str.ends_with("市")).then(province).otherwise(None)
        return pl.coalesce(front + city, alone)
    front, rest = front + city.fill_null(""), rest.str.replace(_CITY, "")
    district = rest.str.extract(_DISTRICT)
    if to == "district":
        return front + district
    rest = rest.str.replace(_DISTRICT, "")
    return front + district + rest.str.extract(_STREET).fill_null("")


def _occupation(of: pl.Expr, given: Params) -> pl.Expr:
    table, value = _data("occupations"), text(of)
    found: Any = pl.when(value.is_null()).then(None)
    for row in table["groups"]:
        found = found.when(value.str.contains("|".join(row["words"]))).then(pl.lit(row["group"]))
    made: pl.Expr = found.otherwise(pl.lit(table["other"]))
    return made


def _icd(of: pl.Expr, given: Params) -> pl.Expr:
    code = text(of).str.to_uppercase().str.extract("^([A-Z][0-9]{2})")
    found: Any = pl.when(code.is_null()).then(None)
    for row in _data("icd_chapters")["chapters"]:
        within = code.is_between(pl.lit(row["from"]), pl.lit(row["to"]))
        found = found.when(within).then(pl.lit(f"{row['from']}-{row['to']} {row['zh']}"))
    made: pl.Expr = found.otherwise(None)
    return made


def _industry(of: pl.Expr, given: Params) -> pl.Expr:
    """The section of GB/T 4754 that a code or the name of a trade belongs to, or its division."""
    table, value = _data("industries"), text(of)
    code = value.str.to_uppercase().str.extract("^[A-T]?([0-9]{2})(?:[0-9]{0,2})$")
    letter = value.str.to_uppercase().str.extract("^([A-T])(?:[0-9]{0,4})$")
    found: Any = pl.when(value.is_null()).then(None)
    for row in table["sections"]:
        label = f"{row['code']} {row['zh']}"
        shown = pl.lit(label)
        if given.get("to") == "division":
            shown = pl.coalesce(row["code"] + code, shown)
        within = code.is_between(pl.lit(row["from"]), pl.lit(row["to"]))
        # A letter of another section than its number is a slip of the pen: the number decides.
        alone = code.is_null() & ((letter == row["code"]) | (value == row["zh"]))
        found = found.when(within | alone).then(shown)
    for row in table["sections"]:
        worded = code.is_null() & value.str.contains("|".join(row["words"]))
        found = found.when(worded).then(pl.lit(f"{row['code']} {row['zh']}"))
    made: pl.Expr = found.otherwise(pl.when(code.is_null()).then(pl.lit(table["other"])))
    return made


def _map(of: pl.Expr, given: Params) -> pl.Expr:
    return text(of).replace_strict(given["map"], default=None, return_dtype=pl.String)


_HIERARCHIES: Mapping[str, Callable[[pl.Expr, Params], pl.Expr]] = {
    "age": _age,
    "date": _date,
    "region": _region,
    "amount": _amount,
    "address": _address,
    "occupation": _occupation,
    "icd": _icd,
    "industry": _industry,
    "map": _map,
}


@cache
def _data(name: str) -> Any:
    return json.loads((files("anonymization") / "data" / f"{name}.json").read_text("utf-8"))
