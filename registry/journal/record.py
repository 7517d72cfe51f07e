"""Write rows of the journal and grow the tree over them, in the transaction of the act."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes, hmac
from sqlalchemy.orm import Session

from registry import db
from registry.access.actor import Actor
from registry.db import Database, now
from registry.errors import Refusal
from registry.journal import tree
from registry.models.journal import JournalRow, JournalTree

# The columns a leaf seals, in this order for ever; `mac` and `leaf` are made from them.
SEALED = (
    "seq",
    "at",
    "person",
    "account",
    "role",
    "organisation",
    "way",
    "act",
    "subject",
    "key",
    "version",
    "digest",
    "outcome",
    "facts",
)


@dataclass(frozen=True)
class Entry:
    """What happened, as far as the journal may know: keys, digests, codes, counts, dates."""

    act: str
    subject: str
    key: str
    version: int | None = None
    digest: str | None = None
    role: str = ""
    organisation: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    outcome: str = "done"
    at: datetime | None = None


def record(
    session: Session, actor: Actor, act: str, subject: str, key: str, **more: object
) -> None:
    """Write one row about `subject` `key`; `more` are the other fields of Entry."""
    record_many(session, actor, [Entry(act, subject, key, **more)])  # type: ignore[arg-type]


def refused(session: Session, actor: Actor, act: str, subject: str, key: str, why: Refusal) -> None:
    """Write that an act was refused, with the code of the reason."""
    record_many(
        session, actor, [Entry(act, subject, key, outcome="refused", facts={"code": why.code})]
    )


def record_many(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """Write one row per entry, in order, and the new frontier once."""
    if not entries:
        return
    state = session.execute(
        sa.select(JournalTree.size, JournalTree.frontier).where(JournalTree.id == 1)
    ).one_or_none()
    size, frontier = (0, tree.EMPTY) if state is None else (state.size, _hashes(state.frontier))
    secret = _secret(session)
    moment = now()
    rows = []
    for entry in entries:
        row = _row(size, entry, actor, entry.at or moment)
        sealed = encode_row(row)
        row["mac"] = seal(secret, sealed)
        leaf = tree.leaf_hash(sealed + bytes.fromhex(str(row["mac"])))
        row["leaf"] = leaf.hex()
        rows.append(row)
        frontier, size = tree.append(frontier, size, leaf)
    db.insert(session, JournalRow, rows)
    first, _ = written(session) or (size - len(rows), 0)
    session.info["journalled"] = (first, size - 1)
    values = {"size": size, "frontier": json.dumps([h.hex() for h in frontier])}
    if state is None:
        session.execute(sa.insert(JournalTree).values(id=1, **values))
    else:
        session.execute(sa.update(JournalTree).where(JournalTree.id == 1).values(**values))


def written(session: Session) -> tuple[int, int] | None:
    """The numbers of the first and the last row written with this session; None when none was."""
    rows: tuple[int, int] | None = session.info.get("journalled")
    return rows


def seal(secret: bytes, sealed: bytes) -> str:
    """The HMAC-SM3 of a row's bytes (hex): an outsider who writes a row cannot make it."""
    mac = hmac.HMAC(secret, hashes.SM3())
    mac.update(sealed)
    return mac.finalize().hex()


def keyed(session: Session, *parts: str) -> str:
    """A digest of texts by the secret of the installation (hex): nobody tries guesses without it.

    No row of the journal can have it: a row begins with a number, never with this word.
    """
    return seal(_secret(session), tree.encode(["keyed", *parts]))


def encode_row(row: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a row: every sealed column with type tag and length."""
    return tree.encode([row[name] for name in SEALED])


def head(session: Session) -> tuple[int, str]:
    """The present size of the tree and its root (hex)."""
    state = session.execute(
        sa.select(JournalTree.size, JournalTree.frontier).where(JournalTree.id == 1)
    ).one_or_none()
    if state is None:
        return 0, tree.root(tree.EMPTY, 0).hex()
    return state.size, tree.root(_hashes(state.frontier), state.size).hex()


def _row(seq: int, entry: Entry, actor: Actor, moment: datetime) -> dict[str, object]:
    holding = actor.holdings[0] if actor.holdings else None
    return {
        "seq": seq,
        "at": moment,
        "person": actor.person_key,
        "account": actor.username,
        "role": entry.role or (holding.role if holding else ""),
        "organisation": entry.organisation or (holding.organisation_code if holding else ""),
        "way": actor.way,
        "act": entry.act,
        "subject": entry.subject,
        "key": entry.key,
        "version": entry.version,
        "digest": entry.digest,
        "outcome": entry.outcome,
        "facts": json.dumps(entry.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }


def _hashes(stored: str) -> tree.Frontier:
    return tuple(bytes.fromhex(value) for value in json.loads(stored))


def _secret(session: Session) -> bytes:
    database = session.info["database"]
    assert isinstance(database, Database)
    return database.secret


def rows_by_key(session: Session, subject: str, keys: Iterable[str]) -> list[JournalRow]:
    """The rows about these things, oldest first."""
    return list(
        session.scalars(
            sa.select(JournalRow)
            .where(JournalRow.subject == subject, JournalRow.key.in_(tuple(keys)))
            .order_by(JournalRow.seq)
        )
    )
