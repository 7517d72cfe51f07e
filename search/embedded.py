"""The index inside the process: tantivy in a directory, no service needed.

    <data>/search/current                     name of the directory in use
    <data>/search/registry-<analyser>-<time>  one index

Any number of processes read; a reader notices a commit or a swap by the times of two files and
reloads. One process writes at a time: the writer lives only as long as one `apply`, so it never
meets a fork, an old error or a second writer for longer than that.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, overload

import tantivy

from search import documents
from search.answer import MOST_VALUES, Found, Request, answer
from search.plan import AllOf, AnyOf, Begins, BestOf, Fixed, Node, NoneOf, Term
from search.protocol import Outdated, Query, Result, SearchDoc, Status, Unavailable, latest

# Below fifteen million tantivy refuses; more is faster by nothing that was measured, and is held.
_HEAP = 20_000_000
_SPLIT = "blanks"
_NUMBERS = ("turn", "order", "published", "seal", "number")
# So many answers of one state of the index are kept, of pages no deeper than the first few.
_MOST_KNOWN = 500
_SHORT = 200
_State = tuple[tantivy.Searcher, dict[Request, Found]]


class TantivyIndex:
    """The index in a directory; safe to share between the threads of a process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: _Opened | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if not self._pointer.exists():
            self._point(self._made(()), replaces=False)

    def search(self, query: Query) -> Result:
        """Answer a question with what its reader may see."""
        return answer(self._current(), query)

    def holding(self, node: Node) -> list[int]:
        """Give the number of every entry a tree holds of, whoever may see it."""
        return self._current().holding(node)

    def apply(self, upserts: Iterable[SearchDoc], deletes: Iterable[str]) -> None:
        """Take changes over, deletes first; an upsert with a turn older than ours is ignored."""
        opened = self._current()
        newest = latest(upserts)
        known = opened.turns(doc.key for doc in newest)
        with opened.writer() as writer:
            for key in deletes:
                writer.delete(key)
                known.pop(key, None)
            for doc in newest:
                if doc.turn >= known.get(doc.key, doc.turn):
                    writer.delete(doc.key)
                    writer.add(doc)

    def tidy(self) -> None:
        """Do nothing: the commits merge as they go.

        Measured: after 15 % of 7,319 entries were changed twice, 0.996 of the first ten answers
        are those of a fresh index; after all of them were, 0.991.
        """

    def rebuild(self, docs: Iterable[SearchDoc]) -> None:
        """Build a new index beside the old one, swap the pointer, and keep no older text.

        Who still reads the index before keeps its files open and needs no name for them; who was
        about to open it finds the pointer moved and follows it (`_current`).
        """
        self._point(self._made(docs), replaces=True)
        used = self._name()
        for path in self._folder.glob("registry-*"):
            if path.name.partition(".")[0] != used:
                _remove(path)

    def status(self) -> Status:
        """Tell what the index is, even when its analyser is not ours."""
        name = self._name()
        is_current = _analyser_of(name) == documents.analyser()
        entries = self._current().entries() if is_current else 0
        return Status("tantivy", name, entries, _analyser_of(name), is_current)

    def versions(self) -> Iterable[tuple[str, int]]:
        """Give key and turn of every entry, in the order of the keys."""
        return self._current().versions()

    def seals(self) -> Iterable[tuple[str, int]]:
        """Give key and seal of every entry, in the order of the keys."""
        return self._current().seals()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._open = None

    @property
    def _pointer(self) -> Path:
        return self._folder / "current"

    def _name(self) -> str:
        try:
            return self._pointer.read_text(encoding="ascii").strip()
        except OSError as error:
            raise Unavailable("the index has no pointer file") from error

    def _current(self) -> "_Opened":
        """The index in use; when a rebuild took its folder away meanwhile, the one that is now."""
        name = self._name()
        while True:
            try:
                return self._at(name)
            except Unavailable:
                moved = self._name()
                if moved == name:
                    raise
                name = moved

    def _at(self, name: str) -> "_Opened":
        if _analyser_of(name) != documents.analyser():
            raise Outdated(f"{name} was not built by analyser {documents.analyser()}")
        with self._lock:
            if self._open is None or self._open.name != name:
                self._open = _Opened(self._folder / name)
            self._open.refresh()
            return self._open

    def _made(self, docs: Iterable[SearchDoc]) -> str:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        prefix = f"registry-{documents.analyser()}-{stamp}-"
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=self._folder))
        folder.chmod(0o750)
        try:
            with _Opened(folder, is_new=True).writer() as writer:
                # One by one: of a million entries no list is kept but that of their turns.
                turns: dict[str, int] = {}
                for doc in docs:
                    if doc.turn >= turns.get(doc.key, doc.turn):
                        if doc.key in turns:
                            writer.delete(doc.key)
                        turns[doc.key] = doc.turn
                        writer.add(doc)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return folder.name

    def _point(self, name: str, replaces: bool) -> None:
        """Write the pointer at once or not at all; a first pointer never overwrites another's."""
        draft = self._folder / f"{name}.pointer"
        with draft.open("w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        if replaces:
            draft.replace(self._pointer)
            return
        try:
            os.link(draft, self._pointer)
        except FileExistsError:
            shutil.rmtree(self._folder / name)
        finally:
            draft.unlink()


class _Opened:
    """One directory of tantivy, read through a searcher that follows its commits."""

    def __init__(self, folder: Path, is_new: bool = False) -> None:
        self.name = folder.name
        self._meta = folder / "meta.json"
        self._schema = _schema()
        with _answering():
            # Never "open or create": in a folder half taken away that makes an empty index.
            if is_new:
                self._index = tantivy.Index(self._schema, path=str(folder), reuse=False)
            else:
                self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer(_SPLIT, _blanks())
            self._index.config_reader("manual")
        self._seen: tuple[int, int] | None = None
        # A state of the index and what was answered on it: together, so that no thread mixes two.
        self._state: _State = (self._index.searcher(), {})

    def refresh(self) -> None:
        """Follow a commit of any process: tantivy replaces its meta file with each."""
        with _answering():
            facts = self._meta.stat()
            seen = (facts.st_ino, facts.st_mtime_ns)
            if seen != self._seen:
                self._index.reload()
                self._state = (self._index.searcher(), {})
                self._seen = seen

    @contextmanager
    def writer(self) -> Iterator["_Writer"]:
        """Give the one writer; commits at the end, and drops all after any error."""
        with _answering():
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        try:
            yield _Writer(writer)
            with _answering():
                writer.commit()
        finally:
            writer.wait_merging_threads()

    def ask(self, requests: tuple[Request, ...]) -> tuple[Found, ...]:
        """Answer requests on one state of the index; one that was asked before is not asked again.

        The rights of the reader stand in the request: whoever may see something else asks another.
        """
        searcher, known = self._state
        with _answering():
            return tuple(self._answer(searcher, known, request) for request in requests)

    def _answer(
        self, searcher: tantivy.Searcher, known: dict[Request, Found], request: Request
    ) -> Found:
        found = known.get(request)
        if found is None:
            found = self._found(searcher, request)
            if request.size <= _SHORT:
                if len(known) >= _MOST_KNOWN:
                    known.clear()
                known[request] = found
        return found

    def holding(self, node: Node) -> list[int]:
        """Give the number of every entry a tree holds of."""
        searcher = self._state[0]
        with _answering():
            # Without a score the hits come as they lie; and of none none can be asked for.
            query = tantivy.Query.const_score_query(self._node(node), 0.0)
            found = searcher.search(query, limit=max(1, searcher.num_docs), count=False).hits
            values = searcher.fast_field_values("number", [place for _, place in found])
            return [int(value or 0) for value in values]

    def entries(self) -> int:
        """Count the entries."""
        return int(self._state[0].num_docs)

    def turns(self, keys: Iterable[str]) -> dict[str, int]:
        """Give the turn of each of these entries that is in the index."""
        wanted = list(keys)
        query = tantivy.Query.term_set_query(self._schema, "key", wanted)
        return dict(self._numbers("turn", query, len(wanted)))

    def versions(self) -> list[tuple[str, int]]:
        """Give key and turn of every entry, in the order of the keys."""
        return sorted(self._numbers("turn", tantivy.Query.all_query(), self.entries()))

    def seals(self) -> list[tuple[str, int]]:
        """Give key and seal of every entry, in the order of the keys."""
        return sorted(self._numbers("seal", tantivy.Query.all_query(), self.entries()))

    def _numbers(self, name: str, query: tantivy.Query, most: int) -> Iterator[tuple[str, int]]:
        if not most:
            return
        searcher = self._state[0]
        with _answering():
            places = [place for _, place in searcher.search(query, limit=most, count=False).hits]
            values = searcher.fast_field_values(name, places)
            for place, value in zip(places, values, strict=True):
                yield searcher.doc(place)["key"][0], int(value or 0)

    def _found(self, searcher: tantivy.Searcher, request: Request) -> Found:
        query = self._query(request)
        facets = self._counted(searcher, query, request.facets)
        if not request.size:
            return Found(facets=facets)
        by = None if request.sort == "score" else request.sort
        result = searcher.search(query, limit=request.size, order_by_field=by)
        found = _Candidates(searcher, result.hits, is_scored=by is None)
        # Of what is kept each order is read once.
        candidates = tuple(found) if request.size <= _SHORT else found
        return Found(candidates, int(result.count), facets)  # type: ignore[attr-defined]  # stub lacks it

    def _counted(
        self, searcher: tantivy.Searcher, query: tantivy.Query, names: tuple[str, ...]
    ) -> dict[str, dict[str, int]]:
        if not names:
            return {}
        wanted = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in names}
        counted = searcher.aggregate(query, wanted)
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in counted[name]["buckets"]}
            for name in names
        }

    def _query(self, request: Request) -> tantivy.Query:
        must = [tantivy.Query.const_score_query(self._node(n), 0.0) for n in request.required]
        must.append(self._node(request.scored) if request.scored else tantivy.Query.all_query())
        clauses = [(tantivy.Occur.Must, query) for query in must]
        if request.refused is not None:
            clauses.append((tantivy.Occur.MustNot, self._node(request.refused)))
        return tantivy.Query.boolean_query(clauses)

    def _node(self, node: Node) -> tantivy.Query:
        match node:
            case Term(name, token, boost):
                option = "freq" if name in documents.ANALYSED else "basic"
                query = tantivy.Query.term_query(self._schema, name, token, index_option=option)
                return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)
            case Fixed(inner, score):
                return tantivy.Query.const_score_query(self._node(inner), score)
            case Begins(name, start):
                # Of the characters of a token none means anything in a pattern.
                return tantivy.Query.regex_query(self._schema, name, f"{start}.*")
            case NoneOf(nodes):
                every = (tantivy.Occur.Must, tantivy.Query.all_query())
                clauses = [(tantivy.Occur.MustNot, self._node(one)) for one in nodes]
                held = tantivy.Query.boolean_query([every, *clauses])
                return tantivy.Query.const_score_query(held, 0.0)
            case BestOf(nodes):
                return tantivy.Query.disjunction_max_query([self._node(one) for one in nodes])
            case AnyOf(nodes) | AllOf(nodes):
                occur = tantivy.Occur.Should if isinstance(node, AnyOf) else tantivy.Occur.Must
                return tantivy.Query.boolean_query([(occur, self._node(one)) for one in nodes])


