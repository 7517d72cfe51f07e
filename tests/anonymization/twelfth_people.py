"""What a twelfth hand adds: counted tables, earlier releases of any number, and lists on walls.

Written from the reference, the domain and the law by somebody who has read no verifier. People
come from the eighth hand, groups that hold on every column from the eleventh; a flaw is put in
afterwards, so that it is the only one. Everything comes from a seed.
"""

import random
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import STREETS, Beside, Cell, Person, Release, Spoil, rows
from tests.anonymization.eleventh_people import Family

TOWNS = tuple(street for streets in STREETS.values() for street in streets)
ROADS = ("海北大街", "人民北路", "滨河西路", "巴音赛大街", "拉僧庙路", "建设南路", "机场路")
Row = Callable[[random.Random, int], Mapping[str, Any]]


def listed(title: str, count: int, row: Row, **claim: Any) -> Release:
    """A row for each thing, the n-th from `row`."""
    c = random.Random(f"twelfth {title}")
    return rows(title, [row(c, n) for n in range(count)], **claim)


def counted(
    title: str,
    by: Mapping[str, tuple[str, ...]],
    measures: Callable[[random.Random], Mapping[str, Any]],
    flaw: str = "",
    at: tuple[str, ...] = (),
    others: Callable[[pl.DataFrame], Mapping[str, Any]] | None = None,
    **claim: Any,
) -> Release:
    """A row for each cell of a table, with what was counted in it."""
    c = random.Random(f"twelfth {title}")
    cells = [dict(zip(by, one, strict=True)) | measures(c) for one in product(*by.values())]
    beside = others(pl.DataFrame(cells)) if others else {}
    return rows(title, cells, flaw, at, beside, **claim)


def once(draw: Callable[[random.Random], str]) -> Cell:
    """A cell that draws no value twice."""
    seen: set[str] = set()

    def cell(c: random.Random, _: Person) -> str:
        while (value := draw(c)) in seen:
            pass
        seen.add(value)
        return value

    return cell


def numbered(head: str, form: str) -> Spoil:
    """Number the rows, in no order that tells anything."""

    def spoil(frame: pl.DataFrame, held: Family) -> pl.DataFrame:
        marks = [form.format(n + 1) for n in range(frame.height)]
        random.Random(f"twelfth {head}").shuffle(marks)
        return frame.with_columns(pl.Series(head, marks))

    return spoil


def on_a_wall(head: str, **more: tuple[str, ...]) -> Beside:
    """A list that anybody may read: names, what stands under `head`, and the like."""

    def beside(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
        c = random.Random(f"twelfth wall {head}")
        wall = pl.DataFrame(
            {head: frame[head], "姓名": [p.name for p in held]}
            | {name: [c.choice(values) for _ in held] for name, values in more.items()}
        )
        return {"auxiliary": [wall.sample(800, shuffle=True, seed=12)]}

    return beside


def before(
    own: str,
    head: str,
    fresh: Callable[[random.Random], str],
    met: int,
    **more: tuple[str, ...],
) -> Beside:
    """An earlier release that has `met` of this one's values of `own` under `head`."""

    def earlier(frame: pl.DataFrame, _: Family) -> Mapping[str, Any]:
        c = random.Random(f"twelfth before {own}")
        values = c.sample(frame[own].to_list(), met) + [fresh(c) for _ in range(1_200 - met)]
        c.shuffle(values)
        told = {name: [c.choice(among) for _ in values] for name, among in more.items()}
        return {"earlier": [pl.DataFrame({head: values, **told})]}

    return earlier
