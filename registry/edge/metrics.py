"""What is counted of every request, as Prometheus reads it: routes, statuses, codes; never content.

With several workers each counts in a file of its own in the folder that PROMETHEUS_MULTIPROC_DIR
names, and whichever is asked adds them all up; `catalogue serve` makes that folder, in memory.
"""

import os
import time
from collections.abc import Iterable

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from registry.edge.words import SENTENCES
from registry.health import Seen

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# In seconds; the house promises pages well below the first full second.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATES = {"ready": 1.0, "degraded": 0.5, "unavailable": 0.0}


class Metrics:
    """The counters of one process.

    A label is a route of ours, a method, a status or the code of a refusal: whatever somebody
    sends that is none of these is counted as "other", so no sender can make series or leave
    words.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._latency = Histogram(
            "catalogue_request_seconds",
            "Time from request to answer, by route.",
            ("route",),
            registry=self._registry,
            buckets=BUCKETS,
        )
        self._requests = Counter(
            "catalogue_requests",
            "Requests by method and status.",
            ("method", "status"),
            registry=self._registry,
        )
        self._refusals = Counter(
            "catalogue_refusals",
            "Requests that were refused, by the code of the reason.",
            ("code",),
            registry=self._registry,
        )
        self._conflicts = Counter(
            "catalogue_conflicts",
            "Acts on something that somebody else had changed (409, 412).",
            registry=self._registry,
        )

    def count(self, seconds: float, route: str, method: str, status: int, code: str | None) -> None:
        """Count one answered request; `code` is that of its refusal."""
        self._latency.labels(route).observe(seconds)
        self._requests.labels(method if method in _METHODS else "other", str(status)).inc()
        if code is not None:
            self._refusals.labels(code if code in SENTENCES else "other").inc()
        if status in (409, 412):
            self._conflicts.inc()

    def text(self, seen: Seen) -> bytes:
        """Everything counted by all workers, and what a look at the installation found."""
        if os.environ.get(FOLDER):
            shown = CollectorRegistry()
            multiprocess.MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
        else:
            shown = self._registry
        return generate_latest(shown) + generate_latest(_looked(seen))


def install(app: Flask) -> None:
    """Count every request of this application."""
    metrics = app.extensions["registry_metrics"] = Metrics()

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def count(answer: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "other"
        seconds = time.perf_counter() - g.get("begun", time.perf_counter())
        metrics.count(seconds, rule, request.method, answer.status_code, g.get("refusal"))
        return answer


def _looked(seen: Seen) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Looked(seen))
    return registry


class _Looked(Collector):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Give what was found as gauges; what is not known is left out rather than shown as 0."""
        ready = "1 ready, 0.5 degraded, 0 unavailable, as /readyz tells."
        yield GaugeMetricFamily("catalogue_ready", ready, _STATES[self._seen.status])
        parts = GaugeMetricFamily(
            "catalogue_part_good", "1 while nothing is wrong.", None, ["part"]
        )
        for part, code in self._seen.codes.items():
            parts.add_metric([part], float(code == "ok"))
        yield parts
        if self._seen.disk_free is not None:
            words = "Free bytes where the data lie."
            yield GaugeMetricFamily("catalogue_disk_free_bytes", words, self._seen.disk_free)
        found = self._seen.figures
        if found is None:
            return
        for name, words, value in (
            ("outbox_waiting", "Entries the index has yet to learn.", found.waiting),
            ("outbox_age_seconds", "Age of the oldest of them, 0 when none.", found.waiting_s or 0),
            ("outbox_parked", "Entries the index could not take in five tries.", found.parked),
            ("journal_rows", "Rows of the journal.", found.journal_rows),
            (
                "journal_unsigned_rows",
                "Rows after the last signed head.",
                found.journal_rows - found.signed_rows,
            ),
        ):
            yield GaugeMetricFamily(f"catalogue_{name}", words, value)
        if found.head_s is not None:
            words = "Age of the last signed head."
            yield GaugeMetricFamily("catalogue_head_age_seconds", words, found.head_s)
