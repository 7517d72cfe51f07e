"""Tables that a command takes in: the first sheet of a file, and what stands against its rows."""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn, Protocol

import click

from connectors import files as uploads
from registry.edge.words import sheet_fault


class Fault(Protocol):
    """A row that cannot be taken; `row` counts from 1 as a sheet does, 0 is the whole file."""

    @property
    def row(self) -> int: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> str: ...  # noqa: D102


def both(code: str, facts: Mapping[str, object]) -> str:
    """What is wrong with a sheet, in both languages."""
    return f"{sheet_fault(code, facts, 'zh')} / {sheet_fault(code, facts, 'en')}"


def first(content: bytes) -> Sequence[Sequence[str]]:
    """The first table of a CSV or Excel file; what is none ends the command with a sentence."""
    try:
        (table, *_) = uploads.tables(content).values()
    except uploads.Refused as refusal:
        raise click.ClickException(both(refusal.code, {})) from refusal
    return table


def refuse(faults: Sequence[Fault], words: Mapping[str, str], *, as_json: bool) -> NoReturn:
    """Tell every fault by its row in these words, and end the command: nothing was stored."""
    if as_json:
        click.echo(json.dumps({"faults": [vars(fault) for fault in faults]}, ensure_ascii=False))
    for fault in faults:
        where = f"第 {fault.row} 行 / row {fault.row}: " if fault.row else ""
        click.echo(where + words[fault.code].format(value=fault.value), err=True)
    raise click.ClickException(
        f"{len(faults)} 处需要修改，没有保存 / to be mended, nothing was stored"
    )
