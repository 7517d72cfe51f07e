"""What each step of a request changes besides its state; every check a step needs of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import schemas
from registry import calendar
from registry.catalogue.numbering import next_number
from registry.errors import Conflict, Invalid
from registry.exchange import clocks
from registry.exchange.asked import (
    Document,
    asked_keys,
    asked_rows,
    day_of,
    item_problems,
    items_of,
    problems,
    require_storable,
    set_elements,
    share_types,
    strings,
)
from registry.exchange.proven import proven
from registry.exchange.reading import offered
from registry.models.exchange import Request
from schemas import Problem


@dataclass(frozen=True)
class Given:
    """What somebody gives with a step: words, a document, days; `seen` is the row he looked at."""

    text: str = ""
    document: Document | None = None
    days: int | None = None
    seen: int | None = None


@dataclass
class Outcome:
    """What a step changes: columns of the request, and what the journal is told of it."""

    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def nothing(session: Session, request: Request, given: Given) -> Outcome:
    """The step changes the state alone."""
    return Outcome()


def _require_offered(request: Request) -> None:
    resource = request.resource
    if resource.frozen_at is not None:
        raise Conflict("frozen", key=resource.key)
    if resource.live is None or resource.live.state != "published":
        raise Conflict("not_offered")


def _submit(session: Session, request: Request, given: Given) -> Outcome:
    """Everything is checked before the head's time is spent on it."""
    document = request.document if given.document is None else given.document
    require_storable(document)
    found = problems(session, request, document)
    if found:
        raise Invalid(found, code="request_not_ready")
    set_elements(session, request, document)
    return Outcome(columns={"document": dict(document)})


def _consent_out(session: Session, request: Request, given: Given) -> Outcome:
    """The clock of the provider starts with the day of receipt, which is not counted."""
    _require_offered(request)
    found = problems(session, request, request.document)
    if found:
        # The entry changed while the request lay with the head: back to the clerk.
        raise Invalid(found, code="request_not_ready")
    received = clocks.received_today(session)
    deadline = clocks.reply_deadline(share_types(session, request))
    due = clocks.due(session, received, deadline)
    own = request.number or number(session, "申请")
    return Outcome(
        columns={"received_on": received, "due": due, "number": own},
        facts={"due": due.isoformat()},
    )


def _ask_correction(session: Session, request: Request, given: Given) -> Outcome:
    return Outcome(columns={"correction_asked_on": calendar.today(), "extension_asked": None})


def _complete(session: Session, request: Request, given: Given) -> Outcome:
    """The clock goes on; the head consented to these items, so none may be added."""
    document = request.document if given.document is None else given.document
    require_storable(document)
    found = problems(session, request, document)
    consented = asked_keys(session, request)
    if set(items_of(document)) - consented:
        facts = {"limit": len(consented)}
        found.append(Problem("/items", "wider", facts, "Q1", record="request"))
    if found:
        raise Invalid(found, code="request_not_ready")
    set_elements(session, request, document)
    assert request.correction_asked_on is not None
    assert request.due is not None
    stopped = clocks.stopped_days(session, request.correction_asked_on)
    return Outcome(
        columns={
            "document": dict(document),
            "corrected_on": calendar.today(),
            "stopped_days": stopped,
            "due": clocks.prolonged(session, request.due, stopped),
        },
        facts={"stopped_days": stopped},
    )


def _prepare(session: Session, request: Request, given: Given) -> Outcome:
    """Per item yes or no; a no wants reason and basis (Art. 21)."""
    answer = dict(given.document or {})
    asked = asked_keys(session, request)
    yes = [key for key in strings(answer.get("granted")) if key in asked]
    if yes:
        answer["granted"] = yes
    else:
        answer.pop("granted", None)
    found = schemas.errors("answer", answer, at="submission")
    found += item_problems(offered(session, request.resource), yes, "/granted", "answer")
    if asked - set(yes):
        for name in ("reason", "basis"):
            if not answer.get(name):
                found.append(Problem(f"/{name}", "required", {}, "refusal", record="answer"))
    else:
        # Nothing is refused: words about a refusal would only confuse the reader.
        answer = {k: v for k, v in answer.items() if k not in ("reason", "basis")}
    until, asked_until = day_of(answer.get("until")), day_of(request.document.get("until"))
    found += schemas.untimely("answer", answer, calendar.today())
    if until is not None and asked_until is not None and until > asked_until:
        facts = {"limit": asked_until.isoformat()}
        found.append(Problem("/until", "beyond", facts, record="answer"))
    if found:
        raise Invalid(found, code="answer_not_ready")
    return Outcome(
        columns={"answer": answer, "extension_asked": None},
        facts={"granted": len(yes), "refused": len(asked) - len(yes)},
    )


