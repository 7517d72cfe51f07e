"""Raw tables and releases while a run of desensitization needs them: cipher text on the disk.

The cipher text lies in the data folder, its key in the memory of the machine (`/dev/shm`), in a
folder of this installation that is closed to others. So any process of the machine that does the
work can open a file that a page took in, and yet neither the database, nor the data folder, nor a
copy or backup of either can: whoever takes the disk has no key, and what is switched off forgets
it. A file is destroyed by removing its key first; cipher text that a disk still holds is noise.

Weighed against it: a key file beside the data is copied with them by every careful backup; a key
in the memory of the web worker dies with each restart and is unknown to `catalogue work`.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anonymization import sealing
from registry.errors import Missing, Unavailable

# What is sealed for a run: the table that was sent, and what came of it.
PARTS = ("source", "release")

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, closed to others


def memory(folder: Path) -> Path:
    """The folder in memory of the installation whose data lie in `folder`; made when needed.

    Where the system has none, the folder for temporary files stands in: still outside the data.
    """
    place = memory_of(folder)
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    # Anybody may make a folder there: one that was put in our way is not used.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Unavailable("unavailable")
    return place


def memory_of(folder: Path) -> Path:
    """Where that folder is, whether it is there or not."""
    name = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:16]
    root = _MEMORY if _MEMORY.is_dir() else Path(tempfile.gettempdir())
    return root / f"catalogue-{os.geteuid()}-{name}"


def place(folder: Path) -> str:
    """The name of this memory: what was sealed here can be opened here, and nowhere else."""
    path = memory(folder) / "place"
    if not path.exists():
        draft = path.with_name(f".place-{secrets.token_hex(6)}")
        _write(draft, secrets.token_hex(8).encode())
        try:
            os.link(draft, path)  # the first one stays
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("ascii")


def keep(folder: Path, name: str, source: BinaryIO) -> int:
    """Seal what `source` gives under a new key, as `name`; the number of its bytes."""
    path, key = reserve(folder, name)
    try:
        return sealing.seal(source, path, key, name)
    except BaseException:
        destroy(folder, name)
        raise


def reserve(folder: Path, name: str) -> tuple[Path, bytes]:
    """The path and the new key for a file that another process will seal as `name`."""
    path = _path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_bytes(sealing.KEY_BYTES)
    _write(_key(folder, name), key)
    return path, key


def where(folder: Path, name: str) -> tuple[Path, bytes]:
    """The path and the key of what is sealed as `name`; Missing when either is gone."""
    path = _path(folder, name)
    try:
        key = _key(folder, name).read_bytes()
    except FileNotFoundError as fault:
        raise Missing("not_sealed") from fault
    if not path.is_file():
        raise Missing("not_sealed")
    return path, key


def content(folder: Path, name: str) -> Iterator[bytes]:
    """What is sealed as `name`, in pieces; Missing, at once, when it is gone."""
    path, key = where(folder, name)
    return sealing.unseal(path, key, name)


def destroy(folder: Path, name: str) -> None:
    """Make what is sealed as `name` unreadable for ever, and remove it."""
    _overwrite(_key(folder, name))
    path = _path(folder, name)
    sealing.draft_of(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def names(folder: Path) -> list[tuple[str, float]]:
    """The names of all that is sealed or reserved here, with the moment it was begun."""
    found: dict[str, float] = {}
    for path in (*_listed(folder / "runs"), *_listed(memory(folder) / "keys")):
        try:
            found.setdefault(path.name.removesuffix(".part"), path.stat().st_mtime)
        except FileNotFoundError:
            continue  # destroyed meanwhile
    return sorted(found.items())


def release_key(folder: Path, resource: str, profile: str, release: str) -> Path:
    """Where the key of a release of an entry lies: in the data folder, in no backup."""
    name = hashlib.sha256(release.encode()).hexdigest()[:12]
    return _keys_of(folder, resource) / f"{profile}-{name}.key"


def release_keys(folder: Path, resource: str) -> list[Path]:
    """The keys of all releases of an entry, also those whose record alone is left."""
    root = _keys_of(folder, resource)
    records = root.glob("*.key.json") if root.is_dir() else ()
    return sorted(path.with_suffix("") for path in records)


def wipe(folder: Path, resource: str, runs: Iterable[str]) -> None:
    """Destroy what the runs of an entry keep, and the keys and records of its releases."""
    for run in runs:
        for part in PARTS:
            destroy(folder, f"{run}.{part}")
    root = _keys_of(folder, resource)
    for path in root.glob("*.key") if root.is_dir() else ():
        _overwrite(path)
    shutil.rmtree(root, ignore_errors=True)


def _keys_of(folder: Path, resource: str) -> Path:
    return folder / "keys" / resource


@dataclass(frozen=True)
class Scratch:
    """A closed folder of one run; held by its lock, which ends with the process."""

    path: Path
    lock: int

    def remove(self) -> None:
        """Take the folder away with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def scratch(folder: Path, wanted: int) -> Scratch:
    """A new folder for a run that takes about `wanted` bytes: in memory where they fit.

    What never was on a disk cannot be found on it later.
    """
    room = shutil.disk_usage(memory(folder)).free
    root = (memory(folder) if 0 < wanted < room // 2 else folder) / "scratch"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = Path(tempfile.mkdtemp(prefix="run-", dir=root))  # mode 0700
    return Scratch(path, _locked(path))


def sweep_scratch(folder: Path) -> None:
    """Remove the folders of runs whose process has ended, however it ended."""
    for root in (memory(folder) / "scratch", folder / "scratch"):
        for path in root.glob("run-*"):
            try:
                lock = _locked(path)
            except OSError:
                continue  # a run holds it, or it has gone
            Scratch(path, lock).remove()


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _listed(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_file()] if root.is_dir() else []


def _path(folder: Path, name: str) -> Path:
    return folder / "runs" / name


def _key(folder: Path, name: str) -> Path:
    keys = memory(folder) / "keys"
    keys.mkdir(exist_ok=True, mode=0o700)
    return keys / name


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)


def _overwrite(path: Path) -> None:
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
        path.unlink()
    except FileNotFoundError:
        return
