"""An element that reads like personal information and is not marked so is told, and answered."""

import pytest

from registry import catalogue
from registry.catalogue import check_new, unmarked
from registry.errors import Invalid
from tests.catalogue.test_life import working
from tests.factories import document

OPEN = {"data_type": "C", "length": "18", "primary_key": False, "nullable": True, "level": "1"}


def entry(*names, **more):
    """An open entry of a unit with these elements besides its own, all as general 1."""
    made = document("养老机构负责人信息", share_type="1", open_type="1", data_class="9")
    made = {k: v for k, v in made.items() if not k.startswith("share_") or k == "share_type"}
    made |= {"share_method_class": "01", "share_method": "02", "format_class": "1"}
    made |= {"format_types": ["docx"], "format_class": "1"}
    kinds = {"share_type": "1", "open_type": "1"}
    made["items"] = [{"name": "机构编号", **OPEN, **kinds}]
    made["items"] += [{"name": name, **OPEN, **kinds, **more} for name in names]
    return made


def draft(town, text):
    registrar = town.person("registrar")
    made = catalogue.register(town.session, registrar, town.department, text, declared=True)
    return registrar, working(town.session, made.key)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("负责人身份证号", "公民身份号码"),
        ("银行卡号", "银行账号"),
        ("户籍地址", "户籍地址"),
        ("联系电话", "手机号码"),
        ("证件号码", "公民身份号码"),
    ],
)
def test_an_unmarked_identifier_that_everybody_would_read_is_not_handed_in(town, name, kind):
    registrar, version = draft(town, entry(name))
    with pytest.raises(Invalid, match="not_ready") as refusal:
        catalogue.hand_in(town.session, registrar, [version])
    problem = next(p for p in refusal.value.problems if p.rule == "S10")
    assert problem.pointer == "/items/1/pi_kind"
    assert problem.message().startswith(f"信息项 2「{name}」·个人信息种类：名称像")
    assert kind in problem.message()
    assert "个人信息认定说明" in problem.message()
    assert "Why not as its name reads" in problem.message("en")


def test_a_reason_lets_it_pass_and_stands_before_who_decides(town):
    registrar, version = draft(town, entry("联系电话", pi_reason="机构的办公电话"))
    catalogue.hand_in(town.session, registrar, [version])
    text = catalogue.document_of(version)
    told = [
        w.message()
        for w in catalogue.warnings_of(town.session, version.resource_id, text)
        if w.rule == "S10"
    ]
    assert len(told) == 1
    assert "填报单位说明：机构的办公电话" in told[0]


def test_what_is_not_given_to_everybody_is_told_and_no_wall(town):
    text = entry("联系电话")
    for item in text["items"]:
        item |= {"share_type": "2", "open_type": "3"}
    assert unmarked.faults(text) == []
    assert [p.pointer for p in unmarked.told(text)] == ["/items/1/pi_kind"]


def test_an_element_that_says_nothing_is_taken_as_its_resource(town):
    text = entry("银行卡号")
    text["items"][1] = {"name": "银行卡号"}
    assert [p.code for p in unmarked.faults(text)] == ["sensitive"]


def test_a_sensitive_number_marked_as_a_name_is_told():
    text = entry("身份证号", pi_kind="姓名", pi_role="direct")
    assert [p.rule for p in unmarked.faults(text)] == ["S10"]
    text["items"][1]["pi_kind"] = "公民身份号码"
    assert unmarked.told(text) == []


@pytest.mark.parametrize(
    "name", ["地址", "经度", "办公电话", "注册地址", "统一社会信用代码", "人数"]
)
def test_what_institutions_have_as_well_is_no_personal_information(name):
    assert unmarked.told(entry(name)) == []


def test_in_a_table_of_persons_an_address_is_theirs():
    assert [p.rule for p in unmarked.told({**entry("住所"), "data_class": "1"})] == ["S10"]


def test_an_entry_of_an_old_list_is_told_the_same(town):
    [found] = check_new(town.session, [("民政局", town.department, entry("户籍地址"))])
    assert [p.pointer for p in found if p.rule == "S10"] == ["/items/1/pi_kind"]


@pytest.mark.parametrize("junk", [None, 5, [], {}, "x", [None], [{"name": 3}], [{"name": ""}]])
def test_any_draft_is_read_without_a_fault(junk):
    assert unmarked.told({"items": junk, "data_class": junk}) == []
