"""Who opened what is not public stands on the sheet of a spill; an auditor's reading, on record."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from registry import discovery, journal
from registry.access import may
from registry.catalogue import spill
from registry.edge.requests import actor, remember, session
from registry.journal import Entry
from registry.models.catalogue import Version


def noted(versions: Iterable[Version]) -> None:
    """Note that this reader opened the text of these versions, but for what anybody may read."""
    who = actor()
    if not who.signed_in:
        return
    opened = {
        version.resource_id: (version.resource.key, version.number)
        for version in versions
        if version.state != "published" or not discovery.is_opened(version)
    }
    fresh = spill.unread_today(session(), who, opened)
    audited = opened if may(who, "read_all") else {}
    if not fresh and not audited:
        return
    entries = [Entry("read_all", "resource", key, number) for key, number in audited.values()]

    def note(own: Session) -> None:
        spill.note_readings(own, who, fresh)
        journal.record_many(own, who, entries)

    # A page is a snapshot that writes nothing: the note is a short transaction of its own.
    remember(note)
