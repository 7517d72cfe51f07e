"""From a refusal or a fault to an answer: words and status in one place, for page or JSON."""

import json
import logging
from collections.abc import Mapping
from errno import EDQUOT, EFBIG, ENOSPC
from typing import Any

from flask import Flask, Response, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed

import schemas
from registry.db import NO_ROOM_S
from registry.edge.addresses import came_from
from registry.edge.locale import LOCALES, current, gettext
from registry.edge.requests import actor, request_id
from registry.edge.words import sentence, translated
from registry.errors import Invalid, Refusal, SignInNeeded, Unavailable

log = logging.getLogger(__name__)

# Title and sentence by language.
Words = Mapping[str, tuple[str, str]]

_FULL = {ENOSPC, EDQUOT, EFBIG}
_HTTP_CODES = {400: "unreadable", 404: "missing", 405: "method", 413: "too_large"}


def install(app: Flask) -> None:
    """Answer every refusal, every HTTP fault and everything unforeseen."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(OSError, of_system)
    app.register_error_handler(Exception, unforeseen)


def refused(refusal: Refusal) -> Any:
    """The answer to a refusal; who has to sign in, or to choose a password, is led there."""
    door = _door(refusal)
    if door and not _wants_json() and request.method == "GET":
        return Response(status=303, headers={"Location": url_for(door, next=_here())})
    # Counted where the answer is complete, see edge.metrics; a code, never its facts.
    g.refusal = refusal.code
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    words = {locale: sentence(refusal, locale) for locale in LOCALES}
    answer = _answer(refusal.status, refusal.code, words, problems, remedy=_remedy(refusal))
    retry = getattr(refusal, "retry_after", None)
    if retry:
        answer.headers["Retry-After"] = str(retry)
    if refusal.status == 401:
        # RFC 9110, 15.5.2. Browsers ask nobody for a token of this kind.
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _door(refusal: Refusal) -> str | None:
    """The page to pass before the one that was asked for, which leads on to it."""
    if isinstance(refusal, SignInNeeded):
        return "sign_in.form"
    return "sign_in.password" if refusal.code == "own_password" else None


def _remedy(refusal: Refusal) -> tuple[str, str] | None:
    """The way back to a form that came from nobody, or from a session that is over."""
    came = came_from(request.referrer or "", request.host)
    if isinstance(refusal, SignInNeeded):
        back = came or request.path
        return gettext("登录并回到刚才的页面"), url_for("sign_in.form", next=back)
    if refusal.code == "own_password":
        back = came or request.path
        return gettext("设置自己的口令"), url_for("sign_in.password", next=back)
    if refusal.code == "csrf" and came:
        return gettext("回到刚才的页面"), came
    if refusal.code == "nothing_chosen":
        return gettext("回到工作台"), url_for("inbox.inbox")
    key = refusal.facts.get("key")
    if refusal.code == "not_a_draft" and key:
        return gettext("核对或者撤回这个条目"), url_for("deciding.difference", key=key)
    if refusal.code == "no_draft" and key:
        return gettext("打开条目"), url_for("resources.show", key=key)
    return None


def http(fault: HTTPException) -> Any:
    """The answer to a fault of HTTP itself: an unknown address, a wrong method."""
    if fault.code is not None and fault.code < 400:
        return fault
    code = _HTTP_CODES.get(fault.code or 500, "unreadable")
    if code == "unreadable" and request.method in ("GET", "HEAD"):
        # Who only asks has sent nothing that could have been stored.
        code = "unreadable_question"
    answer = _answer(fault.code or 400, code, _both(code))
    if isinstance(fault, MethodNotAllowed) and fault.valid_methods:
        # RFC 9110, 15.5.6: a refusal of a method names those that are answered.
        answer.headers["Allow"] = ", ".join(sorted(fault.valid_methods))
    return answer


def unread(status: int, code: str) -> Response:
    """The answer to an address nobody read: in both languages, since none could be asked for."""
    pairs = _both(code)
    title, text = (" / ".join(pairs[locale][part] for locale in LOCALES) for part in (0, 1))
    remedy = ("首页 / Home", url_for("home.home"))
    return _answer(status, code, dict.fromkeys(LOCALES, (title, text)), remedy=remedy)


def of_system(fault: OSError) -> Any:
    """A full disk is told as such: whoever sent something can do no more than have it mended."""
    if fault.errno not in _FULL:
        return unforeseen(fault)
    log.warning("request %s found no room on the disk", request_id())
    return refused(Unavailable("no_room", retry_after=NO_ROOM_S))


def unforeseen(fault: Exception) -> Any:
    """A number for the reader, the cause for the log; nothing of the inside on the page."""
    log.error("request %s failed: %s", request_id(), type(fault).__name__, exc_info=fault)
    return _answer(500, "fault", _both("fault"), number=request_id())


def _both(code: str) -> Words:
    return {locale: translated(code, locale) for locale in LOCALES}


def _answer(
    status: int,
    code: str,
    words: Words,
    problems: tuple[schemas.Problem, ...] = (),
    number: str | None = None,
    remedy: tuple[str, str] | None = None,
) -> Response:
    title, text = words[current()]
    if _wants_json():
        body = {
            "type": code,
            "title": title,
            "detail": text,
            "status": status,
            "errors": [_told(problem) for problem in problems],
            # Programs log what people read: both languages, whichever was asked for.
            "languages": {
                locale: {"title": words[locale][0], "detail": words[locale][1]}
                for locale in LOCALES
            },
        }
        # What a program sent may come back in it, even what is no text.
        told = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        answer = Response(told, content_type="application/problem+json")
    else:
        g.setdefault("actor", actor())
        answer = Response(
            render_template(
                "error.html",
                status=status,
                title=title,
                text=text,
                problems=problems,
                number=number,
                remedy=remedy,
            ),
            content_type="text/html; charset=utf-8",
        )
    answer.status_code = status
    return answer


def _told(problem: schemas.Problem) -> dict[str, Any]:
    return {
        "pointer": problem.pointer,
        "message": problem.message(current()),
        "rule": problem.rule,
        "messages": {locale: problem.message(locale) for locale in LOCALES},
    }


def _wants_json() -> bool:
    wishes = request.accept_mimetypes
    best = wishes.best_match(["text/html", "application/json"])
    # Whoever reads neither is no browser, and JSON is what programs log.
    return bool(wishes and best != "text/html") or _is_for_programs(request.path)


# Nobody who asks for these looks at a page: a refusal is a problem with its status, no redirect.
_PROGRAMS = (
    "/api/", "/catalog", "/dataset/", "/oai", "/manifest", "/livez", "/readyz", "/metrics"
)  # fmt: skip


def _is_for_programs(path: str) -> bool:
    return (
        path == "/api" or path.startswith(_PROGRAMS) or path.endswith((".jsonld", ".ttl", ".xml"))
    )


def _here() -> str:
    return request.full_path.rstrip("?")
