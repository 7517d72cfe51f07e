"""Signs bytes with the registry's own key and tells whether others' signatures hold.

Two algorithms: ``sm2-sm3`` (GB/T 32918, the default) and ``ed25519`` (RFC 8032). Both sign
deterministically: the same key over the same bytes gives the same signature, so a paper made
twice is the same file.

SM2 conventions, as the ``openssl`` command and the cards on the market have them: user id
``1234567812345678`` inside the Z value, signature as DER ``SEQUENCE {r, s}``, public key as the
uncompressed point ``04 || x || y``.

The SM2 arithmetic is gmssl's, in pure Python: correct, but **not constant-time**. Someone who can
measure this process closely may learn the key. Where that matters, choose ``ed25519`` or keep the
key in a process of its own. Three of gmssl's habits are not relied on here: its nonce comes from
an ordinary random generator, its constructor strips leading ``0`` and ``4`` digits from a public
key, and its verifier accepts points off the curve and numbers out of range.
"""

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from gmssl import sm2

import schemas

DEFAULT: Final = "sm2-sm3"
USER_ID: Final = b"1234567812345678"

# Longer than any key or signature of ours; garbage beyond it is not worth parsing.
_MAX_HEX: Final = 512
_MAX_KEY_FILE: Final = 1 << 20
_SUCCESSION: Final = "succession"
# One a year for longer than anybody keeps a paper; each costs a check of a signature.
_MAX_SUCCESSIONS: Final = 64


