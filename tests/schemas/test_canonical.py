"""One strict loader, one canonical text, one digest."""

import contextlib
import json
from typing import Any

import pytest
import rfc8785
from gmssl import sm3
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas

from .strategies import drafts


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"x": {"a": 1, "\\u0061": 2}}', "duplicate-key"),
        (b"NaN", "number"),
        (b"[-Infinity]", "number"),
        (b"1e400", "number"),
        (b"[" * 65 + b"]" * 65, "depth"),
        (b"[" * 100_000, "depth"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        ("\ud800", "surrogate"),
        (b"\xff", "encoding"),
        ('{"a"'.encode("utf-16"), "encoding"),
        (b"{'a': 1}", "syntax"),
        (b"", "syntax"),
        (b"1" * 5000, "syntax"),
        (b'"' + b"a" * (4 * 1024 * 1024) + b'"', "size"),
    ],
)
def test_unreadable_data_is_refused_with_a_reason(data: bytes | str, reason: str) -> None:
    with pytest.raises(schemas.Unreadable) as refusal:
        schemas.loads(data)
    assert refusal.value.reason == reason


def test_pairs_of_surrogates_and_the_deepest_nesting_are_read() -> None:
    assert schemas.loads(b'"\\ud840\\udc00"') == "\U00020000"
    assert schemas.loads(b"\xef\xbb\xbf" + b"[" * 64 + b"]" * 64)


def test_the_limit_counts_bytes_not_characters() -> None:
    assert schemas.loads('"字"', limit=5) == "字"
    with pytest.raises(schemas.Unreadable):
        schemas.loads('"字"', limit=4)


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_every_stored_document_has_canonical_bytes_that_read_back(document: dict[str, Any]) -> None:
    written = schemas.canonical(document)
    assert schemas.loads(written) == document
    assert schemas.canonical(json.loads(written)) == written


_NUMBERS = (
    st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 1.0, 1e21, 1e-7, 5e-324, 0.1 + 0.2, 1e16, 1234567890123456.0])
)
_WRITTEN = st.characters(exclude_categories=["Cs"])
_NAMES = st.text(_WRITTEN, max_size=4) | st.sampled_from(["\uffee", "\U0001f600", "1.0", ",1e5"])


@given(
    st.recursive(
        st.none() | st.booleans() | _NUMBERS | _NAMES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    )
)
@settings(max_examples=400, deadline=None)
def test_any_value_has_the_bytes_of_the_standard(value: Any) -> None:
    assert schemas.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), [2**53], "\ud800", {"a": object()}])
def test_what_has_no_canonical_bytes_is_refused_as_the_standard_refuses_it(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        schemas.canonical(value)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_the_loader_answers_or_refuses(data: bytes | str) -> None:
    with contextlib.suppress(schemas.Unreadable):
        value = schemas.loads(data)
        assert json.loads(data) == value


def test_keys_are_sorted_and_nothing_is_escaped_needlessly() -> None:
    assert schemas.canonical({"b": 1.0, "a": "字"}) == '{"a":"字","b":1}'.encode()


@given(st.binary(max_size=80), st.text(max_size=20))
def test_the_digest_is_sm3_over_salt_and_bytes(salt: bytes, text: str) -> None:
    # An independent implementation of GB/T 32905 is the oracle.
    expected = sm3.sm3_hash(list(salt + schemas.canonical(text)))
    assert schemas.digest(text, salt) == f"sm3:{expected}"
