"""What PostgreSQL and Elasticsearch spend of the processor for us, as they and the system say."""

import os
from pathlib import Path

import sqlalchemy as sa
from elasticsearch import Elasticsearch

from registry import db
from registry.config import Settings
from registry.db import Database

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


class Servers:
    """CPU milliseconds of the servers beside us; nothing where we use none.

    Of PostgreSQL the processes that live count, and those that do while we look: it has to run on
    this machine, with nobody else on it. Elasticsearch tells its own, the upkeep in it.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._engine = None
        if settings.search_url.startswith("http"):
            self._engine = Elasticsearch(settings.search_url.rpartition("/")[0])
        self._postgresql = database.reading.dialect.name == "postgresql"

    def spent(self) -> dict[str, float]:
        """So much each has spent since it began."""
        found = {}
        if self._postgresql:
            with db.transaction(self._database, writes=False) as session:
                pids = session.scalars(sa.text("SELECT pid FROM pg_stat_activity")).all()
            found["PostgreSQL"] = sum(map(_milliseconds, pids))
        if self._engine is not None:
            nodes = self._engine.nodes.stats(metric="process")["nodes"].values()
            found["Elasticsearch"] = sum(n["process"]["cpu"]["total_in_millis"] for n in nodes)
        return found


def _milliseconds(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS
