"""A report is signed where it is made and checked where nobody knows the registry."""

import json
from pathlib import Path

import pytest

from anonymization.synthetic import citizens
from tests.cli.test_anonymize import DECIDED, run


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed report, its release and the public key, on a machine without a database."""
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", "postgresql://nowhere.invalid/none")
    citizens(600, seed=3).write_csv(tmp_path / "in.csv")
    run("signer", tmp_path / "signer")
    run("key", tmp_path / "key")
    run("plan", tmp_path / "in.csv", *DECIDED, "-o", tmp_path / "plan.json")
    rest = ("--plan", tmp_path / "plan.json", "--key", tmp_path / "key", "-o", tmp_path / "out.csv")
    report = ("--report", tmp_path / "report.json", "--signer", tmp_path / "signer")
    run("apply", tmp_path / "in.csv", *rest, *report)
    return tmp_path


def test_a_signed_report_is_checked_with_nothing_but_files(desk: Path):
    trust = ("--trust", desk / "signer.pub.json", "--release", desk / "out.csv")
    found = json.loads(run("check-report", desk / "report.json", *trust, "--json").stdout)
    assert found["checks"] == dict.fromkeys(("report", "signature", "signer", "release"), True)
    assert found["digest"].startswith("sm3:")


def test_an_altered_report_fails_the_check(desk: Path):
    facts = json.loads((desk / "report.json").read_text("utf-8"))
    facts["release"] = "2"
    (desk / "report.json").write_text(json.dumps(facts), "utf-8")
    assert "altered" in run("check-report", desk / "report.json", code=1).output


def test_a_report_of_another_signer_fails_the_check_of_whoever_trusts_one(desk: Path):
    run("signer", desk / "other", "--algorithm", "ed25519")
    trust = ("--trust", desk / "other.pub.json")
    run("check-report", desk / "report.json", *trust, code=1)
    run("sign", desk / "report.json", "--signer", desk / "other")
    run("check-report", desk / "report.json", *trust)


def test_a_changed_file_is_told_from_the_one_of_the_report(desk: Path):
    run("matches", desk / "out.csv", desk / "report.json")
    with (desk / "out.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert "another file" in run("matches", desk / "out.csv", desk / "report.json", code=1).output


def test_the_private_key_is_closed_to_others_and_never_made_twice(desk: Path):
    assert (desk / "signer").stat().st_mode & 0o777 == 0o600
    private = json.loads((desk / "signer").read_text("utf-8"))["private"]
    assert private not in (desk / "signer.pub.json").read_text("utf-8")
    assert private not in (desk / "report.json").read_text("utf-8")
    run("signer", desk / "signer", code=2)
    run("sign", desk / "plan.json", "--signer", desk / "signer", code=2)
    run("sign", desk / "report.json", "--signer", desk / "absent", code=2)
