"""The command `catalogue`."""

from registry.cli import acceptance, sheets  # noqa: F401 - puts its commands under main
from registry.cli.commands import main

__all__ = ["main"]
