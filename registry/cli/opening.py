"""What a command opens. It ends with 0 good, 1 the answer is no, 2 usage, 78 configuration."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from registry import config, db, signing
from registry.cli.refusals import refusals
from registry.config import Settings

CONFIGURATION = 78


def settings() -> Settings:
    """The settings, or exit 78 with every fault on a line of its own."""
    try:
        return config.load()
    except config.ConfigurationError as refusal:
        for fault in refusal.faults:
            click.echo(fault, err=True)
        sys.exit(CONFIGURATION)


def keys(chosen: Settings) -> signing.Key:
    """The signing key, made where there is none with the secret; exit 78 when it is unusable."""
    chosen.secret_key()
    try:
        return signing.load(chosen.signing_key_file)
    except signing.KeyUnusable as fault:
        click.echo(f"签名密钥文件不能使用 / the signing key cannot be used: {fault}", err=True)
        sys.exit(CONFIGURATION)


@contextmanager
def database(chosen: Settings) -> Iterator[db.Database]:
    """The database of the settings; its connections are given back when the command ends.

    What is refused inside is told as the pages tell it, exit 1.
    """
    opened = db.connect(chosen.database_url, chosen.secret_key())
    try:
        with refusals():
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
