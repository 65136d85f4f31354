"""The whole application, served over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import uvicorn

from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app


@contextmanager
def serving(store: Store, **settings: Any) -> Iterator[str]:
    """Serve a store; gives the address."""
    app = create_app(load_settings(**settings), store)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none", forwarded_allow_ips=[]))
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
    """`serve(store, **settings)`: a context with the address."""
    return serving
