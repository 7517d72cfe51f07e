"""Identifiers are read as the standards say, in every disguise, and look-alikes are refused."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymization import identifiers

DATA = json.loads((Path(__file__).parent / "identifier_vectors.json").read_text("utf-8"))
TODAY = date.fromisoformat(DATA["today"])
VECTORS = [one for one in DATA["vectors"] if one["kind"] != "disambiguation"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['kind']}-{one['value']}")
def test_every_known_vector_is_judged_right(vector):
    strict = vector.get("level") == "strict"
    found = identifiers.read(vector["kind"], vector["value"], today=TODAY, strict=strict)
    assert (found is not None) == vector["valid"], vector["why"]
    if "normalised" in vector:
        assert found == vector["normalised"]


def test_a_credit_code_of_digits_is_never_taken_for_a_citizen():
    one = next(one for one in DATA["vectors"] if one["kind"] == "disambiguation")
    assert identifiers.classify(one["value"], today=TODAY) == one["expect"]


@given(
    st.integers(0, 999),
    st.dates(date(1900, 1, 1), TODAY),
    st.sampled_from(["150302", "110101", "650105", "810000"]),
    st.sampled_from(["", " ", "-", "\u200b", "\u3000"]),
    st.booleans(),
)
def test_a_citizen_number_reads_back_from_every_disguise(order, born, region, between, wide):
    body = f"{region}{born:%Y%m%d}{order:03}"
    number = body + identifiers.citizen_check(body)
    shown = between.join((number[:6], number[6:14], number[14:]))
    if wide:
        shown = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in shown)
    assert identifiers.read("citizen_id", shown, today=TODAY) == number


@given(st.from_regex(r"[1-8][0-9]{16}[0-9X]", fullmatch=True), st.integers(0, 16))
def test_one_changed_digit_never_passes_a_check(number, place):
    body = number[:17]
    good = body + identifiers.citizen_check(body)
    changed = str((int(good[place]) + 1) % 10)
    wrong = good[:place] + changed + good[place + 1 :]
    assert identifiers.citizen_check(wrong) != wrong[17]


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text):
    for kind in identifiers.kinds():
        found = identifiers.read(kind, text, today=TODAY)
        assert found is None or identifiers.read(kind, found, today=TODAY) is not None
