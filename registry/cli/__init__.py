"""The command `catalogue`: every module puts its commands under `main`."""

from registry.cli import acceptance, anonymize, audit, backup, imports, manifest, sheets
from registry.cli.commands import main

__all__ = ["acceptance", "anonymize", "audit", "backup", "imports", "main", "manifest", "sheets"]
