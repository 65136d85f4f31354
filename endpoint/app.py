"""The application: the only file that knows every router."""

from __future__ import annotations

from fastapi import FastAPI

from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.csw.router import router as csw
from endpoint.deps import Services
from endpoint.dump.router import router as dump
from endpoint.oai_pmh.router import router as oai_pmh
from endpoint.public.router import router as public
from endpoint.transport.answers import WholeAnswers
from endpoint.transport.limits import Limits


def create_app(settings: Settings, store: Store) -> FastAPI:
    """The web application over a store whose schema is current. It never calls a remote source."""
    app = FastAPI(title=settings.repository_name, docs_url=None, redoc_url=None)
    app.state.services = Services(settings, store)
    app.include_router(oai_pmh)
    app.include_router(csw)
    app.include_router(dump)
    app.include_router(public)
    app.add_middleware(WholeAnswers)
    app.add_middleware(Limits, settings=settings)
    return app
