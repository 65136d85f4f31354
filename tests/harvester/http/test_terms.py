"""What a source's quirks change about how it is asked, and where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalogue.errors import SourceUnreachable
from catalogue.quirks import Quirks
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from harvester.http import HarvestSession, Limits, Terms
from harvester.http.terms import Origin
from tls import Pair, issue, serving


@pytest.fixture(scope="module")
def authority() -> Pair:
    return issue("An authority that nobody knows")


@pytest.fixture
def secure(authority: Pair, tmp_path: Path) -> Iterator[HTTPServer]:
    with serving(issue("localhost", authority), tmp_path) as server:
        server.expect_request("/oai").respond_with_data("<a/>")
        yield server


def source_at(url: str, **quirks: Any) -> Source:
    return Source("nile", Protocol.OAI_PMH, url, quirks=Quirks(**quirks))


def session_of(source: Source, **settings: Any) -> HarvestSession:
    return HarvestSession.from_settings(
        load_settings(allowed_networks=("127.0.0.0/8", "::1/128"), **settings), source
    )


def test_a_certificate_that_nobody_signed_is_refused(secure: HTTPServer) -> None:
    url = secure.url_for("/oai")
    with session_of(source_at(url)) as session, pytest.raises(SourceUnreachable, match="certificate"):
        session.fetch("GET", url)


def test_a_certificate_is_not_looked_at_where_the_quirk_says_so(secure: HTTPServer) -> None:
    url = secure.url_for("/oai")
    with session_of(source_at(url, tls_unverified=True)) as session:
        assert session.fetch("GET", url).content == b"<a/>"
        assert session.certificate_until is None


def test_the_quirk_holds_for_the_source_alone(secure: HTTPServer, httpserver: HTTPServer) -> None:
    target = secure.url_for("/oai")
    httpserver.expect_request("/oai").respond_with_data("", status=302, headers={"Location": target})
    source = source_at(httpserver.url_for("/oai"), tls_unverified=True)
    with session_of(source) as session, pytest.raises(SourceUnreachable, match="certificate"):
        session.fetch("GET", source.base_url)


def test_headers_and_name_that_a_source_needs(httpserver: HTTPServer) -> None:
    seen: list[tuple[str, Any, Any]] = []

    def answer(request: Request) -> Response:
        seen.append((request.path, request.headers.get("X-Tenant"), request.headers["User-Agent"]))
        if request.path == "/oai":
            return Response("", 302, {"Location": f"http://127.0.0.1:{httpserver.port}/elsewhere"})
        return Response("<a/>")

    httpserver.expect_request("/oai").respond_with_handler(answer)
    httpserver.expect_request("/elsewhere").respond_with_handler(answer)
    source = source_at(
        httpserver.url_for("/oai"), headers="X-Tenant: delta | Accept: text/xml", user_agent="M/5"
    )
    with session_of(source) as session:
        session.fetch("GET", source.base_url)
    assert seen == [("/oai", "delta", "M/5"), ("/elsewhere", None, "M/5")]


def test_patience_and_pause_of_one_source() -> None:
    settings = load_settings(read_timeout=60, answer_deadline=300, host_pause=0.5)
    assert Limits.of(settings, Quirks()) == Limits(host_pause=0.5)
    slow = Limits.of(settings, Quirks(read_timeout=900, host_pause=10))
    assert (slow.read_timeout, slow.answer_deadline, slow.host_pause) == (900, 900, 10)
    assert Limits.of(settings, Quirks(answer_deadline=3600)).answer_deadline == 3600


@pytest.mark.parametrize("code", [301, 308])
def test_a_move_for_good_is_noted(httpserver: HTTPServer, code: int) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=code, headers={"Location": "/new?k=1"})
    httpserver.expect_request("/new").respond_with_data("<a/>")
    with session_of(source_at(httpserver.url_for("/old"))) as session:
        session.fetch("GET", httpserver.url_for("/old"), params={"verb": "Identify"})
        assert session.moved_to == httpserver.url_for("/new")


def test_a_detour_for_now_and_the_move_of_something_else_are_not(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=307, headers={"Location": "/mid"})
    httpserver.expect_request("/mid").respond_with_data("", status=301, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data("<a/>")
    with session_of(source_at(httpserver.url_for("/old"))) as session:
        session.fetch("GET", httpserver.url_for("/old"))
        session.fetch("GET", httpserver.url_for("/mid"))
        assert session.moved_to == ""


def test_plain_http_moves_to_https(
    secure: HTTPServer,
    httpserver: HTTPServer,
    authority: Pair,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from harvester.http import tls

    trusting = tls.of_source(unverified=False)
    trusting.load_verify_locations(cadata=authority.pem.decode())
    monkeypatch.setattr(tls, "verified", lambda: trusting)
    target = secure.url_for("/oai")
    httpserver.expect_request("/oai").respond_with_data("", status=301, headers={"Location": target})
    with session_of(source_at(httpserver.url_for("/oai"))) as session:
        answer = session.fetch("GET", httpserver.url_for("/oai"))
        assert (answer.url, answer.content, session.moved_to) == (target, b"<a/>", target)
        assert session.certificate_until is None  # it is not the source's own address


@pytest.mark.parametrize(
    ("base_url", "url", "covered"),
    [
        ("http://nile.example.org/oai", "http://nile.example.org/oai?verb=x", True),
        ("http://nile.example.org/oai", "http://NILE.example.org.:80/other", True),
        ("http://nile.example.org/oai", "https://nile.example.org/oai", True),
        ("https://nile.example.org/oai", "http://nile.example.org/oai", False),
        ("http://nile.example.org/oai", "https://nile.example.org:8443/oai", False),
        ("http://nile.example.org:8080/oai", "http://nile.example.org/oai", False),
        ("http://nile.example.org/oai", "http://nile.example.org.evil.example/oai", False),
        ("http://nile.example.org/oai", "http://nile.example.org@evil.example/oai", False),
        ("http://nile.example.org/oai", "http://evil.example/nile.example.org", False),
        ("http://nil.example.org/oai", "http://nile.example.org/oai", False),
        ("http://bücher.example/oai", "http://xn--bcher-kva.example/oai", True),
        ("http://[2001:db8::1]/oai", "http://[2001:db8::1]:80/oai", True),
        ("http://nile.example.org/oai", "http://[x", False),
        ("", "http://nile.example.org/oai", False),
    ],
)
def test_whose_place_an_address_is(base_url: str, url: str, covered: bool) -> None:  # noqa: FBT001
    assert Terms(base_url).apply_to(url) is covered


def test_an_origin_as_it_is_written() -> None:
    assert str(Origin.of("HTTPS://Nile.Example.org:443/oai")) == "https://nile.example.org"
    assert str(Origin.of("http://[2001:db8::1]:8080/")) == "http://[2001:db8::1]:8080"
