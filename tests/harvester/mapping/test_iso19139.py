# ruff: noqa: E501 - samples of XML are read best on one line
"""ISO/TS 19139: each part of the metadata, as real catalogues write it."""

from __future__ import annotations

import pytest

from catalogue.errors import UnreadableRecord
from catalogue.record import (
    Agent,
    Box,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Service,
    Subject,
    Text,
)
from harvester.mapping.registry import read

NAMESPACES = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
    ' xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:srv="http://www.isotc211.org/2005/srv"'
    ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:gml31="http://www.opengis.net/gml"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:che="http://www.geocat.ch/2008/che"'
)
LOCALES = """<gmd:language><gmd:LanguageCode codeList="x" codeListValue="eng"/></gmd:language>
  <gmd:locale><gmd:PT_Locale id="FR"><gmd:languageCode><gmd:LanguageCode codeList="x" codeListValue="fre"/>
  </gmd:languageCode></gmd:PT_Locale></gmd:locale>
  <gmd:locale><gmd:PT_Locale id="locale-2"><gmd:languageCode><gmd:LanguageCode codeList="x"
  codeListValue="chi">zh-Hant</gmd:LanguageCode></gmd:languageCode></gmd:PT_Locale></gmd:locale>"""


def string(name: str, value: str) -> str:
    return f"<gmd:{name}><gco:CharacterString>{value}</gco:CharacterString></gmd:{name}>"


def coded(name: str, codelist: str, value: str) -> str:
    return f'<gmd:{name}><gmd:{codelist} codeList="x" codeListValue="{value}"/></gmd:{name}>'


TITLE = string("title", "Wells")


def metadata(content: str, root: str = "gmd:MD_Metadata", extra: str = "") -> Record:
    known, record = read(f"<{root} {NAMESPACES} {extra}>{content}</{root}>".encode())
    assert known.prefix == "iso19139"
    return record


def data(content: str = "", citation: str = TITLE, before: str = "") -> Record:
    return metadata(
        f"{before}<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>{citation}"
        f"</gmd:CI_Citation></gmd:citation>{content}</gmd:MD_DataIdentification></gmd:identificationInfo>"
    )


def free_text(name: str, own: str, **localised: str) -> str:
    groups = "".join(
        f'<gmd:textGroup><gmd:LocalisedCharacterString locale="#{locale.replace("_", "-")}">{value}'
        "</gmd:LocalisedCharacterString></gmd:textGroup>"
        for locale, value in localised.items()
    )
    plain = f"<gco:CharacterString>{own}</gco:CharacterString>" if own else ""
    return f"<gmd:{name}>{plain}<gmd:PT_FreeText>{groups}</gmd:PT_FreeText></gmd:{name}>"


def test_the_metadata_about_themselves() -> None:
    record = data(
        before=string("fileIdentifier", "id-1")
        + string("language", "eng; USA")
        + string("parentIdentifier", "id-0")
        + coded("hierarchyLevel", "MD_ScopeCode", "dataset")
        + string("hierarchyLevelName", "Collection of wells")
        + "<gmd:dateStamp><gco:DateTime>2021-03-01T20:57:46Z</gco:DateTime></gmd:dateStamp>"
        + string("dataSetURI", "https://example.org/wells")
    )
    assert record == Record(
        title=Text.of("Wells", "en"),
        types=(Text.of("dataset"), Text.of("Collection of wells", "en")),
        identifiers=(Identifier("https://example.org/wells", "uri"),),
        links=(Link("https://example.org/wells"),),
        metadata_identifier="id-1",
        metadata_language="en",
        metadata_date="2021-03-01T20:57:46Z",
        parent_identifier="id-0",
    )


