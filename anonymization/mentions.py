"""People told of in a text: by the name behind what they are to somebody, or by a post they held.

One cell proves nothing, 户主高兴 is no householder called 高兴; that most words behind such a word
are names, and each another, is no chance. Which words those are a column tells itself: behind 东至
stand the neighbours of a field. 原任某某镇党委书记 is whoever that was.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from anonymization import naming, occasions, slips
from anonymization.dictionary import names, words
from anonymization.findings import Finding, drawn, share

# Posts of which an institution has one or two at a time.
_POST: Final = (
    "(?:书记|镇长|乡长|区长|旗长|局长|处长|科长|所长|院长|校长|园长|厂长|矿长|行长|台长|馆长|站长|队长|会长|主席|董事长"
    "|总经理|总工程师|村长|村主任|社长)"
)
_WAS: Final = "(?:曾任|原任|历任|现任|时任|曾担任|现担任|任职?于?|系|曾是|原系|原|前)"
_WHERE: Final = (
    r"[\p{Han}0-9A-Za-z第（）()]{2,20}?(?:镇|乡|区|旗|县|市|局|院|所|[中小大]学|学校|幼儿园|公司|集团|厂|矿|银行|支行|村|社区"
    r"|委|会|队|站|台|馆|中心|街道)"
)
# 已报区长批示, 请校长协调: somebody is spoken to, nobody said to be it.
_HELD: Final = (
    rf"{_WAS}{_WHERE}\p{{Han}}{{0,6}}?{_POST}|{_WHERE}(?:原|前|老)任?\p{{Han}}{{0,6}}?{_POST}"
)
# As many rows as that say the same of an office and not of a person.
_SAME: Final = 5


# So many different names, and the share of what stands behind such words that must be one.
_NAMES: Final = 5
_MOST: Final = 0.5
_MORE: Final = ("邻居", "同事", "室友", "护工", "保姆", "儿媳", "女婿", "舅舅", "姑姑", "叔叔")


def told(texts: pl.DataFrame, left_out: Iterable[str]) -> Iterator[Finding]:
    """Columns of text that name people by what they are to somebody, or by a post they held, or
    tell when they were born.
    """
    skipped = set(left_out)
    behind = f"(?:{'|'.join((*words()['cues'], *_MORE))})"
    for name in texts.columns:
        values = texts[name]
        if name in skipped or not values.str.contains(r"\p{Han}{5}").any():
            continue
        records = _called(values, behind) or _always_called(values) or slips.written_out(values)
        if records:
            yield naming.left("FREE_TEXT_LEAK", name, "PERSON", records, texts)
        elif records := _born(values):
            yield naming.left("FREE_TEXT_LEAK", name, "BIRTH_DATE", records, texts)
        elif records := _of_a_few(values):
            yield _small(name, records, texts)
        elif values.str.contains(_POST).any() and (records := _held(values)):
            yield _finding(name, records, texts)


def _called(values: pl.Series, behind: str) -> int:
    """How many cells have a name behind such a word, if what stands there is names.

    Names that are hidden, as 张某, are none: of a thousand a few may have been forgotten.
    """
    values = values.str.replace_all(rf"{behind}\p{{Han}}(?:某|[*＊×])", "")
    said = values.filter(values.str.contains(rf"{behind}\p{{Han}}{{2}}").fill_null(False))
    if len(said) < _NAMES:
        return 0
    three = said.str.extract(rf"{behind}(\p{{Han}}{{2,3}})")
    called = names(three) | names(three.str.head(2))
    some = three.filter(called)
    # 高, 白, 方 begin words too: of names a fair part has three characters and its own surname.
    various = some.n_unique() >= _NAMES and some.str.head(1).n_unique() >= _NAMES
    return len(some) if various and len(some) >= _MOST * len(said) else 0


def _always_called(values: pl.Series) -> int:
    """How many cells have a name behind words of which nearly always another name is said.

    The words are those with which pieces between marks begin; a word or two of them may be nothing.
    """
    cells = drawn(values.drop_nulls())
    pieces = (
        cells.str.extract_all(r"\p{Han}{3,10}").explode().drop_nulls().str.replace(_BELONGS, "")
    )
    counts = pieces.value_counts(name="times").rename({str(values.name): "piece"})
    said = pl.concat(
        counts.select(
            pl.col("piece").str.head(width).alias("front"),
            pl.col("piece").str.slice(width).alias("rest"),
            "times",
        )
        for width in _FRONTS
    )
    said = said.filter(pl.col("rest").str.len_chars().is_between(2, 4))
    said = said.filter(pl.len().over("front") >= _NEIGHBOURS)
    if said.is_empty():
        return 0
    said = said.with_columns(named=names(said["rest"]))
    fronts = (
        said.group_by("front")
        .agg(
            pl.col("named").mean().alias("part"),
            pl.col("named").sum().alias("many"),
            pl.col("rest").filter("named").str.head(1).n_unique().alias("surnames"),
            # Of lanes and villages called after families the last characters are few.
            pl.col("rest").filter("named").str.slice(-1).n_unique().alias("ends"),
        )
        .filter(
            pl.col("part") >= _NEARLY_ALL,
            pl.col("many") >= _NEIGHBOURS,
            pl.col("surnames") >= _NAMES,
            pl.col("ends") >= _NAMES,
        )
    )
    if fronts.is_empty():
        return 0
    known = said.filter("named").join(fronts, on="front", how="semi")
    called = known.select(pl.col("front") + pl.col("rest")).to_series().unique().to_list()
    return int(values.str.contains_any(called).sum())


# How long the words are; what stands behind a name that is somebody's; so many neighbours at the
# least, and how large a part of what stands there must be names.
_FRONTS: Final = range(1, 5)
_BELONGS: Final = "(?:承包|责任)?(?:[家户宅房院地田]|家[地田院]|同志|先生|女士|等人?)$"
_NEIGHBOURS: Final = 8
_NEARLY_ALL: Final = 0.7


def _born(values: pl.Series) -> int:
    """How many cells tell in a sentence the day on which somebody was born."""
    births = "|".join(occasions.BIRTHS)
    said = values.filter(values.str.contains(births).fill_null(False))
    return len(said) if said.str.extract(f"({occasions.DATE_SAID})").n_unique() >= _NAMES else 0


# A group of a village or the class of a school has a few dozen people; with what ails somebody,
# or with who speaks for him, one of them is meant.
_FEW: Final = (
    r"\p{Han}{1,6}(?:村|嘎查)(?:第?[0-9一二三四五六七八九十]+)[社组队]"
    r"|(?:[一二三四五六七八九]|[1-9])年级[（(]?[0-9一二三四五六七八九十]+[)）]?班"
    r"|[高初][一二三1-3][（(]?[0-9]+[)）]?班"
)
_AILS: Final = (
    r"\p{Han}病|症|硬化|癌|瘤|残疾|瘫|独居|孤寡|丧偶|离异|低保|特困|吸毒|服刑|自杀|家暴"
    "|患者|病人|班主任|家长|学生"
)


def _of_a_few(values: pl.Series) -> int:
    """How many cells tell something of somebody of a group so small that one knows who it is."""
    placed = values.str.extract(f"({_FEW})")
    said = placed.filter(placed.is_not_null() & values.str.contains(_AILS).fill_null(False))
    return len(said) if said.n_unique() >= _NAMES else 0


def _small(name: str, records: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "FREE_TEXT_LEAK",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」有 {records} 行写明村组或班级，又写了那个人的情况，"
        "同组同班的人一看就知道是谁。",
        f"column {name} names in {records} rows the group of a village or the class of a school "
        "and what is the matter with somebody; who belongs to it knows whom.",
        "改用「文本遮盖」，村组、班级归到街道、学段。",
        "Redact the text; give the street or the stage of school in their place.",
        "例：某村 3 社，患罕见病，独居 → 村里只有一人",
        "for example: third group of a village, a rare illness, living alone → there is one",
    )


def _held(values: pl.Series) -> int:
    said = values.filter(values.str.contains(_HELD).fill_null(False)).str.extract(f"({_HELD})")
    counts = said.drop_nulls().value_counts()
    return int(counts.filter(counts["count"] < _SAME)["count"].sum())


def _finding(name: str, records: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "FREE_TEXT_LEAK",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」的文字中有 {records} 行写明本人担任过的职务，一个单位同时只有一两人担任，"
        "一查便知是谁。",
        f"column {name} tells in {records} rows which post somebody held; an institution has one "
        "or two of it, and a look tells who.",
        "改用「文本遮盖」，或把职务换成大类。",
        "Redact the text, or give the class of the post.",
        "例：原任某镇党委书记 → 查任免公告就知道是谁",
        "for example: once party secretary of a town → the notice of his appointment names him",
    )
