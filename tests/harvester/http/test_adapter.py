"""Requests for one page after another are put as the library puts each of them."""

from __future__ import annotations

import pytest
import requests
from requests.adapters import HTTPAdapter

from harvester.http.adapter import PlainSession

ADDRESSES = (
    "http://example.org",
    "https://example.org/oai?x=1",
    "http://example.org/oai?",
    "http://EXAMPLE.org:80/a b/é?q=ü#part",
    "http://user:pw@example.org/oai",
    "http://bücher.example/oai",
)
ARGUMENTS: tuple[dict[str, str], ...] = (
    {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
    {"verb": "ListRecords", "resumptionToken": "a b+c/é~%20&=;!'()*@:,\n"},
    {"verb": ""},
    {},
)


def both(url: str, params: dict[str, str], **headers: str) -> tuple[requests.PreparedRequest, ...]:
    own = PlainSession(HTTPAdapter(), HTTPAdapter(), lambda _: True)
    own.headers.update({"User-Agent": "tester"} | headers)
    own.prepare_request(requests.Request("GET", url, params={"earlier": "page"}))
    plain = requests.Session()
    plain.headers = own.headers
    plain.trust_env = False
    return own.prepare_request(requests.Request("GET", url, params=params)), plain.prepare_request(
        requests.Request("GET", url, params=params)
    )


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize("params", ARGUMENTS)
def test_arguments_are_put_as_ever(url: str, params: dict[str, str]) -> None:
    ours, theirs = both(url, params, Accept="*/*")
    assert ours.url == theirs.url
    assert ours.headers == theirs.headers
    assert (ours.method, ours.body, ours.hooks) == (theirs.method, theirs.body, theirs.hooks)


def test_headers_that_have_changed_are_sent_from_then_on() -> None:
    session = PlainSession(HTTPAdapter(), HTTPAdapter(), lambda _: True)
    question = requests.Request("GET", "http://example.org/oai", params={"verb": "Identify"})
    first = session.prepare_request(question)
    session.headers["Accept-Encoding"] = "identity"
    second = session.prepare_request(question)
    second.headers["Authorization"] = "secret"
    third = session.prepare_request(question)
    assert first.headers["Accept-Encoding"] != "identity"
    assert third.headers["Accept-Encoding"] == "identity"
    assert "Authorization" not in third.headers


def test_cookies_are_sent_back() -> None:
    session = PlainSession(HTTPAdapter(), HTTPAdapter(), lambda _: True)
    question = requests.Request("GET", "http://example.org/oai", params={"verb": "Identify"})
    assert "Cookie" not in session.prepare_request(question).headers
    session.cookies.set("place", "7", domain="example.org", path="/")
    assert session.prepare_request(question).headers["Cookie"] == "place=7"
