"""What a command opens. It ends with 0 good, 1 no or not done, 2 usage, 78 configuration."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry import config, db, signing
from registry.cli.refusals import Misconfigured, path_fault
from registry.config import Settings


def settings() -> Settings:
    """The settings, or exit 78 with every fault on a line of its own."""
    return config.load()


def make_folder(chosen: Settings) -> None:
    """Make the data folder where there is none; exit 78 where it cannot be made or written to."""
    folder = chosen.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise Misconfigured(
            f"数据目录不能使用 / the data folder cannot be used: {folder}：{path_fault(fault)}"
        ) from fault


def keys(chosen: Settings, *, making: bool = False) -> signing.Key:
    """The signing key; exit 78 when it is unusable, or not there and not to be made.

    `making`: it is made where there is none, and the secret with it.
    """
    if making:
        make_folder(chosen)
        chosen.secret_key()
    else:
        _require_made(chosen)
    if not making and not chosen.signing_key_file.exists():
        raise Misconfigured(
            f"签名密钥文件不存在：{chosen.signing_key_file}。请从备份取回；从来没有过的，运行"
            f" catalogue init / the signing key is not there: {chosen.signing_key_file}; bring it"
            " back from a backup, or run catalogue init where there never was one"
        )
    try:
        return signing.load(chosen.signing_key_file)
    except signing.KeyUnusable as fault:
        raise Misconfigured(
            f"签名密钥文件不能使用 / the signing key cannot be used: {fault}"
        ) from fault


@contextmanager
def database(
    chosen: Settings, *, making: bool = False, tables: bool = True
) -> Iterator[db.Database]:
    """The database of the settings; its connections are given back when the command ends.

    Where nothing was ever made the command ends, exit 78, and leaves the place as it is: a
    mistyped folder must not become an installation. `making` is for the commands that do make
    one; without `tables` the keys are enough.
    """
    if making:
        make_folder(chosen)
    else:
        _require_made(chosen)
    opened = db.connect(chosen.database_url, chosen.secret_key())
    try:
        if tables and not making:
            _require_tables(opened)
        yield opened
    finally:
        opened.close()


@contextmanager
def reading(chosen: Settings) -> Iterator[Session]:
    """One read-only snapshot for a command."""
    with database(chosen) as opened, db.transaction(opened, writes=False) as session:
        yield session


@contextmanager
def writing(chosen: Settings | None = None) -> Iterator[Session]:
    """A writing transaction for a command; nothing of it is stored when something is refused."""
    with (
        database(chosen or settings()) as opened,
        db.transaction(opened, writes=True) as session,
    ):
        yield session


def _require_made(chosen: Settings) -> None:
    folder = chosen.data_dir
    if folder.exists() and not folder.is_dir():
        raise Misconfigured(
            f"数据目录是一个文件，不是文件夹：{folder}。请改正 CATALOGUE_DATA_DIR"
            f" / the data folder is a file: {folder}; mend CATALOGUE_DATA_DIR"
        )
    for path in (folder, chosen.secret_key_file, database_file(chosen)):
        if path is not None and not path.exists():
            raise Misconfigured(
                f"还没有初始化，缺少 {path}。请核对 CATALOGUE_DATA_DIR 等配置；新装的请先运行"
                f" catalogue init / there is no installation here, {path} is missing: mend"
                " CATALOGUE_DATA_DIR and the like, or run catalogue init for a new one"
            )


def database_file(chosen: Settings) -> Path | None:
    """Where the embedded database keeps its rows, None for a server."""
    address = sa.make_url(chosen.database_url)
    name = address.database if address.get_backend_name() == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def _require_tables(opened: db.Database) -> None:
    try:
        with opened.reading.connect() as connection:
            there = sa.inspect(connection).has_table("alembic_version")
    except DBAPIError:
        # Whoever asks next tells it; a server that is away is waited for by who serves.
        return
    if not there:
        raise Misconfigured(
            "数据库里还没有表。请核对 CATALOGUE_DATABASE_URL；新装的请先运行 catalogue init"
            " / the database holds no tables: mend CATALOGUE_DATABASE_URL, or run catalogue init"
            " for a new installation"
        )
