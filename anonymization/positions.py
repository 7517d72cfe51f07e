"""Columns that tell a place to less than a hundred metres, in whatever system it is written.

Degrees with decimals, alone or in two columns, as the text of a map (WKT, GeoJSON), in degrees,
minutes and seconds, as whole millionths, as a geohash, as metres of a projection; and as how far it
is from places that everybody knows, two of which leave two points of the map.
"""

import itertools
import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from anonymization.detection import Column
from anonymization.disguises import unmasked
from anonymization.findings import drawn, matching

_SAID: Final = (
    "经度|纬度|坐标|经纬|定位|位置|geom|wkt|shape|point|poi$"
    "|(?:^|_)(?:gps|lng|lon|lat|longitude|latitude|jd|wd|loc)(?:$|_)"
)
_DEGREES: Final = "经度|纬度|经纬|坐标|(?:^|_)(?:lng|lon|lat|longitude|latitude|jd|wd)(?:$|_)"
_AXIS: Final = (
    "(?:^|_)[xy](?:$|_)|[xy]坐标|坐标[xy]|[横纵东北][坐向]|easting|northing|投影|cgcs|墨卡托|坐标"
)
_HASHED: Final = "geohash|地理哈希|位置编码|位置码|网格编码"

# Three decimals are a hundred metres.
_LONG: Final = r"(?:7[3-9]|[89][0-9]|1[0-3][0-9])\.[0-9]{3,}"
_LAT: Final = r"(?:[3-9]|[1-4][0-9]|5[0-3])\.[0-9]{3,}"
_BETWEEN: Final = r"[°EeNn度\"'’”\]\s,;，；、/|_:a-zA-Z\[(（]{1,24}[-+]?"
# A full stop may end it all, as in the name of a picture.
_END: Final = r"(?:[^0-9.]|\.[^0-9]|\.?$)"
_PAIR: Final = (
    f"(?:^|[^0-9.]){_LONG}{_BETWEEN}{_LAT}{_END}|(?:^|[^0-9.]){_LAT}{_BETWEEN}{_LONG}{_END}"
)
_ONE: Final = r"^[(\[]?[EeNn]?[0-9]{1,3}\.[0-9]{3,}"
# Seconds of a degree are thirty metres, thousandths of a minute two.
_ARC: Final = (
    r"[0-9]{1,3} ?[°º度] ?[0-5]?[0-9] ?[′'’分] ?[0-5]?[0-9](?:\.[0-9]+)? ?"
    r"(?:[″\"”秒]|''|$|[EeNn东北])"
    r"|[0-9]{1,3} ?[°º度] ?[0-5]?[0-9]\.[0-9]{2,} ?[′'’分]?"
)
_MICRO: Final = "^(?:(?:7[3-9]|[89][0-9]|1[0-3][0-9])[0-9]{5,7}|[1-5][0-9]{6,8})$"
# Metres: northings of China, eastings with the number of their zone or without, web maps.
_METRES: Final = r"^(?:[1-6][0-9]{6}|[1-9][0-9]{5}|[1-4][0-9][0-9]{6}|1[0-5][0-9]{6})(?:\.[0-9]+)?$"
# Open location codes of fourteen metres, tiles of a map by their quarters, units of real estate:
# two districts and blocks, parcel, building and flat (GB/T 37346).
_CELLS: Final = (
    "^[23456789CFGHJMPQRVWX]{8}[+][23456789CFGHJMPQRVWX]{2,4}$",
    "^[0-3]{16,23}$",
    "^[0-9]{12} ?[A-Z]{2} ?[0-9]{5} ?[A-Z] ?[0-9]{8}$",
)
_HASH: Final = "^[wyxtzs][0-9b-hjkmnp-z]{6,11}$"


def exact(texts: pl.DataFrame, columns: Mapping[str, Column]) -> list[tuple[str, ...]]:
    """The columns, each alone or two together, most of whose cells point at a house."""
    found: list[tuple[str, ...]] = []
    degrees = {}
    for name in texts.columns:
        values = unmasked(drawn(texts[name].drop_nulls()))
        if values.is_empty() or matching(values, "[0-9]") < 0.5:
            continue
        if _points(name, values, columns[name]):
            found.append((name,))
        elif matching(values, r"^[0-9]{1,3}\.[0-9]{5,}$") > 0.9:
            degrees[name] = values
    longitudes = [name for name, values in degrees.items() if _near(values, 73, 136)]
    latitudes = [name for name, values in degrees.items() if _near(values, 3, 54)]
    return [*found, *itertools.product(longitudes, latitudes)]


