"""Attacks a release as an outsider would and says what succeeded, how often, and what to do.

The verdict rests on the file alone: a claim of what was done adds checks, never excuses one.
Findings name columns and counts; an example is made up in the shape of the data, never a value.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from anonymization import naming, reversal, risk
from anonymization.detection import detect
from anonymization.findings import Finding, Terms, as_texts, matching, share, token
from anonymization.plan import profiles
from anonymization.proposal import role_of
from anonymization.tables import open_table


@dataclass(frozen=True)
class Verdict:
    """What the attacks found: fail as soon as there is a finding."""

    rows: int
    findings: tuple[Finding, ...]
    residual: tuple[dict[str, Any], ...]
    risk: risk.Risk
    discovered: tuple[str, ...]
    level: int

    @property
    def passed(self) -> bool:
        """Whether no attack succeeded."""
        return not self.findings

    def facts(self) -> dict[str, Any]:
        """The verdict as `catalogue anonymize verify --json` prints it."""
        return {
            "verdict": "pass" if self.passed else "fail",
            "grade": self.level,
            "rows": self.rows,
            "findings": [finding.facts() for finding in self.findings],
            "residual": list(self.residual),
            "risk": self.risk.facts(),
            "discovered_quasi_identifiers": list(self.discovered),
        }


def verify(
    release: Any,
    claim: Mapping[str, Any] | None = None,
    raw: Any = None,
    earlier: Iterable[Any] = (),
    auxiliary: Iterable[Any] = (),
) -> Verdict:
    """Attack a release: a path, or a polars, pandas or Arrow table.

    `claim` is `{"quasi_identifiers": […], "k": 10, "profile": …}`, `raw` the table it was made
    from, `earlier` releases it must not join, `auxiliary` registers an attacker may hold.
    """
    claim = claim or {}
    profile = claim.get("profile", "statistical")
    least = profiles().get(profile, {}).get("k") or 5
    known = [table(one) for one in ([raw] if raw is not None else []) + list(auxiliary)]
    terms = Terms(
        profile=profile if profile in profiles() else "statistical",
        quasi=tuple(claim.get("quasi_identifiers", ())),
        sensitive=tuple(claim.get("sensitive", ())),
        k=int(claim.get("k") or least),
        l=claim.get("l"),
        t=claim.get("t"),
        raw={f"{i}\0{one}": part[one] for i, part in enumerate(known) for one in part.columns},
    )
    return attack(table(release), terms, [table(one) for one in earlier])


def table(of: Any) -> pl.DataFrame:
    """Any table as a polars frame: a path, or a polars, pandas or Arrow table."""
    if isinstance(of, pl.DataFrame):
        return of
    if isinstance(of, str | Path):
        return open_table(of).frame()
    made = pl.from_arrow(of) if hasattr(of, "to_batches") else pl.from_pandas(of)
    assert isinstance(made, pl.DataFrame)
    return made


def attack(frame: pl.DataFrame, terms: Terms, earlier: Sequence[pl.DataFrame] = ()) -> Verdict:
    """Try every attack on a table."""
    texts = as_texts(frame)
    columns = {column.name: column for column in detect(frame)}
    tokens = {name: shape for name in texts.columns if (shape := token(texts[name]))}
    found, left = naming.named(texts, columns, tokens, terms)
    findings = [
        *found,
        *naming.decoded_masks(texts, columns),
        *reversal.plain_hashes(texts, tokens, terms),
        *reversal.rewritten(texts, tokens),
        *_fine(texts, terms),
    ]
    for other in earlier:
        findings += _joins(texts, tokens, as_texts(other))
    born, _ = naming.birth_column(texts, columns)
    discovered = tuple(
        name
        for name, column in columns.items()
        if name not in tokens
        and (name == born or column.quasi or role_of(column.item or column.kind) == "quasi")
    )
    declared = tuple(name for name in terms.quasi if name in frame.columns)
    sensitive = tuple(name for name in terms.sensitive if name in frame.columns)
    measured = risk.measure(_numbered(frame, sensitive), declared or discovered, sensitive, terms.k)
    if profiles()[terms.profile]["judged"]:
        findings += _classes(measured, terms, declared)
        findings += _undeclared(frame, declared, discovered, terms)
    rules = profiles()[terms.profile]
    grade = risk.level(
        measured,
        sum(finding.code in _NAMING for finding in findings),
        tau=rules["tau"] or 0.2,
        accepted=rules["accepted"] or 0.2,
        public=bool(rules["public"]),
    )
    return Verdict(frame.height, tuple(findings), tuple(left), measured, discovered, grade)


_NAMING = frozenset(
    {
        "DIRECT_IDENTIFIER_LEFT",
        "FREE_TEXT_LEAK",
        "FULL_ADDRESS_LEFT",
        "UNSALTED_HASH",
        "PARTIAL_ID_REIDENTIFIABLE",
    }
)


def _numbered(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The table with these columns as numbers where all their values are, for ordered distance."""
    made = {name: frame[name].cast(pl.Float64, strict=False) for name in names}
    whole = [name for name, one in made.items() if one.null_count() == frame[name].null_count()]
    return frame.with_columns(made[name].alias(name) for name in whole)


