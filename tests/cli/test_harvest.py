"""`catalogue harvest` as the operator runs it: exit codes, sentences, figures as JSON."""

import json

import pytest
from click.testing import CliRunner

from registry.cli import main
from tests.cli.processes import catalogue, installed
from tests.harvest.portals import ckan_of, package, serving


@pytest.fixture
def env(tmp_path):
    return installed(tmp_path / "var", harvest_networks="127.0.0.1/32")


def test_a_source_is_entered_run_and_listed(env, tmp_path):
    token = tmp_path / "token"
    token.write_text("geheim\n")
    with serving(ckan_of([package("p-1"), package("p-2")])) as site:
        entered = catalogue(
            env, "harvest", "add", "region", "--kind", "ckan", "--address", site.address,
            "--token-file", str(token),
        )  # fmt: skip
        assert entered.returncode == 0, entered.stderr
        done = catalogue(env, "harvest", "run", "region", "--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["new"], told["finished"], told["resumed"]) == (2, True, False)
    (source,) = json.loads(catalogue(env, "harvest", "list", "--json").stdout)
    assert source["claims"] == {"waiting": 2}
    assert "geheim" not in json.dumps(source)
    # The source is gone now: exit 1, in both languages, and the claims stay.
    failed = catalogue(env, "harvest", "run", "region")
    assert failed.returncode == 1
    assert "来源没有应答" in failed.stderr
    assert "does not answer" in failed.stderr
    assert "来源没有应答" in catalogue(env, "harvest", "list").stdout


def test_what_cannot_be_run_says_why(env):
    def harvest(*words):
        return CliRunner().invoke(main, ["harvest", *words], env=env)

    assert harvest("run", "nothing").exit_code == 1
    refused = harvest("add", "x", "--kind", "ckan", "--address", "file:///x")
    assert refused.exit_code == 1
    assert "http" in refused.stderr
    harvest("add", "list", "--kind", "sheet")
    assert harvest("run", "list").exit_code == 2
    missing = ("--address", "http://127.0.0.1:4000", "--token-file", "/none")
    harvest("add", "y", "--kind", "ckan", *missing)
    assert "/none" in harvest("run", "y").stderr


def test_a_network_that_is_none_is_refused_at_the_start(env):
    answer = catalogue({**env, "CATALOGUE_HARVEST_NETWORKS": "abc"}, "check-config")
    assert answer.returncode == 78
    assert "CATALOGUE_HARVEST_NETWORKS" in answer.stderr
