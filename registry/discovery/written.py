"""Live entries as the text of their packages, written once and kept while nothing of them changes.

What every reader gets of an entry is the same text, and most of what an answer costs is making it.
Who may see the entry is asked of the database each time; then the text goes by the moment and the
face of what is seen of it (`registry.shown`): every visible change moves them, so nothing here can
be stale. What was kept goes after ten minutes at the latest, and at once where an entry was wiped:
no text outlives the others by lying here.
"""

import json
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from connectors import ckan
from registry.access import Actor
from registry.catalogue import PUBLISHED
from registry.catalogue.reading import KINDS, asking, known_to
from registry.discovery import packages
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown

MOST = 4_000
# A page of a hundred entries as a graph is a quarter of a megabyte.
MOST_PAGES = 24
HELD_S = 600.0
_Face = tuple[int, str, str, str]


@dataclass(frozen=True)
class Written:
    """A live entry as a program gets it: its package as JSON, and what a note of reading needs."""

    key: str
    number: int
    resource_id: int
    opened: bool
    text: str


Text = TypeVar("Text", str, bytes)


class _Texts(Generic[Text]):
    """So many texts by the face of what they tell, the newest asked for last; for all threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: dict[Hashable, Text] = {}
        self._since = monotonic()

    def get(self, face: Hashable) -> Text | None:
        with self._lock:
            if monotonic() - self._since > HELD_S:
                self._begin()
            text = self._held.pop(face, None)
            if text is not None:
                self._held[face] = text
            return text

    def keep(self, texts: Mapping[Hashable, Text]) -> None:
        with self._lock:
            self._held |= texts
            while len(self._held) > self._most:
                del self._held[next(iter(self._held))]

    def forget(self) -> None:
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        self._held, self._since = {}, monotonic()


_texts = _Texts[str](MOST)
_pages = _Texts[bytes](MOST_PAGES)


def forget() -> None:
    """Let go of every text: an entry was wiped."""
    _texts.forget()
    _pages.forget()


def page(tag: str, make: Callable[[], bytes]) -> bytes:
    """A page that `make` spells out, or did for whoever was told the same.

    The tag must say everything that is on it: who asks for a page has asked the database what he
    may see, and by that the tag is made.
    """
    held = _pages.get(tag)
    if held is None:
        held = make()
        _pages.keep({tag: held})
    return held


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
    kind, given = asking(actor, anonymous, b_keys=list(keys))
    rows = {row.key: row for row in session.connection().execute(_HEADS[kind], given)}
    faces: dict[str, _Face] = {
        key: (row.id, str(row.at), row.face, address) for key, row in rows.items()
    }
    texts = {key: _texts.get(face) for key, face in faces.items()}
    missing = [key for key, text in texts.items() if text is None]
    if missing:
        fresh = {
            one.about.key: json.dumps(ckan.package(one.document, one.about), ensure_ascii=False)
            for one in packages.live(session, actor, missing, anonymous, address)
        }
        _texts.keep({faces[key]: text for key, text in fresh.items()})
        texts |= fresh
    return [
        Written(key, row.number, row.id, packages.is_open(row), text)
        for key in keys
        if (row := rows.get(key)) is not None and (text := texts[key]) is not None
    ]
