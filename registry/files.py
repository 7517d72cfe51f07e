"""Files that people sent or that were made for them: rows here, bytes in the data folder.

The bytes are written and synced before the row that names them is committed; bytes without a row
(a rolled back request) are litter that `sweep` removes, never the other way round.
"""

import os
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry.access import Actor
from registry.db import new_key, now
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
    """Keep a file under `folder`/files; the row is written with the running transaction."""
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
    """The bytes of a file; Missing when they are gone or are not what was kept."""
    try:
        found = _path(folder, row.key).read_bytes()
    except FileNotFoundError as fault:
        raise Missing("no_file") from fault
    if digest(found) != row.digest:
        raise Missing("no_file")
    return found


def delete(session: Session, folder: Path, row: StoredFile) -> None:
    """Destroy the bytes; the row stays as a fact."""
    _path(folder, row.key).unlink(missing_ok=True)
    row.deleted_at = now()
    session.flush()


def sweep(session: Session, folder: Path) -> int:
    """Remove bytes that no row names; the number of files removed."""
    removed = 0
    root = folder / "files"
    for path in root.glob("*/*") if root.is_dir() else ():
        old = path.stat().st_mtime < (now() - _LITTER_AFTER).timestamp()
        named = sa.select(StoredFile.id).where(
            StoredFile.key == path.name, StoredFile.deleted_at.is_(None)
        )
        if old and session.scalar(named) is None:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _path(folder: Path, key: str) -> Path:
    return folder / "files" / key[:2] / key
