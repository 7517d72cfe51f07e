"""Households that are like no other when their members are put together, though each hides well."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from anonymization.classes import Coded
from anonymization.findings import Finding, Numbers


def unlike(coded: Coded, keys: Iterable[str], told: Sequence[str]) -> list[Finding]:
    """Households (`keys` number them) whose members together have what no other's have."""
    findings = []
    for name in keys:
        members = [one for one in told if one != name]
        houses, many = coded.codes(name)
        if not members or not 1.2 * many < coded.frame.height < 12 * many:
            continue
        sizes = np.bincount(_signatures(houses, coded.key(members)[0]))
        few = np.isin(_signatures(houses, coded.key(members)[0]), np.flatnonzero(sizes == 1))
        records = int(few[houses].sum())
        if few.sum() <= 0.05 * many:
            continue
        names = (name, *members)
        findings.append(
            Finding(
                "UNDECLARED_QI_UNIQUE",
                names,
                records,
                records / coded.frame.height,
                f"按「{name}」把同户的人放在一起看，{int(few.sum())} 户的成员构成独一无二，"
                f"涉及 {records} 行。",
                f"with the members of a household put together by {name}, {int(few.sum())} "
                f"households are like no other, {records} records in them.",
                "删除户标识，或按户做 k 匿名。",
                "Remove the key of the household, or reach k over households.",
                f"例：知道一户四口人的{'、'.join(members[:2])} → 表中只有一户",
                f"for example: {', '.join(members[:2])} of a family of four → one household",
            )
        )
    return findings


def _signatures(houses: Numbers, members: Numbers) -> Numbers:
    """A number for each household that is the same for households of like members."""
    table = (
        pl.DataFrame({"h": houses, "m": members})
        .group_by("h")
        .agg(pl.col("m").sort())
        .sort("h")
        .select(pl.col("m").cast(pl.List(pl.String)).list.join(","))
    )
    return table["m"].rank("dense").cast(pl.Int64).to_numpy()
