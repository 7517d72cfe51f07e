"""The command `catalogue`."""

from registry.cli.commands import main

__all__ = ["main"]
