"""Runs a plan over a table: treat in batches, reach k, attack the result, and only then name it.

The result is written in a folder of the run beside the target and renamed when the report says
pass; whatever else happens, nothing stands under the target's name and nothing is left over. Only
a kill leaves that folder behind, closed to others; the next run beside it takes it away and begins
anew. It is not continued, as `streaming` does it: what is left holds rows before suppression, which
must not outlive the run, and a report speaks of one reading of the source, counted from its first
row. Attacking the whole result takes most of the time in any case.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from anonymization import (
    aggregates,
    aggregation,
    attacks,
    crypto,
    impact,
    keys,
    places,
    plan,
    reaching,
    report,
    risk,
    tables,
    techniques,
    untold,
    writing,
)
from anonymization.cells import text
from anonymization.errors import Refused
from anonymization.findings import Finding, Terms
from anonymization.report import Report, Tally

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]


def apply(
    masking: plan.Plan,
    source: str | Path | tables.Handed,
    target: str | Path,
    key: bytes | str | Path | None = None,
    *,
    binding: Mapping[str, Any] | None = None,
    kind: str = "measured",
    earlier: Sequence[Any] = (),
    progress: Progress | None = None,
) -> Report:
    """Treat the table `source` by the plan and write `target` when the result withstands attack.

    `source` is a file, or a table handed over in batches (`connectors.database`). `key` is a key
    or the file that holds one. `binding` is carried in the report (resource, version). `kind` is
    `measured` or `plan_only` (a run over made-up rows). The report of a failing release says why,
    and there is no target then. Raises Refused for what cannot be run.
    """
    place = Path(target)
    kind_out = tables.format_of(place, ("csv", "parquet"))
    table = source if isinstance(source, tables.Handed) else tables.open_table(source, partly=True)
    require_other(place, table)
    table = met(masking, table)
    if isinstance(key, str | Path):
        key = keys.read(key)
    release = techniques.release(masking, key)
    run = _Run(masking, table, release, progress or (lambda step, done, of: None))
    before = table.seal()
    with places.temporary(place) as temporary:
        first, final = temporary("first.parquet"), temporary(f"final{place.suffix.lower()}")
        run.treat(first)
        digest = table.digest()
        if before is not None and digest != before:
            raise changed()
        run.reach_k(first)
        run.write(first, final, kind_out)
        run.progress("verify", 0, run.rows)
        released = run.judged(final)
        verdict = attacks.attack(
            released,
            run.terms(),
            [tables.whole(one).cast(pl.String, strict=False) for one in earlier],
        )
        output = {
            "digest": crypto.digest_file(final),
            "rows": run.rows - run.suppressed.removed if run.groups is None else run.groups,
            "columns": len(run.names),
            "format": kind_out,
        }
        made = report.make(
            report.Run(
                plan=masking,
                kind=kind,
                binding=binding or {},
                input={
                    "digest": digest,
                    "rows": run.rows,
                    "columns": len(table.columns),
                    "format": table.format,
                },
                output=output,
                key_id=crypto.key_id(key) if key and plan.needs_key(masking) else None,
                tallies=run.tallies,
                suppressed=run.suppressed_facts(),
                # Two runs of one file in one second are two: a report is known by its digest.
                made_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                earlier=len(earlier),
                impact=impact.told(
                    masking, table, released, verdict.risk.quasi_identifiers, run.rows
                ),
            ),
            verdict,
            run.findings(),
        )
        if made.passed:
            places.put(final, place)
    log.info("a run over %d rows ended: %s", run.rows, made.facts["verdict"])
    return made


def treat(masking: plan.Plan, frame: Any, key: bytes | str | Path | None = None) -> Any:
    """Treat a polars, pandas or Arrow table in memory, unjudged; what comes back is of its kind.

    For previews over made-up values and for tests. A release goes through `apply`. `key` is a key
    or the file that holds one, as there.
    """
    if isinstance(key, str | Path):
        key = keys.read(key)
    table = tables.whole(frame)
    table = table.rename(dict(zip(table.columns, plan.met(masking, table.columns), strict=True)))
    require_sound(masking, table.columns, decided=False)
    if key is not None:
        crypto.require_whole(key)
    release = techniques.release(masking, key)
    by_name = {line["name"]: line for line in masking["columns"]}
    made = []
    for name in table.columns:
        done = treatment(by_name[name], release, lambda: table)
        if done is None:
            continue
        new = done(table, 0).alias(name)
        if techniques.refuses_unknown(by_name[name]):
            old, shown = (pl.select(text(pl.lit(one))).to_series() for one in (table[name], new))
            if (shown.is_null() & old.is_not_null()).any():
                raise techniques.unknown(name)
        made.append(new)
    return tables.like(frame, pl.DataFrame(made))


def measure(
    source: Any, quasi: Sequence[str], sensitive: Sequence[str] = (), k: int = 5
) -> risk.Risk:
    """k, l, t and the risks of a table (a path or a frame) on these quasi-identifiers."""
    table = tables.whole(source)
    tables.require_columns(table, (*quasi, *sensitive))
    return risk.measure(table, quasi, sensitive, k)


def require_other(place: Path, table: tables.Source) -> None:
    """Refuse a target that is the source itself."""
    if isinstance(table, tables.Table) and place.exists() and place.samefile(table.path):
        raise Refused(
            "SAME_FILE",
            "结果不能覆盖原始数据，请换一个输出文件名。",
            "the result must not overwrite the source; choose another name.",
        )


def changed() -> Refused:
    """The refusal of a source that was written to during the run."""
    return Refused(
        "SOURCE_CHANGED",
        "处理期间原始数据发生了变化，请在数据不再变动后重新运行。",
        "the source changed during the run; run again when it is still.",
    )


def met(masking: plan.Plan, table: tables.Source) -> tables.Source:
    """A table with its columns as the plan calls them; refused when they are others."""
    names = plan.met(masking, table.columns)
    if names != list(table.columns):
        table = table.called(names)
    require_sound(masking, table.columns)
    if isinstance(table, tables.Table):
        called = dict(zip(table.own or table.columns, table.columns, strict=True))
        untold.require_removed(table.untold, masking, called)
    return table


def require_sound(masking: plan.Plan, columns: Sequence[str], *, decided: bool = True) -> None:
    """Refuse a plan with faults, or one of another table, naming all that is wrong."""
    faults = plan.check_plan(masking, columns, decided=decided)
    if faults:
        foreign = all(one.code in _FOREIGN for one in faults)
        code = "PLAN_OF_ANOTHER_TABLE" if foreign else "PLAN_FAULTY"
        shown = [*_foreign(faults), *(one for one in faults if one.code not in _FOREIGN)][:20]
        raise Refused(code, "".join(one.zh for one in shown), " ".join(one.en for one in shown))


def _too_few(name: str, filled: int, size: int) -> Refused:
    return Refused(
        "GROUP_LARGER_THAN_TABLE",
        f"列「{name}」的微聚集每组 {size} 条，而这一列只有 {filled} 个值，凑不成一组；"
        "请把每组条数改小，或者与以后的数据合并后再运行。",
        f"microaggregation of column {name} takes groups of {size}, the column has {filled} "
        "values; make the groups smaller, or put the table together with later data.",
    )


def _moved(line: Mapping[str, Any]) -> bool:
    return line["technique"] == "shift" and int(line["params"]["days"]) >= _FAR_ENOUGH


_FAR_ENOUGH: Final = 30
# Any number does: that one table gives the same bytes each time is all that it is for.
_ORDER: Final = 20260101
_SLICE: Final = 131_072
# Columns of the table that the plan does not know, and the other way round, when they are many.
_FOREIGN: Final[Mapping[str, tuple[str, str]]] = {
    "COLUMN_NOT_PLANNED": (
        "数据中的列{names}共 {n} 列在方案里没有处理方式，请在方案里补上，或者从数据中去掉"
        "（数据库可以用只含所需列的视图）。",
        "the table has {n} columns that the plan does not treat ({names}); add them, or leave them "
        "out of the table (of a database: name a view of the columns that are wanted).",
    ),
    "COLUMN_NOT_THERE": (
        "方案中的列{names}共 {n} 列在数据中不存在，请核对方案是否属于这份数据。",
        "the plan treats {n} columns that the table does not have ({names}); see whether it is the "
        "plan of this table.",
    ),
}


def _foreign(faults: Sequence[plan.Fault]) -> Iterator[plan.Fault]:
    """The columns that do not meet in a sentence of each kind: a wide table has hundreds."""
    for code, (zh, en) in _FOREIGN.items():
        found = [one for one in faults if one.code == code]
        if len(found) < 2:
            yield from found
            continue
        names, more = [str(one.column) for one in found[:20]], len(found) > 20
        listed = "".join(f"「{name}」" for name in names) + ("等" if more else "")
        listed_en = ", ".join(names) + (", …" if more else "")
        told = zh.format(names=listed, n=len(found)), en.format(names=listed_en, n=len(found))
        yield plan.Fault(code, None, *told)


def treatment(
    line: Mapping[str, Any], release: techniques.Release, whole: Callable[[], pl.DataFrame]
) -> techniques.Treatment | None:
    """What is done to the column of a line; `whole` gives that column where all of it counts."""
    if line["technique"] in techniques.WHOLE:
        return techniques.prepared(line, release, whole()[line["name"]])
    return techniques.treatment(line, release)


@dataclass
class _Run:
    """One run: the counts it gathers on its way from the source to the judged result."""

    masking: plan.Plan
    table: tables.Source
    release: techniques.Release
    progress: Progress
    rows: int = 0
    names: list[str] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    suppressed: risk.Suppressed = field(default_factory=lambda: risk.Suppressed(0, 0, 0))
    same: dict[str, int] = field(default_factory=dict)
    changes: pl.DataFrame | None = None
    # The column that says whose the records are and how many people, where they are below k.
    whose: tuple[str, int] | None = None
    judged_records: pl.DataFrame | None = None
    groups: int | None = None
    # Whether the rows are totals already: nobody's own, so that no class of them has to be reached.
    are_counts: bool = False

    def treat(self, target: Path) -> None:
        """Write the treated rows of the source, before any suppression."""
        lines = {line["name"]: line for line in self.masking["columns"]}
        done = {
            name: treatment(lines[name], self.release, partial(self.table.frame, [name]))
            for name in self.table.columns
        }
        self.names = [name for name, how in done.items() if how is not None]
        self.tallies = {name: Tally() for name in done}
        if not self.names:
            raise Refused(
                "NOTHING_LEFT",
                "方案删除了所有列，没有可发布的内容。",
                "the plan removes every column; nothing would be released.",
            )
        writer: writing.Writer | None = None
        try:
            for batch in self.table.batches():
                made = self._batch(batch, done, lines)
                with writing.disk():
                    writer = writer or writing.writer(target, "parquet", made)
                    writer.write(made)
                self.rows += batch.height
                self.progress("treat", self.rows, self.table.rows)
        finally:
            if writer is not None:
                with writing.disk():
                    writer.close()
        few = 0 < self.rows <= aggregates.MOST_ROWS
        if few and self._judged and "aggregate" not in self.masking:
            treated = tables.open_table(target).frame()
            self.are_counts = aggregates.of(treated) is not None
        self._check_rows()

    def _batch(
        self,
        batch: pl.DataFrame,
        done: Mapping[str, techniques.Treatment | None],
        lines: Mapping[str, Mapping[str, Any]],
    ) -> pl.DataFrame:
        made = []
        for name, how in done.items():
            tally = self.tallies[name]
            # Of ten thousand columns a selection would look at all to find one.
            old = batch[name].to_frame().select(text(pl.col(name))).to_series()
            tally.filled += len(old) - old.null_count()
            if how is None:
                tally.changed = tally.filled
                continue
            new = how(batch, self.rows).alias(name)
            # A column without values has no type of its own to start the file with.
            new = new.cast(pl.String) if new.dtype == pl.Null else new
            made.append(new)
            technique = lines[name]["technique"]
            if technique != "keep":
                shown = pl.select(text(pl.lit(new))).to_series()
                gone = int((shown.is_null() & old.is_not_null()).sum())
                tally.changed += int(shown.ne_missing(old).sum())
                self.same[name] = self.same.get(name, 0) + int((shown == old).sum())
                if technique != "suppress":
                    tally.unreadable += gone
                if gone and techniques.refuses_unknown(lines[name]):
                    raise techniques.unknown(name)
        return pl.DataFrame(made)

    def _check_rows(self) -> None:
        if self.rows == 0 or not any(tally.filled for tally in self.tallies.values()):
            raise tables.nothing_filled()
        wanted = plan.smallest_class(self.masking)
        if self._judged and wanted > self.rows and not self.are_counts:
            raise Refused(
                "K_LARGER_THAN_TABLE",
                f"每组至少要 {wanted} 条（k），而数据只有 {self.rows} 行；请与以后的数据合并，"
                "够数后再运行。",
                f"k is {wanted}, the table has {self.rows} rows; no class can reach it. Put it "
                "together with later data and run again when there are enough.",
            )
        for line in self.masking["columns"]:
            tally = self.tallies[line["name"]]
            if tally.filled and tally.unreadable == tally.filled:
                size = int(plan.params(line).get("size") or 0)
                if line["technique"] == "microaggregate" and tally.filled < size:
                    raise _too_few(line["name"], tally.filled, size)
                title = plan.techniques()[line["technique"]]
                raise Refused(
                    "TECHNIQUE_DOES_NOT_FIT",
                    f"列「{line['name']}」没有一个值能按「{title['zh']}」处理，请核对处理方式和参数。",
                    f"not one value of column {line['name']} could be treated by "
                    f"{title['en']}; check the technique and its parameters.",
                )

    @property
    def _judged(self) -> bool:
        return bool(plan.profiles()[self.masking["profile"]]["judged"])

    def reach_k(self, treated: Path) -> None:
        """Decide which cells and records must go so that every class reaches k."""
        if "aggregate" in self.masking or not self._judged or self.are_counts:
            return
        if not set(self.masking.get("quasi_identifiers", [])) & set(self.names):
            return
        made = reaching.reached(self.masking, tables.open_table(treated).frame(), self.table.frame)
        self.changes, self.suppressed, self.whose = made.changes, made.suppressed, made.whose
        for name, cells in made.blanked.items():
            self.tallies[name].blanked = cells
        for name, cells in made.recoded.items():
            self.tallies[name].recoded = cells

    def write(self, treated: Path, target: Path, kind: str) -> None:
        """Write what is to be released, suppression applied, in the format of the target."""
        if "aggregate" in self.masking:
            self._write_groups(treated, target, kind)
            return
        distinct = {name: pl.Series(name, [], dtype=pl.UInt64) for name in self.names}
        writer: writing.Writer | None = None
        try:
            for batch in self._in_no_order(treated):
                for name in self.names:
                    hashed = batch[name].drop_nulls().hash().unique()
                    distinct[name] = pl.concat([distinct[name], hashed]).unique()
                with writing.disk():
                    writer = writer or writing.writer(target, kind, batch)
                    writer.write(batch)
        finally:
            if writer is not None:
                with writing.disk():
                    writer.close()
        for name, seen in distinct.items():
            self.tallies[name].distinct = len(seen)

    def _write_groups(self, treated: Path, target: Path, kind: str) -> None:
        """Write the groups of the plan; what is judged are the records they stand for."""
        frame = tables.open_table(treated).frame()
        given, least = self.masking["aggregate"], plan.smallest_class(self.masking)
        made = aggregation.aggregate(frame, given, least)
        if made.table.is_empty():
            raise Refused(
                "NO_GROUP_LARGE_ENOUGH",
                f"汇总后没有一组达到 {least} 条，没有可发布的内容；请减少分组的列，或者归得更粗。",
                f"no group reaches {least} records, nothing would be released; group by fewer or "
                "coarser columns.",
            )
        with writing.disk():
            writer = writing.writer(target, kind, made.table)
            writer.write(made.table)
            writer.close()
        self.judged_records, self.groups = made.records, made.table.height
        self.suppressed = risk.Suppressed(sum(made.blanked.values()), 0, made.removed)
        for name in given["by"]:
            self.tallies[name].distinct = made.table[name].drop_nulls().n_unique()
        for name, lost in made.blanked.items():
            self.tallies[name].blanked = lost

    def judged(self, written: Path) -> pl.DataFrame:
        """The records that the attacks are tried on."""
        if self.judged_records is not None:
            return self.judged_records
        return tables.open_table(written).frame()

    def _in_no_order(self, treated: Path) -> Iterator[pl.DataFrame]:
        """What is released, its rows in an order that only what they say decides.

        That of the source leads from row n to row n of the source, and of any other release made
        of it, whatever their codes are. Single answers and raw tables have their order to whom
        they are for; that of a table of counts is nobody's.
        """
        if not self._judged or self.are_counts:
            yield from self._released(treated)
            return
        whole = pl.concat(list(self._released(treated)))
        order = whole.hash_rows(_ORDER).arg_sort()
        for start in range(0, max(1, whole.height), _SLICE):
            yield whole[order.slice(start, _SLICE)]

    def _released(self, treated: Path) -> Iterator[pl.DataFrame]:
        offset = 0
        for batch in tables.open_table(treated).batches():
            whole = batch
            if self.changes is not None:
                mine = self.changes.filter(
                    pl.col(reaching.ROW).is_between(offset, offset + batch.height - 1)
                )
                kept = batch[(mine[reaching.ROW] - offset).to_list()]
                whole = kept.with_columns(mine.drop(reaching.ROW))
            offset += batch.height
            yield whole.select(self.names)

    def suppressed_facts(self) -> dict[str, Any]:
        """What reaching k cost, for the report."""
        lost = self.suppressed
        touched = lost.touched + lost.removed
        return {
            "cells": lost.cells,
            "records_touched": touched,
            "records_removed": lost.removed,
            "share": round(touched / self.rows, 6),
        }

    def findings(self) -> list[dict[str, Any]]:
        """What the run itself found wrong: too much had to be suppressed."""
        allowed = float(self.masking.get("max_suppressed", 1.0))
        share = float(self.suppressed_facts()["share"])
        if share <= allowed:
            return []
        touched = self.suppressed.touched + self.suppressed.removed
        names = list(self.masking.get("quasi_identifiers", []))
        # Where one column pays for all, to coarsen the others would spoil them for nothing.
        dearest = max(names, key=lambda name: self.tallies[name].blanked, default=None)
        paid = dearest is not None and self.tallies[dearest].blanked
        zh = f"为达到 k 须抑制 {share:.1%} 的记录，超过方案允许的 {allowed:.1%}，数据已不堪用。"
        en = (
            f"reaching k takes suppression in {share:.1%} of the records, more than the "
            f"{allowed:.1%} the plan allows."
        )
        if paid:
            remedy = (
                f"先把「{dearest}」归得更粗或者删除，置空的值它最多，再运行。",
                f"Generalize {dearest} further or remove it, most of what was blanked is there; "
                "then run again.",
            )
        elif self.whose is not None:
            code, people = self.whose
            k = plan.smallest_class(self.masking)
            zh += f"全部记录按「{code}」只是 {people} 个人的，不足 {k}（k）人。"
            en += f" All records are of {people} people by {code}, fewer than the k of {k}."
            names.append(code)
            remedy = (
                f"归得再粗也没有用：请与其他人的记录合并后再运行，或者核对「{code}」是否真按人编号。",
                "Generalizing does not help: put the table together with records of other people, "
                f"or check whether {code} is really given by person.",
            )
        else:
            remedy = (
                f"先把「{'、'.join(names)}」归得更粗，再运行。",
                f"Generalize {', '.join(names)} further and run again.",
            )
        return [
            Finding("SUPPRESSED_TOO_MUCH", tuple(names), touched, share, zh, en, *remedy).facts()
        ]

    def terms(self) -> Terms:
        """By what the release is judged."""
        lines = self.masking["columns"]
        # Made-up values may look like real ones; that none equals what stood there is counted.
        made_up = {
            line["name"]
            for line in lines
            if line["technique"] in {"substitute", "fpe", "noise"}
            and not self.same.get(line["name"])
        }
        # A day moved by months is nobody's day, though by chance some stay where they were.
        made_up |= {line["name"] for line in lines if _moved(line)}
        published = {line["name"] for line in lines if (line.get("open_basis") or "").strip()}
        return Terms(
            profile=self.masking["profile"],
            quasi=tuple(self.masking.get("quasi_identifiers", ())),
            sensitive=tuple(self.masking.get("sensitive", ())),
            k=plan.smallest_class(self.masking),
            l=self.masking.get("l"),
            t=self.masking.get("t"),
            made_up=frozenset(made_up),
            keyed=frozenset(one["name"] for one in lines if one["technique"] == "pseudonym"),
            published=frozenset(published),
            population=self.masking.get("population"),
        )
