"""Writer of qualified Dublin Core: the fifteen elements, refined by DCMI terms, in the container of OCLC.

What the encoding schemes of DCMI can say stands in xsi:type: W3CDTF, URI, Box, Period, RFC4646. A value
that is not what its scheme demands is written without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue import namespaces as ns
from catalogue.formats import OAI_DCTERMS
from catalogue.languages import is_tag
from catalogue.record import Period, Record, Text
from catalogue.rendering import dublin_core
from catalogue.rendering.markup import document, escape, is_date, is_uri, language_attribute

_DC_SCHEMA: Final = "http://dublincore.org/schemas/xmls/qdc/2008/02/11/dc.xsd"
_QDC_SCHEMA: Final = "http://worldcat.org/xmlschemas/qdc/1.0/qdc-1.0.xsd"
_HEAD: Final = (
    f'<oai_qdc:qualifieddc xmlns:oai_qdc="{ns.OAI_QDC}" xmlns:dc="{ns.DC}" xmlns:dcterms="{ns.DCT}"'
    f' xmlns:xsi="{ns.XSI}" xsi:schemaLocation="{ns.OAI_QDC} {_QDC_SCHEMA} {ns.DC} {_DC_SCHEMA}'
    f' {ns.DCT} {OAI_DCTERMS.schema}">'
)
_FOOT: Final = "</oai_qdc:qualifieddc>"
_W3CDTF: Final = ' xsi:type="dcterms:W3CDTF"'
_URI: Final = ' xsi:type="dcterms:URI"'
_BOX: Final = ' xsi:type="dcterms:Box"'
_PERIOD: Final = ' xsi:type="dcterms:Period"'
_LANGUAGE: Final = ' xsi:type="dcterms:RFC4646"'
_DATES: Final = {
    "created": "dcterms:created",
    "issued": "dcterms:issued",
    "modified": "dcterms:modified",
    "available": "dcterms:available",
    "valid": "dcterms:valid",
    "accepted": "dcterms:dateAccepted",
    "submitted": "dcterms:dateSubmitted",
    "copyrighted": "dcterms:dateCopyrighted",
}
_RELATIONS: Final = {"source": "dc:source"} | {
    kind: f"dcterms:{kind}"
    for kind in (
        "conformsTo", "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf", "isReferencedBy",
        "isReplacedBy", "isRequiredBy", "isVersionOf", "references", "replaces", "requires",
    )
}  # fmt: skip
_RIGHTS: Final = {
    "license": "dcterms:license",
    "accessRights": "dcterms:accessRights",
    "accessConstraints": "dcterms:accessRights",
    "rightsHolder": "dcterms:rightsHolder",
}
#: Thesauri that DCMI has an encoding scheme for.
_SCHEMES: Final = {
    name: f' xsi:type="dcterms:{name}"' for name in ("DDC", "LCC", "LCSH", "MESH", "TGN", "UDC")
}


def write(record: Record) -> bytes:
    """The record as one qualifieddc element."""
    out = [_HEAD]
    _texts(out, "dc:title", (record.title,))
    _texts(out, "dcterms:alternative", record.alternative_titles)
    _agents(out, record)
    for subject in record.subjects:
        _texts(out, "dc:subject", (subject.label,), _SCHEMES.get(subject.scheme, ""))
    _texts(out, "dcterms:abstract", record.descriptions[:1])
    _texts(out, "dc:description", record.descriptions[1:])
    if record.lineage:
        _texts(out, "dcterms:provenance", (record.lineage,))
    _texts(out, "dcterms:conformsTo", [one.title for one in record.conformance if one.degree])
    for date in dublin_core.dates(record):
        value = dublin_core.date_value(date)
        _value(out, _DATES.get(date.kind, "dc:date"), value, _W3CDTF if is_date(value) else "")
    _texts(out, "dc:type", record.types)
    for name in record.formats:
        _value(out, "dc:format", name)
    for name in dublin_core.identifiers(record):
        _value(out, "dc:identifier", name, _URI if is_uri(name) else "")
    for tag in record.languages:
        _value(out, "dc:language", tag, _LANGUAGE if is_tag(tag) else "")
    _relations(out, record)
    _rights(out, record)
    _coverage(out, record)
    out.append(_FOOT)
    return document(out)


def _texts(out: list[str], name: str, texts: Iterable[Text], scheme: str = "") -> None:
    for text in texts:
        for language, value in text.values:
            if value:
                out.append(f"<{name}{scheme}{language_attribute(language)}>{escape(value)}</{name}>")


def _value(out: list[str], name: str, value: str, scheme: str = "") -> None:
    if value:
        out.append(f"<{name}{scheme}>{escape(value)}</{name}>")


def _agents(out: list[str], record: Record) -> None:
    """The person where one is named as author, else the organisation."""
    for name, agents in dublin_core.agents(record).items():
        for agent in agents:
            person = agent.individual if name == "creator" else ""
            _texts(out, f"dc:{name}", (Text.of(person) if person else agent.name,))


def _relations(out: list[str], record: Record) -> None:
    for relation in dublin_core.relations(record):
        scheme = _URI if is_uri(relation.value) else ""
        _value(out, _RELATIONS.get(relation.kind, "dc:relation"), relation.value, scheme)


def _rights(out: list[str], record: Record) -> None:
    for right in record.rights:
        name = _RIGHTS.get(right.kind.partition(":")[0], "dc:rights")
        for language, value in dublin_core.right_values(right):
            if value == right.url and is_uri(value):
                _value(out, name, value, _URI)
            else:
                _value(out, name, value, language_attribute(language))


def _coverage(out: list[str], record: Record) -> None:
    _texts(out, "dcterms:spatial", record.places)
    for box in record.boxes:
        _value(out, "dcterms:spatial", dublin_core.box(box), _BOX)
    for period in record.periods:
        _period(out, period)


def _period(out: list[str], period: Period) -> None:
    """A period in the DCMI Period Encoding Scheme; its words alone where it has no dates."""
    if not (period.begin or period.end):
        _value(out, "dcterms:temporal", period.text)
        return
    parts = [f"start={period.begin}"] if period.begin else []
    parts += [f"end={period.end}"] if period.end else []
    parts.append("scheme=W3C-DTF")
    if period.text and not {";", "="} & set(period.text):
        parts.insert(0, f"name={period.text}")
    _value(out, "dcterms:temporal", "; ".join(parts), _PERIOD)
