"""Sets of columns that single people out: classes too small, poor or far off, and households.

What was declared is measured as declared; what nobody declared is searched for the smallest sets
of columns an acquaintance knows that leave a person alone (minimal sample uniques).
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from anonymization import births, chance, headers, households, risk, seats, whose
from anonymization.classes import Coded
from anonymization.detection import Column
from anonymization.findings import Finding, Terms, drawn, masked, matching
from anonymization.proposal import role_of

# Columns of the largest set tried; columns tried at all; sets of new columns reported.
_WIDEST: Final = 3
# Values of a column of categories.
_FEW: Final = 60
_POOL: Final = 14
_REPORTED: Final = 3
# The share of records a set may leave in small classes: of what acquaintances know, and of what
# only somebody with the thing before him knows (make and colour of a car).
_TOLERATED: Final = 0.005
# How far the values of a class may be from those of all, where nobody said how far.
_FAR: Final = 0.4
_TOLERATED_THINGS: Final = 0.05


@dataclass(frozen=True)
class Sets:
    """The columns of a release by what an attacker may know of them."""

    declared: tuple[str, ...]
    discovered: tuple[str, ...]
    things: tuple[str, ...]
    sensitive: tuple[str, ...]
    rare: tuple[str, ...]
    household: tuple[str, ...]
    codes: tuple[str, ...] = ()


def sets(
    texts: pl.DataFrame,
    columns: Mapping[str, Column],
    opaque: Iterable[str],
    birth: str | None,
    terms: Terms,
    nobody: bool,
) -> Sets:
    """Which columns are declared, which are known to acquaintances though nobody said so.

    `nobody` says that no row is a person (`things.about_nobody`).
    """
    left_out = {*opaque, *terms.excused}
    open_ = [
        name
        for name in texts.columns
        if name not in left_out and masked(texts[name]) < 0.5 and texts[name].n_unique() > 1
    ]
    # One look at all columns spares most of them five.
    looks = texts.select(pl.all().str.contains(_MAY_TELL_AGE).any())
    words = headers.tables()["knowable"]
    nobody = nobody or of_firms(columns)
    seat = () if nobody else seats.numbered(texts.select(open_))
    discovered = [
        name
        for name in open_
        if name == birth
        or name in seat
        or _known_item(columns[name])
        or (headers.ends_with(name, words["people"]) and not nobody)
        # Whose class or stretch of road it is everybody there knows: one has charge of each.
        or (any(headers.composed(name, one) for one in ("employer", "charge")) and not nobody)
        or (
            (looks[name][0] or "BIRTH_DATE" in headers.read(name).kinds)
            and _tells_age(name, texts[name])
        )
        or births.counted_to(name, texts[name])
        or (not nobody and (_of_a_life(name, texts[name]) or _chain(texts[name])))
    ]
    # A mask hides nothing of a birth date that it leaves standing.
    discovered += [
        name
        for name in texts.columns
        if name not in left_out and name not in open_ and births.told(name, texts[name])
    ]
    things = [
        name
        for name in open_
        if name not in discovered and not nobody and headers.ends_with(name, words["things"])
    ]
    sensitive = [
        name
        for name in open_
        if role_of(columns[name].item) == "sensitive"
        and columns[name].sensitivity == 2  # sensitive by law
        and columns[name].distinct <= 60  # categories, not amounts
        and matching(texts[name], r"^-?[0-9.,]+$") < 0.5
    ]
    return Sets(
        declared=tuple(name for name in terms.quasi if name in texts.columns),
        discovered=() if nobody else tuple(discovered),
        things=tuple(things),
        sensitive=tuple(sensitive),
        rare=tuple(name for name in discovered if headers.ends_with(name, words["rare"])),
        household=tuple(
            name
            for name in texts.columns
            if headers.ends_with(name, words["household"]) or headers.composed(name, "household")
        ),
        codes=() if nobody else tuple(whose.codes(texts, columns, opaque)),
    )


def _known_item(column: Column) -> bool:
    """Whether a column is by its header or its values what acquaintances know of a person."""
    if not (column.quasi or role_of(column.item or column.kind) == "quasi"):
        return False
    return column.item is None or headers.says_last(column.name, column.item)


def _tells_age(name: str, values: pl.Series) -> bool:
    """Whether a column tells when people were born, in whatever shape and under whatever name."""
    some = drawn(values.drop_nulls())
    # 出生体重 is no time of birth: a header must be borne out by numbers of years or days.
    if "BIRTH_DATE" in headers.read(name).kinds and matching(some, _SOME_DATE) > 0.5:
        return True
    if (
        matching(some, "^[0-9]{1,3} ?岁 ?(?:零|又)?[0-9]{1,2} ?个?月|^[0-9]{1,5} ?[月日天周]龄$")
        > 0.5
    ):
        return True
    return births.told(name, values)


def _of_a_life(name: str, values: pl.Series) -> bool:
    """Whether a column tells the day of what friends and neighbours remember of somebody."""
    return re.search(_LIFE, name.lower()) is not None and (
        matching(drawn(values.drop_nulls()), _BORN_DAY) > 0.5
    )


def _chain(values: pl.Series) -> bool:
    """Whether cells list the members of a household: 男45/女43/男17, 夫45岁、妻43岁."""
    return matching(drawn(values.drop_nulls()), _MEMBERS) > 0.3


_SEX_OR_KIN: Final = "(?:男|女|夫|妻|父|母|子|儿|户主|配偶|[MFmf])"
_MEMBER: Final = (
    f"(?:{_SEX_OR_KIN}[性]?[(（:：]?[0-9]{{1,3}}岁?[)）]?|[0-9]{{1,3}}岁?{_SEX_OR_KIN}[性]?)"
)
_MEMBERS: Final = f"^{_MEMBER}(?:[^0-9A-Za-z\\p{{Han}}]{{1,2}}{_MEMBER})+$"
# A year of somebody's life, or an age as it is spoken.
_MAY_TELL_AGE: Final = (
    "(?:19[2-9]|20[0-2])[0-9]|岁|[月日天周]龄"
    "|[一二][〇○零一二三四五六七八九]{3}年|[0-9]{4} ?(?:天|日|day)"
)
_LIFE: Final = (
    "(?:入院|出院|入住|退住|离院|分娩|死亡|去世|逝世|火化|结婚|离婚|入伍|退伍|退役|入职|离职)(?:日期|时间|日)$"
    "|(?:admission|admitted|discharge|discharged|death|died|wedding|marriage)(?:_?date|_?day)?$"
)
_BORN_DAY: Final = "^(?:19|20)[0-9]{2}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}"
_SOME_DATE: Final = "[0-9]{2}|[〇零一二三四五六七八九]{2}|[年月日后]"


def of_firms(columns: Mapping[str, Column]) -> bool:
    """Whether the records are organisations: coded as such, and nothing says how old or who."""
    items = {column.item for column in columns.values()}
    coded = any(column.kind == "USCC" for column in columns.values())
    return coded and not items & {"性别", "出生日期", "年龄", "民族", "公民身份号码"}


def singled(coded: Coded, known: Sets, measured: risk.Risk, terms: Terms) -> list[Finding]:
    """Every way in which sets of columns lead to persons, or to what is sensitive of them."""
    return [
        *(_small(measured, known, terms) or _few_people(coded, measured, known, terms)),
        *_undeclared(coded, known, terms),
        *_rare(coded, known, terms),
        *households.unlike(coded, known.household, _members(known)),
        *_poor(coded, measured, known, terms),
    ]


def _members(known: Sets) -> list[str]:
    """What is known of the members of a household."""
    return list(dict.fromkeys((*(known.declared or known.discovered), *known.discovered)))


def _small(measured: risk.Risk, known: Sets, terms: Terms) -> list[Finding]:
    """Classes of what was declared, or else of all that is known, that are smaller than k."""
    names = measured.quasi_identifiers
    if not names or measured.k >= terms.k or measured.below == 0:
        return []
    shown = "、".join(names)
    return [
        Finding(
            "K_TOO_SMALL",
            tuple(names),
            measured.below,
            measured.below / measured.rows,
            f"按「{shown}」分组，最小的一组只有 {measured.k} 条，低于 {terms.k}；"
            f"{measured.below} 行处在过小的组里，其中 {measured.unique} 行独一无二。",
            f"by {', '.join(names)} the smallest class has {measured.k} records, fewer than "
            f"{terms.k}; {measured.below} records in such classes, {measured.unique} alone.",
            "进一步泛化这些列，或允许局部抑制。",
            "Generalize these columns further or allow local suppression.",
            *_example(names, measured.k),
        )
    ]


def _few_people(coded: Coded, measured: risk.Risk, known: Sets, terms: Terms) -> Iterator[Finding]:
    """Classes of enough records, but of fewer people: a code says whose the records are."""
    names, rows = measured.quasi_identifiers, coded.frame.height
    for code in known.codes if names else ():
        pairs = whose.classes(coded, names, code)
        if pairs is None:
            continue
        key, _ = coded.key(names)
        sizes = pairs.group_by("key").len("people")
        few = sizes.filter(pl.col("people") < terms.k)
        if few.is_empty():
            continue
        records = int(np.isin(key, few["key"].to_numpy()).sum())
        least, shown = int(few["people"].min()), "、".join(names)  # type: ignore[arg-type]
        yield Finding(
            "K_TOO_SMALL",
            (*names, code),
            records,
            records / rows,
            f"同一「{code}」有多行：按「{shown}」分组，最小的一组虽有 {measured.k} 条，只是 "
            f"{least} 个人的，低于 {terms.k}；{records} 行处在人数过少的组里。",
            f"a {code} has several rows: by {', '.join(names)} the smallest class is of {least} "
            f"people, fewer than {terms.k}, though it has {measured.k} records or more; {records} "
            "records are in such classes.",
            "按人数而不是行数计算 k：进一步泛化这些列，或每人只留一行。",
            "Count people and not rows for k: generalize these columns further, or keep one row of "
            "each person.",
            *_example(names, least),
        )
        return


def _example(names: Sequence[str], smallest: int) -> tuple[str, str]:
    said = "、".join(names[:3])
    return (
        f"例：知道某人的{said} → 表中只剩 {smallest} 行",
        f"for example: knowing somebody's {', '.join(names[:3])} → {smallest} rows are left",
    )


# --- what nobody declared -------------------------------------------------------------------


def _undeclared(coded: Coded, known: Sets, terms: Terms) -> list[Finding]:
    """The smallest sets with a column nobody declared that leave people in small classes."""
    new = [name for name in (*known.discovered, *known.things) if name not in known.declared]
    findings: list[Finding] = []
    told: set[str] = set()
    while len(findings) < _REPORTED:
        worst = _smallest(coded, [name for name in new if name not in told], known, terms)
        if worst is None:
            break
        names, below, alone = worst
        told |= set(names)
        findings.append(_alone(coded, names, below, alone, terms))
    return findings


def _smallest(
    coded: Coded, new: Sequence[str], known: Sets, terms: Terms
) -> tuple[tuple[str, ...], int, int] | None:
    """The set with the fewest columns that singles out, of those the one for the most records."""
    rows = coded.frame.height
    pool = [*new, *known.declared][:_POOL]
    for width in range(1, _WIDEST + 1):
        found = []
        for names in itertools.combinations(pool, width):
            fresh = [name for name in names if name in new]
            if not fresh:
                continue
            things = any(name in known.things for name in fresh)
            below, alone = _below(coded, names, terms.k)
            # What the declared columns leave in small classes by themselves is told elsewhere.
            given = [name for name in names if name not in fresh]
            if given:
                below -= _below(coded, given, terms.k)[0]
            counted, most = (alone, _TOLERATED_THINGS) if things else (below, _TOLERATED)
            if counted > most * rows:
                found.append((below, alone, names))
        if found:
            below, alone, names = max(found, key=lambda one: one[:2])
            return names, below, alone
    return None


def _below(coded: Coded, names: Sequence[str], k: int) -> tuple[int, int]:
    """How many records are in classes below k, how many alone."""
    sizes = coded.sizes(names)
    return int(sizes[sizes < k].sum()), int((sizes == 1).sum())


def _alone(coded: Coded, names: tuple[str, ...], below: int, alone: int, terms: Terms) -> Finding:
    smallest = int(coded.sizes(names).min())
    least = f"{alone} 行独一无二" if alone else f"最小的一组只有 {smallest} 条"
    least_en = f"{alone} alone" if alone else f"the smallest class has {smallest}"
    return Finding(
        "UNDECLARED_QI_UNIQUE",
        names,
        below,
        below / coded.frame.height,
        f"未申报的组合「{'、'.join(names)}」可以认出个人：{below} 行所在的组不足 {terms.k} 条，"
        f"{least}。",
        f"the undeclared set {', '.join(names)} singles people out: {below} records are in classes "
        f"below {terms.k}, {least_en}.",
        "把这些列列入准标识符并泛化，或删除。",
        "Declare these columns as quasi-identifiers and generalize them, or remove them.",
        *_example(names, smallest),
    )


def _rare(coded: Coded, known: Sets, terms: Terms) -> list[Finding]:
    """Posts, trades and groups of so few that naming them names the person."""
    findings: list[Finding] = []
    # Of firms only posts are looked at: who holds one is a person all the same.
    for name in dict.fromkeys((*known.rare, *known.discovered)):
        # Of what has many values the sets above say more.
        if name in known.declared or (name not in known.rare and coded.codes(name)[1] > _FEW):
            continue
        below, alone = _below(coded, [name], terms.k)
        if 0 < below <= _TOLERATED * coded.frame.height:
            findings.append(_alone(coded, (name,), below, alone, terms))
    told = {one for finding in findings for one in finding.columns}
    return [*findings, *_one_of_a_kind(coded, known, told, terms)]


def _one_of_a_kind(coded: Coded, known: Sets, told: set[str], terms: Terms) -> Iterator[Finding]:
    """Sensitive values that one or two of many have, so that the town knows who: a rare illness.

    Where values are few altogether, those that nobody else has are as many as chance makes.
    """
    rows = coded.frame.height
    for name in known.sensitive:
        sizes = coded.sizes([name])
        if name in told or rows < _MANY_ROWS or len(sizes) > _FEW:
            continue
        alone = int((sizes == 1).sum())
        if alone and alone <= _ONES and (sizes > _OFTEN).sum() >= len(sizes) - 2 * alone:
            yield _alone(coded, (name,), alone, alone, terms)


# Rows of which one tells something; values that stand once at the most; how often others stand.
_MANY_ROWS: Final = 200
_ONES: Final = 5
_OFTEN: Final = 20


# --- what is sensitive ----------------------------------------------------------------------


def _poor(coded: Coded, measured: risk.Risk, known: Sets, terms: Terms) -> list[Finding]:
    """Classes whose sensitive values tell what each of their people has."""
    findings: list[Finding] = []
    if terms.l is not None and measured.l is not None and measured.l < terms.l:
        findings += _too_few(coded, measured, terms.l, terms.sensitive)
    if terms.t is not None and measured.t is not None and measured.t > terms.t:
        findings.append(_far_off(terms.sensitive, measured.rows, 1.0, measured.t, terms.t))
    names = known.declared or known.discovered
    if not names:
        return findings
    told = {one for finding in findings for one in finding.columns}
    for column in known.sensitive:
        if column not in told and column not in names:
            findings += _unsaid(coded, names, column)
    return findings


def _too_few(
    coded: Coded, measured: risk.Risk, wanted: int, sensitive: Sequence[str]
) -> Iterator[Finding]:
    """The columns that hold fewer values than `l` in a class, apart from those that do in all."""
    there = [name for name in sensitive if name in coded.frame.columns]
    able = risk.reachable(coded.frame, there, wanted)
    for name in there:
        if name not in able:
            yield _same_for_all(name, coded.frame, wanted)
    few = risk.measure(coded.frame, measured.quasi_identifiers, able, 1, coded).l if able else None
    if few is not None and few < wanted:
        yield _few_values(tuple(able), measured.rows, few, wanted)


def _same_for_all(name: str, frame: pl.DataFrame, wanted: int) -> Finding:
    many = frame[name].n_unique()
    return Finding(
        "L_TOO_SMALL",
        (name,),
        frame.height,
        1.0,
        f"全表的「{name}」只有 {many} 种取值，低于 {wanted}：知道谁在表里，就知道他的「{name}」，"
        "怎样分组都一样。",
        f"the whole table has {many} values of {name}, fewer than {wanted}: who is in the table "
        f"has that {name}, however classes are made.",
        "删除这一列，在资源名称或说明里写明全体都是什么；或者与取值不同的记录合在一起发布；"
        "确需逐行保留的，把 l 留空。",
        "Remove the column and say in the title or abstract what all of them are; or release them "
        "together with records that differ; leave l blank if it must stay in each row.",
        f"例：表里全是同一种「{name}」 → 名单上有谁，谁就是",
        f"for example: all of the table have one {name} → whoever is on the list has it",
    )


def _unsaid(coded: Coded, names: Sequence[str], column: str) -> Iterator[Finding]:
    """What shows without a claim: more classes of one value than chance makes, or far-off ones."""
    counts = coded.table(names, column)
    sizes = counts.sum(axis=1)
    rows = int(sizes.sum())
    overall = counts.sum(axis=0) / rows
    common = overall >= 0.5
    one = (counts == sizes[:, None]) & (sizes[:, None] > 1)
    # Of a value nearly all have, a class of it alone says nothing new.
    alike = one[:, ~common].any(axis=1)
    records = int((alike * sizes).sum())
    by_chance = np.power(overall[None, ~common], sizes[:, None])[sizes > 1]
    if records > 4 and not chance.likely(int(alike.sum()), float(by_chance.sum())):
        yield _few_values((column,), records, 1, 2, records / rows)
    # What a class of so many is away by chance alone is nothing to report.
    luck = 0.4 * np.sqrt(overall * (1 - overall)).sum() / np.sqrt(sizes)
    far = np.where(sizes >= 30, risk.distances(counts) - luck, 0.0)
    if (far > _FAR).any():
        affected = int(sizes[far > _FAR].sum())
        yield _far_off((column,), affected, affected / rows, float(far.max()), _FAR)


def _few_values(
    names: tuple[str, ...], records: int, seen: int, wanted: int, part: float = 1.0
) -> Finding:
    return Finding(
        "L_TOO_SMALL",
        names,
        records,
        part,
        f"有的组里「{'、'.join(names)}」只有 {seen} 种取值，低于 {wanted}：认出组就知道了答案。",
        f"a class holds only {seen} values of {', '.join(names)}, fewer than {wanted}: knowing the "
        "class is knowing the value.",
        "合并过细的组，或泛化敏感属性。",
        "Merge classes or generalize the sensitive column.",
        f"例：知道某人在哪一组 → 他的「{names[0] if names else ''}」只有一种可能",
        "for example: knowing a person's class → there is one value he can have",
    )


def _far_off(
    names: tuple[str, ...], records: int, part: float, seen: float, wanted: float
) -> Finding:
    return Finding(
        "T_TOO_LARGE",
        names,
        records,
        part,
        f"有的组里「{'、'.join(names)}」的分布与总体相差 {seen:.2f}，超过 {wanted:.2f}。",
        f"in a class the values of {', '.join(names)} are {seen:.2f} away from those of all, more "
        f"than {wanted:.2f}.",
        "合并过细的组，或泛化敏感属性。",
        "Merge classes or generalize the sensitive column.",
        "例：总体里一成人有的，这一组里九成人有 → 几乎等于知道",
        "for example: one in ten of all has it, nine in ten of this class → as good as known",
    )
