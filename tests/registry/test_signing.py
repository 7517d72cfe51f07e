"""Signatures: ours hold elsewhere, others' garbage holds nowhere, key files are safe."""

import json
import os
import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry import signing
from registry.signing import Key, KeyUnusable, PublicKey, Signature

ALGORITHMS = sorted(signing.ALGORITHMS)
TEXT = "数据资源目录核验意见".encode()
OPENSSL = shutil.which("openssl")
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def sm2_key(private: int) -> Key:
    value = private.to_bytes(32, "big")
    public = signing.ALGORITHMS["sm2-sm3"].public(value)
    assert public is not None
    return Key(PublicKey("sm2-sm3", public), value)


# The example of GB/T 32918.5-2017, annex A: recommended curve, user id 1234567812345678.
STANDARD = sm2_key(0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8)
STANDARD_DIGEST = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
STANDARD_R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
STANDARD_S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


@pytest.fixture(params=ALGORITHMS)
def key(request, tmp_path):
    return signing.load(tmp_path / "keys" / "signing.json", request.param)


def test_what_is_signed_verifies_and_nothing_else_does(key):
    made = signing.sign(key, TEXT)
    assert signing.verify(key.public, made, TEXT)
    assert not signing.verify(key.public, made, TEXT + b" ")
    assert not signing.verify(key.public, made, b"")


def test_signing_twice_gives_the_same_signature(key):
    assert signing.sign(key, TEXT) == signing.sign(key, TEXT)
    assert signing.sign(key, TEXT) != signing.sign(key, b"other")


def test_every_changed_bit_of_a_signature_is_noticed(key):
    made = signing.sign(key, TEXT)
    value = bytes.fromhex(made.value_hex)
    for position in range(0, len(value), 7):
        changed = bytearray(value)
        changed[position] ^= 1 << position % 8
        assert not signing.verify(key.public, replace(made, value_hex=changed.hex()), TEXT)


def test_another_key_does_not_verify_even_under_the_same_name(key, tmp_path):
    other = signing.load(tmp_path / "other.json", key.public.algorithm)
    made = signing.sign(key, TEXT)
    assert not signing.verify(other.public, made, TEXT)
    assert not signing.verify(other.public, replace(made, key_id=other.public.key_id), TEXT)


# --- SM2 held against the standard and against another implementation -------------------------


def test_the_signature_printed_in_the_standard_verifies():
    value = encode_dss_signature(STANDARD_R, STANDARD_S).hex()
    printed = Signature("sm2-sm3", STANDARD.public.key_id, value)
    assert STANDARD.public.value.hex().startswith("0409f9df311e5421a150dd7d161e4bc5c672")
    assert signing._sm2_digest(STANDARD.public.value, b"message digest").hex() == STANDARD_DIGEST
    assert signing.verify(STANDARD.public, printed, b"message digest")
    assert not signing.verify(STANDARD.public, printed, b"message digest.")


