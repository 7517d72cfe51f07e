"""The region's list comes in; a clerk finds, claims and declines; the authority assigns."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.harvest.portals import ckan_of, entered, package, ran, serving
from tests.journeys.browser import checked, press, served, signed_in


@pytest.fixture(scope="module")
def origin(city: Flask) -> Iterator[str]:
    with served(city) as address:
        yield address


@pytest.fixture
def packages(city: Flask, origin: str) -> Iterator[Any]:
    """What the region gives, harvested before and again by whoever calls `again`."""
    database = city.extensions["registry_database"]
    foreign = package("nm-9", organization={"name": "nm", "title": "自治区民政厅"})
    foreign["extras"] = [one for one in foreign["extras"] if one["key"] != "department_code"]
    given = [package(f"nm-{n}") for n in range(1, 5)] + [foreign]
    given[3]["notes"] = "<script>alert(1)</script>"
    with serving(ckan_of(given)) as site:
        entered(database, "region", "ckan", site.address)
        yield given, lambda: ran(database, "region")


def test_the_list_from_above_is_claimed_declined_and_assigned(browser, city, origin, packages):
    given, again = packages
    clerk = signed_in(browser, origin, "registrar")
    expect(clerk.locator("#claims-head + *, aside")).to_contain_text("没有等待认领的上级目录")
    clerk.click("text=查看认领清单")
    checked(clerk, "claims-empty")
    assert again().counts["new"] == 4

    clerk.goto("/inbox")
    expect(clerk.locator("aside")).to_contain_text("有 3 条等待认领")
    checked(clerk, "inbox-claims")
    clerk.click("text=查看认领清单")
    expect(clerk.locator("main h1")).to_have_text("认领清单")
    checked(clerk, "claims")
    clerk.goto("/claims?state=quarantined")
    clerk.click("main tbody a")
    expect(clerk.locator("main")).to_contain_text("含有网页脚本")
    expect(clerk.locator("main")).not_to_contain_text("alert(1)")
    checked(clerk, "claim-quarantined")

    clerk.goto("/claims")
    clerk.click("text=nm-1信息")
    checked(clerk, "claim")
    press(clerk, "text=认领，存为草稿")
    expect(clerk.locator(".summary")).to_contain_text("保密")
    checked(clerk, "claim-undeclared", expected=("422",))
    clerk.check("[name=declared]")
    press(clerk, "text=认领，存为草稿")
    expect(clerk).to_have_url(re.compile("/resources/[a-z2-7]{16}/edit"))
    expect(clerk.locator(".done")).to_contain_text("已认领，已存为草稿")
    expect(clerk.locator("#entry [name=name]")).to_have_value("nm-1信息")
    checked(clerk, "claim-taken")

    clerk.goto("/claims")
    clerk.click("text=nm-2信息")
    press(clerk, "main aside >> text=不认领 >> nth=-1")
    expect(clerk.locator(".summary")).to_contain_text("理由")
    checked(clerk, "claim-declined-without-reason", expected=("422",))
    clerk.fill("[name=reason]", "这项职责在教育局。")
    press(clerk, "main aside .btn-danger-line")
    expect(clerk.locator(".done")).to_contain_text("已登记不认领")
    checked(clerk, "claim-declined")

    given[0]["notes"] = "上级改过的摘要，说明来源和用途，供核对。"
    del given[1]
    again()
    clerk.goto("/claims?state=claimed")
    checked(clerk, "claims-changed")
    clerk.click("text=nm-1信息")
    expect(clerk.locator("main")).to_contain_text("来源的变化 1 处")
    checked(clerk, "claim-changed")
    press(clerk, "text=已核对变化")
    expect(clerk.locator(".done")).to_contain_text("已核对来源的变化")
    expect(clerk.locator("main")).not_to_contain_text("来源的变化 1 处")
    clerk.goto("/claims?state=declined")
    clerk.click("text=nm-2信息")
    checked(clerk, "claim-gone")

    reviewer = signed_in(browser, origin, "reviewer")
    reviewer.goto("/claims")
    checked(reviewer, "claims-reviewer")
    reviewer.click("text=nm-9信息")
    expect(reviewer.locator("main")).to_contain_text("自治区民政厅")
    checked(reviewer, "claim-unassigned")
    unit = reviewer.locator("#unit option", has_text="市民政局").get_attribute("value")
    reviewer.select_option("#unit", unit)
    press(reviewer, "main aside .btn-primary")
    expect(reviewer.locator(".done")).to_contain_text("已指派认领单位")
    checked(reviewer, "claim-assigned")

    clerk.goto("/claims?lang=en")
    clerk.click("text=nm-9信息")
    expect(clerk.locator("main")).to_contain_text("Claim it as a draft")
