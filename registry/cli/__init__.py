"""The command `catalogue`."""

from registry.cli import imports
from registry.cli.commands import main

__all__ = ["imports", "main"]
