"""The addresses /health, /ready and /metrics."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from catalogue.errors import SchemaOutOfDate, StoreUnreachable
from catalogue.settings import MetricsFor
from endpoint.deps import services
from endpoint.observing.harvests import HarvestFigures
from endpoint.observing.pulse import Pulse
from endpoint.observing.requests import RequestFigures

router = APIRouter(include_in_schema=False)

_NO_STORE: Final = {"Cache-Control": "no-store"}
#: What a reverse proxy adds: who asks it need not be on this machine.
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.api_route("/health", methods=["GET", "HEAD"])
def health() -> Response:
    """Whether this process answers at all: a reason to start it again where it does not."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


@router.api_route("/ready", methods=["GET", "HEAD"])
def ready(request: Request) -> Response:
    """Whether this process can do its work: 200, or 503 and why not."""
    known = services(request)
    wanted = known.settings.ready_workers
    try:
        known.store.check()
        workers = _pulse(request).living() if wanted else 0
    except StoreUnreachable as error:
        return _unready("unavailable", str(error))
    except SchemaOutOfDate as error:
        return _unready("out-of-date", str(error))
    if workers < wanted:
        return _unready("no-worker", f"{workers} workers live, and {wanted} should")
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


def _unready(status: str, reason: str) -> Response:
    return JSONResponse({"status": status, "reason": reason}, 503, headers=_NO_STORE)


@router.api_route("/metrics", methods=["GET", "HEAD"])
def metrics(request: Request) -> Response:
    """The figures, in the text format of Prometheus."""
    if not _may_see(request):
        why = "The figures are not for everybody: docs/operations.md says for whom they are.\n"
        return PlainTextResponse(why, 403, _NO_STORE)
    figures = figures_of(request)
    return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST, headers=_NO_STORE)


def _may_see(request: Request) -> bool:
    settings = services(request).settings
    match settings.metrics:
        case MetricsFor.LOOPBACK:
            return _is_here(request)
        case MetricsFor.TOKEN:
            scheme, _, told = request.headers.get("authorization", "").partition(" ")
            token = settings.metrics_token.get_secret_value().encode()
            return scheme.lower() == "bearer" and hmac.compare_digest(told.strip().encode(), token)
        case MetricsFor.NOBODY:
            return False


def _is_here(request: Request) -> bool:
    """Whether a process of this machine asks, and asks for itself."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _pulse(request: Request) -> Pulse:
    found: Pulse | None = getattr(request.app.state, "pulse", None)
    if found is None:
        known = services(request)
        found = request.app.state.pulse = Pulse(known.store, known.settings.dead_after)
    return found


def figures_of(request: Request) -> RequestFigures:
    """The figures of this application; those of the harvests are among them once somebody has asked."""
    state = request.app.state
    found: RequestFigures | None = getattr(state, "figures", None)
    if found is None:
        found = state.figures = RequestFigures()
    if not getattr(state, "harvest_figures", False):
        known = services(request)
        figures = HarvestFigures(known.store, _pulse(request), known.settings.schedule_jitter)
        found.registry.register(figures)
        state.harvest_figures = True
    return found
