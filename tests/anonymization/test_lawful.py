"""What a claim says a law orders to be published, and what no law orders."""

import polars as pl
import pytest

from anonymization import lawful, verify
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


def of_law(law: str, column: str = "被执行人姓名") -> list[tuple[str, tuple[str, ...]]]:
    verdict = verify(DEBTORS, {"rules": {column: f"依法公开：{law}"}})
    return [(one.code, one.columns) for one in verdict.findings]


def test_a_law_that_orders_nothing_of_the_kind_excuses_nothing_and_those_that_do_are_named():
    found = verify(DEBTORS, {"rules": {"被执行人姓名": "依法公开：网络安全法第二十一条"}}).findings
    assert [one.code for one in found] == ["DIRECT_IDENTIFIER_LEFT", "BASIS_DOES_NOT_ORDER"]
    assert "《行政处罚法》" in found[1].remedy_zh


@pytest.mark.parametrize("law", ["公民信用促进法第三条", "某某办法", "有关规定"])
def test_a_law_that_nobody_knows_excuses_nothing(law):
    codes = [code for code, _ in of_law(law)]
    assert codes == ["DIRECT_IDENTIFIER_LEFT", "BASIS_UNKNOWN"]


def test_a_rule_of_the_city_with_title_and_article_is_believed_and_shown_as_not_checked():
    said = "依法公开：乌海市社会信用管理办法第十二条"
    verdict = verify(DEBTORS, {"rules": {"被执行人姓名": said}})
    assert verdict.passed
    assert verdict.facts()["laws_not_checked"] == {"被执行人姓名": said}


def test_an_article_on_no_list_is_shown_as_not_checked():
    said = "依法公开：行政处罚法第三条"
    verdict = verify(DEBTORS, {"rules": {"被执行人姓名": said}})
    assert verdict.passed
    assert verdict.facts()["laws_not_checked"] == {"被执行人姓名": said}


def test_names_by_order_of_a_law_carry_no_homes_that_it_does_not_order():
    law = "依法公开：社会救助暂行办法第十二条"
    homes = [f"海勃湾区新华街道学府花园{n % 30 + 1}号楼{n % 4 + 1}单元{n}01室" for n in range(300)]
    frame = pl.DataFrame({"姓名": PEOPLE["姓名"], "家庭住址": homes})
    verdict = verify(frame, {"rules": dict.fromkeys(frame.columns, law)})
    assert [(one.code, one.columns) for one in verdict.findings] == [
        ("FULL_ADDRESS_LEFT", ("家庭住址",)),
        ("BASIS_DOES_NOT_ORDER", ("家庭住址",)),
    ]
    villages = frame.with_columns(家庭住址=pl.Series(["新华街道东苑社区"] * 300))
    assert verify(villages, {"rules": dict.fromkeys(frame.columns, law)}).passed


def test_what_somebody_suffers_from_stands_beside_no_name_whatever_law_orders_the_name():
    law = "依法公开：社会救助暂行办法第十二条"
    frame = DEBTORS.select(
        姓名="被执行人姓名", 疾病诊断=pl.Series(["肺结核", "尿毒症", "高血压"] * 100)
    )
    verdict = verify(frame, {"rules": dict.fromkeys(frame.columns, law)})
    assert [(one.code, one.columns) for one in verdict.findings] == [
        ("BASIS_DOES_NOT_ORDER", ("疾病诊断",))
    ]


def test_every_law_of_the_list_says_what_it_lets_be_published_and_how_sure_that_is():
    for law in lawful.laws():
        assert set(law["lets"]) <= {"names", "amounts", "contacts"}
        assert law["addresses"] in {"none", "office", "village", "door"}
        assert law["trust"] in {"read", "memory"}
        assert lawful.read(f"依法公开：{law['title']}").laws == (law,)