@pytest.mark.parametrize(
    ("title", "values"),
    [
        (free_text("title", "Wells", FR="Puits"), (("en", "Wells"), ("fr", "Puits"))),
        (free_text("title", "Wells", FR="Puits", locale_2="井"), (("en", "Wells"), ("fr", "Puits"), ("zh-Hant", "井"))),
        (free_text("title", "Puits", FR="Puits", locale_eng="Wells"), (("fr", "Puits"), ("en", "Wells"))),
        (free_text("title", "", FR="Puits"), (("fr", "Puits"),)),
        (free_text("title", "Wells", DE="Brunnen", nowhere="?", FR=""), (("en", "Wells"), ("de", "Brunnen"), ("und", "?"))),
        ('<gmd:title><gmx:Anchor xlink:href="https://example.org/x">Wells</gmx:Anchor></gmd:title>', (("en", "Wells"),)),
        ("<gmd:title><!-- c --><gco:CharacterString> Wells\n of </gco:CharacterString></gmd:title>", (("en", "Wells of"),)),
        ("<gmd:title>Wells</gmd:title>", (("en", "Wells"),)),
    ],
)  # fmt: skip
def test_a_text_in_all_its_languages(title: str, values: tuple[tuple[str, str], ...]) -> None:
    assert data(citation=title, before=LOCALES).title == Text(values)


def test_citation() -> None:
    def date(value: str, kind: str) -> str:
        return (
            f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{value}</gco:Date></gmd:date>"
            f"{coded('dateType', 'CI_DateTypeCode', kind)}</gmd:CI_Date></gmd:date>"
        )

    record = data(
        citation=TITLE
        + string("alternateTitle", "Brunnen")
        + date("2004-02", "creation")
        + date("2005", "publication")
        + date("", "revision")
        + date("04/05/2006", "revision")
        + date("2007", "unheard")
        + "<gmd:date><gco:Date>2008</gco:Date></gmd:date>"
        + "<gmd:identifier><gmd:MD_Identifier>" + string("code", "10.1234/x") + "</gmd:MD_Identifier></gmd:identifier>"
        + "<gmd:identifier><gmd:RS_Identifier>" + string("code", "17") + string("codeSpace", "Handle")
        + "</gmd:RS_Identifier></gmd:identifier>"
        + '<gmd:identifier><gmd:MD_Identifier><gmd:code gco:nilReason="missing"/></gmd:MD_Identifier></gmd:identifier>'
        + "<gmd:series><gmd:CI_Series>" + string("name", "Reports") + "</gmd:CI_Series></gmd:series>"
        + string("ISBN", "9789211013450")
    )  # fmt: skip
    assert record.alternative_titles == (Text.of("Brunnen"),)
    assert record.dates == (
        Date("created", "2004-02"),
        Date("issued", "2005"),
        Date("modified", "", "04/05/2006"),
        Date("date", "2007"),
        Date("date", "2008"),
    )
    assert record.identifiers == (
        Identifier("10.1234/x", "doi"),
        Identifier("17", "handle"),
        Identifier("9789211013450", "isbn"),
    )
    assert record.relations == (Relation("Reports", "isPartOf", Text.of("Reports")),)


def party(content: str, role: str = "owner") -> str:
    return f"<gmd:CI_ResponsibleParty>{content}{coded('role', 'CI_RoleCode', role)}</gmd:CI_ResponsibleParty>"


def test_agents_and_their_roles() -> None:
    contact = (
        "<gmd:contactInfo><gmd:CI_Contact><gmd:phone><gmd:CI_Telephone>" + string("voice", "+00 1")
        + "</gmd:CI_Telephone></gmd:phone><gmd:address><gmd:CI_Address>" + string("city", "Capital")
        + string("country", "XX") + string("electronicMailAddress", "a@example.org")
        + string("electronicMailAddress", "b@example.org")
        + "</gmd:CI_Address></gmd:address><gmd:onlineResource><gmd:CI_OnlineResource><gmd:linkage>"
        "<gmd:URL>https://example.org</gmd:URL></gmd:linkage></gmd:CI_OnlineResource></gmd:onlineResource>"
        "</gmd:CI_Contact></gmd:contactInfo>"
    )  # fmt: skip
    record = data(
        "<gmd:pointOfContact>"
        + party(string("individualName", "Erika Muster") + string("organisationName", "Survey") + string("positionName", "Head") + contact)
        + '</gmd:pointOfContact><gmd:pointOfContact xlink:href="https://example.org/c/1"/>'
        + "<gmd:pointOfContact>" + party(string("individualName", "Juan Tester"), "") + "</gmd:pointOfContact>"
        + "<gmd:pointOfContact>" + party("") + "</gmd:pointOfContact>",
        citation=TITLE + "<gmd:citedResponsibleParty>" + party(string("organisationName", "Press"), "publisher")
        + "</gmd:citedResponsibleParty>",
        before="<gmd:contact>" + party(string("organisationName", "Desk"), "pointOfContact") + "</gmd:contact>",
    )  # fmt: skip
    assert record.agents == (
        Agent("metadataContact", Text.of("Desk")),
        Agent("publisher", Text.of("Press")),
        Agent(
            "owner", Text.of("Survey"), "Erika Muster", "Head", "a@example.org", "+00 1", "https://example.org", "XX", "Capital"
        ),
        Agent("pointOfContact", Text.of("Juan Tester")),
    )  # fmt: skip


