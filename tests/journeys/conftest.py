"""Journeys want Chromium; where it is missing they are not collected, and the header says so."""

from pathlib import Path

from tests.journeys.browser import CHROMIUM as FOUND


def pytest_report_header() -> str:
    return f"journeys: {FOUND or 'not collected, no chromium on this machine'}"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if FOUND is None and collection_path.name.startswith("test_") else None
