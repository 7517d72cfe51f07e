"""Words that names and addresses are made of, and whether whole columns look made of them."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl


@cache
def words() -> Mapping[str, Any]:
    """Surnames, given characters, Mongolian syllables, words of addresses, closed value lists."""
    text = (files("anonymization") / "_words.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def share(mask: pl.Series) -> float:
    """What share of the cells a mask covers; of none, nothing."""
    return int(mask.sum()) / len(mask) if len(mask) else 0.0


def _any(kind: str) -> str:
    return "|".join(words()["address"][kind])


@cache
def _han_name(given: str) -> str:
    compound = "|".join(words()["compound_surnames"])
    return f"(?:(?:{compound}|[{words()['surnames']}])[{given}]{{1,2}})"


@cache
def _mongolian_name() -> str:
    # The longest syllables stand first in the list, so that a name is cut as it is spoken.
    return f"(?:{'|'.join(words()['mongolian'])})"


def names(values: pl.Series) -> pl.Series:
    """Which cells are as a whole the name of a person: Han, Mongolian, or with an interpunct.

    One in twelve ordinary words passes too (高速, 白菜): a column decides, never one cell.
    """
    if not values.str.contains(r"\p{Han}").any():
        return _none(values)
    compact = _bare(values)
    han = compact.str.contains(f"^{_han_name(words()['given'])}$")
    mongolian = compact.str.contains(f"^(?:[{words()['surnames']}])?{_mongolian_name()}{{2,5}}$")
    mongolian |= compact.is_in([one for one in words()["mongolian"] if len(one) > 2])
    dotted = compact.str.contains(
        r"^[\p{Han}]{1,9}[·•‧・.．][\p{Han}]{1,9}(?:[·•‧・.．][\p{Han}]{1,9})?$"
    )
    return (han | (mongolian & (compact.str.len_chars() <= 8)) | dotted).fill_null(False)


def _none(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [False], pl.Boolean).new_from_index(0, len(values))


def _bare(values: pl.Series) -> pl.Series:
    """Names without blanks inside, nor a remark in brackets behind them."""
    return values.str.replace_all(r" |[(（][^()（）]{1,6}[)）]$", "")


# What stands between the names of those who own or sign together.
_AMONG: Final = r"\s*[、，,;；/&]\s*"


def each(values: pl.Series, are: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Which cells are names as `are` tells them, of one person or of several side by side."""
    listed = values.str.contains(
        rf"^\p{{Han}}{{2,8}}(?:{_AMONG}\p{{Han}}{{2,8}}){{1,7}}$"
    ).fill_null(False)
    if not listed.any():
        return are(values)
    rows = listed.arg_true()
    parts = pl.DataFrame({"row": rows, "part": values.gather(rows)}).with_columns(
        pl.col("part").str.replace_all(_AMONG, "\n").str.split("\n")
    )
    parts = parts.explode("part").with_columns(named=are(parts.explode("part")["part"]))
    whole = parts.group_by("row", maintain_order=True).agg(pl.col("named").all())
    return are(values) | pl.Series(listed).scatter(rows, whole["named"])


def loose_names(values: pl.Series) -> pl.Series:
    """Which cells could be names where the header says so: a surname first, or a few characters."""
    compact = _bare(values)
    rare = compact.str.contains(f"^[{words()['surnames']}]?[\\p{{Han}}]{{1,3}}$")
    ends = compact.str.contains(f"[{words()['not_a_name']}]$")
    latin = values.str.contains(r"^[A-Z][a-z]+(?: [A-Z][a-z]+){1,3}$|^[A-Z]{2,}(?: [A-Z]{2,})+$")
    return (names(values) | (rare & ~ends) | latin).fill_null(False)


@cache
def door_pattern() -> str:
    """The heart of an address: street, estate or village, then the number of a house or flat.

    第 12 号 and 〔2024〕12 号 are numbers of papers, so what stands before the number matters.
    """
    han = "一二三四五六七八九十"
    street = f"(?:{_any('street')}|街坊|街道|社区|村|嘎查|苏木|镇|乡|旗|区|组|队)"
    between = rf"[\p{{Han}}0-9A-Za-z\-()（）]*?[^0-9A-Za-z第字届期批每年证{han}\P{{Han}}]"
    number = rf"[0-9A-Za-z{han}][0-9A-Za-z\-{han}]{{0,7}}"
    return rf"\p{{Han}}{street}(?:{between})?{number}(?:号楼|号院|{_any('door')})"


def address_pattern() -> str:
    """An address inside any text, from its first character to the last number of a flat."""
    more = rf"\p{{Han}}{{0,3}}[0-9A-Za-z\-一二三四五六七八九十]{{1,6}}(?:号楼|{_any('door')})?"
    return rf"\p{{Han}}{{0,20}}{door_pattern()}(?:{more}){{0,5}}"


