"""The schemas that DescribeRecord gives out (07-006r1, 10.6): one component for each record type.

That of csw:Record says what record.xsd of the standard says. Those of gmd:MD_Metadata and mdb:MD_Metadata are
the official ones, by reference: with all that it needs that of gmd is 2 MB in 80 documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue import namespaces as ns
from catalogue.formats import ISO19115_3
from endpoint.csw.names import RECORD, TYPES, XML_SCHEMA

_OFFICIAL: Final = "http://schemas.opengis.net"


def _refs(*elements: str) -> str:
    """Elements by reference, with how often they may stand: `dc:type?`, `dc:subject*`, `dc:title+`."""
    occurs = {
        "?": ' minOccurs="0"',
        "*": ' minOccurs="0" maxOccurs="unbounded"',
        "+": ' maxOccurs="unbounded"',
    }
    return "".join(f'<xs:element ref="{name[:-1]}"{occurs[name[-1]]}/>' for name in elements)


def _view(name: str, base: str, content: str, attributes: str = "") -> str:
    return (
        f'<xs:element name="{name}" type="csw:{name}Type" substitutionGroup="csw:AbstractRecord"/>'
        f'<xs:complexType name="{name}Type"{attributes}><xs:complexContent><xs:extension base="csw:{base}">'
        f"<xs:sequence>{content}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
    )


_IMPORTS: Final = (
    (ns.DCT, f"{_OFFICIAL}/csw/2.0.2/rec-dcterms.xsd"),
    (ns.DC, f"{_OFFICIAL}/csw/2.0.2/rec-dcmes.xsd"),
    (ns.OWS, f"{_OFFICIAL}/ows/1.0.0/owsAll.xsd"),
)
_FINAL: Final = ' final="#all"'
_BRIEF: Final = ("dc:identifier+", "dc:title+", "dc:type?")
_SUMMARY: Final = (
    "dc:subject*",
    "dc:format*",
    "dc:relation*",
    "dct:modified*",
    "dct:abstract*",
    "dct:spatial*",
)
_BOXES: Final = "ows:BoundingBox*"

_CSW: Final = "".join(
    (
        f'<xs:schema xmlns:xs="{ns.XSD}" xmlns:csw="{ns.CSW}" xmlns:dc="{ns.DC}" xmlns:dct="{ns.DCT}"',
        f' xmlns:ows="{ns.OWS}" targetNamespace="{ns.CSW}" elementFormDefault="qualified">',
        *(f'<xs:import namespace="{uri}" schemaLocation="{place}"/>' for uri, place in _IMPORTS),
        '<xs:element name="AbstractRecord" type="csw:AbstractRecordType" abstract="true"/>',
        '<xs:complexType name="AbstractRecordType" abstract="true"/>',
        _view("DCMIRecord", "AbstractRecordType", '<xs:group ref="dct:DCMI-terms"/>'),
        _view("BriefRecord", "AbstractRecordType", _refs(*_BRIEF, _BOXES), _FINAL),
        _view("SummaryRecord", "AbstractRecordType", _refs(*_BRIEF, *_SUMMARY, _BOXES), _FINAL),
        _view(
            "Record",
            "DCMIRecordType",
            '<xs:element name="AnyText" type="csw:EmptyType" minOccurs="0" maxOccurs="unbounded"/>'
            + _refs(_BOXES),
            _FINAL,
        ),
        '<xs:complexType name="EmptyType"/>',
        "</xs:schema>",
    )
)
_GMD: Final = (
    f'<xs:schema xmlns:xs="{ns.XSD}" targetNamespace="{ns.GMD}" elementFormDefault="qualified">'
    f'<xs:include schemaLocation="{_OFFICIAL}/iso/19139/20070417/gmd/metadataEntity.xsd"/></xs:schema>'
)
_MDB: Final = (
    f'<xs:schema xmlns:xs="{ns.XSD}" targetNamespace="{ns.MDB}" elementFormDefault="qualified">'
    f'<xs:include schemaLocation="{ISO19115_3.schema}"/></xs:schema>'
)
_SCHEMAS: Final = {RECORD: _CSW, "gmd:MD_Metadata": _GMD, "mdb:MD_Metadata": _MDB}


def components(type_names: Iterable[str] | None) -> str:
    """A csw:SchemaComponent for each of these types; None asks for all."""
    namespaces = {name: uri for (uri, _), name in TYPES.items()}
    return "".join(
        f'<csw:SchemaComponent targetNamespace="{namespaces[name]}" schemaLanguage="{XML_SCHEMA}">'
        f"{_SCHEMAS[name]}</csw:SchemaComponent>"
        for name in (TYPES.values() if type_names is None else type_names)
    )
