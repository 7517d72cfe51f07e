"""Print what the dearest questions cost that somebody without a name can ask, and the ten worst.

    python -m benchmarks.worst_questions FOLDER [N] [--database URL] [--search ADDRESS]

FOLDER and N (20,000 unless it is said) are those of `benchmarks.million`, which makes the catalogue
where it is not there. Each question is asked five times, never the same twice, as nothing is kept
for who asks anew; CPU and wall milliseconds are the median. A refusal counts as an answer.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.asking import Asked, Asking
from benchmarks.million import Place, opened

ROUNDS = 5
HAN, LATIN = "登记信息婚姻企业人口数据统计", "abcdefghijklmnop"


def questions(asking: Asking) -> dict[str, Asked]:
    """What is asked, by name."""

    def search(**given: str | int | list[str] | Callable[[int], Any]) -> Asked:
        return asking.post("package_search", **{"rows": 10, **given})

    def fq(text: Callable[[int], str], **more: Any) -> Asked:
        return search(fq=text, **more)

    def any_of(field: str) -> Callable[[int], str]:
        return lambda n: " OR ".join(f"{field}:{HAN[n]}{i}" for i in range(120))

    return {
        "title, Chinese": fq(lambda n: f"title:{HAN[n]}"),
        "title, Latin": fq(lambda n: f"title:{LATIN[n]}b"),
        "notes, Chinese": fq(lambda n: f"notes:{HAN[n]}"),
        "notes, beginning": fq(lambda n: f"notes:{LATIN[n]}*"),
        "text, Chinese": fq(lambda n: f"text:{HAN[n]}"),
        "120 words of notes": fq(any_of("notes")),
        "120 words of text": fq(any_of("text")),
        "120 keywords": fq(any_of("tags")),
        "number of keywords": fq(lambda n: f"num_tags:[{n} TO *]"),
        "eight ranges": fq(lambda n: " ".join(f"num_tags:[{i} TO {n + i}]" for i in range(8))),
        "created since": fq(lambda n: f"metadata_created:[2020-01-{n + 1:02} TO *]"),
        "codes in a range": fq(lambda n: f"update_cycle:[{n} TO *]"),
        "not a keyword": fq(lambda n: f"-tags:{HAN[n]}"),
        "words, by title": search(q=lambda n: HAN[n], sort="title asc"),
        "words under a filter": search(q=lambda n: HAN[n], fq="title:信息"),
        "by title": search(sort="title asc", start=lambda n: n),
        "by creation": search(sort="metadata_created desc", start=lambda n: n),
        "page 1,500": search(start=lambda n: 15_000 + n),
        "a thousand rows": search(start=lambda n: 1000 * n, rows=1000),
        "facets of all": fq(
            lambda n: f"-level:{n}",
            **{"facet.field": '["tags", "id", "title", "res_format"]', "facet.limit": -1},
        ),
        "package_list": asking.post("package_list", offset=lambda n: n),
        "tag_list": asking.post("tag_list", query=lambda n: HAN[n]),
        "package_autocomplete": asking.post("package_autocomplete", q=lambda n: HAN[n]),
        "a page as Turtle": asking.get(lambda n: f"/catalog.ttl?page={n + 5}"),
        "a page as RDF/XML": asking.get(lambda n: f"/catalog.xml?page={n + 5}"),
        "words as JSON-LD": asking.get(lambda n: f"/catalog.jsonld?q={quote(HAN[n])}"),
        "OAI as DCAT-AP": asking.get(
            lambda n: f"/oai?verb=ListRecords&metadataPrefix=dcat_ap&from=20{10 + n}-01-01"
        ),
        "manifest": asking.get("/manifest.json"),
    }


def main() -> None:
    """Ask everything of the catalogue in the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", nargs="?", type=int, default=20_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--search", default="tantivy:")
    given = parser.parse_args()
    app, _, _ = opened(Place(given.folder, given.database, given.search), given.count, 1)
    asking = Asking(app, "")
    costs = []
    for name, asked in questions(asking).items():
        cost = asking.cost(asked, ROUNDS)
        costs.append((cost.cpu, name))
        print(f"{name:24} {cost.cpu:8.1f} ({cost.wall:.1f})", flush=True)
    print(
        "the ten worst: " + ", ".join(f"{name} {cpu:.0f}" for cpu, name in sorted(costs)[:-11:-1])
    )


if __name__ == "__main__":
    main()