def test_keywords_topics_and_thesauri() -> None:
    record = data(
        '<gmd:descriptiveKeywords><gmd:MD_Keywords><gmd:keyword><gmx:Anchor xlink:href="https://example.org/t/1">Lead'
        "</gmx:Anchor></gmd:keyword>" + string("keyword", "Zinc") + '<gmd:keyword gco:nilReason="missing"/>'
        + coded("type", "MD_KeywordTypeCode", "theme") + "<gmd:thesaurusName><gmd:CI_Citation>"
        + string("title", "Metals") + "</gmd:CI_Citation></gmd:thesaurusName></gmd:MD_Keywords></gmd:descriptiveKeywords>"
        + '<gmd:descriptiveKeywords xlink:href="https://example.org/k"/>'
        + "<gmd:topicCategory><gmd:MD_TopicCategoryCode>environment</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
    )  # fmt: skip
    assert record.subjects == (
        Subject(Text.of("Lead"), "theme", "Metals", "https://example.org/t/1"),
        Subject(Text.of("Zinc"), "theme", "Metals"),
        Subject(Text.of("environment"), "topicCategory"),
    )


def test_descriptions_keep_their_paragraphs() -> None:
    record = data(
        string("abstract", "\n    One\n    two\n\n    three  four\n") + string("purpose", "To know.")
        + string("supplementalInformation", "More.")
    )  # fmt: skip
    assert record.descriptions == (Text.of("One\ntwo\n\nthree four"), Text.of("To know."), Text.of("More."))


def edges(west: str, south: str, east: str, north: str, *, before: str = "") -> str:
    names = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
    values = "".join(
        f"<gmd:{name}><gco:Decimal>{value}</gco:Decimal></gmd:{name}>"
        for name, value in zip(names, (west, east, south, north), strict=True)
    )
    return (
        f"<gmd:geographicElement><gmd:EX_GeographicBoundingBox>{before}{values}</gmd:EX_GeographicBoundingBox>"
        "</gmd:geographicElement>"
    )


def extent(content: str) -> str:
    return f"<gmd:extent><gmd:EX_Extent>{content}</gmd:EX_Extent></gmd:extent>"


def test_boxes_and_places() -> None:
    excluded = "<gmd:extentTypeCode><gco:Boolean>0</gco:Boolean></gmd:extentTypeCode>"
    record = data(
        extent(string("description", "All") + edges("179.5", "-1", "-179,5", "1") + edges("0", "5", "1", "2"))
        + extent(edges("0", "0", "1", "91") + edges("0", "", "1", "2") + edges("1", "1", "1", "1", before=excluded))
        + extent("<gmd:geographicElement><gmd:EX_GeographicDescription><gmd:geographicIdentifier><gmd:MD_Identifier>"
                 + string("code", "XX") + "</gmd:MD_Identifier></gmd:geographicIdentifier>"
                 "</gmd:EX_GeographicDescription></gmd:geographicElement>")
        + '<gmd:extent xlink:href="https://example.org/e"/>'
    )  # fmt: skip
    assert record.boxes == (Box(179.5, -1, -179.5, 1),)
    assert record.places == (Text.of("All"), Text.of("XX"))


