"""A backup is one folder: every row, every file, a signed manifest; and the way back from it.

Rows are written as JSON lines, so that a backup of one engine comes back on the other, and no
program of the engine is needed. One snapshot is read while work goes on. The folder gets its
name when it is whole; what was killed halfway has another name and is no backup.

    DIR/manifest.json      what belongs to it, with digests; signed
    DIR/tables/NAME.jsonl.gz
    DIR/files/xx/KEY
    DIR/heads.jsonl, DIR/wiped.jsonl
    DIR/keys/              only where asked for
"""

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import schemas
from registry import db, discovery, journal, models, signing, upgrade
from registry.access import SYSTEM
from registry.catalogue import spill
from registry.catalogue.traces import Means
from registry.config import Settings
from registry.db import UTC, Base, Database, now
from registry.errors import Refusal
from registry.journal import Fault, heads
from registry.models.files import StoredFile
from search import Index

FORMAT = "wuhai-backup/1"
_BATCH = 1_000
# Visits end with the machine: nobody is signed in after a restore.
LEFT_OUT = frozenset({"browser_session", "failed_sign_in", "form_key"})
_BESIDE = (heads.WITNESS, discovery.WIPED)
_KEYS = {"secret.key": "secret_key_file", "signing.key": "signing_key_file"}
assert models  # the tables stand in the metadata


class NoBackup(Refusal):
    """A backup cannot be made there, or this is none, or the place is not empty."""


@dataclass(frozen=True)
class Made:
    """What went into a backup."""

    key: str
    rows: int
    files: int


@dataclass(frozen=True)
class Restored:
    """What came back, what was wiped again, and the faults of the journal afterwards."""

    rows: int
    files: int
    wiped: int
    faults: tuple[Fault, ...]


# --- making --------------------------------------------------------------------------------


