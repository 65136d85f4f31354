# ruff: noqa: E501 - samples of XML are read best on one line
"""Any bytes become a Record or an UnreadableRecord, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import metadata_samples as samples
from catalogue.errors import UnreadableRecord
from catalogue.record import Record, from_json, to_json
from catalogue.xml import escape
from harvester.mapping.registry import read

OAI_DC = b"""<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="en">
  <dc:title xml:lang="en">Inventory of obsolete pesticides</dc:title>
  <dc:title xml:lang="fr">Inventaire des pesticides p\xc3\xa9rim\xc3\xa9s</dc:title>
  <dc:creator>Muster, Erika</dc:creator><dc:date>12.03.2004</dc:date>
  <dc:identifier>https://doi.org/10.1234/abc.5</dc:identifier>
  <dc:coverage>North 10, South -5.5, East 20, West 3. (Region)</dc:coverage>
  <dc:coverage>name=X; start=1990; end=1995</dc:coverage>
  <dc:language>eng; fre</dc:language><dc:subject>DDT</dc:subject>
  <dc:description>One.<br xmlns=""/>Two.<!-- not this --></dc:description>
</oai_dc:dc>"""
CSW_RECORD = b"""<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ows="http://www.opengis.net/ows"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/">
  <dc:identifier>urn:uuid:19887a8a-f6b0-4a63-ae56-7fba0e17801f</dc:identifier><dc:title>Wells</dc:title>
  <dct:temporal>1990/..</dct:temporal><dct:references scheme="OGC:WMS">https://example.org/w</dct:references>
  <ows:BoundingBox crs="urn:x-ogc:def:crs:EPSG:6.11:4326"><ows:LowerCorner>13.7 60.0</ows:LowerCorner>
  <ows:UpperCorner>17.9 68.4</ows:UpperCorner></ows:BoundingBox></csw:Record>"""
GMD = b"""<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"
  xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink">
  <gmd:language><gco:CharacterString>eng; USA</gco:CharacterString></gmd:language>
  <gmd:locale><gmd:PT_Locale id="FR"><gmd:languageCode><gmd:LanguageCode codeList="x" codeListValue="fre"/>
  </gmd:languageCode></gmd:PT_Locale></gmd:locale>
  <gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>
  <gmd:title><gco:CharacterString>Soil</gco:CharacterString><gmd:PT_FreeText><gmd:textGroup>
  <gmd:LocalisedCharacterString locale="#FR">Sol</gmd:LocalisedCharacterString></gmd:textGroup></gmd:PT_FreeText>
  </gmd:title><gmd:date><gmd:CI_Date><gmd:date><gco:Date>2004-02</gco:Date></gmd:date><gmd:dateType>
  <gmd:CI_DateTypeCode codeList="x" codeListValue="creation"/></gmd:dateType></gmd:CI_Date></gmd:date>
  </gmd:CI_Citation></gmd:citation><gmd:pointOfContact xlink:href="https://example.org/contact"/>
  <gmd:spatialResolution><gmd:MD_Resolution><gmd:distance><gco:Distance uom="x#m">30</gco:Distance></gmd:distance>
  </gmd:MD_Resolution></gmd:spatialResolution>
  <gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>
  <gmd:westBoundLongitude><gco:Decimal>179,5</gco:Decimal></gmd:westBoundLongitude>
  <gmd:eastBoundLongitude><gco:Decimal>-179</gco:Decimal></gmd:eastBoundLongitude>
  <gmd:southBoundLatitude><gco:Decimal>-1</gco:Decimal></gmd:southBoundLatitude>
  <gmd:northBoundLatitude><gco:Decimal>1</gco:Decimal></gmd:northBoundLatitude>
  </gmd:EX_GeographicBoundingBox></gmd:geographicElement><gmd:temporalElement><gmd:EX_TemporalExtent>
  <gmd:extent><gml:TimePeriod><gml:beginPosition>1990</gml:beginPosition>
  <gml:endPosition indeterminatePosition="now"/></gml:TimePeriod></gmd:extent></gmd:EX_TemporalExtent>
  </gmd:temporalElement></gmd:EX_Extent></gmd:extent></gmd:MD_DataIdentification></gmd:identificationInfo>
  </gmd:MD_Metadata>"""

DOCUMENTS = (
    OAI_DC,
    CSW_RECORD,
    GMD,
    *(
        document.encode()
        for document in (samples.ISO19115_3, samples.DATACITE, samples.MODS, samples.MARCXML, samples.DCAT)
    ),
)
#: What is put into a document, somewhere.
SPLINTERS = (
    b"<", b">", b"/", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"<!--", b"-->", b"<?p?>", b"<![CDATA[", b"]]>", b"\x00",
    b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b" xml:lang=''", b'<?xml version="1.0" encoding="x-none"?>', b"99999",
    b'<?xml version="1.0" encoding="utf-16"?>', b"<dc:title/>", b"<gmd:title/>", b"gmd:", b"-", b".", b"\xc3", b"",
    b'<!DOCTYPE x [<!ENTITY e "e">]>', b"1e999", b"nan", b"+99:99", b"T25:61:61Z", b"\xd9\xa3", b"/..", b"=;", b"#",
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A good document with up to six pieces cut out, doubled, moved, or replaced."""
    document = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(document)))
        end = start + draw(st.integers(0, 40))
        piece = draw(st.sampled_from(SPLINTERS) | st.binary(max_size=8) | st.just(document[start:end] * 2))
        document = document[:start] + piece + document[end:]
    return document


