"""Columns that hold no text to look at: bytes, spans of time, nested values.

Nothing in them can be found or treated, so that a table with one is refused, unless a plan removes
the column: then nobody has to read it.
"""

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from anonymization import plan
from anonymization.errors import Refused


def found(schema: Any) -> dict[str, Refused]:
    """The columns of an Arrow schema that hold no text, each with its refusal."""
    made = {}
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if any(test(kind) for test in _TESTS):
            made[field.name] = refusal(field.name, str(field.type))
        elif pa.types.is_nested(kind):
            made[field.name] = _nested(field.name)
    return made


_TESTS = (
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view),
    *(pa.types.is_fixed_size_binary, pa.types.is_duration, pa.types.is_interval),
)


def require_removed(
    untold: Mapping[str, Refused], masking: Mapping[str, Any], columns: Mapping[str, str]
) -> None:
    """Refuse the first such column that the plan releases, or looks at to treat another.

    `columns` says what the plan calls the columns of the file.
    """
    lines = {line["name"]: line for line in masking["columns"]}
    subjects = {plan.params(line).get("subject") for line in lines.values()}
    for own, refused in untold.items():
        name = columns[own]
        if lines[name]["technique"] != "suppress" or name in subjects:
            raise refused


def tokens(batch: Any, untold: Collection[str]) -> Any:
    """An Arrow batch in which such columns are texts that say which values are the same.

    They are never released; how many values there were and how many alone is counted from them.
    """
    table = pa.table(batch)
    for n, name in enumerate(table.column_names):
        if name in untold:
            table = table.set_column(n, name, _same(table.column(name)))
    return table


def _same(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not any(test(column.type) for test in _TESTS[:4]):
        # Of what no engine compares only this is known: whether there is a value.
        return pc.if_else(pc.is_valid(column), "1", pa.scalar(None, pa.string()))
    values = pl.Series(column.cast(pa.large_binary()))
    shown = pl.select(
        pl.when(pl.lit(values).is_not_null()).then(pl.lit(values.hash()).cast(pl.String))
    )
    return shown.to_series().to_arrow()


def refusal(name: str, kind: str) -> Refused:
    """That a column of this type cannot be looked at."""
    return Refused(
        "UNREADABLE_TYPE",
        f"列「{name}」的类型是 {kind}，读不出文字，无法查看。请转成文字，或者去掉这一列"
        "（方案删除这一列的，可以照常运行）。",
        f"column {name} is of type {kind} and holds no text to look at; turn it into text, or "
        "leave it out (a plan that removes it can be run).",
    )


def _nested(name: str) -> Refused:
    return Refused(
        "NESTED",
        f"列「{name}」是嵌套结构，请展开为普通列后再试（方案删除这一列的，可以照常运行）。",
        f"the column {name} is nested; flatten it first (a plan that removes it can be run).",
    )
