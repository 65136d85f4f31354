from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from harvester.http import HarvestSession, Limits

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

MakeSession = Callable[..., HarvestSession]
RawServer = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def make_session() -> Iterator[MakeSession]:
    """Sessions that may use the loopback, with limits of one's own; closed at the end."""
    with contextlib.ExitStack() as stack:

        def make(*, networks: tuple[Any, ...] = LOOPBACK, **limits: Any) -> HarvestSession:
            more = {name: limits.pop(name) for name in ("terms", "proxy", "memory") if name in limits}
            limits = {"connect_timeout": 2.0, "read_timeout": 5.0, "answer_deadline": 20.0, **limits}
            session = HarvestSession(user_agent="Tests/1", limits=Limits(**limits), networks=networks, **more)
            return stack.enter_context(session)

        yield make


@pytest.fixture
def session(make_session: MakeSession) -> HarvestSession:
    return make_session()


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    """Serves one socket after another by a function, for what no HTTP library would send."""
    listening: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(speak: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(10)
                    connection.recv(65536)
                    speak(connection)

        threads.append(threading.Thread(target=accept, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/oai"

    yield serve
    for listener in listening:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(5)
