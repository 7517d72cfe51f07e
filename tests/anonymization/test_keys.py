"""A key is made, replaced and destroyed, and its record tells all of it and nothing of the key."""

import json
from pathlib import Path

import polars as pl
import pytest

from anonymization import apply, crypto, keys, mask_file, restore, treat
from tests.anonymization.conftest import answering, line, refused


def acts(record: dict) -> list[str]:
    return [step["act"] for step in record["steps"]]


def test_a_key_lives_on_record_and_the_record_outlives_it(tmp_path: Path):
    first, second = tmp_path / "a.key", tmp_path / "b.key"
    keys.create(first, "张某", "2026-1")
    secret = crypto.read_key(first)
    keys.rotate(first, second, "张某", "2026-2")
    record = keys.destroy(first, "李某", "发布结束")
    assert acts(record) == ["made", "replaced", "destroyed"]
    assert acts(keys.read_record(second)) == ["made", "follows"]
    assert not first.exists()
    assert record["steps"][-1]["by"] == "李某"
    assert {step["key_id"] for step in record["steps"]} == {crypto.key_id(secret)}
    assert record["steps"][1]["by_key"] == crypto.key_id(crypto.read_key(second))
    text = (tmp_path / "a.key.json").read_text("utf-8")
    assert secret.hex() not in text
    assert (tmp_path / "a.key.json").stat().st_mode & 0o777 == 0o600


def test_after_destruction_nothing_encrypted_is_read_and_a_run_says_what_to_do(tmp_path: Path):
    path = tmp_path / "a.key"
    keys.create(path)
    plan = answering(line("列", "encrypt"))
    made = treat(plan, pl.DataFrame({"列": ["甲"]}), crypto.read_key(path))
    keys.destroy(path, "李某")
    assert "新建密钥" in refused("KEY_LOST", lambda: crypto.read_key(path)).zh
    refused("KEY_EXISTS", lambda: keys.create(path))
    keys.create(tmp_path / "b.key")
    refused("KEY_WRONG", lambda: restore(plan, made, crypto.read_key(tmp_path / "b.key")))


def test_the_keys_of_a_folder_are_listed_with_their_ends_and_without_their_bits(tmp_path: Path):
    (tmp_path / "in").mkdir()
    kept, gone, lost = tmp_path / "a", tmp_path / "in" / "b.key", tmp_path / "c"
    for path in (kept, gone, lost):
        keys.create(path, "张某", "2026-1")
    secret = crypto.read_key(kept)
    keys.destroy(gone, "李某", "发布结束")
    lost.unlink()
    keys.create(tmp_path / "d", "张某")
    record = (tmp_path / "d.json").read_text("utf-8")
    (tmp_path / "d.json").write_text(record.replace("张某", "王某"), "utf-8")
    (tmp_path / "plan.json").write_text('{"profile": "open"}', "utf-8")
    found = {one["file"]: one for one in keys.listed(tmp_path)}
    states = {name: one["state"] for name, one in found.items()}
    assert states == {"a": "present", "in/b.key": "destroyed", "c": "missing", "d": "altered"}
    assert found["a"]["key_id"] == crypto.key_id(secret)
    ended = found["in/b.key"]
    assert (ended["made_by"], ended["destroyed_by"]) == ("张某", "李某")
    assert ended["record"] == keys.read_record(gone)["steps"][-1]["digest"]
    assert secret.hex() not in json.dumps(list(found.values()))


def test_nobody_destroys_a_key_namelessly(tmp_path: Path):
    keys.create(tmp_path / "a.key")
    refused("NAME_NEEDED", lambda: keys.destroy(tmp_path / "a.key", " "))
    assert (tmp_path / "a.key").exists()


@pytest.mark.parametrize("change", ["by", "gone", "order", "text"])
def test_an_altered_record_is_told_before_the_key_is_touched(tmp_path: Path, change: str):
    path, record = tmp_path / "a.key", tmp_path / "a.key.json"
    keys.create(path, "张某")
    keys.rotate(path, tmp_path / "b.key", "张某")
    facts = json.loads(record.read_text("utf-8"))
    if change == "by":
        facts["steps"][0]["by"] = "王某"
    elif change == "gone":
        del facts["steps"][0]
    else:
        facts["steps"].reverse()
    record.write_text("{" if change == "text" else json.dumps(facts), "utf-8")
    refused("RECORD_ALTERED", lambda: keys.destroy(path, "李某"))
    assert path.exists()


def test_a_key_from_before_records_begins_one_when_it_ends(tmp_path: Path):
    crypto.make_key(tmp_path / "a.key")
    assert acts(keys.destroy(tmp_path / "a.key", "李某")) == ["destroyed"]


@pytest.mark.parametrize("change", ["by", "text", "another's"])
def test_a_key_whose_record_was_altered_treats_nothing(tmp_path: Path, change: str):
    path, record = tmp_path / "a.key", tmp_path / "a.key.json"
    keys.create(path, "张某")
    whole = record.read_text("utf-8")
    keys.create(tmp_path / "b.key", "张某")
    another = (tmp_path / "b.key.json").read_text("utf-8")
    altered = {"by": whole.replace("张某", "王某"), "text": "{", "another's": another}
    record.write_text(altered[change], "utf-8")
    source, target = tmp_path / "a.csv", tmp_path / "o.csv"
    source.write_text("列\n甲\n", "utf-8")
    plan = answering(line("列", "encrypt"))
    for run in (apply, mask_file):
        refused("RECORD_ALTERED", lambda run=run: run(plan, source, target, path))
    assert not target.exists()


def test_a_key_is_replaced_once_and_the_refusal_names_what_follows_it(tmp_path: Path):
    path = tmp_path / "a.key"
    keys.create(path)
    keys.rotate(path, tmp_path / "b.key")
    told = refused("KEY_REPLACED", lambda: keys.rotate(path, tmp_path / "c.key"))
    assert "b.key" in told.zh
    assert not (tmp_path / "c.key").exists()
    keys.rotate(tmp_path / "b.key", tmp_path / "c.key")
