"""From an entry to what the index holds of it: tokens, facets and who may see it.

No text is stored, only the key: hits are read from the database, with the reader's rights applied
again. The function is total over draft-valid documents; what has no usable form is left out.
"""

import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import schemas
from schemas import Field
from search import analysis, pinyin, pronunciation
from search.plan import AllOf, AnyOf, Begins, Node, Term
from search.protocol import Reader, SearchDoc

_RULES = 4
_TITLE_WEIGHT = 4
_MOST_TOKENS = 50_000
LONGEST_VALUE = 200

TITLE = "/name"
ELEMENTS = "/items/*/name"
ABSTRACT = "/abstract"
ANALYSED = ("all", "items", "py2", "pyi", "title", "abstract")
# Fields in which programs look for words, each with a token where it holds anything at all.
WORDED = ("all", "title", "abstract")
HELD = "zzheld"
KEYWORDS = ("readers", "exact", "code")


@functools.cache
def text_fields() -> tuple[str, ...]:
    """Give the pointers whose text can be searched, the title first; the schema says which."""
    found = [field.pointer for field in _searched("text") if not _searched("text", field.children)]
    return (TITLE, *(pointer for pointer in found if pointer != TITLE))


@functools.cache
def facet_fields() -> Mapping[str, Field]:
    """Give the name of each facet of the document with its field; the schema says which."""
    return {_facet_name(field.pointer): field for field in _searched("facet")}


def _searched(use: str, fields: tuple[Field, ...] | None = None) -> list[Field]:
    """Give the fields of a resource searched in this way, children after their parent."""
    found: list[Field] = []
    for field in schemas.fields("resource") if fields is None else fields:
        found.extend([field] if field.search == use else [])
        found.extend(_searched(use, field.children))
    return found


def _facet_name(pointer: str) -> str:
    """Name a facet by its key; the grade of an item is not the grade of the resource."""
    return pointer.strip("/").replace("items/*/", "item_").replace("/", "_")


ENVELOPE_FACETS = ("department", "units", "level", "year", "element", "marks")
# Counted for programs as they stand in the document, without the steps a code lies under.
PLAIN_FACETS = ("keywords", "themes", "format_types")


def plain(key: str) -> str:
    """Give the name of the facet that counts the values of a field just as they stand."""
    return f"plain_{key}"


def facets() -> tuple[str, ...]:
    """Give the names of every facet people choose by, those of the envelope included."""
    return (*facet_fields(), *ENVELOPE_FACETS)


@functools.cache
def countable() -> tuple[str, ...]:
    """Give the names of every facet an index counts: those of people and those of programs."""
    return (*facets(), *map(plain, PLAIN_FACETS))


@functools.cache
def analyser() -> str:
    """Name everything the tokens of a document depend on; part of the name of every index."""
    versions = unicodedata.unidata_version, pronunciation.VERSION
    data = [analysis.table(name) for name in ("characters", "syllables")]
    seed = [_RULES, ANALYSED, text_fields(), countable(), *versions, data]
    return f"a{_RULES}-{hashlib.sha256(json.dumps(seed).encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class IndexDoc:
    """What either engine is given of an entry; `number` is that of the database.

    `tokens` are blank-separated, per analysed field; `words` are taken as they are. `order` and
    `published` sort the newest first and carry a digest of the key below the second, so that they
    are never equal by accident.
    """

    key: str
    number: int
    turn: int
    order: int
    published: int
    tokens: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]

    @property
    def seal(self) -> int:
        """A digest of all that is indexed of the entry, beside its turn: 63 bits."""
        words = sorted((name, sorted(found)) for name, found in self.words.items())
        facts = [self.order, self.published, sorted(self.tokens.items()), words]
        made = json.dumps(facts, ensure_ascii=True).encode()
        return int.from_bytes(hashlib.sha256(made).digest()[:8]) >> 1


