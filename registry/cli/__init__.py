"""The command `catalogue`."""

from registry.cli import audit, backup  # noqa: F401 - a module of commands adds itself
from registry.cli.commands import main

__all__ = ["main"]
