"""Formats that are rendered when they are asked for: the same lists and records, always the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.formats import ON_DEMAND
from catalogue.record import Agent, Record, Subject, Text
from catalogue.rendering import render
from catalogue.store import Store
from factories import add_source, commit, open_run, write_of

Serve = Callable[..., Any]
OURS = "oai:clearinghouse.localdomain:nile:"
NATIVE = b'<q:qualifieddc xmlns:q="http://example.org/qdc/"/>'
PREFIXES = [form.prefix for form in ON_DEMAND]
DELETED = {"r03", "r11"}


def record(number: int) -> Record:
    return Record(
        Text.of(f"Title {number} <&>", "en"),
        descriptions=(Text.of("Of what it tells"),),
        agents=(Agent("creator", Text.of(f"Centre {number}")),),
        subjects=(Subject(Text.of("mercury")),),
    )


@pytest.fixture
def filled(store: Store) -> Store:
    """Twelve records, two of them deleted, one sent in qualified Dublin Core, three in the set x."""
    add_source(store)
    run = open_run(store)
    writes = [
        write_of(
            store,
            record(number),
            source_identifier=f"r{number:02}",
            set_specs=("x",) if number % 4 == 0 else (),
            **({"prefix": "oai_dcterms", "native": NATIVE} if number == 5 else {}),  # type: ignore[arg-type] # by name
        )
        for number in range(12)
    ]
    commit(store, run, writes)
    commit(store, run, [], tombstones=list(store.records.known([OURS + one for one in DELETED]).values()))
    return store


def test_every_record_is_in_every_list_in_its_order(filled: Store, serve: Serve) -> None:
    oai = serve(filled, oai_page_size=5)
    for given in ({}, {"set": "x"}, {"set": "source:nile"}, {"from_": "2000-01-01", "until": "2099-01-01"}):
        expected = [one for page in oai.pages(metadataPrefix="oai_dc", **given) for one in page.identifiers]
        for prefix in PREFIXES:
            for verb in ("ListRecords", "ListIdentifiers"):
                pages = list(oai.pages(verb, metadataPrefix=prefix, **given))
                assert [one for page in pages for one in page.identifiers] == expected
                for page in pages:
                    assert set(page.texts("//o:resumptionToken/@completeListSize")) <= {str(len(expected))}
    everything = oai.ask("ListRecords", metadataPrefix="oai_dcterms", until="1999-01-01")
    assert everything.error == "noRecordsMatch"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_metadata_are_what_the_writer_makes(filled: Store, serve: Serve, prefix: str) -> None:
    oai = serve(filled, oai_page_size=100)
    listed = oai.ask("ListRecords", metadataPrefix=prefix)
    for number in range(12):
        identifier = f"{OURS}r{number:02}"
        single = oai.ask("GetRecord", metadataPrefix=prefix, identifier=identifier)
        if f"r{number:02}" in DELETED:
            assert single.identifiers == [f"-r{number:02}"]
            assert not single.texts("//o:metadata")
            continue
        made = render(record(number), prefix, identifier=identifier, datestamp="2026-01-01T00:00:00Z")
        expected = NATIVE if prefix == "oai_dcterms" and number == 5 else made
        assert b"<metadata>" + expected + b"</metadata>" in single.body
        assert b"<metadata>" + expected + b"</metadata>" in listed.body
        altered = b'altered="false"' if expected == NATIVE else b'altered="true"'
        assert altered in single.body


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_is_kept_is_served_to_the_letter(
    filled: Store, serve: Serve, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    oai = serve(filled, oai_page_size=100)

    def told() -> list[bytes]:
        asked = [oai.ask("ListRecords", metadataPrefix=prefix, **more) for more in ({}, {"set": "x"})]
        for number in range(12):
            identifier = f"{OURS}r{number:02}"
            asked.append(oai.ask("GetRecord", metadataPrefix=prefix, identifier=identifier))
        return [one.body.partition(b"<request")[2] for one in asked]

    before = told()
    monkeypatch.setattr("catalogue.store.clock.response_date", lambda _engine: 1 << 40)
    assert filled.kept.go_on(prefix, limit=100) == 12
    monkeypatch.undo()
    monkeypatch.setattr("endpoint.oai_pmh.on_demand.render", None)
    assert told() == before


def test_list_metadata_formats_says_what_a_record_has(filled: Store, serve: Serve) -> None:
    oai = serve(filled)
    every = oai.ask("ListMetadataFormats").texts("//o:metadataPrefix")
    assert set(PREFIXES) < set(every)
    for identifier in ("r01", "r03", "r05"):
        assert (
            oai.ask("ListMetadataFormats", identifier=OURS + identifier).texts("//o:metadataPrefix") == every
        )
    for form in ON_DEMAND:
        assert form.namespace in oai.ask("ListMetadataFormats").texts("//o:metadataNamespace")