def index_doc(doc: SearchDoc) -> IndexDoc:
    """Turn an entry into what is indexed of it."""
    title = " ".join(texts(doc.document, TITLE))
    # A unit is typed by its sound as often as a title is: `gongan` means 市公安局.
    unit = " ".join(_strings(doc.envelope.get("department_name")))
    tokens = {
        "all": _all_tokens(doc, title),
        "items": map(analysis.cut, texts(doc.document, ELEMENTS)),
        "py2": (*pinyin.title_pairs(title), *pinyin.title_pairs(unit)),
        "pyi": (*pinyin.title_initials(title), *pinyin.title_initials(unit)),
        "title": _worded([title]),
        "abstract": _worded(texts(doc.document, ABSTRACT)),
    }
    return IndexDoc(
        doc.key,
        doc.number,
        int(doc.turn),
        _order(doc.envelope.get("updated_at"), doc.key),
        _order(doc.envelope.get("published_on"), doc.key),
        {name: _field(found) for name, found in tokens.items()},
        {**_keywords(doc, title), **_facet_values(doc)},
    )


def _worded(texts_: Iterable[str]) -> Iterator[str]:
    """Give the tokens of what programs ask for by a field, as it stands in the document."""
    for text in texts_:
        if text.strip():
            yield HELD
            yield analysis.cut(text)


def words(field: str, text: str, *, begins: bool = False) -> Node:
    """Give the tree that holds of entries with every token of a text in a field of WORDED.

    With `begins` the last word may go on; without a text, the field holds anything at all. A text
    of marks alone is in no entry.
    """
    tokens = list(dict.fromkeys(analysis.tokens(text)))
    if not tokens:
        is_any = begins and not text.strip()
        return Term(field, HELD if field != "all" else analysis.SENTINEL) if is_any else AnyOf(())
    nodes: list[Node] = [Term(field, token) for token in tokens]
    # A stretch of Chinese is cut into pairs: whatever follows it, it stands there as it is.
    if begins and not analysis.is_han(tokens[-1]):
        nodes[-1] = Begins(field, tokens[-1])
    return AllOf(tuple(nodes))


def _field(tokens: Iterable[str]) -> str:
    """Give one analysed field: its tokens, or texts of tokens, as far as an index takes them."""
    found = " ".join(filter(None, tokens))
    # So short, it cannot hold more tokens than are taken: each has a blank behind it.
    if len(found) >= 2 * _MOST_TOKENS:
        found = " ".join(found.split(" ", _MOST_TOKENS)[:_MOST_TOKENS])
    return f"{analysis.SENTINEL} {found}" if found else analysis.SENTINEL


def seal(doc: SearchDoc) -> int:
    """Give the seal an index holds of this entry where nothing befell it."""
    return index_doc(doc).seal


def rights(reader: Reader) -> tuple[str, ...] | None:
    """Give the marks a reader may see, or None for one who may see everything."""
    if not reader.signed_in:
        return ("open",)
    if reader.everything:
        return None
    return ("open", "all", *(f"unit:{code}" for code in sorted(reader.departments)))


def _marks(doc: SearchDoc) -> tuple[str, ...]:
    """Give the marks of an entry; an unknown visibility is the strictest one."""
    marks = {f"unit:{doc.department}"}
    if doc.visibility == "1":
        marks.add("all")
    if doc.visibility == "2":
        marks.update(f"unit:{code}" for code in _strings(doc.envelope.get("shown_to")))
    if doc.envelope.get("opened") is True:
        marks.add("open")
    return tuple(sorted(marks))


def _all_tokens(doc: SearchDoc, title: str) -> Iterator[str]:
    yield from [analysis.cut(title)] * _TITLE_WEIGHT
    for pointer in text_fields()[1:]:
        for text in texts(doc.document, pointer):
            yield analysis.cut(content(text))
    for name in ("department_name", "department_short", "code"):
        for text in _strings(doc.envelope.get(name)):
            yield analysis.cut(text)


# 「市民政局在履行社会救助、婚姻等职责中形成的…」 says whose duty it is, not what the data holds.
_DUTY = re.compile(
    r"^[^，。,;；]{0,40}?在?履行.{0,80}?(?:职责|职能)(?:的?过程)?中(?:形成|产生|采集|获取)的"
)


def content(text: str) -> str:
    """Give what a text says of the data, without the duty it came from."""
    return _DUTY.sub("", text, count=1) if "履行" in text else text


def _keywords(doc: SearchDoc, title: str) -> dict[str, tuple[str, ...]]:
    codes = [*_strings(doc.envelope.get("code")), doc.department]
    codes.extend(texts(doc.document, "/external_codes/*/code"))
    codes.extend(texts(doc.document, "/items/*/field_name"))
    named = [analysis.exact(text) for text in (title, *codes[:1])]
    return {
        "readers": _marks(doc),
        "exact": tuple(dict.fromkeys(name for name in named if name)),
        "code": tuple(dict.fromkeys(part for code in codes for part in analysis.codes(code))),
    }