@st.composite
def rearranged(draw: st.DrawFn) -> bytes:
    """A well-formed document whose names and values have changed places."""
    document = draw(st.sampled_from(DOCUMENTS))
    words = [b"title", b"date", b"code", b"extent", b"CharacterString", b"identifier", b"Decimal", b"keyword",
             b"creator", b"coverage", b"language", b"CI_Citation", b"LowerCorner", b"beginPosition", b"2004", b"1990",
             b"distance", b"linkage", b"subject", b"13.7", b"locale", b"role", b"fre", b"eng", b"titleInfo", b"namePart",
             b"datafield", b"subfield", b"245", b"880", b"034", b"880-02", b"resource", b"about", b"nodeID", b"Dataset",
             b"bbox", b"geoLocationBox", b"POLYGON", b"Agent", b"party", b"record", b"creatorName", b"description"]  # fmt: skip
    for _ in range(draw(st.integers(1, 5))):
        document = document.replace(draw(st.sampled_from(words)), draw(st.sampled_from(words)))
    return document


def read_or_refused(payload: bytes) -> Record | UnreadableRecord:
    try:
        return read(payload)[1]
    except UnreadableRecord as refusal:
        return refusal


def assert_read_or_refused(payload: bytes) -> None:
    found = read_or_refused(payload)
    if isinstance(found, UnreadableRecord):
        assert found.rule
        assert str(found)
    else:
        assert found.title.values
        assert from_json(to_json(found)) == found


@settings(max_examples=600, deadline=None)
@given(broken() | rearranged() | st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    assert_read_or_refused(payload)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(
        [
            b"Inventory of obsolete pesticides",
            b"2004",
            b"DDT",
            b"179,5",
            b"1990",
            b"10.1234/AB",
            b"W0013000",
            b"POLYGON((170 1,190 1,190 -1,170 -1,170 1))",
            b"rus",
            b"880-02",
            b"(:unav)",
        ]
    ),
)
def test_any_text_in_any_place_is_read(text: str, place: bytes) -> None:
    for document in DOCUMENTS:
        assert_read_or_refused(document.replace(place, escape(text).encode()))


@pytest.mark.parametrize(
    ("payload", "rule"),
    [
        (b"", "xml.malformed"),
        (b"not XML", "xml.malformed"),
        (b"<html><body>Moved</body></html>", "format.unknown"),
        (OAI_DC[:200], "xml.malformed"),
        (b"<a>\x0c</a>", "xml.malformed"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "xml.malformed"),
        (b"<!DOCTYPE a []><a/>", "xml.doctype"),
        (b'<resource xmlns="http://datacite.org/schema/kernel-4"><titles/></resource>', "datacite.no-title"),
        (b'<resource xmlns="http://example.org/schema"><titles/></resource>', "format.unknown"),
        (b'<mods xmlns="http://www.loc.gov/mods/v3"><genre>atlas</genre></mods>', "mods.no-title"),
        (b'<record xmlns="http://www.loc.gov/MARC21/slim"><datafield tag="300"/></record>', "marcxml.no-title"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "format.unknown"),
        (b'<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"/>', "oai_dc.no-title"),
        (
            b'<qdc xmlns:dct="http://purl.org/dc/terms/"><dct:issued>2004</dct:issued></qdc>',
            "oai_dcterms.no-title",
        ),
        (
            b'<MD_Metadata xmlns="http://www.isotc211.org/2005/gmd"><contact/></MD_Metadata>',
            "iso19139.no-title",
        ),
        (b'<MD_Metadata xmlns="http://standards.iso.org/iso/19115/-3/mdb/1.0"><contact/></MD_Metadata>', "iso19115-3.no-title"),
        (b'<DS_Series xmlns="http://standards.iso.org/iso/19115/-3/mdb/1.0"><contact/></DS_Series>', "format.unknown"),
        (b'<FC_FeatureCatalogue xmlns="http://www.isotc211.org/2005/gfc"/>', "format.unknown"),
        (b"<a>" * 300 + b"</a>" * 300, "xml.malformed"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_rule(payload: bytes, rule: str) -> None:
    with pytest.raises(UnreadableRecord) as refusal:
        read(payload)
    assert refusal.value.rule == rule


def test_a_refusal_of_a_format_names_the_root_and_the_prefix() -> None:
    with pytest.raises(UnreadableRecord) as refusal:
        read(b'<codeBook xmlns="http://example.org/ddi"/>', "oai_ddi")
    assert refusal.value.path == "/codeBook"
    assert refusal.value.value == "{http://example.org/ddi}codeBook"
    assert "oai_ddi" in str(refusal.value)


@pytest.mark.parametrize(
    ("payload", "prefix"),
    [
        *zip(
            DOCUMENTS,
            ("oai_dc", "oai_dcterms", "iso19139", "iso19115-3", "datacite", "mods", "marcxml", "dcat"),
            strict=True,
        )
    ],
)
def test_the_root_element_tells_the_format(payload: bytes, prefix: str) -> None:
    assert read(payload, "anything")[0].prefix == prefix


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_declared_encoding_is_respected(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>{OAI_DC.decode()}'
    assert read(document.encode(encoding))[1].title.in_language("fr") == "Inventaire des pesticides périmés"


def test_a_payload_of_a_million_elements_costs_no_more_than_linear_time() -> None:
    many = b"".join(b"<dc:identifier>https://example.org/%d</dc:identifier>" % n for n in range(20_000))
    payload = OAI_DC.replace(b"<dc:creator>", many + b"<dc:creator>")
    assert len(read(payload)[1].links) == 20_001
