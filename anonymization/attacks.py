"""Attacks a release as an outsider would and says what succeeded, how often, and what to do.

The verdict rests on the file alone: a claim of what was done adds checks, never excuses one.
Findings name columns and counts; an example is made up in the shape of the data, never a value.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from anonymization import (
    aggregates,
    baskets,
    claims,
    differences,
    doors,
    figures,
    fillings,
    heads,
    initials,
    kept,
    lawful,
    linking,
    masks,
    mentions,
    naming,
    registered,
    reversal,
    rewriting,
    risk,
    shares,
    singling,
    stretched,
    things,
    trajectories,
    utility,
    workbooks,
)
from anonymization.cells import numbered
from anonymization.classes import Coded
from anonymization.detection import detect
from anonymization.errors import Refused
from anonymization.findings import Finding, Terms, as_texts, token, wordy
from anonymization.fineness import fine
from anonymization.plan import profiles
from anonymization.tables import is_blank, nothing_filled, whole


@dataclass(frozen=True)
class Verdict:
    """What the attacks found: fail as soon as there is a finding."""

    rows: int
    findings: tuple[Finding, ...]
    residual: tuple[dict[str, Any], ...]
    risk: risk.Risk
    discovered: tuple[str, ...]
    level: int
    utility: Mapping[str, Any] | None = None
    # What is seen of a table of counts, which has no row of anybody to be found in.
    counted: Mapping[str, Any] | None = None
    # The law that the claim names for each column it says is published by order.
    lawful: Mapping[str, str] = field(default_factory=dict)
    # Those of them whose law or article is on no list: 未核对, for the reader to look up.
    unchecked: Mapping[str, str] = field(default_factory=dict)
    # What masks keep of people, where that is no finding.
    masks_keep: tuple[kept.Kept, ...] = ()

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
            "utility": self.utility,
            "counted": self.counted,
            "published_by_law": dict(self.lawful),
            "laws_not_checked": dict(self.unchecked),
            "masks_keep": [one.facts() for one in self.masks_keep],
        }


def verify(
    release: Any,
    claim: Mapping[str, Any] | None = None,
    raw: Any = None,
    earlier: Iterable[Any] = (),
    auxiliary: Iterable[Any] = (),
) -> Verdict:
    """Attack a release: a path, or a polars, pandas or Arrow table.

    `claim` is `{"quasi_identifiers": […], "k": 10, "profile": …}`, also with `sensitive`, `l`, `t`,
    `use` (columns the receiver needs), `population` and `rules` (what was done to a column, or
    「依法公开：」 and the law that orders it to be published); `raw` is the table it was made from,
    `earlier` releases it must not join (or their sketches as JSON), `auxiliary` registers an
    attacker may hold. Raises Refused for a claim that is none or names columns that are not there.
    """
    claim = claims.checked({} if claim is None else claim)
    profile = claim.get("profile") or "statistical"
    least = profiles()[profile]["k"] or 5
    if isinstance(release, str | Path):
        workbooks.require_bare(Path(release))
    frame = whole(release)
    if is_blank(frame):
        raise nothing_filled()
    registers = [whole(one) for one in auxiliary]
    known = [whole(raw), *registers] if raw is not None else registers
    claims.require_columns(claim, frame.columns, known[0].columns if raw is not None else ())
    if raw is not None:
        claims.require_source(frame.height, known[0].height)
    terms = Terms(
        profile=profile,
        quasi=tuple(claim.get("quasi_identifiers") or ()),
        sensitive=tuple(claim.get("sensitive") or ()),
        # What is claimed may ask for more than the profile does, never for less.
        k=max(int(claim.get("k") or 0), least if claim.get("profile") or not claim.get("k") else 0),
        l=claim.get("l"),
        t=claim.get("t"),
        population=claim.get("population"),
        lawful=_ordered(claim.get("rules") or {}),
        raw={f"{i}\0{one}": part[one] for i, part in enumerate(known) for one in part.columns},
    )
    verdict = attack(frame, terms, list(earlier), registers)
    if raw is None:
        return verdict
    return replace(verdict, utility=utility.lost(known[0], frame, tuple(claim.get("use") or ())))


def _ordered(rules: Mapping[str, str]) -> dict[str, str]:
    """The rules of a claim that say by which law a column is published, by column.

    依法公开 alone excuses nothing: a law, or the column of which the law is named, must follow
    (`lawful`).
    """
    said = {name: one for name, one in rules.items() if re.match(_BY_LAW, one) or one == "同上"}
    named = {name for name, one in said.items() if re.search(_LAW, one)}
    return {name: one for name, one in said.items() if name in named or (named and "同上" in one)}


_BY_LAW = "^(?:依法|法定|依据|根据).{0,60}?(?<!后)(?:公开|公示|公布|公告)"
_LAW = "法(?!公)|条例|规定|办法|规则|细则|决定|通知"


def attack(
    frame: pl.DataFrame,
    terms: Terms,
    earlier: Sequence[Any] = (),
    registers: Sequence[pl.DataFrame] = (),
) -> Verdict:
    """Try every attack on a table."""
    texts = as_texts(frame)
    columns = {column.name: column for column in detect(frame)}
    basis = lawful.judge(terms.lawful, columns, texts)
    terms = replace(terms, lawful=basis.columns)
    tokens = {name: shape for name in texts.columns if (shape := token(texts[name]))}
    nobody = things.about_nobody(texts, columns, tokens, terms)
    before = [whole(one) if not _is_sketch(one) else one for one in earlier]
    tables = [one for one in before if isinstance(one, pl.DataFrame)]
    words = wordy(texts)
    found, left = naming.named(texts, columns, tokens, terms, nobody)
    readable = rewriting.rewritten(words, columns, terms.excused)
    told = {name for one in readable for name in one.columns}
    digests = {name: shape for name, shape in tokens.items() if name not in told}
    findings = [
        *found,
        *heads.told(texts, columns, terms),
        *masks.decoded_masks(texts, columns),
        *initials.coded(texts, columns),
        *reversal.plain_hashes(texts, words, digests, terms),
        *readable,
        *stretched.told(words, told | terms.excused | terms.keyed),
        *rewriting.in_pieces(texts, columns),
        *fillings.filled(
            words,
            columns,
            told | tokens.keys() | {name for one in found for name in one.columns},
            terms.excused,
        ),
        *doors.apart(texts, columns),
        *doors.called(words, {name for one in found for name in one.columns}),
        *([] if nobody else fine(texts, words, columns, terms)),
        *_joined(texts, before, tables, nobody),
        *linking.linked(texts, registers, tokens, terms),
    ]
    born, _ = masks.birth_column(texts, columns)
    counted = aggregates.read(texts, columns, list(tokens))
    known = singling.sets(texts, columns, tokens, born, terms, nobody)
    # An empty column is no value: nothing is known of anybody who stands in it.
    sensitive = tuple(
        name
        for name in terms.sensitive
        if name in texts.columns and texts[name].null_count() < texts.height
    )
    terms = replace(terms, sensitive=sensitive)
    coded = Coded(numbered(frame, sensitive))
    quasi = () if counted else known.declared or known.discovered
    measured = risk.measure(coded.frame, quasi, sensitive, terms.k, coded)
    if terms.population:
        people = risk.Population(
            int(terms.population["total"]), terms.population.get("margins") or {}
        )
        measured = replace(measured, journalist=risk.journalist(coded, quasi, people))
    rules = profiles()[terms.profile]
    of_people = not (nobody or counted or singling.of_firms(columns))
    shown = kept.kept(texts, quasi, coded, terms) if of_people else []
    if rules["public"]:
        told = {one for finding in findings for one in finding.columns}
        untold = [one for one in shown if one.column not in told]
        findings += kept.findable(untold, rules["tau"], texts)
    if rules["judged"]:
        findings += shares.few(texts, terms)
        findings += differences.told(texts, terms)
        if of_people and not any(one.code == "PSEUDONYM_JOINS_OTHER_RELEASE" for one in findings):
            findings += figures.joined(texts, tables, terms.excused)
        if not nobody:
            told = {one for finding in findings for one in finding.columns}
            findings += mentions.told(words, told | terms.excused)
            findings += trajectories.unique(texts, tokens, terms.excused)
            if not counted:
                asked = {*told, *tokens, *terms.excused, *known.declared, *known.discovered}
                findings += baskets.told(texts, asked, terms)
        findings += (
            [*aggregates.small(counted, terms), *aggregates.since(counted, tables, terms)]
            if counted
            else singling.singled(coded, known, measured, terms)
        )
    ordered = terms.published | terms.lawful.keys()
    findings = [
        one
        for one in findings
        if one.code in _UNEXCUSED
        or not one.columns
        or not ordered.issuperset(one.columns)
        or (one.code == "AMOUNT_TOO_FINE" and not _amounts(one.columns, terms))
    ]
    told = {name for one in findings for name in one.columns}
    findings += [*(one for one in basis.refused if told.issuperset(one.columns)), *basis.never]
    grade = risk.level(
        measured,
        sum(finding.code in _NAMING for finding in findings),
        tau=rules["tau"] or 0.2,
        accepted=rules["accepted"] or 0.2,
        public=bool(rules["public"]),
    )
    return Verdict(
        frame.height,
        tuple(findings),
        tuple(left),
        measured,
        known.discovered,
        grade,
        counted=counted.facts() if counted else None,
        lawful=terms.lawful,
        unchecked=basis.unchecked,
        masks_keep=tuple(shown),
    )


def _amounts(names: Sequence[str], terms: Terms) -> bool:
    """Whether laws let these amounts be published; a plan was read when it was approved."""
    return all(name in terms.published or lawful.amounts(terms.lawful[name]) for name in names)


def _joined(
    texts: pl.DataFrame, earlier: Sequence[Any], tables: Sequence[pl.DataFrame], nobody: bool
) -> list[Finding]:
    """Columns that join earlier releases, or their sketches, by codes or numbers of a register."""
    found = linking.joins(texts, [_sketched(one) for one in earlier])
    # A station keeps its number for ever.
    if nobody or found:
        return found
    return list(registered.joined(texts, tables))


def _is_sketch(earlier: Any) -> bool:
    """Whether an earlier release was handed over as sketches of it, in a file or not."""
    if isinstance(earlier, str | Path):
        return Path(earlier).suffix.lower() == ".json"
    return isinstance(earlier, Mapping)


def _sketched(earlier: Any) -> list[linking.Sketch]:
    """The sketches of an earlier release: as they were kept, or of the release itself."""
    if not _is_sketch(earlier):
        return linking.sketches(whole(earlier), linking.CUTS)
    try:
        if not isinstance(earlier, Mapping):
            earlier = json.loads(Path(earlier).read_text("utf-8"))
        return linking.read_sketches(earlier["sketches"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Refused(
            "SKETCH_FAULTY",
            "批次摘要读不出来，请用 catalogue anonymize sketch 重新生成。",
            "the sketch of the earlier release cannot be read; make it again with catalogue "
            "anonymize sketch.",
        ) from fault


# What no law orders: numbers that are left, plain or behind a digest (`naming` asks for each).
_UNEXCUSED = frozenset({"DIRECT_IDENTIFIER_LEFT", "FREE_TEXT_LEAK", "UNSALTED_HASH"})
_NAMING = frozenset(
    {
        "DIRECT_IDENTIFIER_LEFT",
        "FREE_TEXT_LEAK",
        "FULL_ADDRESS_LEFT",
        "UNSALTED_HASH",
        "PARTIAL_ID_REIDENTIFIABLE",
    }
)