def openssl(*arguments):
    command = [OPENSSL, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def openssl_verifies(folder, public, made, data):
    (folder / "public.der").write_bytes(signing.spki(public))
    (folder / "signature").write_bytes(bytes.fromhex(made.value_hex))
    (folder / "data").write_bytes(data)
    answer = openssl(
        "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder / "public.der",
        "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
        "-in", folder / "data", "-sigfile", folder / "signature",
    )  # fmt: skip
    return answer.returncode == 0


def openssl_tests(collected):
    """Leave the tests beside the openssl command out where there is none."""
    return collected if OPENSSL else None


@openssl_tests
def test_openssl_verifies_our_sm2_signatures(tmp_path):
    # Private keys whose public point begins with digits gmssl's constructor would strip.
    for key in (STANDARD, *stripped_keys()):
        made = signing.sign(key, TEXT)
        assert openssl_verifies(tmp_path, key.public, made, TEXT)
        assert not openssl_verifies(tmp_path, key.public, made, b"other")


@openssl_tests
def test_we_verify_the_sm2_signatures_of_openssl(tmp_path):
    private, data, made = tmp_path / "key.pem", tmp_path / "data", tmp_path / "signature"
    data.write_bytes(TEXT)
    assert openssl("ecparam", "-genkey", "-name", "SM2", "-out", private).returncode == 0
    public = tmp_path / "public.der"
    assert (
        openssl("pkey", "-in", private, "-pubout", "-outform", "DER", "-out", public).returncode
        == 0
    )
    signed = openssl(
        "pkeyutl", "-sign", "-inkey", private, "-rawin", "-digest", "sm3",
        "-pkeyopt", "distid:1234567812345678", "-in", data, "-out", made,
    )  # fmt: skip
    assert signed.returncode == 0, signed.stderr
    theirs = PublicKey("sm2-sm3", public.read_bytes()[-65:])
    value = Signature("sm2-sm3", theirs.key_id, made.read_bytes().hex())
    assert signing.spki(theirs) == public.read_bytes()
    assert signing.verify(theirs, value, TEXT)
    assert not signing.verify(theirs, value, TEXT[1:])


def stripped_keys():
    keys = (sm2_key(private) for private in range(1, 400))
    return [key for key in keys if key.public.value[1:].hex()[0] in "04"][:2]


def test_numbers_out_of_range_are_no_signature():
    r, s = decode_dss_signature(bytes.fromhex(signing.sign(STANDARD, TEXT).value_hex))
    for pair in ((r + ORDER, s), (r, s + ORDER), (0, s), (r, 0), (r, ORDER - r)):
        value = encode_dss_signature(*pair).hex()
        made = Signature("sm2-sm3", STANDARD.public.key_id, value)
        assert not signing.verify(STANDARD.public, made, TEXT)


def test_a_point_off_the_curve_is_no_key():
    value = bytearray(STANDARD.public.value)
    value[-1] ^= 1
    public = PublicKey("sm2-sm3", bytes(value))
    made = replace(signing.sign(STANDARD, TEXT), key_id=public.key_id)
    assert not signing.verify(public, made, TEXT)


def test_a_nonce_is_never_shared_by_two_keys_or_two_messages():
    nonces = iter(signing._nonces(1, bytes(32)))
    first, second = next(nonces), next(nonces)
    assert 0 < first < ORDER
    assert first != second
    assert first != next(iter(signing._nonces(2, bytes(32))))
    assert first != next(iter(signing._nonces(1, b"\x01" * 32)))


# --- garbage ----------------------------------------------------------------------------------

anything = st.one_of(st.none(), st.integers(), st.text(max_size=40), st.binary(max_size=70))


@settings(deadline=None)
@given(st.sampled_from([*ALGORITHMS, "rsa"]), st.binary(max_size=70), st.text(max_size=200))
@example("sm2-sm3", STANDARD.public.value, "3006020100020100")
@example("sm2-sm3", STANDARD.public.value, "00" * 10_000)
@example("ed25519", bytes(32), "00" * 64)
def test_garbage_verifies_nothing_and_raises_nothing(algorithm, value, text):
    public = PublicKey(algorithm, value)
    assert not signing.verify(public, Signature(algorithm, public.key_id, text), TEXT)


@given(st.dictionaries(st.sampled_from(["algorithm", "key_id", "value"]), anything) | anything)
def test_facts_that_are_no_key_or_signature_are_none(fact):
    assert signing.public_key(fact) is None
    assert signing.signature(fact) is None or isinstance(fact["value"], str)


def test_keys_and_signatures_come_back_from_their_facts(key):
    made = signing.sign(key, TEXT)
    assert signing.public_key(json.loads(json.dumps(key.public.fact()))) == key.public
    assert signing.signature(json.loads(json.dumps(made.fact()))) == made


def test_a_key_under_a_false_name_is_no_key(key):
    assert signing.public_key({**key.public.fact(), "key_id": "0" * 16}) is None


# --- the key file -----------------------------------------------------------------------------


def test_the_key_file_is_made_once_and_only_for_its_owner(tmp_path):
    path = tmp_path / "keys" / "signing.json"
    first = signing.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.public.algorithm == "sm2-sm3"
    assert signing.load(path) == first
    assert os.listdir(path.parent) == ["signing.json"]


def test_processes_starting_together_end_with_one_key(tmp_path):
    path = tmp_path / "signing.json"
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: signing.load(path, "ed25519"), range(8)))
    assert len({key.private for key in keys}) == 1


def test_the_private_key_is_never_printed(key):
    assert key.private.hex() not in repr(key)
    assert repr(key.private) not in repr(key)


def test_rotation_makes_a_new_key_and_keeps_the_old_public_one(key, tmp_path):
    path = tmp_path / "keys" / "signing.json"
    made = signing.sign(key, TEXT)
    new = signing.rotate(path, "ed25519")
    assert new.public != key.public
    assert new.publics == (new.public, key.public)
    assert signing.load(path, "ed25519") == new
    assert key.private.hex() not in path.read_text()
    old = signing.find(new.publics, made.key_id)
    assert old is not None
    assert signing.verify(old, made, TEXT)
    assert signing.rotate(path, "ed25519").publics[1:] == new.publics


def test_another_algorithm_than_the_one_in_the_file_asks_for_rotation(tmp_path):
    path = tmp_path / "signing.json"
    signing.load(path, "ed25519")
    with pytest.raises(KeyUnusable, match="rotate"):
        signing.load(path, "sm2-sm3")


def test_an_unknown_algorithm_makes_no_file(tmp_path):
    with pytest.raises(KeyUnusable, match="known: "):
        signing.load(tmp_path / "signing.json", "rsa")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o666])
def test_a_key_file_open_to_others_is_refused(tmp_path, mode):
    path = tmp_path / "signing.json"
    signing.load(path)
    path.chmod(mode)
    with pytest.raises(KeyUnusable, match="0600"):
        signing.load(path)


def spoilt(facts):
    """Ways a key file can be wrong."""
    other = sm2_key(5)
    yield "[]"
    yield "{"
    yield json.dumps({**facts, "private": other.private.hex()})
    yield json.dumps({**facts, "public": other.public.value.hex()})
    yield json.dumps({**facts, "private": "00" * 32})
    yield json.dumps({**facts, "private": "00"})
    yield json.dumps({**facts, "older": 3})
    yield json.dumps({**facts, "older": [{"algorithm": "rsa"}]})


def test_a_damaged_key_file_is_refused(tmp_path):
    path = tmp_path / "signing.json"
    signing.load(path)
    for text in spoilt(json.loads(path.read_text())):
        path.write_text(text)
        with pytest.raises(KeyUnusable, match=r"signing\.json"):
            signing.load(path)
