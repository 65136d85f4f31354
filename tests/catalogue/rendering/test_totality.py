"""There is no Record that a writer refuses, and whatever it writes is valid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from catalogue.formats import DCAT, FORMATS
from catalogue.record import Record
from catalogue.rendering import csw_record, render
from record_strategies import records, strings, whatever


def assert_valid(schema: etree.XMLSchema, rendition: bytes) -> None:
    document = etree.fromstring(rendition)
    schema.assertValid(document)
    assert not rendition.startswith(b"<?xml")


@pytest.mark.corpus
@pytest.mark.parametrize("prefix", [form.prefix for form in FORMATS if form.written and form != DCAT])
@whatever
@given(record=records, identifier=strings, datestamp=strings)
def test_every_rendition_is_valid(
    *, xsd: Callable[[str], etree.XMLSchema], prefix: str, record: Record, identifier: str, datestamp: str
) -> None:
    assert_valid(xsd(prefix), render(record, prefix, identifier=identifier, datestamp=datestamp))


@pytest.mark.corpus
@whatever
@given(
    record=records,
    identifier=strings,
    datestamp=strings,
    element_set=st.sampled_from(["brief", "summary", "full"]),
)
def test_every_csw_record_is_valid(
    *, csw_schema: etree.XMLSchema, record: Record, identifier: str, datestamp: str, element_set: str
) -> None:
    rendition = csw_record.write(record, identifier=identifier, element_set=element_set, datestamp=datestamp)
    assert_valid(csw_schema, rendition)


@whatever
@given(record=records, identifier=strings, datestamp=strings)
def test_every_dcat_is_rdf_that_says_what_dcat_ap_asks_for(
    record: Record, identifier: str, datestamp: str
) -> None:
    rendition = render(record, "dcat", identifier=identifier, datestamp=datestamp)
    graph = rdflib.Graph().parse(data=rendition, format="xml")
    kind = rdflib.DCAT.DataService if record.service_type else rdflib.DCAT.Dataset
    [subject] = graph.subjects(rdflib.RDF.type, kind)
    for wanted in (rdflib.DCTERMS.title, rdflib.DCTERMS.description):
        assert (subject, wanted, None) in graph
    for once in (rdflib.DCTERMS.publisher, rdflib.DCTERMS.issued, rdflib.DCTERMS.modified):
        assert len(list(graph.objects(subject, once))) <= 1
