"""Files enciphered in pieces, so that one larger than memory is written and read in passing.

Each piece is sealed for itself with AES-256-GCM; its nonce counts the pieces and marks the last
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015), so that pieces
cannot be left out, exchanged or cut off unseen. A key serves one file.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_PIECE: Final = 1 << 20
_TAG: Final = 16
_FRONT: Final = 7


class Damaged(Exception):
    """A sealed file was altered or cut off, or the key or the name is not its own."""


def seal(source: BinaryIO, target: Path, key: bytes, name: str) -> int:
    """Write what `source` gives to the new file `target` (0600), bound to `name`; its plain size.

    It has its name only when it is whole and on the disk; a write that fails leaves nothing, one
    that is killed leaves its `draft_of`.
    """
    cipher, front, size = AESGCM(key), os.urandom(_FRONT), 0
    draft = draft_of(target)
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(front)
            for number, (piece, last) in enumerate(_ahead(source, _PIECE)):
                size += len(piece)
                file.write(cipher.encrypt(_nonce(front, number, last), piece, name.encode()))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return size


def draft_of(target: Path) -> Path:
    """Where a sealed file lies while it is not whole."""
    return target.with_name(f"{target.name}.part")


def unseal(path: Path, key: bytes, name: str) -> Iterator[bytes]:
    """The plain pieces of a sealed file in order; Damaged as soon as one is not as it was."""
    cipher = AESGCM(key)
    with path.open("rb") as file:
        front = file.read(_FRONT)
        try:
            for number, (piece, last) in enumerate(_ahead(file, _PIECE + _TAG)):
                yield cipher.decrypt(_nonce(front, number, last), piece, name.encode())
        except (InvalidTag, ValueError) as fault:
            raise Damaged(path.name) from fault


def _ahead(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """The pieces of a file, each with whether it is the last; of an empty file one empty piece."""
    piece = _full(file, size)
    while True:
        after = _full(file, size)
        yield piece, not after
        if not after:
            return
        piece = after


def _full(file: BinaryIO, size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end: a pipe gives what it has."""
    parts, missing = [], size
    while missing and (part := file.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _nonce(front: bytes, number: int, last: bool) -> bytes:
    return front + number.to_bytes(4, "big") + bytes([last])
