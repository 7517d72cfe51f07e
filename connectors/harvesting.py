"""Other catalogues, page by page: CKAN, DCAT, OAI-PMH, the region's list as an official sheet.

Every reader gives the same: records with a storable document, the identity the source gives them,
and a cursor from which the next page follows, also after the process died. What a source sends is
never refused as a whole for one bad record: that one comes with its `fault`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree as ET
from xml.parsers import expat

import re2

import schemas
from connectors import ckan, core, excel, files
from connectors.fetching import Answer, Refused
from connectors.incoming import Incoming, clean, fit, source_id, text
from connectors.oai import DC, OAI

Cursor = Mapping[str, Any]
Get = Callable[[str, tuple[str, ...]], Answer]

ROWS = 100
# A whole entry with a hundred data elements takes a tenth of this.
LARGEST_RECORD = 256 * 1024
LARGEST_PAGE = 32 << 20
MOST_ON_A_PAGE = 1_000
# Of elements, or of values of JSON, on one page: each takes a hundred bytes where it took four.
MOST_PARTS = 1_000_000
DEEPEST = 64
_JSON = ("application/json", "text/json", "application/ld+json", "text/plain")
_XML = ("text/xml", "application/xml", "text/plain")
# What a browser would run. Shown it is harmless, every page escapes; nobody writes it by accident.
# In time that grows with the text alone: a search that goes back took minutes over "<<<<".
_ACTIVE = re2.compile(
    r"(?i)<\s*/?\s*(?:script|iframe|object|embed|style|svg|meta|link|form|base)\b"
    r"|<[a-z/!?][^>]*\bon[a-z]{3,20}\s*=|javascript\s*:"
)


@dataclass(frozen=True)
class Record:
    """What a source says of one entry; `fault` is the code of why it is not to be claimed.

    `modified` is the source's own word for when it changed, as it came.
    """

    source_id: str
    incoming: Incoming | None = None
    modified: str = ""
    is_deleted: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Page:
    """Some records and where to go on: `cursor` None after the last page.

    `total` is what the source says it holds. `since` is from when the next run may ask for
    changes alone, "" where every run has to read everything; `is_partial` says that this one
    asked for changes alone, so that what did not come is not gone.
    """

    records: Sequence[Record] = ()
    cursor: Cursor | None = None
    total: int | None = None
    since: str = ""
    is_partial: bool = False


@dataclass(frozen=True)
class Reader:
    """A source that is open: its pages, and whether one entry is gone over there.

    Without `is_gone` the absence from a whole run says so: the list was handed over as a whole.
    """

    page: Callable[[Cursor], Page]
    is_gone: Callable[[str], bool] | None = None


def opened(kind: str, get: Get, address: str, content: bytes = b"") -> Reader:
    """The reader of a source of one of KINDS; a sheet is read from `content`."""
    return _KINDS[kind](get, address.rstrip("/"), content)


# --- records --------------------------------------------------------------------------------


def _judged(record: Record, raw: object) -> Record:
    """The record with its fault, if it has one; a document with a fault is not carried on."""
    fault = record.fault
    if not fault and len(str(raw)) > LARGEST_RECORD:
        fault = "record_size"
    if not fault and record.incoming is not None:
        document = record.incoming.document
        if any(_ACTIVE.search(one) for one in _texts(document)):
            fault = "record_active"
        elif not text(document.get("name")):
            fault = "record_nameless"
    if not fault:
        return record
    bare = replace(record.incoming, document={}) if record.incoming is not None else None
    return replace(record, fault=fault, incoming=bare)


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, Mapping):
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def _package_record(place: int, package: object, modified: object = "") -> Record:
    """The record of a package of CKAN, or of what was put into the form of one."""
    if not isinstance(package, Mapping):
        return Record(source_id(package), fault="record_shape")
    name = source_id(package.get("id"), package.get("name"), package)
    said = text(modified or package.get("metadata_modified"))[:40]
    if ckan.is_deleted(package):
        return Record(name, is_deleted=True, modified=said)
    if len(str(package)) > LARGEST_RECORD:
        # Before anything is converted: a converter would walk all of it.
        return Record(name, fault="record_size", modified=said)
    return _judged(Record(name, ckan.incoming(place, package), said), "")


# --- CKAN -----------------------------------------------------------------------------------


def _ckan(get: Get, address: str, _: bytes) -> Reader:
    base = address.removesuffix("/api/3/action").removesuffix("/api/3").removesuffix("/api")

    def ask(action: str, **given: object) -> Any:
        query = urlencode(given)
        answer = get(f"{base}/api/3/action/{action}?{query}", _JSON)
        return _ckan_result(answer.content)

    def page(cursor: Cursor) -> Page:
        start = _natural(cursor.get("start"))
        result = ask("package_search", q="*:*", rows=ROWS, start=start, sort="id asc")
        listed = result.get("results") if isinstance(result, Mapping) else None
        if not isinstance(listed, list) or len(listed) > MOST_ON_A_PAGE:
            raise Refused("unreadable")
        total = result.get("count")
        total = total if isinstance(total, int) and not isinstance(total, bool) else None
        following = start + len(listed)
        is_last = not listed or (total is not None and following >= total)
        records = [_package_record(start + n, one) for n, one in enumerate(listed, start=1)]
        return Page(records, None if is_last else {"start": following}, total)

    def is_gone(name: str) -> bool:
        try:
            found = ask("package_show", id=name)
        except Refused as refusal:
            # Who may no longer read an entry has it no more than who was told it is not there.
            if refusal.code in ("missing", "denied"):
                return True
            raise
        return isinstance(found, Mapping) and ckan.is_deleted(found)

    return Reader(page, is_gone)


def _ckan_result(content: bytes) -> Any:
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise Refused("parts", most=MOST_PARTS)
    try:
        answer = schemas.loads(content, LARGEST_PAGE)
    except schemas.Unreadable as fault:
        raise Refused("unreadable") from fault
    if not isinstance(answer, Mapping) or answer.get("success") is not True:
        raise Refused("unreadable")
    return answer.get("result")


def _natural(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


# --- OAI-PMH --------------------------------------------------------------------------------


def _oai(get: Get, address: str, _: bytes) -> Reader:
    def ask(**given: str) -> ET.Element:
        joint = "&" if "?" in address else "?"
        return _xml(get(f"{address}{joint}{urlencode(given)}", _XML).content)

    def page(cursor: Cursor) -> Page:
        token, since = text(cursor.get("token")), text(cursor.get("from"))
        began = text(cursor.get("began"))
        if token:
            root = ask(verb="ListRecords", resumptionToken=token)
        else:
            keeps = _said(ask(verb="Identify"), f".//{{{OAI}}}deletedRecord") == "persistent"
            window = {"from": since} if since and keeps else {}
            since = window.get("from", "")
            prefix = _richest(ask(verb="ListMetadataFormats"))
            root = ask(verb="ListRecords", metadataPrefix=prefix, **window)
            # What changes while we read is asked for again next time.
            began = _said(root, f"{{{OAI}}}responseDate")[:20] if keeps else ""
        code = _oai_error(root)
        if code == "noRecordsMatch":
            return Page((), None, since=began, is_partial=bool(since))
        if code:
            raise Refused("token" if code == "badResumptionToken" else "protocol", said=code)
        found = root.findall(f".//{{{OAI}}}record")
        if len(found) > MOST_ON_A_PAGE:
            raise Refused("unreadable")
        tokens = root.find(f".//{{{OAI}}}resumptionToken")
        following = text(tokens.text) if tokens is not None else ""
        size = (tokens.get("completeListSize") or "") if tokens is not None else ""
        return Page(
            [_oai_record(n, one) for n, one in enumerate(found, start=1)],
            {"token": following, "from": since, "began": began} if following else None,
            int(size) if size.isascii() and size.isdigit() and len(size) < 12 else None,
            since=began,
            is_partial=bool(since),
        )

    def is_gone(name: str) -> bool:
        root = ask(verb="GetRecord", identifier=name, metadataPrefix="oai_dc")
        if code := _oai_error(root):
            return code == "idDoesNotExist"
        head = root.find(f".//{{{OAI}}}header")
        return head is not None and head.get("status") == "deleted"

    return Reader(page, is_gone)


def _richest(formats: ET.Element) -> str:
    """The format that holds an entry whole, where the other side is an instance of ours."""
    for one in formats.iter(f"{{{OAI}}}metadataFormat"):
        prefix = _said(one, f"{{{OAI}}}metadataPrefix")
        if prefix == core.PREFIX and _said(one, f"{{{OAI}}}metadataNamespace") == core.CORE:
            return core.PREFIX
    return "oai_dc"


def _xml(content: bytes) -> ET.Element:
    """The root of an answer; a document type definition (entities, bombs) ends the reading."""

    if content.count(b"<") > MOST_PARTS:
        raise Refused("parts", most=MOST_PARTS)
    try:
        content = _in_utf8(content)
        _judge(content)
        return ET.fromstring(content)  # noqa: S314 - judged above: no entity can stand in it
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as fault:
        raise Refused("unreadable") from fault


def _judge(content: bytes) -> None:
    """Refuse a type definition, and elements nested deeper than anybody writes them."""
    depth = 0

    def refuse(*_: object) -> None:
        raise Refused("doctype")

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Refused("unreadable")

    def end(_: object) -> None:
        nonlocal depth
        depth -= 1

    judge = expat.ParserCreate()
    judge.StartDoctypeDeclHandler = refuse
    judge.StartElementHandler, judge.EndElementHandler = begin, end
    judge.Parse(content, True)


# GBK, GB2312 and GB18030 under their names; the last one reads all three.
_CHINESE = re.compile(
    rb"""<\?xml[^>]{0,80}encoding=["'](?:gbk|gb2312|gb18030)["'][^>]{0,80}>""", re.I
)


