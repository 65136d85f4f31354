"""The capabilities document (07-006r1, 10.5; 05-008c1, clause 7), computed from what there is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from endpoint.csw import gml, names
from endpoint.csw.about import About
from endpoint.csw.domains import COMMON, OPERATIONS, POST_ENCODINGS, Domains, Operation
from endpoint.csw.filters import COMPARISON_OPERATORS, SPATIAL_OPERATORS
from endpoint.csw.inspire import extended_capabilities

#: What Filter 1.1 calls its operators in a capabilities document.
_COMPARISONS: Final = (
    *(name.removeprefix("PropertyIs").replace("OrEqualTo", "EqualTo") for name in COMPARISON_OPERATORS),
    "Like",
    "Between",
    "NullCheck",
)


@lru_cache(64)
def sections(about: About, changed: str) -> Mapping[str, str]:
    """Each section of the document, by its name.

    Args:
        about: the service's own words.
        changed: the day on which the catalogue was changed last; empty while there is nothing in it.
    """
    return {
        "ServiceIdentification": identification(about, names.VERSION),
        "ServiceProvider": provider(about),
        "OperationsMetadata": _operations(about, changed),
        "Filter_Capabilities": _filters(),
    }


def identification(about: About, *versions: str) -> str:
    """What the service is."""
    told = "".join(f"<ows:ServiceTypeVersion>{version}</ows:ServiceTypeVersion>" for version in versions)
    keywords = "".join(f"<ows:Keyword>{escape(word)}</ows:Keyword>" for word in about.keywords)
    return (
        f"<ows:ServiceIdentification><ows:Title>{escape(about.title)}</ows:Title>"
        f"<ows:Abstract>{escape(about.abstract)}</ows:Abstract>"
        f"<ows:Keywords>{keywords}</ows:Keywords>"
        f'<ows:ServiceType codeSpace="OGC">{names.SERVICE}</ows:ServiceType>'
        f"{told}"
        "<ows:Fees>NONE</ows:Fees><ows:AccessConstraints>NONE</ows:AccessConstraints>"
        "</ows:ServiceIdentification>"
    )


def provider(about: About) -> str:
    """Whose it is."""
    return (
        f"<ows:ServiceProvider><ows:ProviderName>{escape(about.provider)}</ows:ProviderName>"
        f'<ows:ProviderSite xlink:type="simple" xlink:href="{escape_attribute(about.site)}/"/>'
        "<ows:ServiceContact><ows:ContactInfo><ows:Address>"
        f"<ows:ElectronicMailAddress>{escape(about.email)}</ows:ElectronicMailAddress>"
        "</ows:Address></ows:ContactInfo></ows:ServiceContact></ows:ServiceProvider>"
    )


def _operations(about: About, changed: str) -> str:
    operations = "".join(_operation(name, found, about.address) for name, found in OPERATIONS.items())
    limits = {
        "PostEncoding": POST_ENCODINGS,
        "IsoProfiles": (ns.GMD, ns.MDB),
        "MaxRecordDefault": ("10",),
        "MaxRecordLimit": (str(about.max_records),),
    }
    extended = extended_capabilities(about, changed) if about.inspire and changed else ""
    return (
        f"<ows:OperationsMetadata>{operations}{_domains('Parameter', COMMON)}"
        f"{_domains('Constraint', limits)}{extended}</ows:OperationsMetadata>"
    )


def _operation(name: str, operation: Operation, address: str) -> str:
    href = f'xlink:type="simple" xlink:href="{escape_attribute(address)}"'
    encodings = _domains("Constraint", {"PostEncoding": POST_ENCODINGS})
    return (
        f'<ows:Operation name="{name}"><ows:DCP><ows:HTTP><ows:Get {href}/>'
        f"<ows:Post {href}>{encodings}</ows:Post></ows:HTTP></ows:DCP>"
        f"{_domains('Parameter', operation.parameters)}{_domains('Constraint', operation.constraints)}"
        "</ows:Operation>"
    )


def _domains(element: str, domains: Domains) -> str:
    return "".join(
        f'<ows:{element} name="{name}">{_values(values)}</ows:{element}>'
        for name, values in domains.items()
        if values
    )


def _values(values: tuple[str, ...]) -> str:
    return "".join(f"<ows:Value>{escape(value)}</ows:Value>" for value in values)


def _filters() -> str:
    operands = "".join(f"<ogc:GeometryOperand>{name}</ogc:GeometryOperand>" for name in gml.OPERANDS)
    spatial = "".join(f'<ogc:SpatialOperator name="{name}"/>' for name in SPATIAL_OPERATORS)
    comparisons = "".join(f"<ogc:ComparisonOperator>{name}</ogc:ComparisonOperator>" for name in _COMPARISONS)
    return (
        f"<ogc:Filter_Capabilities><ogc:Spatial_Capabilities><ogc:GeometryOperands>{operands}"
        f"</ogc:GeometryOperands><ogc:SpatialOperators>{spatial}</ogc:SpatialOperators>"
        "</ogc:Spatial_Capabilities><ogc:Scalar_Capabilities><ogc:LogicalOperators/>"
        f"<ogc:ComparisonOperators>{comparisons}</ogc:ComparisonOperators></ogc:Scalar_Capabilities>"
        "<ogc:Id_Capabilities><ogc:EID/><ogc:FID/></ogc:Id_Capabilities></ogc:Filter_Capabilities>"
    )
