"""A walk over the life of entries by people of every post, beside a model in plain Python."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import schemas
import search
from registry import calendar, catalogue, db, discovery, journal
from registry.catalogue import RemarkText
from registry.errors import Refusal
from registry.models.accounts import Organisation
from registry.models.catalogue import Resource, Version
from tests.factories import Town, document, empty_database

# Who walks: posts in the unit unless said otherwise; "double" holds three, "stranger" elsewhere.
POSTS = {
    "registrar": ("registrar",),
    "secrecy": ("secrecy",),
    "head": ("head",),
    "reviewer": ("reviewer",),
    "second_reviewer": ("reviewer",),
    "double": ("registrar", "secrecy", "head"),
    "stranger": ("registrar", "secrecy", "head"),
    "consumer": ("consumer",),
}
ON_WORKING = ("hand_in", "clear", "approve", "publish", "return", "take_back", "formal")
ON_LIVE = ("suspend", "resume", "propose_retirement", "keep", "retire")
LIFE = {row["id"]: row for row in schemas.codes.table("life")["steps"]}
ROLES = {row["act"]: set(row["roles"]) for row in schemas.codes.table("roles")["may"]}
APART = {
    frozenset((row["a"], row["b"])) for row in schemas.codes.table("roles")["incompatible"]
} | {frozenset((row["id"], other)) for row in LIFE.values() for other in row["not_also_by"]}
FORWARD = {
    "in_secrecy_review": "clear",
    "in_head_review": "approve",
    "in_authority_review": "publish",
}


@dataclass
class Text:
    """A version in the model: its state, what stands in it, who did what, what it is based on."""

    state: str
    words: int
    cycle: int
    based_on: int | None = None
    done: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Entry:
    """An entry in the model: its versions by number, and which of them are live and working."""

    texts: dict[int, Text]
    live: int | None = None
    working: int | None = 1
    code: str | None = None

    def line(self, number: int) -> list[int]:
        found = [number]
        while (before := self.texts[found[-1]].based_on) and self.texts[before].state == "returned":
            found.append(before)
        return found

    def kept_apart(self, who: str, step: str, numbers: list[int]) -> bool:
        return any(
            person == who and frozenset((other, step)) in APART
            for number in numbers
            for other, person in self.texts[number].done
        )


class Lives(RuleBasedStateMachine):
    """Whatever is asked for, the product does what the model does, and a refusal nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.opening = empty_database(Path(self.folder.name))
        self.database = self.opening.__enter__()
        self.index = search.open("tantivy:", Path(self.folder.name) / "index")
        self.entries: dict[str, Entry] = {}
        self.turn = 0

    @initialize()
    def people(self) -> None:
        with db.transaction(self.database, writes=True) as session:
            town = Town(session)
            self.unit = town.department.id
            self.actors = {
                name: town.person(*posts, unit=town.other if name == "stranger" else None)
                for name, posts in POSTS.items()
            }
        for _ in range(2):
            self.register()
        # One of the two begins as a published entry, so that walks reach what comes afterwards.
        published = list(self.entries)[1]
        for who, step in (
            ("registrar", "hand_in"),
            ("secrecy", "clear"),
            ("head", "approve"),
            ("reviewer", "publish"),
        ):
            self.take(who, published, step)

    def register(self) -> None:
        with db.transaction(self.database, writes=True) as session:
            stored = catalogue.register(
                session,
                self.actors["registrar"],
                session.get_one(Organisation, self.unit),
                self.content(len(self.entries), 0, 0),
                declared=True,
            )
        text = Text("draft", 0, 0, done=[("register", "registrar")])
        self.entries[stored.key] = Entry({1: text})

    def content(self, number: int, words: int, cycle: int) -> dict[str, Any]:
        abstract = f"办理业务中形成的第{number}种信息，表述为第{words}稿，可用于叫号。"
        return document(f"信息{'甲乙丙丁'[number]}", abstract=abstract, update_cycle=str(2 + cycle))

    @rule(
        who=st.sampled_from(sorted(POSTS)),
        at=st.integers(0, 1),
        step=st.sampled_from((*ON_WORKING, *ON_LIVE, "revise", "save")),
    )
    def ask(self, who: str, at: int, step: str) -> None:
        """Anybody asks for anything."""
        self.take(who, list(self.entries)[at], step)

    @rule(at=st.integers(0, 1), choices=st.lists(st.integers(0, 40), min_size=2, max_size=12))
    def go_on(self, at: int, choices: list[int]) -> None:
        """One after the other takes one of the steps the model allows."""
        key = list(self.entries)[at]
        for choice in choices:
            open_: dict[str, list[str]] = {}
            for step in (*ON_WORKING, *ON_LIVE, "revise", "save"):
                people = [who for who in POSTS if self.allowed(who, self.entries[key], step)]
                # Most walks would end early if going back weighed as much as going on.
                if people and (choice > 36 or step not in ("retire", "return", "take_back")):
                    open_[step] = people
            if open_:
                step = sorted(open_)[choice % len(open_)]
                self.take(open_[step][choice % len(open_[step])], key, step)

    @rule(at=st.integers(0, 1), way=st.sampled_from(["words", "end", "kept", "back"]))
    def go_a_way(self, at: int, way: str) -> None:
        """What rarely comes together by chance, as far as it is allowed."""
        ways = {
            "words": [("registrar", "revise"), ("registrar", "save"), ("registrar", "formal")],
            "end": [("head", "propose_retirement"), ("second_reviewer", "retire")],
            "kept": [("head", "propose_retirement"), ("reviewer", "keep")],
            "back": [("registrar", "hand_in"), ("double", "clear"), ("double", "return")],
        }
        for who, step in ways[way]:
            self.take(who, list(self.entries)[at], step)

    def allowed(self, who: str, entry: Entry, step: str) -> bool:
        act = {"revise": "register", "save": "register"}.get(step, step)
        if who == "stranger" or ROLES[act].isdisjoint(POSTS[who]):
            return False
        live = entry.texts[entry.live] if entry.live else None
        working = entry.texts[entry.working] if entry.working else None
        if step == "revise":
            return working is None and live is not None and live.state in ("published", "suspended")
        if step == "save":
            return working is not None and working.state == "draft"
        if step in ON_WORKING:
            return self.allowed_on_working(who, entry, step, live, working)
        if live is None or live.state not in LIFE[step]["from"]:
            return False
        assert entry.live is not None
        if entry.kept_apart(who, step, [entry.live]):
            return False
        reviewing = working is not None and working.state in FORWARD
        if step == "resume":
            return working is None or (working.words, working.cycle) == (live.words, live.cycle)
        if step == "retire":
            return not reviewing and self.is_proposed(live)
        if step == "keep":
            return self.is_proposed(live)
        return not (step == "propose_retirement" and reviewing)

    def is_proposed(self, live: Text) -> bool:
        answers = [s for s, _ in live.done if s in ("propose_retirement", "keep")]
        return answers[-1:] == ["propose_retirement"]

    def allowed_on_working(
        self, who: str, entry: Entry, step: str, live: Text | None, working: Text | None
    ) -> bool:
        if working is None or working.state not in LIFE[step]["from"]:
            return False
        assert entry.working is not None
        if entry.kept_apart(who, step, entry.line(entry.working)):
            return False
        if step == "return":
            return not ROLES[FORWARD[working.state]].isdisjoint(POSTS[who])
        if step == "formal":
            if live is None or live.state != "published":
                return False
            return working.words != live.words and working.cycle == live.cycle
        return True

    def take(self, who: str, key: str, step: str) -> None:
        entry, done = self.entries[key], False
        expected = self.allowed(who, entry, step)
        self.turn += 1
        with (
            suppress(Refusal),
            db.transaction(self.database, writes=True) as session,
        ):
            self.call(session, who, key, step)
            done = True
        assert done == expected, (who, step, entry)
        if done:
            self.follow(who, entry, step)
        self.same(key)

    def call(self, session: Any, who: str, key: str, step: str) -> None:
        actor = self.actors[who]
        resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
        until = (calendar.today() + timedelta(days=9)).isoformat()
        if step == "revise":
            catalogue.revise(session, actor, resource)
        elif step in ("suspend", "propose_retirement", "keep"):
            typed = {"reason": "写明理由", **({"until": until} if step == "suspend" else {})}
            getattr(catalogue, step)(session, actor, resource, typed)
        elif step in ON_LIVE:
            getattr(catalogue, step)(session, actor, resource)
        else:
            version = catalogue.require_version(session, actor, key)
            if step == "save":
                words, cycle = self.typed(self.entries[key])
                content = self.content(list(self.entries).index(key), words, cycle)
                catalogue.save(session, actor, version, content)
            elif step == "hand_in":
                catalogue.hand_in(session, actor, [version])
            else:
                remarks = [RemarkText("", "R09", "请更正")] if step == "return" else []
                catalogue.advance(session, actor, version, step, remarks)

    def typed(self, entry: Entry) -> tuple[int, int]:
        """What this turn types: new words, now and then another cycle, sometimes the old text."""
        live = entry.texts[entry.live] if entry.live else Text("", 0, 0)
        if self.turn % 4 == 0:
            return live.words, live.cycle
        return (
            live.words + 1,
            live.cycle + 1 if self.turn % 3 == 0 and not live.cycle else live.cycle,
        )

    def follow(self, who: str, entry: Entry, step: str) -> None:
        """Do in the model what was done."""
        newest = max(entry.texts)
        if step == "revise":
            assert entry.live is not None
            old = entry.texts[entry.live]
            fresh = Text("draft", old.words, old.cycle, entry.live, [("register", who)])
            entry.texts[newest + 1], entry.working = fresh, newest + 1
            return
        number = entry.live if step in ON_LIVE else entry.working
        assert number is not None
        text = entry.texts[number]
        text.done.append(("register" if step == "save" else step, who))
        if step == "save":
            text.words, text.cycle = self.typed(entry)
            return
        if isinstance(LIFE[step]["to"], str):
            text.state = LIFE[step]["to"]
        if step in ("return", "take_back"):
            entry.texts[newest + 1] = Text("draft", text.words, text.cycle, number)
            entry.working = newest + 1
        if step in ("publish", "formal"):
            if entry.live:
                entry.texts[entry.live].state = "superseded"
                text.based_on = entry.live if step == "formal" else text.based_on
            entry.live, entry.working = number, None
        if step == "retire" and entry.working:
            entry.texts[entry.working].state, entry.working = "retired", None

    def same(self, key: str) -> None:
        entry = self.entries[key]
        with db.transaction(self.database, writes=False) as session:
            resource = session.scalars(sa.select(Resource).where(Resource.key == key)).one()
            versions = session.scalars(
                sa.select(Version).where(Version.resource_id == resource.id)
            ).all()
            assert {v.number: v.state for v in versions} == {
                n: t.state for n, t in entry.texts.items()
            }
            assert (resource.live.number if resource.live else None) == entry.live
            assert (resource.working.number if resource.working else None) == entry.working
            # A code is given at the first publication and stays whatever happens.
            assert (resource.code is not None) == (entry.live is not None)
            assert entry.code in (None, resource.code)
            entry.code = resource.code

    @rule()
    def drain(self) -> None:
        discovery.drain(self.database, self.index)

    @invariant()
    def no_code_is_given_twice(self) -> None:
        codes = [entry.code for entry in self.entries.values() if entry.code]
        assert len(codes) == len(set(codes))

    def teardown(self) -> None:
        while discovery.drain(self.database, self.index):
            pass
        assert discovery.verify(self.database, self.index) == []
        other = search.open("tantivy:", Path(self.folder.name) / "other")
        discovery.rebuild(self.database, other)
        assert sorted(other.versions()) == sorted(self.index.versions())
        with db.transaction(self.database, writes=False) as session:
            assert journal.verify(session) == []
        other.close()
        self.index.close()
        self.opening.__exit__(None, None, None)
        self.folder.cleanup()


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=16,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
