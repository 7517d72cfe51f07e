"""Files of the commands: JSON documents read, and texts written whole or not at all."""

import os
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import IO, Any

import click

import schemas

FILE = click.Path(dir_okay=False, path_type=Path)


class Target(click.Path):
    """A file that a command writes, and neither one it reads nor another that it writes."""


TARGET = Target(dir_okay=False, path_type=Path)


class Faulty(click.ClickException):
    """A file that is not what is wanted: told in one sentence, Chinese and English, exit 2."""

    exit_code = 2

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(f"{path.name}：{zh} / {en}")

    def show(self, file: IO[Any] | None = None) -> None:
        """The sentence alone: the list of options above it would tell nobody what to do."""
        click.echo(self.format_message(), file=file, err=file is None)


class Unwritten(Faulty):
    """A file could not be written, and nothing of it is there.

    Exit 1 would say that a release does not hold.
    """

    def __init__(self, path: Path, fault: OSError) -> None:
        full = fault.errno in {ENOSPC, EDQUOT, EFBIG}
        super().__init__(path, *(_NO_ROOM if full else _NO_PLACE))


_NO_ROOM = (
    "磁盘空间不足或文件大小受限，没有写出；请腾出空间后重新运行。",
    "no room on the disk, it was not written; make room and run again.",
)
_NO_PLACE = (
    "无法写入；请检查目录是否存在、是否有写权限。",
    "it cannot be written; check the folder and its mode.",
)
_UNREAD = (
    "无法读取；请检查文件名和权限。",
    "it cannot be read; check its name and its mode.",
)


def require_apart(ctx: click.Context) -> None:
    """Refuse a target that is a file the command reads, by whatever name, or another target.

    Beside a key lies its record, which is read with it.
    """
    read: list[Path] = []
    written: list[Path] = []
    for param in ctx.command.params:
        if not isinstance(param.type, click.Path):
            continue
        given = ctx.params.get(param.name or "")
        paths = [Path(one) for one in (given if isinstance(given, tuple) else (given,)) if one]
        (written if isinstance(param.type, Target) else read).extend(paths)
        if param.name in _KEYS:
            read.extend(one.with_name(f"{one.name}.json") for one in paths)
    for place, target in enumerate(written):
        if any(_same(target, one) for one in read):
            raise Faulty(target, *_READ_TOO)
        if any(_same(target, one) for one in written[:place]):
            raise Faulty(target, *_TWICE)


_KEYS = frozenset({"key_file", "after"})


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


_READ_TOO = (
    "这个文件是本次要读取的，不能写在它上面；请换一个输出文件名。",
    "the command reads this file and must not write over it; choose another name.",
)
_TWICE = (
    "两项输出不能写到同一个文件；请换一个文件名。",
    "two results cannot go into one file; choose another name.",
)


def unread(path: Path) -> Faulty:
    """The refusal of a file that is not there or may not be read."""
    return Faulty(path, *_UNREAD)


def document(path: Path) -> dict[str, Any]:
    """A JSON object from a file; anything else is refused."""
    try:
        found = schemas.loads(path.read_bytes())
    except OSError as fault:
        raise unread(path) from fault
    except schemas.Unreadable as fault:
        raise Faulty(
            path,
            f"不是有效的 JSON（{fault.reason}）；请用系统写出的原文件。",
            f"this is no JSON ({fault.reason}); take the file as it was written.",
        ) from fault
    if not isinstance(found, dict):
        raise Faulty(
            path,
            "应为 JSON 对象；请用系统写出的原文件。",
            "a JSON object is expected; take the file as it was written.",
        )
    return found


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
