"""What two figures of one group tell when one is taken from the other.

The mean pay with the head and without are the head's pay; where all who were looked at are ill,
each of them is. Figures of a group hide its people only as long as nothing is left but a few.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import polars as pl

from anonymization.aggregates import MOST_ROWS
from anonymization.findings import Finding, Terms, matching, share

_FIGURE: Final = r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$|^-?[0-9]+(?:\.[0-9]+)?$"


def told(texts: pl.DataFrame, terms: Terms) -> Iterator[Finding]:
    """Columns whose difference is the figure of one person, or leaves nobody of a group out."""
    if texts.height > MOST_ROWS:
        return
    figures = {
        name: numbers
        for name in texts.columns
        if name not in terms.excused and (numbers := _numbers(texts[name])) is not None
    }
    yield from _without(texts, figures)
    yield from _in_rows(texts, figures)
    yield from _everybody(texts, figures, terms)


def _numbers(values: pl.Series) -> pl.Series | None:
    """The numbers of a column that holds nothing else."""
    bare = values.str.replace_all("[,，%％]", "")
    if matching(values.str.replace_all("[%％]$", ""), _FIGURE) < 1:
        return None
    return bare.cast(pl.Float64, strict=False)


# --- with somebody and without --------------------------------------------------------------


class Said(NamedTuple):
    """What a header says besides whom its figures leave out or take in."""

    rest: str
    who: str
    left_out: bool


_OUT: Final = (
    "不含|不包括|不包含|不计入?|未含|剔除|扣除|除去|去除|去掉|除|without_?|excl(?:uding)?_?"
)
_IN: Final = "含|包括|包含|计入|连同|with_?|incl(?:uding)?_?"
_SAID: Final = re.compile(
    f"[（(_-]?(?P<how>{_OUT}|{_IN})(?P<who>[\u4e00-\u9fff]{{1,10}}?|[a-z]+)?"
    "(?:(?:之外|以外|外|后)的?|(?:在内)?(?:[）)_-]|$))"
)
# Whom a group has one of, or so few that everybody knows them.
_ONE: Final = re.compile(
    "负责人|领导|一把手|书记|校长|院长|局长|处长|科长|主任|厂长|矿长|队长|班长|组长|站长|所长|行长|台长|馆长|镇长|乡长|区长|旗长"
    "|村长|园长|会长|经理|总裁|老板|店主|法人|法定代表人|董事长|户主|本人|教练|最[高低大小]|极值|极端值|第一名|首位"
    "|^(?:the)?(?:head|manager|director|principal|ceo|owner|chief|boss|highest|lowest|max|min|top)$"
)


def _said(text: str) -> Said:
    found = _SAID.search(text.lower())
    if found is None:
        return Said(text.lower(), "", False)
    rest = text.lower()[: found.start()] + text.lower()[found.end() :]
    out = re.fullmatch(_OUT, found["how"]) is not None
    return Said(rest, found["who"] or "", out)


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Texts that say the same but that one leaves somebody out: with, without, whom."""
    said = {one: _said(one) for one in texts}
    out = {one: what for one, what in said.items() if what.left_out and _ONE.search(what.who)}
    for other, without in out.items():
        for one, whole in said.items():
            if not whole.left_out and whole.rest == without.rest and whole.who in {"", without.who}:
                yield one, other, without.who


def _without(texts: pl.DataFrame, figures: dict[str, pl.Series]) -> Iterator[Finding]:
    """Two columns of one figure, with somebody and without."""
    for one, other, who in _pairs(list(figures)):
        both = (figures[one] - figures[other]).drop_nulls()
        differ = int((both != 0).sum())
        if differ:
            yield _difference((one, other), who, differ, texts)


def _in_rows(texts: pl.DataFrame, figures: dict[str, pl.Series]) -> Iterator[Finding]:
    """Rows of one figure, with somebody and without."""
    if not figures:
        return
    # Years and sorts stand again and again, the figures of people do not.
    figure = max(figures, key=lambda one: figures[one].n_unique())
    for name in texts.columns:
        if name in figures or texts[name].n_unique() > _SCOPES:
            continue
        for one, other, who in _pairs([str(each) for each in texts[name].drop_nulls().unique()]):
            rows = int(texts[name].is_in([one, other]).sum())
            yield _difference((name, figure), who, rows, texts)


_SCOPES: Final = 12


