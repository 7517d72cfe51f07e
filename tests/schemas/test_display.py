"""A document reads as a person would print it."""

from typing import Any

from hypothesis import given, settings

import schemas

from .strategies import drafts


def test_codes_are_printed_by_their_labels() -> None:
    document = {"share_type": "2", "themes": ["2/01", "2/10"], "class_path": "3/07/001"}
    lines = dict(line for _, section in schemas.display(document) for line in section)
    assert lines["共享类型"] == "有条件共享"
    assert lines["主题"] == "公共服务、社区治理"
    assert lines["信息资源分类"].startswith("部门信息资源目录 / 省")
    assert lines["信息资源分类"].endswith("/ 001")


def test_sections_come_in_form_order_and_only_when_filled() -> None:
    shown = schemas.display({"note": "无", "census": {"total_gb": None}, "name": "甲"}, "en")
    assert [title for title, _ in shown] == ["Basics", "Census", "Other"]
    assert shown[1][1] == [("Stored in total (GB)", "unknown")]


def test_groups_and_rows_are_printed_in_lines() -> None:
    holder = {"office": "业务科", "post": "科长", "phone": "0473-0000000"}
    matters = [{"code": "WH1", "name": "登记"}, {"name": "变更"}]
    shown = dict(schemas.display({"holders": {"handles": holder}, "matters": matters}))
    assert shown["责任落实"] == [("责任落实·谁经手", "业务科 科长 0473-0000000")]
    assert shown["来源与关联"] == [("关联政务事项", "登记（WH1）、变更")]


def test_the_share_condition_is_derived() -> None:
    assert schemas.share_condition({"share_type": "1"}) == "无附加条件"
    stated = {"share_type": "2", "share_scope": "本市", "share_use": "核验", "share_other": "无"}
    assert schemas.share_condition(stated) == "共享范围：本市；使用用途：核验；其他使用条件：无"
    basis = {"reason": "法律禁止", "title": "统计法", "article": "第二十八条"}
    withheld = {"share_type": "3", "withheld_basis": basis}
    assert schemas.share_condition(withheld) == "法律禁止（《统计法》第二十八条）"


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_any_draft_can_be_printed(document: dict[str, Any]) -> None:
    for locale in ("zh", "en"):
        shown = schemas.display(document, locale)
        assert all(isinstance(text, str) for _, lines in shown for line in lines for text in line)
        assert isinstance(schemas.share_condition(document, locale), str)
