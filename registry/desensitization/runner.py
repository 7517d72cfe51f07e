"""Runs what is queued, one at a time, in a limited process of its own; sweeps what nobody needs.

Whoever does the work of this machine steps it: a thread of the server or `catalogue work`. The
child gets its task over a pipe and has neither the address of the database nor the environment; it
dies with the thread that started it, and what it says on stderr goes nowhere: it may quote a row.
"""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import connectors
from anonymization import Refused, crypto, keys
from anonymization import plan as masking
from registry import db, sealed
from registry.config import Settings
from registry.db import Database
from registry.desensitization import runs, sources
from registry.errors import Missing, Unavailable
from registry.models.desensitization import MaskingRun
from registry.unchanged import Watch

log = logging.getLogger(__name__)

PAUSE_S = 0.3
PAUSE_AWAY_S = 2.0
# How often the queue is looked at though no act happened, by which something enters it.
LOOK_EVERY_S = 5.0
_TELL_EVERY_S = 1.0
# Rows that are made up for a plan without data; a class of k = 20 has to be reached.
MADE_UP_ROWS = 1_000
# What no row names is litter of a request that was rolled back, unless it is under way.
_LITTER_AFTER_S = 900
# A report is some hundred KiB; a child that says more than this has lost its way.
_MOST_SAID = 64 << 20
# How much larger than what was sent the files of a run may be together.
_TIMES = {"csv": 8, "parquet": 40, "xlsx": 40}


@dataclass
class _Child:
    """The process of a run, and what it said so far."""

    id: int
    key: str
    process: subprocess.Popen[bytes]
    scratch: sealed.Scratch
    until: float
    said: bytes = b""
    facts: dict[str, Any] = field(default_factory=dict)
    told: float = 0.0
    ending: str = ""
    buried: bool = False

    def listen(self) -> None:
        """Take in what it said since; the last line of each kind counts."""
        if self.buried:
            return
        assert self.process.stdout is not None
        while part := self.process.stdout.read(1 << 16):
            self.said += part
            *lines, self.said = self.said.split(b"\n")
            for line in lines:
                self.facts |= json.loads(line)
            if len(self.said) > _MOST_SAID:
                self.kill()
                return

    def kill(self) -> None:
        """End it, unless it has ended: its number may be another's by then."""
        if self.process.poll() is None:
            self.process.kill()

    def bury(self) -> None:
        """See it dead, and take away what it worked on."""
        if self.buried:
            return
        self.buried = True
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.scratch.remove()


