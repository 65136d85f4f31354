"""The provider behind a real server, on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from catalogue.record import Agent, Record, Subject, Text
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.deps import Services
from endpoint.oai_pmh.router import router
from factories import commit, fill

RECORDS = 25
OURS = "oai:clearinghouse.localdomain:nile:"


@contextmanager
def serving(store: Store, page_size: int) -> Iterator[str]:
    """The base URL of a provider, for as long as the block lasts."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = load_settings(
        database_url="sqlite://", port=port, oai_page_size=page_size, admin_email="feed@clearinghouse.test"
    )
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.services = Services(settings, store)
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/oai"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """A function that serves a store and returns the base URL."""
    with ExitStack() as stack:

        def serve(store: Store, page_size: int = 10) -> str:
            return stack.enter_context(serving(store, page_size))

        yield serve


@pytest.fixture
def catalogue(store: Store) -> Store:
    """Twenty-five records, two of them deleted."""
    records: dict[str, Any] = {
        f"r{number:02}": Record(
            Text.of(f"Inventory & <stock> No. {number} — инвентаризация", "en"),
            descriptions=(Text.of("Obsolete pesticides."),),
            agents=(Agent("creator", Text.of("Example Regional Centre")),),
            subjects=(Subject(Text.of("DDT")),),
        )
        for number in range(RECORDS)
    }
    run = fill(store, records)
    gone = store.records.known([OURS + "r03", OURS + "r07"])
    commit(store, run, [], tombstones=list(gone.values()))
    return store
