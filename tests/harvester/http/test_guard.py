from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import AddressRefused, SourceUnreachable
from harvester.http import AddressGuard, HarvestSession
from harvester.http.guard import embedded

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_refuses_what_is_not_public(address: str) -> None:
    assert not AddressGuard().allows(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_lets_public_addresses_pass(address: str) -> None:
    assert AddressGuard().allows(ip_address(address))


def test_lets_listed_networks_pass_in_every_form() -> None:
    guard = AddressGuard([ip_network("10.1.0.0/16"), ip_network("fd00::/8")])
    assert guard.allows(ip_address("10.1.2.3"))
    assert guard.allows(ip_address("::ffff:10.1.2.3"))
    assert guard.allows(ip_address("fd00::1"))
    assert not guard.allows(ip_address("10.2.0.1"))


@given(st.ip_addresses(v=4))
def test_no_embedding_gets_past_what_ipv4_forbids(address: IPv4Address) -> None:
    guard = AddressGuard()
    forms = [
        IPv6Address((0xFFFF << 32) | int(address)),
        IPv6Address((0x64FF9B << 96) | int(address)),
        IPv6Address((0x2002 << 112) | (int(address) << 80)),
    ]
    for form in forms:
        assert embedded(form) == address
        assert guard.allows(form) == guard.allows(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "user:secret@10.0.0.1",
    ],
)
def test_session_refuses_every_spelling(make_session: Any, host: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        make_session(networks=()).fetch("GET", f"http://{host}:9/oai")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["file", "ftp", "gopher"])
def test_session_asks_only_http(session: HarvestSession, scheme: str) -> None:
    with pytest.raises(AddressRefused):
        session.fetch("GET", f"{scheme}://example.org/etc/passwd")


def test_connects_to_the_address_that_was_judged(
    make_session: Any, monkeypatch: pytest.MonkeyPatch, httpserver: Any
) -> None:
    """A name that resolves to something else on every look-up (DNS rebinding) is looked up once."""
    httpserver.expect_request("/oai").respond_with_data("<a/>")
    lookups = []
    resolve = socket.getaddrinfo

    def rebinding(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "rebinding.example.org":
            return resolve(host, port, *args, **kwargs)
        lookups.append(host)
        first = len(lookups) == 1
        return resolve("127.0.0.2" if first else "169.254.169.254", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    session = make_session(networks=(ip_network("127.0.0.1/32"),), connect_timeout=0.5)
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        session.fetch("GET", f"http://rebinding.example.org:{httpserver.port}/oai")
    assert lookups == ["rebinding.example.org"]


def test_tries_the_next_address_and_never_a_forbidden_one(
    make_session: Any, monkeypatch: pytest.MonkeyPatch, httpserver: Any
) -> None:
    httpserver.expect_request("/oai").respond_with_data("<a/>")

    def several(_host: str, port: int, *_args: Any, **_kwargs: Any) -> Any:
        hosts = ("169.254.169.254", "127.0.0.9", "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", several)
    session = make_session(networks=(ip_network("127.0.0.0/8"),))
    answer = session.fetch("GET", f"http://many.example.org:{httpserver.port}/oai")
    assert answer.content == b"<a/>"


def test_name_that_does_not_resolve(session: HarvestSession) -> None:
    with pytest.raises(SourceUnreachable, match="does not resolve"):
        session.fetch("GET", "http://nowhere.invalid/oai")


def test_dead_host(session: HarvestSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceUnreachable, match="refused"):
        session.fetch("GET", f"http://127.0.0.1:{port}/oai")


def test_silent_host(make_session: Any) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SourceUnreachable, match=r"nothing came for 0\.3 seconds"):
            make_session(read_timeout=0.3).fetch("GET", f"http://127.0.0.1:{port}/oai")


SPELLINGS = [
    "localhost.",
    "LOCALHOST",
    "127.1",
    "0x7f000001",
    "017700000001",
    "0x7f.0.0.01",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "ⓛocalhost",
    "%6c%6fcalhost",
    "[::]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "2852039166",
    "0xa9fea9fe",
    "169.254.43518",
    "0251.0376.0251.0376",
    "[::ffff:a9fe:a9fe]",
    "[::a9fe:a9fe]",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_a_forbidden_address_is_connected_to(
    make_session: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Refused by the guard, or no address at all: what matters is that no socket is ever connected."""
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, place: connected.append(place))
    with pytest.raises((AddressRefused, SourceUnreachable)):
        make_session(networks=()).fetch("GET", f"http://{host}:9/oai")
    assert connected == []


def test_a_name_in_another_script_is_resolved_as_what_it_means(
    make_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def private(host: str, port: int, *_args: Any, **_kwargs: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.7", port))]

    monkeypatch.setattr(socket, "getaddrinfo", private)
    with pytest.raises(AddressRefused, match=r"192\.168\.0\.7"):
        make_session().fetch("GET", "http://bücher.example/oai")
    assert asked == ["xn--bcher-kva.example"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_judged(make_session: Any, httpserver: Any, code: int) -> None:
    target = "http://[::ffff:169.254.169.254]/latest/meta-data"
    httpserver.expect_request("/oai").respond_with_data("", status=code, headers={"Location": target})
    with pytest.raises(AddressRefused):
        make_session().fetch("POST", httpserver.url_for("/oai"), data=b"x")
