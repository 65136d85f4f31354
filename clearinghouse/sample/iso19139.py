"""Sample records as ISO 19115 metadata in ISO/TS 19139 XML (gmd:MD_Metadata).

Texts in several languages are PT_FreeText (ISO/TS 19139, 7.4), keywords with an address gmx:Anchor.
Written by hand and not with the catalogue's writers: see `dublin_core`.
"""

from __future__ import annotations

from zlib import crc32

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from clearinghouse.sample.records import OnlineResource, SampleNode, SampleRecord, Subject, Texts

#: ISO 639-2/T, as gmd:LanguageCode wants it.
_LANGUAGE_CODES = {"en": "eng", "es": "spa", "fr": "fra", "pt": "por"}
_CODELISTS = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
_SCOPES = {"dataset": "dataset", "map-service": "service", "tool": "software", "inventory": "dataset"}

_OPEN = (
    f'<gmd:MD_Metadata xmlns:gmd="{ns.GMD}" xmlns:gco="{ns.GCO}" xmlns:gmx="{ns.GMX}" xmlns:srv="{ns.SRV}"'
    f' xmlns:gml="{ns.GML32}" xmlns:xlink="{ns.XLINK}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.GMD} http://www.isotc211.org/2005/gmd/gmd.xsd'
    f' {ns.GMX} http://www.isotc211.org/2005/gmx/gmx.xsd {ns.SRV} http://www.isotc211.org/2005/srv/srv.xsd">'
)


def md_metadata(node: SampleNode, record: SampleRecord) -> bytes:
    """The record as `gmd:MD_Metadata`, in the order of the schema."""
    main = record.language
    others = sorted({key for text in _all_texts(record) for key in text} - {main})
    kind = record.answers.document_type if record.answers else ""
    parts = (
        _OPEN,
        f"<gmd:fileIdentifier>{_string(record.id)}</gmd:fileIdentifier>",
        f"<gmd:language>{_language(main)}</gmd:language>",
        f"<gmd:characterSet>{_code('MD_CharacterSetCode', 'utf8')}</gmd:characterSet>",
        f"<gmd:hierarchyLevel>{_scope(kind)}</gmd:hierarchyLevel>",
        f"<gmd:hierarchyLevelName>{_string(kind)}</gmd:hierarchyLevelName>",
        f"<gmd:contact>{_party(node.title, 'pointOfContact', node.email)}</gmd:contact>",
        f"<gmd:dateStamp><gco:DateTime>{record.datestamp}</gco:DateTime></gmd:dateStamp>",
        f"<gmd:metadataStandardName>{_string('ISO 19115:2003/19139')}</gmd:metadataStandardName>",
        f"<gmd:metadataStandardVersion>{_string('1.0')}</gmd:metadataStandardVersion>",
        *(_locale(language, record) for language in others),
        _reference_system() if record.box else "",
        f"<gmd:identificationInfo>{_identification(node, record, kind)}</gmd:identificationInfo>",
        f"<gmd:distributionInfo>{_distribution(record)}</gmd:distributionInfo>",
        _quality(record) if record.box else "",
        "</gmd:MD_Metadata>",
    )
    return "\n".join(part for part in parts if part).encode()


def _all_texts(record: SampleRecord) -> list[Texts]:
    return [record.title, record.abstract, *(subject.label for subject in record.subjects)]


def _string(text: str) -> str:
    return f"<gco:CharacterString>{escape(text)}</gco:CharacterString>"


def _code(codelist: str, value: str) -> str:
    return (
        f'<gmd:{codelist} codeList="{_CODELISTS}{codelist}"'
        f' codeListValue="{escape_attribute(value)}">{escape(value)}</gmd:{codelist}>'
    )


def _language(language: str) -> str:
    return _code("LanguageCode", _LANGUAGE_CODES[language])


def _scope(kind: str) -> str:
    return _code("MD_ScopeCode", _SCOPES.get(kind, "nonGeographicDataset"))


