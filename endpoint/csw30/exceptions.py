"""The ows:ExceptionReport of OWS Common 2.0 (OGC 06-121r9, clause 8), with its HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from endpoint.csw.exceptions import LONGEST, LONGEST_LOCATOR, Code, OwsException
from endpoint.csw30 import names

#: 06-121r9, table 28, and 12-176r7, 7.4.4.2. NoApplicableCode is what the client has done, with us.
STATUS: Final[Mapping[Code, int]] = {
    Code.OPERATION_NOT_SUPPORTED: 501,
    Code.MISSING_PARAMETER_VALUE: 400,
    Code.INVALID_PARAMETER_VALUE: 400,
    Code.INVALID_UPDATE_SEQUENCE: 400,
    Code.VERSION_NEGOTIATION_FAILED: 400,
    Code.NO_APPLICABLE_CODE: 400,
    Code.NOT_FOUND: 404,
}


def report(error: OwsException) -> bytes:
    """The ows:ExceptionReport (owsExceptionReport.xsd)."""
    locator = f' locator="{escape_attribute(error.locator[:LONGEST_LOCATOR])}"' if error.locator else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ows:ExceptionReport xmlns:ows="{ns.OWS20}" xmlns:xsi="{ns.XSI}" version="{names.VERSION}"'
        f' xml:lang="en" xsi:schemaLocation="{ns.OWS20} http://schemas.opengis.net/ows/2.0/owsAll.xsd">'
        f'<ows:Exception exceptionCode="{error.code}"{locator}>'
        f"<ows:ExceptionText>{escape(str(error)[:LONGEST])}</ows:ExceptionText>"
        "</ows:Exception></ows:ExceptionReport>"
    ).encode()
