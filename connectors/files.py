"""Uploads: judged by their header alone, then parsed in a child that may not take much.

The gate opens nothing: it reads the directory of a zip. The child has its own limits of memory,
time and no right to write, so a hostile file ends the child and never the server.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.traits import Traits

# What a table of a department is far from; a bomb is not.
MOST_MEMBERS = 2_000
LARGEST_UNPACKED = 200 << 20
MOST_ROWS = 50_000
MOST_COLUMNS = 400
SECONDS = 60

Table = list[list[str]]


class Refused(Exception):
    """A file that is not read; `code` names the sentence that says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def gate(data: bytes) -> str:
    """Tell "xlsx" or "csv", or raise Refused: not by the name, which anybody may change."""
    if not data:
        raise Refused("file_empty")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("file_old")
    if not data.startswith(b"PK"):
        return _text(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _judge(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError) as fault:
        raise Refused("file_broken") from fault
    return "xlsx"


def _judge(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    if "xl/workbook.xml" not in names:
        raise Refused("file_kind")
    if len(set(names)) != len(names):
        raise Refused("file_broken")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("file_locked")
    if any("vbaproject" in name or name.startswith("xl/macrosheets") for name in names):
        raise Refused("file_macro")
    if any(name.startswith("xl/externallinks") for name in names):
        raise Refused("file_links")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED:
        raise Refused("file_bomb")


def _text(data: bytes) -> str:
    # What many systems call .xls is a web page; a spreadsheet program opens it all the same.
    if (
        data[:2_000]
        .lstrip(b"\xef\xbb\xbf \t\r\n")
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml"))
    ):
        raise Refused("file_html")
    if b"\x00" in data[:65_536] or not decoded(data[:65_536], cut=True):
        raise Refused("file_kind")
    return "csv"


def decoded(data: bytes, *, cut: bool = False) -> str:
    """The text in UTF-8 or GB 18030; "" when it is neither. `cut`: the end may be torn."""
    for encoding in ("utf-8-sig", "gb18030"):
        for shorter in range(4 if cut else 1):
            try:
                return data[: len(data) - shorter].decode(encoding)
            except UnicodeDecodeError:
                continue
    return ""


@dataclass(frozen=True)
class Opened:
    """A file as it was read: "xlsx" or "csv", every sheet by name, and what its values hide."""

    kind: str
    tables: Mapping[str, Table]
    traits: Mapping[str, Traits]


def tables(data: bytes) -> dict[str, Table]:
    """Every sheet of a file by name, as rows of texts; a CSV is one sheet named "csv"."""
    return dict(opened(data).tables)


def opened(data: bytes) -> Opened:
    """Every sheet of a file, hidden ones too, as rows of texts, with the traits of each.

    Raises Refused. A number is written without a needless ".0", a date as ISO.
    """
    kind = gate(data)
    answer = json.loads(in_child([kind], data))
    traits = {name: Traits(**one) for name, one in answer["traits"].items()}
    return Opened(kind, answer["tables"], traits)


def in_child(words: list[str], data: bytes, module: str = "connectors.child") -> bytes:
    """What a limited child answers to `data`; Refused with its reason when it gives up."""
    command = [sys.executable, "-m", module, *words]
    # The child finds this package wherever it lies; nothing else of the environment reaches it.
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": os.environ.get("PATH", "")}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command, input=data, capture_output=True, timeout=SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired as fault:
        raise Refused("file_bomb") from fault
    if done.returncode == 3:
        raise Refused(done.stdout.decode("ascii", "replace").strip() or "file_broken")
    if done.returncode != 0:
        raise Refused("file_bomb" if done.returncode < 0 else "file_broken")
    return done.stdout