class KeyUnusable(Exception):
    """The key file cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class PublicKey:
    """What others need to check our signatures."""

    algorithm: str
    value: bytes

    @property
    def fingerprint(self) -> str:
        """SM3 of the public key, 64 hexadecimal digits: what people compare by eye."""
        return sm3(self.value).hex()

    @property
    def key_id(self) -> str:
        """The first 16 digits of the fingerprint: a name, never a proof of identity."""
        return self.fingerprint[:16]

    def fact(self) -> dict[str, str]:
        """Give the key as it stands in files: algorithm, key_id, value in hexadecimal."""
        return {"algorithm": self.algorithm, "key_id": self.key_id, "value": self.value.hex()}


@dataclass(frozen=True)
class Key:
    """The signing key, and the public keys it has replaced, newest first."""

    public: PublicKey
    private: bytes = field(repr=False)
    older: tuple[PublicKey, ...] = ()
    # How each older key named the next, oldest first: see `succession`.
    successions: tuple[Mapping[str, Any], ...] = ()

    @property
    def publics(self) -> tuple[PublicKey, ...]:
        """All public keys this file has ever signed with, the present one first."""
        return (self.public, *self.older)


@dataclass(frozen=True)
class Signature:
    """A signature and the name of the key that made it."""

    algorithm: str
    key_id: str
    value_hex: str

    def fact(self) -> dict[str, str]:
        """Give the signature as it stands in files."""
        return {"algorithm": self.algorithm, "key_id": self.key_id, "value": self.value_hex}


def load(path: Path, algorithm: str = DEFAULT) -> Key:
    """Read the key file, making it (mode 0600) when there is none.

    Two processes starting together end with the same key. Raises KeyUnusable for a file that is
    damaged, open to others, or of another algorithm than asked for.
    """
    _known(algorithm)
    if not path.exists():
        _place(path, _text(_generate(algorithm)), replacing=False)
    key = _read(path)
    if key.public.algorithm != algorithm:
        raise KeyUnusable(
            f"{path} holds a key for {key.public.algorithm}, but {algorithm} is set: "
            "rotate the key or set the algorithm back"
        )
    return key


def rotate(path: Path, algorithm: str = DEFAULT) -> Key:
    """Replace the key by a new one; the old public key stays in the file.

    The old private key is gone afterwards.
    """
    prepare(path, algorithm)
    return take_over(path)


def prepare(path: Path, algorithm: str = DEFAULT) -> tuple[Key, Key]:
    """Put the next key beside the present one, which goes on signing: the present, the next.

    A next key that lies there already, and follows the present one, is given again: who was
    interrupted goes on with it.
    """
    _known(algorithm)
    old = _read(path)
    beside = _next(path)
    with suppress(KeyUnusable):
        waiting = _read(beside)
        if waiting.older == old.publics and waiting.public.algorithm == algorithm:
            return old, waiting
    made = _generate(algorithm)
    handed = (*old.successions, succession(old, made.public))
    new = replace(made, older=old.publics, successions=handed)
    _place(beside, _text(new), replacing=True)
    return old, new


def take_over(path: Path) -> Key:
    """Make the next key the present one, in one step; the old private key is gone."""
    os.replace(_next(path), path)
    _sync_folder(path.parent)
    return _read(path)


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def succession(old: Key, new: PublicKey) -> dict[str, Any]:
    """State, signed by the old key, that the new one follows it.

    Whoever trusts the old key, or holds a paper signed by it, can so recognize what we sign later.
    """
    statement = {"kind": _SUCCESSION, "public_key": new.fact()}
    return {
        "statement": statement,
        "by": old.public.key_id,
        "signature": sign(old, schemas.canonical(statement)).fact(),
    }


def followed(publics: Iterable[PublicKey], successions: object) -> tuple[PublicKey, ...]:
    """The keys, and those that follow them by signed successions.

    Total: garbage among the successions adds nothing.
    """
    known = list(publics)
    listed = successions if isinstance(successions, list | tuple) else []
    for one in listed[:_MAX_SUCCESSIONS]:
        if not isinstance(one, Mapping) or not isinstance(one.get("statement"), Mapping):
            continue
        statement, made = one["statement"], signature(one.get("signature"))
        new = public_key(statement.get("public_key"))
        old = find(known, made.key_id) if made else None
        if made is None or new is None or old is None:
            continue
        # Written anew from what was read: nothing but these two facts can have been signed.
        text = schemas.canonical({"kind": _SUCCESSION, "public_key": new.fact()})
        if verify(old, made, text):
            known.append(new)
    return tuple(known)


def sign(key: Key, data: bytes) -> Signature:
    """Sign the bytes; the same key and bytes give the same signature."""
    public = key.public
    value = ALGORITHMS[public.algorithm].sign(key.private, public.value, data)
    return Signature(public.algorithm, public.key_id, value.hex())


def verify(public: PublicKey, signature: Signature, data: bytes) -> bool:
    """Tell whether this key made this signature over these bytes.

    Total: garbage in any argument answers False.
    """
    if signature.algorithm != public.algorithm or signature.key_id != public.key_id:
        return False
    algorithm = ALGORITHMS.get(public.algorithm)
    value = _unhex(signature.value_hex)
    return (
        algorithm is not None and value is not None and algorithm.verify(public.value, value, data)
    )


def find(publics: Iterable[PublicKey], key_id: str) -> PublicKey | None:
    """Give the key of that name among those, or None."""
    return next((public for public in publics if public.key_id == key_id), None)


def public_key(fact: object) -> PublicKey | None:
    """Read back ``PublicKey.fact()``; None for anything else, a false key_id included."""
    if not isinstance(fact, Mapping):
        return None
    algorithm, value = fact.get("algorithm"), _unhex(fact.get("value"))
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or value is None:
        return None
    public = PublicKey(algorithm, value)
    return public if fact.get("key_id") == public.key_id else None


def signature(fact: object) -> Signature | None:
    """Read back ``Signature.fact()``; None for anything else."""
    if not isinstance(fact, Mapping):
        return None
    given = (fact.get(name) for name in ("algorithm", "key_id", "value"))
    parts = [part for part in given if isinstance(part, str)]
    return Signature(*parts) if len(parts) == 3 else None


def spki(public: PublicKey) -> bytes:
    """Give the key as DER SubjectPublicKeyInfo, which other programs read."""
    return ALGORITHMS[public.algorithm].spki_head + public.value


def sm3(data: bytes) -> bytes:
    """SM3 of the bytes, 32 bytes (GB/T 32905)."""
    return hashlib.new("sm3", data).digest()


# --- the key file ---------------------------------------------------------------------------


def _known(algorithm: str) -> None:
    if algorithm not in ALGORITHMS:
        raise KeyUnusable(f"no such algorithm: {algorithm}; known: {', '.join(ALGORITHMS)}")


def _text(key: Key) -> str:
    facts = {
        **key.public.fact(),
        "private": key.private.hex(),
        "older": [public.fact() for public in key.older],
        "successions": list(key.successions),
    }
    facts["public"] = facts.pop("value")
    return json.dumps(facts, indent=1) + "\n"


def _read(path: Path) -> Key:
    """Read a key file, refusing what is not exactly one."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            facts = json.loads(file.read(_MAX_KEY_FILE))
    except (OSError, ValueError) as cause:
        raise KeyUnusable(f"{path} cannot be read as a key file") from cause
    # A group may be let in to read (secrets mounted into containers are), the world never.
    if mode & 0o027:
        raise KeyUnusable(f"{path} is open to others: set its mode to 0600")
    return _key(facts, path)