@pytest.mark.parametrize(
    ("time", "period"),
    [
        ("<gml:TimePeriod><gml:beginPosition>1990</gml:beginPosition><gml:endPosition>1995-02-01</gml:endPosition></gml:TimePeriod>", Period("1990", "1995-02-01")),
        ("<gml31:TimePeriod><gml31:beginPosition>1990</gml31:beginPosition><gml31:endPosition indeterminatePosition='now'/></gml31:TimePeriod>", Period("1990")),
        ("<gml:TimePeriod><gml:begin><gml:TimeInstant><gml:timePosition>20031110</gml:timePosition></gml:TimeInstant></gml:begin><gml:end/></gml:TimePeriod>", Period("2003-11-10")),
        ("<gml:TimeInstant><gml:timePosition>2012</gml:timePosition></gml:TimeInstant>", Period("2012", "2012")),
        ("<gml:TimePeriod><gml:beginPosition>1990-00-00Z</gml:beginPosition><gml:endPosition>1991</gml:endPosition></gml:TimePeriod>", Period("", "1991", "1990-00-00Z/1991")),
        ("<gml:TimePeriod><gml:description>Holocene</gml:description><gml:beginPosition indeterminatePosition='unknown'/></gml:TimePeriod>", Period(text="Holocene")),
    ],
)  # fmt: skip
def test_times(time: str, period: Period) -> None:
    temporal = f"<gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>{time}</gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement>"
    assert data(extent(temporal)).periods == (period,)