# --- times, places, joins -------------------------------------------------------------------


def _fine(texts: pl.DataFrame, terms: Terms) -> list[Finding]:
    """Times and places so exact that they single out."""
    if not profiles()[terms.profile]["judged"]:
        return []
    findings = []
    for name in texts.columns:
        values = texts[name].drop_nulls()
        if values.is_empty():
            continue
        timed = values.filter(values.str.contains("[ T]?[0-2]?[0-9]:[0-5][0-9]"))
        alone = timed.filter(timed.is_unique())
        dated = matching(values, "[0-9]{4}[-/.年][0-9]{1,2}") > 0.5
        if dated and len(timed) > 0.5 * len(values) and len(alone) > 0.2 * len(timed):
            findings.append(
                Finding(
                    "TIMESTAMP_TOO_FINE",
                    (name,),
                    len(alone),
                    share(len(alone), texts),
                    f"列「{name}」的时间精确到分秒，{len(alone)} 行独一无二，"
                    "知情人可据此认出个人。",
                    f"column {name} is exact to the minute or second; {len(alone)} times stand "
                    "alone, and whoever was there knows the person.",
                    "时间泛化到日、月或季度。",
                    "Generalize times to days, months or quarters.",
                )
            )
        place = "(?:经度|纬度|坐标|经纬|gps|lon|lat)"
        if name.lower() and pl.Series([name.lower()]).str.contains(place)[0]:
            exact = int(values.str.contains("[0-9]{1,3}\\.[0-9]{3,}").sum())
            if exact > 0.5 * len(values):
                findings.append(
                    Finding(
                        "LOCATION_TOO_FINE",
                        (name,),
                        exact,
                        share(exact, texts),
                        f"列「{name}」的坐标精确到百米以内，{exact} 行可定位到户。",
                        f"column {name} is exact to 100 m; {exact} rows point at a house.",
                        "坐标保留两位小数，或改为所在的区、街道。",
                        "Keep two decimals, or give the district or street instead.",
                    )
                )
    return findings


def _joins(texts: pl.DataFrame, tokens: Mapping[str, str], other: pl.DataFrame) -> list[Finding]:
    """Pseudonyms that stand in an earlier release as well."""
    findings = []
    shapes = [name for name in other.columns if token(other[name])]
    for name, old in itertools.product(tokens, shapes):
        shared = texts[name].drop_nulls().unique()
        shared = shared.filter(shared.is_in(other[old].drop_nulls().unique().implode()))
        if len(shared) < 3:
            continue
        count = int(texts[name].is_in(shared.implode()).sum())
        findings.append(
            Finding(
                "PSEUDONYM_JOINS_OTHER_RELEASE",
                (name,),
                count,
                share(count, texts),
                f"列「{name}」有 {count} 行的假名与以前发布的列「{old}」相同，"
                "两批数据可以拼到同一人。",
                f"column {name} shares the pseudonyms of {count} rows with the column {old} of an "
                "earlier release; the two join person by person.",
                "每批次使用新的密钥或新的发布批次名，重新生成假名。",
                "Use a new key or release name for each release and run again.",
            )
        )
    return findings


