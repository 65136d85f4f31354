"""The transport under the session: connections that are guarded, and answers that have a deadline."""

from __future__ import annotations

import http.client
import io
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from harvester.http.deadline import BUFFER, Deadline, DeadlineReader
from harvester.http.guard import AddressGuard, connect


class GuardedAdapter(HTTPAdapter):
    """Connects through the guard, and reads under the deadline."""

    def __init__(self, guard: AddressGuard, deadline: Deadline) -> None:
        self._pools = _guarded_pools(guard, deadline)
        super().__init__(max_retries=0, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As in requests, with our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools


class PlainSession(requests.Session):
    """A requests.Session without what a harvester must not have: redirects unseen, the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' signature
        """None: we follow redirects ourselves; requests would read a redirect's body without limit."""
        return None


def _connect(wanted: HTTPConnection, guard: AddressGuard, deadline: Deadline) -> socket.socket:
    options = wanted.socket_options or ()
    return connect(wanted.host.strip("[]"), wanted.port, guard, deadline, options=options)


def _guarded_pools(guard: AddressGuard, deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Reading(http.client.HTTPResponse):
        """An answer whose status line, headers and body are all read under the deadline."""

        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(DeadlineReader(sock, deadline), BUFFER)

    class Connection(HTTPConnection):
        response_class = Reading

        def _new_conn(self) -> socket.socket:
            return _connect(self, guard, deadline)

    class SecureConnection(HTTPSConnection):
        response_class = Reading

        def _new_conn(self) -> socket.socket:
            return _connect(self, guard, deadline)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}
