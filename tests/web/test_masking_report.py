"""The page of one masking report: what it was put to, what outsiders see, who may read it."""

import re

import pytest
import sqlalchemy as sa

from registry import db
from registry.desensitization import sealing
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan, MaskingReport, ReleaseJoin
from tests.factories import sign_in


@pytest.fixture(scope="module")
def proven(city):
    """Address and facts of a report of the demo city."""
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        report, key = session.execute(
            sa.select(MaskingReport, Resource.key)
            .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
            .join(Resource, Resource.id == MaskingPlan.resource_id)
            .where(MaskingReport.kind == "measured", MaskingReport.rechecked_by.is_not(None))
            .order_by(MaskingReport.id)
            .limit(1)
        ).one()
        return f"/resources/{key}/masking/reports/{report.key}", report.report


def test_a_reviewer_reads_every_attack_and_every_column(city, proven):
    address, facts = proven
    page = sign_in(city, "reviewer").get(address).text
    assert facts["attacks"]
    assert page.count("守住</span>") >= sum(row["held"] for row in facts["attacks"])
    for line in facts["columns"]:
        assert line["remains"] in page
    assert facts["plan"]["digest"] in page
    assert re.search(r'class="now"><b>\d 级', page)


def test_an_officer_reads_with_what_a_release_was_compared_where_nothing_joins(city, proven):
    page = sign_in(city, "acceptance").get(proven[0]).text
    said = re.search(r'id="joined">.*?<p>(.*?)</p>', page, re.S)
    assert said
    assert re.search("没有发现成批相同的编码|没有可比对的", said[1])


def test_the_verdict_says_in_short_on_what_it_stands(city, proven):
    address, facts = proven
    page = sign_in(city, "acceptance").get(address).text
    short = re.search(r'id="in-short">(.*?)</span>', page, re.S)[1]
    assert f"{facts['input']['rows']:,} 行实际数据。" in short
    assert f"有 {100 * facts['risk']['prosecutor_risk']:.3g}% 的机会被认出" in short
    assert "由上传人负责" in short
    assert "发布文件还没有核对过" in short


def test_a_report_over_made_up_data_claims_no_more_on_either_page(city):
    with db.transaction(city.extensions["registry_database"], writes=False) as session:
        asked = (
            sa.select(MaskingReport.key, Resource.key)
            .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
            .join(Resource, Resource.id == MaskingPlan.resource_id)
            .where(MaskingReport.kind == "plan_only", MaskingReport.rechecked_by.is_not(None))
        )
        report, key = session.execute(asked.limit(1)).one()
    client = sign_in(city, "acceptance")
    page = client.get(f"/resources/{key}/masking/reports/{report}").text
    assert "行虚构数据。" in page
    assert "可以作为验收核验的依据" not in page


def test_the_report_is_read_in_english_as_well(city, proven):
    address, facts = proven
    page = sign_in(city, "auditor").get(f"{address}?lang=en").text
    done = facts["columns"][0]["done_en"]
    assert done[:1].upper() + done[1:] in page
    assert "kinds of attack" in page


def test_the_sentences_of_the_verdict_stand_apart_in_english_and_not_in_chinese(city, proven):
    client = sign_in(city, "auditor")

    def verdict(address: str) -> str:
        page = client.get(address).text
        inside = page.split('<section class="verdict')[1].split("</section>")[0]
        return re.sub("<[^>]+>", "", inside)

    assert not re.search(r"[a-z]\.[A-Z0-9]", verdict(f"{proven[0]}?lang=en"))
    assert not re.search(r"。[ \n]+\w", verdict(f"{proven[0]}?lang=zh").partition("。")[2])


def test_a_consumer_sees_the_release_and_not_how_it_was_made(city, proven):
    assert sign_in(city, "consumer").get(proven[0]).status_code == 404


def test_a_table_of_counts_is_told_by_its_cells_and_not_as_one_class_of_people(city, proven):
    address, facts = proven
    seen = {"groups": ["所在区", "年龄段"], "counts": ["人数"], "cells": 27, "left_out": 4}
    counted = seen | {"nobody": 2, "smallest": 12}
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        key = address.rpartition("/")[2]
        row = session.scalars(sa.select(MaskingReport).where(MaskingReport.key == key)).one()
        row.report = facts | {"counted": counted}
        sealing.seal(session, row)
    try:
        page = sign_in(city, "reviewer").get(address).text
        assert "某人是这 12 人中的一个" in page
        assert "按所在区、年龄段，每一种情况的人数" in page
        assert "最大重标识风险" not in page
        told = sign_in(city, "auditor").get(f"{address}?lang=en").text
        assert "he is one of these 12" in told
        plan = sign_in(city, "reviewer").get(address.split("/reports/")[0]).text
        assert "统计表，最小一格的人数" in plan
    finally:
        with db.transaction(city.extensions["registry_database"], writes=True) as session:
            row = session.scalars(sa.select(MaskingReport).where(MaskingReport.key == key)).one()
            row.report = facts
            sealing.seal(session, row)


