"""What sources say about records is read, whatever they send, and written again as the schema demands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from about import PROVENANCE, PROVENANCE_SCHEMA, origin, provenance, rights
from catalogue.provenance import NOTHING, Origin, chain, passed_through, read_about

HOME = origin("http://home.example.org/oai", "oai:home:1", altered="false")
TWICE = provenance(origin("https://hub.example.org/oai", "oai:hub:1", HOME))
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


def test_a_chain_of_two_harvests() -> None:
    found = read_about((rights("https://example.org/licence") + TWICE).encode())
    assert found.rights == "https://example.org/licence"
    assert found.origins == (
        Origin(
            "https://hub.example.org/oai",
            "oai:hub:1",
            "2020-01-02",
            "urn:example:format",
            "2024-05-06",
            altered=True,
        ),
        Origin(
            "http://home.example.org/oai",
            "oai:home:1",
            "2020-01-02",
            "urn:example:format",
            "2024-05-06",
            altered=False,
        ),
    )


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<about/>",
        b"<about>words</about>",
        b'<about><provenance xmlns="urn:example:other"><originDescription/></provenance></about>',
        rights("no address").encode(),
        rights("https://example.org/" + "x" * 2000).encode(),
        b"<about>",
        b"<!DOCTYPE x><about/>",
    ],
)
def test_what_says_nothing_to_us(sent: bytes) -> None:
    assert read_about(sent) == NOTHING


def test_a_long_chain_ends() -> None:
    nested = ""
    for number in range(100):
        nested = origin("https://hub.example.org/oai", f"oai:hub:{number}", nested)
    found = read_about(provenance(nested).encode())
    assert [one.identifier for one in found.origins] == [f"oai:hub:{n}" for n in range(99, 83, -1)]


def test_what_is_written_reads_as_it_was() -> None:
    origins = read_about(TWICE.encode()).origins
    written = provenance(chain(origins))
    assert read_about(written.encode()).origins == origins
    assert chain(()) == ""


def test_a_link_that_is_not_complete_is_left_out() -> None:
    broken = origin("", "oai:hub:1", HOME)
    assert chain(read_about(provenance(broken).encode()).origins) == chain(
        read_about(provenance(HOME).encode()).origins
    )


def test_a_local_time_is_written_as_its_day() -> None:
    local = Origin("https://a.example", "x", "2020-01-02T03:04:05+02:00", "urn:x", "2021-01-01T10:00:00")
    written = chain([local])
    assert "<datestamp>2020-01-02</datestamp>" in written
    assert 'harvestDate="2021-01-01"' in written


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(
            Origin,
            st.one_of(st.just("https://a.example/oai"), XML_TEXT),
            st.one_of(st.just("oai:a:1"), XML_TEXT),
            st.sampled_from(["2020-01-02", "2020-01-02T03:04:05Z", "2020", "yesterday", ""]),
            st.one_of(st.just("urn:a"), XML_TEXT),
            st.sampled_from(["2020-01-02", "2020-01-02T03:04:05Z", "now"]),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_whatever_was_sent_the_container_is_valid(origins: list[Origin]) -> None:
    written = chain(origins)
    if written:
        document = etree.fromstring(f'<provenance xmlns="{PROVENANCE}">{written}</provenance>')
        PROVENANCE_SCHEMA.assertValid(document)


@pytest.mark.parametrize(
    ("identifier", "origins", "expected"),
    [
        ("oai:home:1", [], False),
        ("oai:clearinghouse.example:nile:1", [], True),
        ("oai:hub.example.org:oai:clearinghouse.example:nile:1", [], True),
        ("oai:clearinghouse.example.org:1", [], False),
        ("oai:hub:1", [Origin("https://other.example/oai", "x")], False),
        ("oai:hub:1", [Origin("https://other.example/oai", "OAI:Clearinghouse.example:nile:1")], True),
        ("oai:hub:1", [Origin("https://a.example/oai", "x"), Origin("http://US.example/oai/", "y")], True),
        ("oai:hub:1", [Origin("https://us.example/OAI", "y")], False),
        ("oai:hub:1", [Origin("", "")], False),
    ],
)
def test_a_record_that_has_been_with_us(identifier: str, origins: list[Origin], *, expected: bool) -> None:
    assert passed_through("clearinghouse.example", "https://us.example/oai", identifier, origins) is expected


def test_no_address_of_ours_is_no_loop() -> None:
    assert not passed_through("clearinghouse.example", "", "oai:hub:1", [Origin("", "x")])