class _Candidates(Sequence["_Placed"]):
    """What was found, best first: of the thousands before a page deep down only a few are read."""

    def __init__(self, searcher: tantivy.Searcher, hits: Any, *, is_scored: bool) -> None:
        self._searcher, self._hits, self._is_scored = searcher, hits, is_scored

    def __len__(self) -> int:
        return len(self._hits)

    @overload
    def __getitem__(self, at: int) -> "_Placed": ...

    @overload
    def __getitem__(self, at: slice) -> "list[_Placed]": ...

    def __getitem__(self, at: int | slice) -> "_Placed | list[_Placed]":
        if isinstance(at, int):
            return self._placed(self._hits[at])
        return [self._placed(hit) for hit in self._hits[at]]

    def _placed(self, hit: tuple[Any, Any]) -> "_Placed":
        score, place = hit
        return _Placed(self._searcher, place, score if self._is_scored else 0.0)


class _Placed:
    """An entry at its place in a state of the index: its key is read when it is asked for.

    Of the many that are ranked few are shown, and reading a key unpacks a block of stored keys.
    """

    __slots__ = ("_order", "_place", "_searcher", "score")

    def __init__(self, searcher: tantivy.Searcher, place: Any, score: float) -> None:
        self._searcher = searcher
        self._place = place
        self._order: int | None = None
        self.score = score

    @property
    def order(self) -> int:
        """What breaks ties of the score, read from the index."""
        if self._order is None:
            with _answering():
                (order,) = self._searcher.fast_field_values("order", [self._place])
            self._order = int(order or 0)
        return self._order

    @property
    def key(self) -> str:
        """The key, read from the index."""
        with _answering():
            return str(self._searcher.doc(self._place)["key"][0])


