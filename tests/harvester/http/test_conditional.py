from __future__ import annotations

from typing import Any

import pytest
from werkzeug import Request, Response

from catalogue.errors import HttpFailure
from catalogue.exchange import Validator
from harvester.http import Answer
from harvester.http.conditional import Validators, key_of, validator_of
from harvester.http.memory import Memory

LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"


class Document:
    """A document with an ETag, as a server keeps it."""

    def __init__(self, content: str = "<list/>", **headers: str) -> None:
        self.content, self.headers = content, headers
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(dict(request.headers))
        etag, modified = self.headers.get("ETag"), self.headers.get("Last-Modified")
        if (etag and request.headers.get("If-None-Match") == etag) or (
            modified and request.headers.get("If-Modified-Since") == modified
        ):
            return Response("", 304, self.headers)
        return Response(self.content, 200, self.headers)


@pytest.mark.parametrize("headers", [{"ETag": '"v1"'}, {"Last-Modified": LONG_AGO}, {}])
def test_a_document_is_taken_once(make_session: Any, httpserver: Any, headers: dict[str, str]) -> None:
    """By ETag, by Last-Modified, and where a server has neither, by the same bytes."""
    document = Document(**headers)
    httpserver.expect_request("/list.xml").respond_with_handler(document)
    url = httpserver.url_for("/list.xml")
    first = make_session()
    taken = first.fetch_if_modified(url)
    assert taken is not None
    assert taken.content == b"<list/>"
    second = make_session(memory=Memory(Validators(lambda: first.validators.noted)))
    assert second.fetch_if_modified(url) is None
    assert second.validators.noted == first.validators.noted
    document.content, document.headers = "<list>more</list>", {name: f'"{name}"' for name in headers}
    third = make_session(memory=Memory(Validators(lambda: second.validators.noted)))
    changed = third.fetch_if_modified(url)
    assert changed is not None
    assert changed.content == b"<list>more</list>"
    assert third.validators.noted != first.validators.noted


def test_nothing_is_asked_conditionally_that_was_not_taken(make_session: Any, httpserver: Any) -> None:
    document = Document(ETag='"v1"')
    httpserver.expect_request("/list.xml").respond_with_handler(document)
    session = make_session()
    for _ in range(2):
        assert session.fetch_if_modified(httpserver.url_for("/list.xml")) is not None
    assert all("If-None-Match" not in asked for asked in document.asked)


def test_not_modified_that_nobody_asked_for_is_a_failure(session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_data("", status=304)
    for ask in (lambda url: session.fetch("GET", url), session.fetch_if_modified):
        with pytest.raises(HttpFailure) as failed:
            ask(httpserver.url_for("/oai"))
        assert failed.value.status == 304


def test_documents_are_told_apart_by_their_arguments(make_session: Any, httpserver: Any) -> None:
    httpserver.expect_request("/oai").respond_with_handler(lambda r: Response(r.query_string))
    first = make_session()
    first.fetch_if_modified(httpserver.url_for("/oai"), params={"verb": "Identify"})
    second = make_session(memory=Memory(Validators(lambda: first.validators.noted)))
    assert second.fetch_if_modified(httpserver.url_for("/oai?verb=Identify")) is None
    assert second.fetch_if_modified(httpserver.url_for("/oai?verb=ListSets")) is not None


def _answer(**headers: str) -> Answer:
    return Answer("http://example.org/", 200, {k.replace("_", "-"): v for k, v in headers.items()}, b"x")


@pytest.mark.parametrize(
    ("headers", "etag", "modified"),
    [
        ({"ETag": 'W/"a"'}, 'W/"a"', ""),
        ({"Last_Modified": LONG_AGO, "Date": "Sun, 06 Nov 1994 08:49:38 GMT"}, "", LONG_AGO),
        # It changed in the second in which it was sent, and may have changed once more in it.
        ({"Last_Modified": LONG_AGO, "Date": LONG_AGO}, "", ""),
        ({"Last_Modified": "yesterday"}, "", ""),
        ({"ETag": '"' + "x" * 5000 + '"'}, "", ""),
        ({"ETag": '"a"\r\nX-Evil: 1'}, "", ""),
        ({"ETag": '"é"'}, "", ""),
    ],
)
def test_what_is_relied_upon(headers: dict[str, str], etag: str, modified: str) -> None:
    found = validator_of(_answer(**headers))
    assert (found.etag, found.last_modified) == (etag, modified)
    assert found.conditions == {
        name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value
    }


def test_keys_hide_what_an_address_holds() -> None:
    assert len(key_of("http://example.org/?api_key=hidden")) == 20
    assert key_of("http://example.org/a") != key_of("http://example.org/b")


def test_the_store_is_asked_only_where_somebody_asks() -> None:
    asked = []

    def load() -> dict[bytes, Validator]:
        asked.append(1)
        return {b"k": Validator(etag='"a"')}

    validators = Validators(load)
    assert asked == []
    assert [validators.known(b"k"), validators.known(b"other")] == [Validator(etag='"a"'), None]
    assert asked == [1]
