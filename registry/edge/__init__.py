"""The edge of a request: its session, its actor, commit or rollback, locale, CSRF, errors.

A view is marked `reads` or `writes` with the act it stands for. Before it runs, the actor's right
to the act is asked in a read-only snapshot, then the body is read, then the transaction begins:
nobody is judged by what he sent before it is known that he may send it, and a slow sender never
holds the lock of the one writer.
"""

from registry.edge.csrf import csrf_token
from registry.edge.locale import current as locale
from registry.edge.locale import gettext
from registry.edge.requests import (
    Registry,
    Route,
    act_by_token,
    actor,
    database,
    download,
    go,
    index,
    prepared,
    probes,
    reads,
    remember,
    session,
    settings,
    writes,
)

__all__ = [
    "Registry",
    "Route",
    "act_by_token",
    "actor",
    "csrf_token",
    "database",
    "download",
    "gettext",
    "go",
    "index",
    "locale",
    "prepared",
    "probes",
    "reads",
    "remember",
    "session",
    "settings",
    "writes",
]
