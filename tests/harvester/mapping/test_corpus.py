"""Every real record is read, or refused for a reason that is right; every rendition of it is valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

import pytest
from lxml import etree

from catalogue.errors import UnreadableRecord
from catalogue.formats import FORMATS, MetadataFormat
from catalogue.rendering import csw_record, render
from catalogue.xml import local_name
from harvester.mapping.registry import read

#: (name, payload, format or None, record or refusal) of each record of the corpus.
Outcomes = list[tuple[str, bytes, MetadataFormat | None, Any]]

#: (file name pattern, rule) of every refusal in dc/ and iso19139/. Other formats in the answers of
#: oai/ and csw/ are told by their root elements: FOREIGN.
REFUSALS = (
    # Not well-formed: an undeclared prefix, elements that end in the wrong order.
    ("dc/ingestion3__vt.*", "xml.malformed"),
    ("dc/dataverse__not-well-formed.*", "xml.malformed"),
    ("iso19139/ets-19139__test-arg-invalid.*", "xml.malformed"),
    # JPCOAR.
    ("dc/weko__*", "format.unknown"),
    # A draft of ISO 19115-3, and feature catalogues (ISO 19110).
    ("iso19139/ets-19139__instance1.*", "format.unknown"),
    ("iso19139/geonetwork-eea__metadata.cc39310c.xml", "format.unknown"),
    ("iso19139/geonetwork__iso19110*", "format.unknown"),
    ("iso19139/gis-robot-suite__*iso19110*", "format.unknown"),
    ("iso19139/mdTranslator__19110_*", "format.unknown"),
    # Fragments without title, abstract and identifier: others' tests of one element each.
    ("iso19139/catalogue__*", "iso19139.no-title"),
    ("iso19139/ckanext-geocat__*_date*", "iso19139.no-title"),
    ("iso19139/core-geonetwork__editlib*", "iso19139.no-title"),
    ("iso19139/mdTranslator__19115_2_*", "iso19139.no-title"),
    ("iso19115-3/exporter-iso19115-3__*", "iso19115-3.no-title"),
    ("iso19115-3/mdTranslator__19115_3_*", "iso19115-3.no-title"),
    ("other/RecordManager-Finna__marc_media_types*", "marcxml.no-title"),
    ("other/metafacture-core__input*", "marcxml.no-title"),
    ("other/GeoDCAT-AP__distribution.3f63841d*", "dcat.no-title"),
    # A document type declaration that names a DTD of the network.
    ("other/GeoCombine__tufts_fgdc*", "xml.doctype"),
    # Distributions, catalogue records, locations without a dataset; vocabularies; whole catalogues.
    ("other/GeoDCAT-AP__*", "dcat.no-dataset"),
    ("other/iso-19139-to-dcat-ap__*", "dcat.no-dataset"),
    ("other/ckanext-dcat__catalog*", "dcat.several-datasets"),
    ("other/ckanext-dcatapit__catalog*", "dcat.several-datasets"),
    ("other/geonetwork-eea__dcat-feed*", "dcat.several-datasets"),
    ("other/GeoDCAT-AP__geodcat-ap_v2*", "format.unknown"),
    ("other/ingrid-harvester__def_licenses*", "format.unknown"),
)
#: Local names of the roots of other formats inside OAI-PMH answers.
FOREIGN = frozenset(
    {
        "codeBook", "doajArticle", "DIF", "CMD", "lom", "record", "mets", "data",
        "experiment", "idinfo", "distinfo", "metainfo", "metadata", "jpcoar",
    }
)  # fmt: skip
#: What a record without a title may be called by.
NAMING = ("{*}title", "{*}alternateTitle", "{*}abstract", "{*}fileIdentifier")

#: Properties below which a title is that of something else.
NOT_ITSELF = frozenset(
    {
        "thesaurusName", "associatedResource", "additionalDocumentation", "resourceFormat", "offLine",
        "resourceConstraints", "distributionFormat", "resourceSpecificUsage", "coupledResource",
    }
)  # fmt: skip


def is_expected(name: str, payload: bytes, refusal: UnreadableRecord) -> bool:
    if any(fnmatch(name, pattern) and refusal.rule == rule for pattern, rule in REFUSALS):
        return True
    if refusal.rule == "xml.malformed":
        return name.startswith("other/") and not is_well_formed(payload)
    root = etree.QName(etree.fromstring(payload))
    # RDF that is none of DCAT: Europeana's EDM.
    europeana = root.localname == "RDF" and b"europeana" in payload
    if "#" in name or name.startswith("other/"):
        return refusal.rule == "format.unknown" and (root.localname in FOREIGN or europeana)
    return False


def is_well_formed(payload: bytes) -> bool:
    try:
        etree.fromstring(payload)
    except etree.XMLSyntaxError:
        return False
    return True


@pytest.fixture(scope="module")
def outcomes(corpus_payloads: list[tuple[str, bytes]]) -> Outcomes:
    found: Outcomes = []
    for name, payload in corpus_payloads:
        try:
            known, record = read(payload)
        except UnreadableRecord as refusal:
            found.append((name, payload, None, refusal))
        else:
            found.append((name, payload, known, record))
    return found


@pytest.mark.corpus
def test_every_record_is_read_or_refused_for_a_known_reason(outcomes: Outcomes) -> None:
    unexpected = [
        (name, what.rule)
        for name, payload, known, what in outcomes
        if known is None and not is_expected(name, payload, what)
    ]
    assert unexpected == []


@pytest.mark.corpus
def test_every_expected_refusal_happens(outcomes: Outcomes) -> None:
    refused = {name for name, _, known, _ in outcomes if known is None}
    assert [p for p, _ in REFUSALS if not any(fnmatch(name, p) for name in refused)] == []


@pytest.mark.corpus
def test_what_is_refused_for_want_of_a_title_has_nothing_to_be_called_by(outcomes: Outcomes) -> None:
    for name, payload, known, what in outcomes:
        if known is None and what.rule.endswith("no-title"):
            root = etree.fromstring(payload)
            identification = next(root.iter("{*}identificationInfo"), root)
            named = [
                "".join(element.itertext()).strip()
                for element in identification.iter(*NAMING)
                if not any(above in NOT_ITSELF for above in map(local_name, element.iterancestors()))
            ]
            assert not any(named), name


@pytest.mark.corpus
def test_most_of_the_corpus_is_read(outcomes: Outcomes) -> None:
    counts = Counter((name.partition("/")[0], known.prefix) for name, _, known, _ in outcomes if known)
    assert counts["dc", "oai_dc"] + counts["dc", "oai_dcterms"] >= 64
    assert counts["dc", "datacite"] >= 52
    assert counts["iso19115-3", "iso19115-3"] >= 28
    assert counts["iso19115-3", "iso19115-3.2014"] >= 4
    assert counts["other", "dcat"] >= 30
    assert counts["other", "mods"] >= 13
    assert counts["other", "marcxml"] >= 22
    assert counts["iso19139", "iso19139"] >= 259
    assert counts["oai", "oai_dc"] >= 2877
    assert counts["csw", "iso19139"] >= 185


@pytest.mark.corpus
@pytest.mark.parametrize(
    "prefix", [form.prefix for form in FORMATS if form.written and form.prefix != "dcat"]
)
def test_every_rendition_is_valid(
    outcomes: Outcomes, xsd: Callable[[str], etree.XMLSchema], prefix: str
) -> None:
    schema = xsd(prefix)
    for name, _, known, record in outcomes:
        if known:
            rendition = render(
                record, prefix, identifier=f"oai:example.org:{name}", datestamp="2026-01-02T03:04:05Z"
            )
            assert schema.validate(etree.fromstring(rendition)), (name, schema.error_log.last_error)


@pytest.mark.corpus
@pytest.mark.parametrize("element_set", ["brief", "summary", "full"])
def test_every_csw_record_is_valid(outcomes: Outcomes, csw_schema: etree.XMLSchema, element_set: str) -> None:
    for name, _, known, record in outcomes:
        if known:
            rendition = csw_record.write(record, identifier=name, element_set=element_set)
            assert csw_schema.validate(etree.fromstring(rendition)), (name, csw_schema.error_log.last_error)


@pytest.mark.corpus
def test_what_we_write_we_read(outcomes: Outcomes) -> None:
    for name, _, known, record in outcomes:
        if known:
            for prefix in (form.prefix for form in FORMATS if form.written):
                rendition = render(record, prefix, identifier="i", datestamp="2026-01-02T03:04:05Z")
                title = read(rendition)[1].title
                assert title.default == record.title.default, name


def languages(outcomes: Outcomes) -> Counter[str]:
    return Counter(tag for _, _, known, record in outcomes if known for tag, _ in record.title.values)


@pytest.mark.corpus
def test_multilingual_records_keep_their_languages(outcomes: Outcomes) -> None:
    found = languages(outcomes)
    assert {"en", "fr", "de", "it", "no", "pt"} <= found.keys()
    # `sv-t-de-t0-mtec` (RFC 6497): translated from German by a machine.
    assert all(len(tag) <= 11 or "-t-" in tag for tag in found), found
