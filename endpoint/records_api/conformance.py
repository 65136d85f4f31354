"""What this interface conforms to: a sum over what is registered, and nothing else."""

from __future__ import annotations

from typing import Final

from endpoint.records_api.parameters import ALWAYS, FILTER_LANGUAGES, OF_LISTS, OF_PROPERTIES
from endpoint.records_api.properties import SORTABLES
from endpoint.records_api.representations import RECORDS, REPRESENTATIONS

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
_FILTERING: Final = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
_COMMON: Final = "http://www.opengis.net/spec/ogcapi-common-"
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf/"

#: Route -> the classes that come with it.
OF_ROUTES: Final = {
    "": (f"{_COMMON}1/1.0/conf/core", f"{RECORDS}autodiscovery"),
    "/conformance": (),
    "/api": (f"{_FEATURES}oas30", f"{RECORDS}oas30"),
    "/collections": (f"{_COMMON}2/1.0/conf/collections",),
    "/collections/{catalogId}": (f"{RECORDS}record-collection",),
    "/collections/{catalogId}/queryables": (f"{_FILTERING}queryables",),
    "/collections/{catalogId}/sortables": (f"{RECORDS}sorting", f"{RECORDS}searchable-catalog-sorting"),
    "/collections/{catalogId}/items": (
        f"{_FEATURES}core",
        f"{RECORDS}records-api",
        f"{RECORDS}searchable-catalog",
    ),
    "/collections/{catalogId}/items/{recordId}": (f"{RECORDS}record-core",),
}
#: Parameter -> the classes that it is all of.
_OF_PARAMETERS: Final = {
    "q": (f"{RECORDS}record-core-query-parameters",),
    "filter": (
        f"{_FILTERING}filter",
        f"{_FILTERING}features-filter",
        f"{RECORDS}record-filter",
        f"{RECORDS}searchable-catalog-filtering",
    ),
    "profile": (f"{RECORDS}query-param-profile",),
}
#: Classes of CQL2 that both of its encodings come with here.
_OF_CQL2: Final = (
    "basic-cql2",
    "advanced-comparison-operators",
    "case-insensitive-comparison",
    "basic-spatial-functions",
)


def classes() -> list[str]:
    """The URIs of the conformance classes, in order."""
    found = {one for of_route in OF_ROUTES.values() for one in of_route}
    found |= {one for form in REPRESENTATIONS for one in form.classes}
    offered = {*ALWAYS, *OF_LISTS}
    found |= {one for name, of_parameter in _OF_PARAMETERS.items() if name in offered for one in of_parameter}
    found |= {_CQL2 + language for language in FILTER_LANGUAGES}
    if FILTER_LANGUAGES:
        found |= {_CQL2 + name for name in _OF_CQL2}
    if OF_PROPERTIES:
        found.add(f"{_FILTERING}queryables-query-parameters")
    if not SORTABLES:
        found = {one for one in found if "sorting" not in one}
    return sorted(found)