def _points(name: str, values: pl.Series, column: Column) -> bool:
    if any(matching(values, one) > 0.9 for one in _CELLS) and values.n_unique() > _FEW_CELLS:
        return True
    said = column.kind == "GPS" or _says(name, _SAID)
    if matching(values, _PAIR) > 0.5 or matching(values, f"^\\S{{0,3}}{_ARC}") > 0.5:
        return True
    if said and any(matching(values, one) > 0.5 for one in (_ONE, _ARC)):
        return True
    # Whole numbers are numbers of things too, unless the header says degrees or an axis.
    if _says(name, _DEGREES) and matching(values, _MICRO) > 0.5:
        return True
    if _says(name, _AXIS) and _metres(values):
        return True
    return matching(values, _HASH) > 0.9 and (_says(name, _HASHED) or _hashed(values))


# So few cells are where stations stand.
_FEW_CELLS: Final = 20


def _says(name: str, pattern: str) -> bool:
    return re.search(pattern, name.lower()) is not None


def _near(values: pl.Series, low: float, high: float) -> bool:
    """Whether these are degrees of one region: within the country and not far apart."""
    numbers = values.cast(pl.Float64, strict=False).drop_nulls()
    if numbers.is_empty():
        return False
    first, last = numbers.quantile(0.02), numbers.quantile(0.98)
    return bool(low <= first and last <= high and last - first < 8)  # type: ignore[operator]


def _metres(values: pl.Series) -> bool:
    """Whether these are metres of a projection, not rounded to hundreds; one number or two."""
    numbers = values.str.extract_all(r"[0-9]{6,8}(?:\.[0-9]+)?").list.head(2).explode().drop_nulls()
    if len(numbers) < 0.9 * len(values) or matching(numbers, _METRES) < 0.9:
        return False
    return matching(numbers, r"00(?:\.0*)?$") < 0.5


def _hashed(values: pl.Series) -> bool:
    """Whether codes share the cells of one region and differ in all the finer ones."""
    some = values
    if some.str.head(3).n_unique() > 6 or matching(some, "[0-9].*[a-z]|[a-z].*[0-9]") < 0.9:
        return False
    return all(some.str.slice(place, 1).n_unique() >= 12 for place in (5, 6))


# How far it is from somewhere, or only how far; how long until something is no way.
_FAR_FROM: Final = (
    "^(?:距|离|至|到).{2,}?[（(/_]?(?:公里|千米|米|km|m)[)）]?$|^距(?!离|今|[到上下])"
    "|(?:距|离|与|至|到).{2,}(?:距离|路程|路)|dist(?:ance)?_?(?:to|from)_|^dist(?:ance)?_[a-z]{2}"
)
_FAR: Final = f"{_FAR_FROM}|距离|distance"
_TIME: Final = "天|日|月|年|小时|分钟|期限|时长|day|hour|month|year"
_BEARING: Final = "方位|bearing|azimuth"
_LENGTH: Final = r"^([0-9]+(?:\.[0-9]+)?) ?(?:公里|千米|米|km|KM|m|M)?$"


def measured(texts: pl.DataFrame) -> tuple[str, ...]:
    """Columns that together tell a place by how far it is from others, to less than 100 metres.

    Two distances at the least, or one and its direction; none if there are fewer.
    """
    far = [
        name
        for name in texts.columns
        if _says(name, _FAR) and not _says(name, _TIME) and _to_metres(name, texts[name])
    ]
    circles = tuple(name for name in far if _says(name, _FAR_FROM))
    if len(circles) >= 2:
        return circles
    bearings = [
        name
        for name in texts.columns
        if _says(name, _BEARING) and matching(drawn(texts[name].drop_nulls()), "[0-9]") > 0.9
    ]
    return (far[0], bearings[0]) if far and bearings else ()


def _to_metres(name: str, values: pl.Series) -> bool:
    """Whether most lengths are no whole hundreds of metres."""
    some = drawn(values.drop_nulls())
    lengths = some.str.extract(_LENGTH).cast(pl.Float64, strict=False).drop_nulls()
    if lengths.is_empty() or len(lengths) < 0.9 * len(some):
        return False
    said = name.lower() + " " + " ".join(some.head(_FEW_CELLS).str.replace_all("[0-9.]", ""))
    in_kilometres = re.search("公里|千米|km", said) is not None
    # Where no unit is said, nothing in a town is two hundred kilometres away.
    if not in_kilometres and re.search("米|m(?![a-z])", said) is None:
        in_kilometres = float(lengths.max() or 0) < _TOWN  # type: ignore[arg-type]
    metres = (lengths * (1000 if in_kilometres else 1)).round(0)
    return float((metres % 100 != 0).mean() or 0) > 0.5  # type: ignore[arg-type]


_TOWN: Final = 200
