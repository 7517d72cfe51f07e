"""Print how well judged queries are answered, per class.

    python benchmarks/search_quality.py FOLDER [--url http://host:port/test-quality] [--misses]

FOLDER holds corpus.jsonl, queries.jsonl (qid, cls, query) and qrels.tsv (qid, id, grade 0-3).
nDCG@10 uses gains 2^grade - 1; MRR and recall@20 count grades of 2 and more. What is scored is what
a person sees: full matches first, then the related ones.
"""

import argparse
import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import search
from search import Index, Query, Reader, SearchDoc
from search.protocol import Unavailable

EVERYBODY = Reader(everything=True)
PATIENCE = 20
Row = tuple[float, float, float, float]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def corpus(folder: Path, name: str = "corpus.jsonl") -> Iterator[SearchDoc]:
    for row in lines(folder / name):
        keywords = [*row["tags"], row["theme"], row["domain"], row["industry"]]
        document = {
            "name": row["title"],
            "abstract": row["abstract"],
            "keywords": [word for word in keywords if word],
            "items": [{"name": name} for name in row["items"]],
        }
        envelope = {
            "department_name": f"{row['city']} {row['dept']}",
            "updated_at": row["updated"] or None,
        }
        yield SearchDoc(row["id"], "1", row["dept"], 1, document, envelope)


def grades(folder: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        qid, key, grade = line.split()[:3]
        judged[qid][key] = int(grade)
    return judged


def gain(ranked: Iterable[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(ranked))


def row(judged: dict[str, int], got: list[str]) -> Row:
    ideal = gain(sorted(judged.values(), reverse=True)[:10])
    good = {key for key, grade in judged.items() if grade >= 2}
    first = next((rank for rank, key in enumerate(got, 1) if key in good), None)
    return (
        gain([judged.get(key, 0) for key in got[:10]]) / ideal if ideal else 0.0,
        1 / first if first else 0.0,
        len(good & set(got[:20])) / min(20, len(good)) if good else 0.0,
        float(not got),
    )


def answers(index: Index, text: str) -> list[str]:
    """What a person sees first; an engine that has just begun may need more than its time."""
    for left in range(PATIENCE, -1, -1):
        try:
            result = index.search(Query(text, reader=EVERYBODY, limit=20))
            break
        except Unavailable:
            if not left:
                raise
            time.sleep(1)
    return [hit.key for hit in (*result.hits, *result.related)]


def measured(index: Index, folder: Path) -> Iterator[tuple[str, str, Row]]:
    judged = grades(folder)
    for query in lines(folder / "queries.jsonl"):
        yield (
            query["cls"],
            query["query"],
            row(judged[query["qid"]], answers(index, query["query"])),
        )


def mean(rows: list[Row]) -> Row:
    return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))


def table(rows: Iterable[tuple[str, str, Row]]) -> dict[str, tuple[int, Row]]:
    classes: dict[str, list[Row]] = defaultdict(list)
    for name, _, figures in rows:
        classes[name].append(figures)
        classes["all"].append(figures)
    return {name: (len(found), mean(found)) for name, found in sorted(classes.items())}


def built(url: str, folder: Path, data_dir: Path) -> Index:
    index = search.open(url, data_dir)
    index.rebuild(corpus(folder))
    return index


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--url", default="tantivy:")
    arguments.add_argument("--misses", action="store_true", help="also list queries below 0.7")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as data_dir:
        index = built(given.url, given.folder, Path(data_dir))
        found = list(measured(index, given.folder))
        index.close()
    print(f"{'class':6} {'n':>3} {'nDCG@10':>8} {'MRR':>6} {'R@20':>6} {'zero':>6}")
    for name, (count, figures) in table(found).items():
        print(f"{name:6} {count:3} " + "{:8.4f} {:6.3f} {:6.3f} {:6.3f}".format(*figures))
    for name, text, figures in sorted(found, key=lambda one: one[2]) if given.misses else ():
        if figures[0] < 0.7:
            print(f"{name:6} {figures[0]:.3f} {text}")


if __name__ == "__main__":
    main()
