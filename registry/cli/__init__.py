"""The command `catalogue`."""

from registry.cli import acceptance, imports, sheets
from registry.cli.commands import main

# Importing a module puts its commands under `main`.
__all__ = ["acceptance", "imports", "main", "sheets"]
