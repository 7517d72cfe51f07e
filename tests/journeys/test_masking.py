"""A department plans, runs at its own desk, brings the report, and another person re-checks it."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

import anonymization
from anonymization.synthetic import citizens
from registry import db, desensitization, signing
from registry.models.catalogue import Resource
from tests.journeys.browser import checked, press, served, signed_in


@pytest.fixture
def key(city: Flask) -> str:
    """The address of an entry of the registrar's department that is live and not in work."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        found = session.query(Resource).filter_by(code="307002150300/000004").one()
        return found.key


def table(plan: dict, path: Path) -> None:
    """Made-up rows under the columns of a plan."""
    people = citizens(400, seed=9)
    day, word = ["2025-03-15"] * 400, ["普通", "特殊"] * 200
    rows = {
        line["name"]: people["姓名"]
        if line.get("kind") == "姓名"
        else people["公民身份号码"]
        if line.get("kind") == "公民身份号码"
        else (day if line["name"].endswith(("日期", "时间")) else word)
        for line in plan["columns"]
    }
    pl.DataFrame(rows).write_csv(path)


def test_a_plan_is_made_run_reported_and_rechecked(
    city: Flask, browser: Browser, key: str, tmp_path: Path
):
    with served(city) as origin:
        page = signed_in(browser, origin, "registrar")
        page.goto(f"/resources/{key}")
        page.click("text=脱敏方案和报告")
        expect(page.locator(".verdict .word")).to_have_text("未证明")
        checked(page, "masking-proposed")

        # A direct identifier cannot be kept in open data: the fault stands at the item.
        page.click(".tabs a:has-text('开放')")
        first = page.locator("select[name^='choice.']").first
        first.select_option("keep")
        press(page, "button:has-text('保存方案')")
        bad = page.locator(".t-row-bad")
        expect(bad.first).to_contain_text("是直接标识符，不能保留原值")
        # Nor does anything stay readable that the catalogue says is not open.
        expect(bad.last).to_contain_text("在目录中是不予开放")
        first = page.locator("select[name^='choice.']").first
        expect(first).to_have_value("keep")
        checked(page, "masking-faulty", expected=("422",))

        # A service on named people says what it is for and what it keeps to.
        page.click(".tabs a:has-text('核验查询接口')")
        press(page, "button:has-text('保存方案')")
        expect(page.locator(".summary")).to_contain_text("须写明「用途」")
        page.fill("#purpose", "办理婚姻登记时核验身份")
        page.fill("#purpose_code", "HY-01")
        expect(page.locator("#reason")).to_have_value("")
        page.fill("#reason", "核对身份和婚姻状况要用")
        expect(page.locator("#use-error")).to_contain_text("须写明「用途要用的列」")
        asked = page.locator("#plan tbody").first.locator("th").all_inner_texts()
        page.fill("#use", "、".join(name.split("\n")[0].strip() for name in asked))
        expect(page.locator("#logged")).to_be_checked()
        checked(page, "masking-interface", expected=("422",))
        press(page, "button:has-text('保存方案')")
        expect(page.locator(".n-ok")).to_contain_text("方案已保存")
        expect(page.locator("#purpose")).to_have_value("办理婚姻登记时核验身份")

        # Parameters of one's own are asked for once the treatment is chosen; nothing is saved yet.
        page.click(".tabs a:has-text('统计共享')")
        last = page.locator("tr").filter(has_text="婚姻登记证字号").first
        last.locator("select[name^='choice.']").select_option("technique:mask")
        page.fill("#l", "两")
        press(page, "button:has-text('看样例')")
        expect(page.locator("#l-error")).to_contain_text("填的是「两」")
        expect(page.locator("#l")).to_have_value("两")
        checked(page, "masking-parameters", expected=("422",))
        last = page.locator("#plan tr").filter(has_text="婚姻登记证字号").first
        last.locator("summary").click()
        last.locator("input[name$='.head']").fill("2")
        page.fill("#l", "1")
        page.fill("#t", "1")
        page.select_option("#reach_k", "recode")
        press(page, "button:has-text('看样例')")
        expect(page.locator("#preview")).to_contain_text("样例1")
        expect(page.locator("#preview")).to_contain_text("整列删除")
        expect(page.locator("#reach_k")).to_have_value("recode")
        expect(page.locator("input[name$='.head']")).to_have_value("2")
        # A look saved nothing.
        page.click(".tabs a:has-text('统计共享')")
        expect(page.locator("#reach_k")).to_have_value("suppress")
        page.fill("#k", "6")
        # What stays readable stays for a reason that somebody wrote, one for all if it is the same.
        press(page, "button:has-text('保存方案')")
        expect(page.locator(".summary")).to_contain_text("请由人写明为什么要保留")
        checked(page, "masking-reasons", expected=("422",))
        page.fill("#reason", "按区统计婚姻登记要用")
        press(page, "button:has-text('保存方案')")
        expect(page.locator(".n-ok")).to_contain_text("方案已保存")
        expect(page.locator("#k")).to_have_value("6")
        checked(page, "masking-saved")

        with page.expect_download() as waiting:
            page.click("a:has-text('下载方案')")
        plan = json.loads(waiting.value.path().read_text("utf-8"))
        codes = page.locator("aside code").all_inner_texts()
        anonymization.make_key(tmp_path / "key")
        table(plan, tmp_path / "in.csv")
        report = anonymization.apply(
            plan,
            tmp_path / "in.csv",
            tmp_path / "out.csv",
            tmp_path / "key",
            binding={"resource": codes[0], "version": codes[1]},
        )
        assert report.passed, report.json()

        # The head enrols the key of the tool, and the report is signed by it.
        signer = signing.load(tmp_path / "signer")
        public = tmp_path / "signer.pub.json"
        public.write_text(json.dumps(signer.public.fact()), "utf-8")
        head = signed_in(browser, origin, "head")
        head.goto("/signers")
        head.fill("#name", "数据专员的电脑")
        head.set_input_files("#public", public)
        press(head, "#enrol button")
        expect(head.locator("main")).to_contain_text(signer.public.key_id)
        checked(head, "signers")
        signed = desensitization.sign_report(report.facts, signer)
        (tmp_path / "report.json").write_text(json.dumps(signed, ensure_ascii=False), "utf-8")

        page.set_input_files("#report", tmp_path / "report.json")
        press(page, "button:has-text('上传报告')")
        expect(page.locator(".verdict")).to_contain_text("等复核")
        checked(page, "masking-reported")

        head.goto("/inbox")
        expect(head.locator("#reports-head")).to_contain_text("脱敏报告等我复核")
        checked(head, "inbox-report")
        head.locator(f"a[href*='{key}/masking/reports/']").click()
        expect(head.locator("main")).to_contain_text(signer.public.key_id)
        expect(head.locator("main")).to_contain_text("与收到时一致")
        expect(head.locator("svg.chart")).to_be_visible()
        checked(head, "masking-report")
        press(head, "button:has-text('复核无误')")
        expect(head.locator(".verdict .word")).to_have_text("已证明")
        head.goto(f"/resources/{key}/masking?lang=en")
        expect(head.locator(".verdict .word")).to_have_text("Proven")
        checked(head, "masking-proven-en")

        # What is no report is refused in a sentence; the page stays as it was.
        (tmp_path / "report.json").write_text("{}", "utf-8")
        page.goto(f"/resources/{key}/masking")
        page.set_input_files("#report", tmp_path / "report.json")
        press(page, "button:has-text('上传报告')")
        expect(page.locator("main")).to_contain_text("不是脱敏报告")

        consumer = signed_in(browser, origin, "consumer")
        answer = consumer.goto(f"/resources/{key}/masking")
        assert answer is not None
        assert answer.status == 404
        consumer.goto(f"/resources/{key}")
        expect(consumer.locator("main")).not_to_contain_text(re.compile("脱敏方案和报告"))
