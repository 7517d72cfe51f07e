"""What an eleventh hand adds: groups that hold on every column, and families.

Written from the reference, the domain and the law by somebody who has read no verifier. A release
stands on a table in which whole rows are shared by at least k people, whatever is known of them; a
flaw is put in afterwards, so that it is the only one. Everything comes from a seed.
"""

import random
from collections.abc import Mapping
from typing import Any

import polars as pl

from tests.anonymization.eighth_people import (
    Beside,
    Cell,
    Cells,
    Person,
    Release,
    Spoil,
    band,
    cells_of,
    crowd,
    named,
    of,
)

Family = list[Person]
PLAIN = {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 40, 60, 99)}


def townsfolk(
    title: str,
    known: Cells,
    telling: Cells | None = None,
    added: Cells | None = None,
    *,
    count: int = 1500,
    k: int = 10,
    aged: tuple[int, int] = (18, 80),
    flaw: str = "",
    at: tuple[str, ...] = (),
    spoil: Spoil | None = None,
    beside: Beside | None = None,
    **claim: Any,
) -> Release:
    """A row for each person; k share each whole row of what is known and told of them."""
    people = crowd(count, title, *aged)
    table = pl.DataFrame(cells_of(people, {**known, **(telling or {})}, title))
    table, held = shared(table, list(people), list(known), k)
    more = cells_of(held, added or {}, title)
    table = table.with_columns(
        *[pl.Series(name, values, strict=False) for name, values in more.items()]
    )
    if spoil:
        table = spoil(table, held)
    said: dict[str, Any] = {"quasi_identifiers": list(known), "k": k, "profile": "statistical"}
    if telling:
        said |= {"sensitive": list(telling), "l": 2}
    others = beside(table, held) if beside else {}
    return Release(title, table, {**said, **claim}, codes(flaw), named(*at), others)


def shared(
    table: pl.DataFrame, held: Family, known: list[str], k: int
) -> tuple[pl.DataFrame, Family]:
    """Leave out rows that fewer than k have in common, then groups of which one thing is told."""
    told = [one for one in table.columns if one not in known]
    among = table.with_row_index("#").filter(pl.len().over(table.columns) >= k)
    varied = [pl.col(one).n_unique().over(known) >= 2 for one in told]
    among = among.filter(*varied) if varied else among
    return among.drop("#"), [held[n] for n in among["#"]]


def codes(flaw: str) -> tuple[str, ...]:
    """The right names of a flaw out of one line, joined by |."""
    return tuple(flaw.split("|")) if flaw else ()


def last_year(own: str, head: str, told: Mapping[str, tuple[str, ...]], met: int) -> Beside:
    """An earlier release, its codes under `head`: so many are those that this one has as `own`."""

    def earlier(frame: pl.DataFrame, held: Family) -> Mapping[str, Any]:
        c = random.Random(f"eleventh {own} {head}")
        marks = c.sample(frame[own].to_list(), met)
        marks += [f"{c.getrandbits(128):032x}" for _ in range(1_100 - met)]
        c.shuffle(marks)
        more = {name: [c.choice(values) for _ in marks] for name, values in told.items()}
        return {"earlier": [pl.DataFrame({head: marks, **more})]}

    return earlier


def together(
    title: str,
    families: list[Family],
    known: Cells,
    telling: Cells,
    number: tuple[str, Cell],
    flaw: str,
) -> Release:
    """A row for each member; the members of one family bear the number of it."""
    head, draw = number
    c = random.Random(f"eleventh {title}")
    marks = [draw(c, family[0]) for family in families]
    held = [one for family in families for one in family]
    table = pl.DataFrame(
        {head: [mark for mark, family in zip(marks, families, strict=True) for _ in family]}
        | cells_of(held, {**known, **telling}, title)
    ).sample(fraction=1.0, shuffle=True, seed=11)
    claim = {
        "quasi_identifiers": list(known),
        "k": 10,
        "profile": "statistical",
        "sensitive": list(telling),
        "l": 2,
    }
    return Release(title, table, claim, codes(flaw), named(head))


def compositions(release: Release) -> pl.DataFrame:
    """Of each family the kinds of its members, and how many families are composed alike."""
    (mark,) = next(iter(release.columns))
    member = pl.concat_str(release.claim["quasi_identifiers"], separator=" ")
    families = release.frame.group_by(mark).agg(member.sort().alias("members"))
    return families.with_columns(pl.len().over("members").alias("alike"))
