"""The command `catalogue`: whoever calls one command does not wait for what the others need."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from registry.cli.documents import require_apart
from registry.cli.refusals import ordinary
from registry.config import start_log

# Every command, and the module of this package that defines it.
ROOMS: Mapping[str, str] = {
    "account": "people",
    "anonymize": "anonymize",
    "audit": "audit",
    "backup": "backup",
    "calendar": "calendars",
    "check-config": "commands",
    "demo": "commands",
    "examine": "acceptance",
    "export": "sheets",
    "harvest": "harvest",
    "import": "imports",
    "index": "index",
    "init": "commands",
    "key": "keys",
    "manifest": "manifest",
    "opinion": "acceptance",
    "restore": "backup",
    "serve": "commands",
    "unit": "units",
    "upgrade": "commands",
    "work": "commands",
}


class Careful(click.Command):
    """A command that writes over nothing it reads."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, where what it is to write is apart from what it reads."""
        require_apart(ctx)
        return super().invoke(ctx)


class Rooms(click.Group):
    """A group whose commands stand in modules that are read when they are asked for."""

    command_class = Careful

    def __init__(self, *args: Any, rooms: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.rooms = rooms

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, whether its module was read or not."""
        return sorted({*self.commands, *self.rooms})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Read what defines the command, and give it."""
        if cmd_name in self.rooms:
            import_module(f"registry.cli.{self.rooms[cmd_name]}")
        return super().get_command(ctx, cmd_name)


class Catalogue(Rooms):
    """The whole program: what may befall any of its commands is told here and nowhere else."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is named."""
        with ordinary():
            return super().invoke(ctx)


@click.group(cls=Catalogue, rooms=ROOMS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """乌海市政务数据目录 / the registry of a city's government data."""
    start_log()
