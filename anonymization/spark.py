"""Runs a plan over a Spark table: the values are byte for byte those of the local run.

Needs the extra `spark` (pyspark 4 or later). The key travels to the workers inside the task; use a
cluster whose traffic is encrypted. What depends on the place of a row or on a whole column is
refused, since a cluster has no order of rows: treat such a column locally first.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from anonymization import pipeline, plan, techniques
from anonymization.cells import text
from anonymization.errors import Refused

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def treat_spark(masking: plan.Plan, frame: "DataFrame", key: bytes | None = None) -> "DataFrame":
    """The treated table, unjudged, its columns and values those of `treat`; rows in any order."""
    names = plan.met(masking, frame.columns)
    frame = frame if names == frame.columns else frame.toDF(*names)
    pipeline.require_sound(masking, frame.columns, decided=False)
    lines = {line["name"]: line for line in masking["columns"]}
    for name in frame.columns:
        _require_alone(lines[name])
    # A batch of no rows tells the types of the result before anything runs.
    schema = frame.limit(0).toArrow().schema
    made = _treated(masking, key)(pl.DataFrame(schema.empty_table()))
    batches = partial(_batches, names=frame.columns, masking=masking, key=key)
    # By their places: a name with a dot or a backtick in it would be read as a path.
    placed = frame.toDF(*(f"c{place}" for place in range(len(frame.columns))))
    return placed.mapInArrow(batches, _spark_schema(made))


def _require_alone(line: Mapping[str, Any]) -> None:
    alone = line["technique"] not in techniques.WHOLE | {"noise"}
    if line["technique"] == "shift":
        alone = bool(techniques.beside(line))
    if not alone:
        title = plan.techniques()[line["technique"]]
        raise Refused(
            "NOT_ON_SPARK",
            f"列「{line['name']}」的「{title['zh']}」取决于行的位置或者整列，不能分布运行；"
            "请在本机处理这一列，或者换一种处理方式。",
            f"column {line['name']}: {title['en']} depends on the place of a row or on the whole "
            "column and cannot be distributed; treat it locally or choose another technique.",
        )


def _batches(
    parts: Iterator[pa.RecordBatch], names: list[str], masking: plan.Plan, key: bytes | None
) -> Iterator[pa.RecordBatch]:
    # Once for all batches of a partition: what one has taught is used by the next.
    treated = _treated(masking, key)
    for part in parts:
        batch = pl.DataFrame(pa.Table.from_batches([part.rename_columns(names)]))
        yield from treated(batch).to_arrow().to_batches()


def _treated(masking: plan.Plan, key: bytes | None) -> Callable[[pl.DataFrame], pl.DataFrame]:
    release = techniques.release(masking, key)
    lines = {line["name"]: line for line in masking["columns"]}
    done = {name: techniques.treatment(line, release) for name, line in lines.items()}

    def treated(batch: pl.DataFrame) -> pl.DataFrame:
        made = []
        for name in batch.columns:
            if techniques.refuses_unknown(lines[name]) and _is_strange(batch, lines[name]):
                raise techniques.unknown(name)
            how = done[name]
            if how is not None:
                made.append(how(batch, 0).alias(name))
        return pl.DataFrame(made)

    return treated


def _is_strange(batch: pl.DataFrame, line: Mapping[str, Any]) -> bool:
    value = text(pl.col(line["name"]))
    strange = value.is_not_null() & ~value.is_in(list(plan.params(line)["map"]))
    return not batch.filter(strange).is_empty()


def _spark_schema(made: pl.DataFrame) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    small = {pa.large_string(): pa.string(), pa.string_view(): pa.string()}
    fields = [
        pa.field(field.name, small.get(field.type, field.type)) for field in made.to_arrow().schema
    ]
    return from_arrow_schema(pa.schema(fields))
