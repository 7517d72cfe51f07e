"""Lists that anybody can make, kept between processes: digests of telephones, dates, plates, names.

Nothing of any table is kept and nothing secret, so that what is at stake is not what can be read
but what was written: a list of noughts would let a leak pass. So the folder is ours alone (0700),
each list is held against its digest, and of one list in eight some rows are made anew and compared:
whoever rewrites lists with their digests is found out, and may as well rewrite the program.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import numpy as np

from anonymization import digests
from anonymization.findings import Numbers

# Beyond this nothing more is kept: one release with codes of 64 characters asks for half of it.
LARGEST: Final = 1 << 30
# One list in so many is tried, with so many rows of it.
_TRIED: Final = 8
_ROWS: Final = 16
# What lists are made by: another edition of these makes others.
_MADE_BY: Final = (
    *("lists.py", "letters.py", "salts.py", "beside.py", "digests.py", "lanes.py", "_words.json"),
)

Draw = Callable[[], Iterable[Numbers]]
Make = Callable[[], Sequence[Numbers]]


def place_of_user(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where a user's programs keep what can be made again (XDG base directories); None: nowhere."""
    base = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME", "")
    if not base.startswith("/") and not home.startswith("/"):
        return None
    return Path(base if base.startswith("/") else f"{home}/.cache") / "wuhai-registry"


def opened(place: Path) -> Path | None:
    """The folder of the lists of this edition in `place`, made if need be; None where it is unfit.

    Unfit is a folder that is not ours, that others may open, or that cannot be made: lists are
    then made anew, as without a shelf.
    """
    folder = place / f"lists-{_edition()}"
    try:
        for one in (place, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = one.lstat()
            closed = not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or not closed:
                return None
    except OSError:
        return None
    return folder


@cache
def _edition() -> str:
    made_by = hashlib.blake2b(digest_size=8)
    for name in _MADE_BY:
        made_by.update((files("anonymization") / name).read_bytes())
    return made_by.hexdigest()


def kept(file: Path, make: Make, draw: Draw, algorithm: str) -> Sequence[Numbers]:
    """The digests that `make` gives, from the shelf where they are whole, else made and kept.

    `draw` gives the messages again, of which some are tried with the algorithm.
    """
    found = _read(file)
    if found is not None and _holds(file, found, draw, algorithm):
        return found
    made = np.stack(make())
    _write(file, made)
    return list(made)


def _read(file: Path) -> list[Numbers] | None:
    try:
        said = file.with_suffix(".digest").read_text("ascii")
        # Mapped, so that processes that judge at once share the memory too.
        tables = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = tables.dtype == np.uint64 and tables.ndim == 2
    return list(np.asarray(tables)) if whole and _digest(tables) == said else None


def _digest(tables: Numbers) -> str:
    return hashlib.blake2b(np.ascontiguousarray(tables).data, digest_size=16).hexdigest()


def _holds(file: Path, tables: Sequence[Numbers], draw: Draw, algorithm: str) -> bool:
    """Whether some of a list are what they should be; of most lists none are tried."""
    chance = np.random.default_rng()
    if chance.integers(_TRIED):
        return True
    groups = digests.by_length(draw())
    ends = np.cumsum([len(rows) for rows in groups])
    if not len(ends) or len(tables[0]) != ends[-1]:
        return False
    for at in chance.integers(0, ends[-1], _ROWS):
        group = int(np.searchsorted(ends, at, side="right"))
        row = groups[group][int(at) - int(ends[group])][None, :]
        again = digests.forms([row], algorithm, twice=False)
        if any(int(one[0]) != int(table[at]) for one, table in zip(again, tables, strict=False)):
            return False
    return True


def _write(file: Path, made: Numbers) -> None:
    """Keep a list: whole or not at all; a disk that is full keeps nothing."""
    try:
        if not _has_room(file.parent, made.nbytes):
            return
        for target, content in ((file, made), (file.with_suffix(".digest"), _digest(made))):
            _put(target, content)
    except OSError:
        return


def _put(target: Path, content: Numbers | str) -> None:
    with NamedTemporaryFile(dir=target.parent, delete=False) as temporary:
        made = Path(temporary.name)
        try:
            if isinstance(content, str):
                temporary.write(content.encode("ascii"))
            else:
                np.save(temporary, content)
            temporary.flush()
            made.replace(target)
        except OSError:
            # As where a run may write no file of this size.
            made.unlink(missing_ok=True)
            raise


# What this process may still write into a folder before it is measured again: thousands of lists
# lie there, and to measure three thousand takes 27 ms. None for one that is full: nobody takes a
# list out, so that it stays so, and each further list would be measured for in vain.
_granted: dict[Path, int | None] = {}


def _has_room(folder: Path, wanted: int) -> bool:
    """Whether so many bytes more are within `LARGEST`, whatever seven other processes write."""
    granted = _granted.get(folder, 0)
    if granted is not None and granted < wanted:
        granted = (LARGEST - _size(folder)) // 8
        if granted < wanted:
            granted = None
    _granted[folder] = None if granted is None else granted - wanted
    return granted is not None


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.iterdir())
