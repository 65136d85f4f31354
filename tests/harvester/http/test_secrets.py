"""Where secrets are sent, and where not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalogue.credentials import Secret
from catalogue.errors import HttpFailure, SourceUnreachable
from catalogue.quirks import Quirks
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from harvester.http import HarvestSession, Terms
from tls import Pair, issue, serving

BASIC = Secret.basic("anna", "hidden-word")
KEY = Secret.header("X-Api-Key", "hidden-key")


class Recorder:
    """Answers, and writes down which secrets it was given."""

    def __init__(self, status: int = 200, location: str = "") -> None:
        self.status, self.location = status, location
        self.seen: list[tuple[str, bool, bool]] = []

    def __call__(self, request: Request) -> Response:
        self.seen.append((request.path, "Authorization" in request.headers, "X-Api-Key" in request.headers))
        return Response("x", self.status, {"Location": self.location} if self.location else {})


@pytest.fixture(scope="module")
def authority() -> Pair:
    return issue("An authority that nobody knows")


@pytest.fixture
def secure(authority: Pair, tmp_path: Path) -> Iterator[HTTPServer]:
    with serving(issue("localhost", authority), tmp_path) as server:
        yield server


@pytest.fixture
def trust(authority: Pair) -> Secret:
    return Secret.authority(authority.pem)


def session_of(url: str, *secrets: Secret, **quirks: Any) -> HarvestSession:
    source = Source("nile", Protocol.OAI_PMH, url, quirks=Quirks(**quirks))
    settings = load_settings(allowed_networks=("127.0.0.0/8", "::1/128"))
    return HarvestSession.from_settings(settings, source, secrets=secrets)


def test_secrets_are_sent_over_tls_to_an_authority_of_ones_own(secure: HTTPServer, trust: Secret) -> None:
    recorder = Recorder()
    secure.expect_request("/oai").respond_with_handler(recorder)
    with session_of(secure.url_for("/oai"), BASIC, KEY, trust) as session:
        session.fetch("GET", secure.url_for("/oai"))
        assert session.certificate_until is not None
    assert recorder.seen == [("/oai", True, True)]


def test_an_authority_of_one_source_is_believed_nowhere_else(
    secure: HTTPServer, httpserver: HTTPServer, trust: Secret
) -> None:
    with (
        session_of(httpserver.url_for("/oai"), trust) as session,
        pytest.raises(SourceUnreachable, match="certificate"),
    ):
        session.fetch("GET", secure.url_for("/oai"))


def test_an_authority_of_its_own_comes_on_top_of_the_known_ones(trust: Secret) -> None:
    terms = Terms("https://nile.example.org/", secrets=(trust,))
    subjects = [dict(x[0] for x in ca["subject"]) for ca in terms.tls().get_ca_certs()]  # type: ignore[misc, call-overload, index, union-attr]
    assert {"commonName": "An authority that nobody knows"} in subjects
    assert len(subjects) > 50


def test_no_secret_goes_over_plain_http_unless_a_quirk_says_so(httpserver: HTTPServer) -> None:
    recorder = Recorder()
    httpserver.expect_request("/oai").respond_with_handler(recorder)
    url = httpserver.url_for("/oai")
    with session_of(url, BASIC, KEY) as session:
        session.fetch("GET", url)
    with session_of(url, BASIC, KEY, secrets_over_http=True) as session:
        session.fetch("GET", url)
    assert recorder.seen == [("/oai", False, False), ("/oai", True, True)]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_secret_follows_a_redirect_to_another_place(
    secure: HTTPServer, httpserver: HTTPServer, trust: Secret, scheme: str
) -> None:
    """Neither to another host, nor from TLS to plain http."""
    target, start = Recorder(), Recorder(302, f"http://127.0.0.1:{httpserver.port}/next")
    httpserver.expect_request("/next").respond_with_handler(target)
    server = secure if scheme == "https" else httpserver
    server.expect_request("/oai").respond_with_handler(start)
    with session_of(server.url_for("/oai"), BASIC, KEY, trust, secrets_over_http=True) as session:
        session.fetch("GET", server.url_for("/oai"))
    assert start.seen == [("/oai", True, True)]
    assert target.seen == [("/next", False, False)]


def test_no_secret_goes_to_an_address_that_a_server_hands_out(httpserver: HTTPServer) -> None:
    recorder = Recorder()
    httpserver.expect_request("/csw").respond_with_handler(recorder)
    with session_of("http://localhost:1/csw", BASIC, KEY, secrets_over_http=True) as session:
        session.fetch("POST", f"http://localhost:{httpserver.port}/csw", data=b"x")
    assert recorder.seen == [("/csw", False, False)]


@pytest.mark.parametrize(
    ("secrets", "quirks", "why"),
    [
        ((), {}, "no secret is set for it"),
        ((BASIC,), {}, "were not sent: this is plain http"),
        ((BASIC,), {"secrets_over_http": True}, "its secrets were sent"),
    ],
)
def test_a_refusal_says_what_became_of_the_secrets(
    httpserver: HTTPServer, secrets: tuple[Secret, ...], quirks: dict[str, Any], why: str
) -> None:
    httpserver.expect_request("/oai").respond_with_data("no", status=401)
    url = httpserver.url_for("/oai")
    with session_of(url, *secrets, **quirks) as session, pytest.raises(HttpFailure, match=why) as failed:
        session.fetch("GET", url)
    assert "hidden" not in str(failed.value)


def test_a_client_certificate_is_shown_to_its_source_alone(
    authority: Pair, tmp_path: Path, trust: Secret
) -> None:
    ours = issue("clearinghouse", authority)
    shown = Secret.certificate(ours.pem, ours.key_pem())
    with serving(issue("localhost", authority), tmp_path, client_authority=authority) as server:
        server.expect_request("/oai").respond_with_data("<a/>")
        url = server.url_for("/oai")
        with session_of(url, trust, shown) as session:
            assert session.fetch("GET", url).content == b"<a/>"
        with session_of(url, trust) as session, pytest.raises(SourceUnreachable):
            session.fetch("GET", url)
        elsewhere = f"https://127.0.0.1:{server.port}/oai"
        with session_of(url, trust, shown, tls_unverified=True) as session, pytest.raises(SourceUnreachable):
            session.fetch("GET", elsewhere)


def test_a_sessions_secrets_are_in_no_repr(secure: HTTPServer) -> None:
    terms = Terms("https://nile.example.org/", secrets=(BASIC, KEY))
    with session_of("https://nile.example.org/", BASIC, KEY) as session:
        assert "hidden" not in f"{terms!r} {session!r} {vars(session)!r}"
