"""Personal data go out under a proof of the way of sharing that was asked for, or not at all."""

import json
from pathlib import Path

import pytest

import anonymization
from registry import desensitization, exchange
from registry.errors import Conflict
from registry.models.catalogue import Resource
from registry.models.desensitization import MaskingReport
from registry.models.exchange import Request
from tests.exchange.offering import Both, offered
from tests.factories import Town


@pytest.fixture
def both(town: Town) -> Both:
    return Both(town)


def reported(both: Both, resource: Resource, folder: Path, kind: str) -> MaskingReport:
    """Run the plan of single answers over rows of nobody, as if they were the real ones."""
    session, version = both.town.session, resource.live
    assert version is not None
    plan = desensitization.proposed(version, "interface") | {"purpose": "核验", "purpose_code": "1"}
    plan |= {"reason": "逐项核对要用", "use": [line["name"] for line in plan["columns"]]}
    row = desensitization.save_plan(session, both.registrar, resource, version, "interface", plan)
    anonymization.made_up(row.plan, 60).write_csv(folder / "in.csv")
    bound = {"resource": resource.key, "version": version.digest}
    made = anonymization.apply(
        row.plan, folder / "in.csv", folder / f"{kind}.csv", binding=bound, kind=kind
    )
    assert made.passed, made.facts["findings"]
    return desensitization.take_report(session, both.registrar, row, json.loads(made.json()))


def recheck(both: Both, report: MaskingReport) -> None:
    desensitization.recheck(both.town.session, both.town.person("head"), report)


def deliver(both: Both, request: Request) -> Request:
    return both.take(both.registrar, request, "deliver", "接口 JK-01")


def test_personal_data_are_delivered_only_once_the_real_run_is_proven(both, town, tmp_path):
    resource = offered(town)
    request = both.granted(resource)

    def refused() -> None:
        with pytest.raises(Conflict, match="not_proven"):
            deliver(both, request)
        assert request.state == "granted"

    refused()
    recheck(both, reported(both, resource, tmp_path, "plan_only"))
    refused()
    real = reported(both, resource, tmp_path, "measured")
    refused()
    recheck(both, real)
    assert deliver(both, request).state == "in_use"


def test_a_proof_of_another_way_of_sharing_covers_nothing(both, town, tmp_path):
    resource = offered(town)
    recheck(both, reported(both, resource, tmp_path, "measured"))
    request = both.sent(resource, method="01")
    both.prepare(request, granted=request.document["items"])
    both.take(both.sharing, request, "grant")
    with pytest.raises(Conflict, match="not_proven"):
        deliver(both, request)


def test_what_tells_of_no_person_needs_no_proof_nor_do_items_that_were_refused(both, town):
    assert deliver(both, both.granted(offered(town, "设施信息", personal=False))).state == "in_use"
    resource = offered(town, types="22222")
    there = exchange.offered(town.session, resource)
    free = next(one.key for one in there if not one.pi_kind)
    personal = next(one.key for one in there if one.pi_kind)
    request = both.sent(resource, items=[personal, free])
    both.prepare(request, granted=[free], reason="用途不需要", basis="本资源共享条件")
    both.take(both.sharing, request, "grant")
    assert deliver(both, request).state == "in_use"
