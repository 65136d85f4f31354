"""The OpenSearch description (OpenSearch 1.1; OGC 10-032r8, Geo and Time; 12-176r7, 6.5.6)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from endpoint.csw.about import About
from endpoint.csw30 import names

#: OpenSearch allows 16 characters.
_SHORT_NAME: Final = 16
_LONG_NAME: Final = 48
#: Formats of results, and their schemas.
_RESULTS: Final = ((names.ATOM, ns.ATOM), (names.XML, ns.CSW30))
_TEMPLATE: Final = (
    "service=CSW&version=3.0.0&request=GetRecords&typeNames=csw30:Record&elementSetName=summary"
    "&outputformat={format}&outputschema={schema}&q={{searchTerms?}}&recordIds={{geo:uid?}}&bbox={{geo:box?}}"
    "&time={{time:start?}}/{{time:end?}}&startPosition={{startIndex?}}&maxRecords={{count?}}"
)


def address_of(address: str) -> str:
    """Where the description of the service at this address is."""
    return f"{address}?service=CSW&version=3.0.0&request=GetCapabilities&mode=opensearch"


def description(about: About) -> bytes:
    """The os:OpenSearchDescription: how to ask by filling in a template."""
    short, long = about.title[:_SHORT_NAME].strip(), about.title[:_LONG_NAME].strip()
    urls = "".join(_url(about, media_type, schema) for media_type, schema in _RESULTS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OpenSearchDescription xmlns="{ns.OPENSEARCH}" xmlns:geo="{ns.OPENSEARCH_GEO}"'
        f' xmlns:time="{ns.OPENSEARCH_TIME}"><ShortName>{escape(short)}</ShortName>'
        f"<Description>{escape(about.abstract)}</Description><Contact>{escape(about.email)}</Contact>"
        f"{urls}"
        f"<LongName>{escape(long)}</LongName>"
        '<Query role="example" searchTerms="mercury"/><SyndicationRight>open</SyndicationRight>'
        f"<AdultContent>false</AdultContent><Language>{about.language}</Language>"
        "<OutputEncoding>UTF-8</OutputEncoding><InputEncoding>UTF-8</InputEncoding></OpenSearchDescription>"
    ).encode()


def _url(about: About, media_type: str, schema: str) -> str:
    query = _TEMPLATE.format(format=quote(media_type, safe="/"), schema=schema)
    template = escape_attribute(f"{about.address}?{query}")
    return f'<Url type="{media_type}" indexOffset="1" template="{template}"/>'