def test_constraints() -> None:
    record = data(
        "<gmd:resourceConstraints><gmd:MD_Constraints>" + string("useLimitation", "Not for navigation")
        + "</gmd:MD_Constraints></gmd:resourceConstraints><gmd:resourceConstraints><gmd:MD_LegalConstraints>"
        + coded("accessConstraints", "MD_RestrictionCode", "license")
        + '<gmd:otherConstraints><gmx:Anchor xlink:href="https://example.org/by">CC BY</gmx:Anchor></gmd:otherConstraints>'
        + string("otherConstraints", "https://example.org/terms")
        + "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )  # fmt: skip
    assert record.rights == (
        Right(Text.of("Not for navigation"), "useLimitation"),
        Right(None, "accessConstraints:license"),
        Right(Text.of("CC BY"), "otherConstraints", "https://example.org/by"),
        Right(Text.of("https://example.org/terms"), "otherConstraints", "https://example.org/terms"),
    )


def online(url: str, content: str = "") -> str:
    return (
        "<gmd:CI_OnlineResource><gmd:linkage><gmd:URL>"
        + url
        + f"</gmd:URL></gmd:linkage>{content}</gmd:CI_OnlineResource>"
    )


def test_distribution() -> None:
    record = metadata(
        "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>" + TITLE
        + "</gmd:CI_Citation></gmd:citation><gmd:graphicOverview><gmd:MD_BrowseGraphic>"
        + string("fileName", "https://example.org/x.png") + "</gmd:MD_BrowseGraphic></gmd:graphicOverview>"
        + "</gmd:MD_DataIdentification></gmd:identificationInfo><gmd:distributionInfo><gmd:MD_Distribution>"
        + "<gmd:distributionFormat><gmd:MD_Format>" + string("name", "GeoPackage")
        + "</gmd:MD_Format></gmd:distributionFormat><gmd:distributor><gmd:MD_Distributor><gmd:distributorContact>"
        + party(string("organisationName", "Shop"), "") + "</gmd:distributorContact></gmd:MD_Distributor></gmd:distributor>"
        + "<gmd:transferOptions><gmd:MD_DigitalTransferOptions><gmd:onLine>"
        + online("https://example.org/wms", string("protocol", "OGC:WMS") + string("name", "wells")
                 + string("description", "Map") + coded("function", "CI_OnLineFunctionCode", "download"))
        + "</gmd:onLine><gmd:onLine>" + online("") + "</gmd:onLine><gmd:onLine>"
        + online("https://example.org/f", '<gmd:name><gmx:MimeFileType type="image/tiff">f.tif</gmx:MimeFileType></gmd:name>')
        + '</gmd:onLine><gmd:onLine xlink:href="#x"/></gmd:MD_DigitalTransferOptions></gmd:transferOptions>'
        + "</gmd:MD_Distribution></gmd:distributionInfo>"
    )  # fmt: skip
    assert record.formats == ("GeoPackage",)
    assert record.agents == (Agent("distributor", Text.of("Shop")),)
    assert record.links == (
        Link("https://example.org/x.png", function="browseGraphic"),
        Link("https://example.org/wms", Text.of("wells"), Text.of("Map"), "OGC:WMS", "download"),
        Link("https://example.org/f", Text.of("f.tif"), media_type="image/tiff"),
    )


def test_a_service_and_its_operations() -> None:
    record = metadata(
        "<gmd:identificationInfo><srv:SV_ServiceIdentification><gmd:citation><gmd:CI_Citation>" + TITLE
        + "</gmd:CI_Citation></gmd:citation><srv:serviceType><gco:LocalName>view</gco:LocalName></srv:serviceType>"
        + "<srv:serviceTypeVersion><gco:CharacterString>1.3.0</gco:CharacterString></srv:serviceTypeVersion>"
        + "<srv:extent><gmd:EX_Extent>" + edges("1", "1", "2", "2") + "</gmd:EX_Extent></srv:extent>"
        + "<srv:coupledResource><srv:SV_CoupledResource><srv:operationName><gco:CharacterString>GetMap"
        + "</gco:CharacterString></srv:operationName><srv:identifier><gco:CharacterString>id-8"
        + "</gco:CharacterString></srv:identifier></srv:SV_CoupledResource></srv:coupledResource>"
        + '<srv:couplingType><srv:SV_CouplingType codeList="#x" codeListValue="tight"/></srv:couplingType>'
        + "<srv:containsOperations><srv:SV_OperationMetadata><srv:operationName><gco:CharacterString>GetMap"
        + "</gco:CharacterString></srv:operationName><srv:connectPoint>" + online("https://example.org/wms")
        + "</srv:connectPoint></srv:SV_OperationMetadata></srv:containsOperations>"
        + '<srv:operatesOn uuidref="id-9" xlink:href="https://example.org/9"/>'
        + "</srv:SV_ServiceIdentification></gmd:identificationInfo>"
    )  # fmt: skip
    assert record == Record(
        title=Text.of("Wells"),
        service_type="view",
        boxes=(Box(1, 1, 2, 2),),
        links=(Link("https://example.org/wms", Text.of("GetMap")),),
        relations=(Relation("id-9", "operatesOn"),),
        service=Service(("1.3.0",), ("GetMap",), "tight", (("id-8", "GetMap"),)),
    )


def test_resolution_reference_system_lineage_language_and_aggregation() -> None:
    record = metadata(
        "<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier><gmd:RS_Identifier>"
        + string("code", "4326") + string("codeSpace", "EPSG") + "</gmd:RS_Identifier></gmd:referenceSystemIdentifier>"
        + "</gmd:MD_ReferenceSystem></gmd:referenceSystemInfo><gmd:identificationInfo><gmd:MD_DataIdentification>"
        + "<gmd:citation><gmd:CI_Citation>" + TITLE + "</gmd:CI_Citation></gmd:citation>"
        + "<gmd:aggregationInfo><gmd:MD_AggregateInformation><gmd:aggregateDataSetIdentifier><gmd:MD_Identifier>"
        + string("code", "id-7") + "</gmd:MD_Identifier></gmd:aggregateDataSetIdentifier>"
        + coded("associationType", "DS_AssociationTypeCode", "largerWorkCitation")
        + "</gmd:MD_AggregateInformation></gmd:aggregationInfo>"
        + "<gmd:spatialResolution><gmd:MD_Resolution><gmd:equivalentScale><gmd:MD_RepresentativeFraction>"
        + "<gmd:denominator><gco:Integer>50000</gco:Integer></gmd:denominator></gmd:MD_RepresentativeFraction>"
        + "</gmd:equivalentScale></gmd:MD_Resolution></gmd:spatialResolution>"
        + '<gmd:spatialResolution><gmd:MD_Resolution><gmd:distance><gco:Distance uom="x#m">30</gco:Distance></gmd:distance>'
        + "</gmd:MD_Resolution></gmd:spatialResolution>" + string("language", "ger") + string("language", "ger")
        + "</gmd:MD_DataIdentification></gmd:identificationInfo><gmd:dataQualityInfo><gmd:DQ_DataQuality><gmd:lineage>"
        + "<gmd:LI_Lineage>" + string("statement", "Counted.") + "</gmd:LI_Lineage></gmd:lineage>"
        + "</gmd:DQ_DataQuality></gmd:dataQualityInfo>"
    )  # fmt: skip
    assert record == Record(
        title=Text.of("Wells"),
        reference_systems=("EPSG:4326",),
        relations=(Relation("id-7", "isPartOf"),),
        resolutions=("1:50000", "30 m"),
        languages=("de",),
        lineage=Text.of("Counted."),
    )


def test_several_identifications_are_one_record() -> None:
    one = "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>"
    end = "</gmd:CI_Citation></gmd:citation></gmd:MD_DataIdentification></gmd:identificationInfo>"
    record = metadata(one + TITLE + end + one + string("title", "Springs") + end + one + TITLE + end)
    assert record == Record(title=Text.of("Wells"), alternative_titles=(Text.of("Springs"),))


@pytest.mark.parametrize(
    ("root", "extra"),
    [
        ("gmi:MI_Metadata", 'xmlns:gmi="http://www.isotc211.org/2005/gmi"'),
        ("gmi:MI_Metadata", 'xmlns:gmi="http://standards.iso.org/iso/19115/-2/gmi/1.0"'),
        ("che:CHE_MD_Metadata", ""),
        ("mcp:MD_Metadata", 'xmlns:mcp="http://bluenet3.antcrc.utas.edu.au/mcp"'),
    ],
)
def test_derived_roots_and_objects(root: str, extra: str) -> None:
    record = metadata(
        "<gmd:contact><che:CHE_CI_ResponsibleParty><che:individualFirstName><gco:CharacterString>Erika"
        "</gco:CharacterString></che:individualFirstName><che:individualLastName><gco:CharacterString>Muster"
        "</gco:CharacterString></che:individualLastName></che:CHE_CI_ResponsibleParty></gmd:contact>"
        "<gmd:identificationInfo><che:CHE_MD_DataIdentification><gmd:citation><gmd:CI_Citation>" + TITLE
        + "</gmd:CI_Citation></gmd:citation></che:CHE_MD_DataIdentification></gmd:identificationInfo>",
        root, extra,
    )  # fmt: skip
    assert record == Record(
        title=Text.of("Wells"), agents=(Agent("metadataContact", Text.of("Erika Muster")),)
    )


def test_a_series_is_read_by_its_own_metadata() -> None:
    inner = (
        "<gmd:MD_Metadata><gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>"
        + TITLE + "</gmd:CI_Citation></gmd:citation></gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"
    )  # fmt: skip
    series = f'<gmd:composedOf gco:nilReason="missing"/><gmd:seriesMetadata>{inner}</gmd:seriesMetadata>'
    assert metadata(series, "gmd:DS_Series") == Record(title=Text.of("Wells"))


@pytest.mark.parametrize(
    ("content", "citation", "title"),
    [
        (string("abstract", "What was found."), '<gmd:title gco:nilReason="missing"/>', "What was found."),
        ("", string("alternateTitle", "Brunnen"), "Brunnen"),
    ],
)
def test_a_record_without_a_title_gets_one_from_what_it_has(content: str, citation: str, title: str) -> None:
    assert data(content, citation).title.default == title


def test_a_record_that_says_nothing_is_refused() -> None:
    with pytest.raises(UnreadableRecord) as refusal:
        data("", '<gmd:title gco:nilReason="missing"><gco:CharacterString/></gmd:title>')
    assert refusal.value.rule == "iso19139.no-title"
