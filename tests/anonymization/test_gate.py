"""The gate on what careless offices leave and its look-alikes, on counts, without a claim."""

import pytest

from anonymization import linking, verify
from tests.anonymization import careless, fourth_sectors
from tests.anonymization.conftest import refused
from tests.anonymization.flaws import flawed
from tests.anonymization.judging import few, made, some
from tests.anonymization.releases import CLAIMS, judge, release, sound


def test_in_sound_releases_of_a_fourth_hand_nobody_stands_in_a_group_of_less_than_six():
    smallest = [
        fourth_sectors.smallest(case.frame, known)
        for case in made(fourth_sectors.sound)
        if (known := case.claim.get("quasi_identifiers"))
    ]
    assert len(smallest) == 21
    assert min(smallest) >= 6


@pytest.mark.parametrize("group", list(careless.FLAWED))
def test_what_careless_offices_leave_is_found_column_by_column(group):
    case = careless.careless(group)
    findings = verify(case.frame, case.claim).findings
    named = {name for one in findings if one.code in case.codes for name in one.columns}
    assert set(case.columns) - named == set()


@pytest.mark.parametrize("group", list(careless.SOUND))
def test_what_only_looks_like_it_passes(group):
    case = careless.careful(group)
    assert [one.zh for one in verify(case.frame, case.claim).findings] == []


def test_parts_of_one_number_in_several_columns_are_put_together():
    for case in careless.together():
        findings = verify(case.frame, case.claim).findings
        assert [set(one.columns) for one in findings] == [set(case.columns)]


@pytest.mark.parametrize(
    ("table", "passes"),
    [
        (careless.counts(30), True),
        (careless.counts(2), False),
        (careless.counts(2, left_out=1), False),
        (careless.counts(2, left_out=2), True),
        (careless.counts(30, left_out=1), True),
        (careless.counts(2, left_out=1, totals=False), True),
    ],
    ids=["large", "small", "given back", "two left out", "large left out", "no totals"],
)
def test_tables_of_counts_are_judged_by_their_cells_and_totals(table, passes):
    found = verify(table).findings
    assert found == () if passes else [one.code for one in found] == ["K_TOO_SMALL"]


def test_sound_releases_pass_without_a_claim():
    assert judge(some(made(sound)), claimed=False).wrong == ()


def test_the_verdict_holds_without_a_claim():
    judged = some(made(flawed)[::9])
    found = judge(judged, claimed=False)
    assert found.flawed - found.refused <= few(1, len(judged)), found.wrong


def test_a_sketch_of_an_earlier_release_is_as_good_as_the_release_and_holds_no_code():
    frame, _ = release("hukou", 3)
    kept = {"sketches": [one.facts() for one in linking.sketches(frame)]}
    assert [one for one in frame["人员假名"] if one in str(kept)] == []
    found = verify(frame, CLAIMS["hukou"], earlier=[kept]).findings
    assert [(one.code, one.columns) for one in found] == [
        ("PSEUDONYM_JOINS_OTHER_RELEASE", ("人员假名",))
    ]
    assert verify(release("hukou", 4)[0], CLAIMS["hukou"], earlier=[kept]).passed


@pytest.mark.parametrize(
    "claim", [{"k": "ten"}, {"quasi_identifiers": "区"}, {"population": {"total": "many"}}]
)
def test_a_claim_that_is_none_is_refused_in_a_sentence(claim):
    refused("CLAIM_FAULTY", lambda: verify(release("tax", 1, 20)[0], claim))


def test_a_sketch_that_is_none_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "sketch.json"
    for text in ("no json", "[]", '{"sketches": [{}]}'):
        path.write_text(text, "utf-8")
        refused(
            "SKETCH_FAULTY", lambda: verify(release("tax", 1, 20)[0], CLAIMS["tax"], earlier=[path])
        )
