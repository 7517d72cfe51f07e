"""Whoever holds a copy can prove offline that it equals what is published, to the last letter."""

import json

import pytest
from click.testing import CliRunner

import schemas
from registry import signing
from registry.cli import main
from registry.discovery import manifest
from tests.api.test_feeds import everything


@pytest.fixture
def fetched(city, token):
    """The manifest and every entry, as a province would fetch them over the interfaces."""
    client, headers = city.test_client(), {"Authorization": token("consumer")}
    answer = client.get("/manifest.json", headers=headers)
    assert answer.status_code == 200
    entries, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/resources?limit=200&cursor={cursor}", headers=headers).json
        entries += page["resources"]
        cursor = page["next"]
    return answer.get_data(), entries


def test_a_stranger_makes_every_digest_from_what_the_interface_gives(city, token, fetched):
    data, entries = fetched
    listed = {one["key"]: one for one in json.loads(data)["statement"]["entries"]}
    assert everything(city, token) <= listed.keys()
    for one in entries:
        line = listed[one["key"]]
        assert line["digest"] == schemas.digest(one["document"], b"")
        assert (line["code"], line["version"]) == (one["code"], one["version"])


def test_a_copy_is_equal_or_every_difference_is_named(fetched):
    data, entries = fetched
    found = manifest.compared(data, None, entries)
    assert (found.status, found.is_equal) == ("unconfirmed", True)
    changed = json.loads(json.dumps(entries))
    changed[0]["document"]["name"] += "改"
    changed[1]["version"] += 1
    gone = changed.pop()
    changed.append({"key": "zzzzzzzzzzzzzzzz", "version": 1, "document": {}})
    found = manifest.compared(data, None, changed)
    assert not found.is_equal
    assert set(found.different) == {entries[0]["key"], entries[1]["key"]}
    assert (found.missing, found.beyond) == ([gone["key"]], ["zzzzzzzzzzzzzzzz"])


def test_a_changed_byte_or_another_key_does_not_hold(fetched, tmp_path):
    data, _ = fetched
    own = signing.public_key(json.loads(data)["key"])
    assert manifest.compared(data, [own]).status == "valid"
    for place in range(0, len(data), max(1, len(data) // 40)):
        spoiled = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert manifest.compared(spoiled, [own]).status in ("forged", "unreadable")
    other = signing.load(tmp_path / "other.key").public
    assert manifest.compared(data, [other]).status == "forged"


def test_the_file_is_spelled_as_the_standard_says_whatever_a_code_holds(fetched, tmp_path):
    data, _ = fetched
    assert data == schemas.canonical(json.loads(data)) + b"\n"
    codes = ('乌/1"\\', "\u0001\x7f\u2028\U00020000", '"entries":[]', None)
    lines = [{"key": "a", "code": one, "version": 2, "digest": "sm3:0"} for one in codes]
    made = {"format": manifest.FORMAT, "site": "http://here", "entries": lines, "count": 4}
    assert manifest.spelled(made) == schemas.canonical(made)


def test_a_signed_file_of_an_odd_shape_is_no_manifest(tmp_path):
    key = signing.load(tmp_path / "own.key")
    for odd in ([], {}, None, 1):
        entries = [{"key": odd, "version": 1, "digest": "x"}]
        made = {"format": manifest.FORMAT, "count": 1, "entries": entries}
        data = manifest.signed(manifest.spelled(made), key)
        assert manifest.compared(data, None, []).status == "unreadable"


def test_nobody_gets_the_open_part_and_nothing_is_signed_twice(city, token):
    client = city.test_client()
    answer = client.get("/manifest.json")
    keys = {one["key"] for one in answer.json["statement"]["entries"]}
    assert keys == everything(city, token, who=None)
    tag = f"W/{answer.headers['ETag']}"  # as a cache in between gives it back
    again = client.get("/manifest.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert client.get("/manifest.json").get_data() == answer.get_data()


def test_the_command_makes_what_the_address_gives_and_verifies_it_alone(
    city, fetched, tmp_path, monkeypatch
):
    data, entries = fetched
    held = city.extensions["registry_settings"]
    database = city.extensions["registry_database"].writing.url
    for name, value in {
        "DATA_DIR": held.data_dir,
        "DATABASE_URL": database.render_as_string(hide_password=False),
    }.items():
        monkeypatch.setenv(f"CATALOGUE_{name}", str(value))
    file, copy = tmp_path / "manifest.json", tmp_path / "entries.jsonl"
    assert CliRunner().invoke(main, ["manifest", "issue", "-o", str(file)]).exit_code == 0
    issued = {one["key"] for one in json.loads(file.read_bytes())["statement"]["entries"]}
    assert issued <= {one["key"] for one in json.loads(data)["statement"]["entries"]}
    for name in ("DATA_DIR", "DATABASE_URL"):
        monkeypatch.setenv(f"CATALOGUE_{name}", "/nowhere" if name == "DATA_DIR" else "")
    mine = [one for one in entries if one["key"] in issued]
    copy.write_text("\n".join(json.dumps(one) for one in mine), "utf-8")
    asked = ["manifest", "verify", str(file), "--entries", str(copy), "--json"]
    told = CliRunner().invoke(main, asked)
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["count"] == len(mine)
    copy.write_text("\n".join(json.dumps(one) for one in mine[1:]), "utf-8")
    told = CliRunner().invoke(main, asked)
    assert told.exit_code == 1
    assert json.loads(told.output)["missing"] == [mine[0]["key"]]
