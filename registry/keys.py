"""Replacing the signing key: on record, provable by the old key, and safe against an interruption.

The secret of the installation is not replaced. It seals every row of the journal (HMAC), and the
rows stay for ever: with another secret no older row could be proven, and keeping the old secrets
beside the new one would protect nothing, since whoever reads one reads all. It never leaves this
installation and signs nothing for others. Where somebody knows it who must not, the seals prove
nothing against him any more; the signed heads, which rest on the signing key alone, go on proving
every row before and after.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import db, journal, signing
from registry.access import SYSTEM
from registry.config import Settings
from registry.db import Database
from registry.journal import heads
from registry.models.journal import JournalRow

ACT = "rotate_key"


def rotate(settings: Settings, database: Database) -> tuple[signing.Key, signing.Key]:
    """Make a new signing key the present one: the key before, the key now.

    The next key lies beside the present one before anything else happens; then the journal names
    it, under a head that the old key signs: that is the proof of the succession; then one rename
    makes it the present one. Interrupted before the journal, nothing has happened; after it, the
    next call finishes what is on record. Raises signing.KeyUnusable and OSError.
    """
    with _alone(settings):
        old, new = signing.prepare(settings.signing_key_file)
        _put_on_record(database, old, new)
        with db.transaction(database, writes=False) as session:
            heads.witness(session, settings.data_dir)
        return old, signing.take_over(settings.signing_key_file)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let one rotation end before the next begins: two at once would lose a public key."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.data_dir / "keys.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _put_on_record(database: Database, old: signing.Key, new: signing.Key) -> None:
    with db.transaction(database, writes=True) as session:
        if not _is_on_record(session, new):
            facts = {
                "algorithm": new.public.algorithm,
                "before": old.public.key_id,
                "fingerprint": new.public.fingerprint,
            }
            journal.record(session, SYSTEM, ACT, "key", new.public.key_id, facts=facts)
            heads.sign_head(session, old)


def _is_on_record(session: Session, key: signing.Key) -> bool:
    return (
        session.scalar(
            sa.select(sa.exists().where(JournalRow.act == ACT, JournalRow.key == key.public.key_id))
        )
        is True
    )
