"""OAI-PMH 2.0 at `/oai`: six verbs; sets by unit, class and share type; deletions for ever.

A resumption token says where its list goes on and carries our seal; nothing is kept for it, so it
outlives a restart. Rights are asked anew with every page.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask import Blueprint, Response, current_app, request

import schemas
from connectors import core, oai
from registry.db import now
from registry.discovery import harvested, packages
from registry.discovery.harvested import Header, Window
from registry.edge import actor, reads, session, settings
from registry.edge.readings import noted_live
from registry.errors import SignInNeeded

calls = Blueprint("oai", __name__)

PAGE = 100
LIFE = timedelta(days=7)
_SET = "department:"
_CLASS = "class:"
_SHARE = "share:"
_CLASSES = re.compile(r"class(?::(\d)(?::(\d{2}))?)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
# What an answer may repeat: the schema of the protocol knows no other spelling.
_WORD = r"[A-Za-z0-9_.!~*'()-]+"
_FORMS = {"metadataPrefix": re.compile(_WORD), "set": re.compile(f"{_WORD}(?::{_WORD})*|")}
_LIST = frozenset({"metadataPrefix", "from", "until", "set", "resumptionToken"})
# Verb → the arguments it takes.
_ARGUMENTS: Mapping[str, frozenset[str]] = {
    "Identify": frozenset(),
    "ListMetadataFormats": frozenset({"identifier"}),
    "ListSets": frozenset({"resumptionToken"}),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
    "GetRecord": frozenset({"identifier", "metadataPrefix"}),
}


class Refused(Exception):
    """An error of the protocol: a code of its table, and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class _Listing:
    """What a list was asked for, and the place after which it goes on."""

    prefix: str
    unit: str = ""
    front: str | None = None
    share: str = ""
    since: str = ""
    until: str = ""
    after: tuple[datetime, int] | None = None
    cursor: int = 0

    def window(self) -> Window:
        """The same as the database asks it; both ends belong to it."""
        since = _moment(self.since) if self.since else None
        before = None
        if self.until:
            step = timedelta(days=1) if len(self.until) == 10 else timedelta(seconds=1)
            before = _moment(self.until) + step
        return Window(self.unit or None, self.front, self.share or None, None, since, before)


@calls.route("/oai", methods=["GET", "POST"])
@reads(public=True, guarded=False)
def answer() -> Response:
    """Answer one request of the protocol; its errors are answers too (200)."""
    if not actor().signed_in and settings().anonymous != "open":
        raise SignInNeeded("sign_in")
    given = request.form if request.method == "POST" else request.args
    try:
        asked = _asked({name: given.getlist(name) for name in given})
        told = asked
        parts = [_VERBS[asked["verb"]](asked)]
    except Refused as refused:
        # Of a request that was not understood nothing is repeated (specification, 3.6).
        understood = refused.code not in ("badVerb", "badArgument")
        told = asked if understood else {}
        parts = [oai.element("error", refused.message, code=refused.code)]
    body = oai.answer(f"{settings().public_url}/oai", now(), told, parts)
    return Response(body, content_type="text/xml; charset=utf-8")


@calls.get("/oai/gov_catalog.xsd")
@reads(public=True)
def core_schema() -> Response:
    """The XML Schema of the records that hold an entry whole; it is the same for everybody."""
    return Response(core.xsd(), content_type="text/xml; charset=utf-8")