def _locale(language: str, record: SampleRecord) -> str:
    return (
        f'<gmd:locale><gmd:PT_Locale id="{_locale_id(language, record)}">'
        f"<gmd:languageCode>{_language(language)}</gmd:languageCode>"
        f"<gmd:characterEncoding>{_code('MD_CharacterSetCode', 'utf8')}</gmd:characterEncoding>"
        "</gmd:PT_Locale></gmd:locale>"
    )


def _locale_id(language: str, record: SampleRecord) -> str:
    """An xml:id is unique in its document, and many records stand in one answer."""
    return f"locale-{language}-{record.id[:8]}"


def _text(name: str, texts: Texts, record: SampleRecord, uri: str = "") -> str:
    """An element with a text in the record's own language, and as PT_FreeText in the others."""
    main = record.language
    default = texts.get(main) or next(iter(texts.values()))
    value = _string(default)
    if uri:
        value = f'<gmx:Anchor xlink:href="{escape_attribute(uri)}">{escape(default)}</gmx:Anchor>'
    others = "".join(
        f'<gmd:textGroup><gmd:LocalisedCharacterString locale="#{_locale_id(language, record)}">'
        f"{escape(text)}</gmd:LocalisedCharacterString></gmd:textGroup>"
        for language, text in texts.items()
        if language != main
    )
    if not others:
        return f"<gmd:{name}>{value}</gmd:{name}>"
    return (
        f'<gmd:{name} xsi:type="gmd:PT_FreeText_PropertyType">{value}'
        f"<gmd:PT_FreeText>{others}</gmd:PT_FreeText></gmd:{name}>"
    )


def _party(organisation: str, role: str, email: str = "") -> str:
    contact = (
        "<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>"
        f"<gmd:electronicMailAddress>{_string(email)}</gmd:electronicMailAddress>"
        "</gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo>"
    )
    return (
        "<gmd:CI_ResponsibleParty>"
        f"<gmd:organisationName>{_string(organisation)}</gmd:organisationName>"
        f"{contact if email else ''}"
        f"<gmd:role>{_code('CI_RoleCode', role)}</gmd:role></gmd:CI_ResponsibleParty>"
    )


def _quality(record: SampleRecord) -> str:
    """Whether the resource conforms to a guideline: some do, some do not, at some nobody has looked."""
    passed = _DEGREES[crc32(record.id.encode()) % len(_DEGREES)]
    cited = (
        f"<gmd:title>{_string('Guideline for the geographic data of regional centres')}</gmd:title>"
        "<gmd:date><gmd:CI_Date><gmd:date><gco:Date>2018-05-03</gco:Date></gmd:date>"
        f"<gmd:dateType>{_code('CI_DateTypeCode', 'publication')}</gmd:dateType></gmd:CI_Date></gmd:date>"
    )
    return (
        "<gmd:dataQualityInfo><gmd:DQ_DataQuality><gmd:scope><gmd:DQ_Scope>"
        f"<gmd:level>{_code('MD_ScopeCode', 'dataset')}</gmd:level></gmd:DQ_Scope></gmd:scope>"
        "<gmd:report><gmd:DQ_DomainConsistency><gmd:result><gmd:DQ_ConformanceResult>"
        f"<gmd:specification><gmd:CI_Citation>{cited}</gmd:CI_Citation></gmd:specification>"
        f"<gmd:explanation>{_string('See the guideline.')}</gmd:explanation>{passed}"
        "</gmd:DQ_ConformanceResult></gmd:result></gmd:DQ_DomainConsistency></gmd:report>"
        "</gmd:DQ_DataQuality></gmd:dataQualityInfo>"
    )


_DEGREES = (
    "<gmd:pass><gco:Boolean>true</gco:Boolean></gmd:pass>",
    "<gmd:pass><gco:Boolean>false</gco:Boolean></gmd:pass>",
    '<gmd:pass gco:nilReason="unknown"/>',
)


