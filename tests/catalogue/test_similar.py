"""Entries whose names are like one another: told to whoever may see them."""

from registry import catalogue
from tests.catalogue.test_life import published, registered


def test_a_draft_of_a_like_name_is_told_to_those_who_work_with_drafts_of_the_unit_alone(
    session, town
):
    live = published(town, "婚姻登记预约信息（2025年）")
    registrar = town.person("registrar")
    draft = registered(town, registrar, "婚姻登记预约数据")
    own = registered(town, registrar, "婚姻登记预约信息").resource

    def told(actor):
        found = catalogue.similar(session, actor, own, "婚姻登记预约信息")
        assert all(one.own for one in found)
        return {one.key for one in found}

    assert told(registrar) == {live.key, draft.resource.key}
    assert told(town.person("consumer", unit=town.other)) == {live.key}
