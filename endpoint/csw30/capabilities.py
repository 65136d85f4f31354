"""The capabilities document of CSW 3.0.0 (12-176r7, 7.1; 06-121r9, clause 7), computed from what there is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from endpoint.csw import gml, temporal
from endpoint.csw.about import About
from endpoint.csw.capabilities import identification, provider
from endpoint.csw.domains import POST_ENCODINGS, Domains
from endpoint.csw.filters import COMPARISON_OPERATORS, SPATIAL_OPERATORS
from endpoint.csw.queryables import names_in
from endpoint.csw.reading import DEFAULT_MAX_RECORDS
from endpoint.csw30 import names, opensearch
from endpoint.csw30.domains import COMMON, CORE_QUERYABLES, CORE_SORTABLES, OPERATIONS
from endpoint.languages import LANGUAGES

_COMPARISONS: Final = (*COMPARISON_OPERATORS, "PropertyIsLike", "PropertyIsBetween", "PropertyIsNull")
#: AnyInteracts is no name that the schema of capabilities has.
_TEMPORAL: Final = tuple(name for name in temporal.OPERATORS if name != "AnyInteracts")
_LANGUAGES: Final = "".join(f"<ows:Language>{tag}</ows:Language>" for tag in LANGUAGES)
#: Conformance classes (12-176r7, table 17), and whether we conform.
_CLASSES: Final[Mapping[str, bool]] = {
    "OpenSearch": True,
    "GetCapabilities-XML": True,
    "GetRecordById-XML": True,
    "GetRecords-Basic-XML": True,
    "GetRecords-Distributed-XML": False,
    "GetRecords-Distributed-KVP": False,
    "GetRecords-Async-XML": False,
    "GetRecords-Async-KVP": False,
    "GetDomain-XML": True,
    "GetDomain-KVP": True,
    "Transaction": False,
    "Harvest-Basic-XML": False,
    "Harvest-Basic-KVP": False,
    "Harvest-Async-XML": False,
    "Harvest-Async-KVP": False,
    "Harvest-Periodic-XML": False,
    "Harvest-Periodic-KVP": False,
    "Filter-CQL": True,
    "Filter-FES-XML": True,
    "Filter-FES-KVP": True,
    "Filter-FES-KVP-Advanced": False,
    "SupportedGMLVersions": True,
    "CSW-Response": True,
    "ATOM-response": True,
}
#: Conformance classes of Filter Encoding 2.0 (09-026r2, table 1).
_FILTER_CLASSES: Final[Mapping[str, bool]] = {
    "ImplementsQuery": False,
    "ImplementsAdHocQuery": False,
    "ImplementsFunctions": False,
    "ImplementsResourceId": True,
    "ImplementsMinimumXPath": True,
    "ImplementsMinStandardFilter": True,
    "ImplementsStandardFilter": True,
    "ImplementsMinSpatialFilter": True,
    "ImplementsSpatialFilter": False,
    "ImplementsMinTemporalFilter": True,
    "ImplementsTemporalFilter": False,
    "ImplementsVersionNav": False,
    "ImplementsSorting": True,
    "ImplementsExtendedOperators": False,
}


@lru_cache(64)
def sections(about: About) -> Mapping[str, str]:
    """Each section of the document, by its name."""
    return {
        "ServiceIdentification": identification(about, *names.VERSIONS),
        "ServiceProvider": provider(about),
        "OperationsMetadata": _operations(about),
        "Languages": f"<ows:Languages>{_LANGUAGES}</ows:Languages>",
        "Filter_Capabilities": _filters(),
    }


def _operations(about: About) -> str:
    operations = "".join(_operation(name, found, about.address) for name, found in OPERATIONS.items())
    constraints = {
        **{name: (str(have).upper(),) for name, have in _CLASSES.items() if name != "SupportedGMLVersions"},
        "SupportedGMLVersions": (ns.GML32, ns.GML),
        "PostEncoding": POST_ENCODINGS,
        "OpenSearchDescriptionDocument": (opensearch.address_of(about.address),),
        "MaxRecordDefault": (str(DEFAULT_MAX_RECORDS),),
        "MaxRecordLimit": (str(about.max_records),),
        "CoreQueryables": CORE_QUERYABLES,
        "CoreSortables": CORE_SORTABLES,
        "AdditionalQueryables": tuple(names_in("dc", "dct", "ows", "csw", "apiso")),
    }
    return (
        f"<ows:OperationsMetadata>{operations}{_domains('Parameter', COMMON)}"
        f"{_domains('Constraint', constraints)}</ows:OperationsMetadata>"
    )


def _operation(name: str, parameters: Domains, address: str) -> str:
    href = f'xlink:type="simple" xlink:href="{escape_attribute(address)}"'
    encodings = _domains("Constraint", {"PostEncoding": POST_ENCODINGS})
    return (
        f'<ows:Operation name="{name}"><ows:DCP><ows:HTTP><ows:Get {href}/>'
        f"<ows:Post {href}>{encodings}</ows:Post></ows:HTTP></ows:DCP>"
        f"{_domains('Parameter', parameters)}</ows:Operation>"
    )


def _domains(element: str, domains: Domains) -> str:
    return "".join(
        f'<ows:{element} name="{name}"><ows:AllowedValues>'
        f"{''.join(f'<ows:Value>{escape(value)}</ows:Value>' for value in values)}"
        f"</ows:AllowedValues></ows:{element}>"
        for name, values in domains.items()
    )


def _filters() -> str:
    conformance = "".join(
        f'<fes:Constraint name="{name}"><ows11:NoValues/>'
        f"<ows11:DefaultValue>{str(have).upper()}</ows11:DefaultValue></fes:Constraint>"
        for name, have in _FILTER_CLASSES.items()
    )
    return (
        f"<fes:Filter_Capabilities><fes:Conformance>{conformance}</fes:Conformance>"
        '<fes:Id_Capabilities><fes:ResourceIdentifier name="fes:ResourceId"/></fes:Id_Capabilities>'
        "<fes:Scalar_Capabilities><fes:LogicalOperators/><fes:ComparisonOperators>"
        f"{_named('ComparisonOperator', _COMPARISONS)}</fes:ComparisonOperators></fes:Scalar_Capabilities>"
        "<fes:Spatial_Capabilities><fes:GeometryOperands>"
        f"{_named('GeometryOperand', gml.OPERANDS)}</fes:GeometryOperands><fes:SpatialOperators>"
        f"{_named('SpatialOperator', SPATIAL_OPERATORS)}</fes:SpatialOperators></fes:Spatial_Capabilities>"
        "<fes:Temporal_Capabilities><fes:TemporalOperands>"
        f"{_named('TemporalOperand', temporal.OPERANDS)}</fes:TemporalOperands><fes:TemporalOperators>"
        f"{_named('TemporalOperator', _TEMPORAL)}</fes:TemporalOperators></fes:Temporal_Capabilities>"
        "</fes:Filter_Capabilities>"
    )


def _named(element: str, named: tuple[str, ...]) -> str:
    return "".join(f'<fes:{element} name="{name}"/>' for name in named)