class _Writer:
    """What changes a directory; an error of a caller passes through it unchanged."""

    def __init__(self, writer: tantivy.IndexWriter) -> None:
        self._writer = writer

    def delete(self, key: str) -> None:
        """Take an entry out."""
        with _answering():
            self._writer.delete_documents_by_term("key", key)

    def add(self, doc: SearchDoc) -> None:
        """Put an entry in."""
        made = _document(documents.index_doc(doc))
        with _answering():
            self._writer.add_document(made)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in documents.ANALYSED:
        builder.add_text_field(name, tokenizer_name=_SPLIT, index_option="freq")
    for name in documents.KEYWORDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in documents.countable():
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in _NUMBERS:
        builder.add_integer_field(name, fast=True)
    return builder.build()


def _blanks() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def _document(doc: documents.IndexDoc) -> tantivy.Document:
    words = {name: list(found) for name, found in doc.words.items()}
    made = tantivy.Document(key=doc.key, **doc.tokens, **words)
    # Always signed: a Python int in an unsigned field kills tantivy's writer.
    for name in _NUMBERS:
        made.add_integer(name, getattr(doc, name))
    return made


def _remove(path: Path) -> None:
    """Take away a folder, or a pointer a killed process left; nobody needs either."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _analyser_of(name: str) -> str:
    return "-".join(name.split("-")[1:3])


@contextmanager
def _answering() -> Iterator[None]:
    """Turn whatever tantivy or the disk refuses into `Unavailable`, with its cause."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise Unavailable(str(error)) from error
