"""The registry keeps sketches of releases and finds those that join, of whatever department."""

import shutil
import subprocess
import sys
from copy import copy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import anonymization
from anonymization import sketches
from registry import desensitization, signing
from registry.acceptance import annex
from registry.catalogue import places
from registry.catalogue.traces import Means, traces
from registry.errors import Conflict
from registry.models.desensitization import (
    MaskingPlan,
    MaskingReport,
    ReleaseJoin,
    ReleaseSketch,
)
from tests.desensitization.test_proof import Desk, proven, reason
from tests.factories import Town


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Desk:
    return Desk(town, tmp_path, open_type="2")


@pytest.fixture
def neighbour(desk: Desk) -> Desk:
    """Another department that holds the same people, and was lent the key."""
    town = copy(desk.town)
    town.department, town.other = town.other, town.department
    folder = desk.folder / "neighbour"
    folder.mkdir()
    made = Desk(town, folder)
    shutil.copy(desk.folder / "key", folder / "key")
    return made


def released(desk: Desk, release: str = "2026-1", **more: Any) -> tuple[MaskingPlan, MaskingReport]:
    plan = desk.save(desensitization.proposed(desk.version, "statistical") | {"release": release})
    return plan, desk.take(plan, desk.run(plan) | more)


def test_a_release_that_joins_one_of_another_department_is_found_and_named(desk, neighbour):
    _, first = released(desk)
    _, second = released(neighbour)
    (join,) = desensitization.joins_of(desk.session, second)
    assert (join.column, join.other_column) == ("公民身份号码", "公民身份号码")
    assert (join.other, join.report) == (desk.resource, first.key)
    assert join.share > 0.9
    assert reason(neighbour) == "joins"
    with pytest.raises(Conflict, match="not_to_recheck"):
        desensitization.recheck(desk.session, neighbour.head, second)


def test_the_annex_tells_what_was_compared_and_which_later_release_joins(desk, neighbour):
    proven(desk)
    (told,) = annex.masked(desk.session, [desk.version], "final")
    assert (told["compared"], told["joins"]) == (0, [])
    plan = desk.plan()
    released(neighbour, plan.plan["release"])
    (told,) = annex.masked(desk.session, [desk.version], "final")
    assert [one["column"] for one in told["joins"]] == ["公民身份号码"]
    assert told["joins"][0]["share"] > 0.9


@pytest.mark.parametrize("differs", ["release", "key"])
def test_another_key_or_release_name_joins_nothing(desk, neighbour, differs):
    released(desk)
    if differs == "key":
        (neighbour.folder / "key").unlink()
        anonymization.make_key(neighbour.folder / "key")
    _, second = released(neighbour, "2026-2" if differs == "release" else "2026-1")
    assert desensitization.joins_of(desk.session, second) == []
    assert second.verdict == "pass"


def test_the_same_release_run_again_is_no_other_release(desk):
    plan, _ = released(desk)
    again = desk.take(plan, desk.run(plan) | {"made_at": "2026-02-01T00:00:00+00:00"})
    assert again.verdict == "pass"


def test_other_data_under_the_same_name_join_what_was_released_before(desk):
    """A year later under the name of the year before: whoever is in both is known again."""
    plan, first = released(desk)
    source = desk.folder / "in.csv"
    later = source.read_text("utf-8").splitlines(keepends=True)[:-100]
    source.write_text("".join(later), "utf-8")
    again = desk.take(plan, desk.run(plan))
    (join,) = desensitization.joins_of(desk.session, again)
    assert (again.verdict, join.other, join.report) == ("joins", desk.resource, first.key)


def test_it_is_counted_against_how_many_earlier_runs_a_release_was_held(desk, neighbour):
    plan, first = released(desk)
    again = desk.take(plan, desk.run(plan) | {"made_at": "2026-02-01T00:00:00+00:00"})
    _, other = released(neighbour, "2026-2")
    counted = [desensitization.compared(desk.session, one) for one in (first, again, other)]
    assert counted == [0, 0, 2]


def test_two_release_profiles_of_one_entry_under_one_name_join(desk):
    released(desk)
    plan = desensitization.proposed(desk.version, "open")
    lines = [
        line | {"technique": "suppress", "params": {}} if line["name"] == "出生日期" else line
        for line in plan["columns"]
    ]
    more = {"columns": lines, "quasi_identifiers": ["性别"], "release": "2026-1"}
    saved = desk.save(plan | more, "open")
    row = desk.take(saved, desk.run(saved))
    keyed = desk.session.scalars(
        sa.select(ReleaseSketch.column).where(ReleaseSketch.report_id == row.id)
    ).all()
    assert (row.verdict == "joins") == bool(keyed)


def test_the_report_is_kept_without_its_sketches_and_still_is_what_was_signed(desk):
    key = signing.load(desk.folder / "signer", "ed25519")
    plan = desk.save(desensitization.proposed(desk.version, "statistical"))
    signed = desensitization.sign_report(desk.run(plan), key)
    row = desk.take(plan, signed)
    assert "digests" in signed["sketches"][0]
    assert "digests" not in row.report["sketches"][0]
    kept = desensitization.signature_of(row.report)
    assert kept is not None
    assert kept.is_whole
    sketch = desk.session.scalars(sa.select(ReleaseSketch)).one()
    assert sketch.digests == sketches.packed(signed["sketches"][0]["digests"])


@pytest.mark.parametrize("how", ["left out", "of another column"])
def test_sketches_that_are_not_those_of_the_report_are_refused(desk, how):
    plan = desk.save(desensitization.proposed(desk.version, "statistical"))
    report = desk.run(plan)
    one = dict(report["sketches"][0])
    if how == "left out":
        del one["digests"]
    else:
        one["digests"] = one["digests"][1:]
    with pytest.raises(Conflict, match="report_altered"):
        desk.take(plan, report | {"sketches": [one]})


def test_a_wipe_takes_the_sketches_and_leaves_the_fact_of_a_join(desk, neighbour, tmp_path):
    released(desk)
    _, second = released(neighbour)
    means = Means(tmp_path, signing.load(tmp_path / "papers.key"))
    of = traces(desk.session, desk.resource, means, (), "2026-01-01")
    places.PLACES["masking"](desk.session, of)
    desk.session.expire_all()
    left = desk.session.scalars(sa.select(ReleaseSketch.report_id)).all()
    assert set(left) == {second.id}
    join = desk.session.scalars(sa.select(ReleaseJoin)).one()
    assert (join.column, join.other_column) == ("公民身份号码", "")
    assert reason(neighbour) == "joins"


def test_sketches_are_compared_as_far_as_both_reach():
    every = [f"{n:016x}" for n in range(10_000)]
    full, part = sketches.packed(every[:4096]), sketches.packed(every[2000:5000])
    assert sketches.shared(full, part) == pytest.approx((4096 - 2000) / 4096)
    assert sketches.shared(part, full) == 1.0
    assert sketches.shared(full, sketches.packed(every[6000:7000])) == 0.0
    assert sketches.shared(b"", full) == 0.0


def test_the_server_and_the_commands_do_not_carry_the_engine():
    code = (
        "import sys; from registry import app, cli, web; web.blueprints();"
        " assert not {'polars', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
