"""A revocation: a signed statement that an issued opinion no longer holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import schemas
from registry import signing

_KIND: Final = "revocation"
_ANNEX: Final = "annex-withdrawal"


def revoke(number: str, pdf_digest: str, reason: str, on: str, key: signing.Key) -> dict[str, Any]:
    """Sign that the opinion of this number and PDF digest is revoked since the date.

    ``pdf_digest`` (``sm3:…``) ties the act to one issued file: a later paper under the same
    number is not touched. The result is plain JSON, to be published and kept. A key that followed
    others carries their successions: a paper may be older than the key that takes it back.
    """
    statement = {"kind": _KIND, "number": number, "pdf": pdf_digest, "reason": reason, "on": on}
    return _signed(statement, key)


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
    return _signed(statement, key)


def withdraw_annex(number: str, pdf_digest: str, on: str, key: signing.Key) -> dict[str, Any]:
    """Sign that one annex was wiped with the entry it speaks of; the opinion stands without it.

    No revocation: who verifies by an older release is told nothing of it.
    """
    statement = {"kind": _ANNEX, "number": number, "pdf": pdf_digest, "on": on, "wiped": True}
    return _signed(statement, key)


def _signed(statement: Mapping[str, Any], key: signing.Key) -> dict[str, Any]:
    made: dict[str, Any] = {
        "statement": dict(statement),
        "public_key": key.public.fact(),
        "signature": signing.sign(key, schemas.canonical(statement)).fact(),
    }
    return made | ({"successions": list(key.successions)} if key.successions else {})


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
    return _about(revocations, (_KIND, number, pdf_digest), keys)


def withdrawing(
    acts: Iterable[object], number: object, pdf_digest: object, keys: Sequence[signing.PublicKey]
) -> Mapping[str, Any] | None:
    """Give the statement that withdraws the annex of this digest, as `revoking` does, or None."""
    return _about(acts, (_ANNEX, number, pdf_digest), keys)


def _about(
    acts: Iterable[object], wanted: tuple[object, ...], keys: Sequence[signing.PublicKey]
) -> Mapping[str, Any] | None:
    for act in acts:
        statement = act.get("statement") if isinstance(act, Mapping) else None
        if not isinstance(act, Mapping) or not isinstance(statement, Mapping):
            continue
        if tuple(statement.get(name) for name in ("kind", "number", "pdf")) != wanted:
            continue
        if is_signed(act, signing.followed(keys, act.get("successions"))):
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
