"""What a claim says a law orders to be published, and what no law orders."""

import polars as pl
import pytest

from anonymization import verify
from anonymization.synthetic import citizens
from tests.anonymization.conftest import refused

LAW = "依法公开：关于公布失信被执行人名单信息的若干规定第六条"
PEOPLE = citizens(300, seed=11)
DEBTORS = pl.DataFrame(
    {
        "被执行人姓名": PEOPLE["姓名"],
        "执行案号": [f"(2025)内0302执{n + 1}号" for n in range(PEOPLE.height)],
        "履行情况": ["全部未履行", "部分未履行"] * (PEOPLE.height // 2),
    }
)


def named(frame: pl.DataFrame, rules: dict[str, str]) -> list[tuple[str, ...]]:
    return [one.columns for one in verify(frame, {"rules": rules}).findings]


def test_names_that_a_law_orders_to_be_published_pass_and_the_law_is_on_record():
    assert named(DEBTORS, {}) == [("被执行人姓名",)]
    verdict = verify(DEBTORS, {"rules": {"被执行人姓名": LAW}})
    assert verdict.passed
    assert verdict.facts()["published_by_law"] == {"被执行人姓名": LAW}


@pytest.mark.parametrize("said", ["依法公开", "按10岁泛化", "依据脱敏规定处理后公开"])
def test_a_rule_that_names_no_law_excuses_nothing(said):
    assert named(DEBTORS, {"被执行人姓名": said}) == [("被执行人姓名",)]


def test_numbers_of_papers_and_telephones_fail_whatever_law_is_named():
    frame = DEBTORS.with_columns(证件号码=PEOPLE["公民身份号码"], 电话=PEOPLE["手机号码"])
    found = named(frame, dict.fromkeys(frame.columns, LAW))
    assert sorted(found) == [("电话",), ("证件号码",)]


def test_rules_that_are_no_sentences_are_refused():
    refused("CLAIM_FAULTY", lambda: verify(DEBTORS, {"rules": {"被执行人姓名": 6}}))