def _key(facts: object, path: Path) -> Key:
    damaged = KeyUnusable(f"{path} is not a whole key file: restore it from a backup")
    if not isinstance(facts, dict):
        raise damaged
    public = public_key({**facts, "value": facts.get("public")})
    private = _unhex(facts.get("private"))
    listed = facts.get("older", [])
    older = [public_key(fact) for fact in listed] if isinstance(listed, list) else [None]
    if public is None or private is None or any(one is None for one in older):
        raise damaged
    # A private key that does not belong to the public one would sign papers nobody can verify.
    if ALGORITHMS[public.algorithm].public(private) != public.value:
        raise damaged
    handed = facts.get("successions", [])
    if not isinstance(handed, list) or not all(isinstance(one, dict) for one in handed):
        raise damaged
    return Key(public, private, tuple(one for one in older if one is not None), tuple(handed))


def _place(path: Path, text: str, *, replacing: bool) -> None:
    """Put the whole text at the path or nothing; the first of two makers wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replacing:
            os.replace(temporary, path)
        else:
            # A link, unlike a rename, refuses to overwrite a key made meanwhile.
            try:
                os.link(temporary, path)
            except FileExistsError:
                return
    finally:
        Path(temporary).unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unhex(text: object) -> bytes | None:
    """Read lower-case hexadecimal, the one way we write it; None for anything else."""
    if not isinstance(text, str) or not 0 < len(text) <= _MAX_HEX:
        return None
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return None
    return value if value.hex() == text else None


# --- SM2 with SM3 ---------------------------------------------------------------------------

_P, _A, _B, _N = (int(sm2.default_ecc_table[name], 16) for name in "pabn")
_CURVE: Final = bytes.fromhex("".join(sm2.default_ecc_table[name] for name in "abg"))


def _sm2_generate() -> bytes:
    return (secrets.randbelow(_N - 2) + 1).to_bytes(32, "big")


def _sm2_public(private: bytes) -> bytes | None:
    """Give the uncompressed point, or None for a number that is no private key."""
    if len(private) != 32 or not 0 < int.from_bytes(private, "big") < _N - 1:
        return None
    curve = _sm2(b"", b"")
    point: str = curve._kg(int.from_bytes(private, "big"), curve.ecc_table["g"])
    return b"\x04" + bytes.fromhex(point)


def _sm2_sign(private: bytes, public: bytes, data: bytes) -> bytes:
    digest = _sm2_digest(public, data)
    curve = _sm2(private, public)
    for nonce in _nonces(int.from_bytes(private, "big"), digest):
        pair: str | None = curve.sign(digest, f"{nonce:064x}")
        if pair is not None:
            return encode_dss_signature(int(pair[:64], 16), int(pair[64:], 16))
    raise AssertionError("unreachable: the nonces never end")


def _sm2_verify(public: bytes, value: bytes, data: bytes) -> bool:
    pair = _sm2_pair(value)
    if pair is None or not _on_curve(public):
        return False
    text = "".join(f"{number:064x}" for number in pair)
    try:
        return bool(_sm2(b"", public).verify(text, _sm2_digest(public, data)))
    except TypeError:
        # gmssl gives None for the point at infinity and then trips over it: no signature is that.
        return False


def _sm2_pair(value: bytes) -> tuple[int, int] | None:
    """Read DER strictly: one signature has one spelling, and its numbers are in range."""
    try:
        r, s = decode_dss_signature(value)
    except ValueError:
        return None
    in_range = 0 < r < _N and 0 < s < _N
    return (r, s) if in_range and encode_dss_signature(r, s) == value else None


def _sm2(private: bytes, public: bytes) -> sm2.CryptSM2:
    curve = sm2.CryptSM2(private_key=private.hex(), public_key="")
    curve.public_key = public[1:].hex()  # past the constructor, which would strip digits of it
    return curve


def _sm2_digest(public: bytes, data: bytes) -> bytes:
    """Hash the signer's identity, the curve and the key before the data (GB/T 32918.2, 5.5)."""
    identity = (len(USER_ID) * 8).to_bytes(2, "big") + USER_ID
    return sm3(sm3(identity + _CURVE + public[1:]) + data)


