"""One request: who asks, by which right, in which transaction, and how it ends."""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import IO, Any, TypeVar, cast

import sqlalchemy as sa
from flask import (
    Flask,
    Request,
    Response,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    send_file,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from registry import access, accounts, db, discovery, journal
from registry.access import Actor
from registry.access.actor import NOBODY
from registry.config import Settings
from registry.db import Database
from registry.edge import csrf, receipts
from registry.errors import Forbidden, Missing, Refusal, SignInNeeded, TooLarge, Unreadable
from registry.models.accounts import FormKey
from search import Index

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])

FORM_KEY = "form_key"
# Bytes of a JSON body: files come in forms of several parts.
JSON_LIMIT = 1024 * 1024
# So long after it was asked the right of a reading call need not be asked again.
JUDGED_S = 1.0
# Whatever carries a body is judged before it is read, and must not be forged.
SENDING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


# Given the arguments of the address; what it yields is `prepared()` in the view.
Before = Callable[..., AbstractContextManager[object]]


@dataclass(frozen=True)
class Route:
    """What a view is: reading or writing, for which act, whether without a name.

    `guarded` views ask a browser that sends something for the token of its own forms. A view
    that stands `apart` runs in no transaction: it answers when the database does not. `before`
    is entered when the right was asked and the body read, and left when all is committed or
    undone: whatever takes long about a body is done there, and holds up nobody who writes. What
    is open `always` serves whoever has yet to choose an own password, too; nothing else does.
    """

    writes: bool
    act: str | None = None
    public: bool = False
    guarded: bool = True
    apart: bool = False
    before: Before | None = None
    always: bool = False


def reads(
    act: str | None = None, *, public: bool = False, guarded: bool = True, always: bool = False
) -> Callable[[View], View]:
    """Mark a view that changes nothing; `public`: also without signing in.

    Only what has no effect at all may be left unguarded: clients of CKAN post what they ask for.
    """
    route = Route(writes=False, act=act, public=public, guarded=guarded, always=always)
    return _marked(route)


def writes(
    act: str | None = None,
    *,
    public: bool = False,
    before: Before | None = None,
    always: bool = False,
) -> Callable[[View], View]:
    """Mark a view that changes something, under the lock of the one writer."""
    return _marked(Route(writes=True, act=act, public=public, before=before, always=always))


def probes() -> Callable[[View], View]:
    """Mark a view for machines that watch us: public, without transaction, actor or journal."""
    return _marked(Route(writes=False, public=True, apart=True))


def _marked(route: Route) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.route = route  # type: ignore[attr-defined]
        return view

    return mark