class Runner:
    """One place that runs what was asked for here, as long as it holds the lock of the place."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._folder = settings.data_dir
        self._lock: IO[str] | None = None
        self._place = ""
        self._child: _Child | None = None
        self._kept_at = 0.0
        self._watch = Watch(database, LOOK_EVERY_S)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; what is under way then goes back into the queue."""
        try:
            while not stop.is_set():
                # A child under way is looked after at every turn, and what waits begins after it.
                busy = self._child is not None
                pause = self._guarded() if busy or self._watch.is_due() else PAUSE_S
                if busy or pause != PAUSE_S:
                    self._watch.forget()
                stop.wait(pause)
        finally:
            self.close()

    def _guarded(self) -> float:
        try:
            self.step()
        except Unavailable as fault:
            log.warning("the masking runs wait: %s", type(fault).__name__)
            return PAUSE_AWAY_S
        except Exception as fault:
            # No traceback: an error on the way may quote what was read. The thread must outlive it.
            log.error("a step of the masking runs failed: %s", type(fault).__name__)
            return PAUSE_AWAY_S
        return PAUSE_S

    def step(self) -> bool:
        """Look once after the child, the queue and the litter; whether anything is under way."""
        if self._lock is None and not self._take():
            return False
        if time.monotonic() - self._kept_at > runs.SEEN_EVERY.total_seconds():
            self.keep()
        if self._child is not None:
            self._look_after(self._child)
        else:
            self._begin_next()
        return self._child is not None

    def child_of(self, key: str) -> int | None:
        """The number of the process that does this run at present."""
        return self._child.process.pid if self._child and self._child.key == key else None

    def hurry(self) -> None:
        """Let the time of the run under way be over."""
        if self._child is not None:
            self._child.until = 0.0

    def close(self) -> None:
        """Stop; a run under way waits in the queue for the next start, with what it was given."""
        child, self._child = self._child, None
        if child is not None:
            child.bury()
            try:
                with db.transaction(self._database, writes=True) as session:
                    row = session.get(MaskingRun, child.id)
                    if row is not None and row.state == "running":
                        row.state, row.started_at, row.step = "queued", None, None
            except Unavailable:
                log.warning("a masking run could not be put back; it will be told as interrupted")
            sealed.destroy(self._folder, f"{child.key}.release")
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # --- the place -------------------------------------------------------------------------

    def _take(self) -> bool:
        """Hold the lock of this place, and clear up after whoever held it before."""
        self._place = sealed.place(self._folder)
        lock = (sealed.memory(self._folder) / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        try:
            self.keep()
        except BaseException:
            self._lock = None
            lock.close()
            raise
        return True

    def keep(self) -> None:
        """Give up what is lost, note that we are here, destroy what is of no use any more."""
        sealed.sweep_scratch(self._folder)
        idle = self._child is None
        with db.transaction(self._database, writes=False) as session:
            lost = bool(runs.given_up(session, self._place, idle=idle))
            waits = runs.next_queued(session, self._place) is not None
        if lost or waits or not idle:
            with db.transaction(self._database, writes=True) as session:
                for row in runs.given_up(session, self._place, idle=idle):
                    runs.end(session, row, "lost", "interrupted")
                runs.seen(session, self._place)
        self._sweep()
        self._kept_at = time.monotonic()

    def _sweep(self) -> None:
        # Listed before it is asked for: what is begun after that is not in the list.
        found = sealed.names(self._folder)
        if not found:
            return
        with db.transaction(self._database, writes=False) as session:
            wanted = runs.wanted(session)
            known = runs.known(session, [name.partition(".")[0] for name, _ in found])
        before = time.time() - _LITTER_AFTER_S
        for name, begun in found:
            # A name without a row may be of a request that is about to be committed.
            if name not in wanted and (name.partition(".")[0] in known or begun < before):
                sealed.destroy(self._folder, name)

    # --- the next run ----------------------------------------------------------------------

    def _begin_next(self) -> None:
        with db.transaction(self._database, writes=False) as session:
            if runs.next_queued(session, self._place) is None:
                return
        with db.transaction(self._database, writes=True) as session:
            row = runs.next_queued(session, self._place)
            begun = runs.begin(session, row) if row is not None else None
        if row is None:
            return
        if begun is None:
            sealed.destroy(self._folder, f"{row.key}.source")
            return
        try:
            self._child = self._started(begun)
        except Refused as refusal:
            self._end(row.id, row.key, "refused", refusal.code, (refusal.zh, refusal.en))
        except Missing as fault:
            code = "no_source" if fault.code == "no_source" else "source_gone"
            self._end(row.id, row.key, "refused", code)
        except OSError:
            self._end(row.id, row.key, "lost", "interrupted")

    def _started(self, begun: runs.Begun) -> _Child:
        row = begun.row
        task = {
            "plan": begun.plan.plan,
            "kind": row.kind,
            "binding": {"resource": begun.resource.key, "version": begun.version.digest},
            "key": self._key(begun),
            "source": self._source(begun),
            "release": self._release(row),
        }
        scratch = sealed.scratch(self._folder, self._room(row))
        memory, minutes = self._settings.masking_memory << 20, self._settings.masking_minutes
        limits = {
            "parent": os.getpid(),
            "memory": memory,
            # Two threads compute; the clock on the wall has the same minutes for both.
            "seconds": 120 * minutes,
            "file": 4 * memory,
        }
        try:
            process = _spawned(scratch.path, self._folder / "cache")
        except BaseException:
            scratch.remove()
            raise
        child = _Child(row.id, row.key, process, scratch, time.monotonic() + 60 * minutes)
        whole = {**task, "scratch": str(scratch.path), "limits": limits}
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(whole, ensure_ascii=True).encode())
            process.stdin.close()
        except BrokenPipeError:
            log.warning("a masking run did not take its task")
        return child

    def _key(self, begun: runs.Begun) -> str | None:
        plan = begun.plan
        if not masking.needs_key(plan.plan):
            return None
        if begun.row.kind == "plan_only":
            # Nothing of it is kept, so nothing is to be found again under it.
            return os.urandom(32).hex()
        release = str(plan.plan.get("release", ""))
        path = sealed.release_key(self._folder, begun.resource.key, plan.profile, release)
        if not path.exists():
            if path.with_name(f"{path.name}.json").exists():
                destroyed = keys.is_destroyed(keys.read_record(path))
                code = "key_destroyed" if destroyed else "key_lost"
                raise Refused(code.upper(), *runs.WHY[code])
            keys.create(path, begun.asker, release)
        return crypto.read_key(path).hex()

    def _source(self, begun: runs.Begun) -> Mapping[str, object]:
        row = begun.row
        if row.source == "made_up":
            return {"way": "made_up", "rows": MADE_UP_ROWS}
        if row.source == "table":
            folder, name = self._settings.sources_dir, row.source_name or ""
            path = sources.address_file(folder, begun.unit, name)
            return {"way": "table", "url_file": str(path), "table": row.table_name}
        name = f"{row.key}.source"
        path, key = sealed.where(self._folder, name)
        facts = {"path": str(path), "key": key.hex(), "name": name, "format": row.format}
        return {"way": "upload", **facts}

    def _release(self, row: MaskingRun) -> Mapping[str, object]:
        written = "parquet" if row.format == "parquet" else "csv"
        if row.kind == "plan_only":
            return {"path": "", "format": written}
        name = f"{row.key}.release"
        sealed.destroy(self._folder, name)
        path, key = sealed.reserve(self._folder, name)
        return {"path": str(path), "key": key.hex(), "name": name, "format": written}

    @staticmethod
    def _room(row: MaskingRun) -> int:
        if row.source == "table":
            return 0  # nobody knows before it is read
        return (row.size or 1 << 20) * _TIMES[row.format]

    # --- the run under way -----------------------------------------------------------------

    def _look_after(self, child: _Child) -> None:
        ended = child.process.poll() is not None
        child.listen()
        if not ended and time.monotonic() > child.until:
            child.ending = "time"
        if not ended and not child.ending and time.monotonic() - child.told > _TELL_EVERY_S:
            self._tell(child)
        if ended or child.ending:
            self._finish(child)

    def _tell(self, child: _Child) -> None:
        """Write how far it is; stop it when it was cancelled or its entry was wiped."""
        child.told = time.monotonic()
        with db.transaction(self._database, writes=False) as session:
            row = session.get(MaskingRun, child.id)
            gone = row is None or row.state != "running"
            stop = gone or (row is not None and row.cancelled_at is not None)
            told = None if row is None else (row.step, row.done, row.total)
        if stop:
            child.ending = "cancelled"
            return
        step = child.facts.get("step"), child.facts.get("done", 0), child.facts.get("of", 0)
        if step[0] and step != told:
            with db.transaction(self._database, writes=True) as session:
                found = session.get(MaskingRun, child.id)
                if found is not None:
                    found.step, found.done, found.total = step

    def _finish(self, child: _Child) -> None:
        """See the child buried and its data destroyed, and only then tell what came of it."""
        child.bury()
        sealed.destroy(self._folder, f"{child.key}.source")
        try:
            self._told(child)
        except Unavailable:
            raise  # the next step comes here again
        except Exception as fault:
            log.error("the outcome of a masking run: %s", type(fault).__name__)
            self._end(child.id, child.key, "lost", "interrupted")
        self._child = None

    def _told(self, child: _Child) -> None:
        report = child.facts.get("report")
        if isinstance(report, dict) and not child.ending:
            with db.transaction(self._database, writes=True) as session:
                row = session.get(MaskingRun, child.id)
                if row is not None:
                    runs.finish(session, row, report)
            if row is None or row.kept_until is None:
                sealed.destroy(self._folder, f"{child.key}.release")
        elif "refused" in child.facts and not child.ending:
            words = str(child.facts["zh"]), str(child.facts["en"])
            self._end(child.id, child.key, "refused", str(child.facts["refused"]), words)
        else:
            state, code = _outcome(child)
            self._end(child.id, child.key, state, code)

    def _end(
        self, id_: int, key: str, state: str, code: str, words: runs.Words | None = None
    ) -> None:
        for part in sealed.PARTS:
            sealed.destroy(self._folder, f"{key}.{part}")
        with db.transaction(self._database, writes=True) as session:
            row = session.get(MaskingRun, id_)
            if row is None:
                return  # wiped meanwhile
            if state == "cancelled":
                row.state, row.ended_at = "cancelled", db.now()
            else:
                runs.end(session, row, state, code, words)


def _outcome(child: _Child) -> tuple[str, str]:
    """What became of a child that was stopped, or said nothing at its end."""
    code = child.process.returncode
    if child.ending == "cancelled":
        return "cancelled", "cancelled"
    if child.ending == "time" or code == -signal.SIGXCPU:
        return "refused", "time"
    # The engine gives up with SIGABRT when it gets no more memory.
    if code == -signal.SIGABRT:
        return "refused", "memory"
    return "lost", "interrupted"


def _spawned(scratch: Path, cache: Path) -> subprocess.Popen[bytes]:
    """The child in a session of its own, with an environment that tells it nothing of us.

    In `cache` it keeps lists of public values for the next run; no backup takes them.
    """
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(connectors.__file__).parents[1]),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch),
        "HOME": str(scratch),
        "XDG_CACHE_HOME": str(cache),
        "POLARS_MAX_THREADS": "2",
        "OMP_NUM_THREADS": "2",
        # Address space is limited: what an allocator only reserves, a thread each, would count.
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.masking_run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd=scratch,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    return process
