"""What programs call: the actions of CKAN, and our own calls with documents in JSON."""

from collections.abc import Sequence

from flask import Blueprint


def blueprints() -> Sequence[Blueprint]:
    """Every group of calls."""
    from registry.api import ckan, feeds, oai, reading, resources

    return (ckan.calls, resources.calls, reading.calls, feeds.calls, oai.calls)
