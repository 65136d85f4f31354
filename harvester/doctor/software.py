"""Which software answers: told by facts, each of which is kept as evidence. Pure.

A fact is what was seen and where: (`generator`, `DSpace 7.6.1`), (`address`, `.../server/oai/request`). No
single fact decides but the software's own name for itself; hints of several kinds add up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from catalogue.checkup import Software

#: Evidence of one software that is kept, and characters of each piece.
_MOST_EVIDENCE: Final = 5
_LONGEST: Final = 120
#: Weight from which on it is said.
_ENOUGH: Final = 3


class Fact(NamedTuple):
    """Something that was seen."""

    #: `generator`, `html`, `header`, `address`, `identify`, `token`, `format`, `set`, `xml`, `json`.
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Clue:
    """What a fact says of the software; a group named `version` is the version."""

    software: str
    where: str
    looks: re.Pattern[str]
    #: 3 decides alone.
    weight: int = 3


NAMES: Final = {
    "dspace": "DSpace",
    "eprints": "EPrints",
    "ojs": "Open Journal Systems (OJS)",
    "geonetwork": "GeoNetwork",
    "pycsw": "pycsw",
    "pygeoapi": "pygeoapi",
    "geonode": "GeoNode",
    "geoportal": "Esri Geoportal Server",
    "ckan": "CKAN",
    "invenio": "Invenio (Zenodo)",
    "dataverse": "Dataverse",
    "islandora": "Islandora (Fedora)",
    "hyrax": "Hyrax (Samvera, Fedora)",
    "vufind": "VuFind",
    "omeka": "Omeka",
    "koha": "Koha",
    "bepress": "Digital Commons (bepress)",
    "weko": "WEKO",
    "clearinghouse": "Clearinghouse",
}
_VERSION: Final = r"(?:[ /v:-]*(?P<version>\d+(?:\.\d+)*))?"


def _clue(software: str, where: str, looks: str, weight: int = 3) -> Clue:
    return Clue(software, where, re.compile(looks, re.IGNORECASE), weight)


CLUES: Final[tuple[Clue, ...]] = (
    # Their own names for themselves.
    _clue("dspace", "generator", rf"\bDSpace{_VERSION}"),
    _clue("eprints", "generator", rf"\bEPrints{_VERSION}"),
    _clue("ojs", "generator", rf"\bOpen Journal Systems{_VERSION}"),
    _clue("ckan", "generator", rf"\bCKAN{_VERSION}"),
    _clue("omeka", "generator", rf"\bOmeka{_VERSION}"),
    _clue("vufind", "generator", rf"\bVuFind{_VERSION}"),
    _clue("geonetwork", "generator", rf"\bGeoNetwork{_VERSION}"),
    _clue("pygeoapi", "generator", rf"\bpygeoapi{_VERSION}"),
    _clue("geonetwork", "html", r"<title>[^<]*GeoNetwork|gn-app|geonetwork/catalog/"),
    _clue("pycsw", "xml", rf"<!--\s*pycsw{_VERSION}"),
    _clue("pycsw", "identify", rf"\bpycsw{_VERSION}"),
    _clue("pygeoapi", "header", rf"\bpygeoapi{_VERSION}"),
    _clue("pygeoapi", "html", r"powered by.{0,200}pygeoapi"),
    _clue("pygeoapi", "json", r'"rel":\s*"(?:service-doc|conformance)".{0,400}pygeoapi'),
    _clue("geonode", "html", r"\bGeoNode\b.{0,80}(?:powered|version)|geonode/(?:css|js|lib)"),
    _clue("geoportal", "html", r"Geoportal Server"),
    _clue("ckan", "html", r'content="ckan|/base/(?:css|vendor)/[^"]*ckan|data-module="[^"]*"[^>]*ckan'),
    _clue("invenio", "html", r"invenio[-_](?:rdm|app|theme)|/static/dist/js/invenio"),
    _clue("dataverse", "html", r"dataverse-header|dataversePage|<title>[^<]*Dataverse"),
    _clue("islandora", "html", r"/sites/[^\"]*islandora|islandora[-_]\w+\.(?:css|js)"),
    _clue("hyrax", "html", r"\bhyrax[-_]|sufia[-_]"),
    _clue("ojs", "html", r"pkp_(?:page|brand|structure)|/plugins/themes/[^\"]*/(?:js|styles)"),
    _clue("dspace", "html", r"<ds-app\b|<ds-root\b|dspace-angular"),
    _clue("koha", "html", r"koha-tmpl"),
    _clue("clearinghouse", "identify", r"\bClearinghouse/\d"),
    # What only their interfaces say of themselves: containers, toolkits, formats, sets, tokens.
    _clue("eprints", "identify", rf"http://www\.openarchives\.org/OAI/1\.1/eprints.*\bEPrints{_VERSION}"),
    _clue("ojs", "identify", rf"<(?:\w+:)?title>\s*(?:Open Journal Systems|OJS){_VERSION}|pkp\.sfu\.ca"),
    _clue("dspace", "identify", rf"DSpace{_VERSION}|dspace-oai|xoai"),
    _clue("invenio", "identify", rf"\bInvenio{_VERSION}|\bZenodo\b"),
    _clue("vufind", "identify", rf"\bVuFind{_VERSION}"),
    _clue("geonetwork", "identify", rf"\bGeoNetwork{_VERSION}"),
    _clue("dspace", "format", r"^(?:xoai|dim)$"),
    _clue("dspace", "format", r"^(?:ore|mets|didl|uketd_dc|etdms)$", 1),
    _clue("eprints", "format", r"^(?:rem_atom|rem_rdf)$"),
    _clue("ojs", "format", r"^(?:rfc1807|nlm|oai_marc)$", 2),
    _clue("dataverse", "format", r"^(?:dataverse_json|oai_ddi)$"),
    _clue("invenio", "format", r"^(?:oai_dcat|marc21|dcite4?|datacite4?)$", 1),
    _clue("dspace", "set", r"^(?:com|col|hdl)_\d+_\d+$"),
    _clue("ojs", "set", r"^[\w-]+:(?:ART|EDIT|[A-Z]{2,5})$", 1),
    _clue("eprints", "set", r"^(?:7374617475733D|747970653D|7375626A656374733D)"),
    _clue("dspace", "token", r"^[\w-]*/[^/]*/[^/]*/[^/]*/\d+$|^MToxMDA", 2),
    _clue("eprints", "token", r"metadataPrefix%3D|^metadataPrefix=.*&offset="),
    # Where they have their interfaces.
    _clue("dspace", "address", r"/server/oai/request|/dspace-oai/|/xmlui/|/jspui/|/handle/\d+/\d+"),
    _clue("dspace", "address", r"/oai/request", 2),
    _clue("eprints", "address", r"/cgi/oai2"),
    _clue("ojs", "address", r"/index\.php/[\w-]+/oai"),
    _clue("geonetwork", "address", r"/geonetwork/|/srv/\w{3}/(?:csw|oaipmh|catalog)"),
    _clue("pycsw", "address", r"/pycsw"),
    _clue("invenio", "address", r"/oai2d"),
    _clue("vufind", "address", r"/OAI/(?:Auth)?Server"),
    _clue("omeka", "address", r"/oai-pmh-repository/"),
    _clue("koha", "address", r"/koha/oai\.pl"),
    _clue("bepress", "address", r"/do/oai/?"),
    _clue("hyrax", "address", r"/catalog/oai"),
    _clue("geoportal", "address", r"/geoportal/"),
    _clue("ckan", "address", r"/dataset/.*data\.json", 1),
    _clue("ckan", "json", r'"ckan_version":\s*"(?P<version>[\d.]+)'),
    _clue("weko", "address", r"/weko|/oai\?.*weko"),
    _clue("dspace", "header", r"\bDSpace\b|DSPACE-XSRF"),
)
#: DSpace since its seventh release has its interface below /server.
_NEW_DSPACE: Final = "/server/oai/request"


def recognise(facts: Iterable[Fact]) -> Software | None:
    """The software that most speaks for; None where too little does for any."""
    weights: dict[str, int] = defaultdict(int)
    evidence: dict[str, list[str]] = defaultdict(list)
    versions: dict[str, str] = {}
    kinds = set()
    for fact in facts:
        for clue in CLUES:
            found = clue.looks.search(fact.text) if clue.where == fact.where else None
            if found is None:
                continue
            # Twenty sets of the same kind are one hint.
            if (clue, fact.where) not in kinds:
                weights[clue.software] += clue.weight
                evidence[clue.software].append(_told(fact, found))
            kinds.add((clue, fact.where))
            version = found.groupdict().get("version")
            if version:
                versions.setdefault(clue.software, version)
    best = max(weights, key=lambda one: weights[one], default="")
    if not best or weights[best] < _ENOUGH:
        return None
    version = versions.get(best) or _version_by_place(best, evidence[best])
    return Software(best, NAMES[best], version, tuple(evidence[best][:_MOST_EVIDENCE]))


def _told(fact: Fact, found: re.Match[str]) -> str:
    text = found[0] if fact.where in {"html", "xml", "json", "identify"} else fact.text
    return f"{fact.where}: {' '.join(text.split())[:_LONGEST]}"


def _version_by_place(software: str, evidence: list[str]) -> str:
    newer = software == "dspace" and any(_NEW_DSPACE in one for one in evidence)
    return "7+" if newer else ""