def addresses(values: pl.Series) -> pl.Series:
    """Which cells are addresses as a whole: a region and a street, or anything down to a door."""
    door = values.str.contains(
        f"[0-9A-Za-z一二三四五六七八九十](?:{_any('door')})|[0-9]+-[0-9]+"
        "|(?i:room|flat|unit|apt|apartment)[. ]{0,2}#?[0-9]|[0-9] ?(?i:hao|dong|danyuan)"
    ).fill_null(False)
    if not door.any():
        return door
    rows = door.arg_true()
    some = values.gather(rows)
    placed = some.str.contains(
        f"(?:{_any('region')}|{_any('street')}|街道|镇|乡|苏木|嘎查|村|社区)"
    )
    # An estate needs no region: 学府花园12-3-501, 12号楼3单元501; nor do homes in English.
    placed |= some.str.contains(_ESTATE)
    paper = some.str.contains(r"第[0-9]+号|[〔\[（(](?:19|20)[0-9]{2}[〕\]）)]|字第?[0-9]")
    good = placed & ~paper & (some.str.len_chars() <= 80)
    good |= some.str.contains(ENGLISH_HOME)
    return door.scatter(rows.filter(~good), False)


# A room and a building or a street, as forms in English have them, or in pinyin.
ENGLISH_HOME = (
    r"(?i)\b(?:room|flat|unit|apt\.?|apartment) ?\#?[0-9]+\b.{0,60}"
    r"\b(?:building|bldg|garden|street|road|lane|avenue|community|residence|district)\b"
    r"|\b(?:xiaoqu|jiayuan|huayuan|lu|jie|xiang|cun)\b.{0,20}?[0-9]{1,4} ?"
    r"(?:hao ?lou|hao|dong|zhuang)\b.{0,20}[0-9]"
)
_ESTATE = r"\p{Han}{2}[0-9]{1,3}(?:-[0-9]{1,2}-|(?:号楼|栋|幢|座)[0-9]{1,2}(?:单元|门))[0-9]{3,4}"


def name_patterns() -> tuple[tuple[str, str], ...]:
    """Names in text, each a cheap sign of one and the pattern: behind a word that announces a
    person, in front of a form of address, in front of what people do at the beginning of a note.

    With nothing between them the name must also end where one can: 负责人和安全管理 names nobody.
    """
    name, given = _han_name(words()["given"]), words()["given"]
    other = _other_name()
    dotted = r"\p{Han}{1,9}[·•‧・.．]\p{Han}{1,9}"
    cue = f"(?:{'|'.join(words()['cues'])})"
    lead = f"(?:{'|'.join(words()['leads'])})"
    title = f"(?:{'|'.join(words()['titles'])})"
    speaks = f"(?:{'|'.join(words()['speaks'])})"
    end = r"(?:[^\p{Han}]|$|[于称来反报到要电手身诉因在说向与及已的上去入签男女患住])"
    said = "(?:是|为|叫|系|[:： ]){1,3}"
    three = f"[{words()['surnames']}][{given}]{{2}}"
    return (
        (cue, f"{cue}{said}({dotted}|{other}|{name})"),
        (cue, f"{cue}({dotted}|{other}|{name}){end}"),
        (f"{lead}[:：]", f"{lead}[:：] ?({dotted}|{other}|{name})(?:[^\\p{{Han}}]|$)"),
        # 正衡律师事务所 and 护士站 are no persons.
        (title, f"({name}){title}(?:[^事站院所室节]|$)"),
        (speaks, f"(?:^|[，。；、,;\\s])({other}|{three}){speaks}"),
    )


@cache
def called() -> str:
    """A name behind a word that announces a person, whatever comes after: the word, the name.

    To blot out 高兴 of 老人高兴 costs a word, to leave a name costs the person.
    """
    name = f"{_other_name()}|{_han_name(words()['given'])}"
    cues = "|".join(sorted(words()["cues"], key=len, reverse=True))
    return f"((?:{cues})(?:是|为|叫|系|[:： ]){{0,2}})(?:{name})"


@cache
def handed() -> str:
    """A name behind what is done with a matter, as 转, 找 or 请: the word, the name, what follows.

    转正, 转高新区 and 请于明天 name nobody: a surname that begins no common words must stand there,
    or one with two characters of given names, and behind it what a clerk is then asked to do.
    """
    said = words()["handed"]
    # Characters of given names that end names of offices, or begin what is to be done, as well.
    given = "".join(one for one in words()["given"] if one not in said["not_given"])
    verbs, after = ("|".join(said[part]) for part in ("verbs", "after"))
    compound = "|".join(words()["compound_surnames"])
    plain = f"(?:{compound}|[{said['surnames']}])[{given}{said['given']}]{{1,2}}"
    three = f"[{words()['surnames']}][{given}]{{2}}"
    long = "|".join(one for one in words()["mongolian"] if len(one) > 1)
    other = f"(?:{long}){_mongolian_name()}{{0,4}}"
    return rf"({verbs})({other}|{plain}|{three})([^\p{{Han}}]|$|{verbs}|{after})"


@cache
def _other_name() -> str:
    return f"(?:[{words()['surnames']}]?{_mongolian_name()}{{2,5}})"


def closed_list(values: pl.Series) -> str | None:
    """The heading of the value list that nine in ten of these distinct values are on, if any."""
    if values.is_empty() or len(values) > 80:
        return None
    cells = values.to_list()
    for heading, members in _closed().items():
        if sum(one in members for one in cells) >= 0.9 * len(cells):
            return heading
    return None


@cache
def _closed() -> Mapping[str, frozenset[str]]:
    """The value lists as sets: asking the engine for each of them cost a wide table a quarter."""
    return {str(heading): frozenset(members) for heading, members in words()["values"].items()}
