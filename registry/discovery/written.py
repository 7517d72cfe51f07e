"""Live entries as the text of their packages, written once and kept while nothing of them changes.

What every reader gets of an entry is the same text, and most of what an answer costs is making it.
Who may see the entry is asked of the database each time; then the text goes by the moment and the
face of what is seen of it (`registry.shown`): every visible change moves them, so nothing here can
be stale. No text outlives the others by lying here: the same question tells how many wipes there
were, and after another one every process lets go of all it kept; a process that nobody asks does
so by itself ten minutes after it began to keep.
"""

import json
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import ref

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors import ckan
from registry import calendar
from registry.access import Actor
from registry.catalogue import PUBLISHED, spill
from registry.catalogue.reading import KINDS, asking, known_to
from registry.db import Database
from registry.discovery import packages
from registry.models.catalogue import Reading, Resource, Version
from registry.models.jobs import Job
from registry.models.shown import Shown

MOST = 4_000
# A page of a hundred entries as a graph is a quarter of a megabyte.
MOST_PAGES = 24
HELD_S = 600.0
_Face = tuple[int, str, str, str]


@dataclass(frozen=True)
class Written:
    """A live entry as a program gets it: its package as JSON, and what a note of reading needs.

    `noted`: the reader stands on the list of today already.
    """

    key: str
    number: int
    resource_id: int
    opened: bool
    noted: bool
    text: str


Text = TypeVar("Text", str, bytes)


class _Texts(Generic[Text]):
    """So many texts by the face of what they tell, the newest asked for last; for all threads.

    Whoever asks says of which database, and how many wipes his snapshot of it knows of: a later one
    empties the whole, and one who does not know of the last is neither given anything nor heard.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: dict[Hashable, Text] = {}
        self._wipes = 0
        self._of: Callable[[], Database | None] = lambda: None
        self._end: threading.Timer | None = None

    def get(self, face: Hashable, database: Database, wipes: int) -> Text | None:
        with self._lock:
            if not self._knows(database, wipes):
                return None
            text = self._held.pop(face, None)
            if text is not None:
                self._held[face] = text
            return text

    def keep(self, texts: Mapping[Hashable, Text], database: Database, wipes: int) -> None:
        with self._lock:
            if not self._knows(database, wipes):
                return
            if self._end is None:
                self._end = threading.Timer(HELD_S, self.forget)
                self._end.daemon = True
                self._end.start()
            self._held |= texts
            while len(self._held) > self._most:
                del self._held[next(iter(self._held))]

    def forget(self) -> None:
        with self._lock:
            self._begin()

    def _knows(self, database: Database, wipes: int) -> bool:
        if self._of() is not database or wipes > self._wipes:
            self._begin()
            self._of, self._wipes = ref(database), wipes
        return wipes == self._wipes

    def _begin(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._held, self._end = {}, None


_texts = _Texts[str](MOST)
_pages = _Texts[bytes](MOST_PAGES)


def forget() -> None:
    """Let go of every text: an entry was wiped."""
    _texts.forget()
    _pages.forget()


def page(session: Session, tag: str, make: Callable[[], bytes]) -> bytes:
    """A page that `make` spells out, or did for whoever was told the same.

    The tag must say everything that is on it: who asks for a page has asked the database what he
    may see, and by that the tag is made.
    """
    database, wipes = session.info["database"], session.scalar(sa.select(_WIPES)) or 0
    held = _pages.get(tag, database, wipes)
    if held is None:
        held = make()
        _pages.keep({tag: held}, database, wipes)
    return held


# Each wipe leaves a job, and hardly anything else does: it is the cheapest count there is.
_WIPES = (
    sa.select(sa.func.count(Job.__table__.c.id))
    .where(Job.__table__.c.kind == spill.CLEANSE)
    .scalar_subquery()
)

_HEAD = (
    sa.select(
        Resource.__table__.c.id,
        Resource.__table__.c.key,
        Version.__table__.c.number,
        Version.__table__.c.open_type,
        Version.__table__.c.share_type,
        Version.__table__.c.visibility,
        sa.type_coerce(Shown.__table__.c.at, sa.DateTime).label("at"),
        Shown.__table__.c.face,
        _WIPES.label("wipes"),
        sa.exists()
        .where(
            Reading.resource_id == Resource.id,
            Reading.person_id == sa.bindparam("b_person", type_=sa.Integer),
            Reading.on == sa.bindparam("b_day", type_=sa.Date),
        )
        .label("noted"),
    )
    .join_from(Resource, Version, Resource.live_version_id == Version.id)
    .join(Shown, Shown.resource_id == Resource.id)
    .where(PUBLISHED, Resource.key.in_(sa.bindparam("b_keys", expanding=True)))
)
_HEADS = {kind: _HEAD.where(known_to(kind)) for kind in KINDS}


def written(
    session: Session, actor: Actor, keys: Sequence[str], anonymous: str, address: str
) -> list[Written]:
    """The packages of those with these keys that this reader may see, in the order of the keys."""
    if not keys:
        return []
    kind, given = asking(
        actor, anonymous, b_keys=list(keys), b_person=actor.person_id, b_day=calendar.today()
    )
    rows = {row.key: row for row in session.connection().execute(_HEADS[kind], given).all()}
    faces: dict[str, _Face] = {
        key: (row.id, str(row.at), row.face, address) for key, row in rows.items()
    }
    # One snapshot: every row tells the same.
    database, wipes = session.info["database"], max((row.wipes for row in rows.values()), default=0)
    texts = {key: _texts.get(face, database, wipes) for key, face in faces.items()}
    missing = [key for key, text in texts.items() if text is None]
    if missing:
        fresh = {
            one.about.key: json.dumps(ckan.package(one.document, one.about), ensure_ascii=False)
            for one in packages.live(session, actor, missing, anonymous, address)
        }
        _texts.keep({faces[key]: text for key, text in fresh.items()}, database, wipes)
        texts |= fresh
    return [
        Written(key, row.number, row.id, packages.is_open(row), bool(row.noted), text)
        for key in keys
        if (row := rows.get(key)) is not None and (text := texts[key]) is not None
    ]
