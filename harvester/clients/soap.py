"""SOAP around a request and its answer (SOAP 1.2 part 1; OGC 07-006r1, section 10.3.2)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from catalogue.errors import ProtocolFailure
from catalogue.namespaces import SOAP12
from catalogue.xml import local_name

#: The media type of SOAP 1.2 (RFC 3902).
MEDIA_TYPE: Final = "application/soap+xml"
#: Some answer in the envelope of 1.1 to a request in that of 1.2.
_SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_ENVELOPES: Final = frozenset({f"{{{SOAP12}}}Envelope", f"{{{_SOAP11}}}Envelope"})


def wrapped(document: bytes) -> bytes:
    """A document as the body of an envelope."""
    body = document.partition(b"?>")[2] if document.startswith(b"<?xml") else document
    start = f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP12}"><soap:Body>'
    return start.encode() + body.strip() + b"</soap:Body></soap:Envelope>"


def opened(root: etree._Element) -> etree._Element:
    """What is in the envelope, exception reports out of faults, too; a document without one as it is.

    Raises:
        ProtocolFailure: a fault without an exception report (section 5.4), or an empty envelope.
    """
    if root.tag not in _ENVELOPES:
        return root
    inner = next(root.iterfind("{*}Body/*"), None)
    if inner is None:
        raise ProtocolFailure("soap.empty", "the SOAP envelope has nothing in its body")
    if local_name(inner) != "Fault":
        return inner
    report = next(inner.iter("{*}ExceptionReport"), None)
    if report is not None:
        return report
    words = " ".join(" ".join(str(text) for text in inner.itertext()).split())
    raise ProtocolFailure("soap.fault", words[:500] or "a SOAP fault without a word")
