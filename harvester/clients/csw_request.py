"""GetRecords as it is sent: XML by POST, which OWSLib writes, or key-value pairs by GET."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree
from owslib import fes, fes2
from owslib.catalogue import csw2, csw3

from catalogue.namespaces import CSW, CSW30, DC, DCT, FES, GMD, OGC, OWS, XSI
from catalogue.xml import escape

V2, V3 = "2.0.2", "3.0.0"
#: How a request is sent: key-value pairs, XML by POST, or that in an envelope of SOAP 1.2.
GET, POST, SOAP = "GET", "POST", "SOAP"
APISO: Final = "http://www.opengis.net/cat/csw/apiso/1.0"
_QUERYABLES: Final = {"gmd": GMD, "apiso": APISO, "dc": DC, "dct": DCT, "xsi": XSI}
#: Declared on every request, for property names stand in text, where no serialiser sees their prefixes.
_DECLARED: Final = {
    V2: {"csw": CSW, "ogc": OGC, "ows": OWS, **_QUERYABLES},
    V3: {"csw30": CSW30, "csw": CSW30, "fes": FES, **_QUERYABLES},
}
#: Parameters that say what is asked, and are ours to write.
_OURS: Final = frozenset({"service", "version", "request", "acceptversions"})


@dataclass(frozen=True, slots=True)
class Query:
    """One way to ask a server for its records: servers differ in what they understand."""

    url: str
    output_schema: str
    typename: str
    #: Property to sort by; empty: not sorted.
    sort_by: str = ""
    #: Queryable that holds the date of change, and the day since when; empty: everything.
    modified: str = ""
    since: str = ""
    version: str = V2
    #: GET, POST or SOAP.
    method: str = POST


class _Writer:
    """Makes an OWSLib client write its request, and not send it."""

    request: Any
    version: str

    def _setrootelement(self, el: str) -> etree._Element:
        prefix, _, name = el.partition(":")
        declared = _DECLARED[self.version]
        return etree.Element(f"{{{declared[prefix]}}}{name}", nsmap=declared)

    def _invoke(self) -> None:
        # With that it takes the request for refused, and reads no answer.
        self.exceptionreport = "not sent"


class _Writer2(_Writer, csw2.CatalogueServiceWeb):  # type: ignore[misc] # owslib has no types
    """GetRecords 2.0.2 (OGC 07-006r1, section 10.8.2)."""

    def write(self, query: Query, **more: Any) -> None:
        since = [fes.PropertyIsGreaterThanOrEqualTo(query.modified, query.since)] if query.since else []
        order = fes.SortBy([fes.SortProperty(query.sort_by, "ASC")]) if query.sort_by else None
        self.getrecords2(constraints=since, sortby=order, typenames=query.typename, **more)


class _Writer3(_Writer, csw3.CatalogueServiceWeb):  # type: ignore[misc] # owslib has no types
    """GetRecords 3.0.0 (OGC 12-176r7, section 7.3.4)."""

    def write(self, query: Query, **more: Any) -> None:
        since = [fes2.PropertyIsGreaterThanOrEqualTo(query.modified, query.since)] if query.since else []
        order = fes2.SortBy([fes2.SortProperty(query.sort_by, "ASC")]) if query.sort_by else None
        self.getrecords(constraints=since, sortby=order, typenames=query.typename, **more)
        for constraint in self.request.iter(f"{{{CSW30}}}Constraint"):
            constraint.set("version", "2.0.0")  # OWSLib names the version of another filter


def as_xml(query: Query, start: int, size: int, element_set: str = "full") -> bytes:
    """The request as a document."""
    writer = (_Writer3 if query.version == V3 else _Writer2)(query.url, skip_caps=True)
    writer.write(
        query, esn=element_set, outputschema=query.output_schema, startposition=start, maxrecords=size
    )
    return bytes(etree.tostring(writer.request, encoding="utf-8", xml_declaration=True))


def as_kvp(query: Query, start: int, size: int, element_set: str = "full") -> dict[str, str]:
    """The request as key-value pairs (07-006r1, table 63; 12-176r7, table 20)."""
    own = CSW30 if query.version == V3 else CSW
    pairs = {
        "service": "CSW",
        "version": query.version,
        "request": "GetRecords",
        "namespace": f"xmlns(csw={own}),xmlns(gmd={GMD})",
        "typeNames": query.typename,
        "outputSchema": query.output_schema,
        "outputFormat": "application/xml",
        "elementSetName": element_set,
        "startPosition": str(start),
        "maxRecords": str(size),
    }
    if query.version == V2:
        pairs["resultType"] = "results"
    if query.sort_by:
        pairs["sortBy"] = f"{query.sort_by}:A"
    if query.since:
        pairs["constraintLanguage"] = "FILTER"
        pairs["constraint_language_version"] = "2.0.0" if query.version == V3 else "1.1.0"
        pairs["constraint"] = _filter(query)
    return pairs


def _filter(query: Query) -> str:
    prefix, uri, name = (
        ("fes", FES, "ValueReference") if query.version == V3 else ("ogc", OGC, "PropertyName")
    )
    return (
        f'<{prefix}:Filter xmlns:{prefix}="{uri}" xmlns:apiso="{APISO}" xmlns:dct="{DCT}">'
        f"<{prefix}:PropertyIsGreaterThanOrEqualTo><{prefix}:{name}>{escape(query.modified)}</{prefix}:{name}>"
        f"<{prefix}:Literal>{escape(query.since)}</{prefix}:Literal>"
        f"</{prefix}:PropertyIsGreaterThanOrEqualTo></{prefix}:Filter>"
    )


def bare(url: str, written: Mapping[str, str] | None = None) -> str:
    """The address without what our request says itself; what else stands in its query stays.

    People register the address of the capabilities, query and all; and there are servers that need a
    parameter of their own (`?map=...`, `?portal=...`).

    Args:
        url: as registered or advertised.
        written: the pairs that are going to be added to it.
    """
    ours = _OURS | {name.lower() for name in written or ()}
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in ours]
    return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
