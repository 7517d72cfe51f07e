"""What other programs send, sent as they send it: frictionless, ckanext-harvest, QGIS."""

import json
import os
import subprocess
import sys

import pytest
import requests

NAME = "婚姻登记信息"

# The library warns of its own dependencies: it runs in a process of its own, unmodified.
FRICTIONLESS = """
import json, sys
from frictionless import Package, Catalog, portals
site, token, key, folder = sys.argv[1:]
control = portals.CkanControl(baseurl=site, dataset=key, apikey=token)
read = Package(control=control)
found = Catalog(control=portals.CkanControl(
    baseurl=site, apikey=token, organization_name="11150300DEM000022H", num_packages=3))
group = Catalog(control=portals.CkanControl(
    baseurl=site, apikey=token, group_id="theme-2-01", num_packages=2))
sent = Package.from_descriptor({
    "name": "friction", "title": "由 frictionless 发布", "description": "数据包说明",
    "resources": [{"name": "rows", "path": "rows.csv", "format": "csv"}]}, basepath=folder)
done = sent.publish(control=portals.CkanControl(baseurl=site, apikey=token))
print(json.dumps({
    "title": read.title, "resources": [r.name for r in read.resources],
    "found": len(found.datasets), "group": len(group.datasets), "id": done.context["dataset_id"]}))
"""


@pytest.fixture
def get(site, token):
    def asked(path, **given):
        answer = requests.get(
            f"{site}{path}",
            params=given,
            headers={"Authorization": token("consumer")},
            timeout=60,
            allow_redirects=False,
        )
        assert answer.status_code == 200, answer.text[:300]
        body = answer.json()
        assert body["success"] is True
        return body["result"]

    return asked


def test_frictionless_reads_a_package_and_a_catalogue_and_publishes(
    site, token, key_of, get, tmp_path
):
    (tmp_path / "rows.csv").write_text("id,name\n1,a\n", "utf-8")
    program = [sys.executable, "-c", FRICTIONLESS]
    given = [site, token("registrar"), key_of(NAME), str(tmp_path)]
    done = subprocess.run(
        [*program, *given], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["title"] == NAME
    assert told["resources"]
    assert (told["found"], told["group"]) == (3, 2)
    made = requests.get(
        f"{site}/api/3/action/package_show",
        params={"id": told["id"]},
        headers={"Authorization": token("registrar")},
        timeout=60,
    ).json()["result"]
    assert (made["title"], made["state"]) == ("由 frictionless 发布", "draft")
    assert [one["format"] for one in made["resources"]] == ["csv"]


def test_the_sequence_of_ckanext_harvest_gets_everything_then_only_what_changed(get):
    unit = get("/api/3/action/organization_show", id="11150300DEM000022H")
    group = get("/api/3/action/group_show", id="theme-2-01")
    seen, start = [], 0
    while True:
        page = get(
            "/api/3/action/package_search",
            rows="100", start=str(start), sort="id asc",
            fq=f"+organization:({unit['name']})",
        )["results"]  # fmt: skip
        if not page:
            break
        seen += page
        start += 100
    assert len({one["id"] for one in seen}) == len(seen) == unit["package_count"]
    # Field by field as the harvester reads a package.
    for one in seen:
        assert one["metadata_modified"]
        assert isinstance(one["tags"], list)
        assert all(isinstance(extra["value"], str) for extra in one["extras"])
        assert all({"url", "format"} <= set(resource) for resource in one["resources"])
    newest = max(one["metadata_modified"] for one in seen)
    fresh = get(
        "/api/3/action/package_search",
        rows="100", start="0", sort="id asc", fq=f"metadata_modified:[{newest}Z TO *]",
    )["results"]  # fmt: skip
    assert len(fresh) > 0
    assert all(one["metadata_modified"] >= newest for one in fresh)
    assert get("/api/3/action/group_package_show", id=group["name"])


def test_the_addresses_of_qgis_answer(get):
    groups = get("/api/3/action/group_list", all_fields="true")
    assert all(one["name"] and (one["title"] or one["display_name"]) for one in groups)
    found = get(
        "/api/3/action/package_search", q="", fq="(groups:theme-2-01)", rows="10", start="0"
    )
    assert found["count"] >= len(found["results"]) > 0
    words = get("/api/3/action/package_search", q="婚姻", rows="10", start="0")
    assert words["results"]
    assert get("/api/3/action/package_show", id=words["results"][0]["name"])["resources"]