def _in_utf8(content: bytes) -> bytes:
    """An answer that says it is in a Chinese encoding, in one the parser knows; else as it is."""
    said = _CHINESE.match(content.lstrip())
    if said is None:
        return content
    return content.lstrip()[said.end() :].decode("gb18030").encode()


def _said(root: ET.Element, path: str) -> str:
    return text(root.findtext(path))


def _oai_error(root: ET.Element) -> str:
    if root.tag != f"{{{OAI}}}OAI-PMH":
        raise Refused("unreadable")
    found = root.find(f"{{{OAI}}}error")
    return "" if found is None else (found.get("code") or "error")[:40]


def _oai_record(place: int, record: ET.Element) -> Record:
    head = record.find(f"{{{OAI}}}header")
    if head is None:
        return Record(source_id(ET.tostring(record, "unicode")), fault="record_shape")
    name = source_id(_said(head, f"{{{OAI}}}identifier"), ET.tostring(head, "unicode"))
    stamp = _said(head, f"{{{OAI}}}datestamp")[:40]
    if head.get("status") == "deleted":
        return Record(name, is_deleted=True, modified=stamp)
    whole = record.find(f"{{{OAI}}}metadata/{{{core.CORE}}}resource")
    if whole is not None:
        return _whole_record(place, name, stamp, whole)
    sets = [text(one.text) for one in head.findall(f"{{{OAI}}}setSpec")]
    said: dict[str, list[str]] = {}
    for one in record.iter():
        if isinstance(one.tag, str) and one.tag.startswith(f"{{{DC}}}") and text(one.text):
            said.setdefault(one.tag.removeprefix(f"{{{DC}}}"), []).append(clean(text(one.text)))
    if not said:
        return Record(name, fault="record_shape", modified=stamp)
    return _package_record(place, _dublin_core(name, said, sets), stamp)