def _difference(names: tuple[str, str], who: str, rows: int, texts: pl.DataFrame) -> Finding:
    shown = "」与「".join(names)
    return Finding(
        "K_TOO_SMALL",
        names,
        rows,
        share(rows, texts),
        f"列「{shown}」只差一个「{who}」：总额相减，或者平均数乘以人数再相减，就是他一个人的数，"
        f"{rows} 行如此。",
        f"columns {' and '.join(names)} differ by {who} alone: totals taken from each other, or "
        f"means times people, are the figure of one person; {rows} rows.",
        "两个口径只发布一个；要分开说的，每一部分不少于阈值人数。",
        "Publish one of the two; where parts are told, each must be of enough people.",
        "例：36 人人均 8.19 万元、不含负责人 35 人人均 8.00 万元 → 负责人 14.8 万元",
        "for example 36 people with 81.9 thousand on average, 35 without the head with 80.0 → the "
        "head has 148 thousand",
    )


# --- everybody of a group -------------------------------------------------------------------

_PEOPLE: Final = (
    "(?:人数|人口|例数|病例数?|患者数?|[学考新]生数?|儿童数?|[员职]工数?|工人数?|老人数?|户数|人员?"
    "|阳性数?|阴性数?)$"
)
# Who was looked at, or all there are.
_LOOKED_AT: Final = re.compile(
    "受[检查测]|应[检查测考试]|实[检查测考]|[参抽送][检测考]|检[查测]人|筛查|体检|普查|调查|受访|样本|应答|评估|鉴定|测评|考核|参加|接受|登记"
    "|总人|在[册岗校职编籍]|全[体部员班]|总数|合计|[员职]工|工人|学生|人口|户数|班级人数|^人数"
)
_ILL: Final = re.compile(
    "检出|阳性|确诊|患|病|感染|异常|不合格|不及格|未通过|不达标|吸毒|涉毒|违[法纪规]|犯罪|处[分罚]|残疾|低保|特困|贫困|离异"
    "|自杀|抑郁|焦虑|辍学|失业|欠[费薪税]|逾期|尘肺|癌|瘤|艾滋|梅毒|肝炎|结核|超标|中毒|失信|酗酒|肥胖|超重|高血压|糖尿|骨折|复吸|再犯"
)
_WELL: Final = re.compile(
    "阴性|未检出|未[见患]|正常|健康|(?<!不)合格|(?<!不)及格|(?<!未)通过|(?<!不)达标|未感染|无症状"
)
_ROWS: Final = 5
_BUT_FEW: Final = 0.1
# Where more than so many groups are all alike, two columns say the same.
_ALIKE: Final = 0.5


def _everybody(
    texts: pl.DataFrame, figures: dict[str, pl.Series], terms: Terms
) -> Iterator[Finding]:
    """Groups of which everybody, or nearly, is ill or was found out as two counts tell."""
    people = [name for name in figures if re.search(_PEOPLE, _bare(name))]
    parts = [name for name in people if _WELL.search(name) or _ILL.search(name)]
    wholes = [name for name in people if name not in parts and _LOOKED_AT.search(name)]
    for part, whole in itertools.product(parts, wholes):
        well = _WELL.search(part) is not None
        cells = pl.DataFrame({"part": figures[part], "whole": figures[whole]}).drop_nulls()
        cells = cells.filter(pl.col("whole") > 0)
        if cells.height < _ROWS or (cells["part"] > cells["whole"]).any():
            continue
        left = cells["part"] if well else cells["whole"] - cells["part"]
        # All but one or two of sixty are as good as all.
        near = (left < terms.k) & (left <= _BUT_FEW * cells["whole"])
        all_of_them = int(near.sum())
        if 0 < all_of_them <= _ALIKE * cells.height:
            yield _all(whole, part, all_of_them, texts)
            break


def _bare(name: str) -> str:
    return re.sub("[（(].*?[)）]$", "", name.strip())


def _all(whole: str, part: str, groups: int, texts: pl.DataFrame) -> Finding:
    return Finding(
        "L_TOO_SMALL",
        (whole, part),
        groups,
        share(groups, texts),
        f"有 {groups} 行的「{part}」说的是「{whole}」里的每一个人，或者只差几人："
        "知道谁在这一组，就知道他也是。",
        f"in {groups} rows {part} speaks of everybody in {whole}, or of all but a few: whoever is "
        "known to be of the group is known to be one of them.",
        "与别的组合并，使每组两种结果都不少于阈值；或者隐去这些组的数。",
        "Merge groups until each has enough people of either result, or leave these figures out.",
        "例：某班组受检 64 人、检出 64 人 → 班组里谁都是",
        "for example: 64 of a team were looked at, 64 are ill → each of the team is",
    )
