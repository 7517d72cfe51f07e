"""The command `catalogue`."""

from registry.cli import anonymize
from registry.cli.commands import main

__all__ = ["anonymize", "main"]
