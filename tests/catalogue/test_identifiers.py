"""Identifiers: which scheme, and which normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import identifiers


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("10.1234/Abc.5", "doi"),
        ("doi:10.1234/abc.5", "doi"),
        ("https://doi.org/10.1234/ABC.5", "doi"),
        ("http://dx.doi.org/10.1234/abc.5", "doi"),
        ("http://hdl.handle.net/10138/331330", "handle"),
        ("hdl:10138/331330", "handle"),
        ("urn:uuid:19887A8A-f6b0-4a63-ae56-7fba0e17801f", "uuid"),
        ("{19887a8a-f6b0-4a63-ae56-7fba0e17801f}", "uuid"),
        ("2432-5058", "issn"),
        ("ISSN: 2432-5058", "issn"),
        ("2432-5059", ""),
        ("978-92-1-101345-5", ""),
        ("9789211013450", "isbn"),
        ("ISBN 0-306-40615-2", "isbn"),
        ("0306406153", ""),
        ("https://example.org/a", "uri"),
        ("urn:nbn:fi:csc-1", "uri"),
        ("oai:example.org:1", "uri"),
        ("barcode:26000003292", ""),
        ("https://", ""),
        ("Smith (2004), p. 3", ""),
        ("", ""),
    ],
)
def test_scheme(value: str, scheme: str) -> None:
    assert identifiers.scheme(value) == scheme
    assert identifiers.scheme(f" {value}\n") == scheme


@pytest.mark.parametrize(
    ("one", "other", "normal"),
    [
        ("doi:10.1234/ABC", "https://doi.org/10.1234/abc", "doi:10.1234/abc"),
        ("hdl:1/2", "http://hdl.handle.net/1/2", "handle:1/2"),
        ("0-306-40615-2", "ISBN 9780306406157", "isbn:9780306406157"),
        ("ISSN 2432-5058", "2432-5058", "issn:2432-5058"),
        ("unep/chw.13/6/add.1", "UNEP / CHW.13/6/Add.1", "un:UNEP/CHW.13/6/ADD.1"),
        ("UNEP/FAO/RC/COP.8/INF/2", "UNEP/FAO/RC/COP.8/INF/2 ", "un:UNEP/FAO/RC/COP.8/INF/2"),
        ("x", " x", "x"),
    ],
)
def test_two_spellings_of_one_identifier_have_one_normal_form(one: str, other: str, normal: str) -> None:
    assert identifiers.normal_form(one) == identifiers.normal_form(other) == normal


def test_oai_identifier() -> None:
    assert identifiers.oai("oai:Repository.Example.org:handle:1/2") == (
        "repository.example.org",
        "handle:1/2",
    )
    assert identifiers.oai("oai:not a domain:1") is None


def test_web_address() -> None:
    assert identifiers.web_address(" https://example.org/a ") == "https://example.org/a"
    assert identifiers.web_address("see https://example.org/a") == ""
    assert identifiers.web_address("urn:x:y") == ""


@given(st.integers(0, 10**12 - 1))
def test_every_isbn_13_made_with_its_check_digit_is_one(number: int) -> None:
    stem = f"978{number:012}"[:12]
    check = -sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(stem)) % 10
    assert identifiers.isbn(f"{stem}{check}") == f"{stem}{check}"
    assert identifiers.isbn(f"{stem}{(check + 1) % 10}") == ""


@given(st.text(max_size=40))
def test_any_text_has_a_scheme_and_a_normal_form(text: str) -> None:
    assert identifiers.scheme(text) in {"", "doi", "handle", "uuid", "issn", "isbn", "uri"}
    normal = identifiers.normal_form(text)
    assert normal == normal.strip()


@pytest.mark.parametrize(
    "value",
    ["10.5555/Ab.c", "https://dx.doi.org/10.5555/ab.c", "hdl:10919/12", "http://hdl.handle.net/10919/12"],
)
def test_every_spelling_means_the_same(value: str) -> None:
    found = identifiers.spellings(value)
    assert len(found) > 4
    assert {identifiers.normal_form(one) for one in found[1:]} == {identifiers.normal_form(value)}


def test_what_has_one_spelling_has_no_other() -> None:
    assert identifiers.spellings("https://node.example.org/items/7") == ()
