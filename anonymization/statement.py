"""What a report states, apart from how it is signed: the words a digest and a signature are of."""

from collections.abc import Mapping
from typing import Any

from anonymization import crypto


def stated(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report without its signature, and with the digests of its sketches in their place.

    The registry keeps sketches apart from the report; what is signed and digested must be what
    it shows.
    """
    words = {name: part for name, part in report.items() if name != "signature"}
    if "sketches" in words:
        words["sketches"] = [
            {name: part for name, part in one.items() if name != "digests"}
            for one in words["sketches"]
        ]
    return words


def digest(report: Mapping[str, Any]) -> str:
    """The digest of what a report states: the same, signed or not."""
    return crypto.digest(stated(report))
