"""Sentences of the specification that hold between answers: of one verb and another, one list and another."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from lxml import etree

from catalogue import formats
from catalogue.record import Record, Text
from catalogue.store import Store
from factories import add_source, commit, fill, open_run

OURS = "oai:clearinghouse.localdomain:nile:"
LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
PREFIXES = ("oai_dc", "iso19139", "oai_dcterms", "oai_datacite", "dcat", "iso19115-3")


@pytest.fixture
def oai(store: Store, serve: Callable[..., Any]) -> Any:
    """A provider of five records, one of them deleted."""
    run = fill(store, {name: Record(Text.of(f"Title {name}")) for name in "abcde"})
    commit(store, run, [], tombstones=list(store.records.known([OURS + "b"]).values()))
    return serve(store, oai_page_size=2)


def found(oai: Any, verb: str, tag: str, prefix: str) -> dict[str, bytes]:
    """The elements of a whole list, by identifier."""
    elements = [
        one
        for page in oai.pages(verb, metadataPrefix=prefix)
        for one in page.root.find(f"{{*}}{verb}").findall(f"{{*}}{tag}")
    ]
    return {one.findtext(".//{*}identifier"): etree.tostring(one, with_tail=False) for one in elements}


def test_headers_alone_are_those_of_the_records(oai: Any) -> None:
    for prefix in PREFIXES:
        whole = found(oai, "ListRecords", "record", prefix)
        heads = {name: etree.tostring(etree.fromstring(one)[0]) for name, one in whole.items()}
        assert found(oai, "ListIdentifiers", "header", prefix) == heads
        assert sorted(heads) == [OURS + name for name in "abcde"]


def test_a_record_alone_is_as_in_its_list(oai: Any) -> None:
    for prefix in PREFIXES:
        for name, listed in found(oai, "ListRecords", "record", prefix).items():
            answer = oai.ask("GetRecord", identifier=name, metadataPrefix=prefix)
            [alone] = answer.root.find("{*}GetRecord")
            assert etree.tostring(alone, with_tail=False) == listed


def test_what_is_deleted_is_a_header_in_every_answer(oai: Any) -> None:
    for prefix in PREFIXES:
        record = etree.fromstring(found(oai, "ListRecords", "record", prefix)[OURS + "b"])
        assert [etree.QName(one).localname for one in record] == ["header"]
        assert record[0].attrib == {"status": "deleted"}


def test_dates_outside_of_the_catalogue(oai: Any) -> None:
    for verb in ("ListRecords", "ListIdentifiers"):
        for given in (
            {"from_": "2999-01-01"},
            {"from_": "2999-01-01T00:00:00Z"},
            {"until": "1000-01-01"},
            {"until": "1000-01-01T00:00:00Z"},
            {"from_": "1000-01-01", "until": "1999-12-31"},
            {"from_": "2999-01-01", "until": "2999-12-31"},
        ):
            assert oai.ask(verb, metadataPrefix="oai_dc", **given).error == "noRecordsMatch"
        for given in ({"from_": "0001-01-01"}, {"until": "9999-12-31T23:59:59Z"}):
            pages = oai.pages(verb, metadataPrefix="oai_dc", **given)
            assert sorted(name for page in pages for name in page.identifiers) == ["-b", "a", "c", "d", "e"]


def test_all_that_is_wrong_is_told(oai: Any) -> None:
    given = {"from_": "yesterday", "until": "2026-01-01", "set": "a b", "colour": "<blue>"}
    answer = oai.ask("ListRecords", **given)
    assert answer.texts("//o:error/@code") == ["badArgument"] * 4
    said = " ".join(answer.texts("//o:error"))
    assert all(name in said for name in ("metadataPrefix", "from", "set", "colour"))
    assert not answer.root.find("{*}request").attrib
    twice = oai.raw(b"verb=GetRecord&identifier=oai:a&identifier=oai:b&identifier=oai:c")
    assert len(twice.texts("//o:error")) == 2
    beside = oai.ask("ListRecords", resumptionToken="x", metadataPrefix="oai_dc", until="never")
    assert len(beside.texts("//o:error")) == 2


def test_what_stands_first_in_every_answer(oai: Any) -> None:
    for verb, given in (
        ("Identify", {}),
        ("ListSets", {}),
        ("ListMetadataFormats", {}),
        ("ListRecords", {"metadataPrefix": "oai_dc"}),
        ("ListIdentifiers", {"metadataPrefix": "dcat"}),
        ("GetRecord", {"metadataPrefix": "oai_dc", "identifier": OURS + "a"}),
        ("GetRecord", {"metadataPrefix": "oai_dc", "identifier": "oai:none"}),
        ("Nothing", {}),
    ):
        answer = oai.ask(verb, **given)
        assert answer.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
        names = [etree.QName(one).localname for one in answer.root]
        assert names == ["responseDate", "request", "error" if answer.error else verb]
        assert answer.root.findtext("{*}request") == "http://testing/oai"


def test_metadata_stand_by_themselves(oai: Any) -> None:
    """Each is one element that declares its own namespaces, names its schema and needs nothing around it."""
    for prefix in PREFIXES:
        form = formats.by_prefix(prefix)
        body = oai.ask("GetRecord", identifier=OURS + "a", metadataPrefix=prefix).body
        alone = etree.fromstring(body.partition(b"<metadata>")[2].partition(b"</metadata>")[0])
        assert etree.QName(alone).localname in form.roots
        places = {place for one in alone.iter() for place in one.get(LOCATION, "").split()}
        # rdf:RDF may have no attribute (RDF/XML, section 7.2.9).
        assert places == set() if prefix == "dcat" else form.schema in places


def test_tokens_need_no_encoding(oai: Any) -> None:
    for given in ({"metadataPrefix": "oai_dc"}, {"metadataPrefix": "dcat", "set": "source:nile"}):
        token = oai.ask("ListRecords", **given).token
        assert re.fullmatch(r"[A-Za-z0-9_-]{20,300}", token)
    assert re.fullmatch(r"[A-Za-z0-9_-]{20,300}", oai.ask("ListSets").token)


def test_what_is_no_more_in_a_format_is_deleted_there_alone(
    store: Store, serve: Callable[..., Any], small_write: Callable[..., Any]
) -> None:
    add_source(store)
    run, mods = open_run(store), b'<mods xmlns="http://www.loc.gov/mods/v3"/>'
    commit(store, run, [small_write(store, name, prefix="mods", native=mods) for name in "ab"])
    commit(store, run, [small_write(store, "a", "changed")])
    oai = serve(store)
    assert sorted(oai.ask("ListRecords", metadataPrefix="mods").identifiers) == ["-a", "b"]
    for form in PREFIXES:
        assert sorted(oai.ask("ListRecords", metadataPrefix=form).identifiers) == ["a", "b"]
    gone = oai.ask("GetRecord", identifier=OURS + "a", metadataPrefix="mods")
    assert gone.identifiers == ["-a"]


def test_all_formats_of_an_item_have_its_identifier_and_datestamp(oai: Any) -> None:
    heads = {prefix: found(oai, "ListIdentifiers", "header", prefix) for prefix in PREFIXES}
    for told in heads.values():
        assert told == heads["oai_dc"]


def test_arguments_have_no_order(oai: Any) -> None:
    pairs = ("verb=ListRecords", "metadataPrefix=oai%5Fdc", "set=source%3Anile", "from=2000-01-01")
    listed = set()
    for order in permutations(pairs):
        answer = oai.raw("&".join(order).encode())
        listed.add(tuple(answer.identifiers))
        assert set(answer.root.find("{*}request").attrib) == {"verb", "metadataPrefix", "set", "from"}
    assert len(listed) == 1
