"""Signed heads of the journal: kept in the database, and in an append-only copy beside it.

Whoever cuts the last rows, or rewrites everything, contradicts a head he has no key for. The copy
is one JSON object per line; it is worth most where a second machine reads it.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import signing
from registry.db import now
from registry.journal.record import head
from registry.journal.tree import Head, instant
from registry.journal.verify import Fault, verify
from registry.models.journal import JournalRow, SignedHead

log = logging.getLogger(__name__)

WITNESS = "heads.jsonl"


def sign_head(session: Session, key: signing.Key) -> SignedHead | None:
    """Sign the present head; None when the last signed one has the same size."""
    size, root = head(session)
    last = session.scalar(sa.select(sa.func.max(SignedHead.size)))
    if size == 0 or size == last:
        return None
    at = now()
    made = signing.sign(key, Head(size, root, instant(at)).statement())
    row = SignedHead(
        size=size,
        root=root,
        at=at,
        key_id=made.key_id,
        algorithm=made.algorithm,
        signature=made.value_hex,
    )
    session.add(row)
    session.flush()
    return row


def witness(session: Session, folder: Path) -> int:
    """Write the heads the copy does not hold yet; how many. Runs after their commit."""
    known = {fact.get("size") for fact in witnessed(folder)}
    fresh = [
        row
        for row in session.scalars(sa.select(SignedHead).order_by(SignedHead.id))
        if row.size not in known
    ]
    if not fresh:
        return 0
    handle = os.open(folder / WITNESS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        for row in fresh:
            file.write(json.dumps(_fact(row), sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)


def signed(session: Session) -> list[dict[str, object]]:
    """Every signed head as it stands in files, oldest first."""
    return [_fact(row) for row in session.scalars(sa.select(SignedHead).order_by(SignedHead.id))]


def _fact(row: SignedHead) -> dict[str, object]:
    return {
        "size": row.size,
        "root": row.root,
        "at": instant(row.at),
        "key_id": row.key_id,
        "algorithm": row.algorithm,
        "signature": row.signature,
    }


def witnessed(folder: Path) -> list[dict[str, object]]:
    """The heads in the copy; a last line cut short by a crash is left out."""
    try:
        lines = (folder / WITNESS).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            fact = json.loads(line)
        except ValueError:
            log.warning("the copy of the heads has a line that cannot be read")
            continue
        if isinstance(fact, dict):
            found.append(fact)
    return found


def prove(
    session: Session, publics: Iterable[signing.PublicKey], folder: Path | None = None
) -> list[Fault]:
    """All faults of journal, signed heads and witnessed copy; an empty list is the proof."""
    trusted = tuple(publics)
    facts = signed(session)
    copies = witnessed(folder) if folder is not None else []
    good = [fact for fact in copies if _is_signed(fact, trusted)]
    faults = verify(session, [(int(str(f["size"])), str(f["root"])) for f in good])
    faults.extend(_faults(facts, trusted, "signature_wrong"))
    faults.extend(_faults(copies, trusted, "witness_wrong"))
    if folder is not None and copies:
        kept = {fact.get("size") for fact in copies}
        # A head the copy never saw was slipped in, unless it is newer than the copy's last.
        newest = max((int(str(f["size"])) for f in good), default=0)
        faults.extend(
            Fault(int(str(f["size"])), "head_unwitnessed")
            for f in facts
            if f["size"] not in kept and int(str(f["size"])) < newest
        )
    return faults


def _faults(
    facts: Iterable[dict[str, object]], trusted: tuple[signing.PublicKey, ...], code: str
) -> Iterator[Fault]:
    for fact in facts:
        if not _is_signed(fact, trusted):
            size = fact.get("size")
            yield Fault(size if isinstance(size, int) else -1, code)


def _is_signed(fact: dict[str, object], trusted: tuple[signing.PublicKey, ...]) -> bool:
    size, root, at = fact.get("size"), fact.get("root"), fact.get("at")
    made = signing.signature(
        {
            "algorithm": fact.get("algorithm"),
            "key_id": fact.get("key_id"),
            "value": fact.get("signature"),
        }
    )
    if made is None or not isinstance(size, int) or size < 1:
        return False
    public = signing.find(trusted, made.key_id)
    statement = Head(size, str(root), str(at)).statement()
    return public is not None and signing.verify(public, made, statement)


def last_signed(session: Session) -> SignedHead | None:
    """The newest signed head."""
    return session.scalars(sa.select(SignedHead).order_by(SignedHead.size.desc())).first()


def leaves(session: Session, size: int) -> list[bytes]:
    """The leaf hashes of the first `size` rows, for proofs of inclusion and consistency."""
    found = session.scalars(
        sa.select(JournalRow.leaf).where(JournalRow.seq < size).order_by(JournalRow.seq)
    )
    return [bytes.fromhex(leaf) for leaf in found]


def due(session: Session, every_s: int, moment: datetime | None = None) -> bool:
    """Whether rows were written since the last signed head and it is old enough."""
    last = last_signed(session)
    size, _ = head(session)
    if size == 0 or (last is not None and last.size == size):
        return False
    return last is None or ((moment or now()) - last.at).total_seconds() >= every_s
