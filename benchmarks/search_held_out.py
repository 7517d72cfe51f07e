"""Print how queries kept apart are answered, and whether the counts are honest.

    python -m benchmarks.search_held_out [FOLDER] [--url http://host:port/test-held] [--misses]
        [--queries FILE] [--part NAME] [--half open|held]

`held_out.json` (or `held_out_second.json` to `held_out_twelfth.json`, written by other hands)
beside this file holds the queries with the written rules that grade every entry; the part `city` is
asked of the demo city, `portals`, `portals_last`, `portals_sectors` and `counts` of
FOLDER/corpus.jsonl as well (see search_quality.py), `counts_wide` of FOLDER/background.jsonl too,
as the part `portals_wide`. Precision and recall are those of all counted hits of a question; what
is right is said by expressions or, where no words say it, by the ids of the entries; those judges
do not agree on are neither right nor wrong. A set whose misses are to be read is split by the
digest of its queries: read those of the open half alone.
"""

import argparse
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import search
from benchmarks import search_quality as quality
from registry.demo import city
from search import Index, Query, SearchDoc, documents

WIDE = "portals_wide"
HELD_OUT = Path(__file__).with_name("held_out.json")
Graded = tuple[str, str, quality.Row]


def queries(part: str, file: Path = HELD_OUT, half: str = "") -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(file.read_text("utf-8")).get(part, [])
    return [query for query in found if not half or half_of(query["query"]) == half]


def half_of(text: str) -> str:
    """`open` or `held`: by the digest, so that nobody chooses which misses are read."""
    return ("open", "held")[hashlib.sha256(text.encode()).digest()[0] % 2]


def demo_city() -> Iterator[SearchDoc]:
    """Every entry of the demo city, as if all were published."""
    units = {unit["uscc"]: unit for unit in city.data("departments")["departments"]}
    for number, entry in enumerate(city.data("resources")["entries"]):
        unit = units[entry["department"]]
        envelope = {
            "code": entry["code"],
            "department_name": unit["name"],
            "department_short": unit["short"],
        }
        yield SearchDoc(
            f"{number:06}", "1", unit["uscc"], 1, entry.get("document") or entry, envelope
        )


def elements(doc: SearchDoc) -> str:
    return " ".join(documents.texts(doc.document, "/items/*/name"))


def whole(doc: SearchDoc) -> str:
    """All the text of an entry that says what it holds."""
    found = [
        documents.content(text)
        for pointer in documents.text_fields()
        for text in documents.texts(doc.document, pointer)
    ]
    return " ".join([*found, str(doc.envelope.get("department_name"))])


def grade(query: Mapping[str, Any], doc: SearchDoc) -> int:
    if "items" in query and not re.search(query["items"], elements(doc)):
        return 0
    if "dept" in query and not re.search(query["dept"], str(doc.envelope.get("department_name"))):
        return 0
    title = str(doc.document.get("name"))
    return next((g for g, rule in query["rules"] if re.search(rule, title)), 0)


def graded(index: Index, docs: Sequence[SearchDoc], asked: Sequence[Any]) -> Iterator[Graded]:
    for query in asked:
        judged = {doc.key: g for doc in docs if (g := grade(query, doc))}
        got = quality.answers(index, query["query"])
        yield query["cls"], query["query"], quality.row(judged, got)


def counted(
    index: Index, docs: Sequence[SearchDoc], asked: Sequence[Any]
) -> Iterator[tuple[str, float, float, int]]:
    """Precision and recall over all counted hits, and how many there should be."""
    texts = {doc.key: whole(doc) for doc in docs}
    for query in asked:
        right = (
            texts.keys() & query["ids"]
            if "ids" in query
            else {
                key
                for key, text in texts.items()
                if all(re.search(r, text) for r in query["holds"])
            }
        )
        result = index.search(Query(query["query"], reader=quality.EVERYBODY, limit=10_000))
        got = {hit.key for hit in result.hits} - set(query.get("unsure", ()))
        if right:
            good = len(got & right)
            yield query["query"], good / len(got) if got else 0.0, good / len(right), len(right)


def report(index: Index, docs: Sequence[SearchDoc], part: str, given: argparse.Namespace) -> None:
    file, half, misses = given.queries, given.half, given.misses
    rows = list(graded(index, docs, queries(part, file, half)))
    print(f"{part}: {len(docs)} entries {half}")
    if rows:
        print(f"{'class':6} {'n':>3} {'nDCG@10':>8} {'MRR':>6} {'R@20':>6} {'zero':>6}")
    for name, (count, figures) in quality.table(rows).items() if rows else ():
        print(f"{name:6} {count:3} " + "{:8.4f} {:6.3f} {:6.3f} {:6.3f}".format(*figures))
    for name, text, figures in sorted(rows, key=lambda one: one[2]) if misses else ():
        if figures[0] < 0.7:
            print(f"{name:6} {figures[0]:.3f} {text}")
    asked = "counts_wide" if part == WIDE else "counts"
    found = list(counted(index, docs, queries(asked, file, half)))
    if not found:
        return
    precision = sum(row[1] for row in found) / len(found)
    recall = sum(row[2] for row in found) / len(found)
    print(f"counts over {len(found)}: precision {precision:.3f}, recall {recall:.3f}")
    for text, exact, full, many in found if misses else ():
        if min(exact, full) < 0.95:
            print(f"       p {exact:.2f} r {full:.2f} of {many}: {text}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path, nargs="?")
    arguments.add_argument("--url", default="tantivy:")
    arguments.add_argument("--misses", action="store_true", help="also list queries below 0.7")
    arguments.add_argument("--queries", type=Path, default=HELD_OUT, help="the set of queries")
    arguments.add_argument("--part", help="ask this part alone")
    arguments.add_argument("--half", choices=("open", "held"), default="", help="ask this half")
    given = arguments.parse_args()
    parts = [("city", list(demo_city()))]
    if given.folder:
        docs = list(quality.corpus(given.folder))
        parts += [(name, docs) for name in ("portals", "portals_last", "portals_sectors")]
        if queries("counts_wide", given.queries):
            parts.append((WIDE, [*docs, *quality.corpus(given.folder, "background.jsonl")]))
    for part, docs in parts:
        is_asked = part == WIDE or queries(part, given.queries)
        if given.part not in (None, part) or not is_asked:
            continue
        with tempfile.TemporaryDirectory() as data_dir:
            index = search.open(given.url, Path(data_dir))
            index.rebuild(docs)
            report(index, docs, part, given)
            index.close()


if __name__ == "__main__":
    main()
