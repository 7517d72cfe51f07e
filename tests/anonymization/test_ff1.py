"""FF1 over AES gives the published vectors of NIST; over SM4 it finds its way back."""

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from hypothesis import given
from hypothesis import strategies as st

from anonymization.ff1 import FF1

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94"
DIGITS, LETTERS = "0123456789", "0123456789abcdefghi"
SHORT, LONG = "39383736353433323130", "3737373770717273373737"

# The samples of NIST for FF1: bytes of the key, radix, tweak, plain, cipher.
SAMPLES = [
    (16, 10, "", DIGITS, "2433477484"),
    (16, 10, SHORT, DIGITS, "6124200773"),
    (16, 36, LONG, LETTERS, "a9tv40mll9kdu509eum"),
    (24, 10, "", DIGITS, "2830668132"),
    (24, 10, SHORT, DIGITS, "2496655549"),
    (24, 36, LONG, LETTERS, "xbj3kv35jrawxv32ysr"),
    (32, 10, "", DIGITS, "6657667009"),
    (32, 10, SHORT, DIGITS, "1001623463"),
    (32, 36, LONG, LETTERS, "xs8a0azh2avyalyzuwd"),
]


def matrix(*texts: str) -> np.ndarray:
    return np.array([[ALPHABET.index(one) for one in text] for text in texts], np.uint8)


def texts(digits: np.ndarray) -> list[str]:
    return ["".join(ALPHABET[one] for one in row) for row in digits]


@pytest.mark.parametrize(("size", "radix", "tweak", "plain", "cipher"), SAMPLES)
def test_over_aes_it_gives_the_published_samples(size, radix, tweak, plain, cipher):
    ff1 = FF1(algorithms.AES(bytes.fromhex(KEY)[:size]), radix, bytes.fromhex(tweak))
    made = ff1.encrypt(matrix(plain, plain))
    assert texts(made) == [cipher, cipher]
    assert texts(ff1.decrypt(made)) == [plain, plain]


@given(
    st.data(),
    st.sampled_from([10, 36]),
    st.binary(max_size=40),
    st.binary(min_size=16, max_size=16),
)
def test_what_is_encrypted_over_sm4_comes_back_and_keeps_its_shape(data, radix, tweak, key):
    ff1 = FF1.sm4(key, radix, tweak)
    length = data.draw(st.sampled_from(list(ff1.lengths())))
    rows = st.lists(st.integers(0, radix - 1), min_size=length, max_size=length)
    plain = np.array(data.draw(st.lists(rows, min_size=1, max_size=5)), np.uint8)
    made = ff1.encrypt(plain)
    assert made.shape == plain.shape
    assert made.max() < radix
    assert (ff1.decrypt(made) == plain).all()


def test_a_batch_gives_what_each_value_gives_alone():
    ff1 = FF1.sm4(b"k" * 16)
    plain = np.random.default_rng(1).integers(0, 10, (300, 17)).astype(np.uint8)
    alone = np.vstack([ff1.encrypt(row[None, :]) for row in plain])
    assert (ff1.encrypt(plain) == alone).all()


def test_no_two_values_become_one():
    digits = np.array([[int(one) for one in f"{n:06d}"] for n in range(0, 10**6, 7)], np.uint8)
    made = FF1.sm4(b"k" * 16).encrypt(digits)
    assert len(np.unique(made, axis=0)) == len(digits)


def test_a_domain_below_a_million_is_no_domain():
    assert FF1.sm4(b"k" * 16).lengths()[0] == 6
    assert FF1.sm4(b"k" * 16, 36).lengths()[0] == 4
    with pytest.raises(ValueError, match="no domain"):
        FF1.sm4(b"k" * 16).encrypt(matrix("12345"))
