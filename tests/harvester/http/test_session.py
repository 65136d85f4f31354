from __future__ import annotations

import gzip
import socket
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request, Response

from catalogue.errors import (
    AddressRefused,
    AnswerTooLarge,
    AnswerUnreadable,
    HttpFailure,
    RequestLeft,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.settings import load_settings
from harvester.http import HarvestSession, deadline
from harvester.http.answer import LONGEST_WAIT, place, retry_after


def test_asks_with_encoded_arguments_and_our_name(session: HarvestSession, httpserver: Any) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response("<a/>", content_type="text/xml; charset=ISO-8859-1")

    httpserver.expect_request("/oai").respond_with_handler(answer)
    found = session.fetch("GET", httpserver.url_for("/oai?x=1"), params={"resumptionToken": "a+b c&d=é%2B"})
    assert asked[0].args["resumptionToken"] == "a+b c&d=é%2B"
    assert asked[0].args["x"] == "1"
    assert asked[0].headers["User-Agent"] == "Tests/1"
    assert "gzip" in asked[0].headers["Accept-Encoding"]
    assert (found.status, found.content, found.media_type, found.charset) == (
        200,
        b"<a/>",
        "text/xml",
        "iso-8859-1",
    )


def test_keeps_the_connection(session: HarvestSession, raw_server: Any) -> None:
    connections = []

    def speak(connection: socket.socket) -> None:
        connections.append(connection)
        for number in range(3):
            if number:
                connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>")

    url = raw_server(speak)
    assert [session.fetch("GET", url).content for _ in range(3)] == [b"<a/>"] * 3
    assert len(connections) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_busy_with_seconds(session: HarvestSession, httpserver: Any, code: int) -> None:
    httpserver.expect_request("/oai").respond_with_data("<a/>", status=code, headers={"Retry-After": "120"})
    with pytest.raises(SourceBusy) as busy:
        session.fetch("GET", httpserver.url_for("/oai"))
    assert busy.value.retry_after == 120


@pytest.mark.parametrize(("seconds", "expected"), [(90, 90), (-500, 0)])
def test_busy_with_a_date(session: HarvestSession, httpserver: Any, seconds: int, expected: float) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    httpserver.expect_request("/oai").respond_with_data("", status=503, headers={"Retry-After": moment})
    with pytest.raises(SourceBusy) as busy:
        session.fetch("GET", httpserver.url_for("/oai"))
    assert busy.value.retry_after == pytest.approx(expected, abs=3)


def test_busy_by_the_servers_own_clock() -> None:
    headers = {"Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT"}
    assert retry_after(headers) == 60


@given(st.text())
def test_no_retry_after_is_negative_or_endless(value: str) -> None:
    wait = retry_after({"Retry-After": value})
    assert wait is None or 0 <= wait <= LONGEST_WAIT


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_every_retry_date_is_a_wait(then: datetime, now: datetime) -> None:
    wait = retry_after({"Retry-After": format_datetime(then), "Date": format_datetime(now)})
    assert wait is not None
    assert 0 <= wait <= LONGEST_WAIT


def test_failure_with_html(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data(
        "<!DOCTYPE html><html>gone</html>", status=404, content_type="text/html"
    )
    with pytest.raises(HttpFailure) as failed:
        session.fetch("GET", httpserver.url_for("/oai") + "?key=secret")
    assert failed.value.status == 404
    assert "secret" not in str(failed.value)


def test_failure_with_xml_is_an_answer_that_can_be_read(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("<OAI-PMH/>", status=422, content_type="text/xml")
    answer = session.fetch("GET", httpserver.url_for("/oai"))
    assert (answer.status, answer.content) == (422, b"<OAI-PMH/>")
    with pytest.raises(HttpFailure):
        answer.require_success()


def test_long_error_page_is_still_a_failure(make_session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("x" * 5000, status=500)
    with pytest.raises(HttpFailure):
        make_session(answer_limit=1000).fetch("GET", httpserver.url_for("/oai"))


def test_follows_redirects_with_method_and_body(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/mid"})
    httpserver.expect_request("/mid").respond_with_data(
        "x" * 10, status=302, headers={"Location": httpserver.url_for("/new?a=1")}
    )
    httpserver.expect_request("/new", method="POST", data="question").respond_with_data("<a/>")
    answer = session.fetch("POST", httpserver.url_for("/old"), data=b"question")
    assert answer.content == b"<a/>"
    assert answer.url == httpserver.url_for("/new?a=1")


def test_see_other_is_fetched_with_get(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=303, headers={"Location": "/new"})
    httpserver.expect_request("/new", method="GET").respond_with_data("<a/>")
    assert session.fetch("POST", httpserver.url_for("/old"), data=b"q").content == b"<a/>"


def test_redirect_loop(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("", status=302, headers={"Location": "/oai"})
    with pytest.raises(HttpFailure, match="redirects more than 5 times"):
        session.fetch("GET", httpserver.url_for("/oai"))
    assert len(httpserver.log) == 6


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "file:///etc/passwd"]
)
def test_redirect_is_guarded(session: HarvestSession, httpserver: Any, target: str) -> None:
    httpserver.expect_request("/oai").respond_with_data("", status=302, headers={"Location": target})
    with pytest.raises(AddressRefused):
        session.fetch("GET", httpserver.url_for("/oai"))


def test_redirect_to_what_is_no_address(session: HarvestSession, raw_server: Any) -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://[x\r\n\r\n"
    with pytest.raises(SourceUnreachable, match="redirects to what is not an address"):
        session.fetch("GET", raw_server(lambda c: c.sendall(head)))


def test_secrets_stay_with_their_host(session: HarvestSession, httpserver: Any) -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(request: Request) -> Response:
        seen.append((request.host.partition(":")[0], request.headers.get("Authorization")))
        if request.path == "/new":
            return Response("<a/>")
        return Response("", 302, {"Location": f"http://127.0.0.1:{httpserver.port}/new"})

    httpserver.expect_request("/oai").respond_with_handler(answer)
    httpserver.expect_request("/new").respond_with_handler(answer)
    url = f"http://user:secret@localhost:{httpserver.port}/oai"
    session.fetch("GET", url, headers={"authorization": "Bearer x"})
    assert seen[0][0] == "localhost"
    assert seen[0][1]
    assert seen[1] == ("127.0.0.1", None)


def test_credentials_are_in_no_message(session: HarvestSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceUnreachable) as failed:
        session.fetch("GET", f"http://user:secret@127.0.0.1:{port}/oai?api_key=hidden")
    assert "secret" not in str(failed.value)
    assert "hidden" not in str(failed.value)


def _endless(connection: socket.socket, head: bytes, part: bytes, times: int) -> None:
    connection.sendall(head)
    for _ in range(times):
        connection.sendall(part)


def test_200_megabytes_are_cut_at_the_limit(make_session: Any, raw_server: Any) -> None:
    part = b"x" * 100_000
    url = raw_server(lambda c: _endless(c, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", part, 2000))
    began = time.monotonic()
    with pytest.raises(AnswerTooLarge):
        make_session(answer_limit=1_000_000).fetch("GET", url)
    assert time.monotonic() - began < 2


def test_announced_length_is_refused_at_once(make_session: Any, raw_server: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"
    url = raw_server(lambda c: _endless(c, head, b"x", 1))
    with pytest.raises(AnswerTooLarge, match="announces 200000000"):
        make_session(answer_limit=1_000_000).fetch("GET", url)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_bomb_is_cut_at_the_limit(make_session: Any, httpserver: Any, coding: str) -> None:
    plain = b"\0" * 50_000_000
    bomb = gzip.compress(plain, 9) if coding == "gzip" else zlib.compress(plain, 9)
    assert len(bomb) < 60_000
    httpserver.expect_request("/oai").respond_with_data(bomb, headers={"Content-Encoding": coding})
    with pytest.raises(AnswerTooLarge):
        make_session(answer_limit=1_000_000).fetch("GET", httpserver.url_for("/oai"))


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed_answer(session: HarvestSession, httpserver: Any, coding: str) -> None:
    plain = b"<a>" + b"text " * 1000 + b"</a>"
    body = gzip.compress(plain) if coding == "gzip" else zlib.compress(plain)
    httpserver.expect_request("/oai").respond_with_data(body, headers={"Content-Encoding": coding})
    assert session.fetch("GET", httpserver.url_for("/oai")).content == plain


def test_not_compressed_as_it_says(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("<a/>", headers={"Content-Encoding": "gzip"})
    with pytest.raises(AnswerUnreadable, match="not compressed"):
        session.fetch("GET", httpserver.url_for("/oai"))


def test_cut_off_by_the_connection(session: HarvestSession, raw_server: Any) -> None:
    url = raw_server(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>"))
    with pytest.raises(AnswerUnreadable, match="cut off"):
        session.fetch("GET", url)


def test_connection_closed_without_answer(session: HarvestSession, raw_server: Any) -> None:
    url = raw_server(lambda _: None)
    with pytest.raises(SourceUnreachable, match="closed without a complete answer"):
        session.fetch("GET", url)


def _trickle(connection: socket.socket, first: bytes) -> None:
    connection.sendall(first)
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_a_byte_now_and_then_does_not_outlast_the_deadline(
    make_session: Any, raw_server: Any, first: bytes
) -> None:
    url = raw_server(lambda c: _trickle(c, first))
    began = time.monotonic()
    with pytest.raises(SourceUnreachable, match=r"longer than 0\.4 seconds"):
        make_session(answer_deadline=0.4, read_timeout=2.0).fetch("GET", url)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
def test_a_request_that_takes_long_is_left_once_nobody_waits_for_its_answer(
    make_session: Any, raw_server: Any, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    """Whether it says nothing, or a byte now and then."""
    monkeypatch.setattr(deadline, "_GRACE", 0.3)
    monkeypatch.setattr(deadline, "_LOOK", 0.05)
    url = raw_server(lambda c: _trickle(c, first) if first else time.sleep(5))
    began = time.monotonic()
    session = make_session(read_timeout=4.0)
    session.leave_when(lambda: time.monotonic() - began > 0.1)
    with pytest.raises(RequestLeft):
        session.fetch("GET", url)
    assert 0.3 <= time.monotonic() - began < 2


def test_an_answer_that_comes_soon_is_read_to_its_end(
    make_session: Any, raw_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is time to stop, and where it comes after some looks."""
    monkeypatch.setattr(deadline, "_LOOK", 0.05)

    def answer(connection: socket.socket) -> None:
        for part in (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 4\r\n\r\n", b"ab", b"cd"):
            time.sleep(0.12)
            connection.sendall(part)

    session = make_session()
    session.leave_when(lambda: True)
    assert session.fetch("GET", raw_server(answer)).content == b"abcd"


def test_pauses_between_requests_to_one_host(make_session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("<a/>")
    session = make_session(host_pause=0.2)
    began = time.monotonic()
    for _ in range(3):
        session.fetch("GET", httpserver.url_for("/oai"))
    assert 0.4 <= time.monotonic() - began < 2
    began = time.monotonic()
    session.fetch("GET", f"http://127.0.0.1:{httpserver.port}/oai")
    assert time.monotonic() - began < 0.2


def test_ignores_proxies_of_the_environment(
    session: HarvestSession, httpserver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    httpserver.expect_request("/oai").respond_with_data("<a/>")
    assert session.fetch("GET", httpserver.url_for("/oai")).content == b"<a/>"


def test_tls_that_nobody_signed(session: HarvestSession, raw_server: Any) -> None:
    url = raw_server(lambda c: c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(SourceUnreachable, match="TLS failed"):
        session.fetch("GET", url.replace("http:", "https:"))


def test_from_settings(httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("x" * 100)
    url = httpserver.url_for("/oai")
    with HarvestSession.from_settings(load_settings()) as session, pytest.raises(AddressRefused):
        session.fetch("GET", url)
    settings = load_settings(allowed_networks=("127.0.0.0/8", "::1/128"), answer_limit=10)
    with HarvestSession.from_settings(settings) as session, pytest.raises(AnswerTooLarge):
        session.fetch("GET", url)


@pytest.mark.parametrize(
    "url", ["http://[x/", "http://exa mple/", "http://" + "a" * 300 + "/", "http://a..b/"]
)
def test_addresses_that_are_none(session: HarvestSession, url: str) -> None:
    with pytest.raises(SourceUnreachable):
        session.fetch("GET", url)


def test_place_shows_no_secrets() -> None:
    assert place("https://u:p@example.org:8443/oai?verb=x#y") == "https://example.org:8443/oai"
    assert place("http://[x") == "an address that is not a URL"
