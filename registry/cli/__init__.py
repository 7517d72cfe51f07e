"""The command `catalogue`: every module puts its commands under `main`."""

from registry.cli import acceptance, anonymize, imports, sheets
from registry.cli.commands import main

__all__ = ["acceptance", "anonymize", "imports", "main", "sheets"]
