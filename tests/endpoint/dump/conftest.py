"""Dumps of a store, and an application that serves them over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from endpoint.app import create_app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(dump_folder=str(tmp_path / "dump"), base_url="http://testing")


@pytest.fixture
def serving(settings: Settings) -> Callable[[Store], Iterator[str]]:
    @contextmanager
    def serve(store: Store) -> Iterator[str]:
        config = uvicorn.Config(create_app(settings, store), port=0, log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

    return serve
