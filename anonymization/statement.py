"""What a report states, apart from how it is signed: the words a digest and a signature are of."""

from collections.abc import Mapping
from typing import Any

from anonymization import crypto


def stated(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report without its signature."""
    return {name: part for name, part in report.items() if name != "signature"}


def digest(report: Mapping[str, Any]) -> str:
    """The digest of what a report states: the same, signed or not."""
    return crypto.digest(stated(report))
