"""Addresses as typed, pages and what they link to, well-known places, software by its traces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.checkup import normalised
from catalogue.source import Protocol
from harvester.doctor.addresses import Candidate, read_page, well_known, without_request
from harvester.doctor.software import Fact, recognise


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" repository.example.org ", "https://repository.example.org/"),
        ("repository.example.org:8080/oai", "https://repository.example.org:8080/oai"),
        ("<http://maps.example.org/csw?map=1#top>", "http://maps.example.org/csw?map=1"),
        ("HTTPS://Example.org/x", "https://Example.org/x"),
        ("//example.org/x", "https://example.org/x"),
        ("", ""),
        ("two words.example.org", ""),
        ("ftp://example.org/", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://user:secret@example.org/", ""),
        ("https://example.org:0/", ""),
        ("http://[::1", ""),
        ("x" * 3000, ""),
    ],
)
def test_what_was_typed_becomes_an_address_or_nothing(typed: str, address: str) -> None:
    assert normalised(typed) == address


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    found = normalised(typed)
    assert found == "" or found.startswith(("http://", "https://"))
    if found:
        assert all(one.url.startswith(("http://", "https://")) for one in well_known(found))


def test_a_request_is_taken_off_an_address_and_the_rest_stays() -> None:
    assert (
        without_request("https://example.org/csw?map=x&SERVICE=CSW&request=GetCapabilities&version=2.0.2")
        == "https://example.org/csw?map=x"
    )
    assert without_request("https://example.org/oai?verb=Identify") == "https://example.org/oai"


def test_well_known_places_are_looked_for_deep_and_at_the_top_those_of_the_software_first() -> None:
    found = well_known("https://example.org/lib/handle/1/2", "eprints")
    assert found[0] == Candidate(Protocol.OAI_PMH, "https://example.org/lib/handle/cgi/oai2", "eprints")
    urls = [one.url for one in found]
    assert "https://example.org/oai/request" in urls
    assert "https://example.org/lib/oai/request" in urls
    assert len(urls) == len(set(zip(urls, (one.protocol for one in found), strict=True)))


PAGE = b"""<!doctype html><html><head><title>Our library</title>
<meta name="Generator" content="DSpace 7.6.1"><link rel="stylesheet" href="/oai.css">
<link rel="search" href="opensearch.xml"></head><body>
<a href="/server/oai/request?verb=Identify">OAI</a>
<a href="maps/csw?service=CSW&amp;request=GetCapabilities">CSW</a>
<a href="https://elsewhere.example.net/data.json">data</a> <a href="manual-oai.pdf">manual</a>
<a href="mailto:x@example.org">mail</a> <a href="http://[broken">x</a> <a href="boai/statement">x</a>
"""


def test_a_page_tells_what_it_links_to_and_what_made_it() -> None:
    page = read_page(PAGE, "https://library.example.org/home/")
    assert (page.title, page.generator, page.is_listing) == ("Our library", "DSpace 7.6.1", False)
    assert page.links == (
        Candidate(Protocol.OAI_PMH, "https://library.example.org/server/oai/request"),
        Candidate(Protocol.CSW, "https://library.example.org/home/maps/csw"),
        Candidate(Protocol.DATA_JSON, "https://elsewhere.example.net/data.json"),
    )


def test_a_listing_of_files_is_told_from_a_page() -> None:
    listing = b'<html><head><title>Index of /iso</title></head><a href="../">up</a><a href="a.xml">a</a>'
    page = read_page(listing, "https://example.org/iso/")
    assert (page.is_listing, page.files) == (True, ("https://example.org/iso/a.xml",))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_no_page_breaks_it(content: bytes) -> None:
    assert read_page(content, "https://example.org/", "no-such-charset").links == ()


@pytest.mark.parametrize(
    ("facts", "software", "version"),
    [
        ([Fact("generator", "DSpace 7.6.1")], "dspace", "7.6.1"),
        ([Fact("address", "https://x.example/server/oai/request")], "dspace", "7+"),
        ([Fact("format", "xoai"), Fact("set", "com_123456789_1")], "dspace", ""),
        ([Fact("generator", "Open Journal Systems 3.3.0.14")], "ojs", "3.3.0.14"),
        ([Fact("address", "https://x.example/cgi/oai2"), Fact("format", "rem_atom")], "eprints", ""),
        ([Fact("xml", "<!-- pycsw 2.6.2 -->")], "pycsw", "2.6.2"),
        ([Fact("html", "<title>GeoNetwork - search</title>")], "geonetwork", ""),
        ([Fact("address", "https://x.example/geonetwork/srv/eng/csw")], "geonetwork", ""),
        ([Fact("generator", "ckan 2.10.1")], "ckan", "2.10.1"),
        ([Fact("address", "https://x.example/oai2d")], "invenio", ""),
        ([Fact("format", "oai_ddi"), Fact("format", "dataverse_json")], "dataverse", ""),
        ([Fact("html", '<body class="hyrax-page">')], "hyrax", ""),
        ([Fact("html", 'src="/sites/all/modules/islandora/x.js"')], "islandora", ""),
        ([Fact("address", "https://x.example/vufind/OAI/Server")], "vufind", ""),
    ],
)
def test_software_is_known_by_its_traces(facts: list[Fact], software: str, version: str) -> None:
    found = recognise(facts)
    assert found is not None
    assert (found.id, found.version) == (software, version)
    assert found.evidence


def test_hints_alone_name_nothing_and_many_of_one_kind_are_one() -> None:
    assert recognise([]) is None
    assert recognise([Fact("format", "mets"), Fact("format", "ore"), Fact("format", "etdms")]) is None
    assert recognise([Fact("token", "oai_dc////100")]) is None
