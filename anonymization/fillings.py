"""What forms put around a value: codes, lists and names of files that hold numbers and names.

One such cell proves nothing, so it is not what detection reports; that all cells of a column give
a name or a number at the same place is no chance.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import polars as pl

from anonymization import checks, naming, telegrams
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
_OTHER_SIGNS: Final = r"[^\p{Han}·]+"
# Pieces of a cell that are looked at, from its beginning.
_PIECES: Final = 3


def filled(
    texts: pl.DataFrame,
    columns: Mapping[str, Column],
    left_out: Iterable[str],
    public: Container[str] = (),
) -> list[Finding]:
    """Columns whose cells hold a number or a name inside what is the same for all of them.

    In the `public` ones names may stand.
    """
    skipped = set(left_out)
    findings = []
    for name in texts.columns:
        if name in skipped or columns[name].kind not in {None, "USCC"}:
            continue
        values = texts[name].drop_nulls()
        if (held := _among(values)) is not None:
            findings.append(naming.left("DIRECT_IDENTIFIER_LEFT", name, "ID_CARD", held, texts))
            continue
        if columns[name].kind is not None:
            continue
        some = unmasked(drawn(values)).drop_nulls().unique(maintain_order=True)
        if len(some) < _LEAST or matching(some, r"[0-9]{11}|\p{Han}{2}|^[A-Za-z]{2}") < _MOST:
            continue
        kind = _number(some) or _name(some) or _spelled(some, len(values))
        kind = kind or _shop(some) or _between(some) or telegrams.number(some)
        if kind is not None and not (kind == "PERSON" and name in public):
            findings.append(naming.left("DIRECT_IDENTIFIER_LEFT", name, kind, len(values), texts))
    return findings


def _among(values: pl.Series) -> int | None:
    """How many codes of one length among others hold a citizen number.

    The tax number of a sole trader is his own number and two digits (国税发〔2005〕101 号).
    """
    widths = values.str.len_chars()
    if widths.n_unique() < 2:
        return None
    for width, count in widths.value_counts(sort=True).head(3).iter_rows():
        if not 18 < width <= _LONGEST or not max(_LEAST, 0.05 * len(values)) <= count:
            continue
        some = drawn(values.filter(widths == width)).unique(maintain_order=True)
        if len(some) >= _LEAST and matching(some, _NUMBER) == 1 and _number(some) == "ID_CARD":
            return int(count)
    return None


def _number(values: pl.Series) -> str | None:
    """Which number stands in all codes, with letters or more digits around it."""
    devices = values.filter(values.str.contains("^(?:35|86|99|01)[0-9]{13}$"))
    if len(devices) > 0.95 * len(values):
        # Devices (3GPP TS 23.003): fifteen digits of which the last checks the others.
        return "DEVICE_ID" if checks.card_numbers(devices).mean() > _MOST else None
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
    if widths.n_unique() > 1 or not 18 < width <= _LONGEST or matching(values, _NUMBER) < _MOST:
        return
    for start in range(width - 17):
        piece = values.str.slice(start, 18)
        if matching(piece, f"^{_NUMBER}$") == 1:
            yield piece


def _name(values: pl.Series) -> str | None:
    """Whether people stand at one place of cells, counted from either end, that marks divide.

    What is no character of Chinese divides too: 013张三, /档案/12/张三/1.jpg, 张三4471.
    """
    for between in (_BETWEEN, _OTHER_SIGNS):
        if matching(values, between) < 0.5:
            continue
        pieces = values.str.replace_all(between, "\n").str.strip_chars("\n").str.split("\n")
        for place in (*range(_PIECES), -1, -2):
            some = pieces.list.get(place, null_on_oob=True).drop_nulls()
            various = some.unique()
            if len(some) < 0.5 * len(values) or len(various) < _LEAST:
                continue
            # Words of two characters read like names one in twelve times, of three hardly ever.
            if share(names(various)) >= 0.7 and share(various.str.len_chars() >= 3) >= 0.2:
                return "PERSON"
    return None


def _shop(values: pl.Series) -> str | None:
    """Whether shops bear the names of their owners, behind the place and in front of the trade."""
    bare = values.str.replace(r"^\p{Han}{2,6}?[市区县旗镇]", "").str.replace(f"{_TRADES}$", "")
    various = bare.filter(bare.str.contains(r"^\p{Han}{2,3}$")).unique()
    if len(various) < _LEAST or len(various) < 0.5 * len(values):
        return None
    long = various.filter(various.str.len_chars() >= 3)
    if len(long) < 0.2 * len(various) or share(names(long)) < 0.7:
        return None
    return "PERSON"


_TRADES: Final = (
    "(?:便利店|百货店?|超市|商店|小卖部|餐馆|餐厅|饭店|饭馆|小吃店?|面馆|烧烤店?|理发店|美发店?|美容店|服装店|五金店"
    "|汽修厂?|修理部|经销部|经营部|门市部|诊所|药店|水果店|蔬菜店|粮油店|烟酒店|茶馆|茶楼|旅馆|养殖场|工作室|店|铺|馆)"
)


def _between(values: pl.Series) -> str | None:
    """Whether names stand between what many cells begin with and what many end with.

    Shops bear their owners', behind the place and in front of the trade; so do cases and fields.
    """
    if matching(values, r"^\p{Han}{3,20}$") < 0.5:
        return None
    said = values.filter(values.str.contains(r"^\p{Han}{3,20}$"))
    # A family of one character is followed by many as well, a place has two at the least.
    bare = _without(_without(said.str.reverse(), 1).str.reverse(), 2)
    if (bare.str.len_chars() == said.str.len_chars()).all():
        return None
    various = bare.filter(bare.str.len_chars().is_between(2, 4)).unique()
    if len(various) < _LEAST or len(various) < 0.5 * len(values):
        return None
    long = various.filter(various.str.len_chars() >= 3)
    if len(long) < 0.2 * len(various):
        return None
    named = long.filter(names(long))
    if len(named) < 0.7 * len(long):
        return None
    apart = (named.str.head(1).n_unique(), named.str.tail(1).n_unique())
    return "PERSON" if min(apart) >= _FAMILIES_AT_LEAST else None


def _without(values: pl.Series, shortest: int) -> pl.Series:
    """Texts without the beginning that many of them have: that which most characters follow.

    Behind the place stand all families, behind place and family fewer given names.
    """
    least = max(_TOGETHER, int(_PART * len(values)))
    texts = pl.DataFrame({"text": values})
    widths = range(shortest, _WIDE + 1)
    fronts = [pl.col("text").str.head(width) for width in widths]
    after = [pl.col("text").str.slice(width, 1) for width in widths]
    kinds = texts.select(
        pl.when(pl.len().over(front) >= least, follows.n_unique().over(front) >= _FOLLOWED)
        .then(follows.n_unique().over(front))
        .otherwise(0)
        .alias(str(width))
        for width, front, follows in zip(widths, fronts, after, strict=True)
    )
    most = pl.concat_list(kinds.columns)
    cut = pl.when(most.list.max() > 0).then(most.list.arg_max() + shortest).otherwise(0)
    return texts.with_columns(kinds.select(cut.alias("cut")).to_series()).select(
        pl.col("text").str.slice(pl.col("cut"))
    )["text"]


# How many cells a beginning has at the least, and characters that follow it; how long it may be.
_TOGETHER: Final = 8
_PART: Final = 0.02
_FOLLOWED: Final = 12
_WIDE: Final = 9
_FAMILIES_AT_LEAST: Final = 8
# Surnames in pinyin that nine people in ten have, and the syllables of the language.
_FAMILIES: Final = (
    "ouyang|zhuge|sima|shangguan|wang|li|zhang|liu|chen|yang|huang|zhao|wu|zhou|xu|sun|ma|zhu|hu|guo"
    "|he|gao|lin|luo|zheng|liang|xie|song|tang|han|feng|deng|cao|peng|zeng|xiao|tian|dong|yuan|pan|yu"
    "|jiang|cai|du|ye|cheng|su|wei|lv|lu|ding|ren|shen|yao|cui|zhong|tan|fan|jin|shi|liao|jia|xia|fu"
    "|fang|bai|zou|meng|xiong|qin|qiu|yin|xue|yan|duan|lei|hou|long|tao|li|mao|hao|gong|shao|wan|qian"
    "|dai|mo|kong|xiang|chang|wen|kang|niu|ge|xing|an|qi|yi|qiao|wu|pang|bao|miao|qu|guan|ji|ning"
)
_SYLLABLE: Final = (
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|uai|uan|ian|iao|ai|ei|ui"
    "|ao|ou|iu|ie|ue|ve|er|an|en|in|un|vn|ua|uo|ia|a|o|e|i|u|v))"
)
# What tells namesakes apart: the end of a telephone or of a citizen number, a day; how tickets
# address somebody.
_NUMBERED: Final = "(?:[ _.-]?(?:[0-9]{1,4}|[0-9]{3}x)| ?(?:mr|ms|mrs|miss|mstr|chd))?"
# Between the two: a blank, a sign, or what passports and cards put behind the family.
_APART: Final = "(?:[ _.-]|, ?|/|<{1,2})"
_PINYIN: Final = (
    f"^(?:{_FAMILIES}){_APART}?{_SYLLABLE}[ _.'<-]?{_SYLLABLE}?{_NUMBERED}$"
    f"|^{_SYLLABLE}[ _.'-]?{_SYLLABLE}?{_APART}(?:{_FAMILIES}){_NUMBERED}$"
)
_FAMILY: Final = f"^(?:{_FAMILIES})|{_APART}(?:{_FAMILIES}){_NUMBERED}$"
# What is spelled like a name and is a place ends alike everywhere.
_PLACES: Final = "(?:lu|jie|dao|qu|xian|shi|zhen|xiang|cun|shequ|zhan|xiaoqu|yuan)$"


def _spelled(values: pl.Series, rows: int) -> str | None:
    """Whether people stand in pinyin, whatever letters are large and whatever is between them.

    Stations and wares spelled so are few and stand again and again.
    """
    small = values.str.to_lowercase()
    if len(values) < 0.3 * min(rows, 4000) or matching(small, _PINYIN) < _MOST:
        return None
    families = small.str.extract(f"({_FAMILY})").drop_nulls()
    various = families.n_unique() >= 10 and len(families) > 0.7 * len(values)
    return "PERSON" if various and matching(small, _PLACES) < 0.4 else None
