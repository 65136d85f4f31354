"""The forms that an answer can have: one table, which negotiation, links and conformance come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from catalogue.formats import DCAT, FORMATS, ISO19115_3, ISO19139, OAI_DATACITE
from endpoint.records_api.problems import Problem, bad

RECORDS: Final = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"


class Kind(StrEnum):
    """What is answered."""

    #: About the interface: the landing page, collections, queryables.
    PAGE = "page"
    #: Records that a query finds.
    LIST = "list"
    #: One record.
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Representation:
    """A form of answers."""

    #: Value of the parameter `f`.
    name: str
    media_type: str
    label: str
    kinds: frozenset[Kind]
    #: Conformance classes that come with it.
    classes: tuple[str, ...] = ()
    #: A profile (RFC 6906) of the media type; empty where it has none.
    profile: str = ""
    #: The metadataPrefix of the format that it is; empty for what is no such format.
    prefix: str = ""

    @property
    def content_type(self) -> str:
        """The media type, with its profile where it has one."""
        return f'{self.media_type};profile="{self.profile}"' if self.profile else self.media_type


_EVERYTHING: Final = frozenset(Kind)
_OF_RECORDS: Final = frozenset({Kind.LIST, Kind.ITEM})
_ONE: Final = frozenset({Kind.ITEM})
#: Media types of metadata formats; those of others are XML and no more.
_MEDIA_TYPES: Final = {
    ISO19139.prefix: "application/vnd.iso.19139+xml",
    ISO19115_3.prefix: "application/vnd.iso.19115-3+xml",
    OAI_DATACITE.prefix: "application/vnd.datacite.datacite+xml",
}

GEOJSON: Final = Representation(
    "geojson", "application/geo+json", "GeoJSON", _OF_RECORDS, (f"{RECORDS}json",)
)
JSON: Final = Representation("json", "application/json", "JSON", _EVERYTHING, (f"{RECORDS}json",))
HTML: Final = Representation("html", "text/html", "HTML", _EVERYTHING, (f"{RECORDS}html",))
SCHEMA_ORG: Final = Representation("jsonld", "application/ld+json", "schema.org (JSON-LD)", _OF_RECORDS)
DCAT_XML: Final = Representation("rdf", "application/rdf+xml", "DCAT-AP (RDF/XML)", _OF_RECORDS)
TURTLE: Final = Representation("ttl", "text/turtle", "DCAT-AP (Turtle)", _OF_RECORDS)
DCAT_JSON: Final = Representation(
    "dcat-jsonld", "application/ld+json", "DCAT-AP (JSON-LD)", _OF_RECORDS, profile=DCAT.namespace
)
ATOM: Final = Representation("atom", "application/atom+xml", "Atom", _OF_RECORDS)
CSV: Final = Representation("csv", "text/csv", "CSV", _OF_RECORDS)
RIS: Final = Representation("ris", "application/x-research-info-systems", "RIS", _OF_RECORDS)
BIBTEX: Final = Representation("bibtex", "application/x-bibtex", "BibTeX", _OF_RECORDS)
LINKSET: Final = Representation("linkset", "application/linkset+json", "link set (RFC 9264)", _ONE)
#: Every record can be had in these, one at a time.
METADATA: Final = tuple(
    Representation(
        form.prefix, _MEDIA_TYPES.get(form.prefix, "application/xml"), form.label, _ONE, prefix=form.prefix
    )
    for form in FORMATS
    if form.written and form is not DCAT
)
#: As the source sent it: asked for by its name alone, for its media type is the source's.
NATIVE: Final = "native"

#: Every one, the best first: where a client likes several equally, it gets the first.
REPRESENTATIONS: Final = (
    GEOJSON, JSON, HTML, SCHEMA_ORG, DCAT_XML, TURTLE, DCAT_JSON, ATOM, CSV, RIS, BIBTEX, LINKSET, *METADATA,
)  # fmt: skip


def of_kind(kind: Kind) -> tuple[Representation, ...]:
    """The forms that such an answer can have."""
    return tuple(one for one in REPRESENTATIONS if kind in one.kinds)


def negotiated(kind: Kind, f: str, accept: str) -> Representation:
    """The form that a client wants: what `f` names, else what Accept likes best (RFC 9110, 12.5.1).

    Raises:
        Problem: there is none such.
    """
    choice = of_kind(kind)
    if f:
        for one in choice:
            if one.name == f:
                return one
        raise bad("f", f"{f!r} is none of {', '.join(one.name for one in choice)}")
    ranges = list(_ranges(accept)) or [("*/*", 1.0)]
    best = max(choice, key=lambda one: _liking(one, ranges))
    if _liking(best, ranges) <= 0:
        offered = ", ".join(dict.fromkeys(one.media_type for one in choice))
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, f"this can be had as {offered}")
    return best


def _liking(one: Representation, ranges: list[tuple[str, float]]) -> float:
    """How much it is wanted: the most specific range that it falls into says so."""
    major = one.media_type.partition("/")[0]
    for wanted in (f"{one.media_type};{one.profile}", one.media_type, f"{major}/*", "*/*"):
        weights = [weight for name, weight in ranges if name == wanted]
        if weights:
            return max(weights)
    return 0.0


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "profile":
                name = ";".join((name, value.strip('" ')))
            elif key.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        yield name, weight
