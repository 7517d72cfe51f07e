"""Files that people sent or that were made for them: rows here, bytes in the data folder.

The bytes are written and synced before the row that names them is committed, and destroyed after
their end is: whatever dies between leaves bytes that no row needs, never a row without its bytes.
Those go with the next wipe of an entry (`sweep`), and not by themselves: to a database that was
started over the wrong folder every file would be one.
"""

import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.db import at_the_end, new_key, now
from registry.errors import Missing
from registry.models.files import StoredFile
from registry.signing import sm3

# A request lasts seconds; bytes this old without a row belong to none that is under way.
_LITTER_AFTER = timedelta(hours=1)


def digest(content: bytes) -> str:
    """The digest of a file as it stands on papers: `sm3:` and 64 hexadecimal digits."""
    return f"sm3:{sm3(content).hex()}"


def keep(
    session: Session,
    folder: Path,
    actor: Actor,
    purpose: str,
    name: str,
    content: bytes,
    *,
    organisation_id: int | None = None,
    resource_id: int | None = None,
) -> StoredFile:
    """Keep a file under `folder`/files; the row is written with the running transaction.

    What is rolled back leaves no bytes.
    """
    row = StoredFile(
        key=new_key(),
        purpose=purpose,
        name=_clean(name) or purpose,
        size=len(content),
        digest=digest(content),
        organisation_id=organisation_id,
        person_id=actor.person_id,
        resource_id=resource_id,
    )
    path = _path(folder, row.key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    at_the_end(session, rolled_back=partial(path.unlink, missing_ok=True))
    session.add(row)
    session.flush()
    return row


def _clean(name: str) -> str:
    """The last part of a name, without what no header and no folder may hold."""
    last = Path(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[:200]


def find(session: Session, key: str) -> StoredFile:
    """The row of a file; Missing when there is none or it was deleted."""
    row = session.scalar(sa.select(StoredFile).where(StoredFile.key == key))
    if row is None or row.deleted_at is not None:
        raise Missing("no_file")
    return row


def content(folder: Path, row: StoredFile) -> bytes:
    """The bytes of a file; Missing when it was deleted or they are not what was kept."""
    if row.deleted_at is not None:
        raise Missing("no_file")
    try:
        found = _path(folder, row.key).read_bytes()
    except FileNotFoundError as fault:
        raise Missing("no_file") from fault
    if digest(found) != row.digest:
        raise Missing("no_file")
    return found


def delete(session: Session, folder: Path, row: StoredFile) -> None:
    """Destroy the bytes as soon as this is committed; the row stays as a fact."""
    row.deleted_at = now()
    session.flush()
    at_the_end(session, committed=partial(_path(folder, row.key).unlink, missing_ok=True))


def sweep(session: Session, folder: Path) -> int:
    """Remove the bytes that no row needs any more; the number of files removed.

    Those of a deleted row go at once: their process ended between its commit and their end. Those
    of no row go when no request can still be about to write it.
    """
    root = folder / "files"
    found = list(root.glob("*/*")) if root.is_dir() else []
    removed = 0
    for start in range(0, len(found), 500):
        paths = found[start : start + 500]
        rows = sa.select(StoredFile.key, StoredFile.deleted_at).where(
            StoredFile.key.in_([path.name for path in paths])
        )
        ended = {key: at is not None for key, at in session.execute(rows)}
        for path in paths:
            if ended[path.name] if path.name in ended else _is_old(path):
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _is_old(path: Path) -> bool:
    return path.stat().st_mtime < (now() - _LITTER_AFTER).timestamp()


def _path(folder: Path, key: str) -> Path:
    return folder / "files" / key[:2] / key
