"""Sentences of the specification that hold between answers: of one verb and another, one list and another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from lxml import etree

from catalogue.record import Record, Text
from catalogue.store import Store
from factories import commit, fill

OURS = "oai:clearinghouse.localdomain:nile:"
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


def test_arguments_have_no_order(oai: Any) -> None:
    pairs = ("verb=ListRecords", "metadataPrefix=oai%5Fdc", "set=source%3Anile", "from=2000-01-01")
    listed = set()
    for order in permutations(pairs):
        answer = oai.raw("&".join(order).encode())
        listed.add(tuple(answer.identifiers))
        assert set(answer.root.find("{*}request").attrib) == {"verb", "metadataPrefix", "set", "from"}
    assert len(listed) == 1
