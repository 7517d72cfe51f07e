"""The child that desensitizes: `python -m connectors.masking_run`, a task in, lines of JSON out.

The task is one JSON document on stdin: plan, source, where the sealed release goes, limits, keys.
Lines on stdout tell how far it is, the last one the report or why it was refused. It knows no
database of the registry, has no right to more memory, time or disk than it was given, dies with
whoever started it, and what it says quotes no cell and no name of a column that is not planned.
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from connectors import child

# The plain file lies under a fixed name: what the clerk called it may name a person.
_PLAIN: Final = {"csv": "数据.csv", "parquet": "数据.parquet", "xlsx": "数据.xlsx"}
_TELL_EVERY_S: Final = 0.5
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG

# Said here where the library runs out of memory, and by whoever started us where we were ended.
TOO_LARGE: Final = (
    "数据太大，运行超过了内存上限，已停止，没有留下任何数据；请拆分后再上传，"
    "或者在本部门用命令行运行。",
    "The table needs more memory than a run may take; it was stopped and nothing was left. "
    "Split it, or run it by the command line in your department.",
)

# Sentences of the library that quote a header, or name an option of the command line. A file
# without a header has a row of values in its place.
_OWN: Final[Mapping[str, tuple[str, str]]] = {
    "HEADER_TWICE": (
        "首行有两个相同的列名，或者文件没有表头；请让首行是信息项名称、每个只出现一次，再上传。",
        "a column name stands twice in the first row, or there is no header; let the first row "
        "hold each item name once and send the file again.",
    ),
    "HEADER_BLANK": (
        "首行有空的列名，或者文件没有表头；请让首行是信息项名称，再上传。",
        "a column has no name, or there is no header; let the first row hold the item names and "
        "send the file again.",
    ),
    "NESTED": (
        "文件中有嵌套结构的列，请展开为普通列再上传，或者在方案中删除这一列。",
        "the file has a nested column; flatten it and send it again, or have the plan remove it.",
    ),
    "TABLE_TOO_LARGE": (
        "表的行数超过 1000 万行的上限；请由数据所在单位用命令行分批运行，再上传报告。",
        "the table has more than 10 million rows; run it by the command line where the data are "
        "and bring the report.",
    ),
    "MEMORY": TOO_LARGE,
}


def main() -> None:
    """Do the task and tell its outcome; the exit code is 0 whatever it was."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever a library prints is not for the pipe.
    os.dup2(2, 1)
    task = json.loads(sys.stdin.buffer.read())
    limit(task["limits"])
    try:
        _tell(out, _told(task, out))
    except MemoryError:
        _tell(out, _refused("MEMORY", TOO_LARGE))


def _told(task: Mapping[str, Any], out: IO[str]) -> dict[str, object]:
    """The last line: the report, or why there is none."""
    from anonymization import trials
    from anonymization.errors import Refused

    trials.remember()
    try:
        return {"report": _done(task, out)}
    except Refused as refusal:
        code = "MEMORY" if _is_memory(refusal) else refusal.code
        return _refused(code, _OWN.get(code, (refusal.zh, refusal.en)))


def _refused(code: str, words: tuple[str, str]) -> dict[str, object]:
    return {"refused": code, "zh": words[0], "en": words[1]}


def limit(limits: Mapping[str, int]) -> None:
    """Take away what the run has no need of, before it reads a byte of the data."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != limits["parent"]:
        os._exit(1)  # whoever started us was gone before we asked to go with him
    os.nice(10)
    os.umask(0o077)
    child.limit(limits["memory"], limits["seconds"], limits["file"])


def _is_memory(fault: BaseException | None) -> bool:
    """Whether memory ran out behind what was said: a parser takes that for a broken file."""
    while fault is not None:
        if isinstance(fault, MemoryError):
            return True
        fault = fault.__context__
    return False


def _tell(out: IO[str], fact: Mapping[str, object]) -> None:
    out.write(json.dumps(fact, ensure_ascii=False) + "\n")
    out.flush()


def _done(task: Mapping[str, Any], out: IO[str]) -> dict[str, Any]:
    from anonymization import sealing
    from anonymization.peeking import require_planned
    from anonymization.pipeline import apply
    from anonymization.writing import disk

    scratch, release = Path(task["scratch"]), task["release"]
    with _source(task, scratch) as (source, columns, rows):
        require_planned(task["plan"], columns)
        # In a folder of its own: the library locks it, and ours is locked by whoever started us.
        target = scratch / "made" / f"release.{release['format']}"
        target.parent.mkdir()
        made = apply(
            task["plan"],
            source,
            target,
            bytes.fromhex(task["key"]) if task["key"] else None,
            binding=task["binding"],
            kind=task["kind"],
            progress=_Progress(out, rows),
        )
    # Rows that were made up are of no use to anybody: only their report is kept.
    if made.passed and release["path"]:
        with disk(), target.open("rb") as file:
            key = bytes.fromhex(release["key"])
            sealing.seal(file, Path(release["path"]), key, release["name"])
    facts: dict[str, Any] = json.loads(made.json())
    return facts


class _Progress:
    """Tells how far the run is, not more often than somebody could read it."""

    def __init__(self, out: IO[str], rows: int) -> None:
        self._out, self._rows, self._told, self._step = out, rows, 0.0, ""

    def __call__(self, step: str, done: int, of: int | None) -> None:
        if step == self._step and time.monotonic() - self._told < _TELL_EVERY_S:
            return
        self._told, self._step = time.monotonic(), step
        of = max(of or self._rows, done)
        _tell(self._out, {"step": step, "done": done, "of": of})


@contextmanager
def _source(task: Mapping[str, Any], scratch: Path) -> Iterator[tuple[Any, Sequence[str], int]]:
    """What is read, its columns, and about how many rows it has."""
    given = task["source"]
    if given["way"] == "table":
        from connectors import database

        with database.opened(database.address_in(given["url_file"]), given["table"]) as handed:
            yield handed, handed.columns, handed.rows or 0
        return
    from anonymization.tables import open_table
    from anonymization.writing import disk

    if given["way"] == "made_up":
        from anonymization.samples import made_up

        plain, rows = scratch / _PLAIN["csv"], int(given["rows"])
        with disk():
            made_up(task["plan"], rows).write_csv(plain)
    else:
        plain, rows = scratch / _PLAIN[given["format"]], _unsealed(given, scratch)
    yield plain, open_table(plain, partly=True).columns, rows


def _unsealed(given: Mapping[str, Any], scratch: Path) -> int:
    """Lay the plain file into the folder of the run; about how many rows it has."""
    from anonymization import sealing
    from anonymization.errors import Refused
    from anonymization.writing import disk

    lines = 0
    try:
        with disk(), (scratch / _PLAIN[given["format"]]).open("xb") as file:
            key = bytes.fromhex(given["key"])
            for piece in sealing.unseal(Path(given["path"]), key, given["name"]):
                lines += piece.count(b"\n")
                file.write(piece)
    except sealing.Damaged:
        raise Refused(
            "UPLOAD_DAMAGED",
            "上传的数据在服务器上已损坏，没有运行；请重新上传。",
            "the file was damaged on the server and not run; send it again.",
        ) from None
    return lines if given["format"] == "csv" else 0


if __name__ == "__main__":
    main()
