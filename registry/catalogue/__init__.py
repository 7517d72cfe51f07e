"""The catalogue and the life of its entries. Every write ends in `store`."""

from registry.catalogue.adoption import faults_of, stored_fault
from registry.catalogue.check import check, inherited_holders, warnings_of
from registry.catalogue.difference import ItemChange, difference, item_changes
from registry.catalogue.drafts import is_limited, register, revise, save
from registry.catalogue.intake import Incoming, Outcome, take
from registry.catalogue.life import STATES, STEPS, State, Step
from registry.catalogue.numbering import next_code
from registry.catalogue.reading import (
    decisions,
    document_of,
    find,
    inbox,
    remarks_on,
    require_version,
    version_of,
    visible,
    workable,
)
from registry.catalogue.steps import advance, available, clock, line
from registry.catalogue.store import Change, RemarkText, Stored, store
from registry.catalogue.submissions import advance_many, hand_in, submission_versions

__all__ = [
    "STATES",
    "STEPS",
    "Change",
    "Incoming",
    "ItemChange",
    "Outcome",
    "RemarkText",
    "State",
    "Step",
    "Stored",
    "advance",
    "advance_many",
    "available",
    "check",
    "clock",
    "decisions",
    "difference",
    "document_of",
    "faults_of",
    "find",
    "hand_in",
    "inbox",
    "inherited_holders",
    "is_limited",
    "item_changes",
    "line",
    "next_code",
    "register",
    "remarks_on",
    "require_version",
    "revise",
    "save",
    "store",
    "stored_fault",
    "submission_versions",
    "take",
    "version_of",
    "visible",
    "warnings_of",
    "workable",
]
