"""What a CSW sample node refuses, in the words of OWS Common 1.0, clause 8."""

from __future__ import annotations

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute


class OwsError(Exception):
    """An exception of OWS Common: exceptionCode, locator and text."""

    def __init__(self, code: str, locator: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.locator = locator

    def report(self) -> str:
        """The ows:ExceptionReport."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<ows:ExceptionReport xmlns:ows="{ns.OWS}" version="1.2.0" language="en"><ows:Exception '
            f'exceptionCode="{self.code}" locator="{escape_attribute(self.locator)}">'
            f"<ows:ExceptionText>{escape(str(self))}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>\n"
        )


def invalid(locator: str, text: str) -> OwsError:
    """InvalidParameterValue."""
    return OwsError("InvalidParameterValue", locator, text)


def missing(locator: str) -> OwsError:
    """MissingParameterValue."""
    return OwsError("MissingParameterValue", locator, f"{locator} is missing")
