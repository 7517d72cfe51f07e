"""The index on Elasticsearch 8: one index of one shard behind an alias.

Only the whitespace analyser is used, and nothing is asked of the server that its smallest build
lacks: no scripts, no `GET /`, no analysis plug-in. The path of the address names the alias
(`registry` where it has none) and every index begins with that name, so that an account may be
limited to them.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    NotFoundError,
    TransportError,
    helpers,
)

from search import documents
from search.answer import DEEPEST, MOST_VALUES, Candidate, Found, Request, answer
from search.patience import PatientNode, within
from search.plan import AllOf, AnyOf, Begins, BestOf, Fixed, Node, NoneOf, Term
from search.protocol import Outdated, Query, Result, SearchDoc, Status, Unavailable, latest

_ANSWERS_IN = 3.0
# A question is answered by the database when the engine takes longer, however many requests it
# makes of it: nobody waits a second, the page included. Over a million entries it takes a sixth.
FOUND_IN_S = 0.6
_APPLIES_IN = 20.0
_BUILDS_IN = 60.0
_NUMBERS = ("turn", "order", "published", "seal", "number")
# Indexed, so that the first of an order are found without looking at all.
_SORTED_BY = frozenset({"order", "published"})
_BATCH = 1_000
_BUILDING = "-building"
_CHECK_HOLDS = 1.0
_STALE = 409
_NOT_INDEXABLE = 400
# What was changed counts in the statistics until it is taken out: at a tenth the first ten answers
# are no longer those of a fresh index in 1 of 250 places, at a quarter in 1 of 75 (measured).
MOST_DEAD = 0.05
# The server keeps deleted entries for its copies and lets go of them every half minute.
TIDY_EVERY_S = 30.0
_ASKED_FOR = 0.5
# Segments with fewer dead entries (percent) are not worth writing anew.
_WORTH = 1.0
_VERSIONS = "external_gte"


class ElasticIndex:
    """The index on a server; safe to share between threads."""

    def __init__(
        self, url: str, username: str = "", password: str = "", ca_certs: str = ""
    ) -> None:
        place = urlsplit(url)
        self._alias = place.path.strip("/") or "registry"
        self._client = Elasticsearch(
            f"{place.scheme}://{place.hostname}:{place.port or 9200}",
            request_timeout=_ANSWERS_IN,
            max_retries=0,
            retry_on_timeout=False,
            node_class=PatientNode,
            **_credentials(username or place.username or "", password, ca_certs),
        )
        self._checked_until = 0.0
        # Whoever worked here before may have left dead entries behind.
        self._is_changed = True
        self._tidy_from = 0.0
        self._builder = self._client.options(request_timeout=_BUILDS_IN)
        self._changer = self._client.options(request_timeout=_APPLIES_IN)
        self._finder = self._client.options(request_timeout=FOUND_IN_S)
        with _answering():
            if not self._finder.indices.exists_alias(name=self._alias):
                self._swap(self._made())

    def search(self, query: Query) -> Result:
        """Answer a question with what its reader may see."""
        with within(FOUND_IN_S):
            self._check()
            return answer(self, query)

    def holding(self, node: Node) -> list[int]:
        """Give the number of every entry a tree holds of, whoever may see it."""
        with within(FOUND_IN_S):
            self._check()
            found: list[int] = []
            after: list[int] | None = None
            while True:
                with _answering():
                    page = self._finder.search(
                        index=self._alias,
                        query={"bool": {"filter": [_node(node)]}},
                        size=DEEPEST,
                        sort=[{"number": "asc"}],
                        search_after=after,
                        source=False,
                        track_total_hits=False,
                        stored_fields="_none_",
                    )["hits"]["hits"]
                    found += [int(hit["sort"][0]) for hit in page]
                if len(page) < DEEPEST:
                    return found
                after = [found[-1]]

    def apply(self, upserts: Iterable[SearchDoc], deletes: Iterable[str]) -> None:
        """Take changes over, deletes first; an upsert with a turn older than ours is ignored."""
        self._check()
        self._is_changed = True
        self._send(self._changer, self._removals(list(deletes)))
        self._send(self._changer, (_upsert(self._alias, doc) for doc in latest(upserts)))
        with _answering():
            self._client.indices.refresh(index=self._alias)

    def tidy(self) -> None:
        """Have the server take out the dead entries where they are many; returns at once.

        The merge goes on over there while questions are answered, and its end is not waited for:
        the next look, half a minute later, sees whether it was enough.
        """
        if not self._is_changed or monotonic() < self._tidy_from:
            return
        self._tidy_from = monotonic() + TIDY_EVERY_S
        with _answering():
            facts = self._client.indices.stats(index=self._alias, metric=["docs", "merge"])
            here = facts["_all"]["primaries"]
            dead, alive = here["docs"]["deleted"], here["docs"]["count"]
            if dead <= MOST_DEAD * (dead + alive):
                self._is_changed = False
            elif not here["merges"]["current"]:
                self._expunge()

    def _expunge(self) -> None:
        """Ask for a merge of whatever holds dead entries, by the name the alias has now."""
        name = self._name()
        worth = {"index.merge.policy.expunge_deletes_allowed": _WORTH}
        self._client.indices.put_settings(index=name, settings=worth)
        # Only what is on the disk is let go of.
        self._builder.indices.flush(index=name)
        asking = self._client.options(request_timeout=_ASKED_FOR)
        with suppress(ConnectionTimeout):
            asking.indices.forcemerge(index=name, only_expunge_deletes=True)

    def rebuild(self, docs: Iterable[SearchDoc]) -> None:
        """Build a new index beside the old one, swap the alias, and drop what it named before."""
        with _answering():
            name = self._made()
        try:
            place = name + _BUILDING
            self._send(self._builder, (_upsert(place, doc) for doc in latest(docs)))
            with _answering():
                self._builder.indices.forcemerge(index=name, max_num_segments=1)
                self._builder.indices.refresh(index=name)
        except BaseException:
            with _answering():
                self._client.indices.delete(index=name, ignore_unavailable=True)
            raise
        with _answering():
            self._swap(name)

    def status(self) -> Status:
        """Tell what the index is, even when its analyser is not ours."""
        with _answering():
            name = self._name()
            analyser = self._analyser_of(name)
            entries = int(self._client.count(index=name)["count"])
        is_current = analyser == documents.analyser()
        return Status("elasticsearch", name, entries, analyser, is_current)

    def versions(self) -> Iterable[tuple[str, int]]:
        """Give key and turn of every entry, in the order of the keys."""
        self._check()
        with _answering():
            return list(self._numbers("turn"))

    def seals(self) -> Iterable[tuple[str, int]]:
        """Give key and seal of every entry, in the order of the keys."""
        self._check()
        with _answering():
            return list(self._numbers("seal"))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ask(self, requests: tuple[Request, ...]) -> tuple[Found, ...]:
        """Answer requests in one round trip."""
        asked = [_bodies(request) for request in requests]
        searches = [part for bodies in asked for body in bodies for part in (_head(body), body)]
        with _answering():
            told = self._finder.msearch(index=self._alias, searches=searches)["responses"]
            answers = iter(told)
            return tuple(_found([next(answers) for _ in bodies]) for bodies in asked)

    def _name(self) -> str:
        return max(self._finder.indices.get_alias(name=self._alias))

    def _analyser_of(self, name: str) -> str:
        return "-".join(name.removeprefix(f"{self._alias}-").split("-")[:2])

    def _check(self) -> None:
        """Refuse an index of another analyser; looked up once a second, not for each question."""
        if monotonic() < self._checked_until:
            return
        with _answering():
            name = self._name()
        if self._analyser_of(name) != documents.analyser():
            raise Outdated(f"{name} was not built by analyser {documents.analyser()}")
        self._checked_until = monotonic() + _CHECK_HOLDS

    def _made(self) -> str:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        name = f"{self._alias}-{documents.analyser()}-{stamp}"
        self._builder.indices.create(
            index=name,
            settings=_SETTINGS,
            mappings=_mappings(),
            aliases={name + _BUILDING: {}},
        )
        return name

    def _swap(self, name: str) -> None:
        """Let the alias name this index alone, at once, and drop the indexes before it.

        A build that was killed, or that another one overtook, left an index no alias names; what
        was wiped since may still stand in it. Whoever still builds there is told that it is gone.
        """
        actions: list[Mapping[str, Any]] = [
            {"add": {"index": name, "alias": self._alias}},
            {"remove": {"index": name, "alias": name + _BUILDING}},
        ]
        if self._client.indices.exists_alias(name=self._alias):
            for old in self._client.indices.get_alias(name=self._alias):
                actions.append({"remove_index": {"index": old}})
        self._builder.indices.update_aliases(actions=actions)
        made = re.compile(rf"{re.escape(self._alias)}-\w+-\w+-(\d{{20}})", re.ASCII)
        for other in self._client.indices.get_alias(index=f"{self._alias}-*"):
            found = made.fullmatch(other)
            if found is not None and found[1] < name.rpartition("-")[2]:
                self._builder.indices.delete(index=other, ignore_unavailable=True)

    def _send(self, client: Elasticsearch, actions: Iterator[dict[str, Any]]) -> None:
        """Send actions in batches; ValueError for what the server says it can never take.

        They are made outside `_answering`: a document that cannot be made into one is no fault of
        the server.
        """
        while batch := list(itertools.islice(actions, _BATCH)):
            with _answering():
                # Without an alias the server would make an index of its own from what it is sent.
                sent = helpers.streaming_bulk(
                    client, batch, chunk_size=_BATCH, raise_on_error=False, require_alias=True
                )
                refused = [_refused(result) for is_done, result in sent if not is_done]
            told = [one for one in refused if one[1] != _STALE]
            if any(status != _NOT_INDEXABLE for _, status in told):
                raise Unavailable(f"{len(told)} changes were refused: {told[0]}")
            if told:
                raise ValueError(f"the engine cannot take {told[0][0]}")

    def _removals(self, keys: list[str]) -> Iterator[dict[str, Any]]:
        """Delete each entry at the very turn it has.

        A deleted entry leaves a mark with a version that refuses lower turns for a while. Without
        a version of our own each repeated delete would raise it, past the turn of the entry's next
        change.
        """
        for some in (keys[at : at + _BATCH] for at in range(0, len(keys), _BATCH)):
            with _answering():
                told = self._client.mget(index=self._alias, ids=some, source=False)["docs"]
                known = [(one["_id"], one["_version"]) for one in told if one.get("found")]
            for key, version in known:
                yield {
                    "_op_type": "delete",
                    "_index": self._alias,
                    "_id": key,
                    "version": version,
                    "version_type": _VERSIONS,
                }

    def _numbers(self, name: str) -> Iterator[tuple[str, int]]:
        after: list[str] | None = None
        while True:
            page = self._builder.search(
                index=self._alias,
                size=_BATCH,
                sort=[{"key": {"order": "asc"}}],
                search_after=after,
                source=False,
                docvalue_fields=[{"field": name}],
            )["hits"]["hits"]
            for hit in page:
                yield hit["_id"], int(hit["fields"][name][0])
            if len(page) < _BATCH:
                return
            after = page[-1]["sort"]


_SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "auto_expand_replicas": "0-1",
    "max_result_window": DEEPEST,
    "requests.cache.enable": False,
}


def _mappings() -> dict[str, Any]:
    text = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    mark = {"type": "keyword", "doc_values": False, "norms": False}
    fields: dict[str, Any] = dict.fromkeys(documents.ANALYSED, text)
    fields |= dict.fromkeys(documents.KEYWORDS, mark)
    fields |= {name: {"type": "keyword"} for name in (*documents.countable(), "key")}
    fields |= {name: {"type": "long", "index": name in _SORTED_BY} for name in _NUMBERS}
    # The text of an entry stays in the database; only what the engine needs to search is here.
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": fields}


def _credentials(username: str, password: str, ca_certs: str) -> dict[str, Any]:
    found: dict[str, Any] = {"basic_auth": (username, password)} if username else {}
    if ca_certs:
        found["ca_certs"] = ca_certs
    return found


def _upsert(index: str, doc: SearchDoc) -> dict[str, Any]:
    made = documents.index_doc(doc)
    numbers = {name: getattr(made, name) for name in _NUMBERS}
    return {
        "_op_type": "index",
        "_index": index,
        "_id": made.key,
        "version": made.turn,
        "version_type": _VERSIONS,
        "_source": {"key": made.key, **numbers, **made.tokens, **made.words},
    }


def _refused(result: Mapping[str, Any]) -> tuple[str, int]:
    """Which entry was refused, and with which status."""
    (facts,) = result.values()
    return str(facts["_id"]), int(facts["status"])


def _bodies(request: Request) -> tuple[dict[str, Any], ...]:
    """What is asked of the server: the page and, last, the count with the facets; or both at once.

    Where nothing scores they are asked apart. The count is what every reader with the same rights
    asks of the same state of the index, and the server keeps the answer; the page is found without
    looking at what stands behind it. Where something scores it costs less to look once for both.
    """
    order = {"order": "desc"}
    by_number = [{request.sort: "desc"}]
    page = {
        "size": request.size,
        "sort": [{"_score": order}, {"order": order}] if request.sort == "score" else by_number,
        "track_scores": request.sort == "score",
        "_source": False,
        "docvalue_fields": ["order"],
    }
    counted = {
        "track_total_hits": True,
        "aggs": {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in request.facets},
    }
    query = {"query": _query(request)}
    if request.scored is not None or not request.size:
        return ({**query, **page, **counted},)
    return {**query, **page, "track_total_hits": False}, {**query, **counted, "size": 0}


def _head(body: Mapping[str, Any]) -> dict[str, Any]:
    """How the server is to treat a body: it keeps nothing but what holds no hit."""
    return {} if body["size"] else {"request_cache": True}


def _query(request: Request) -> dict[str, Any]:
    query: dict[str, Any] = {"filter": [_node(node) for node in request.required]}
    query["must"] = [_node(request.scored) if request.scored else {"match_all": {"boost": 0.0}}]
    if request.refused is not None:
        query["must_not"] = [_node(request.refused)]
    return {"bool": query}


def _node(node: Node) -> dict[str, Any]:
    match node:
        case Term(name, token, boost):
            return {"term": {name: {"value": token, "boost": boost}}}
        case Fixed(inner, score):
            return {"constant_score": {"filter": _node(inner), "boost": score}}
        case Begins(name, start):
            return {"prefix": {name: {"value": start}}}
        case NoneOf(nodes):
            return {"bool": {"must_not": [_node(one) for one in nodes]}}
        case BestOf(nodes):
            return {"dis_max": {"queries": [_node(one) for one in nodes]}}
        case AllOf(nodes):
            return {"bool": {"must": [_node(one) for one in nodes]}}
        case AnyOf(()):
            # Without a clause to meet the server takes everything to meet it.
            return {"match_none": {}}
        case AnyOf(nodes):
            should = [_node(one) for one in nodes]
            return {"bool": {"should": should, "minimum_should_match": 1}}


def _found(answers: Sequence[Mapping[str, Any]]) -> Found:
    """What the answers to the bodies of one request say."""
    for one in answers:
        if "error" in one:
            raise Unavailable(str(one["error"]))
    candidates = tuple(
        Candidate(hit["_id"], hit["_score"] or 0.0, int(hit["fields"]["order"][0]))
        for hit in answers[0]["hits"]["hits"]
    )
    facets = {
        name: {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}
        for name, counted in answers[-1].get("aggregations", {}).items()
    }
    return Found(candidates, int(answers[-1]["hits"]["total"]["value"]), facets)


@contextmanager
def _answering() -> Iterator[None]:
    """Turn every failure of the server or the line into `Unavailable`, with its cause.

    So too an answer that is no answer of this server: whatever stands between may say anything.
    """
    try:
        yield
    except NotFoundError as error:
        raise Unavailable("the index does not exist; rebuild it") from error
    except (ApiError, TransportError) as error:
        raise Unavailable(str(error)) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable(f"the answer cannot be read: {type(error).__name__}") from error
