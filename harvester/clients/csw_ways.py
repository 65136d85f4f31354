"""Ways to ask a server for its records, the best first: what it advertises is not always what it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Final
from urllib.parse import urlsplit

from catalogue.errors import UnknownFormat
from catalogue.formats import OAI_DC, OAI_DCTERMS, by_prefix
from catalogue.namespaces import CSW, CSW30, GMD
from catalogue.source import Source
from harvester.clients.csw_capabilities import Capabilities
from harvester.clients.csw_request import GET, POST, SOAP, V3, Query, bare

_GMD_RECORD: Final = "gmd:MD_Metadata"
_CSW_RECORD: Final = "csw:Record"
#: Asked for as csw:Record, which is made of their terms.
_DUBLIN_CORE: Final = (OAI_DC, OAI_DCTERMS)
_SORT_BY: Final = {_GMD_RECORD: "apiso:Identifier", _CSW_RECORD: "dc:identifier"}


def ways(capabilities: Capabilities, source: Source, modified_since: str) -> Iterator[Query]:
    """Other method, other address; other schema; without date, without order, another typename."""
    modified = modified_queryable(capabilities, source) if modified_since else ""
    dates = [(modified, _day_before(modified_since)), ("", "")] if modified else [("", "")]
    orders = (False,) if source.quirks.csw_unsorted else (True, False)
    for (method, url), schema in product(_doors(capabilities, source), schemas(capabilities, source)):
        for typename, date_filter, is_sorted in product(_typenames(capabilities, schema), dates, orders):
            yield Query(
                url=url,
                output_schema=schema,
                typename=typename,
                sort_by=_SORT_BY[typename] if is_sorted else "",
                modified=date_filter[0],
                since=date_filter[1],
                version=capabilities.version,
                method=method,
            )


def _doors(capabilities: Capabilities, source: Source) -> list[tuple[str, str]]:
    """(method, address) pairs: the registered address before one that is advertised on another host.

    Capabilities name machines behind proxies, test servers, and sometimes what nobody should ask.
    """
    advertised = {POST: capabilities.post_url, GET: capabilities.get_url, SOAP: capabilities.soap_url}
    methods = [POST, GET] if capabilities.post_url or not capabilities.get_url else [GET, POST]
    if capabilities.by_soap:
        methods = [SOAP]
    elif capabilities.soap_url:  # who takes it nearly always takes something else, too
        methods = [*methods, SOAP]
    wanted = source.quirks.csw_method.upper()
    doors = []
    for method in [wanted] if wanted in advertised else methods:
        addresses = [advertised[method] or source.base_url, source.base_url]
        if is_elsewhere(advertised[method], source.base_url):
            addresses.reverse()
        doors += [(method, bare(address)) for address in addresses]
    return list(dict.fromkeys(doors))


def is_elsewhere(advertised: str, base_url: str) -> bool:
    """Whether an advertised address is on another host than the one that was registered."""
    try:
        return bool(advertised) and urlsplit(advertised).hostname != urlsplit(base_url).hostname
    except ValueError:
        return True


def schemas(capabilities: Capabilities, source: Source) -> list[str]:
    """OutputSchemas to ask for: the one that the source's metadata_prefix says, else gmd before csw:Record.

    A server that says nothing of its schemas is tried with both.
    """
    own = CSW30 if capabilities.version == V3 else CSW
    wanted = source.metadata_prefix
    offered = capabilities.output_schemas
    if wanted:
        try:
            form = by_prefix(wanted)
        except UnknownFormat:
            return [wanted if wanted in (GMD, *offered) else own]
        return [own if form in _DUBLIN_CORE else form.namespace]
    return [GMD, own] if GMD in offered or not offered else [own]


def _typenames(capabilities: Capabilities, schema: str) -> list[str]:
    """TypeNames to try: for gmd the server's own word for it first, where it has one."""
    if schema != GMD:
        return [_CSW_RECORD]
    offered = capabilities.typenames
    preferred = [_GMD_RECORD, _CSW_RECORD]
    return sorted(preferred, key=lambda name: name not in offered) if offered else preferred


def modified_queryable(capabilities: Capabilities, source: Source) -> str:
    """The queryable for the date of change, that of ISO first where ISO records are asked for; or empty."""
    if source.quirks.whole_list:
        return ""
    names = {name for name in capabilities.constraints if name.rpartition(":")[2].lower() == "modified"}
    first = "apiso:" if GMD in schemas(capabilities, source) else "dct:"
    return min(names, key=lambda name: (not name.lower().startswith(first), name), default="")


def _day_before(moment: str) -> str:
    """The day before, so that a server's local time cannot hide a change."""
    return (date.fromisoformat(moment[:10]) - timedelta(days=1)).isoformat()
