"""The journal: one sealed row per act, written in the transaction of the act."""

from registry.journal import tree as tree
from registry.journal.record import Entry, head, keyed, record, record_many, refused, written
from registry.journal.verify import Fault, verify

__all__ = [
    "Entry",
    "Fault",
    "head",
    "keyed",
    "record",
    "record_many",
    "refused",
    "verify",
    "written",
]
