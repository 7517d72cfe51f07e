"""Treats a file of any size without holding it: read, treated and written part by part.

Parquet to Parquet is left to the streaming engine of polars, so that what it costs beyond a plain
copy is the masking alone. Nothing is judged here: a release goes through `pipeline.apply`. This is
for tables too large to attack in one sitting, whose release is verified afterwards.
"""

import hashlib
import itertools
import os
import shutil
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl
import pyarrow.parquet as pq

from anonymization import crypto, footers, keys, pipeline, places, plan, tables, techniques, writing
from anonymization.cells import text
from anonymization.errors import Refused
from anonymization.techniques import Release

_ROW: Final = "\0row"
# A part of a Parquet file: whole row groups of so many rows. Starting the engine costs little
# beside it, and no more than `_AT_ONCE` of them are done again after a kill.
_PART: Final = 500_000
# Fixed, so that a part made again has the bytes it had before. Of twice as many rows more columns
# are worth a dictionary, which costs a third more time and saves no room.
_GROUP: Final = 125_000
# Parts under way at once: while one is read the other is encoded, and no core waits. Two of the
# largest hold 900 MB of ten columns; those of larger row groups come one after another.
_AT_ONCE: Final = 2
_LARGEST: Final = 1_200_000
# A name of a folder is made of the file in blocks of so many bytes, side by side. It is shown to
# nobody: SHA-256 is ten times as fast here as SM3.
_BLOCK: Final = 16 << 20
# Changes whenever a part of an earlier version must not be continued.
_EDITION: Final = "2"


def mask_file(
    masking: plan.Plan,
    source: str | Path | tables.Handed,
    target: str | Path,
    key: bytes | str | Path | None = None,
    *,
    progress: pipeline.Progress | None = None,
    fresh: bool = False,
) -> int:
    """Write the treated rows of `source` to `target`, whole or not at all, unjudged; their number.

    The values are those of `apply` before any suppression. Techniques that need all values of a
    column at once (microaggregation, shuffling) hold that column in memory. A run that was killed
    is continued by the next with the same plan, key, source and target, and gives the same bytes;
    `fresh` starts over. A table handed over by a database is always read from its first row.
    """
    place = Path(target)
    table = source if isinstance(source, tables.Handed) else tables.open_table(source, partly=True)
    kind = tables.format_of(place, ("csv", "parquet"))
    pipeline.require_other(place, table)
    table = pipeline.met(masking, table)
    if isinstance(key, str | Path):
        key = keys.read(key)
    release = techniques.release(masking, key)
    by_name = {line["name"]: line for line in masking["columns"]}
    lines = [by_name[name] for name in table.columns]
    if all(techniques.is_dropped(line) for line in lines):
        raise Refused(
            "NOTHING_LEFT",
            "方案删除了所有列，没有可发布的内容。",
            "the plan removes every column; nothing would be released.",
        )
    before = _stamp(table)
    with places.resumable(place, _mark(masking, table, release, kind), fresh=fresh) as folder:
        parts = _Parts.found(folder, kind)
        tell = partial(progress or _silent, "treat")
        # The engine reads by the names of the file itself.
        flows = isinstance(table, tables.Table) and not table.own
        flows = flows and table.format == kind == "parquet"
        treated = (_flow if flows else _batches)(table, parts, lines, release, tell)
        final = folder / "final"
        # Closed before its folder goes: parts may be under way.
        with closing(treated):
            parts.join(treated, final)
        if _stamp(table) != before:
            raise pipeline.changed()
        places.put(final, place)
    return parts.rows


def _silent(step: str, done: int, of: int | None) -> None:
    """Tell nobody."""


Tell = Callable[[int, int | None], None]
_Made = Generator[Path, None, None]


def _stamp(table: tables.Source) -> tuple[int, int] | None:
    """What shows that a file was written to meanwhile."""
    if isinstance(table, tables.Handed):
        return None
    with tables.readable(table.path):
        seen = table.path.stat()
    return seen.st_size, seen.st_mtime_ns