def _reference_system() -> str:
    return (
        "<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier>"
        f"<gmd:RS_Identifier><gmd:code>{_string('urn:ogc:def:crs:EPSG::4326')}</gmd:code></gmd:RS_Identifier>"
        "</gmd:referenceSystemIdentifier></gmd:MD_ReferenceSystem></gmd:referenceSystemInfo>"
    )


def _identification(node: SampleNode, record: SampleRecord, kind: str) -> str:
    shared = "\n".join(
        (
            f"<gmd:citation>{_citation(record)}</gmd:citation>",
            _text("abstract", record.abstract, record),
            f"<gmd:pointOfContact>{_party(node.title, 'publisher', node.email)}</gmd:pointOfContact>",
            *(_keywords((subject,), "theme", record) for subject in record.subjects if subject.uri),
            _keywords(tuple(s for s in record.subjects if not s.uri), "theme", record),
            _keywords(tuple(Subject({record.language: p}) for p in record.coverage), "place", record),
            _constraints(record),
        )
    )
    if kind == "map-service":
        return f"<srv:SV_ServiceIdentification>{shared}{_service(record)}</srv:SV_ServiceIdentification>"
    languages = "".join(f"<gmd:language>{_language(code)}</gmd:language>" for code in record.languages)
    return (
        f"<gmd:MD_DataIdentification>{shared}{languages}"
        "<gmd:topicCategory><gmd:MD_TopicCategoryCode>environment</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
        f"{_extent(record, 'gmd')}</gmd:MD_DataIdentification>"
    )


def _citation(record: SampleRecord) -> str:
    identifiers = "".join(
        f"<gmd:identifier><gmd:MD_Identifier><gmd:code>{_string(value)}</gmd:code></gmd:MD_Identifier>"
        "</gmd:identifier>"
        for value in record.identifiers
    )
    creators = [_party(name, "originator") for name in record.creators]
    creators += [_party(name, "processor") for name in record.contributors]
    parties = "".join(f"<gmd:citedResponsibleParty>{c}</gmd:citedResponsibleParty>" for c in creators)
    return (
        f"<gmd:CI_Citation>{_text('title', record.title, record)}"
        f"{_date(record.date, 'publication')}{_date(record.datestamp[:10], 'revision')}"
        f"{identifiers}{parties}</gmd:CI_Citation>"
    )


def _date(value: str, kind: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{value}</gco:Date></gmd:date>"
        f"<gmd:dateType>{_code('CI_DateTypeCode', kind)}</gmd:dateType></gmd:CI_Date></gmd:date>"
    )


def _keywords(subjects: tuple[Subject, ...], kind: str, record: SampleRecord) -> str:
    if not subjects:
        return ""
    keywords = "".join(_text("keyword", subject.label, record, subject.uri) for subject in subjects)
    thesaurus = (
        "<gmd:thesaurusName><gmd:CI_Citation>"
        f"<gmd:title>{_string('Example Thesaurus of Chemicals and Waste')}</gmd:title>"
        f"{_date('2022-03-01', 'publication')}</gmd:CI_Citation></gmd:thesaurusName>"
    )
    return (
        f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{keywords}"
        f"<gmd:type>{_code('MD_KeywordTypeCode', kind)}</gmd:type>{thesaurus if subjects[0].uri else ''}"
        "</gmd:MD_Keywords></gmd:descriptiveKeywords>"
    )


def _constraints(record: SampleRecord) -> str:
    return (
        "<gmd:resourceConstraints><gmd:MD_LegalConstraints>"
        f"{_text('useLimitation', record.rights, record)}"
        f"<gmd:useConstraints>{_code('MD_RestrictionCode', 'otherRestrictions')}</gmd:useConstraints>"
        '<gmd:otherConstraints><gmx:Anchor xlink:href="https://licences.example.org/sample">'
        "Sample licence</gmx:Anchor></gmd:otherConstraints></gmd:MD_LegalConstraints>"
        "</gmd:resourceConstraints>"
    )


