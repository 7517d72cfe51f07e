"""The command `catalogue`."""

from registry.cli import acceptance, audit, backup  # noqa: F401 - each puts its commands under main
from registry.cli.commands import main

__all__ = ["main"]
