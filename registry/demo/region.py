"""The list the region handed down to the demo city, in two editions: claims in every state."""

from typing import Any

import sqlalchemy as sa

from connectors import excel
from connectors.fetching import Fetcher
from registry import db, harvest
from registry.access import SYSTEM
from registry.db import Database
from registry.demo.city import data, person
from registry.models.harvest import Claim

SOURCE = "自治区目录"
_FRONT = "150000307099"


def hand_down(database: Database) -> int:
    """Enter the region's list and read both editions; the number of claims. Made-up all of it.

    A run opens its own transactions, so the city is built and committed before.
    """
    given: dict[str, Any] = data("region")
    with db.transaction(database, writes=True) as session:
        harvest.add_source(session, SYSTEM, SOURCE, "sheet")
    _read(database, given, 1)
    with db.transaction(database, writes=True) as session:
        code = _code(given["declined"]["number"])
        claim = session.scalars(sa.select(Claim).where(Claim.code == code)).one()
        clerk, reason = person(session, "registrar"), given["declined"]["reason"]
        harvest.decline(session, clerk, claim, reason, seen=claim.row_version)
    _read(database, given, 2)
    with db.transaction(database, writes=False) as session:
        return session.scalar(sa.select(sa.func.count(Claim.id))) or 0


def _read(database: Database, given: dict[str, Any], edition: int) -> None:
    content = excel.write(_rows(given, edition), "自治区目录")
    # A sheet is handed over: nothing is fetched.
    harvest.run(database, SYSTEM, SOURCE, lambda _: Fetcher(), content)


def _rows(given: dict[str, Any], edition: int) -> list[excel.Exported]:
    documents = {one["code"]: one["document"] for one in data("resources")["entries"]}
    return [
        excel.Exported(
            {
                **documents[one["like"]],
                "name": one["name"],
                **({"abstract": one["second"]} if edition == 2 and "second" in one else {}),
            },
            code=_code(one["number"]),
            department="" if _is_code(one["unit"]) else one["unit"],
            department_code=one["unit"] if _is_code(one["unit"]) else "",
            published_on="2026-01-05",
        )
        for one in given["entries"]
        if one.get("edition", edition) == edition
    ]


def _code(number: int) -> str:
    return f"{_FRONT}/{number:06d}"


def _is_code(unit: str) -> bool:
    return unit.isascii()
