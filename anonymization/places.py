"""Files that appear whole or not at all: made under a temporary name beside the target."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from anonymization.tables import disk


@contextmanager
def temporary(target: Path) -> Iterator[Callable[[str], Path]]:
    """Names beside the target that are gone at the end; those of dead runs are removed first."""
    front = f".{target.name}."
    made: list[Path] = []

    def name(end: str) -> Path:
        path = target.parent / f"{front}{os.getpid()}.{secrets.token_hex(4)}.part.{end}"
        made.append(path)
        return path

    for stale in target.parent.glob(f"{front}*.part.*"):
        owner = stale.name.removeprefix(front).split(".")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()):
            stale.unlink(missing_ok=True)
    try:
        yield name
    finally:
        for path in made:
            path.unlink(missing_ok=True)


def put(made: Path, target: Path) -> None:
    """Give a finished file its name; on the disk when this returns."""
    with disk():
        os.replace(made, target)
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
