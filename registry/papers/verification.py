"""Checks an opinion years later, without our server: its files and a public key are enough.

Total: whatever the file holds, the answer is a Verdict with sentences, never a traceback.
Nothing is trusted before it is checked; the PDF is parsed only when it is the one signed.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import schemas
from registry import signing
from registry.calendar import CITY
from registry.journal.tree import Head, verify_inclusion
from registry.papers import package
from registry.papers.opinion import ATTACHMENT
from registry.papers.package import Parts, Unreadable, digest
from registry.papers.revocation import is_signed, revoking, withdrawing

Fact = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One check: passed, failed, or (None) left to the reader."""

    name: str
    passed: bool | None
    facts: Fact = field(default_factory=dict)

    def sentence(self, locale: str = "zh") -> str:
        """Say what was found and, where it failed, what to do."""
        outcome = {True: "good", False: "bad", None: "open"}[self.passed]
        return _said(_sentences()["checks"][self.name][outcome], locale, self.facts)


@dataclass(frozen=True)
class Verdict:
    """What may be said of an opinion.

    ``status``: valid · unconfirmed (all is well, but nobody said which keys to trust) · revoked ·
    wiped (withdrawn because its content was wiped) · invalid · unreadable. ``payload`` is given
    only when it is the one that was signed.
    """

    status: str
    checks: tuple[Check, ...] = ()
    payload: Fact | None = None
    facts: Fact = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Tell whether the opinion is whole, signed by a trusted key and not known as revoked."""
        return self.status == "valid"

    @property
    def leaves_open(self) -> bool:
        """Whether something was left to the reader: whom to trust, or whether it was revoked."""
        return any(check.passed is None for check in self.checks)

    def sentence(self, locale: str = "zh") -> str:
        """Say the verdict in one sentence; the checks say the rest."""
        facts = dict(self.facts)
        if self.status == "unreadable":
            facts["why"] = _said(_sentences()["unreadable"][facts["code"]], locale, {})
        known = _sentences()["status"]
        unasked = any(c.name == "revocation" and c.passed is None for c in self.checks)
        status = f"{self.status}_open" if unasked else self.status
        return _said(known.get(status, known[self.status]), locale, facts)


@dataclass(frozen=True)
class _Case:
    """What is being checked, and what the reader knows."""

    data: bytes
    parts: Parts
    document: Fact
    public: signing.PublicKey
    trusted: Sequence[signing.PublicKey] | None
    heads: Sequence[Fact] | None
    revocations: Sequence[object] | None

    @property
    def statement(self) -> Fact:
        return _mapping(self.document.get("statement"))

    @property
    def head(self) -> Head | None:
        return _head(self.statement.get("head"))


def verify_opinion(
    path: Path,
    trusted: Sequence[signing.PublicKey] | None = None,
    heads: Sequence[Fact] | None = None,
    revocations: Sequence[object] | None = None,
) -> Verdict:
    """Verify a package, or a PDF (or its ``.sig.json``) with the other one beside it.

    ``trusted``: the public keys the reader trusts; None when he knows none. ``heads``: heads of
    the journal seen elsewhere (size, root, at), vouched for by the reader. ``revocations``: as
    ``revoke`` makes them; only those signed by the opinion's or a trusted key count.
    """
    name = str(path)
    stem = name.removesuffix(".sig.json").removesuffix(".pdf").removesuffix(".PDF")
    pdf = Path(f"{stem}.pdf") if name.endswith(".sig.json") else Path(path)
    try:
        data = _read(pdf)
        beside = Path(f"{stem}.sig.json")
        signature = _read(beside) if data.startswith(b"%PDF") and beside.exists() else None
    except OSError:
        return _unreadable("missing")
    return verify(data, signature, trusted=trusted, heads=heads, revocations=revocations)


def verify(
    data: bytes,
    signature: bytes | None = None,
    *,
    trusted: Sequence[signing.PublicKey] | None = None,
    heads: Sequence[Fact] | None = None,
    revocations: Sequence[object] | None = None,
) -> Verdict:
    """Verify the bytes of a package, or of a PDF with its signature file."""
    try:
        parts = _taken_apart(data, signature)
        document, public = _signature_file(parts.signature)
    except Unreadable as unreadable:
        return _unreadable(unreadable.code)
    return _judged(_Case(data, parts, document, public, trusted, heads, revocations))


def signed_with(data: bytes, keys: Sequence[signing.PublicKey]) -> bool:
    """Tell whether a package names one of these keys, before anything in it is parsed as PDF.

    A stranger may sign any bytes with a key of his own: a server looks no further at those.
    """
    try:
        _, public = _signature_file(_taken_apart(data, None).signature)
    except Unreadable:
        return False
    return public in keys


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(package.LARGEST + 1)


def _taken_apart(data: bytes, signature: bytes | None) -> Parts:
    if len(data) > package.LARGEST:
        raise Unreadable("too_large")
    if not data.startswith(b"%PDF"):
        return package.unpack(data)
    if signature is None:
        raise Unreadable("no_signature")
    return Parts(data, signature)


def _signature_file(text: bytes) -> tuple[Fact, signing.PublicKey]:
    """Read the signature file, refusing every spelling but the issued one."""
    try:
        document = schemas.loads(text)
        same = package.signature_text(document) == text
    except (ValueError, TypeError, RecursionError) as cause:  # Unreadable is a ValueError
        raise Unreadable("signature_file") from cause
    fact = _mapping(document)
    public = signing.public_key(fact.get("public_key"))
    known = fact.get("format") in {package.FORMAT, package.WITH_ANNEXES}
    if not same or not known or public is None:
        raise Unreadable("signature_file")
    return fact, public


def _unreadable(code: str) -> Verdict:
    return Verdict("unreadable", facts={"code": code})


def _judged(case: _Case) -> Verdict:
    payload = _payload(case)
    checks = tuple(_checks(case, payload))
    revocation = next((check for check in checks if check.name == "revocation"), None)
    others = [check.passed for check in checks if check is not revocation]
    if False in others:
        return Verdict("invalid", checks, payload)
    if revocation is not None and revocation.passed is False:
        status = "wiped" if revocation.facts["wiped"] else "revoked"
        return Verdict(status, checks, payload, revocation.facts)
    if None in others:
        return Verdict("unconfirmed", checks, payload, _fingerprint(case))
    return Verdict("valid", checks, payload)


def _payload(case: _Case) -> Fact | None:
    """Give the attached payload when it is exactly the one signed."""
    if not (_is_signed(case) and _is_pdf(case)):
        return None
    attached = _attached(case.parts.pdf)
    if attached is None or digest(attached) != case.statement.get("payload"):
        return None
    try:
        payload = schemas.loads(attached)
    except schemas.Unreadable:
        return None
    fact = _mapping(payload)
    return fact if fact.get("number") == case.statement.get("number") else None


def _attached(pdf: bytes) -> bytes | None:
    from pypdf import PdfReader  # slow to load and needed only here

    try:
        found = PdfReader(io.BytesIO(pdf)).attachments.get(ATTACHMENT, [])
    except Exception:
        # A stranger may sign any bytes as a PDF with a key of his own, and the parser has no
        # closed list of what it raises; whatever it was, there is no payload to be had.
        return None
    one = found[0] if len(found) == 1 else None
    return one if isinstance(one, bytes) else None


# --- the checks, in the order they are told ----------------------------------------------------


def _checks(case: _Case, payload: Fact | None) -> Iterator[Check]:
    if case.parts.note is not None:
        yield Check("package", _is_as_issued(case))
        yield Check("note", digest(case.parts.note) == case.statement.get("note"))
    yield Check("signature", _is_signed(case))
    yield Check("pdf", _is_pdf(case))
    yield Check("payload", payload is not None)
    yield from _annexed(case)
    head = case.head
    yield Check("head", _is_head_signed(case, payload), _dated(head) if head else {})
    if proofs := _proofs(case):
        yield Check(
            "inclusion", all(_holds(proof, head) for proof in proofs), {"count": len(proofs)}
        )
    trusted = None if case.trusted is None else case.public in case.trusted
    yield Check("key", trusted, _fingerprint(case))
    if case.heads is not None:
        yield _witnessed(case.heads, head)
    yield Check("revocation", None) if case.revocations is None else _revoked(case)


def _is_signed(case: _Case) -> bool:
    return case.statement.get("kind") == "opinion" and is_signed(case.document, [case.public])


def _is_pdf(case: _Case) -> bool:
    return digest(case.parts.pdf) == case.statement.get("pdf")


def _is_as_issued(case: _Case) -> bool:
    """Tell whether the zip is the one these parts make, to the byte."""
    number, day = case.statement.get("number"), case.statement.get("issued_on")
    try:
        return package.pack(case.parts, str(number), date.fromisoformat(str(day)[:10])) == case.data
    except ValueError:
        return False


def _annexed(case: _Case) -> Iterator[Check]:
    """Each annex is the one that was signed, or was withdrawn by a signed act.

    Beside PDF and signature alone there are none to check, which is told: the opinion is whole
    without them.
    """
    listed = case.statement.get("annexes")
    signed = [_mapping(one).get("pdf") for one in (listed if isinstance(listed, list) else ())]
    if not signed and not case.parts.annexes:
        return
    if case.parts.note is None:
        yield Check("annexes_apart", True, {"count": len(signed)})
        return
    keys = (case.public, *(case.trusted or ()))
    found = [
        _withdrawn(case, pdf, annex, keys)
        for pdf, annex in zip(signed, case.parts.annexes, strict=False)
    ]
    whole = len(signed) == len(case.parts.annexes) and all(
        act is not None or digest(annex) == pdf
        for act, annex, pdf in zip(found, case.parts.annexes, signed, strict=True)
    )
    yield Check("annexes", whole, {"count": len(signed)})
    for n, act in enumerate(found, 1):
        if act is not None:
            yield Check("annex_wiped", True, {"n": n, "on": str(act.get("on", ""))})


def _withdrawn(
    case: _Case, pdf: object, annex: bytes, keys: Sequence[signing.PublicKey]
) -> Fact | None:
    """What withdrew this annex: the act in its place, or one of those the reader was given."""
    acts = list(case.revocations or ())
    if package.is_act(annex):
        try:
            acts.append(schemas.loads(annex))
        except (ValueError, TypeError, RecursionError):  # Unreadable is a ValueError
            return None
    elif digest(annex) != pdf:
        return None
    return withdrawing(acts, case.statement.get("number"), pdf, keys)


def _is_head_signed(case: _Case, payload: Fact | None) -> bool:
    made, head = signing.signature(case.document.get("head_signature")), case.head
    if made is None or head is None or not signing.verify(case.public, made, head.statement()):
        return False
    return payload is None or _head(payload.get("journal_head")) == head


def _proofs(case: _Case) -> Sequence[object]:
    proofs = case.statement.get("inclusion")
    return proofs if isinstance(proofs, list) else []


def _holds(proof: object, head: Head | None) -> bool:
    fact = _mapping(proof)
    index, path = fact.get("index"), fact.get("path")
    if head is None or type(index) is not int or not isinstance(path, list):
        return False
    leaf, root, *steps = (_unhex(text) for text in (fact.get("leaf"), head.root, *path))
    return verify_inclusion(leaf, index, head.size, steps, root)


def _witnessed(heads: Sequence[Fact], head: Head | None) -> Check:
    known = [read for read in map(_head, heads) if read is not None]
    against = next((one for one in known if head is None or one.contradicts(head)), None)
    if against is not None:
        return Check("witnesses", False, {"size": against.size})
    return Check("witnesses", True, {"count": len(known)})


def _revoked(case: _Case) -> Check:
    keys = (case.public, *(case.trusted or ()))
    number = case.statement.get("number")
    found = revoking(case.revocations or (), number, digest(case.parts.pdf), keys)
    facts = {name: str((found or {}).get(name, "")) for name in ("on", "reason")}
    wiped = (found or {}).get("wiped") is True
    return Check("revocation", found is None, {**facts, "wiped": wiped})


def _fingerprint(case: _Case) -> Fact:
    value = case.public.fingerprint
    return {"fingerprint": " ".join(value[at : at + 8] for at in range(0, len(value), 8))}


def _dated(head: Head) -> Fact:
    """The facts of a head with its moment as the city reads it; as it stands where it is none."""
    try:
        local = datetime.fromisoformat(head.at).astimezone(CITY)
    except ValueError:
        return vars(head)
    return {**vars(head), "at": f"{local:%Y-%m-%d %H:%M}"}


def _head(fact: object) -> Head | None:
    """Read a head from facts; None for what is none."""
    found = _mapping(fact)
    size, root, at = (found.get(name) for name in ("size", "root", "at"))
    if type(size) is not int or not isinstance(root, str) or not isinstance(at, str):
        return None
    return Head(size, root, at) if len(_unhex(root)) == 32 else None


def _mapping(value: object) -> Fact:
    return value if isinstance(value, Mapping) else {}


def _unhex(text: object) -> bytes:
    """Read hexadecimal; empty, which is no hash, for anything else."""
    try:
        return bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return b""


# --- words ------------------------------------------------------------------------------------


@cache
def _sentences() -> Any:
    return json.loads((files(__package__) / "sentences.json").read_text("utf-8"))


def _said(words: Mapping[str, str], locale: str, facts: Fact) -> str:
    return words.get(locale, words["zh"]).format(**facts)
