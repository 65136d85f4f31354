"""A small CSW over a list of records, on pytest-httpserver, that is wrong in whatever way a test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree
from werkzeug import Request, Response

from harvester.clients.base import Page

CSW = "http://www.opengis.net/cat/csw/2.0.2"
CSW30 = "http://www.opengis.net/cat/csw/3.0"
OGC = "http://www.opengis.net/ogc"
OWS = "http://www.opengis.net/ows"
GMD = "http://www.isotc211.org/2005/gmd"
NS = {"csw": CSW, "ogc": OGC}


def iso(identifier: str, *, date: str = "2026-01-02") -> str:
    name = (
        f"<gmd:fileIdentifier><gco:CharacterString> {identifier} </gco:CharacterString></gmd:fileIdentifier>"
    )
    return (
        f'<gmd:MD_Metadata xmlns:gmd="{GMD}" xmlns:gco="http://www.isotc211.org/2005/gco">'
        f"{name if identifier else ''}"
        f"<gmd:dateStamp><gco:Date>{date}</gco:Date></gmd:dateStamp></gmd:MD_Metadata>"
    )


def dublin_core(identifier: str) -> str:
    return (
        '<csw:Record xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/">'
        f"<dc:identifier>{identifier}</dc:identifier><dct:modified>2026-01-02</dct:modified></csw:Record>"
    )


def exception_report(code: str, words: str, locator: str = "typeNames") -> str:
    return (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="1.2.0">'
        f'<ows:Exception exceptionCode="{code}" locator="{locator}">'
        f"<ows:ExceptionText>{words}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )


def _from_pairs(pairs: dict[str, str]) -> etree._Element:
    """A GetRecords by key-value pairs as the document that says the same."""
    own = CSW30 if pairs.get("version") == "3.0.0" else CSW
    root = etree.Element(f"{{{own}}}GetRecords", nsmap={"csw": own})
    for name in ("startPosition", "maxRecords", "outputSchema"):
        root.set(name, pairs.get(name.lower(), ""))
    query = etree.SubElement(root, f"{{{own}}}Query", typeNames=pairs.get("typenames", ""))
    etree.SubElement(query, f"{{{own}}}ElementSetName").text = pairs.get("elementsetname", "summary")
    if "constraint" in pairs:
        constraint = etree.SubElement(query, f"{{{own}}}Constraint")
        constraint.append(etree.fromstring(pairs["constraint"]))
    return root


class Catalogue:
    """A small CSW over a list of records; each attribute is something that servers do differently."""

    def __init__(self, httpserver: Any) -> None:
        self.records = [iso(f"r{n}") for n in range(1, 121)]
        self.cap = 1000
        self.schemas = (CSW, GMD)
        self.typenames = ("csw:Record", "gmd:MD_Metadata")
        self.queryables = ("apiso:Title", "apiso:Modified")
        self.post_url = httpserver.url_for("/csw")
        self.timestamp = "2026-11-02T10:00:00Z"
        self.next_record: Callable[[int, int], str | None] = lambda after, total: str(
            after if after <= total else 0
        )
        self.matched: Callable[[int], str | None] = str
        #: Answers a GetRecords request in place of the list, or lets it pass by returning None.
        self.objection: Callable[[etree._Element], Response | str | None] = lambda _: None
        #: Positions of records that the server cannot write, and what it says instead of their page.
        self.broken: set[int] = set()
        self.breaks: Callable[[], Response] = lambda: Response("oops", 500)
        #: HTTP methods by which it may be asked.
        self.methods = ("GET", "POST")
        self.version = "2.0.2"
        self.asked: list[etree._Element] = []
        #: Key-value pairs of each GetRecords by GET.
        self.pairs: list[dict[str, str]] = []
        self.paths: list[str] = []
        httpserver.expect_request("/csw").respond_with_handler(self.answer)
        httpserver.expect_request("/other").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.paths.append(f"{request.method} {request.path}")
        if request.method not in self.methods:
            return Response("not so", 405)
        pairs = {name.lower(): value for name, value in request.args.items()}
        if request.method == "POST":
            asked = etree.fromstring(request.data)
            operation = etree.QName(asked).localname
        else:
            operation = pairs.get("request", "GetCapabilities")
            asked = _from_pairs(pairs)
        version = "2.0.2" if CSW30 not in etree.tostring(asked).decode() else "3.0.0"
        if operation == "Envelope":  # it advertises SOAP, elsewhere, and knows nothing of it here
            return Response(exception_report("OperationNotSupported", operation), 400)
        if operation == "GetCapabilities":
            asked_for = {pairs.get("version", "2.0.2")} if request.method == "GET" else {version}
            if self.version not in asked_for:
                return Response(exception_report("VersionNegotiationFailed", f"only {self.version}"), 400)
            return Response(self.capabilities(), content_type="application/xml")
        if request.method == "GET":
            self.pairs.append(dict(request.args))
        self.asked.append(asked)
        objection = self.objection(asked)
        if isinstance(objection, Response):
            return objection
        return self.breaks() if self._is_broken(asked) else self._response(objection or self.results(asked))

    def _is_broken(self, asked: etree._Element) -> bool:
        start, size = int(asked.get("startPosition", "1")), int(asked.get("maxRecords", "10"))
        full = asked.findtext(".//{*}ElementSetName") == "full"
        return full and any(start <= position < start + min(size, self.cap) for position in self.broken)

    def _response(self, body: str) -> Response:
        if self.version == "3.0.0":
            body = body.replace(CSW, CSW30)
        return Response(body, content_type="application/xml")

    def capabilities(self) -> str:
        def values(items: tuple[str, ...]) -> str:
            return "".join(f"<ows:Value>{item}</ows:Value>" for item in items)

        own, ows = (CSW30, "http://www.opengis.net/ows/2.0") if self.version == "3.0.0" else (CSW, OWS)
        return (
            f'<csw:Capabilities xmlns:csw="{own}" xmlns:ows="{ows}" version="{self.version}"'
            ' xmlns:xlink="http://www.w3.org/1999/xlink"><ows:ServiceIdentification>'
            "<ows:Title> A catalogue </ows:Title><ows:ServiceType>CSW</ows:ServiceType>"
            "<ows:ServiceTypeVersion>2.0.2</ows:ServiceTypeVersion></ows:ServiceIdentification>"
            '<ows:OperationsMetadata><ows:Operation name="GetRecords"><ows:DCP><ows:HTTP>'
            f'<ows:Get xlink:href="{self.post_url}"/>'
            '<ows:Post xlink:href="http://soap.invalid/"><ows:Constraint name="PostEncoding">'
            "<ows:Value>SOAP</ows:Value></ows:Constraint></ows:Post>"
            f'<ows:Post xlink:href="{self.post_url}"><ows:Constraint name="PostEncoding">'
            "<ows:Value>XML</ows:Value></ows:Constraint></ows:Post></ows:HTTP></ows:DCP>"
            f'<ows:Parameter name="outputSchema">{values(self.schemas)}</ows:Parameter>'
            f'<ows:Parameter name="typeNames">{values(self.typenames)}</ows:Parameter>'
            f'<ows:Constraint name="SupportedISOQueryables">{values(self.queryables)}</ows:Constraint>'
            "</ows:Operation></ows:OperationsMetadata></csw:Capabilities>"
        )

    def results(self, asked: etree._Element) -> str:
        start = int(asked.get("startPosition", "1"))
        size = min(int(asked.get("maxRecords", "10")), self.cap)
        page = self.records[start - 1 : start - 1 + size]
        total = len(self.records)
        counts = {
            "numberOfRecordsMatched": self.matched(total),
            "numberOfRecordsReturned": str(len(page)),
            "nextRecord": self.next_record(start + len(page), total),
        }
        attributes = "".join(f' {name}="{value}"' for name, value in counts.items() if value is not None)
        return (
            f'<csw:GetRecordsResponse xmlns:csw="{CSW}"><csw:SearchStatus timestamp="{self.timestamp}"/>'
            f'<csw:SearchResults{attributes} elementSet="full">{"".join(page)}</csw:SearchResults>'
            "</csw:GetRecordsResponse>"
        )


def identifiers(pages: list[Page]) -> list[str]:
    return [item.identifier for page in pages for item in page.items]


ALL = [f"r{n}" for n in range(1, 121)]
