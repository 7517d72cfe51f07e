"""Files that appear whole or not at all: made in a closed folder of the run beside the target."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from anonymization.errors import Refused
from anonymization.writing import disk

_FRONT = ".catalogue-masking-"
_PARTS = ".catalogue-parts-"


@contextmanager
def temporary(target: Path) -> Iterator[Callable[[str], Path]]:
    """Names in a folder of this run beside the target, closed to others (0700), gone at the end.

    A run that is killed leaves its folder. The lock on it went with the process, and by that the
    next run that writes beside it knows the folder is nobody's, and removes it with its values.
    """
    with disk(), _held(target.parent):
        # One at a time: a folder must not be swept between its making and its locking.
        _sweep(target.parent)
        folder = Path(tempfile.mkdtemp(prefix=_FRONT, dir=target.parent))  # mode 0700
        owned = _locked(folder)

    try:
        yield folder.joinpath
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(owned)


@contextmanager
def resumable(target: Path, mark: str, *, fresh: bool = False) -> Iterator[Path]:
    """A folder (0700) beside the target that a killed run leaves to the next one of its `mark`.

    It goes at the end, however the run ends, unless the process is killed. What runs of another
    mark left for this target goes first, and with `fresh` what any left. Refused while another
    process makes the same.
    """
    front = f"{_PARTS}{hashlib.sha256(target.name.encode()).hexdigest()[:12]}-"
    folder = target.parent / f"{front}{mark}"
    with disk(), _held(target.parent):
        _sweep(target.parent)
        _sweep(target.parent, front, kept=None if fresh else folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            owned = _locked(folder, wait=False)
        except BlockingIOError:
            raise Refused(
                "RUNNING_ALREADY",
                f"另一次运行正在生成 {target.name}，请等它结束，或者换一个输出文件名。",
                f"another run is making {target.name}; wait for its end or choose another name.",
            ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(owned)


def _sweep(place: Path, front: str = _FRONT, kept: Path | None = None) -> None:
    for folder in place.glob(f"{front}*"):
        if folder == kept:
            continue
        try:
            free = _locked(folder, wait=False)
        except OSError:
            # A run that is alive holds it, or it is not ours to open.
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(free)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    handle = _locked(folder)
    try:
        yield
    finally:
        os.close(handle)


def _locked(folder: Path, *, wait: bool = True) -> int:
    """A handle that holds the lock of a folder; closing it, or the end of the process, frees it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        raise
    return handle


def put(made: Path, target: Path) -> None:
    """Give a finished file its name; on the disk when this returns."""
    with disk():
        os.replace(made, target)
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
