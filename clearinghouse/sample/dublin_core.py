"""Sample records as unqualified Dublin Core (oai_dc) and as qualified Dublin Core (qdc).

Written here by hand and not with the catalogue's writers, so that what comes back from our endpoint
is compared with something that our endpoint did not make.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue import namespaces as ns
from catalogue.xml import escape
from clearinghouse.sample.records import SampleNode, SampleRecord, Texts

_OAI_DC_OPEN = (
    f'<oai_dc:dc xmlns:oai_dc="{ns.OAI_DC}" xmlns:dc="{ns.DC}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)
_QDC_OPEN = (
    f'<qdc:qualifieddc xmlns:qdc="{ns.QDC}" xmlns:dc="{ns.DC}" xmlns:dcterms="{ns.DCT}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.DC} http://dublincore.org/schemas/xmls/qdc/2006/01/06/dc.xsd'
    f" {ns.DCT} http://dublincore.org/schemas/xmls/qdc/2006/01/06/dcterms.xsd"
    f' {ns.QDC} http://www.ukoln.ac.uk/metadata/dcmi/xmlschema/qualifieddc.xsd">'
)

#: An element: qualified name, text, attributes as they are written.
Element = tuple[str, str, str]


def oai_dc(node: SampleNode, record: SampleRecord) -> bytes:
    """The record as `oai_dc:dc`; a record that is broken on purpose as it stands."""
    if record.payload:
        return record.payload.encode()
    return _document(_OAI_DC_OPEN, _simple(node, record), "</oai_dc:dc>")


def qdc(node: SampleNode, record: SampleRecord) -> bytes:
    """The record as `qdc:qualifieddc`: dc elements, with dcterms refinements where there are any."""
    return _document(_QDC_OPEN, _qualified(node, record), "</qdc:qualifieddc>")


def _document(opening: str, elements: Iterator[Element], closing: str) -> bytes:
    lines = (f"<{name}{attributes}>{escape(text)}</{name}>" for name, text, attributes in elements)
    return "\n".join((opening, *lines, closing)).encode()


def _texts(node: SampleNode, name: str, texts: Texts) -> Iterator[Element]:
    for language, text in texts.items():
        yield name, text, f' xml:lang="{language}"' if node.states_language else ""


def _simple(node: SampleNode, record: SampleRecord) -> Iterator[Element]:
    yield from _texts(node, "dc:title", record.title)
    yield from _agents_and_subjects(node, record)
    yield from _texts(node, "dc:description", record.abstract)
    if node.keeps_accession_dates:
        yield "dc:date", f"{record.datestamp}T06:12:44Z", ""
        yield "dc:date", f"{record.datestamp}T06:12:44Z", ""
    yield "dc:date", record.date, ""
    yield from _shared(record)
    for relation in record.relations:
        yield "dc:relation", relation, ""
    for place in record.coverage:
        yield "dc:coverage", place, ""
    if record.box and not node.keeps_accession_dates:
        yield "dc:coverage", _box(record.box), ""
    if record.period:
        yield "dc:coverage", _period(record.period), ""
    yield from _texts(node, "dc:rights", record.rights)


def _qualified(node: SampleNode, record: SampleRecord) -> Iterator[Element]:
    first, *others = record.title.items()
    yield "dc:title", first[1], f' xml:lang="{first[0]}"'
    for language, text in others:
        yield "dcterms:alternative", text, f' xml:lang="{language}"'
    yield from _agents_and_subjects(node, record)
    for language, text in record.abstract.items():
        yield "dcterms:abstract", text, f' xml:lang="{language}"'
    yield "dcterms:issued", record.date, ' xsi:type="dcterms:W3CDTF"'
    yield "dcterms:modified", record.datestamp, ' xsi:type="dcterms:W3CDTF"'
    yield from _shared(record)
    for relation in record.relations:
        yield "dcterms:references", relation, ""
    for place in record.coverage:
        yield "dcterms:spatial", place, ""
    if record.box:
        yield "dcterms:spatial", _box(record.box), ' xsi:type="dcterms:Box"'
    if record.period:
        yield "dcterms:temporal", _period(record.period), ' xsi:type="dcterms:Period"'
    yield from _texts(node, "dcterms:accessRights", record.rights)


def _agents_and_subjects(node: SampleNode, record: SampleRecord) -> Iterator[Element]:
    for creator in record.creators:
        yield "dc:creator", creator, ""
    for subject in record.subjects:
        yield from _texts(node, "dc:subject", subject.label)
    yield "dc:publisher", node.title, ""
    for contributor in record.contributors:
        yield "dc:contributor", contributor, ""


def _shared(record: SampleRecord) -> Iterator[Element]:
    yield "dc:type", record.type, ""
    if record.format:
        yield "dc:format", record.format, ""
    for link in record.links:
        yield "dc:identifier", link.url, ""
    for identifier in record.identifiers:
        yield "dc:identifier", identifier, ""
    for language in record.languages:
        yield "dc:language", record.language_codes.get(language, language), ""


def _box(box: tuple[float, float, float, float]) -> str:
    """DCMI Box Encoding Scheme."""
    west, south, east, north = box
    return f"northlimit={north}; southlimit={south}; westlimit={west}; eastlimit={east}"


def _period(period: tuple[str, str]) -> str:
    """DCMI Period Encoding Scheme."""
    return f"start={period[0]}; end={period[1]}; scheme=W3C-DTF;"
