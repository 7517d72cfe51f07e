"""Treats a file of any size without holding it: read, treated and written as it flows by.

Parquet to Parquet is left to the streaming engine of polars whole, so that what it costs beyond a
plain copy is the masking alone. Nothing is judged here: a release goes through `pipeline.apply`.
This is for tables too large to attack in one sitting, whose release is verified afterwards.
"""

import os
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from anonymization import crypto, pipeline, places, plan, tables, techniques
from anonymization.cells import text
from anonymization.errors import Refused
from anonymization.techniques import Release

_ROW: Final = "\0row"


def mask_file(
    masking: plan.Plan,
    source: str | Path,
    target: str | Path,
    key: bytes | str | Path | None = None,
    *,
    progress: pipeline.Progress | None = None,
) -> None:
    """Write the treated rows of `source` to `target`, whole or not at all, unjudged.

    The values are those of `apply` before any suppression. Techniques that need all values of a
    column at once (microaggregation, shuffling) hold that column in memory.
    """
    place, table = Path(target), tables.open_table(source)
    kind = tables.format_of(place, ("csv", "parquet"))
    pipeline.require_sound(masking, table.columns)
    if isinstance(key, str | Path):
        key = crypto.read_key(key)
    release = techniques.release(masking, key)
    by_name = {line["name"]: line for line in masking["columns"]}
    lines = [by_name[name] for name in table.columns]
    if all(techniques.is_dropped(line) for line in lines):
        raise Refused(
            "NOTHING_LEFT",
            "方案删除了所有列，没有可发布的内容。",
            "the plan removes every column; nothing would be released.",
        )
    with places.temporary(place) as temporary:
        final = temporary(f"final{place.suffix.lower()}")
        if table.format == kind == "parquet":
            _flow(table, final, lines, release)
        else:
            _batches(table, final, kind, lines, release, progress)
        places.put(final, place)


def _flow(table: tables.Table, target: Path, lines: list[dict[str, Any]], of: Release) -> None:
    numbered = any(line["technique"] in techniques.PLACED for line in lines)
    rows = pl.scan_parquet(table.path, row_index_name=_ROW if numbered else None)
    with tables.readable(table.path):
        empty = rows.collect_schema().to_frame()
        for line in lines:
            if techniques.refuses_unknown(line) and _misses(rows, line):
                raise techniques.unknown(line["name"])
    made = [
        _expression(line, table, of, empty) for line in lines if not techniques.is_dropped(line)
    ]
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with tables.readable(table.path), tables.disk():
        rows.select(made).sink_parquet(target, **tables.PARQUET, sync_on_close="all")


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


def _batches(
    table: tables.Table,
    target: Path,
    kind: str,
    lines: list[dict[str, Any]],
    of: Release,
    progress: pipeline.Progress | None,
) -> None:
    done = {
        line["name"]: pipeline.treatment(line, of, partial(table.frame, [line["name"]]))
        for line in lines
    }
    writer: tables.Writer | None = None
    rows = 0
    try:
        for batch in table.batches():
            for line in lines:
                if techniques.refuses_unknown(line) and _misses(batch.lazy(), line):
                    raise techniques.unknown(line["name"])
            made = pl.DataFrame(
                [how(batch, rows).alias(name) for name, how in done.items() if how is not None]
            )
            with tables.disk():
                writer = writer or tables.writer(target, kind, made)
                writer.write(made)
            rows += batch.height
            if progress is not None:
                progress("treat", rows, table.rows)
    finally:
        if writer is not None:
            with tables.disk():
                writer.close()
    if not rows:
        raise Refused("EMPTY", "数据没有任何行，无法脱敏。", "the table has no row to treat.")
