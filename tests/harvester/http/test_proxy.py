"""Asking by a proxy: what it is told, and what the address guard is still worth."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from catalogue.errors import AddressRefused, SettingsError, SourceUnreachable
from catalogue.quirks import Quirks
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from harvester.http import HarvestSession, Proxy, tls
from tls import issue, serving


class TunnelProxy:
    """A proxy that connects wherever CONNECT says, or answers plain requests itself."""

    def __init__(self, status: bytes = b"200 Connection established") -> None:
        self.heads: list[bytes] = []
        self._status = status
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:pass%40word@127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._speak, args=(client,), daemon=True).start()

    def _speak(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = client.recv(65536)
            self.heads.append(head)
            if not head.startswith(b"CONNECT"):
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<p/>")
                return
            client.sendall(b"HTTP/1.1 " + self._status + b"\r\n\r\n")
            found = re.match(rb"CONNECT \S+:(\d+) ", head)
            assert found
            with socket.create_connection(("127.0.0.1", int(found[1]))) as target:
                back = threading.Thread(target=_pump, args=(target, client), daemon=True)
                back.start()
                _pump(client, target)
                back.join(5)

    def close(self) -> None:
        self._listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[TunnelProxy]:
    made = TunnelProxy()
    yield made
    made.close()


def test_plain_requests_go_by_the_proxy(make_session: Any, proxy: TunnelProxy, httpserver: Any) -> None:
    session = make_session(proxy=Proxy(proxy.url))
    url = httpserver.url_for("/oai")
    assert session.fetch("GET", url).content == b"<p/>"
    assert proxy.heads[0].startswith(b"GET " + url.encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNzQHdvcmQ=" in proxy.heads[0]


def test_tls_goes_through_the_proxy_to_the_source(
    make_session: Any, proxy: TunnelProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = issue("An authority")
    trusting = tls.of_source(unverified=False)
    trusting.load_verify_locations(cadata=authority.pem.decode())
    monkeypatch.setattr(tls, "verified", lambda: trusting)
    seen: list[Any] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("Proxy-Authorization"))
        return Response("<a/>")

    with serving(issue("localhost", authority), tmp_path) as server:
        server.expect_request("/oai").respond_with_handler(answer)
        session = make_session(proxy=Proxy(proxy.url))
        assert session.fetch("GET", server.url_for("/oai")).content == b"<a/>"
    assert proxy.heads[0].startswith(f"CONNECT localhost:{server.port} ".encode())
    assert seen == [None]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://169.254.169.254/latest",
        "http://2852039166/latest",
        "http://0xa9fea9fe/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
    ],
)
def test_forbidden_addresses_are_not_asked_of_the_proxy(
    make_session: Any, proxy: TunnelProxy, url: str
) -> None:
    with pytest.raises(AddressRefused):
        make_session(proxy=Proxy(proxy.url)).fetch("GET", url)
    assert proxy.heads == []


def test_a_name_with_one_forbidden_address_is_refused_since_the_proxy_chooses(
    make_session: Any, proxy: TunnelProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def several(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "many.example.org":
            return resolve(host, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", several)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        make_session(proxy=Proxy(proxy.url)).fetch("GET", "http://many.example.org/oai")
    assert proxy.heads == []


def test_a_redirect_by_the_proxy_is_judged_too(make_session: Any, raw_server: Any) -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://10.0.0.1/\r\n\r\n"
    url = raw_server(lambda c: c.sendall(head))
    with pytest.raises(AddressRefused):
        make_session(proxy=Proxy(url.removesuffix("/oai"))).fetch("GET", url)


def test_names_that_only_the_proxy_knows(make_session: Any, proxy: TunnelProxy) -> None:
    url = "http://nile.invalid/oai"
    with pytest.raises(SourceUnreachable, match="does not resolve"):
        make_session(proxy=Proxy(proxy.url)).fetch("GET", url)
    assert make_session(proxy=Proxy(proxy.url, resolves=True)).fetch("GET", url).content == b"<p/>"


def test_a_proxy_that_is_dead_or_refuses(make_session: Any) -> None:
    refusing = TunnelProxy(b"407 Proxy Authentication Required")
    with pytest.raises(SourceUnreachable) as failed:
        make_session(proxy=Proxy(refusing.url)).fetch("GET", "https://127.0.0.1:9/oai")
    assert "the proxy" in str(failed.value)
    assert "word" not in str(failed.value)
    refusing.close()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceUnreachable, match="refused"):
        make_session(proxy=Proxy(f"http://127.0.0.1:{port}")).fetch("GET", "http://127.0.0.1:9/oai")


def test_the_setting_and_the_source_that_goes_without(httpserver: Any, proxy: TunnelProxy) -> None:
    settings = load_settings(allowed_networks=("127.0.0.0/8", "::1/128"), proxy=proxy.url)
    assert "pass%40word" not in repr(settings)
    httpserver.expect_request("/oai").respond_with_data("<a/>")
    source = Source("nile", Protocol.OAI_PMH, httpserver.url_for("/oai"))
    with HarvestSession.from_settings(settings, source) as session:
        assert session.fetch("GET", source.base_url).content == b"<p/>"
    direct = Source("nile", Protocol.OAI_PMH, source.base_url, quirks=Quirks(no_proxy=True))
    with HarvestSession.from_settings(settings, direct) as session:
        assert session.fetch("GET", source.base_url).content == b"<a/>"


@pytest.mark.parametrize("url", ["socks5://user:secret@h:1", "user:secret", "http://", "http://[secret"])
def test_what_is_no_proxy_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="proxy") as refused:
        Proxy(url)
    assert "secret" not in str(refused.value)
