"""The daily manifest: what is published, signed, so that whoever keeps a copy can prove equality.

One line per live entry the reader may see: key, code, number of the version, digest. The digest is
SM3 over the RFC 8785 bytes of the document as every interface gives it out, without a salt: it is
made for those who hold the document. The digests of journal and opinions are salted and stay so;
the two never meet. Entries a reader may not see are not in his manifest, and one that is wiped is
in no later one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import calendar, shown, signing
from registry.access import Actor
from registry.catalogue import visible
from registry.models.catalogue import Resource, Version
from registry.models.shown import Shown

FORMAT: Final = "wuhai-manifest/1"
LARGEST: Final = 256 << 20
_SAID = "sm3 over the RFC 8785 bytes of `document`, no salt"


def statement(session: Session, actor: Actor, anonymous: str, address: str) -> dict[str, Any]:
    """What is signed: the site, the day, and every live entry this reader may see, by key."""
    rows = session.execute(
        sa.select(Resource.key, Resource.code, Version.number, Shown.digest)
        .join(Version, Resource.live_version_id == Version.id)
        .join(Shown, Shown.resource_id == Resource.id)
        .where(visible(actor, anonymous), Shown.digest.is_not(None))
        .order_by(Resource.key)
    )
    entries = [
        {"key": key, "code": code, "version": number, "digest": digest}
        for key, code, number, digest in rows
    ]
    return {
        "format": FORMAT,
        "site": address,
        "day": calendar.today().isoformat(),
        "digests": _SAID,
        "count": len(entries),
        "entries": entries,
    }


def spelled(made: Mapping[str, Any]) -> bytes:
    """The RFC 8785 bytes of a statement, spelled once for its tag, its signature and its file."""
    lines = ",".join(
        # As `schemas.canonical` for plain texts and a small number under plain names, by the
        # library in C: there are as many lines as entries.
        json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for one in made["entries"]
    )
    empty = schemas.canonical({**made, "entries": []})
    return empty.replace(b'"entries":[]', b'"entries":[' + lines.encode() + b"]", 1)


def signed(text: bytes, key: signing.Key) -> bytes:
    """The manifest as a file: a statement as it is spelled, and the signature over these bytes.

    The same entries on the same day give the same file.
    """
    signature = signing.sign(key, text)
    around = schemas.canonical({"key": key.public.fact(), "signature": signature.fact()})
    # RFC 8785 puts the names in order: the statement is the last.
    return around[:-1] + b',"statement":' + text + b"}\n"


@dataclass(frozen=True)
class Comparison:
    """What a manifest and a copy of the entries say of each other, by key."""

    status: str
    statement: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    missing: Sequence[str] = ()
    different: Sequence[str] = ()
    beyond: Sequence[str] = ()

    @property
    def is_equal(self) -> bool:
        """Whether the signature holds and every entry is there, none changed, none more."""
        return self.status in ("valid", "unconfirmed") and not (
            self.missing or self.different or self.beyond
        )


def compared(
    data: bytes,
    trusted: Sequence[signing.PublicKey] | None = None,
    copies: Iterable[Mapping[str, Any]] | None = None,
) -> Comparison:
    """Judge a manifest offline, and a copy of the entries against it where one is given.

    `status`: "valid" by a trusted key, "unconfirmed" by the key it brings itself (compare the
    fingerprint), "forged" where the signature does not hold, "unreadable" for no manifest of ours.
    """
    whole = _read(data)
    if whole is None:
        return Comparison("unreadable")
    made, signature, brought = whole
    key = signing.find(trusted, signature.key_id) if trusted is not None else brought
    if key is None or not signing.verify(key, signature, schemas.canonical(dict(made))):
        return Comparison("forged", made, brought.fingerprint)
    status = "valid" if trusted is not None else "unconfirmed"
    if copies is None:
        return Comparison(status, made, key.fingerprint)
    wanted = {one["key"]: (one["version"], one["digest"]) for one in made["entries"]}
    held = {str(one.get("key")): _digested(one) for one in copies}
    both = wanted.keys() & held.keys()
    return Comparison(
        status,
        made,
        key.fingerprint,
        missing=sorted(wanted.keys() - held.keys()),
        different=sorted(key for key in both if wanted[key] != held[key]),
        beyond=sorted(held.keys() - wanted.keys()),
    )


def _digested(entry: Mapping[str, Any]) -> tuple[object, str]:
    text = schemas.canonical(entry.get("document")).decode()
    return entry.get("version"), shown.digest(text)


def _read(
    data: bytes,
) -> tuple[Mapping[str, Any], signing.Signature, signing.PublicKey] | None:
    try:
        whole = schemas.loads(data, limit=LARGEST)
    except schemas.Unreadable:
        return None
    if not isinstance(whole, Mapping):
        return None
    made, signature = whole.get("statement"), signing.signature(whole.get("signature"))
    key = signing.public_key(whole.get("key"))
    if not isinstance(made, Mapping) or signature is None or key is None:
        return None
    entries = made.get("entries")
    if made.get("format") != FORMAT or not isinstance(entries, list):
        return None
    if not all(
        isinstance(one, Mapping)
        and {"key", "version", "digest"} <= set(one)
        and isinstance(one["key"], str)
        for one in entries
    ):
        return None
    return made, signature, key
