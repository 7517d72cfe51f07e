"""The issued package: PDF, detached signature and note in one zip, the same bytes every time.

Format 1. ``NUMBER.sig.json`` holds a ``statement`` and the signature over its RFC 8785 bytes.
The statement binds the digests of the PDF, of the payload attached in it and of the note, the
head of the journal and proofs that rows stand in it. Entries of the zip are stored, not
deflated: nothing can unfold to more than was sent, and no release of zlib changes the bytes.

Format 2 has annexes beside the PDF as well, each a PDF whose digest is signed; one that was wiped
with the entry it speaks of has given its place to the signed act that says so.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import schemas
from registry import signing

FORMAT: Final = "wuhai-opinion/1"
WITH_ANNEXES: Final = "wuhai-opinion/2"
NOTE_NAME: Final = "说明.txt"
LARGEST: Final = 32 << 20  # bytes of a package or PDF we are willing to look at
_MOST_ANNEXES: Final = 500
_ANNEX: Final = re.compile(r"附件三-([1-9][0-9]{0,2})\.(?:pdf|已清除\.json)")


class Unreadable(Exception):
    """This is no package of ours; ``code`` names the sentence that says so."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Parts:
    """The files of a package; a note is absent when PDF and signature came loose.

    Each annex is a PDF, or the act by which it was withdrawn.
    """

    pdf: bytes
    signature: bytes
    note: bytes | None = None
    annexes: tuple[bytes, ...] = ()


def digest(data: bytes) -> str:
    """Give the digest as it is written everywhere: ``sm3:`` and 64 hexadecimal digits."""
    return f"sm3:{signing.sm3(data).hex()}"


def file_name(number: str) -> str:
    """Make the number of a paper safe as a file name, without extension.

    >>> file_name("乌数核〔2026〕31号")
    '乌数核〔2026〕31号'
    """
    return re.sub(r"[^\w〔〕()（）-]+", "_", number)[:80].strip("_") or "opinion"


def annex_name(n: int, *, wiped: bool = False) -> str:
    """The file of the annex of this number, or of the act that stands in its place."""
    return f"附件三-{n}.已清除.json" if wiped else f"附件三-{n}.pdf"


def is_act(annex: bytes) -> bool:
    """Whether this is no annex any more, but the act that withdrew it."""
    return not annex.startswith(b"%PDF")


def signature_text(signature: object) -> bytes:
    """Write the signature file; there is one spelling of it, so a changed byte shows."""
    return schemas.canonical(signature) + b"\n"


def pack(parts: Parts, number: str, issued_on: date) -> bytes:
    """Zip the parts; the same parts give the same bytes."""
    name = file_name(number)
    entries = {
        f"{name}.pdf": parts.pdf,
        f"{name}.sig.json": parts.signature,
        NOTE_NAME: parts.note or b"",
        **{annex_name(n, wiped=is_act(one)): one for n, one in enumerate(parts.annexes, 1)},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for entry, data in entries.items():
            archive.writestr(_entry(entry, issued_on), data)
    return out.getvalue()


def _entry(name: str, issued_on: date) -> zipfile.ZipInfo:
    # The years a zip can write; a paper from beyond them still gets made.
    year = min(max(issued_on.year, 1980), 2107)
    entry = zipfile.ZipInfo(name, (year, issued_on.month, issued_on.day, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def unpack(data: bytes) -> Parts:
    """Take a package apart, or raise Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError) as cause:
        raise Unreadable("no_zip") from cause


def _parts(archive: zipfile.ZipFile) -> Parts:
    entries = archive.infolist()
    # Stored entries cannot unfold; so few of them within the size of the file cannot be a bomb.
    if len(entries) > 3 + _MOST_ANNEXES or any(
        entry.compress_type != zipfile.ZIP_STORED or entry.file_size > LARGEST for entry in entries
    ):
        raise Unreadable("repacked")
    found = {_kind(entry.filename): entry for entry in entries}
    annexes = [f"annex {n}" for n in range(1, len(entries) - 2)]
    if len(found) != len(entries) or set(found) != {"pdf", "signature", "note", *annexes}:
        raise Unreadable("repacked")
    pdf, signature, note = (archive.read(found[one]) for one in ("pdf", "signature", "note"))
    return Parts(pdf, signature, note, tuple(archive.read(found[one]) for one in annexes))


def without(data: bytes, acts: Mapping[int, object], issued_on: date) -> bytes:
    """The package with these annexes withdrawn, by their numbers: an act in the place of each."""
    parts = unpack(data)
    annexes = tuple(
        signature_text(acts[n]) if n in acts else one for n, one in enumerate(parts.annexes, 1)
    )
    number = str(_statement(parts)["number"])
    return pack(replace(parts, annexes=annexes), number, issued_on)


def annex_digests(data: bytes) -> list[str]:
    """The digests of the annexes as they were signed, in their order."""
    return [str(one["pdf"]) for one in _statement(unpack(data)).get("annexes", ())]


def _statement(parts: Parts) -> Mapping[str, Any]:
    """The statement of a package of our own; one that was sent is `verification`'s to read."""
    signature: Any = schemas.loads(parts.signature)
    statement: Mapping[str, Any] = signature["statement"]
    return statement


def pdf_digest(data: bytes) -> str:
    """The digest of the PDF in an issued package: what a revocation is tied to."""
    return digest(unpack(data).pdf)


def signature_of(data: bytes) -> object:
    """The signature file of an issued package: digests and signatures, no word of the paper."""
    return schemas.loads(unpack(data).signature)


def _kind(name: str) -> str:
    if annex := _ANNEX.fullmatch(name):
        return f"annex {annex[1]}"
    kinds = {".pdf": "pdf", ".sig.json": "signature", NOTE_NAME: "note"}
    return next((kind for end, kind in kinds.items() if name.endswith(end)), "")
