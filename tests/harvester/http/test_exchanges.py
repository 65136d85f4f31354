from __future__ import annotations

import gzip
import time
from typing import Any

import pytest
import requests
from werkzeug import Request, Response

from catalogue.credentials import Secret
from catalogue.errors import AddressRefused, AnswerTooLarge, HarvestError, SourceBusy, SourceUnreachable
from catalogue.scrubbing import Scrubber
from harvester.http import HarvestSession
from harvester.http.exchanges import ExchangeLog
from harvester.http.memory import Memory


def log_of(kept: int = 50, begun: int = 0) -> Memory:
    return Memory(exchanges=ExchangeLog(kept=kept, begun=begun))


def test_what_is_told_of_a_request(make_session: Any, httpserver: Any) -> None:
    plain = b"<a>" + b"x" * 5000 + b"</a>"
    httpserver.expect_request("/csw").respond_with_data(
        gzip.compress(plain),
        content_type="text/xml",
        headers={"Content-Encoding": "gzip", "Server": "Delta/1"},
    )
    session = make_session()
    session.fetch("POST", httpserver.url_for("/csw?a=1&api_key=hidden"), data=b"<question/>")
    [told] = session.exchanges.drained()
    assert (told.number, told.method, told.status, told.size) == (1, "POST", 200, len(plain))
    assert told.url == httpserver.url_for("/csw?a=1&api_key=[secret]")
    assert told.question == "<question/>"
    assert "Delta/1" in told.headers["Server"]
    assert told.headers["Content-Encoding"] == "gzip"
    assert (told.error, told.answer, told.is_odd) == ("", None, False)
    assert 0 <= told.milliseconds < 5000
    assert session.exchanges.drained() == []


def test_each_redirect_is_a_request(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/old").respond_with_data("", status=302, headers={"Location": "/new?token=x"})
    httpserver.expect_request("/new").respond_with_data("<a/>")
    session.fetch("GET", httpserver.url_for("/old"), params={"verb": "Identify"})
    told = session.exchanges.drained()
    assert [(one.number, one.status) for one in told] == [(1, 302), (2, 200)]
    assert told[0].url.endswith("/old?verb=Identify")
    assert told[0].headers["Location"] == "/new?token=[secret]"


def test_the_first_and_the_last_and_what_went_wrong(make_session: Any, httpserver: Any) -> None:
    def answer(request: Request) -> Response:
        return Response("no" if request.args["n"] == "9" else "yes", 500 if request.args["n"] == "9" else 200)

    httpserver.expect_request("/oai").respond_with_handler(answer)
    session = make_session(memory=log_of(kept=3))
    for n in range(1, 20):
        try:
            session.fetch("GET", httpserver.url_for("/oai"), params={"n": str(n)})
        except HarvestError:
            continue
    told = session.exchanges.drained()
    assert [one.number for one in told] == [1, 2, 3, 9, 17, 18, 19]
    assert told[3].answer == b"no"
    assert "HTTP status 500" in told[3].error


def test_a_later_session_counts_on(make_session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("<a/>")
    session = make_session(memory=log_of(kept=3, begun=7))
    for _ in range(5):
        session.fetch("GET", httpserver.url_for("/oai"))
    assert [one.number for one in session.exchanges.drained()] == [10, 11, 12]


def test_the_answer_of_a_busy_server_is_kept(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data(
        "<busy>backup until six</busy>", status=503, headers={"Retry-After": "3600"}
    )
    with pytest.raises(SourceBusy) as busy:
        session.fetch("GET", httpserver.url_for("/oai"))
    assert busy.value.retry_after == 3600
    [told] = session.exchanges.drained()
    assert (told.status, told.answer) == (503, b"<busy>backup until six</busy>")
    assert told.headers["Retry-After"] == "3600"


def test_what_a_client_finds_odd_later(session: HarvestSession, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("<cut off")
    session.fetch("GET", httpserver.url_for("/oai"))
    session.exchanges.failed("the answer is cut off")
    session.exchanges.failed("said once")
    [told] = session.exchanges.drained()
    assert (told.error, told.answer, told.status) == ("the answer is cut off", b"<cut off", 200)
    session.exchanges.failed("of nothing any more")
    assert session.exchanges.drained() == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://10.0.0.1/oai?k=1", AddressRefused),
        ("ftp://x/", AddressRefused),
        ("http://[x", SourceUnreachable),
    ],
)
def test_requests_that_were_never_sent(session: HarvestSession, url: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        session.fetch("GET", url)
    [told] = session.exchanges.drained()
    assert (told.number, told.status) == (1, None)
    assert told.error


def test_a_long_answer_is_cut_in_its_middle(make_session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data(b"<begin/>" + b"x" * 900_000 + b"<end/>", status=500)
    session = make_session()
    assert session.fetch("GET", httpserver.url_for("/oai")).status == 500
    [told] = session.exchanges.drained()
    assert told.error == "HTTP status 500"
    assert told.answer is not None
    assert len(told.answer) < 330_000
    assert told.answer.startswith(b"<begin/>")
    assert told.answer.endswith(b"<end/>")
    assert b"bytes are left out here" in told.answer


def test_the_beginning_of_an_answer_that_was_too_long(make_session: Any, raw_server: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<begin/>"
    session = make_session(answer_limit=300_000)
    with pytest.raises(AnswerTooLarge):
        session.fetch("GET", raw_server(lambda c: c.sendall(head + b"x" * 900_000)))
    [told] = session.exchanges.drained()
    assert told.answer is not None
    assert told.answer.startswith(b"<begin/>")


def test_few_answers_are_held_however_many_fail(make_session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("no", status=500)
    session = make_session(memory=log_of(kept=5))
    for _ in range(30):
        with pytest.raises(HarvestError):
            session.fetch("GET", httpserver.url_for("/oai"))
    told = session.exchanges.drained()
    assert len(told) == 30
    assert sum(one.answer is not None for one in told) == 10


def test_secrets_are_taken_out(make_session: Any, httpserver: Any) -> None:
    secret = Secret.header("X-Key", "hidden-word")
    httpserver.expect_request("/oai").respond_with_data(
        "you sent hidden-word", status=500, headers={"Server": "hidden-word", "ETag": '"a"'}
    )
    session = make_session(memory=Memory(exchanges=ExchangeLog(scrubber=Scrubber([secret]))))
    with pytest.raises(HarvestError):
        session.fetch("POST", httpserver.url_for("/oai?x=hidden-word"), data=b"hidden-word")
    session.exchanges.failed("hidden-word")
    [told] = session.exchanges.drained()
    assert "hidden" not in repr(told)
    assert told.answer == b"you sent [secret]"
    assert told.headers["ETag"] == '"a"'


def test_what_no_page_is_written_down_with_is_kept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed in a page that fails again and again leaves what it has asked so far."""
    clock, told = [100.0], list[int]()
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    log = ExchangeLog(keep=lambda found: told.extend(one.number for one in found))
    for _ in range(6):
        log.asked(requests.Request("GET", "http://node.example/oai"))
        log.failed("HTTP status 500")
        clock[0] += 2.0
    assert told == [1, 2, 3]
    assert [one.number for one in log.drained()] == [4, 5, 6]
