"""Tables of counts: cells of a few people, and cells left out that the totals give back.

Such a table has a row for each combination of categories, and says how many there are of each. It
is judged by its cells; that each combination stands once is no class of one person.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from anonymization import headers, totals
from anonymization.detection import Column, detect
from anonymization.disguises import unmasked
from anonymization.findings import Finding, Terms, as_texts, matching, share, token

MOST_ROWS: Final = 5000
# No table of totals is wider, and to look at ten thousand columns twice costs more than it tells.
_MOST_COLUMNS: Final = 200
# Rows of a table that lists each of its categories once.
_FEW_ROWS: Final = 200
_COUNTS: Final = (
    "(?:人数|户数|件数|例数|宗数|人次|户次|数量|病例|计数|记录数|频数|count|cnt|num|^n"
    "|在校生|毕业生|新生|儿童|教师|教职工|老年人)$"
)
_TOTAL: Final = "^(?:合计|总计|小计|总数|共计|全部|全市|全区|total|all|sum)$"
_TOTALS: Final = "合计|总计|小计|总数|共计|total|^计$"
# What stands where a cell is left out.
_LEFT_OUT: Final = (
    r"^(?:[*＊×xX]{1,5}|[-—–]{1,3}|…+|[<＜≤]\s*[0-9]{1,2}|少于[0-9]{1,2}|不足[0-9]{1,2}|N/?A)$"
)
_YEAR: Final = "^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])?$"
_NUMBER: Final = "^[0-9]{1,3}(?:,[0-9]{3})+$|^[0-9]+(?:\\.0+)?$"


@dataclass(frozen=True)
class Counts:
    """A table of counts: its categories, the columns that count, and what they say (null: left
    out); `totals` of them are sums of the others.
    """

    table: pl.DataFrame
    groups: tuple[str, ...]
    counts: tuple[str, ...]
    totals: tuple[str, ...]

    def facts(self) -> dict[str, object]:
        """What an outsider sees of the table: its cells, and the fewest people one of them shows.

        `smallest` is None where every cell is of nobody or left out.
        """
        cells = self.table.select(self.counts)
        shown = [cell for column in cells for cell in column.drop_nulls().to_list()]
        people = [int(cell) for cell in shown if cell > 0]
        return {
            "groups": list(self.groups),
            "counts": list(self.counts),
            "cells": len(shown),
            "left_out": cells.height * cells.width - len(shown),
            "nobody": len(shown) - len(people),
            "smallest": min(people, default=None),
        }


def of(frame: pl.DataFrame) -> Counts | None:
    """The table as one of counts, if the attacks would judge it as one."""
    if not 2 <= frame.height <= MOST_ROWS or frame.width > _MOST_COLUMNS:
        return None
    texts = as_texts(frame)
    codes = [name for name in texts.columns if token(texts[name])]
    return read(texts, {column.name: column for column in detect(frame)}, codes)


def read(texts: pl.DataFrame, columns: Mapping[str, Column], codes: Sequence[str]) -> Counts | None:
    """The table as one of counts of people, if it is one."""
    if not 2 <= texts.height <= MOST_ROWS or texts.width > _MOST_COLUMNS or codes:
        return None
    counting, groups = [], []
    for name in texts.columns:
        values = unmasked(texts[name].drop_nulls())
        shown = values.filter(~values.str.contains(_LEFT_OUT))
        counted = matching(shown, _NUMBER) == 1 and columns[name].kind is None
        if len(shown) and counted and not _years(name, shown):
            counting.append(name)
        else:
            groups.append(name)
    people = [name for name in groups if _of_people(name, columns[name])]
    wide = len(counting) > 1 and (
        any(_is_total(name) for name in counting)
        or any(texts[name].str.contains(_TOTAL).any() for name in people)
    )
    counts = tuple(
        name
        for name in counting
        if (wide or re.search(_COUNTS, name.lower())) and not _known(name, columns[name])
    )
    groups += [name for name in counting if name not in counts and _known(name, columns[name])]
    if not people or not counts or len(groups) > 6 or _firms(groups, columns):
        return None
    # One row for each combination: of records some are alike.
    if texts.select(groups).is_duplicated().any():
        return None
    # Records have numbers and many values; what is counted has a few categories crossed.
    if any(_numbered(texts[name]) for name in groups):
        return None
    read_ = texts.select(
        *groups,
        *(
            pl.col(name).str.replace_all("[,，]", "").cast(pl.Float64, strict=False)
            for name in counts
        ),
    )
    totals = tuple(name for name in counts if _is_total(name) and len(counts) > 1)
    return Counts(read_, tuple(groups), counts, totals)


def _years(name: str, values: pl.Series) -> bool:
    """Whether these numbers are years or months of years, by which a table is told apart."""
    return totals.is_period(name) and matching(values, _YEAR) == 1


def _numbered(values: pl.Series) -> bool:
    return matching(values, "[0-9]{5,}") > 0.5 or (
        len(values) > _FEW_ROWS and values.n_unique() > 0.6 * len(values)
    )


def _of_people(name: str, column: Column) -> bool:
    role = headers.items().get(column.item or "", {}).get("role")
    return column.quasi or role in {"quasi", "sensitive"} or _known(name, column)


def _known(name: str, column: Column) -> bool:
    """Whether a column of numbers is what somebody is rather than how many there are."""
    return headers.ends_with(name, headers.tables()["knowable"]["people"]) or column.item == "年龄"


def _is_total(name: str) -> bool:
    return re.search(_TOTALS, name.lower()) is not None


def _firms(groups: Sequence[str], columns: Mapping[str, Column]) -> bool:
    return any(columns[name].kind for name in groups) or any(
        re.search("企业|公司|单位名称|项目|商户|店名|学校名称|机构名称", name) for name in groups
    )


def small(counts: Counts, terms: Terms) -> list[Finding]:
    """Cells of fewer people than k, shown or worked out from the totals, a finding for a column."""
    findings = []
    inner = counts.table.filter(
        ~pl.any_horizontal(pl.col(name).str.contains(_TOTAL) for name in counts.groups)
    )
    for name in counts.counts:
        if name in counts.totals:
            continue
        few = int(inner[name].is_between(1, terms.k - 1).sum())
        if few:
            findings.append(_few((*counts.groups, name), few, counts.table, terms))
            continue
        grown = [one for one in _grown(counts, inner, name) if 0 < one < terms.k]
        if grown:
            findings.append(_steps((*counts.groups, name), len(grown), counts.table, terms))
            continue
        if (beside := _rest(counts, inner, name, terms)) is not None:
            findings.append(_left((*counts.groups, *beside[0]), beside[1], counts.table, terms))
            continue
        undone = [one for one in _worked_out(counts, name) if 0 < one < terms.k]
        if undone:
            used = (*counts.groups, name, *counts.totals)
            findings.append(_given_back(used, len(undone), counts.table, terms))
    return findings or [*_few_together(counts, terms)]


def _rest(
    counts: Counts, inner: pl.DataFrame, name: str, terms: Terms
) -> tuple[tuple[str, str], int] | None:
    """The column of which this one counts a part, and how many cells leave fewer people than k.

    That one of two columns is never the smaller, and by a few where both count many, is no chance.
    """
    for whole in counts.counts:
        if whole == name or whole in counts.totals:
            continue
        cells = inner.select(name, whole).drop_nulls()
        left = cells[whole] - cells[name]
        if not len(left) or float(left.min() or 0) < 0:  # type: ignore[arg-type]
            continue
        few = int(left.is_between(1, terms.k - 1).sum())
        near = int((left < terms.k).sum())
        spread = cells[whole].n_unique()
        if few and near > _NEAR * len(left) and spread >= _DIFFERENT and len(left) >= _DIFFERENT:
            return (whole, name), few
    return None


# Columns of which most cells are so near and that take so many values belong together.
_NEAR: Final = 0.5
_DIFFERENT: Final = 10


def _left(names: tuple[str, ...], cells: int, table: pl.DataFrame, terms: Terms) -> Finding:
    whole, part = names[-2:]
    return Finding(
        "K_TOO_SMALL",
        names,
        cells,
        share(cells, table),
        f"列「{whole}」减去「{part}」就是其余的人，{cells} 格不足 {terms.k} 人，知情人看得出是谁。",
        f"column {whole} less {part} leaves the others: fewer than {terms.k} in {cells} cells, and "
        "whoever knows them sees who they are.",
        f"其余不足 {terms.k} 人的格子，两列只给一列，或者并入相邻类别。",
        f"Where fewer than {terms.k} are left, give one of the two columns, or merge categories.",
        "例：检测 60 人、阴性 59 人 → 正好 1 人不是阴性",
        "for example: 60 tested, 59 of them negative → exactly one is not",
    )


_SUMS_SO_FAR: Final = "累计|累积|历年|截至|截止|cumulative|cum_"


def _grown(counts: Counts, inner: pl.DataFrame, name: str) -> list[float]:
    """By how many a sum grew from one period to the next, where a column holds sums so far."""
    if not re.search(_SUMS_SO_FAR, name.lower()):
        return []
    for period in (one for one in counts.groups if inner[one].str.contains("[0-9]").all()):
        others = [one for one in counts.groups if one != period]
        # 第9周 stands before 第10周: numbers are compared as numbers.
        numbers = pl.col(period).str.extract_all("[0-9]+").list.eval(
            pl.element().str.zfill(8)
        ).list.join(" ")  # fmt: skip
        ordered = inner.with_columns(numbers.alias("#when")).sort("#when", maintain_order=True)
        step = pl.col(name).diff()
        grown = ordered.select((step.over(others) if others else step).alias("by"))["by"]
        steps = grown.drop_nulls()
        if len(steps) and (steps >= 0).mean() > _GROWS:  # type: ignore[operator]
            return list(steps)
    return []


def _steps(names: tuple[str, ...], cells: int, table: pl.DataFrame, terms: Terms) -> Finding:
    return Finding(
        "K_TOO_SMALL",
        names,
        cells,
        share(cells, table),
        f"列「{names[-1]}」是累计数，相邻两期相减就是新增：{cells} 期新增不足 {terms.k} 人。",
        f"column {names[-1]} holds sums so far; the difference of two periods is who was added: "
        f"fewer than {terms.k} in {cells} of them.",
        "拉长期限，使每期新增不少于阈值，或者累计数取整到十。",
        "Give longer periods, so that each adds enough, or round the sums to tens.",
        "例：第 8 周累计 41、第 9 周累计 42 → 这一周新增 1 人",
        "for example: 41 by the eighth week, 42 by the ninth → one person that week",
    )


def since(counts: Counts, earlier: Sequence[pl.DataFrame], terms: Terms) -> Iterator[Finding]:
    """Cells that are a few people more than in an earlier release of the same table.

    Of two tables of different people many a cell is less than before; where next to none is, the
    later one holds the earlier, and the difference is who came since.
    """
    for table in earlier:
        before = of(table)
        if before is None or set(before.groups) != set(counts.groups):
            continue
        for name in counts.counts:
            if name not in before.counts:
                continue
            told = before.table.select(*counts.groups, pl.col(name).alias("#before"))
            both = counts.table.join(told, on=counts.groups, nulls_equal=True)
            steps = (both[name] - both["#before"]).drop_nulls()
            few = int(steps.is_between(1, terms.k - 1).sum())
            if few and len(steps) >= _CELLS and (steps >= 0).mean() > _GROWS:  # type: ignore[operator]
                yield _added((*counts.groups, name), few, counts.table, terms)


# So many cells, of which so large a part is no less than before, are no two tables of other people.
_CELLS: Final = 10
_GROWS: Final = 0.95


def _added(names: tuple[str, ...], cells: int, table: pl.DataFrame, terms: Terms) -> Finding:
    return Finding(
        "K_TOO_SMALL",
        names,
        cells,
        share(cells, table),
        f"列「{names[-1]}」减去以前发布的同一张表就是新增：{cells} 格新增不足 {terms.k} 人，"
        "知情人看得出是谁。",
        f"column {names[-1]} less the same table as released earlier is who was added: fewer than "
        f"{terms.k} in {cells} cells, and whoever knows them sees who they are.",
        "隔更久再发布，使每格新增为零或者不少于阈值；或者每次取整到十。",
        "Wait until each cell grew by nobody or by enough, or round the cells to tens each time.",
        "例：上月某街道登记 41 人、本月 42 人 → 这个月登记的正好 1 人",
        "for example: 41 registered in a street last month, 42 now → exactly one since then",
    )


def _worked_out(counts: Counts, name: str) -> Iterator[float]:
    """The cells of a column that were left out and that totals beside or below give back."""
    table = counts.table
    for lines, total in _above_totals(counts, name):
        # What no line tells is a cell left out as well.
        if lines.null_count() <= 1:
            yield total - float(lines.sum())
    for total_name in counts.totals:
        beside = [one for one in counts.counts if one not in counts.totals]
        for some in _summed(table, beside, total_name):
            if name not in some:
                continue
            rest = [one for one in some if one != name]
            gone = table.filter(pl.col(name).is_null(), pl.col(total_name).is_not_null())
            gone = gone.filter(pl.all_horizontal(pl.col(one).is_not_null() for one in rest))
            yield from (gone[total_name] - gone.select(pl.sum_horizontal(rest)).to_series())


def _above_totals(counts: Counts, name: str) -> Iterator[tuple[pl.Series, float]]:
    """The cells above each total of a column, and the total."""
    for group in counts.groups:
        others = [one for one in counts.groups if one != group]
        for part in counts.table.partition_by(others) if others else [counts.table]:
            last = part[group].str.contains(_TOTAL).fill_null(False)
            lines, total = part.filter(~last)[name], part.filter(last)[name].drop_nulls()
            if len(lines) > 1 and len(total) == 1:
                yield lines, float(total[0])


def _few_together(counts: Counts, terms: Terms) -> Iterator[Finding]:
    """Rows, or columns, whose total leaves fewer people than k for all cells left out together.

    Where as many are left as there are such cells, each is of one: a star is said to be no nought.
    """
    beside = [one for one in counts.counts if one not in counts.totals]
    for total in counts.totals:
        if tuple(beside) not in _summed(counts.table, beside, total):
            continue
        hidden = pl.sum_horizontal(pl.col(one).is_null() for one in beside)
        left = pl.col(total) - pl.sum_horizontal(beside)
        few = counts.table.filter(hidden > 1, left.is_between(1, terms.k - 1))
        if few.height:
            cells = tuple(one for one in beside if few[one].null_count())
            yield _left_together((*counts.groups, *cells, total), few.height, counts.table, terms)
    for name in beside:
        left_ = [one for one in _left_below(counts, name) if 0 < one < terms.k]
        if left_:
            yield _left_together((*counts.groups, name), len(left_), counts.table, terms)


def _left_below(counts: Counts, name: str) -> Iterator[float]:
    """What the total below a column leaves for the cells above that were left out, if several."""
    for lines, total in _above_totals(counts, name):
        if lines.null_count() > 1:
            yield total - float(lines.sum())


def _left_together(
    names: tuple[str, ...], times: int, table: pl.DataFrame, terms: Terms
) -> Finding:
    return Finding(
        "K_TOO_SMALL",
        names,
        times,
        share(times, table),
        f"统计表列「{names[-1]}」的合计减去其余各格，同时隐去的几格合起来不足 {terms.k} 人，"
        f"有 {times} 处；余数与格数相同的，每格就是 1 人。",
        f"what the totals of column {names[-1]} leave for all cells left out together is fewer "
        f"than {terms.k} people, {times} times; where as many are left as there are cells, each is "
        "of one.",
        f"再隐去一格较大的，使合计减下来不少于 {terms.k} 人；或者不给合计，合计取整到十。",
        f"Leave out a larger cell as well, so that the total leaves {terms.k} or more; or give no "
        "totals, or round them to tens.",
        "例：合计 341，两格隐去，其余 89 + 250 → 隐去的两格各 1 人",
        "for example: a total of 341, two cells left out, the others 89 + 250 → one each",
    )


def _summed(table: pl.DataFrame, names: Sequence[str], total: str) -> Iterator[tuple[str, ...]]:
    """Sets of columns whose sum a total is, as the rows that are whole show."""
    for width in range(len(names), 1, -1):
        for some in itertools.combinations(names, width):
            whole = table.select(*some, total).drop_nulls()
            if not whole.height:
                if width == len(names) and _fills(table, some, total):
                    yield some
                    return
                continue
            sums = whole.select(pl.sum_horizontal(some)).to_series()
            if (sums == whole[total]).mean() > 0.8:  # type: ignore[operator]
                yield some
                return
        if width < len(names) - 2:
            return


def _fills(table: pl.DataFrame, names: Sequence[str], total: str) -> bool:
    """Whether a total leaves for the one hidden cell of each row less than any cell that shows.

    Where every row has a hidden cell no row adds up; but what is hidden is what is small, and a
    total of something else would leave anything.
    """
    hidden = pl.sum_horizontal(pl.col(one).is_null() for one in names)
    rows = table.filter(hidden == 1, pl.col(total).is_not_null())
    if rows.height < _ROWS_THAT_ADD_UP:
        return False
    left = rows.select(pl.col(total) - pl.sum_horizontal(names)).to_series()
    least = min(float(table[one].min() or 0.0) for one in names)  # type: ignore[arg-type]
    return bool((left >= 0).all()) and bool((left <= least).all())


# By chance the totals of so many rows leave no small rest each.
_ROWS_THAT_ADD_UP: Final = 5


def _few(names: tuple[str, ...], cells: int, table: pl.DataFrame, terms: Terms) -> Finding:
    return Finding(
        "K_TOO_SMALL",
        names,
        cells,
        share(cells, table),
        f"统计表的列「{names[-1]}」有 {cells} 个格子不足 {terms.k} 人，知情人看得出是谁。",
        f"{cells} cells of the column {names[-1]} count fewer than {terms.k} people; whoever knows "
        "them sees who they are.",
        f"不足 {terms.k} 人的格子隐去或并入相邻类别，并再隐去一格，使合计推不回来。",
        f"Leave out cells below {terms.k} or merge them, and one more so that no total gives them "
        "back.",
        "例：某街道、80 岁以上、某病种：1 人 → 邻居知道是哪一位",
        "for example: one street, over 80, one disease: 1 person → the neighbours know who",
    )


def _given_back(names: tuple[str, ...], cells: int, table: pl.DataFrame, terms: Terms) -> Finding:
    return Finding(
        "K_TOO_SMALL",
        names,
        cells,
        share(cells, table),
        f"统计表隐去的 {cells} 个格子用合计减去其余各格就能算回，都不足 {terms.k} 人。",
        f"{cells} cells that were left out follow from the totals less the other cells; all are "
        f"below {terms.k}.",
        "同一行、同一列再隐去一格，或不给合计。",
        "Leave out one more cell of the row and of the column, or give no totals.",
        "例：合计 20，其余各格 12 + 5 → 隐去的一格是 3",
        "for example: total 20, the others 12 + 5 → the cell left out is 3",
    )
