"""Requests as they are sent, held against the official schemas."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from harvester.clients.csw_request import Query, as_kvp, as_xml, bare

GMD = "http://www.isotc211.org/2005/gmd"


def query(version: str, **changes: str) -> Query:
    fields = {
        "url": "https://node.example.org/csw",
        "output_schema": GMD,
        "typename": "gmd:MD_Metadata",
        "sort_by": "apiso:Identifier",
        "modified": "apiso:Modified",
        "since": "2026-01-02",
        **changes,
    }
    return Query(version=version, **fields)


@pytest.mark.corpus
@pytest.mark.parametrize("changes", [{}, {"sort_by": ""}, {"since": ""}, {"typename": "csw:Record"}])
@pytest.mark.parametrize(("version", "schema"), [("2.0.2", "csw"), ("3.0.0", "csw30")])
def test_what_is_posted_is_valid(xsd: Any, version: str, schema: str, changes: dict[str, str]) -> None:
    xsd(schema).assertValid(etree.fromstring(as_xml(query(version, **changes), 51, 50)))


@pytest.mark.parametrize("version", ["2.0.2", "3.0.0"])
def test_pairs_say_what_the_document_says(version: str) -> None:
    asked = query(version)
    pairs, document = as_kvp(asked, 51, 50), etree.fromstring(as_xml(asked, 51, 50))
    for name in ("service", "version", "outputSchema", "startPosition", "maxRecords"):
        assert pairs[name] == document.get(name)
    posted = document.find(".//{*}Filter")
    sent = etree.fromstring(pairs["constraint"])
    assert [(e.tag, e.text) for e in sent.iter()] == [(e.tag, e.text) for e in posted.iter()]


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("https://x.example.org/csw?service=CSW&REQUEST=GetCapabilities", "https://x.example.org/csw"),
        (
            "https://x.example.org/csw?map=%2Fa.map&version=2.0.2#top",
            "https://x.example.org/csw?map=%2Fa.map",
        ),
        ("https://x.example.org/csw?flag=", "https://x.example.org/csw?flag="),
    ],
)
def test_bare_addresses(registered: str, asked: str) -> None:
    assert bare(registered) == asked
