"""One function per computed gate: what still stands against it, as facts for a sentence.

The gates themselves, their articles, stages and reasons for 不适用 are rows of
acceptance_gates.json; what the functions find is worded in sentences.json.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import schemas
from registry import lists
from registry.acceptance.facts import Entry, Facts
from registry.calendar import CITY, Calendar
from registry.desensitization import Proof
from registry.models.desensitization import MaskingPlan, MaskingReport
from registry.models.projects import Mount, System
from registry.projects import stated_by


@dataclass(frozen=True)
class Shortfall:
    """One thing that stands against a gate.

    `code` names the sentence and the remedy, `ball` the role that has to act, `resource` the key
    of the entry to go to, `batch` that of the submission where the remedy is on its page. A fact
    that is a list is told by its first few.
    """

    code: str
    ball: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    resource: str = ""
    batch: str = ""


@dataclass(frozen=True)
class Told:
    """One thing that proves a gate: `code` names the sentence, `facts` fill it."""

    code: str
    facts: Mapping[str, Any]


def _told(code: str, **facts: Any) -> Told:
    return Told(f"told.{code}", facts)


def _paper(number: str) -> Told:
    """A number that is the proof itself, in no language."""
    return _told("paper", number=number)


Check = Callable[[Facts], Iterator[Shortfall]]
Run = tuple[MaskingPlan, MaskingReport]
MANAGER = "project_manager"


def _of(code: str, ball: str, entry: Entry, **facts: Any) -> Shortfall:
    return Shortfall(code, ball, {"name": entry.version.name, **facts}, entry.resource.key)


def _apply(facts: Facts) -> Iterator[Shortfall]:
    for need in stated_by(facts.project.kind):
        if need["required"] and not facts.project.facts.get(need["id"]):
            yield Shortfall(f"no_{need['id']}", MANAGER)


def _catalogue(facts: Facts) -> Iterator[Shortfall]:
    open_tables = [t for t in facts.tables if t.resource_id is None and not t.exempt_because]
    if open_tables:
        names = [table.name for table in open_tables]
        count = len(facts.tables) - len(open_tables)
        known = {"linked": count, "all": len(facts.tables), "names": names, "n": len(open_tables)}
        yield Shortfall("tables_open", "registrar", known)
    bare = [s.name for s in facts.systems if s.id not in {t.system_id for t in facts.tables}]
    # A system of the level above is not ours to count; at the approval nothing is built yet.
    ours = applicability(facts)["extent"] != "filing" and facts.stage != "approval"
    if bare and ours:
        # Of a system none of whose tables are registered nobody can say what is missing.
        yield Shortfall("no_tables", "registrar", {"n": len(bare), "names": bare})
    if not facts.entries:
        # Exempting every table is no catalogue: that nothing arises is declared and signed.
        yield Shortfall("no_entries", "registrar")
    if facts.gone:
        known = {"n": len(facts.gone), "codes": list(facts.gone)}
        yield Shortfall("entry_gone", "registrar", known)
    for entry in facts.entries:
        if entry.problems:
            message = entry.problems[0].message("zh")
            yield _of("faulty", "registrar", entry, n=len(entry.problems), first=message)
        if entry.resource.remediation_due is not None:
            yield _of("remediation", "registrar", entry, due=str(entry.resource.remediation_due))
        if facts.stage != "approval" and entry.version.state == "draft":
            yield _of("still_draft", "registrar", entry)


def applicability(facts: Facts) -> Mapping[str, Any]:
    """How far the measures bind this kind of project (Art. 2, 15, 21, 22, 24), as a row of data."""
    rows: Sequence[Mapping[str, Any]] = schemas.codes.table("acceptance_gates")["applicability"]
    return next(row for row in rows if row["kind"] == facts.project.kind)


def _items(entry: Entry) -> list[Mapping[str, Any]]:
    rows = entry.document.get("items")
    return [i for i in rows if isinstance(i, Mapping)] if isinstance(rows, list) else []


def _grade(facts: Facts) -> Iterator[Shortfall]:
    for entry in facts.entries:
        bare = [str(item.get("name") or "") for item in _items(entry) if not item.get("level")]
        if bare:
            yield _of("ungraded", "registrar", entry, n=len(bare), items=bare)
        floors = [p for p in entry.problems if (p.rule or "").startswith("F")]
        if floors:
            yield _of("grade_floor", "registrar", entry, first=floors[0].message("zh"))


def _share(facts: Facts) -> Iterator[Shortfall]:
    for entry in facts.entries:
        found = [p for p in entry.problems if (p.rule or "").startswith("S")]
        if found:
            first = found[0].message("zh")
            yield _of("share_rule", "registrar", entry, n=len(found), first=first)


def _decided(facts: Facts, entry: Entry, *steps: str) -> bool:
    """Whether one of the steps was taken on exactly this text, formal changes aside."""
    known = facts.decisions.get(entry.version.id, {})
    texts = facts.digests.get(entry.version.id, frozenset())
    return any(s in known and known[s].digest in texts for s in steps)


def _secrecy(facts: Facts) -> Iterator[Shortfall]:
    if facts.frozen:
        yield Shortfall("frozen", "secrecy", {"n": facts.frozen})
    for entry in facts.entries:
        if not _decided(facts, entry, "clear"):
            yield _of("not_cleared", "secrecy", entry, number=entry.version.ordinal)
        elif "secrecy" not in facts.assessments.get(entry.version.id, {}):
            yield _assessed("no_secrecy_assessment", entry)


def _impact(facts: Facts) -> Iterator[Shortfall]:
    for entry in facts.entries:
        if entry.personal and "pia" not in facts.assessments.get(entry.version.id, {}):
            yield _assessed("no_impact_assessment", entry)


def _assessed(code: str, entry: Entry) -> Shortfall:
    """What one role alone may enter (`assess`), and where it does."""
    batch = entry.version.submission
    return replace(_of(code, "secrecy", entry), batch=batch.key if batch else "")


def _masking(facts: Facts) -> Iterator[Shortfall]:
    """Every release profile of an entry has a report that holds: of its plan, on its elements."""
    for entry in facts.entries:
        if not entry.personal:
            continue
        found = facts.proofs.get(entry.version.id, {})
        if not found:
            yield _of("masking_no_plan", "registrar", entry)
        for proof in found.values():
            if proof.reason:
                ball = _RECHECK.get(proof.reason, "registrar")
                yield _of(f"masking_{proof.reason}", ball, entry, **_changed(proof))
        yield from _mounted_file(facts, entry, found)


def _mounted_file(facts: Facts, entry: Entry, found: Mapping[str, Proof]) -> Iterator[Shortfall]:
    """A file that is mounted is the one of a report that holds; of no file nothing is known."""
    mount = facts.mounts.get(entry.resource.id)
    held = [one.report.report for one in found.values() if one.report is not None]
    if mount is None or not mount.file_digest or not held:
        return
    # A report of a plan alone has no output.
    if mount.file_digest not in {(one.get("output") or {}).get("digest") for one in held}:
        known = {"number": mount.number, "on": str(mount.tested_on)}
        yield _of("masking_mounted_differs", "operator", entry, **known)


def _changed(proof: Proof) -> dict[str, str]:
    """What of the catalogue changed since the plan, in both languages."""
    first = proof.changed[:5]
    return {
        "what": "、".join(one.told("zh") for one in first),
        "what_en": "; ".join(one.told("en") for one in first),
    }


# What is done but for the second person is with the head, not with the registrar.
_RECHECK = {"not_rechecked": "head"}


LISTS = ("responsibility", "negative", "supply-demand")


def _lists(facts: Facts) -> Iterator[Shortfall]:
    """Each list has an edition, and its rows about the project's entries are those of today.

    What the state column says moves on by itself, and what was asked for a moment ago is not in
    an edition yet.
    """
    scope = {entry.resource.id for entry in facts.entries}
    keys = {key for one in scope for key in facts.listed.keys.get(one, ())}
    keys |= {entry.resource.key for entry in facts.entries}
    for name in LISTS:
        edition = facts.editions.get(name)
        if edition is None:
            yield Shortfall("no_edition", "head", {"list": name})
            continue
        listed = facts.listed.rows.get((facts.project.unit_id, name), ())
        now = [row for resource, row in listed if resource in scope]
        then = [row for row in edition.rows if row.get("key") in keys]
        known_keys = {row.get("key") for row in then}
        # What others have asked for since binds from the next edition on.
        now = [r for r in now if r["key"] in known_keys or not _is_new(facts, name, r)]
        found = lists.differing(then, now)
        if found:
            known = {
                "list": name,
                "number": edition.number,
                "n": len(found),
                "rows": list(dict.fromkeys(_called(dict(row)) for row in found)),
            }
            yield Shortfall("edition_outdated", "head", known)


def _is_new(facts: Facts, name: str, row: Mapping[str, str]) -> bool:
    """Whether an edition need not say this row yet (acceptance_gates.json, G-LISTS, `grace`).

    A request of another unit on the eve of the acceptance is none of the project's doing: what
    came in since the verification was asked for waits for the next edition, and so does anything
    as young as the days the schedule gives the head for issuing the lists.
    """
    rule = schemas.codes.table("acceptance_gates")["list_grace"]
    on = row.get("on", "")
    if name != rule["list"] or not on:
        return False
    asked = (facts.project.facts.get("asked") or {}).get(facts.stage, "")
    if asked and on >= asked:
        return True
    return facts.days.between(date.fromisoformat(on), facts.day) <= int(rule["working_days"])


def _called(row: Mapping[str, str]) -> str:
    """A row in a few words: what it is about, and whose act of which day brought it."""
    name = row.get("name") or row.get("wanted") or ""
    if element := row.get("element"):
        return f"{name}·{element}"
    if not row.get("party"):
        return name
    who = f"向{row['party']}" if row.get("side") == "我需" else row["party"]
    return f"{name}（{who} {row.get('on', '')} 申请）"


def _head(facts: Facts) -> Iterator[Shortfall]:
    for entry in facts.entries:
        if not _decided(facts, entry, "approve", "adopt"):
            yield _of("not_approved", "head", entry, number=entry.version.ordinal)


def _review(facts: Facts) -> Iterator[Shortfall]:
    for entry in facts.entries:
        if entry.version.state != "published" or not _decided(facts, entry, "publish", "adopt"):
            ball = "reviewer" if entry.version.state == "in_authority_review" else "registrar"
            yield _of("not_reviewed", ball, entry, number=entry.version.ordinal)


def _mount(facts: Facts) -> Iterator[Shortfall]:
    for entry in facts.entries:
        resource = entry.resource
        if entry.document.get("share_type") == "3" or facts.exempt("G-MOUNT", resource=resource):
            continue
        mount = facts.mounts.get(resource.id)
        if mount is None:
            yield _of("not_mounted", "operator", entry)
            continue
        if not mount.answered:
            yield _of("mount_silent", "operator", entry, on=str(mount.tested_on))
        yield from _freshness(facts, entry, mount)
        items = _items(entry)
        given = set(mount.columns)
        # The platform may show the name of the field instead of the name of the item.
        missing = [
            str(i.get("name"))
            for i in items
            if i.get("name") not in given and i.get("field_name") not in given
        ]
        if missing:
            yield _of("columns_missing", "operator", entry, columns=missing)


def _freshness(facts: Facts, entry: Entry, mount: Mount) -> Iterator[Shortfall]:
    """A test says something about the text it was made on, for as long as the cycle allows."""
    tested = {"on": str(mount.tested_on), "number": mount.number}
    live = entry.resource.live
    if live is not None and live.id == entry.version.id:
        since = _day(facts.since[live.id])
        if since > str(mount.tested_on):
            yield _of("mount_before_version", "operator", entry, since=since, **tested)
    cycle = str(entry.document.get("update_cycle"))
    word = schemas.codes.label("update_cycle", cycle)
    if _too_old(facts.days, cycle, mount.tested_on, facts.day):
        yield _of("mount_old", "operator", entry, cycle=word, **tested)
    if mount.fresh_on and _too_old(facts.days, cycle, mount.fresh_on, mount.tested_on):
        fresh = str(mount.fresh_on)
        yield _of("mount_stale", "registrar", entry, cycle=word, fresh=fresh, **tested)


def _too_old(days: Calendar, cycle: str, start: date, end: date) -> bool:
    """Whether more time passed than a source of this cycle may take (table max_age)."""
    most: Mapping[str, int] = schemas.codes.table("update_cycle")["max_age"].get(cycle) or {}
    if "working_days" in most:
        return days.between(start, end) > most["working_days"]
    allowed = most.get("days", most.get("hours", 0) / 24)
    return bool(most) and (end - start).days > allowed


def _documents(gate: str, ball: str) -> Check:
    """Each system in scope has its proof, and the proof has not run out."""

    def check(facts: Facts) -> Iterator[Shortfall]:
        yield from _no_system(facts)
        for system in facts.systems:
            if facts.exempt(gate, system=system):
                continue
            yield from _document(facts, gate, ball, system)

    return check


def _no_system(facts: Facts) -> Iterator[Shortfall]:
    """Without a system nothing was proved; that there is none is a reason to be signed."""
    if not facts.systems:
        yield Shortfall("no_systems", MANAGER)


def _document(facts: Facts, gate: str, ball: str, system: System | None) -> Iterator[Shortfall]:
    proof = facts.proof(gate, system)
    known = {"system": system.name} if system else {"system": facts.project.name}
    if proof is None:
        yield Shortfall("no_proof", ball, known)
    elif proof.next_on is not None and proof.next_on < facts.day:
        yield Shortfall("proof_expired", ball, {**known, "on": str(proof.next_on)})


def _cloud(facts: Facts) -> Iterator[Shortfall]:
    if facts.project.kind == "service":
        # Data may stay with the vendor when the contract lets the unit take them out.
        yield from _no_system(facts)
        if facts.project.facts.get("export_clause"):
            return
        for system in facts.systems:
            if facts.proof("G-CLOUD", system) is None:
                yield Shortfall("vendor_cloud", MANAGER, {"system": system.name})
        return
    yield from _documents("G-CLOUD", "operator")(facts)


def _interface(facts: Facts) -> Iterator[Shortfall]:
    yield from _document(facts, "G-IF", "operator", None)


def _findings(facts: Facts) -> Iterator[Shortfall]:
    for finding in facts.findings:
        if finding.state != "closed":
            known = {"kind": finding.kind, "due": str(finding.due)}
            late = finding.due < facts.day
            yield Shortfall("finding_late" if late else "finding_open", MANAGER, known)


CHECKS: Mapping[str, Check] = {
    "G-APPLY": _apply,
    "G-CLOUD": _cloud,
    "G-BRAIN": _documents("G-BRAIN", "operator"),
    "G-CAT": _catalogue,
    "G-GRADE": _grade,
    "G-SHARE": _share,
    "G-SECRET": _secrecy,
    "G-PIA": _impact,
    "G-DEID": _masking,
    "G-LISTS": _lists,
    "G-HEAD": _head,
    "G-REVIEW": _review,
    "G-MOUNT": _mount,
    "G-IF": _interface,
    "G-SEC": _documents("G-SEC", MANAGER),
    "G-CRYPTO": _documents("G-CRYPTO", MANAGER),
    "G-FIND": _findings,
}


def _day(moment: datetime) -> str:
    return moment.astimezone(CITY).date().isoformat()


def _dated(code: str, moments: Sequence[datetime], **counts: int) -> list[Told]:
    """What was counted, and the day of the last; never names, which may be restricted."""
    return [_told(code, on=_day(max(moments)), **counts)] if moments else []


def _masked(facts: Facts) -> list[Told]:
    """How many entries had to be masked and are, and on what the reports that hold were run."""
    bound = [entry for entry in facts.entries if entry.personal]
    proofs = [facts.proofs.get(entry.version.id, {}) for entry in bound]
    done = sum(bool(one) and not any(proof.reason for proof in one.values()) for one in proofs)
    found = [proof for one in facts.proofs.values() for proof in one.values()]
    held = [one.report for one in found if one.report is not None]
    told = [_told("masked", done=done, all=len(bound))]
    if free := len(facts.entries) - len(bound):
        told.append(_told("free", n=free))
    told += _dated("reports", [report.run_at for report in held], n=len(held))
    if made_up := sum(report.kind == "plan_only" for report in held):
        told.append(_told("made_up", n=made_up))
    if beside := sum(one.beside is not None for one in found):
        told.append(_told("beside", n=beside))
    return told


def _mounted(facts: Facts) -> list[Told]:
    """How many entries had to be mounted and are, why others need not be, and the numbers."""
    withheld = [e for e in facts.entries if e.document.get("share_type") == "3"]
    rest = [e for e in facts.entries if e not in withheld]
    signed = {e.resource.id: facts.exempt("G-MOUNT", resource=e.resource) for e in rest}
    reasons = Counter(one.reason for one in signed.values() if one is not None)
    bound = [e for e in rest if signed[e.resource.id] is None]
    done = sum(e.resource.id in facts.mounts for e in bound)
    told = [_told("mounted", done=done, all=len(bound))]
    if withheld:
        told.append(_told("withheld", n=len(withheld)))
    told += [_told("unmounted", n=count, na_reason=why) for why, count in reasons.items()]
    if numbers := sorted({mount.number for mount in facts.mounts.values()}):
        code = "many_numbers" if len(numbers) > _NUMBERS else "numbers"
        told.append(_told(code, numbers=numbers[:_NUMBERS], n=len(numbers)))
    return told


def _covered(facts: Facts) -> list[Told]:
    """How many tables of the scope are covered; where none is registered, that is told."""
    linked = sum(1 for t in facts.tables if t.resource_id or t.exempt_because)
    entries = _told("entries", n=len(facts.entries))
    if facts.tables:
        return [_told("tables", done=linked, all=len(facts.tables)), entries]
    return [_told("no_tables" if facts.systems else "no_systems"), entries]


# So many numbers of mounts are written out; of more it is told how many there are.
_NUMBERS = 12


def evidence_of(facts: Facts, gate: str) -> list[Told]:
    """What proves a gate, in short: numbers of papers, counts of what was judged."""
    if gate in {"G-CLOUD", "G-BRAIN", "G-IF", "G-SEC", "G-CRYPTO"}:
        proofs = [
            _told("dated_paper", number=e.number, on=str(e.on))
            for e in facts.evidence
            if e.gate == gate
        ]
        signed = [(system, facts.exempt(gate, system=system)) for system in facts.systems]
        return proofs + [
            _told("exempt", system=system.name, na_reason=one.reason)
            for system, one in signed
            if one is not None
        ]
    if gate == "G-APPLY":
        stated = [facts.project.facts.get(need["id"]) for need in stated_by(facts.project.kind)]
        return [_paper(str(one)) for one in (facts.project.approval, *stated) if one]
    if gate == "G-CAT":
        return _covered(facts)
    if gate == "G-GRADE":
        graded = [
            item for e in facts.entries for item in _items(e) if item.get("level") not in {None, ""}
        ]
        every = sum(len(_items(entry)) for entry in facts.entries)
        return [_told("graded", n=len(facts.entries), done=len(graded), all=every)]
    if gate == "G-SHARE":
        clean = sum(
            not any((p.rule or "").startswith("S") for p in e.problems) for e in facts.entries
        )
        return [_told("clean", done=clean, all=len(facts.entries))]
    if gate == "G-FIND":
        closed = sum(finding.state == "closed" for finding in facts.findings)
        if not facts.findings:
            return [_told("no_findings")]
        return [_told("findings", n=len(facts.findings), done=closed)]
    if gate == "G-LISTS":
        return [_paper(e.paper_number) for e in facts.editions.values() if e.paper_number]
    if gate in {"G-SECRET", "G-HEAD", "G-REVIEW"}:
        step = {"G-SECRET": "clear", "G-HEAD": "approve", "G-REVIEW": "publish"}[gate]
        done = [e for e in facts.entries if _decided(facts, e, step)]
        days = [facts.decisions[entry.version.id][step].at for entry in done]
        return _dated("decided", days, done=len(done), all=len(facts.entries))
    if gate == "G-PIA":
        rows = [a for known in facts.assessments.values() for a in known.values()]
        numbers = sorted({a.number for a in rows if a.kind == "pia" and a.number})
        return [_paper(number) for number in numbers[:5]]
    if gate == "G-DEID":
        return _masked(facts)
    if gate == "G-MOUNT":
        return _mounted(facts)
    return []