# --- classes --------------------------------------------------------------------------------


def _classes(measured: risk.Risk, terms: Terms, declared: Sequence[str]) -> list[Finding]:
    """k, l and t on the declared quasi-identifiers, or on the discovered ones."""
    findings = []
    names = measured.quasi_identifiers
    shown = "、".join(names)
    if names and measured.k < terms.k and (declared or measured.below > 0):
        findings.append(
            Finding(
                "K_TOO_SMALL" if declared else "UNDECLARED_QI_UNIQUE",
                tuple(names),
                measured.below,
                measured.below / measured.rows if measured.rows else 0.0,
                f"按「{shown}」分组，最小的一组只有 {measured.k} 条，低于 {terms.k}；"
                f"{measured.below} 行处在过小的组里，其中 {measured.unique} 行独一无二。",
                f"by {', '.join(names)} the smallest class has {measured.k} records, fewer than "
                f"{terms.k}; {measured.below} records in such classes, {measured.unique} alone.",
                "进一步泛化这些列，或允许局部抑制。",
                "Generalize these columns further or allow local suppression.",
            )
        )
    if terms.l is not None and measured.l is not None and measured.l < terms.l:
        findings.append(
            Finding(
                "L_TOO_SMALL",
                tuple(terms.sensitive),
                measured.rows,
                1.0,
                f"有的组里敏感属性只有 {measured.l} 种取值，低于 {terms.l}：认出组就知道了答案。",
                f"a class holds only {measured.l} values of a sensitive column, fewer than "
                f"{terms.l}: knowing the class is knowing the value.",
                "合并过细的组，或泛化敏感属性。",
                "Merge classes or generalize the sensitive column.",
            )
        )
    if terms.t is not None and measured.t is not None and measured.t > terms.t:
        findings.append(
            Finding(
                "T_TOO_LARGE",
                tuple(terms.sensitive),
                measured.rows,
                1.0,
                f"有的组里敏感属性的分布与总体相差 {measured.t:.2f}，超过 {terms.t:.2f}。",
                f"in a class the sensitive values are {measured.t:.2f} away from those of all, "
                f"more than {terms.t:.2f}.",
                "合并过细的组，或泛化敏感属性。",
                "Merge classes or generalize the sensitive column.",
            )
        )
    return findings


def _undeclared(
    frame: pl.DataFrame, declared: Sequence[str], discovered: Sequence[str], terms: Terms
) -> list[Finding]:
    """The smallest set of columns that singles people out though nobody declared it."""
    new = [
        name
        for name in discovered
        if name not in declared and name not in terms.made_up and name not in terms.published
    ]
    if not declared or not new:
        return []
    pool = [*new, *declared]
    for size in (1, 2, 3):
        found = []
        for names in itertools.combinations(pool, size):
            if not set(names) & set(new):
                continue
            measured = risk.measure(frame, names, (), terms.k)
            if measured.below > 0.005 * measured.rows:
                found.append(measured)
        if found:
            worst = max(found, key=lambda one: one.below)
            return [_singled(worst, terms)]
    return []


def _singled(measured: risk.Risk, terms: Terms) -> Finding:
    names = measured.quasi_identifiers
    return Finding(
        "UNDECLARED_QI_UNIQUE",
        tuple(names),
        measured.below,
        measured.below / measured.rows,
        f"未申报的组合「{'、'.join(names)}」可以认出个人：{measured.below} 行所在的组不足 "
        f"{terms.k} 条，{measured.unique} 行独一无二。",
        f"the undeclared set {', '.join(names)} singles people out: {measured.below} records are "
        f"in classes below {terms.k}, {measured.unique} alone.",
        "把这些列列入准标识符并泛化，或删除。",
        "Declare these columns as quasi-identifiers and generalize them, or remove them.",
    )
