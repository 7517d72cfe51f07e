"""Who opened what is not public stands on the sheet of a spill; an auditor's reading, on record."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from registry import discovery, journal
from registry.access import may
from registry.catalogue import spill
from registry.discovery.packages import Live
from registry.discovery.written import Written
from registry.edge.requests import actor, remember, session
from registry.journal import Entry
from registry.models.catalogue import Version


def noted(versions: Iterable[Version]) -> None:
    """Note that this reader opened the text of these versions, but for what anybody may read."""
    if not actor().signed_in:
        return
    _note(
        {
            version.resource_id: (version.resource.key, version.number)
            for version in versions
            if version.state != "published" or not discovery.is_opened(version)
        }
    )


def noted_live(entries: Iterable[Live]) -> None:
    """Note the same of live entries that went out in a list to a program."""
    if actor().signed_in:
        _note(
            {
                one.resource_id: (one.about.key, one.about.version)
                for one in entries
                if not one.opened
            }
        )


def noted_written(entries: Iterable[Written]) -> None:
    """Note the same of live entries that went out as text."""
    if actor().signed_in:
        # On the list of today already; what an auditor reads is on record each time.
        again = may(actor(), "read_all")
        _note(
            {
                one.resource_id: (one.key, one.number)
                for one in entries
                if not one.opened and (again or not one.noted)
            }
        )


def _note(opened: dict[int, tuple[str, int]]) -> None:
    if not opened:
        return
    who = actor()
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
