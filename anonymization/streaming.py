"""Treats a file of any size without holding it: read, treated and written part by part.

Parquet to Parquet is left to the streaming engine of polars, so that what it costs beyond a plain
copy is the masking alone. Nothing is judged here: a release goes through `pipeline.apply`. This is
for tables too large to attack in one sitting, whose release is verified afterwards.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow.parquet as pq

from anonymization import crypto, footers, keys, pipeline, places, plan, tables, techniques
from anonymization.cells import text
from anonymization.errors import Refused
from anonymization.techniques import Release

_ROW: Final = "\0row"
# A part of a Parquet file: whole row groups of so many rows. Starting the engine costs little
# beside it, and no more than this is done again after a kill.
_PART: Final = 500_000
# Fixed, so that a part made again has the bytes it had before.
_GROUP: Final = 250_000
# Changes whenever a part of an earlier version must not be continued.
_EDITION: Final = "1"


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
    table = source if isinstance(source, tables.Handed) else tables.open_table(source)
    kind = tables.format_of(place, ("csv", "parquet"))
    pipeline.require_other(place, table)
    pipeline.require_sound(masking, table.columns)
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
        if isinstance(table, tables.Table) and table.format == kind == "parquet":
            _flow(table, parts, lines, release, tell)
        else:
            _batches(table, parts, lines, release, tell)
        if not parts.rows:
            raise Refused("EMPTY", "数据没有任何行，无法脱敏。", "the table has no row to treat.")
        if _stamp(table) != before:
            raise pipeline.changed()
        final = folder / "final"
        parts.join(final)
        places.put(final, place)
    return parts.rows


def _silent(step: str, done: int, of: int | None) -> None:
    """Tell nobody."""


Tell = Callable[[int, int | None], None]


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
    with tables.readable(table.path), table.path.open("rb") as file:
        # A name of a folder, shown to nobody: SHA-256 is ten times as fast here as SM3.
        content = hashlib.file_digest(file, "sha256").digest()
    state.update(content)
    return state.hexdigest()[:32]


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
    def part(self, rows: int) -> Iterator[Path]:
        """Where the next rows are written; they count once the block ends without a fault."""
        half = self.folder / "half"
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield half
        tables.sync(half)
        half.rename(self.folder / f"{self.rows:012d}-{rows}.{self.kind}")
        self.rows += rows

    def first(self) -> Path | None:
        """The first part, whose shape the others take."""
        return next(iter(self._listed()), None)

    def join(self, target: Path) -> None:
        """Write all parts behind each other as one file."""
        with tables.disk():
            target.unlink(missing_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            if self.kind == "parquet":
                footers.join(self._listed(), target)
            else:
                with target.open("wb") as out:
                    for path in self._listed():
                        with path.open("rb") as file:
                            shutil.copyfileobj(file, out)
            tables.sync(target)


# --- Parquet to Parquet ---------------------------------------------------------------------


def _flow(
    table: tables.Table, parts: _Parts, lines: list[dict[str, Any]], of: Release, tell: Tell
) -> None:
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
    for start, count in spans:
        if start < parts.rows:
            continue
        tell(start, table.rows)
        # Inside the reading: what writing throws is already a refusal when it gets there.
        with tables.readable(table.path), tables.disk(), parts.part(count) as half:
            treated = rows.slice(start, count).select(made)
            treated.sink_parquet(half, **tables.PARQUET, row_group_size=_GROUP)
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
) -> None:
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
        with tables.disk(), parts.part(batch.height) as half:
            if parts.kind == "csv":
                made.write_csv(half, include_header=start == 0)
            else:
                shape = shape or _shape(made)
                made.cast(shape).write_parquet(half, **tables.PARQUET)
        start += batch.height
    tell(parts.rows, table.rows)


def _shape(made: pl.DataFrame) -> pl.Schema:
    """The types of a result; a column without values has none of its own to start with."""
    return pl.Schema(
        {name: pl.String() if kind == pl.Null else kind for name, kind in made.schema.items()}
    )
