"""Requests made wrong: real ones with something changed in them, and parameters with whatever may hurt.

Every one has to be answered by a document of the service, soon, and with an exception report of the right
version where it is refused.
"""

# ruff: noqa: E501 - tables with a case a line
from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from lxml import etree

from csw_client import NAMESPACES, Answer, CswClient

#: Seconds of CPU that no answer may take.
SLOW = 1.0
STATUSES = {200, 400, 404, 413, 501}
CODES = {
    "OperationNotSupported", "MissingParameterValue", "InvalidParameterValue", "VersionNegotiationFailed", "InvalidUpdateSequence",
    "NoApplicableCode", "NotFound",
}  # fmt: skip
_REPORTS = {
    f"{{{NAMESPACES['ows']}}}ExceptionReport": "1.2.0",
    f"{{{NAMESPACES['ows20']}}}ExceptionReport": "3.0.0",
}
#: What may hurt, in whatever parameter it stands.
NASTY = (
    "", " ", "0", "-1", "1e308", "NaN", "inf", "-inf", "9" * 30, "9" * 5000, "1.5", "0x10", "٣", "x" * 20_000,
    "' OR '1'='1", "'; DROP TABLE records; --", "1) UNION SELECT body FROM payloads --", '" OR ""="', "%' --",
    "\\", "%", "_", "%%%%%%%%%%%%%%%%%%%%%%%%", "*" * 300, "?*" * 200, "{{7*7}}", "${jndi:x}", "$(id)", "`id`",
    "../../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "<script>alert(1)</script>",
    "]]>", "&lt;", "&amp;#0;", "\u0000", "\ud83d\ude00", "\u202e", "\ufffe", "é" * 500, "a,b,,c,", "::::", "//",
    "dc:title", "csw:AnyText", "ows:BoundingBox", "TemporalExtent", "dct:modified", "csw:Record", "gmd:MD_Metadata",
    "2.0.2", "3.0.0", "4.0.0", "CSW", "WMS", "GetRecords", "9999-12-31", "0000-00-00", "-0001-01-01", "2003/2002",
    "1e400 1e400", "-1e15 -1e15", "1 2 3 4 5", "180 90", "EPSG:0", "urn:ogc:def:crs:EPSG::0", "(" * 5000, "not " * 5000,
    "FILTER", "CQL_TEXT", "hits", "validate", "brief", "application/json", "text/html", "opensearch",
)  # fmt: skip
_PARAMETERS = (
    "service", "version", "request", "typeNames", "maxRecords", "startPosition", "id", "recordIds", "sortBy", "q", "bbox",
    "time", "constraint", "constraintLanguage", "constraint_language_version", "elementName", "elementSetName",
    "outputSchema", "outputFormat", "namespace", "sections", "valueReference", "propertyName", "parameterName",
    "resultType", "AcceptVersions", "acceptFormats", "requestId", "mode", "typeName", "schemaLanguage", "hopCount",
    "distributedSearch", "responseHandler", "updateSequence", "language",
)  # fmt: skip
_TYPES = (
    "application/xml", "text/xml", "text/plain", "application/json", "application/soap+xml", "", "multipart/form-data",
    "application/x-www-form-urlencoded", "application/xml; charset=utf-16", "image/png",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One request that is wrong in some way."""

    query: str = ""
    body: bytes = b""
    content_type: str = "application/xml"

    def to(self, client: CswClient) -> Answer:
        """Our answer."""
        if self.body:
            return client.post(self.body, valid=False, content_type=self.content_type)
        return client.get(self.query or "service=CSW", valid=False)


def bodies(corpus: Path) -> list[bytes]:
    """Requests that others send."""
    folders = (
        "suites/pycsw-functional/cite/post", "suites/pycsw-functional/csw30/post",
        "suites/pycsw-functional/default/post", "suites/geonetwork-csw-requests/test", "suites/ogc-csw30-examples",
    )  # fmt: skip
    files = (file for folder in folders for file in sorted((corpus / folder).glob("*.xml")))
    return [content for file in files if len(content := file.read_bytes()) < 20_000]


def requests(real: list[bytes], seed: int) -> Iterator[Sent]:
    """Wrong requests without end, the same for the same seed."""
    draw = random.Random(seed)
    while True:
        yield _by_get(draw) if draw.random() < 0.35 else _by_post(draw, real)


def _by_get(draw: random.Random) -> Sent:
    version = draw.choice(["2.0.2", "3.0.0", "3.0.0", "2.0.2", "9"])
    operation = draw.choice(["GetRecords", "GetRecords", "GetRecordById", "GetDomain", "GetCapabilities"])
    pairs = [("service", "CSW"), ("version", version), ("request", operation), ("typeNames", "csw:Record")]
    pairs += [(draw.choice(_PARAMETERS), draw.choice(NASTY)) for _ in range(draw.randint(1, 4))]
    if draw.random() < 0.3:
        pairs += [("constraintLanguage", "CQL_TEXT"), ("constraint", f"dc:title like '{draw.choice(NASTY)}'")]
    draw.shuffle(pairs)
    query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in pairs)
    if draw.random() < 0.1:
        # Bytes that are no UTF-8, signs of their own, and halves of escapes.
        query += draw.choice(
            ["&%", "&=&=&", "&id=%ff%fe", "&q=%c3", "&&&&", "&id=%00", "&constraint=%zz", "&" * 300]
        )
    return Sent(query=query)


def _by_post(draw: random.Random, real: list[bytes]) -> Sent:
    body = draw.choice(real)
    for _ in range(draw.randint(1, 3)):
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError:
            break
        body = _changed(draw, root)
    if draw.random() < 0.25:
        body = draw.choice(_BYTES)(draw, body)
    return Sent(
        body=body or b" ", content_type=draw.choice(_TYPES) if draw.random() < 0.2 else "application/xml"
    )


def _changed(draw: random.Random, root: etree._Element) -> bytes:  # noqa: C901 - a change a case
    """The document with one thing changed."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    if len(elements) > _MOST:
        return etree.tostring(root)
    one, other = draw.choice(elements), draw.choice(elements)
    match draw.randrange(9):
        case 0:
            one.text = _text(draw)
        case 1 if one.attrib:
            one.set(draw.choice(list(one.attrib)), _text(draw))
        case 2 if one is not root:
            one.getparent().remove(one)
        case 3 if one is not root:
            one.addnext(etree.fromstring(etree.tostring(one, with_tail=False)))
        case 4:
            one.tag = draw.choice([other.tag, "nothing", f"{{urn:x}}{etree.QName(one).localname}"])
        case 5:
            one.append(etree.fromstring(etree.tostring(other, with_tail=False)))
        case 6:
            one.set(
                draw.choice(["version", "service", "matchCase", "srsName", "startPosition", "x"]), _text(draw)
            )
        case 7:
            inner = draw.choice(["Or", "And", "Not", "Filter"])
            name, levels = f"{{http://www.opengis.net/ogc}}{inner}", draw.choice([2, 30, 60, 100])
            for _ in range(levels):
                one.append(made := etree.Element(name))
                one = made
        case _:
            one.extend([etree.Comment(" x "), etree.ProcessingInstruction("x", "y")])
    return etree.tostring(root)


def _text(draw: random.Random) -> str:
    text = draw.choice(NASTY)
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )


