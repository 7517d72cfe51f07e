"""Who opened what is not public stands on the sheet of a spill; an auditor's reading, on record."""

from registry import discovery, journal
from registry.access import may
from registry.catalogue import spill
from registry.edge import actor, remember, session
from registry.models.catalogue import Version


def noted(version: Version) -> None:
    """Note that this reader opened the text of a version, unless anybody may read it."""
    who = actor()
    if not who.signed_in or (version.state == "published" and discovery.is_opened(version)):
        return
    resource_id, key, number = version.resource_id, version.resource.key, version.number
    audits = may(who, "read_all")
    # A page is a snapshot that writes nothing: the note is a short transaction of its own.
    if audits or spill.reading_is_due(session(), who, resource_id):
        remember(lambda own: spill.note_reading(own, who, resource_id))
    if audits:
        remember(lambda own: journal.record(own, who, "read_all", "resource", key, version=number))
