"""Every command is found where the command line looks for it, and waits only for its own needs."""

import pkgutil
import subprocess
import sys
from importlib import import_module

import click
import pytest

from registry import cli
from registry.cli.anonymize import SIGNED, anonymize
from registry.cli.line import ROOMS, main


def test_every_command_stands_in_the_module_that_is_read_for_it():
    for found in pkgutil.iter_modules(cli.__path__):
        if found.name != "__main__":
            import_module(f"registry.cli.{found.name}")
    assert set(main.commands) == set(ROOMS)
    assert set(SIGNED) < set(anonymize.commands)
    for group, rooms in ((main, ROOMS), (anonymize, SIGNED)):
        for name, module in rooms.items():
            callback = group.commands[name].callback
            assert callback is not None
            # Decorators keep the module of what they wrap.
            assert callback.__module__ == f"registry.cli.{module}", name


def test_an_unknown_command_is_a_wrong_use_and_help_names_them_all():
    context = click.Context(main)
    assert main.get_command(context, "nothing") is None
    assert main.list_commands(context) == sorted(ROOMS)
    assert set(SIGNED) < set(anonymize.list_commands(click.Context(anonymize)))


@pytest.mark.parametrize(
    ("words", "unread"),
    [
        (["check-config", "--help"], ["pypinyin", "alembic", "polars", "flask", "tantivy"]),
        (["account", "list", "--help"], ["pypinyin", "alembic", "polars", "tantivy"]),
        (["anonymize", "apply", "--help"], ["pypinyin", "sqlalchemy", "registry.models", "flask"]),
    ],
)
def test_a_command_reads_nothing_of_what_only_others_need(words, unread):
    program = (
        "import sys; from registry.cli import main;"
        "main(sys.argv[1:], standalone_mode=False); print(sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    assert [name for name in unread if repr(name) in done.stdout] == []
