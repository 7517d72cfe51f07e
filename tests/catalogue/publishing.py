"""Publishes entries one by one and tells each only after its commit; made to be killed."""

import os
import sys

import sqlalchemy as sa

from registry import catalogue, db
from registry.access.actor import of_account
from registry.errors import Missing
from registry.models.accounts import Account


def main(url: str, username: str, told: str, *keys: str) -> None:
    database = db.connect(url, b"secret" * 6)
    with open(told, "a") as file:
        for key in keys:
            try:
                with db.transaction(database, writes=True) as session:
                    account = session.scalars(
                        sa.select(Account).where(Account.username == username)
                    ).one()
                    actor = of_account(session, account, db.now().date())
                    version = catalogue.require_version(session, actor, key)
                    catalogue.advance(session, actor, version, "publish")
            except Missing:
                continue
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