def _asked(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    verbs = given.get("verb", [])
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise Refused("badVerb", f"verb 应为其中一个 / one of: {', '.join(_ARGUMENTS)}")
    verb = verbs[0]
    for name, values in given.items():
        if name != "verb" and name not in _ARGUMENTS[verb]:
            raise Refused("badArgument", f"{verb} 没有参数 / takes no argument {name[:40]}")
        if len(values) > 1 or "\x00" in values[0] or len(values[0]) > 2000:
            raise Refused("badArgument", f"参数重复或者过长 / repeated or too long: {name[:40]}")
        if (form := _FORMS.get(name)) and not form.fullmatch(values[0]):
            raise Refused("badArgument", f"参数写法不对 / not spelled as the protocol does: {name}")
    return {name: values[0] for name, values in given.items()}


# --- the verbs --------------------------------------------------------------------------------


def _identify(_: Mapping[str, str]) -> Element:
    made = oai.element("Identify")
    host = urlsplit(settings().public_url).hostname or "localhost"
    oai.add(made, "repositoryName", "乌海市政务数据目录")
    oai.add(made, "baseURL", f"{settings().public_url}/oai")
    oai.add(made, "protocolVersion", "2.0")
    # Every domain has a postmaster (RFC 2142).
    oai.add(made, "adminEmail", f"postmaster@{host}")
    oai.add(made, "earliestDatestamp", oai.stamp(harvested.earliest(session()) or now()))
    oai.add(made, "deletedRecord", "persistent")
    oai.add(made, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    return made


def _list_formats(asked: Mapping[str, str]) -> Element:
    if "identifier" in asked:
        _one(asked["identifier"])
    made = oai.element("ListMetadataFormats")
    for prefix, (schema, space) in oai.FORMATS.items():
        one = oai.add(made, "metadataFormat")
        oai.add(one, "metadataPrefix", prefix)
        within = schema.startswith("/")
        oai.add(one, "schema", f"{settings().public_url}{schema}" if within else schema)
        oai.add(one, "metadataNamespace", space)
    return made


def _list_sets(asked: Mapping[str, str]) -> Element:
    if "resumptionToken" in asked:
        raise Refused("badResumptionToken", "集合清单不分页 / the list of sets has one page")
    made = oai.element("ListSets")
    units = harvested.units(session(), actor(), settings().anonymous)
    classes = harvested.classes(session(), actor(), settings().anonymous)
    for spec, name in [
        (_SET.rstrip(":"), "按提供部门"),
        *((_SET + code, name) for code, name in units),
        (_CLASS.rstrip(":"), "按信息资源分类（以代码为准）"),
        *((_CLASS + path.replace("/", ":"), name) for path, name in classes),
        (_SHARE.rstrip(":"), "按共享类型（删除记录在每一类里都有）"),
        *((_SHARE + code, name) for code, name in schemas.codes.labels("share_type").items()),
    ]:
        one = oai.add(made, "set")
        oai.add(one, "setSpec", spec)
        oai.add(one, "setName", name)
    return made


def _list(asked: Mapping[str, str]) -> Element:
    """ListIdentifiers and ListRecords: one page, and a token where more follows."""
    verb, listing = asked["verb"], _listing(asked)
    window, who, anonymous = listing.window(), actor(), settings().anonymous
    found = harvested.headers(session(), who, anonymous, window, listing.after, PAGE + 1)
    page = found[:PAGE]
    if not page and listing.after is None:
        raise Refused("noRecordsMatch", "没有符合条件的条目 / nothing matches")
    made = oai.element(verb)
    if verb == "ListRecords":
        made.extend(_records(page, listing.prefix))
    else:
        made.extend(_header(one) for one in page)
    more = len(found) > PAGE
    if more or listing.after is not None:
        total = harvested.count(session(), who, anonymous, window)
        text, facts = "", {"completeListSize": str(total), "cursor": str(listing.cursor)}
        if more:
            following = replace(listing, after=page[-1].place, cursor=listing.cursor + PAGE)
            text, facts["expirationDate"] = _token(verb, following), oai.stamp(now() + LIFE)
        oai.add(made, "resumptionToken", text, **facts)
    return made


def _get(asked: Mapping[str, str]) -> Element:
    for name in ("identifier", "metadataPrefix"):
        if name not in asked:
            raise Refused("badArgument", f"缺少参数 / an argument is missing: {name}")
    one = _one(asked["identifier"])
    _require_format(asked["metadataPrefix"])
    made = oai.element("GetRecord")
    made.extend(_records([one], asked["metadataPrefix"]))
    return made


_VERBS = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "ListIdentifiers": _list,
    "ListRecords": _list,
    "GetRecord": _get,
}


# --- records ----------------------------------------------------------------------------------


def _identifier(key: str) -> str:
    return f"oai:{urlsplit(settings().public_url).hostname or 'localhost'}:{key}"


def _one(identifier: str) -> Header:
    before, _, key = identifier.rpartition(":")
    if identifier == _identifier(key) and before:
        window = Window(key=key)
        for one in harvested.headers(session(), actor(), settings().anonymous, window, limit=1):
            return one
    raise Refused("idDoesNotExist", "没有这个标识 / no such identifier")


def _header(one: Header) -> Element:
    sets = [_SET + one.unit] if one.unit else []
    if one.front:
        sets.append(f"{_CLASS}{one.front[:1]}:{one.front[1:]}")
    is_gone = one.is_deleted and not one.has_left
    types = schemas.codes.values("share_type") if is_gone else [one.share]
    sets += [_SHARE + share for share in types if share]
    return oai.header(_identifier(one.key), one.at, sets, deleted=one.is_deleted)


def _records(page: Sequence[Header], prefix: str) -> list[Element]:
    keys = [one.key for one in page if not one.is_deleted]
    who, address = actor(), settings().public_url
    entries = packages.live(session(), who, keys, settings().anonymous, address)
    noted_live(entries)
    held = {one.about.key: one for one in entries}
    made = []
    for one in page:
        entry = held.get(one.key)
        data = oai.metadata(prefix, entry.about, entry.document) if entry else None
        made.append(oai.record(_header(one), data))
    return made


# --- arguments and tokens ---------------------------------------------------------------------


def _listing(asked: Mapping[str, str]) -> _Listing:
    if "resumptionToken" in asked:
        if len(asked) > 2:
            raise Refused("badArgument", "resumptionToken 须单独使用 / it stands alone")
        return _read_token(asked["verb"], asked["resumptionToken"])
    if "metadataPrefix" not in asked:
        raise Refused("badArgument", "缺少参数 / an argument is missing: metadataPrefix")
    since, until = asked.get("from", ""), asked.get("until", "")
    for one in filter(None, (since, until)):
        _moment(one)
    if since and until and (len(since) != len(until) or since > until):
        raise Refused(
            "badArgument", "from 和 until 粒度不同，或者次序颠倒 / from and until disagree"
        )
    _require_format(asked["metadataPrefix"])
    return _Listing(asked["metadataPrefix"], *_set(asked.get("set", "")), since, until)


def _set(spec: str) -> tuple[str, str | None, str]:
    """The unit, how the codes of the class begin, the share type; of all of a kind, everything."""
    if spec in ("", _SET.rstrip(":"), _SHARE.rstrip(":")):
        return "", None, ""
    if spec.startswith(_SET):
        return spec.removeprefix(_SET)[:40] or "-", None, ""
    if asked := _CLASSES.fullmatch(spec):
        return "", "".join(filter(None, asked.groups())), ""
    share = spec.removeprefix(_SHARE)
    if share != spec and share in schemas.codes.values("share_type"):
        return "", None, share
    raise Refused("noRecordsMatch", "没有这个集合 / no such set")


def _require_format(prefix: str) -> None:
    if prefix not in oai.FORMATS:
        known = ", ".join(oai.FORMATS)
        raise Refused("cannotDisseminateFormat", f"格式应为其中一个 / one of: {known}")


def _moment(text: str) -> datetime:
    if _DAY.fullmatch(text) or _SECOND.fullmatch(text):
        try:
            found = datetime.fromisoformat(text)
            # The last day of all has no day after it.
            found + timedelta(days=1)
            return found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
    raise Refused("badArgument", "日期应为 2026-01-31 或者 2026-01-31T08:00:00Z / not a date")


def _token(verb: str, listing: _Listing) -> str:
    at, id_ = listing.after or (now(), 0)
    facts = [
        verb, listing.prefix, listing.unit, listing.front, listing.share, listing.since,
        listing.until, at.isoformat(), id_, listing.cursor, int((now() + LIFE).timestamp()),
    ]  # fmt: skip
    body = json.dumps(facts, separators=(",", ":")).encode()
    return _base64(_seal(body)[:16] + body)


def _read_token(verb: str, token: str) -> _Listing:
    refused = Refused("badResumptionToken", "续传标记无效或者已过期 / not valid, or expired")
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        seal, body = raw[:16], raw[16:]
        # One spelling only: base64 would read several.
        if not hmac.compare_digest(seal, _seal(body)[:16]) or _base64(raw) != token:
            raise refused
        facts: list[Any] = json.loads(body)
    except ValueError as fault:
        raise refused from fault
    # A token of the release before had no share type.
    if len(facts) != 11 or facts[0] != verb or facts[10] < now().timestamp():
        raise refused
    _, prefix, unit, front, share, since, until, at, id_, cursor, _ = facts
    place = (datetime.fromisoformat(at), id_)
    return _Listing(prefix, unit, front, share, since, until, place, cursor)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _seal(body: bytes) -> bytes:
    secret: bytes = current_app.config["SECRET_KEY"]
    return hmac.digest(secret, b"oai:" + body, hashlib.sha256)
