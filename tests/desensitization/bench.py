"""A department with a saved plan, and the machine that runs what it asks for on the page."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session

from anonymization.synthetic import citizens
from registry import catalogue, db, desensitization, sealed
from registry.access import Actor
from registry.config import Settings
from registry.desensitization import runs
from registry.desensitization.runner import Runner
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingRun
from tests import factories

ITEMS: list[dict[str, Any]] = [
    {"name": "姓名", "pi_kind": "姓名", "pi_role": "direct", "level": "2"},
    {"name": "公民身份号码", "pi_kind": "公民身份号码", "pi_role": "direct", "level": "4"},
    {"name": "性别", "pi_kind": "性别", "pi_role": "quasi", "level": "2"},
    {"name": "出生日期", "pi_kind": "出生日期", "pi_role": "quasi", "level": "2"},
]
NAMES = [item["name"] for item in ITEMS]


def people(rows: int = 600) -> pl.DataFrame:
    """A table of nobody under the items of the entry."""
    return citizens(rows, seed=5).select(NAMES)


class Bench:
    """The registrar, the entry, its plan, and a runner that is stepped by the test."""

    def __init__(self, database: db.Database, folder: Path, **settings: str) -> None:
        self.database, self.folder = database, folder
        self.settings: Settings = factories.settings(folder, **settings)
        self.runner = Runner(self.settings, database)
        with self.writes() as session:
            town = factories.Town(session)
            self.registrar = town.person("registrar")
            self.other = town.person("registrar", unit=town.other)
            self.head = town.person("head")
            document = factories.document("公民基本信息", items=[dict(item) for item in ITEMS])
            stored = catalogue.register(
                session, self.registrar, town.department, document, declared=True
            )
            self.key, self.unit = stored.key, town.department.code
        self.save()

    def writes(self) -> Any:
        return db.transaction(self.database, writes=True)

    def reads(self) -> Any:
        return db.transaction(self.database, writes=False)

    def entry(self, session: Session) -> tuple[Resource, Version]:
        resource = session.scalars(sa.select(Resource).where(Resource.key == self.key)).one()
        assert resource.working is not None
        return resource, resource.working

    def plan_of(self, session: Session) -> MaskingPlan:
        found = desensitization.plan_for(session, self.entry(session)[0], "statistical")
        assert found is not None
        return found

    def save(self, lines: dict[str, dict[str, Any]] | None = None, **changes: Any) -> None:
        """Save the proposed plan with these changes."""
        with self.writes() as session:
            resource, version = self.entry(session)
            plan = desensitization.proposed(version, "statistical") | {"reason": "统计要用"}
            plan |= changes
            plan["columns"] = [
                line | (lines or {}).get(line["name"], {}) for line in plan["columns"]
            ]
            desensitization.save_plan(
                session, self.registrar, resource, version, "statistical", plan
            )

    def ask(self, order: runs.Order, actor: Actor | None = None) -> str:
        with self.writes() as session:
            plan, version = self.plan_of(session), self.entry(session)[1]
            asker = actor or self.registrar
            return runs.ask(session, asker, self.folder, plan, version, order).key

    def send(self, content: bytes, kind: str = "csv") -> str:
        """Ask for a run over a file."""
        with runs.sealing(self.folder, io.BytesIO(content)) as upload:
            return self.ask(runs.Order("measured", "upload", kind, upload))

    def made_up(self) -> str:
        return self.ask(runs.Order("plan_only", "made_up"))

    def row(self, key: str) -> MaskingRun:
        with self.reads() as session:
            return session.scalars(sa.select(MaskingRun).where(MaskingRun.key == key)).one()

    def ended(self, key: str, runner: Runner | None = None) -> MaskingRun:
        """The run when it has ended, stepped by us."""
        self.until(lambda: self.row(key).state not in runs.ACTIVE, runner)
        return self.row(key)

    def started(self, key: str, runner: Runner | None = None) -> int:
        """The number of the process of a run, once there is one."""
        stepped = runner or self.runner
        self.until(lambda: stepped.child_of(key) is not None, stepped)
        found = stepped.child_of(key)
        assert found is not None
        return found

    def until(self, holds: Any, runner: Runner | None = None) -> None:
        end = time.monotonic() + 600
        while not holds():
            assert time.monotonic() < end, "it never came to hold"
            (runner or self.runner).step()
            time.sleep(0.02)

    def left(self) -> list[str]:
        """Every file of runs that is on the disk or in memory."""
        roots = [self.folder / "runs", self.folder / "scratch", sealed.memory(self.folder)]
        return sorted(
            str(path.relative_to(root.parent))
            for root in roots
            for path in root.rglob("*")
            if path.is_file() and path.name not in {"place", "lock"}
        )

    def close(self) -> None:
        import shutil

        self.runner.close()
        shutil.rmtree(sealed.memory(self.folder))


@contextmanager
def bench(database: db.Database, folder: Path, **settings: str) -> Iterator[Bench]:
    """A bench that leaves no folder in memory behind."""
    made = Bench(database, folder, **settings)
    try:
        yield made
    finally:
        made.close()
