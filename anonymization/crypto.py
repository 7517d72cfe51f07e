"""Keys of releases, keyed pseudonyms (HMAC-SM3, GM/T 0004) and digests of files and documents.

A key lives in a file of its own, outside the database and readable by its owner alone. What a
release is treated with is derived from the key and the name of the release, so that two releases
under one key file still do not join.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import rfc8785
from cryptography.hazmat.primitives import hashes, hmac

from anonymization.errors import Refused

_BYTES: Final = 32
_BLOCK: Final = 1 << 20


def make_key(path: str | Path) -> bytes:
    """Make a new key of 256 random bits at `path`, mode 0600; an existing file is refused."""
    place = Path(path)
    key = os.urandom(_BYTES)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise Refused(
            "KEY_EXISTS",
            f"密钥文件已存在：{place.name}。覆盖会使已发布的假名无法再现，请换一个文件名。",
            f"the key file exists: {place.name}. Overwriting it would orphan the pseudonyms "
            "already released; choose another name.",
        ) from None
    except OSError as fault:
        raise _unusable(place) from fault
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            file.write(key.hex().encode() + b"\n")
            os.fsync(file.fileno())
            whole = os.fstat(file.fileno()).st_size == 2 * _BYTES + 1
    except OSError as fault:
        place.unlink()
        raise _unwritten(place) from fault
    if not whole:
        place.unlink()
        raise _unwritten(place)
    return key


def _unwritten(place: Path) -> Refused:
    return Refused(
        "KEY_NOT_WRITTEN",
        f"密钥文件 {place.name} 写不下，没有新建密钥；请腾出磁盘空间后再办理。",
        f"there is no room for the key file {place.name}, no key was made; make room on the disk "
        "and do it again.",
    )


def read_key(path: str | Path) -> bytes:
    """Read a key file; refused when it is lost, damaged or readable by others."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(4 * _BYTES)
    except FileNotFoundError:
        raise Refused(
            "KEY_LOST",
            f"找不到密钥文件：{place.name}。请从保管处取回；确已丢失的，须新建密钥并作为新的发布批次处理。",
            f"the key file is not there: {place.name}. Fetch it from where it is kept; if it is "
            "lost, make a new key and treat this as a new release.",
        ) from None
    except OSError as fault:
        raise _unusable(place) from fault
    if mode & 0o077:
        raise Refused(
            "KEY_OPEN",
            f"密钥文件 {place.name} 的权限是 {mode:04o}，别人也能读取；请改为 0600 后再试。",
            f"the key file {place.name} has mode {mode:04o}, others can read it; set it to 0600.",
        )
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise Refused(
            "KEY_DAMAGED",
            f"密钥文件 {place.name} 已损坏：应为 64 位十六进制数字。请用备份恢复。",
            f"the key file {place.name} is damaged: 64 hexadecimal digits are expected. "
            "Restore it from a backup.",
        )
    return key


def _unusable(place: Path) -> Refused:
    return Refused(
        "KEY_UNREADABLE",
        f"无法读写密钥文件 {place.name}，请检查目录和权限。",
        f"the key file {place.name} cannot be read or written; check the folder and its mode.",
    )


def require_whole(key: bytes) -> None:
    """Refuse bytes that are no key: whoever knows how short one is tries them all."""
    if not isinstance(key, bytes) or len(key) != _BYTES:
        raise Refused(
            "KEY_DAMAGED",
            f"密钥应为 {_BYTES} 字节；请用 catalogue anonymize key 新建的密钥文件，或者 make_key。",
            f"a key has {_BYTES} bytes; use the file that catalogue anonymize key makes, or "
            "make_key.",
        )


def key_id(key: bytes) -> str:
    """The name of a key in reports: 16 digits that say nothing about it."""
    return Keyed(key, "key-id").hex("")[:16]


class Keyed:
    """HMAC-SM3 under a key derived for one purpose; the same text gives the same digest."""

    def __init__(self, key: bytes, purpose: str) -> None:
        derived = hmac.HMAC(key, hashes.SM3())
        derived.update(purpose.encode())
        self._start = hmac.HMAC(derived.finalize(), hashes.SM3())

    def bytes(self, text: str) -> bytes:
        """The 32 bytes of a text."""
        # Copying a prepared state skips the two blocks of the key: three times as fast.
        state = self._start.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return state.finalize()

    def hex(self, text: str) -> str:
        """The 64 hexadecimal digits of a text."""
        return self.bytes(text).hex()

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """One number below 2^63 for each text."""
        return [int.from_bytes(self.bytes(text)[:8], "big") >> 1 for text in texts]


def digest(document: object) -> str:
    """`sm3:` and 64 digits over the canonical JSON (RFC 8785) of a plan, claim or report."""
    return _named(rfc8785.dumps(document))  # type: ignore[arg-type]  # a plain JSON value


def digest_file(path: str | Path) -> str:
    """`sm3:` and 64 digits over the bytes of a file, read in pieces."""
    state = Digest()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            state.add(block)
    return state.named()


class Digest:
    """A digest that grows piece by piece."""

    def __init__(self) -> None:
        self._state = hashes.Hash(hashes.SM3())

    def add(self, content: bytes) -> None:
        """Take in the next bytes."""
        self._state.update(content)

    def named(self) -> str:
        """`sm3:` and 64 digits over all of them; nothing can be added after."""
        return f"sm3:{self._state.finalize().hex()}"


def _named(content: bytes) -> str:
    state = Digest()
    state.add(content)
    return state.named()
