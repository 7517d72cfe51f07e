"""A clerk runs a plan in the catalogue itself, from the page to the proof."""

import shutil
import threading
from collections.abc import Iterator

import polars as pl
import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from anonymization.synthetic import citizens
from registry import db, desensitization, sealed
from registry.desensitization.runner import Runner
from registry.models.catalogue import Resource
from tests.journeys.browser import checked, press, served, signed_in


@pytest.fixture
def work(city: Flask) -> Iterator[threading.Event]:
    """The thread that runs what is queued begins when the event is set."""
    begin, stop = threading.Event(), threading.Event()
    settings = city.extensions["registry_settings"]
    runner = Runner(settings, city.extensions["registry_database"])

    def run() -> None:
        begin.wait()
        runner.run(stop)

    thread = threading.Thread(target=run)
    thread.start()
    yield begin
    stop.set()
    begin.set()
    thread.join()
    shutil.rmtree(sealed.memory(settings.data_dir))


CODE = "307002150300/000004"


@pytest.fixture
def key(city: Flask) -> str:
    """The address of an entry of the registrar's department that is live and not in work."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        return session.query(Resource).filter_by(code=CODE).one().key


def table(city: Flask, rows: int = 400) -> bytes:
    """Made-up rows under the items of the entry."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        resource = session.query(Resource).filter_by(code=CODE).one()
        assert resource.live is not None
        plan = desensitization.proposed(resource.live, "statistical")
    people = citizens(rows, seed=9)
    day, word = ["2025-03-15"] * rows, (["普通", "特殊"] * rows)[:rows]
    made = {
        line["name"]: people[line["kind"]]
        if line.get("kind") in {"姓名", "公民身份号码"}
        else (day if line["name"].endswith(("日期", "时间")) else word)
        for line in plan["columns"]
    }
    return pl.DataFrame(made).write_csv().encode()


def test_a_clerk_runs_a_plan_here_from_the_page_to_the_proof(
    city: Flask, browser: Browser, key: str, work: threading.Event
):
    with served(city) as origin:
        page = signed_in(browser, origin, "registrar")
        page.goto(f"/resources/{key}/masking")
        expect(page.locator("#run")).to_have_count(0)
        page.fill("#reason", "统计要用")
        press(page, "button:has-text('保存方案')")
        page.goto(f"/resources/{key}/masking")
        expect(page.locator("#run")).to_contain_text("运行一结束就销毁")

        # A file that is none is told in a sentence, and nothing is queued.
        page.set_input_files(
            "#run-data", {"name": "数据.xls", "mimeType": "", "buffer": b"\xd0\xcf\x11\xe0"}
        )
        press(page, "button:text-is('运行')")
        expect(page.locator("main")).to_contain_text("请另存为 .xlsx")
        checked(page, "masking-run-refused", expected=("400",))

        page.goto(f"/resources/{key}/masking")
        sent = {"name": "数据.csv", "mimeType": "text/csv", "buffer": table(city)}
        page.set_input_files("#run-data", sent)
        press(page, "button:text-is('运行')")
        expect(page.locator(".done")).to_contain_text("脱敏运行已排队")
        expect(page.locator("[role=status]").last).to_contain_text("马上开始")
        page.goto(page.url)
        checked(page, "masking-run-queued")

        # Cancelled while it waits, and asked for once more.
        press(page, "button:has-text('取消运行')")
        expect(page.locator("[data-run]")).to_contain_text("上传的数据已销毁")
        page.goto(page.url)
        checked(page, "masking-run-cancelled")
        page.click("text=再次运行")
        page.set_input_files("#run-data", sent)
        press(page, "button:text-is('运行')")

        # The page follows the run by itself.
        work.set()
        expect(page.locator("[data-run]")).to_contain_text("报告已收下")
        expect(page.locator("[data-run]")).not_to_have_attribute("data-live", "")
        checked(page, "masking-run-passed")
        with page.expect_download() as waiting:
            page.click("button:has-text('下载发布数据')")
        released = waiting.value.path().read_bytes()
        assert released.count(b"\n") > 300

        page.goto(f"/resources/{key}/masking")
        expect(page.locator("#run")).to_contain_text("已通过")
        expect(page.locator("aside")).to_contain_text("发布密钥")
        checked(page, "masking-run-listed")
        page.fill("#reason-1", "发布结束")
        press(page, "button:has-text('销毁密钥')")
        expect(page.locator(".done")).to_contain_text("发布密钥已销毁")

        head = signed_in(browser, origin, "head")
        head.goto(f"/resources/{key}/masking")
        expect(head.locator("#run")).to_have_count(0)
        press(head, "text=复核无误")
        expect(head.locator(".verdict .word")).to_have_text("已证明")

        # Before it goes out the file is held against its report.
        head.click("text=看完整报告")
        head.click("text=核对文件")
        checked(head, "masking-file-unchecked")
        longer = {"name": "发布.csv", "mimeType": "text/csv", "buffer": released + b"1,2\n"}
        head.set_input_files("#file", longer)
        press(head, "button:text-is('核对')")
        expect(head.locator(".verdict .word")).to_have_text("不一致")
        checked(head, "masking-file-differs")
        head.goto(f"/resources/{key}/masking")
        expect(head.locator(".verdict .word")).to_have_text("未证明")
        head.click("text=看完整报告")
        expect(head.locator(".verdict .word")).to_have_text("已失效")
        checked(head, "masking-report-void")
        head.click("text=核对文件")
        head.set_input_files("#file", longer | {"buffer": released})
        press(head, "button:text-is('核对')")
        expect(head.locator(".verdict .word")).to_have_text("一致")
        checked(head, "masking-file-same")
        head.goto(f"/resources/{key}/masking")
        expect(head.locator(".verdict .word")).to_have_text("已证明")


def test_a_registrar_sees_his_own_values_before_and_after_and_saves_when_he_likes_it(
    city: Flask, browser: Browser, key: str
):
    with served(city) as origin:
        page = signed_in(browser, origin, "registrar")
        page.goto(f"/resources/{key}/masking")
        page.click("summary:has-text('用真实样本看')")
        checked(page, "masking-sample-asked")
        sent = {"name": "样本.csv", "mimeType": "text/csv", "buffer": table(city, 40)}
        page.set_input_files("#sample", sent)
        press(page, "button:has-text('看真实样本')")
        expect(page.locator("#preview")).to_contain_text("下面是原始数据")
        expect(page.locator("#preview tbody").nth(1).locator("tr")).to_have_count(5)
        checked(page, "masking-sample")
        # What is no table is told beside the form, which keeps what was typed.
        page.fill("input[name^='reason.'] >> nth=0", "按样本核对过")
        wrong = {"name": "样本.xls", "mimeType": "", "buffer": b"\xd0\xcf\x11\xe0"}
        page.set_input_files("#sample", wrong)
        press(page, "button:has-text('看真实样本')")
        expect(page.locator("#preview")).to_contain_text("请另存为 .xlsx")
        expect(page.locator("input[name^='reason.'] >> nth=0")).to_have_value("按样本核对过")
        checked(page, "masking-sample-refused", expected=("422",))
        page.fill("#reason", "统计要用")
        press(page, "button:has-text('保存方案')")
        expect(page.locator("main")).to_contain_text("方案已保存")