def _extent(record: SampleRecord, prefix: str) -> str:
    elements = "".join(
        "<gmd:geographicElement><gmd:EX_GeographicDescription><gmd:geographicIdentifier><gmd:MD_Identifier>"
        f"<gmd:code>{_string(place)}</gmd:code></gmd:MD_Identifier></gmd:geographicIdentifier>"
        "</gmd:EX_GeographicDescription></gmd:geographicElement>"
        for place in record.coverage
    )
    if record.box:
        names = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
        west, south, east, north = record.box
        bounds = "".join(
            f"<gmd:{name}><gco:Decimal>{value}</gco:Decimal></gmd:{name}>"
            for name, value in zip(names, (west, east, south, north), strict=True)
        )
        elements += (
            "<gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
            f"{bounds}</gmd:EX_GeographicBoundingBox></gmd:geographicElement>"
        )
    if record.period:
        elements += _temporal(record.period, record.id)
    if not elements:
        return ""
    return f"<{prefix}:extent><gmd:EX_Extent>{elements}</gmd:EX_Extent></{prefix}:extent>"


def _temporal(period: tuple[str, str], identifier: str) -> str:
    return (
        "<gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>"
        f'<gml:TimePeriod gml:id="period-{identifier}"><gml:beginPosition>{period[0]}</gml:beginPosition>'
        f"<gml:endPosition>{period[1]}</gml:endPosition></gml:TimePeriod>"
        "</gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement>"
    )


def _service(record: SampleRecord) -> str:
    """What SV_ServiceIdentification has beyond MD_Identification (ISO 19119)."""
    service = next(link for link in record.links if link.protocol == "OGC:WMS")
    return (
        "<srv:serviceType><gco:LocalName>OGC:WMS</gco:LocalName></srv:serviceType>"
        f"{_extent(record, 'srv')}"
        f'<srv:couplingType><srv:SV_CouplingType codeList="{_CODELISTS}SV_CouplingType"'
        ' codeListValue="loose"/></srv:couplingType><srv:containsOperations><srv:SV_OperationMetadata>'
        f"<srv:operationName>{_string('GetCapabilities')}</srv:operationName>"
        f'<srv:DCP><srv:DCPList codeList="{_CODELISTS}DCPList" codeListValue="WebServices"/></srv:DCP>'
        f"<srv:connectPoint>{_online(service)}</srv:connectPoint>"
        "</srv:SV_OperationMetadata></srv:containsOperations>"
    )


def _online(link: OnlineResource) -> str:
    name = f"<gmd:name>{_string(link.name)}</gmd:name>" if link.name else ""
    return (
        f"<gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{escape(link.url)}</gmd:URL></gmd:linkage>"
        f"<gmd:protocol>{_string(link.protocol)}</gmd:protocol>{name}"
        f"<gmd:function>{_code('CI_OnLineFunctionCode', link.function)}</gmd:function>"
        "</gmd:CI_OnlineResource>"
    )


def _distribution(record: SampleRecord) -> str:
    formats = (
        "<gmd:distributionFormat><gmd:MD_Format>"
        f"<gmd:name>{_string(record.format)}</gmd:name>"
        '<gmd:version gco:nilReason="unknown"/></gmd:MD_Format></gmd:distributionFormat>'
    )
    online = "".join(f"<gmd:onLine>{_online(link)}</gmd:onLine>" for link in record.links)
    return (
        f"<gmd:MD_Distribution>{formats if record.format else ''}<gmd:transferOptions>"
        f"<gmd:MD_DigitalTransferOptions>{online}</gmd:MD_DigitalTransferOptions>"
        "</gmd:transferOptions></gmd:MD_Distribution>"
    )
