"""GetCapabilities and DescribeRecord of a CSW sample node (CSW 2.0.2, 10.5 and 10.6)."""

from __future__ import annotations

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from clearinghouse.sample.csw_filter import COMPARISONS
from clearinghouse.sample.csw_request import (
    ELEMENT_SETS,
    OUTPUT_SCHEMAS,
    RESULT_TYPES,
    TYPE_NAMES,
    VERSION,
)
from clearinghouse.sample.records import SampleNode

_DC = ("title", "creator", "subject", "type", "format", "identifier", "language", "date")
_QUERYABLES = {
    "SupportedDublinCoreQueryables": (
        *(f"dc:{n}" for n in _DC),
        "dct:abstract",
        "dct:modified",
        "csw:AnyText",
    ),
    "SupportedISOQueryables": tuple(
        f"apiso:{name}"
        for name in ("Title", "Abstract", "Subject", "Identifier", "Language", "Modified", "AnyText", "Type")
    ),
}
_SCHEMAS = {
    "csw:Record": "http://schemas.opengis.net/csw/2.0.2/record.xsd",
    "gmd:MD_Metadata": "http://www.isotc211.org/2005/gmd/gmd.xsd",
}
_OPERATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "GetCapabilities": {},
    "DescribeRecord": {"typeName": tuple(TYPE_NAMES), "outputFormat": ("application/xml",)},
    "GetRecords": {
        "typeNames": tuple(TYPE_NAMES),
        "resultType": RESULT_TYPES,
        "outputSchema": OUTPUT_SCHEMAS,
        "outputFormat": ("application/xml",),
        "ElementSetName": ELEMENT_SETS,
        "CONSTRAINTLANGUAGE": ("FILTER",),
    },
    "GetRecordById": {
        "outputSchema": OUTPUT_SCHEMAS,
        "outputFormat": ("application/xml",),
        "ElementSetName": ELEMENT_SETS,
    },
}


def capabilities(node: SampleNode, base_url: str) -> str:
    """The csw:Capabilities document, computed from what the node has."""
    return (
        f'<csw:Capabilities xmlns:csw="{ns.CSW}" xmlns:ows="{ns.OWS}" xmlns:ogc="{ns.OGC}" '
        f'xmlns:gml="{ns.GML}" xmlns:xlink="{ns.XLINK}" version="{VERSION}">'
        f"<ows:ServiceIdentification><ows:Title>{escape(node.title)}</ows:Title>"
        f"<ows:Abstract>{escape(node.about)}</ows:Abstract><ows:ServiceType>CSW</ows:ServiceType>"
        f"<ows:ServiceTypeVersion>{VERSION}</ows:ServiceTypeVersion><ows:Fees>none</ows:Fees>"
        "<ows:AccessConstraints>none</ows:AccessConstraints></ows:ServiceIdentification>"
        f"<ows:ServiceProvider><ows:ProviderName>{escape(node.title)}</ows:ProviderName>"
        "<ows:ServiceContact><ows:ContactInfo><ows:Address>"
        f"<ows:ElectronicMailAddress>{node.email}</ows:ElectronicMailAddress></ows:Address></ows:ContactInfo>"
        "</ows:ServiceContact></ows:ServiceProvider>"
        f"<ows:OperationsMetadata>{''.join(_operation(name, base_url) for name in _OPERATIONS)}"
        f"{_values('Parameter', 'service', ('CSW',))}{_values('Parameter', 'version', (VERSION,))}"
        "</ows:OperationsMetadata>"
        f"{_filter_capabilities()}</csw:Capabilities>"
    )


def _operation(name: str, base_url: str) -> str:
    address = escape_attribute(base_url)
    parameters = "".join(_values("Parameter", *item) for item in _OPERATIONS[name].items())
    constraints = _QUERYABLES.items() if name == "GetRecords" else ()
    return (
        f'<ows:Operation name="{name}"><ows:DCP><ows:HTTP><ows:Get xlink:href="{address}"/>'
        f'<ows:Post xlink:href="{address}">{_values("Constraint", "PostEncoding", ("XML",))}</ows:Post>'
        f"</ows:HTTP></ows:DCP>{parameters}"
        f"{''.join(_values('Constraint', *item) for item in constraints)}</ows:Operation>"
    )


def _values(element: str, name: str, values: tuple[str, ...]) -> str:
    listed = "".join(f"<ows:Value>{escape(value)}</ows:Value>" for value in values)
    return f'<ows:{element} name="{name}">{listed}</ows:{element}>'


def _filter_capabilities() -> str:
    #: In Filter_Capabilities, operators have other names than in filters.
    operators = "".join(
        f"<ogc:ComparisonOperator>{_CAPABILITY_NAMES.get(name, name.removeprefix('PropertyIs'))}"
        "</ogc:ComparisonOperator>"
        for name in COMPARISONS
    )
    return (
        "<ogc:Filter_Capabilities><ogc:Spatial_Capabilities><ogc:GeometryOperands>"
        "<ogc:GeometryOperand>gml:Envelope</ogc:GeometryOperand></ogc:GeometryOperands><ogc:SpatialOperators>"
        '<ogc:SpatialOperator name="BBOX"/></ogc:SpatialOperators></ogc:Spatial_Capabilities>'
        "<ogc:Scalar_Capabilities><ogc:LogicalOperators/>"
        f"<ogc:ComparisonOperators>{operators}</ogc:ComparisonOperators></ogc:Scalar_Capabilities>"
        "<ogc:Id_Capabilities><ogc:EID/></ogc:Id_Capabilities></ogc:Filter_Capabilities>"
    )


_CAPABILITY_NAMES = {
    "PropertyIsLessThanOrEqualTo": "LessThanEqualTo",
    "PropertyIsGreaterThanOrEqualTo": "GreaterThanEqualTo",
}


def describe_record(type_names: tuple[str, ...]) -> str:
    """csw:DescribeRecordResponse; each component points to the official schema of its type."""
    components = "".join(
        f'<csw:SchemaComponent targetNamespace="{TYPE_NAMES[name]}" '
        f'schemaLanguage="{ns.XSD}"><xsd:schema xmlns:xsd="{ns.XSD}">'
        f'<xsd:import namespace="{TYPE_NAMES[name]}" schemaLocation="{_SCHEMAS[name]}"/></xsd:schema>'
        "</csw:SchemaComponent>"
        for name in type_names
    )
    return f'<csw:DescribeRecordResponse xmlns:csw="{ns.CSW}">{components}</csw:DescribeRecordResponse>'
