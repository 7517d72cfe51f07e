"""Runs that are asked for on the page: queued, run beside the pages, their report taken in.

    queued → running → passed | failed | refused | cancelled | lost

A run is bound to the plan and the version it was asked for. What it was given lies sealed outside
the database (`registry.sealed`) and is destroyed as soon as the run ends, however it ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from anonymization import keys
from connectors import masking_run
from registry import journal, sealed
from registry.access import SYSTEM, Actor, may, require
from registry.access.actor import of_account
from registry.calendar import today
from registry.db import new_key, now
from registry.desensitization.drift import drift
from registry.desensitization.reports import take_report
from registry.errors import Conflict, Forbidden, Missing, Refusal
from registry.models.accounts import Account, Person
from registry.models.catalogue import Resource, Version
from registry.models.desensitization import MaskingPlan, MaskingRun

ACTIVE = ("queued", "running")
# A release waits this long for whoever asked for it.
KEPT = timedelta(hours=24)
# So many runs of one unit may wait or run; each may hold a whole upload.
MOST_OF_A_UNIT = 5
# A machine notes this often that it still has what it is to run; after so long it is given up.
SEEN_EVERY = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(minutes=10)

Words = tuple[str, str]
# Why a run ended without a report, in both languages: what happened, what is left, what to do.
WHY: Mapping[str, Words] = {
    "plan_changed": (
        "排队之后方案有改动，没有采用结果；请按现在的方案重新运行。",
        "The plan was changed after the run was asked for; run again by the plan as it is now.",
    ),
    "version_changed": (
        "排队之后条目内容有改动，没有采用结果；请按现在的版本重新运行。",
        "The entry was changed after the run was asked for; run again for the version as it is "
        "now.",
    ),
    "no_right": (
        "申请运行的人已没有这项权限，没有采用结果；请由现任目录编制人员重新运行。",
        "Who asked for the run has no right to it any more; a registrar in office may run again.",
    ),
    "frozen": (
        "条目因涉密嫌疑冻结，没有采用结果；解除冻结后可以重新运行。",
        "The entry is frozen; the run can be asked for again when that is lifted.",
    ),
    "not_taken": (
        "报告与条目或者方案不符，没有采用；请刷新脱敏页后重新运行。",
        "The report does not fit the entry or its plan and was not taken; reload the page of the "
        "plan and run again.",
    ),
    "no_source": (
        "这个数据库已不在本单位的可用名单中；请联系系统运维方，或者上传文件运行。",
        "This database is no longer among those of the unit; ask whoever runs the system, or "
        "send a file.",
    ),
    "key_destroyed": (
        "这一发布批次的密钥已销毁，不能再用同一批次名发布；请在方案中换一个发布批次后保存，再运行。",
        "The key of this release was destroyed, and its name cannot be used again; give the plan "
        "a new release name, save it and run.",
    ),
    "key_lost": (
        "这一发布批次的密钥文件不在了，也没有销毁记录；请系统运维方取回密钥文件，取不回的，在方案中换一个"
        "发布批次后保存，再运行。",
        "The key file of this release is gone and no record tells of its end; have whoever runs "
        "the system bring it back, or give the plan a new release name, save it and run.",
    ),
    "memory": masking_run.TOO_LARGE,
    "time": (
        "运行超过了时限，已停止，没有留下任何数据；请拆分后再上传，或者在本部门用命令行运行。",
        "The run took longer than it may and was stopped; nothing was left. Split the table, or "
        "run it by the command line in your department.",
    ),
    "interrupted": (
        "运行中断，没有留下任何数据；请重新运行。",
        "The run broke off and nothing was left; run again.",
    ),
    "source_gone": (
        "上传的数据已不在（服务器重启过，或者由另一台机器接手），没有运行；请重新上传。",
        "The file that was sent is gone (the server was started again, or another machine took "
        "over); send it again.",
    ),
}


@dataclass
class Upload:
    """A file that was sealed for a run that nobody has asked for yet."""

    key: str
    size: int
    # Whether a run was asked for over it.
    is_taken: bool = False


@contextmanager
def sealing(folder: Path, content: BinaryIO) -> Iterator[Upload]:
    """Seal a file for the run that is asked for inside; destroyed again when none is.

    Enciphering takes as long as the file is large, so it is done where nobody waits: before the
    transaction, which the caller opens and commits inside.
    """
    key = new_key()
    name = f"{key}.source"
    upload = Upload(key, sealed.keep(folder, name, content))
    try:
        yield upload
    except BaseException:
        sealed.destroy(folder, name)
        raise
    if not upload.is_taken:
        sealed.destroy(folder, name)


@dataclass(frozen=True)
class Order:
    """What a run is to be made over: rows that are made up, a file, or a table of a database."""

    kind: str
    source: str
    format: str = "csv"
    upload: Upload | None = None
    source_name: str | None = None
    table_name: str | None = None


def ask(
    session: Session,
    actor: Actor,
    folder: Path,
    plan: MaskingPlan,
    version: Version,
    order: Order,
) -> MaskingRun:
    """Put a run in the queue; a file that was sent lies sealed by then (`sealing`)."""
    resource = session.get_one(Resource, plan.resource_id)
    require(actor, "mask", resource.department, project_id=resource.project_id)
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    if changed := drift(plan.plan, version):
        told = "、".join(one.told() for one in changed[:10])
        raise Conflict("run_plan_drifted", names=told)
    _require_room(session, plan, resource)
    assert actor.person_id is not None
    row = MaskingRun(
        key=order.upload.key if order.upload else new_key(),
        plan_id=plan.id,
        version_id=version.id,
        plan_digest=plan.digest,
        version_digest=version.digest,
        kind=order.kind,
        source=order.source,
        format=order.format,
        size=order.upload.size if order.upload else 0,
        source_name=order.source_name,
        table_name=order.table_name,
        state="queued",
        place=sealed.place(folder),
        asked_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    _note(session, actor, "ask_run", row, resource, version.number)
    if order.upload is not None:
        order.upload.is_taken = True
    return row


def _require_room(session: Session, plan: MaskingPlan, resource: Resource) -> None:
    waiting = session.scalars(
        sa.select(MaskingRun.plan_id)
        .join(MaskingPlan, MaskingPlan.id == MaskingRun.plan_id)
        .join(Resource, Resource.id == MaskingPlan.resource_id)
        .where(
            MaskingRun.state.in_(ACTIVE),
            Resource.department_id == resource.department_id,
        )
    ).all()
    if plan.id in waiting:
        raise Conflict("run_waiting")
    if len(waiting) >= MOST_OF_A_UNIT:
        raise Conflict("runs_many", most=MOST_OF_A_UNIT)


def cancel(session: Session, actor: Actor, folder: Path, row: MaskingRun) -> None:
    """Take a run out of the queue, or have the machine that runs it stop it."""
    resource, version = _bound(session, row)
    require(actor, "mask", resource.department, project_id=resource.project_id)
    if row.state not in ACTIVE or row.cancelled_at is not None:
        raise Conflict("run_ended")
    row.cancelled_at = now()
    if row.state == "queued":
        row.state, row.ended_at = "cancelled", row.cancelled_at
        sealed.destroy(folder, f"{row.key}.source")
    session.flush()
    _note(session, actor, "cancel_run", row, resource, version.number)


def run_of(session: Session, resource: Resource, key: str) -> tuple[MaskingRun, MaskingPlan, str]:
    """One run of an entry with its plan and who asked for it; Missing when it is not of it."""
    found = session.execute(
        sa.select(MaskingRun, MaskingPlan, Person.name)
        .join(MaskingPlan, MaskingPlan.id == MaskingRun.plan_id)
        .join(Person, Person.id == MaskingRun.asked_by)
        .where(MaskingPlan.resource_id == resource.id, MaskingRun.key == key)
    ).one_or_none()
    if found is None:
        raise Missing("no_run")
    return found[0], found[1], found[2]


def runs_of(session: Session, plan: MaskingPlan) -> Sequence[tuple[MaskingRun, str]]:
    """The latest runs of a plan with who asked for them, newest first."""
    rows = session.execute(
        sa.select(MaskingRun, Person.name)
        .join(Person, Person.id == MaskingRun.asked_by)
        .where(MaskingRun.plan_id == plan.id)
        .order_by(MaskingRun.id.desc())
        .limit(5)
    )
    return [(row, name) for row, name in rows]


def ahead(session: Session, row: MaskingRun) -> int:
    """How many runs this one waits for."""
    return (
        session.scalar(
            sa.select(sa.func.count(MaskingRun.id)).where(
                MaskingRun.state.in_(ACTIVE),
                MaskingRun.place == row.place,
                MaskingRun.id < row.id,
            )
        )
        or 0
    )


def release_of(session: Session, actor: Actor, folder: Path, row: MaskingRun) -> str:
    """The sealed name of the release of a run, for whoever may mask; the handing over on record."""
    resource, version = _bound(session, row)
    require(actor, "mask", resource.department, project_id=resource.project_id)
    if row.kept_until is None or row.kept_until < now():
        raise Missing("release_gone")
    name = f"{row.key}.release"
    try:
        sealed.where(folder, name)
    except Missing as fault:
        raise Missing("release_gone") from fault
    _note(session, actor, "take_release", row, resource, version.number)
    return name


def _bound(session: Session, row: MaskingRun) -> tuple[Resource, Version]:
    plan = session.get_one(MaskingPlan, row.plan_id)
    return session.get_one(Resource, plan.resource_id), session.get_one(Version, row.version_id)


def _note(
    session: Session, actor: Actor, act: str, row: MaskingRun, resource: Resource, version: int
) -> None:
    facts = {"run": row.key, "kind": row.kind, "source": row.source, "state": row.state}
    journal.record(
        session,
        actor,
        act,
        "resource",
        resource.key,
        version=version,
        digest=row.plan_digest,
        facts=facts,
    )


# --- the keys of releases ------------------------------------------------------------------


def destroy_key(
    session: Session, actor: Actor, folder: Path, resource: Resource, name: str, reason: str
) -> None:
    """Destroy the key of a release; its record stays and says by whom, when and why."""
    require(actor, "mask", resource.department, project_id=resource.project_id)
    found = [path for path in sealed.release_keys(folder, resource.key) if path.name == name]
    if not found or not found[0].is_file():
        raise Missing("no_release_key")
    if not reason.strip():
        raise Conflict("key_reason")
    record = keys.destroy(found[0], actor.name, reason.strip()[:200])
    facts = {"key_id": str(record["steps"][-1]["key_id"])}
    journal.record(session, actor, "destroy_key", "resource", resource.key, facts=facts)


def release_keys(folder: Path, resource: Resource) -> list[dict[str, Any]]:
    """The keys of the releases of an entry as the page shows them: name, id, release, steps."""
    shown = []
    for path in sealed.release_keys(folder, resource.key):
        record = keys.read_record(path)
        steps = record["steps"]
        shown.append(
            {
                "name": path.name,
                "there": path.is_file(),
                "destroyed": keys.is_destroyed(record),
                "key_id": steps[0]["key_id"],
                "release": steps[0].get("release", ""),
                "by": steps[-1]["by"],
                "at": datetime.fromisoformat(steps[-1]["at"]),
            }
        )
    return shown


# --- for the machine that runs -------------------------------------------------------------


def next_queued(session: Session, place: str) -> MaskingRun | None:
    """The run that waits longest for this machine."""
    return session.scalar(
        sa.select(MaskingRun)
        .where(MaskingRun.state == "queued", MaskingRun.place == place)
        .order_by(MaskingRun.id)
        .limit(1)
    )


@dataclass(frozen=True)
class Begun:
    """A run that may start: what it is bound to, for which unit, and who asked for it."""

    row: MaskingRun
    plan: MaskingPlan
    resource: Resource
    version: Version
    unit: str
    asker: str


def begin(session: Session, row: MaskingRun) -> Begun | None:
    """Start a run when it is still what was asked for; None when it is refused, which is stored."""
    plan = session.get_one(MaskingPlan, row.plan_id)
    resource, version = _bound(session, row)
    asker = _asker(session, row)
    why = None
    if resource.frozen_at is not None:
        why = "frozen"
    elif plan.digest != row.plan_digest:
        why = "plan_changed"
    elif version.digest != row.version_digest:
        why = "version_changed"
    elif asker is None or not may(
        asker, "mask", resource.department, project_id=resource.project_id
    ):
        why = "no_right"
    if why is not None or asker is None:
        end(session, row, "refused", why or "no_right")
        return None
    row.state, row.started_at, row.seen_at = "running", now(), now()
    row.step, row.done, row.total = "treat", 0, 0
    session.flush()
    return Begun(row, plan, resource, version, resource.department.code, asker.name)


def _asker(session: Session, row: MaskingRun) -> Actor | None:
    """Who asked, with the posts of today; None when every way in of his is closed."""
    account = session.scalar(
        sa.select(Account)
        .where(Account.person_id == row.asked_by, Account.disabled_at.is_(None))
        .order_by(Account.id)
        .limit(1)
    )
    return None if account is None else of_account(session, account, today())


def end(
    session: Session, row: MaskingRun, state: str, code: str, words: Words | None = None
) -> None:
    """End a run without a report and say why; on record as done by the program itself."""
    zh, en = words or WHY[code]
    row.state, row.ended_at, row.why = state, now(), {"code": code, "zh": zh, "en": en}
    session.flush()
    resource, version = _bound(session, row)
    _note(session, SYSTEM, "end_run", row, resource, version.number)


# What `take_report` refuses, as the run tells it.
_REFUSED = {
    "report_of_another_plan": "plan_changed",
    "report_of_another_version": "version_changed",
    "frozen": "frozen",
}


def finish(session: Session, row: MaskingRun, report: Mapping[str, Any]) -> None:
    """Take in the report in the name of whoever asked for the run; refused when it no longer fits.

    `take_report` writes the one row of the journal.
    """
    plan = session.get_one(MaskingPlan, row.plan_id)
    asker = _asker(session, row)
    if asker is None:
        end(session, row, "refused", "no_right")
        return
    try:
        taken = take_report(session, asker, plan, report, made_here=True)
    except Forbidden:
        end(session, row, "refused", "no_right")
        return
    except Refusal as refusal:
        end(session, row, "refused", _REFUSED.get(refusal.code, "not_taken"))
        return
    row.state = "passed" if taken.verdict == "pass" else "failed"
    row.report_id, row.ended_at = taken.id, now()
    if row.state == "passed" and row.kind == "measured":
        row.kept_until = row.ended_at + KEPT
    session.flush()


def given_up(session: Session, place: str, *, idle: bool) -> Sequence[MaskingRun]:
    """The runs that nobody runs: waiting for a machine that is gone, or left running here.

    `idle`: whoever asks has the place and runs nothing at this moment. What waits or runs at that
    place is looked after, however long ago it was noted: a clock may have been set.
    """
    old = sa.and_(
        MaskingRun.state.in_(ACTIVE),
        MaskingRun.place != place,
        MaskingRun.seen_at < now() - GIVEN_UP_AFTER,
    )
    ours = sa.and_(MaskingRun.state == "running", MaskingRun.place == place)
    asked = sa.select(MaskingRun).where(sa.or_(old, ours) if idle else old)
    return session.scalars(asked).all()


def seen(session: Session, place: str) -> None:
    """Note that this machine still has what it is to run."""
    session.execute(
        sa.update(MaskingRun)
        .where(MaskingRun.place == place, MaskingRun.state.in_(ACTIVE))
        .values(seen_at=now())
    )


def wanted(session: Session) -> frozenset[str]:
    """The sealed names that are still of use: sources of runs that wait or run, fresh releases."""
    active = session.execute(
        sa.select(MaskingRun.key, MaskingRun.state).where(MaskingRun.state.in_(ACTIVE))
    ).all()
    kept = session.scalars(
        sa.select(MaskingRun.key).where(MaskingRun.state == "passed", MaskingRun.kept_until > now())
    )
    names = {f"{key}.source" for key, _ in active}
    names |= {f"{key}.release" for key, state in active if state == "running"}
    return frozenset(names | {f"{key}.release" for key in kept})


def known(session: Session, found: Sequence[str]) -> frozenset[str]:
    """Which of these keys are of runs."""
    return frozenset(session.scalars(sa.select(MaskingRun.key).where(MaskingRun.key.in_(found))))
