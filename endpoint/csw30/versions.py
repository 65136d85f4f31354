"""Which version of CSW a request is of.

Who names none speaks 2.0.2: clients in the field that leave the version out of GetCapabilities (GeoNetwork,
older QGIS, scripts on OWSLib) read no other. 3.0.0 is for those who ask for it, by `version`, by
`AcceptVersions` or by the namespace of a posted request.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote

from endpoint.csw30 import names

_MOST_PARAMETERS: Final = 100


_OPENSEARCH: Final = "opensearch"
#: What the bare address is asked for (12-176r7, 6.5.3): in 2.0.2 there is no answer to that.
_BARE: Final = "service=CSW&version=3.0.0&request=GetCapabilities"
_VERSION: Final = re.compile(r"(?:^|&)version=[^&]*", re.IGNORECASE)
#: Words of a catalogue service.
_WORDS: Final = frozenset({"service", "request", "version", "acceptversions", "mode"})


def completed(query: str, accept: str) -> str:
    """The query with what its sender leaves unsaid: everything, or in 3.0.0 the format that it accepts.

    Who speaks OpenSearch means Atom, and 3.0.0 whatever version the address names: 2.0.2 knows nothing of it.
    """
    values = _values(query)
    if not _WORDS & values.keys():
        return _BARE
    if values.get("mode") == _OPENSEARCH:
        query = f"{_VERSION.sub('', query)}&version={names.VERSION}"
    if is_newer(query) and not values.get("outputformat") and not values.get("outputschema"):
        types = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
        wanted = next((name for name in types if name in {*names.ACCEPT_FORMATS, names.ATOM}), "")
        if wanted == names.ATOM or (not wanted and values.get("mode") == _OPENSEARCH):
            return f"{query}&outputFormat={quote(names.ATOM, safe='/')}"
    return query


def is_newer(query: str) -> bool:
    """Whether a query string is of CSW 3.0.0."""
    values = _values(query)
    if values.get("mode") == _OPENSEARCH:
        return True
    if values.get("request") == "GetCapabilities" and values.get("acceptversions"):
        accepted = (version.strip() for version in values["acceptversions"].split(","))
        # The first of the client's that we have (05-008c1, 7.3.2).
        return next((version for version in accepted if version in names.VERSIONS), "") == names.VERSION
    return values.get("version", values.get("acceptversions")) == names.VERSION


def language(query: str) -> str:
    """The language that a query string asks for."""
    return _values(query).get("language", "")


def asks_for_description(query: str, accept: str) -> bool:
    """Whether the OpenSearch description is wanted: by `mode=opensearch`, or by what the client accepts."""
    values = _values(query)
    if values.get("request", "GetCapabilities") != "GetCapabilities":
        return False
    return values.get("mode") == _OPENSEARCH or names.OPENSEARCH in accept.lower()


def _values(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        # Whoever reads the query says that it has too many.
        return {"request": ""}
    return {name.lower(): value.strip() for name, value in pairs}
