"""The command `catalogue`: every module puts its commands under `main`."""

from registry.cli import (
    acceptance,
    anonymize,
    audit,
    backup,
    calendars,
    evidence,
    harvest,
    imports,
    keys,
    manifest,
    sheets,
)
from registry.cli.commands import main

__all__ = [
    "acceptance",
    "anonymize",
    "audit",
    "backup",
    "calendars",
    "evidence",
    "harvest",
    "imports",
    "keys",
    "main",
    "manifest",
    "sheets",
]
