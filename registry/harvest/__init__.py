"""Other catalogues are harvested into a claim list 认领; nothing of it is an entry before that.

A run reads page by page outside any transaction and stores each page with its cursor in one short
write, so it may be killed at any moment and goes on where it was. A claim is in quarantine: in no
index, in no list but this one. Claiming opens a draft by the ordinary way of registering.
"""

from registry.harvest.claims import (
    PAGE,
    STATES,
    Listed,
    assign,
    count_waiting,
    decline,
    document_of,
    faults_of,
    find,
    is_open,
    latest_of,
    listed,
    reads_claims,
    settle,
    take,
)
from registry.harvest.matching import Units, match, units_known, unmatched
from registry.harvest.running import Ran, run
from registry.harvest.sources import MOST, add_source, source_named, sources

__all__ = [
    "MOST",
    "PAGE",
    "STATES",
    "Listed",
    "Ran",
    "Units",
    "add_source",
    "assign",
    "count_waiting",
    "decline",
    "document_of",
    "faults_of",
    "find",
    "is_open",
    "latest_of",
    "listed",
    "match",
    "reads_claims",
    "run",
    "settle",
    "source_named",
    "sources",
    "take",
    "units_known",
    "unmatched",
]