def backup(settings: Settings, database: Database, target: Path, *, with_keys: bool) -> Made:
    """Write a backup to a folder that is not there yet; nothing of it is seen until it is whole."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NoBackup("backup_exists", path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    key = signing.load(settings.signing_key_file)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-", dir=target.parent))
    try:
        manifest = _written(settings, database, draft, with_keys)
        text = schemas.canonical(manifest)
        signed = {
            "manifest": manifest,
            "public_key": key.public.fact(),
            "signature": signing.sign(key, text).fact(),
        }
        _place(draft / "manifest.json", schemas.canonical(signed))
        if target.exists():
            target.rmdir()
        draft.rename(target)
        _sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    made = Made(
        hashlib.new("sm3", text).hexdigest()[:16],
        sum(table["rows"] for table in manifest["tables"].values()),
        len(manifest["files"]),
    )
    with db.transaction(database, writes=True) as session:
        facts = {"rows": made.rows, "files": made.files, "keys": with_keys}
        journal.record(session, SYSTEM, "backup", "backup", made.key, facts=facts)
    return made


def _written(
    settings: Settings, database: Database, draft: Path, with_keys: bool
) -> dict[str, Any]:
    (draft / "tables").mkdir(mode=0o700)
    with db.transaction(database, writes=False) as session:
        size, root = journal.head(session)
        tables = {
            table.name: _table(session, table, draft / "tables" / f"{table.name}.jsonl.gz")
            for table in Base.metadata.sorted_tables
            if table.name not in LEFT_OUT
        }
        kept = session.execute(
            sa.select(StoredFile.key, StoredFile.digest).where(StoredFile.deleted_at.is_(None))
        ).all()
    files = {}
    for key, digest in kept:
        source = settings.data_dir / "files" / key[:2] / key
        # A file wiped since the snapshot is gone for good reason.
        if source.is_file():
            _copy(source, draft / "files" / key[:2] / key)
            files[key] = digest
    beside = {}
    for name in _BESIDE:
        if (settings.data_dir / name).is_file():
            _copy(settings.data_dir / name, draft / name)
            beside[name] = _digest(draft / name)
    if with_keys:
        for name, setting in _KEYS.items():
            _copy(getattr(settings, setting), draft / "keys" / name)
    return {
        "format": FORMAT,
        "made_at": now().isoformat(),
        "revision": upgrade.revision(database),
        "head": {"size": size, "root": root},
        "tables": tables,
        "files": files,
        "beside": beside,
        "keys": {name: _digest(draft / "keys" / name) for name in _KEYS} if with_keys else {},
    }


def _table(session: Session, table: sa.Table, path: Path) -> dict[str, Any]:
    count = 0
    rows = session.execute(
        sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    )
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        for row in rows:
            line = {name: _plain(value) for name, value in row._mapping.items()}
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            count += 1
    _sync(path)
    return {"rows": count, "digest": _digest(path)}


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return value.hex()
    return value


# --- checking ------------------------------------------------------------------------------


def check(folder: Path, trusted: Iterable[signing.PublicKey] = ()) -> dict[str, Any]:
    """The manifest of a backup whose signature and digests all hold; NoBackup otherwise.

    With `trusted` keys the signature must be by one of them; without, by the key it carries.
    """
    try:
        signed = schemas.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError, schemas.Unreadable) as fault:
        raise NoBackup("no_backup", path=str(folder)) from fault
    if not isinstance(signed, dict) or not isinstance(signed.get("manifest"), dict):
        raise NoBackup("no_backup", path=str(folder))
    manifest: dict[str, Any] = signed["manifest"]
    carried = signing.public_key(signed.get("public_key"))
    made = signing.signature(signed.get("signature"))
    publics = tuple(trusted) or ((carried,) if carried else ())
    public = signing.find(publics, made.key_id) if made else None
    if made is None or public is None:
        raise NoBackup("backup_unsigned")
    if not signing.verify(public, made, schemas.canonical(manifest)):
        raise NoBackup("backup_unsigned")
    if manifest.get("format") != FORMAT:
        raise NoBackup("no_backup", path=str(folder))
    for path, digest in _parts(folder, manifest):
        if not path.is_file() or _digest(path) != digest:
            raise NoBackup("backup_damaged", part=str(path.relative_to(folder)))
    return manifest


def _parts(folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name, table in manifest["tables"].items():
        yield folder / "tables" / f"{name}.jsonl.gz", table["digest"]
    for key, digest in manifest["files"].items():
        yield folder / "files" / key[:2] / key, digest
    for name, digest in manifest["beside"].items():
        yield folder / name, digest
    for name, digest in manifest["keys"].items():
        yield folder / "keys" / name, digest


# --- the way back --------------------------------------------------------------------------


def place_keys(settings: Settings, folder: Path) -> None:
    """Put the keys of a backup in their place, or see that they are there; before anything else.

    Without the secret of the installation the seals of the journal cannot be checked, without
    the signing key neither its heads: a restore that lacks them is refused.
    """
    for name, setting in _KEYS.items():
        place, kept = getattr(settings, setting), folder / "keys" / name
        if kept.is_file() and place.is_file() and not _is_same_key(name, kept, place):
            raise NoBackup("keys_differ", path=str(place))
        if not place.is_file():
            if not kept.is_file():
                raise NoBackup("keys_missing", path=str(place))
            _copy(kept, place)


def _is_same_key(name: str, kept: Path, place: Path) -> bool:
    """Whether the key in its place is that of the backup, or one that followed it."""
    if kept.read_bytes() == place.read_bytes():
        return True
    if name != "signing.key":
        return False
    try:
        return signing.load(kept).public in signing.load(place).publics
    except signing.KeyUnusable:
        return False


def restore(settings: Settings, database: Database, index: Index, folder: Path) -> Restored:
    """Bring a backup back into an empty place, wipe again what was wiped, prove the journal.

    One transaction holds all rows: a restore that was killed left nothing and is run again.
    """
    publics = signing.load(settings.signing_key_file).publics
    manifest = check(folder, publics)
    upgrade.upgrade(database)
    if manifest["revision"] != upgrade.revision(database):
        raise NoBackup("other_release", revision=str(manifest["revision"]))
    wiped_before = discovery.listed(folder) | discovery.listed(settings.data_dir)
    means = Means(settings.data_dir, signing.load(settings.signing_key_file))
    for key in manifest["files"]:
        _copy(folder / "files" / key[:2] / key, settings.data_dir / "files" / key[:2] / key)
    with db.transaction(database, writes=True) as session:
        _require_empty(session)
        rows = _fill(session, folder, manifest)
    db.analyse(database)
    _add_witnesses(settings.data_dir, folder)
    with db.transaction(database, writes=True) as session:
        again = [
            k for k, one in sorted(wiped_before.items()) if spill.wipe_again(session, one, means)
        ]
        facts = {"rows": rows, "wiped": len(again), "head": manifest["head"]}
        journal.record(session, SYSTEM, "restore", "backup", "", facts=facts)
    discovery.rebuild(database, index)
    discovery.cleanse(database, index, settings.data_dir)
    with db.transaction(database, writes=False) as session:
        faults = heads.prove(session, publics, settings.data_dir)
    return Restored(rows, len(manifest["files"]), len(again), tuple(faults))


def _require_empty(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        if session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise NoBackup("not_empty", table=table.name)


def _fill(session: Session, folder: Path, manifest: Mapping[str, Any]) -> int:
    """Insert every row; references that run in circles are set when all rows are there."""
    count = 0
    later: list[tuple[sa.Table, sa.Column[Any], list[dict[str, Any]]]] = []
    for table in Base.metadata.sorted_tables:
        if table.name not in manifest["tables"]:
            continue
        circular = [column for column in table.columns if _is_circular(table, column)]
        held: dict[str, list[dict[str, Any]]] = {column.name: [] for column in circular}
        for batch in _batches(folder / "tables" / f"{table.name}.jsonl.gz", table):
            for row in batch:
                for column in circular:
                    if row[column.name] is not None:
                        held[column.name].append({"b_id": row["id"], "b_to": row[column.name]})
                        row[column.name] = None
            session.execute(sa.insert(table), batch)
            count += len(batch)
        later += [(table, column, held[column.name]) for column in circular]
    for table, column, pairs in later:
        statement = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("b_id"))
            .values({column.name: sa.bindparam("b_to")})
        )
        for start in range(0, len(pairs), _BATCH):
            session.execute(statement, pairs[start : start + _BATCH])
    _count_on(session)
    return count


def _is_circular(table: sa.Table, column: sa.Column[Any]) -> bool:
    return any(key.use_alter or key.column.table is table for key in column.foreign_keys)


def _batches(path: Path, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            batch.append({c.name: _typed(c, row.get(c.name)) for c in table.columns})
            if len(batch) == _BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _typed(column: sa.Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None:
        # A JSON column would keep None as the word null.
        return sa.null() if isinstance(kind, sa.JSON) and column.nullable else None
    if isinstance(kind, UTC):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.LargeBinary):
        return bytes.fromhex(value)
    return value


def _count_on(session: Session) -> None:
    """PostgreSQL counts ids apart from the rows: its counters go on after the last one."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, sa.Integer):
            last = session.scalar(sa.select(sa.func.max(table.c.id)))
            counter = session.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, "id")))
            if last is not None and counter is not None:
                session.execute(sa.select(sa.func.setval(counter, last)))


def _add_witnesses(data_dir: Path, folder: Path) -> None:
    """Add the lines of the backup's lists to those of the place; neither ever loses one."""
    for name in _BESIDE:
        if not (folder / name).is_file():
            continue
        have = data_dir / name
        known = set(have.read_text("utf-8").splitlines()) if have.is_file() else set()
        fresh = [x for x in (folder / name).read_text("utf-8").splitlines() if x not in known]
        with have.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in fresh)
            file.flush()
            os.fsync(file.fileno())


# --- files ---------------------------------------------------------------------------------


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sm3:{hashlib.file_digest(file, lambda: hashlib.new('sm3')).hexdigest()}"


def _copy(source: Path, target: Path) -> None:
    """Copy a file as a whole: it has its name only when its bytes are on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(prefix=".part-", dir=target.parent)  # mode 0600
    with os.fdopen(handle, "wb") as out, source.open("rb") as file:
        shutil.copyfileobj(file, out)
        out.flush()
        os.fsync(out.fileno())
    Path(draft).replace(target)


def _place(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _sync(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
