"""The document: what a record may hold, what is wrong with it, and how it is written down.

Pure functions over plain dicts; nothing here knows a session, a request or a database.
"""

from schemas import codes
from schemas.canonical import Unreadable, canonical, digest, digest_of, loads, stored
from schemas.changes import Change, change, reserved, with_reserved
from schemas.checks import item_at, items
from schemas.days import untimely
from schemas.display import display, printed, share_condition
from schemas.errors import Problem, errors, gathered, warnings
from schemas.fields import Field, field, fields, groups
from schemas.forms import from_form, to_form
from schemas.grading import Level, grade, level
from schemas.merging import Sides, sides, trace
from schemas.schema import Record, load
from schemas.typed import tidied
from schemas.unknown import suggested
from schemas.wording import obligation

__all__ = [
    "Change",
    "Field",
    "Level",
    "Problem",
    "Record",
    "Sides",
    "Unreadable",
    "canonical",
    "change",
    "codes",
    "digest",
    "digest_of",
    "display",
    "errors",
    "field",
    "fields",
    "from_form",
    "gathered",
    "grade",
    "groups",
    "item_at",
    "items",
    "level",
    "load",
    "loads",
    "obligation",
    "printed",
    "reserved",
    "share_condition",
    "sides",
    "stored",
    "suggested",
    "tidied",
    "to_form",
    "trace",
    "untimely",
    "warnings",
    "with_reserved",
]
