"""The transport under the session: connections that are guarded, and answers that have a deadline."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from harvester.http.deadline import BUFFER, Deadline, DeadlineReader
from harvester.http.guard import AddressGuard, Unguarded, connect
from harvester.http.tls import valid_until


class GuardedAdapter(HTTPAdapter):
    """Connects through the guard, and reads under the deadline; TLS is as its context says."""

    def __init__(self, guard: AddressGuard, deadline: Deadline, tls: Callable[[], ssl.SSLContext]) -> None:
        #: When the certificate ends that was verified last.
        self.certificate_until: datetime | None = None
        self._tls = tls
        self._pools = _guarded_pools(guard, deadline, self._note)
        super().__init__(max_retries=0, pool_maxsize=2)

    def _note(self, until: datetime | None) -> None:
        self.certificate_until = until

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As in requests, with our connections."""
        super().init_poolmanager(*args, **kwargs)
        self._guarded(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """As in requests, with our connections."""
        return self._guarded(super().proxy_manager_for(proxy, **kwargs))

    def _guarded(self, manager: PoolManager) -> PoolManager:
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """As in requests, but what is verified and shown is the context's business alone."""
        place, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return place, {"ssl_context": self._tls()} if place["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the context says it."""


class PlainSession(requests.Session):
    """A requests.Session without what a harvester must not have: redirects unseen, the environment."""

    def __init__(self, everywhere: BaseAdapter, own: BaseAdapter, is_own: Callable[[str], bool]) -> None:
        super().__init__()
        self.trust_env = False
        self._everywhere, self._own, self._is_own = everywhere, own, is_own

    def get_adapter(self, url: str | bytes) -> BaseAdapter:
        """The source's own adapter for its own place: prefixes, as requests compares them, are no places."""
        return self._own if self._is_own(str(url)) else self._everywhere

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._everywhere.close()
        self._own.close()

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' signature
        """None: we follow redirects ourselves; requests would read a redirect's body without limit."""
        return None


def _connect(wanted: HTTPConnection, guard: AddressGuard, deadline: Deadline) -> socket.socket:
    options = wanted.socket_options or ()
    if wanted.proxy is not None:
        guard = Unguarded()
    return connect(wanted.host.strip("[]"), wanted.port, guard, deadline, options=options)


def _guarded_pools(
    guard: AddressGuard, deadline: Deadline, note: Callable[[datetime | None], None]
) -> dict[str, type[HTTPConnectionPool]]:
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

        def connect(self) -> None:
            super().connect()
            if isinstance(self.sock, ssl.SSLSocket):
                note(valid_until(self.sock.getpeercert()))

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

        def _validate_conn(self, conn: Any) -> None:
            # As in urllib3, without its warning: a quirk of the source says that it is not verified.
            HTTPConnectionPool._validate_conn(self, conn)  # noqa: SLF001 - as above
            if conn.is_closed:
                conn.connect()

    return {"http": Pool, "https": SecurePool}
