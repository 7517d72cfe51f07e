"""Files of the commands: JSON documents read, and texts written whole or not at all."""

import os
from pathlib import Path
from typing import Any

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


def write(path: Path, text: str) -> None:
    """Write a text whole or not at all, readable by its owner alone."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        raise click.ClickException(f"{path.name}: 无法写入 / cannot be written") from fault
