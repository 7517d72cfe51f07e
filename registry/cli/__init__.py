"""The command `catalogue`; every other module here puts its commands under `main`."""

from registry.cli.line import main

__all__ = ["main"]