def _facet_values(doc: SearchDoc) -> dict[str, tuple[str, ...]]:
    found: dict[str, Iterable[str]] = {
        name: _coded(texts(doc.document, field.pointer), field)
        for name, field in facet_fields().items()
    }
    found["department"] = [doc.department]
    found["level"] = _strings(doc.envelope.get("level"))
    found["units"] = [doc.department, *_strings(doc.envelope.get("units"))]
    found["year"] = _years(doc)
    found["element"] = map(element, texts(doc.document, ELEMENTS))
    found["marks"] = _strings(doc.envelope.get("marks"))
    found |= {plain(key): texts(doc.document, f"/{key}") for key in PLAIN_FACETS}
    return {name: usable(values) for name, values in found.items()}


@functools.lru_cache(maxsize=4_096)
def element(name: str) -> str:
    """Give the name of a data element as it is compared: folded, without blanks."""
    return "".join(analysis.fold(name).split())


def _years(doc: SearchDoc) -> list[str]:
    """Give the year of the last change, by the clock of the city."""
    seconds = _seconds(doc.envelope.get("updated_at"))
    try:
        return [str(datetime.fromtimestamp(seconds, _CITY).year)] if seconds else []
    except (ValueError, OverflowError, OSError):
        # By the clock of the city the first and the last hours of all lie outside of its years.
        return []


def usable(values: Iterable[str]) -> tuple[str, ...]:
    """Give the values an engine can hold, each once; longer ones are no facet for anybody."""
    found = dict.fromkeys(value for value in values if 0 < len(value) <= LONGEST_VALUE)
    if "".join(found).isprintable():
        # Half a character is not printable, and nearly everything else in a value is.
        return tuple(found)
    return tuple(dict.fromkeys(_HALVES.sub("\ufffd", value) for value in found))


_HALVES = re.compile("[\ud800-\udfff]")


def _coded(values: list[str], field: Field) -> list[str]:
    """Give codes with all they lie under; a name that is no code keeps its slashes."""
    return [step for value in values for step in ancestry(value)] if field.codes else values


@functools.lru_cache(maxsize=4_096)
def ancestry(path: str) -> tuple[str, ...]:
    """Give a path of the class tree with all it lies under: 3/07/001 is also 3/07 and 3."""
    steps = path[:LONGEST_VALUE].split("/")
    return tuple("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))


def texts(document: object, pointer: str) -> list[str]:
    """Give every text a pointer pattern leads to, in whatever shape a draft left it."""
    places = [document]
    for step in _steps(pointer):
        if step == "*":
            places = [part for place in places if isinstance(place, _ROW) for part in place]
        else:
            places = [p[step] for p in places if isinstance(p, _NAMED) and step in p]
    found: list[str] = []
    for place in places:
        if isinstance(place, str):
            found.append(place)
        elif place is not None:
            _gather(place, found)
    return found


# As tuples: a union would be made anew at every question.
_ROW, _NAMED, _NUMBER = (list, tuple), (dict, Mapping), (int, float)


@functools.cache
def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.split("/")[1:])


def _strings(value: object) -> list[str]:
    """Give every text inside a value."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: object, found: list[str]) -> None:
    # From what there is most of to what there is least of: this is asked of every value.
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, _ROW):
        for part in value:
            _gather(part, found)
    elif isinstance(value, _NAMED):
        for part in value.values():
            _gather(part, found)
    elif isinstance(value, _NUMBER) and not isinstance(value, bool):
        found.append(str(value))


_CITY = timezone(timedelta(hours=8))
_DIGEST_BITS = 29


def _order(when: object, key: str) -> int:
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=4).digest()
    seconds = min(max(_seconds(when), 0), 2**33 - 1)
    return (seconds << _DIGEST_BITS) | (int.from_bytes(digest) >> (32 - _DIGEST_BITS))


def _seconds(when: object) -> int:
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return 0
    if isinstance(when, datetime):
        return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    if isinstance(when, date):
        return int(datetime(when.year, when.month, when.day, tzinfo=UTC).timestamp())
    return int(when) if isinstance(when, int) else 0
