"""The public pages, served over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.deps import Services
from endpoint.public.router import router


@contextmanager
def serving(store: Store, **settings: str) -> Iterator[str]:
    """Serve the public pages of a store; gives the address."""
    app = FastAPI()
    app.state.services = Services(load_settings(**settings), store)
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[str]]:
    """`serve(store, **settings)`: a context with the address at which its public pages are."""
    return serving