def _whole_record(place: int, name: str, stamp: str, whole: ET.Element) -> Record:
    """An entry of another instance of ours: its document as it stands there."""
    facts, document = core.read(whole) or ({}, {})
    if len(str(document)) > LARGEST_RECORD:
        return Record(name, fault="record_size", modified=stamp)
    made, cut = fit(document)
    found = Incoming(
        place,
        name,
        made,
        department_code=text(facts.get("department_code")),
        department_name=text(facts.get("department")),
        code=text(facts.get("code"))[:64] or None,
        published_on=_day(text(facts.get("published_on"))),
        cut=cut,
    )
    return _judged(Record(name, found, stamp), made)


def _dublin_core(
    name: str, said: Mapping[str, Sequence[str]], sets: Iterable[str]
) -> dict[str, Any]:
    """Dublin Core in the form of a package, so that one table says what others call our fields."""
    rights = said.get("rights", ())
    extras: dict[str, str] = {"oai_identifier": name}
    for listed in ("share_type", "open_type"):
        known = (code for one in rights if (code := schemas.codes.code_of(listed, one)))
        if code := next(known, ""):
            extras[listed] = code
    for key in ("rights", "relation", "source", "identifier"):
        if said.get(key):
            extras[f"dc:{key}"] = "；".join(said[key])
    code = next((one for one in said.get("identifier", ()) if _CODE.fullmatch(one)), "")
    unit = next((part for one in sets if _UNIT.fullmatch(part := one.rpartition(":")[2])), "")
    return {
        "id": name,
        "title": said.get("title", [""])[0],
        "notes": "\n".join(said.get("description", ())),
        "tags": [{"name": one} for one in said.get("subject", ()) if not _theme(one)],
        "groups": [{"title": one} for one in said.get("subject", ()) if _theme(one)],
        "resources": [{"format": one} for one in said.get("format", ())],
        "organization": {"name": unit, "title": said.get("publisher", [""])[0]},
        "metadata_created": said.get("date", [""])[0],
        "extras": [{"key": k, "value": v} for k, v in {**extras, "code": code}.items() if v],
    }


