"""The page of one masking report: what it was put to, what outsiders see, who may read it."""

import re

import pytest
import sqlalchemy as sa

from registry import db
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingPlan, MaskingReport
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


def test_the_report_is_read_in_english_as_well(city, proven):
    address, facts = proven
    page = sign_in(city, "auditor").get(f"{address}?lang=en").text
    assert facts["columns"][0]["done_en"] in page
    assert "kinds of attack" in page


def test_a_consumer_sees_the_release_and_not_how_it_was_made(city, proven):
    assert sign_in(city, "consumer").get(proven[0]).status_code == 404


def test_a_report_of_another_entry_is_not_found_here(city, proven):
    client = sign_in(city, "reviewer")
    address = re.sub(r"reports/\w+$", "reports/aaaaaaaaaaaaaaaa", proven[0])
    assert client.get(address).status_code == 404


def test_a_page_on_an_entry_links_its_reports(city, proven):
    address, _ = proven
    page = sign_in(city, "reviewer").get(address.split("/reports/")[0]).text
    assert address in page