class _Sent(Request):
    """A request whose uploads stay in memory: what may be raw data is in no temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """A stream in memory, gone when the request is."""
        return BytesIO()


class Registry(Flask):
    """The application: Flask whose every view runs inside the transaction its mark asks for."""

    request_class = _Sent

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **more: Any
    ) -> None:
        """Refuse a view without a mark: forgetting it must not mean that everybody may."""
        free = endpoint is not None and endpoint.startswith("assets.")
        if view_func is not None and not free and not hasattr(view_func, "route"):
            raise TypeError(f"{rule}: a view needs @reads or @writes")
        super().add_url_rule(rule, endpoint, view_func, *args, **more)

    def dispatch_request(self) -> Any:
        """Ask for the right, read the body, begin, run the view, commit or roll back."""
        if request.routing_exception is not None:
            _recognise()
            self.raise_routing_exception(request)
        if request.method == "OPTIONS":
            # Answered without a transaction: nobody holds the lock by asking what is allowed.
            answer = self.make_default_options_response()
            answer.status_code = 204
            return answer
        view = self.view_functions[request.url_rule.endpoint]  # type: ignore[union-attr]
        route: Route | None = getattr(view, "route", None)
        if route is None or route.apart:
            return super().dispatch_request()
        if any("\x00" in str(value) for value in (request.view_args or {}).values()):
            raise Missing
        if request.method in SENDING:
            self._judge(route)
        with ExitStack() as kept:
            if route.before is not None:
                _prepare(route, route.before, kept)
            return self._in_transaction(route)

    def _judge(self, route: Route) -> None:
        """Ask for the right before the body is read; a refusal stands in the journal."""
        try:
            with db.glance(database()) as first:
                g.session = first
                g.judged = time.monotonic()
                g.actor = _who()
                _authorise(route)
        except Refusal as refusal:
            _remember_refusal(route, refusal)
            raise
        finally:
            g.pop("session", None)
        _read_body(route)

    def _in_transaction(self, route: Route) -> BaseResponse:
        opened = g.session = db.open_session(database(), writes=route.writes)
        try:
            # Asked again under the lock: rights may have ended while the body was read.
            if route.writes or not _is_judged():
                g.actor = _who()
                _authorise(route)
            answer = _done_before() if route.writes else None
            if answer is None:
                answer = self.make_response(super().dispatch_request())
                _note_form_key(route, answer)
                _hand_over(answer, journal.written(opened))
            if answer.status_code < 400:
                db.commit(opened)
            else:
                opened.rollback()
            return answer
        except DBAPIError as fault:
            opened.rollback()
            if db.is_passing(fault):
                raise db.unavailable(fault) from fault
            raise
        except Refusal as refusal:
            opened.rollback()
            _remember_refusal(route, refusal)
            raise
        except BaseException:
            opened.rollback()
            raise
        finally:
            opened.close()
            g.pop("session", None)


def _prepare(route: Route, before: Before, kept: ExitStack) -> None:
    """Do what comes before the transaction, over a snapshot that nobody waits for.

    A refusal of it stands in the journal as any other.
    """
    try:
        with db.transaction(database(), writes=False) as seen:
            g.session = seen
            g.prepared = kept.enter_context(before(**(request.view_args or {})))
    except Refusal as refusal:
        _remember_refusal(route, refusal)
        raise
    finally:
        g.pop("session", None)


def _recognise() -> None:
    """Know who asks for an address that is none: the page that says so is no door to sign in at.

    It is said without a name as well, so nothing that is away may stand in its way.
    """
    if csrf.SESSION_COOKIE not in request.cookies or _sent_token():
        return
    try:
        with db.glance(database()) as seen:
            g.session = seen
            g.actor = _who()
    except (Refusal, DBAPIError):
        log.info("request %s: who asks is not known", request_id())
    finally:
        g.pop("session", None)


def _is_judged() -> bool:
    """Whether a reading call was judged a moment ago: clients of CKAN post what they read."""
    return "judged" in g and time.monotonic() - g.judged < JUDGED_S


def _read_body(route: Route) -> None:
    """Read the whole body now, within the limit, so that no lock waits for a slow sender."""
    if request.is_json:
        request.max_content_length = min(JSON_LIMIT, request.max_content_length or JSON_LIMIT)
    try:
        request.get_data(cache=True, parse_form_data=True)
        request.form.to_dict(flat=True)
        # Of chunks the library takes as many bytes as it may and leaves the rest without a word.
        sent = request.environ
        chunked = request.content_length is None and sent.get("wsgi.input_terminated")
        if chunked and sent["wsgi.input"].read(1):
            raise TooLarge("too_large")
    except RequestEntityTooLarge as fault:
        raise TooLarge("too_large") from fault
    except (OSError, ClientDisconnected, *current_app.config.get("BODY_FAULTS", ())) as fault:
        # Chunks that are none, an end before the end, a sender who was too slow.
        raise Unreadable("cut_off") from fault
    # One database keeps NUL, the other cannot: no field of any form may hold it.
    if any("\x00" in name or "\x00" in value for name, value in request.form.items(multi=True)):
        raise Unreadable("unreadable")
    if route.guarded and g.actor.way != "token" and not csrf.holds():
        raise Forbidden("csrf")


def _authorise(route: Route) -> None:
    who = actor()
    if not route.public and not who.signed_in:
        raise SignInNeeded("sign_in")
    if who.owes_password and not route.always:
        raise Forbidden("own_password")
    if route.act is not None:
        refusal = access.why_not(who, route.act)
        if refusal is not None:
            raise refusal


def _who() -> Actor:
    """The actor of this request: by API token where one is sent, else by the browser's session."""
    sent = _sent_token()
    if sent:
        called = sent.removeprefix("Bearer ").strip()[:200]
        found = accounts.token_actor(session(), called)
        if found is None:
            raise SignInNeeded("sign_in")
        if found[1]:
            g.touch = partial(accounts.touch_token, token=called)
        return found[0]
    token = request.cookies.get(csrf.SESSION_COOKIE)
    signed_in = accounts.session_actor(session(), token[:200]) if token else None
    if token is None or signed_in is None:
        return NOBODY
    if signed_in[1]:
        g.touch = partial(accounts.touch_session, token=token)
    return signed_in[0]


def _sent_token() -> str | None:
    return request.headers.get("Authorization") or request.headers.get("X-CKAN-API-Key")


