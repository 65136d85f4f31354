"""Exceptions of OWS Common 1.0.0 (OGC 05-008c1, clause 8), and the report that tells them.

Reports are sent with HTTP 200: no version of OWS Common before 1.1 binds a code to another status, and
clients of CSW 2.0.2 (OWSLib, GeoNetwork) look for the report in an answer that HTTP calls a success.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from catalogue import namespaces as ns
from catalogue.errors import ClearinghouseError, InvalidQuery
from catalogue.xml import escape, escape_attribute

LONGEST: Final = 2_000
#: Longer names than the locators of any request of sense.
LONGEST_LOCATOR: Final = 200


class Code(StrEnum):
    """The exceptionCodes of 05-008c1, table 20, and of 07-006r1, 10.3.7."""

    OPERATION_NOT_SUPPORTED = "OperationNotSupported"
    MISSING_PARAMETER_VALUE = "MissingParameterValue"
    INVALID_PARAMETER_VALUE = "InvalidParameterValue"
    INVALID_UPDATE_SEQUENCE = "InvalidUpdateSequence"
    VERSION_NEGOTIATION_FAILED = "VersionNegotiationFailed"
    NO_APPLICABLE_CODE = "NoApplicableCode"
    #: Of CSW 3.0.0 (12-176r7, 7.4.4.2), and wherever a repository item is asked for.
    NOT_FOUND = "NotFound"


class OwsException(ClearinghouseError):
    """A request that cannot be answered.

    Attributes:
        code: exceptionCode.
        locator: the parameter, element or property at fault; empty where there is none.
    """

    def __init__(self, code: Code, locator: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.locator = locator


def missing(parameter: str) -> OwsException:
    """The request lacks a parameter that it must have."""
    return OwsException(Code.MISSING_PARAMETER_VALUE, parameter, f"{parameter} is missing")


def invalid(locator: str, message: str) -> OwsException:
    """A parameter has a value that it cannot have."""
    return OwsException(Code.INVALID_PARAMETER_VALUE, locator, message)


def told_as_ows(error: InvalidQuery) -> OwsException:
    """What a query cannot say, as OWS says it."""
    return invalid(error.locator or "Constraint", str(error))


def report(error: OwsException) -> bytes:
    """The ows:ExceptionReport (owsExceptionReport.xsd)."""
    locator = f' locator="{escape_attribute(error.locator[:LONGEST_LOCATOR])}"' if error.locator else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ows:ExceptionReport xmlns:ows="{ns.OWS}" xmlns:xsi="{ns.XSI}" version="1.2.0" language="en"'
        f' xsi:schemaLocation="{ns.OWS} http://schemas.opengis.net/ows/1.0.0/owsExceptionReport.xsd">'
        f'<ows:Exception exceptionCode="{error.code}"{locator}>'
        f"<ows:ExceptionText>{escape(str(error)[:LONGEST])}</ows:ExceptionText>"
        "</ows:Exception></ows:ExceptionReport>"
    ).encode()
