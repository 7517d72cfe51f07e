"""The gate on releases of eight sectors: every flaw caught with its cause, no false alarm."""

import pytest

from anonymization import linking, verify
from tests.anonymization import careless, fourth_releases, fourth_sectors, fresh_releases
from tests.anonymization.conftest import refused
from tests.anonymization.flaws import flawed
from tests.anonymization.hands import few, made, some
from tests.anonymization.releases import CLAIMS, judge, parts, release, sound, verdict


@pytest.mark.parametrize(("part", "missed"), [(0, 4), (1, 6)], ids=["tuned", "held out"])
def test_flawed_releases_are_refused_for_their_cause_with_the_columns_named(part, missed):
    cases = parts(made(flawed))[part]
    assert len(cases) >= 30
    found = judge(some(cases))
    # Digests of telephones from anywhere in the country take more guesses than are made for a
    # release of nine hundred rows: some stay unproven.
    assert found.flawed - found.columns <= few(missed), found.wrong
    assert found.cause == found.columns


@pytest.mark.parametrize(("part", "missed"), [(0, 3), (1, 3)], ids=["open", "sealed"])
def test_flaws_of_a_third_hand_are_found_too(part, missed):
    cases = parts(made(fresh_releases.flawed))[part]
    assert len(cases) >= 16
    found = judge(some(cases))
    assert found.flawed - found.columns <= few(missed), found.wrong


@pytest.mark.parametrize(("part", "missed"), [(0, 1), (1, 7)], ids=["open", "held"])
def test_the_slips_of_a_fourth_hand_are_found_as_they_once_were(part, missed):
    cases = parts(made(fourth_releases.flawed))[part]
    assert len(cases) == (44, 22)[part]
    found = judge(some(cases))
    assert found.flawed - found.columns <= few(missed), found.wrong


@pytest.mark.parametrize(("part", "missed"), [(0, 1), (1, 3)], ids=["open", "held"])
def test_sound_releases_of_a_fourth_hand_pass_as_they_once_did(part, missed):
    cases = parts(made(fourth_releases.sound))[part]
    assert len(cases) == (20, 10)[part]
    found = judge(some(cases))
    assert found.sound - found.passed <= few(missed), found.wrong


def test_in_sound_releases_of_a_fourth_hand_nobody_stands_in_a_group_of_less_than_six():
    smallest = [
        fourth_sectors.smallest(case.frame, known)
        for case in made(fourth_releases.sound)
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


@pytest.mark.parametrize("claimed", [True, False], ids=["with a claim", "without"])
def test_sound_releases_pass(claimed):
    assert len(made(sound)) >= 20
    assert judge(some(made(sound)), claimed).wrong == ()


def test_the_verdict_holds_without_a_claim():
    found = judge(made(flawed)[::9], claimed=False)
    assert found.flawed - found.refused <= 1, found.wrong


def test_a_sketch_of_an_earlier_release_is_as_good_as_the_release_and_holds_no_code():
    frame, _ = release("hukou", 3)
    kept = {"sketches": [one.facts() for one in linking.sketches(frame)]}
    assert [one for one in frame["人员假名"] if one in str(kept)] == []
    found = verify(frame, CLAIMS["hukou"], earlier=[kept]).findings
    assert [(one.code, one.columns) for one in found] == [
        ("PSEUDONYM_JOINS_OTHER_RELEASE", ("人员假名",))
    ]
    assert verify(release("hukou", 4)[0], CLAIMS["hukou"], earlier=[kept]).passed


def test_every_finding_shows_the_cheapest_way_in_both_languages_and_quotes_no_value():
    for case in made(flawed)[::9]:
        values = {one for one in case.frame.to_series(-1).drop_nulls() if len(str(one)) > 9}
        for one in verdict(case).findings:
            facts = one.facts()
            assert all(facts[key] for key in ("detail", "detail_en", "remedy", "remedy_en"))
            assert facts["example"]
            assert facts["example_en"]
            assert 0 < one.records <= case.frame.height
            assert [value for value in values if str(value) in str(facts)] == []


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