def _done_before() -> BaseResponse | None:
    """The answer of the first click, when this form was acted on already."""
    key = _form_key_of(request.form.get(FORM_KEY, ""))
    if not key or not actor().signed_in:
        return None
    answer = session().scalar(
        sa.select(FormKey.answer).where(FormKey.key == key, FormKey.person_id == actor().person_id)
    )
    if not answer:
        return None
    # An address holds no blank: behind it stand the journal rows of the first click.
    where, _, rows = answer.partition(" ")
    again = redirect(where, 303)
    _hand_over(again, receipts.unpacked(rows))
    return again


def _hand_over(answer: BaseResponse, rows: receipts.Rows | None) -> None:
    """Let the next page say what was done, to whoever is still signed in."""
    if answer.status_code == 303 and actor().signed_in:
        receipts.hand_over(answer, rows, secure=_is_secure())


def _is_secure() -> bool:
    return settings().public_url.startswith("https:")


def _form_key_of(sent: str) -> str:
    """The key as it is stored: of this person, so that nobody meets another's."""
    whole = f"{actor().person_id}:{sent}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest() if sent else ""


def _note_form_key(route: Route, answer: BaseResponse) -> None:
    key = _form_key_of(request.form.get(FORM_KEY, "")) if route.writes else ""
    where = answer.headers.get("Location", "")
    # 201 shows at once what was made and can be shown once; a second click is led to where it is.
    if key and where and actor().signed_in and answer.status_code in (201, 303):
        rows = receipts.packed(journal.written(session()))
        answered = f"{where[:360]} {rows}".strip()
        session().add(FormKey(key=key, person_id=actor().person_id, answer=answered))


def _remember_refusal(route: Route, refusal: Refusal) -> None:
    """Refused acts stand in the journal: a fact that outlives the rollback."""
    act = route.act or str(refusal.facts.get("act", ""))
    if not act or not route.writes or not isinstance(refusal, Forbidden):
        return
    key = str((request.view_args or {}).get("key", ""))[:40]
    who = actor()
    # Every group of pages is named by the plural of what it is about.
    subject = (request.blueprint or "resources").removesuffix("s")[:20]
    remember(lambda s: journal.refused(s, who, act, subject, key, refusal))


def remember(note: Callable[[Session], None]) -> None:
    """Store what must outlive a refusal, in a short transaction after the rollback."""
    with db.transaction(database(), writes=True) as own:
        note(own)


def session() -> Session:
    """The database session of this request."""
    return cast(Session, g.session)


def actor() -> Actor:
    """Who asks; NOBODY without a name."""
    if not has_request_context():
        return NOBODY
    return cast(Actor, g.get("actor", NOBODY))


def prepared() -> Any:
    """What the `before` of this view made of the body."""
    return g.prepared


def database() -> Database:
    """The database of the application."""
    return cast(Database, current_app.extensions["registry_database"])


def settings() -> Settings:
    """The settings of the application."""
    return cast(Settings, current_app.extensions["registry_settings"])


def act_by_token(act: str) -> None:
    """Refuse unless the request carries the API token of somebody who may do this act.

    For views that stand apart, and answer some without asking the database.
    """
    with db.glance(database()) as own:
        g.session = own
        try:
            g.actor = _who() if _sent_token() else NOBODY
            refusal = access.why_not(g.actor, act)
        finally:
            g.pop("session", None)
    if refusal is not None:
        raise refusal


def index() -> Index:
    """The search index of this process, behind its circuit breaker."""
    known = current_app.extensions
    if "registry_index" not in known:
        # Two threads may both make one: the first stays, and neither has opened anything yet.
        known.setdefault("registry_index", discovery.guarded(settings()))
    return cast(Index, known["registry_index"])


def go(address: str) -> BaseResponse:
    """Send the browser on after a form (303), so that a reload repeats nothing."""
    return redirect(address, 303)


def download(content: bytes, name: str) -> Response:
    """A file to be saved under this name, whatever its letters."""
    return send_file(BytesIO(content), as_attachment=True, download_name=name, max_age=0)


def form_key() -> str:
    """A fresh one-time key for a form."""
    return secrets.token_urlsafe(18)


def after(response: Response) -> Response:
    """The headers of every answer, the cookies of a visit, the last sight of who asked."""
    touch = g.pop("touch", None)
    if touch is not None and response.status_code < 500:
        # Losing one sight of a session or token must not fail an answer that is done.
        with suppress(Refusal):
            remember(touch)
    secure = _is_secure()
    receipts.forget(response)
    if "visit" in g:
        response.set_cookie(
            csrf.VISIT_COOKIE, g.visit, httponly=True, samesite="Lax", secure=secure
        )
    if request.args.get("lang") in ("zh", "en"):
        response.set_cookie("lang", request.args["lang"], samesite="Lax", secure=secure)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id()
    return response


def request_id() -> str:
    """The number of this request, the same in the log and on the page of a fault."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