def _on_curve(public: bytes) -> bool:
    if len(public) != 65 or public[0] != 4:
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0


def _nonces(private: int, digest: bytes) -> Iterable[int]:
    """Give the nonces of RFC 6979, with HMAC-SM3: secret, and never the same for two messages.

    A repeated or guessable nonce gives the private key away; deriving it leaves no generator
    to trust.
    """
    seed = private.to_bytes(32, "big") + (int.from_bytes(digest, "big") % _N).to_bytes(32, "big")
    k, v = bytes(32), b"\x01" * 32
    for mark in (b"\x00", b"\x01"):
        k = _hmac(k, v + mark + seed)
        v = _hmac(k, v)
    while True:
        v = _hmac(k, v)
        if 0 < (nonce := int.from_bytes(v, "big")) < _N:
            yield nonce
        k = _hmac(k, v + b"\x00")
        v = _hmac(k, v)


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sm3")


# --- ed25519 --------------------------------------------------------------------------------


def _ed25519_generate() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes_raw()


def _ed25519_public(private: bytes) -> bytes | None:
    if len(private) != 32:
        return None
    return ed25519.Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _ed25519_sign(private: bytes, _public: bytes, data: bytes) -> bytes:
    return ed25519.Ed25519PrivateKey.from_private_bytes(private).sign(data)


def _ed25519_verify(public: bytes, value: bytes, data: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(value, data)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class _Algorithm:
    generate: Callable[[], bytes]
    public: Callable[[bytes], bytes | None]
    sign: Callable[[bytes, bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]
    spki_head: bytes  # the DER in front of the key: sequence, algorithm identifier, bit string


ALGORITHMS: Final[Mapping[str, _Algorithm]] = MappingProxyType(
    {
        "sm2-sm3": _Algorithm(
            _sm2_generate,
            _sm2_public,
            _sm2_sign,
            _sm2_verify,
            bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200"),
        ),
        "ed25519": _Algorithm(
            _ed25519_generate,
            _ed25519_public,
            _ed25519_sign,
            _ed25519_verify,
            bytes.fromhex("302a300506032b6570032100"),
        ),
    }
)


def _generate(algorithm: str) -> Key:
    private = ALGORITHMS[algorithm].generate()
    public = ALGORITHMS[algorithm].public(private)
    if public is None:
        raise AssertionError("a private key just made has a public key")
    return Key(PublicKey(algorithm, public), private)
