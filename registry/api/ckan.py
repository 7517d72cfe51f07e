"""The Action API of CKAN: its addresses, its envelope, its errors.

Clients read by POST, so the table of routes says what a call is, never the method. Under both
prefixes, with and without a slash at the end, without a redirect.
"""

import json
import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from registry.access import Actor
from registry.access.actor import NOBODY
from registry.api import bodies
from registry.api.actions import ACTIONS
from registry.api.call import Call, SearchRefused
from registry.api.searching import Said
from registry.api.writing import WRITES, require_writer
from registry.edge import actor, index, reads, session, settings, writes
from registry.edge.locale import LOCALES
from registry.edge.words import sentence, translated
from registry.errors import Conflict, Forbidden, Invalid, Missing, Refusal, SignInNeeded, Unreadable

calls = Blueprint("ckan", __name__)

JSON = "application/json;charset=utf-8"
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,80}")
_TYPES = (
    (SignInNeeded, 403, "Authorization Error"),
    (Forbidden, 403, "Authorization Error"),
    (Missing, 404, "Not Found Error"),
    (Invalid, 409, "Validation Error"),
    (Conflict, 409, "Validation Error"),
)
_WRITING = f"any({', '.join(WRITES)})"


@calls.get("/api/3", strict_slashes=False)
@calls.get("/api", strict_slashes=False)
@reads(public=True)
def version() -> Response:
    """The version of the API, as clients probe it."""
    return _said({"version": 3})


@calls.post(f"/api/3/action/<{_WRITING}:name>", strict_slashes=False)
@calls.post(f"/api/action/<{_WRITING}:name>", strict_slashes=False)
@writes()
def write(name: str) -> Response:
    """Answer one action that writes; creation is answered with 200 too, as CKAN does."""
    require_writer(actor(), name)
    given = bodies.parameters()
    # Of a file the name is enough: this registry holds no data, the rest of it is never looked at.
    for field, file in request.files.items():
        given.setdefault(field, (file.filename or field)[:200])
    return _done(name, WRITES[name](_call(actor(), given)))


@calls.route("/api/3/action/<name>", methods=["GET", "POST"], strict_slashes=False)
@calls.route("/api/action/<name>", methods=["GET", "POST"], strict_slashes=False)
@reads(public=True, guarded=False)
def act(name: str) -> Response:
    """Answer one action that reads."""
    if name in WRITES:
        return _said(f"Bad request: {name} changes something and is asked for by POST", 400)
    action = ACTIONS.get(name)
    if action is None:
        return _said(f"Bad request: Action name not known: {name[:80]}", 400)
    given = bodies.parameters()
    callback = given.get("callback") if request.method == "GET" else None
    # Script text can be asked for by any page of the world: it is made for nobody in particular.
    asker = NOBODY if callback is not None else actor()
    answer = _done(name, action(_call(asker, given)))
    return answer if callback is None else _as_script(answer, callback)


def _done(name: str, result: object) -> Response:
    """The envelope of what was done; a result that is JSON already goes into it as it is."""
    head = json.dumps({"help": _help(name), "success": True}, ensure_ascii=False)
    told = result if isinstance(result, Said) else json.dumps(result, ensure_ascii=False)
    return Response(f'{head[:-1]}, "result": {told}}}', 200, content_type=JSON)


def _call(asker: Actor, given: dict[str, Any]) -> Call:
    return Call(session(), asker, index(), settings().anonymous, settings().public_url, given)


def refused(refusal: Refusal) -> Response:
    """A refusal in the envelope clients turn back into their own exceptions."""
    if isinstance(refusal, Unreadable):
        return _said(f"Bad request: JSON Error: {refusal.facts.get('reason', '')}", 400)
    answer = _said(
        {"help": _help(_action()), "success": False, "error": _error(refusal)}, _status(refusal)
    )
    retry = getattr(refusal, "retry_after", None)
    if retry:
        answer.headers["Retry-After"] = str(retry)
    return answer


calls.register_error_handler(Refusal, refused)


def is_action(path: str) -> bool:
    """Whether it is the address of an action, known or not."""
    return _ACTION.match(path) is not None


def unread(status: int, code: str) -> Response:
    """The answer to a call whose address nobody read: in the envelope, in both languages."""
    found = _ACTION.match(request.path)
    name = found[1] if found else ""
    said = " / ".join("。".join(translated(code, locale)) for locale in LOCALES)
    error: dict[str, Any] = {"__type": "Validation Error", "message": [said]}
    if name == "package_search":
        error = {"__type": "Search Query Error", "message": f"Search Query Error: {said}"}
    return _said({"help": _help(name), "success": False, "error": error}, status)


_ACTION = re.compile(r"/api/(?:3/)?action/(\w{0,80})")


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, SearchRefused):
        return 400 if refusal.kind == "Search Query Error" else 409
    return next((status for kind, status, _ in _TYPES if isinstance(refusal, kind)), refusal.status)


def _error(refusal: Refusal) -> dict[str, Any]:
    if isinstance(refusal, SearchRefused):
        return {"__type": refusal.kind, "message": f"{refusal.kind}: {refusal.message}"}
    named = next((name for kind, _, name in _TYPES if isinstance(refusal, kind)), "")
    if isinstance(refusal, Invalid):
        fields: dict[str, list[str]] = {}
        for problem in refusal.problems:
            fields.setdefault(problem.pointer.strip("/") or "message", []).append(problem.message())
        return {"__type": named, **fields}
    title, text = sentence(refusal)
    if isinstance(refusal, Conflict):
        return {"__type": named, "message": [f"{title}。{text}".replace("。。", "。")]}
    # Clients cut at the first colon: what comes before it is CKAN's own word.
    prefix = {"Authorization Error": "Access denied", "Not Found Error": "Not found"}.get(named)
    named = named or "Internal Server Error"
    return {"__type": named, "message": f"{prefix or named}: {title}。{text}".replace("。。", "。")}


def _action() -> str:
    return str((request.view_args or {}).get("name", ""))


def _help(name: str) -> str:
    return f"{settings().public_url}/api/3/action/help_show?{urlencode({'name': name})}"


def _said(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=JSON)


def _as_script(answer: Response, callback: object) -> Response:
    if not isinstance(callback, str) or not _CALLBACK.fullmatch(callback):
        return _said("Bad request: callback is no name of a function", 400)
    text = answer.get_data(as_text=True)
    return Response(f"/**/{callback}({text});", content_type="application/javascript;charset=utf-8")
