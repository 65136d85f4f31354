"""The transport under the session: connections that are guarded, and answers that have a deadline."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
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
        #: Where it was asked last, and the connections to there.
        self._last: tuple[object, Any] = (None, None)
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

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """As in requests, but looked up once for as long as the same place is asked."""
        wanted = (request.url or "").partition("?")[0], *(proxies or {}).items()
        if wanted != self._last[0]:
            found = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._last = wanted, found
        return self._last[1]

    def close(self) -> None:
        """Close the connections, and forget them."""
        self._last = (None, None)
        super().close()

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the context says it."""


class PlainSession(requests.Session):
    """A requests.Session without what a harvester must not have: redirects unseen, the environment."""

    def __init__(self, everywhere: BaseAdapter, own: BaseAdapter, is_own: Callable[[str], bool]) -> None:
        super().__init__()
        self.trust_env = False
        self._everywhere, self._own, self._is_own = everywhere, own, is_own
        #: By address, a request for it without arguments.
        self._prepared: tuple[str, requests.PreparedRequest] | None = None

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """As in requests; the questions for one page after another differ in their arguments alone.

        To prepare one from the beginning takes as long as to send it and to read the head of its answer.
        """
        params = request.params
        if request.method != "GET" or not params or request.data or request.headers or len(self.cookies):
            return super().prepare_request(request)
        url = str(request.url)
        if self._prepared is None or self._prepared[0] != url:
            self._prepared = url, super().prepare_request(requests.Request("GET", url))
        bare = self._prepared[1]
        if "#" in (bare.url or "") or "Authorization" in bare.headers:
            return super().prepare_request(request)
        prepared = requests.PreparedRequest()
        vars(prepared).update(vars(bare))
        prepared.url = f"{bare.url}{'&' if '?' in (bare.url or '') else '?'}{urlencode(params)}"
        prepared.headers = CaseInsensitiveDict(cast("Mapping[str, str]", self.headers))
        return prepared

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