def _mark(masking: plan.Plan, table: tables.Source, of: Release, kind: str) -> str:
    """What two runs must have in common for the second to continue the first."""
    state = hashlib.sha256()
    told = [_EDITION, pl.__version__, crypto.digest(masking), of.name, kind]
    told.append(crypto.key_id(of.key) if of.key else "")
    for one in told:
        state.update(one.encode() + b"\0")
    drawn = of.key is None and any(
        line["technique"] in techniques.PLACED for line in masking["columns"]
    )
    if isinstance(table, tables.Handed) or drawn:
        # The rows of another snapshot, or chance that no key repeats: nothing to continue.
        return state.hexdigest()[:16] + os.urandom(8).hex()
    with tables.readable(table.path):
        starts = range(0, table.path.stat().st_size, _BLOCK)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for content in threads.map(partial(_block, table.path), starts):
                state.update(content)
    return state.hexdigest()[:32]


def _block(path: Path, start: int) -> bytes:
    """The digest of a block of a file."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(start)
        for _ in range(0, _BLOCK, 1 << 20):
            state.update(file.read(1 << 20))
    return state.digest()


@dataclass
class _Parts:
    """The treated parts of a table in a folder, from its first row on without a gap."""

    folder: Path
    kind: str
    rows: int = 0

    @classmethod
    def found(cls, folder: Path, kind: str) -> "_Parts":
        """What an earlier run left, as far as it is whole."""
        parts = cls(folder, kind)
        for path in parts._listed():
            start, _, count = path.stem.partition("-")
            if int(start) != parts.rows:
                break
            parts.rows += int(count)
        return parts

    def _listed(self) -> list[Path]:
        return sorted(self.folder.glob(f"[0-9]*.{self.kind}"))

    @contextmanager
    def half(self, start: int) -> Iterator[Path]:
        """Where the rows from `start` are written; on the disk when the block ends."""
        half = self.folder / f"half-{start}"
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield half
        writing.sync(half)

    def take(self, half: Path, rows: int) -> Path:
        """Count a written half as the next rows; where they lie now."""
        part = self.folder / f"{self.rows:012d}-{rows}.{self.kind}"
        half.rename(part)
        self.rows += rows
        return part

    def first(self) -> Path | None:
        """The first part, whose shape the others take."""
        return next(iter(self._listed()), None)

    def join(self, treated: Iterable[Path], target: Path) -> None:
        """Write all parts behind each other as one file, those there and those still to come.

        Each is written while the next are treated; at the end little is left to wait for.
        """
        found = [one for one in self._listed() if int(one.stem.partition("-")[0]) < self.rows]
        with writing.disk():
            target.unlink(missing_ok=True)
            handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        out = open(handle, "wb")  # noqa: SIM115 - closing it may find the disk full
        try:
            with writing.disk():
                joined = footers.Joined(out) if self.kind == "parquet" else _Lines(out)
            # Outside: what reading throws has another sentence.
            for part in itertools.chain(found, treated):
                with writing.disk():
                    joined.add(part)
            if not self.rows:
                raise Refused(
                    "EMPTY", "数据没有任何行，无法脱敏。", "the table has no row to treat."
                )
            with writing.disk():
                joined.end()
                out.close()
                writing.sync(target)
        finally:
            with suppress(OSError):
                out.close()


@dataclass
class _Lines:
    """A file that grows by the lines of one part after another."""

    out: BinaryIO

    def add(self, part: Path) -> None:
        """Write the lines of a part behind those before."""
        with part.open("rb") as file:
            shutil.copyfileobj(file, self.out)

    def end(self) -> None:
        """Nothing stands behind the last line."""


# --- Parquet to Parquet ---------------------------------------------------------------------


def _flow(
    table: tables.Source, parts: _Parts, lines: list[dict[str, Any]], of: Release, tell: Tell
) -> _Made:
    assert isinstance(table, tables.Table)
    numbered = any(line["technique"] in techniques.PLACED for line in lines)
    rows = pl.scan_parquet(table.path, row_index_name=_ROW if numbered else None)
    with tables.readable(table.path):
        empty = rows.collect_schema().to_frame()
        for line in lines:
            if techniques.refuses_unknown(line) and _misses(rows, line):
                raise techniques.unknown(line["name"])
        spans = list(_spans(table.path))
    made = [
        _expression(line, table, of, empty) for line in lines if not techniques.is_dropped(line)
    ]

    def treated(start: int, count: int) -> Path:
        # Inside the reading: what writing throws is already a refusal when it gets there.
        with tables.readable(table.path), writing.disk(), parts.half(start) as half:
            part = rows.slice(start, count).select(made)
            part.sink_parquet(half, **writing.PARQUET, row_group_size=_GROUP)
        return half

    left = [span for span in spans if span[0] >= parts.rows]
    most = _AT_ONCE if all(count <= _LARGEST for _, count in left) else 1
    with ThreadPoolExecutor(most) as threads:
        begun: deque[Future[Path]] = deque()
        try:
            for n, (start, count) in enumerate(left):
                tell(start, table.rows)
                while len(begun) < min(most, len(left) - n):
                    begun.append(threads.submit(treated, *left[n + len(begun)]))
                yield parts.take(begun.popleft().result(), count)
        finally:
            threads.shutdown(cancel_futures=True)
    tell(parts.rows, table.rows)


def _spans(path: Path) -> Iterator[tuple[int, int]]:
    """Where each part begins, and its number of rows: whole row groups, `_PART` rows or more."""
    start = count = 0
    groups = pq.read_metadata(path)
    for n in range(groups.num_row_groups):
        count += groups.row_group(n).num_rows
        if count >= _PART or n == groups.num_row_groups - 1:
            if count:
                yield start, count
            start, count = start + count, 0


def _misses(rows: pl.LazyFrame, line: dict[str, Any]) -> bool:
    value = text(pl.col(line["name"]))
    strange = value.is_not_null() & ~value.is_in(list(plan.params(line)["map"]))
    return not rows.filter(strange).head(1).collect(engine="streaming").is_empty()


def _expression(
    line: dict[str, Any], table: tables.Table, of: Release, empty: pl.DataFrame
) -> pl.Expr:
    name = line["name"]
    if line["technique"] == "keep":
        return pl.col(name)
    treat = pipeline.treatment(line, of, lambda: table.frame([name]))
    assert treat is not None
    columns = [name, *techniques.beside(line), *([_ROW] if _ROW in empty.columns else [])]

    def called(part: pl.Series) -> pl.Series:
        batch = part.struct.unnest()
        offset = int(batch[_ROW][0]) if _ROW in batch.columns and batch.height else 0
        return treat(batch, offset).alias(name)

    kind = treat(empty, 0).dtype
    looked_at = pl.struct(list(dict.fromkeys(columns)))
    return looked_at.map_batches(called, return_dtype=kind, is_elementwise=True).alias(name)


# --- all other ways -------------------------------------------------------------------------


def _batches(
    table: tables.Source, parts: _Parts, lines: list[dict[str, Any]], of: Release, tell: Tell
) -> _Made:
    done = {
        line["name"]: pipeline.treatment(line, of, partial(table.frame, [line["name"]]))
        for line in lines
    }
    first = parts.first()
    shape: pl.Schema | None = None
    if first and parts.kind == "parquet":
        shape = pl.Schema(pl.read_parquet_schema(first))
    start = 0
    for batch in table.batches():
        # The batches of a file are the same in every reading.
        if start < parts.rows:
            start += batch.height
            continue
        tell(start, table.rows)
        for line in lines:
            if techniques.refuses_unknown(line) and _misses(batch.lazy(), line):
                raise techniques.unknown(line["name"])
        made = pl.DataFrame(
            [how(batch, start).alias(name) for name, how in done.items() if how is not None]
        )
        with writing.disk(), parts.half(start) as half:
            if parts.kind == "csv":
                made.write_csv(half, include_header=start == 0)
            else:
                shape = shape or _shape(made)
                made.cast(shape).write_parquet(half, **writing.PARQUET)
        yield parts.take(half, batch.height)
        start += batch.height
    tell(parts.rows, table.rows)


def _shape(made: pl.DataFrame) -> pl.Schema:
    """The types of a result; a column without values has none of its own to start with."""
    return pl.Schema(
        {name: pl.String() if kind == pl.Null else kind for name, kind in made.schema.items()}
    )
