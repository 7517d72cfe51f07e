"""Each technique on its own: what it hides, what it cannot read, what stays joinable."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymization.plan import choices
from anonymization.techniques import Groups, Release, treatment
from tests.anonymization.conftest import line

KEY = b"k" * 32
OF = Release("r", KEY, KEY)


def treated(values: list[Any], technique: str, of: Release = OF, **params: object) -> list[Any]:
    treat = treatment(line("列", technique, **params), of)
    assert treat is not None
    return treat(pl.DataFrame({"列": values}, schema={"列": pl.String}), 0).to_list()


def test_one_person_written_in_two_ways_is_one_pseudonym():
    first, second, other, blank = treated(
        ["15030219900101001x", " １５０３０２１９９００１０１００１Ｘ", "150302199001010021", " "],
        "pseudonym",
    )
    assert first == second != other
    assert blank is None
    assert len(first) == 32


def test_another_key_another_release_and_another_domain_give_other_pseudonyms():
    releases = [OF, Release("r", b"j" * 32, KEY), Release("s", KEY, KEY)]
    made = {treated(["1"], "pseudonym", one)[0] for one in releases}
    made.add(treated(["1"], "pseudonym", domain="other")[0])
    assert len(made) == 4


def test_a_shift_keeps_the_intervals_of_one_person():
    frame = pl.DataFrame({"人": ["甲", "甲", "乙"], "列": ["2020-01-01", "2020-03-01", "bad"]})
    treat = treatment(line("列", "shift", days=90, subject="人"), OF)
    assert treat is not None
    first, second, unread = treat(frame, 0).str.to_date(strict=False)
    assert (second - first).days == 60
    assert str(first) != "2020-01-01"
    assert unread is None


def test_noise_is_centred_on_the_value():
    made = treated(["1000"] * 4000, "noise", scale=10)
    assert abs(sum(made) / 4000 - 1000) < 2
    assert len(set(made)) > 20


def test_a_group_of_the_column_holds_at_least_its_size():
    values = [str(n * n) for n in range(101)]
    groups = Groups(line("列", "microaggregate", size=10), pl.Series([float(v) for v in values]))
    made = groups.treat(pl.DataFrame({"列": values}), 0)
    assert min(made.value_counts()["count"]) >= 10
    assert abs(made.sum() - sum(map(float, values))) < 101


def test_top_and_bottom_are_cut():
    assert treated(["1", "50", "999", "x"], "limit", low=10, high=100) == [10, 50, 100, None]


def test_a_text_loses_numbers_in_every_disguise():
    texts = [
        "电话 138 0473 0012",
        "电话１３８０４７３００１２",
        "证件150302 19900101 001X号",
        "住海勃湾区新华街道丽景苑3号楼2单元501室",
        "联系人：张小明，已核实",
    ]
    whole = "".join(treated(texts, "redact"))
    for secret in ("0012", "００１２", "001X", "501", "张小明"):
        assert secret not in whole
    assert "已核实" in whole


SIMPLE = [
    row
    for row in choices().values()
    if row["technique"] not in {"keep", "suppress", "microaggregate"}
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.sampled_from(SIMPLE))
def test_every_technique_takes_any_text(values, row):
    made = treated(values, row["technique"], **row["params"])
    assert len(made) == len(values)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=48, max_codepoint=0x9FFF), min_size=6, max_size=30))
def test_no_mask_shows_a_value_it_should_hide(value):
    for style in ("name", "id", "mobile", "bank", "email", "plate", "address"):
        shown = treated([value], "mask", style=style)[0]
        assert shown is None or value not in shown
