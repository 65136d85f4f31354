"""The application: the only file that knows every router."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from catalogue import memory
from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.admin_api import problems
from endpoint.admin_api.router import DESCRIPTION
from endpoint.admin_api.router import router as admin_api
from endpoint.alerts.rooms import ROOMS as ALERTS
from endpoint.auth import refusals
from endpoint.auth.account import router as account
from endpoint.auth.elsewhere import router as elsewhere
from endpoint.auth.router import router as auth
from endpoint.check.api import router as check_api
from endpoint.check.router import router as check
from endpoint.clients.router import router as clients
from endpoint.csw.router import router as csw
from endpoint.dashboard.acting import router as acting
from endpoint.dashboard.letters import router as letters
from endpoint.dashboard.live import router as live
from endpoint.dashboard.problems import router as problem
from endpoint.dashboard.router import router as dashboard
from endpoint.dashboard.runs import router as run
from endpoint.dashboard.sources import router as node
from endpoint.dashboard.views import router as views
from endpoint.deps import Services
from endpoint.dump.router import router as dump
from endpoint.life.api import router as where_api
from endpoint.life.router import router as where
from endpoint.nodes.managing import router as digest
from endpoint.nodes.router import router as nodes
from endpoint.nodes.stopping import router as digests
from endpoint.oai_pmh.address import OaiPmh, visits_of
from endpoint.oai_pmh.router import ADDRESS
from endpoint.oai_pmh.router import router as oai_pmh
from endpoint.observing.requests import Measured, RequestFigures
from endpoint.observing.router import router as observing
from endpoint.people.audit import router as audit
from endpoint.people.organisations import router as organisations
from endpoint.people.people import router as people
from endpoint.ping.links import router as ping_links
from endpoint.ping.router import router as ping
from endpoint.public.router import router as public
from endpoint.records_api.router import router as records_api
from endpoint.records_api.sitemap import router as sitemap
from endpoint.registration import opened as registration_opened
from endpoint.registration.rooms import ROOMS as REGISTRATION
from endpoint.transport.answers import WholeAnswers
from endpoint.transport.direct import Direct
from endpoint.transport.encodings import CODINGS
from endpoint.transport.limits import Limits
from endpoint.transport.spelling import Spelled

#: Objects made before the collector looks for cycles; Python's own default is 700.
_COLLECTION = 20_000


#: Rooms that need no order among them.
_ROOMS: Final = (
    dashboard,
    views,
    live,
    node,
    run,
    problem,
    acting,
    people,
    organisations,
    audit,
    ping,
    ping_links,
    observing,
    where,
    where_api,
    letters,
    digest,
    digests,
    *REGISTRATION,
    *ALERTS,
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    visits_of(app).write()


def create_app(settings: Settings, store: Store) -> FastAPI:
    """The web application over a store whose schema is current. It never calls a remote source."""
    app = FastAPI(
        title=settings.repository_name,
        docs_url=None,
        redoc_url=None,
        openapi_url=DESCRIPTION,
        responses=problems.BUSY,
        lifespan=_lifespan,
        # We count requests ourselves; to look whether somebody has set up FastAPI's own means costs a request
        # as much as two queries.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = Services(settings, store)
    app.state.codings = sorted(CODINGS)
    app.include_router(oai_pmh)
    app.include_router(csw)
    app.include_router(dump)
    app.include_router(clients)
    app.include_router(records_api)
    app.include_router(nodes)
    app.include_router(sitemap)
    app.include_router(check)
    app.include_router(check_api)
    app.include_router(admin_api)
    app.include_router(auth)
    app.include_router(account)
    app.include_router(elsewhere)
    for room in _ROOMS:
        app.include_router(room)
    app.include_router(public)
    refusals.install(app)
    problems.install(app)
    registration_opened.install(app)
    app.add_middleware(WholeAnswers)
    app.add_middleware(Direct, path=ADDRESS, answered_by=OaiPmh())
    app.add_middleware(Limits, settings=settings)
    app.state.figures = RequestFigures()
    app.add_middleware(Measured, figures=app.state.figures, direct=ADDRESS)
    app.add_middleware(Spelled)
    _spare_the_collector()
    memory.keep()
    return app


def _spare_the_collector() -> None:
    """Let the garbage collector look for cycles less often, and not among what is there for good.

    A page of a list is some thousand small objects, none of them in a cycle: to look through all that the
    application is made of after each takes as long as to make the page.
    """
    gc.freeze()
    if gc.get_threshold()[0] < _COLLECTION:
        gc.set_threshold(_COLLECTION, 20, 50)
