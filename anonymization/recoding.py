"""Local recoding: generalize each class just as far as k, l and t ask, suppressing nothing.

The table is split from the top: at each step along the hierarchy whose children lose least. Values
too rare for a class of their own stay together at their parent, filled up from the largest child.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from anonymization.errors import Refused
from anonymization.findings import Numbers
from anonymization.risk import require_values
from anonymization.tables import like, require_columns, whole

# Value to its groups, from the value itself to the root: {"35": ("35", "30-39", "*")}.
Hierarchy = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Recoded:
    """The recoded table, its classes, and what it cost (NCP: 0 nothing lost, 1 all)."""

    frame: Any
    classes: int
    ncp: float


@dataclass(frozen=True)
class _Tree:
    """One hierarchy in numbers: node of each value at each level, name and penalty of each node."""

    nodes: Numbers
    penalties: Numbers
    names: tuple[str, ...]

    @property
    def depth(self) -> int:
        return int(self.nodes.shape[1])


@dataclass(frozen=True)
class _Class:
    """Records that will look alike, and the level each column stands at."""

    rows: Numbers
    levels: tuple[int, ...]


def anonymize_k(
    table: Any,
    hierarchies: Mapping[str, Hierarchy],
    k: int,
    *,
    sensitive: str | Sequence[str] | None = None,
    l: int = 1,  # noqa: E741  # the name of the model
    t: float | None = None,
    people: str | None = None,
) -> Recoded:
    """Generalize the columns that have a hierarchy until every class holds `k` records.

    Where the column `people` says whose a record is, every class holds records of `k` people.

    With `sensitive`, one column or several, every class also holds `l` of its values, and with
    `t` its values lie within that distance of those of the whole table, as `measure` takes it.
    Nothing is suppressed and no row moves; `table` is a path, or a polars, pandas or Arrow table,
    and the recoded one is of its kind. Raises Refused when the table is smaller than k, a
    hierarchy misses a value, or what is asked for cannot be.
    """
    frame = whole(table)
    _require_sense(frame, hierarchies, k, _names(sensitive), l, t, people)
    who = None if people is None else frame[people].rank("dense").fill_null(0).to_numpy()
    if k > frame.height or (who is not None and k > len(np.unique(who))):
        many = f"{frame.height} 行" if who is None else f"{len(np.unique(who))} 人"
        held = f"{frame.height} rows" if who is None else f"{len(np.unique(who))} people"
        raise Refused(
            "K_LARGER_THAN_TABLE",
            f"k 为 {k}，而数据只有 {many}，任何分组都达不到。",
            f"k is {k}, the table has {held}; no class can reach it.",
        )
    columns = list(hierarchies)
    trees = [_tree(frame[name], hierarchies[name]) for name in columns]
    codes = np.column_stack([_codes(frame[name], hierarchies[name]) for name in columns])
    secrets = [_secret(frame[name], t) for name in _names(sensitive)]
    for name, secret in zip(_names(sensitive), secrets, strict=True):
        require_values(name, secret.different, l)
    split = _Split(trees, codes, secrets, k, l, who)
    classes = list(split.classes())
    made = _written(frame, columns, split, classes)
    return Recoded(like(table, made), len(classes), split.ncp(classes))


def _require_sense(
    frame: pl.DataFrame,
    hierarchies: Mapping[str, Hierarchy],
    k: int,
    sensitive: Sequence[str],
    l: int,  # noqa: E741  # the name of the model
    t: float | None,
    people: str | None,
) -> None:
    """Refuse numbers out of range, columns that are not there, and l or t of no column."""
    require_columns(frame, (*hierarchies, *sensitive, *([] if people is None else [people])))
    wrong = [
        (not hierarchies, "没有给出层次表，无从泛化", "no hierarchy is given to generalize by"),
        (k < 1, f"k 为 {k}，应不小于 1", f"k is {k} and must be at least 1"),
        (l < 1, f"l 为 {l}，应不小于 1", f"l is {l} and must be at least 1"),
        (
            t is not None and not 0 <= t <= 1,
            f"t 为 {t}，应在 0 到 1 之间",
            f"t is {t} and must be from 0 to 1",
        ),
        (
            not sensitive and (l > 1 or t is not None),
            "给了 l 或者 t，却没有给敏感列（sensitive）",
            "l or t is given without a sensitive column",
        ),
    ]
    for holds, zh, en in wrong:
        if holds:
            raise Refused("TERMS_FAULTY", f"{zh}，请改正后再运行。", f"{en}; correct it.")


def _tree(values: pl.Series, hierarchy: Hierarchy) -> _Tree:
    paths = [tuple(reversed(hierarchy[value])) for value in sorted(hierarchy)]
    depth = max(map(len, paths))
    ids: dict[tuple[str, ...], int] = {}
    nodes = np.zeros((len(paths), depth), np.int64)
    for row, path in enumerate(paths):
        for level in range(depth):
            # A shorter path stays at its leaf.
            nodes[row, level] = ids.setdefault(path[: level + 1], len(ids))
    leaves = np.zeros(len(ids))
    for level in range(depth):
        found, counts = np.unique(nodes[:, level], return_counts=True)
        leaves[found] = counts
    penalties = np.where(leaves <= 1, 0.0, leaves / len(paths))
    return _Tree(nodes, penalties, tuple(path[-1] for path in ids))


def _codes(values: pl.Series, hierarchy: Hierarchy) -> Numbers:
    known = sorted(hierarchy)
    coded = values.cast(pl.String).replace_strict(
        known, list(range(len(known))), default=None, return_dtype=pl.Int64
    )
    if coded.null_count():
        raise Refused(
            "HIERARCHY_MISSES_VALUES",
            f"列「{values.name}」有 {coded.null_count()} 个值不在层次表里，请补全层次表。",
            f"{coded.null_count()} values of column {values.name} are not in its hierarchy; "
            "complete it.",
        )
    return coded.to_numpy()


def _names(sensitive: str | Sequence[str] | None) -> Sequence[str]:
    if sensitive is None:
        return ()
    return (sensitive,) if isinstance(sensitive, str) else sensitive


@dataclass(frozen=True)
class _Secret:
    """A sensitive column in numbers, with the spread of the whole table that t is taken from."""

    codes: Numbers
    different: int
    ordered: bool
    spread: Numbers
    t: float | None

    def is_close(self, rows: Numbers) -> bool:
        """Whether these records lie within t: the same distances as `risk.measure`."""
        if self.t is None:
            return True
        own = self.codes[rows]
        own = own[own >= 0] if self.ordered else own
        if not len(own):
            return True
        shares = np.bincount(own, minlength=len(self.spread)) / len(own)
        if not self.ordered:
            return float((shares - self.spread).clip(0).sum()) <= self.t + 1e-12
        if len(self.spread) < 2:
            return True
        apart = np.abs(np.cumsum(shares) - self.spread)[:-1].sum() / (len(self.spread) - 1)
        return float(apart) <= self.t + 1e-12


def _secret(values: pl.Series, t: float | None) -> _Secret:
    ordered = values.dtype.is_numeric()
    different = values.n_unique()
    ranks = values.rank("dense").cast(pl.Int64)
    # A blank number has no place in an order; a blank word is a word like others.
    codes = (ranks - 1).fill_null(-1).to_numpy()
    if not ordered:
        codes = ranks.fill_null(0).to_numpy()
    counted = np.bincount(codes[codes >= 0])
    spread = counted / max(counted.sum(), 1)
    return _Secret(codes, different, ordered, np.cumsum(spread) if ordered else spread, t)


@dataclass(frozen=True)
class _Split:
    trees: Sequence[_Tree]
    codes: Numbers
    secrets: Sequence[_Secret]
    k: int
    l: int  # noqa: E741
    # Whose each record is; where nobody says, each is somebody's.
    who: Numbers | None = None

    def classes(self) -> Iterator[_Class]:
        """The classes at which no further split is possible."""
        waiting = [_Class(np.arange(len(self.codes)), (0,) * len(self.trees))]
        while waiting:
            one = self._descended(waiting.pop())
            parts = self._parts(one) if self._size(one.rows) >= 2 * self.k else None
            if parts is None:
                yield one
            else:
                waiting += parts

    def _nodes(self, one: _Class, column: int, level: int) -> Numbers:
        tree = self.trees[column]
        return np.asarray(tree.nodes[self.codes[one.rows, column], level])

    def _descended(self, one: _Class) -> _Class:
        """The class at the finest levels its records already share: that costs nobody."""
        levels = list(one.levels)
        for column, tree in enumerate(self.trees):
            while levels[column] + 1 < tree.depth:
                nodes = self._nodes(one, column, levels[column] + 1)
                if not (nodes == nodes[0]).all():
                    break
                levels[column] += 1
        return _Class(one.rows, tuple(levels))

    def _parts(self, one: _Class) -> list[_Class] | None:
        """The best split of a class that keeps k, l and t in every part, or None."""
        scored = []
        for column, tree in enumerate(self.trees):
            level = one.levels[column]
            if level + 1 < tree.depth:
                nodes = self._nodes(one, column, level + 1)
                gain = self._gain(one, column, nodes)
                if gain > 0:
                    scored.append((gain, column, nodes))
        for _, column, nodes in sorted(scored, key=lambda each: (-each[0], each[1])):
            parts = self._split(one, column, nodes)
            if all(self._is_diverse(part) for part in parts):
                return parts
        return None

    def _gain(self, one: _Class, column: int, nodes: Numbers) -> float:
        """How much penalty a split takes from the records that move down; 0 if it cannot be."""
        tree = self.trees[column]
        found, _, counts = self._counted(one.rows, nodes)
        large = counts >= self.k
        missing = self._missing(int(counts[~large].sum()))
        if not large.any() or missing > (counts[large] - self.k).sum():
            return 0.0
        now = tree.penalties[self._nodes(one, column, one.levels[column])[0]]
        moved = counts[large] * (now - tree.penalties[found[large]])
        return float(moved.sum() - missing * now)

    def _missing(self, left: int) -> int:
        """How many records those left at the parent lack to be a class."""
        return self.k - left if 0 < left < self.k else 0

    def _split(self, one: _Class, column: int, nodes: Numbers) -> list[_Class]:
        _, places, counts = self._counted(one.rows, nodes)
        large = counts >= self.k
        parts = [one.rows[places == n] for n in np.flatnonzero(large)]
        left = [one.rows[~large[places]]]
        missing = self._missing(self._size(left[0]))
        parts.sort(key=self._size, reverse=True)
        for n, part in enumerate(parts):
            spare = min(missing, self._size(part) - self.k)
            if spare > 0:
                parts[n], moved = self._parted(part, spare)
                left.append(moved)
                missing -= spare
        down = list(one.levels)
        down[column] += 1
        made = [_Class(part, tuple(down)) for part in parts]
        stayed = np.concatenate(left)
        return [*made, _Class(stayed, one.levels)] if len(stayed) else made

    def _size(self, rows: Numbers) -> int:
        """How many people records are of."""
        return len(rows) if self.who is None else len(np.unique(self.who[rows]))

    def _counted(self, rows: Numbers, nodes: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """The nodes there are, which of them each record has, and how many people each has."""
        found, places, counts = np.unique(nodes, return_inverse=True, return_counts=True)
        if self.who is None:
            return found, places, counts
        _, first = np.unique(np.column_stack([places, self.who[rows]]), axis=0, return_index=True)
        return found, places, np.bincount(places[first], minlength=len(found))

    def _parted(self, rows: Numbers, people: int) -> tuple[Numbers, Numbers]:
        """Records without those of so many people, and theirs."""
        if self.who is None:
            return rows[:-people], rows[-people:]
        leaving = np.isin(self.who[rows], np.unique(self.who[rows])[-people:])
        return rows[~leaving], rows[leaving]

    def _is_diverse(self, one: _Class) -> bool:
        """Whether a class holds l values of every sensitive column, close to those of all."""
        return all(
            (self.l <= 1 or len(np.unique(secret.codes[one.rows])) >= self.l)
            and secret.is_close(one.rows)
            for secret in self.secrets
        )

    def ncp(self, classes: Sequence[_Class]) -> float:
        """The normalized certainty penalty, averaged over the cells."""
        lost = sum(
            len(one.rows) * self.trees[column].penalties[self._nodes(one, column, level)[0]]
            for one in classes
            for column, level in enumerate(one.levels)
        )
        return float(lost) / self.codes.size


def _written(
    frame: pl.DataFrame, columns: Sequence[str], split: _Split, classes: Sequence[_Class]
) -> pl.DataFrame:
    """The table with every cell at the level of its class."""
    owner = np.empty(frame.height, np.int64)
    for n, one in enumerate(classes):
        owner[one.rows] = n
    made = []
    for column, name in enumerate(columns):
        tree = split.trees[column]
        levels = np.array([one.levels[column] for one in classes])[owner]
        nodes = tree.nodes[split.codes[:, column], levels]
        made.append(pl.Series(name, tree.names).gather(nodes))
    return frame.with_columns(made)
