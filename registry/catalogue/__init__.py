"""The catalogue and the life of its entries. Every write ends in `store`."""

from registry.catalogue.adoption import faults_of, stored_fault
from registry.catalogue.check import check, check_new, inherited_holders, warnings_of
from registry.catalogue.difference import ItemChange, changed_fields, difference, item_changes
from registry.catalogue.drafts import (
    DEFAULTS,
    discard,
    is_limited,
    prepared,
    register,
    revise,
    save,
)
from registry.catalogue.intake import Incoming, Outcome, take
from registry.catalogue.life import STATES, STEPS, State, Step
from registry.catalogue.numbering import next_code, own_class
from registry.catalogue.pointing import key_in, meant
from registry.catalogue.reading import (
    PUBLISHED,
    answered_for,
    carried,
    decisions,
    document_of,
    find,
    has_part,
    inbox,
    known,
    remarks_on,
    require_version,
    version_of,
    visible,
    workable,
)
from registry.catalogue.steps import advance, available, clock, is_formal, line
from registry.catalogue.store import Change, RemarkText, Stored, store
from registry.catalogue.submissions import advance_many, hand_in, submission_versions
from registry.catalogue.transfer import transfer
from registry.catalogue.withdrawal import (
    Tombstone,
    propose_retirement,
    proposed,
    resume,
    retire,
    suspend,
    tombstone,
    withdrawable,
)
from registry.catalogue.yearly import FormalChange, confirm_unchanged, formal_changes, unconfirmed

__all__ = [
    "DEFAULTS",
    "PUBLISHED",
    "STATES",
    "STEPS",
    "Change",
    "FormalChange",
    "Incoming",
    "ItemChange",
    "Outcome",
    "RemarkText",
    "State",
    "Step",
    "Stored",
    "Tombstone",
    "advance",
    "advance_many",
    "answered_for",
    "available",
    "carried",
    "changed_fields",
    "check",
    "check_new",
    "clock",
    "confirm_unchanged",
    "decisions",
    "difference",
    "discard",
    "document_of",
    "faults_of",
    "find",
    "formal_changes",
    "hand_in",
    "has_part",
    "inbox",
    "inherited_holders",
    "is_formal",
    "is_limited",
    "item_changes",
    "key_in",
    "known",
    "line",
    "meant",
    "next_code",
    "own_class",
    "prepared",
    "propose_retirement",
    "proposed",
    "register",
    "remarks_on",
    "require_version",
    "resume",
    "retire",
    "revise",
    "save",
    "store",
    "stored_fault",
    "submission_versions",
    "suspend",
    "take",
    "tombstone",
    "transfer",
    "unconfirmed",
    "version_of",
    "visible",
    "warnings_of",
    "withdrawable",
    "workable",
]
