"""The life of a key of a release: made, replaced, destroyed, each step on record beside it.

The record is a JSON file `<key file>.json`. It names the key by its id, never by its bits, and
chains its steps by digests, so that a step taken out or altered is seen. It outlives the key and
goes with the report, which names the same id.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from anonymization import crypto
from anonymization.errors import Refused

FORMAT: Final = 1


def create(path: str | Path, by: str = "", release: str = "") -> dict[str, Any]:
    """Make a key at `path` and begin its record; the record."""
    place = Path(path)
    if _record_of(place).exists():
        raise Refused(
            "KEY_EXISTS",
            f"{place.name} 已有密钥记录，不能再用这个文件名；请换一个。",
            f"{place.name} has a record already and cannot be used again; choose another name.",
        )
    key = crypto.make_key(place)
    facts = {"act": "made", "key_id": crypto.key_id(key), "release": release}
    try:
        return _noted(place, {"record": FORMAT, "key_file": place.name, "steps": []}, by, facts)
    except Refused:
        # A key without a record would be one that nobody answers for.
        place.unlink()
        raise


def rotate(path: str | Path, new: str | Path, by: str = "", release: str = "") -> dict[str, Any]:
    """Make the key that follows the one at `path`, for the next release; the new record.

    The old one stays until it is destroyed: what was encrypted with it can still be read. A key
    that was replaced already is refused: of two followers nobody would know which is in use.
    """
    old, record = crypto.key_id(read(path)), read_record(path)
    for step in record["steps"]:
        if step["act"] == "replaced":
            name = _named(Path(path).parent, step["by_key"])
            raise Refused(
                "KEY_REPLACED",
                f"密钥 {Path(path).name} 已由 {name} 接替，不能再接替一次；请对 {name} 办理。",
                f"the key {Path(path).name} was replaced by {name} already; let the new key "
                f"follow {name}.",
            )
    made = create(new, by, release)
    _noted(Path(path), record, by, {"act": "replaced", "key_id": old, "by_key": _id_of(made)})
    return _noted(Path(new), made, by, {"act": "follows", "key_id": _id_of(made), "of_key": old})


def _named(folder: Path, key_id: str) -> str:
    """The file of a key on record in a folder, or its id where it lies elsewhere."""
    return next((one["file"] for one in listed(folder) if one.get("key_id") == key_id), key_id)


def destroy(path: str | Path, by: str, reason: str = "") -> dict[str, Any]:
    """Overwrite and remove a key; its record says by whom, when and why and stays.

    After this no pseudonym can be made again and nothing encrypted can be read. A copy on a
    backup, or a file system that never overwrites, is beyond reach: the record says so.
    """
    place = Path(path)
    if not by.strip():
        raise Refused(
            "NAME_NEEDED",
            "销毁密钥须写明由谁销毁（--by），记录随报告保存。",
            "say who destroys the key (--by); the record goes with the report.",
        )
    key = crypto.read_key(place)
    record = read_record(place)
    with place.open("r+b") as file:
        file.write(os.urandom(place.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    place.unlink()
    facts = {
        "act": "destroyed",
        "key_id": crypto.key_id(key),
        "reason": reason,
        "how": "overwritten and removed; copies on backups are destroyed by their keeper",
    }
    return _noted(place, record, by, facts)


def read(path: str | Path) -> bytes:
    """The key in a file, refused when its record was altered or is another key's.

    One that was destroyed on record is told as destroyed, not as lost.
    """
    try:
        key = crypto.read_key(path)
    except Refused as refusal:
        if refusal.code != "KEY_LOST" or not is_destroyed(read_record(path)):
            raise
        name = Path(path).name
        raise Refused(
            "KEY_DESTROYED",
            f"密钥 {name} 已按记录销毁，用它的发布不能再做，加密的列不能还原；"
            "请新建密钥，作为新的发布批次处理。",
            f"the key {name} was destroyed on record; its release cannot be made again nor its "
            "columns restored. Make a new key and treat this as a new release.",
        ) from None
    record = read_record(path)
    # Steps of another key tell nothing of who answers for this one.
    if record["steps"] and _id_of(record) != crypto.key_id(key):
        raise _altered(_record_of(Path(path)))
    return key


def read_record(path: str | Path) -> dict[str, Any]:
    """The record of a key, whole; refused when a step was taken out or altered.

    A key made before records were kept begins one now.
    """
    place = _record_of(Path(path))
    try:
        record = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        return {"record": FORMAT, "key_file": Path(path).name, "steps": []}
    except (OSError, ValueError):
        raise _altered(place) from None
    if not isinstance(record, dict) or not is_whole(record):
        raise _altered(place)
    return record


# A record has a few steps; what is larger is no record.
_MOST_BYTES: Final = 1 << 20


def listed(folder: str | Path) -> list[dict[str, Any]]:
    """The keys on record in a folder and in the folders right in it, by name; of no key its bits.

    `state`: present, destroyed (on record), missing (the file is gone and no record says why) or
    altered (the record is not whole, and tells nothing to rely on). `record` is the digest of the
    last step, which seals all before it.
    """
    root = Path(folder)
    found = []
    for path in sorted((*root.glob("*.json"), *root.glob("*/*.json"))):
        try:
            if not path.is_file() or path.stat().st_size > _MOST_BYTES:
                continue
            record = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        # A folder holds plans and reports as well, which are no records of keys.
        if isinstance(record, dict) and {"record", "key_file", "steps"} <= record.keys():
            name = str(path.with_suffix("").relative_to(root))
            found.append({"file": name} | _told(path.with_suffix(""), record))
    return found


def _told(place: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    if not record["steps"] or not is_whole(record):
        return {"state": "altered"}
    steps = {step.get("act"): step for step in record["steps"]}
    first, end = record["steps"][0], steps.get("destroyed")
    told = {"key_id": first.get("key_id", ""), "release": first.get("release", "")}
    if "made" in steps:
        told |= {"made_at": steps["made"]["at"], "made_by": steps["made"]["by"]}
    if "replaced" in steps:
        told |= {"replaced_at": steps["replaced"]["at"], "replaced_by": steps["replaced"]["by_key"]}
    if end is not None:
        told |= {"destroyed_at": end["at"], "destroyed_by": end["by"], "reason": end["reason"]}
    here = "present" if place.is_file() else "missing"
    state = "destroyed" if end is not None else here
    return {"state": state, **told, "record": record["steps"][-1]["digest"]}


def is_destroyed(record: Mapping[str, Any]) -> bool:
    """Whether the record tells the end of its key; a key that is gone without it is lost."""
    return any(step["act"] == "destroyed" for step in record["steps"])


def is_whole(record: Mapping[str, Any]) -> bool:
    """Whether every step still carries the digest of all before it."""
    before = ""
    try:
        for step in record["steps"]:
            bare = {name: value for name, value in step.items() if name != "digest"}
            if step["before"] != before or step["digest"] != crypto.digest(bare):
                return False
            before = step["digest"]
    except (KeyError, TypeError, AttributeError):
        return False
    return True


def _noted(
    place: Path, record: Mapping[str, Any], by: str, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The record with one step more, on the disk before anybody hears of it."""
    steps = list(record["steps"])
    step = {
        **facts,
        "by": by,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "before": steps[-1]["digest"] if steps else "",
    }
    made = {**record, "steps": [*steps, step | {"digest": crypto.digest(step)}]}
    target = _record_of(place)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        raise Refused(
            "RECORD_NOT_WRITTEN",
            f"密钥记录 {target.name} 无法写入，请检查目录的权限和空间。",
            f"the record {target.name} cannot be written; check the folder, its mode and room.",
        ) from fault
    return made


def _record_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")


def _id_of(record: Mapping[str, Any]) -> str:
    return str(record["steps"][0]["key_id"])


def _altered(place: Path) -> Refused:
    return Refused(
        "RECORD_ALTERED",
        f"密钥记录 {place.name} 不完整或者被改动过，请用备份恢复后再办理。",
        f"the record {place.name} is not whole or was altered; restore it from a backup first.",
    )