def _grant(session: Session, request: Request, given: Given) -> Outcome:
    """The answer stands: items are granted one by one, the clock of the delivery starts."""
    _require_offered(request)
    answer = request.answer or {}
    keys = set(strings(answer.get("granted")))
    if item_problems(offered(session, request.resource), keys, "/granted", "answer"):
        raise Conflict("answer_outdated")
    return granted(session, request, keys, day_of(answer.get("until")))


def granted(
    session: Session, request: Request, keys: set[str], until: date | None = None
) -> Outcome:
    """These items are granted from today, the others not; 20 working days to deliver."""
    rows = asked_rows(session, request)
    for row in rows:
        row.granted = row.element_key in keys
    refused = sum(not row.granted for row in rows)
    today = calendar.today()
    ends = until or day_of(request.document.get("until"))
    deliver_by = clocks.due(session, today, clocks.DELIVERY)
    return Outcome(
        columns={"replied_on": today, "deliver_by": deliver_by, "ends_on": ends},
        facts={
            "granted": len(keys),
            "refused": refused,
            "deliver_by": deliver_by.isoformat(),
        },
    )


def _refuse(session: Session, request: Request, given: Given) -> Outcome:
    for row in asked_rows(session, request):
        row.granted = False
    return Outcome(columns={"replied_on": calendar.today()})


def _ask_extension(session: Session, request: Request, given: Given) -> Outcome:
    limit = _longest_extension(session, request)
    if given.days is None or not 1 <= given.days <= limit:
        raise Invalid([Problem("/days", "days", {"limit": limit}, record="request")])
    return Outcome(columns={"extension_asked": given.days}, facts={"days": given.days})


def _extend(session: Session, request: Request, given: Given) -> Outcome:
    days = request.extension_asked
    assert days is not None
    assert request.due is not None
    due = clocks.prolonged(session, request.due, days)
    return Outcome(
        columns={"extension_asked": None, "extension_days": days, "due": due},
        facts={"days": days, "due": due.isoformat()},
    )


def _decline_extension(session: Session, request: Request, given: Given) -> Outcome:
    return Outcome(columns={"extension_asked": None})


def _deliver(session: Session, request: Request, given: Given) -> Outcome:
    """Personal items go out under a proof of desensitization alone."""
    granted = {row.element_key for row in asked_rows(session, request) if row.granted}
    covered = proven(session, request, granted)
    if covered is not None and not covered.profile:
        raise Conflict("not_proven", key=request.resource.key)
    return Outcome(columns={"delivered_on": calendar.today()})


def _ask_data_correction(session: Session, request: Request, given: Given) -> Outcome:
    due = clocks.due(session, clocks.received_today(session), clocks.CORRECTION)
    return Outcome(columns={"data_correction_due": due}, facts={"due": due.isoformat()})


def _correct_data(session: Session, request: Request, given: Given) -> Outcome:
    return Outcome(columns={"data_correction_due": None})


def _end(session: Session, request: Request, given: Given) -> Outcome:
    today = calendar.today()
    ends = min(request.ends_on, today) if request.ends_on else today
    # Whose data are used no longer waits for no check of them.
    return Outcome(columns={"ends_on": ends, "data_correction_due": None})


def _reopen(session: Session, request: Request, given: Given) -> Outcome:
    """The provider answers anew, on a clock of its own."""
    received = clocks.received_today(session)
    deadline = clocks.reply_deadline(share_types(session, request))
    for row in asked_rows(session, request):
        row.granted = None
    return Outcome(
        columns={
            "due": clocks.due(session, received, deadline),
            "extension_days": 0,
            "answer": None,
            "replied_on": None,
        }
    )


EFFECTS: Mapping[str, Callable[[Session, Request, Given], Outcome]] = {
    "submit": _submit,
    "consent_out": _consent_out,
    "ask_correction": _ask_correction,
    "complete": _complete,
    "prepare": _prepare,
    "grant": _grant,
    "refuse": _refuse,
    "ask_extension": _ask_extension,
    "extend": _extend,
    "decline_extension": _decline_extension,
    "deliver": _deliver,
    "ask_data_correction": _ask_data_correction,
    "correct_data": _correct_data,
    "end": _end,
    "reopen": _reopen,
}


def _longest_extension(session: Session, request: Request) -> int:
    return clocks.longest_extension(clocks.reply_deadline(share_types(session, request)))


def number(session: Session, word: str) -> str:
    """The next number of a series of the year, such as 申请〔2026〕12号."""
    year = calendar.today().year
    return f"{word}〔{year}〕{next_number(session, f'{word}:{year}')}号"