# The code of an entry by the guide (class and serial), the credit code of a unit.
_CODE = re.compile(r"[0-9]{9,21}/[0-9]{6}")
_UNIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


def _theme(word: str) -> str:
    return schemas.codes.code_of("theme", word) or ""


# --- DCAT -------------------------------------------------------------------------------------

_SPELLINGS: Mapping[str, str] = {
    "application/ld+json": "json-ld", "application/json": "json-ld", "text/turtle": "turtle",
    "application/x-turtle": "turtle", "application/rdf+xml": "xml", "application/xml": "xml",
    "text/xml": "xml",
}  # fmt: skip


def _dcat(get: Get, address: str, _: bytes) -> Reader:
    def page(cursor: Cursor) -> Page:
        here = text(cursor.get("next")) or address
        answer = get(here, tuple(_SPELLINGS))
        try:
            made = files.in_child(
                [_SPELLINGS[answer.kind]], answer.content, "connectors.dcat_reading"
            )
        except files.Refused as fault:
            known = {"context", "doctype", "size", "unreadable"}
            code = fault.code if fault.code in known else "unreadable"
            raise Refused(code, mib=LARGEST_PAGE >> 20) from fault
        read: Any = json.loads(made)
        found = read["packages"]
        if len(found) > MOST_ON_A_PAGE:
            raise Refused("unreadable")
        following = text(read["next"]) or answer.following
        records = [_package_record(n, one) for n, one in enumerate(found, start=1)]
        return Page(records, {"next": urljoin(answer.address, following)} if following else None)

    def is_gone(name: str) -> bool:
        if not name.startswith(("http://", "https://")):
            # Nobody can ask for it: its absence from the whole catalogue says so.
            return True
        try:
            get(name, tuple(_SPELLINGS))
        except Refused as refusal:
            if refusal.code in ("missing", "denied"):
                return True
            if refusal.code not in ("html", "kind"):
                raise
        return False

    return Reader(page, is_gone)


# --- the region's list as a sheet -------------------------------------------------------------


def _sheet(_: Get, __: str, content: bytes) -> Reader:
    """The official sheet; the region hands its list down as a whole, in this form."""
    try:
        rows = excel.read(files.tables(content))
    except files.Refused as fault:
        raise Refused("sheet", why=fault.code) from fault
    except excel.Unreadable as fault:
        raise Refused("sheet", why=fault.code) from fault
    mark = hashlib.sha256(content).hexdigest()[:16]

    def page(cursor: Cursor) -> Page:
        # Another file than the one that was begun is read from its beginning.
        at = _natural(cursor.get("at")) if cursor.get("file") == mark else 0
        records = [_sheet_record(row) for row in rows[at : at + ROWS]]
        following = at + ROWS
        more = {"at": following, "file": mark} if following < len(rows) else None
        return Page(records, more, len(rows))

    return Reader(page)


def _sheet_record(row: excel.Row) -> Record:
    cells = row.cells
    unit, name = text(cells.get("#department_code")), text(cells.get("#department"))
    own = row.code or row.key or schemas.digest([unit or name, row.name], b"")
    try:
        made, cut = fit(excel.document(row))
    except schemas.Unreadable:
        return Record(source_id(own), fault="record_size")
    found = Incoming(
        row.number,
        source_id(own),
        made,
        department_code=unit,
        department_name=name,
        code=row.code[:64] or None,
        published_on=_day(cells.get("#published", "")),
        cut=cut,
    )
    return _judged(Record(found.source_id, found), made)


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word[:10])
    except ValueError:
        return None


_KINDS: Mapping[str, Callable[[Get, str, bytes], Reader]] = {
    "ckan": _ckan,
    "dcat": _dcat,
    "oai": _oai,
    "sheet": _sheet,
}
KINDS = tuple(_KINDS)
