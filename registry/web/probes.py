"""What machines ask that watch us: alive, ready, metrics. In no transaction, in no journal."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from registry.edge import act_by_token, probes
from registry.edge.metrics import CONTENT_TYPE, Metrics
from registry.edge.words import probe
from registry.health import Health, Seen

pages = Blueprint("probes", __name__)

# Where one of these stands, the request came through something that speaks for others.
_SPEAKS_FOR = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


@pages.get("/livez")
@probes()
def alive() -> Response:
    """The process answers; it looks at nothing else: a fault elsewhere is no reason to end it."""
    return jsonify(status="alive")


@pages.get("/readyz")
@probes()
def ready() -> tuple[Response, int]:
    """Whether to send requests here: 200 ready or degraded, 503 unavailable.

    Anybody may ask; there are only codes and fixed sentences in the answer.
    """
    seen = _look()
    return jsonify(status=seen.status, parts=_parts(seen)), _status(seen)


def _parts(seen: Seen) -> Mapping[str, Mapping[str, Any]]:
    return {
        part: {"code": code, "zh": probe(code, "zh"), "en": probe(code, "en")}
        for part, code in seen.codes.items()
    }


def _status(seen: Seen) -> int:
    return 503 if seen.status == "unavailable" else 200


def _look() -> Seen:
    health = current_app.extensions["registry_health"]
    assert isinstance(health, Health)
    return health.look()


@pages.get("/metrics")
@probes()
def metrics() -> Response:
    """Metrics for Prometheus: to this machine, elsewhere by the API token of an administrator.

    How many requests are refused, and when, tells an outsider when an attack succeeds; no page
    shows it to everybody. No setting opens it: a token can be taken back, is journalled when it
    is issued, and ends on its day.
    """
    if not _is_from_here():
        act_by_token("accounts")
    counted = current_app.extensions["registry_metrics"]
    assert isinstance(counted, Metrics)
    return Response(counted.text(_look()), content_type=CONTENT_TYPE)


def _is_from_here() -> bool:
    """Whether a program of this machine asks for itself.

    A proxy on this machine has the same address as we have: whatever it passes on is not ours.
    """
    if any(name in request.headers for name in _SPEAKS_FOR):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
