"""The demo city as its command makes it: everybody finds the work the README sends him to."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from registry import db, harvest
from registry.access.actor import of_account
from registry.cli import main
from registry.models.accounts import Account


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command said, and the address of the city it made."""
    address = f"sqlite:///{tmp_path}/city.sqlite"
    monkeypatch.setenv("CATALOGUE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("CATALOGUE_DATABASE_URL", address)
    monkeypatch.setenv("CATALOGUE_DEMO_PASSWORD", "demo-password")
    answer = CliRunner().invoke(main, ["demo"])
    assert answer.exit_code == 0, answer.output + repr(answer.exception)
    assert "15 claims" in answer.output
    return address


def test_the_registrar_and_the_reviewer_of_the_demo_city_have_claims_to_look_at(made: str):
    opened = db.connect(made, b"secret" * 6)
    with db.transaction(opened, writes=False) as session:
        waiting = {}
        for login in ("registrar", "reviewer"):
            account = session.scalar(sa.select(Account).where(Account.username == login))
            who = of_account(session, account, db.now().date())
            waiting[login] = harvest.listed(session, who).claims
    opened.close()
    assert len(waiting["registrar"]) >= 2
    assert any(one.department_id is None for one in waiting["reviewer"])
