"""What a person holds between two pages: enciphered, for an hour, under a key only he has.

A sheet on its way may hold anything, also what should never have been typed. So the bytes on
the disk are cipher text, and the key stands on the page alone: neither a copy of the folder nor
of the database tells what was in it. A wipe removes all of them, a backup takes none.
"""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registry.errors import Missing

SECONDS = 3_600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def hold(folder: Path, person_id: int, content: bytes, purpose: str) -> str:
    """Keep `content` for an hour; the token that opens it, for this person and purpose alone."""
    sweep(folder)
    token = secrets.token_urlsafe(32)
    path = _path(folder, token)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    nonce = secrets.token_bytes(12)
    sealed = nonce + AESGCM(_key(token)).encrypt(nonce, content, _bound(person_id, purpose))
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(sealed)
    return token


def content(folder: Path, person_id: int, token: str, purpose: str) -> bytes:
    """What is held under a token; Missing when it is gone, too old, another person's or for another
    purpose: what one form got must not be read as what another one keeps.
    """
    if not _TOKEN.fullmatch(token):
        raise Missing("not_held")
    path = _path(folder, token)
    try:
        if time.time() - path.stat().st_mtime > SECONDS:
            raise Missing("not_held")
        sealed = path.read_bytes()
        return AESGCM(_key(token)).decrypt(sealed[:12], sealed[12:], _bound(person_id, purpose))
    except (FileNotFoundError, InvalidTag) as fault:
        raise Missing("not_held") from fault


@contextmanager
def used_up(folder: Path, token: str) -> Iterator[None]:
    """Use what is held under a token once: gone afterwards, there again when it did not work.

    Raises Missing when somebody else uses it at this moment.
    """
    path = _path(folder, token)
    taken = path.with_suffix(".taken")
    try:
        path.rename(taken)
    except FileNotFoundError as fault:
        raise Missing("not_held") from fault
    try:
        yield
    except BaseException:
        taken.rename(path)
        raise
    taken.unlink(missing_ok=True)


def sweep(folder: Path) -> int:
    """Remove what is older than an hour; the number of files removed."""
    return _remove(folder, time.time() - SECONDS)


def clear(folder: Path) -> int:
    """Remove everything that is held; the number of files removed."""
    return _remove(folder, float("inf"))


def _remove(folder: Path, before: float) -> int:
    removed = 0
    root = folder / "held"
    for path in root.iterdir() if root.is_dir() else ():
        try:
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue  # another process swept it meanwhile
    return removed


def _bound(person_id: int, purpose: str) -> bytes:
    return f"{purpose}:{person_id}".encode()


def _key(token: str) -> bytes:
    return hashlib.sha256(b"key:" + token.encode()).digest()


def _path(folder: Path, token: str) -> Path:
    # Not the token itself: who can list the folder must not be able to open what is in it.
    return folder / "held" / hashlib.sha256(b"name:" + token.encode()).hexdigest()
