"""Print what a question costs on N made-up entries, in CPU time and as a ratio.

    python benchmarks/search_speed.py [N] [--url http://host:port/test-speed] [--seed 1]

The ratio is against a bare term query for one bigram on the same engine. CPU is that of this
process: with Elasticsearch the server's share is not in it. Wall times are printed beside it.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import search
from search import Query, Reader, SearchDoc
from search import plan as planning
from search.answer import Engine, Request
from search.plan import Term

PLACES = ("海勃湾区", "海南区", "乌达区", "全市", "")
SUBJECTS = (
    "婚姻登记", "住房公积金", "养老机构", "低保对象", "空气质量", "停车场", "行政处罚", "企业登记",
    "不动产登记", "医疗机构", "幼儿园", "法律援助", "食品经营许可", "道路运输", "危险化学品",
    "文物保护单位", "水库", "公交站点", "失业保险", "残疾人",
)  # fmt: skip
KINDS = ("信息", "名录", "统计", "公示", "目录", "年度报告", "办理结果")
ITEMS = ("姓名", "公民身份号码", "联系电话", "地址", "有效期", "发证机关", "负责人", "面积", "等级")
QUESTIONS = (
    "婚姻登记", "公积金", "哪里可以申请低保", "gongjijin", "hyd", "停车", "企业 行政处罚 联系电话",
    "养老院名单", "人社局 失业保险", "海南区水库",
)  # fmt: skip
EVERYBODY = Reader(everything=True)
FACETS = ("share_type", "department", "class_path")


def entries(count: int, seed: int) -> Iterator[SearchDoc]:
    chance = random.Random(seed)
    for number in range(count):
        subject = chance.choice(SUBJECTS)
        name = chance.choice(PLACES) + subject + chance.choice(KINDS) + str(2000 + number % 27)
        document = {
            "name": name,
            "abstract": f"{name},由{chance.choice(SUBJECTS)}业务形成,可用于核验。",
            "class_path": f"3/{number % 20:02}/{number % 7:03}",
            "share_type": str(1 + number % 3),
            "items": [{"name": item} for item in chance.sample(ITEMS, 5)],
        }
        envelope = {"department_name": f"市第{number % 40}局", "updated_at": "2026-01-01"}
        yield SearchDoc(f"{number:016x}", "1", f"U{number % 40}", 1, document, envelope)


def cost(action: Callable[[str], object], rounds: int) -> tuple[float, float]:
    """Give CPU and wall milliseconds of one question, on average over all of them."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(rounds):
        for text in QUESTIONS:
            action(text)
    count = rounds * len(QUESTIONS)
    return (time.process_time() - cpu) * 1000 / count, (time.perf_counter() - wall) * 1000 / count


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("count", nargs="?", type=int, default=10_000)
    arguments.add_argument("--url", default="tantivy:")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=20)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as data_dir:
        index = search.open(given.url, Path(data_dir))
        began, cpu = time.perf_counter(), time.process_time()
        index.rebuild(entries(given.count, given.seed))
        spent = time.process_time() - cpu
        print(f"built {given.count} in {time.perf_counter() - began:.1f} s, {spent:.1f} s CPU")
        report(index, given.rounds)
        index.close()


def report(index: search.Index, rounds: int) -> None:
    engine: Engine = getattr(index, "_current", lambda: index)()

    def fresh(text: str) -> None:
        planning.plan.cache_clear()
        index.search(Query(text, reader=EVERYBODY))

    actions: dict[str, Callable[[str], object]] = {
        "bare term": lambda _: engine.ask((Request(Term("all", "登记"), size=20),)),
        "plan only": planning.plan.__wrapped__,
        "question": fresh,
        "  with 3 facets": lambda text: index.search(Query(text, reader=EVERYBODY, facets=FACETS)),
        "  one department": lambda text: index.search(
            Query(text, {"department": ("U1",)}, Reader(departments=frozenset({"U1"})))
        ),
    }
    base = 0.0
    print(f"{'':18} {'CPU ms':>8} {'wall ms':>8} {'ratio':>6}")
    for name, action in actions.items():
        cpu, wall = cost(action, rounds)
        base = base or cpu
        print(f"{name:18} {cpu:8.3f} {wall:8.3f} {cpu / base:6.1f}")


if __name__ == "__main__":
    main()