def test_a_report_of_another_entry_is_not_found_here(city, proven):
    client = sign_in(city, "reviewer")
    address = re.sub(r"reports/\w+$", "reports/aaaaaaaaaaaaaaaa", proven[0])
    assert client.get(address).status_code == 404


def test_a_page_on_an_entry_links_its_reports(city, proven):
    address, _ = proven
    page = sign_in(city, "reviewer").get(address.split("/reports/")[0]).text
    assert address in page


def test_the_report_shows_class_sizes_limits_risk_and_use_and_who_answers_for_it(city, proven):
    address, facts = proven
    page = sign_in(city, "acceptance").get(address).text
    assert page.count('<svg class="chart"') == 1
    assert sum(one["records"] for one in facts["sizes"]) == facts["output"]["rows"]
    assert "各种共享方式的界限" in page
    for line in facts["utility"]["columns"]:
        assert f"{line['before']} → {line['after']}" in page
    assert "没有签名，由上传人负责" in page
    assert "与收到时一致" in page
    assert "只是编码" in page


def test_a_plan_of_an_older_version_is_told_to_leave_changes_unseen(city, proven):
    address, _ = proven
    database, client = city.extensions["registry_database"], sign_in(city, "acceptance")
    pages = (address, address.split("/reports/")[0])
    assert not [one for one in pages if "旧版系统保存" in client.get(one).text]
    with db.transaction(database, writes=True) as session:
        key = address.rsplit("/", 1)[1]
        row = session.scalars(
            sa.select(MaskingPlan)
            .join(MaskingReport, MaskingReport.plan_id == MaskingPlan.id)
            .where(MaskingReport.key == key)
        ).one()
        held = row.plan
        row.plan = {name: part for name, part in held.items() if name != "rests_on"}
    try:
        assert [one for one in pages if "旧版系统保存" in client.get(one).text] == list(pages)
        # It proves what it proved: a clerk is asked to renew it, not left without a proof.
        assert "可以作为验收核验的依据" in client.get(address).text
    finally:
        with db.transaction(database, writes=True) as session:
            session.get_one(MaskingPlan, row.id).plan = held


def test_a_row_altered_in_the_database_is_told_on_the_page(city, proven):
    address, facts = proven
    key = address.rsplit("/", 1)[1]
    database = city.extensions["registry_database"]

    def put(report: object) -> None:
        with db.transaction(database, writes=True) as session:
            row = sa.update(MaskingReport).where(MaskingReport.key == key)
            session.execute(row.values(report=report))

    put(facts | {"level": 4})
    try:
        page = sign_in(city, "reviewer").get(address).text
    finally:
        put(facts)
    assert "这份报告的记录被改动过" in page
    assert "v-fail" in page


def test_a_join_is_told_to_each_reader_as_far_as_he_may_know(city, proven):
    address, _ = proven
    key = address.rsplit("/", 1)[1]
    with db.transaction(city.extensions["registry_database"], writes=True) as session:
        mine = session.scalars(sa.select(MaskingReport).where(MaskingReport.key == key)).one()
        other, name = session.execute(
            sa.select(MaskingReport, Resource)
            .join(MaskingPlan, MaskingPlan.id == MaskingReport.plan_id)
            .join(Resource, Resource.id == MaskingPlan.resource_id)
            .where(MaskingReport.plan_id != mine.plan_id)
            .order_by(MaskingReport.id)
            .limit(1)
        ).one()
        join = ReleaseJoin(
            report_id=mine.id, column="户编号", other_id=other.id, other_column="家庭号", share=0.5
        )
        session.add(join)
        session.flush()
        made, address_of_other = join.id, f"/resources/{name.key}/masking/reports/{other.key}"
    try:
        page = sign_in(city, "reviewer").get(address).text
        assert address_of_other in page
        assert "家庭号" in page
        with db.transaction(city.extensions["registry_database"], writes=True) as session:
            frozen = session.scalars(sa.select(Resource).where(Resource.key == name.key)).one()
            frozen.frozen_at = db.now()
        page = sign_in(city, "reviewer").get(address).text
        assert "属于您看不到的条目，请与" in page
        assert "家庭号" not in page
    finally:
        with db.transaction(city.extensions["registry_database"], writes=True) as session:
            frozen = session.scalars(sa.select(Resource).where(Resource.key == name.key)).one()
            frozen.frozen_at = None
            session.execute(sa.delete(ReleaseJoin).where(ReleaseJoin.id == made))
