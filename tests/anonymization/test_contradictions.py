"""What grade, kind and type of sharing forbid is refused, with the rule and what to do."""

import pytest

import schemas
from anonymization import check_plan
from anonymization.contradictions import rules
from tests.anonymization.conftest import answering, line


def found(profile: str, **column: object) -> list[str]:
    """The codes of what is wrong with one kept column."""
    kept = line("列") | column
    plan = {**answering(kept), "profile": profile}
    plan |= {} if profile == "interface" else {"k": 20}
    return [fault.code for fault in check_plan(plan)]


LAW = {"open_basis": "某条例第十条"}


@pytest.mark.parametrize(
    ("column", "codes"),
    [
        ({"level": "2"}, []),
        ({"level": "3"}, ["GRADE_ABOVE_OPEN"]),
        ({"level": "3", **LAW}, []),
        ({"level": "4", **LAW}, ["GRADE_ABOVE_OPEN"]),
        ({"level": "4", "role": "quasi"}, []),
        ({"level": "6"}, ["GRADE_FORBIDS"]),
        ({"share_type": "3"}, ["TYPE_FORBIDS"]),
        ({"open_type": "3"}, ["TYPE_FORBIDS"]),
        ({"kind": "姓名", "role": "direct", **LAW}, []),
        ({"kind": "姓名", "role": "direct"}, ["DIRECT_KEPT"]),
        ({"kind": "姓名", "role": "other"}, ["ROLE_CONTRADICTS_KIND"]),
        ({"kind": "手机号码", "role": "direct", **LAW}, ["NEVER_OPEN"]),
    ],
    ids=str,
)
def test_what_is_opened_as_it_is_fits_what_the_catalogue_says_of_it(column, codes):
    assert found("open", **column) == codes


def test_a_direct_identifier_by_its_kind_is_kept_only_where_names_are_shared():
    assert found("statistical", kind="公民身份号码") == ["ROLE_CONTRADICTS_KIND"]
    assert found("interface", kind="公民身份号码") == ["ROLE_CONTRADICTS_KIND"]
    assert "ROLE_CONTRADICTS_KIND" not in found("lawful_raw", kind="公民身份号码")


def test_an_interface_returns_only_what_its_purpose_is_said_to_need():
    columns = [line("列"), line("号", "mask", style="id"), line("址", "suppress")]
    for use, faults in (
        (["列", "号"], []),
        (["列"], [("号", "ITEM_NOT_NEEDED")]),
        # Where nothing is said to be needed nothing would be too much.
        ([], [(None, "TERM_MISSING")]),
    ):
        found = check_plan(answering(*columns, use=use))
        assert [(one.column, one.code) for one in found] == faults
    open_ = {
        "profile": "open",
        "release": "1",
        "k": 20,
        "use": ["列"],
        "columns": [line("列"), line("文", "redact")],
    }
    assert check_plan(open_) == []


def test_every_rule_names_what_it_rests_on_and_what_to_do_in_both_languages():
    for rule in rules().values():
        assert rule["law"]["zh"]
        assert rule["law"]["en"]
        assert "{name}" in rule["zh"]
        assert "{name}" in rule["en"]
    (fault,) = check_plan(
        {"profile": "statistical", "release": "1", "columns": [line("收入") | {"share_type": "3"}]}
    )
    assert "《政务数据共享条例》" in fault.zh
    assert "请删除、泛化" in fault.zh
    assert "Art. 14-15" in fault.en


def test_the_kinds_that_are_never_open_are_those_of_the_catalogue():
    # The library knows nothing of the catalogue's tables, so the list stands in both.
    kinds = schemas.codes.table("personal_information_kinds")
    never = rules()["NEVER_OPEN"]["kinds"]
    assert sorted(never) == sorted(kinds["never_open_kinds"])
    assert set(never) <= {one["item"] for one in kinds["kinds"]}
