"""Files of the commands: JSON documents read, and texts written whole or not at all."""

import os
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import IO, Any

import click

import schemas

FILE = click.Path(dir_okay=False, path_type=Path)


def document(path: Path) -> dict[str, Any]:
    """A JSON object from a file; anything else is a wrong use."""
    try:
        found = schemas.loads(path.read_bytes())
    except OSError as fault:
        raise click.UsageError(f"{path.name}: 无法读取 / cannot be read") from fault
    except schemas.Unreadable as fault:
        raise click.UsageError(f"{path.name}: 不是有效的 JSON / no JSON: {fault.reason}") from fault
    if not isinstance(found, dict):
        raise click.UsageError(f"{path.name}: 应为 JSON 对象 / a JSON object is expected")
    return found


class Unwritten(click.ClickException):
    """A file could not be written, and nothing of it is there: as wrong a use as one not read.

    Exit 1 would say that a release does not hold.
    """

    exit_code = 2

    def __init__(self, path: Path, fault: OSError) -> None:
        full = fault.errno in {ENOSPC, EDQUOT, EFBIG}
        zh, en = _NO_ROOM if full else _NO_PLACE
        super().__init__(f"{path.name}：{zh} / {en}")

    def show(self, file: IO[Any] | None = None) -> None:
        """One sentence in both languages, as every refusal of a file is told."""
        click.echo(self.format_message(), file=file, err=file is None)


_NO_ROOM = (
    "磁盘空间不足或文件大小受限，没有写出；请腾出空间后重新运行。",
    "no room on the disk, it was not written; make room and run again.",
)
_NO_PLACE = (
    "无法写入；请检查目录是否存在、是否有写权限。",
    "it cannot be written; check the folder and its mode.",
)


def write(path: Path, text: str) -> None:
    """Write a text whole or not at all, readable by its owner alone; Unwritten where it fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        raise Unwritten(path, fault) from fault
