"""A revocation: a signed statement that an issued opinion no longer holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import schemas
from registry import signing

_KIND: Final = "revocation"


def revoke(number: str, pdf_digest: str, reason: str, on: str, key: signing.Key) -> dict[str, Any]:
    """Sign that the opinion of this number and PDF digest is revoked since the date.

    ``pdf_digest`` (``sm3:…``) ties the act to one issued file: a later paper under the same
    number is not touched. The result is plain JSON, to be published and kept. A key that followed
    others carries their successions: a paper may be older than the key that takes it back.
    """
    statement = {"kind": _KIND, "number": number, "pdf": pdf_digest, "reason": reason, "on": on}
    made: dict[str, Any] = {
        "statement": statement,
        "public_key": key.public.fact(),
        "signature": signing.sign(key, schemas.canonical(statement)).fact(),
    }
    return made | ({"successions": list(key.successions)} if key.successions else {})


def withdraw(number: str, pdf_digest: str, on: str, key: signing.Key) -> dict[str, Any]:
    """Sign that the content of this paper was wiped (清除): nobody may keep a copy of it.

    It is a revocation with a mark, so that who verifies by an older release is told as well.
    """
    statement = {
        "kind": _KIND,
        "number": number,
        "pdf": pdf_digest,
        "reason": "内容依法清除，请销毁副本",
        "on": on,
        "wiped": True,
    }
    return {
        "statement": statement,
        "public_key": key.public.fact(),
        "signature": signing.sign(key, schemas.canonical(statement)).fact(),
    }


def revoking(
    revocations: Iterable[object],
    number: object,
    pdf_digest: str,
    keys: Sequence[signing.PublicKey],
) -> Mapping[str, Any] | None:
    """Give the statement that revokes this opinion, signed by one of the keys, or None.

    Keys that follow one of them by a signed succession count as well.

    A revocation anybody else signed says nothing: otherwise whoever dislikes an opinion could
    revoke it.
    """
    wanted = (_KIND, number, pdf_digest)
    for revocation in revocations:
        statement = revocation.get("statement") if isinstance(revocation, Mapping) else None
        if not isinstance(revocation, Mapping) or not isinstance(statement, Mapping):
            continue
        about = tuple(statement.get(name) for name in ("kind", "number", "pdf"))
        if about != wanted:
            continue
        if is_signed(revocation, signing.followed(keys, revocation.get("successions"))):
            return statement
    return None


def is_signed(document: Mapping[str, Any], keys: Sequence[signing.PublicKey]) -> bool:
    """Tell whether the ``statement`` of a document is signed by one of the keys."""
    made = signing.signature(document.get("signature"))
    public = signing.find(keys, made.key_id) if made else None
    if made is None or public is None:
        return False
    try:
        data = schemas.canonical(document.get("statement"))
    except (ValueError, TypeError, RecursionError):
        return False
    return signing.verify(public, made, data)