_Change = Callable[[random.Random, bytes], bytes]
#: Elements of a document that is made larger still.
_MOST = 150
#: What can be done to the bytes of a document.
_BYTES: tuple[_Change, ...] = (
    lambda draw, body: body[: draw.randrange(len(body))],
    lambda draw, body: body[: (at := draw.randrange(len(body)))] + bytes([draw.randrange(256)]) + body[at + 1 :],
    lambda _, body: b'<?xml version="1.0" encoding="UTF-8"?>' + body.decode("utf-8", "replace").encode("utf-16"),
    lambda _, body: b'<?xml version="1.0" encoding="UTF-16"?>' + body,
    lambda _, body: b'<?xml version="1.0" encoding="x-none"?>' + body,
    lambda _, body: b'<?xml version="1.1"?>' + body,
    lambda _, body: b"\xef\xbb\xbf" + body,
    lambda _, body: b"  \n" + body + b"\n<more/>",
    lambda _, body: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + body,
    lambda _, body: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + body,
    lambda _, body: body.replace(b"xmlns:", b"xmlnz:"),
    lambda _, body: b"<a>" * 10_000 + body + b"</a>" * 10_000,
    lambda _, body: b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>' + body + b"</s:Body></s:Envelope>",
    lambda _, _body: b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>',
    lambda _, body: body + b" " * 2_000_000,
    lambda _, _body: b"service=CSW&request=GetCapabilities",
    lambda _, _body: b'{"request": "GetRecords"}',
    lambda _, _body: b"\x1f\x8b\x08\x00\x00\x00",
)  # fmt: skip


def fault(sent: Sent, client: CswClient) -> str:  # noqa: PLR0911 - a rule a line
    """What is wrong with the answer to a wrong request; empty where nothing is."""
    began = time.process_time()
    answer = sent.to(client)
    took = time.process_time() - began
    if took > SLOW:
        return f"{took:.1f} seconds"
    if answer.status not in STATUSES:
        return f"status {answer.status}"
    root = answer.root
    if root.tag == "{http://www.w3.org/2003/05/soap-envelope}Envelope":
        (root,) = root[0]
        found = list(root.iter("{*}ExceptionReport"))
        root = found[0] if found else root
    if etree.QName(root).localname != "ExceptionReport":
        return "" if answer.status == 200 else f"{root.tag} with status {answer.status}"
    if root.get("version") != _REPORTS.get(root.tag):
        return f"{root.tag} of version {root.get('version')}"
    if root.tag == f"{{{NAMESPACES['ows']}}}ExceptionReport" and answer.status not in {200, 413}:
        return f"a report of 2.0.2 with status {answer.status}"
    code, told = root[0].get("exceptionCode"), root[0].findtext("{*}ExceptionText", "")
    if code not in CODES or not told or "Traceback" in told or "sqlite" in told.lower():
        return f"{code}: {told}"
    return ""
