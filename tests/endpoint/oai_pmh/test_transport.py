"""GET, HEAD and POST (section 3.1), and whatever else may arrive."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.record import Record, Text
from catalogue.store import Store
from factories import fill

FORM = "application/x-www-form-urlencoded"
CODES = {
    "",
    "badVerb",
    "badArgument",
    "badResumptionToken",
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noRecordsMatch",
}


@pytest.fixture
def oai(sqlite_store: Store, serve: Callable[..., Any]) -> Any:
    fill(sqlite_store, {name: Record(Text.of(name)) for name in "abc"})
    return serve(sqlite_store)


def test_post_is_get(oai: Any) -> None:
    for query in (
        b"verb=ListRecords&metadataPrefix=oai_dc",
        b"verb=junk",
        b"verb=GetRecord&identifier=a%20b",
    ):
        got = oai.raw(query)
        for content_type in (FORM, FORM.upper() + "; charset=UTF-8"):
            posted = oai.raw(b"", "POST", query, content_type)
            assert posted.body == got.body
            assert posted.status == 200
    both = oai.raw(b"verb=Identify", "POST", b"verb=Identify", FORM)
    assert both.error == "badVerb"


def test_head_is_get_without_the_body(oai: Any) -> None:
    got = oai.raw(b"verb=Identify")
    head = oai.raw(b"verb=Identify", "HEAD")
    assert (head.status, head.headers) == (200, got.headers)


def test_the_first_page_of_a_list_that_goes_on_has_no_validator(
    sqlite_store: Store, serve: Callable[..., Any]
) -> None:
    """Its token is another each time; the same token gives the same page, which may be known already."""
    fill(sqlite_store, {name: Record(Text.of(name)) for name in "abc"})
    served = serve(sqlite_store, oai_page_size=2)
    first = served.raw(b"verb=ListIdentifiers&metadataPrefix=oai_dc")
    assert "etag" not in first.headers
    [token] = re.findall(rb"<resumptionToken[^>]*>([^<]+)<", first.body)
    query = b"verb=ListIdentifiers&resumptionToken=" + quote(token).encode()
    assert served.raw(query).headers["etag"] == served.raw(query).headers["etag"]
    assert "etag" in served.raw(b"verb=ListIdentifiers&metadataPrefix=oai_dc&set=source:none").headers


def test_it_is_xml(oai: Any) -> None:
    for query in (b"verb=Identify", b"verb=junk"):
        answer = oai.raw(query)
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        declared, style, rest = answer.body.split(b"\n", 2)
        assert declared == b'<?xml version="1.0" encoding="UTF-8"?>'
        assert style.startswith(b"<?xml-stylesheet ")
        assert rest.startswith(b"<OAI-PMH ")


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/xml", ""]
)
def test_a_body_that_is_no_form(oai: Any, content_type: str) -> None:
    assert oai.raw(b"", "POST", b"verb=Identify", content_type).error == "badArgument"


def test_a_body_without_end(oai: Any) -> None:
    answer = oai.raw(b"", "POST", b"verb=Identify&" + b"x" * 20_000, FORM)
    assert (answer.status, answer.error) == (200, "badArgument")


def test_an_empty_post(oai: Any) -> None:
    assert oai.raw(b"", "POST").error == "badVerb"


def test_too_many_arguments(oai: Any) -> None:
    assert oai.raw(b"verb=Identify&" + b"a=1&" * 100).error == "badArgument"


def test_other_methods_are_refused(oai: Any) -> None:
    assert oai.raw(b"verb=Identify", "PUT").status == 405


NAMES = st.sampled_from(["verb", "metadataPrefix", "identifier", "from", "until", "set", "resumptionToken"])
VALUES = st.sampled_from(
    [
        "ListRecords",
        "GetRecord",
        "ListIdentifiers",
        "ListSets",
        "oai_dc",
        "2026-01-01",
        "source:nile",
        "%00",
        "%ED%A0%80",
    ]
)
QUERIES = st.lists(st.tuples(NAMES | st.text(max_size=5), VALUES | st.text(max_size=10)).map("=".join)).map(
    lambda parts: "&".join(parts).encode("utf-8", "surrogatepass")
) | st.binary(max_size=100)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(QUERIES)
def test_any_query_is_answered_in_the_protocol(oai: Any, query: bytes) -> None:
    answer = oai.raw(query)
    assert answer.status == 200
    assert answer.error in CODES
    assert oai.raw(b"", "POST", query, FORM).error == answer.error


@pytest.mark.corpus
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(max_size=20) | st.text("oai:%#/?[]@!$&'()*+,;= \"<>\\^`{|}é", max_size=12),
    st.sampled_from(["identifier", "resumptionToken", "set", "metadataPrefix"]),
)
def test_what_is_repeated_is_valid(oai: Any, oai_pmh_schema: etree.XMLSchema, value: str, name: str) -> None:
    given = {"identifier": "oai:x.y:1", "metadataPrefix": "oai_dc"} if name != "resumptionToken" else {}
    verb = "GetRecord" if name in {"identifier", "metadataPrefix"} else "ListRecords"
    if verb == "ListRecords":
        given.pop("identifier", None)
    answer = oai.ask(verb, **{**given, name: value.encode("utf-8", "replace").decode()})
    oai_pmh_schema.assertValid(answer.root)


def test_while_the_database_does_not_answer_clients_are_told_when_to_come_back(
    serve: Callable[..., Any],
) -> None:
    with Store("postgresql://nobody@127.0.0.1:1/none") as store:
        for query in (b"verb=Identify", b"verb=ListRecords&metadataPrefix=oai_dc", b"verb=junk"):
            answer = serve(store).raw(query)
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
