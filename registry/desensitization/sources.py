"""The databases a unit may run over: addresses that the administrator laid down as files.

`CATALOGUE_SOURCES_DIR/<code of the unit>/<name>.url`, each of mode 0600 and with one address. The
folder says which unit may use which; no address is ever in the database of the registry, and the
pages know the names alone. The child of a run reads the file, as the command line does.
"""

import re
from pathlib import Path

from registry.errors import Missing, Unreadable

_NAME = re.compile(r"[\w.-]{1,60}")
# A table as databases name them, with or without its schema; never a statement.
_TABLE = re.compile(r"(?:[\w$]{1,63}\.)?[\w$]{1,63}")


def listed(folder: Path | None, unit: str) -> list[str]:
    """The names of the databases that a unit may run over."""
    root = folder / unit if folder is not None and _NAME.fullmatch(unit) else None
    if root is None or not root.is_dir():
        return []
    return sorted(path.stem for path in root.glob("*.url") if _NAME.fullmatch(path.stem))


def address_file(folder: Path | None, unit: str, name: str) -> Path:
    """The file with the address of this database; Missing when the unit may not use it."""
    if folder is None or name not in listed(folder, unit):
        raise Missing("no_source")
    return folder / unit / f"{name}.url"


def table(name: str) -> str:
    """A name of a table as it was typed, or Unreadable."""
    if not _TABLE.fullmatch(name.strip()):
        raise Unreadable("run_table")
    return name.strip()
