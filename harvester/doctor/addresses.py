"""Where interfaces may be: what was typed, what a page links to, and the well-known places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import etree

from catalogue.source import Protocol

#: Bytes of a page that links are looked for in, and the links that are followed.
_PAGE: Final = 1024 * 1024
_MOST_LINKS: Final = 8
#: Folders above what was typed in which well-known places are looked for, besides the top.
_MOST_FOLDERS: Final = 2
_LONGEST: Final = 2000
#: Parameters that are a request, and not part of an address.
_REQUEST: Final = frozenset(
    {"verb", "metadataprefix", "identifier", "from", "until", "set", "resumptiontoken", "service", "version",
     "request", "acceptversions", "typenames", "elementsetname", "resulttype", "outputschema"}
)  # fmt: skip

#: (protocol, path, software that has it there), the commonest first.
WELL_KNOWN: Final[tuple[tuple[Protocol, str, str], ...]] = (
    (Protocol.OAI_PMH, "server/oai/request", "dspace"),
    (Protocol.OAI_PMH, "oai/request", "dspace"),
    (Protocol.OAI_PMH, "cgi/oai2", "eprints"),
    (Protocol.OAI_PMH, "index.php/index/oai", "ojs"),
    (Protocol.OAI_PMH, "oai", "ojs dataverse"),
    (Protocol.CSW, "geonetwork/srv/eng/csw", "geonetwork"),
    (Protocol.CSW, "srv/eng/csw", "geonetwork"),
    (Protocol.OAI_PMH, "geonetwork/srv/eng/oaipmh", "geonetwork"),
    (Protocol.CSW, "csw", "pycsw"),
    (Protocol.DATA_JSON, "data.json", "ckan"),
    (Protocol.OAI_PMH, "oai2d", "invenio"),
    (Protocol.OAI_PMH, "oai2", "islandora"),
    (Protocol.OAI_PMH, "OAI/Server", "vufind"),
    (Protocol.OAI_PMH, "oai-pmh-repository/request", "omeka"),
    (Protocol.OAI_PMH, "catalog/oai", "hyrax"),
    (Protocol.OAI_PMH, "cgi-bin/koha/oai.pl", "koha"),
    (Protocol.OAI_PMH, "do/oai/", "bepress"),
    (Protocol.OAI_PMH, "dspace-oai/request", "dspace"),
    (Protocol.OAI_PMH, "oai-pmh", ""),
    (Protocol.CSW, "catalogue/csw", "geonode"),
    (Protocol.CSW, "pycsw/csw.py", "pycsw"),
    (Protocol.CSW, "geoportal/csw", "geoportal"),
    (Protocol.OGC_RECORDS, "collections", "pygeoapi"),
    (Protocol.OGC_RECORDS, "ogcapi", ""),
    (Protocol.OGC_RECORDS, "geonetwork/api/collections", "geonetwork"),
)

#: What an address looks like that a page links to, and what it would be.
_LINKED: Final = (
    (re.compile(r"verb=identify|[/.=]oai2?d?(?:[/?.]|$)|oai-?pmh", re.IGNORECASE), Protocol.OAI_PMH),
    (re.compile(r"service=csw|/csw(?:[/?.]|$)|getcapabilities", re.IGNORECASE), Protocol.CSW),
    (re.compile(r"/data\.json(?:\?|$)", re.IGNORECASE), Protocol.DATA_JSON),
    (re.compile(r"/(?:rss|atom|feed)s?(?:[/?._]|$)|\.(?:rss|atom)$|[?&]feed=", re.IGNORECASE), Protocol.FEED),
    (re.compile(r"/ogcapi|/collections(?:[/?]|$)|conformance", re.IGNORECASE), Protocol.OGC_RECORDS),
)  # fmt: skip
_NOT_LINKS: Final = re.compile(r"\.(?:pdf|docx?|png|jpe?g|css|js|zip)(?:\?|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which an interface may be."""

    protocol: Protocol
    url: str
    software: str = ""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What a page for people tells a harvester."""

    title: str = ""
    generator: str = ""
    links: tuple[Candidate, ...] = ()
    #: Addresses of XML files: there are some where it is a folder on the web.
    files: tuple[str, ...] = ()
    is_listing: bool = False
    #: The beginning of its source, for whatever else it tells of the software behind it.
    text: str = ""


def without_request(url: str) -> str:
    """The address without the parameters that are a request of some protocol."""
    parts = urlsplit(url)
    kept = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _REQUEST
    ]
    return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))


def well_known(address: str, software: str = "") -> tuple[Candidate, ...]:
    """The well-known places around an address: those of its software first, where that is known."""
    folders = list(_folders(address))
    found = [
        Candidate(protocol, urljoin(folder, path), owner)
        for protocol, path, owner in WELL_KNOWN
        for folder in folders
    ]
    found.sort(key=lambda one: not (software and software in one.software.split()))
    return tuple(dict.fromkeys(found))


def _folders(address: str) -> Iterator[str]:
    """The folders above an address that a catalogue may be installed in: the deepest, and the top."""
    parts = urlsplit(address)
    top = urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
    steps = [step for step in parts.path.split("/")[:-1] if step]
    for count in range(min(len(steps), _MOST_FOLDERS), 0, -1):
        yield top + "/".join(steps[:count]) + "/"
    yield top


def read_page(content: bytes, url: str, charset: str = "") -> HtmlPage:
    """What a page for people links to and says of itself; nothing where it cannot be read."""
    parser = etree.HTMLParser(no_network=True, recover=True, huge_tree=False, encoding=_codec(charset))
    try:
        root = etree.fromstring(content[:_PAGE], parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return HtmlPage()
    title = " ".join("".join(root.xpath("string(//title)")).split())[:300]
    generators = root.xpath("//meta[translate(@name,'GENERATOR','generator')='generator']/@content")
    targets = list(_targets(root, url))
    files = tuple(target for target in targets if urlsplit(target).path.lower().endswith(".xml"))
    return HtmlPage(
        title=title,
        generator=" ".join("; ".join(generators).split())[:300],
        links=tuple(_linked(targets))[:_MOST_LINKS],
        files=files,
        is_listing=bool(files) and re.match(r"(?:index of|directory)\b", title.lower()) is not None,
        text=content[:200_000].decode("utf-8", "replace"),
    )


def _codec(charset: str) -> str | None:
    try:
        return charset if charset and "".encode(charset) is not None else None
    except LookupError:
        return None


def _targets(root: etree._Element, url: str) -> Iterator[str]:
    """Every address that a page links to, whole."""
    for href in root.xpath("//link/@href | //a/@href | //area/@href"):
        try:
            target = urljoin(url, href.strip())
            if urlsplit(target).scheme in {"http", "https"} and len(target) <= _LONGEST:
                yield target.partition("#")[0]
        except ValueError:
            continue


def _linked(targets: list[str]) -> Iterator[Candidate]:
    """The targets that look like interfaces, each once."""
    seen = set()
    for target in targets:
        for looks, protocol in _LINKED:
            if looks.search(target) and not _NOT_LINKS.search(urlsplit(target).path):
                found = Candidate(protocol, without_request(target))
                if found not in seen:
                    seen.add(found)
                    yield found
                break
