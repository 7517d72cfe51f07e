"""After a wipe: free pages, log, files without a row and older folders of the index hold nothing.

This cannot be part of the transaction that wipes: a database is not packed while it is written.
The wipe leaves a job; whoever works takes it up, and again, until everything is done.
"""

import json
import logging
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from registry import db, files
from registry.catalogue import spill
from registry.catalogue.wiped import Wiped, of_fact
from registry.db import Base, Database, now
from registry.discovery import written
from registry.discovery.indexing import rebuild
from registry.models.jobs import Job
from search import Index

log = logging.getLogger(__name__)

WIPED = "wiped.jsonl"
# A reader who holds old pages is gone after a request; until then nothing is tried in a hurry.
AGAIN_AFTER = timedelta(seconds=20)


def cleanse(database: Database, index: Index, folder: Path) -> int:
    """Do what open wipes have left; the number of jobs that ended.

    Raises search.Unavailable when the engine does not answer: the jobs stay for the next try.
    """
    with db.transaction(database, writes=False) as session:
        jobs = session.scalars(
            sa.select(Job.id).where(
                Job.kind == spill.CLEANSE, Job.ended_at.is_(None), Job.run_after <= now()
            )
        ).all()
        wiped = spill.wipes(session) if jobs else []
        if jobs:
            # Whoever died between the commit of a wipe and the end of its files left them here.
            files.sweep(session, folder)
    if not jobs:
        return 0
    _list(folder, wiped)
    written.forget()
    if not pack(database):
        with db.transaction(database, writes=True) as session:
            later = {"run_after": now() + AGAIN_AFTER, "tries": Job.tries + 1}
            session.execute(sa.update(Job).where(Job.id.in_(jobs)).values(later))
        return 0
    # The index before is gone when this returns: a deleted document stays in it until then.
    rebuild(database, index)
    with db.transaction(database, writes=True) as session:
        session.execute(sa.update(Job).where(Job.id.in_(jobs)).values(ended_at=now()))
    return len(jobs)


def listed(folder: Path) -> dict[str, Wiped]:
    """The list of wipes in this folder, by key; a line cut short by a crash is left out."""
    try:
        lines = (folder / WIPED).read_text("ascii").splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, Wiped] = {}
    for line in lines:
        try:
            one = of_fact(json.loads(line))
        except (ValueError, KeyError, TypeError):
            log.warning("the list of wipes has a line that cannot be read")
        else:
            found[one.key] = _joined(found.get(one.key), one)
    return found


def _joined(known: Wiped | None, one: Wiped) -> Wiped:
    """Two lines about one entry as one: neither loses a mark; what was kept is said by the last."""
    if known is None:
        return one
    marks = tuple(sorted({*known.marks, *one.marks}))
    return Wiped(one.key, min(known.at, one.at), marks, one.kept)


def _list(folder: Path, wiped: list[Wiped]) -> None:
    """Put wiped entries on the list outside the database, which a restore replays."""
    known = listed(folder)
    with (folder / WIPED).open("a", encoding="ascii") as file:
        for one in wiped:
            there = known.get(one.key)
            if there is None or not set(one.marks) <= set(there.marks):
                known[one.key] = _joined(there, one)
                fact = {"key": one.key, "at": one.at.isoformat()}
                file.write(json.dumps({**fact, "marks": one.marks, "kept": one.kept}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def pack(database: Database) -> bool:
    """Write the database anew without its free pages; False while readers hold the old ones."""
    if not database.is_sqlite:
        with database.writing.connect() as connection:
            own = connection.execution_options(isolation_level="AUTOCOMMIT")
            # Tables keep the bytes of dead rows until they are written anew.
            for table in Base.metadata.sorted_tables:
                own.exec_driver_sql(f'VACUUM FULL "{table.name}"')
        return True
    raw = database.writing.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA query_only = OFF")
        raw.info["writes"] = True
        cursor.execute("VACUUM")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
        return not busy
    except sqlite3.OperationalError:
        log.info("the database is in use, it is packed later")
        return False
    finally:
        raw.close()
