"""A walk over the life of a request by people of both sides, in any order, over many days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from registry import db, exchange, journal
from registry.access import persons_apart
from registry.errors import Refusal
from registry.exchange import STATES, STEPS, Given
from registry.exchange.life import CLOSED, GRANTED
from registry.models.exchange import RequestElement, RequestEvent
from registry.models.journal import JournalRow
from tests.exchange.offering import TYPED, Both, keys, offered
from tests.factories import Town, empty_database

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
NAMES = ("consumer", "head", "registrar", "sharing", "authority", "double")


class Requests(RuleBasedStateMachine):
    """Whatever is asked for, the table is kept, and a refusal changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.open = empty_database(Path(self.folder.name))
        self.session = db.open_session(self.open.__enter__(), writes=True)
        self.now = START

    @initialize(types=st.sampled_from(["222", "112", "111"]), standing=st.booleans())
    def begin(self, types: str, standing: bool) -> None:
        with time_machine.travel(self.now, tick=False):
            town = Town(self.session)
            self.both = Both(town)
            self.people = {name: getattr(self.both, name) for name in NAMES[:-1]}
            # One person with the posts of both sides: kept apart by person, not by post.
            self.people["double"] = self.both.on_both_sides()
            self.resource = offered(town, types=types)
            if standing and "1" in types:
                exchange.sign_standing(self.session, self.both.sharing, self.resource)
            self.keys = keys(town, self.resource)
            self.request = self.both.drafted(self.resource)

    @rule(days=st.integers(0, 12))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(
        who=st.sampled_from(NAMES),
        step=st.sampled_from(sorted(STEPS)),
        text=st.sampled_from(["", "写明理由"]),
        yes=st.integers(0, 2),
        days=st.sampled_from([None, 0, 1, 10, 11]),
    )
    def ask(self, who: str, step: str, text: str, yes: int, days: int | None) -> None:
        """Anybody asks for any step; half the time for the one that comes next."""
        document = None
        if step == "prepare":
            document = {"granted": self.keys[:yes], "reason": "理由", "basis": "依据"}
        if step in ("complete", "submit"):
            document = {**TYPED, "until": "2030-01-01", "items": self.keys[: yes + 1]}
        self.take(who, step, Given(text, document, days))

    @rule(choices=st.lists(st.integers(0, 30), min_size=1, max_size=8), yes=st.integers(0, 2))
    def go_on(self, choices: list[int], yes: int) -> None:
        """One after the other takes one of the steps his page offers."""
        for choice in choices:
            self.take_offer(choice, yes)

    def take_offer(self, choice: int, yes: int) -> None:
        with time_machine.travel(self.now, tick=False):
            offers = [
                (who, step)
                for who, actor in self.people.items()
                for step, refusal in exchange.available(self.session, actor, self.request).items()
                # Most walks end early if withdrawing weighs as much as going on.
                if refusal is None and (step != "withdraw" or choice == 30)
            ]
        if not offers:
            return
        who, step = offers[choice % len(offers)]
        document = {"granted": self.keys[:yes], "reason": "理由", "basis": "依据"}
        given = Given("写明", document if step == "prepare" else None, 5)
        self.take(who, step, given)

    def take(self, who: str, step: str, given: Given) -> None:
        before = self.shape()
        with time_machine.travel(self.now, tick=False):
            offered_steps = exchange.available(self.session, self.people[who], self.request)
            point = self.session.begin_nested()
            try:
                exchange.advance(self.session, self.people[who], self.request, step, given)
            except Refusal:
                point.rollback()
                assert self.shape() == before
                return
            point.commit()
        assert offered_steps[step] is None
        assert before[0] in STEPS[step].sources
        assert self.request.state in STATES

    def shape(self) -> tuple[object, ...]:
        r = self.request
        counts = [
            self.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (RequestEvent, JournalRow, RequestElement)
        ]
        return (r.state, r.row_version, r.due, r.deliver_by, r.ends_on, *counts)

    @invariant()
    def clocks_run_where_the_table_says(self) -> None:
        if not hasattr(self, "request"):
            return
        r = self.request
        kind = STATES[r.state].clock
        assert (kind in ("reply", "stopped")) <= (r.due is not None)
        assert (kind == "provide_data") <= (r.deliver_by is not None)
        assert (kind == "correction") <= (r.data_correction_due is not None)
        assert (r.state in GRANTED) <= (r.ends_on is not None and r.replied_on is not None)
        with time_machine.travel(self.now, tick=False):
            clock = exchange.clock(self.session, r)
        assert (clock is None) == (kind is None)

    @invariant()
    def only_what_was_answered_is_granted(self) -> None:
        if not hasattr(self, "request"):
            return
        granted = [row.granted for row in exchange.elements(self.session, self.request)]
        if self.request.state in GRANTED:
            assert True in granted
            assert None not in granted
        elif self.request.state not in CLOSED:
            assert True not in granted

    @invariant()
    def nobody_took_two_steps_that_are_kept_apart(self) -> None:
        if not hasattr(self, "request"):
            return
        done: dict[int, set[str]] = {}
        for event, _ in exchange.events(self.session, self.request):
            act = "request" if event.act == "draft" else STEPS[event.act].act
            if event.act != "grant_standing":
                done.setdefault(event.person_id, set()).add(act)
        for acts in done.values():
            for act in acts:
                assert acts.isdisjoint(persons_apart(act))

    def teardown(self) -> None:
        assert journal.verify(self.session) == []
        self.session.rollback()
        self.session.close()
        self.open.__exit__(None, None, None)
        self.folder.cleanup()


TestRequests = Requests.TestCase
TestRequests.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
